#!/bin/bash
# import.t - a list comes in while newsletterd runs: visitors are answered meanwhile; who is to be asked is asked by the clerk, once, and not at once;
# what is broken off goes on.
. "$(dirname "$0")/lib.sh"
make_site
start_daemon
# NAME PEOPLE, fewer than 300007
list() { awk -v name="$1" -v n="$2" 'BEGIN { print "email,name"; for (i = 1; i <= n; i++) printf "%s%d@example.org,Person %d\n", name, i * 7919 % 300007, i }'; }

# --- beside a daemon that has visitors; another list, if they were not slow but this machine was in sending them ---
for name in person more again; do
	list $name 100000 >"$tmp/list.csv"
	newsletter subscriber import "$tmp/list.csv" --consent list >"$tmp/import.out" 2>&1 &
	import=$!
	slowest=0 good=0
	while kill -0 $import 2>/dev/null; do
		begun=$(date +%s%N)
		[ "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' "$base/subscribe" -d "email=visitor$name$good@example.net" -d topic=articles)" = 200 ] && good=$((good + 1))
		took=$((($(date +%s%N) - begun) / 1000000))
		[ $took -le $slowest ] || slowest=$took
		sleep 0.1
	done
	wait $import
	is "100,000 people are imported" "$?$(sql "SELECT count(*) FROM subscriber WHERE address LIKE '$name%'")" 0100000
	say "$good visitors meanwhile, the slowest was answered in $slowest ms"
	if [ $good -ge 3 ] || [ $slowest -ge 500 ]; then break; fi
done
at_least "visitors signed up meanwhile, one after the other: they do not wait for the import" "$good" 3

# --- broken off ---
list other 300000 >"$tmp/other.csv"
"$BIN/newsletter" -C "$site" subscriber import "$tmp/other.csv" --consent list --json >"$tmp/import.out" 2>"$tmp/import.err" & # not a function: its own pid
import=$!
some_are_in() { [ "$(sql "SELECT count(*) FROM subscriber WHERE address LIKE 'other%'")" -gt 1000 ]; }
# a little at a time, so that it is not through with it when the test looks
for _ in {1..1200}; do
	kill -STOP $import
	! some_are_in || break
	kill -CONT $import
	sleep 0.05
done
kill -INT $import
kill -CONT $import
wait $import
is "broken off by SIGINT: exit status" "$?" 1
taken=$(sql "SELECT count(*) FROM subscriber WHERE address LIKE 'other%'")
is "what it says it took it has" "$(python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(j["broken_off"], j["added"])' "$tmp/import.out")" "True $taken"
is "each with topic and evidence" "$(sql "SELECT count(*) FROM subscriber s WHERE address LIKE 'other%' AND NOT EXISTS (SELECT 1 FROM subscription u JOIN consent c USING (subscriber_id, topic_id) WHERE u.subscriber_id = s.id)")" 0
newsletter subscriber import "$tmp/other.csv" --consent list --json >"$tmp/import.out" 2>&1
is "the same file goes on" "$(python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(j["already"], j["added"])' "$tmp/import.out")" "$taken $((300000 - taken))"

# --- asked first ---
newsletter subscriber unsubscribe person7919@example.org >/dev/null
printf 'email,name\nperson7919@example.org,\nperson15838@example.org,\nnew1@example.com,New One\nnew2@example.com,\n' >"$tmp/ask.csv"
newsletter subscriber import "$tmp/ask.csv" --consent 'spring fair' --confirm >"$tmp/import.out" 2>&1
has "asked first" "$(<"$tmp/import.out")" "To be asked"
first_is_asked() { has_mail confirm new1@example.com; }
wait_for 30 first_is_asked
ok "the first gets a mail that asks" $?
all_are_asked() { has_mail confirm new2@example.com; }
wait_for 60 all_are_asked
ok "the second a little later" $?
is "nobody else" "$(sql "SELECT count(*) FROM outbox o JOIN subscriber s ON s.id = o.subscriber_id WHERE s.address LIKE 'person%'")" 0
is "who is asked is pending" "$(sql "SELECT DISTINCT state FROM subscription JOIN subscriber ON id = subscriber_id WHERE address LIKE 'new%'")" 0
is "with how it came to that" "$(sql "SELECT DISTINCT action, c.source, f.text FROM consent c JOIN subscriber s ON s.id = c.subscriber_id JOIN form_text f ON f.hash = c.form_hash WHERE s.address LIKE 'new%'")" \
	"requested|import|No form: asked by mail after an import (csv: spring fair)"
newsletter subscriber import "$tmp/ask.csv" --consent 'spring fair' --confirm --json >"$tmp/import.out" 2>&1
is "who has not answered is not asked again" "$(python3 -c 'import json, sys; j = json.load(open(sys.argv[1])); print(j["asked"], j["already"], j["left"])' "$tmp/import.out")" "0 3 1"
link=$(outbox_body "$(mail_in_outbox confirm new1@example.com)" | grep -o "$base/confirm/[A-Za-z0-9_-]*" | head -n 1)
curl -s --max-time 60 -o /dev/null -X POST "$link" -d confirm=1
confirmed() { [ "$(sql "SELECT state FROM subscription JOIN subscriber ON id = subscriber_id WHERE address = 'new1@example.com'")" = 1 ]; }
wait_for 10 confirmed
ok "who confirms is subscribed" $?
stop_daemon
sql <"$root/tests/invariants.sql" >"$tmp/broken" 2>&1
is "invariants hold" "$(<"$tmp/broken")" ""
done_testing
