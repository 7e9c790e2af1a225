-- +goose Up

-- Answers to requests that clients may send again, for a day.
CREATE TABLE answers (
    key        TEXT COLLATE "C" PRIMARY KEY,
    request    TEXT COLLATE "C" NOT NULL,
    status     BIGINT NOT NULL,
    type       TEXT COLLATE "C" NOT NULL,
    body       BYTEA,
    claimed_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX answers_by_expiry ON answers (expires_at);
