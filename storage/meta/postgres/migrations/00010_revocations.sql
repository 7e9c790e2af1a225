-- +goose Up

-- Tokens that are good no more, until they would have expired anyway.
CREATE TABLE revocations (
    kind          TEXT COLLATE "C" NOT NULL,
    subject       TEXT COLLATE "C" NOT NULL,
    issued_before BIGINT NOT NULL,
    expires_at    BIGINT NOT NULL,
    by            TEXT COLLATE "C" NOT NULL,
    at            BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);

CREATE INDEX revocations_by_expiry ON revocations (expires_at);

-- The one account that a human has in a cluster of experts.
CREATE TABLE expert_accounts (
    cluster   TEXT COLLATE "C" NOT NULL,
    human     TEXT COLLATE "C" NOT NULL,
    person_id TEXT COLLATE "C" NOT NULL,
    at        BIGINT NOT NULL,
    PRIMARY KEY (cluster, human)
);
