#!/bin/bash
# relay.t - newsletterd and npm's smtp-server: STARTTLS, AUTH, and recipients refused in the middle of pipelined groups.
. "$(dirname "$0")/lib.sh"

people=300
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=relay -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null || bail "no certificate"

relay_says() { python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).read().splitlines()[-1])[sys.argv[2]])' "$tmp/relay" "$1"; }

need_peers
mkdir -p "$tmp/got"
start_relay --key "$tmp/key.pem" --cert "$tmp/cert.pem" --user ann --password secret --refuse rcpt:550:10 --record "$tmp/got"
make_site
conf_add mail bounce=bounces@quietharbour.example
mkdir "$site/secret"
echo wrong >"$site/secret/relay"
conf_add relay "url=smtp://127.0.0.1:$relay" tls=required "ca_file=$tmp/cert.pem" user=ann password_file=secret/relay connections=3
subscribers $people
article 'Sleeping better'
start_daemon
newsletter send --yes >/dev/null

wait_for 20 grep -q 'role=sender event=relay' "$site/log"
ok "a wrong password is relay trouble, with a line in the log" $?
is "and nothing is claimed without a connection" "$(sql 'SELECT count(*) FROM delivery')" 0
is "the log does not tell the password" "$(grep -c -e wrong -e secret/relay "$site/log")" 0
echo secret >"$site/secret/relay"
kill -HUP "$daemon"
# A tenth is refused: whether that pauses the mailing before it is through is a matter of time.
through() { campaign_is 1 'done' || { campaign_is 1 paused && newsletter campaign resume 1 >/dev/null; false; }; }
wait_for 60 through
is "with the right one: each refused recipient is refused, everybody else served" \
	"$(sql 'SELECT state, accepted, refused, deferred, unknown FROM campaign')" 'done|270|30|0|0'
is "the ledger has code and enhanced code" \
	"$(sql 'SELECT count(*), count(DISTINCT subscriber_id) FROM delivery WHERE state = 3 AND code = 550 AND enhanced = '"'5.1.1'")" '30|30'
is "and the reply without its address" "$(sql "SELECT count(*) FROM delivery WHERE reply LIKE '%@%'")" 0
is "dead addresses are ended" "$(sql 'SELECT count(*) FROM subscription WHERE state = 3')" 30
is "and suppressed" "$(sql "SELECT count(*) FROM suppression WHERE reason = 'hard'")" 30
is "each with its event" "$(sql "SELECT count(*) FROM event WHERE kind = 'refusal' AND class = 'hard'")" 30
like "staff are told when they add one again" "$(newsletter subscriber add person10@example.org --topic articles --consent x 2>&1)" 'must not be mailed'

article 'Worry time'
newsletter send --yes >/dev/null
wait_for 60 campaign_is 2 'done'
is "the next campaign leaves them out" "$(sql 'SELECT planned, accepted, refused FROM campaign WHERE id = 2')" '270|270|0'
stop_relay
is "the relay counts the same" "$(relay_says accepted)" 540
is "from as many people" "$(relay_says distinct)" 270
at_least "logins" "$(relay_says logins)" 1
is "every message came over TLS" "$(relay_says secure)" 570
"$root/tests/mail_check.py" --loopback --campaign "$tmp"/got/1*.eml >"$tmp/found"
is "what arrived is as MAIL.md asks, dots and all" "$?$(head -c 600 "$tmp/found")" 0
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
stop_daemon
done_testing
