#!/bin/bash
# embed.t - the newsletter on other people's pages: CORS for the origins that are listed and for nobody else, the script, problem details.
. "$(dirname "$0")/lib.sh"

ask() {
	code=$(curl -s --max-time 60 -o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
header() { sed -n "s/^$1: //Ip" <<<"$head"; }
json() { python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(eval(sys.argv[2]))' "$tmp/body" "$1"; }
asked() { sql "SELECT count(*) FROM (SELECT address FROM signup_request UNION SELECT address FROM subscriber) WHERE address = '$1'"; }
practice=https://www.quietharbour.example

make_site
conf_add http "origins = $practice http://localhost:8080"
start_daemon
link=$("$B/tests/make_link" "$site/keys" unsubscribe 1 1 0 0)
settings=$("$B/tests/make_link" "$site/keys" preferences 1 0 0 0)

echo "# preflights"
before=$(dump)
preflight() { ask -X OPTIONS -H "Origin: $1" -H 'Access-Control-Request-Method: POST' -H 'Access-Control-Request-Headers: content-type' "$base$2"; }
preflight "$practice" /subscribe
is "an origin that is listed may post" "$code" 204
is "it is named" "$(header Access-Control-Allow-Origin)" "$practice"
is "with POST" "$(header Access-Control-Allow-Methods)" POST
is "and a content type" "$(header Access-Control-Allow-Headers)" content-type
at_least "for a while" "$(header Access-Control-Max-Age)" 600
is "caches tell origins apart" "$(header Vary)" Origin
is "no credentials" "$(header Access-Control-Allow-Credentials)" ""
preflight http://localhost:8080 /subscribe
is "the other one too" "$(header Access-Control-Allow-Origin)" http://localhost:8080
for origin in null "$practice.evil.example" "${practice%e}" "${practice/https/http}" "$practice:443" "$practice/" "${practice^^}" "$practice http://localhost:8080" \
	http://localhost '*' ""; do
	preflight "$origin" /subscribe
	is "not \"$origin\"" "$code $(grep -ci '^Access-Control' <<<"$head")" "204 0"
	is "caches hear that too" "$(header Vary)" Origin
done
ask -X OPTIONS "$base/subscribe"
is "OPTIONS that is no preflight says what there is" "$(header Allow)" "POST, OPTIONS"
preflight "$practice" /
is "the form may be got" "$(header Access-Control-Allow-Methods)" GET

echo "# no other page says anything of the kind"
for path in "/u/$link" "/preferences/$settings" /confirm/00000000-0000-4000-8000-000000000000 /style.css /robots.txt /favicon.ico /problems/busy /nonsense '/*'; do
	for method in OPTIONS GET HEAD; do
		options=(-X "$method")
		[ "$method" != HEAD ] || options=(-I)
		ask "${options[@]}" -H "Origin: $practice" -H 'Access-Control-Request-Method: POST' "$base$path"
		is "$method ${path%%/[!/]*-*}" "$(grep -ci '^Access-Control' <<<"$head")" 0
	done
done
is "nothing was changed so far" "$(dump)" "$before"

echo "# answers"
ask -H "Origin: $practice" -H 'Content-Type: application/json' -d '{"email":"ann@example.org"}' "$base/subscribe"
is "a signup" "$code $(json 'j["status"]')" "200 ok"
is "may be read there" "$(header Access-Control-Allow-Origin)" "$practice"
ask -H "Origin: $practice" -H 'Content-Type: application/json' -d '{"email":"ann"}' "$base/subscribe"
is "so may an error" "$code $(header Access-Control-Allow-Origin)" "400 $practice"
head -c 70000 /dev/zero >"$tmp/large"
ask -H "Origin: $practice" -H 'Content-Type: application/json' --data-binary "@$tmp/large" "$base/subscribe"
is "and one about the body" "$code $(header Access-Control-Allow-Origin)" "413 $practice"
ask -H "Origin: $practice" -H 'Content-Type: application/json' -H 'Content-Length: 9999999' -d x "$base/subscribe"
is "even before it is read" "$code $(header Access-Control-Allow-Origin)" "413 $practice"
ask -H "Origin: $practice" "$base/subscribe"
is "and one about the method" "$code $(header Access-Control-Allow-Origin)" "405 $practice"
ask -H "Origin: https://evil.example" -d email=ben@example.org -d topic=articles "$base/subscribe"
is "a form from elsewhere is taken" "$code $(asked ben@example.org)" "200 1"
is "without the header" "$(grep -ci '^Access-Control' <<<"$head")" 0
ask -H "Origin: null" -d email=cyd@example.org -d topic=articles "$base/subscribe"
is "one from nowhere too" "$code $(asked cyd@example.org)" "200 1"
is "without the header as well" "$(grep -ci '^Access-Control' <<<"$head")" 0

echo "# the script"
ask "$base/embed.js"
is "it is there" "$code" 200
is "as a script" "$(header Content-Type)" "text/javascript; charset=utf-8"
at_most "of so many bytes" "$(wc -c <"$tmp/body")" 1024
is "for every page" "$(header Cross-Origin-Resource-Policy)" cross-origin
like "to be kept for a while" "$(header Cache-Control)" '^public, max-age=[0-9]+$'
ask "$base/style.css"
is "the style sheet is for ours alone" "$(header Cross-Origin-Resource-Policy)" same-origin
ask "$base/"
is "so is a page" "$(header Cross-Origin-Resource-Policy)" same-origin
mkdir -p "$site/templates/web"
echo '{{#broken' >"$site/templates/web/embed.js.mustache"
ask "$base/embed.js"
is "a broken one of the site's own is said" "$code" 503
rm "$site/templates/web/embed.js.mustache"

echo "# problem details"
post() { ask -H 'Content-Type: application/json' -d "$@" "$base/subscribe"; }
problem() { # NAME TYPE FIELD
	is "$1: its type" "$(header Content-Type) $(json 'j["type"]')" "application/problem+json $base/problems/$2"
	is "$1: its field" "$(json 'j.get("field")')" "$3"
	is "$1: its status" "$(json 'j["status"]')" "$code"
	ask "$(json 'j["type"]')"
	is "$1: the type explains itself" "$code $(head -n 1 <<<"$body")" "200 $2"
}
post '{"email":"ann"}'
problem "no address" invalid-address email
post '{"email":"ann@example.org","name":"see https://spam.example"}'
problem "no name" invalid-name name
post '{"email":"ann@example.org","topics":[]}'
problem "no topic" invalid-topic topic
post '{"email":"ann@example.org","form_token":"AAAA"}'
problem "an old form" form-out-of-date None
post '{"email"'
problem "half an object" form None
ask -H 'Accept: application/json' "$base/u/$settings"
problem "a wrong link" link-expired None
ask -H 'Accept: application/problem+json' "$base/?topic=%"
problem "a broken query" query None
for case in "404 /nonsense" "405 /subscribe" "414 /$(head -c 3000 /dev/zero | tr '\0' x)"; do
	ask -H 'Accept: text/html;q=0.5, application/json' "$base${case#* }"
	is "${case%% *} has no type but its status" "$code $(json 'j["type"], j["status"]')" "${case%% *} ('about:blank', ${case%% *})"
done
ask -H 'Accept: application/json' -H 'Content-Type: text/plain' -d x "$base/subscribe"
is "415 too" "$code $(json 'j["type"]')" "415 about:blank"
ask -H 'Accept: application/json;q=0.5, text/html' "$base/nonsense"
has "who likes a page more gets one" "$(header Content-Type)" text/html
ask -H 'Accept: application/json' -H 'Accept-Language: es' "$base/nonsense"
is "in the visitor's language" "$(header Content-Language)" es
unlike "its words are" "$(json 'j["title"]')" "There is"
ask -H 'Accept-Language: en' "$base/"
is "a page says its language too" "$(header Content-Language)" en
ask "$base/problems/nonsense"
is "there are no other types" "$code" 404

echo "# a wrong origin in the configuration"
sed -i "s,^origins = .*,origins = https://www.example.org/," "$site/newsletter.conf"
like "is said with its line" "$(newsletter status 2>&1)" 'newsletter.conf:[0-9]+: origins: "https://www.example.org/" is no origin'
like "newsletterd says so too" "$(timeout 60 "$BIN/newsletterd" -C "$site" 2>&1)" 'origins: "https://www.example.org/"'
done_testing
