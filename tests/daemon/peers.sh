# peers.sh - mail servers of the world for the tests of the daemon, beside smtp-sink and relay.js of lib.sh: Exim, OpenSMTPD, and
# Postfix with STARTTLS and Dovecot's SASL. A test sources this after lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are for those who source this; and lib.sh's
#
# They are unpacked by tools/peers, not installed: what they insist on (users of their own, fixed paths) they find in a mount namespace that
# nobody else sees. That needs root; `can_be_private` says whether it works here. Each server runs in the foreground, its process id in
# $server_pid, given to at_exit.

# Users that the packages would have made.
private_users() {
	[ ! -e "$tmp/passwd" ] || return 0
	local name group id=60100
	cp /etc/passwd "$tmp/passwd"
	cp /etc/group "$tmp/group"
	for name in Debian-exim opensmtpd opensmtpq dovecot dovenull postfix postdrop; do
		id=$((id + 1))
		grep -q "^$name:" "$tmp/group" || echo "$name:x:$id:" >>"$tmp/group"
		group=$(sed -n "s/^$name:[^:]*:\([0-9]*\):.*/\1/p" "$tmp/group")
		grep -q "^$name:" "$tmp/passwd" || echo "$name:x:$id:$group:peer:/nonexistent:/usr/sbin/nologin" >>"$tmp/passwd"
	done
	chmod 644 "$tmp/passwd" "$tmp/group"
	chmod 711 "$tmp"
}

# in_private COMMAND…: become it, with those users, and with empty folders where servers have fixed ones.
in_private() {
	private_users
	# shellcheck disable=SC2016 # expanded by that shell
	exec unshare -m sh -c 'mount --bind "$1" /etc/passwd && mount --bind "$2" /etc/group &&
		mount -t tmpfs -o mode=755 tmpfs /run && mount -t tmpfs -o mode=755 tmpfs /var/spool && mount -t tmpfs -o mode=755 tmpfs /var/lib &&
		mkdir -p -m 711 /var/spool/smtpd && mkdir -p /var/lib/opensmtpd/empty /run/opensmtpd && shift 2 && exec "$@"' \
		sh "$tmp/passwd" "$tmp/group" "$@"
}
can_be_private() { (in_private true) 2>/dev/null; }

# server_is_up NAME PORT LOG
server_is_up() {
	at_exit "$server_pid"
	wait_for 10 port_open "$2" || bail "$1 did not come up: $(tail -n 3 "$3" | head -c 600)"
}
# stop_server: the one started last.
stop_server() {
	kill "$server_pid"
	wait "$server_pid" 2>/dev/null
}

# make_keys: a certificate for 127.0.0.1 in $tmp/cert.pem (its own CA), its key in $tmp/key.pem.
make_keys() {
	[ ! -e "$tmp/cert.pem" ] || return 0
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=relay -addext subjectAltName=IP:127.0.0.1 \
		-keyout "$tmp/key.pem" -out "$tmp/cert.pem" 2>"$tmp/openssl" || bail "openssl: $(tail -n 1 "$tmp/openssl")"
}

# exim_at PORT [LINE…]: takes everybody and keeps the message in its queue, but for person<n>: n divisible by 50 is refused as unknown, by 10 for now,
# until exim_takes_all. Each further line is one of its main configuration.
# Its log is $tmp/exim/mainlog; exim_recipients prints who was accepted, one a line.
exim_at() {
	local d=$tmp/exim
	private_users
	rm -rf "$d"
	mkdir -p "$d/spool"
	chown -R "$(sed -n 's/^Debian-exim:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p' "$tmp/passwd")" "$d" 2>/dev/null
	chmod 711 "$tmp"
	cat >"$d/conf" <<END
primary_hostname = relay.example
spool_directory = $d/spool
log_file_path = $d/%slog
pid_file_path = $d/pid
local_interfaces = 127.0.0.1
daemon_smtp_ports = $1
queue_only = true
received_headers_max = 100
host_lookup =
tls_advertise_hosts =
keep_environment =
log_selector = +received_recipients
acl_smtp_rcpt = check
acl_smtp_data = take
$(printf '%s\n' "${@:2}" 'smtp_accept_max = 100' 'smtp_accept_max_per_connection = 100000' | awk -F ' *= *' '!seen[$1]++')
begin acl
check:
  deny local_parts = \N^person\d*[05]0\$\N
       message = 550 5.1.1 <\$local_part@\$domain>: user unknown
  defer condition = \${if exists{$d/defer}}
       local_parts = \N^person\d*0\$\N
       message = 450 4.7.1 <\$local_part@\$domain>: greylisted, try again later
  accept
take:
  accept
END
	: >"$d/defer"
	(in_private env "LD_LIBRARY_PATH=$PEER_LIBRARIES" "$EXIM" -C "$d/conf" -bdf) >"$d/out" 2>&1 &
	server_pid=$!
	server_is_up Exim "$1" "$d/out"
}
exim_takes_all() { rm -f "$tmp/exim/defer"; }
exim_recipients() { sed -n 's/.* <= .* for \([^ ]*\)$/\1/p' "$tmp/exim/mainlog"; }

# opensmtpd_at PORT [configuration line…]: takes everybody but person<n>, n divisible by 50, who is refused.
# opensmtpd_recipients prints who was accepted, one a line.
opensmtpd_at() {
	local d=$tmp/opensmtpd
	rm -rf "$d"
	mkdir -p "$d"
	cat >"$d/conf" <<END
table dead { $(seq -s ', ' -f '"person%.0f@example.org"' 50 50 1000) }
listen on 127.0.0.1 port $1 hostname relay.example
smtp max-message-size "35M"
$(printf '%s\n' "${@:2}")
action "out" relay host "smtp://127.0.0.1:1"
match from any for rcpt-to <dead> reject
match from any for any action "out"
END
	(in_private env "LD_LIBRARY_PATH=$PEER_LIBRARIES" "$OPENSMTPD" -d -f "$d/conf") >"$d/log" 2>&1 &
	server_pid=$!
	server_is_up OpenSMTPD "$1" "$d/log"
}
opensmtpd_recipients() { sed -n 's/.* smtp envelope .* to=<\([^>]*\)>.*/\1/p' "$tmp/opensmtpd/log"; }

# An address that has failed to log in is made to wait longer and longer, unless nobody can ask how often it has.
dovecot_forgives='service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}'
# dovecot_auth USER PASSWORD: Dovecot answers for this one user at the socket $tmp/dovecot/auth, as Postfix asks it (smtpd_sasl_type = dovecot).
dovecot_auth() {
	local d=$tmp/dovecot
	rm -rf "$d"
	mkdir -p "$d/run"
	chmod 711 "$tmp"
	printf '%s:{PLAIN}%s\n' "$1" "$2" >"$d/users"
	cat >"$d/conf" <<END
base_dir = $d/run
state_dir = $d/run
libexec_dir = $DOVECOT_ROOT/usr/lib/dovecot
mail_plugin_dir = $DOVECOT_ROOT/usr/lib/dovecot/modules
log_path = $d/log
import_environment = LD_LIBRARY_PATH=$PEER_LIBRARIES
protocols =
listen = 127.0.0.1
ssl = no
auth_failure_delay = 0
auth_mechanisms = plain login
$dovecot_forgives
passdb {
  driver = passwd-file
  args = $d/users
}
service auth {
  unix_listener $d/auth {
    mode = 0666
  }
}
END
	dovecot_run
	wait_for 10 test -S "$d/auth" || bail "Dovecot did not come up: $(dovecot_says)"
}

# dovecot_run: Dovecot with $tmp/dovecot/conf; its process in $dovecot_pid.
dovecot_run() {
	local d=$tmp/dovecot
	# It looks for its doveconf in /usr/bin and for the login's modules in /usr/lib only: they are there, in our namespace, beside everything else.
	# shellcheck disable=SC2016 # expanded by that shell
	(in_private sh -c 'mkdir /run/bin /run/lib /run/with && mount --bind /usr/lib /run/lib && ln -s /run/lib/* "$1/usr/lib/dovecot" /run/with/ &&
		mount --bind /run/with /usr/lib && mount --bind /usr/bin /run/bin && mount -t tmpfs tmpfs /usr/bin &&
		/run/bin/ln -s /run/bin/* "$1/usr/bin/doveconf" /usr/bin/ && LD_LIBRARY_PATH=$2 exec "$1/usr/sbin/dovecot" -F -c "$3"' \
		sh "$DOVECOT_ROOT" "$PEER_LIBRARIES" "$d/conf") >"$d/out" 2>&1 &
	dovecot_pid=$!
	at_exit $dovecot_pid
}
dovecot_says() { tail -n 3 "$tmp/dovecot/out" "$tmp/dovecot/log" 2>/dev/null | head -c 600; }

# dovecot_mailboxes USER PASSWORD [LINE…]: Dovecot with this one user's mailbox, the Maildir $dovecot_mail (a folder F is its .F), at
# the ports $imap, $imaps, $pop3 and $pop3s; STARTTLS and STLS with the certificate of make_keys. Each line is one of its configuration.
# stop_dovecot and start_dovecot [LINE…] leave the mailbox as it is.
dovecot_mailboxes() {
	local d=$tmp/dovecot owner=60199
	make_keys
	rm -rf "$d"
	dovecot_mail=$d/mail/$1
	mkdir -p "$d/run" "$dovecot_mail"/{new,cur,tmp}
	chown -R $owner:$owner "$d/mail"
	chmod 711 "$tmp"
	printf '%s:{PLAIN}%s\n' "$1" "$2" >"$d/users"
	imap=$(free_port) imaps=$(free_port) pop3=$(free_port) pop3s=$(free_port)
	start_dovecot "${@:3}"
}
stop_dovecot() {
	kill "$dovecot_pid"
	wait "$dovecot_pid" 2>/dev/null
}
start_dovecot() {
	local d=$tmp/dovecot owner=60199
	cat >"$d/conf" <<END
base_dir = $d/run
state_dir = $d/run
libexec_dir = $DOVECOT_ROOT/usr/lib/dovecot
mail_plugin_dir = $DOVECOT_ROOT/usr/lib/dovecot/modules
log_path = $d/log
import_environment = LD_LIBRARY_PATH=$PEER_LIBRARIES
protocols = imap pop3
listen = 127.0.0.1
ssl = yes
ssl_cert = <$tmp/cert.pem
ssl_key = <$tmp/key.pem
ssl_dh =
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login cram-md5
$dovecot_forgives
mail_location = maildir:$d/mail/%u
passdb {
  driver = passwd-file
  args = $d/users
}
userdb {
  driver = static
  args = uid=$owner gid=$owner home=$d/mail/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service pop3-login {
  chroot =
  inet_listener pop3 {
    port = $pop3
  }
  inet_listener pop3s {
    port = $pop3s
    ssl = yes
  }
}
$(printf '%s\n' "$@")
END
	dovecot_run
	local each
	for each in "$imap" "$imaps" "$pop3" "$pop3s"; do
		wait_for 20 port_open "$each" || bail "Dovecot did not come up: $(dovecot_says)"
	done
}
dovecot_puts=0
# dovecot_put N [FOLDER]: so many messages more in the mailbox (or its folder), of about 6 KB.
dovecot_put() {
	local folder=$dovecot_mail${2:+/.$2}
	mkdir -p "$folder"/{new,cur,tmp}
	python3 - "$folder/new" "$1" "$dovecot_puts" <<-'END'
		import sys
		folder, n, start = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
		line = "The quick brown fox jumps over the lazy dog, and then again, and then rest.\n"
		for i in range(start, start + n):
		    with open(f"{folder}/{1700000000 + i}.M{i}P1.test", "w") as f:
		        f.write(f"From: a@example.org\nTo: b@example.com\nSubject: Number {i}\n\n.dots\n..\n" + line * 78 + ".\n")
	END
	dovecot_puts=$((dovecot_puts + $1))
	chown -R 60199:60199 "$folder"
}

# postfix_with_login PORT USER PASSWORD [main.cf line…]: Postfix that takes mail only over STARTTLS (certificate of make_keys), and only
# from this user, whom Dovecot knows.
postfix_with_login() {
	local port=$1 user=$2 password=$3
	shift 3
	make_keys
	dovecot_auth "$user" "$password"
	postfix_at "$port" smtpd_tls_security_level=encrypt "smtpd_tls_cert_file=$tmp/cert.pem" "smtpd_tls_key_file=$tmp/key.pem" \
		smtpd_sasl_auth_enable=yes smtpd_sasl_type=dovecot "smtpd_sasl_path=$tmp/dovecot/auth" smtpd_tls_auth_only=yes \
		smtpd_relay_restrictions=permit_sasl_authenticated,reject smtpd_tls_loglevel=1 "$@"
}
# postfix_recipients: who was accepted (and then discarded), one a line.
postfix_recipients() { sed -n 's/.* to=<\([^>]*\)>.*status=sent.*/\1/p' "$postfix/log"; }
