-- +goose Up

-- How the sound of member and expert arrived, in JSON.
ALTER TABLE calls ADD COLUMN quality TEXT NOT NULL DEFAULT '[{},{}]';
