#!/bin/bash
# dkim_sent.t - a campaign and a confirmation as a relay received them, verified by dkimpy, OpenDKIM and mailauth.
. "$(dirname "$0")/lib.sh"

people=40
need_peers
mkdir "$tmp/got"
start_relay --record "$tmp/got"
make_site
newsletter dkim keygen --json >"$tmp/rsa.json" || bail "no RSA key"
newsletter dkim keygen --ed25519 --json >"$tmp/ed25519.json" || bail "no Ed25519 key"
python3 -c 'import json, sys
for path in sys.argv[1:]:
    key = json.load(open(path))
    print(key["name"], key["value"])' "$tmp/rsa.json" "$tmp/ed25519.json" >"$tmp/keys"
conf_add dkim key_file=secrets/dkim-newsletter.key ed25519_key_file=secrets/dkim-newsletter-ed25519.key
conf_add mail unsubscribe=unsubscribe@quietharbour.example
conf_add relay "url=smtp://127.0.0.1:$relay" tls=none connections=3
subscribers $people
article 'Sleeping better'
start_daemon
curl -sf --max-time 60 -o /dev/null -d 'email=person77@example.org&topic=articles' "$base/subscribe"
newsletter send --yes >/dev/null
wait_for 60 campaign_is 1 'done'
ok "the campaign is sent" $? "$(tail -n 5 "$site/log")"
received() { find "$tmp/got" -name '*.eml' | wc -l; }
all_received() { [ "$(received)" -ge $((people + 1)) ]; }
wait_for 20 all_received
is "everybody's message is there, and the confirmation" "$(received)" $((people + 1))
stop_daemon

"$root/tests/daemon/dkim_verify.py" "$tmp/keys" "$tmp/got" -n 2 >"$tmp/verdicts" 2>&1
ok "as received, both signatures verify with all three" $? "$(grep -vE '^[^ ]+ [^ ]+( pass)+$' "$tmp/verdicts")"
is "each message, each verifier" "$(wc -l <"$tmp/verdicts")" $((4 * (people + 1)))
is "the log tells no key" "$(grep -c 'PRIVATE\|BEGIN' "$site/log")" 0
done_testing
