#!/bin/bash
# faults.t - the fault matrix: campaigns through a relay that breaks its word; faults_servers.t has those through real ones. Prints it as a table.
#
#   ALL=1       the long form, as tests/torture/faults.t runs it
#   ONLY=TEXT   only rows that have this in their name
#   LATER=…     patterns of rows that the sender cannot pass yet
. "$(dirname "$0")/../torture/matrix.sh"

sites
make_keys
fifties=$((people / 50))
healthy=pipelining,chunking,8bitmime,size

# --- relay.py: what no server says by itself; each dialogue with each fault ---
for dialogue in bdat pipelined plain; do
	case $dialogue in
	bdat) offers=$healthy each=$window ;;
	pipelined) offers=pipelining,8bitmime,size each=2 ;;
	plain) offers=8bitmime,size each=1 ;;
	esac
	proof="spoken $dialogue"
	relay_row "$dialogue" none "$offers" '' "$people" 0 0
	relay_row "$dialogue" '4xx one in ten, 5xx one in fifty' "$offers" rcpt4=10,rcpt5=50 $((people - fifties)) $fifties 0
	relay_row "$dialogue" 'single octets, many lines' "$offers" bytes,lines=2 "$people" 0 0
	long relay_row "$dialogue" 'a hundred lines a reply' "$offers" lines=100 "$people" 0 0
	long relay_row "$dialogue" 'slow replies' "$offers" slow=30 "$people" 0 0
	relay_options=(--rcvbuf 2304)
	relay_row "$dialogue" 'reads slowly' "$offers" sips=4000 "$people" 0 0
	relay_options=()
	relay_row "$dialogue" '421 in the midst' "$offers" 421=60 "$people" 0 $((people * each / 20))
	long relay_row "$dialogue" 'hangs up in the midst' "$offers" hangup=40 "$people" 0 $((people * each / 20))
	long relay_row "$dialogue" 'ends within a body' "$offers" torn=40 "$people" 0 $((people * each / 20))
	relay_row "$dialogue" 'reset behind the body' "$offers" reset=40 "$people" 0 $((people * each / 20))
	long relay_row "$dialogue" 'reset, not accepted' "$offers" lost=40 "$people" 0 $((people * each / 20))
	relay_row "$dialogue" 'closes after 20 messages' "$offers" limit=20 "$people" 0 $((people * each / 20))
	long relay_row "$dialogue" '454 beyond 100/s' "$offers" rate=100 "$people" 0 0
	long relay_row "$dialogue" 'LIMITS MAILMAX' "$offers,mailmax=15" '' "$people" 0 0
done
proof='spoken pipelined'
relay_row fallback 'BDAT refused with 502' $healthy bdat=502 "$people" 0 0
long relay_row fallback 'BDAT refused with 503' $healthy bdat=503 "$people" 0 0
relay_row fallback 'BDAT unknown, octets as commands' $healthy unread=500 "$people" 0 0
proof='spoken plain'
relay_row fallback 'pipelining refused with 554' pipelining,size stuck=554 "$people" 0 0
long relay_row fallback 'pipelining refused with 503' pipelining,size stuck=503 "$people" 0 0
long relay_row fallback 'BDAT window refused with 554' $healthy stuck=554 "$people" 0 0
relay_row plain 'EHLO refused, HELO' $healthy ehlo=502 "$people" 0 0
proof=

# TLS whose records do not fit into the socket, and TLS that fails.
tls=required
relay_options=(--key "$tmp/key.pem" --cert "$tmp/cert.pem" --rcvbuf 2304)
for dialogue in bdat pipelined; do
	proof="spoken $dialogue"
	[ $dialogue = bdat ] && offers=$healthy || offers=pipelining,size
	relay_row "$dialogue" 'STARTTLS, reads slowly' "$offers,starttls" sips=3000 "$people" 0 0 "ca_file=$tmp/cert.pem"
	long relay_row "$dialogue" 'STARTTLS, single octets' "$offers,starttls" bytes "$people" 0 0 "ca_file=$tmp/cert.pem"
done
proof=
relay_options=(--key "$tmp/key.pem" --cert "$tmp/cert.pem")
heal_relay() {
	stop_faulty
	faulty_at "$port" --offers "$healthy,starttls" "${relay_options[@]}"
}
heal=heal_relay
relay_row bdat 'STARTTLS refused, then well' $healthy,starttls tls=454 "$people" 0 0 "ca_file=$tmp/cert.pem"
long relay_row bdat 'no TLS behind STARTTLS, then well' $healthy,starttls tls=220 "$people" 0 0 "ca_file=$tmp/cert.pem"
heal='' tls='' relay_options=()
done_testing
