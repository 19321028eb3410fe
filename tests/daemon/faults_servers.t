#!/bin/bash
# faults_servers.t - the fault matrix, as faults.t has it: campaigns through the servers of the world, and what goes wrong with them.
#
#   ALL=1       the long form, as tests/torture/faults.t runs it
#   ONLY=TEXT   only rows that have this in their name
#   LATER=…     patterns of rows that the sender cannot pass yet
. "$(dirname "$0")/../torture/matrix.sh"

need_peers
mkdir "$tmp/npm"
sites
make_keys
tens=$((people / 10)) fifties=$((people / 50))

# --- smtp-sink: PIPELINING at most ---
proof=
sink_row pipelined none '' "$people" 0 0
long sink_row plain none -p "$people" 0 0
sink_row plain 'HELO only' -e "$people" 0 0
long sink_row pipelined 'small window' '-T 2304' "$people" 0 0
sink_options=(-B '550 5.1.1 user unknown')
sink_row pipelined '550 to each RCPT' '-f rcpt' 0 "$people" 0
sink_options=()
heal=heal_sink
long sink_row pipelined '450 4.3.0 to each RCPT, then well' '-r rcpt' "$people" 0 0
sink_options=(-b '450 4.7.1 greylisted, try again later')
sink_row pipelined '450 4.7.1 to each RCPT, then well' '-r rcpt' "$people" 0 0
sink_options=()
long sink_row pipelined '421 to each RCPT, then well' '-Q rcpt' "$people" 0 0
long sink_row pipelined '421 to each MAIL, then well' '-Q mail' "$people" 0 0
sink_row pipelined 'closes behind each body, then well' '-q .' "$people" 0 0
long sink_row pipelined 'closes at each DATA, then well' '-q data' "$people" 0 0
heal=

# --- npm smtp-server ---
npm_row plain none --no-pipelining "$people" 0 0
npm_row pipelined '550 for one in ten' '--refuse rcpt:550:10' $((people - tens)) $tens 0
npm_row pipelined '554 to each body' '--refuse body:554:1' 0 "$people" 0
long npm_row plain '550 for one in ten' '--refuse rcpt:550:10 --no-pipelining' $((people - tens)) $tens 0
npm_row pipelined 'closes instead of each 40th reply' '--drop reply:40' "$people" 0 $((people / 30))
long npm_row pipelined '421 to each 30th RCPT' '--code421 rcpt:30' "$people" 0 0
npm_row pipelined 'closes after ten messages' '--limit 10' "$people" 0 0
printf 'secret\n' >"$tmp/password"
tls=required
npm_row pipelined 'STARTTLS, AUTH' "--key $tmp/key.pem --cert $tmp/cert.pem --user ann --password secret" "$people" 0 0 \
	"ca_file=$tmp/cert.pem" user=ann "password_file=$tmp/password"
tls=

# --- those that need root and a namespace ---
if ! can_be_private; then
	skip "Postfix, Exim and OpenSMTPD" "no mount namespace can be made here: not root?"
	done_testing
fi
printf '%s\n' '/^person[0-9]*7@/ 550 5.1.1 user unknown' '/./ DUNNO' >"$tmp/some_refused"
some_refused="smtpd_recipient_restrictions=check_recipient_access regexp:$tmp/some_refused, permit"

proof="postfix_heard bdat $people"
postfix_row bdat none "$people" 0 0
proof="postfix_heard data $people"
postfix_row pipelined none "$people" 0 0 smtpd_discard_ehlo_keywords=chunking --
long postfix_row plain none "$people" 0 0 smtpd_discard_ehlo_keywords=chunking,pipelining --
proof=
postfix_row bdat '550 for one in ten' $((people - tens)) $tens 0 "$some_refused" smtpd_error_sleep_time=0 smtpd_hard_error_limit=1000 --
postfix_row bdat '421 after some refusals' $((people - tens)) $tens 0 "$some_refused" smtpd_error_sleep_time=0 smtpd_hard_error_limit=5 --
long postfix_row pipelined '421 after some refusals' $((people - tens)) $tens 0 "$some_refused" smtpd_error_sleep_time=0 smtpd_hard_error_limit=5 \
	smtpd_discard_ehlo_keywords=chunking --
long postfix_row bdat 'too large' 0 "$people" 0 message_size_limit=500 --
tls=required postfix_kind=postfix_with_login postfix_login=(ann secret)
proof="postfix_heard bdat $people"
postfix_row bdat 'STARTTLS, SASL by Dovecot' "$people" 0 0 "ca_file=$tmp/cert.pem" user=ann "password_file=$tmp/password"
tls='' postfix_kind='' postfix_login=() proof=
# Its smtpds die by the master's reload in the midst of it.
heal_postfix() { kill -HUP "$postfix_pid"; }
heal=heal_postfix FAULT_SECONDS=0.2
long postfix_row bdat 'reloaded in the midst' "$people" 0 $((connections * window))
heal='' FAULT_SECONDS=''

heal=exim_takes_all
proof="exim_marks $((people - fifties))"
exim_row bdat '4xx one in ten, 5xx one in fifty' $((people - fifties)) $fifties 0
proof='exim_marks 0'
exim_row pipelined '4xx one in ten, 5xx one in fifty' $((people - fifties)) $fifties 0 chunking_advertise_hosts= --
long exim_row plain '4xx one in ten, 5xx one in fifty' $((people - fifties)) $fifties 0 chunking_advertise_hosts= pipelining_advertise_hosts= --
proof=
long exim_row bdat 'ten messages a connection' $((people - fifties)) $fifties 0 smtp_accept_max_per_connection=10 --
long exim_row bdat 'two connections at most' $((people - fifties)) $fifties 0 smtp_accept_max=2 --
heal=
opensmtpd_row plain '5xx one in fifty' $((people - fifties)) $fifties 0
long opensmtpd_row plain 'twenty messages a session' $((people - fifties)) $fifties 0 'smtp limit max-mails 20' --
done_testing
