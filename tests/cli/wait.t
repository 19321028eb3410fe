#!/bin/bash
# newsletter send --wait: with a daemon that sends into the outbox folder, and with none.
. "$(dirname "$0")/lib.sh"
port=$((20000 + RANDOM % 10000))
while (: </dev/tcp/127.0.0.1/$port) 2>/dev/null; do port=$((20000 + RANDOM % 10000)); done
site one --listen "127.0.0.1:$port" --url "http://127.0.0.1:$port"
for i in 1 2 3 4 5; do echo "person$i@example.org"; done | sed '1i email' >people.csv
nl subscriber import people.csv --consent x --topic articles --topic promotions >/dev/null
nl article import "$data/site/articles" >/dev/null

start=$SECONDS
run nl send --wait
is "no daemon: exit status" "$status" 3
like "says so at once" "$err" "^newsletter: newsletterd is not running: nothing goes out until it is started"
like "and does not wait for ever" "$err" "campaign 1 waits for newsletterd"
[ $((SECONDS - start)) -ge 10 ]
ok "but long enough for one that starts anew" $?

"$BIN/newsletterd" -c newsletter.conf 2>daemon.log &
daemon=$!
cleanup() {
	kill "$daemon" 2>/dev/null
	wait "$daemon" 2>/dev/null
	rm -rf "$T"
}
for _ in $(seq 100); do
	[ "$(db 'SELECT state FROM campaign WHERE id = 1')" = "done" ] && break
	sleep 0.1
done
is "once it is there, that campaign goes out" "$(db 'SELECT state, accepted FROM campaign WHERE id = 1')" "done|5" || say "$(tail -n 20 daemon.log)"

run timeout 60 "$BIN/newsletter" send promotion "$data/site/promotions/spring.md" --wait
is "with a daemon: exit status" "$status" 0
like "lines, as this is no terminal" "$out" "Campaign 2 starts now.*Done: 5 sent\."
unlike "and no bar" "$out$err" $'\r'
is "each has one" "$(find outbox -name '*.eml' -exec grep -l '^Subject: A first conversation' {} + | wc -l)" 5

sed -i 's/^cancel_window.*/cancel_window = 1h/' newsletter.conf
(sleep 2 && nl campaign cancel 3 --reason "second thoughts") >/dev/null &
run timeout 60 "$BIN/newsletter" send promotion "$data/site/promotions/spring.md" --wait
is "cancelled while it waits: exit status" "$status" 3
like "says why" "$err" "campaign 3 is cancelled: second thoughts"

sed -i 's/^cancel_window.*/cancel_window = 2s/' newsletter.conf
export TERM=xterm
at_terminal 'y\n' "$BIN/newsletter send promotion $data/site/promotions/spring.md --wait"
is "at a terminal: exit status" "$status" 0
like "a bar" "$out" "0 %  0 of 5  starts in"
like "and the end" "$out" "Done: 5 sent"
run timeout 60 "$BIN/newsletter" send promotion "$data/site/promotions/spring.md" --wait --json
is "as JSON" "$(json 'j["state"], j["accepted"]')" "('done', 5)"
[ "$failed" = 0 ] || say "$(tail -n 20 daemon.log)"
finish
