#!/bin/bash
# erasure.t - somebody signs up, is written to, refused, bounced, and then erases their data: not a byte of their address or name is left in the
# database, its write-ahead log, the outbox folder, the logs or any other file of the site. Old links go on answering and touch nobody.
. "$(dirname "$0")/lib.sh"

address=Quirinus.Xylander@example.org
key=quirinus.xylander@example.org
name='Quirinus Xyländer'
# Either of them in any writing: plain, in any case, as quoted-printable, in a URL, in JSON, and in base64 at each of its three places.
ascii='quirinus|xylander|xyl(ä|Ä|=C3=A4|%C3%A4|\\u00e4|\\303\\244)nder'
base64='cXVpcmlud|F1aXJpbn|xdWlyaW51|UXVpcmlud|F1aXJpbn|RdWlyaW51'
traces() {
	grep -raliE "$ascii" "$@" 2>/dev/null
	grep -ralE "$base64" "$@" 2>/dev/null
}
nothing_left() { [ -z "$(traces "$site")" ]; }
post() { curl -s --max-time 30 -o "$tmp/body" -w '%{http_code}' -X POST "$@"; }
settled() { [ "$(sql 'SELECT count(*) FROM signup_request WHERE next_at <= unixepoch()')" = 0 ]; }
# link WORD FILE…: the newest link below BASE/WORD/ in these mails
link() {
	local word=$1 file
	shift
	for file in "$@"; do outbox_body "$file"; done | grep -o "$base/$word/[A-Za-z0-9_-]*" | tail -n 1
}
relayed() { grep -l "^To: .*$address" "$tmp"/relayed/*.eml 2>/dev/null | sort | tail -n 1; }
ledger() { [ "$(sql "SELECT count(*) FROM delivery WHERE subscriber_id = $id AND state = $1")" = "$2" ]; }

make_site
start_daemon
newsletter subscriber add other@example.org --name 'Otto Other' --topic articles >/dev/null

echo "# a life in the list: first without a relay"
is "signs up" "$(post "$base/subscribe" -d "email=$address" --data-urlencode "name=$name" -d topic=articles -d topic=promotions)" 200
wait_for 10 has_mail confirm "$address"
is "confirms" "$(post "$(link confirm "$(mail_in_outbox confirm "$address")")")" 200
id=$(sql "SELECT id FROM subscriber WHERE address_key = '$key'")
article 'The first' && newsletter send --yes >/dev/null
wait_for 10 ledger 1 1
campaign_file=$site/outbox/campaign-1-$id.eml
has "got a newsletter, by name" "$(cat "$campaign_file")" 'Quirinus'
unsubscribe=$(link u "$campaign_file")
article 'The second' && newsletter send --to "$address" >/dev/null
wait_for 10 has_mail test "$address"
ok "and somebody sent a test copy" $?
stop_daemon
# a confirmation whose row is forgotten after a month, and what a crash left half written
sql "DELETE FROM outbox WHERE kind = 'confirm'"
cp "$campaign_file" "$campaign_file.4711.tmp"

echo "# then with one that refuses, and says whom"
mkdir "$tmp/relayed"
python3 "$root/tests/daemon/refusing_relay.py" "$tmp/relayed" "$name" >"$tmp/relay" &
at_exit $!
wait_for 10 grep -q '^port' "$tmp/relay" || bail "the relay did not come up"
conf_add relay "url=smtp://127.0.0.1:$(sed -n 's/^port //p' "$tmp/relay")" tls=none connections=1 window=1
newsletter subscriber unsubscribe other@example.org >/dev/null
start_daemon
newsletter send --yes >/dev/null
wait_for 10 ledger 3 1
ok "one is refused for good" $?
article 'The third' && newsletter send --yes >/dev/null
wait_for 10 ledger 2 1
ok "one for now" $?
is "the refusal is an event" "$(sql "SELECT count(*) FROM event WHERE kind = 'refusal' AND subscriber_id = $id")" 1
hasnt "the ledger does not say who" "$(sql 'SELECT reply FROM delivery; SELECT text FROM event')" 'irinus'
is "but what else the relay said" "$(sql "SELECT count(*) FROM delivery WHERE reply LIKE '%policy does not like this for <address> (<name>)%'")" 1
sql "INSERT INTO event (kind, at, subscriber_id, class, text) VALUES ('bounce', unixepoch(), $id, 'soft', 'no $name, $key');
	UPDATE delivery SET reply = 'no $name ($key)' WHERE subscriber_id = $id;
	INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at)
		VALUES ('test', '$address', CAST('To: $address' AS BLOB), 'queued', unixepoch(), unixepoch() + 9999, unixepoch() + 9000);
	INSERT INTO outbox (kind, subscriber_id, address, message, state, created_at, expires_at, next_at)
		VALUES ('already', $id, '$address', CAST('To: $address' AS BLOB), 'queued', unixepoch(), unixepoch() + 9999, unixepoch() + 9000);
	INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at)
		SELECT k, '$address', '$key', '$name', '1', 'en', '192.0.2.7', 1, unixepoch(), unixepoch() + 9000 FROM (SELECT 'signup' AS k UNION SELECT 'manage')"

echo "# asks for the link, looks, erases"
is "asks for it" "$(post "$base/manage" -d "email=$key")" 200
came() { [ -n "$(relayed)" ]; }
wait_for 10 came
mine=$(link my-data "$(relayed)")
page=$(curl -s "$mine")
for part in "$address" "$name" 'subscribed' 'confirmed' 'The first' 'refused' 'a mail came back' 'waits to be sent'; do
	has "the page shows $part" "$page" "$part"
done
for where in store/newsletter.db store/newsletter.db-wal outbox; do
	ok "before, there is something in $where" "$([ -n "$(traces "$site/$where")" ]; echo $?)"
done
is "and nothing in the log" "$(traces "$site/log")" ''
is "erases" "$(post "$mine" -d action=erase -d confirm=yes)" 200
has "is told so" "$(cat "$tmp/body")" 'Your data are erased'
wait_for 10 nothing_left
ok "nothing is left in any file of the site" $? "$(traces "$site")" "$(sql 'SELECT * FROM erasure')"
is "the erasure is done with" "$(sql 'SELECT count(*) FROM erasure')" 0
has "others have their mail" "$(cat "$site"/outbox/campaign-1-*.eml)" 'other@example.org'
is "the numbers stay" "$(sql "SELECT group_concat(state, ' ') FROM (SELECT state FROM delivery WHERE subscriber_id = $id ORDER BY campaign_id)" | cut -c 1-3)" '1 3'
broken=$(sqlite3 -batch "$site/store/newsletter.db" <"$root/tests/invariants.sql")
is "the invariants hold" "$broken" ''

echo "# old links, and coming back"
before=$(dump)
is "the old link of a newsletter answers" "$(post "$unsubscribe" -d List-Unsubscribe=One-Click)" 200
is "and touches nobody" "$(dump)" "$before"
is "the link to the data is used up" "$(curl -s -o /dev/null -w '%{http_code}' "$mine")" 404
newsletter subscriber add "$address" --topic articles >"$tmp/out" 2>&1
is "staff cannot add them again" $? 3
hasnt "nor is anything left of the try" "$(sql .dump)" 'irinus'
is "a fresh signup is taken" "$(post "$base/subscribe" -d "email=$address" -d topic=articles)" 200
wait_for 10 settled
sleep 0.5
new=$(sql "SELECT id FROM subscriber WHERE address_key = '$key'")
at_least "as somebody new" "$new" $((id + 1))
is "who is not on the list yet" "$(sql "SELECT group_concat(state) FROM subscription WHERE subscriber_id = $new")" 0
is "confirms by the mail" "$(post "$(link confirm "$(relayed)")")" 200
is "and is on it" "$(sql "SELECT state FROM subscription WHERE subscriber_id = $new AND topic_id = 1")" 1
is "no suppression stays" "$(sql "SELECT count(*) FROM suppression WHERE reason = 'erased'")" 0
is "the old link still touches nobody" "$(post "$unsubscribe" -d List-Unsubscribe=One-Click) $(sql "SELECT state FROM subscription WHERE subscriber_id = $new AND topic_id = 1")" '200 1'

echo "# erased while the relay thinks about it"
: >"$tmp/relayed/wait"
article 'The fourth' && newsletter send --yes >/dev/null
id=$new
wait_for 10 ledger 0 1
ok "a newsletter is on its way" $?
token=$(cat /proc/sys/kernel/random/uuid)
sql "INSERT INTO token VALUES (x'$(printf %s "$token" | sha256sum | cut -c 1-64)', 'my-data', $id, '', unixepoch(), unixepoch() + 3600, NULL)"
events=$(sql 'SELECT count(*) FROM event')
is "erases" "$(post "$base/my-data/$token" -d action=erase -d confirm=yes)" 200
sleep 0.5
is "the erasure waits" "$(sql 'SELECT count(*) FROM erasure')" 1
rm "$tmp/relayed/wait"
wait_for 10 ledger 3 1
ok "it is refused" $?
wait_for 10 nothing_left
ok "nothing is left" $? "$(traces "$site")"
is "the erasure is done with" "$(sql 'SELECT count(*) FROM erasure')" 0
is "the refusal is a number, and nobody's" "$(sql "SELECT count(*), sum(subscriber_id IS NULL), sum(text IS NULL) FROM event WHERE id > $events")" '1|1|1'
broken=$(sqlite3 -batch "$site/store/newsletter.db" <"$root/tests/invariants.sql")
is "the invariants hold" "$broken" ''
stop_daemon
is "the log never had a trace" "$(traces "$site/log")" ''
done_testing
