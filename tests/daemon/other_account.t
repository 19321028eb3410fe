#!/bin/bash
# [inbound] names another mailbox than before, whose messages happen to have the same names: they are read, and none is removed unread.
. "$(dirname "$0")/lib.sh"

make_site
mkdir -p "$tmp"/{old,other}/{new,cur,tmp}
printf 'From: reader@example.org\nSubject: A question\n\nIs there an evening group?\n' >"$tmp/old/new/1.a.b"
printf 'From: reader@example.org\nSubject: Away\nAuto-Submitted: auto-replied\n\nI am away.\n' >"$tmp/other/new/1.a.b"
cp "$site/newsletter.conf" "$tmp/conf"
conf_add inbound every=1s "url=maildir:$tmp/old"
start_daemon
counter() { sql "SELECT coalesce(max(value), 0) FROM counter WHERE name = 'inbound_$1'"; }
counts() { [ "$(counter "$1")" = "$2" ]; }
wait_for 10 counts left 1
ok "a person's message is left in the first" $?
cp "$tmp/conf" "$site/newsletter.conf"
conf_add inbound every=1s "url=maildir:$tmp/other"
kill -HUP "$daemon"
wait_for 10 counts nothing 1
ok "one of the same name in the second is read" $? "$(grep role=inbound "$site/log" | tail -n 3)"
is "the first still has its own" "$(ls "$tmp/old/new")" 1.a.b
done_testing
