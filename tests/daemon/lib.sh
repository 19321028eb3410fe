# lib.sh - for the tests of the daemon: a site in a temporary folder, newsletterd on free ports, servers that are ended by their process ids.
# shellcheck shell=bash disable=SC2034 # variables are for those who source this
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

peers=$root/build/peers
site=$tmp/site
daemon=

# make_site [init options]: a site whose pages are on a free port of the loopback; $base is its address.
make_site() {
	port=$(free_port)
	base=http://127.0.0.1:$port
	mkdir -p "$site"
	"$BIN/newsletter" init -C "$site" --name 'Quiet Harbour' --url "$base" --listen "127.0.0.1:$port" --from news@quietharbour.example \
		--postal-address '12 Mill Lane, Bristol' "$@" >/dev/null || bail "newsletter init failed"
	conf_add campaign cancel_window=0 check_links=no
}

# conf_add SECTION KEY=VALUE…
conf_add() {
	printf '\n[%s]\n' "$1" >>"$site/newsletter.conf"
	shift
	printf '%s\n' "$@" >>"$site/newsletter.conf"
}

newsletter() { "$BIN/newsletter" -C "$site" "$@"; }
sql() { sqlite3 -batch -cmd '.timeout 60000' "$site/store/newsletter.db" "$@"; }

# dump: every row, but for those that roles write by the clock: that they live, what they counted, how fast the relay is sent to.
dump() { sql .dump | grep -vE "^INSERT INTO (role VALUES|pace VALUES\\('relay-|counter VALUES\\('(commit|http|http_time):)"; }

# start_daemon [BINARY]: in the background, its log in $site/log; waits until it answers.
start_daemon() {
	${DAEMON_UNDER:-} "${1:-$BIN/newsletterd}" -C "$site" 2>>"$site/log" &
	daemon=$!
	at_exit "$daemon"
	wait_for "${DAEMON_WAIT:-20}" curl -sf --max-time 30 -o /dev/null "$base/" || { tail -n 20 "$site/log" >&2; bail "newsletterd did not come up"; }
}

stop_daemon() {
	kill -TERM "$daemon" && wait "$daemon"
}

# role_pid NAME: of the running role, once it is there: a machine with much to do may take a while to start it.
role_pid() {
	local pid pids=() tries
	for tries in {1..600}; do
		[ -e "/proc/$daemon" ] || return
		pids=()
		read -ra pids <"/proc/$daemon/task/$daemon/children" # which ends without a line feed
		for pid in "${pids[@]}"; do
			[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$1" ] || { echo "$pid" && return; }
		done
		[ "$tries" = 600 ] || sleep 0.05
	done
}

# make_trap FILE: it is a pipe now, and whoever opens it to read hangs there, until the trap is opened. trapped: somebody does.
make_trap() {
	rm -f "$1" "$1.caught"
	mkfifo "$1"
	(exec 8>"$1" && : >"$1.caught" && exec sleep 600) &
	trap_holder=$!
	at_exit $trap_holder
}
trapped() { [ -e "$1.caught" ]; }
# open_trap FILE [WITH]: who is in it reads that file, or nothing, to its end.
open_trap() {
	[ $# = 1 ] || cat "$2" >"$1"
	kill "$trap_holder"
	wait "$trap_holder" 2>/dev/null
	rm -f "$1" "$1.caught"
}

# halt ROLE | PID: a role's process, $halted, is stopped until its SIGCONT, but not where it keeps all others from writing, in a transaction or
# first in the line for one: then it goes on for a moment, and is stopped once more.
halt() {
	local try look turn
	turn=$(stat -c %i "$site/store/newsletter.db-lock")
	for try in {1..100}; do
		case $1 in *[!0-9]*) halted=$(role_pid "$1") ;; *) halted=$1 ;; esac
		[ -n "$halted" ] || bail "there is no $1"
		kill -STOP "$halted"
		wait_for 20 grep -q '^State:[[:space:]]*T' "/proc/$halted/status"
		for look in {1..20}; do
			grep -q ":$turn " /proc/locks || return 0
			sleep 0.02
		done
		kill -CONT "$halted"
		sleep 0.05
	done
	bail "$(cat "/proc/$halted/comm") always has its turn to write after $try tries of $look looks"
}

outbox_body() { tr -d '\r' <"$1" | sed -e ':a' -e '/=$/{N;s/=\n//;ba' -e '}'; }

# mail_in_outbox KIND ADDRESS: the newest file, or nothing.
mail_in_outbox() { grep -l "^To: .*$2" "$site"/outbox/"$1"-*.eml 2>/dev/null | tail -n 1; }
has_mail() { [ -n "$(mail_in_outbox "$@")" ]; }

# comes_to_rest COMMAND…: the number that it prints stays the same for a second; a busy machine takes longer to get there.
comes_to_rest() {
	local before now tries
	now=$("$@")
	for tries in {1..30}; do
		before=$now
		sleep 1
		now=$("$@")
		[ "$now" != "$before" ] || return 0
	done
	return 1
}

campaign_state() { sql "SELECT state FROM campaign WHERE id = $1"; }
campaign_is() { [ "$(campaign_state "$1")" = "$2" ]; }

# subscribers N: that many, confirmed by import, to the topic articles; the n-th has the n-th number. (An import numbers people in the order of their
# addresses, so those with the same number of digits come in one file.)
subscribers() {
	local from
	for ((from = 1; from <= $1; from *= 10)); do
		awk -v from="$from" -v n="$1" 'BEGIN {
			print "email,name"
			for (i = from; i < 10 * from && i <= n; i++) printf "person%d@example.org,Person %d\n", i, i
		}' >"$tmp/list.csv"
		newsletter subscriber import "$tmp/list.csv" --consent 'test list' --topic articles >/dev/null || return
	done
}

# article TITLE: a new article, imported.
article() {
	local new
	new=$(date +%s%N)
	mkdir -p "$tmp/articles"
	printf -- '---\ntitle: %s\ndate: 2026-03-01\nurl: https://www.quietharbour.example/%s\n---\nSome words about it.\n' "$1" "$new" \
		>"$tmp/articles/$new.md"
	newsletter article import "$tmp/articles" >/dev/null
}

# need_peers: fetches those that are missing.
need_peers() {
	"$root/tools/peers" "$peers" || bail "the peers are missing"
	# shellcheck source=/dev/null # made by tools/peers
	. "$peers/env"
}

# sink_at PORT [options]: Postfix's smtp-sink there, its process in $sink_pid.
sink_at() {
	local port=$1
	shift
	# as root it wants to be somebody else
	[ "$(id -u)" != 0 ] || set -- -u nobody "$@"
	LD_LIBRARY_PATH=$POSTFIX_LIBRARIES "$SMTP_SINK" "$@" "127.0.0.1:$port" 256 2>>"$tmp/sink.log" &
	sink_pid=$!
	at_exit $sink_pid
	wait_for 20 port_open "$port" || bail "smtp-sink did not come up: $(tail -n 1 "$tmp/sink.log")"
}

# mail_folder: $tmp/sink, where smtp-sink may write as nobody.
mail_folder() {
	mkdir -p "$tmp/sink"
	chmod 711 "$tmp"
	chmod 777 "$tmp/sink"
}

# start_sink [options]: smtp-sink on a free port; $sink is its address, each message goes into a file of $tmp/sink.
start_sink() {
	need_peers
	mail_folder
	sink=127.0.0.1:$(free_port)
	sink_at "${sink#*:}" -D "$tmp/sink/mail." "$@"
}
sink_count() { cat "$tmp"/sink/* 2>/dev/null | grep -c '^Message-ID:'; }
sink_reached() { [ "$(sink_count)" -ge "$1" ]; }

# start_relay [options]: relay.js; its port in $relay, its process in $relay_pid, its counts in $tmp/relay once stop_relay has ended it.
start_relay() {
	# before it is there: the last one's port
	: >"$tmp/relay"
	node "$root/tests/daemon/relay.js" "$@" >"$tmp/relay" 2>"$tmp/relay.err" &
	relay_pid=$!
	at_exit $relay_pid
	wait_for 20 grep -q '^port' "$tmp/relay" || bail "relay.js did not come up: $(head -c 600 "$tmp/relay.err")"
	relay=$(sed -n 's/^port //p' "$tmp/relay")
}
# For a relay with --record $tmp/got --halt $tmp/halt that does nothing just now: it takes N messages more, and then none until go_on. What a test
# moves away goes to $tmp/got.before.
halt_after() {
	echo $(($(find "$tmp"/got* -name '*.eml' | wc -l) + $1)) >"$tmp/halt.new"
	mv "$tmp/halt.new" "$tmp/halt"
}
go_on() { : >"$tmp/halt"; }
stop_relay() { kill "$relay_pid" && wait "$relay_pid" 2>/dev/null; }

# postfix_at PORT [main.cf line…]: a real Postfix there, unpacked and not installed: it takes mail from the loopback for everybody and discards it.
# It offers PIPELINING and CHUNKING. Its folder is $postfix, its log $postfix/log, its master's process $postfix_pid; lines given override the ones here.
# With POSTFIX_QUEUE_IN its queue is in that folder (one in memory, where its disk is not what is measured).
# Its master must be root; its programs run as a user that every Debian has, for they check that he is nobody's and no group is shared.
postfix_at() {
	local port=$1
	shift
	[ "$(id -u)" = 0 ] || { echo "Postfix's master needs root" >&2; return 1; }
	postfix=$tmp/postfix.$port
	mkdir -p "$postfix"/etc "$postfix"/data
	chmod 755 "$tmp" "$postfix"
	if [ -n "${POSTFIX_QUEUE_IN:-}" ]; then
		ln -s "$(mktemp -d "$POSTFIX_QUEUE_IN/newsletter-queue.XXXXXX")" "$postfix/queue"
		chmod 755 "$postfix/queue/"
		remove_at_exit "$(readlink "$postfix/queue")"
	fi
	mkdir -p "$postfix/queue"
	(cd "$postfix/queue" && mkdir -p active bounce corrupt defer deferred flush hold incoming maildrop pid private public saved trace)
	chown daemon "$postfix/queue"/* "$postfix/data"
	chown root "$postfix/queue/pid"
	chmod 700 "$postfix/queue"/*
	chgrp staff "$postfix/queue"/{maildrop,public}
	chmod 755 "$postfix/queue/pid"
	chmod 710 "$postfix/queue/public"
	chmod 730 "$postfix/queue/maildrop"
	cat >"$postfix/etc/main.cf" <<-END
		compatibility_level = 3.6
		queue_directory = $postfix/queue
		data_directory = $postfix/data
		daemon_directory = $POSTFIX_LIBRARIES/sbin
		command_directory = $POSTFIX_ROOT/usr/sbin
		shlib_directory = no
		meta_directory = $postfix/etc
		import_environment = MAIL_CONFIG TZ LD_LIBRARY_PATH=$POSTFIX_LIBRARIES
		mail_owner = daemon
		setgid_group = staff
		default_privs = nobody
		maillog_file = $postfix/log
		maillog_file_prefixes = $postfix, /dev
		myhostname = relay.example
		mydestination =
		mynetworks = 127.0.0.0/8
		inet_protocols = ipv4
		inet_interfaces = 127.0.0.1
		alias_maps =
		local_recipient_maps =
		default_transport = discard:
		local_transport = discard:
		relay_transport = discard:
		smtpd_relay_restrictions = permit_mynetworks, reject
		smtpd_peername_lookup = no
		smtpd_client_connection_count_limit = 0
		in_flow_delay = 0
	END
	printf '%s\n' "$@" >>"$postfix/etc/main.cf"
	cat >"$postfix/etc/master.cf" <<-END
		127.0.0.1:$port inet n - n - - smtpd
		cleanup unix n - n - 0 cleanup
		qmgr unix n - n 300 1 qmgr
		rewrite unix - - n - - trivial-rewrite
		bounce unix - - n - 0 bounce
		defer unix - - n - 0 bounce
		trace unix - - n - 0 bounce
		anvil unix - - n - 1 anvil
		tlsmgr unix - - n 1000? 1 tlsmgr
		proxymap unix - - n - - proxymap
		scache unix - - n - 1 scache
		discard unix - - n - - discard
		virtual unix - n n - - virtual
		error unix - - n - - error
		retry unix - - n - - error
		postlog unix-dgram n - n - 1 postlogd
	END
	# a configuration that is a second old may be half written: it would be waited for
	touch -d '1 minute ago' "$postfix/etc"/*.cf
	LD_LIBRARY_PATH=$POSTFIX_LIBRARIES "$POSTFIX_LIBRARIES/sbin/master" -c "$postfix/etc" -d 2>"$postfix/stderr" &
	postfix_pid=$!
	at_exit $postfix_pid
	wait_for 20 postfix_answers "$port" || bail "Postfix did not come up: $(tail -n 1 "$postfix/stderr") $(tail -n 3 "$postfix/log")"
}
# stop_postfix: it takes a second, for which nobody waits: the next one has another port and folder.
stop_postfix() {
	kill "$postfix_pid"
	disown "$postfix_pid"
}
postfix_answers() { (exec 3<>"/dev/tcp/127.0.0.1/$1" && head -c 4 <&3 | grep -q '^220') 2>/dev/null; }
