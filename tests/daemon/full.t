#!/bin/bash
# full.t - a full disk under a running newsletterd: visitors are told to come back, nothing is lost, and once there is space all goes on.
. "$(dirname "$0")/lib.sh"

make_site
mkdir "$tmp/small"
cp -p "$site"/store/* "$tmp/small/"
if ! mount -t tmpfs -o size=6m,mode=2770 small "$site/store" 2>/dev/null; then
	skip "a full disk" "mounting a small tmpfs needs root"
	done_testing
fi
trap 'umount -l "$site/store"; clean_up' EXIT
cp -p "$tmp"/small/* "$site/store/"
start_daemon

sign_up() { curl -s --max-time 60 -o /dev/null -w '%{http_code}' -d topic=articles -d "email=$1@example.org" "$base/subscribe"; }
is "with space a signup is taken" "$(sign_up ann)" 200
wait_for 10 has_mail confirm ann@example.org
dd if=/dev/zero of="$site/store/ballast" bs=64k 2>/dev/null
late="SELECT (SELECT count(*) FROM subscriber WHERE address_key LIKE 'late@%') + (SELECT count(*) FROM signup_request WHERE address_key LIKE 'late@%')"
# what was allocated before is used up first: only a few commits fit into it
code=200
for n in $(seq 60); do
	[ "$code" != 200 ] || code=$(sign_up "visitor$n")
done
is "a full disk is answered 503" "$code" 503
is "again and again" "$(sign_up late)" 503
is "and nothing of it is in the store" "$(sql "$late")" 0
is "pages are served" "$(curl -s --max-time 60 -o /dev/null -w '%{http_code}' "$base/")" 200
has "the log says what to do" "$(cat "$site/log")" "no space left for the store, so this was not written: free some space"
rm "$site/store/ballast"
is "with space again a signup is taken" "$(sign_up late)" 200
wait_for 10 has_mail confirm late@example.org
ok "and confirmed by mail" $?
is "every invariant of the store holds" "$(sql <"$root/tests/invariants.sql")" ''
stop_daemon
is "a good end" $? 0
done_testing
