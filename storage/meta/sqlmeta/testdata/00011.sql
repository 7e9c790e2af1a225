UPDATE people SET wrap_up_until = 1773489660000000, missed = 1 WHERE id = 'lee';
