#!/bin/bash
# metrics.t - the operator's listener: what /healthz and /metrics say, exactly, after a known run; beside load; and after every role was killed.
. "$(dirname "$0")/lib.sh"

need_peers
make_site
relay_port=$(free_port)
conf_add http operator=unix:store/operator.sock
mkdir -p "$site/box"/{new,cur,tmp}
conf_add inbound "url=maildir:$site/box" every=1s
conf_add "inbound spare" "url=maildir:$site/none" every=1s
cp "$site/newsletter.conf" "$tmp/without"
conf_add relay "url=smtp://127.0.0.1:$relay_port" tls=none connections=2 window=4 daily=100000 timeout=5
conf_add "relay second" "url=smtp://127.0.0.1:$relay_port" tls=none weight=0
ask() { curl -s --max-time 60 --unix-socket "$site/store/operator.sock" "$@"; }
status() { ask -o /dev/null -w '%{http_code}' "$@"; }
scrape() { ask -o "$tmp/metrics" http://operator/metrics; }
value() { awk -v name="$1" 'index($0, name " ") == 1 { print substr($0, length(name) + 2); found = 1 } END { if (!found) print "none" }' "$tmp/metrics"; }
# says METRIC VALUE: asked anew, for what was said is said again for a second.
says() { scrape && [ "$(value "$1")" = "$2" ]; }
relay_up() { mail_folder; sink_at "$relay_port" -D "$tmp/sink/mail." "$@"; }
relay_down() { kill -9 "$sink_pid" && wait "$sink_pid" 2>/dev/null; }

subscribers 50
relay_up
start_daemon
health() { [ "$(status http://operator/healthz)" = "$1" ]; }
wait_for 10 health 200
is "all is well" "$(ask http://operator/healthz | sed -E 's/[0-9]+ s ago/N s ago/')" 'ok
http ok, seen N s ago
clerk ok, seen N s ago
sender ok, seen N s ago
inbound ok, seen N s ago'
is "as JSON" "$(ask -H 'Accept: application/json' http://operator/healthz | python3 -c 'import json, sys; j = json.load(sys.stdin); print(j["status"], [(r["role"], r["up"], r["restarts"]) for r in j["roles"]])')" \
	"ok [('http', True, 0), ('clerk', True, 0), ('sender', True, 0), ('inbound', True, 0)]"

# --- who may ask what ---
is "the socket is its owner's and the group's" "$(stat -c %a "$site/store/operator.sock")" 660
is "visitors have neither page" "$(curl -s -o /dev/null -w '%{http_code} ' "$base/metrics" "$base/healthz" -o /dev/null)" '404 404 '
is "the operator has none of theirs" "$(for page in / /subscribe /style.css /archive /manage /metrics/ //metrics /healthz/x; do status "http://operator$page"; echo; done | sort -u)" 404
is "only GET and HEAD" "$(status -X POST -d x http://operator/metrics) $(status -X DELETE http://operator/metrics) $(status -I http://operator/metrics)" '405 405 200'
is "what a GET brings is not read" "$(status -X GET -d 'a body' http://operator/healthz)" 200
is "the type is Prometheus'" "$(ask -o /dev/null -w '%{content_type}' http://operator/metrics)" 'text/plain; version=0.0.4; charset=utf-8'
for bad in 0.0.0.0:8026 '*:8026' 192.0.2.1:8026 '[::]:8026' localhost:8026 127.0.0.1 unix: 127.0.0.1:99999 127.0.0.1.example.org:80; do
	printf '[http]\noperator = %s\n' "$bad" >"$tmp/bad.conf"
	unlike "refused: $bad" "$("$BIN/newsletter" -c "$tmp/bad.conf" status 2>&1)" 'running'
	like "and said why" "$("$BIN/newsletter" -c "$tmp/bad.conf" status 2>&1)" 'operator must be an address that only this machine reaches'
done

# --- the table ---
scrape
sed -nE 's/^# TYPE ([a-z_]+) ([a-z]+)$/\1 \2/p' "$tmp/metrics" >"$tmp/said"
sed -n '/^\.Sh METRICS/,/^\.Sh SIGNALS/s/^\.It Ic \([a-z_]*\) \([a-z]*\).*/\1 \2/p' "$root/docs/newsletterd.8" >"$tmp/page"
is "newsletterd(8) has every metric with its type, in this order" "$(diff "$tmp/said" "$tmp/page")" ""
is "and with its help" "$(grep '^# HELP' "$tmp/metrics" | cut -d' ' -f4- | grep -vxFf <(sed -n '/^\.Sh METRICS/,/^\.Sh SIGNALS/p' "$root/docs/newsletterd.8"))" ""
like "promtool has nothing to say against it" "$("$PROMTOOL" check metrics <"$tmp/metrics" 2>&1; echo "status $?")" '^status 0$'
rules=$root/packaging/prometheus/newsletter.rules.yml
like "promtool takes the rules" "$("$PROMTOOL" check rules "$rules" 2>&1)" 'SUCCESS: [0-9]+ rules found'
like "and the example" "$("$PROMTOOL" check config "$root/packaging/prometheus/prometheus.yml" 2>&1)" 'is valid prometheus config'
for part in rules rules.days; do
	sed "s|RULES|$rules|" "$root/tests/data/newsletter.$part.test.yml" >"$tmp/$part.test.yml"
	like "they are raised when they should be, and not else ($part)" "$("$PROMTOOL" test rules "$tmp/$part.test.yml" 2>&1)" 'SUCCESS'
done
is "each alert has its test" "$(grep -oP 'alert: \K\w+' "$rules" | grep -vwFf <(grep -ohP 'alertname: \K\w+' "$tmp"/rules*.test.yml))" ""
unknown=$(grep -oE '\b(newsletter|process)_[a-z_]+' "$rules" | sort -u | sed -E 's/_(bucket|sum|count)$//' | grep -vxFf <(cut -d' ' -f1 "$tmp/said"))
is "they ask for nothing that is not said" "$unknown" ""

# --- a known run: 45 taken, 5 refused for good, then 3 put off ---
article 'First' && newsletter send --yes >/dev/null
wait_for 20 campaign_is 1 'done'
relay_down
relay_up -B '550 5.1.1 user unknown' -f rcpt
sql "UPDATE subscription SET state = 2 WHERE subscriber_id > 5"
article 'Second' && newsletter send --yes >/dev/null
wait_for 20 campaign_is 2 'done'
relay_down
relay_up -b '451 4.7.1 later' -r rcpt
sql "UPDATE subscription SET state = 1 WHERE subscriber_id BETWEEN 6 AND 8"
article 'Third' && newsletter send --yes >/dev/null
wait_for 20 says newsletter_deferred_waiting 3
is "accepted" "$(value 'newsletter_messages_total{kind="campaign",result="accepted"}')" 50
is "refused" "$(value 'newsletter_messages_total{kind="campaign",result="refused"}')" 5
is "their replies" "$(value 'newsletter_relay_replies_total{relay="relay",code="2xx"}') $(value 'newsletter_relay_replies_total{relay="relay",code="5xx"}')" '50 5'
class=$(sql "SELECT class FROM delivery WHERE state = 3 LIMIT 1")
is "what is made of them" "$(value "newsletter_messages_failed_total{class=\"$class\"}")" 5
is "they are dead addresses" "$(value 'newsletter_refusals_total{class="hard"}')" 5
at_least "put off" "$(value 'newsletter_messages_total{kind="campaign",result="deferred"}')" 3
is "campaigns" "$(value 'newsletter_campaigns{state="done"}') $(value 'newsletter_campaigns{state="sending"}')" '2 1'
is "the one that goes on" "$(value 'newsletter_campaign_planned{campaign="3",topic="articles"}') $(value 'newsletter_campaign_messages{campaign="3",topic="articles",result="deferred"}') $(value 'newsletter_campaign_window_open{campaign="3",topic="articles"}')" '3 3 1'
at_least "what was used of the relay's day" "$(value 'newsletter_relay_day_messages{relay="relay"}')" 55
is "and may be" "$(value 'newsletter_relay_day_limit{relay="relay"}')" 100000
at_least "when the mailbox was read" "$(value 'newsletter_mailbox_read_timestamp_seconds{mailbox="inbound"}')" 1700000000
is "and one that is not there" "$(value 'newsletter_mailbox_read_timestamp_seconds{mailbox="spare"}') $(value 'newsletter_mailbox_trouble_seconds{mailbox="inbound"}')" '0 0'
at_least "for how long it is in trouble" "$(value 'newsletter_mailbox_trouble_seconds{mailbox="spare"}')" 1
# a promotion; whatever a relay or a burglar gets into a counter's name; a request that nobody has decided
halt clerk
curl -s --max-time 60 -o /dev/null -d email=dan@example.net -d topic=articles "$base/subscribe"
sql "UPDATE campaign SET kind = 'promotion' WHERE id = 3; UPDATE signup_request SET received_at = received_at - 1000;
	INSERT INTO counter VALUES ('failures:a\"b\\c' || char(10) || 'd', 7), ('messages:nonsense', 3)"
older() { scrape && [ "$(value newsletter_signups_oldest_seconds)" -ge 1000 ]; }
wait_for 10 older
is "who waits, and since when" "$(value newsletter_signups_undecided)" 1
is "a promotion without hours may always go" "$(value 'newsletter_campaign_window_open{campaign="3",topic="articles"}')" 1
grep -qxF 'newsletter_messages_failed_total{class="a\"b\\c\nd"} 7' "$tmp/metrics"
ok "what is odd is escaped" $?
is "and what is nonsense left out" "$(grep -c nonsense "$tmp/metrics")" 0
is "promtool takes it" "$("$PROMTOOL" check metrics <"$tmp/metrics" >/dev/null 2>&1; echo $?)" 0
sql "UPDATE campaign SET kind = 'articles' WHERE id = 3; DELETE FROM counter WHERE name LIKE 'failures:a%' OR name = 'messages:nonsense'"
kill -CONT "$halted"
wait_for 10 says newsletter_signup_requests_total 1
wait_for 10 says newsletter_outbox_waiting 1
is "who asked" "$(value newsletter_signup_passed_total)" 1
hasnt "no address is among it" "$(<"$tmp/metrics")" 'example.'
hasnt "nor a path" "$(<"$tmp/metrics")" "$site"

# --- every role killed ---
for role in http clerk sender inbound; do
	kill -9 "$(role_pid $role)"
done
wait_for 15 says 'newsletter_role_restarts_total{role="http"}' 1
for role in clerk sender inbound; do
	wait_for 15 says "newsletter_role_restarts_total{role=\"$role\"}" 1
	is "$role: its death is counted" "$(value "newsletter_role_restarts_total{role=\"$role\"}")" 1
done
# once a minute at most, but the new http role has not counted yet
wait_for 10 says 'newsletter_subscriptions{topic="articles",state="bounced"}' 5
is "subscriptions" "$(value 'newsletter_subscriptions{topic="articles",state="active"}') $(value 'newsletter_subscriptions{topic="articles",state="left"}')" '3 42'
is "nothing that was counted is lost" "$(value 'newsletter_messages_total{kind="campaign",result="accepted"}') $(value 'newsletter_messages_total{kind="campaign",result="refused"}') $(value newsletter_signup_requests_total)" '50 5 1'
answered() { scrape && [ "$(value 'newsletter_http_requests_total{code="2xx"}')" -ge 1 ]; }
curl -s -o /dev/null "$base/"
wait_for 15 answered
ok "requests are counted" $? "$(grep newsletter_http_requests "$tmp/metrics")"
at_least "and how long they took" "$(value newsletter_http_request_seconds_count)" 1
commits() { scrape && [ "$(value 'newsletter_commit_seconds_count{role="sender"}')" -ge 1 ]; } # the killed one's last seconds are lost
wait_for 15 commits
ok "and commits" $?

# --- one that hangs ---
halt sender
sql "UPDATE role SET seen_at = seen_at - 60 WHERE name = 'sender'"
wait_for 10 health 503
is "a role that hangs is named" "$(ask http://operator/healthz | sed -E 's/[0-9]+ s/N s/' | grep -v ' ok, ')" 'not ok
sender was not seen for N s: it hangs, is stopped, or cannot write the store'
wait_for 10 says 'newsletter_role_up{role="sender"}' 0
is "in numbers, too" "$(value 'newsletter_role_up{role="sender"}') $(value 'newsletter_role_up{role="clerk"}')" '0 1'
# as the sender writes it, which at present does not
soon=$(($(date +%s) + 50))
sql "INSERT INTO pace (scope, subject, window_start, used) VALUES ('relay-rate', '', unixepoch(), 7500), ('relay-until', '', unixepoch(), 14000),
	('relay-trouble', 'second', unixepoch() - 100, $soon), ('relay-trouble', 'another', 1, 1),
	('domain-rate', 'gmail.com', unixepoch(), 700), ('domain-until', 'gmail.com', unixepoch(), 10000)"
wait_for 10 says 'newsletter_relay_slowed_messages_per_second{relay="relay"}' 7.5
is "a relay that was slowed" "$(value 'newsletter_relay_slowed_messages_per_second{relay="relay"}') $(value 'newsletter_relay_slowed_messages_per_second{relay="second"}')" '7.5 none'
is "a domain that was slowed" "$(value newsletter_slowed_domains)" 1
is "one that does not work" "$(value 'newsletter_relay_paused_until_timestamp_seconds{relay="second"}') $(value 'newsletter_relay_trouble_seconds{relay="relay"}')" "$soon 0"
at_least "for so long" "$(value 'newsletter_relay_trouble_seconds{relay="second"}')" 100
sql "DELETE FROM pace WHERE scope IN ('relay-rate', 'relay-until', 'relay-trouble', 'domain-rate', 'domain-until')"
kill -CONT "$halted"
wait_for 20 health 200
ok "and is well again" $?

# --- beside load, and against those who mean no good ---
visitors=()
: >"$tmp/load"
for _ in 1 2 3; do
	(while [ -e "$tmp/load" ]; do curl -s -o /dev/null "$base/"; done) &
	visitors+=($!)
done
slow=0
for _ in {1..20}; do
	[ "$(status http://operator/metrics)" = 200 ] || slow=$((slow + 1))
done
is "it answers beside load" $slow 0
rm "$tmp/load"
wait "${visitors[@]}"
python3 - "$site/store/operator.sock" >"$tmp/hostile" <<'P'
import socket, sys, time
open_ = []
for i in range(200):                      # idlers, and heads without an end
    s = socket.socket(socket.AF_UNIX)
    s.settimeout(5)
    try:
        s.connect(sys.argv[1])
        s.send(b"GET /metrics HTTP/1.1\r\n" if i % 2 else b"")
        open_.append(s)
    except OSError:
        break
s = socket.socket(socket.AF_UNIX)
s.settimeout(60)
s.connect(sys.argv[1])
s.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
print(s.recv(100).split(b"\r\n")[0].decode())
s = socket.socket(socket.AF_UNIX)
s.settimeout(60)
s.connect(sys.argv[1])
try:
    for _ in range(40):
        s.send(b"GET /" + b"a" * 100000)
    answer = s.recv(100)
except OSError:
    answer = b""
print(answer.split(b" ")[1].decode() if b" " in answer else "closed")
P
like "two hundred idlers keep nobody out, and a long line has an end" "$(<"$tmp/hostile")" '^HTTP/1.1 200 OK.(closed|4[0-9][0-9])$'
is "visitors notice nothing" "$(curl -s -o /dev/null -w '%{http_code}' --max-time 60 "$base/")" 200

# --- a port; a socket that was left ---
stop_daemon
[ ! -e "$site/store/operator.sock" ]
ok "the socket goes with the daemon" $?
python3 -c 'import socket, sys; s = socket.socket(socket.AF_UNIX); s.bind(sys.argv[1])' "$site/store/operator.sock"
start_daemon
is "one that a killed newsletterd left is replaced" "$(status http://operator/metrics)" 200
says 'newsletter_messages_total{kind="campaign",result="accepted"}' 50
is "counters survive a restart" "$(value 'newsletter_messages_total{kind="campaign",result="accepted"}')" 50

# --- tables that cannot be read ---
away() { sql "PRAGMA legacy_alter_table = ON; ALTER TABLE $1 RENAME TO $1_away"; }
back() { sql "PRAGMA legacy_alter_table = ON; ALTER TABLE $1_away RENAME TO $1"; }
away role
wait_for 10 health 503
has "the roles: healthz says so" "$(ask http://operator/healthz)" 'the store cannot be read'
has "as JSON" "$(ask -H 'Accept: application/json' http://operator/healthz)" '"problem":"the store cannot be read"'
back role
stop_daemon
cp "$tmp/without" "$site/newsletter.conf"
operator=$(free_port)
sed -i "s|^operator=.*|operator=127.0.0.1:$operator|" "$site/newsletter.conf"
start_daemon
away topic
away subscription
asked() { curl -s -o /dev/null -w '%{http_code} %{content_type}' "http://127.0.0.1:$operator/metrics"; }
is "the topics: no numbers" "$(asked)" '503 text/plain; charset=utf-8'
back topic
numbers() { [ "$(asked | cut -d' ' -f1)" = 200 ]; }
wait_for 10 numbers
is "by a port of the loopback" "$(curl -s -o "$tmp/metrics" -w '%{http_code}' "http://127.0.0.1:$operator/metrics")" 200
is "what cannot be counted is left out" "$(value 'newsletter_subscriptions{topic="articles",state="bounced"}')" none
back subscription
counted() { curl -s "http://127.0.0.1:$operator/metrics" | grep -q '^newsletter_subscriptions{topic="articles",state="bounced"} 5'; }
wait_for 10 counted
ok "and counted once it can be" $?
is "without a relay its place is the folder's" "$(value 'newsletter_relay_replies_total{relay="outbox-folder",code="2xx"}')" 0
stop_daemon
done_testing
