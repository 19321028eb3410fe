#!/bin/bash
# Imports of random rows against a model; SEED=n makes others.
. "$(dirname "$0")/lib.sh"
first=${SEED:-$(date +%s)}
for seed in "$first" $((first + 1)) $((first + 2)); do
	site "$seed"
	run python3 "$root/tests/cli/import_model.py" "$BIN/newsletter" "$seed"
	like "seed $seed: the same counts, states and names" "$status $out" "^0 [1-9][0-9]* were added"
	say "$out$err"
	is "the store is whole" "$(db 'PRAGMA integrity_check')$(sqlite3 store/newsletter.db <"$root/tests/invariants.sql")" ok
done
done_testing
