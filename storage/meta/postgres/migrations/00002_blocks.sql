-- +goose Up

CREATE TABLE blocks (
    by   TEXT COLLATE "C" NOT NULL,
    whom TEXT COLLATE "C" NOT NULL CHECK (whom <> by),
    at   BIGINT           NOT NULL,
    PRIMARY KEY (by, whom)
);
