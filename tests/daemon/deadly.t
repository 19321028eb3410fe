#!/bin/bash
# A message that kills the inbound role: the role finds out which one, reads all the others, and leaves that one where it is. A mailbox that
# kills it as soon as it is listed keeps no other one from being read.
. "$(dirname "$0")/lib.sh"

# The server waits for the number of the process whose child it is to kill.
start_deadly() {
	rm -f "$tmp/pid"
	start_daemon
	echo "$daemon" >"$tmp/pid.new"
	mv "$tmp/pid.new" "$tmp/pid"
}

make_site
conf_add mail bounce=bounce@quietharbour.example
mkdir -p "$site/secret" "$tmp/good"/{new,cur,tmp}
echo secret >"$site/secret/mailbox"
mkfifo "$tmp/more"
python3 "$root/tests/daemon/deadly_pop3.py" "$tmp/pid" <"$tmp/more" >"$tmp/server" 2>"$tmp/server.err" &
at_exit $!
exec 9>"$tmp/more"
wait_for 10 grep -q '^port' "$tmp/server" || bail "the server did not come up: $(head -c 300 "$tmp/server.err")"
port=$(sed -n 's/^port //p' "$tmp/server")
conf_add inbound every=1s "url=pop3://127.0.0.1:$port" user=some password_file=secret/mailbox tls=none
start_deadly

left_are() { [ "$(sed -n 's/.* of them: //p' "$tmp/server" | tail -n 1)" = "$1" ]; }
counter() { sql "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'inbound_$1'"; }
wait_for 60 left_are '20'
ok "every message but the deadly one is read and removed" $? "$(tail -n 5 "$tmp/server")" "$(grep role=inbound "$site/log" | tail -n 5)"
unreadable_are() { [ "$(counter unreadable)" = "$1" ]; }
wait_for 30 unreadable_are 1
is "it is counted as unreadable, the others as what they are" "$(counter unreadable)|$(counter nothing)" '1|39'
is "it killed it five times by itself, after once in company" "$(grep -c '^deadly' "$tmp/server")" 6
named() { sed -n 's/.*event=unreadable mailbox=inbound uid="\{0,1\}\(uid-[0-9]*\).*/\1/p' "$site/log" | tr '\n' ' '; }
one_is_named() { [ -n "$(named)" ]; }
wait_for 20 one_is_named # it says so behind what it counts
is "the log names it" "$(named)" 'uid-20 '
is "nothing is noted of it any more" "$(sql "SELECT count(*) FROM pace WHERE scope LIKE 'inbound-reading%' AND subject <> ''")" 0
echo more >&9
wait_for 15 unreadable_are 1
one_more() { [ "$(counter nothing)" = 40 ]; }
wait_for 15 one_more
ok "what comes then is read" $?
is "and nobody died of it" "$(grep -c '^deadly' "$tmp/server")" 6
stop_daemon

# --- a mailbox that is deadly as a whole, before one that is not ---
sed -i '/^\[inbound\]/,$d' "$site/newsletter.conf"
conf_add inbound every=1s "url=pop3://127.0.0.1:$port" user=all password_file=secret/mailbox tls=none
conf_add 'inbound good' every=1s "url=maildir:$tmp/good"
printf 'From: reader@example.org\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away.\n' >"$tmp/good/new/1.a.b"
start_deadly
good_is_empty() { [ -z "$(find "$tmp/good/new" -type f)" ]; }
wait_for 20 good_is_empty
ok "a mailbox that kills whoever lists it keeps no other one from being read" $? "$(grep role=inbound "$site/log" | tail -n 5)"
killed_again() { [ "$(grep -c '^killed' "$tmp/server")" -ge 8 ]; }
wait_for 20 killed_again
at_least "though it did kill, and does again" "$(grep -c '^killed' "$tmp/server")" 8
done_testing
