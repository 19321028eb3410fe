#!/bin/bash
# Mail servers that lie, break off or say nothing: each ends in time, with the server's words, and without a secret in them; what is only
# unusual is understood.
. "$(dirname "$0")/lib.sh"

password='s3cret Word'

# against PROTOCOL BEHAVIOUR [driver options…]: read and empty; $got is what the driver says, $status its exit, $seconds how long it took.
against() {
	local protocol=$1 behaviour=$2 fifo=$tmp/input server start
	shift 2
	rm -f "$fifo"
	mkfifo "$fifo"
	: >"$tmp/server"
	python3 "$root/tests/daemon/hostile_mailbox.py" "$protocol" "$behaviour" <"$fifo" >"$tmp/server" 2>"$tmp/server.err" &
	server=$!
	at_exit $server
	exec 9>"$fifo"
	wait_for 10 grep -q '^port' "$tmp/server" || bail "the server did not come up: $(head -c 300 "$tmp/server.err")"
	start=$SECONDS
	got=$(timeout 60 "$B/tests/mailbox_driver" -u ann -p "$password" -T none -t 2 -M 1000000 "$@" \
		"$protocol://127.0.0.1:$(sed -n 's/^port //p' "$tmp/server")" empty)
	status=$?
	seconds=$((SECONDS - start))
	exec 9>&-
	wait $server 2>/dev/null
}
# field NAME…: of what the driver said, with a space between.
field() { printf '%s' "$got" | python3 -c 'import json, sys; d = json.load(sys.stdin); print(*[d.get(k, "-") for k in sys.argv[1:]])' "$@"; }

# fine PROTOCOL BEHAVIOUR FETCHED GONE LONGER: all goes well.
fine() {
	against "$1" "$2"
	is "$1 $2" "$status $(field listed fetched gone longer)" "0 4 $3 $4 $5"
}
# fails PROTOCOL BEHAVIOUR WORDS [driver options…]: it ends, saying why. How long a busy machine takes is not what is tested.
fails() {
	against "$1" "$2" "${@:4}"
	like "$1 $2" "$status $(field code error)" "^1 11 .*$3"
	at_most "$1 $2 ends by itself, in seconds" "$seconds" 50
}

for behaviour in good unasked another quoted uid-last uid-unsaid reversed twice; do
	fine imap $behaviour 4 0 0
done
fine imap huge 3 0 1
fine imap gone 3 1 0
fine imap nil 3 1 0
fine imap fetch-no 4 0 0
against imap good -S
has 'IMAP, nothing ahead: each is asked for by itself' "$(<"$tmp/server")" 'UID FETCH 3 BODY.PEEK[]'
against imap good
has 'IMAP, ahead: all are asked for at once' "$(<"$tmp/server")" 'UID FETCH 1,2,3,4 BODY.PEEK[]'
has 'IMAP: exactly ours are expunged' "$(<"$tmp/server")" 'UID EXPUNGE 1:4'
unlike 'IMAP: nothing else removes' "$(<"$tmp/server")" 'C: n[0-9]+ (EXPUNGE|CLOSE)'

fails imap unwelcome 'go away'
fails imap echo 'LOGIN.*<address>'
unlike 'IMAP: the password is not in the error' "$got" "$password|s3cret"
fails imap echo-plain 'what is \*\*\*\? see https://help.example.org/accounts/answer/185833'
unlike 'IMAP: nor in base64' "$got" "$(printf '\0ann\0%s' "$password" | base64 | cut -c4-16)"
against imap xoauth2 -b t0ken
is 'IMAP: XOAUTH2' "$status $(field fetched)" '0 4'
fails imap xoauth2 'not that' -b another
hasnt 'IMAP: the token is not in the error' "$got" another
fails imap good 'no way to log in' -b t0ken
hasnt 'IMAP: a token is no password' "$(<"$tmp/server")" LOGIN
fails imap silence 'not answered for 2 seconds'
fails imap close 'closed the connection'
fails imap close-in-literal 'closed the connection'
fails imap bye 'good-bye: mailbox of <address> is locked\?"?$'
fails imap fetch-bad 'cannot fetch a message: the server said: unknown command'
fails imap wrong-tag 'a command that it was not given'
fails imap no-tag 'not answered for 2 seconds'
fails imap endless-line 'a line without end'
fails imap endless-answers 'does not come to an end'
fails imap nul 'a NUL in a line'
fails imap garbage 'the server '
fails imap literal-too-large 'more octets than a message can have'
fails imap literal-too-long 'not answered for 2 seconds'
fails imap literal-too-short 'no way that IMAP knows'
fails imap dribble 'dribbles|not answered'
fails imap read-only 'can only be read'
fails imap no-uidvalidity 'UIDVALIDITY'
fails imap remove-no 'cannot mark messages as deleted: the server said: of <address>'

fine pop3 good 4 0 0
has 'POP3: pipelined where it is offered' "$(<"$tmp/server")" $'C: RETR 1\nC: RETR 2'
fine pop3 plain 4 0 0
fine pop3 no-capa 4 0 0
fine pop3 long-uid 4 0 0
against pop3 long-uid
is 'POP3: a long uid is hashed' "$(field first | tr -d '\n' | wc -c)" 64
fine pop3 huge 3 0 1
fine pop3 retr-err 3 1 0
fails pop3 unwelcome 'go away|weird'
fails pop3 echo 'of <address>'
unlike 'POP3: the password is not in the error' "$got" "$password|s3cret"
fails pop3 no-uidl 'no UIDL.*<address>'
fails pop3 no-status 'neither \+OK nor -ERR'
fails pop3 endless-list 'does not come to an end'
fails pop3 endless-line 'a line without end'
fails pop3 nul 'a NUL in a line'
fails pop3 garbage 'makes no sense'
fails pop3 silence 'not answered for 2 seconds'
fails pop3 close-in-message 'closed the connection'
fails pop3 no-end 'not answered for 2 seconds'
fails pop3 endless-message 'a message without end'
fails pop3 dribble 'dribbles|not answered'
fails pop3 dele-err 'cannot delete a message: the server said: not yours'
fails pop3 quit-err 'not deleted everything: the server said: some deleted'
fails pop3 quit-close 'closed the connection'


# A stop ends any wait, not only that for a connection.
for behaviour in imap:silence imap:no-tag pop3:silence pop3:no-end; do
	mkfifo "$tmp/stop"
	(sleep 1; echo stop) >"$tmp/stop" &
	against "${behaviour%:*}" "${behaviour#*:}" -t 30 -s 8 8<"$tmp/stop"
	is "a stop ends ${behaviour/:/ }" "$status $(field error)" '1 stopped while it waited for the mail server'
	at_most 'and long before its time is out' "$seconds" 20
	rm "$tmp/stop"
done

done_testing
