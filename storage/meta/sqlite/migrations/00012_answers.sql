-- +goose Up

-- Answers to requests that clients may send again, for a day.
CREATE TABLE answers (
    key        TEXT PRIMARY KEY,
    request    TEXT NOT NULL,
    status     INTEGER NOT NULL,
    type       TEXT NOT NULL,
    body       BLOB,
    claimed_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX answers_by_expiry ON answers (expires_at);
