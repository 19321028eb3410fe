#!/bin/bash
# notify.t - newsletterd tells its service manager when it is ready and when it stops (sd_notify).
. "$(dirname "$0")/lib.sh"

make_site
cat >"$tmp/manager.py" <<'END'
import os, socket, subprocess, sys
path = sys.argv[1]
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(path)
s.settimeout(60)
daemon = subprocess.Popen(sys.argv[2:], env=dict(os.environ, NOTIFY_SOCKET=path), stderr=subprocess.DEVNULL)
try:
    print(s.recv(200).decode())
    daemon.terminate()
    print(s.recv(200).decode())
finally:
    daemon.terminate()
    print('status', daemon.wait(60))
END
python3 "$tmp/manager.py" "$tmp/notify" "$BIN/newsletterd" -C "$site" >"$tmp/said"
is "ready, stopping, and a good end" "$(tr '\n' ' ' <"$tmp/said")" 'READY=1 STOPPING=1 status 0 '

# A role whose parent has gone before it was ready, as one that somebody starts by hand.
"$BIN/newsletterd" -c "$site/newsletter.conf" --role clerk 3>&- 2>"$tmp/alone" &
alone=$!
at_exit $alone
wait_for 10 grep -q event=orphan "$tmp/alone"
ok "a role that nobody waits for says so" $?
sql "INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at)
	VALUES ('manage', 'ann@example.org', 'ann@example.org', '', '', '', '', 1, unixepoch(), unixepoch())"
wait_for 10 grep -q 'event=signups decided=1' "$tmp/alone"
ok "and works" $? "$(<"$tmp/alone")"
kill -TERM $alone
wait $alone
is "and ends when it is told to" $? 0
done_testing
