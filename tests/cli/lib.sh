# shellcheck shell=bash disable=SC2034 # the scripts use what is set here
# lib.sh - what the scripts of tests/cli share beside tests/lib.sh: a site of one's own, and checks of a command that read as sentences.
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

export TZ=UTC NO_COLOR=1 LC_ALL=C.UTF-8
unset SUDO_USER NEWSLETTER_CLOCK NEWSLETTER_RELAY_PASSWORD
data=$root/tests/data

nl() { "$BIN/newsletter" "$@"; }

# Run a command: $out, $err and $status.
run() {
	status=0
	"$@" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	out=$(<"$tmp/out") err=$(<"$tmp/err")
}

# NAME COMMAND…: it succeeds and says nothing on standard error.
succeeds() {
	local name=$1
	shift
	run "$@"
	[ "$status" = 0 ] && [ -z "$err" ]
	ok "$name" $? "exit status $status" "$err"
}

# The same, whatever it says there.
works() {
	local name=$1
	shift
	run "$@"
	ok "$name" "$status" "$err"
}

db() { sqlite3 -cmd '.timeout 60000' "${2:-store/newsletter.db}" "$1"; }

# Everything in the store, as text.
dump() { [ ! -e store/newsletter.db ] || db .dump; }

# NAME STATUS REGEX COMMAND…: it is refused with that status and one line that says why, and the store is as it was;
# with --json the same is said on standard output.
refused() {
	local name=$1 want=$2 regex=$3 before after lines why=
	shift 3
	before=$(dump)
	run "$@"
	lines=$(wc -l <"$tmp/err")
	[ "$status" = "$want" ] || why="exit status $status, not $want"
	[ "$lines" = 1 ] || why="$lines lines on standard error"
	[[ $err == "newsletter: "* ]] || why="the line does not begin with newsletter:"
	[[ $err =~ $regex ]] || why="the line is not like: $regex"
	after=$(dump)
	[ "$before" = "$after" ] || why="the store was changed"
	[ -z "$why" ]
	ok "$name" $? "$why" "$err"
}

# A site of its own, with no cancel window, whose links are not asked (there is no such host); arguments go to init.
site() {
	mkdir -p "$tmp/$1" && cd "$tmp/$1" || exit 1
	shift
	nl init --yes --name "Quiet Harbour" --from news@quietharbour.example --postal-address "12 Lighthouse Lane" \
		--home https://www.quietharbour.example --set campaign.cancel_window=0s --set campaign.check_links=no "$@" >/dev/null || exit 1
}

# The JSON value that a Python expression over the object `j` gives, of the last output.
json() { python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$tmp/out" "$1"; }

# Run a command at a terminal of its own, with the given lines typed; the terminal's text without its control sequences in $out.
at_terminal() { # LINES COMMAND
	status=0
	printf '%b' "$1" | TERM=xterm timeout 60 script -qefc "$2" /dev/null >"$tmp/out" 2>/dev/null || status=$?
	out=$(sed 's/\r//g; s/\x1b\[[0-9;?]*[A-Za-z]//g' "$tmp/out")
}
