-- +goose Up

-- Copies in a second store. There may be one from begun_at on, and it is verified
-- from copied_at on. Objects may be gone before their copies are.
CREATE TABLE object_copies (
    key       TEXT    NOT NULL PRIMARY KEY,
    begun_at  INTEGER NOT NULL,
    copied_at INTEGER
) STRICT;

CREATE TABLE object_checks (
    key        TEXT    NOT NULL PRIMARY KEY,
    checked_at INTEGER NOT NULL,
    fault      TEXT    NOT NULL
) STRICT;

CREATE INDEX object_checks_by_time ON object_checks (checked_at);

CREATE TABLE drills (
    at         INTEGER NOT NULL PRIMARY KEY,
    recordings INTEGER NOT NULL,
    failed     INTEGER NOT NULL
) STRICT;
