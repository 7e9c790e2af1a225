-- +goose Up

-- Tokens that are good no more, until they would have expired anyway.
CREATE TABLE revocations (
    kind          TEXT NOT NULL,
    subject       TEXT NOT NULL,
    issued_before INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,
    by            TEXT NOT NULL,
    at            INTEGER NOT NULL,
    PRIMARY KEY (kind, subject)
) STRICT;

CREATE INDEX revocations_by_expiry ON revocations (expires_at);

-- The one account that a human has in a cluster of experts.
CREATE TABLE expert_accounts (
    cluster   TEXT NOT NULL,
    human     TEXT NOT NULL,
    person_id TEXT NOT NULL,
    at        INTEGER NOT NULL,
    PRIMARY KEY (cluster, human)
) STRICT;
