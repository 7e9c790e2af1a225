INSERT INTO people (id, role, name, headline, languages, available, updated_at) VALUES
    ('lee', 'expert', 'Dr. Lee', 'Tax law', '["en","de"]', TRUE, 1773489600000000);
INSERT INTO calls (id, member_id, expert_id, member_name, expert_name, created_at, accepted_at, connected_at, ended_at, end_reason, recording_id) VALUES
    ('call_06eeodtm01o01da27s87heusdc', 'maya', 'lee', 'Maya', 'Dr. Lee', 1773489600000000, 1773489601000000, 1773489602000000, 1773489663000000,
     'completed', 'rec_06eeodtm01o018cdkffq4d6onc');
INSERT INTO recordings (id, call_id, member_id, expert_id, member_name, expert_name, state, started_at, stored_at, length_ms, report) VALUES
    ('rec_06eeodtm01o018cdkffq4d6onc', 'call_06eeodtm01o01da27s87heusdc', 'maya', 'lee', 'Maya', 'Dr. Lee', 'stored', 1773489602000000, 1773489664000000,
     61000, '{"clean":true}');
INSERT INTO key_envelopes (recording_id, part, sealed, destroyed_at) VALUES
    ('rec_06eeodtm01o018cdkffq4d6onc', 'member', X'00ff6b6579', NULL);
INSERT INTO key_envelopes (recording_id, part, sealed, destroyed_at) VALUES
    ('rec_06eeodtm01o018cdkffq4d6onc', 'expert', NULL, 1773489700000000);
INSERT INTO objects (key, recording_id, part, size, sha256) VALUES
    ('recordings/k', 'rec_06eeodtm01o018cdkffq4d6onc', 'call', 123456, '0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f');
INSERT INTO secrets (name, sealed) VALUES ('turn', X'736563726574');
INSERT INTO chain_entries (chain, seq, at, kind, subject, actor, body, prev, hash) VALUES
    ('consent', 1, 1773489600000001, 'answer', 'call_06eeodtm01o01da27s87heusdc', 'maya', '{"n":1}',
     '0000000000000000000000000000000000000000000000000000000000000000',
     '2ee4234444ce52301898e4e64702749c045d24127939dfbf9ba9428a39df1988');
INSERT INTO chain_entries (chain, seq, at, kind, subject, actor, body, prev, hash) VALUES
    ('consent', 2, 1773489600000002, 'answer', 'call_06eeodtm01o01da27s87heusdc', 'maya', '{"n":2}',
     '2ee4234444ce52301898e4e64702749c045d24127939dfbf9ba9428a39df1988',
     '61b90e8bb41892e3c4cffb71d689786d4ed9db003cf27f7291b8c4e415ce9edc');
