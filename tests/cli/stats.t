#!/bin/bash
# newsletter stats: how the list grew, and what came back, counted.
. "$(dirname "$0")/lib.sh"
export NEWSLETTER_CLOCK=@1773482400 # 2026-03-14 10:00
now=1773482400
day=86400
site one

# An empty store.
succeeds "nothing has come back" nl stats
is "and is said so" "$out" "The list, and what came back since 2026-02-12 10:00
  Subscribers  0, as many as then

  Topic       Now  Joined  Gone
  articles      0       0     0
  promotions    0       0     0

  Bounced      0
  Refused      0
  Complained   0
  Left         0

Bounces come back to nowhere: [mail] bounce in newsletter.conf is empty."
run nl stats --json
is "as JSON: the same keys as ever" "$(json 'sorted(j)')" \
	"['bounces', 'campaigns', 'complaints', 'domains', 'doubted', 'list', 'other_domains', 'reasons', 'refusals', 'since', 'unsubscribes', 'until']"
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
# the ledger of the second: the first reply, one that was tried again a day later, the last first reply 49 s on
db "INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at) VALUES (2, 1, 1, 1, $((now - 10 * day + 5))),
	(2, 2, 3, 1, $((now - 10 * day + 30))), (2, 3, 1, 1, $((now - 10 * day + 54))), (2, 4, 1, 2, $((now - 9 * day)))"
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
is "the list stands before it" "$(sed '/^  Bounced /,$d' <<<"$out")" "The list, and what came back since 2026-02-12 10:00
  Subscribers  15, +15 since then
  Languages    en 100 %
  Domains      big.example 26.7 %, small10.example 6.67 %, small11.example 6.67 %, small12.example 6.67 %, small13.example 6.67 % …

  Day         Confirmed  Imported  Added  Left  Bounced  Complained  Net  Subscribers
  2026-03-14          0         0     15     0        0           0  +15           15

  Topic       Now  Joined  Gone
  articles     15      15     0
  promotions    0       0     0"
is "counted to the last one" "$(sed -n '/^  Bounced /,$p' <<<"$out")" "  Bounced      6: 2 hard, 4 soft
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

  Id  Mailing       Started     To       Accepted      Refused    Bounced  Complained       Left  A minute
   3  The newest    03-13      500      0  0.00 %            0          0           0          0         -
   2  A spring day  03-04    2,000  1,600  80.0 %  400  20.0 %  5  0.31 %   2  0.12 %  3  0.19 %     2,400
  A minute: messages from the first reply to when everybody had been tried once, pauses with them."
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
is "mailings" "$(json '[c["id"] for c in j["campaigns"]], len(j["campaigns"][1].pop("reasons")), j["campaigns"][1].pop("speed"), j["campaigns"][0]["speed"], j["campaigns"][1]')" \
	"([3, 2], 4, {'messages': 2000, 'seconds': 50, 'a_minute': 2400}, {'messages': 0, 'seconds': 0}, {'id': 2, 'subject': 'A spring day', 'state': 'done', 'started_at': '2026-03-04T10:00:00Z', 'planned': 2000, 'accepted': 1600, 'refused': 400, 'bounces': {'total': 5, 'hard': 2, 'soft': 3}, 'complaints': 2, 'unsubscribes': 3})"
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
db "UPDATE event SET topic_id = 1, code = 550, enhanced = '5.1.1' WHERE subscriber_id = 1"
run nl subscriber show ann1@big.example
like "a hard one" "$out" "2026-03-13 10:00  bounce  hard  no such user"
run nl subscriber show ann1@big.example --json
is "as JSON, with what the other side said" "$(json '[j["events"][0][k] for k in ("class", "topic", "code", "enhanced")]')" "['hard', 'articles', 550, '5.1.1']"
run nl subscriber show ann@small11.example
like "a complaint says what it is once" "$out" "2026-03-09 10:00  complaint +abuse"
run nl subscriber show ann@small13.example
like "who left by it" "$out" "2026-03-08 10:00  unsubscribe  one-click"
unlike "has no points" "$out" "points"

# Growth, exact: a day is the site's, also when its clocks change, and somebody with two topics is one person.
site growth --set site.timezone=Europe/London
sed -i 's/^#* *bounce =.*/bounce = bounce@quietharbour.example/' newsletter.conf
unix() { TZ=Europe/London date -d "$1" +%s; }
person() { # NAME TOPIC:ACTION:TIME…
	local name=$1 topic action time rest
	db "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at)
		VALUES ('$name', '$name', randomblob(16), '', '$( [ "${name%%@*}" = bea ] && echo es)', 1)"
	shift
	for rest; do
		topic=${rest%%:*} rest=${rest#*:} action=${rest%%:*} time=${rest#*:}
		db "INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT max(id), $topic, '$action', $(unix "$time"), 'test' FROM subscriber"
	done
}
person ann@a.example "1:imported:2025-12-01 12:00" "2:imported:2025-12-01 12:00" "1:left:2026-03-29 23:59:59" # one of two: stays
person bea@b.example "1:requested:2026-03-27 12:00" "1:confirmed:2026-03-28 23:59:59" "1:left:2026-03-30 00:00:00"
person cal@a.example "1:confirmed:2026-03-29 00:00:00" "1:bounced:2026-03-29 22:59:59"
person dot@a.example "2:added:2026-03-29 23:30:00" "2:complained:2026-03-30 09:00"
person eve@a.example "1:requested:2026-03-29 10:00"
NEWSLETTER_CLOCK=@$(unix "2026-03-30 10:00")
run nl stats --since "2026-03-28" --json
is "each day of the clocks' change" "$(json '[(p["period"], p["from"], p["confirmed"], p["added"], p["left"], p["bounced"], p["complained"], p["net"], p["subscribers"]) for p in j["list"]["periods"]]')" \
	"[('2026-03-28', '2026-03-28T00:00:00Z', 1, 0, 0, 0, 0, 1, 2), ('2026-03-29', '2026-03-29T00:00:00Z', 1, 1, 0, 1, 0, 1, 3), ('2026-03-30', '2026-03-29T23:00:00Z', 0, 0, 1, 0, 1, -2, 1)]"
is "and the sums" "$(json '[j["list"][k] for k in ("before", "subscribers", "confirmed", "imported", "added", "left", "bounced", "complained", "unit")]')" \
	"[1, 1, 2, 0, 1, 1, 1, 1, 'day']"
is "topics" "$(json '[(t["slug"], t["before"], t["joined"], t["gone"], t["subscribers"]) for t in j["list"]["topics"]]')" \
	"[('articles', 1, 2, 3, 0), ('promotions', 1, 1, 1, 1)]"
is "languages and domains of those on it" "$(json 'j["list"]["languages"], j["list"]["domains"], j["list"]["other_domains"]')" \
	"([{'language': 'en', 'people': 1}], [{'domain': 'a.example', 'people': 1}], {'domains': 0, 'people': 0})"
run nl stats --since 2026-03-28
like "as a table where no line can be drawn" "$out" "2026-03-29 +1 +0 +1 +0 +1 +0 +[+]1 +3
 +2026-03-30 +0 +0 +0 +1 +0 +1 +-2 +1"
run nl stats --since 4h --json
is "one day, since its morning" "$(json '[(p["from"], p["complained"], p["left"]) for p in j["list"]["periods"]], j["list"]["before"]')" \
	"([('2026-03-30T05:00:00Z', 1, 0)], 2)"
run nl stats --since 2025-09-01 --json
is "weeks" "$(json 'j["list"]["unit"], len(j["list"]["periods"]), [(p["period"], p["net"]) for p in j["list"]["periods"] if p["net"]]')" \
	"('week', 31, [('2025-12-01', 1), ('2026-03-23', 2), ('2026-03-30', -2)])"
run nl stats --since 2016-03-30 --json
is "ten years: months" "$(json 'j["list"]["unit"], len(j["list"]["periods"]), [(p["period"], p["from"], p["net"]) for p in j["list"]["periods"] if p["net"]]')" \
	"('month', 121, [('2025-12', '2025-12-01T00:00:00Z', 1)])"
run nl stats --since 1970-01-02 --json
is "all there is: years" "$(json 'j["list"]["unit"], len(j["list"]["periods"]), [(p["period"], p["net"]) for p in j["list"]["periods"] if p["net"]]')" \
	"('year', 57, [('2025', 1)])"
db "PRAGMA foreign_keys = ON; DELETE FROM subscriber WHERE address LIKE 'cal%'"
run nl stats --since 2026-03-28 --json
is "whoever is erased is in no figure of the past" "$(json '[(p["confirmed"], p["bounced"], p["subscribers"]) for p in j["list"]["periods"]]')" \
	"[(1, 0, 2), (0, 0, 3), (0, 0, 1)]"
at_terminal "" "stty cols 80; $BIN/newsletter stats --since 2026-03-28"
like "on a terminal lines are drawn" "$out" "Subscribers +1 +2 +2 +▄█▁"
at_terminal "" "stty cols 80; $BIN/newsletter stats --since 2016-03-30"
like "of ten years no longer than it has room" "$out" "Imported +1 +[ ]*█"
is "nor is any line" "$(longer_than 80)" 0
LC_ALL=C at_terminal "" "stty cols 80; $BIN/newsletter stats --since 2026-03-28"
like "without UTF-8 numbers stand there" "$out" "2026-03-29 +0 +0 +1"

# The page; what it looks like is tests/web/report.t's.
succeeds "--html" nl stats --since 2026-03-28 --html report.html
is "says where it is" "$out" "The report is in report.html: open it in a browser; it prints on A4."
is "nobody else may read it" "$(stat -c %a report.html)" 600
unlike "nobody is in it" "$(<report.html)" "@[a-z]+[.]|[^a-z][ab][.]example"
like "the list" "$(<report.html)" "<dd class=\"figure-now\">1</dd>"
refused "a file that is there" 1 "report.html is there already" nl stats --html report.html
is "stays as it was" "$(grep -c "period.>28 March 2026 to" report.html)" 1
succeeds "--force" nl stats --html report.html --force
is "writes over it: twelve months, this one with them" "$(grep -c "1 April 2025 to 30 March 2026" report.html)" 1
succeeds "--html -" nl stats --html -
is "prints it" "$out" "$(<report.html)"
run nl stats --html - --json
is "--json has it as text" "$(json 'j["html"].startswith("<!DOCTYPE html>")')" True
refused "a folder that is not there" 1 "cannot write nowhere/report.html" nl stats --html nowhere/report.html
refused "--html of one mailing" 2 "leave out --campaign" nl stats --html x.html --campaign 1
refused "--force alone" 2 "goes with --html" nl stats --force
run nl stats --since 1970-01-02 --html years.html
like "all there is: a column for each year" "$(<years.html)" ">2025</text>"
like "and the best of them" "$(<years.html)" "(in|from|of)? ?2025"
run nl stats --since 2025-09-01 --html weeks.html
like "or of the weeks" "$(<weeks.html)" "from 2[0-9] March 2026|from [0-9]+ [A-Z][a-z]+ 202[56]"

# Much and little beside each other; a list that is empty by now; what nobody can know.
site large
for i in a b c d e f g h i j k l m; do
	echo "l$i 1"
done >languages
sed -i '1s/1$/4100/' languages
while read -r language count; do
	db "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $count)
		INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) SELECT '$language' || i || '@x.example', '$language' || i || '@x.example', randomblob(16), '', '$language', 1 FROM n"
done <languages
db "INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'imported', $now - 1000, 'csv' FROM subscriber;
	INSERT INTO subscription SELECT 1, id, 1, $now - 1000 FROM subscriber;
	INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, planned, accepted)
		VALUES (1, 'u', 'articles', 1, 'Twice returned', 'done', 1, 'ann', 1, $now - 900, 1, 1), (2, 'v', 'articles', 1, 'To come', 'scheduled', 1, 'ann', $now + 900, NULL, 9, 0);
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
		INSERT INTO event (kind, at, class, rule, campaign_id) SELECT 'bounce', $now - 800, 'soft', 'spam', NULL FROM n;
	INSERT INTO event (kind, at, class, rule, campaign_id) VALUES ('bounce', $now - 800, 'soft', 'disabled', 1), ('bounce', $now - 800, 'hard', 'no-such-user', 1), ('unsubscribe', $now - 800, '', NULL, 1)"
for rule in content full-inactive mailbox-full no-such-domain null-mx policy reputation routing too-large try-later refused; do
	event 0 bounce hard $rule NULL NULL
done
succeeds "--html" nl stats --html large.html
like "little is drawn all the same" "$(<large.html)" '<rect class="plain"[^>]*width="0.500%"'
like "hatched, too" "$(<large.html)" '<rect fill="url[^>]*width="0.500%"'
is "no chart has more than twelve rows" "$(awk '/<svg/ { n = 0 } /class="name"/ { n++ } /<\/svg>/ { print n }' large.html | sort -n | tail -n 2 | tr '\n' ' ')" "12 12 "
has "who left in a way that nobody knows" "$(<large.html)" "In a way that is not known"
like "a message that came back twice was not delivered less than not at all" "$(<large.html)" "Twice returned.*>0<.*>–<"
run nl stats --campaign 2
like "one that has not started" "$out" "2  To come +9 +0"
at_terminal '' "stty cols 80; env -u LC_ALL LANG=C.UTF-8 '$BIN/newsletter' stats"
like "on a terminal as well" "$out" "no such domain .*▏"
at_terminal '' "stty cols 80; env -u LC_ALL -u LC_CTYPE -u LANG '$BIN/newsletter' stats"
like "of which nothing is known in plain letters" "$out" "no such domain .* #"
db "INSERT INTO event (kind, at, class, rule, trusted) VALUES ('complaint', $now - 800, 'complaint', 'abuse', 1), ('complaint', $now - 800, 'complaint', 'abuse', 0)"
run nl stats
like "one kind of complaint, and one that nothing proves" "$out" "Complained +1: all abuse.*Doubted +1 complaint: without"
db "UPDATE event SET kind = 'bounce', class = 'hard' WHERE trusted = 0"
run nl stats
like "or a bounce" "$out" "Doubted +1 bounce: without"
succeeds "as many in a list" nl subscriber export all.csv --reason x --json
is "are all in it" "$(json 'j["people"]')" 4112
succeeds "a file whose name is no text" nl stats --html $'odd\xff.html'
has "is said without it" "$out" "odd?.html"
db "UPDATE subscription SET state = 2; INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'left', $now - 10, 'web' FROM subscriber"
succeeds "a list that all have left" nl stats --html left.html
has "has nobody" "$(<left.html)" '<dd class="figure-now">0</dd>'

site nobody
succeeds "--html of an empty store" nl stats --html -
like "says that there is nothing" "$out" "Nothing was sent in this time"
unlike "and draws nothing" "$out" "id=\"(moves|ways|reasons|mailings)-title"
cd "$tmp/one" || exit 1
export NEWSLETTER_CLOCK=@1773482400

refused "a campaign that is not there" 1 "there is no campaign 9" nl stats --campaign 9
refused "no number" 2 "no number" nl stats --campaign spring
refused "no time" 2 "--since must be" nl stats --since soon
refused "a time to come" 2 "in the past" nl stats --since 2026-04-01
refused "an argument" 2 "it is called as" nl stats now
done_testing
