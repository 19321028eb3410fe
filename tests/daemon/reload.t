#!/bin/bash
# reload.t - SIGHUP: a configuration with which a role could not start is refused, and the roles at work go on.
. "$(dirname "$0")/lib.sh"

make_site
mkdir -p "$site/secret"
echo secret >"$site/secret/relay"
newsletter dkim keygen --selector s1 >/dev/null
conf_add relay url=smtp://127.0.0.1:1 tls=none
cp "$site/newsletter.conf" "$tmp/good"
start_daemon
pids() { for role in http clerk sender inbound; do role_pid $role; done | tr '\n' ' '; }
refusals() { grep -c event=reload_refused "$site/log"; }
refused_more() { [ "$(refusals)" -gt "$1" ]; }
answers() { curl -sf --max-time 5 -o /dev/null "$base/"; }
before=$(pids)

# refuses NAME REGEX SECTION KEY=VALUE…: with these lines more the configuration is refused, by a role that says why
refuses() {
	local name=$1 why=$2 count
	shift 2
	count=$(refusals)
	cp "$tmp/good" "$site/newsletter.conf"
	conf_add "$@"
	kill -HUP "$daemon"
	wait_for 20 refused_more "$count"
	like "$name: is refused" "$(grep 'event=failed\|event=reload_refused' "$site/log" | tail -n 2)" "$why.*event=reload_refused"
	is "$name: the roles are the same" "$(pids)" "$before"
	answers
	ok "$name: and answer" $?
	cp "$tmp/good" "$site/newsletter.conf"
}
refuses "a password that is not there" 'role=sender event=failed .*secret/none' "relay second" url=smtp://127.0.0.1:1 user=ann password_file=secret/none
refuses "a mailbox's that is not there" 'role=inbound event=failed .*secret/none' inbound url=imaps://127.0.0.1:1 user=ann password_file=secret/none
refuses "a token that is not there" 'role=sender event=failed .*secret/no-token' "relay second" url=smtp://127.0.0.1:1 user=ann token_file=secret/no-token
refuses "a DKIM key that is not there" 'role=sender event=failed .*dkim-none' dkim selector=none key_file=secrets/dkim-none.key
echo 'no key' >"$site/secret/dkim"
refuses "a DKIM key that is none" 'role=sender event=failed .*dkim' dkim selector=s1 key_file=secret/dkim
refuses "another store that is not there" 'event=failed .*other.db' store path=other/other.db
mkdir -p "$site/templates/web"
echo '{{#topics}}' >"$site/templates/web/consent.text.mustache"
refuses "a template of the form that is wrong" 'role=http event=failed .*consent.text.mustache' site description=Hello
rm -r "$site/templates/web"

conf_add "relay second" url=smtp://127.0.0.1:1 user=ann password_file=secret/relay tls=none
kill -HUP "$daemon"
idle() { grep -c 'role=inbound event=idle' "$site/log"; }
all_replaced() { [ "$(idle)" = "$1" ]; } # the last one says so at its start, for which those before it were ready
wait_for 30 all_replaced 2
ok "one with which all can start is taken" $? "$(tail -n 5 "$site/log")"
ok "with other roles" "$([ "$(pids)" != "$before" ]; echo $?)"
is "nobody died" "$(grep -c event=role_died "$site/log")" 0

# A role that hangs is replaced all the same, after the 10 s that it has to drain. In these a secret that is a pipe makes a role hang that only tries.
cp "$site/newsletter.conf" "$tmp/good"
clerk=$(role_pid clerk) hung=$(role_pid sender)
kill -STOP "$hung"
kill -HUP "$daemon"
clerk_is_new() { local now; now=$(role_pid clerk) && [ -n "$now" ] && [ "$now" != "$clerk" ]; }
wait_for 20 clerk_is_new
mkfifo "$site/secret/pipe"
conf_add "relay third" url=smtp://127.0.0.1:1 user=ann password_file=secret/pipe
count=$(refusals)
kill -HUP "$daemon"
answers
ok "visitors are answered meanwhile" $?
wait_for 40 refused_more "$count"
ok "a configuration that makes a role hang is refused" $?
cp "$tmp/good" "$site/newsletter.conf"
sender_is_new() { local now; now=$(role_pid sender) && [ -n "$now" ] && [ "$now" != "$hung" ]; }
wait_for 40 sender_is_new
is "and the role that hung is killed and replaced" "$(grep -c 'event=killed child=sender' "$site/log")" 1
all_four() { [ "$(pids | wc -w)" = 4 ]; }
wait_for 20 all_four
is "still nobody died by itself" "$(grep -c event=role_died "$site/log")" 0
hasnt "and no secret is in the log" "$(<"$site/log")" "secret$"

# One that hangs before it is ready does not keep the others from being replaced, nor itself. The key to sign with is read at the start.
conf_add dkim selector=s1 key_file=secret/key
mkfifo "$site/secret/key"
hung=$(role_pid sender)
kill -KILL "$hung"
wait_for 20 sender_is_new
hung=$(role_pid sender)
waits_for_the_pipe() { grep -q wait_for_partner "/proc/$hung/wchan"; }
wait_for 5 waits_for_the_pipe
rm "$site/secret/key"
cp "$site/secrets/dkim-s1.key" "$site/secret/key"
count=$(idle)
kill -HUP "$daemon"
wait_for 30 all_replaced $((count + 1))
ok "roles are replaced while one hangs at its start" $?
ok "and so is that one" "$([ "$(role_pid sender)" != "$hung" ]; echo $?)"
stop_daemon
is "nothing is left of those who tried" "$(pgrep -fc -- "-c $site/newsletter.conf --rehearse")" 0
done_testing
