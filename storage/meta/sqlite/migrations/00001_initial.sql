-- +goose Up

-- Times are microseconds since 1970 in UTC. JSON is kept as text, since what is
-- hashed must come back byte for byte.

CREATE TABLE people (
    id         TEXT    NOT NULL PRIMARY KEY,
    role       TEXT    NOT NULL,
    name       TEXT    NOT NULL,
    headline   TEXT    NOT NULL,
    languages  TEXT    NOT NULL,
    available  INTEGER NOT NULL CHECK (available IN (0, 1)),
    updated_at INTEGER NOT NULL
) STRICT;

CREATE INDEX people_by_role ON people (role, name, id);

-- Participants are no foreign keys: calls and recordings outlive people.
CREATE TABLE calls (
    id           TEXT    NOT NULL PRIMARY KEY,
    member_id    TEXT    NOT NULL,
    expert_id    TEXT    NOT NULL,
    member_name  TEXT    NOT NULL,
    expert_name  TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    accepted_at  INTEGER,
    connected_at INTEGER,
    ended_at     INTEGER,
    end_reason   TEXT    NOT NULL,
    recording_id TEXT
) STRICT;

CREATE INDEX calls_unfinished ON calls (id) WHERE ended_at IS NULL;

-- Neither is the call: a recording may outlive it.
CREATE TABLE recordings (
    id          TEXT    NOT NULL PRIMARY KEY,
    call_id     TEXT    NOT NULL,
    member_id   TEXT    NOT NULL,
    expert_id   TEXT    NOT NULL,
    member_name TEXT    NOT NULL,
    expert_name TEXT    NOT NULL,
    state       TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    stored_at   INTEGER,
    length_ms   INTEGER NOT NULL CHECK (length_ms >= 0),
    report      TEXT    NOT NULL
) STRICT;

CREATE INDEX recordings_by_member ON recordings (member_id, id);
CREATE INDEX recordings_by_expert ON recordings (expert_id, id);
CREATE INDEX recordings_by_state ON recordings (state, id);

-- A destroyed envelope leaves its row without its bytes.
CREATE TABLE key_envelopes (
    recording_id TEXT NOT NULL REFERENCES recordings (id),
    part         TEXT NOT NULL,
    sealed       BLOB,
    destroyed_at INTEGER,
    PRIMARY KEY (recording_id, part),
    CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL))
) STRICT;

CREATE TABLE objects (
    key          TEXT    NOT NULL PRIMARY KEY,
    recording_id TEXT    NOT NULL REFERENCES recordings (id),
    part         TEXT    NOT NULL,
    size         INTEGER NOT NULL CHECK (size >= 0),
    sha256       TEXT    NOT NULL
) STRICT;

CREATE INDEX objects_by_recording ON objects (recording_id, key);

CREATE TABLE secrets (
    name   TEXT NOT NULL PRIMARY KEY,
    sealed BLOB NOT NULL
) STRICT;

CREATE TABLE chain_entries (
    chain   TEXT    NOT NULL,
    seq     INTEGER NOT NULL,
    at      INTEGER NOT NULL,
    kind    TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    actor   TEXT    NOT NULL,
    body    TEXT    NOT NULL,
    prev    TEXT    NOT NULL,
    hash    TEXT    NOT NULL,
    PRIMARY KEY (chain, seq)
) STRICT;

CREATE INDEX chain_entries_by_subject ON chain_entries (chain, subject, seq);

-- The hashes show a change; these keep a mistake of ours from making one.

-- +goose StatementBegin
CREATE TRIGGER chain_entries_stay BEFORE UPDATE ON chain_entries
BEGIN
    SELECT RAISE(ABORT, 'chain entries are never changed');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER chain_entries_remain BEFORE DELETE ON chain_entries
BEGIN
    SELECT RAISE(ABORT, 'chain entries are never deleted');
END;
-- +goose StatementEnd
