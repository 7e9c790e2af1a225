-- +goose Up

-- What somebody answered last, in whichever call.
CREATE INDEX chain_entries_by_actor ON chain_entries (chain, kind, actor, seq);
