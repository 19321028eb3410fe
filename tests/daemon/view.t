#!/bin/bash
# view.t - a reader's own link to a mailing: in their language, whatever the archive shows, for 30 days, and nothing of theirs on the page.
. "$(dirname "$0")/lib.sh"

ask() {
	: >"$tmp/body"
	code=$(curl -s --max-time 30 -o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
link() { "$B/tests/make_link" "$site/keys" "$@"; }
# the link in somebody's newest mail
view_of() { outbox_body "$(mail_in_outbox campaign "$1")" | grep -o "$base/view/[A-Za-z0-9_-]*" | head -n 1; }

make_site --home https://www.quietharbour.example
printf 'email,name,language\nann@example.org,Secretname,en\nana@example.org,Otraname,es\n' >"$tmp/list.csv"
newsletter subscriber import "$tmp/list.csv" --consent paper --topic articles >/dev/null || bail "import failed"
article 'Sleeping better'
start_daemon

echo "# a mailing that stands in no archive"
newsletter send --yes --hidden >/dev/null
wait_for 20 campaign_is 1 "done" || bail "it is not sent"
ann=$(view_of ann) ana=$(view_of ana)
like "the mail names its page" "$ann" '/view/[A-Za-z0-9_-]{44}$'
has "at its head" "$(outbox_body "$(mail_in_outbox campaign ann)" | grep -m 1 -A 1 'Read in the browser')" "$ann"
has "in the other language too" "$(outbox_body "$(mail_in_outbox campaign ana)")" "$ana"
ask "$ann"
is "the page is there" "$code" 200
has "with the mail" "$body" "Some words about it."
has "in its language" "$body" '<html lang="en">'
hasnt "but not the name" "$body" "Secretname"
has "for which stands what stands for nobody's" "$body" "Hello there"
for secret in "${ann##*/}" /u/ /preferences/; do
	hasnt "nor a link of theirs: ${secret:0:14}" "$body" "$secret"
done
hasnt "nor an address" "$body" "@example.org"
has "not to be found" "$body" '<meta name="robots" content="noindex">'
hasnt "with no address in the archive" "$body" canonical
has "not to be kept" "$head" "Cache-Control: no-store"
has "with no referrer" "$head" "Referrer-Policy: no-referrer"
has "under the archive's policy" "$head" "frame-ancestors 'none'; base-uri 'none'; style-src 'sha256-"
ask -H 'Accept-Language: en' "$ana"
has "another reader's is in their language, whatever the browser asks for" "$body" '<html lang="es">'
ask "$base/archive"
hasnt "it is hidden" "$body" "Sleeping better"
before=$(dump)
for method in GET HEAD OPTIONS POST; do
	if [ $method = HEAD ]; then ask -I "$ann"; else ask -X $method "$ann"; fi
done
is "a POST is none of it" "$code" 405
is "not a row has changed" "$(diff <(echo "$before") <(dump))" ""

echo "# links that show nothing"
id=$(sql "SELECT id FROM subscriber WHERE address = 'ann@example.org'")
ask "$base/view/$(link view "$id" 0 1 $(($(date +%s) - 86400 * 2)))"
is "one that is too old" "$code" 410
has "offers the way on" "$body" 'href="/manage'
ask "$base/view/$(link view 0 0 0 $(($(date +%s) + 86400)))"
is "nobody's, as in test copies" "$code" 410
ask "$base/view/$(link view "$id" 0 99 $(($(date +%s) + 86400)))"
is "of a mailing that there is not" "$code" 410
ask "$base/view/$(link preferences "$id" 0 1 $(($(date +%s) + 86400)))"
is "another kind of link" "$code" 404
ask "$base/view/${ann##*/}x"
is "one that is not whole" "$code" 404
ask "$base/preferences/${ann##*/}"
is "and it opens no settings" "$code" 404
sql "DELETE FROM subscription WHERE subscriber_id = $id; DELETE FROM subscriber WHERE id = $id"
ask "$ann"
is "who was erased has nothing to see" "$code" 410

echo "# a public mailing names its page in the archive; without an archive it is the reader's own again"
article 'Breathing out'
newsletter send --yes >/dev/null
wait_for 20 campaign_is 2 "done" || bail "the second is not sent"
mail=$(outbox_body "$(find "$site/outbox" -name 'campaign-2-*.eml')")
has "public: the mail names the archive's page" "$mail" "$base/archive/breathing-out-"
hasnt "and no other" "$mail" "/view/"
stop_daemon
conf_add site archive=no
article 'Walking slowly'
start_daemon
newsletter send --yes >/dev/null
wait_for 20 campaign_is 3 "done" || bail "the third is not sent"
url=$base/view/$(link view "$(sql "SELECT id FROM subscriber WHERE address = 'ana@example.org'")" 0 3 $(($(date +%s) + 86400)))
ask "$url"
is "with no archive the page is there" "$code" 200
has "and is the mailing's" "$body" "Walking slowly"
hasnt "with no way to an archive" "$body" 'href="/archive'
is "no process came to harm" "$(grep -c 'event=role_died\|event=template\|event=clerk ' "$site/log")" 0
done_testing
