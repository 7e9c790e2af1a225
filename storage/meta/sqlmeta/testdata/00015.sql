UPDATE calls SET quality = '[{"sent":{"samples":60,"mos":{"average":4.2,"worst":3.1}}},{}]';
