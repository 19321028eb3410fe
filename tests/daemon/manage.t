#!/bin/bash
# manage.t - "mail me my link" and one's own data, as visitors meet them: nobody learns who is on the list, and only the owner sees anything.
. "$(dirname "$0")/lib.sh"

ask() {
	code=$(curl -s --max-time 60 -o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
post() { ask -X POST "$@"; }
settled() { [ "$(sql 'SELECT count(*) FROM signup_request')" = 0 ]; }
mails() { sql "SELECT count(*) FROM outbox WHERE kind = 'my-data' AND subscriber_id = (SELECT id FROM subscriber WHERE address_key = '$1')"; }
# link WORD ADDRESS: the first link below BASE/WORD/ in the newest mail
link() { outbox_body "$(mail_in_outbox my-data "$2")" | grep -o "$base/$1/[A-Za-z0-9_-]*" | head -n 1; }
manage() { post "$base/manage" -d "email=$1"; }
nothing_left() { ! grep -qs 'To: .*ann@example.org' "$site"/outbox/*; }
restart() { # NEWSLETTER_CLOCK
	stop_daemon
	NEWSLETTER_CLOCK=$1 start_daemon
}

make_site
conf_add site 'languages=en es'
start_daemon
newsletter subscriber add ann@example.org --name 'Ann Zoë' --topic articles >/dev/null
for who in leaver hard staff; do newsletter subscriber add $who@example.org --topic articles >/dev/null; done
newsletter subscriber unsubscribe leaver@example.org >/dev/null
is "four people are there" "$(sql 'SELECT count(*) FROM subscriber')" 4

echo "# the form"
ask "$base/manage?email=ann@example.org"
is "the form is there" "$code" 200
has "it asks for an address" "$body" 'name="email" value=""'
hasnt "which the query does not fill in" "$body" 'ann@example.org'
like "and is never cached" "$head" 'Cache-Control: no-store'
ask -H 'Accept-Language: es' "$base/manage"
has "in Spanish too" "$body" 'Enviarme mi enlace'

echo "# the same answer for everybody"
manage unknown@example.org
is "unknown: taken" "$code" 200
has "unknown: answered" "$body" 'If this address is on our list, a mail with your link is on its way.'
first=$body
wait_for 10 settled
manage ann@example.org
is "known: the same, byte for byte" "$code $body" "200 $first"
wait_for 10 has_mail my-data ann@example.org
manage leaver@example.org
is "left: the same" "$code $body" "200 $first"
post "$base/manage" -d email=robot@example.org -d website=x
is "a filled trap: the same" "$code $body" "200 $first"
post "$base/manage" -H 'Content-Type: application/json' -d '{"email":"ann@example.org"}'
is "JSON: an answer as JSON" "$code $body" '200 {"status":"ok","message":"If this address is on our list, a mail with your link is on its way."}'
wait_for 10 has_mail my-data leaver@example.org
wait_for 10 settled
is "the unknown got no row" "$(sql "SELECT count(*) FROM subscriber")" 4
is "and no mail" "$(sql "SELECT count(*) FROM outbox WHERE kind = 'my-data'")" 2
before=$(dump)
post "$base/manage" -d 'email=no address'
is "no address: 400" "$code" 400
has "says what is wrong" "$body" 'Please check the address'
has "and keeps what was typed" "$body" 'value="no address"'
post "$base/manage" -d 'email=a%01b@c'
is "a control character: 400" "$code" 400
post "$base/manage" -H 'Accept: application/json' -d 'email=x'
has "as JSON with its field" "$body" '"field":"email"'
is "nothing of that was stored" "$(dump)" "$before"

echo "# who gets the mail, and how often"
is "one an hour, however often it is asked for" "$(mails ann@example.org)" 1
sql "INSERT INTO suppression SELECT address_hmac, 'hard', 1, 'x' FROM subscriber WHERE address_key = 'hard@example.org';
	INSERT INTO suppression SELECT address_hmac, 'staff', 1, 'x' FROM subscriber WHERE address_key = 'staff@example.org'"
for who in hard staff; do manage $who@example.org; done
post "$base/subscribe" -d email=pending@example.org -d topic=articles
wait_for 10 has_mail confirm pending@example.org
manage pending@example.org
wait_for 10 settled
is "not a dead address" "$(mails hard@example.org)" 0
is "nor one that staff barred" "$(mails staff@example.org)" 0
is "nor one that nobody confirmed" "$(mails pending@example.org)" 0
mail=$(mail_in_outbox my-data ann@example.org)
has "the mail says that a program wrote it" "$(tr -d '\r' <"$mail")" 'Auto-Submitted: auto-generated'
hasnt "and is no list mail" "$(cat "$mail")" 'List-Id'
for what in preferences u my-data; do
	ask "$(link $what ann@example.org)"
	is "its link $what works" "$code" 200
done
has "the unsubscribe link is for everything" "$(outbox_body "$mail")" 'Unsubscribe from everything'
for hours in 2 4 6 8; do
	restart "+$((hours * 3600))"
	manage ann@example.org
	wait_for 10 settled
done
sleep 0.3
is "four a day" "$(mails ann@example.org)" 4
restart "+$((26 * 3600))"
manage ann@example.org
wait_for 10 settled
is "and again the next day" "$(mails ann@example.org)" 5
restart +0
all_sent() { [ "$(sql "SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed')")" = 0 ]; }
wait_for 10 all_sent # the last one may have been left to this clock

echo "# one's data"
sql "INSERT INTO token SELECT x'$(printf %s 11111111-2222-4333-8444-555555555555 | sha256sum | cut -c 1-64)', 'my-data', id, '', unixepoch(), unixepoch() + 3600, NULL
	FROM subscriber WHERE address_key = 'ann@example.org'"
sql "UPDATE subscriber SET language = 'es' WHERE address_key = 'ann@example.org'"
mine=$base/my-data/11111111-2222-4333-8444-555555555555
before=$(dump)
ask "$mine"
is "the page is there" "$code" 200
for part in ann@example.org 'Ann Zoë' subscribed 'added by us' 'link to your data' 'Erase all my data' 'name="confirm" value="yes" required'; do
	has "it shows $part" "$body" "$part"
done
has "the language by its name" "$body" '<dd>Español</dd>'
has "consent is told with the topic's title" "$body" '</span>: New articles, added by us'
like "never cached" "$head" 'Cache-Control: no-store'
at_most "it is small" "${#body}" 30000
ask "$mine?format=%zz"
is "a query that cannot be read" "$code" 400
sql "UPDATE subscriber SET name = 'Ann' || char(1) || '{{' WHERE address_key = 'ann@example.org'"
ask "$mine"
is "a control character in the store, which may be a slot's mark, never reaches a page" "$code $(grep -c $'\001' <<<"$body")" '200 0'
hasnt "nor does what stands beside it" "$body" '{{'
sql "UPDATE subscriber SET name = 'Ann Zoë' WHERE address_key = 'ann@example.org'"
ask "$mine?lang=es"
has "in Spanish, its topics too" "$body" '</span>: Artículos nuevos, añadido por nosotros'
has "and the answer to its form" "$body" "action=\"/my-data/${mine##*/}?lang=es\""
ask "$mine?format=json"
is "as JSON" "$code" 200
has "to be saved" "$head" 'Content-Disposition: attachment; filename="my-data.json"'
has "as JSON's type" "$head" 'Content-Type: application/json'
is "with all in it" "$(python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["address"], d["name"], d["topics"][0]["state"], d["consent"][0]["action"], len(d["mails"]))' <<<"$body")" \
	"ann@example.org Ann Zoë active added 5"
for method in HEAD OPTIONS; do
	ask -X $method -I "$mine?action=erase&confirm=yes"
	like "$method is answered" "$code" '^20[04]$'
done
ask "$mine?action=erase&confirm=yes"
is "no GET, HEAD or OPTIONS has changed a row" "$(dump)" "$before"

echo "# erasing takes two steps, and one form"
post "$mine" -d action=erase
is "without the tick: 400" "$code" 400
has "says so" "$body" 'Nothing was erased.'
post "$mine" -d confirm=yes
is "without the word: 400" "$code" 400
post "$mine" -H 'Content-Type: application/json' -d '{"action":"erase"}'
has "as JSON with its field" "$body" '"field":"confirm"'
is "nothing has changed" "$(dump)" "$before"
# twice, before either is written
# again, if this machine stood still for as long as the store is waited for
for _ in {1..8}; do
	hold_store "$site/store/newsletter.db"
	pressed=()
	for i in 1 2; do
		curl -s --max-time 60 -o "$tmp/erased.$i" -w '%{http_code}\n' -d action=erase -d confirm=yes "$mine" >"$tmp/code.$i" &
		pressed+=($!)
	done
	sleep 0.5 # one that comes later is told the same
	let_go
	wait "${pressed[@]}"
	if [ "$held_ms" -lt 4500 ] || grep -q 200 "$tmp"/code.*; then break; fi
done
is "with both: 200; the second press is told what an unknown link is told" "$(sort "$tmp"/code.* | xargs)" '200 404'
has "says so" "$(cat "$tmp"/erased.*)" 'Your data are erased'
is "nobody is there any more" "$(sql "SELECT count(*) FROM subscriber WHERE address_key = 'ann@example.org'")" 0
wait_for 10 nothing_left
ok "nor a file in the outbox folder" $? "$(grep -l 'To: .*ann@example.org' "$site"/outbox/*)"
has "others keep theirs" "$(cat "$site"/outbox/*)" 'To: leaver@example.org'
is "it is counted" "$(sql "SELECT value FROM counter WHERE name = 'erasures'")" 1

echo "# links that do not work"
ask "$mine"
is "used up: 404" "$code" 404
used=$body
has "with the way to a new one" "$body" "href=\"/manage?lang=en\""
ask "$base/my-data/$(cat /proc/sys/kernel/random/uuid)"
is "unknown: the same words" "$code $body" "404 $used"
ask "$base/my-data/nonsense"
is "no token at all: the same words" "$code $body" "404 $used"
old=$(link my-data leaver@example.org)
sql "UPDATE token SET created_at = 1, expires_at = 2"
ask "$old"
is "expired: 410, and the same words" "$code $body" "410 $used"
post "$old" -d action=erase -d confirm=yes
is "nor does it erase: 410" "$code" 410
is "the person is there" "$(sql "SELECT count(*) FROM subscriber WHERE address_key = 'leaver@example.org'")" 1
ask "$base/preferences/$(link u leaver@example.org | sed 's|.*/||')"
is "another link on the settings page: 404" "$code" 404
has "leads to a new one too" "$body" "href=\"/manage?lang=en\""

stop_daemon
hasnt "no address in the log" "$(cat "$site/log")" '@example.org'
hasnt "no name" "$(cat "$site/log")" 'Zoë'
done_testing
