#!/bin/bash
# sandbox_users.t - the roles with users of their own, as the package has them, tried from inside; and what keeps them apart without Landlock.
. "$(dirname "$0")/probe.sh"

if [ "$(id -u)" != 0 ] || ! unshare -m true 2>/dev/null; then
	skip "roles with users of their own" "only root may have them, and a mount namespace"
	done_testing
	exit
fi
DAEMON_WAIT=30

# The machine's own accounts and five more, for newsletterd alone: it sees these files in /etc.
first=64201
cp /etc/passwd /etc/group "$tmp/"
id=$first
for name in newsletter newsletter-{http,clerk,sender,inbound}; do
	echo "$name:x:$id:$id::/nonexistent:/usr/sbin/nologin" >>"$tmp/passwd"
	echo "$name:x:$id:$([ $id = $first ] && echo newsletter-{http,clerk,sender,inbound} | tr ' ' ,)" >>"$tmp/group"
	id=$((id + 1))
done
cat >"$tmp/among" <<END
#!/bin/sh
mount --bind $tmp/passwd /etc/passwd && mount --bind $tmp/group /etc/group && exec "\$@"
END
chmod 755 "$tmp/among"
export DAEMON_UNDER="unshare -m $tmp/among"

# package_modes: the site's folders as newsletter.tmpfiles makes them.
package_modes() {
	chmod 711 "$tmp"
	chown -R $first:$first "$site" "$tmp/maildir" "$tmp/done"
	chmod 2750 "$site"
	chmod 2770 "$site"/{store,outbox,aside} "$tmp/maildir" "$tmp/maildir"/* "$tmp/done" "$tmp/done/cur"
	chgrp -R $((first + 3)) "$site/secret" "$site/secrets"
	chgrp -R $((first + 4)) "$site/secret-inbound" "$tmp/maildir" "$tmp/done"
	chmod 2750 "$site"/secret*
	chmod 640 "$site"/secret*/*
	touch "$site/log"
	chmod 600 "$site/log"
}

probe_site --set daemon.users=newsletter
package_modes
# doctor ARGUMENT…: as root, who sees these accounts.
doctor() { unshare -m "$tmp/among" "$BIN/newsletter" -C "$site" doctor "$@"; }
like "doctor: each role has its user and its own secrets" "$(doctor --only configuration)" "each role has its user, and reads its own secrets alone"
chgrp $first "$site/secret" "$site/secret/relay"
like "a secret for every role's eyes is said" "$(doctor --only configuration)" \
	"newsletter-http may read the secret secret/relay, which only newsletter-sender needs"
chgrp $((first + 4)) "$site/secret/relay"
chgrp $((first + 3)) "$site/secret"
like "and one that its role cannot read" "$(doctor --only configuration)" "newsletter-sender cannot read the secret secret/relay"
chgrp $((first + 3)) "$site/secret/relay"
like "who may not look is not told" "$(unshare -m "$tmp/among" setpriv --reuid newsletter-sender --regid newsletter-sender --init-groups "$BIN/newsletter" -C "$site" doctor --only configuration)" \
	"who reads the secret secret-inbound/[a-z]+ cannot be seen"
chown $((first + 3)) "$site/secret/relay"
chmod 600 "$site/secret/relay"
like "a secret may be its role's own" "$(doctor --only configuration)" "each role has its user, and reads its own secrets alone"
chown $first "$site/secret/relay"
chmod 640 "$site/secret/relay"
install -d -o $first -g $first "$tmp/new"
(cd "$tmp/new" && unshare -m "$tmp/among" setpriv --reuid newsletter --regid newsletter --init-groups "$BIN/newsletter" init --yes >/dev/null)
is "where there are such users, init gives the roles theirs" "$(grep '^users = ' "$tmp/new/newsletter.conf")" "users = newsletter"
probe_start

id=$((first + 1))
for role in "${all_roles[@]}"; do
	is "$role is its own user" "$(status_of "$role" Uid)" "$id $id $id $id"
	is "$role is in its own group" "$(status_of "$role" Gid)" "$id $id $id $id"
	is "$role is in the store's group, and no other" "$(status_of "$role" Groups)" "$first $id"
	is "$role has no capability" "$(status_of "$role" Cap... | sort -u | head -n 1)" 0000000000000000
	is "$role: nor may it have one" "$(status_of "$role" CapPrm) $(status_of "$role" CapAmb)" "0000000000000000 0000000000000000"
	is "$role has a limit of tasks" "$(awk '/^Max processes/ { print ($3 <= 2048) }' "/proc/$(role_pid "$role")/limits")" 1
	id=$((id + 1))
done
recorded "the store says so" 'name, uid - '$first', landlock, seccomp' 'clerk|2|2|1 http|1|2|1 inbound|4|2|1 sender|3|2|1'
is "the parent is newsletter" "$(sed -n 's/^Uid:\t//p' "/proc/$daemon/status" | tr '\t' ' ')" "$first $first $first $first"
is "and of root's power has what changes users, and no more" "$(sed -n 's/^CapPrm:\t//p' "/proc/$daemon/status")" 00000000000000e0
is "the store's files are the group's" "$(stat -c '%g %a' "$site"/store/newsletter.db-wal "$site"/store/newsletter.db | sort -u)" "$first 660"

check_calls
check_files
check_maildir
check_environment
check_locked
check_descriptors
check_pages

# A role that dies comes again as its user; a reload tries each as its user.
kill -KILL "$(role_pid clerk)"
came_again() { [ "$(grep -c 'role=clerk what=exec' "$site/log")" -ge "$1" ]; }
ok "the clerk comes again" "$(wait_for 20 came_again 2; echo $?)"
is "as its user" "$(status_of clerk Uid | cut -d' ' -f1)" $((first + 2))
kill -HUP "$daemon"
ok "a reload replaces it" "$(wait_for 20 came_again 3; echo $?)"
is "and is not refused" "$(grep -c reload_refused "$site/log")" 0
is "the pages are served" "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' "$base/")" 200

# The parent ends: all go, though it is not their user. Killed, too.
sender=$(role_pid sender)
stop_daemon
is "the parent's end is the roles' end" "$([ -e "/proc/$sender" ] && echo "still there")" ""
: >"$site/log"
probe_start
sender=$(role_pid sender)
kill -KILL "$daemon"
gone() { [ ! -e "/proc/$sender" ]; }
ok "roles notice that it was killed" "$(wait_for 15 gone; echo $?)"

# Without Landlock the modes of the files keep the secrets apart.
: >"$site/log"
rm -f "$tmp/maildir/tmp"/*
touch "$tmp/maildir/tmp"/{read,move}-{http,clerk,sender,inbound}
chown -R $first:$((first + 4)) "$tmp/maildir/tmp"
PROBE_LANDLOCK=0 probe_start
is "a kernel without Landlock is told of once" "$(grep -c 'event=sandbox landlock=0 seccomp=yes' "$site/log")" 1
check_files modes
recorded "the store knows" 'landlock, seccomp' '0|1 0|1 0|1 0|1'
stop_daemon

# As newsletterd.service starts it: newsletter itself, with these rights and no others.
: >"$site/log"
chown $first "$site/log"
rights=+setuid,+setgid,+kill
DAEMON_UNDER="$DAEMON_UNDER setpriv --reuid $first --regid $first --init-groups --inh-caps -all,$rights --ambient-caps $rights --bounding-set -all,$rights"
start_daemon
id=$first
for role in "${all_roles[@]}"; do
	id=$((id + 1))
	is "from a service manager: $role is its own user, without rights" "$(status_of "$role" Uid) $(status_of "$role" CapPrm)" \
		"$id $id $id $id 0000000000000000"
done
is "and the parent has no more than it was given" "$(sed -n 's/^CapPrm:\t//p' "/proc/$daemon/status")" 00000000000000e0
recorded "of which the store knows" landlock '2 2 2 2'
# Staff and operator see it, who are nobody of these.
doctor=$(newsletter doctor --only host --json)
stop_daemon
like "doctor says of each what holds it" "$doctor" "sender runs as [a-z0-9-]*, with Landlock .ABI 2., seccomp and no new privileges"
sed -i 's/^users = .*/users =/' "$site/newsletter.conf"
start_daemon
is "without users, it gives up these rights as well" "$(sed -n 's/^CapPrm:\t//p' "/proc/$daemon/status")" 0000000000000000
is "and all run as it" "$(for role in "${all_roles[@]}"; do status_of "$role" Uid; done | sort -u)" "$first $first $first $first"
stop_daemon
sed -i 's/^users =/users = newsletter/' "$site/newsletter.conf"

# Users that there are, and that cannot be taken.
sed -i 's/^users = .*/users = root/' "$site/newsletter.conf"
like "root is none of them" "$($DAEMON_UNDER "$BIN/newsletterd" -C "$site" 2>&1)" 'the user root is root: \[daemon\] users is for users that are not'
sed -i 's/^users = .*/users = newsletter/' "$site/newsletter.conf"
cp "$tmp/group" "$tmp/group.good"
for i in {1..16}; do echo "more-$i:x:$((first + 100 + i)):newsletter-http" >>"$tmp/group"; done
like "nor is one in so many groups that some would be left out" "$($DAEMON_UNDER "$BIN/newsletterd" -C "$site" 2>&1)" \
	'the user newsletter-http is in more than 16 groups'
cat "$tmp/group.good" >"$tmp/group"

# Users that are not there.
sed -i 's/^users = .*/users = nobody-here/' "$site/newsletter.conf"
like "users that are not there are said" "$($DAEMON_UNDER "$BIN/newsletterd" -C "$site" 2>&1)" 'no user nobody-here, which \[daemon\] users'
done_testing
