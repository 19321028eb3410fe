#!/bin/bash
# newsletter send --wait: with a daemon that sends into the outbox folder, and with none.
. "$(dirname "$0")/lib.sh"
port=$(free_port)

# Ten seconds of their own: a mailing that somebody is said to send.
site two
for i in 1 2 3 4 5; do echo "person$i@example.org"; done | sed '1i email' >people.csv
nl subscriber import people.csv --consent x --topic promotions >/dev/null
# as newsletterd's parent does: byte 0 of the file, locked as long as it lives
python3 - store/newsletter.db-daemon >locked <<'P' &
import fcntl, os, struct, sys, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o660)
fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1, 0))  # F_OFD_SETLK
print("locked", flush=True)
time.sleep(600)
P
at_exit $!
wait_for 20 test -s locked
"$BIN/newsletter" send promotion "$data/site/promotions/spring.md" --wait >"$tmp/two.out" 2>"$tmp/two.err" &
waiting=$!
is_queued() { [ -n "$(db 'SELECT 1 FROM campaign')" ]; }
wait_for 20 is_queued
db "UPDATE campaign SET state = 'sending', started_at = $EPOCHSECONDS"
wait_for 20 grep -q sending "$tmp/two.out"
db "UPDATE campaign SET accepted = 2"

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

wait_for 20 grep -q '  2 of 5' "$tmp/two.out"
db "UPDATE campaign SET state = 'done', finished_at = $EPOCHSECONDS, refused = 1, unknown = 1, skipped = 1" ../two/store/newsletter.db
status=0
wait $waiting || status=$?
like "what moves is said every ten seconds, and what came of it in the end" "$status $(<"$tmp/two.out")" \
	"^0 .* sending.*  2 of 5.*Done: 2 sent\..*1 refused; see .*1 unknown: the connection broke.*1 left out: they left"

"$BIN/newsletterd" -c newsletter.conf 2>daemon.log &
at_exit $!
is_done() { [ "$(db 'SELECT state FROM campaign WHERE id = 1')" = "done" ]; }
wait_for 20 is_done
is "once it is there, that campaign goes out" "$(db 'SELECT state, accepted FROM campaign WHERE id = 1')" "done|5" || say "$(tail -n 20 daemon.log)"

run timeout 120 "$BIN/newsletter" send promotion "$data/site/promotions/spring.md" --wait
is "with a daemon: exit status" "$status" 0
like "lines, as this is no terminal" "$out" "Campaign 2 starts now.*Done: 5 sent\."
unlike "and no bar" "$out$err" $'\r'
is "each has one" "$(find outbox -name '*.eml' -exec grep -l '^Subject: A first conversation' {} + | wc -l)" 5

sed -i 's/^cancel_window.*/cancel_window = 1h/' newsletter.conf
is_there() { [ -n "$(db "SELECT 1 FROM campaign WHERE id = $1")" ]; }
(wait_for 20 is_there 3 && nl campaign cancel 3 --reason "second thoughts") >/dev/null &
run timeout 120 "$BIN/newsletter" send promotion "$data/site/promotions/spring.md" --wait
is "cancelled while it waits: exit status" "$status" 3
like "says why" "$err" "campaign 3 is cancelled: second thoughts"

export TERM=xterm
(wait_for 20 grep -q 'starts in' "$tmp/out" && nl campaign cancel 4) >/dev/null &
at_terminal 'y\n' "$BIN/newsletter send promotion $data/site/promotions/spring.md --wait"
is "at a terminal, cancelled: exit status" "$status" 3
like "a bar" "$out" "0 %  0 of 5  starts in"
sed -i 's/^cancel_window.*/cancel_window = 0s/' newsletter.conf
at_terminal 'y\n' "$BIN/newsletter send promotion $data/site/promotions/spring.md --wait"
is "at a terminal: exit status" "$status" 0
like "and the end" "$out" "Done: 5 sent"
run timeout 120 "$BIN/newsletter" send promotion "$data/site/promotions/spring.md" --wait --json
is "as JSON" "$(json 'j["state"], j["accepted"]')" "('done', 5)"
[ "$tests_failed" = 0 ] || say "$(tail -n 20 daemon.log)"
done_testing
