#!/usr/bin/env bash
# doctor.t - newsletter doctor against real relays (Postfix with TLS and a login, smtp-sink, nobody, somebody who says nothing), against the
# pages of newsletterd in clear and behind nginx with TLS, and the test mail that it sends. DNS is in tests/cli/doctor.t.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"

need_peers
make_site
cp "$site/newsletter.conf" "$tmp/kept.conf"
restore() { cp "$tmp/kept.conf" "$site/newsletter.conf"; }
set_conf() { conf_set "$site/newsletter.conf" "$@"; }
mkdir -p "$site/secrets"

# No name server answers here: nothing but addresses is asked for.
nowhere=127.0.0.1:$(free_port)
examine() {
	status=0
	newsletter doctor --json --dns "$nowhere" "$@" >"$tmp/out" 2>"$tmp/err" || status=$?
	cat "$tmp/out" "$tmp/err" >>"$tmp/all"
}
verdict() { # NAME CHECK RESULT REGEX
	local found
	found=$(python3 -c 'import json, sys
for f in json.load(open(sys.argv[1]))["findings"]: print(f["check"] + ": " + f["result"] + ": " + f["found"])' "$tmp/out")
	grep -qE "^$2: $3: .*$4" <<<"$found"
	ok "$1" $? "no $2: $3: $4" "$found"
}

# Certificates: an authority, and what it signed: good, ended, of another name, about to end.
(
	cd "$tmp" || exit
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 90 -subj /CN=authority -keyout ca.key -out ca.pem
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj / -keyout key.pem -out relay.csr
	while read -r name days alt; do
		openssl x509 -req -in relay.csr -CA ca.pem -CAkey ca.key -days "$days" -extfile <(echo "subjectAltName=$alt") -out "$name.pem"
	done <<-END
		good 60 IP:127.0.0.1
		ended -1 IP:127.0.0.1
		other 60 DNS:elsewhere.example
		short 3 IP:127.0.0.1
	END
) 2>"$tmp/openssl" || bail "openssl: $(tail -n 1 "$tmp/openssl")"
cp "$tmp/good.pem" "$tmp/cert.pem"
chmod 711 "$tmp"
chmod 644 "$tmp"/*.pem

# Relays.
relay_conf() { # URL [KEY VALUE]…
	restore
	set_conf relay url "$1"
	shift
	while [ $# -gt 0 ]; do
		printf '%s = %s\n' "$1" "$2" >>"$site/newsletter.conf"
		shift 2
	done
}
examine --only relay
verdict "no relay" relay skip 'none is configured'

sink_port=$(free_port)
sink_at "$sink_port"
relay_conf "smtp://127.0.0.1:$sink_port" tls none
examine --only relay
is "smtp-sink: nothing fails" "$status" 0
verdict "it answers" relay pass 'answers$'
verdict "without TLS, but it is near" relay pass 'no TLS, on this machine'
verdict "what it takes, and how it is spoken to" relay pass 'takes PIPELINING.*: pipelined DATA, one round trip a message'
relay_conf "smtp://127.0.0.1:$sink_port" tls none dialogue plain
examine --only relay
verdict "as the configuration allows" relay pass 'one command at a time'
relay_conf "smtp://127.0.0.1:$sink_port"
examine --only relay
is "no STARTTLS where it is required: fails" "$status" 3
verdict "and says so" relay fail '(STARTTLS|TLS)'

relay_conf smtp://127.0.0.1:1 tls none
examine --only relay
is "nobody listens: fails" "$status" 3
verdict "and says so" relay fail "[Cc]ouldn't connect|refused"
relay_conf smtp://relay.example:25 tls none
examine --only relay
is "no network: nothing fails" "$status" 0
verdict "it is skipped" relay skip '.'

silent=$(free_port)
python3 -c '
import socket, sys, time
s = socket.socket()
s.bind(("127.0.0.1", int(sys.argv[1])))
s.listen()
time.sleep(600)' "$silent" &
at_exit $!
wait_for 5 port_open "$silent"
relay_conf "smtp://127.0.0.1:$silent" tls none
for name in second fourth fifth sixth; do
	printf '\n[relay %s]\nurl = smtp://127.0.0.1:%s\ntls = none\n' $name "$silent"
done >>"$site/newsletter.conf"
printf '[relay third]\nurl = smtp://127.0.0.1:%s\ntls = none\n' "$sink_port" >>"$site/newsletter.conf"
# which takes ten seconds: meanwhile the others are looked at
mv "$site/newsletter.conf" "$site/silent.conf"
(
	start=$SECONDS
	"$BIN/newsletter" -c "$site/silent.conf" doctor --json --dns "$nowhere" --only relay >"$tmp/silent.out" 2>&1
	echo $((SECONDS - start)) >"$tmp/silent.seconds"
) &
silence=$!

if [ "$(id -u)" != 0 ]; then
	skip "Postfix" "its master needs root"
else
	postfix_shows() { # CERTIFICATE
		smtp=$(free_port)
		postfix_at "$smtp" smtpd_tls_security_level=may "smtpd_tls_cert_file=$tmp/$1.pem" "smtpd_tls_key_file=$tmp/key.pem" \
			message_size_limit=500000
		relay_conf "smtp://127.0.0.1:$smtp" ca_file "$tmp/ca.pem"
	}
	postfix_shows good
	examine --only relay
	is "Postfix with STARTTLS: nothing fails" "$status" 0
	verdict "TLS, and days left" relay pass 'TLSv1\.[23], certificate good for (59|60) days .of nobody.'
	verdict "BDAT" relay pass 'takes PIPELINING CHUNKING DSN.* SIZE 500000: a window of messages ahead by BDAT'
	verdict "a small limit" relay warn 'no message over 500000 octets'
	relay_conf "smtp://127.0.0.1:$smtp"
	examine --only relay
	verdict "an authority that nobody trusts" relay fail 'certificate'
	relay_conf "smtp://127.0.0.1:$smtp" tls opportunistic
	examine --only relay
	verdict "a certificate that nobody looks at" relay warn 'nobody looks at its certificate'
	relay_conf "smtp://127.0.0.1:$smtp" ca_file "$tmp/ca.pem" user ann password_file secrets/password
	echo no-such-luck-77 >"$site/secrets/password"
	chmod 640 "$site/secrets/password"
	examine --only relay
	verdict "a login where none is offered" relay fail 'does not offer AUTH'
	rm "$site/secrets/password"
	examine --only relay
	verdict "a password's file that is not there" relay fail 'secrets/password'
	stop_postfix
	while IFS='|' read -r certificate result regex name; do
		postfix_shows "$certificate"
		examine --only relay
		verdict "$name" relay "$result" "$regex"
		stop_postfix
	done <<-END
		short|warn|good for [123] days more|a certificate about to end
		ended|fail|expired|one that has ended
		other|fail|match.* host|one of another name
	END

	if can_be_private; then
		smtp=$(free_port)
		postfix_with_login "$smtp" ann sesame-open-4711
		relay_conf "smtp://127.0.0.1:$smtp" ca_file "$tmp/ca.pem" user ann password_file secrets/password
		echo sesame-open-4711 >"$site/secrets/password"
		chmod 640 "$site/secrets/password"
		examine
		newsletter doctor --dns "$nowhere" >>"$tmp/all" 2>&1
		verdict "a login" relay pass 'answers and lets us log in'
		echo wrong-guess-0815 >"$site/secrets/password"
		examine --only relay
		newsletter doctor --dns "$nowhere" --only relay >>"$tmp/all" 2>&1
		is "a wrong password: fails" "$status" 3
		verdict "and says what the relay said" relay fail '535'
		NEWSLETTER_RELAY_PASSWORD=sesame-open-4711 examine --only relay
		verdict "one from the environment" relay pass 'lets us log in'
	else
		skip "a login" "no mount namespace here"
	fi
fi
wait $silence
cp "$tmp/silent.out" "$tmp/out"
at_most "five relays that say nothing take the time of one" "$(<"$tmp/silent.seconds")" 45
verdict "they fail" relay fail 'relay second, .*: .'
verdict "the third is looked at all the same" relay pass 'relay third, .*, answers'
cat "$tmp/out" >>"$tmp/all"
! grep -qE 'sesame|wrong-guess|no-such-luck|c2VzYW1l|bm8tc3VjaC1sdWNr' "$tmp/all"
ok "no password is printed ($(wc -l <"$tmp/all") lines looked at)" $?

# Pages.
restore
examine --only web
is "no newsletterd: fails" "$status" 3
verdict "the pages" pages fail '.'
verdict "so one-click could not be tried" one-click skip 'cannot be reached'
start_daemon
roles() { [ "$(sql "SELECT count(*) FROM role WHERE seen_at > 0")" -ge 4 ]; }
wait_for 20 roles || bail "the roles are not heard of"
stands() { sql .dump | grep -vE 'INTO (role|counter) '; } # those change by themselves
before=$(stands)
examine --only web --only host
is "newsletterd in clear: nothing fails" "$status" 0
verdict "the signup form" pages pass 'shows the signup form'
verdict "one-click" one-click pass 'acts at once'
verdict "newsletterd runs" daemon pass 'all of its roles'
is "and the store is as it was" "$(stands)" "$before"
halt inbound
sql "UPDATE role SET seen_at = seen_at - 300 WHERE name = 'inbound'"
examine --only host
verdict "a role that hangs" daemon fail 'role inbound was not heard of lately'
cp "$(command -v sleep)" "$tmp/clerk"
"$tmp/clerk" 600 &
clerk=$!
at_exit $clerk
wait_for 20 grep -qs '^Name:.clerk' "/proc/$clerk/status"
# which the two would say otherwise every ten seconds
sql "UPDATE role SET landlock = 0 WHERE name = 'http'; UPDATE role SET seccomp = 0, pid = $clerk, uid = $(id -u) WHERE name = 'clerk';
	DELETE FROM role WHERE name = 'inbound'; CREATE TRIGGER kept BEFORE UPDATE ON role BEGIN SELECT RAISE(IGNORE); END"
examine --only host
verdict "one that was never heard of" daemon warn 'role inbound was never heard of'
verdict "one without Landlock" sandbox warn 'http runs as .*, with no Landlock'
verdict "one without seccomp" sandbox warn 'clerk runs as .*, no seccomp and no ban on new privileges'
sql 'DROP TRIGGER kept'
version=$(sql 'PRAGMA user_version')
sql 'PRAGMA user_version = 99'
examine --only host
sql "PRAGMA user_version = $version"
verdict "a newer version's store tells of no role" daemon pass 'newsletterd runs$'
kill -CONT "$halted"
NEWSLETTER_CLOCK=+7200 examine --only web
verdict "a server whose clock is another" pages warn 'and this machine are 7[0-9]* seconds apart'

https=$(free_port)
nginx_with() { # CERTIFICATE LOCATION-LINES
	mkdir -p "$tmp/proxy/temp"
	cat >"$tmp/proxy/nginx.conf" <<-END
		$([ "$(id -u)" != 0 ] || echo "user root root;")
		daemon off;
		worker_processes 1;
		pid $tmp/proxy/nginx.pid;
		error_log $tmp/proxy/main.log;
		events { worker_connections 64; }
		http {
			$(for what in client_body proxy fastcgi uwsgi scgi; do echo "${what}_temp_path $tmp/proxy/temp/$what;"; done)
			access_log off;
			server {
				listen 127.0.0.1:$https ssl;
				ssl_certificate $tmp/$1.pem;
				ssl_certificate_key $tmp/key.pem;
				$2
				location / { proxy_pass http://127.0.0.1:$port; proxy_set_header Host \$host; }
			}
		}
	END
	"$NGINX" -c "$tmp/proxy/nginx.conf" -p "$tmp/proxy" -e "$tmp/proxy/start.log" 2>>"$tmp/proxy/stderr.log" &
	proxy=$!
	at_exit $proxy
	wait_for 10 port_open "$https" || bail "nginx did not come up: $(tail -n 2 "$tmp/proxy/stderr.log")"
	examine --only web
	kill $proxy
	wait $proxy 2>/dev/null
}
set_conf site url "https://127.0.0.1:$https"
export SSL_CERT_FILE=$tmp/ca.pem
nginx_with good ''
is "behind TLS: nothing fails" "$status" 0
verdict "the signup form there" pages pass 'https://.* shows the signup form'
verdict "days left" pages pass 'good for (59|60) days'
verdict "one-click there" one-click pass 'acts at once'
nginx_with short ''
verdict "a certificate about to end" pages warn 'ends in [123] days'
nginx_with ended ''
verdict "one that has ended" pages fail 'expired'
nginx_with other ''
verdict "one of another name" pages fail 'match|subject name'
nginx_with good 'location = / { return 301 https://www.example.org/; }'
verdict "a redirect" pages fail 'redirects to https://www.example.org/'
nginx_with good 'location = / { return 200 "Welcome to nginx"; }'
verdict "somebody else's page" pages fail 'another page'
nginx_with good 'location = / { return 502; }'
verdict "no newsletterd behind the proxy" pages fail 'answers 502'
nginx_with good 'location /u/ { limit_except GET { deny all; } proxy_pass http://127.0.0.1:'"$port"'; }'
verdict "a proxy that lets no POST through" one-click fail 'answers 403'
nginx_with good 'location /u/ { return 302 https://www.example.org/login; }'
verdict "a proxy that redirects it" one-click fail 'answers 302 and redirects to https://www.example.org/login'
unset SSL_CERT_FILE

# The test mail.
restore
stop_daemon
status=0
newsletter doctor --json --only host --send ann@example.org >"$tmp/out" 2>"$tmp/err" || status=$?
verdict "no daemon: the test mail waits" 'test mail' warn 'newsletterd is not running'
is "in the outbox, for that address, as a test" "$(sql "SELECT kind, address, state FROM outbox")" 'test|ann@example.org|queued'
sql "DELETE FROM outbox"
mail_folder
port_of_sink=$(free_port)
sink_at "$port_of_sink" -D "$tmp/sink/mail."
set_conf relay url "smtp://127.0.0.1:$port_of_sink"
echo 'tls = none' >>"$site/newsletter.conf"
start_daemon
newsletter doctor --json --only host --send ann@example.org >"$tmp/out" 2>"$tmp/err"
verdict "the relay takes it" 'test mail' pass 'the relay took the test mail'
like "and it is told what to look for" "$(<"$tmp/out")" 'Authentication-Results'
halt sender
newsletter doctor --json --only host --send dan@example.org >"$tmp/taken" 2>"$tmp/err" &
takes=$!
waits() { [ -n "$(sql "SELECT 1 FROM outbox WHERE address = 'dan@example.org'")" ]; }
wait_for 20 waits
sql "DELETE FROM outbox WHERE address = 'dan@example.org'"
wait $takes
like "one that somebody takes out of the outbox" "$(<"$tmp/err")" "the test mail was taken out of the outbox"
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "one that nobody takes" "the sanitizer wants to be loaded first"
else
	LD_PRELOAD=$B/tests/kernel.so KERNEL_HURRY=100 newsletter doctor --json --only host --send dan@example.org >"$tmp/out" 2>"$tmp/err"
	verdict "one that nobody takes" 'test mail' fail 'did not try to send the test mail in 30 seconds'
	sql "DELETE FROM outbox WHERE address = 'dan@example.org'"
fi
kill -CONT "$halted"
mail=$(cat "$tmp"/sink/mail.*)
like "it is for that address" "$mail" 'To: .*ann@example.org'
has "it can be left by one click" "$mail" 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'
has "it says what to look for, too" "$mail" 'Authentication-Results'
stop_daemon
kill "$sink_pid"
wait "$sink_pid" 2>/dev/null
sink_at "$port_of_sink" -r rcpt
start_daemon
newsletter doctor --json --only host --send bob@example.org >"$tmp/out" 2>"$tmp/err"
verdict "a relay that puts it off" 'test mail' warn 'put the test mail off: 4[0-9][0-9]'
stop_daemon
kill "$sink_pid"
wait "$sink_pid" 2>/dev/null
sql "DELETE FROM outbox"
sink_at "$port_of_sink" -f rcpt
start_daemon
status=0
newsletter doctor --json --only host --send ann@example.org >"$tmp/out" 2>"$tmp/err" || status=$?
is "a relay that refuses it: fails" "$status" 3
verdict "with its words" 'test mail' fail 'refused the test mail: 5[0-9][0-9]'
stop_daemon
rm -rf "$site/outbox"/*
restore
start_daemon
newsletter doctor --json --only host --send ann@example.org >"$tmp/out" 2>"$tmp/err"
verdict "without a relay it is in the folder" 'test mail' pass 'in the outbox folder'
has_mail test ann@example.org
ok "where it can be read" $?
status=0
newsletter doctor --only host --send nobody >"$tmp/out" 2>"$tmp/err" || status=$?
isnt=0
[ "$status" != 0 ] || isnt=1
ok "an address that is none is refused" $isnt "$(<"$tmp/err")"
done_testing
