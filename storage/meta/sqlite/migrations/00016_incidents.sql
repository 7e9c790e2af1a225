-- +goose Up

-- How far the people who look after others have come with a report.
ALTER TABLE reports ADD COLUMN state TEXT NOT NULL DEFAULT 'open';
ALTER TABLE reports ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN handled_by TEXT NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN handled_at INTEGER;

-- Who else a sign is about, a JSON list of ids.
ALTER TABLE signs ADD COLUMN people TEXT NOT NULL DEFAULT '[]';

-- From where a member has called, by what stands for the network address and the
-- device; it is deleted after some days.
CREATE TABLE traces (
    call_id TEXT    NOT NULL PRIMARY KEY,
    address TEXT    NOT NULL,
    device  TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX traces_by_at ON traces (at);
CREATE INDEX ratings_by_person ON ratings (by, at);
CREATE INDEX ratings_by_about_at ON ratings (about, at);
