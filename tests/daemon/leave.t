#!/bin/bash
# leave.t - the ways out of the list and the way back: leaving everything, the button that takes it back for an hour; and the language of one's settings.
. "$(dirname "$0")/lib.sh"

now=$(date +%s)
# post URL [curl options]: $code and $body
# A machine on which the store could not be written for five seconds answers 503, and nothing was done: again, as it asks.
post() {
	local try
	for try in 1 2 3 4 5; do
		code=$(curl -s --max-time 60 -X POST -o "$tmp/body" -w '%{http_code}' "$@")
		[ "$code" = 503 ] || break
		sleep "$try"
	done
	body=$(cat "$tmp/body")
}
link() { "$B/tests/make_link" "$site/keys" "$@"; }
states() { sql "SELECT group_concat(state, ' ') FROM (SELECT state FROM subscription WHERE subscriber_id = $1 ORDER BY topic_id)"; }
# somebody NAME STATE-OF-TOPIC-1 STATE-OF-TOPIC-2: confirmed (1) or only asked for (0); prints the id
somebody() {
	local name=$1 topic=1 state
	sql "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at)
		VALUES ('$1@example.org', '$1@example.org', randomblob(16), '$1', '', 1700000000)"
	shift
	for state; do
		sql "INSERT INTO subscription SELECT $topic, id, $state, 1700000000 FROM subscriber WHERE name = '$name'; INSERT INTO consent
			(subscriber_id, topic_id, action, at, source) SELECT id, $topic, iif($state, 'confirmed', 'requested'), 1700000000, 'web'
			FROM subscriber WHERE name = '$name'"
		topic=2
	done
	sql "SELECT id FROM subscriber WHERE name = '$name'"
}
# The value of the page's button, or nothing.
undo() { sed -n 's/.*name="undo" value="\([^"]*\)".*/\1/p' <<<"$body"; }
in_future() { # SECONDS: the daemon again, so far ahead
	stop_daemon
	NEWSLETTER_CLOCK=+$1 start_daemon
}
invariants() { sqlite3 "$site/store/newsletter.db" <"$root/tests/invariants.sql"; }

make_site
start_daemon

echo "# one topic, and all of them"
ann=$(somebody ann 1 1) && l=$(link unsubscribe "$ann" 1 0 0)
has "the page of one topic offers to leave everything" "$(curl -s "$base/u/$l")" 'name="everything" value="yes"'
hasnt "the page of everything does not" "$(curl -s "$base/u/$(link unsubscribe "$ann" 0 0 0)")" 'name="everything"'
post "$base/u/$l" -d everything=no
is "another value leaves the topic alone" "$code $(states "$ann")" "200 2 1"
post "$base/u/$l" -d everything=yes
is "everything=yes leaves all" "$code $(states "$ann")" "200 2 2"
ben=$(somebody ben 1 1)
post "$base/u/$(link unsubscribe "$ben" 1 0 0)" -d 'List-Unsubscribe=One-Click&everything=yes'
is "a provider leaves what its link is of" "$code $(states "$ben")" "200 2 1"
is "and is offered no button" "$(undo)" ""

echo "# taken back"
cyd=$(somebody cyd 1 1) && l=$(link unsubscribe "$cyd" 1 0 0)
post "$base/u/$l"
one=$(undo)
is "the page has its button" "${#one} $(states "$cyd")" "32 2 1"
before=$(dump)
for method in GET HEAD OPTIONS; do
	if [ $method = HEAD ]; then set -- -I; else set -- -X $method; fi
	curl -s --max-time 5 -o /dev/null "$@" "$base/u/$l?undo=$one"
	curl -s --max-time 2 -o /dev/null -X $method -d "undo=$one" "$base/u/$l"
done
is "no GET, HEAD or OPTIONS presses it" "$(dump)" "$before"
post "$base/u/$l" -d "undo=$one" -d everything=yes
is "it is for the topic, not for all: 410" "$code" 410
post "$base/u/$(link unsubscribe "$cyd" 2 0 0)" -d "undo=$one"
is "nor for another link" "$code" 410
[ "${one: -1}" = A ] && other=B || other=A
post "$base/u/$l" -d "undo=${one%?}$other"
is "nor with a letter changed" "$code" 410
is "none of these changes anything, nor leaves once more" "$(dump)" "$before"
post "$base/u/$l" -d "undo=$one"
is "pressed, the topic runs again" "$code $(states "$cyd")" "200 1 1"
has "the page says so" "$body" "as it was"
is "with evidence" "$(sql "SELECT group_concat(action || ' ' || source, ', ') FROM consent WHERE subscriber_id = $cyd AND topic_id = 1")" \
	"confirmed web, left page, confirmed undo"
is "from where" "$(sql "SELECT ip FROM consent WHERE subscriber_id = $cyd AND source = 'undo'")" 127.0.0.1
before=$(dump)
post "$base/u/$l" -d "undo=$one"
is "twice is once" "$code $([ "$(dump)" = "$before" ] && echo same)" "200 same"
sleep 1.1
post "$base/u/$l"
post "$base/u/$l" -d "undo=$one"
is "the button of the first leaving does not take back the second" "$code $(states "$cyd")" "200 2 1"
post "$base/u/$l"
second=$(undo)
post "$base/u/$l" -d "List-Unsubscribe=One-Click&undo=$second"
is "nor does a provider's body that carries one" "$code $(states "$cyd")" "200 2 1"
post "$base/u/$l" -F "undo=$second"
is "leaving twice and then the button takes it back, as multipart too" "$code $(states "$cyd")" "200 1 1"

echo "# all of them"
dan=$(somebody dan 1 0) && l=$(link unsubscribe "$dan" 2 0 0)
post "$base/u/$l" -d everything=yes
is "everything is left" "$(states "$dan")" "2 2"
has "the button says that it is for everything" "$body" 'name="everything" value="yes"'
post "$base/u/$l" -d "undo=$(undo)" -d everything=yes
is "what ran runs again; what only waited for a confirmation does not begin to run" "$code $(states "$dan")" "200 1 2"
eve=$(somebody eve 1 1) && l=$(link unsubscribe "$eve" 0 0 0)
post "$base/u/$l"
token=$(undo)
sql "INSERT INTO suppression SELECT address_hmac, 'hard', $now, 'test' FROM subscriber WHERE id = $eve"
post "$base/u/$l" -d "undo=$token" -d everything=yes
is "an address that was suppressed meanwhile stays so" "$code $(states "$eve") $(sql "SELECT reason FROM suppression")" "200 2 2 hard"

echo "# people who are gone"
fay=$(somebody fay 1 1) && l=$(link unsubscribe "$fay" 1 0 0)
post "$base/u/$l"
token=$(undo)
answer=${body/"$token"/TOKEN}
sql "PRAGMA foreign_keys = ON; DELETE FROM subscriber WHERE id = $fay"
forgotten() { [ "$(sql 'SELECT count(*) FROM erasure')" = 0 ]; }
# the sender looks for what is left of them in the outbox folder, and is done
wait_for 10 forgotten || bail "the sender does not come to the erased"
before=$(dump)
post "$base/u/$l"
is "leaving is answered the same" "${body/"$(undo)"/TOKEN}" "$answer"
post "$base/u/$l" -d "undo=$token"
is "the button too" "$code $(grep -c 'as it was' <<<"$body")" "200 2"
is "and nobody comes back" "$(dump)" "$before"

echo "# on both sides of the hour"
gil=$(somebody gil 1 1) && l=$(link unsubscribe "$gil" 0 0 0)
post "$base/u/$l"
token=$(undo)
begun=$(date +%s)
in_future 3610
post "$base/u/$l" -d "undo=$token" -d everything=yes
is "after it: 410" "$code $(states "$gil")" "410 2 2"
has "it says so, and leads to the form" "$body" "That hour is over"
in_future $((3540 - $(date +%s) + begun))
post "$base/u/$l" -d "undo=$token" -d everything=yes
is "before it: 200" "$code $(states "$gil")" "200 1 1"
in_future 0

echo "# somebody else has the link"
hal=$(somebody hal 1 1) && l=$(link unsubscribe "$hal" 0 0 0)
post "$base/u/$l" -d List-Unsubscribe=One-Click
in_future 120
before=$(dump)
post "$base/u/$l"
post "$base/u/$l" -d "undo=$(undo)" -d everything=yes
is "presses both buttons, and does not bring back who left before" "$code $(states "$hal") $([ "$(dump)" = "$before" ] && echo same)" "200 2 2 same"
in_future 0
is "the store is in order" "$(invariants | grep -v 'MAC\|key')" ""

echo "# the language of one's mails"
ida=$(somebody ida 1 1) && l=$(link preferences "$ida" 0 0 $((now + 86400)))
language() { sql "SELECT language FROM subscriber WHERE id = $ida"; }
has "English is chosen, the site's" "$(curl -s "$base/preferences/$l")" '<option value="en" lang="en" selected>English</option>'
post "$base/preferences/$l" -d topic=articles -d name=ida -d language=en
is "saving it as it is keeps to the site's" "$code [$(language)]" "200 []"
post "$base/preferences/$l" -d topic=articles -d name=ida -d language=es
is "Spanish is saved" "$code $(language)" "200 es"
has "and the answer is in Spanish" "$body" 'Sus ajustes se han guardado'
post "$base/preferences/$l?lang=en" -d topic=articles -d name=ida -d language=es
has "the page keeps its own language when nothing changes" "$body" 'Your settings are saved'
has "and shows what is chosen" "$body" '<option value="es" lang="es" selected>'
before=$(dump)
post "$base/preferences/$l" -d topic=articles -d name=ida -d language=xx
post "$base/preferences/$l" -d topic=articles -d name=ida
is "one that is not on offer, or none, changes nothing" "$code $([ "$(dump)" = "$before" ] && echo same)" "200 same"
has "the way to one's data" "$(curl -s "$base/preferences/$l")" 'href="/manage?lang=en"'

stop_daemon
is "no line of the log holds an address or a link" "$(grep -cE "@example|/u/|$l|$token" "$site/log")" 0
done_testing
