-- +goose Up

-- Times are microseconds since 1970 in UTC. JSON is kept as text, since what is
-- hashed must come back byte for byte. Texts sort by their bytes, whatever the
-- database's own collation is.

CREATE TABLE people (
    id         TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    role       TEXT COLLATE "C" NOT NULL,
    name       TEXT COLLATE "C" NOT NULL,
    headline   TEXT COLLATE "C" NOT NULL,
    languages  TEXT COLLATE "C" NOT NULL,
    available  BOOLEAN          NOT NULL,
    updated_at BIGINT           NOT NULL
);

CREATE INDEX people_by_role ON people (role, name, id);

-- Participants are no foreign keys: calls and recordings outlive people.
CREATE TABLE calls (
    id           TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    member_id    TEXT COLLATE "C" NOT NULL,
    expert_id    TEXT COLLATE "C" NOT NULL,
    member_name  TEXT COLLATE "C" NOT NULL,
    expert_name  TEXT COLLATE "C" NOT NULL,
    created_at   BIGINT           NOT NULL,
    accepted_at  BIGINT,
    connected_at BIGINT,
    ended_at     BIGINT,
    end_reason   TEXT COLLATE "C" NOT NULL,
    recording_id TEXT COLLATE "C"
);

CREATE INDEX calls_unfinished ON calls (id) WHERE ended_at IS NULL;

-- Neither is the call: a recording may outlive it.
CREATE TABLE recordings (
    id          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    call_id     TEXT COLLATE "C" NOT NULL,
    member_id   TEXT COLLATE "C" NOT NULL,
    expert_id   TEXT COLLATE "C" NOT NULL,
    member_name TEXT COLLATE "C" NOT NULL,
    expert_name TEXT COLLATE "C" NOT NULL,
    state       TEXT COLLATE "C" NOT NULL,
    started_at  BIGINT           NOT NULL,
    stored_at   BIGINT,
    length_ms   BIGINT           NOT NULL CHECK (length_ms >= 0),
    report      TEXT COLLATE "C" NOT NULL
);

CREATE INDEX recordings_by_member ON recordings (member_id, id);
CREATE INDEX recordings_by_expert ON recordings (expert_id, id);
CREATE INDEX recordings_by_state ON recordings (state, id);

-- A destroyed envelope leaves its row without its bytes.
CREATE TABLE key_envelopes (
    recording_id TEXT COLLATE "C" NOT NULL REFERENCES recordings (id),
    part         TEXT COLLATE "C" NOT NULL,
    sealed       BYTEA,
    destroyed_at BIGINT,
    PRIMARY KEY (recording_id, part),
    CHECK ((sealed IS NULL) = (destroyed_at IS NOT NULL))
);

CREATE TABLE objects (
    key          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    recording_id TEXT COLLATE "C" NOT NULL REFERENCES recordings (id),
    part         TEXT COLLATE "C" NOT NULL,
    size         BIGINT           NOT NULL CHECK (size >= 0),
    sha256       TEXT COLLATE "C" NOT NULL
);

CREATE INDEX objects_by_recording ON objects (recording_id, key);

CREATE TABLE secrets (
    name   TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    sealed BYTEA            NOT NULL
);

CREATE TABLE chain_entries (
    chain   TEXT COLLATE "C" NOT NULL,
    seq     BIGINT           NOT NULL,
    at      BIGINT           NOT NULL,
    kind    TEXT COLLATE "C" NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    actor   TEXT COLLATE "C" NOT NULL,
    body    TEXT COLLATE "C" NOT NULL,
    prev    TEXT COLLATE "C" NOT NULL,
    hash    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (chain, seq)
);

CREATE INDEX chain_entries_by_subject ON chain_entries (chain, subject, seq);

-- The hashes show a change; these keep a mistake of ours from making one.

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'entries of % are never changed or deleted', TG_TABLE_NAME;
END;
$$;
-- +goose StatementEnd

CREATE TRIGGER chain_entries_stay BEFORE UPDATE OR DELETE ON chain_entries
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
