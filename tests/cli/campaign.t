#!/bin/bash
# newsletter campaign list | show | pause | resume | cancel | retry | archive.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
succeeds "none yet" nl campaign list
like "says how to make one" "$out" "newsletter send"
nl send --max 1 >/dev/null 2>&1 && nl send --max 1 --key second >/dev/null 2>&1

succeeds "list" nl campaign list
is "newest first" "$(echo "$out" | awk 'NR > 1 { print $1, $2 }' | tr '\n' ' ')" "2 scheduled 1 scheduled "
succeeds "pause" nl campaign pause 1 --reason "a typo"
is "with the reason" "$(db 'SELECT state, reason FROM campaign WHERE id = 1')" "paused|a typo"
like "in the audit" "$(db 'SELECT command, detail FROM audit ORDER BY id DESC LIMIT 1')" "campaign pause\|campaign 1"
refused "pause once more" 3 "campaign 1 is paused: it cannot be paused" nl campaign pause 1
succeeds "resume" nl campaign resume 1
is "to where it was" "$(db 'SELECT state FROM campaign WHERE id = 1')" scheduled
refused "resume what runs" 3 "it cannot be resumed" nl campaign resume 1
succeeds "cancel" nl campaign cancel 1
is "by whom" "$(db 'SELECT state, reason FROM campaign WHERE id = 1')" "cancelled|by $(id -un)"
is "its articles are new again" "$(db 'SELECT count(*) FROM announcement')" 1
refused "cancel once more" 3 "cancelled: it cannot be cancelled" nl campaign cancel 1
refused "one that is not there" 1 "no campaign 99; see .newsletter campaign list" nl campaign pause 99
refused "a number that is none" 2 "is no number" nl campaign pause first
refused "a reason with a line end" 2 "one line" nl campaign pause 2 --reason $'a\nb'
refused "a reason that is too long" 2 "too long" nl campaign pause 2 --reason "$(printf '%300s' x)"

db "UPDATE campaign SET state = 'sending', started_at = 1767225600, planned = 200, accepted = 150, refused = 2, deferred = 3, skipped = 1 WHERE id = 2"
succeeds "show" nl campaign show 2
like "counts" "$out" "State +sending.*Key +second.*Started +2026-01-01 00:00.*Recipients +200.*Sent +150 .75 %.*Deferred +3.*Refused +2.*Left out +1"
succeeds "show --eml" nl campaign show 2 --eml
like "the mail itself" "$out" "List-Id:.*articles\.quietharbour\.example.*multipart/alternative"
like "in these languages" "$(nl campaign show 2)" "Languages +en, es"
run nl campaign show 2 --json
is "as JSON" "$(json 'j["languages"]')" "['en', 'es']"
succeeds "show --eml in Spanish" nl campaign show 2 --eml --language es
has "is in Spanish" "$out" 'lang=3D"es"'
refused "in no language of it" 1 "it is in en, es" nl campaign show 2 --eml --language fr
refused "a language of no mail" 2 "goes with --eml" nl campaign show 2 --language es
run nl campaign show 2 --json
is "as JSON" "$(json 'j["state"], j["planned"], j["accepted"], j["unsubscribes"]')" "('sending', 200, 150, 0)"
succeeds "list --open" nl campaign list --open
is "only what is not over" "$(echo "$out" | wc -l)" 2
db "INSERT INTO delivery SELECT 2, 1, 0, 0, $EPOCHSECONDS, NULL, NULL, NULL, NULL, NULL; INSERT INTO delivery VALUES
	(2, 2, 2, 1, $EPOCHSECONDS, $EPOCHSECONDS + 60, NULL, NULL, NULL, NULL), (2, 3, 3, 9, $EPOCHSECONDS, NULL, 451, '4.7.1', 'Greylisted', 'greylisting')"
succeeds "what it came to" nl campaign show 2
like "on the way, to be tried again, and given up" "$out" "claimed +1 +on its way.*deferred +1 +to be tried again.*refused +greylisting +1 +put off until the deadline"
db "UPDATE delivery SET state = 4, code = NULL, reply = NULL, class = NULL WHERE state = 3; UPDATE campaign SET planned = 0, accepted = 0, refused = 0, unknown = 1 WHERE id = 2;
	INSERT INTO event (kind, at, class, rule, campaign_id) VALUES ('refusal', 1, 'soft', 'policy', 2), ('bounce', 1, 'hard', 'no-such-user', 2)"
succeeds "one that was meant for nobody" nl campaign show 2
like "is sent as a whole" "$out" "Sent +0 .100 %.*bounced +no-such-user +1 .*--state unknown"
unlike "what was refused is no bounce" "$out" "bounced +policy"
run nl campaign show 2 --json
is "nor as JSON" "$(json '[(b["rule"], b["count"]) for b in j["bounce_groups"]]')" "[('no-such-user', 1)]"
db "DELETE FROM delivery; DELETE FROM event; DELETE FROM campaign_message WHERE campaign_id = 1; UPDATE campaign SET state = 'cancelled'"
refused "a mail that is kept no longer" 1 "the mail of campaign 1 is not kept" nl campaign show 1 --eml
succeeds "list --open" nl campaign list --open
is "when all is over" "$out" "None is open."
conf_set newsletter.conf site archive no
works "unhide" nl campaign unhide 1
like "in an archive that is off" "$err" "the archive is off: see .site. archive"

# --- The ledger: who is where and why. Thirty people with stories of their own.
site two
now=1767225600	# 2026-01-01
export NEWSLETTER_CLOCK=@$((now + 3600))
for numbers in "$(seq 1 9)" "$(seq 10 30)"; do # an import numbers people in the order of their addresses
	(echo email; for i in $numbers; do echo "p$i@example.org"; done) >people.csv
	NEWSLETTER_CLOCK=@$((now - 60)) nl subscriber import people.csv --topic promotions --consent test >/dev/null
done
printf -- '---\nsubject: Spring offer\n---\nCome in.\n' >promo.md
nl send promotion promo.md --yes >/dev/null 2>&1
# FROM TO STATE CODE ENHANCED REPLY CLASS: what became of these people's messages
story() {
	db "INSERT INTO delivery SELECT 1, id, $3, iif($3 = 5, 0, 1), $now + 60, iif($3 = 2, $now + 4000 + id, NULL), $4, $5, $6, $7 FROM subscriber
		WHERE id BETWEEN $1 AND $2"
}
db "UPDATE campaign SET state = 'sending', started_at = $now, deadline = $now + 9000, high_id = 30, cursor = 30, planned = 30, accepted = 11,
	deferred = 6, refused = 9, unknown = 2, skipped = 2 WHERE id = 1"
story 1 11 1 250 "'2.0.0'" "'2.0.0 Ok: queued as 4bKx'" NULL
story 12 14 3 550 "'5.1.1'" "'5.1.1 <address>: User unknown'" "'no-such-user'"
story 15 19 3 550 "'5.7.1'" "'5.7.1 This looks like spam'" "'policy'"
story 20 20 3 450 "'4.1.1'" "'User unknown for now'" "'no-such-user'"
story 21 24 2 451 "'4.7.1'" "'Greylisted'" "'greylisting'"
story 25 26 2 454 NULL "'Maximum sending rate exceeded'" "'rate-quota'"
story 27 28 4 NULL NULL "'the connection was lost'" NULL
story 29 30 5 NULL NULL NULL NULL
whole() { sqlite3 -cmd '.timeout 2000' store/newsletter.db <"$root/tests/invariants.sql" 2>&1; }
is "the store holds together" "$(whole)" ""
succeeds "show" nl campaign show 1
like "the next try" "$out" "Deferred +6, next try 2026-01-01 01:07"
like "by state and class, with an example" "$out" "refused +policy +5 +refused this time +550 5\.7\.1 This looks like spam"
like "who is dead" "$out" "refused +no-such-user +4 +the address is dead +550 5\.1\.1 <address>: User unknown"
like "the relay's limits are nobody's fault" "$out" "deferred +rate-quota +2 +the relay, not the person +454 Maximum"
like "those held" "$out" "Unknown +2, held.*unknown +2 +may have arrived"
unlike "no address" "$out" "@"
run nl campaign show 1 --json
is "groups" "$(json '[(g["state"], g.get("class"), g.get("verdict"), g["count"]) for g in j["groups"]][2:4]')" "[('deferred', 'rate-quota', 'relay', 2), ('refused', 'policy', 'soft', 5)]"
is "an example" "$(json 'sorted(j["groups"][3]["example"].items())')" "[('code', 550), ('enhanced', '5.7.1'), ('reply', '5.7.1 This looks like spam')]"
is "next_at" "$(json 'j["next_at"]')" "2026-01-01T01:07:01Z"

succeeds "each message" nl campaign show 1 --deliveries --state refused --class policy
is "a line for each" "$(echo "$out" | wc -l)" 6
like "what it says" "$out" "15 +refused +1 +01-01 00:01 +policy +550 5\.7\.1 This looks like spam"
like "and when the next try is" "$(nl campaign show 1 --deliveries --state deferred)" "21 +deferred +1 +01-01 00:01 +01-01 01:07 +greylisting"
unlike "whose they are is said only when asked" "$out" "@"
succeeds "with addresses" nl campaign show 1 --deliveries --class policy --addresses
like "they are there" "$out" "15 +p15@example\.org +refused"
succeeds "some" nl campaign show 1 --deliveries --limit 3
like "and how to get more" "$out" "The first 3; more with --limit"
succeeds "none" nl campaign show 1 --deliveries --class null-mx
is "says so" "$out" "None."
run nl campaign show 1 --deliveries --limit 28 --json
is "as JSON, as it is read" "$(json 'j["campaign"], len(j["deliveries"]), j["more"], j["deliveries"][20]["subscriber"], j["deliveries"][20]["next_at"], "address" in j["deliveries"][0]')" "(1, 28, True, 21, '2026-01-01T01:07:01Z', False)"
run nl campaign show 1 --deliveries --state skipped --addresses --json
is "with addresses, to the end" "$(json '[(d["address"], d["attempts"]) for d in j["deliveries"]], j["more"]')" "([('p29@example.org', 0), ('p30@example.org', 0)], False)"
run nl campaign show 1 --deliveries --class null-mx --json
is "nothing, as JSON" "$(json 'j["deliveries"], j["more"]')" "([], False)"
refused "a state there is not" 2 "must be claimed, accepted" nl campaign show 1 --deliveries --state lost
refused "a class there is not" 2 "no class" nl campaign show 1 --deliveries --class lost
refused "--state alone" 2 "goes with --deliveries" nl campaign show 1 --state refused
refused "two things at once" 2 "ask for one" nl campaign show 1 --deliveries --eml

# --- Retry. 15 left, 16 was suppressed, 17 erased.
nl subscriber unsubscribe p15@example.org >/dev/null
db "INSERT INTO suppression SELECT address_hmac, 'complaint', $now, 'test' FROM subscriber WHERE id = 16"
db "PRAGMA foreign_keys = ON; DELETE FROM subscriber WHERE id = 17"
before=$(dump)
succeeds "retry --dry-run" nl campaign retry 1 --dry-run
like "says how many" "$out" "Refused +3.*Unknown +2, which may have arrived.*Deferred +6.*Left out +3.*Dead +3.*Tried until +2026-01-04 01:00.*Nothing was queued"
[ "$before" = "$(dump)" ]
ok "and changes nothing" $?
run nl campaign retry 1 --dry-run --class policy --json
is "as JSON" "$(json 'j["refused"], j["unknown"], j["gone"], j["dead"], j["retried"], j["reason"]')" "(2, 0, 3, 0, 0, 'dry run')"
succeeds "nothing to retry" nl campaign retry 1 --class null-mx
like "is no failure" "$out" "Nothing to retry"
refused "accepted ones" 2 "must be refused, unknown or deferred" nl campaign retry 1 --state accepted
refused "a class there is not" 2 "no class" nl campaign retry 1 --class lost
refused "one that is not there" 1 "no campaign 9" nl campaign retry 9
at_terminal 'n\n' "$BIN/newsletter campaign retry 1 --class policy"
like "asks on a terminal" "$out" "Send this once more to 2 people\?"
is "no is no" "$status" 3
at_terminal '' "$BIN/newsletter campaign retry 1 --class policy --json"
like "with --json there is no place to ask" "$out" "with --json on a terminal, say --yes"
at_terminal 'y\n' "$BIN/newsletter campaign retry 1 --class policy"
is "yes is yes" "$status" 0
like "says what comes of it" "$out" "2 messages are queued; campaign 1 is sending"
like "and that nobody sends" "$out" "newsletterd is not running"
is "due at once" "$(db "SELECT group_concat(subscriber_id) FROM delivery WHERE state = 2 AND next_at = $now + 3600")" "18,19"
is "counted" "$(db 'SELECT accepted, deferred, refused, unknown, skipped FROM campaign')" "11|8|7|2|2"
is "with a line in the audit" "$(db 'SELECT command, detail FROM audit ORDER BY id DESC LIMIT 1')" "campaign retry|campaign 1, state any, class policy: 2"
is "the store holds together" "$(whole)" ""
works "the unknown ones" nl campaign retry 1 --state unknown --json
is "as JSON" "$(json 'j["retried"], j["unknown"], j["state"], j["running"]')" "(2, 2, 'sending', False)"

# It is done, and goes on once more.
db "UPDATE delivery SET state = 3, next_at = NULL WHERE state = 2; UPDATE campaign SET refused = refused + deferred, deferred = 0, state = 'done', finished_at = $now + 3600"
is "the store holds together" "$(whole)" ""
works "a mailing that is done" nl campaign retry 1
is "goes on, with a fresh deadline" "$(db 'SELECT state, finished_at IS NULL, deadline FROM campaign')" "sending|1|$((now + 3600 + 3 * 86400))"
is "the dead stay as they are" "$(db "SELECT count(*) FROM delivery WHERE state = 3 AND class = 'no-such-user' AND code = 550")" 3
is "the store holds together" "$(whole)" ""
nl campaign pause 1 >/dev/null
works "a paused one" nl campaign retry 1 --state deferred
like "waits" "$out" "once it is resumed"
db "UPDATE campaign SET valid_until = $now + 3599"
refused "a promotion that is over" 3 "no longer valid" nl campaign retry 1
db "UPDATE campaign SET valid_until = NULL"
refused "archive what is not over" 3 "is paused: only one that is over" nl campaign archive 1
nl campaign cancel 1 >/dev/null
refused "a cancelled one" 3 "is cancelled" nl campaign retry 1

# --- Archive.
refused "archive nothing" 2 "say which" nl campaign archive
refused "archive twice over" 2 "say which" nl campaign archive 1 --older-than 3d
refused "an age that is none" 2 "older-than" nl campaign archive --older-than soon
succeeds "nothing is that old" nl campaign archive --older-than 90d
like "says so" "$out" "Nothing to archive"
export NEWSLETTER_CLOCK=@$((now + 100 * 86400))
succeeds "archive --dry-run" nl campaign archive --older-than 90d --dry-run
like "says which" "$out" "Campaign 1: Spring offer, ended 2026-01-01 01:00, 30 deliveries.*Nothing was archived"
at_terminal 'n\n' "$BIN/newsletter campaign archive 1"
like "asks on a terminal" "$status $out" "^3 .*Forget the replies, codes and classes of these\?"
at_terminal '' "$BIN/newsletter campaign archive 1 --json"
like "with --json there is no place to ask" "$out" "with --json on a terminal, say --yes"
is "and changes nothing" "$(db 'SELECT archived_at IS NULL FROM campaign')" 1
at_terminal 'y\n' "$BIN/newsletter campaign archive --older-than 90d"
is "archive" "$status" 0
like "says how many" "$out" "30 deliveries of 1 campaign shrunk"
is "no reply is left" "$(db 'SELECT count(*), count(code), count(reply), count(class) FROM delivery')" "30|0|0|0"
is "who got it is" "$(db 'SELECT group_concat(DISTINCT subscriber_id) FROM delivery WHERE state = 1')" "1,2,3,4,5,6,7,8,9,10,11"
is "what was deferred is refused" "$(db 'SELECT accepted, deferred, refused, unknown, skipped, archived_at FROM campaign')" "11|0|17|0|2|$((now + 100 * 86400))"
is "with a line in the audit" "$(db 'SELECT command, detail FROM audit ORDER BY id DESC LIMIT 1')" "campaign archive|campaign 1"
is "the store holds together" "$(whole)" ""
succeeds "once more" nl campaign archive 1
like "is no failure" "$out" "archived already"
succeeds "show it" nl campaign show 1
like "says that it is" "$out" "Archived +2026-04-11 00:00.*refused +17"
refused "an archived one is not retried" 3 "cancelled|archived" nl campaign retry 1
db "DELETE FROM delivery WHERE subscriber_id = 3; UPDATE campaign SET state = 'done', archived_at = NULL"
refused "nor one whose ledger is deleted in part" 3 "deleted already" nl campaign retry 1

# --- Long ones take no more memory, and leave room for others to write.
db "UPDATE campaign SET state = 'done', archived_at = NULL, finished_at = $now, cursor = 200000, high_id = 200000, accepted = 200000, refused = 0, skipped = 0;
	DELETE FROM delivery; UPDATE sqlite_sequence SET seq = 200000 WHERE name = 'subscriber';
	WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200000)
	INSERT INTO delivery SELECT 1, i, 1, 1, $now, NULL, 250, '2.0.0', '2.0.0 Ok: queued as ' || hex(randomblob(40)), NULL FROM n"
kib=$(python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[2:], stdout=open(sys.argv[1], "w"), check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$tmp/out" "$BIN/newsletter" campaign show 1 --deliveries --limit 1000000 --json)
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "KiB for a list of 200,000 messages" "the sanitizer keeps what is freed"
else
	at_most "KiB for a list of 200,000 messages" "$kib" 30000
fi
is "all of them" "$(json 'len(j["deliveries"]), j["more"]')" "(200000, False)"
run nl campaign show 1 --deliveries --addresses --limit 1200
is "as text they come page by page, with those who are still there" "$(grep -c '^ *Id ' <<<"$out") $(grep -c '(erased)' <<<"$out")" "3 1171"
if [ -w /dev/full ]; then
	status=0
	nl campaign show 1 --deliveries --limit 200000 >/dev/full 2>"$tmp/err" || status=$?
	like "what cannot be written ends it" "$status $(<"$tmp/err")" "^1 newsletter: cannot write"
else
	skip "what cannot be written ends it" "no /dev/full"
fi
nl campaign archive 1 --yes >"$tmp/archived" &
pid=$!
at_exit "$pid"
writes=0
while kill -0 "$pid" 2>/dev/null; do
	nl topic create "t$writes" --title T >/dev/null 2>&1 && writes=$((writes + 1))
done
wait "$pid"
at_least "others write while it is archived" "$writes" 3
is "and all of it is" "$(db 'SELECT count(reply), count(*) FROM delivery')" "0|200000"
done_testing
