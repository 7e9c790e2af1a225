INSERT INTO answers (key, request, status, type, claimed_at, expires_at) VALUES ('0a0b', '0c0d', 204, '', 1773489600000000, 1773576000000000);
