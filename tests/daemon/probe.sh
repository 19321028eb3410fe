# probe.sh - for the tests of the sandbox: a site with secrets for each role, a newsletterd whose roles try to break out (tests/probe/probe.c),
# and what must have come of it.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

probe=$B/probe/newsletterd
all_roles=(http clerk sender inbound)

# probe_site [init options]: a relay, a mailbox and a Maildir, each with what only one role may read.
probe_site() {
	make_site "$@"
	mkdir -p "$site/secret" "$site/secret-inbound" "$site/trust" "$tmp/maildir"/{new,cur,tmp} "$tmp/done/cur" "$tmp/other"
	echo 'the relay password' >"$site/secret/relay"
	echo 'a private key' >"$site/keys/dkim-test.pem"
	newsletter dkim keygen --selector probe >/dev/null
	conf_add dkim selector=probe key_file=secrets/dkim-probe.key
	conf_add relay url=smtp://127.0.0.1:9 user=me password_file=secret/relay tls=none
	echo "the mailbox's password" >"$site/secret-inbound/mailbox"
	echo 'a certificate' >"$site/trust/ca.pem"
	touch "$tmp/maildir/tmp"/{read,move}-{http,clerk,sender,inbound} "$tmp/other/newsletter.conf"
	conf_add inbound url=imap://127.0.0.1:9 user=me password_file=secret-inbound/mailbox ca_file=trust/ca.pem tls=none
	conf_add 'inbound spool' "url=maildir:$tmp/maildir" "move_to=$tmp/done"
}

# probe_start: with passwords in its environment, which few roles inherit.
probe_start() {
	NEWSLETTER_RELAY_PASSWORD=from-the-environment NEWSLETTER_RELAY_PASSWORD_BACKUP=another NEWSLETTER_INBOUND_PASSWORD=of-the-mailbox \
		NEWSLETTER_INBOUND_PASSWORD_OTHER=another start_daemon "$probe"
	wait_for 20 all_tried || bail "not every role has tried: $(tail -n 5 "$site/log")"
}
all_tried() { [ "$(grep -c 'what=exec' "$site/log")" -ge 4 ]; }
result() { sed -n "s/^probe role=$1 what=$2 result=//p" "$site/log" | head -n 1; }

# refused ROLE WHAT…: each was tried and failed, for want of a right.
refused() {
	local role=$1 what got
	for what in "${@:2}"; do
		got=$(result "$role" "$what")
		case "$what $BIN: $got" in
		fork*/san/* | ptrace*/san/* | signal*/san/* | read-memory*/san/* | dumpable*/san/* | parent-descriptors*/san/*)
			skip "$role: $what is refused" "a build with sanitizers needs it"
			;;
		*": EACCES" | *": EPERM") ok "$role: $what is refused" 0 ;;
		*) ok "$role: $what is refused" 1 "but: $got" ;;
		esac
	done
}

# allowed ROLE WHAT…
allowed() {
	local what
	for what in "${@:2}"; do
		is "$1: $what" "$(result "$1" "$what")" ALLOWED
	done
}

# What the list of system calls refuses to every role, whoever it runs as.
check_calls() {
	local role
	for role in "${all_roles[@]}"; do
		refused "$role" listen netlink unix-socket packet-socket raw-socket fastopen-inherited pidfd signal-by-thread signal read-memory fork \
			ptrace dumpable exec io_uring userfaultfd bpf perf keys mount namespace chroot handle memfd limits terminal become-root code make-code
	done
	for role in http clerk; do
		refused "$role" connect connect-inherited
	done
	allowed sender connect resolve charset
	allowed inbound connect resolve charset
}

# What the paths of Landlock refuse, or, for those that roles with users of their own must not read, their modes: $1 is "modes" then.
check_files() {
	local role what
	for role in "${all_roles[@]}"; do
		allowed "$role" store
		refused "$role" shadow init-environment parent-environment parent-memory parent-descriptors write-conf
		[ -n "${1:-}" ] || refused "$role" dkim-key read-conf conf-of-others write-beside write-tmp suppression-key link-key
	done
	for role in http clerk; do
		refused "$role" relay-password configured-key mailbox-password
		[ -n "${1:-}" ] || refused "$role" etc-passwd mailbox-ca
	done
	allowed sender relay-password configured-key
	allowed inbound mailbox-password mailbox-ca
	refused sender mailbox-password
	refused inbound relay-password configured-key
}

check_maildir() {
	local role what
	for role in http clerk sender; do
		refused "$role" maildir-list maildir-read maildir-write maildir-remove maildir-move
	done
	allowed inbound maildir-list maildir-read maildir-remove maildir-move
	refused inbound maildir-write
	ok "what it moved is there" "$(test -e "$tmp/done/cur/move-inbound"; echo $?)"
}

# status_of ROLE FIELD: of /proc/PID/status, its words separated by single spaces.
status_of() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$(role_pid "$1")/status" | tr -s '\t ' ' ' | sed 's/ $//'; }

# The descriptors of each role are those that its row in role.c names: the store's, standard error and two of /dev/null, sockets where it has
# some, and what it waits with. Only root may look.
check_descriptors() {
	local role pid fd names
	for role in "${all_roles[@]}"; do
		pid=$(role_pid "$role")
		if [ ! -r "/proc/$pid/fd" ]; then
			skip "$role has no descriptor that is not its own" "only root may look"
			continue
		fi
		names=$(for fd in /proc/"$pid"/fd/*; do
			case "$role $(readlink "$fd")" in
			*" $site/store/newsletter.db" | *" $site/store/newsletter.db-wal" | *" $site/store/newsletter.db-shm" | *" $site/store/newsletter.db-lock") ;;
			*" $site/store/newsletter.db-daemon") ;; # its place
			*" /dev/null" | *" $site/log") ;;
			*' anon_inode:[signalfd]' | *' anon_inode:[eventpoll]') ;;
			'http socket:'* | 'http /proc/'*/statm) ;;
			'sender socket:'* | 'inbound socket:'* | 'sender anon_inode:[eventfd]') ;;
			*) readlink "$fd" ;;
			esac
		done)
		is "$role has no descriptor that is not its own" "$names" ""
	done
}

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

check_environment() {
	local role
	for role in http clerk inbound; do
		not_in_environment "$role" NEWSLETTER_RELAY_PASSWORD "relay's password"
	done
	for role in http clerk sender; do
		not_in_environment "$role" NEWSLETTER_INBOUND_PASSWORD "mailbox's password"
	done
}

# recorded WHAT COLUMNS WANT: what the roles wrote down of themselves, each with its first sign of life.
recorded() {
	are() { [ "$(sql "SELECT $1 FROM role ORDER BY name" | tr '\n' ' ')" = "$2 " ]; }
	wait_for 15 are "$2" "$3"
	is "$1" "$(sql "SELECT $2 FROM role ORDER BY name" | tr '\n' ' ')" "$3 "
}

# check_locked: no new privileges, no core, no rights; seccomp filters.
check_locked() {
	local role
	for role in "${all_roles[@]}"; do
		is "$role: no new privileges" "$(status_of "$role" NoNewPrivs)" 1
		is "$role: seccomp" "$(status_of "$role" Seccomp)" 2
		is "$role: no core" "$(awk '/^Max core/ { print $5, $6 }' "/proc/$(role_pid "$role")/limits")" "0 0"
	done
}

check_pages() {
	is "the pages are served all the same" "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' "$base/")" 200
	is "and no role has died" "$(grep -c role_died "$site/log")" 0
}
