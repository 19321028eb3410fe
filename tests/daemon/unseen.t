#!/bin/bash
# unseen.t - what becomes of a visitor's request must not depend on others': nor tell whether a stranger's address led to a mail.
. "$(dirname "$0")/lib.sh"

settled() { [ "$(sql 'SELECT count(*) FROM signup_request WHERE held_by IS NULL')" = 0 ]; }
held() { sql "SELECT coalesce(group_concat(address_key, ' '), '') FROM (SELECT address_key FROM signup_request ORDER BY id)"; }
# post NETWORK PATH ADDRESS: and wait until the clerk has decided; without a form's token a signup counts as two
post() {
	curl -sf --max-time 30 -o "$tmp/body" -H "X-Forwarded-For: $1" -d "email=$3&topic=articles" "$base$2" || return 1
	wait_for 20 settled
}
# probe NETWORK PATH ADDRESS WORD: somebody's address, then two of one's own; the second has no room behind one that is counted
probe() {
	post "$1" "$2" "$3" && post "$1" /subscribe "$4-1@own-$4.example" && post "$1" /subscribe "$4-2@own-$4.example"
}

make_site
conf_add http trusted_proxies=127.0.0.1
conf_add signup per_network=4/h
start_daemon
newsletter subscriber add ann@example.org --topic articles >/dev/null
newsletter subscriber add barred@example.org --topic articles >/dev/null
sql "INSERT INTO suppression SELECT address_hmac, 'complaint', 1, 'x' FROM subscriber WHERE address_key = 'barred@example.org'"

echo "# the network's limit"
probe 192.0.2.1 /manage ann@example.org a
is "the link of who is on the list" "$(held)" "a-2@own-a.example"
probe 198.51.100.1 /manage nobody@example.org b
is "the link of who is not" "$(held)" "a-2@own-a.example b-2@own-b.example"
probe 203.0.113.1 /subscribe ann@example.org c
is "a signup that gets the note" "$(held)" "a-2@own-a.example b-2@own-b.example c-2@own-c.example"
probe 203.0.112.1 /subscribe barred@example.org d
is "a signup of who complained" "$(held)" "a-2@own-a.example b-2@own-b.example c-2@own-c.example d-2@own-d.example"
stop_daemon

echo "# the limits of a domain and over all"
sql "DELETE FROM signup_request; DELETE FROM pace"
sed -i 's/^per_network=.*/per_network=0\nper_domain=1\/h/' "$site/newsletter.conf"
NEWSLETTER_CLOCK=+90000 start_daemon
post 192.0.2.1 /manage nobody@one.example
post 192.0.2.1 /subscribe own@one.example
is "the link of who is not on the list is counted for the domain" "$(held)" "own@one.example"
post 192.0.2.1 /subscribe barred@example.org
post 192.0.2.1 /subscribe own@example.org
is "a signup without a mail is not: it would cost others" "$(held)" "own@one.example"
is "nobody's request led to a mail unseen" "$(sql "SELECT count(*) FROM outbox WHERE address LIKE '%nobody%' OR address LIKE '%barred%'")" 0
stop_daemon

echo "# a request that cannot be decided keeps nobody else waiting"
sql "DELETE FROM signup_request; DELETE FROM pace"
sed -i 's/^per_network=.*/per_network=0/; s/^per_domain=.*/per_domain=0/' "$site/newsletter.conf"
mkdir -p "$site/templates/mail"
echo '{{#never ended' >"$site/templates/mail/manage.text.mustache"
NEWSLETTER_CLOCK=+180000 start_daemon
curl -sf --max-time 30 -o /dev/null -d "email=ann@example.org" "$base/manage"
curl -sf --max-time 30 -o /dev/null -d "email=ben@example.org&topic=articles" "$base/subscribe"
wait_for 20 has_mail confirm ben@example.org
is "who comes after it has their mail" $? 0
is "it is kept" "$(held)" "ann@example.org"
wait_for 20 grep -q manage.text.mustache "$site/log"
has "the log says what is wrong" "$(cat "$site/log")" "manage.text.mustache"
stop_daemon
rm "$site/templates/mail/manage.text.mustache"
NEWSLETTER_CLOCK=+180100 start_daemon
nothing_held() { [ -z "$(held)" ]; }
wait_for 20 nothing_held
wait_for 20 has_mail my-data ann@example.org
is "and decided when that is mended" "$? $(held)" "0 "
stop_daemon

done_testing
