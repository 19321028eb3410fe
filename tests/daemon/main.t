#!/bin/bash
# main.t - the main job, end to end, on the outbox folder: sign up, confirm, announce, promote, leave; and every mail of it as mail must be.
# With VALGRIND set, newsletterd and all its roles run under it.
. "$(dirname "$0")/lib.sh"

slow=${VALGRIND:+10}
export DAEMON_UNDER="${VALGRIND:+$VALGRIND --trace-children=yes --log-file=$tmp/valgrind.%p}" DAEMON_WAIT=$((15 * ${slow:-1}))
wait=$((10 * ${slow:-1}))
check=$B/tests/gmime_check

make_site --action-text 'Schedule your session' --action-url https://www.quietharbour.example/schedule --home https://www.quietharbour.example
conf_add mail bounce=bounces@quietharbour.example unsubscribe=leave@quietharbour.example
start_daemon

post() { curl -s --max-time 60 -o "$tmp/answer" -w '%{http_code}' -X POST "$@"; }
confirm() {
	wait_for "$wait" has_mail confirm "$1" || return 1
	post "$(outbox_body "$(mail_in_outbox confirm "$1")" | grep -o "$base/confirm/[0-9a-f-]*" | head -n 1)"
}
active() { sql "SELECT count(*) FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id WHERE s.address_key = '$1' AND u.state = 1"; }

is "Ann signs up by the form" \
	"$(post "$base/subscribe" --data-urlencode email=Ann@Example.ORG --data-urlencode 'name=Ann Ünsal' -d topic=articles -d topic=promotions)" 200
is "Ben signs up by JSON" \
	"$(post "$base/subscribe" -H 'Content-Type: application/json' -d '{"email":"ben@example.org","name":"Ben","topics":["articles","promotions"]}')" 200
is "nobody is subscribed before confirming" "$(active ann@example.org)" 0
is "Ann confirms" "$(confirm Ann@example.org)" 200
is "Ben confirms" "$(confirm ben@example.org)" 200
is "both are subscribed" "$(active ann@example.org) $(active ben@example.org)" '2 2'
# the evidence of both steps names when, from where, and the wordings of form and mail; staff can print it
evidence=$(newsletter subscriber show ann@example.org --json)
is "four rows of evidence, with the same form and mail" "$(python3 -c 'import json,sys; c=json.load(sys.stdin)["consent"]
print(sorted(r["action"] for r in c), len({(r["form_hash"], r["mail_hash"]) for r in c}), all(r["ip"] and r["at"] for r in c))' <<<"$evidence")" \
	"['confirmed', 'confirmed', 'requested', 'requested'] 1 True"
is "their hashes are of the words that are printed" "$(python3 -c 'import json,sys,hashlib; c=json.load(sys.stdin)["consent"]
print(all(hashlib.sha256(r[k].encode()).hexdigest() == r[k + "_hash"] for r in c for k in ("form", "mail")))' <<<"$evidence")" True
like "and the secret link is not in them" "$evidence" '\[confirm_url\]'
post "$base/subscribe" -d email=ann@example.org -d topic=articles >/dev/null
wait_for "$wait" has_mail already Ann@example.org
ok "who is subscribed already gets a mail that says so" $?
post "$base/subscribe" -d email=ann@example.org -d topic=articles >/dev/null
sleep 1
is "but one a day at most" "$(find "$site/outbox" -name 'already-*' | wc -l)" 1

newsletter article import "$root/tests/data/site/articles" >/dev/null
is "the articles are imported" $? 0
newsletter send --yes >/dev/null
is "and announced" $? 0
wait_for "$wait" campaign_is 1 'done'
is "to both" "$(find "$site/outbox" -name 'campaign-1-*' | wc -l)" 2
newsletter send --yes >"$tmp/out"
is "nothing new to announce is no failure" $? 0
is "and no campaign" "$(sql 'SELECT count(*) FROM campaign')" 1
newsletter send promotion "$root/tests/data/site/promotions/spring.md" --yes --key 'spring-2026' >/dev/null
newsletter send promotion "$root/tests/data/site/promotions/spring.md" --yes --key 'spring-2026' >/dev/null
is "a promotion's key makes it idempotent" $? 0
wait_for "$wait" campaign_is 2 'done'
is "it went out once to both" "$(find "$site/outbox" -name 'campaign-[2-9]-*' | wc -l)" 2

# the request of RFC 8058 section 8.3, byte for byte in its body, on a real link
leave=$(outbox_body "$(mail_in_outbox campaign-2 ben@example.org)" | grep -o "$base/u/[A-Za-z0-9_-]*" | head -n 1)
printf -- '---FormBoundaryjWmhtjORrn\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n---FormBoundaryjWmhtjORrn--\r\n' \
	>"$tmp/one-click"
before=$(dump | md5sum)
for method in GET HEAD OPTIONS; do
	set -- -X $method
	[ $method != HEAD ] || set -- --head
	curl -s --max-time 60 -o /dev/null "$@" "$leave"
done
is "GET, HEAD and OPTIONS on the unsubscribe link change nothing" "$(dump | md5sum)" "$before"
is "one-click is answered 200" \
	"$(post "$leave" -H 'Content-Type: multipart/form-data; boundary=---FormBoundaryjWmhtjORrn' --data-binary "@$tmp/one-click")" 200
is "and acts at once, on its topic" "$(active ben@example.org)" 1
is "a second time it is answered alike" "$(post "$leave" -d List-Unsubscribe=One-Click)" 200
newsletter send promotion "$root/tests/data/site/promotions/spring.md" --subject Reminder --yes >/dev/null
wait_for "$wait" campaign_is 3 'done'
is "the next promotion leaves Ben out" "$(find "$site/outbox" -name 'campaign-3-*' | wc -l)" 1
article 'Worry time'
newsletter send --yes >/dev/null
wait_for "$wait" campaign_is 4 'done'
is "while articles still reach him" "$(find "$site/outbox" -name 'campaign-4-*' | wc -l)" 2

"$root/tests/mail_check.py" --loopback --campaign "$site"/outbox/campaign-*.eml >"$tmp/found"
is "every campaign mail is as MAIL.md asks (Python's email package)" "$?$(head -c 600 "$tmp/found")" 0
"$root/tests/mail_check.py" --loopback --automatic "$site"/outbox/confirm-*.eml "$site"/outbox/already-*.eml >"$tmp/found"
is "and so is every automatic one" "$?$(head -c 600 "$tmp/found")" 0
"$check" "$site"/outbox/*.eml >"$tmp/found" 2>&1
is "GMime has nothing to say against any" "$?$(head -c 600 "$tmp/found")" 0

is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
stop_daemon
is "SIGTERM ends it in good order" $? 0
is "no address and no name is in the log" "$(grep -ci -e '@example.org' -e 'ünsal' "$site/log")" 0
if [ -n "${VALGRIND:-}" ]; then
	is "valgrind has nothing to say" "$(cat "$tmp"/valgrind.* | grep '^==' | head -n 20)" ''
fi
done_testing
