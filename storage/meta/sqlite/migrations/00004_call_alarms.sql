-- +goose Up

-- What was wrong with the sound of member and expert, in JSON.
ALTER TABLE calls ADD COLUMN alarms TEXT NOT NULL DEFAULT '[{},{}]';
