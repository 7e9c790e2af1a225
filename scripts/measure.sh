#!/usr/bin/env bash
# Measures a server of its own with `parley probe` and prints the median and
# the range of each figure. Usage: scripts/measure.sh [RUNS]
set -euo pipefail
runs=${1:-10}
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
bin/parley serve --demo --listen 127.0.0.1:0 --data "$dir/data" >"$dir/out" 2>"$dir/log" &
server=$!
trap 'kill $server 2>/dev/null; wait $server 2>/dev/null || true; rm -rf "$dir"' EXIT
until url=$(grep -som1 'http://[0-9.:]*' "$dir/out"); do
	kill -0 $server || { cat "$dir/log" >&2; exit 1; }
	sleep 0.1
done
for _ in $(seq "$runs"); do bin/parley probe --json --server "$url" >>"$dir/runs" || true; done
node - "$dir/runs" <<'JS'
const runs = require('fs').readFileSync(process.argv[2], 'utf8').trim().split('\n').map(JSON.parse);
const failed = runs.filter((r) => !r.ok);
if (failed.length) { console.error(failed); process.exit(1); }
console.log(`${runs.length} calls`);
for (const name of ['setup_ms', 'first_audio_ms', 'ready_ms']) {
  const v = runs.map((r) => r[name]).sort((a, b) => a - b);
  console.log(`${name}: median ${v[v.length >> 1].toFixed(1)}, from ${v[0].toFixed(1)} to ${v.at(-1).toFixed(1)}`);
}
JS
