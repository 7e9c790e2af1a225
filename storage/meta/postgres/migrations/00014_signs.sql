-- +goose Up

-- What may mean that the two sides of a call are one.
CREATE TABLE signs (
    call_id TEXT COLLATE "C" NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    at      BIGINT           NOT NULL,
    PRIMARY KEY (call_id, kind)
);
