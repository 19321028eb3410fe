#!/bin/bash
# watch.t - a campaign of which too much bounces or complains pauses by itself; the operator gets one mail, and whoever resumes it means it.
. "$(dirname "$0")/lib.sh"

operator=olive@quietharbour.example
mails() { grep -l "^To: .*$operator" "$tmp"/got/*.eml "$site"/outbox/operator-*.eml 2>/dev/null; }
mail_count() { mails | wc -l; }
has_mails() { [ "$(mail_count)" -ge "$1" ]; }
last_mail() { mails | xargs -r ls -t | head -n 1; }
subject_of() { python3 -c 'import email, email.policy, sys; print(email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)["subject"])' "$1"; }
# the parts as readers have them
words_of() { python3 -c '
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
for kind in sys.argv[2:]: print(m.get_body([kind]).get_content())' "$@"; }
alarms() { sql "SELECT alarms FROM campaign WHERE id = $1"; }
# COUNT CAMPAIGN
complain() { for _ in $(seq "$1"); do sql "INSERT INTO event (kind, at, topic_id, campaign_id, class) SELECT 'complaint', unixepoch(), topic_id, id, 'complaint' FROM campaign WHERE id = $2"; done; }

people=400
need_peers
mkdir -p "$tmp/got"
start_relay --refuse rcpt:550:10 --halt "$tmp/halt" --record "$tmp/got"
make_site --operator "$operator"
conf_add mail bounce=bounces@quietharbour.example
conf_add relay "url=smtp://127.0.0.1:$relay" tls=none connections=1 window=4
subscribers $people
article 'Sleeping better'
start_daemon
halt_after 150
newsletter send --yes >/dev/null

# one in ten is refused
settled() { [ "$(sql 'SELECT accepted + refused FROM campaign WHERE id = 1')" -ge "$1" ]; }
wait_for 30 settled 100
wait_for 20 campaign_is 1 paused
is "a campaign of which a tenth is refused pauses by itself" "$(campaign_state 1)" paused
like "with the reason for people" "$(sql 'SELECT reason FROM campaign WHERE id = 1')" \
	'^[0-9]+ of [0-9]+ messages \(1?[0-9]\.[0-9] %\) bounced; look at .newsletter campaign show 1., then resume or cancel it$'
wait_for 20 grep -q event=campaign_paused "$site/log"
like "and a line in the log" "$(grep event=campaign_paused "$site/log")" 'role=clerk .*campaign=1 cause=bounces settled=[0-9]+ accepted=[0-9]+ bounces=[0-9]+ complaints=0 operator_mail=1'
go_on # its mail leaves by the same relay
wait_for 20 has_mails 1
ok "the operator gets a mail, though the campaign is stopped" $?
mail=$(last_mail)
is "which names the campaign" "$(subject_of "$mail")" "Mailing paused: $(sql 'SELECT subject FROM campaign WHERE id = 1')"
for kind in plain html; do
	words=$(words_of "$mail" $kind)
	like "$kind: says how much and what to do" "$words" 'bounced or were refused.*newsletter campaign show 1.*newsletter campaign resume 1.*newsletter campaign cancel 1'
	hasnt "$kind: tells no address of the list" "$words" 'example.org'
	unlike "$kind: nothing is left of the template" "$words" '\{\{|\}\}'
done
has "it is no mail to a list" "$(<"$mail")" 'Auto-Submitted: auto-generated'
hasnt "with no list's headers" "$(<"$mail")" 'List-Unsubscribe'
"$root/tests/mail_check.py" --loopback "$mail" >"$tmp/found"
is "and as MAIL.md asks" "$?$(head -c 600 "$tmp/found")" 0
sleep 3
is "one mail is enough" "$(mail_count)" 1

newsletter campaign resume 1 >/dev/null
wait_for 60 campaign_is 1 'done'
is "the resumed campaign runs to its end" "$(campaign_state 1)" 'done'
is "to all of them" "$(sql 'SELECT accepted, refused FROM campaign WHERE id = 1')" '360|40'
sleep 3
is "and nobody is told again" "$(mail_count)" 1

# complaints: the dead are gone from the list, so nothing bounces
article 'Worry time'
halt_after 150
newsletter send --yes >/dev/null
settled_two() { [ "$(sql 'SELECT accepted FROM campaign WHERE id = 2')" -ge 110 ]; }
wait_for 30 settled_two
is "a campaign without trouble is left alone" "$(campaign_state 2)" sending
complain 2 2
wait_for 20 campaign_is 2 paused
is "two among a few hundred readers pause it" "$(campaign_state 2)" paused
like "with that reason" "$(sql 'SELECT reason FROM campaign WHERE id = 2')" '^2 of [0-9]+ readers \([01]\.[0-9]+ %\) complained; '
go_on
wait_for 20 has_mails 2
has "and a mail of its own" "$(words_of "$(last_mail)" plain)" 'reported it as spam'
halt_after 50
newsletter campaign resume 2 >/dev/null
complain 1 2
sleep 2.5 # the clerk looks every two
go_on
wait_for 60 campaign_is 2 'done'
is "once resumed, it is not paused for the same again" "$(campaign_state 2)" 'done'

# what comes back after the end
complain 2 1
wait_for 20 has_mails 3
is "complaints after the end are told" "$(subject_of "$(last_mail)")" "Mailing needs a look: $(sql 'SELECT subject FROM campaign WHERE id = 1')"
is "and pause nothing" "$(campaign_state 1)" 'done'
is "what was told is remembered" "$(alarms 1) $(alarms 2)" '3 2'
stop_daemon

# held for a person: overdue while the daemon did not run
article 'A calm morning'
newsletter send --yes >/dev/null 2>&1
sql 'UPDATE campaign SET start_at = start_at - 100000, created_at = created_at - 100000 WHERE id = 3'
start_daemon
wait_for 20 campaign_is 3 held
wait_for 20 has_mails 4
ok "the operator hears of a campaign that is held" $?
mail=$(last_mail)
is "by name" "$(subject_of "$mail")" "Mailing on hold: $(sql 'SELECT subject FROM campaign WHERE id = 3')"
like "with the reason" "$(words_of "$mail" plain)" 'has not begun.*overdue by 27 hours'
kill -9 "$(role_pid clerk)"
clerk_is_back() { [ -n "$(role_pid clerk)" ]; }
wait_for 15 clerk_is_back
sleep 3
is "once, though the clerk was killed" "$(mail_count)" 4
newsletter campaign cancel 3 >/dev/null
stop_daemon

# nobody to tell, and a template that makes no mail: the campaign pauses all the same
sed -i '/^operator/d' "$site/newsletter.conf"
article 'Letters'
start_daemon
halt_after 150
newsletter send --yes >/dev/null
settled_four() { [ "$(sql 'SELECT accepted FROM campaign WHERE id = 4')" -ge 110 ]; }
wait_for 30 settled_four
complain 2 4
wait_for 20 campaign_is 4 paused
is "without an operator it pauses too" "$(campaign_state 4)" paused
wait_for 20 grep -q 'event=campaign_paused.*campaign=4' "$site/log"
like "the log says it" "$(grep 'event=campaign_paused.*campaign=4' "$site/log")" 'complaints=2 operator_mail=0'
newsletter campaign cancel 4 >/dev/null
go_on
stop_daemon
conf_add mail "operator=$operator"
mkdir -p "$site/templates/mail"
echo '{{#campaign}}' >"$site/templates/mail/paused.text.mustache"
article 'Rest'
start_daemon
halt_after 150
newsletter send --yes >/dev/null
settled_five() { [ "$(sql 'SELECT accepted FROM campaign WHERE id = 5')" -ge 110 ]; }
wait_for 30 settled_five
complain 2 5
wait_for 20 campaign_is 5 paused
is "with a template that is wrong too" "$(campaign_state 5)" paused
like "the log names the template" "$(grep event=operator_mail "$site/log")" 'campaign=5 text=.*mail/paused.text.mustache'
go_on
is "the log holds no address" "$(grep -c '@' "$site/log")" 0
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
stop_daemon
done_testing
