#!/bin/bash
# newsletter status: how the site is doing.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
succeeds "status" nl status
like "no daemon" "$out" "Quiet Harbour.*Daemon +not running"
like "no relay" "$out" "no relay is configured: it goes to the folder $tmp/one/outbox"
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
time.sleep(600)
P
holder=$!
at_exit "$holder"
wait_for 20 test -s locked
succeeds "with a daemon and a relay" nl status
like "both are said" "$out" "Daemon +running.*Mail +through smtp://mail.example.org:587"
run nl status --json
is "as JSON" "$(json 'j["running"], j["relay"], j["outbox_waiting"], j["topics"][0]["active"], j["campaigns"][0]["id"]')" "(True, 'smtp://mail.example.org:587', 1, 1, 1)"
kill "$holder"
wait "$holder" 2>/dev/null
run nl status --json
is "a daemon that died leaves no trace" "$(json 'j["running"]')" False

# What was used of a relay's limits, and what slows it: rows as the sender writes them. The clock stands still.
now=$(date +%s)
export NEWSLETTER_CLOCK=@$now
sql() { python3 -c 'import sqlite3, sys; c = sqlite3.connect("store/newsletter.db"); c.executescript(sys.argv[1])' "$1"; }
sql "INSERT INTO pace VALUES ('relay', '', $((now - 90000)), 77), ('relay', '', $((now - 3000)), 1200), ('relay', '', $now, 34)"
succeeds "one relay without limits" nl status
unlike "has none to show" "$out" "in 24 hours|slowed"
echo 'daily = 50000' >>newsletter.conf
succeeds "one relay with a daily limit" nl status
like "what was used of it, without yesterday's" "$out" "Mail +through smtp://mail.example.org:587, from [^
]*
 +1,234 of 50,000 messages in 24 hours
 +Waiting"
sql "INSERT INTO pace VALUES ('relay-rate', '', $((now + 60)), 3500), ('relay-until', '', $((now + 60)), 14000),
	('domain-rate', 'gmail.com', $((now + 60)), 700), ('domain-until', 'gmail.com', $((now + 60)), 10000),
	('domain-rate', 'example.net', $((now - 500)), 700), ('domain-until', 'example.net', $((now - 500)), 10000)"
run nl status
like "the relay is slowed" "$out" "slowed to 3.5 a second"
like "a domain is slowed, and one is not any more" "$out" "Slowed +mail to gmail.com, as it asks: 42 a minute
 +Waiting"
sql "INSERT INTO pace SELECT 'domain-' || v, d, $((now + 60)), iif(v = 'rate', 700, 10000) FROM
	(SELECT 'rate' v UNION SELECT 'until'), (SELECT 'a.example' d UNION SELECT 'b.example' UNION SELECT 'c.example' UNION SELECT 'd.example' UNION SELECT 'e.example');
	INSERT INTO pace VALUES ('relay-trouble', '', 1773482400, 1773486000)"
run nl status
like "the relay is in trouble" "$out" "which cannot be used since 2026-03-14 10:00, see the daemon's log; it is tried again at 2026-03-14 11:00"
sql "UPDATE pace SET used = 0 WHERE scope = 'relay-trouble'"
like "nobody knows when it is tried again" "$(nl status)" "which cannot be used since 2026-03-14 10:00, see the daemon's log"$'\n'
sql "UPDATE pace SET used = 1773486000 WHERE scope = 'relay-trouble'"
like "so many domains are slowed that the last are counted" "$out" "Slowed +mail to a.example.*
 +mail to b.example, as it asks: 42 a minute.*
 +and to 1 other domains"
sql "DELETE FROM pace WHERE scope = 'relay-trouble' OR subject LIKE '_.example'"
sql "INSERT INTO pace VALUES ('relay', '', $((now - 10)), 48766)"
run nl status
like "the limit is used up" "$out" "50,000 of 50,000 messages in 24 hours: the rest waits"

cat >>newsletter.conf <<'C'
[relay backup]
url = smtps://backup.example.org:465
weight = 0
[relay fresh]
url = smtp://fresh.example.org:587
warmup = 50
C
sql "INSERT INTO pace VALUES ('relay-first', 'fresh', $((now - 3 * 86400 - 10)), 1), ('relay', 'fresh', $now, 310)"
succeeds "several relays" nl status
like "their number" "$out" "Mail +through 3 relays, from "
like "a table of them" "$out" "Relay +Address +Last 24 hours +State
 +relay +smtp://mail.example.org:587 +50,000 of 50,000 +limit reached, slowed to 3.5 a second
 +backup +smtps://backup.example.org:465 +spare
 +fresh +smtp://fresh.example.org:587 +310 of 400 +warming up
"
run nl status --json
is "as JSON: the first" "$(json '[j["relays"][0][k] for k in ("name", "spare", "used", "limit", "warming_up", "slowed_to")]')" \
	"['relay', False, 50000, 50000, False, 3500]"
is "as JSON: the spare has no more than it needs" "$(json 'j["relays"][1]')" \
	"{'name': 'backup', 'url': 'smtps://backup.example.org:465', 'spare': True, 'used': 0}"
is "as JSON: the one that is warming up" "$(json '[j["relays"][2][k] for k in ("name", "used", "limit", "warming_up")]')" \
	"['fresh', 310, 400, True]"
is "as JSON: domains" "$(json 'j["slowed_domains"]')" "[{'domain': 'gmail.com', 'slowed_to': 700}]"
# Mailboxes: rows as the inbound role writes them.
unlike "no mailbox is none" "$(nl status)" "Comes back"
printf '[inbound]\nurl = imaps://mail.example.org/INBOX\nuser = bounce\n[inbound complaints]\nurl = pop3s://mail.example.org\nuser = fbl\n' >>newsletter.conf
succeeds "two mailboxes" nl status
like "which nobody has read" "$out" "Comes back +through imaps://mail.example.org/INBOX, not read yet
 +Comes back +through pop3s://mail.example.org, not read yet"
sql "INSERT INTO pace VALUES ('inbound-polled', '', $now, 1)"
like "one was read just now" "$(nl status)" "through imaps://mail.example.org/INBOX, last read 20"
sql "DELETE FROM pace WHERE scope = 'inbound-polled'"
at=1773482400
sql "INSERT INTO pace VALUES ('inbound-polled', '', $at, 1), ('inbound-polled', 'complaints', $((at - 7200)), 1),
	('inbound-trouble', 'complaints', $((at - 3600)), 12)"
run nl status
like "one was read, one is in trouble" "$out" "through imaps://mail.example.org/INBOX, last read 2026-03-14 10:00
 +Comes back +pop3s://mail.example.org: cannot be read since 2026-03-14 09:00, see the daemon's log; last read 2026-03-14 08:00"
run nl status --json
is "as JSON" "$(json 'j["mailboxes"]')" "[{'name': 'main', 'url': 'imaps://mail.example.org/INBOX', 'read_at': '2026-03-14T10:00:00Z', 'failures': 0}, \
{'name': 'complaints', 'url': 'pop3s://mail.example.org', 'read_at': '2026-03-14T08:00:00Z', 'trouble_since': '2026-03-14T09:00:00Z', 'failures': 12}]"

# --- the roles, as they write that they live ---
sql "DELETE FROM pace; UPDATE campaign SET state = 'done'"
sql "INSERT INTO role VALUES ('http', 11, '0.1.0', $((now - 100000)), $now, 2, 1, 1), ('clerk', 12, '0.1.0', $((now - 60)), $((now - 9)), 2, 1, 1),
	('sender', 13, '0.1.0', $((now - 100000)), $((now - 300)), 2, 1, 1); INSERT INTO counter VALUES ('role_restarts:clerk', 2)"
unlike "without a daemon none of them is looked for" "$(nl status)" "Roles"
rm locked
python3 - store/newsletter.db-daemon >locked <<'P' &
import fcntl, os, struct, sys, time
fd = os.open(sys.argv[1], os.O_RDWR | os.O_CREAT, 0o660)
fcntl.fcntl(fd, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 1, 0))  # F_OFD_SETLK
print("locked", flush=True)
time.sleep(600)
P
holder=$!
at_exit "$holder"
wait_for 20 test -s locked
succeeds "roles" nl status
like "those that were seen, one that was not, one that died, one that never was" "$out" "Roles +http \(11\), clerk \(12\)
 +clerk was started anew at [^
]+; it has died 2 times so far
 +sender was not seen for 5 min( [0-9]+ s)?: it hangs, is stopped, or cannot write the store
 +inbound has not been seen yet"
run nl status --json
is "as JSON" "$(json '[(r["role"], r["up"], r["restarts"]) for r in j["roles"]]')" \
	"[('http', True, 0), ('clerk', True, 2), ('sender', False, 0), ('inbound', False, 0)]"

sql "UPDATE role SET seen_at = $((now + 7200)) WHERE name = 'sender'"
like "one from the time before the clock was set back" "$(nl status)" "sender was not seen for (2 h|1 h 59 min)"

# --- a backup, bounces that nobody reads, a relay in trouble, campaigns ---
like "no backup" "$(nl status)" "Backup +none was made yet"
sql "INSERT INTO audit (at, who, command, detail) VALUES (1773482400, 'ann', 'backup', ''), ($now, 'ann', 'topic create', '')"
like "one" "$(nl status)" "Backup +the last one is of 2026-03-14 10:00"
sed -i '/^\[inbound/,$d' newsletter.conf
printf '[mail]\nbounce = bounce@example.org\n' >>newsletter.conf
like "bounces that nobody reads" "$(nl status)" "Comes back +bounces go to bounce@example.org, and nobody reads them here"
sql "INSERT INTO counter VALUES ('inbound_messages', 1)"
unlike "a pipe has brought some" "$(nl status)" "nobody reads them"
sql "INSERT INTO pace VALUES ('relay-trouble', 'backup', 1773482400, 0)"
like "a relay in trouble" "$(nl status)" "backup +smtps://backup.example.org:465 +[^
]*not usable since 2026-03-14 10:00"
sql "UPDATE campaign SET state = 'sending', started_at = $((now - 100)), planned = 1000, accepted = 400, refused = 50, deferred = 30 WHERE id = 1"
like "how far a campaign is" "$(nl status)" "Campaign 1 +45 %, 4\.[0-9] a second, [^
]*left, 30 to be tried again"
sql "UPDATE campaign SET state = 'held', reason = 'its message cannot be read' WHERE id = 1"
like "why one waits" "$(nl status)" "Held +campaign 1: its message cannot be read"

sql "UPDATE campaign SET state = 'paused', reason = 'a typo' WHERE id = 1"
like "or why it stands" "$(nl status)" "Paused +campaign 1: a typo"
sql "UPDATE campaign SET state = 'sending', reason = '' WHERE id = 1; WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < 40)
	INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, planned, accepted)
	SELECT i, 'w' || i, 'articles', 1, 'Number ' || i, 'sending', 1, 'ann', 1, $now, 1000, i * 10 FROM n"
like "of several each" "$(nl status)" "Campaign 19 +19 %.*Campaign 20 +20 %"

# --- live ---
run nl status --watch
is "not without a terminal" "$status" 2
like "it says so" "$err" "--watch is for a terminal"
python3 - "$BIN/newsletter" "$PWD" >watched 2>&1 <<'P'
import os, pty, re, select, signal, sqlite3, struct, sys, fcntl, termios, time

def view(rows, columns, end, seconds):
    pid, fd = pty.fork()
    if pid == 0:
        os.environ.update(TERM="xterm", LC_ALL="C.UTF-8")
        os.execv(sys.argv[1], [sys.argv[1], "-C", sys.argv[2], "status", "--watch"])
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    text, until, sent, others = b"", time.time() + 200, False, False
    while time.time() < until:
        if not others and text.count(b"\x1b[H") >= seconds - 1:
            with sqlite3.connect("store/newsletter.db", timeout=20) as store:  # others are open now, and those go on
                store.execute("UPDATE campaign SET state = iif(state = 'done', 'sending', 'done') WHERE id <= 20")
            others = True
        if not sent and text.count(b"\x1b[H") >= seconds:
            os.write(fd, end) if isinstance(end, bytes) else os.kill(pid, end)
            sent = True
        if select.select([fd], [], [], 0.1)[0]:
            try:
                piece = os.read(fd, 65536)
            except OSError:
                break
            if not piece:
                break
            text += piece
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status), text.decode()

for name, rows, end in (("q", 99, b"q"), ("control C", 99, b"\x03"), ("SIGTERM", 10, signal.SIGTERM), ("SIGQUIT", 99, signal.SIGQUIT)):
    status, text = view(rows, 80, end, 3)
    frames = text.split("\x1b[H")[1:]
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line) for line in frames[-1].split("\r\n")]
    print(name, status, len(frames) >= 3, text.startswith("\x1b[?1049h"), text.endswith("\x1b[?1049l"), len(lines) <= rows, "Quiet Harbour" in lines[0],
        "more lines" in frames[-1])
P
is "it goes on, keeps to the window, and leaves the terminal as it was" "$(<watched)" 'q 0 True True True True True False
control C 0 True True True True True False
SIGTERM 0 True True True True True True
SIGQUIT 0 True True True True True False'
python3 - "$BIN/newsletter" "$PWD" >watched 2>&1 <<'P'
import os, pty, select, signal, sys, termios, time

# A shell of sorts: the view is its job, in front of the terminal.
pid, fd = pty.fork()
if pid == 0:
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    before = termios.tcgetattr(0)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execv(sys.argv[1], [sys.argv[1], "-C", sys.argv[2], "status", "--watch"])
    for _ in range(2):
        _, status = os.waitpid(job, os.WUNTRACED)
        print("\nSTOPPED", os.WIFSTOPPED(status), termios.tcgetattr(0) == before, flush=True)
        os.kill(job, signal.SIGCONT)
    _, status = os.waitpid(job, 0)
    print("\nENDED", os.waitstatus_to_exitcode(status), termios.tcgetattr(0) == before, flush=True)
    os._exit(0)
text, until, sent = b"", time.time() + 200, 0
ends = [b"\x1a", signal.SIGTSTP, b"q"]
while time.time() < until:
    if sent < 3 and text.count(b"\x1b[?1049h") == sent + 1 and text.endswith(b"q ends\x1b[K"):
        os.write(fd, ends[sent]) if isinstance(ends[sent], bytes) else os.killpg(os.tcgetpgrp(fd), ends[sent])
        sent += 1
    if select.select([fd], [], [], 0.1)[0]:
        try:
            text += os.read(fd, 65536)
        except OSError:
            break
text = text.decode()
print(text.count("\x1b[?1049l\r\nSTOPPED True True"), text.count("\x1b[?1049h"), text.endswith("ENDED 0 True\r\n"))
P
is "^Z gives the terminal back, and fg takes it again" "$(<watched)" "2 3 True"
done_testing
