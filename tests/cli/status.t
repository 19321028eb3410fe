#!/bin/bash
# newsletter status: how the site is doing.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
succeeds "status" nl status
like "no daemon" "$out" "Quiet Harbour.*Daemon +not running"
like "no relay" "$out" "no relay is configured: it goes to the folder $T/one/outbox"
like "what is new" "$out" "3 are new and not announced yet"
like "topics" "$out" "articles +1 +0 +0 +0 +0"
nl send >/dev/null 2>&1 && nl send promotion "$data/site/promotions/spring.md" --to a@example.org >/dev/null 2>&1
succeeds "after a send" nl status
like "what waits" "$out" "Waiting +1 mail to one person"
like "open campaigns" "$out" "1 +scheduled +3 new articles from Quiet Harbour"
printf '[site]\nname = Quiet Harbour\n[relay]\nurl = smtp://mail.example.org:587\n' >newsletter.conf
# as newsletterd's parent does: byte 0 of the file, locked as long as it lives
python3 - store/newsletter.db-daemon >locked <<'P' &
import fcntl, os, struct, sys, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o660)
fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1, 0))  # F_OFD_SETLK
print("locked", flush=True)
time.sleep(60)
P
holder=$!
for _ in $(seq 100); do [ -s locked ] && break; sleep 0.1; done
succeeds "with a daemon and a relay" nl status
like "both are said" "$out" "Daemon +running.*Mail +through smtp://mail.example.org:587"
run nl status --json
is "as JSON" "$(json 'j["running"], j["relay"], j["outbox_waiting"], j["topics"][0]["active"], j["campaigns"][0]["id"]')" "(True, 'smtp://mail.example.org:587', 1, 1, 1)"
kill "$holder"
wait "$holder" 2>/dev/null
run nl status --json
is "a daemon that died leaves no trace" "$(json 'j["running"]')" False
finish
