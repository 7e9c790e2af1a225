UPDATE event_head SET seq = 1;
INSERT INTO events (seq, id, at, type, call_id, recording_id, member_id, expert_id, body) VALUES
    (1, 'evt_06eeodtm01o011m1dg28acpq40', 1773489600000000, 'call.ringing', 'call_06eeodtm01o01da27s87heusdc', '', 'maya', 'lee', '{}');
