# shellcheck shell=bash disable=SC2034 # the script uses what is set here
# lib.sh - a Debian 12 of its own, booted: systemd is its process 1, its network is its own loopback. Root, debootstrap and systemd-nspawn.
#
#   machine_make FOLDER [DEB…]   a bare system, the first package in /root/build, the others in /root/old, and what they depend on downloaded, not
#                                installed; kept for the next time
#   machine_boot FOLDER          boots it; $leader is its process 1. It ends with the test
#   inside COMMAND               a shell command of root in it: $out and $status
#   around COMMAND… &            a program of this machine, in the background, on the other's network
. "$(dirname "${BASH_SOURCE[0]}")/../cli/lib.sh"

machine_make() {
	local machine=$1 uri deb
	shift
	if [ ! -e "$machine/.ready" ]; then
		uri=$(sed -nE 's/^URIs: *([^ ]+).*/\1/p; s/^deb (\[[^]]*\] )?(https?:[^ ]+).*/\2/p' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | head -n 1)
		rm -rf --one-file-system "$machine"
		mkdir -p "${machine%/*}"
		debootstrap --variant=minbase --include=ca-certificates,systemd,systemd-sysv,dbus,sudo,curl bookworm "$machine" \
			"${uri:-http://deb.debian.org/debian}" >"$machine.log" 2>&1 || return 1
		rm -f "$machine/etc/apt/sources.list"
		cp -a /etc/apt/sources.list.d/. "$machine/etc/apt/sources.list.d/"
		cp -a /etc/apt/sources.list "$machine/etc/apt/" 2>/dev/null
		cp /etc/apt/apt.conf.d/99* "$machine/etc/apt/apt.conf.d/" 2>/dev/null
		# no login at a console that nobody sees, no wait for a network that is not there
		chroot "$machine" systemctl -q mask console-getty.service getty.target apt-daily.timer apt-daily-upgrade.timer
		touch "$machine/.ready"
	fi
	cp -L /etc/resolv.conf /etc/hosts "$machine/etc/"
	rm -rf "$machine"/root/{build,old}
	mkdir "$machine"/root/{build,old}
	cp "$1" "$machine/root/build/" && cp "$@" "$machine/root/old/" || return 1
	# the last look at the network
	for deb; do
		chroot "$machine" sh -c "apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -qq -y --no-install-recommends \
			--download-only /root/old/${deb##*/}" >>"$machine.log" 2>&1 || return 1
	done
}

machine_boot() {
	local tries
	systemd-nspawn -q -D "$1" --boot --register=no --keep-unit --private-network \
		--system-call-filter="landlock_create_ruleset landlock_add_rule landlock_restrict_self" >"$tmp/console" 2>&1 </dev/null &
	nspawn=$!
	at_exit "$nspawn"
	leader=
	for ((tries = 0; tries < 600; tries++)); do
		[ -n "$leader" ] || leader=$(tr -d ' ' 2>/dev/null <"/proc/$nspawn/task/$nspawn/children")
		if [ -n "$leader" ]; then
			inside "systemctl is-system-running"
			case $out in running | degraded) return 0 ;; esac
		fi
		sleep 0.2
	done
	return 1
}

inside() {
	run nsenter -t "$leader" -m -u -i -n -p -r -w -- env -i HOME=/root TERM=dumb LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
		PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin bash -c "cd /root && $1"
}

around() { exec nsenter -t "$leader" -n -- "$@"; }
