INSERT INTO traces (call_id, address, device, at) VALUES ('call_06eeodtmfdrkv5a2jj98bvamj4', 'YWRkcmVzcw', 'ZGV2aWNl', 1773489600000000);
UPDATE reports SET state = 'settled', note = 'spoken to', handled_by = 'ada', handled_at = 1773489600000000;
UPDATE signs SET people = '["noah"]';
