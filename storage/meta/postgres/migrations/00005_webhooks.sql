-- +goose Up

CREATE TABLE webhooks (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    url        TEXT COLLATE "C" NOT NULL UNIQUE,
    secret     BYTEA   NOT NULL,
    types      TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    cursor     BIGINT NOT NULL,
    holder     TEXT COLLATE "C" NOT NULL,
    held_until BIGINT NOT NULL,
    attempts   BIGINT NOT NULL DEFAULT 0
);

CREATE TABLE webhook_deliveries (
    webhook_id TEXT COLLATE "C" NOT NULL REFERENCES webhooks (id),
    number     BIGINT NOT NULL,
    event_id   TEXT COLLATE "C" NOT NULL,
    attempt    BIGINT NOT NULL,
    at         BIGINT NOT NULL,
    took_ms    BIGINT NOT NULL,
    status     BIGINT NOT NULL,
    fault      TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (webhook_id, number)
);
