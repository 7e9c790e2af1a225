-- +goose Up

-- How an expert's day stands: until when a call is being wrapped up, how many calls
-- were missed in a row, and why the server made somebody not available.
ALTER TABLE people ADD COLUMN wrap_up_until INTEGER;
ALTER TABLE people ADD COLUMN missed INTEGER NOT NULL DEFAULT 0;
ALTER TABLE people ADD COLUMN away_why TEXT NOT NULL DEFAULT '';
