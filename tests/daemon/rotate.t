#!/bin/bash
# newsletter init --rotate-keys beside a newsletterd that was not told yet: nothing that is mailed or printed meanwhile is refused.
. "$(dirname "$0")/lib.sh"
make_site
newsletter subscriber add ann@example.org --topic articles --consent 'paper 2026-03' >/dev/null
start_daemon

# mailed OPTION…: a mail that `newsletter send promotion` lets go, and the status with which each page that it links to answers; a test copy is
# in no browser (410).
mailed() {
	local mail link
	rm -f "$site"/outbox/*.eml
	newsletter send promotion "$tmp/spring.md" --topic articles --no-links "$@" >"$tmp/out" 2>&1 || cat "$tmp/out"
	wait_for 20 compgen -G "$site/outbox/*.eml" >/dev/null || return 1
	mail=$(compgen -G "$site/outbox/*.eml" | head -n 1)
	for link in $(outbox_body "$mail" | grep -o "$base/[a-z]*/[A-Za-z0-9_-]\{44\}" | sort -u); do
		curl -s --max-time 20 -o /dev/null -w '%{http_code} ' "$link"
	done
}
key_of() { # the number in front of the link
	local link
	link=$(outbox_body "$(compgen -G "$site/outbox/*.eml" | head -n 1)" | grep -o "$base/u/[A-Za-z0-9_-]*" | head -n 1)
	python3 -c 'import base64, sys; print(base64.urlsafe_b64decode(sys.argv[1])[0])' "${link##*/}"
}
printf -- '---\nsubject: Spring\n---\nHello.\n' >"$tmp/spring.md"
like "a mailing's links work" "$(mailed --key one --yes)" "^(200 )+$"
newsletter init --rotate-keys >"$tmp/out" 2>&1
ok "rotated" $? "$(<"$tmp/out")"
is "the new key is whose the old one is" "$(stat -c '%a %u %g' "$site/keys/link-2.key")" "$(stat -c '%a %u %g' "$site/keys/link-1.key")"
old=$(role_pid sender)
kill -9 "$old"
is_new() { local now; now=$(role_pid "$1") && [ -n "$now" ] && [ "$now" != "$old" ]; }
wait_for 20 is_new sender
ok "the sender dies, and comes back" $?
like "its links work with pages that do not know the new key" "$(mailed --key two --yes)" "^(200 )+$"
like "so do those of a test copy" "$(mailed --to ann@example.org)" "^410 (200 )+$"
is "which is of the old key" "$(key_of)" 1
old=$(role_pid inbound)
kill -HUP "$daemon"
wait_for 30 is_new inbound
ok "told, it starts its roles anew" $?
wait_for 20 curl -sf --max-time 30 -o "$tmp/page" "$base/"
like "a mailing's links work" "$(mailed --key three --yes)" "^(200 )+$"
is "they are of the new key" "$(key_of)" 2
like "a test copy's, too" "$(mailed --to ann@example.org)" "^410 (200 )+$"
is "of the new key" "$(key_of)" 2
stop_daemon
newsletter init --rotate-keys >"$tmp/out" 2>&1
start_daemon
like "a third, with nobody there to tell" "$(mailed --key four --yes)" "^(200 )+$"
is "is used at once" "$(key_of)" 3
done_testing
