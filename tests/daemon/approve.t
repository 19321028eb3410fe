#!/bin/bash
# approve.t - the owner approves by mail: the draft comes, looking at it changes nothing, a button sends it to everybody once or gives the
# articles back; too late, twice, two at once, after staff, and stopped in time.
. "$(dirname "$0")/lib.sh"

owner=olive@quietharbour.example
ask() {
	: >"$tmp/body"
	code=$(curl -s --max-time 60 -o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
uncounted() { dump | grep -v "^INSERT INTO counter"; }
approval_mails() { find "$site/outbox" -name 'approval-*.eml' | wc -l; }
# so many have come, and that is recorded
approvals_are() { [ "$(approval_mails)" = "$1" ] && [ "$(sql "SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed')")" = 0 ]; }
# wait for the N-th mail to the owner and fill $url
newest() {
	wait_for 20 approvals_are "$1" || bail "no approval mail $1"
	mail=$(find "$site/outbox" -name 'approval-*.eml' | sort -t- -k2 -n | tail -n 1)
	url=$(outbox_body "$mail" | grep -o "$base/approve/[0-9a-f-]*" | head -n 1)
}
campaign_mails() { find "$site/outbox" -name 'campaign-*.eml' | wc -l; }
announced() { sql "SELECT count(*) FROM announcement WHERE campaign_id = $1"; }
decision() { sql "SELECT coalesce(decision, 'open') FROM approval WHERE campaign_id = $1"; }
window() {
	local before
	before=$(role_pid clerk)
	sed -i "s/^cancel_window=.*/cancel_window=$1/" "$site/newsletter.conf"
	kill -HUP "$daemon"
	clerk_is_new() { local now; now=$(role_pid clerk) && [ -n "$now" ] && [ "$now" != "$before" ]; }
	wait_for 20 clerk_is_new
}
field() { python3 -c 'import json, sys; print(json.load(sys.stdin).get(sys.argv[1]))' "$1" <<<"$body"; }

make_site --operator operator@quietharbour.example
subscribers 7
article 'Sleeping better'
start_daemon

echo "# what does not go together, and whom it may ask"
for words in "--to $owner" --wait; do
	# shellcheck disable=SC2086 # two words
	newsletter send --yes --approve "$owner" $words 2>"$tmp/err"
	is "--approve with $words" $? 2
done
newsletter send --yes --approve nobody 2>"$tmp/err"
unlike "--approve with what is no address" $? '^0$'
sql "INSERT INTO suppression SELECT address_hmac, 'left', 1, 'test' FROM subscriber WHERE address = 'person1@example.org'"
newsletter send --dry-run --approve person1@example.org >/dev/null
is "somebody who wants no newsletter may be asked" $? 0
sql "UPDATE suppression SET reason = 'complaint'"
newsletter send --dry-run --approve person1@example.org >/dev/null 2>&1
unlike "but not who must not be mailed at all" $? '^0$'
sql 'DELETE FROM suppression'
newsletter send --dry-run --approve "$owner" >"$tmp/out" 2>&1
has "--dry-run says that it waits" "$(<"$tmp/out")" "once $owner has approved it"
is "and makes nothing" "$(sql 'SELECT count(*) FROM campaign')" 0

echo "# the mail"
newsletter send --yes --approve "$owner" --key 'week-%V' --json >"$tmp/out" || bail "send --approve failed"
body=$(<"$tmp/out")
is "the campaign is held" "$(field state)" held
like "until a week from now" "$(field approval_until)" '^20..-..-..T'
is "it is held in the store" "$(campaign_state 1)" held
is "its article is announced with it" "$(announced 1)" 1
newest 1
has "the subject is marked" "$(<"$mail")" "Subject: [Please approve] Sleeping better"
has "it goes to the owner" "$(<"$mail")" "To: $owner"
text=$(outbox_body "$mail")
has "the banner says how many get it" "$text" "7 subscribers of"
has "and the draft is below" "$text" "Some words about it."
is "in which the subject is as readers get it" "$(grep -c 'Please approve' <<<"$text")" 1
sleep 2.5
is "no alarm to the operator for that hold" "$(find "$site/outbox" -name 'operator-*.eml' | wc -l)" 0
newsletter send --yes --approve "$owner" --key 'week-%V' >"$tmp/out"
is "cron again with the key: exit 0" $? 0
newsletter send --yes --approve "$owner" >"$tmp/out"
has "and without: there is nothing new" "$(<"$tmp/out")" "Nothing new"
is "nobody is asked twice" "$(approval_mails)" 1
for command in "campaign list" "campaign show 1" status; do
	# shellcheck disable=SC2086 # several words
	has "$command says that it waits" "$(newsletter $command)" "waits for approval"
done
is "the token is in no table" "$(sql .dump | grep -c "${url##*/}")" 0

echo "# looking changes nothing"
before=$(uncounted)
for i in 1 2; do
	ask "$url"
	is "the page, $i" "$code" 200
done
has "its subject" "$body" "<strong>Sleeping better</strong>"
has "the number of readers now" "$body" "7 subscribers"
hasnt "no address of anybody" "$body" "@"
has "it is not kept" "$head" "Cache-Control: no-store"
has "no referrer" "$head" "Referrer-Policy: no-referrer"
has "frames of its own site, and no others" "$head" "frame-src 'self'; form-action 'self'; frame-ancestors 'none'"
has "the mail is in a frame that may do nothing" "$body" "src=\"/draft/${url##*/}\" sandbox=\"allow-popups allow-popups-to-escape-sandbox\""
ask "$base/draft/${url##*/}"
is "the mail itself" "$code" 200
has "is framed by us alone" "$head" "frame-ancestors 'self'"
has "and shows no script and no other style" "$head" "default-src 'none'"
has "as readers get it, the way out included" "$body" "Unsubscribe"
ask -H 'Accept-Language: es' "$url"
has "the page is in the visitor's language" "$body" "Enviarlo"
has "which shows the mail in each of its own" "$body" "/draft/${url##*/}?lang=es\""
ask -H 'Accept-Language: es' "$base/draft/${url##*/}"
has "the mail is at first as it was mailed" "$body" '<html lang="en">'
ask "$base/draft/${url##*/}?lang=es"
has "then as who reads Spanish gets it" "$body" '<html lang="es">'
for method in HEAD OPTIONS PUT DELETE; do
	if [ $method = HEAD ]; then ask -I "$url"; else ask -X $method "$url" -d action=approve; fi
done
ask "$url" -d action=perhaps
is "another action is none" "$code" 400
ask "$url" -d x=y
is "nor is none at all" "$code" 400
is "not a row has changed" "$(diff <(echo "$before") <(uncounted))" ""
newsletter subscriber add late@example.org --topic articles --reason 'asked on paper' >/dev/null 2>&1 ||
	{ printf 'email\nlate@example.org\n' >"$tmp/late.csv"; newsletter subscriber import "$tmp/late.csv" --consent paper --topic articles >/dev/null; }
ask "$url"
has "who joins meanwhile is counted" "$body" "8 subscribers"
token=$(cat /proc/sys/kernel/random/uuid)
ask "$base/approve/$token"
is "a token that is none" "$code" 404
ask "$base/approve/$token" -d action=approve
is "cannot approve" "$code" 404
ask "$base/draft/$token"
is "and shows nothing" "$code" 404

echo "# two presses at once"
pids=()
for i in 1 2 3 4 5 6; do
	curl -s --max-time 60 -o "$tmp/press.$i" -w '%{http_code}' -d action=approve "$url" >"$tmp/code.$i" &
	pids+=($!)
done
wait "${pids[@]}"
is "all are told the same" "$(cat "$tmp"/code.* | sed 's/200/./g')" "......"
wait_for 20 campaign_is 1 "done"
ok "it is sent" $?
is "everybody has it once" "$(campaign_mails)" 8
is "the decision is kept" "$(decision 1)" approved
is "and audited once" "$(sql "SELECT count(*) FROM audit WHERE who = 'approval link' AND command = 'campaign resume' AND detail = 'campaign 1'")" 1
ask "$url" -d action=approve
is "once more is no error" "$code" 200
has "and says that it was sent" "$body" "It was sent"
ask "$url" -d action=reject -H 'Accept: application/json'
is "it cannot be taken back" "$code" 409
has "a program is told why" "$body" "/problems/approval-decided"
ask "$base/problems/approval-decided"
is "and what that is" "$code" 200
sleep 1
is "nobody got it twice" "$(campaign_mails)" 8

echo "# not to be sent: the articles go with the next"
article 'Breathing out'
newsletter send --yes --approve "$owner" >/dev/null
newest 2
ask "$url" -H 'Accept: application/json'
is "as JSON: its state" "$(field state)" open
is "its recipients" "$(field recipients)" 8
ask "$url" -d action=reject
is "rejected" "$code" 200
is "it is cancelled" "$(campaign_state 2)" cancelled
is "the decision is kept" "$(decision 2)" rejected
is "the article is given back" "$(announced 2)" 0
ask "$url" -d action=reject
is "once more is no error" "$code" 200
ask "$url" -d action=approve
is "but it cannot be approved any more" "$code" 409
is "and stays cancelled" "$(campaign_state 2)" cancelled

echo "# too late"
newsletter send --yes --approve "$owner" >/dev/null
newest 3
is "the article is asked about again" "$(announced 3)" 1
sql "UPDATE approval SET expires_at = unixepoch() - 1 WHERE campaign_id = 3"
ask "$url" -d action=approve
is "who comes too late cannot approve" "$code" 410
wait_for 10 campaign_is 3 cancelled
ok "the clerk cancels it" $?
is "as expired" "$(decision 3)" expired
is "and gives the article back" "$(announced 3)" 0
ask "$url"
is "the page says so" "$code" 410
has "in words" "$body" "in time"
ask "$base/draft/${url##*/}"
is "the draft is gone" "$code" 410

echo "# an offer that ends before it could start"
printf -- '---\ntitle: Spring offer\nvalid-until: 2037-01-01\n---\nWords.\n' >"$tmp/offer.md"
newsletter send promotion "$tmp/offer.md" --topic articles --yes --approve "$owner" >"$tmp/out" 2>&1 || bail "promotion: $(<"$tmp/out")"
newest 4
ask "$url"
has "the page says until when" "$body" "1 January 2037"
sql "UPDATE campaign SET start_at = valid_until + 5 WHERE id = 4"
ask "$url" -d action=approve
is "is not approved" "$code" 409
is "and not sent" "$(campaign_state 4)" held

echo "# staff first"
newsletter campaign cancel 4 >/dev/null
is "staff cancel: rejected" "$(decision 4)" rejected
ask "$url" -d action=approve
is "then it cannot be approved" "$code" 409
newsletter send --yes --approve "$owner" --at +2h >/dev/null
newest 5
newsletter campaign resume 5 >/dev/null
is "staff resume: approved" "$(decision 5)" approved
is "at its time" "$(campaign_state 5)" scheduled
ask "$url" -d action=approve
is "approving what goes already is no error" "$code" 200
has "and says when it goes" "$body" "It will be sent"
is "its time has not changed" "$(sql 'SELECT start_at > unixepoch() + 7000 FROM campaign WHERE id = 5')" 1

echo "# stopped in time"
ask "$url"
has "until it starts there is a button" "$body" 'value="reject"'
ask "$url" -d action=reject
is "which stops it" "$(campaign_state 5)" cancelled
is "and gives the article back" "$(announced 5)" 0
window 60
newsletter send --yes --approve "$owner" >/dev/null
newest 6
sql "UPDATE campaign SET start_at = unixepoch() - 86400 WHERE id = 6"
ask "$url" -d action=approve
is "approved long after it was made" "$code" 200
is "it waits for the cancel window" "$(campaign_state 6)" scheduled
is "which begins with the button" "$(sql 'SELECT start_at - decided_at BETWEEN 59 AND 61 FROM campaign JOIN approval ON campaign_id = id WHERE id = 6')" 1
sql "UPDATE campaign SET state = 'paused' WHERE id = 6"
ask "$url"
has "one that staff paused meanwhile is in their hands" "$body" "It is on hold"
ask "$url" -d action=reject
is "and not stopped from here" "$code $(campaign_state 6)" '409 paused'
sql "UPDATE campaign SET state = 'scheduled' WHERE id = 6; PRAGMA legacy_alter_table = ON; ALTER TABLE topic RENAME TO away"
sleep 0.15
ask "$url"
is "a store whose topics cannot be read: 503" "$code" 503
sql "PRAGMA legacy_alter_table = ON; ALTER TABLE away RENAME TO topic"
sleep 0.15
ask "$url" -d action=reject
is "in which it is stopped" "$(campaign_state 6)" cancelled
is "nobody got any of these" "$(campaign_mails)" 8
is "no process came to harm" "$(grep -c 'event=role_died\|event=template\|event=clerk ' "$site/log")" 0
done_testing
