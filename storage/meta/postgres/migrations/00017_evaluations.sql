-- +goose Up

-- What reviewers think of how experts have held calls; what it says is sealed.
CREATE TABLE evaluations (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    recording_id TEXT COLLATE "C" NOT NULL,
    call_id      TEXT COLLATE "C" NOT NULL,
    expert       TEXT COLLATE "C" NOT NULL,
    reviewer     TEXT COLLATE "C" NOT NULL,
    state        TEXT COLLATE "C" NOT NULL,
    revision     BIGINT NOT NULL,
    at           BIGINT NOT NULL,
    released_at  BIGINT,
    sealed       BYTEA NOT NULL,
    UNIQUE (recording_id, reviewer)
);

CREATE INDEX evaluations_by_expert ON evaluations (expert, id);
CREATE INDEX evaluations_by_reviewer ON evaluations (reviewer, id);
CREATE INDEX evaluations_by_state ON evaluations (state, id);
