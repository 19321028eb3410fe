#!/bin/bash
# newsletter stats: what came back, counted.
. "$(dirname "$0")/lib.sh"
export NEWSLETTER_CLOCK=@1773482400 # 2026-03-14 10:00
now=1773482400
day=86400
site one

# An empty store.
succeeds "nothing has come back" nl stats
is "and is said so" "$out" "What came back since 2026-02-12 10:00
  Bounced      0
  Refused      0
  Complained   0
  Left         0

Bounces come back to nowhere: [mail] bounce in newsletter.conf is empty."
run nl stats --json
is "as JSON: the same keys as ever" "$(json 'sorted(j)')" \
	"['bounces', 'campaigns', 'complaints', 'domains', 'doubted', 'other_domains', 'reasons', 'refusals', 'since', 'unsubscribes', 'until']"
is "all 0" "$(json 'j["bounces"], j["complaints"], j["domains"], j["reasons"], j["campaigns"], j["since"], j["until"]')" \
	"({'total': 0, 'hard': 0, 'soft': 0}, {'total': 0, 'by_type': {}}, [], [], [], '2026-02-12T10:00:00Z', '2026-03-14T10:00:00Z')"
sed -i 's/^#* *bounce =.*/bounce = bounce@quietharbour.example/' newsletter.conf
grep -q '^bounce = ' newsletter.conf || printf '[mail]\nbounce = bounce@quietharbour.example\n' >>newsletter.conf
run nl stats
unlike "with a mailbox for bounces, no hint" "$out" "to nowhere"

# Three mailings, twelve people at twelve domains and four at one, and what came back: ages in days.
for i in 1 2 3 4; do nl subscriber add "Ann$i@big.example" >/dev/null; done
for i in 5 6 7 8 9 10 11 12 13 14 15 16; do nl subscriber add "ann@small$i.example" >/dev/null; done
mailing() { # ID STATE DAYS PLANNED ACCEPTED REFUSED SUBJECT
	db "INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, planned, accepted, refused)
		VALUES ($1, 'u$1', 'articles', 1, '$7', '$2', 1, 'ann', 1, $((now - $3 * day)), $4, $5, $6)"
}
mailing 1 'done' 40 1000 990 10 'An old one'
mailing 2 'done' 10 2000 1600 400 'A spring day'
mailing 3 sending 1 500 0 0 'The newest'
event() { # DAYS KIND CLASS RULE SUBSCRIBER CAMPAIGN [TRUSTED]
	db "INSERT INTO event (kind, at, class, rule, subscriber_id, campaign_id, trusted, text)
		VALUES ('$2', $((now - $1 * day)), '$3', nullif('$4', ''), $5, $6, ${7:-1}, '550 <address> said it')"
}
event 1 bounce hard no-such-user 1 2
event 1 bounce hard no-such-user 2 2
event 2 refusal hard no-such-user 3 2
event 2 bounce soft mailbox-full 4 2
event 3 bounce soft spam 5 2
event 3 refusal soft spam 6 2
event 3 refusal soft spam 7 2
event 3 bounce soft spam 8 NULL
event 4 bounce soft "" 9 2
event 31 bounce hard disabled 10 1
event 5 complaint complaint abuse 11 2
event 5 complaint complaint "" 12 2
event 6 unsubscribe one-click "" 13 2
event 6 unsubscribe one-click "" 14 2
event 6 unsubscribe page "" 15 2
event 6 unsubscribe staff "" 16 NULL
event 1 bounce hard no-such-user NULL NULL 0
event 1 bounce hard no-such-user NULL NULL 0
event 1 complaint complaint abuse NULL NULL 0
# small8 is erased
db "PRAGMA foreign_keys = ON; DELETE FROM subscriber WHERE id = 8"

succeeds "what came back" nl stats
is "counted to the last one" "$out" "What came back since 2026-02-12 10:00
  Bounced      6: 2 hard, 4 soft
  Refused      3 by the relay at once: 1 hard, 2 soft
  Complained   2: 1 of unknown kind, 1 abuse
  Left         4: 2 one-click, 1 page, 1 staff
  Doubted      2 bounces, 1 complaint: without a link of ours, so nothing was changed

  Why              Class  Bounced  Refused   Share
  blocked as spam  soft         2        2  44.4 %
  no such user     hard         2        1  33.3 %
  not known        soft         1        0  11.1 %
  mailbox full     soft         1        0  11.1 %
  Hard: the address is dead, and is not mailed again. Soft: it may be healthy.

  Recipients' domain  Hard  Soft  Complained
  big.example            3     1           0
  unknown (erased)       0     1           0
  small11.example        0     0           1
  small12.example        0     0           1
  small5.example         0     1           0
  small6.example         0     1           0
  small7.example         0     1           0
  small9.example         0     1           0

  Id  Mailing       Started     To       Accepted      Refused    Bounced  Complained       Left
   3  The newest    03-13      500      0  0.00 %            0          0           0          0
   2  A spring day  03-04    2,000  1,600  80.0 %  400  20.0 %  5  0.31 %   2  0.12 %  3  0.19 %"
run nl stats --json
is "the same as JSON: sums" "$(json 'j["bounces"], j["refusals"]')" "({'total': 6, 'hard': 2, 'soft': 4}, {'total': 3, 'hard': 1, 'soft': 2})"
is "complaints and ways" "$(json 'j["complaints"], j["unsubscribes"], j["doubted"]')" \
	"({'total': 2, 'by_type': {'unknown': 1, 'abuse': 1}}, {'total': 4, 'by_way': {'one-click': 2, 'page': 1, 'staff': 1}}, {'bounces': 2, 'complaints': 1})"
is "a reason" "$(json '[r for r in j["reasons"] if r["class"] == "hard"]')" \
	"[{'rule': 'no-such-user', 'reason': 'no such user', 'class': 'hard', 'bounces': 2, 'refusals': 1}]"
is "a reason that is not known has no rule" "$(json '[sorted(r) for r in j["reasons"] if r["reason"] == "not known"]')" \
	"[['bounces', 'class', 'reason', 'refusals']]"
is "domains" "$(json 'j["domains"][0], j["domains"][1], len(j["domains"]), j["other_domains"]')" \
	"({'hard': 3, 'soft': 1, 'complaints': 0, 'domain': 'big.example'}, {'hard': 0, 'soft': 1, 'complaints': 0, 'domain': None}, 8, {'hard': 0, 'soft': 0, 'complaints': 0, 'domains': 0})"
is "mailings" "$(json '[c["id"] for c in j["campaigns"]], j["campaigns"][1]')" \
	"([3, 2], {'id': 2, 'subject': 'A spring day', 'state': 'done', 'started_at': '2026-03-04T10:00:00Z', 'planned': 2000, 'accepted': 1600, 'refused': 400, 'bounces': {'total': 5, 'hard': 2, 'soft': 3}, 'complaints': 2, 'unsubscribes': 3})"
for how in "" --json "--since 365" "--campaign 2" "--campaign 2 --json"; do
	# shellcheck disable=SC2086 # several words
	run nl stats $how
	unlike "stats $how: no address" "$out" "[A-Za-z0-9]@"
done

# Since when.
for since in 3d 72h 3 2026-03-11T10:00:00Z "2026-03-11 10:00"; do
	run nl stats --since "$since" --json
	is "--since $since" "$(json 'j["bounces"]["total"], j["refusals"]["total"], j["since"]')" "(5, 3, '2026-03-11T10:00:00Z')"
done
run nl stats --since 2026-02-01 --json
is "further back there is more" "$(json 'j["bounces"]["total"], [c["id"] for c in j["campaigns"]]')" "(7, [3, 2, 1])"
run nl stats --since 0 --json
is "--since 0" "$(json 'j["bounces"]["total"]')" 0

# One mailing.
succeeds "--campaign" nl stats --campaign 1
like "its bounces, however old" "$out" "^What came back of campaign 1: An old one.  Bounced +1: 1 hard, 0 soft"
like "and its row alone" "$out" "1  An old one .*990  99\.0 % +10  1\.00 % +1  0\.10 %"
unlike "of the others nothing" "$out" "spring"
run nl stats --campaign 1 --since 30 --json
is "--campaign with --since" "$(json 'j["campaign"], j["bounces"]["total"]')" "(1, 0)"

# More domains than are shown.
for i in 20 21 22 23 24 25; do
	nl subscriber add "ann@small$i.example" >/dev/null
	event 1 bounce soft spam "(SELECT max(id) FROM subscriber)" NULL
done
run nl stats
like "the rest is a line" "$out" "4 others +0 +4 +0"
run nl stats --json
is "JSON has them all" "$(json 'len(j["domains"])')" 14

# At a terminal: bars, and lines that fit.
COLUMNS_OF() { at_terminal "" "stty cols $1; $BIN/newsletter stats"; }
longer_than() { while IFS= read -r line; do [ ${#line} -le "$1" ] || echo "$line"; done <<<"$out" | wc -l; }
for width in 80 120; do
	COLUMNS_OF $width
	like "$width columns: bars" "$out" "blocked as spam .*█"
	is "$width columns: no line is longer" "$(longer_than $width)" 0
done
COLUMNS_OF 80
like "80 columns: shares alone" "$out" "A spring day +2,000 +80\.0 % +20\.0 %"
like "without UTF-8 the bars are plain" "$(LC_ALL=C COLUMNS_OF 80; echo "$out")" "blocked as spam .*###"

# The mailing itself, and one person.
succeeds "campaign show" nl campaign show 2
like "has what came back" "$out" "Bounced +5: 2 hard, 3 soft
 +Complained +2
 +Left by it +3"
like "and why, beside what was refused" "$out" "bounced +no-such-user +2 +the address is dead.*bounced +mailbox-full +1 +it may be healthy"
run nl campaign show 2 --json
is "as JSON" "$(json 'j["bounces"], j["complaints"], j["unsubscribes"], j["bounce_groups"][0]')" \
	"(5, 2, 3, {'rule': 'no-such-user', 'reason': 'no such user', 'class': 'hard', 'count': 2})"
db "UPDATE subscriber SET bounce_score = 2, bounce_first_at = $((now - 20 * day)), bounce_last_at = $now WHERE id = 4"
succeeds "subscriber show" nl subscriber show ann4@big.example
like "has the points" "$out" "Bounces +2 of 5 points, since 2026-02-22"
like "and the bounce" "$out" "2026-03-12 10:00  bounce  soft  mailbox full  550 <address> said it"
run nl subscriber show ann4@big.example --json
is "as JSON" "$(json 'j["points"], j["events"]')" \
	"(2, [{'at': '2026-03-12T10:00:00Z', 'kind': 'bounce', 'class': 'soft', 'rule': 'mailbox-full', 'text': '550 <address> said it'}])"
run nl subscriber show ann@small13.example
like "who left by it" "$out" "2026-03-08 10:00  unsubscribe  one-click"
unlike "has no points" "$out" "points"

refused "a campaign that is not there" 1 "there is no campaign 9" nl stats --campaign 9
refused "no number" 2 "no number" nl stats --campaign spring
refused "no time" 2 "--since must be" nl stats --since soon
refused "a time to come" 2 "in the past" nl stats --since 2026-04-01
refused "an argument" 2 "it is called as" nl stats now
done_testing
