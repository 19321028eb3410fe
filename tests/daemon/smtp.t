#!/bin/bash
# smtp.t - the SMTP engine (tests/daemon/smtp_driver.c) against real relays and lying ones.
#
# What the driver says became of its messages must agree with what the relay itself counted.
. "$(dirname "$0")/lib.sh"

driver=$B/tests/smtp_driver
need_peers

# field NAME FILE: a number or text out of one line of JSON without nesting; 0 when it is not there
field() {
	local v
	v=$(sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p" "$2" | head -n 1)
	echo "${v:-0}"
}

# expect NAME FILE field=value…: each must hold; >= and <= too
expect() {
	local name=$1 file=$2 bad='' pair f v
	shift 2
	for pair; do
		f=${pair%%[<>=]*}
		v=$(field "$f" "$file")
		case $pair in
		*'>='*) [ "$v" -ge "${pair#*>=}" ] || bad="$bad $pair" ;;
		*'<='*) [ "$v" -le "${pair#*<=}" ] || bad="$bad $pair" ;;
		*) [ "$v" = "${pair#*=}" ] || bad="$bad $pair" ;;
		esac
	done
	[ -z "$bad" ]
	ok "$name" $? "not so:$bad" "$(cat "$file")"
}

# relay, sink ARGS: start one, with its port in $port
relay() {
	start_relay "$@"
	port=$relay
}
sink() {
	port=$(free_port)
	sink_at "$port" "$@"
}
stop_sink() {
	kill "$sink_pid"
	wait "$sink_pid" 2>/dev/null
}

send() {	# send ARGS: the driver's line comes into $tmp/out
	"$driver" "$@" "smtp://127.0.0.1:$port" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 0 ] || ok "the engine keeps its contract: $*" 1 "$(cat "$tmp/out" "$tmp/err")"
}

# --- smtp-sink: the two dialogues, and its faults ---
sink
send -n 2000 -c 4
expect "smtp-sink, PIPELINING" "$tmp/out" accepted=2000 unknown=0 unsent=0 troubles=0
send -n 300 -c 2 -w 1
expect "smtp-sink, a window of one" "$tmp/out" accepted=300 troubles=0
send -n 200 -c 3 -l 7
expect "smtp-sink, seven messages a connection" "$tmp/out" accepted=200 unknown=0 unsent=0 troubles=0
send -n 20 -c 2 -s 3000000
expect "smtp-sink, 3 MB each" "$tmp/out" accepted=20 troubles=0
stop_sink
sink -p
send -n 500 -c 4
expect "smtp-sink, one command at a time" "$tmp/out" accepted=500 unknown=0 unsent=0 troubles=0
stop_sink
sink -e
send -n 100 -c 2
expect "smtp-sink, HELO only" "$tmp/out" accepted=100 troubles=0
stop_sink
for command in mail rcpt data .; do
	sink -f "$command"
	send -n 40 -c 2
	expect "smtp-sink, 5xx to $command" "$tmp/out" accepted=0 500=40 unknown=0 unsent=0 left=0 troubles=0
	stop_sink
	sink -r "$command"
	send -n 40 -c 2
	expect "smtp-sink, 4xx to $command" "$tmp/out" accepted=0 450=40 unknown=0 unsent=0 left=0 troubles=0
	stop_sink
done
for command in mail rcpt data; do
	sink -q "$command"
	send -n 2 -c 1
	expect "smtp-sink closes at $command" "$tmp/out" accepted=0 unknown=0 unsent=2 left=0 "troubles>=1"
	stop_sink
	sink -Q "$command"
	send -n 2 -c 1
	expect "smtp-sink says 421 to $command" "$tmp/out" accepted=0 421=2 unknown=0 left=0 "troubles>=1"
	stop_sink
done
sink -q .
send -n 3 -c 1
# Each body has the next one's envelope behind it.
expect "smtp-sink closes after the body: unknown, and what came behind it unsent" "$tmp/out" accepted=0 unknown=2 unsent=1 left=0
stop_sink
sink -A 0
send -n 3 -c 1 -s 2000000 -d 20
# The 550 comes right behind 354, before or after a body was begun.
expect "smtp-sink refuses early and reads no more" "$tmp/out" accepted=0 left=0 broken=0 "ms<=5000"
stop_sink
sink -p -W .:1	# with PIPELINING it would answer out of order
send -n 4 -c 4 -t 5
expect "smtp-sink answers slowly" "$tmp/out" accepted=4 troubles=0
stop_sink
sink -H 3 -T 4096
send -n 2 -c 1 -s 3000000 -t 10
expect "smtp-sink reads late and little" "$tmp/out" accepted=2 troubles=0
stop_sink
sink -w 4
send -n 1 -c 1 -t 1 -d 3
expect "a reply that does not come in time: unsent" "$tmp/out" accepted=0 unknown=0 "unsent>=1" "troubles>=1"
stop_sink

# --- npm smtp-server: TLS, AUTH, refusals inside a pipelined group, broken connections ---
make_keys() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Test CA" -keyout "$tmp/ca.key" -out "$tmp/ca.pem" 2>"$tmp/openssl" &&
		openssl req -newkey rsa:2048 -nodes -subj "/CN=127.0.0.1" -keyout "$tmp/key.pem" -out "$tmp/req.pem" 2>>"$tmp/openssl" &&
		printf 'subjectAltName=IP:127.0.0.1\n' >"$tmp/ext" &&
		openssl x509 -req -in "$tmp/req.pem" -CA "$tmp/ca.pem" -CAkey "$tmp/ca.key" -CAcreateserial -days 2 -extfile "$tmp/ext" -out "$tmp/cert.pem" 2>>"$tmp/openssl"
}
make_keys || bail "openssl: $(cat "$tmp/openssl")"
tls="--key $tmp/key.pem --cert $tmp/cert.pem"

mkdir "$tmp/mail"
relay --record "$tmp/mail"
send -n 2000 -c 4
stop_relay
expect "npm smtp-server, PIPELINING" "$tmp/out" accepted=2000 troubles=0
expect "… took each once, whole, and heard QUIT" "$tmp/relay" accepted=2000 distinct=2000 damaged=0 connections=4 most=4 quits=4
[ "$(find "$tmp/mail" -name '*.1.eml' | wc -l)" = 2000 ] && grep -q '^Subject: Number 001999' "$tmp/mail/1999.1.eml"
ok "… and kept them" $?

relay --no-pipelining
send -n 60 -c 2
stop_relay
expect "npm smtp-server, one command at a time" "$tmp/out" accepted=60 troubles=0
expect "… took each once, whole" "$tmp/relay" accepted=60 distinct=60 damaged=0

# shellcheck disable=SC2086 # two options
relay $tls --user ann --password 'pa ss"word'
send -n 100 -c 2 -T required -C "$tmp/ca.pem" -u ann -p 'pa ss"word'
expect "STARTTLS, verified, AUTH" "$tmp/out" accepted=100 troubles=0
send -n 2 -c 1 -s 2000000 -T required -C "$tmp/ca.pem" -u ann -p 'pa ss"word'
expect "STARTTLS, messages of 2 MB" "$tmp/out" accepted=2 troubles=0
send -n 1 -T required -u ann -p 'pa ss"word' -d 1
expect "STARTTLS, unknown CA: refused" "$tmp/out" accepted=0 left=1 "troubles>=1"
send -n 5 -T opportunistic -u ann -p 'pa ss"word'
expect "STARTTLS, opportunistic: not verified" "$tmp/out" accepted=5 troubles=0
send -n 1 -T required -C "$tmp/ca.pem" -u ann -p wrong -d 1
expect "a wrong password is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q '535' "$tmp/out" && ! grep -q 'wrong' "$tmp/out"
ok "… that quotes the relay and not the password" $? "$(cat "$tmp/out")"
send -n 1 -T none -u ann -p 'pa ss"word' -d 1
expect "no AUTH before TLS is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q 'STARTTLS' "$tmp/out"
ok "… that says so" $? "$(cat "$tmp/out")"
stop_relay
expect "… and every message went encrypted" "$tmp/relay" secure=107 distinct=100

relay
send -n 1 -T required -d 1
expect "no STARTTLS where it is required is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
send -n 5 -T opportunistic
expect "no STARTTLS, opportunistic" "$tmp/out" accepted=5 troubles=0
stop_relay

# shellcheck disable=SC2086 # two options
relay $tls --implicit
"$driver" -n 50 -c 2 -T required -C "$tmp/ca.pem" "smtps://127.0.0.1:$port" >"$tmp/out" 2>"$tmp/err"
expect "smtps://" "$tmp/out" accepted=50 troubles=0
stop_relay

for dialogue in "" --no-pipelining; do
	name=${dialogue:-pipelined}
	for command in mail rcpt body; do
		# shellcheck disable=SC2086 # an option or nothing
		relay $dialogue --refuse "$command:550:5"
		send -n 100 -c 3
		stop_relay
		expect "$name: 550 to every fifth at $command" "$tmp/out" accepted=80 550=20 "$command=20" unknown=0 unsent=0 troubles=0
		expect "… the others arrived" "$tmp/relay" accepted=80 distinct=80 damaged=0 refused=20
	done
	for command in mail rcpt body; do
		# shellcheck disable=SC2086 # an option or nothing
		relay $dialogue --code421 "$command:20"
		send -n 90 -c 3 -r
		stop_relay
		expect "$name: 421 at every 20th $command" "$tmp/out" left=0 unknown=0 "421>=4" "troubles>=1"
		[ $(($(field accepted "$tmp/out") + $(field 421 "$tmp/out"))) = 90 ] && [ "$(field accepted "$tmp/out")" = "$(field distinct "$tmp/relay")" ]
		ok "… every message accounted for" $? "$(cat "$tmp/out" "$tmp/relay")"
	done
	for command in mail rcpt data body reply; do
		# shellcheck disable=SC2086 # an option or nothing
		relay $dialogue --drop "$command:20"
		send -n 100 -c 3 -r
		stop_relay
		case $command in
		mail | rcpt) expect "$name: closed at every 20th $command" "$tmp/out" left=0 accepted=100 unknown=0 "unsent>=4" ;;
		*) expect "$name: closed at every 20th $command" "$tmp/out" left=0 "unknown>=4" "unknown<=5" ;;
		esac
		case $command in
		reply) [ "$(field distinct "$tmp/relay")" = 100 ] ;;
		*) [ "$(field accepted "$tmp/out")" = "$(field distinct "$tmp/relay")" ] ;;
		esac && [ "$(field accepted "$tmp/relay")" = "$(field distinct "$tmp/relay")" ] &&
			[ $(($(field accepted "$tmp/out") + $(field unknown "$tmp/out"))) = 100 ]
		ok "… nothing lost, nothing twice" $? "$(cat "$tmp/out" "$tmp/relay")"
	done
done

relay --limit 10
send -n 100 -c 2 -r
stop_relay
expect "closed without a word after ten: reopened, quietly" "$tmp/out" accepted=100 unknown=0 troubles=0 left=0 "ms<=3000"
expect "… nothing twice" "$tmp/relay" accepted=100 distinct=100

relay --slow 200
send -n 12 -c 3 -t 5
stop_relay
expect "a slow relay" "$tmp/out" accepted=12 troubles=0

relay --no-utf8
send -n 3 -8
stop_relay
expect "SMTPUTF8 not offered, not used" "$tmp/out" accepted=3
relay
send -n 3 -8 -R "bürger"
stop_relay
expect "SMTPUTF8" "$tmp/out" accepted=3
expect "… arrived" "$tmp/relay" distinct=3

# shellcheck disable=SC2086 # two options
relay $tls --user ann --bearer 'to"ken=='
send -n 20 -c 2 -T required -C "$tmp/ca.pem" -u ann -b 'to"ken=='
expect "XOAUTH2 with a token" "$tmp/out" accepted=20 troubles=0
send -n 1 -T required -C "$tmp/ca.pem" -u ann -b stale-token -d 1
expect "a stale token is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q 535 "$tmp/out" && ! grep -q stale-token "$tmp/out"
ok "… that quotes the relay and not the token" $? "$(cat "$tmp/out")"
send -n 1 -T required -C "$tmp/ca.pem" -u ann -p 'to"ken==' -d 1
expect "a password where only XOAUTH2 is offered is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
send -n 1 -T required -C "$tmp/ca.pem" -u ann -b '' -d 1
expect "no credentials to be had is trouble, not the end" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q 'there is no token' "$tmp/out"
ok "… that says why" $? "$(cat "$tmp/out")"
stop_relay

# --- windows of BDAT: a relay that does them well, and wrong ---
chunk_relay() {
	: >"$tmp/relay"
	node "$root/tests/daemon/chunk_relay.js" "$1" >"$tmp/relay" 2>"$tmp/relay.err" &
	relay_pid=$!
	at_exit $relay_pid
	wait_for 10 grep -q '^port' "$tmp/relay" || bail "chunk_relay.js did not come up: $(head -c 600 "$tmp/relay.err")"
	port=$(sed -n 's/^port //p' "$tmp/relay")
}
# chunk MODE driver-options…: what the relay counted comes into $tmp/relay
chunk() {
	chunk_relay "$1"
	shift
	send "$@"
	stop_relay
}
everybody() { expect "… each once, whole, from the right sender" "$tmp/relay" "accepted=$1" "distinct=$1" damaged=0 wrong_sender=0 "${@:2}"; }

chunk good -n 1000 -c 4 -E
expect "BDAT windows, one recipient in ten refused" "$tmp/out" accepted=900 550=100 rcpt=100 unknown=0 unsent=0 troubles=0
everybody 900 bdats=1000 datas=0 resets=0 quits=4 "ahead>=500"
chunk good -n 60 -c 1 -w 1
expect "… a window of one" "$tmp/out" accepted=54 550=6 troubles=0
everybody 54 bdats=60 ahead=0
chunk good -n 60 -c 2 -D pipelined
expect "… not used where the configuration says so" "$tmp/out" accepted=54 550=6 troubles=0
everybody 54 bdats=0 datas=60
chunk good -n 100 -c 3 -l 7
expect "… seven messages a connection, never more connections than three" "$tmp/out" accepted=90 550=10 unsent=0 unknown=0 troubles=0
everybody 90 "most<=3" "connections>=14"
chunk good -n 30 -c 2 -s 2000000
expect "… 2 MB each" "$tmp/out" accepted=27 troubles=0
everybody 27
chunk nested -n 300 -c 2 -r
expect "a failed BDAT leaves its transaction open: nobody is blamed for it" "$tmp/out" accepted=270 550=30 unknown=0 left=0
expect "… each once, whole, and only the first found another's sender in its place" "$tmp/relay" accepted=270 distinct=270 damaged=0 "wrong_sender<=4" "resets>=100" datas=0
for mode in unknown sequence; do
	chunk $mode -n 100 -c 3 -r
	expect "BDAT refused though offered ($mode): DATA, and nobody is refused" "$tmp/out" accepted=100 unknown=0 "unsent>=1" "unsent<=3" "troubles>=1" "troubles<=3" left=0
	everybody 100 "bdats<=3" "datas>=100"
done
chunk content -n 50 -c 1 -r
expect "a first message refused for its content is refused, and BDAT goes on" "$tmp/out" accepted=49 554=1 unsent=0 troubles=0
everybody 49 datas=0
chunk drop -n 50 -c 1 -r
expect "hangs up at BDAT: two unknown, then DATA" "$tmp/out" accepted=48 unknown=2 left=0
everybody 48 bdats=2
chunk window -n 50 -c 1 -r
expect "hangs up at a window: DATA" "$tmp/out" "accepted>=44" "unknown<=6" left=0
everybody "$(field accepted "$tmp/out")" "datas>=40"
for mode in improper hangup; do
	chunk $mode -n 50 -c 1 -r
	expect "pipelining does not work though offered ($mode): one command at a time" "$tmp/out" "unknown<=2" left=0 "unsent<=4" "ms<=8000"
	[ $(($(field accepted "$tmp/out") + $(field unknown "$tmp/out"))) = 50 ]
	ok "… and every message accounted for" $? "$(cat "$tmp/out" "$tmp/relay")"
	everybody "$(field accepted "$tmp/out")"
done
chunk limit -n 400 -c 2 -r
expect "closed without a word after ten: learned, with few unknown" "$tmp/out" left=0 "unknown<=64" "ms<=5000"
[ $(($(field accepted "$tmp/out") + $(field unknown "$tmp/out"))) = 400 ]
ok "… and every message accounted for" $? "$(cat "$tmp/out" "$tmp/relay")"
everybody "$(field accepted "$tmp/out")" "connections>=34"
chunk closing -n 100 -c 2 -r -d 30
expect "421 in a window: it counts for one message, and the others were not sent" "$tmp/out" unknown=0 left=0 "421>=4"
everybody "$(field accepted "$tmp/out")"
chunk drip -n 40 -c 2
expect "replies in single bytes and many lines" "$tmp/out" accepted=40 unknown=0 troubles=0
everybody 40
chunk slow -n 100 -c 2 -s 100000 -t 20
expect "reads late and little" "$tmp/out" accepted=100 unknown=0 troubles=0
everybody 100
chunk size -n 20 -c 2
expect "larger than SIZE says: refused here" "$tmp/out" accepted=0 552=20 mail=20 "ms<=2000"
everybody 0 bdats=0

# --- Postfix ---
if [ "$(id -u)" = 0 ]; then
	port=$(free_port)
	postfix_at "$port"
	send -n 1500 -c 4 -E
	expect "Postfix, BDAT windows" "$tmp/out" accepted=1500 unknown=0 unsent=0 troubles=0
	queued() { [ "$(grep -c "postfix/qmgr.*from=<b+.*queue active" "$postfix/log")" = "$1" ]; }
	wait_for 20 queued 1500
	ok "… took each once" $? "$(tail -n 2 "$postfix/log")"
	[ "$(sed -n 's/.*from=<b+\([0-9]*\)@.*/\1/p' "$postfix/log" | sort -u | wc -l)" = 1500 ]
	ok "… from as many senders" $?
	send -n 100 -c 2 -D pipelined
	expect "Postfix, pipelined DATA" "$tmp/out" accepted=100 troubles=0
	send -n 20 -c 1 -D plain
	expect "Postfix, one command at a time" "$tmp/out" accepted=20 troubles=0
	kill "$postfix_pid" && wait "$postfix_pid" 2>/dev/null
	port=$(free_port)
	postfix_at "$port" 'smtpd_recipient_restrictions = check_recipient_access inline:{ {r000003@example.org=REJECT}, {r000007@example.org=DEFER} }, permit'
	send -n 40 -c 1
	expect "Postfix, refusals in a window" "$tmp/out" accepted=38 rcpt=2 554=1 unknown=0 unsent=0 troubles=0
	kill "$postfix_pid" && wait "$postfix_pid" 2>/dev/null
	port=$(free_port)
	postfix_at "$port" "smtpd_tls_cert_file = $tmp/cert.pem" "smtpd_tls_key_file = $tmp/key.pem" 'smtpd_tls_security_level = encrypt'
	send -n 300 -c 2 -T required -C "$tmp/ca.pem"
	expect "Postfix, STARTTLS, BDAT windows" "$tmp/out" accepted=300 unknown=0 unsent=0 troubles=0
	send -n 12 -c 2 -s 3000000 -T required -C "$tmp/ca.pem"
	expect "Postfix, STARTTLS, 3 MB each: writes that stop half-way" "$tmp/out" accepted=12 unknown=0 unsent=0 troubles=0
	kill "$postfix_pid" && wait "$postfix_pid" 2>/dev/null
else
	skip "Postfix" "its master must be root"
fi

# --- relays that lie ---
for mode in drip ok empty reader; do
	relay --hostile $mode
	send -n 6 -c 2
	stop_relay
	expect "hostile, $mode: works all the same" "$tmp/out" accepted=6 unknown=0 troubles=0
	expect "… each once" "$tmp/relay" accepted=6 distinct=6 damaged=0
done
relay --hostile mailmax
send -n 10 -c 1
stop_relay
expect "LIMITS MAILMAX=3" "$tmp/out" accepted=10 troubles=0
expect "… four connections, each with its QUIT" "$tmp/relay" connections=4 quits=4
relay --hostile idle421
send -n 4 -c 1 -r
stop_relay
expect "hostile, 421 later" "$tmp/out" accepted=4 unknown=0 left=0
for mode in extra stray354 garbage endless silent accept-all; do
	relay --hostile $mode
	send -n 1 -c 1 -t 1 -d 8
	stop_relay
	expect "hostile, $mode: unsent" "$tmp/out" accepted=0 unknown=0 unsent=1 troubles=1 "ms<=4000"
	expect "… and the relay saw no body" "$tmp/relay" accepted=0
done
for mode in mute closing busy babble; do
	relay --hostile $mode
	send -n 1 -c 3 -t 1 -d 3
	stop_relay
	expect "hostile, $mode: trouble, with back-off" "$tmp/out" accepted=0 left=1 "troubles>=1" "troubles<=4"
	expect "… one connection at a time" "$tmp/relay" "connections<=4" most=1
done
relay --hostile busy
send -n 1 -d 1
stop_relay
grep -q '421 4.7.0 too many connections from <address>' "$tmp/out"
ok "a greeting's reason is told, without the address in it" $? "$(cat "$tmp/out")"
relay --hostile noauth
send -n 1 -u ann -p secret -d 1
stop_relay
expect "credentials and no AUTH is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
expect "… and nothing was sent" "$tmp/relay" accepted=0

port=1
send -n 1 -d 1
expect "nobody listens" "$tmp/out" accepted=0 left=1 "troubles>=1" "troubles<=2"
for url in http://127.0.0.1 smtp://ann:pw@127.0.0.1 smtp://127.0.0.1/path "smtp://127.0.0.1/?q" file:///etc/passwd ""; do
	! "$driver" "$url" >"$tmp/out" 2>"$tmp/err" && grep -q 'smtp_driver: the relay' "$tmp/err"
	ok "not a relay: $url" $? "$(cat "$tmp/out" "$tmp/err")"
done
done_testing
