#!/usr/bin/env bash
# relay.t - newsletterd and npm's smtp-server: STARTTLS, AUTH, and recipients refused in the middle of pipelined groups.
. "$(dirname "$0")/lib.sh"

people=300
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=relay -addext subjectAltName=IP:127.0.0.1 \
	-keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>/dev/null || bail "no certificate"

# start_relay [options of relay.js]: its port in $relay, its process in $relay_pid, its count in $tmp/relay once it has ended
start_relay() {
	"$root/tools/peers" || bail "the peers are missing"
	# shellcheck source=/dev/null
	. "$peers/env"
	node "$root/tests/daemon/relay.js" "$@" >"$tmp/relay" 2>"$tmp/relay.err" &
	relay_pid=$!
	at_exit $relay_pid
	wait_for 10 grep -q '^port' "$tmp/relay" || bail "the relay did not come up"
	relay=$(sed -n 's/^port //p' "$tmp/relay")
}
relay_says() { python3 -c 'import json, sys; print(json.loads(open(sys.argv[1]).read().splitlines()[-1])[sys.argv[2]])' "$tmp/relay" "$1"; }

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
ok $? "a wrong password is relay trouble, with a line in the log"
is "$(sql 'SELECT count(*) FROM delivery')" 0 "and nothing is claimed without a connection"
is "$(grep -c -e wrong -e secret/relay "$site/log")" 0 "the log does not tell the password"
echo secret >"$site/secret/relay"
kill -HUP "$daemon"
wait_for 60 campaign_is 1 'done'
is "$(sql 'SELECT state, accepted, refused, deferred, unknown FROM campaign')" 'done|270|30|0|0' \
	"with the right one: each refused recipient is refused, everybody else served"
is "$(sql 'SELECT count(*), count(DISTINCT subscriber_id) FROM delivery WHERE state = 3 AND code = 550 AND enhanced = '"'5.1.1'")" '30|30' \
	"the ledger has code and enhanced code"
is "$(sql "SELECT count(*) FROM delivery WHERE reply LIKE '%@%'")" 0 "and the reply without its address"
is "$(sql 'SELECT count(*) FROM subscription WHERE state = 3')" 30 "dead addresses are ended"
is "$(sql "SELECT count(*) FROM suppression WHERE reason = 'hard'")" 30 "and suppressed"
is "$(sql "SELECT count(*) FROM event WHERE kind = 'refusal' AND class = 'hard'")" 30 "each with its event"
like "$(newsletter subscriber add person10@example.org --topic articles --consent x 2>&1)" 'must not be mailed' "staff are told when they add one again"

article 'Worry time'
newsletter send --yes >/dev/null
wait_for 60 campaign_is 2 'done'
is "$(sql 'SELECT planned, accepted, refused FROM campaign WHERE id = 2')" '270|270|0' "the next campaign leaves them out"
kill $relay_pid && wait $relay_pid
is "$(relay_says accepted)" 540 "the relay counts the same"
is "$(relay_says distinct)" 270 "from as many people"
at_least "$(relay_says logins)" 1 "logins"
is "$(relay_says secure)" 570 "every message came over TLS"
"$root/tests/mail_check.py" --loopback --campaign "$tmp"/got/1*.eml >"$tmp/found"
is "$?$(head -c 600 "$tmp/found")" 0 "what arrived is as MAIL.md asks, dots and all"
is "$(sql <"$root/tests/invariants.sql")" '' "every invariant of the store holds"
stop_daemon
done_testing
