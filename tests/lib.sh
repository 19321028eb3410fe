# shellcheck shell=bash disable=SC2034 # variables are for those who source this
# lib.sh - TAP for the shell tests. A test sources this, or its group's lib.sh that does, makes its checks and ends with done_testing.
#
# A check takes its NAME first, counts as one test, and returns whether it passed:
#   ok NAME STATUS [TEXT…]               STATUS is 0; TEXT is shown when it is not
#   is NAME GOT WANT                     the same text
#   like, unlike NAME GOT REGEX          an extended regular expression, whose . is a line end too
#   has, hasnt NAME TEXT PART            the part as it is
#   at_most, at_least NAME GOT LIMIT     numbers
#   skip NAME WHY                        counts as skipped
# $root, $BIN and $B are the tree, its programs and their build, as absolute paths. The folder $tmp goes away at the end, and so does
# every process given to at_exit.
set -u
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BIN=$(realpath -m "${BIN:-$root/bin}")
B=$(realpath -m "${B:-$root/build}")
export BIN B
tmp=$(mktemp -d "${TMPDIR:-/tmp}/newsletter-test.XXXXXX")
tests_run=0
tests_failed=0
processes=()

# A process that has ended already may have left its number to somebody else's.
is_ours() { grep -qs "^PPid:[[:space:]]*$$\$" "/proc/$1/status"; }
at_exit() { processes+=("$1"); }
folders=()
remove_at_exit() { folders+=("$1"); }
clean_up() {
	local pid
	for pid in "${processes[@]}"; do
		is_ours "$pid" && kill "$pid" 2>/dev/null && wait "$pid" 2>/dev/null
	done
	rm -rf "$tmp" ${folders[@]+"${folders[@]}"}
}
trap clean_up EXIT
trap 'exit 130' INT TERM

say() { printf '%s\n' "$*" | cut -c1-400 | head -n 40 | sed 's/^/# /'; }
bail() { echo "Bail out! $*"; exit 1; }

ok() {
	local text
	tests_run=$((tests_run + 1))
	if [ "$2" = 0 ]; then
		echo "ok $tests_run - $1"
		return 0
	fi
	tests_failed=$((tests_failed + 1))
	echo "not ok $tests_run - $1"
	for text in "${@:3}"; do
		say "$text"
	done
	return 1
}

skip() {
	tests_run=$((tests_run + 1))
	echo "ok $tests_run - $1 # SKIP $2"
}

is() {
	[ "$2" = "$3" ]
	ok "$1" $? "got:  $2" "want: $3"
}

like() {
	[[ $2 =~ $3 ]]
	ok "$1" $? "got: $2" "not like: $3"
}

unlike() {
	! [[ $2 =~ $3 ]]
	ok "$1" $? "got: $2" "but it is like: $3"
}

has() {
	[[ $2 == *"$3"* ]]
	ok "$1" $? "no: $3" "in: $2"
}

hasnt() {
	[[ $2 != *"$3"* ]]
	ok "$1" $? "found: $3" "in: $2"
}

# What is no number is neither.
at_most() {
	[ "$2" -le "$3" ]
	ok "$1 ($2, at most $3)" $?
}
at_least() {
	[ "$2" -ge "$3" ]
	ok "$1 ($2, at least $3)" $?
}

done_testing() {
	echo "1..$tests_run"
	exit $((tests_failed > 0))
}

# wait_for SECONDS COMMAND…: until it succeeds; the seconds are those of a quiet machine, one with much to do gets more of them.
wait_for() {
	local tries=$(($1 * 60))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.05
	done
}

# A port of the loopback that nobody has, and that nobody else is given: not by the kernel, for a connection, which takes them from a range of
# its own, and not by this, in whatever test, before all others have had their turn.
free_port() {
	local low=10000 high port turn=${TMPDIR:-/tmp}/newsletter-test-port.$UID
	read -r high _ </proc/sys/net/ipv4/ip_local_port_range
	[ "$high" -gt $((low + 1000)) ] || high=32768 # then it is as good as it gets
	{
		flock 9
		read -r port <&9
		[[ $port =~ ^[0-9]{5}$ ]] || port=$((low + RANDOM % (high - low)))
		while
			port=$((port + 1 < high ? port + 1 : low))
			grep -q "^ *[0-9]*: [0-9A-F]*:$(printf %04X $port) " /proc/net/tcp /proc/net/tcp6 2>/dev/null
		do :; done
		echo $port >"$turn"
	} 9<>"$turn"
	echo $port
}
port_open() { (: <"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# conf_set FILE SECTION KEY VALUE: in place of whatever stands there for the key, which is in one section only.
conf_set() {
	sed -i "/^$3 = /d" "$1"
	printf '\n[%s]\n%s = %s\n' "$2" "$3" "$4" >>"$1"
}

# need_chromium: $CHROMIUM; the one that can draw no windows where it is there, for it takes half of the processor's time.
need_chromium() {
	CHROMIUM=${CHROMIUM:-$(command -v chromium-headless-shell chromium | head -n 1)}
	[ -x "$CHROMIUM" ] || bail "no Chromium: apt-get install chromium-headless-shell"
	export CHROMIUM
}

# connected PORT: whether somebody has a connection to this port of the loopback.
connected() {
	awk -v port=":$(printf %04X "$1")" '$4 == "01" && substr($3, length($3) - 4) == port { found = 1 } END { exit !found }' /proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# all_read PORT: whoever listens there has taken all connections, and read all that came by them.
all_read() {
	awk -v port=":$(printf %04X "$1")" 'substr($2, length($2) - 4) == port && ($4 == "01" || $4 == "0A") && $5 !~ /:00000000$/ { found = 1 } END { exit found }' \
		/proc/net/tcp /proc/net/tcp6 2>/dev/null
}

# hold_store DATABASE [BEGIN…]: it is locked, by a program that knows nothing of ours, until let_go. (What is begun meanwhile has the other end of its
# pipe too, so it is told to end.) let_go says in $held_ms for how many milliseconds at most it was: the roles wait for five seconds, and a test that
# wants to be served tries again when it took longer itself.
hold_store() {
	local pipe=$tmp/hold.$RANDOM$RANDOM
	mkfifo "$pipe"
	sqlite3 -batch -bail -cmd '.timeout 20000' "$1" <"$pipe" &
	holder=$!
	at_exit $holder
	exec {holding}>"$pipe"
	held_since=$(date +%s%N)
	printf '%s;\n.shell echo held >%s.held\n' "${2:-BEGIN IMMEDIATE}" "$pipe" >&"$holding"
	wait_for 20 test -s "$pipe.held" || bail "the store cannot be held"
}
let_go() {
	printf 'ROLLBACK;\n.quit\n' >&"$holding"
	exec {holding}>&-
	wait "$holder"
	held_ms=$((($(date +%s%N) - held_since) / 1000000))
}
