# lib.sh - TAP for shell tests: `. lib.sh`, then ok, is, like, …, done_testing. A temporary folder $tmp goes away at the end,
# and so does every process named to at_exit.
# shellcheck shell=bash

set -u
tmp=$(mktemp -d)
tests_run=0
tests_failed=0
processes=()
: "${BIN:=${root:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)}/bin}"

clean_up() {
	local pid
	for pid in "${processes[@]}"; do
		kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$tmp"
}
trap clean_up EXIT

at_exit() { processes+=("$1"); }
bail() { echo "Bail out! $*"; exit 1; }

# ok STATUS NAME: passes when STATUS is 0.
ok() {
	tests_run=$((tests_run + 1))
	if [ "$1" = 0 ]; then
		echo "ok $tests_run - $2"
	else
		tests_failed=$((tests_failed + 1))
		echo "not ok $tests_run - $2"
	fi
}

# is GOT WANT NAME
is() {
	if [ "$1" = "$2" ]; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '#   got:  %s\n#   want: %s\n' "$1" "$2"
	fi
}

# like GOT EXTENDED-REGEX NAME
like() {
	if grep -Eq -- "$2" <<<"$1"; then
		ok 0 "$3"
	else
		ok 1 "$3"
		printf '#   got:  %s\n#   want: /%s/\n' "$1" "$2"
	fi
}

# at_most GOT LIMIT NAME, at_least GOT LIMIT NAME
at_most() { ok "$(($1 > $2))" "$3 ($1, at most $2)"; }
at_least() { ok "$(($1 < $2))" "$3 ($1, at least $2)"; }

skip_all() { echo "1..0 # SKIP $*"; exit 0; }

done_testing() {
	echo "1..$tests_run"
	exit $((tests_failed > 0))
}

# wait_for SECONDS COMMAND…
wait_for() {
	local tries=$(($1 * 20))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

# A port of the loopback that nobody listens on.
free_port() {
	python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}
