INSERT INTO blocks (by, whom, at) VALUES ('maya', 'lee', 1773489700000000);
