-- +goose Up

CREATE TABLE webhooks (
    id         TEXT    NOT NULL PRIMARY KEY,
    url        TEXT    NOT NULL UNIQUE,
    secret     BLOB    NOT NULL,
    types      TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    cursor     INTEGER NOT NULL,
    holder     TEXT    NOT NULL,
    held_until INTEGER NOT NULL,
    attempts   INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE webhook_deliveries (
    webhook_id TEXT    NOT NULL REFERENCES webhooks (id),
    number     INTEGER NOT NULL,
    event_id   TEXT    NOT NULL,
    attempt    INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    took_ms    INTEGER NOT NULL,
    status     INTEGER NOT NULL,
    fault      TEXT    NOT NULL,
    PRIMARY KEY (webhook_id, number)
) STRICT;
