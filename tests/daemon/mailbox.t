#!/bin/bash
# Mailboxes at a real Dovecot: IMAP and POP3, with and without TLS; what is removed, moved and left.
. "$(dirname "$0")/lib.sh"
. "$(dirname "$0")/peers.sh"

need_peers
if ! can_be_private; then
	skip 'mailboxes at Dovecot' 'it needs a mount namespace of its own, and that needs root'
	done_testing
fi

password='pass "word\x'
dovecot_mailboxes ann "$password"

# work URL WHAT [driver options…]: $got and $status.
work() {
	got=$("$B/tests/mailbox_driver" -u ann -p "$password" -C "$tmp/cert.pem" "${@:3}" "$1" "$2" 2>"$tmp/driver.err")
	status=$?
}
# field NAME…: of what the driver said, with a space between.
field() { printf '%s' "$got" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(*[d.get(k, "-") for k in sys.argv[1:]])' "$@"; }
counts() { field listed fetched gone removed; }
# refused NAME WORDS: the last work failed, saying so and not the password.
refused() {
	is "$1: it fails" "$status" 1
	like "$1: it says why" "$(field error)" "$2"
	hasnt "$1: no password" "$got" 'word\x'
}
left() { find "$dovecot_mail${1:+/.$1}"/{new,cur} -type f 2>/dev/null | wc -l; }

dovecot_put 40
mkdir "$tmp/out" "$tmp/files"
work "imap://127.0.0.1:$imap" read -o "$tmp/out"
is 'IMAP with STARTTLS reads all' "$status $(counts)" '0 40 40 0 0'
sum=$(field sum)
sed 's/$/\r/' "$dovecot_mail"/cur/1700000007.* >"$tmp/want"
cmp -s "$tmp/want" "$tmp/out/8"
ok 'a message is what was delivered, with CRLF' $?
is 'reading marks nothing as seen' "$(find "$dovecot_mail" -name '*:2,*S*' | wc -l)" 0
uids=$(field first last)
work "imap://127.0.0.1:$imap/INBOX" list -T none
is 'IMAP in the clear, the folder by its name: the same uids' "$(counts) $(field first last)" "40 0 0 0 $uids"
like 'a uid has UIDVALIDITY and UID' "$uids" '^[0-9]+/1 [0-9]+/40$'
work "imaps://127.0.0.1:$imaps/INBOX" read
is 'IMAP with TLS: the same messages' "$(field sum)" "$sum"
work "imaps://127.0.0.1:$imaps/INBOX" read -S
is 'one by one: the same messages' "$(field sum)" "$sum"
for p in "pop3://127.0.0.1:$pop3" "pop3s://127.0.0.1:$pop3s"; do
	work "$p" read
	is "${p%%:*}: the same messages" "$status $(field sum)" "0 $sum"
done
work "pop3://127.0.0.1:$pop3" read -T none -S
is 'POP3 in the clear, one by one: the same' "$(field sum)" "$sum"

for p in "imap://127.0.0.1:$imap" "imaps://127.0.0.1:$imaps" "pop3://127.0.0.1:$pop3" "pop3s://127.0.0.1:$pop3s"; do
	got=$("$B/tests/mailbox_driver" -u ann -p "$password" "$p" list) && status=0 || status=$?
	refused "${p%%:*}, a CA that is not known" 'certificate'
	work "${p/127.0.0.1/localhost}" list
	refused "${p%%:*}, a name that is not the certificate's" 'localhost|does not match|alternative'
	got=$("$B/tests/mailbox_driver" -u ann -p "${password}x" -C "$tmp/cert.pem" "$p" list) && status=0 || status=$?
	refused "${p%%:*}, a wrong password" 'Login denied; the server said: .*Authentication failed'
done
work "imaps://127.0.0.1:$imaps/None" list
refused 'a folder that is not there' "cannot open the folder None: the server said: Mailbox doesn't exist"
work 'imaps://127.0.0.1:1' list
refused 'nobody listens' 'Failed to connect|Connection refused'
work "imaps://127.0.0.1:$imaps/Gr%C3%BC%C3%9Fe" list
refused 'a folder in UTF-8' 'modified UTF-7'

work "pop3s://127.0.0.1:$pop3s" empty -n 5
is 'POP3 removes' "$status $(counts) $(left)" '0 40 5 0 5 35'
work "imaps://127.0.0.1:$imaps" empty -n 5
is 'IMAP removes' "$status $(counts) $(left)" '0 35 5 0 5 30'
work "imaps://127.0.0.1:$imaps" empty -n 5 -m 'Done "with'
is 'IMAP moves, into a folder that it makes' "$status $(left) $(left 'Done "with')" '0 25 5'
work "imaps://127.0.0.1:$imaps" empty -n 5 -m 'Done "with'
is 'and again' "$status $(left) $(left 'Done "with')" '0 20 10'
dovecot_put 3 'Gr&APwA3w-e'
work "imaps://127.0.0.1:$imaps/Gr&APwA3w-e" empty -n 2
is 'a folder in modified UTF-7' "$status $(counts) $(left 'Gr&APwA3w-e')" '0 3 2 0 2 1'
is 'other folders are as they were' "$(left) $(left 'Done "with')" '20 10'

# Somebody's mark is theirs: not listed, and not expunged with ours.
theirs=$(find "$dovecot_mail/cur" -type f | sort | head -n 1)
mv "$theirs" "${theirs%%:*}:2,T"
work "imaps://127.0.0.1:$imaps" empty -n 5
is 'what somebody marked as deleted is not listed' "$status $(counts)" '0 19 5 0 5'
ok 'and not expunged with ours' "$([ -e "${theirs%%:*}:2,T" ]; echo $?)" "$(ls "$dovecot_mail/cur")"

# A server without UIDPLUS and MOVE.
stop_dovecot
start_dovecot 'imap_capability = IMAP4rev1 SASL-IR'
work "imaps://127.0.0.1:$imaps" empty -n 5
is 'without UIDPLUS, while others are marked: ours are marked' "$status $(counts) $(left)" '0 14 5 0 5 15'
is 'with no mark lost' "$(find "$dovecot_mail/cur" -name '*:2,*T*' | wc -l)" 6
work "imaps://127.0.0.1:$imaps" list
is 'and listed no more' "$(counts)" '9 0 0 0'
find "$dovecot_mail/cur" -name '*:2,*T*' -delete
work "imaps://127.0.0.1:$imaps" empty -n 5
is 'without UIDPLUS, when none but ours are marked: they go' "$status $(counts) $(left)" '0 9 5 0 5 4'
work "imaps://127.0.0.1:$imaps" empty -n 2 -m Done2
is 'without MOVE: copied, then removed' "$status $(left) $(left Done2)" '0 2 2'

# Names last while the mailbox lasts, and change when it is another.
work "imaps://127.0.0.1:$imaps" list
before=$(field first)
stop_dovecot
rm -f "$dovecot_mail"/dovecot*
start_dovecot
listed() { work "imaps://127.0.0.1:$imaps" list && [ "$status" = 0 ]; }
wait_for 10 listed # it has a mailbox to make anew, and may still end what it did before
ok 'a mailbox whose server has lost its indexes is listed' $? "$got"
like 'UIDVALIDITY is part of the uid' "$(field first)" '^[0-9]+/[0-9]+$'
[ "$(field first)" != "$before" ]
ok 'a mailbox made anew has new uids' $? "$before $(field first)"

# Gone between the list and the fetch; a stop while it waits.
dovecot_put 2000
work "imaps://127.0.0.1:$imaps" empty -B 500
is 'IMAP, 2002 messages' "$status $(counts) $(left)" '0 2002 2002 0 2002 0'
dovecot_put 2000
work "pop3s://127.0.0.1:$pop3s" empty -B 500
is 'POP3, 2000 messages' "$status $(counts) $(left)" '0 2000 2000 0 2000 0'

mkfifo "$tmp/stop"
python3 -c 'import socket, time
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen(1); print(s.getsockname()[1], flush=True); time.sleep(300)' >"$tmp/silent" &
at_exit $!
wait_for 5 test -s "$tmp/silent"
(sleep 1; echo stop) >"$tmp/stop" &
got=$("$B/tests/mailbox_driver" -u ann -p x -T none -t 60 -s 8 "imap://127.0.0.1:$(cat "$tmp/silent")" list 8<"$tmp/stop")
like 'a stop ends the wait for a greeting' "$(field error)" '^stopped'

done_testing
