#!/bin/bash
# scanner.t - what reads mail before people do opens every link in it, in every way but a POST (scanner.py): not a row of the store may change.
. "$(dirname "$0")/lib.sh"

# The whole store, as text. The clerk's clock writes nothing while nobody asks for anything: two looks show it below.
quiet() { [ "$(sql "SELECT (SELECT count(*) FROM signup_request) + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed'))
	+ (SELECT count(*) FROM campaign WHERE state NOT IN ('done', 'held'))")" = 0 ]; }
post() { curl -s --max-time 20 -o "$tmp/body" -w '%{http_code}' "$@"; }
# link KIND PATTERN: the first such link in the mails of a kind
link() { python3 "$root/tests/daemon/scanner.py" --list "$base" "$site/outbox" | sed -n "s/^$1 //p" | grep -- "$2" | head -n 1; }
count() { awk -v what="$1" -v name="$2" '$1 == what && $2 == name { print $3; found = 1 } END { if (!found) print 0 }' "$tmp/scan"; }

make_site
conf_add signup per_network=0 per_domain=0 total=0
conf_add mail welcome=yes
start_daemon

echo "# every mail that the site sends"
post -d email=ann@example.org -d topic=articles -d topic=promotions "$base/subscribe" >/dev/null
wait_for 20 has_mail confirm ann@example.org || bail "no confirmation came"
is "somebody confirms" "$(post -X POST "$(link confirm /confirm/)")" 200
wait_for 20 has_mail welcome ann@example.org || bail "no welcome mail came"
post -d email=ann@example.org -d topic=articles "$base/subscribe" >/dev/null
wait_for 20 has_mail already ann@example.org || bail "no mail to somebody known came"
post -d email=ben@example.org -d topic=articles "$base/subscribe" >/dev/null
wait_for 20 has_mail confirm ben@example.org || bail "no second confirmation came"
# the one that was not pressed
for confirm in $(python3 "$root/tests/daemon/scanner.py" --list "$base" "$site/outbox" | sed -n 's/^confirm //p' | grep /confirm/); do
	curl -s "$confirm" | grep -q '<form' && break
done
post -d email=ann@example.org "$base/manage" >/dev/null
wait_for 20 has_mail my-data ann@example.org || bail "no mail with the link to one's data came"
newsletter article import "$root/tests/data/site/articles" >/dev/null
newsletter send articles --yes >/dev/null || bail "send articles failed"
newsletter send promotion "$root/tests/data/site/promotions/spring.md" --yes >/dev/null || bail "send promotion failed"
newsletter send promotion "$root/tests/data/site/promotions/spring.md" --yes --approve owner@example.org >/dev/null || bail "send --approve failed"
wait_for 20 has_mail approval owner@example.org || bail "no mail that asks for approval came"
newsletter send promotion "$root/tests/data/site/promotions/spring.md" --yes --hidden >/dev/null || bail "send --hidden failed"
wait_for 30 quiet || bail "the campaigns do not end"

echo "# three times through all of it"
before=$(dump)
sleep 2
is "by itself the store does not change" "$(dump | md5sum)" "$(md5sum <<<"$before")"
timeout 300 python3 "$root/tests/daemon/scanner.py" "$base" "$site/outbox" 3 >"$tmp/scan" || bail "the scanner failed"
sed 's/^/# /' "$tmp/scan"
sleep 1
after=$(dump)
is "not a row has changed" "$(diff <(echo "$before") <(echo "$after"))" ""
for kind in confirm welcome already my campaign approval; do
	at_least "links in mails of the kind $kind" "$(count kind "$kind")" 1
done
for method in GET HEAD OPTIONS PROPFIND TRACE; do
	at_least "requests: $method" "$(count method $method)" 30
done
at_least "pages" "$(awk '$1 == "pages" { print $2 }' "$tmp/scan")" 10
at_least "answers with a page" "$(count status 200)" 300
is "no answer says that the fault is ours" "$(awk '$1 == "status" && $2 >= 500 && $2 != 501' "$tmp/scan")" ""
at_most "connections closed without an answer" "$(awk '$1 == "silent" { print $2 }' "$tmp/scan")" 0
has "the daemon answers as before" "$(curl -s "$confirm")" "<form"

echo "# a POST to the same links does something: the test could have failed"
is "confirm" "$(post -X POST "$confirm")" 200
unlike "a row has changed" "$(diff <(echo "$after") <(dump) | grep -c '^[<>]')" '^0$'
after=$(dump)
is "unsubscribe" "$(post -d List-Unsubscribe=One-Click "$(link campaign /u/)")" 200
is "somebody has left" "$(sql "SELECT count(*) FROM subscription WHERE state = 2")" 1
approve=$(link approval /approve/)
has "the approval page has its buttons" "$(curl -s "$approve")" 'value="approve"'
is "nobody was sent the mailing that waits" "$(campaign_state 3)" held
is "approve" "$(post -d action=approve "$approve")" 200
wait_for 20 campaign_is 3 "done"
ok "that mailing goes" $?
mydata=$(link my /my-data/)
is "erase" "$(post -d action=erase -d confirm=yes "$mydata")" 200
is "somebody is gone" "$(sql "SELECT count(*) FROM subscriber WHERE address = 'ann@example.org'")" 0
done_testing
