INSERT INTO object_locks (store, key, held, retain_until) VALUES ('main', 'recordings/a', 1, 1773489600000000);
