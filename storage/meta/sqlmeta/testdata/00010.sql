INSERT INTO revocations (kind, subject, issued_before, expires_at, by, at) VALUES ('person', 'maya', 1773489600000001, 1776081600000001, 'platform', 1773489600000001);
INSERT INTO expert_accounts (cluster, human, person_id, at) VALUES ('tax', 'h-7', 'lee', 1773489600000001);
