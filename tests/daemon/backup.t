#!/bin/bash
# A backup that is made while a campaign goes out; and what the site that it gives does, and does not, send.
. "$(dirname "$0")/lib.sh"
N=${N:-20000}
make_site
subscribers "$N"
start_sink
# at a rate, so that it lasts for as long as the backup takes, also on a machine that stands still meanwhile
conf_add relay "url = smtp://$sink" tls=none connections=8 rate=1500
head -c 32 /dev/urandom >"$tmp/key"
backup() { newsletter backup "$1" --key-file "$tmp/key" >"$tmp/out" 2>&1; }
ids() { sqlite3 -batch "$1/store/newsletter.db" "SELECT subscriber_id FROM delivery WHERE campaign_id = 1 AND state = 1 ORDER BY 1"; }
accepted() { sql "SELECT accepted FROM campaign WHERE id = 1"; }
accepted_at_least() { [ "$(accepted)" -ge "$1" ]; }

start_daemon
article 'Sleep'
newsletter send --yes --no-links >/dev/null 2>&1
wait_for 60 accepted_at_least $((N / 20)) || bail "the campaign does not go"
first=$(accepted)
backup "$tmp/b"
ok "a backup meanwhile" $? "$(<"$tmp/out")"
last=$(accepted)
newsletter campaign pause 1 --reason 'test' >/dev/null
at_least "the campaign went on" "$last" $((first + 1))
newsletter verify "$tmp/b" --key-file "$tmp/key" >"$tmp/out" 2>&1
ok "it verifies" $? "$(<"$tmp/out")"

# An old link, and a mail to one person that waits in the next backup.
stop_daemon
kill "$sink_pid" 2>/dev/null
sql "UPDATE outbox SET next_at = next_at + 100000 WHERE state = 'queued'"
sql "INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at)
	VALUES ('operator', 'op@example.org', CAST('To: op@example.org' || x'0d0a' || 'Message-ID: <waited@x>' || x'0d0a0d0a' || 'x' AS BLOB), 'queued', unixepoch(), unixepoch() + 86400, unixepoch())"
backup "$tmp/c"
ok "another one, with mail that waits" $? "$(<"$tmp/out")"

# The first: a prefix of what happened, and consistent in itself.
newsletter restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/first" >/dev/null 2>&1
ok "restore" $?
is "its counts are its ledger's" "$(sqlite3 "$tmp/first/store/newsletter.db" "SELECT accepted = (SELECT count(*) FROM delivery WHERE state = 1) FROM campaign")" 1
is "its ledger ends at its cursor" "$(sqlite3 "$tmp/first/store/newsletter.db" "SELECT cursor = (SELECT max(subscriber_id) FROM delivery) AND cursor = (SELECT count(*) FROM delivery) FROM campaign")" 1
at_least "what was accepted before is in it" "$(ids "$tmp/first" | wc -l)" "$first"
at_most "and what was accepted after is not" "$(ids "$tmp/first" | wc -l)" "$last"
is "nobody is accepted there and not here" "$(comm -23 <(ids "$tmp/first" | sort) <(ids "$site" | sort) | wc -l)" 0

# Its daemon sends nothing until it is told to; the site's own is no more.
mv "$site" "$tmp/lost"
"$BIN/newsletter" restore "$tmp/c" --key-file "$tmp/key" --to "$site" >"$tmp/out" 2>&1
ok "restore the second in its place" $? "$(<"$tmp/out")"
sed -i '/^rate=1500$/d' "$site/newsletter.conf"
rm -rf "$tmp/sink"
mail_folder
sink_at "${sink#*:}" -D "$tmp/sink/mail."
before=$(ids "$site")
reached=$(wc -l <<<"$before")
start_daemon
is "the campaign is held" "$(campaign_state 1)" "held"
curl -sf --max-time 60 -o "$tmp/page" "$base/"
ok "pages are served" $?
sleep 3
is "nothing was sent" "$(sink_count)" 0
is "mail to one person waits" "$(sql "SELECT state FROM outbox WHERE address = 'op@example.org'")" queued
article 'Breathing'
newsletter send --yes --no-links >"$tmp/out" 2>&1
is "send refuses" "$?" 3
newsletter restore "$tmp/c" --key-file "$tmp/key" >"$tmp/out" 2>&1
like "no restore over a daemon that runs" "$? $(<"$tmp/out")" "^1 .*a newsletterd runs for the site"
newsletter outbox release >/dev/null
wait_for 20 sink_reached 1
is "released: the mail that waited, and nothing else" "$(cat "$tmp"/sink/* | grep '^Message-ID')" "Message-ID: <waited@x>"

# Resumed: those who are not accepted in the backup, each once.
newsletter campaign resume 1 >/dev/null
wait_for 240 campaign_is 1 "done"
ok "resumed, it ends" $? "$(campaign_state 1)"
is "everybody is accepted once" "$(sql "SELECT count(*), count(DISTINCT subscriber_id) FROM delivery WHERE campaign_id = 1 AND state = 1")" "$N|$N"
wait_for 30 sink_reached $((N - reached + 1))
is "and mailed: exactly those who were not in the backup's ledger" "$(sink_count)" $((N - reached + 1))
is "nobody twice" "$(cat "$tmp"/sink/* | grep '^Message-ID:' | sort | uniq -d | wc -l)" 0

# Keys rotate: an old link goes on working, new mails have the new key's.
link() { outbox_body "$1" | grep -o "$base/u/[A-Za-z0-9_-]*" | head -n 1; }
old=$(for f in "$tmp"/sink/mail.*; do link "$f"; done 2>/dev/null | head -n 1)
rm -rf "$tmp/sink" && mail_folder
newsletter init --rotate-keys >"$tmp/out" 2>&1
like "rotate" "$? $(<"$tmp/out")" "^0 .*link-2\.key makes the links.*kill -HUP"
is "it is there" "$(cd "$site/keys" && stat -c '%a %n' ./* | tr '\n' ' ')" "640 ./link-1.key 640 ./link-2.key 640 ./suppression.key "
is "audited" "$(sql "SELECT detail FROM audit WHERE command = 'init --rotate-keys'")" "link-2.key"
http=$(role_pid http)
kill -HUP "$daemon"
http_is_new() { local now; now=$(role_pid http) && [ -n "$now" ] && [ "$now" != "$http" ] && curl -sf --max-time 5 -o /dev/null "$base/"; }
wait_for 30 http_is_new
ok "newsletterd takes it up" $?
left() { sql "SELECT count(*) FROM subscription WHERE state = 2"; }
is "nobody has left" "$(left)" 0
is "a link mailed before" "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' -d 'List-Unsubscribe=One-Click' "$old")" 200
has_left() { [ "$(left)" = 1 ]; }
wait_for 20 has_left
ok "acts" $?
done_testing
