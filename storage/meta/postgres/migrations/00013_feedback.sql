-- +goose Up

-- What people wrote in and about calls, sealed; part is whose voice it goes with.
-- Neither is the call a foreign key: erasures and times to keep are its texts' own.
CREATE TABLE texts (
    id      TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    call_id TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    author  TEXT COLLATE "C" NOT NULL,
    part    TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    sealed  BYTEA NOT NULL
);

CREATE INDEX texts_by_call ON texts (call_id, id);
CREATE INDEX texts_by_author ON texts (author, id);

CREATE TABLE ratings (
    call_id TEXT COLLATE "C" NOT NULL,
    by      TEXT COLLATE "C" NOT NULL,
    about   TEXT COLLATE "C" NOT NULL,
    part    TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL,
    stars   BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
    survey  TEXT COLLATE "C" NOT NULL,
    text_id TEXT COLLATE "C",
    PRIMARY KEY (call_id, by)
);

CREATE INDEX ratings_by_about ON ratings (about, call_id);

CREATE TABLE reports (
    id        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    call_id   TEXT COLLATE "C" NOT NULL,
    by        TEXT COLLATE "C" NOT NULL,
    about     TEXT COLLATE "C" NOT NULL,
    part      TEXT COLLATE "C" NOT NULL,
    at        BIGINT NOT NULL,
    reason    TEXT COLLATE "C" NOT NULL,
    offset_ms BIGINT,
    text_id   TEXT COLLATE "C"
);

CREATE INDEX reports_by_call ON reports (call_id, id);

CREATE INDEX calls_by_expert ON calls (expert_id, id);
