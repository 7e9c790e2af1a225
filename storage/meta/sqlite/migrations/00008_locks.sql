-- +goose Up

-- What the object stores were told to keep: by a legal hold, and until when.
CREATE TABLE object_locks (
    store        TEXT    NOT NULL,
    key          TEXT    NOT NULL,
    held         INTEGER NOT NULL,
    retain_until INTEGER,
    PRIMARY KEY (store, key)
) STRICT;
