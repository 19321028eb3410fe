#!/bin/bash
# welcome.t - the mail that welcomes whoever has just confirmed: who gets it, in which language, with what in it, and its ways out.
. "$(dirname "$0")/lib.sh"

post() { curl -s --max-time 20 -o "$tmp/body" -w '%{http_code}' "$@"; }
# sign_up NAME LANGUAGE TOPIC…: by the form; waits for the confirmation, whose link goes into $confirm
sign_up() {
	local who=$1 language=$2 data=() topic
	shift 2
	for topic; do data+=(-d "topic=$topic"); done
	rm -f "$site"/outbox/confirm-*.eml
	post -d "email=$who@example.org" -d "name=${who^}" -d "language=$language" "${data[@]}" "$base/subscribe" >/dev/null
	wait_for 20 has_mail confirm "$who@example.org" || bail "no confirmation for $who came"
	confirm=$(outbox_body "$(mail_in_outbox confirm "$who@example.org")" | grep -o "$base/confirm/[^\"> ]*" | head -n 1)
}
press() { is "$1 confirms" "$(post -X POST "$confirm")" 200; }
welcome() { mail_in_outbox welcome "$1@example.org"; }
body() { outbox_body "$(welcome "$1")"; }
# part NAME SUBTYPE: the decoded text of a welcome mail
part() {
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(m["Subject"] if sys.argv[2] == "subject" else m.get_body((sys.argv[2],)).get_content())' "$(welcome "$1")" "$2"
}
header() { tr -d '\r' <"$(welcome "$1")" | sed '/^$/q' | sed -e ':a' -e 'N;s/\n[ \t]/ /;ta' -e 'P;D' | sed -n "s/^$2: //p"; }
waiting() { sql "SELECT count(*) FROM welcome"; }
none_waits() { [ "$(waiting)" = 0 ]; }
mails() {
	sql "SELECT count(*) FROM outbox WHERE kind = 'welcome' AND
		subscriber_id = (SELECT id FROM subscriber WHERE address = '$1@example.org')"
}
# turn_daemon KEY=VALUE…: begins again with these keys of [mail]
turn_daemon() {
	stop_daemon
	sed -i '/^welcome/d' "$site/newsletter.conf"
	conf_add mail "$@"
	start_daemon
}
# written TITLE DATE [TOPIC]: an article
written() {
	mkdir -p "$tmp/articles"
	printf -- '---\ntitle: %s\ndate: %s\nurl: https://www.quietharbour.example/%s\n%s---\nSome words about %s.\n' "$1" "$2" \
		"${1// /-}" "${3:+topic: $3$'\n'}" "$1" >"$tmp/articles/${1// /-}.md"
}

make_site
conf_add signup per_network=0 per_domain=0 total=0
conf_add mail unsubscribe=unsubscribe@quietharbour.example
conf_add site 'action_text = Schedule your session' action_url=https://www.quietharbour.example/appointments
written 'the oldest' 2026-01-01
written 'the third' 2026-02-01
written 'the second' 2026-03-01
written 'the newest' 2026-04-01
written 'the future' 2099-01-01
written 'an offer' 2026-05-01 promotions
newsletter article import "$tmp/articles" >/dev/null || bail "article import failed"
start_daemon

echo "# welcome = no, as it is unless somebody sets it"
sign_up ada en articles
press ada
is "nobody is noted" "$(waiting)" 0
turn_daemon welcome=yes
sleep 1.5
is "nor welcomed later" "$(mails ada)" 0

echo "# in English, of one topic"
sign_up ben en articles
is "no mail before the button was pressed" "$(mails ben)" 0
press ben
wait_for 20 has_mail welcome ben@example.org || bail "no welcome mail came: $(tail -n 3 "$site/log")"
is "the subject" "$(part ben subject)" "Welcome to Quiet Harbour"
text=$(part ben plain) html=$(part ben html)
has "says the name" "$text" "Ben"
has "the topic" "$text" "New articles"
hasnt "not the other" "$text" "Offers"
is "the three newest that are out, newest first" "$(grep -o '^the [a-z]*$' <<<"$text" | paste -sd,)" "the newest,the second,the third"
is "in the HTML too" "$(grep -o '>the [a-z]*<' <<<"$html" | paste -sd,)" ">the newest<,>the second<,>the third<"
hasnt "none of another topic" "$text$html" "an offer"
has "with its date" "$text" "1 April 2026"
has "and link" "$text" "https://www.quietharbour.example/the-newest"
has "the language of the document" "$html" '<html lang="en"'
has "who sends, and from where" "$text" "12 Mill Lane"
hasnt "no way to a page in the browser, where it is not" "$text$html" "/view/"
like "its way out is at the head" "$(head -n 4 <<<"$text")" $'\nUnsubscribe:'
hasnt "it answers what somebody did: nothing is sold in it" "$html$text" "Schedule your session"
has "the line after the subject" "$html" "You are on the list."
is "no image, form or script" "$(grep -ciE '<(img|form|script)' <<<"$html")" 0
is "Auto-Submitted" "$(header ben Auto-Submitted)" auto-generated
like "List-Id" "$(header ben List-Id)" '<articles\.quietharbour\.example>$'
is "List-Unsubscribe-Post" "$(header ben List-Unsubscribe-Post)" "List-Unsubscribe=One-Click"
like "List-Unsubscribe: one https form and one mailto" "$(header ben List-Unsubscribe)" \
	'^<http[^>]*/u/[^>]*>, ?<mailto:unsubscribe\+[^>]*@quietharbour\.example>$'
is "no line longer than 76" "$(tr -d '\r' <"$(welcome ben)" | sed '1,/^$/d' | awk 'length > 76' | wc -l)" 0
is "the list of welcomes is empty again" "$(waiting)" 0
preferences=$(grep -o "$base/preferences/[^ >]*" <<<"$text" | head -n 1)
has "the link to the settings opens them" "$(curl -s "$preferences")" 'value="Ben"'

echo "# its way out"
leave=$(header ben List-Unsubscribe | grep -o 'http[^>]*')
has "the same as in the text" "$text" "$leave"
curl -s -o /dev/null "$leave"
is "looking at it changes nothing" "$(sql "SELECT count(*) FROM subscription WHERE state = 2")" 0
is "one click" "$(post -d List-Unsubscribe=One-Click "$leave")" 200
is "leaves that topic" "$(sql "SELECT group_concat(topic_id || ' ' || state) FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id
	WHERE s.name = 'Ben'")" "1 2"

echo "# twice is once"
is "the link again" "$(post -X POST "$confirm")" 200
sql "UPDATE token SET created_at = created_at - 90000; UPDATE outbox SET created_at = created_at - 90000"
sign_up ben en articles promotions
press "ben, who is back,"
wait_for 20 none_waits || bail "the clerk does not decide"
is "has had his mail" "$(mails ben)" 1
sql "UPDATE token SET created_at = created_at - 2600000; UPDATE outbox SET created_at = created_at - 2600000"
post -d List-Unsubscribe=One-Click "$leave" >/dev/null
sign_up ben en articles
press "ben, a month later,"
wait_for 20 none_waits || bail "the clerk does not decide"
is "gets another" "$(mails ben)" 2

echo "# in Spanish, of both topics"
sign_up eva es articles promotions
press eva
wait_for 20 has_mail welcome eva@example.org || bail "no Spanish welcome mail came"
text=$(part eva plain)
is "the subject" "$(part eva subject)" "Le damos la bienvenida a Quiet Harbour"
has "the greeting" "$text" "Hola, Eva:"
has "a topic" "$text" "Artículos nuevos"
has "the other" "$text" "Ofertas y actividades"
has "the newest is of the second topic" "$text" "1 de mayo de 2026"
is "three in all" "$(grep -c 'https://www.quietharbour.example/' <<<"$text")" 3
has "the language of the document" "$(part eva html)" '<html lang="es"'
is "no line wider than a screen" "$(grep -v http <<<"$text" | awk 'length > 72' | wc -l)" 0
is "one click" "$(post -d List-Unsubscribe=One-Click "$(header eva List-Unsubscribe | grep -o 'http[^>]*')")" 200
is "leaves all that it is of" "$(sql "SELECT group_concat(state) FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id
	WHERE s.name = 'Eva'")" 2,2

echo "# a language that the site does not have"
sign_up fay en articles
sql "UPDATE subscriber SET language = 'fr' WHERE name = 'Fay'"
press fay
wait_for 20 has_mail welcome fay@example.org || bail "no welcome mail for French came"
has "the site's" "$(part fay html)" '<html lang="en"'

echo "# added by staff, or imported: no welcome"
newsletter subscriber add gil@example.org --consent 'asked at the desk' >/dev/null || bail "subscriber add failed"
subscribers 3
sleep 1.5
is "none waits, none was queued" "$(waiting) $(mails gil) $(mails person1)" "0 0 0"

echo "# gone before the clerk has looked, and before the sender has sent"
sign_up hal en articles
hal=$confirm
sign_up ida en articles
ida=$confirm
sign_up jon en articles
jon=$confirm
halt clerk
clerk=$halted
for confirm in "$hal" "$ida" "$jon"; do press somebody; done
is "they wait" "$(waiting)" 3
id() { sql "SELECT id FROM subscriber WHERE name = '$1'"; }
link() { "$B/tests/make_link" "$site/keys" "$@"; }
is "hal leaves" "$(post -d List-Unsubscribe=One-Click "$base/u/$(link unsubscribe "$(id Hal)" 1 0 0)")" 200
token=00000000-0000-4000-8000-000000000001
sql "INSERT INTO token (hash, purpose, subscriber_id, topics, created_at, expires_at) VALUES (
	x'$(printf %s "$token" | sha256sum | cut -c1-64)', 'my-data', $(id Ida), '', unixepoch(), unixepoch() + 3600)"
is "ida erases herself" "$(post -d action=erase -d confirm=yes "$base/my-data/$token")" 200
is "the row of who is erased goes at once" "$(waiting)" 2
halt sender
kill -CONT "$clerk"
wait_for 20 none_waits || bail "the clerk does not decide"
is "hal gets none" "$(mails hal)" 0
is "ida is nobody" "$(sql "SELECT count(*) FROM outbox WHERE kind = 'welcome' AND state = 'queued'")" 1
is "jon leaves while his is queued" "$(post -d List-Unsubscribe=One-Click "$base/u/$(link unsubscribe "$(id Jon)" 1 0 0)")" 200
is "it is taken back" "$(sql "SELECT state, message IS NULL, address IS NULL FROM outbox
	WHERE kind = 'welcome' ORDER BY id DESC LIMIT 1")" "expired|1|1"
kill -CONT "$halted"
sleep 1.5
is "and goes nowhere" "$(welcome jon)" ""

echo "# a template that does not render"
mkdir -p "$site/templates/mail"
echo '{{#topics}}' >"$site/templates/mail/welcome.text.mustache"
sign_up kay en articles
press kay
wait_for 20 grep -q 'welcomes_put_off=1' "$site/log" || bail "nothing in the log: $(tail -n 3 "$site/log")"
has "the log says where" "$(grep welcomes_put_off "$site/log")" "welcome.text.mustache"
is "it waits" "$(waiting) $(mails kay)" "1 0"
sign_up lea en articles
is "signups go on" "$(mail_in_outbox confirm lea@example.org | wc -l)" 1
is "and the log has it once" "$(grep -c welcomes_put_off "$site/log")" 1
rm "$site/templates/mail/welcome.text.mustache"
turn_daemon welcome=yes welcome_articles=0
wait_for 20 has_mail welcome kay@example.org || bail "kay's mail never came"
hasnt "welcome_articles = 0: none" "$(part kay plain)" "To begin with"

token=00000000-0000-4000-8000-000000000002
sql "INSERT INTO token (hash, purpose, subscriber_id, topics, created_at, expires_at) VALUES (
	x'$(printf %s "$token" | sha256sum | cut -c1-64)', 'my-data', $(id Kay), '', unixepoch(), unixepoch() + 3600)"
has "the page of one's data names it" "$(curl -s -H 'Accept-Language: es' "$base/my-data/$token")" ': bienvenida, enviado'
is "kay erases herself" "$(post -d action=erase -d confirm=yes "$base/my-data/$token")" 200
gone() { ! has_mail welcome kay@example.org; }
wait_for 20 gone
ok "and nothing of it is left in the outbox folder" $?

echo "# two days later nobody wonders"
echo '{{#topics}}' >"$site/templates/mail/welcome.text.mustache"
turn_daemon welcome=yes
press lea
put_off_twice() { [ "$(grep -c welcomes_put_off "$site/log")" = 2 ]; }
wait_for 20 put_off_twice || bail "nothing in the log"
rm "$site/templates/mail/welcome.text.mustache"
stop_daemon
sql "UPDATE welcome SET at = at - 172801"
start_daemon
wait_for 20 none_waits || bail "the clerk does not decide"
is "none" "$(mails lea)" 0
is "no address and no name in the log" "$(grep -ciE '@example.org|\b(ben|eva|kay)\b' "$site/log")" 0
is "the store is as it should be" "$(sqlite3 "$site/store/newsletter.db" <"$root/tests/invariants.sql")" ""
done_testing
