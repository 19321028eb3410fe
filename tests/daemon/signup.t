#!/bin/bash
# signup.t - the signup form's own defence, in a real newsletterd: addresses that are not taken, slips of the pen, names with a link, when the
# form was shown, forms on other pages. The clerk is halted, so that the rows that http appends can be looked at.
. "$(dirname "$0")/lib.sh"

ask() {
	code=$(curl -s --max-time 60 -o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
send() { ask -X POST "$base/subscribe" --data-urlencode "email=$1" -d "topic=$first" "${@:2}"; }
send_json() { ask "$base/subscribe" -H 'Content-Type: application/json' -d "$1"; }
rows() { sql 'SELECT count(*) FROM signup_request'; }
last() { sql "SELECT $1 FROM signup_request ORDER BY id DESC LIMIT 1"; }
halt_clerk() { halt clerk && clerk=$halted; }
# refused NAME WORDS ADDRESS [curl options]: the form again, with words, and nothing in the store
refused() {
	local before
	before=$(rows)
	send "${@:3}"
	is "$1 is refused" "$code" 400
	has "$1: in words" "$body" "$2"
	has "$1: the form is there again, with what was typed" "$body" "value=\"$3\""
	is "$1: no row" "$(rows)" "$before"
}
# taken NAME ADDRESS [curl options]
taken() {
	local before
	before=$(rows)
	send "${@:2}"
	is "$1 is taken" "$code $(($(rows) - before))" "200 1"
}
# json EXPRESSION: in Python, v is the answer
json() { python3 -c 'import json, sys; v = json.load(sys.stdin); print(eval(sys.argv[1]))' "$1" <<<"$body"; }

make_site
# newsletterd's clock stands still: when a form was shown is to the second
now=1790000000
export NEWSLETTER_CLOCK=@$now
start_daemon
first=$(sql 'SELECT slug FROM topic ORDER BY id LIMIT 1')
halt_clerk
all=$(sql "SELECT group_concat(slug, ' ') FROM (SELECT slug FROM topic ORDER BY id)")

echo "# addresses that are not taken"
taken "a plain address" ann@example.org
answer=$body
refused "a throw-away mailbox" "throw-away mailboxes" ann@mailinator.com
refused "one in a subdomain" "throw-away mailboxes" ann@some.where.mailinator.com
refused "one in capitals" "throw-away mailboxes" ann@MAILINATOR.COM
taken "a domain that only ends alike" ann@notmailinator.com.example
refused "a function" "nobody reads newsletters there" postmaster@example.org
refused "one in capitals" "nobody reads newsletters there" No-Reply@example.org
refused "one with a plus" "nobody reads newsletters there" abuse+x@example.org
taken "an office" office@example.org
taken "info" info@example.org
taken "a person whose name begins so" abuser@example.org
send_json "{\"email\":\"ann@mailinator.com\"}"
is "as JSON: 400 and the field" "$code $(json 'v["field"]') $(json 'v["status"]')" "400 email 400"
has "as problem details" "$head" "Content-Type: application/problem+json"
send ann@mailinator.com -H 'Accept-Language: es'
has "in Spanish" "$body" "direcciones desechables"

echo "# addresses of other scripts, and what only looks like an address"
taken "an international domain" 'ann@bücher.example'
is "it is kept in A-labels" "$(last address)" ann@xn--bcher-kva.example
refused "a full-width @" "address" 'ann＠example.org'
refused "two addresses" "address" 'ann@example.org,ben@example.org'
ask -X POST "$base/subscribe" --data-urlencode $'email=ann\u200b@example.org' -d "topic=$first"
is "an invisible character" "$code" 400
has "an invisible character: in words" "$body" "invisible character"

echo "# did you mean"
before=$(rows)
send ann@gmial.com
is "a slip is asked about" "$code" 400
has "with the address that is likely meant" "$body" "Did you mean ann@gmail.com?"
is "a button takes that one" "$(grep -c 'type="hidden" name="email" value="ann@gmail.com"' <<<"$body")" 1
is "the form has what was typed, and may be sent again" \
	"$(grep -c 'id="email" name="email" value="ann@gmial.com"' <<<"$body") $(grep -c 'name="sure" value="ann@gmial.com"' <<<"$body")" "1 1"
is "nothing is recorded" "$(rows)" "$before"
taken "the same address once more" ann@gmial.com -d sure=ann@gmial.com
is "it is the address as typed" "$(last address)" ann@gmial.com
taken "what was meant" ann@gmail.com
send ann@gmail.con -d sure=ann@gmial.com
has "to be sure of another address is not enough" "$body" "Did you mean ann@gmail.com?"
send ann@gmial.com -d sure=ann@gmial.com -d topic=nonsense
has "an error elsewhere does not forget it" "$body" 'name="sure" value="ann@gmial.com"'
send 'a&b"c@gmial.com'
hasnt "an address that is markup is none on the page" "$body" 'a&b'
send_json '{"email":"ann@hotmail.co"}'
is "as JSON: the field and the suggestion" "$code $(json 'v["field"]') $(json 'v["suggestion"]')" "400 email ann@hotmail.com"
before=$(rows)
send_json '{"email":"ann@hotmail.co","sure":"ann@hotmail.co"}'
is "with sure it is taken" "$code $(($(rows) - before))" "200 1"
send ann@gmial.com -H 'Accept-Language: es'
has "in Spanish" "$body" "¿Quería decir ann@gmail.com?"

echo "# names"
for name in 'visit evil.com' 'evil . com' 'hxxp evil' 't.me/x' 'evil[.]com' 'ann@example.org' 'ｅｖｉｌ．ｃｏｍ'; do
	refused "the name $name" "must not hold a link" ann@example.org --data-urlencode "name=$name"
done
for name in 'Dr. med. A. B. Schmidt-Lopez' 'J.R.R. Tolkien' "O'Brien, Ann" 'Ann & Bob' 'St. John'; do
	taken "the name $name" ann@example.org --data-urlencode "name=$name"
	is "it is kept as it is" "$(last name)" "$name"
done

echo "# when the form was shown"
ask "$base/" -H 'Accept: application/json'
wording=$(json 'v["consent"]')
shown() { printf %s "$wording" | "$B/tests/form_token" "$site/keys" page "$1"; }
weight() { # NAME ADDRESS WANT [curl options]
	taken "$1" "$2" "${@:4}"
	is "$1: what it counts" "$(last weight)" "$3"
	is "$1: the answer is the same" "$body" "$answer"
}
weight "a form sent after ten seconds" ann@example.org 1 -d "form_token=$(shown $((now - 10)))"
is "its wording is the form's" "$(sql "SELECT text FROM form_text WHERE hash = (SELECT form_hash FROM signup_request ORDER BY id DESC LIMIT 1)")" "$wording"
weight "after just under a day" ann@example.org 1 -d "form_token=$(shown $((now - 86390)))"
weight "at once" ann@example.org 2 -d "form_token=$(shown $now)"
weight "a little from the future" ann@example.org 2 -d "form_token=$(shown $((now + 40)))"
weight "without a token" ann@example.org 2
refused "a form of yesterday" "out of date" ann@example.org -d "form_token=$(shown $((now - 86500)))" -d name=Ann
has "with the topics that were chosen" "$(grep "value=\"$first\"" <<<"$body")" " checked"
has "with the name" "$body" 'value="Ann"'
refused "one of tomorrow" "out of date" ann@example.org -d "form_token=$(shown $((now + 86400)))"
refused "one of another wording" "out of date" ann@example.org -d "form_token=$(printf x | "$B/tests/form_token" "$site/keys" page "$now")"
refused "an empty token" "out of date" ann@example.org -d form_token=
old=$(shown $((now - 100)))
send ann@example.org -d "form_token=$old" -d topic=nonsense
has "a form shown again for an error keeps its time" "$body" "name=\"form_token\" value=\"$old\""
send ann@example.org -d "form_token=$(shown $((now - 86500)))"
hasnt "one that is out of date gets a new one" "$body" "$(shown $((now - 86500)))"
ask "$base/" -H 'Accept: application/json' -H 'Accept-Language: es'
spanish=$(json 'v["consent"]')
taken "a form of another language than the browser's now" ann@example.org -H 'Accept-Language: en' -d "form_token=$(json 'v["form_token"]')"
is "keeps the wording that was shown" \
	"$(sql "SELECT text FROM form_text WHERE hash = (SELECT form_hash FROM signup_request ORDER BY id DESC LIMIT 1)")" "$spanish"

echo "# a form on the site's own pages"
own='Yes, write to me about new articles.'
embedded=$(printf %s "$own" | "$B/tests/form_token" "$site/keys" embed)
is "its token has its length" "${#embedded}" 65
refused "one whose wording is not kept" "out of date" ann@example.org -d "form_token=$embedded"
sql "INSERT INTO form_text (hash, text, first_at) VALUES (x'$(printf %s "$own" | sha256sum | cut -c 1-64)', '$own', 1)"
taken "one whose wording is" ann@example.org -d "form_token=$embedded"
is "its wording is the evidence, and it counts as untimed" \
	"$(sql "SELECT f.text || '|' || weight FROM signup_request JOIN form_text f ON f.hash = form_hash ORDER BY id DESC LIMIT 1")" "$own|1"
refused "a forged one" "out of date" ann@example.org -d "form_token=${embedded:0:60}AAAAA"

echo "# the form as data"
ask "$base/" -H 'Accept: application/json'
is "it is JSON" "$code $(json '" ".join(sorted(v))')" "200 action consent form_token language topics"
has "of its type" "$head" "Content-Type: application/json"
has "and never kept" "$head" "Cache-Control: no-store"
is "where to send it" "$(json 'v["action"]')" "$base/subscribe"
is "the topics" "$(json '" ".join(t["slug"] for t in v["topics"])')" "$all"
is "with title and description" "$(json '" ".join(sorted(v["topics"][0]))')" "description slug title"
is "its language" "$(json 'v["language"]')" en
before=$(rows)
send_json "{\"email\":\"eve@example.org\",\"topics\":[\"$first\"],\"form_token\":\"$(json 'v["form_token"]')\"}"
is "and sent back it signs up" "$code $(($(rows) - before))" "200 1"

echo "# the trap"
before=$(rows)
send trapped@example.org -d website=x
is "it is answered like the rest" "$code $body" "200 $answer"
is "and no row is there" "$(rows)" "$before"
send trapped@mailinator.com -d website=x
has "an error in it too" "$body" "throw-away mailboxes"

echo "# the lists are files"
kill -CONT "$clerk"
mkdir -p "$site/templates/lists"
printf '# ours\nExample.NET\r\n' >"$site/templates/lists/disposable-domains.txt"
printf 'office\n' >"$site/templates/lists/role-addresses.txt"
restart() {
	stop_daemon
	start_daemon
	halt_clerk
}
restart
refused "what the site's own list says" "throw-away mailboxes" ann@mail.example.net
taken "what only the built-in one said" ann@mailinator.com
refused "a function of the site's own list" "nobody reads newsletters there" office@example.org
taken "what only the built-in one said" postmaster@example.org
kill -CONT "$clerk"
conf_add signup disposable=yes roles=yes
conf_add site privacy_url=https://quietharbour.example/privacy
restart
taken "with disposable = yes: a throw-away mailbox" ann@example.net
taken "with roles = yes: a function" office@example.org
ask "$base/" -H 'Accept: application/json'
is "the form as data names the privacy page that there is" "$(json 'v["privacy_url"]')" https://quietharbour.example/privacy
kill -CONT "$clerk"
stop_daemon
sed -i '/^disposable=yes/d' "$site/newsletter.conf"
printf 'two words\n' >"$site/templates/lists/disposable-domains.txt"
"$BIN/newsletterd" -C "$site" 2>"$tmp/log" &
daemon=$!
at_exit "$daemon"
ok "a list that cannot be read is told, with its line" "$(wait_for 20 grep -q 'disposable-domains.txt:1' "$tmp/log"; echo $?)"

echo "# no address, name or token in the log"
is "none" "$(grep -ciE 'gmial|mailinator|tolkien|evil|example\.org|form_token' "$site/log")" 0
done_testing
