#!/bin/bash
# languages.t - everybody gets the form of a mailing that is in their language: through a relay, after a restart, when tried again; and the
# archive shows a visitor theirs.
. "$(dirname "$0")/lib.sh"

people=40
spoken=(en es '' fr pt) # of person N: the one at N % 5; the site speaks Spanish, and so to '', and to fr and pt, of which it has no words
# want NUMBER: the language that a person is written to in
want() {
	case ${spoken[$1 % 5]} in
	en) echo en ;;
	fr) echo "${french:-es}" ;;
	*) echo es ;;
	esac
}
# mails: what the relay took, one line each; those of the mailing before are gone
mails() { python3 "$root/tests/daemon/mail_languages.py" "$tmp/mails"; }
declare -A subject
# wanted: the lines that there should be: one of each person, with ${subject[LANGUAGE]}
wanted() {
	local i language
	for ((i = 1; i <= people; i++)); do
		language=$(want "$i")
		echo "$i $language $language ${subject[$language]}"
	done
}
new_relay() {
	[ -z "${relay_pid:-}" ] || stop_relay
	start_relay --record "$tmp/mails" "$@"
	sed -i '/^url=smtp/d' "$site/newsletter.conf"
	conf_add relay "url=smtp://127.0.0.1:$relay"
}
next_mailing() { rm -f "$tmp"/mails/*; }
count() { find "$tmp/mails" -name '*.eml' | wc -l; }
reached() { [ "$(count)" -ge "$1" ]; }
written() {
	mkdir -p "$tmp/articles"
	printf -- '---\ntitle: %s\ndate: 2026-0%s-09\nurl: https://www.quietharbour.example/%s\n---\nWords.\n' "$1" "$2" "$1" \
		>"$tmp/articles/$1.md"
}
parts() { # NUMBER: text and HTML of somebody's mail
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(*(p.get_content() for p in m.walk() if p.get_content_maintype() == "text"))' "$tmp/mails/$1.1.eml"
}
visit() { curl -sL --max-time 60 -H "Accept-Language: $1" "$base/archive/$2"; }
uuid() { sql "SELECT substr(uuid, 1, 8) FROM campaign WHERE id = $1"; }

need_peers
mkdir -p "$tmp/mails"
make_site --language es
conf_add relay tls=none connections=1 rate=4
subscribers $people
for i in 0 1 2 3 4; do
	sql "UPDATE subscriber SET language = '${spoken[$i]}' WHERE substr(address, 7, instr(address, '@') - 7) % 5 = $i"
done
sql "INSERT INTO subscription SELECT 2, subscriber_id, 1, since FROM subscription WHERE topic_id = 1;
	INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT subscriber_id, 2, action, at, source FROM consent"
written kindness 3
written sleep 2

echo "# a digest, stopped in the middle"
new_relay
start_daemon
newsletter article import "$tmp/articles" >/dev/null
newsletter send --yes >/dev/null || bail "send failed"
wait_for 20 reached 3 || bail "nothing arrives: $(tail -n 3 "$site/log")"
stop_daemon
at_most "mails before the restart" "$(count)" $((people - 1))
sed -i '/^rate=4$/d' "$site/newsletter.conf" # which leaves nine seconds to stop it in the middle
start_daemon
wait_for 60 campaign_is 1 'done' || bail "the digest does not end"
subject=([en]="2 new articles from Quiet Harbour" [es]="2 artículos nuevos de Quiet Harbour")
is "each in their language, once" "$(mails)" "$(wanted)"
has "English dates" "$(parts 5)" "9 March 2026"
has "Spanish dates" "$(parts 1)" "9 de marzo de 2026"
hasnt "and no others" "$(parts 1)" "March"
like "campaign show says which there are" "$(newsletter campaign show 1)" 'Languages +en, es'

echo "# its page in the archive"
page=$(visit en "$(uuid 1)")
has "a visitor's English" "$page" '<html lang="en"'
has "the mail too" "$page" "9 March 2026"
has "Spanish" "$(visit es "$(uuid 1)")" "9 de marzo de 2026"
has "French is not there: the site's" "$(visit fr "$(uuid 1)")" "9 de marzo de 2026"

echo "# a promotion, of which the relay puts some off"
stop_daemon
next_mailing
new_relay --refuse body:450:7
start_daemon
newsletter send promotion "$root/tests/data/site/promotions/spring.md" --yes >/dev/null || bail "send promotion failed"
put_off() { [ "$(sql 'SELECT deferred FROM campaign WHERE id = 2')" = 5 ]; }
wait_for 60 put_off || bail "five should be deferred: $(sql 'SELECT accepted, deferred, refused FROM campaign WHERE id = 2')"
wait_for 30 reached 35
is "the others have it" "$(count)" 35
stop_daemon
new_relay
# one of the five has chosen English since
sql "UPDATE subscriber SET language = 'en' WHERE address = 'person7@example.org'"
NEWSLETTER_CLOCK=+7200 start_daemon
wait_for 60 campaign_is 2 'done' || bail "the promotion does not end: $(sql 'SELECT accepted, deferred FROM campaign WHERE id = 2')"
subject=([en]="A first conversation this spring" [es]="A first conversation this spring")
is "each in their language, once, tried again or not" "$(mails)" "$(wanted | sed 's/^7 es es/7 en en/')"
sql "UPDATE subscriber SET language = '' WHERE address = 'person7@example.org'"

echo "# the site learns French"
stop_daemon
next_mailing
mkdir -p "$site/templates/words"
cat >"$site/templates/words/fr.txt" <<-'END'
	language = Français
	month-4 = avril
	month-5 = mai
	date = {{day}} {{month}} {{year}}
	mail.digest-subject = {{count}} nouveaux articles de {{site.name}}
	mail.unsubscribe = Se désabonner
	mail.hello = Bonjour {{name}},
	mail.read-more = Lire la suite
END
written patience 4
written sleeplessness 5
start_daemon
newsletter article import "$tmp/articles" >/dev/null
newsletter send --yes >/dev/null || bail "send failed"
wait_for 60 campaign_is 3 'done' || bail "the second digest does not end"
french=fr
subject=([en]="2 new articles from Quiet Harbour" [es]="2 artículos nuevos de Quiet Harbour" [fr]="2 nouveaux articles de Quiet Harbour")
is "each in theirs, French too" "$(mails)" "$(wanted)"
text=$(parts 3)
has "with its dates" "$text" "9 mai 2026"
has "its greeting" "$text" "Bonjour Person 3,"
has "and what it does not say in English" "$text" "You are getting this"
like "campaign show says so" "$(newsletter campaign show 3)" 'Languages +en, es, fr'
has "the archive has it" "$(visit fr "$(uuid 3)")" "9 mai 2026"
has "older ones stay as they were sent" "$(visit fr "$(uuid 1)")" "9 de marzo de 2026"
has "and so has show --eml" "$(newsletter campaign show 3 --eml --language fr)" 'Subject: 2 nouveaux articles'

echo "# a site that offers Spanish alone"
next_mailing
conf_add site languages=es
stop_daemon
start_daemon
written rest 1
newsletter article import "$tmp/articles" >/dev/null
newsletter send --yes >/dev/null || bail "send failed"
wait_for 60 campaign_is 4 'done' || bail "the last one does not end"
page=$(curl -s --max-time 60 "$base/preferences/$("$B/tests/make_link" "$site/keys" preferences 1 0 0 1900000000)")
has "nobody is asked to choose one" "$page" 'name="name"'
hasnt "where there is no choice" "$page" 'name="language"'
is "all in Spanish" "$(mails | cut -d' ' -f2,3 | sort | uniq -c | xargs)" "$people es es"

echo "# words that can be no page's"
printf 'error.not-found = {{#open}}\nmanage.problem = {{#open}}\n' >"$site/templates/words/es.txt"
json() { curl -s --max-time 60 -w ' %{http_code}' -H 'Accept: application/json' "$@"; }
like "an error is answered all the same" "$(json "$base/nowhere")" '"status": ?404.* 404$'
like "and an address that is none" "$(json -H 'Content-Type: application/json' -d '{"email": "ann"}' "$base/manage")" '"status": ?4[0-9][0-9].* 4[0-9][0-9]$'
is "the log names the line" "$(grep -c 'event=template reason=.*words/es.txt' "$site/log")" 2
is "the store is as it should be" "$(sqlite3 "$site/store/newsletter.db" <"$root/tests/invariants.sql")" ""
stop_daemon
stop_relay
done_testing
