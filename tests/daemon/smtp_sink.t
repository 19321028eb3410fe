#!/bin/bash
# smtp_sink.t - the SMTP engine against Postfix's smtp-sink: the two dialogues, and its faults.
. "$(dirname "$0")/smtp.sh"
need_peers

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
send -n 3 -c 1 -s 2000000
# The 550 comes right behind 354, before or after a body was begun.
expect "smtp-sink refuses early and reads no more" "$tmp/out" accepted=0 left=0 broken=0 "ms<=30000"
stop_sink
sink -p -W .:1	# with PIPELINING it would answer out of order
send -n 4 -c 4
expect "smtp-sink answers slowly" "$tmp/out" accepted=4 troubles=0
stop_sink
sink -H 3 -T 4096
send -n 2 -c 1 -s 3000000
expect "smtp-sink reads late and little" "$tmp/out" accepted=2 troubles=0
stop_sink
sink -w 4
send -n 1 -c 1 -t 1 -x 1
expect "a reply that does not come in time: unsent" "$tmp/out" accepted=0 unknown=0 "unsent>=1" "troubles>=1"
stop_sink
done_testing
