#!/bin/bash
# bomb.t - the signup form as a weapon: ten thousand requests for one address, from one network, from everywhere. One mail, no more than the
# limits, a small daemon, and others are served meanwhile; the operator is told once and can do something about it.
. "$(dirname "$0")/lib.sh"

# bomb CONNECTIONS COUNT SPREAD EMAIL IP [FORM_TOKEN]: its report in $tmp/bomb
bomb() { "$B/tests/bomb" "$port" "$@" >"$tmp/bomb"; }
guests() { "$B/tests/bomb" "$port" 1 40 40 "$@" "$token" >"$tmp/guests"; }
answers() { sed '$d' "$tmp/bomb"; }
counter() { sql "SELECT coalesce(sum(value), 0) FROM counter WHERE name = '$1'"; }
undecided() { sql 'SELECT count(*) FROM signup_request WHERE held_by IS NULL'; }
decided() { [ "$(undecided)" = 0 ]; }
held() { sql 'SELECT count(*) FROM signup_request WHERE held_by IS NOT NULL'; }
mails() { sql "SELECT count(*) FROM outbox WHERE kind = '$1'"; }
files() { find "$site/outbox" -name "$1-*.eml" | wc -l; }
no_mail_waits() { [ "$(sql "SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed')")" = 0 ]; }
# memory FILE FIELD: kilobytes of that field of /proc/PID/FILE, over the parent and all roles; what is gone or cannot be read counts nothing
memory() {
	local pid pids
	pid=$(<"$tmp/daemon")
	read -ra pids <"/proc/$pid/task/$pid/children"
	for pid in "$pid" ${pids[@]+"${pids[@]}"}; do
		cat "/proc/$pid/$1"
	done | awk -v field="$2:" '$1 == field { sum += $2 } END { print sum + 0 }'
} 2>/dev/null
# until $tmp/watch is gone: the most of it
watch_memory() {
	local anon pss most=0 most_pss=0
	while [ -e "$tmp/watch" ]; do
		anon=$(memory status RssAnon) pss=$(memory smaps_rollup Pss)
		[ "${anon:-0}" -le "$most" ] || most=$anon
		[ "${pss:-0}" -le "$most_pss" ] || most_pss=$pss
		echo "$most $most_pss" >"$tmp/memory"
		sleep 0.2
	done
}
start() {
	start_daemon
	echo "$daemon" >"$tmp/daemon"
}

operator=olive@quietharbour.example
make_site --operator "$operator"
sed -i '/^\[http\]/a trusted_proxies = 127.0.0.1' "$site/newsletter.conf"
start
# a form that was read as people do: such a request counts once
token=$(curl -s "$base/" | grep -o 'name="form_token" value="[^"]*"' | cut -d'"' -f4)
sleep 4
touch "$tmp/watch"
watch_memory &
watcher=$!
at_exit $watcher

echo "# one address, 200 networks"
bomb 32 10000 200 'victim@example.org' '10.0.@N.7' &
attack=$!
guests 'guest#@guests.example' '172.16.@N.1'
is "others are served meanwhile" "$(sed '$d' "$tmp/guests")" "200 40"
read -r _ _ slowest <<<"$(tail -n 1 "$tmp/guests")"
at_most "milliseconds that the slowest of them waited" "$slowest" 30000
wait $attack
is "everybody gets the same answer" "$(answers)" "200 10000"
ok "all are decided" "$(wait_for 60 decided; echo $?)" "$(undecided) are left"
wait_for 20 no_mail_waits
is "and one mail is sent" "$(grep -l '^To: .*victim@example.org' "$site"/outbox/*.eml | wc -l)" 1
is "nobody waits for it" "$(held)" 0
is "the others got theirs" "$(grep -l '^To: .*@guests.example' "$site"/outbox/confirm-*.eml | wc -l)" 40
is "what leads to no mail is not counted over all" "$(counter signup_let_through) $(counter signup_without_mail)" "41 9999"

echo "# one network, 10,000 addresses"
before=$(mails confirm)
bomb 32 10000 250 'p#@bomb#.example' '198.51.100.@N' "$token" &
attack=$!
guests 'late#@guests.example' '172.17.@N.1'
wait $attack
is "everybody gets the same answer" "$(answers)" "200 10000"
is "as do the others" "$(sed '$d' "$tmp/guests")" "200 40"
ok "all are decided" "$(wait_for 60 decided; echo $?)" "$(undecided) are left"
wait_for 20 no_mail_waits
is "the others got their mail at once" "$(grep -l '^To: .*late[0-9]*@guests.example' "$site"/outbox/confirm-*.eml | wc -l)" 40
sent=$(($(mails confirm) - before - 40))
is "of the network's no more than its limit" "$sent" 100
is "ten times that waits, the rest is dropped" "$(held) $(counter signup_dropped_network)" "1000 $((10000 - sent - 1000))"
is "who waits is no subscriber" "$(sql "SELECT count(*) FROM subscriber WHERE address LIKE 'p%@bomb%'")" "$sent"
is "a surge is more than that" "$(newsletter status --json | grep -c surge_since)" 0
like "status" "$(newsletter status)" 'Held +1,000 signups wait for a limit, since .*newsletter signup list'
rows=$(sql 'SELECT total(next_at = 9223372036854775807) FROM signup_request')
is "all but the first are left alone" "$rows" 999.0

bomb 8 100 100 't#@bomb#.example' '198.51.101.@N'
wait_for 30 decided
is "a request without a form of ours counts as two" "$(sql "SELECT count(*) FROM subscriber WHERE address LIKE 't%@bomb%'")" 50
newsletter signup discard --network 198.51.101.0/24 >/dev/null

echo "# a restart"
stop_daemon
start
bomb 8 500 250 'q#@bomb.example' '198.51.100.@N'
wait_for 30 decided
is "does not give the network another hundred" "$(sql "SELECT count(*) FROM subscriber WHERE address LIKE 'q%@bomb.example'")" 0

echo "# from everywhere: the limit over all"
bomb 32 4000 250 'r#@site#.example' '203.@N.#.1' "$token"
is "a header that is no address is the proxy's" "$(answers)" "200 4000"
bomb 32 4000 250 's#@site#.example' '100.64.@N.1' "$token"
is "everybody gets the same answer" "$(answers)" "200 4000"
ok "all are decided" "$(wait_for 60 decided; echo $?)" "$(undecided) are left"
let=$(counter signup_let_through)
is "let through over all, as the limit has it" "$(sql "SELECT sum(used) FROM pace WHERE scope = 'signup-total'")" 1000
wait_for 20 grep -q 'event=signup_surge_told' "$site/log"
like "the log tells of a surge" "$(grep -c 'event=signup_surge ' "$site/log") $(grep 'event=signup_surge_told' "$site/log")" '^1 .*operator_mail=[0-9]+$'
wait_for 20 has_mail operator "$operator"
mail=$(mail_in_outbox operator "$operator")
words=$(python3 -c '
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(m["subject"])
for kind in ("plain", "html"): print(m.get_body([kind]).get_content())' "$mail")
like "the operator's mail says how many" "$words" '^Many signups at once: [0-9]+ are waiting.*the 1000 requests an hour.*Waiting now: [0-9]+, from [0-9]+ networks\..*newsletter signup discard.*<strong>Waiting now: [0-9]+, from [0-9]+ networks'
unlike "and names nobody" "$words" 'example\.org|bomb|site[0-9]|\{\{|\}\}'
"$root/tests/mail_check.py" --loopback --automatic "$mail" >"$tmp/found"
is "it is as MAIL.md asks" "$?$(head -c 600 "$tmp/found")" 0
has "status" "$(newsletter status)" 'more is asked than is let through over all'
like "the log names nobody" "$(grep -cE 'example\.org|bomb|@|198\.51' "$site/log")" '^0$'

echo "# what the operator does"
list=$(newsletter signup list)
like "list" "$list" '^[0-9,]+ requests wait since .*, from [0-9]+ networks\.
.* +Limit +Of +Requests +Since
.* network +198\.51\.100\.0/24 +1,000 .*
 +Network +Requests +Since
.* 198\.51\.100\.0/24 +1,000 '
like "with the line over all" "$list" 'total +- +[0-9,]+ '
hasnt "and no address" "$list" '@'
waiting=$(held)
newsletter signup discard --network 198.51.100.0/24 >"$tmp/out"
is "discard a network" "$(<"$tmp/out") $(held)" "1,000 requests were discarded. $((waiting - 1000))"
newsletter signup discard --all >/dev/null
is "discard everything" "$(held)" 0
is "is in the audit" "$(sql "SELECT group_concat(replace(detail, ',', ''), ', ') FROM audit WHERE command = 'signup discard' AND detail <> 'begun'")" \
	"one network: 50 requests, one network: 1000 requests, all: $((waiting - 1000)) requests"
sleep 2
is "no mail comes of it" "$(counter signup_let_through)" "$let"
is "one mail to the operator was enough" "$(files operator)" 1

rm "$tmp/watch"
wait $watcher
read -r most most_pss <"$tmp/memory"
at_least "KB of memory of their own (RssAnon) of parent and roles together, at the most: measured" "$most" 1000
if grep -q __asan_init "$BIN/newsletterd"; then
	skip "and small" "a sanitizer's memory counts too"
else
	at_most "and small" "$most" 65536
	at_most "KB with their parts of what they share (Pss; 0 where only root may see it)" "$most_pss" 65536
fi
for role in http clerk sender inbound; do
	echo "# $role: $(grep -E '^(RssAnon|VmHWM)' "/proc/$(role_pid $role)/status" | tr -s '[:space:]' ' ')"
done
done_testing
