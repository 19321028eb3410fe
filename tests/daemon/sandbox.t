#!/bin/bash
# sandbox.t - what each role must not be able to do, tried from inside it by a build that tries (tests/probe/probe.c).
. "$(dirname "$0")/lib.sh"

probe=$B/probe/newsletterd
make_site
mkdir -p "$site/secret"
echo 'the relay password' >"$site/secret/relay"
echo 'a private key' >"$site/keys/dkim-test.pem"
conf_add relay url=smtp://127.0.0.1:9 user=me password_file=secret/relay tls=none
export NEWSLETTER_RELAY_PASSWORD=from-the-environment NEWSLETTER_RELAY_PASSWORD_BACKUP=another
start_daemon "$probe"
unset NEWSLETTER_RELAY_PASSWORD NEWSLETTER_RELAY_PASSWORD_BACKUP

result() { sed -n "s/^probe role=$1 what=$2 result=//p" "$site/log" | head -n 1; }
all_tried() { [ "$(grep -c 'what=exec' "$site/log")" -ge 4 ]; }
wait_for 10 all_tried

for role in http clerk sender inbound; do
	is "$role reads and writes the store" "$(result $role store)" ALLOWED
	for what in dkim-key parent-memory write-conf listen exec fork ptrace; do
		case "$what $BIN: $(result $role "$what")" in
		fork*/san/* | ptrace*/san/*) skip "$role: $what is refused" "a build with sanitizers needs it" ;;
		*": EACCES" | *": EPERM") ok "$role: $what is refused" 0 ;;
		*) ok "$role: $what is refused" 1 "but: $(result $role "$what")" ;;
		esac
	done
done
for role in http clerk; do
	is "$role cannot connect" "$(result $role connect)" EPERM
	is "$role cannot connect a socket that it inherited" "$(result $role connect-inherited)" EPERM
	is "$role cannot read the relay's password" "$(result $role relay-password)" EACCES
	is "$role cannot read a key file once it runs" "$(result $role link-key)" EACCES
	is "$role cannot read /etc" "$(result $role etc-passwd)" EACCES
done
is "the sender connects" "$(result sender connect)" ALLOWED
is "the sender reads the relay's password" "$(result sender relay-password)" ALLOWED
is "inbound cannot read the relay's password" "$(result inbound relay-password)" EACCES

for role in http clerk inbound; do
	environment=/proc/$(role_pid $role)/environ
	if [ -e "$environment" ] && [ ! -r "$environment" ]; then
		skip "$role has no password in its environment" "only root may look"
	else
		grep -qz NEWSLETTER_RELAY_PASSWORD "$environment"
		is "$role has no password in its environment" $? 1
	fi
done
is "the pages are served all the same" "$(curl -s --max-time 10 -o /dev/null -w '%{http_code}' "$base/")" 200
done_testing
