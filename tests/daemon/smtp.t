#!/bin/bash
# smtp.t - the SMTP engine against npm smtp-server: TLS, AUTH, refusals inside a pipelined group, broken connections.
. "$(dirname "$0")/smtp.sh"
need_peers

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
send -n 1 -T required -u ann -p 'pa ss"word' -x 1
expect "STARTTLS, unknown CA: refused" "$tmp/out" accepted=0 left=1 "troubles>=1"
send -n 5 -T opportunistic -u ann -p 'pa ss"word'
expect "STARTTLS, opportunistic: not verified" "$tmp/out" accepted=5 troubles=0
send -n 1 -T required -C "$tmp/ca.pem" -u ann -p wrong -x 1
expect "a wrong password is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q '535' "$tmp/out" && ! grep -q 'wrong' "$tmp/out"
ok "… that quotes the relay and not the password" $? "$(cat "$tmp/out")"
send -n 1 -T none -u ann -p 'pa ss"word' -x 1
expect "no AUTH before TLS is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q 'STARTTLS' "$tmp/out"
ok "… that says so" $? "$(cat "$tmp/out")"
stop_relay
expect "… and every message went encrypted" "$tmp/relay" secure=107 distinct=100

relay
send -n 1 -T required -x 1
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
expect "closed without a word after ten: reopened, quietly" "$tmp/out" accepted=100 unknown=0 troubles=0 left=0
expect "… nothing twice" "$tmp/relay" accepted=100 distinct=100

relay --slow 200
send -n 12 -c 3
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
send -n 1 -T required -C "$tmp/ca.pem" -u ann -b stale-token -x 1
expect "a stale token is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q 535 "$tmp/out" && ! grep -q stale-token "$tmp/out"
ok "… that quotes the relay and not the token" $? "$(cat "$tmp/out")"
send -n 1 -T required -C "$tmp/ca.pem" -u ann -p 'to"ken==' -x 1
expect "a password where only XOAUTH2 is offered is trouble" "$tmp/out" accepted=0 left=1 "troubles>=1"
send -n 1 -T required -C "$tmp/ca.pem" -u ann -b '' -x 1
expect "no credentials to be had is trouble, not the end" "$tmp/out" accepted=0 left=1 "troubles>=1"
grep -q 'there is no token' "$tmp/out"
ok "… that says why" $? "$(cat "$tmp/out")"
stop_relay

done_testing
