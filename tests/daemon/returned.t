#!/bin/bash
# returned.t - what comes back into a mailbox while a campaign is sent pauses it: real bounces and real complaints, read from a Maildir. And a
# person's letter that nobody takes is not lost.
. "$(dirname "$0")/lib.sh"

people=300
ours=quietharbour.example
maildir=$tmp/mailbox
need_peers
mkdir -p "$tmp/got" "$maildir"/{new,cur,tmp}
start_relay --halt "$tmp/halt" --refuse rcpt:550:9999 --record "$tmp/got"
make_site
conf_add mail bounce=bounce@$ours forward=staff9999@example.com
conf_add relay "url=smtp://127.0.0.1:$relay" tls=none connections=1 window=4
conf_add inbound every=1s "url=maildir:$maildir"
subscribers $people
article 'Sleeping better'
start_daemon

# answers KIND COUNT CAMPAIGN: so many of those whose message the relay has taken answer it like that, each with its own link
answered=0
answers() {
	local id
	rm -rf "$tmp/mailings"
	mkdir "$tmp/mailings"
	while read -r id; do
		{
			echo "Return-Path: <bounce+$("$B/tests/make_link" "$site/keys" bounce "$id" 1 "$3" 0)@$ours>"
			cat "$(find "$tmp/got" -name "$id.*.eml" | sort -V | tail -n 1)"
		} >"$tmp/mailings/$id"
		answered=$((answered + 1))
	done < <(sql "SELECT subscriber_id FROM delivery WHERE campaign_id = $3 AND state = 1 AND subscriber_id > $answered ORDER BY 1 LIMIT $2")
	python3 "$root/tests/daemon/inbound_mail.py" "$1" "$tmp"/mailings/* -o "$maildir" || bail "no answers"
}
accepted() { [ "$(sql "SELECT accepted FROM campaign WHERE id = $1")" -ge "$2" ]; }
counter() { sql "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'inbound_$1'"; }
counts() { [ "$(counter "$1")" = "$2" ]; }

echo '# bounces'
halt_after 140
newsletter send --yes >/dev/null
wait_for 60 accepted 1 130
answers bounce 3 1
wait_for 20 counts hard 3
ok "three bounces come back" $?
answers bounce 40 1
wait_for 20 campaign_is 1 paused
is "a campaign of which more than 5 % come back pauses by itself" "$(campaign_state 1)" paused
like "and says why" "$(sql 'SELECT reason FROM campaign WHERE id = 1')" '^[0-9]+ of [0-9]+ messages \([0-9.]+ %\) bounced; '
at_most "people who were mailed" "$(sql 'SELECT accepted FROM campaign WHERE id = 1')" $((people - 1))
wait_for 20 counts hard 43
is "each of the dead is off the list" "$(sql 'SELECT count(*) FROM subscription WHERE state = 3')" 43
newsletter campaign cancel 1 >/dev/null
go_on
nothing_claimed() { [ "$(sql 'SELECT count(*) FROM delivery WHERE state = 0')" = 0 ]; }
wait_for 20 nothing_claimed

echo '# complaints'
article 'Worry time'
halt_after 140
newsletter send --yes >/dev/null
wait_for 60 accepted 2 130
answers complaint 2 2
wait_for 20 campaign_is 2 paused
is "a campaign that two complain of pauses by itself" "$(campaign_state 2)" paused
like "and says why" "$(sql 'SELECT reason FROM campaign WHERE id = 2')" '^2 of [0-9]+ readers \([0-9.]+ %\) complained; '
is "both are off the list" "$(counter complaint) $(sql 'SELECT count(*) FROM subscription WHERE state = 4')" "2 2"
newsletter campaign cancel 2 >/dev/null
go_on

echo '# a letter whose forward is refused'
kept() { find "$site/aside/new" -type f 2>/dev/null | wc -l; }
is_kept() { [ "$(kept)" -ge 1 ]; }
printf 'From: Reader <reader@example.net>\nTo: bounce@%s\nSubject: A question\nMessage-ID: <q@example.net>\n\nIs there an evening group?\n' $ours >"$maildir/new/letter.1"
wait_for 20 counts forwarded 1
ok "it is to be forwarded" $?
wait_for 20 is_kept
is "what the relay refuses for good is kept aside" "$(kept)" 1
has "as it came" "$(cat "$site"/aside/new/*)" 'Is there an evening group?'
gone() { [ "$(sql "SELECT state || coalesce(length(message), 0) FROM outbox WHERE kind = 'forward'")" = refused0 ]; }
wait_for 20 gone
is "then the outbox has it no longer" "$(sql "SELECT state || coalesce(length(message), 0) FROM outbox WHERE kind = 'forward'")" refused0
letter_gone() { [ -z "$(find "$maildir/new" -name 'letter*')" ]; }
wait_for 20 letter_gone
is "nor the mailbox" "$(find "$maildir/new" -name 'letter*' | wc -l)" 0
wait_for 20 grep -q event=forward_kept "$site/log"
like "the log says so" "$(grep event=forward_kept "$site/log")" 'role=clerk .*code=550'
is "and holds no address" "$(grep -c '@' "$site/log")" 0
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
stop_daemon
done_testing
