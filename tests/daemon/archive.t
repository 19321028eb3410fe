#!/bin/bash
# archive.t - the public archive of past mailings: what is in it and what not, its addresses, its feed, and that nothing in it is anybody's.
# shellcheck disable=SC2016 # single quotes around $ are meant
. "$(dirname "$0")/lib.sh"

# What a request answers: $code, $head and $body.
ask() {
	: >"$tmp/body"
	code=$(curl -s --max-time 60 -o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
header() { sed -n "s/^$1: //Ip" <<<"$head"; }
# page_of CAMPAIGN: its address, as the list names it
page_of() { ask "$base/archive"; grep -o "href=\"$base/archive/[a-z0-9-]*$(sql "SELECT substr(uuid, 1, 8) FROM campaign WHERE id = $1")[?\"]" <<<"$body" | tr -d '?' | cut -d'"' -f2; }
listed() { grep -o '<h2><a href="[^"]*">[^<]*' <<<"$body" | sed 's/.*">//' | paste -sd'|'; }
# past SUBJECT STARTED [COLUMN=VALUE…]: a mailing that was sent, with the message of campaign 1; prints its id
past() {
	local id
	id=$(sql "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, high_id, finished_at, accepted)
		VALUES ('$(cat /proc/sys/kernel/random/uuid)', 'promotion', 1, '$1', 'done', 1, 'test', 1, $2, 0, $2, 1); SELECT last_insert_rowid()")
	sql "INSERT INTO campaign_message SELECT $id, language, compiled FROM campaign_message WHERE campaign_id = 1"
	for set in "${@:3}"; do sql "UPDATE campaign SET $set WHERE id = $id"; done
	echo "$id"
}
promotion() { printf -- '---\ntitle: %s\n%s\n---\n%s\n' "$1" "$2" "$3" >"$tmp/promotion.md"; }

make_site --home https://www.quietharbour.example
topic=$(newsletter topic list --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["topics"][0]["topic"])')
start_daemon

echo "# empty"
ask "$base/archive"
is "the list is there before the first mailing" "$code" 200
has "and says so" "$body" "nothing here yet"
ask "$base/archive/feed.xml"
is "so is the feed" "$code" 200
printf '%s' "$body" >"$tmp/empty.xml"
xmllint --noout --relaxng "$root/tests/data/atom.rng" "$tmp/empty.xml" 2>"$tmp/lint"
ok "which is a feed" $? "$(cat "$tmp/lint")"
ask "$base/"
has "the signup page names the feed" "$body" 'type="application/atom+xml"'

echo "# a mailing is sent"
subscribers 3
sql "UPDATE subscriber SET name = 'Secretname'"
promotion 'Ein "Café" & <b>more</b>' "$(printf 'archive: yes\nvalid-until: 2037-01-01\npreheader: Before all else')" 'First **words** for {{name}} all, <script>alert(1)</script>.

Second paragraph.'
newsletter send promotion "$tmp/promotion.md" --topic "$topic" --yes >/dev/null
wait_for 20 campaign_is 1 "done"
ok "a mailing is done" $?
uuid=$(sql 'SELECT uuid FROM campaign WHERE id = 1')
url=$(page_of 1)
is "the list names its page" "$url" "$base/archive/ein-cafe-b-more-b-${uuid:0:8}"
ask "$base/archive"
has "with its subject, escaped" "$body" '>Ein &quot;Café&quot; &amp; &lt;b&gt;more&lt;/b&gt;</a>'
has "and its topic" "$body" "$(newsletter topic list --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["topics"][0]["title"])')"
ask "$url"
is "the page is there" "$code" 200
has "with what was written" "$body" 'First <strong>words</strong>'
unlike "without any script" "$body" '<script'
unlike "without any style attribute" "$body" '[ "]style='
hasnt "of nobody" "$body" Secretname
unlike "with no link of anybody" "$body" '/(u|preferences|confirm|view|my-data)/'
has "a person's links lead to where everybody asks for one" "$body" "href=\"$base/manage\""
unlike "and no address" "$body" 'person[0-9]@'
mail=$(cat "$site"/outbox/*.eml | tr -d '\r' | sed -e ':a' -e '/=$/{N;s/=\n//;ba' -e '}')
has "the mail names the page, in text" "$mail" "Read in the browser:
$url"
has "and in HTML" "$mail" "<a href=3D\"$url\""

echo "# what goes with the page"
policy=$(header Content-Security-Policy)
like "the policy allows nothing by default" "$policy" "default-src 'none'"
unlike "nothing inline" "$policy" unsafe
python3 - "$tmp/body" "$policy" <<'END'
import base64, hashlib, re, sys
page, policy = open(sys.argv[1], encoding='utf-8').read(), sys.argv[2]
sheets = re.findall(r'<style>(.*?)</style>', page, re.S)
hashes = [base64.b64encode(hashlib.sha256(s.encode()).digest()).decode() for s in sheets]
allowed = re.findall(r"'sha256-([^']*)'", policy)
sys.exit(0 if len(sheets) >= 3 and hashes == allowed else f"{hashes}\n{allowed}")
END
ok "but exactly its own style sheets" $?
is "it may be kept" "$(header Cache-Control)" "public, max-age=300"
is "by language" "$(header Vary)" "Accept, Accept-Language"
tag=$(header ETag)
like "it has a tag" "$tag" '^"[0-9a-f]{32}"$'
ask -H "If-None-Match: W/\"x\", $tag" "$url"
is "who has it gets 304" "$code" 304
is "without a body" "$body" ""
is "and its tag again" "$(header ETag)" "$tag"
ask -H 'If-None-Match: "0"' "$url"
is "who has another gets it whole" "$code" 200
like "robots may read it" "$(curl -s "$base/robots.txt" | grep -c archive)" '^0$'
ask -X POST "$url"
is "nothing can be posted there" "$code" 405
ask -I "$url"
is "HEAD is answered" "$code" 200

echo "# languages"
ask -H 'Accept-Language: es' "$url"
has "the bar speaks the visitor's" "$body" "Todos los boletines anteriores"
has "and shows what their readers were sent" "$body" '<html lang="es">'
ask "$base/archive?lang=es"
has "the list too" "$body" "Boletines anteriores"
has "with its months" "$body" " de $(sed -n "s/^month-$(date -d "@$(sql 'SELECT started_at FROM campaign WHERE id = 1')" +%-m) = //p" "$root/templates/words/es.txt") de "
ask -H 'Accept-Language: en' "$url"
has "one page for each language is kept" "$body" "All past newsletters"

echo "# addresses"
ask "$base/archive/x-${uuid:0:8}"
is "a wrong readable part is put right" "$code $(header Location)" "301 $url"
ask "$base/archive/${uuid:0:8}?lang=es"
is "none too, and the language stays" "$code $(header Location)" "301 $url?lang=es"
for wrong in "ein-cafe-b-more-b${uuid:0:8}" "ein-cafe-b-more-b-${uuid:0:7}" "${uuid^^}" "ein-00000000" 1 "" "x/../${uuid:0:8}" "%00${uuid:0:8}" "$(printf 'a%.0s' {1..90})-${uuid:0:8}"; do
	ask --path-as-is "$base/archive/$wrong"
	is "no such page: $wrong" "$code" 404
done
unlike "a number of the store is nowhere" "$(curl -s "$base/archive" "$base/archive/feed.xml" -H 'Accept: application/json')" '"(id|campaign)"'

echo "# what is not in it"
hidden=$(past Hidden 1000 hidden=1)
paused=$(past Paused 1000 "state='paused', finished_at=NULL")
held=$(past Held 1000 "state='held', finished_at=NULL")
cancelled=$(past Cancelled 1000 "state='cancelled'")
for id in $hidden $paused $held $cancelled; do
	short=$(sql "SELECT substr(uuid, 1, 8) FROM campaign WHERE id = $id")
	ask "$base/archive/x-$short"
	is "no page for campaign $id" "$code" 404
done
ask "$base/archive"
is "they are not in the list" "$(listed)" 'Ein &quot;Café&quot; &amp; &lt;b&gt;more&lt;/b&gt;'
sql "DELETE FROM campaign WHERE id IN ($paused, $held, $cancelled, $hidden)"

echo "# hide and unhide"
newsletter campaign hide 1 >"$tmp/out"
is "hide says what it did" "$(cat "$tmp/out")" "Campaign 1 is kept out of the public archive."
ask "$url"
is "its page is gone at once" "$code" 404
ask "$base/archive/feed.xml"
hasnt "and its entry" "$body" "$uuid"
like "show says so" "$(newsletter campaign show 1)" 'Hidden +yes'
is "in JSON too" "$(newsletter campaign show 1 --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["hidden"])')" True
is "and list" "$(newsletter campaign list --json | python3 -c 'import json, sys; print(json.load(sys.stdin)["campaigns"][0]["hidden"])')" True
is "unhide says what comes of it" "$(newsletter campaign unhide 1)" "Campaign 1 is shown in the public archive."
ask "$url"
is "unhide brings it back" "$code" 200
is "both are in the audit" "$(sql "SELECT group_concat(command, ', ') FROM (SELECT command FROM audit WHERE command LIKE 'campaign %hide' ORDER BY id)")" "campaign hide, campaign unhide"
newsletter campaign hide 99 2>"$tmp/err"
is "one that there is not is an error" $? 1

echo "# hidden from the start"
for how in option front-matter; do
	rm -f "$site"/outbox/*
	promotion "Quietly by $how" "$([ $how = option ] || echo 'archive: no')" Words.
	newsletter send promotion "$tmp/promotion.md" --topic "$topic" --yes "$([ $how = option ] && echo --hidden || echo --json)" >/dev/null
	id=$(sql 'SELECT max(id) FROM campaign')
	wait_for 20 campaign_is "$id" "done"
	ask "$base/archive/x-$(sql "SELECT substr(uuid, 1, 8) FROM campaign WHERE id = $id")"
	is "by $how: no page" "$code" 404
	hasnt "by $how: the mail names none" "$(cat "$site"/outbox/*)" /archive/
done

echo "# an offer that has ended"
sql 'UPDATE campaign SET valid_until = 1700000000 WHERE id = 1'
ask "$base/archive"
has "it stays in the list, and that says so" "$body" "the offer has ended"
ask "$url"
has "so does its page, although another was kept" "$body" "This offer has ended."

echo "# a long list"
sql "$(for i in $(seq 1 110); do printf "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, high_id, finished_at, accepted) VALUES ('%08x-0000-4000-8000-000000000000', 'articles', 1, 'No %d', 'done', 1, 'test', 1, %d, 0, 1, 1);" "$i" "$i" $((1000 + i / 3)); done)"
ask "$base/archive"
is "the first page shows 50" "$(grep -c '<h2>' <<<"$body")" 50
seen=$(listed) pages=1
while older=$(grep -o 'href="/archive?before=[^"]*"' <<<"$body" | cut -d'"' -f2 | sed 's/&amp;/\&/') && [ -n "$older" ] && [ $pages -lt 9 ]; do
	ask "$base$older"
	seen+="|$(listed)" pages=$((pages + 1))
done
is "three pages hold them all" "$pages" 3
want=$(sql "SELECT group_concat(s, '|') FROM (SELECT replace(replace(replace(replace(subject, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'), '\"', '&quot;') AS s
	FROM campaign WHERE hidden = 0 ORDER BY started_at DESC, uuid DESC)")
is "each once, newest first, across seconds that several share" "$seen" "$want"
for wrong in x 1 -1-00000000 1-0000000g 1-000000000 9999999999999999-00000000 "%ff"; do
	ask "$base/archive?before=$wrong"
	is "?before=$wrong is refused" "$code" 400
done

echo "# more pages than are kept"
sql "INSERT INTO campaign_message SELECT id, 'en', (SELECT compiled FROM campaign_message WHERE campaign_id = 1) FROM campaign WHERE subject LIKE 'No %'"
for round in 1 2; do
	for i in $(seq 1 70); do printf 'url = "%s/archive/no-%d-%08x"\noutput = "%s/kept.%d"\n' "$base" "$i" "$i" "$tmp" "$i"; done >"$tmp/urls"
	curl -s --max-time 60 -K "$tmp/urls"
	is "each is there, and is itself (round $round)" "$(for i in $(seq 1 70); do grep -c "<title>No $i " "$tmp/kept.$i"; done | grep -c '^1$')" 70
	rm -f "$tmp"/kept.*
done

echo "# large ones"
{ printf -- '---\ntitle: Large\narchive: no\n---\n'; yes 'Many words make a large mailing, and a large page.' | head -n 8000; } >"$tmp/promotion.md"
newsletter send promotion "$tmp/promotion.md" --topic "$topic" --yes --force "a test of large ones" >/dev/null
large=$(sql 'SELECT max(id) FROM campaign')
wait_for 20 campaign_is "$large" "done"
sql "UPDATE campaign_message SET compiled = (SELECT compiled FROM campaign_message WHERE campaign_id = $large)
	WHERE campaign_id IN (SELECT id FROM campaign WHERE subject LIKE 'No %' AND CAST(substr(subject, 4) AS INTEGER) > 80)"
for round in 1 2; do
	for i in $(seq 81 110); do printf 'url = "%s/archive/no-%d-%08x"\noutput = "%s/kept.%d"\n' "$base" "$i" "$i" "$tmp" "$i"; done >"$tmp/urls"
	curl -s --max-time 60 -K "$tmp/urls"
	is "each is there, and is itself (round $round)" "$(for i in $(seq 81 110); do grep -c "<title>No $i " "$tmp/kept.$i"; done | grep -c '^1$')" 30
done
at_least "they are large" "$(stat -c %s "$tmp/kept.81")" 400000
rm -f "$tmp"/kept.*
if grep -q __asan_init "$BIN/newsletterd"; then
	skip "and the role is not" "a sanitizer's memory counts too"
else
	at_most "and the role is not, KB" "$(awk '/^VmRSS:/ { print $2 }' "/proc/$(role_pid http)/status")" 65536
fi

echo "# JSON"
ask -H 'Accept: application/json' "$base/archive"
is "it is there for programs" "$(header Content-Type)" application/json
printf '%s' "$body" | python3 -c '
import json, sys
d = json.load(sys.stdin)
first = d["items"][0]
assert len(d["items"]) == 50, len(d["items"])
assert set(first) == {"title", "url", "date", "topic", "valid_until", "over"}, first
assert first["title"] == "Ein \"Café\" & <b>more</b>" and first["over"] is True and first["url"] == sys.argv[1], first
assert d["older"].startswith(sys.argv[2] + "/archive?before="), d["older"]' "$url" "$base" 2>"$tmp/err"
ok "with what the page says" $? "$(tail -n 3 "$tmp/err")"

echo "# the feed"
article 'On <worry> & "rest"'
newsletter send --yes >/dev/null
wait_for 20 campaign_is "$(sql 'SELECT max(id) FROM campaign')" "done"
ask "$base/archive/feed.xml"
is "its type" "$(header Content-Type)" "application/atom+xml; charset=utf-8"
printf '%s' "$body" >"$tmp/feed.xml"
xmllint --noout --relaxng "$root/tests/data/atom.rng" "$tmp/feed.xml" 2>"$tmp/lint"
ok "it is as RFC 4287 demands" $? "$(cat "$tmp/lint")"
sed 's/<updated>[^<]*<.updated>//' "$tmp/feed.xml" | xmllint --noout --relaxng "$root/tests/data/atom.rng" - 2>/dev/null
is "(and what is not, would be seen)" $? 3
python3 - "$tmp/feed.xml" "$base" "$uuid" "$url" <<'END' 2>"$tmp/err"
import sys, xml.etree.ElementTree as ET
a = '{http://www.w3.org/2005/Atom}'
feed, (base, uuid, url) = ET.parse(sys.argv[1]).getroot(), sys.argv[2:]
links = lambda e: {l.get('rel'): l.get('href') for l in e.findall(a + 'link')}
entries = feed.findall(a + 'entry')
assert len(entries) == 30, len(entries)
assert links(feed) == {'self': base + '/archive/feed.xml', 'alternate': base + '/archive'}, links(feed)
assert feed.find(f'{a}author/{a}name').text == 'Quiet Harbour'
ids = [e.find(a + 'id').text for e in entries]
assert len(set(ids)) == 30 and all(i.startswith('urn:uuid:') for i in ids), ids
assert feed.find(a + 'updated').text == max(e.find(a + 'updated').text for e in entries)
articles = entries[0]
assert articles.find(a + 'summary').text == 'On <worry> & "rest": Some words about it.', articles.find(a + 'summary').text
one = entries[1]
assert one.find(a + 'id').text == 'urn:uuid:' + uuid and links(one) == {'alternate': url}
assert one.find(a + 'title').text == 'Ein "Café" & <b>more</b>'
assert one.find(a + 'summary').text.startswith('First *words*'), one.find(a + 'summary').text
assert 'Second paragraph.' in one.find(a + "summary").text, one.find(a + "summary").text
assert 'http' not in one.find(a + 'summary').text and 'Hello' not in one.find(a + 'summary').text, one.find(a + 'summary').text
END
ok "and says what the mailings say" $? "$(tail -n 3 "$tmp/err")"
tag=$(header ETag)
ask -H "If-None-Match: $tag" "$base/archive/feed.xml"
is "who has it gets 304" "$code" 304

echo "# no archive"
stop_daemon
sed -i 's/^\[site\]$/&\narchive = no/' "$site/newsletter.conf"
start_daemon
for path in archive archive/feed.xml "${url#"$base"/}"; do
	ask "$base/$path"
	is "switched off: /$path" "$code" 404
done
ask "$base/"
unlike "no page names it" "$body" archive
promotion 'Without' '' Words.
rm -f "$site"/outbox/*
newsletter send promotion "$tmp/promotion.md" --topic "$topic" --yes >/dev/null
wait_for 20 campaign_is "$(sql 'SELECT max(id) FROM campaign')" "done"
hasnt "no mail names one" "$(cat "$site"/outbox/*)" archive
unlike "no address, name or token is in the log" "$(cat "$site/log")" '@example|Secretname'
done_testing
