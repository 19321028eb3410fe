# lib.sh - for torture and the fault matrix: relay.py, and the two counts side by side.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are for those who source this; and tests/daemon/lib.sh's
. "$(dirname "${BASH_SOURCE[0]}")/../daemon/lib.sh"

record=$tmp/record
: >"$record"

# faulty_at PORT [options]: relay.py there; its process in $faulty_pid, its counts behind those of earlier ones in $tmp/faulty once stop_faulty
# has ended it.
faulty_at() {
	local port=$1
	shift
	python3 "$root/tests/torture/relay.py" --port "$port" --record "$record" "$@" >>"$tmp/faulty" 2>>"$tmp/faulty.err" &
	faulty_pid=$!
	at_exit $faulty_pid
	wait_for 20 port_open "$port" || bail "relay.py did not come up: $(tail -n 3 "$tmp/faulty.err")"
}
stop_faulty() {
	kill "$faulty_pid"
	wait "$faulty_pid" 2>/dev/null
}
# faulty_says NAME: the sum of that count over all relays so far.
faulty_says() {
	sed -n "s/^{.*\"$1\": \([0-9]*\).*/\1/p" "$tmp/faulty" | awk '{ n += $1 } END { print n + 0 }'
}

# What waits for its next attempt is due now: the tests have no five minutes.
due_now() { sql "UPDATE delivery SET next_at = unixepoch() WHERE state = 2 AND next_at > unixepoch()"; }

# count_both: runs count.py; counted NAME gives one of its numbers.
count_both() { python3 "$root/tests/torture/count.py" "$site/store/newsletter.db" "$record" >"$tmp/counts"; }
counted() { sed -n "s/^$1 //p" "$tmp/counts"; }
