UPDATE recordings SET keep = '{"days":90}', trashed_at = 1773489600000000;
INSERT INTO erasures (id, recording_id, part, basis, requested_by, requested_at, state, decided_by, decided_at, note, done_at, certificate) VALUES
    ('era_06eeodtm01o011m1dg28acpq40', 'rec_06eeodtm01o018cdkffq4d6onc', 'expert', 'person', 'lee', 1773489600000000, 'done', 'pia', 1773489600000000, '', 1773489600000000, 'a.b.c');
INSERT INTO holds (id, recording_id, case_id, reason, review_at, placed_by, placed_at, released_at, released_by, release_reason) VALUES
    ('hold_06eeodtm01o011m1dg28acpq40', 'rec_06eeodtm01o018cdkffq4d6onc', '42 O 7/26', 'court', 1773489600000000, 'pia', 1773489600000000, NULL, '', '');
INSERT INTO assignments (id, reviewer, recording_id, made_by, made_at, expires_at) VALUES
    ('asg_06eeodtm01o011m1dg28acpq40', 'robin', 'rec_06eeodtm01o018cdkffq4d6onc', 'quinn', 1773489600000000, 1773493200000000);
