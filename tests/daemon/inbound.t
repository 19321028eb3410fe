#!/bin/bash
# inbound.t - what comes back: a real Postfix bounces into a mailbox that a real Dovecot serves, and newsletterd reads it by IMAP, by POP3 and as a Maildir.
#
# Mail to us is sent with swaks. What must be so in the end: whom a true bounce or complaint names is never mailed again, nobody else
# is touched, nothing is answered, and what people write stays where it is.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"

if [ "$(id -u)" != 0 ] || ! can_be_private; then
	echo "1..0 # SKIP the mail servers need root and a mount namespace"
	exit 0
fi
need_peers
people=12
ours=quietharbour.example

# --- the servers: people's mail lands in $tmp/people, ours in Dovecot's mailbox, the rest is unknown ---
dovecot_mailboxes bounce secret
mkdir -p "$tmp/people"/{new,cur,tmp} "$tmp/staff"/{new,cur,tmp}
chown -R 60199:60199 "$tmp/people" "$tmp/staff"
{
	printf 'bounce@%s dovecot/mail/bounce/\nunsubscribe@%s dovecot/mail/bounce/\nstaff@%s staff/\n' $ours $ours $ours
	for ((i = 1; i <= 550; i++)); do echo "person$i@example.org people/"; done
} >"$tmp/boxes"
smtp=$(free_port)
postfix_at "$smtp" "virtual_mailbox_domains = example.org $ours" "virtual_mailbox_base = $tmp" "virtual_mailbox_maps = texthash:$tmp/boxes" \
	virtual_uid_maps=static:60199 virtual_gid_maps=static:60199 virtual_mailbox_limit=0 virtual_transport=virtual recipient_delimiter=+ \
	smtpd_reject_unlisted_recipient=no smtpd_reject_unlisted_sender=no

make_site
conf_add mail bounce=bounce@$ours unsubscribe=unsubscribe@$ours
conf_add relay "url=smtp://127.0.0.1:$smtp" tls=none
mkdir "$site/secret"
echo secret >"$site/secret/mailbox"
cp "$site/newsletter.conf" "$tmp/conf"

# read_from LINE…: [inbound] is these lines from now on.
read_from() {
	{
		cat "$tmp/conf"
		printf '\n[inbound]\nevery=1s\n'
		printf '%s\n' "$@"
	} >"$site/newsletter.conf"
	[ -z "$daemon" ] || kill -HUP "$daemon"
}
by_imap=("url=imap://127.0.0.1:$imap" user=bounce password_file=secret/mailbox tls=required "ca_file=$tmp/cert.pem")
# shellcheck disable=SC2034 # by name
by_pop3=("url=pop3s://127.0.0.1:$pop3s" user=bounce password_file=secret/mailbox "ca_file=$tmp/cert.pem")
# shellcheck disable=SC2034 # by name
by_maildir=("url=maildir:$dovecot_mail")
# where each leaves what was dealt with, if not nowhere
declare -A moved_to=([imap]=move_to=Dealt [maildir]="move_to=$tmp/dealt")

in_box() { find "$dovecot_mail/new" "$dovecot_mail/cur" -type f | wc -l; }
box_has() { [ "$(in_box)" = "$1" ]; }
events() { sql "SELECT count(*) FROM event WHERE $1"; }
polls() { sql "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'inbound_polls'"; }
counter() { sql "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'inbound_$1'"; }
# next_poll: one that began after now has ended.
next_poll() {
	local now
	now=$(polls)
	wait_for 15 polled_since $((now + 2))
}
polled_since() { [ "$(polls)" -ge "$1" ]; }
suppressed() { [ "$(sql "SELECT count(*) FROM suppression WHERE reason = '$1'")" = "$2" ]; }
state_of() { sql "SELECT state FROM subscription JOIN subscriber ON subscriber.id = subscriber_id WHERE address = '$1'"; }
state_is() { [ "$(state_of "$1")" = "$2" ]; }
add() { newsletter subscriber add "$1" --topic articles --consent 'on paper' >/dev/null; }
# mailing FILE: to everybody, until the relay has all of it
mailing() {
	article "$1"
	newsletter send --yes >/dev/null
	wait_for 30 campaign_is "$(sql 'SELECT max(id) FROM campaign')" 'done'
}
# answer FROM KIND FILE [TO]: somebody's mail server, or they themselves, answer the mailing in FILE
answer() {
	local to=${4:-$(sed -n 's/^Return-Path: <\(.*\)>.*/\1/p' "$3" | tr -d '\r')}
	python3 "$root/tests/daemon/inbound_mail.py" "$2" "$3" >"$tmp/answer" || bail "no message"
	swaks --from "$1" --to "$to" --data "@$tmp/answer"
}
swaks() { perl "$SWAKS" --server "127.0.0.1:$smtp" --silent 2 "$@" </dev/null >"$tmp/swaks" 2>&1 || bail "swaks: $(tail -n 3 "$tmp/swaks")"; }
# mail_of ADDRESS: the newest mailing that they got
mail_of() { grep -l "^To:.*$1" "$tmp/people/new"/* | xargs -r ls -t | head -n 1; }

subscribers $people
start_daemon
wait_for 10 grep -q 'role=inbound event=idle' "$site/log"
ok "without a mailbox the role says so" $?

# --- a missing user, by each way in; what a reader writes stays ---
swaks --from reader@example.com --to bounce@$ours --header 'Subject: A question' --body 'Is there an evening group?'
tells=0
# The log has so many lines of polls that found a bounce, which come when all the rest of a poll is done.
told() { [ "$(grep -c 'event=inbound mailbox=inbound messages=[12] hard=1 soft=0 complaints=0 unsubscribed=0 doubted=0 forwarded=0 left=[01] unreadable=0' "$site/log")" = "$1" ]; }
for way in imap pop3 maildir; do
	declare -n lines=by_$way
	add "missing-$way@example.org"
	mailing "By $way"
	wait_for 10 box_has 2
	ok "$way: Postfix has sent back what the missing user did not get" $? "$(ls "$dovecot_mail"/*)"
	cp "$(grep -l 'Undelivered' "$dovecot_mail"/*/* | head -n 1)" "$tmp/true-bounce"
	read_from "${lines[@]}" "${moved_to[$way]:-}"
	wait_for 20 state_is "missing-$way@example.org" 3
	ok "$way: whoever does not exist is ended" $? "state: $(state_of "missing-$way@example.org")" "$(grep role=inbound "$site/log" | tail -n 3)"
	wait_for 10 box_has 1
	ok "$way: the bounce is gone from the mailbox, and what the reader wrote is there" $? "$(ls "$dovecot_mail"/*)"
	wait_for 20 told $((tells += 1))
	ok "$way: the log has a line for the poll that found something" $?
	read_from
done
for folder in "$dovecot_mail/.Dealt" "$tmp/dealt"; do
	is "it was moved to ${folder##*/}" "$(grep -l 'Undelivered' "$folder"/{cur,new}/* 2>/dev/null | wc -l)" 1
done
is "each is suppressed" "$(sql "SELECT reason, count(*) FROM suppression GROUP BY reason")" 'hard|3'
is "with an event of its campaign" "$(sql "SELECT kind, class, campaign_id, enhanced, rule, trusted FROM event ORDER BY id" | head -n 1)" 'bounce|hard|1|5.1.1|no-such-user|1'
is "three of them" "$(events 1)" 3
is "and the evidence" "$(sql "SELECT count(*), count(DISTINCT subscriber_id) FROM consent WHERE action = 'bounced'")" '3|3'
is "nobody else is touched" "$(sql "SELECT count(*) FROM subscription WHERE state = 1")" $people
is "no row is left of what is gone" "$(sql "SELECT count(*) FROM returned WHERE left_there = 0")" 0
hasnt "and no address" "$(cat "$site/log")" '@'

# --- what must do nothing ---
read_from "${by_imap[@]}"
next_poll
of=$(mail_of person1@example.org)
answer '<>' unlinked "$of" bounce@$ours
answer '<>' wrong-mac "$of" "bounce+aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa@$ours"
doubted_are() { [ "$(events 'trusted = 0')" = "$1" ]; }
wait_for 15 doubted_are 2
ok "bounces without a link, or with a forged one, are doubted" $? "$(sql "SELECT * FROM event" | tail -n 3)"
is "and end nobody" "$(state_of person1@example.org)|$(events "trusted = 0 AND subscriber_id IS NOT NULL")" '1|0'
answer person2@example.org vacation "$(mail_of person2@example.org)"
nothings_are() { [ "$(counter nothing)" = "$1" ]; }
wait_for 15 nothings_are 1
is "a vacation reply does nothing" "$(state_of person2@example.org)|$(counter nothing)|$(events 1)" '1|1|5'

# --- what must do something ---
answer '<>' complaint "$(mail_of person3@example.org)"
wait_for 15 state_is person3@example.org 4
ok "a complaint ends every subscription" $? "$(state_of person3@example.org)"
suppressed complaint 1
ok "and is never mailed again" $?
answer '<>' soft "$(mail_of person4@example.org)"
soft_is_there() { [ "$(events "kind = 'bounce' AND class = 'soft' AND trusted = 1")" = 1 ]; }
wait_for 15 soft_is_there
is "a full mailbox is a point, no more" "$(state_of person4@example.org)" 1
to=$(sed -n 's/.*<mailto:\([^?>]*\)[?>].*/\1/p' <(sed -e ':a' -e 'N;$!ba' -e 's/\r\?\n[ \t]/ /g' "$(mail_of person5@example.org)") | head -n 1)
swaks --from person5@example.org --to "$to" --header 'Subject: unsubscribe' --body ...
wait_for 15 state_is person5@example.org 2
ok "a mailto: unsubscribe acts" $? "to $to: $(state_of person5@example.org)"
is "as what it is" "$(sql "SELECT kind, trusted, count(*) FROM event WHERE kind = 'unsubscribe'")" 'unsubscribe|1|1'
wait_for 10 box_has 1
ok "all of that is removed, and the reader's message is not" $?
is "nobody else is touched" "$(sql "SELECT count(*) FROM subscription WHERE state = 1")" $((people - 2))

# --- mail of people, where somebody is to get it ---
sed -i "s/^bounce=.*/&\nforward=staff@$ours/" "$tmp/conf"
read_from "${by_imap[@]}"
next_poll
answer person6@example.org person "$(mail_of person6@example.org)" bounce@$ours
answer person7@example.org vacation "$(mail_of person7@example.org)"
staff_has() { [ "$(find "$tmp/staff/new" -type f | wc -l)" -ge "$1" ]; }
wait_for 20 staff_has 1
ok "what people write is forwarded" $?
next_poll
is "once, and nothing else is" "$(find "$tmp/staff/new" -type f | wc -l)" 1
has "with its words" "$(cat "$tmp/staff/new"/*)" 'evening group'
is "then it is gone; what was left before stays" "$(in_box)" 1
answered=$(sql "SELECT count(*) FROM outbox WHERE kind != 'forward'")
is "nothing was answered" "$answered" 0

# --- mailboxes in trouble keep nobody ---
closed=$(free_port) hung=$(free_port)
python3 -c 'import socket, sys, time
s = socket.socket(); s.bind(("127.0.0.1", int(sys.argv[1]))); s.listen(8)
time.sleep(600)' "$hung" &
at_exit $!
echo wrong >"$site/secret/wrong"
echo secret >"$site/secret/gone" # without it there would be no reload
cp "$tmp/conf" "$tmp/conf.one"
{
	printf '\n[inbound password]\nevery=1s\nurl=imap://127.0.0.1:%s/INBOX\nuser=bounce\npassword_file=secret/wrong\ntls=none\n' "$imap"
	printf '\n[inbound down]\nevery=1s\nurl=pop3://127.0.0.1:%s\nuser=bounce\npassword_file=secret/mailbox\ntls=none\n' "$closed"
	printf '\n[inbound certificate]\nevery=1s\nurl=imaps://127.0.0.1:%s\nuser=bounce\npassword_file=secret/mailbox\n' "$imaps"
	printf '\n[inbound nosecret]\nevery=1s\nurl=imaps://127.0.0.1:%s/INBOX\nuser=bounce\npassword_file=secret/gone\n' "$imaps"
	printf '\n[inbound hung]\nevery=1s\nurl=imap://127.0.0.1:%s\nuser=bounce\npassword_file=secret/mailbox\ntls=none\ntimeout=2s\n' "$hung"
} >>"$tmp/conf"
lines_before=$(wc -l <"$site/log")
read_from "${by_imap[@]}"
new_lines() { tail -n +$((lines_before + 1)) "$site/log"; }
reloaded() { new_lines | grep -q 'event=reload '; }
wait_for 20 reloaded
rm "$site/secret/gone"
twice() { [ "$(new_lines | grep -c "event=mailbox mailbox=$1 again_in_ms=[12]000 ")" -ge 2 ]; }
for box in password down certificate nosecret hung; do
	wait_for 20 twice $box
	ok "$box: its trouble is logged, and it is tried later each time" $? "$(new_lines | grep "mailbox=$box" | head -n 3)"
done
answer '<>' bounce "$(mail_of person8@example.org)"
wait_for 20 state_is person8@example.org 3
ok "the mailbox that works is read all the same" $?
hasnt "no password is in the log" "$(cat "$site/log")" 'wrong'
at_least "and failures are counted" "$(counter failures)" 10
# it would wait for a minute
sed -i 's/^timeout=2s/timeout=60s/' "$tmp/conf"
lines_before=$(wc -l <"$site/log")
echo secret >"$site/secret/gone"
read_from "${by_imap[@]}"
wait_for 20 reloaded
wait_for 10 connected "$hung"
begun=$SECONDS
stop_daemon
at_most "told to stop, it does not wait for a server that says nothing" $((SECONDS - begun)) 30
cp "$tmp/conf.one" "$tmp/conf"

# --- kill -9 of the role over some hundred messages, by each way in ---
daemon=
read_from "${by_imap[@]}"
rm -f "$tmp/people/new"/*
awk 'BEGIN { print "email,name"; for (i = 101; i <= 550; i++) printf "person%d@example.org,Person %d\n", i, i }' >"$tmp/list.csv"
newsletter subscriber import "$tmp/list.csv" --consent 'test list' --topic articles >/dev/null
start_daemon
mailing 'To many'
all_are_there() { [ "$(find "$tmp/people/new" -type f | wc -l)" -ge 450 ]; }
wait_for 30 all_are_there
stop_daemon
daemon=
true_hard="kind = 'bounce' AND class = 'hard' AND trusted = 1"
work_done() { echo $(($(counter hard) - hard)); }
empty() { [ "$(in_box)" = "$1" ] && [ "$(sql "SELECT count(*) FROM returned WHERE left_there = 0")" = 0 ]; }
staff_got() { [ "$(find "$tmp/staff/new" -type f | wc -l)" = "$1" ]; }
# run_until N: let the role run, for some milliseconds at a time, until so much is done; or now and then until something else. On a busy machine
# it gets little done in those: they become more when a life of the role came to nothing.
slice=3
run_until() {
	local slices nap
	for ((slices = 0; slices < 500 && RANDOM % 50; slices++)); do
		kill -CONT $role
		printf -v nap '0.%03d' $((RANDOM % slice + 1))
		sleep "$nap"
		kill -STOP $role
		[ "$(work_done 2>/dev/null)" -le "$1" ] || return 0 # without an answer while the role was stopped inside SQLite
	done
}
forwarded=1 part=0 between=0
for way in imap pop3 maildir; do
	declare -n lines=by_$way
	read_from "${lines[@]}"
	live=$(sql "SELECT count(*) FROM subscription WHERE state = 1") hard=$(counter hard)
	read -r bounces _ _ persons < <(python3 "$root/tests/daemon/inbound_mail.py" fill "$tmp/people/new" "$dovecot_mail" $part)
	part=$((part + 1))
	forwarded=$((forwarded + persons))
	kills=0 renumbered=0 at=0
	while [ $kills -lt 80 ] && [ "$(work_done)" -lt "$bounces" ]; do
		"$BIN/newsletterd" --role inbound -c "$site/newsletter.conf" 3>/dev/null 2>>"$tmp/role.log" &
		role=$!
		at_exit $role
		run_until $((at + RANDOM % 30))
		kill -9 $role
		wait $role 2>/dev/null
		kills=$((kills + 1)) before=$at at=$(work_done)
		slice=$((at > before ? slice / 2 + 2 : slice < 300 ? slice * 2 : 600))
		[ "$at" -lt 1 ] || [ "$at" -ge "$bounces" ] || between=$((between + 1))
		if [ $renumbered = 0 ] && [ "$at" -gt $((bounces / 4)) ]; then
			# the mailbox gets a new UIDVALIDITY
			rm -f "$dovecot_mail"/dovecot*
			renumbered=1
		fi
	done
	[ $way != imap ] || forwarded=$((forwarded + 1)) # what was left before somebody was to get it has a new number
	is "$way: the mailbox was renumbered meanwhile" $renumbered 1
	start_daemon
	wait_for 30 empty 0
	ok "$way: in the end the mailbox is empty" $? "$(in_box) there, $(sql "SELECT * FROM returned" | head -n 3)" "$(grep role=inbound "$site/log" | tail -n 3)"
	is "$way: every bounce has its event, and one only" \
		"$(sql "SELECT count(*), count(DISTINCT subscriber_id) FROM event WHERE $true_hard")" "$((hard + bounces))|$((hard + bounces))"
	is "$way: each ended one person" "$(sql "SELECT count(*) FROM subscription WHERE state = 1")" $((live - bounces))
	is "$way: they are counted" "$(counter hard)" $((hard + bounces))
	wait_for 10 staff_got $forwarded
	ok "$way: what people wrote was forwarded once" $? "$(find "$tmp/staff/new" -type f | wc -l), not $forwarded"
	stop_daemon
	daemon=
done
at_least "it was killed in the middle of it" $between 2
is "that is counted too, and nothing was answered" "$(counter forwarded)|$(sql "SELECT count(*) FROM outbox WHERE kind != 'forward'")" "$forwarded|0"
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
is "Postfix got nothing from us but mailings and what was forwarded" \
	"$(sed -n 's/.*qmgr.*from=<\([^+@>]*\).*/\1/p' "$postfix/log" | sort -u | tr '\n' ' ')" ' bounce person2 person5 person6 person7 reader '
done_testing
