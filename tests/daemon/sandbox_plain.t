#!/bin/bash
# sandbox_plain.t - the sandbox where newsletterd is nobody in particular, and on kernels that enforce only some of it, or nothing.
. "$(dirname "$0")/probe.sh"

DAEMON_WAIT=30
plain='' refuse=$B/tests/refuse daemon_under_test=$BIN/newsletterd
if [ "$(id -u)" = 0 ]; then
	chmod 711 "$tmp"
	# The folder of the build may be closed to whom newsletterd runs as.
	mkdir -m 755 "$tmp/bin"
	install -m 755 "$probe" "$B/tests/refuse" "$tmp/bin/"
	probe=$tmp/bin/newsletterd refuse=$tmp/bin/refuse daemon_under_test=$tmp/bin/real/newsletterd
	install -D -m 755 "$BIN/newsletterd" "$daemon_under_test"
	plain='setpriv --reuid 64201 --regid 64201 --clear-groups --inh-caps=-all'
fi
export DAEMON_UNDER=$plain

# give: the site to whom newsletterd runs as.
give() { [ -z "$plain" ] || chown -R 64201:64201 "$site" "$tmp/maildir" "$tmp/done"; }
fresh_maildir() {
	mkdir -p "$tmp/maildir/tmp"
	touch "$tmp/maildir/tmp"/{read,move}-{http,clerk,sender,inbound}
	rm -f "$tmp/done/cur"/*
	: >"$site/log"
	give
}

probe_site --set daemon.users=newsletter
touch "$site/log"
give
probe_start
is "that roles cannot have users of their own is said once" "$(grep -c 'event=users apart=no' "$site/log")" 1
check_calls
check_files
check_maildir
check_locked
check_pages
stop_daemon

# ABI 1 of Landlock, which Linux 5.15 has: who moves files goes without.
fresh_maildir
PROBE_LANDLOCK=1 probe_start
refused http dkim-key relay-password etc-passwd maildir-read
refused sender mailbox-password
allowed inbound maildir-move
recorded "the store knows who is held to its paths" 'name, landlock' 'clerk|0 http|1 inbound|0 sender|1'
like "and it is said" "$(grep -c 'event=sandbox landlock=1' "$site/log")" 1
check_pages
stop_daemon

# No Landlock at all: it works, and what Landlock refused is allowed now, so that the tries above would have seen it.
fresh_maildir
PROBE_LANDLOCK=0 probe_start
allowed http dkim-key relay-password configured-key link-key
allowed sender mailbox-password read-conf write-beside
check_calls
check_pages
is "it is said once" "$(grep -c 'event=sandbox' "$site/log")" 1
stop_daemon

# A container that refuses seccomp, Landlock or both to what runs in it; and one that refuses a filter only when it comes to it.
said_by() { [ "$(grep -c 'event=sandbox' "$site/log")" -ge "$1" ]; }
for what in landlock seccomp both filter; do
	: >"$site/log"
	DAEMON_UNDER="$plain $refuse $what" start_daemon "$daemon_under_test"
	is "without $what: the pages are served" "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' "$base/")" 200
	# the parent knows what there is, and not that it is refused
	[ $what = filter ] && said=4 || said=1
	wait_for 20 said_by "$said"
	is "it is said" "$(grep -c 'event=sandbox' "$site/log")" "$said"
	case $what in
	landlock) want='0|1' ;;
	seccomp | filter) want='2|0' ;;
	both) want='0|0' ;;
	esac
	recorded "the store knows what is enforced" 'landlock, seccomp' "$want $want $want $want"
	is "no role dies of it" "$(grep -c role_died "$site/log")" 0
	stop_daemon
done
done_testing
