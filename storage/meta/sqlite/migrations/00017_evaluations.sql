-- +goose Up

-- What reviewers think of how experts have held calls; what it says is sealed.
CREATE TABLE evaluations (
    id           TEXT    NOT NULL PRIMARY KEY,
    recording_id TEXT    NOT NULL,
    call_id      TEXT    NOT NULL,
    expert       TEXT    NOT NULL,
    reviewer     TEXT    NOT NULL,
    state        TEXT    NOT NULL,
    revision     INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    released_at  INTEGER,
    sealed       BLOB    NOT NULL,
    UNIQUE (recording_id, reviewer)
) STRICT;

CREATE INDEX evaluations_by_expert ON evaluations (expert, id);
CREATE INDEX evaluations_by_reviewer ON evaluations (reviewer, id);
CREATE INDEX evaluations_by_state ON evaluations (state, id);
