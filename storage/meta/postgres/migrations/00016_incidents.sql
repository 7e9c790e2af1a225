-- +goose Up

-- How far the people who look after others have come with a report.
ALTER TABLE reports ADD COLUMN state TEXT COLLATE "C" NOT NULL DEFAULT 'open';
ALTER TABLE reports ADD COLUMN note TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN handled_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE reports ADD COLUMN handled_at BIGINT;

-- Who else a sign is about, a JSON list of ids.
ALTER TABLE signs ADD COLUMN people TEXT COLLATE "C" NOT NULL DEFAULT '[]';

-- From where a member has called, by what stands for the network address and the
-- device; it is deleted after some days.
CREATE TABLE traces (
    call_id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    address TEXT COLLATE "C" NOT NULL,
    device  TEXT COLLATE "C" NOT NULL,
    at      BIGINT NOT NULL
);

CREATE INDEX traces_by_at ON traces (at);
CREATE INDEX ratings_by_person ON ratings (by, at);
CREATE INDEX ratings_by_about_at ON ratings (about, at);
