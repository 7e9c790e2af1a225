-- +goose Up

-- Copies in a second store. There may be one from begun_at on, and it is verified
-- from copied_at on. Objects may be gone before their copies are.
CREATE TABLE object_copies (
    key       TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    begun_at  BIGINT NOT NULL,
    copied_at BIGINT
);

CREATE TABLE object_checks (
    key        TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    checked_at BIGINT NOT NULL,
    fault      TEXT COLLATE "C" NOT NULL
);

CREATE INDEX object_checks_by_time ON object_checks (checked_at);

CREATE TABLE drills (
    at         BIGINT NOT NULL PRIMARY KEY,
    recordings BIGINT NOT NULL,
    failed     BIGINT NOT NULL
);
