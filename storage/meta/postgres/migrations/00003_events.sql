-- +goose Up

-- The places are given from the one row of event_head, whose write lasts until
-- the commit: so places are visible in the order in which they were given.
CREATE TABLE event_head (
    id  BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    seq BIGINT NOT NULL
);

INSERT INTO event_head (id, seq) VALUES (1, 0);

CREATE TABLE events (
    seq          BIGINT           NOT NULL PRIMARY KEY,
    id           TEXT COLLATE "C" NOT NULL UNIQUE,
    at           BIGINT           NOT NULL,
    type         TEXT COLLATE "C" NOT NULL,
    call_id      TEXT COLLATE "C" NOT NULL,
    recording_id TEXT COLLATE "C" NOT NULL,
    member_id    TEXT COLLATE "C" NOT NULL,
    expert_id    TEXT COLLATE "C" NOT NULL,
    body         TEXT COLLATE "C" NOT NULL
);
