UPDATE calls SET alarms = '[{"silent":true},{}]';
