INSERT INTO signs (call_id, kind, at) VALUES ('call_06eeodtmfdrkv5a2jj98bvamj4', 'same_address', 1773489600000000);
