-- +goose Up

CREATE TABLE blocks (
    by   TEXT    NOT NULL,
    whom TEXT    NOT NULL CHECK (whom <> by),
    at   INTEGER NOT NULL,
    PRIMARY KEY (by, whom)
) STRICT;
