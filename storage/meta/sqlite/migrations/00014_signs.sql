-- +goose Up

-- What may mean that the two sides of a call are one.
CREATE TABLE signs (
    call_id TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    PRIMARY KEY (call_id, kind)
) STRICT;
