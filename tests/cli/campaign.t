#!/bin/bash
# newsletter campaign list | show | pause | resume | cancel.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
succeeds "none yet" nl campaign list
like "says how to make one" "$out" "newsletter send"
nl send --max 1 >/dev/null 2>&1 && nl send --max 1 --key second >/dev/null 2>&1

succeeds "list" nl campaign list
is "newest first" "$(echo "$out" | awk 'NR > 1 { print $1, $2 }' | tr '\n' ' ')" "2 scheduled 1 scheduled "
succeeds "pause" nl campaign pause 1 --reason "a typo"
is "with the reason" "$(db 'SELECT state, reason FROM campaign WHERE id = 1')" "paused|a typo"
like "in the audit" "$(db 'SELECT command, detail FROM audit ORDER BY id DESC LIMIT 1')" "campaign pause\|campaign 1"
refused "pause once more" 3 "campaign 1 is paused: it cannot be paused" nl campaign pause 1
succeeds "resume" nl campaign resume 1
is "to where it was" "$(db 'SELECT state FROM campaign WHERE id = 1')" scheduled
refused "resume what runs" 3 "it cannot be resumed" nl campaign resume 1
succeeds "cancel" nl campaign cancel 1
is "by whom" "$(db 'SELECT state, reason FROM campaign WHERE id = 1')" "cancelled|by $(id -un)"
is "its articles are new again" "$(db 'SELECT count(*) FROM announcement')" 1
refused "cancel once more" 3 "cancelled: it cannot be cancelled" nl campaign cancel 1
refused "one that is not there" 1 "no campaign 99; see .newsletter campaign list" nl campaign pause 99
refused "a number that is none" 2 "is no number" nl campaign pause first
refused "a reason with a line end" 2 "one line" nl campaign pause 2 --reason $'a\nb'
refused "a reason that is too long" 2 "too long" nl campaign pause 2 --reason "$(printf '%300s' x)"

db "UPDATE campaign SET state = 'sending', started_at = 1767225600, planned = 200, accepted = 150, refused = 2, deferred = 3, skipped = 1 WHERE id = 2"
succeeds "show" nl campaign show 2
like "counts" "$out" "State +sending.*Key +second.*Started +2026-01-01 00:00.*Recipients +200.*Sent +150 .75 %.*Deferred +3.*Refused +2.*Left out +1"
succeeds "show --eml" nl campaign show 2 --eml
like "the mail itself" "$out" "List-Id:.*articles\.quietharbour\.example.*multipart/alternative"
run nl campaign show 2 --json
is "as JSON" "$(json 'j["state"], j["planned"], j["accepted"], j["unsubscribes"]')" "('sending', 200, 150, 0)"
succeeds "list --open" nl campaign list --open
is "only what is not over" "$(echo "$out" | wc -l)" 2
done_testing
