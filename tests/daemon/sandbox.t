#!/usr/bin/env bash
# sandbox.t - what each role must not be able to do, tried from inside it by a build that tries (tests/probe/probe.c).
. "$(dirname "$0")/lib.sh"

probe=${B:-$root/build}/probe/newsletterd
make_site
mkdir -p "$site/secret"
echo 'the relay password' >"$site/secret/relay"
echo 'a private key' >"$site/keys/dkim-test.pem"
conf_add relay url=smtp://127.0.0.1:9 user=me password_file=secret/relay tls=none
export NEWSLETTER_RELAY_PASSWORD=from-the-environment
start_daemon "$probe"
unset NEWSLETTER_RELAY_PASSWORD

result() { sed -n "s/^probe role=$1 what=$2 result=//p" "$site/log" | head -n 1; }
all_tried() { [ "$(grep -c 'what=exec' "$site/log")" -ge 4 ]; }
wait_for 10 all_tried

for role in http clerk sender inbound; do
	is "$(result $role store)" ALLOWED "$role reads and writes the store"
	for what in dkim-key parent-memory write-conf listen exec fork ptrace; do
		case "$what $BIN: $(result $role "$what")" in
		fork*/san/* | ptrace*/san/*) ok 0 "$role: $what # SKIP a build with sanitizers needs it" ;;
		*": EACCES" | *": EPERM") ok 0 "$role: $what is refused" ;;
		*) ok 1 "$role: $what is refused, not '$(result $role "$what")'" ;;
		esac
	done
done
for role in http clerk; do
	is "$(result $role connect)" EPERM "$role cannot connect"
	is "$(result $role connect-inherited)" EPERM "$role cannot connect a socket that it inherited"
	is "$(result $role relay-password)" EACCES "$role cannot read the relay's password"
	is "$(result $role link-key)" EACCES "$role cannot read a key file once it runs"
	is "$(result $role etc-passwd)" EACCES "$role cannot read /etc"
done
is "$(result sender connect)" ALLOWED "the sender connects"
is "$(result sender relay-password)" ALLOWED "the sender reads the relay's password"
is "$(result inbound relay-password)" EACCES "inbound cannot read the relay's password"

for role in http clerk inbound; do
	if tr '\0' '\n' <"/proc/$(role_pid $role)/environ" | grep -q NEWSLETTER_RELAY_PASSWORD; then
		ok 1 "$role has no password in its environment"
	else
		ok 0 "$role has no password in its environment"
	fi
done
is "$(curl -s --max-time 10 -o /dev/null -w '%{http_code}' "$base/")" 200 "the pages are served all the same"
done_testing
