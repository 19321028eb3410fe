#!/bin/bash
# http.t - the http role as visitors, programs, scanners and burglars meet it, in a real newsletterd on a free loopback port.
# shellcheck disable=SC2016 # single quotes around $ are meant
. "$(dirname "$0")/lib.sh"

# What a request answers: $code, $head and $body.
ask() {
	code=$(curl -s --max-time 60 -o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
post() { ask -X POST "$@"; }
# asked ADDRESS: 1 when a signup of it has reached the store, or 0
asked() { sql "SELECT count(*) FROM (SELECT address FROM signup_request UNION SELECT address FROM subscriber) WHERE address = '$1'"; }
# The sender has dealt with everybody who is gone.
forgotten() { [ "$(sql 'SELECT count(*) FROM erasure')" = 0 ]; }
# All that was asked is decided, and its mail has left.
settled() { [ "$(sql "SELECT (SELECT count(*) FROM signup_request) + (SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed'))")" = 0 ]; }
# The last thing that newsletterd itself has said.
log_ends_with() { grep role=newsletterd "$site/log" | tail -n 1 | grep -q "$1"; }
# Send bytes as they are and show the first response, headers and body.
raw() {
	local line length=0
	exec 3<>"/dev/tcp/127.0.0.1/$port"
	printf '%b' "$1" >&3
	while IFS= read -r -t 60 line <&3; do
		line=${line%$'\r'}
		echo "$line"
		case ${line,,} in content-length:*) length=${line#*: } ;; esac
		[ -n "$line" ] || break
	done
	head -c "$length" <&3
	exec 3>&-
}
# subscriber NAME STATE…: one in the store, with a state (as numbered in schema.sql) for topic 1, topic 2; prints the id
subscriber() {
	sql "BEGIN; INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at)
		VALUES ('$1@example.org', '$1@example.org', randomblob(16), '$1', '', 1700000000);
		INSERT INTO subscription SELECT 1, max(id), $2, 1700000000 FROM subscriber;
		INSERT INTO subscription SELECT 2, max(id), $3, 1700000000 FROM subscriber;
		SELECT max(id) FROM subscriber; COMMIT"
}
states() { sql "SELECT group_concat(state, ' ') FROM (SELECT state FROM subscription WHERE subscriber_id = $1 ORDER BY topic_id)"; }
link() { "$B/tests/make_link" "$site/keys" "$@"; }
# token SUBSCRIBER TOPICS EXPIRES USED: a confirm token in the store; prints it
token() {
	local t
	t=$(cat /proc/sys/kernel/random/uuid)
	sql "INSERT INTO token VALUES (x'$(printf %s "$t" | sha256sum | cut -c 1-64)', 'confirm', $1, '$2', 1700000000, $3, $4)"
	echo "$t"
}

make_site
sed -i '/^\[http\]/a timeout = 2' "$site/newsletter.conf"
mkdir -p "$site/templates/web"
start_daemon
all=$(sql "SELECT group_concat(slug, ', ') FROM (SELECT slug FROM topic ORDER BY id)")
first=${all%%, *} second=${all#*, }
now=$(date +%s)

echo "# the signup form"
ask "$base/"
is "the form is there" "$code" 200
has "it asks for an address" "$body" 'name="email"'
is "no topic is checked beforehand" "$(grep -c 'name="topic".* checked' <<<"$body")" 0
has "it shows its consent" "$body" "Quiet Harbour to send you"
form_token=$(grep -o 'name="form_token" value="[^"]*"' <<<"$body" | cut -d'"' -f4)
is "the form's token has its length" "${#form_token}" 32
ask "$base/?topic=$second"
is "?topic= checks that one" "$(grep 'name="topic".* checked' <<<"$body" | grep -o 'value="[^"]*"')" "value=\"$second\""
ask "$base/?topic=nonsense"
is "an unknown ?topic= is no error" "$code" 200
ask "$base/?topic=%ff"
is "a query of broken UTF-8 is" "$code" 400

echo "# signing up"
post "$base/subscribe" -d email=ann@example.org --data-urlencode 'name=Ann Zoë' -d "topic=$first" -d "topic=$second" --data-urlencode "form_token=$form_token"
is "a form is taken" "$code" 200
has "and answered with a look at the mail" "$body" "mail is on its way"
first_answer=$body
is "its row is durable when the answer comes" "$(asked ann@example.org)" 1
is "the wording that was shown is kept" "$(sql "SELECT count(*) FROM form_text WHERE text LIKE 'By pressing the button you ask Quiet Harbour%'")" 1
post "$base/subscribe" -F email=ben@example.org -F "topic=$second"
is "multipart/form-data too" "$code" 200
is "it is there" "$(asked ben@example.org)" 1
is "without a form_token the evidence says that the page was another's" "$(sql "SELECT count(*) FROM form_text WHERE text LIKE '%shown by the page that sent it%'")" 1
post "$base/subscribe" -H 'Content-Type: application/json' -d '{"email":"cyd@example.org","name":"Cyd"}'
is "JSON too" "$code" 200
has "answered as JSON" "$head" 'Content-Type: application/json'
has "with a status" "$body" '{"status":"ok"'
is "it is there, for all topics" "$(asked cyd@example.org)" 1
post "$base/subscribe" -H 'Accept: application/json' -d email=dan@example.org -d "topic=$first"
has "Accept: application/json makes the answer JSON" "$body" '{"status":"ok"'
wait_for 10 settled
post "$base/subscribe" -d email=ann@example.org -d "topic=$first"
is "somebody known gets the same answer, byte for byte" "$body" "$first_answer"
wait_for 10 settled
sleep 0.3

echo "# what is wrong is said, and changes nothing"
before=$(dump)
bad() { # NAME CODE TEXT CURL-OPTIONS…
	local name=$1 want=$2 text=$3
	shift 3
	post "$@"
	is "$name: $want" "$code" "$want"
	has "$name: says so" "$body" "$text"
}
bad "no @" 400 "Please check the address" "$base/subscribe" -d email=ann -d 'name=Ann "A" <b>' -d "topic=$first"
has "the form comes again, with the words kept" "$body" 'value="ann"'
hasnt "escaped" "$body" '<b>'
is "and the choice kept" "$(grep 'name="topic".* checked' <<<"$body" | grep -o 'value="[^"]*"')" "value=\"$first\""
bad "header injection" 400 "Please check the address" "$base/subscribe" --data-urlencode $'email=a@b.org\r\nBcc: c@d.org' -d "topic=$first"
bad "a slot's mark" 400 "Please check the address" "$base/subscribe" -d 'email=%01<script>alert(1)</script>%02' -d "topic=$first"
hasnt "it is not written into the page" "$body" '<script'
bad "no address" 400 "Please check the address" "$base/subscribe" -d "topic=$first"
bad "a link as a name" 400 "Please check the name" "$base/subscribe" -d email=e@example.org --data-urlencode 'name=win at https://spam.example' -d "topic=$first"
bad "a name of two lines" 400 "Please check the name" "$base/subscribe" -d email=e@example.org -d 'name=a%0ab' -d "topic=$first"
bad "an unknown topic" 400 "There are: $all." "$base/subscribe" -d email=e@example.org -d topic=nonsense
bad "no topic" 400 "choose at least one topic" "$base/subscribe" -d email=e@example.org
[ "${form_token: -1}" = A ] && other=B || other=A
bad "a forged form_token" 400 "out of date" "$base/subscribe" -d email=e@example.org -d "topic=$first" -d "form_token=${form_token%?}$other"
bad "broken UTF-8" 400 "UTF-8" "$base/subscribe" -d 'email=e@example.org&name=%C3%28' -d "topic=$first"
bad "a NUL" 400 "NUL" "$base/subscribe" -d 'email=e@example.org&name=a%00b' -d "topic=$first"
bad "half a percent sign" 400 "percent" "$base/subscribe" -d 'email=e%'
bad "broken multipart" 400 "boundary" "$base/subscribe" -H 'Content-Type: multipart/form-data; boundary=x' -d 'email=e@example.org'
bad "a file" 400 "file" "$base/subscribe" -F email=e@example.org -F "x=@$site/newsletter.conf"
bad "another type" 415 "application/json" "$base/subscribe" -H 'Content-Type: text/xml' -d '<a/>'
bad "broken JSON" 400 '"status":400' "$base/subscribe" -H 'Content-Type: application/json' -d '{"email":'
has "as a problem document" "$head" 'Content-Type: application/problem+json'
bad "JSON with a wrong address" 400 '"field":"email"' "$base/subscribe" -H 'Content-Type: application/json' -d '{"email":"x","topics":[]}'
bad "JSON with no topic chosen" 400 '"field":"topic"' "$base/subscribe" -H 'Content-Type: application/json' -d '{"email":"e@example.org","topics":[]}'
bad "JSON with a number" 400 'must hold strings' "$base/subscribe" -H 'Content-Type: application/json' -d '{"email":5}'
bad "a confirm link of nobody" 404 "no longer works" "$base/confirm/$(cat /proc/sys/kernel/random/uuid)"
bad "a confirm link that is no token" 404 "no longer works" "$base/confirm/nonsense"
bad "an approval that is no token" 404 "no longer works" "$base/approve/nonsense"
bad "no address, for one's link" 400 "Please check the address" "$base/manage" -d 'x=y'
bad "a forged unsubscribe link" 404 "no longer works" "$base/u/AeZjz0hXU6cNC8fF72cWeTB8Ql9L9yYoWShEZJpUsxvN"
bad "a preferences link in the unsubscribe page" 404 "no longer works" "$base/u/$(link preferences 1 0 0 0)"
bad "an unsubscribe link in the preferences page" 404 "no longer works" "$base/preferences/$(link unsubscribe 1 0 0 0)"
bad "a page that there is not" 404 "no such page" "$base/subscribe/more"
sleep 0.3
is "the store is as it was" "$(dump)" "$before"
rows() { dump | grep -v "^INSERT INTO counter"; }
before=$(rows)
post "$base/subscribe" -d email=robot@example.org -d "topic=$first" -d website=http://spam.example
is "a filled trap gets the same answer" "$code $body" "200 $first_answer"
sleep 0.3
is "the store is as it was" "$(rows)" "$before"
is "but for a counter" "$(sql "SELECT value FROM counter WHERE name = 'signup_trapped'")" 1

echo "# limits, on both sides"
body_of() { printf 'email=a&x='; head -c $(($1 - 10)) /dev/zero | tr '\0' x; }
ask --data-binary @- "$base/subscribe" < <(body_of 65536)
is "a body of 64 KB is read" "$code" 400
ask --data-binary @- "$base/subscribe" < <(body_of 65537)
is "a byte more is 413" "$code" 413
has "with a page" "$body" "64 KB"
ask --data-binary @- "$base/subscribe" < <(body_of 3000000)
is "3 MB are 413" "$code" 413
ask -H 'Transfer-Encoding: chunked' --data-binary @- "$base/subscribe" < <(body_of 100000)
is "without a length too" "$code" 413
path="/?x=$(head -c 2044 /dev/zero | tr '\0' x)"
ask "$base$path"
is "a URL of 2048 bytes is read" "$code" 200
ask "$base${path}x"
is "a byte more is 414" "$code" 414
ask "$base/?x=$(head -c 60000 /dev/zero | tr '\0' x)"
is "60 KB are 414" "$code" 414
ask -H "X-Long: $(head -c 60000 /dev/zero | tr '\0' x)" "$base/"
is "60 KB of headers are 431" "$code" 431
ask -H "X-Long: $(head -c 8000 /dev/zero | tr '\0' x)" "$base/"
is "8 KB are read" "$code" 200
has "a request without Host is refused" "$(raw 'GET / HTTP/1.1\r\n\r\n')" "HTTP/1.1 400"
has "the absolute form is understood" "$(raw 'GET http://elsewhere.example/robots.txt HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n')" "User-agent: *"
ask -H 'Host: evil.example' "$base/"
hasnt "the Host header is never repeated" "$head$body" evil.example

echo "# methods"
methods() { # NAME URL CODE-OF-DELETE ALLOW
	ask -X DELETE "$2"
	is "DELETE $1 is 405" "$code" 405
	is "it says what is allowed" "$(grep -i '^allow:' <<<"$head")" "Allow: $3"
	ask -X OPTIONS "$2"
	is "OPTIONS $1 is 204" "$code $(grep -i '^allow:' <<<"$head")" "204 Allow: $3"
}
methods / "$base/" "GET, HEAD, OPTIONS"
methods /subscribe "$base/subscribe" "POST, OPTIONS"
methods /u/LINK "$base/u/x" "GET, HEAD, POST, OPTIONS"
ask "$base/subscribe"
is "GET /subscribe is 405" "$code" 405
ask -I "$base/"
is "HEAD is GET" "$code" 200
is "without a body" "$(curl -sI -o /dev/null -w '%{size_download}' "$base/")" 0
has "with its length" "$head" "Content-Length: "

echo "# headers"
id=$(subscriber eve 1 1)
eve=$(link unsubscribe "$id" 1 0 0) settings=$(link preferences "$id" 0 0 $((now + 86400 * 30)))
secret=$(token "$id" 1 $((now + 1000)) NULL)
for page in / /confirm/$secret /u/$eve /preferences/$settings /nowhere /style.css; do
	ask "$base$page"
	name=${page%/*}/
	has "$name: CSP" "$head" "Content-Security-Policy: default-src 'none'; style-src 'self'; img-src https: 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	has "$name: no referrer" "$head" "Referrer-Policy: no-referrer"
	has "$name: no sniffing" "$head" "X-Content-Type-Options: nosniff"
	is "$name: no cookie, no server, no redirect" "$(grep -icE '^(set-cookie|server|location):' <<<"$head")" 0
	[ "$page" = /style.css ] || has "$name: not stored" "$head" "Cache-Control: no-store"
done
ask "$base/?lang=es"
has "a choice of language lives on in the links: to the settings" "$body" 'href="/manage?lang=es"'
has "and to the archive" "$body" 'href="/archive?lang=es"'
ask "$base/robots.txt"
for word in confirm u preferences my-data view approve draft; do
	has "robots keep out of /$word/" "$body" "Disallow: /$word/"
done

echo "# no GET, HEAD or OPTIONS changes a row"
before=$(dump)
for page in / "/?topic=$first" /subscribe /confirm/$secret /u/$eve /preferences/$settings "/u/$eve?List-Unsubscribe=One-Click" \
	"/preferences/$settings?everything=yes" /style.css /robots.txt /favicon.ico /nowhere; do
	for method in GET HEAD OPTIONS; do
		if [ $method = HEAD ]; then ask -I "$base$page"; else ask -X $method "$base$page"; fi
		# curl waits for the body of what it does not know to be a HEAD, until the end
		ask -X $method -H 'Connection: close' --max-time 5 -d 'List-Unsubscribe=One-Click&everything=yes' "$base$page"
	done
done
is "the store is as it was" "$(dump)" "$before"

echo "# confirming"
ask "$base/confirm/$secret"
is "the link shows a button" "$code $(grep -c '<button' <<<"$body")" "200 1"
dora=$(subscriber dora 0 0)
t=$(token "$dora" "1 2" $((now + 1000)) NULL)
post "$base/confirm/$t"
is "the button confirms" "$code $(states "$dora")" "200 1 1"
has "and shows the way to the settings" "$body" "/preferences/"
is "with evidence" "$(sql "SELECT action, source, ip FROM consent WHERE subscriber_id = $dora AND topic_id = 1")" "confirmed|web|127.0.0.1"
before=$(dump)
post "$base/confirm/$t"
is "once more is no error" "$code" 200
has "but says that it was done" "$body" "Already confirmed"
post "$base/confirm/${t^^}"
is "in capitals too" "$code" 200
ask "$base/confirm/$t"
has "and so does the page" "$body" "Already confirmed"
old=$(token "$dora" 1 $((now - 10)) NULL)
before=$(dump)
for method in GET POST; do
	ask -X $method "$base/confirm/$old"
	is "$method of an expired link is 410" "$code" 410
	has "$method says that it is too old" "$body" "7 days"
done
post "$base/confirm/$old" -H 'Accept: application/json'
has "as JSON too" "$body" '"status":410'
is "the store is as it was" "$(dump)" "$before"
for _ in 1 2 3 4 5 6 7 8; do token "$dora" 1 $((now + 1000)) NULL; done >"$tmp/tokens"
<"$tmp/tokens" xargs -P 8 -I{} sh -c "curl -s --max-time 60 -o /dev/null -w '%{http_code}\n' -X POST $base/confirm/{}; curl -s -o /dev/null -w '%{http_code}\n' -X POST $base/confirm/{}" >"$tmp/codes"
is "sixteen at once are all answered" "$(sort "$tmp/codes" | uniq -c | xargs)" "16 200"
is "and each token is used" "$(sql "SELECT count(*) FROM token WHERE subscriber_id = $dora AND used_at IS NULL AND expires_at > $now")" 0

echo "# leaving: RFC 8058, byte for byte"
id=$(subscriber fay 1 1) && l=$(link unsubscribe "$id" 1 7 0)
answer=$(raw "POST /u/$l HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList-Unsubscribe=One-Click")
has "section 8.1: 200" "$answer" "HTTP/1.1 200 OK"
is "and left that topic alone" "$(states "$id")" "2 1"
is "with the event and its campaign" "$(sql "SELECT kind, class, topic_id, campaign_id FROM event WHERE subscriber_id = $id")" "unsubscribe|one-click|1|7"
is "no redirect, no cookie" "$(grep -icE '^(set-cookie|location):' <<<"$answer")" 0
before=$(dump)
again=$(raw "POST /u/$l HTTP/1.1\r\nHost: example.com\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 26\r\n\r\nList-Unsubscribe=One-Click")
is "the second time the answer is the same" "$(grep -v '^Date:' <<<"$again")" "$(grep -v '^Date:' <<<"$answer")"
is "and nothing changes" "$(dump)" "$before"
id=$(subscriber gil 1 1) && l=$(link unsubscribe "$id" 2 0 0)
multipart='---FormBoundaryjWmhtjORrn\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n---FormBoundaryjWmhtjORrn--'
answer=$(raw "POST /u/$l HTTP/1.1\r\nHost: example.com\r\nContent-Type: multipart/form-data; boundary=---FormBoundaryjWmhtjORrn\r\nContent-Length: 124\r\n\r\n$multipart")
has "section 8.3, which lacks two hyphens: 200" "$answer" "HTTP/1.1 200 OK"
is "and left" "$(states "$id") $(sql "SELECT class FROM event WHERE subscriber_id = $id")" "1 2 one-click"
leave() { # NAME WANT-CLASS CURL-OPTIONS…
	local name=$1 class=$2 id l
	shift 2
	id=$(subscriber "p$tests_run" 1 1) && l=$(link unsubscribe "$id" 0 0 0)
	post "$base/u/$l" "$@"
	is "$name" "$code $(states "$id") $(sql "SELECT class FROM event WHERE subscriber_id = $id")" "200 2 2 $class"
}
leave "well-formed multipart" one-click -F List-Unsubscribe=One-Click
leave "our own button" page -H 'Content-Type: application/x-www-form-urlencoded' -d ''
leave "no body, no type" page
leave "a body that cannot be parsed" page -H 'Content-Type: application/json' --data-binary $'{"\xff\x01'
leave "an unknown type" one-click -H 'Content-Type: text/plain' -d 'List-Unsubscribe=One-Click'
head -c 200000 /dev/zero >"$tmp/large"
leave "a body that is too large" page --data-binary "@$tmp/large"
leave "chunked" one-click -H 'Transfer-Encoding: chunked' -d 'List-Unsubscribe=One-Click'
leave "answered as JSON" page -H 'Accept: application/json'
id=$(subscriber hal 1 1) && l=$(link unsubscribe "$id" 1 0 0)
post "$base/u/$l"
# but for the moment in its button (leave.t)
# shellcheck disable=SC2001 # a pattern that ends is sed's to say
without_undo() { sed 's/name="undo" value="[^"]*"//' <<<"$body"; }
known=$code$(without_undo)
sql "PRAGMA foreign_keys = ON; DELETE FROM subscriber WHERE id = $id"
wait_for 10 forgotten
before=$(dump)
post "$base/u/$l"
is "after erasure the answer is the same" "$code$(without_undo)" "$known"
is "and touches nobody" "$(dump)" "$before"

echo "# preferences"
id=$(subscriber ida 1 2) && l=$(link preferences "$id" 0 0 $((now + 86400)))
ask "$base/preferences/$l"
is "the form shows what is on" "$code $(grep 'name="topic".* checked' <<<"$body" | grep -o 'value="[^"]*"')" "200 value=\"$first\""
has "and the name" "$body" 'value="ida"'
post "$base/preferences/$l" -d "topic=$second" --data-urlencode 'name= Ida Øhara '
is "topics are changed at once" "$code $(states "$id")" "200 2 1"
has "it says that it is saved" "$body" "saved"
is "and so is the name" "$(sql "SELECT name FROM subscriber WHERE id = $id")" "Ida Øhara"
is "with evidence of both" "$(sql "SELECT group_concat(action || ' ' || source, ', ') FROM (SELECT * FROM consent WHERE subscriber_id = $id ORDER BY topic_id)")" \
	"left preferences, confirmed preferences"
before=$(dump)
post "$base/preferences/$l" -d "topic=$second" --data-urlencode 'name=Ida Øhara'
is "saving the same changes nothing" "$(dump)" "$before"
ask -H 'Accept: application/json' "$base/preferences/$l"
is "as JSON" "$(python3 -c 'import json, sys
d = json.load(sys.stdin)
print(d["name"], d["language"], [t["slug"] for t in d["topics"] if t["checked"]])' <<<"$body")" "Ida Øhara en ['$second']"
post "$base/preferences/$l" -d "topic=nonsense"
is "an unknown topic is 400" "$code" 400
post "$base/preferences/$l" -d "topic=$first" -d name=http://x.example
is "a link as a name is 400" "$code" 400
post "$base/preferences/$l" -H 'Content-Type: text/plain' -d x
is "another type is 415" "$code" 415
is "and nothing changes" "$(dump)" "$before"
post "$base/preferences/$l" -d "topic=$first" -d "topic=$second" -d name=Ida -d everything=yes
is "everything is left with the second button" "$code $(states "$id")" "200 2 2"
pia=$(subscriber pia 0 1) && l=$(link preferences "$pia" 0 0 $((now + 86400)))
post "$base/preferences/$l" -d "topic=$second" -d name=pia
is "what waits for its confirmation goes on waiting" "$(states "$pia")" "0 1"
old=$(link preferences "$id" 0 0 $((now - 86400 * 3)))
before=$(dump)
for method in GET POST; do
	ask -X $method "$base/preferences/$old" -d name=x
	is "$method of an expired link is 410" "$code" 410
	has "$method says where to get a fresh one" "$body" "30 days"
done
is "and nothing changes" "$(dump)" "$before"
l=$(link preferences 999999 0 0 $((now + 86400)))
post "$base/preferences/$l" -d "topic=$first"
is "a link of somebody erased is 410" "$code" 410

echo "# a store that is busy, a visitor who is slow, the end"
hold() { hold_store "$site/store/newsletter.db"; }
# signs_up NAME: in the background; answered waits for all who do, and sets $got: "NAME CODE", by name.
asking=()
signs_up() {
	curl -s -o /dev/null -w "$1 %{http_code}\n" --max-time 60 -d "email=$1@example.org" -d "topic=$first" "$base/subscribe" >>"$tmp/signed" &
	asking+=($!)
}
answered() {
	wait "${asking[@]}"
	asking=()
	got=$(sort "$tmp/signed" | xargs)
	rm -f "$tmp/signed"
}
# A signup waits for five seconds: what took longer because this machine stood still says nothing, and is tried again.
for _ in {1..8}; do
	hold
	ask "$base/"
	page=$code
	signs_up patience
	sleep 1
	let_go
	answered
	[ "$held_ms" -ge 4500 ] || [ "$got" = 'patience 503' ] || break
done
is "pages are served while the store is locked" "$page" 200
is "a signup waits for it" "$got" 'patience 200'
is "and is recorded" "$(asked patience@example.org)" 1
wait_for 10 settled
hold
post "$base/subscribe" -d email=toolate@example.org -d "topic=$first"
is "after 5 s it is given up" "$code" 503
has "saying that nothing was recorded" "$body" "Nothing was recorded"
has "and when to come back" "$head" "Retry-After"
let_go
is "it is not recorded" "$(asked toolate@example.org)" 0

sql "CREATE TRIGGER poison BEFORE INSERT ON signup_request WHEN NEW.address = 'poison@example.org' BEGIN SELECT RAISE(ABORT, 'no'); END"
for _ in {1..8}; do
	hold
	for who in kim poison lea max; do
		signs_up $who
		sleep 0.1
	done
	sleep 0.5
	let_go
	answered
	[ "$held_ms" -ge 4500 ] || break
done
is "one that cannot be written takes nobody along" "$got" "kim 200 lea 200 max 200 poison 503"
is "and the others are recorded" "$(for who in kim poison lea max; do asked $who@example.org; done | xargs)" "1 0 1 1"
sql 'DROP TRIGGER poison'

echo "# tables that cannot be read"
id=$(subscriber nils 1 1)
settings=$(link preferences "$id" 0 0 $((now + 86400))) left=$(link unsubscribe "$id" 1 0 0)
post "$base/u/$left"
fresh=$(token "$id" 2 $((now + 1000)) NULL) pressed=$(token "$id" 2 $((now + 1000)) NULL)
away() { sql "PRAGMA legacy_alter_table = ON; ALTER TABLE $1 RENAME TO $1_away"; }
back() { sql "PRAGMA legacy_alter_table = ON; ALTER TABLE $1_away RENAME TO $1"; }
away topic
sleep 0.15
for page in / "/confirm/$fresh" "/preferences/$settings" "/u/$left"; do
	ask "$base$page"
	is "${page%/*}/ without the topics is 503" "$code" 503
	has "${page%/*}/: says so" "$body" "Please try again"
done
post "$base/u/$left"
is "nor is somebody told a second time that they have left" "$code" 503
# what is asked for is done, and only the page that says so is not there
post "$base/confirm/$pressed"
is "nor that a topic that they had is confirmed" "$code $(sql "SELECT count(*) FROM token WHERE subscriber_id = $id AND used_at IS NOT NULL")" '503 1'
back topic
sleep 0.15
ask "$base/confirm/$fresh"
is "with them all is as before" "$code" 200

echo "# topics that come and go"
sql "CREATE TABLE kept AS SELECT * FROM topic; DELETE FROM topic"
sleep 0.15
ask "$base/"
is "no topic: 503" "$code" 503
sql "INSERT INTO topic SELECT * FROM kept WHERE id = 1"
sleep 0.15
ask "$base/"
is "the only one is checked: there is nothing to choose" "$(grep 'name="topic"' <<<"$body" | grep -c checked)" 1
sql "UPDATE topic SET title = 'Changed'"
sleep 0.15
ask "$base/?topic=$first"
has "a new title shows at once" "$body" 'Changed'
sql "DELETE FROM topic; INSERT INTO topic SELECT * FROM kept; DROP TABLE kept"
sleep 0.15
ask "$base/"
is "both are there again" "$code $(grep -c 'name="topic"' <<<"$body")" '200 2'

echo "# a template with an error"
for name in signup.html style.css manage.html; do
	echo '{{#topics}}' >"$site/templates/web/$name.mustache"
done
sleep 1.2 # what was rendered before is kept for a second
for page in / /style.css /manage; do
	ask "$base$page"
	is "$page is 500" "$code" 500
	has "$page says why, to visitors" "$body" "its template has an error"
done
like "and to whoever looks after it" "$(grep event=template "$site/log")" 'signup.html.mustache.*style.css.mustache.*manage.html.mustache'
rm "$site"/templates/web/*.mustache
ask "$base/"
is "repaired, it is there" "$code" 200

# Others are served before the slow one is dropped; one that was dropped before they had asked, by a machine that stood still, says nothing.
for _ in {1..8}; do
	exec 4<>"/dev/tcp/127.0.0.1/$port"
	printf 'POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nemail=' >&4
	begun=$SECONDS
	ask "$base/"
	served=$code dropped=0
	connected "$port" || dropped=1
	timeout 60 cat <&4 >/dev/null
	took=$((SECONDS - begun))
	exec 4>&-
	[ $dropped = 1 ] || break
done
is "others are served beside a slow client, who is still there" "$served $dropped" "200 0"
at_most "a slow client is dropped: seconds" "$took" 30

# asks NAME: on descriptor 5, all of it is sent when this returns
asks() {
	local form="email=$1@example.org&topic=$first"
	exec 5<>"/dev/tcp/127.0.0.1/$port"
	printf 'POST /subscribe HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' ${#form} "$form" >&5
}
answer() {
	timeout 60 head -n 1 <&5 | tr -d '\r'
	exec 5>&-
}
# again, if this machine stood still for longer than there is
for _ in {1..8}; do
	hold
	asks last
	wait_for 10 all_read "$port"
	kill -TERM "$daemon"
	sleep 0.5
	let_go
	got=$(answer)
	wait "$daemon"
	status=$?
	[ "$held_ms" -ge 4500 ] || break
	start_daemon
done
is "who asked before the end is answered" "$got" 'HTTP/1.1 200 OK'
is "newsletterd ends well" "$status" 0
is "and is recorded" "$(asked last@example.org)" 1

start_daemon
for _ in {1..8}; do
	http=$(role_pid http) begun=$SECONDS
	kill -STOP "$http"
	asks unread
	kill -TERM "$daemon"
	wait_for 10 log_ends_with 'event=stopping'
	kill -CONT "$http"
	got=$(answer)
	wait "$daemon"
	[ $((SECONDS - begun)) -ge 9 ] || break
	start_daemon
done
is "so is who had asked when the role had not looked yet" "$got $(asked unread@example.org)" 'HTTP/1.1 200 OK 1'

echo "# behind a reverse proxy"
ip_of() { sql "SELECT ip FROM signup_request WHERE address = '$1' UNION SELECT c.ip FROM consent c JOIN subscriber s ON s.id = c.subscriber_id
	WHERE s.address = '$1' AND c.action = 'requested' LIMIT 1"; }
# crowd: of seventy connections of one address, how many are answered
crowd() {
	python3 - "$port" <<-'END'
		import socket, sys
		all, answered = [], 0
		for _ in range(70):
		    s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), 10)
		    s.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
		    try:
		        answered += s.recv(12) == b"HTTP/1.1 200"
		    except OSError:
		        pass
		    all.append(s)
		print(answered)
	END
}
# a crowd that has two seconds to gather may have lost its first when the last comes
sed -i 's/^timeout = 2$/timeout = 60/' "$site/newsletter.conf"
# where visitors come by themselves; without IPv6 on this machine that is tried twice
for address in '*' '[::]'; do
	python3 -c 'import socket; socket.socket(socket.AF_INET6).bind(("::", 0))' 2>/dev/null || address='*'
	sed -i "s/^listen = .*/listen = $address:$port/" "$site/newsletter.conf"
	start_daemon
	who=direct${#address}@example.org
	post "$base/subscribe" -H 'X-Forwarded-For: 203.0.113.9' -d "email=$who" -d "topic=$first"
	is "$address: X-Forwarded-For of anybody is not believed" "$(ip_of "$who")" 127.0.0.1
	answered=$(crowd)
	at_most "$address: one address has 64 connections" "$answered" 64
	at_least "and not many fewer" "$answered" 60
	stop_daemon
done
sed -i "s/^listen = .*/listen = 127.0.0.1:$port/" "$site/newsletter.conf"
sed -i -e '/^\[http\]/a trusted_proxies = 127.0.0.1 10.0.0.1' -e "s|^url = .*|url = $base/news|" "$site/newsletter.conf"
start_daemon
post "$base/subscribe" -H 'X-Forwarded-For: 6.6.6.6, 203.0.113.9, 10.0.0.1' -d email=proxied@example.org -d "topic=$first"
is "that of the configured proxies is, up to the first that is none" "$(ip_of proxied@example.org)" 203.0.113.9
post "$base/subscribe" -H 'X-Forwarded-For: 2001:db8::7' -d email=six@example.org -d "topic=$first"
is "IPv6 too" "$(ip_of six@example.org)" 2001:db8::7
post "$base/subscribe" -H 'X-Forwarded-For: 203.0.113.9, <script>' -d email=junk@example.org -d "topic=$first"
is "junk in it is left aside" "$(ip_of junk@example.org)" 127.0.0.1
ask "$base/news/"
has "below the path of the site's URL the form posts there" "$body" 'action="/news/subscribe"'
ask "$base/news"
is "without the slash too" "$code" 200
ask "$base/"
is "a proxy may strip that path" "$code" 200
is "and where one stands before, nobody counts its connections" "$(crowd)" 70
ask "$base/newsletter/"
is "a path that only begins alike is another" "$code" 404
stop_daemon

is "no line of the log holds an address, an IP or a link" "$(grep -cE "@example|203\.0\.113|/u/|$eve|$secret" "$site/log")" 0
done_testing
