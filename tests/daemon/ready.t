#!/bin/bash
# ready.t - a role is ready when it has all that it works with; each death before that is counted; who is told to stop tries no new configuration.
. "$(dirname "$0")/lib.sh"

make_site
mkdir -p "$site/secret"
newsletter dkim keygen --selector s1 >/dev/null
conf_add relay url=smtp://127.0.0.1:1 tls=none
conf_add dkim selector=s1 key_file=secret/key
good_key() { rm -f "$site/secret/key"; cp "$site/secrets/dkim-s1.key" "$site/secret/key"; }
logged() { grep -c "$1" "$site/log"; }
logged_is() { [ "$(logged "$1")" = "$2" ]; }

# The key to sign with is a pipe in which nothing is yet.
make_trap "$site/secret/key"
start_daemon
wait_for 20 trapped "$site/secret/key"
ok "a sender waits for its key" $?
wait_for 20 logged_is event=idle 1 # the others work
is "and the daemon is not ready" "$(logged event=ready)" 0
open_trap "$site/secret/key" "$site/secrets/dkim-s1.key"
wait_for 20 logged_is event=ready 1
ok "it is when the sender has it" $?

# Told to read its configuration before it has begun.
stop_daemon
good_key
: >"$site/log"
mv "$site/newsletter.conf" "$tmp/conf"
make_trap "$site/newsletter.conf"
"$BIN/newsletterd" -C "$site" 2>>"$site/log" &
daemon=$!
at_exit $daemon
wait_for 20 trapped "$site/newsletter.conf"
kill -HUP "$daemon"
mv "$site/newsletter.conf" "$tmp/trap"
cp "$tmp/conf" "$site/newsletter.conf"
open_trap "$tmp/trap" "$tmp/conf"
wait_for 20 logged_is 'event=reload conf=' 1
ok "told to read its configuration before it has begun, it does so then" $? "$(tail -n 3 "$site/log")"
wait_for 30 logged_is event=ready 1
ok "and is ready" $? "$(tail -n 5 "$site/log")"

# Told to stop while the configuration is tried, and the role that tries hangs.
make_trap "$site/secret/key"
kill -HUP "$daemon"
wait_for 10 trapped "$site/secret/key"
stop_daemon
is "told to stop while a new configuration is tried it ends in good order" $? 0
is "and does not wait for that" "$(logged 'event=reload_refused.*told to stop')" 1

# Both at once.
open_trap "$site/secret/key"
good_key
start_daemon
wait_for 20 logged_is event=ready 2
make_trap "$site/secret/key"
before=$(logged event=reload)
kill -STOP "$daemon"
kill -HUP "$daemon"
kill -TERM "$daemon"
kill -CONT "$daemon"
wait "$daemon"
is "told to stop and to read its configuration it ends" $? 0
is "and tries none" "$(logged event=reload)" "$before"

# No key at all: the sender dies again and again.
open_trap "$site/secret/key"
echo 'no key' >"$site/secret/key"
start_daemon
died() { logged 'event=role_died child=sender'; }
died_often() { [ "$(died)" -ge 4 ]; }
wait_for 30 died_often
good_key
wait_for 60 logged_is event=ready 3
ok "a sender that can start at last is ready" $?
restarts() { sql "SELECT coalesce(sum(value), 0) FROM counter WHERE name = 'role_restarts:sender'"; }
counted() { [ "$(restarts)" = "$(died)" ]; }
wait_for 20 counted
is "and counts every death of those before it" "$(restarts)" "$(died)"
stop_daemon
done_testing
