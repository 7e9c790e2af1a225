-- +goose Up

-- What the object stores were told to keep: by a legal hold, and until when.
CREATE TABLE object_locks (
    store        TEXT COLLATE "C" NOT NULL,
    key          TEXT COLLATE "C" NOT NULL,
    held         BIGINT NOT NULL,
    retain_until BIGINT,
    PRIMARY KEY (store, key)
);
