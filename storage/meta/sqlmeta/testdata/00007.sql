INSERT INTO object_copies (key, begun_at, copied_at) VALUES ('recordings/a', 1773489600000000, 1773489600000001);
INSERT INTO object_checks (key, checked_at, fault) VALUES ('recordings/a', 1773489600000000, 'changed');
INSERT INTO drills (at, recordings, failed) VALUES (1773489600000000, 3, 0);
