#!/bin/bash
# kill.t - nothing is lost: the sender, or everything, is killed with -9 at random moments of campaigns to a relay with faults.
#
#   KILLS=10      of the sender; for each six of them all of newsletterd is killed once
#   SEED=N        of chance; told at the start (what the scheduler does is not in it)
#   PEOPLE=2000   subscribers
#   UNKNOWN=resend | hold     the site's on_unknown
#
# Afterwards every subscriber was served once in each campaign, but for at most (connections x window) copies for each kill, and
# `window` for each lost connection, with their first one's Message-ID; with `hold` nobody gets a copy, and as many may be held
# instead. The ledger and what the relay recorded before each of its replies agree, and the store's invariants hold at every moment.
. "$(dirname "$0")/lib.sh"

kills=${KILLS:-10}
seed=${SEED:-$RANDOM}
people=${PEOPLE:-2000}
unknown=${UNKNOWN:-resend}
connections=4
window=8
RANDOM=$seed
echo "# SEED=$seed KILLS=$kills PEOPLE=$people UNKNOWN=$unknown"

# shellcheck disable=SC2054,SC2191 # commas are theirs
all_offers=(pipelining,chunking,8bitmime,smtputf8,dsn,size pipelining,size 8bitmime)
# shellcheck disable=SC2054,SC2191 # commas are theirs
all_faults=(
	421=600,hangup=400,torn=500,reset=200,lost=400,slow=15,rcpt4=10,rcpt5=50
	reset=100,lines=2,rcpt4=10,rcpt5=50,slow=5
	421=500,rcpt4=10,rcpt5=50,slow=20,limit=50
)
port_of_relay=$(free_port)
relays=0
next_relay() {
	faulty_at "$port_of_relay" --seed "$seed$relays" --offers "${all_offers[relays % ${#all_offers[@]}]}" \
		--faults "${all_faults[relays % ${#all_faults[@]}]}"
	relays=$((relays + 1))
}
# A random moment: after so many messages more, or 2 s.
some_messages() {
	local tries=200 until=$(($(wc -l <"$record") + RANDOM % 150))
	while [ "$(wc -l <"$record")" -lt "$until" ] && [ $((tries -= 1)) -gt 0 ]; do
		sleep 0.01
	done
}
tell() { newsletter send --yes >/dev/null 2>"$tmp/send.err" || bail "no campaign: $(head -n 1 "$tmp/send.err")"; }
sending() { [ "$(sql "SELECT count(*) FROM campaign WHERE state IN ('scheduled', 'sending')")" -gt 0 ]; }
campaigns=0
# A campaign is always under way.
keep_sending() {
	due_now
	sending && return
	campaigns=$((campaigns + 1))
	article "Number $campaigns"
	tell
}
there_is_a_sender() { [ -n "$(role_pid sender)" ] && [ "$(role_pid sender)" != "$victim" ]; }

make_site
conf_add relay "url=smtp://127.0.0.1:$port_of_relay" tls=none connections=$connections window=$window timeout=20
conf_add campaign "on_unknown=$unknown"
next_relay
subscribers "$people"
start_daemon
victim=
killed=0 killed_all=0 broken_store=
while [ "$killed" -lt "$kills" ]; do
	wait_for 40 there_is_a_sender || bail "no sender after kill $killed: $(tail -n 3 "$site/log")"
	keep_sending
	some_messages
	if [ $((killed % 6)) = 5 ] && [ $killed_all -lt $(((killed + 1) / 6)) ]; then
		read -ra children <"/proc/$daemon/task/$daemon/children"
		kill -9 "$daemon" "${children[@]}"
		wait "$daemon" 2>/dev/null
		killed_all=$((killed_all + 1))
		broken_store=$broken_store$(sql <"$root/tests/invariants.sql")
		stop_faulty
		next_relay
		victim=
		start_daemon
	else
		victim=$(role_pid sender)
		[ -z "$victim" ] || { kill -9 "$victim" && killed=$((killed + 1)); }
	fi
done
is "senders killed, and everything" "$killed $killed_all" "$kills $((kills / 6))"
is "the store's invariants held after each kill of everything" "$broken_store" ''

# The rest without those faults that make the sender wait.
stop_faulty
faulty_at "$port_of_relay" --faults rcpt5=50,lines=1
over() { due_now; ! sending; }
wait_for 180 over
ok "the last campaign comes to its end" $? "$(newsletter campaign list)" "$(tail -n 3 "$site/log")"
stop_daemon
is "in good order" $? 0
stop_faulty

count_both
broken=$(faulty_says broken)
most=$(((killed + killed_all) * connections * window + broken * window))
recovered() { sed -n 's/.*event=recovered unknown=\([0-9]*\).*/\1/p' "$site/log" | awk '{ n += $1 } END { print n + 0 }'; }
at_least "messages that were on the way when the sender was killed" "$(recovered)" "$kills"
rows="campaigns $(sql 'SELECT count(*) FROM campaign'), connections lost $broken, relays $relays, messages $(wc -l <"$record")"
echo "# $rows, copies $(counted copies), unknown $(counted unknown)"
is "who is served by the ledger was served by the relay" "$(counted lost)" 0
is "nobody else was" "$(counted unasked)" 0
is "nobody was passed over" "$(counted missed)" 0
is "nobody is left waiting in a campaign that is over" "$(counted open)" 0
is "every message arrived whole" "$(counted torn)" 0
is "each copy carries its first one's Message-ID" "$(counted ids)" 0 || say "subscribers $(counted shown)"
if [ "$unknown" = hold ]; then
	is "with on_unknown=hold there is no copy" "$(counted copies)" 0
	at_most "held ones: connections x window for each kill, window for each lost connection" "$(counted unknown)" $most
else
	at_most "copies: connections x window for each kill, window for each lost connection" "$(counted copies)" $most
	is "nobody is held" "$(counted unknown)" 0
fi
# one of them may be held as unknown before the relay could say so
is "whom the relay does not know is refused, and nobody else" "$(sql "SELECT count(DISTINCT s.id) FILTER (WHERE CAST(substr(s.address, 7) AS INTEGER) % 50 = 7),
	count(*) FILTER (WHERE d.state = 3 AND CAST(substr(s.address, 7) AS INTEGER) % 50 <> 7)
	FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id WHERE d.state IN (3, 4)")" "$(((people + 43) / 50))|0"
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
grep -q '@example.org' "$site/log"
is "no address is in the log" $? 1
done_testing
