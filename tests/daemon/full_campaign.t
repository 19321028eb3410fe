#!/bin/bash
# full_campaign.t - a disk that is full in the midst of a campaign: commits fail, nobody is lost, and with on_unknown=hold nobody is served twice.
. "$(dirname "$0")/../torture/lib.sh"

people=3000
port_of_relay=$(free_port)
make_site
# at a rate that leaves fifteen seconds for what is to happen in the midst
conf_add relay "url=smtp://127.0.0.1:$port_of_relay" tls=none connections=2 window=8 rate=150 timeout=60
conf_add campaign on_unknown=hold
subscribers $people
article 'Sleeping better'
mkdir "$tmp/small"
cp -p "$site"/store/* "$tmp/small/"
if ! mount -t tmpfs -o size=10m,mode=2770 small "$site/store" 2>/dev/null; then
	skip "a full disk in the midst of a campaign" "mounting a small tmpfs needs root"
	done_testing
fi
trap 'umount -l "$site/store"; clean_up' EXIT
cp -p "$tmp"/small/* "$site/store/"
faulty_at "$port_of_relay" --faults slow=5
start_daemon
newsletter send --yes >/dev/null
taken() { wc -l <"$record"; }
got_some() { [ "$(taken)" -ge "$1" ]; }
no_space() { [ "$(grep -c 'role=sender event=sender text=.*space' "$site/log")" -gt "$1" ]; }
failures=0
for at in 150 400; do
	wait_for 20 got_some $at
	dd if=/dev/zero of="$site/store/ballast" bs=64k 2>/dev/null
	wait_for 20 no_space "$failures"
	ok "the sender cannot write after $at messages" $?
	comes_to_rest taken || bail "the sender goes on"
	before=$(taken)
	sleep 1
	is "nothing is sent that is not in the ledger" "$(taken)" "$before"
	rm "$site/store/ballast"
	failures=$(grep -c 'role=sender event=sender text=.*space' "$site/log")
done
sed -i 's/^rate=150$/rate=2000/' "$site/newsletter.conf"
kill -HUP "$daemon" # the rest need not take so long
wait_for 40 campaign_is 1 'done'
is "with space again it comes to its end" "$(sql 'SELECT state, accepted, deferred, refused, unknown FROM campaign')" "done|$people|0|0|0"
count_both
is "everybody was served, by both counts" "$(counted recipients) $(counted lost) $(counted missed) $(counted unasked)" "$people 0 0 0"
is "nobody twice" "$(counted copies)" 0
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
stop_daemon
done_testing
