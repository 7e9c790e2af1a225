-- +goose Up

-- The places are given from the one row of event_head, whose write lasts until
-- the commit: so places are visible in the order in which they were given.
CREATE TABLE event_head (
    id  INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    seq INTEGER NOT NULL
) STRICT;

INSERT INTO event_head (id, seq) VALUES (1, 0);

CREATE TABLE events (
    seq          INTEGER NOT NULL PRIMARY KEY,
    id           TEXT    NOT NULL UNIQUE,
    at           INTEGER NOT NULL,
    type         TEXT    NOT NULL,
    call_id      TEXT    NOT NULL,
    recording_id TEXT    NOT NULL,
    member_id    TEXT    NOT NULL,
    expert_id    TEXT    NOT NULL,
    body         TEXT    NOT NULL
) STRICT;
