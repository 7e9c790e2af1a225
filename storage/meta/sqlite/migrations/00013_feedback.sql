-- +goose Up

-- What people wrote in and about calls, sealed; part is whose voice it goes with.
-- Neither is the call a foreign key: erasures and times to keep are its texts' own.
CREATE TABLE texts (
    id      TEXT    NOT NULL PRIMARY KEY,
    call_id TEXT    NOT NULL,
    kind    TEXT    NOT NULL,
    author  TEXT    NOT NULL,
    part    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    sealed  BLOB    NOT NULL
) STRICT;

CREATE INDEX texts_by_call ON texts (call_id, id);
CREATE INDEX texts_by_author ON texts (author, id);

CREATE TABLE ratings (
    call_id TEXT    NOT NULL,
    by      TEXT    NOT NULL,
    about   TEXT    NOT NULL,
    part    TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    stars   INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    survey  TEXT    NOT NULL,
    text_id TEXT,
    PRIMARY KEY (call_id, by)
) STRICT;

CREATE INDEX ratings_by_about ON ratings (about, call_id);

CREATE TABLE reports (
    id        TEXT    NOT NULL PRIMARY KEY,
    call_id   TEXT    NOT NULL,
    by        TEXT    NOT NULL,
    about     TEXT    NOT NULL,
    part      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    reason    TEXT    NOT NULL,
    offset_ms INTEGER,
    text_id   TEXT
) STRICT;

CREATE INDEX reports_by_call ON reports (call_id, id);

CREATE INDEX calls_by_expert ON calls (expert_id, id);
