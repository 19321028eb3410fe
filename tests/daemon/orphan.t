#!/bin/bash
# orphan.t - the parent is killed: none of its roles outlives it for long, wherever it hangs, and those of the next parent wait for them.
. "$(dirname "$0")/lib.sh"

need_peers
make_site
mkdir -p "$site/secret"
newsletter dkim keygen --selector s1 >/dev/null
start_relay --user ann --password secret
conf_add relay url="smtp://127.0.0.1:$relay" tls=none user=ann password_file=secret/relay
conf_add dkim selector=s1 key_file=secret/key
echo secret >"$site/secret/relay"
cp "$site/secrets/dkim-s1.key" "$site/secret/key"

# kill_parent: and all its roles are left to themselves; $roles are their processes.
kill_parent() {
	roles=$(for role in http clerk sender inbound; do role_pid $role; done)
	kill -KILL "$daemon"
	wait "$daemon" 2>/dev/null
}
# A killed process is none any more, though nobody may have asked for its end yet.
lives() { local state; state=$(sed -n 's/^State:[[:space:]]*\(.\).*/\1/p' "/proc/$1/status" 2>/dev/null); [ -n "$state" ] && [ "$state" != Z ]; }
all_gone() { local pid; for pid in $roles; do ! lives "$pid" || return; done; }
accepted() { [ "$(sql "SELECT count(*) FROM outbox WHERE state = 'accepted'")" = "$1" ]; }

# One that hangs at its start: the key is a pipe that nobody writes to.
start_daemon
wait_for 20 grep -q event=ready "$site/log"
make_trap "$site/secret/key"
kill -KILL "$(role_pid sender)"
wait_for 20 trapped "$site/secret/key"
ok "a sender hangs at its start" $?
kill_parent
wait_for 25 all_gone
ok "and is gone after its parent was killed" $? "$(for pid in $roles; do lives "$pid" && tr '\0' ' ' <"/proc/$pid/cmdline"; done)"
open_trap "$site/secret/key"
cp "$site/secrets/dkim-s1.key" "$site/secret/key"

# Two that hang at their work: the password for the sender's next connection is such a pipe, and so is a page that http is asked for.
start_daemon
mkdir -p "$site/templates/web"
make_trap "$site/templates/web/manage.html.mustache"
make_trap "$site/secret/relay"
curl -sf --max-time 20 -o /dev/null -d email=ann@example.org -d topic=articles "$base/subscribe"
wait_for 20 trapped "$site/secret/relay"
ok "a sender hangs at its work" $?
curl -s --max-time 60 -o /dev/null "$base/manage" &
at_exit $!
wait_for 20 trapped "$site/templates/web/manage.html.mustache"
ok "so does http" $?
kill_parent
rm -r "$site/secret/relay" "$site/templates/web"
echo secret >"$site/secret/relay" # both traps are shut still
DAEMON_WAIT=30 start_daemon
ok "the next parent waits for the port, and has it" $?
wait_for 25 all_gone
ok "for they are gone after their parent was killed" $? "$(for pid in $roles; do lives "$pid" && tr '\0' ' ' <"/proc/$pid/cmdline"; done)"
wait_for 30 accepted 1
ok "and its sender sends" $? "$(sql 'SELECT state, attempts FROM outbox')"
stop_daemon
is "it ends in good order" $? 0
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
done_testing
