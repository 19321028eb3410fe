#!/bin/bash
# limits.t - the http role's limits, each on both sides, and requests that are malformed, slow or too many; over plain sockets.
. "$(dirname "$0")/lib.sh"

probe() {
	local status name text
	while IFS=$'\t' read -r status name text; do
		ok "$name" "$status" "$text"
	done < <(python3 "$root/tests/daemon/limits.py" "$port" "$@" || printf '1\tlimits.py %s ends well\t\n' "$1")
}

# set_http KEY=VALUE…: in place of what was there.
set_http() {
	local line
	for line; do
		sed -i "s/^${line%%=*}=.*/$line/" "$site/newsletter.conf"
	done
}

make_site
conf_add http timeout=60 request_time=60 connections=200
DAEMON_UNDER='prlimit --nofile=100:4096' start_daemon
is "few descriptors at first are no matter: it takes as many as it needs" "$(awk '/^Max open files/ { print $4 }' "/proc/$daemon/limits")" 392

echo "# what is odd, malformed or too large"
probe bytes
is "none of it has reached the store" "$(sql 'SELECT (SELECT count(*) FROM signup_request) + (SELECT count(*) FROM subscriber)')" 0

echo "# what is slow"
stop_daemon
set_http timeout=2 request_time=60
start_daemon
probe idle 2 60
stop_daemon
set_http timeout=60 request_time=3
start_daemon
probe trickles 3 60
wait_for 10 grep -q 'event=connections-ended slow=' "$site/log"
ok "the log tells of it" $?
stop_daemon
set_http timeout=1 request_time=2
start_daemon
# longer than a client has, and not as long as the store is waited for: when this machine took longer over it, that says nothing
for _ in {1..8}; do
	hold_store "$site/store/newsletter.db"
	curl -s --max-time 60 -o /dev/null -w '%{http_code}' -d 'email=ann@example.org&topic=articles' "$base/subscribe" >"$tmp/code" &
	client=$!
	wait_for 10 connected "$port"
	sleep 2.4
	let_go
	wait $client
	[ "$held_ms" -ge 4000 ] || [ "$(<"$tmp/code")" = 503 ] || break # 503: another was before it, and stood still
done
is "a wait for the store is not counted against the client" "$(<"$tmp/code")" 200
probe still "$(role_pid http)" 2.6
stop_daemon

echo "# what is too many"
set_http connections=800 timeout=120 request_time=120
start_daemon
probe bodies
probe kept
probe slowly
stop_daemon
set_http connections=80
start_daemon
probe crowd 80
stop_daemon

echo "# descriptors"
set_http connections=3000
(ulimit -n 600 && exec "$BIN/newsletterd" -C "$site") 2>"$tmp/few" &
daemon=$!
at_exit $daemon
wait_for 15 curl -sf --max-time 10 -o /dev/null "$base/"
ok "with few descriptors it serves" $?
has "and says that they are few" "$(cat "$tmp/few")" "event=few-descriptors wanted=3192 hard_limit=600"
is "it takes what there is" "$(awk '/^Max open files/ { print $4 }' "/proc/$(role_pid http)/limits")" 600
probe crowd 408
stop_daemon
set_http request_time=2
(ulimit -n 250 && exec "$BIN/newsletterd" -C "$site") 2>"$tmp/fewer" &
daemon=$!
at_exit $daemon
wait_for 15 curl -sf --max-time 10 -o /dev/null "$base/"
ok "with hardly any, too" $?
probe unread 2
is "nor has another role more" "$(awk '/^Max open files/ { print $4 }' "/proc/$(role_pid inbound)/limits")" 250
stop_daemon

done_testing
