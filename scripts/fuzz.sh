#!/usr/bin/env bash
# Runs every fuzz target of the tree for the given time each.
set -euo pipefail
time=${1:-10s}
go list -f '{{.Dir}}' ./... | while read -r dir; do
	{ grep -rhoE '^func (Fuzz[A-Za-z0-9_]+)' "$dir"/*_test.go 2>/dev/null || true; } | sed 's/func //' | sort -u |
		while read -r target; do
			echo "== $target in ${dir#"$PWD"/}"
			go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$dir"
		done
done
