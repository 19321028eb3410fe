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
	conf_add campaign cancel_window=0
}

# conf_add SECTION KEY=VALUE…
conf_add() {
	printf '\n[%s]\n' "$1" >>"$site/newsletter.conf"
	shift
	printf '%s\n' "$@" >>"$site/newsletter.conf"
}

newsletter() { "$BIN/newsletter" -C "$site" "$@"; }
sql() { sqlite3 -batch -cmd '.timeout 8000' "$site/store/newsletter.db" "$@"; }

# start_daemon [BINARY]: in the background, its log in $site/log; waits until it answers.
start_daemon() {
	${DAEMON_UNDER:-} "${1:-$BIN/newsletterd}" -C "$site" 2>>"$site/log" &
	daemon=$!
	at_exit "$daemon"
	wait_for "${DAEMON_WAIT:-15}" curl -sf --max-time 10 -o /dev/null "$base/" || { tail -n 20 "$site/log" >&2; bail "newsletterd did not come up"; }
}

stop_daemon() {
	kill -TERM "$daemon" && wait "$daemon"
}

# role_pid NAME: of the running role.
role_pid() {
	local pid pids=()
	read -ra pids <"/proc/$daemon/task/$daemon/children"
	for pid in "${pids[@]}"; do
		[ "$(cat "/proc/$pid/comm" 2>/dev/null)" != "$1" ] || echo "$pid"
	done
}

outbox_body() { tr -d '\r' <"$1" | sed -e ':a' -e '/=$/{N;s/=\n//;ba' -e '}'; }

# mail_in_outbox KIND ADDRESS: the newest file, or nothing.
mail_in_outbox() { grep -l "^To: .*$2" "$site"/outbox/"$1"-*.eml 2>/dev/null | tail -n 1; }
has_mail() { [ -n "$(mail_in_outbox "$@")" ]; }

campaign_state() { sql "SELECT state FROM campaign WHERE id = $1"; }
campaign_is() { [ "$(campaign_state "$1")" = "$2" ]; }

# subscribers N: that many, confirmed by import, to the topic articles.
subscribers() {
	awk -v n="$1" 'BEGIN { print "email,name"; for (i = 1; i <= n; i++) printf "person%d@example.org,Person %d\n", i, i }' >"$tmp/list.csv"
	newsletter subscriber import "$tmp/list.csv" --consent 'test list' --topic articles >/dev/null
}

# article TITLE: a new article, imported.
article() {
	mkdir -p "$tmp/articles"
	printf -- '---\ntitle: %s\ndate: 2026-03-01\nurl: https://www.quietharbour.example/%s\n---\nSome words about it.\n' "$1" "$RANDOM" \
		>"$tmp/articles/$RANDOM$RANDOM.md"
	newsletter article import "$tmp/articles" >/dev/null
}

# need_peers: fetches those that are missing.
need_peers() {
	"$root/tools/peers" "$peers" || bail "the peers are missing"
	# shellcheck source=/dev/null
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
	wait_for 5 port_open "$port" || bail "smtp-sink did not come up: $(tail -n 1 "$tmp/sink.log")"
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
	wait_for 10 grep -q '^port' "$tmp/relay" || bail "relay.js did not come up: $(head -c 600 "$tmp/relay.err")"
	relay=$(sed -n 's/^port //p' "$tmp/relay")
}
stop_relay() { kill "$relay_pid" && wait "$relay_pid" 2>/dev/null; }
