#!/bin/bash
# The CSV reader against Python's, over 10,000 files that were made at random; SEED=n makes others.
. "$(dirname "$0")/lib.sh"
seed=${SEED:-$(date +%s)}
run python3 "$(dirname "$0")/csv_property.py" "$B/tests/csv_rows" 10000 "$seed"
say "seed $seed: $out"
is "10,000 files have the same rows" "$status" 0
like "not nothing of them" "$out" "10000 files, [0-9]{5}"
done_testing
