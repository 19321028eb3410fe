#!/bin/bash
# pipe.t - a real Postfix and a real Exim run `newsletter inbound read`, as newsletter(1) says: Postfix makes the bounces of a mailing itself and hands
# them over; both wait while what they run cannot do its work.
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/daemon/peers.sh
. "$(dirname "$0")/peers.sh"

need_peers
if [ "$(id -u)" != 0 ]; then
	skip "a real Postfix with a pipe" "its master needs root"
	done_testing
fi
relay_port=$(free_port)
make_site
home=quietharbour.example
conf_add mail bounce=bounce@$home
conf_add mail unsubscribe=leave@$home
conf_add relay "url=smtp://127.0.0.1:$relay_port" tls=none connections=2 timeout=60
printf '%s\n' '/^missing@/ error:5.1.1 User unknown in virtual mailbox table' "/^full@/ error:5.2.2 Mailbox full" "/^(bounce|leave)(\+.*)?@$home/ newsletter:" \
	>"$tmp/transport"
postfix_at "$relay_port" "transport_maps = regexp:$tmp/transport" 'recipient_delimiter = +' 'newsletter_destination_recipient_limit = 1' \
	'queue_run_delay = 1s' 'minimal_backoff_time = 1s' 'maximal_backoff_time = 2s' 'import_environment = MAIL_CONFIG TZ'" LD_LIBRARY_PATH=$POSTFIX_LIBRARIES"
# the pipe's programs have our libraries, not the peers'; they run as nobody, who may not reach the folder that we were built in
cp "$BIN/newsletter" "$tmp/newsletter" && chmod 755 "$tmp/newsletter"
printf '%s\n' '#!/bin/sh' 'unset LD_LIBRARY_PATH' "exec '$tmp/newsletter' -C '$site' inbound read \"\$@\"" >"$tmp/read"
chmod 755 "$tmp/read"
cat >>"$postfix/etc/master.cf" <<-END
	newsletter unix - n n - 2 pipe flags=DOR user=nobody argv=$tmp/read --recipient \${original_recipient}
END
touch -d '1 minute ago' "$postfix/etc/master.cf"
kill -HUP "$postfix_pid"
for who in ann missing full; do
	newsletter subscriber add $who@example.org --topic articles >/dev/null
done
chown -R nobody:nogroup "$site"
start_daemon

states() { sql "SELECT group_concat(state) FROM (SELECT state FROM subscription ORDER BY subscriber_id)"; }
states_are() { [ "$(states)" = "$1" ]; }
events() { sql "SELECT count(*) FROM event"; }
events_are() { [ "$(events)" = "$1" ]; }
# inject FROM TO HEADER…: a message into Postfix
inject() {
	local from=$1 to=$2
	shift 2
	printf '%s\n' "$@" | python3 -c '
import smtplib, sys
with smtplib.SMTP("127.0.0.1", int(sys.argv[1])) as s:
    s.sendmail(sys.argv[2], [sys.argv[3]], sys.stdin.buffer.read().replace(b"\n", b"\r\n"))' "$relay_port" "$from" "$to"
}
link() { "$B/tests/make_link" "$site/keys" "$1" "$2" 1 "$3" 0; }

article 'First' && newsletter send --yes >/dev/null
wait_for 20 campaign_is 1 'done'
wait_for 20 events_are 2
is "of a mailing two come back: the dead address is ended, the full one is not" "$(states)" '1,3,1'
is "each with its event" "$(sql "SELECT group_concat(subscriber_id || class || campaign_id) FROM (SELECT * FROM event ORDER BY subscriber_id)")" '2hard1,3soft1'
is "suppressed is one" "$(sql "SELECT group_concat(reason) FROM suppression")" hard
inject '' bounce@$home 'From: MAILER-DAEMON@mx.example.org' 'Subject: Undelivered Mail Returned to Sender' '' '<ann@example.org>: user unknown'
wait_for 20 events_are 3
is "a forged bounce is recorded, and nothing else" "$(states) $(sql 'SELECT trusted FROM event ORDER BY id DESC LIMIT 1')" '1,3,1 0'

echo '# while somebody holds the store'
hold_store "$site/store/newsletter.db" 'BEGIN EXCLUSIVE'
inject ann@example.org "leave+$(link leave 1 1)@$home" 'From: ann@example.org' 'Subject: unsubscribe' '' ''
wait_for 20 grep -q 'relay=newsletter.*status=deferred.*the store is locked' "$postfix/log"
ok "Postfix is told to wait" $?
let_go
wait_for 20 states_are 2,3,1
is "and the next time they have left" "$(states) $(sql "SELECT count(*) FROM event WHERE class = 'mailto'")" '2,3,1 1'
inject jo@example.org bounce@$home 'From: jo@example.org' 'Subject: Opening hours' '' 'When?'
kept() { [ "$(find "$site/aside/new" -type f | wc -l)" = 1 ]; }
wait_for 20 kept
ok "a letter is kept aside" $?
is "readable to the group" "$(stat -c %a "$site"/aside/new/*)" 660
is "nobody got mail for it" "$(sql 'SELECT count(*) FROM outbox')" 0
is "Postfix gave nothing up" "$(grep -c 'relay=newsletter.*status=bounced' "$postfix/log")" 0

echo '# Exim'
if ! can_be_private; then
	skip "a real Exim with a pipe" "no mount namespace here"
	done_testing
fi
exim=$tmp/exim
mkdir -p "$exim/spool"
cat >"$exim/conf" <<END
primary_hostname = relay.example
spool_directory = $exim/spool
log_file_path = $exim/%slog
host_lookup =
keep_environment =
begin routers
newsletter:
  driver = accept
  domains = $home
  local_parts = bounce : leave
  local_part_suffix = +*
  local_part_suffix_optional
  transport = newsletter
begin transports
newsletter:
  driver = pipe
  command = $tmp/read
  user = nobody
  return_path_add
  envelope_to_add
begin retry
* * F,1h,1s
END
private_users
chown -R "$(sed -n 's/^Debian-exim:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p' "$tmp/passwd")" "$exim"
chown root:root "$exim/conf" # which Exim insists on
chmod 711 "$tmp" "$exim"
exim() { (in_private env "LD_LIBRARY_PATH=$PEER_LIBRARIES" "$EXIM" -C "$exim/conf" "$@") >>"$exim/out" 2>&1; }
printf '%s\n' 'From: full@example.org' 'Subject: unsubscribe' '' '' | exim -odq -oi -f full@example.org "leave+$(link leave 3 1)@$home"
# goes CONDITION: the queue is run until then
goes() { exim -qff; "$@"; }
left_by_exim() { [ "$(states) $(sql "SELECT count(*) FROM event WHERE class = 'mailto'")" = '2,3,2 2' ]; }
wait_for 20 goes left_by_exim
is "it says in the environment whom the mail is for" "$(states) $(sql "SELECT count(*) FROM event WHERE class = 'mailto'")" '2,3,2 2'
mv "$site/keys/link-1.key" "$tmp/"
printf '%s\n' 'From: jo@example.org' 'Subject: Where?' '' '' | exim -odq -oi -f jo@example.org "bounce@$home"
exim -qff
like "it waits while there is no key" "$(<"$exim/mainlog")" '== bounce@[^ ]* R=newsletter T=newsletter defer'
mv "$tmp/link-1.key" "$site/keys/"
handed_over() { [ "$(grep -c Completed "$exim/mainlog")" = 2 ]; }
wait_for 20 goes handed_over
is "and then hands it over" "$(find "$site/aside/new" -type f | wc -l) $(grep -c Completed "$exim/mainlog")" '2 2'
is "it has bounced nothing" "$(grep -c ' \*\* ' "$exim/mainlog")" 0
done_testing
