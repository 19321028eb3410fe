#!/bin/bash
# sandbox.t - what each role must not be able to do, tried from inside it by a build that tries (tests/probe/probe.c).
. "$(dirname "$0")/lib.sh"

probe=$B/probe/newsletterd
make_site
mkdir -p "$site/secret"
echo 'the relay password' >"$site/secret/relay"
echo 'a private key' >"$site/keys/dkim-test.pem"
conf_add relay url=smtp://127.0.0.1:9 user=me password_file=secret/relay tls=none
mkdir -p "$site/secret-inbound" "$site/trust" "$tmp/maildir"/{new,cur,tmp} "$tmp/done/cur"
echo "the mailbox's password" >"$site/secret-inbound/mailbox"
echo 'a certificate' >"$site/trust/ca.pem"
touch "$tmp/maildir/tmp"/{read,move}-{http,clerk,sender,inbound}
conf_add inbound url=imap://127.0.0.1:9 user=me password_file=secret-inbound/mailbox ca_file=trust/ca.pem tls=none
conf_add 'inbound spool' "url=maildir:$tmp/maildir" "move_to=$tmp/done"
export NEWSLETTER_RELAY_PASSWORD=from-the-environment NEWSLETTER_RELAY_PASSWORD_BACKUP=another
export NEWSLETTER_INBOUND_PASSWORD=of-the-mailbox NEWSLETTER_INBOUND_PASSWORD_OTHER=another
start_daemon "$probe"
unset NEWSLETTER_RELAY_PASSWORD NEWSLETTER_RELAY_PASSWORD_BACKUP NEWSLETTER_INBOUND_PASSWORD NEWSLETTER_INBOUND_PASSWORD_OTHER

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

for what in list read write remove move; do
	is "maildir-$what: not for http" "$(result http "maildir-$what")" EACCES
	is "maildir-$what: not for the clerk" "$(result clerk "maildir-$what")" EACCES
	is "maildir-$what: not for the sender" "$(result sender "maildir-$what")" EACCES
done
for role in http clerk sender; do
	is "$role cannot read a mailbox's password" "$(result $role mailbox-password)" EACCES
done
for what in mailbox-password mailbox-ca maildir-list maildir-read maildir-remove maildir-move; do
	is "inbound: $what" "$(result inbound $what)" ALLOWED
done
is "inbound writes into no message" "$(result inbound maildir-write)" EACCES
ok "what it moved is there" "$(test -e "$tmp/done/cur/move-inbound"; echo $?)"

# in_environment ROLE VARIABLE: 0 or 1; 2 when only root may look
in_environment() {
	local environment
	environment=/proc/$(role_pid "$1")/environ
	[ ! -e "$environment" ] || [ -r "$environment" ] || return 2
	grep -qz "$2" "$environment"
}
# not_in_environment ROLE VARIABLE WHAT
not_in_environment() {
	local there
	in_environment "$1" "$2"
	there=$?
	case $there in
	2) skip "$1 has no $3 in its environment" "only root may look" ;;
	*) is "$1 has no $3 in its environment" $there 1 ;;
	esac
}
for role in http clerk inbound; do
	not_in_environment $role NEWSLETTER_RELAY_PASSWORD "relay's password"
done
for role in http clerk sender; do
	not_in_environment $role NEWSLETTER_INBOUND_PASSWORD "mailbox's password"
done
is "the pages are served all the same" "$(curl -s --max-time 10 -o /dev/null -w '%{http_code}' "$base/")" 200
done_testing
