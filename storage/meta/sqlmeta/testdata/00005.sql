INSERT INTO webhooks (id, url, secret, types, created_at, cursor, holder, held_until, attempts) VALUES
    ('hook_06eeodtm01o011m1dg28acpq40', 'https://platform.example/hook', X'736563726574', '', 1773489600000000, 1, '', 0, 1);
INSERT INTO webhook_deliveries (webhook_id, number, event_id, attempt, at, took_ms, status, fault) VALUES
    ('hook_06eeodtm01o011m1dg28acpq40', 1, 'evt_06eeodtm01o011m1dg28acpq40', 1, 1773489600000000, 12, 200, '');
