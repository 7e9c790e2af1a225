-- +goose Up

-- How long it may be kept, in JSON, and when it was set aside.
ALTER TABLE recordings ADD COLUMN keep TEXT NOT NULL DEFAULT '{}';
ALTER TABLE recordings ADD COLUMN trashed_at INTEGER;

CREATE TABLE erasures (
    id           TEXT    NOT NULL PRIMARY KEY,
    recording_id TEXT    NOT NULL REFERENCES recordings (id),
    part         TEXT    NOT NULL,
    basis        TEXT    NOT NULL,
    requested_by TEXT    NOT NULL,
    requested_at INTEGER NOT NULL,
    state        TEXT    NOT NULL,
    decided_by   TEXT    NOT NULL,
    decided_at   INTEGER,
    note         TEXT    NOT NULL,
    done_at      INTEGER,
    certificate  TEXT    NOT NULL
) STRICT;

-- One at a time, and for ever once it is done.
CREATE UNIQUE INDEX erasures_of_part ON erasures (recording_id, part) WHERE state <> 'refused';
CREATE INDEX erasures_by_state ON erasures (state, id);

CREATE TABLE holds (
    id             TEXT    NOT NULL PRIMARY KEY,
    recording_id   TEXT    NOT NULL REFERENCES recordings (id),
    case_id        TEXT    NOT NULL,
    reason         TEXT    NOT NULL,
    review_at      INTEGER NOT NULL,
    placed_by      TEXT    NOT NULL,
    placed_at      INTEGER NOT NULL,
    released_at    INTEGER,
    released_by    TEXT    NOT NULL,
    release_reason TEXT    NOT NULL
) STRICT;

CREATE INDEX holds_by_recording ON holds (recording_id, released_at);

CREATE TABLE assignments (
    id           TEXT    NOT NULL PRIMARY KEY,
    reviewer     TEXT    NOT NULL,
    recording_id TEXT    NOT NULL REFERENCES recordings (id),
    made_by      TEXT    NOT NULL,
    made_at      INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX assignments_by_reviewer ON assignments (reviewer, recording_id, expires_at);
