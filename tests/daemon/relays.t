#!/bin/bash
# relays.t - several relays: shares, fail-over, a spare, topics, paces; and who goes first: a campaign that is paused or cancelled stops
# soon, and mail that a visitor waits for overtakes campaigns.
. "$(dirname "$0")/../torture/lib.sh"

people=300
offers=pipelining,chunking,8bitmime,size

# Two relays of ours, each with its record.
fresh() { : >"$tmp/first"; : >"$tmp/second"; }
fresh
first=$(free_port)
second=$(free_port)
relay_up() {	# relay_up first|second [faults]
	python3 "$root/tests/torture/relay.py" --port "${!1}" --record "$tmp/$1" --halt "$tmp/$1.halt" --offers "$offers" --faults "${2:-}" >"$tmp/$1.out" 2>"$tmp/$1.err" &
	printf -v "$1_pid" %s $!
	at_exit $!
	wait_for 20 port_open "${!1}" || bail "relay.py did not come up: $(tail -n 3 "$tmp/$1.err")"
}
# Of a relay that was up when the record was emptied: it takes so many messages of that record in all, and then none; without a number it goes on.
halt_at() {	# halt_at first|second [N]
	echo "${2:-}" >"$tmp/halt.new"
	mv "$tmp/halt.new" "$tmp/$1.halt"
}
relay_down() {	# at once, as a host dies
	local pid=$1_pid
	kill -9 "${!pid}"
	wait "${!pid}" 2>/dev/null
}
got() { wc -l <"$tmp/$1"; }
got_at_least() { [ "$(got "$1")" -ge "$2" ]; }
got_both() { cut -f 3 "$tmp/first" "$tmp/second" | sort -u | wc -l; }
copies() { cut -f 4 "$tmp/first" "$tmp/second" | sort | uniq -d | wc -l; }
tally() { sql "SELECT state, accepted, deferred, refused, unknown FROM campaign WHERE id = $1"; }

# with_conf LINE…: a new site with these relays, its daemon running. @1 and @2 stand for how to reach the two.
mkdir -p "$tmp/sites"
with_conf() {
	[ -z "$daemon" ] || stop_daemon
	rm -rf "$site"
	cp -a "$tmp/sites/empty" "$site"
	printf '%s\n' "$@" | sed -e "s|^@1|url=smtp://127.0.0.1:$first\n&|" -e "s|^@2|url=smtp://127.0.0.1:$second\n&|" \
		-e 's|@[12]$|tls=none\ntimeout=60|' >>"$site/newsletter.conf"
	fresh
	start_daemon
}
campaign() {
	article "$1"
	newsletter send --yes >/dev/null 2>"$tmp/err" || bail "no campaign: $(head -n 1 "$tmp/err")"
}
all_done() {	# all_done ID SECONDS
	local tries=$(($2 * 4))
	until campaign_is "$1" 'done' || [ $((tries -= 1)) = 0 ]; do
		due_now
		sleep 0.25
	done
}

make_site
subscribers $people
mv "$site" "$tmp/sites/empty"

# --- shares ---
relay_up first
relay_up second
# Weight divides what both could take: the domain's rate keeps both of them from being busy.
with_conf '[relay]' @1 connections=2 weight=3 '[relay second]' @2 connections=2 weight=1 '[domain example.org]' rate=100/s
campaign Shares
all_done 1 30
is "two relays: everybody is served, once" "$(tally 1) $(got_both) $(copies)" "done|$people|0|0|0 $people 0"
at_least "the relay with three quarters of the weight has most" "$(got first)" $((people * 65 / 100))
at_least "and the other one some" "$(got second)" $((people * 15 / 100))

# --- fail-over ---
relay_down second
with_conf '[relay]' @1 connections=2 '[relay second]' @2 connections=2
campaign 'One is dead'
all_done 1 30
is "one of two relays is dead: the other one takes its share" "$(tally 1) $(got first)" "done|$people|0|0|0 $people"
relay_up second slow=10
relay_down first
relay_up first slow=10
with_conf '[relay]' @1 connections=2 window=4 '[relay second]' @2 connections=2 window=4
halt_at first 30
campaign 'One dies'
wait_for 20 got_at_least first 30
relay_down first
halt_at first
all_done 1 40
is "one relay dies in the midst: the other one serves the rest" "$(tally 1) $(got_both)" "done|$people|0|0|0 $people"
at_most "and what was on the way may come twice, with its Message-ID" "$(copies)" 8
is "never under another" "$(cut -f 3,4 "$tmp/first" "$tmp/second" | sort -u | wc -l)" $people
at_least "trouble is told once in a while, not for each message" "$(grep -c event=relay "$site/log")" 1
at_most "…" "$(grep -c event=relay "$site/log")" 30

# --- a spare ---
relay_up first
with_conf '[relay]' @1 connections=2 '[relay second]' @2 connections=2 weight=0
campaign 'The spare rests'
all_done 1 30
is "a spare is not used while the others work" "$(tally 1) $(got first) $(got second)" "done|$people|0|0|0 $people 0"
relay_down first
campaign 'The spare works'
all_done 2 40
is "and serves everybody when none of them does" "$(tally 2) $(got second)" "done|$people|0|0|0 $people"
relay_up first

# --- topics ---
with_conf '[relay]' @1 connections=2 '[relay second]' @2 connections=2 topics=articles
campaign 'By topic'
all_done 1 30
is "a topic leaves by the relay that names it" "$(tally 1) $(got first) $(got second)" "done|$people|0|0|0 0 $people"
curl -s --max-time 60 -o /dev/null -d email=ann@visitors.example -d topic=articles "$base/subscribe"
wait_for 20 got_at_least first 1
is "what goes to one visitor, by one for everything" "$(cut -f 3 "$tmp/first")" ann@visitors.example

# --- paces ---
with_conf '[relay]' @1 connections=2 rate=60/s
began=$(date +%s%3N)
campaign Paced
all_done 1 30
at_least "60/s: milliseconds that $people take" $(($(date +%s%3N) - began)) $(((people - 10) * 1000 / 60))
at_least "and the best of their seconds had" "$(sql 'SELECT max(n) FROM (SELECT count(*) AS n FROM delivery WHERE state = 1 GROUP BY at)')" 30
with_conf '[relay]' @1 connections=2 daily=50
campaign Daily
wait_for 20 got_at_least first 50
sleep 1
is "50 a day" "$(got first)" 50
status_says() { newsletter status | grep -qE "$1"; }
wait_for 20 status_says "50 of 50 messages in 24 hours: the rest waits"
ok "status says so" $?
killed=$(role_pid sender)
kill -9 "$killed"
another_sender() { [ "$(sql "SELECT count(*) FROM role WHERE name = 'sender' AND pid <> $killed")" = 1 ]; }
wait_for 20 another_sender
sleep 2
is "and no more after a kill" "$(got first)" 50
with_conf '[relay]' @1 connections=2 '[relay second]' @2 connections=2 daily=50
campaign 'Daily, two'
all_done 1 30
is "the other relay takes the rest" "$(tally 1) $(got_both)" "done|$people|0|0|0 $people"
at_most "…" "$(got second)" 50
relay_down first
relay_up first rate=20
with_conf '[relay]' @1 connections=2
campaign Slowed
wait_for 20 status_says 'slowed to [0-9.]+ a (second|minute)'
ok "a relay that answers 454 is slowed, and status says so" $?
is "what it asked is held against nobody" "$(sql 'SELECT count(*) FROM delivery WHERE state = 3')" 0
relay_down first
relay_up first

# --- the dialogue, by configuration ---
for pair in auto=bdat chunking=bdat pipelined=pipelined plain=plain; do
	with_conf '[relay]' @1 connections=2 "dialogue=${pair%=*}"
	campaign "Dialogue $pair"
	all_done 1 30
	is "dialogue=${pair%=*}" "$(tally 1) $(cut -f 2 "$tmp/first" | sort | uniq -c | tr -s ' ')" "done|$people|0|0|0  $people ${pair#*=}"
done

# --- a password is read anew ---
need_peers
start_relay --user ann --password right
with_conf '[relay]' "url=smtp://127.0.0.1:$relay" tls=none user=ann password_file=password connections=1
echo wrong >"$site/password"
campaign Password
wait_for 20 grep -q 'event=relay' "$site/log"
ok "a wrong password is trouble" $?
is "nobody is claimed or refused for it" "$(sql 'SELECT count(*) FROM delivery WHERE state IN (1, 3)')" 0
echo right >"$site/password"
all_done 1 60
is "with the right one in the file it goes on, without a signal" "$(tally 1)" "done|$people|0|0|0"
stop_relay

# --- what a relay refuses for reasons of its own goes by the other one, and not when its hold is over ---
start_relay --refuse mail:550:1
with_conf '[relay]' "url=smtp://127.0.0.1:$relay" tls=none connections=1 '[relay second]' @2 weight=0
curl -s --max-time 60 -o /dev/null -d email=cleo@visitors.example -d topic=articles "$base/subscribe"
wait_for 15 grep -q cleo@visitors.example "$tmp/second"
ok "a confirmation that the relay refuses at MAIL leaves by the spare" $?
grep -q 'event=relay_held .*seconds=300' "$site/log"
ok "and the relay is left alone" $?
stop_relay

# --- pause, cancel, and who goes first ---
relay_down first
relay_up first slow=30
with_conf '[relay]' @1 connections=2 window=16 rate=100/s
nothing_claimed() { [ "$(sql "SELECT count(*) FROM delivery WHERE state = 0")" = 0 ]; }
stops() {	# stops NAME COMMAND ID: what is on its way arrives, nothing more of it, and somebody has not got it
	local had
	newsletter campaign "$2" "$3" >/dev/null
	halt_at first
	wait_for 20 nothing_claimed
	ok "a $1 campaign leaves nothing claimed" $?
	had=$(got first)
	sleep 1
	is "it stops" "$(got first)" "$had"
	is "before all have it" "$(sql "SELECT accepted < planned FROM campaign WHERE id = $3")" 1
}
halt_at first 40
campaign 'To be paused'
wait_for 20 got_at_least first 40
stops paused pause 1
before=$(($(got first) + 40))
halt_at first $before
newsletter campaign resume 1 >/dev/null
wait_for 20 got_at_least first $before
ok "resumed it goes on" $?
before=$(got first)
curl -s --max-time 60 -o /dev/null -d email=ben@visitors.example -d topic=articles "$base/subscribe"
queued() { [ "$(sql "SELECT count(*) FROM outbox WHERE kind = 'confirm'")" = 1 ]; }
wait_for 20 queued
halt_at first $((before + 110))
there() { grep -q ben@visitors.example "$tmp/first"; }
wait_for 20 there
ok "a confirmation is sent in the midst of a campaign" $?
place=$(($(grep -n ben@visitors.example "$tmp/first" | cut -d : -f 1) - before))
at_most "after so many messages of the campaign" $place 100
is "which is still under way" "$(campaign_state 1)" sending
stops cancelled cancel 1
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
stop_daemon
done_testing
