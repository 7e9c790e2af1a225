INSERT INTO drills (at, recordings, failed) VALUES (1773489600000001, 2, 1);
