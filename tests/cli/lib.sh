# shellcheck shell=bash disable=SC2034 # the scripts use what is set here
# lib.sh - what the scripts of tests/cli share: a site of one's own in a temporary folder, TAP, and checks that read as sentences.
#
# A script sources it, makes checks, and ends with `finish`. BIN is the folder of the binaries.
set -u
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
export BIN=${BIN:-$here/../../bin} TZ=UTC NO_COLOR=1 LC_ALL=C.UTF-8
unset SUDO_USER NEWSLETTER_CLOCK NEWSLETTER_RELAY_PASSWORD
data=$(realpath "$here/../data")
T=$(mktemp -d "${TMPDIR:-/tmp}/newsletter-cli.XXXXXX")
count=0 failed=0
cleanup() { rm -rf "$T"; }
trap cleanup EXIT

nl() { "$BIN/newsletter" "$@"; }

say() { printf '%s\n' "$*" | cut -c1-300 | head -n 40 | sed 's/^/# /'; }

ok() { # NAME STATUS
	count=$((count + 1))
	if [ "$2" = 0 ]; then
		echo "ok $count - $1"
	else
		echo "not ok $count - $1"
		failed=$((failed + 1))
		return 1
	fi
}

skip() { # NAME WHY
	count=$((count + 1))
	echo "ok $count - $1 # SKIP $2"
}

is() { # NAME GOT WANT
	[ "$2" = "$3" ]
	ok "$1" $? || { say "got:  $2"; say "want: $3"; }
}

like() { # NAME GOT REGEX
	[[ $2 =~ $3 ]]
	ok "$1" $? || { say "got: $2"; say "not like: $3"; }
}

unlike() { # NAME GOT REGEX
	! [[ $2 =~ $3 ]]
	ok "$1" $? || { say "got: $2"; say "but it is like: $3"; }
}

finish() {
	echo "1..$count"
	[ "$failed" = 0 ]
}

# Run a command: $out, $err and $status.
run() {
	status=0
	"$@" >"$T/out" 2>"$T/err" </dev/null || status=$?
	out=$(<"$T/out") err=$(<"$T/err")
}

# NAME COMMAND…: it succeeds and says nothing on standard error.
succeeds() {
	local name=$1
	shift
	run "$@"
	[ "$status" = 0 ] && [ -z "$err" ]
	ok "$name" $? || { say "exit status $status"; say "$err"; }
}

# The same, whatever it says there.
works() {
	local name=$1
	shift
	run "$@"
	ok "$name" "$status" || say "$err"
}

db() { sqlite3 -cmd '.timeout 2000' "${2:-store/newsletter.db}" "$1"; }

# Everything in the store, as text.
dump() { [ ! -e store/newsletter.db ] || db .dump; }

# NAME STATUS REGEX COMMAND…: it is refused with that status and one line that says why, and the store is as it was;
# with --json the same is said on standard output.
refused() {
	local name=$1 want=$2 regex=$3 before after lines why=
	shift 3
	before=$(dump)
	run "$@"
	lines=$(wc -l <"$T/err")
	[ "$status" = "$want" ] || why="exit status $status, not $want"
	[ "$lines" = 1 ] || why="$lines lines on standard error"
	[[ $err == "newsletter: "* ]] || why="the line does not begin with newsletter:"
	[[ $err =~ $regex ]] || why="the line is not like: $regex"
	after=$(dump)
	[ "$before" = "$after" ] || why="the store was changed"
	[ -z "$why" ]
	ok "$name" $? || { say "$why"; say "$err"; }
}

# A site of its own, with no cancel window; arguments go to init.
site() {
	mkdir -p "$T/$1" && cd "$T/$1" || exit 1
	shift
	nl init --yes --name "Quiet Harbour" --from news@quietharbour.example --postal-address "12 Lighthouse Lane" \
		--home https://www.quietharbour.example --set campaign.cancel_window=0s "$@" >/dev/null || exit 1
}

# The JSON value that a Python expression over the object `j` gives, of the last output.
json() { python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$T/out" "$1"; }

# Run a command at a terminal of its own, with the given lines typed; the terminal's text without its control sequences in $out.
at_terminal() { # LINES COMMAND
	status=0
	printf '%b' "$1" | timeout 60 script -qefc "$2" /dev/null >"$T/out" 2>/dev/null || status=$?
	out=$(sed 's/\r//g; s/\x1b\[[0-9;?]*[A-Za-z]//g' "$T/out")
}
