-- +goose Up

-- How long it may be kept, in JSON, and when it was set aside.
ALTER TABLE recordings ADD COLUMN keep TEXT COLLATE "C" NOT NULL DEFAULT '{}';
ALTER TABLE recordings ADD COLUMN trashed_at BIGINT;

CREATE TABLE erasures (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    recording_id TEXT COLLATE "C" NOT NULL REFERENCES recordings (id),
    part         TEXT COLLATE "C" NOT NULL,
    basis        TEXT COLLATE "C" NOT NULL,
    requested_by TEXT COLLATE "C" NOT NULL,
    requested_at BIGINT NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    decided_by   TEXT COLLATE "C" NOT NULL,
    decided_at   BIGINT,
    note         TEXT COLLATE "C" NOT NULL,
    done_at      BIGINT,
    certificate  TEXT COLLATE "C" NOT NULL
);

-- One at a time, and for ever once it is done.
CREATE UNIQUE INDEX erasures_of_part ON erasures (recording_id, part) WHERE state <> 'refused';
CREATE INDEX erasures_by_state ON erasures (state, id);

CREATE TABLE holds (
    id             TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    recording_id   TEXT COLLATE "C" NOT NULL REFERENCES recordings (id),
    case_id        TEXT COLLATE "C" NOT NULL,
    reason         TEXT COLLATE "C" NOT NULL,
    review_at      BIGINT NOT NULL,
    placed_by      TEXT COLLATE "C" NOT NULL,
    placed_at      BIGINT NOT NULL,
    released_at    BIGINT,
    released_by    TEXT COLLATE "C" NOT NULL,
    release_reason TEXT COLLATE "C" NOT NULL
);

CREATE INDEX holds_by_recording ON holds (recording_id, released_at);

CREATE TABLE assignments (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    reviewer     TEXT COLLATE "C" NOT NULL,
    recording_id TEXT COLLATE "C" NOT NULL REFERENCES recordings (id),
    made_by      TEXT COLLATE "C" NOT NULL,
    made_at      BIGINT NOT NULL,
    expires_at   BIGINT NOT NULL
);

CREATE INDEX assignments_by_reviewer ON assignments (reviewer, recording_id, expires_at);
