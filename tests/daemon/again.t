#!/bin/bash
# again.t - somebody signs up again on the same day, for something else: one confirmation covers it, and nobody else can add to it.
. "$(dirname "$0")/lib.sh"

make_site
conf_add http trusted_proxies=127.0.0.1
start_daemon

sign_up() { # ADDRESS TOPIC IP [NAME]
	curl -s --max-time 60 -o /dev/null -w '%{http_code}' -H "X-Forwarded-For: $3" -d "email=$1" -d "topic=$2" -d "name=${4-}" "$base/subscribe"
}
decided() { [ "$(sql 'SELECT count(*) FROM signup_request')" = 0 ]; }
again() { # the same, and the clerk has decided
	is "$1 asks for $2 from $3: answered like everybody" "$(sign_up "$@")" 200
	wait_for 10 decided || bail "the clerk does not decide"
}
confirm_link() { outbox_body "$(mail_in_outbox confirm "$1")" | grep -o "$base/confirm/[0-9a-f-]*" | head -n 1; }
titles() { curl -s --max-time 60 "$1" | grep -c '<li><strong>'; }
states() { sql "SELECT group_concat(t.slug || ' ' || u.state, ', ') FROM subscription u JOIN topic t ON t.id = u.topic_id
	JOIN subscriber s ON s.id = u.subscriber_id WHERE s.address = '$1'"; }
name_of() { sql "SELECT name FROM subscriber WHERE address_key = '$1'"; }
mails() { find "$site/outbox" -name "$1-*.eml" -exec grep -l "^To: .*$2" {} + | wc -l; }

echo "# from where the first request came"
again ann@example.org articles 192.0.2.1
wait_for 10 has_mail confirm ann@example.org || bail "no confirmation"
link=$(confirm_link ann@example.org)
is "the page lists what was asked for" "$(titles "$link")" 1
again ann@example.org promotions 192.0.2.1
is "the same link covers both" "$(titles "$link")" 2
again ann@example.org promotions 192.0.2.1
again ann@example.org articles 192.0.2.1
is "what it covers already is not added twice" "$(titles "$link")" 2
again ann@example.org articles 192.0.2.1 Ann
is "a name that was forgotten is taken" "$(name_of ann@example.org)" Ann
is "evidence: each wish once, the later one without a mail of its own" \
	"$(sql "SELECT group_concat(topic_id || ' ' || action || ' ' || (mail_hash IS NOT NULL), ', ') FROM consent WHERE subscriber_id = 1")" \
	"1 requested 1, 2 requested 0"
is "its button confirms" "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' -X POST "$link")" 200
is "both" "$(states ann@example.org)" "articles 1, promotions 1"
is "by one mail" "$(mails confirm ann@example.org)" 1

echo "# from elsewhere"
again ben@example.org articles 192.0.2.1 Ben
wait_for 10 has_mail confirm ben@example.org || bail "no confirmation"
link=$(confirm_link ben@example.org)
again ben@example.org promotions 198.51.100.7 Mallory
again ben@example.org articles 198.51.100.7 Mallory
is "nobody else gives him a name" "$(name_of ben@example.org)" Ben
is "nobody else puts a topic there" "$(titles "$link")" 1
is "nor sends a second mail" "$(mails confirm ben@example.org)" 1
curl -s --max-time 60 -o /dev/null -X POST "$link"
is "what he asked for is his" "$(states ben@example.org)" "articles 1"

echo "# once it is confirmed"
again ben@example.org promotions 192.0.2.1
wait_for 10 has_mail already ben@example.org
is "a note leads to the settings" "$? $(mails already ben@example.org) $(mails confirm ben@example.org)" "0 1 1"
body=$(outbox_body "$(mail_in_outbox already ben@example.org)")
has "it says what is on the list" "$body" "New articles"
is "and not what is not" "$(grep -c 'Offers and events' <<<"$body")" 0
has "with the link" "$body" "$base/preferences/"
again ben@example.org promotions 192.0.2.1
sleep 1
is "at most once a day" "$(mails already ben@example.org)" 1
is "the store is in order" "$(sqlite3 "$site/store/newsletter.db" <"$root/tests/invariants.sql")" ""
done_testing
