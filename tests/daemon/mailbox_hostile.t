#!/bin/bash
# Mail servers that lie, break off or say nothing: each ends in time, with the server's words, and without a secret in them; what is only
# unusual is understood.
. "$(dirname "$0")/lib.sh"

password='s3cret Word'

# What is tried, all at once, for most of it is waiting: PROTOCOL:BEHAVIOUR, and a third part where it is tried in more than one way.
words() { printf "$1:%s\n" "${@:2}"; }
mapfile -t silent < <(words imap silence no-tag literal-too-long dribble; words pop3 silence no-end dribble)
mapfile -t stopped < <(words imap silence:stop no-tag:stop; words pop3 silence:stop no-end:stop)
mapfile -t other < <(
	words imap good unasked another quoted uid-last uid-unsaid reversed twice huge gone nil fetch-no good:slowly unwelcome echo echo-plain xoauth2 \
		xoauth2:wrong good:token close close-in-literal bye fetch-bad wrong-tag endless-line endless-answers nul garbage literal-too-large \
		literal-too-short read-only no-uidvalidity remove-no
	words pop3 good plain no-capa long-uid huge retr-err unwelcome echo no-uidl no-status endless-list endless-line nul garbage close-in-message \
		endless-message dele-err quit-err quit-close
)
declare -A options=([imap:good:slowly]=-S [imap:xoauth2]='-b t0ken' [imap:xoauth2:wrong]='-b another' [imap:good:token]='-b t0ken')

mkfifo "$tmp/input" "$tmp/stop"
: >"$tmp/server"
python3 "$root/tests/daemon/hostile_mailbox.py" "${silent[@]}" "${stopped[@]}" "${other[@]}" <"$tmp/input" >"$tmp/server" 2>"$tmp/server.err" &
at_exit $!
exec 9>"$tmp/input" 8<>"$tmp/stop"
wait_for 20 grep -q '^ready' "$tmp/server" || bail "the server did not come up: $(head -c 300 "$tmp/server.err")"
# attempt CASE [driver options…]: read and empty, in the background; its status and words in a file
attempt() {
	local url
	url=${1%%:*}://127.0.0.1:$(sed -n "s/^port $1 //p" "$tmp/server")
	{
		got=$(timeout 120 "$B/tests/mailbox_driver" -u ann -p "$password" -T none -M 1000000 "${@:2}" "$url" empty)
		echo "$? $got" >"$tmp/tried.$1"
	} &
	tries+=($!)
}
tries=()
for try in "${silent[@]}"; do attempt "$try" -t 2; done
for try in "${stopped[@]}"; do attempt "$try" -t 60 -s 8; done
# shellcheck disable=SC2086 # words
for try in "${other[@]}"; do attempt "$try" -t 60 ${options[$try]:-}; done
# A stop ends any wait, not only that for a connection: it comes when they have been asked for what they say nothing to.
they_wait() {
	grep -q '^imap:silence:stop C: .* SELECT' "$tmp/server" && grep -q '^imap:no-tag:stop C: .* UID FETCH' "$tmp/server" &&
		grep -q '^pop3:silence:stop C: UIDL' "$tmp/server" && grep -q '^pop3:no-end:stop C: RETR 2' "$tmp/server"
}
wait_for 60 they_wait && sleep 0.3
echo stop >&8
wait "${tries[@]}"
python3 - "$tmp"/tried.* >"$tmp/table" <<-'END'
	import json, sys
	for name in sys.argv[1:]:
	    status, _, rest = open(name).read().partition(" ")
	    d = json.loads(rest or "{}")
	    print(name.partition("/tried.")[2], status, *[d.get(k, "-") for k in ("listed", "fetched", "gone", "longer", "code", "error")], sep="\t")
END

# against CASE: what came of it: $status, $listed, $fetched, $gone, $longer, $code and $error; $got is all that the driver said.
against() {
	got=$(<"$tmp/tried.$1")
	IFS=$'\t' read -r status listed fetched gone longer code error < <(awk -F '\t' -v OFS='\t' -v try="$1" '$1 == try { $1 = ""; print substr($0, 2) }' "$tmp/table")
}
told() { sed -n "s/^$1 C: //p" "$tmp/server"; }

# fine CASE FETCHED GONE LONGER: all goes well.
fine() {
	against "$1"
	is "$1" "$status $listed $fetched $gone $longer" "0 4 $2 $3 $4"
}
# fails CASE WORDS: it ends by itself, saying why.
fails() {
	against "$1"
	like "$1" "$status $code $error" "^1 11 .*$2"
}

for behaviour in good unasked another quoted uid-last uid-unsaid reversed twice; do
	fine imap:$behaviour 4 0 0
done
fine imap:huge 3 0 1
fine imap:gone 3 1 0
fine imap:nil 3 1 0
fine imap:fetch-no 4 0 0

has 'IMAP, nothing ahead: each is asked for by itself' "$(told imap:good:slowly)" 'UID FETCH 3 BODY.PEEK[]'
has 'IMAP, ahead: all are asked for at once' "$(told imap:good)" 'UID FETCH 1,2,3,4 BODY.PEEK[]'
has 'IMAP: exactly ours are expunged' "$(told imap:good)" 'UID EXPUNGE 1:4'
unlike 'IMAP: nothing else removes' "$(told imap:good)" 'n[0-9]+ (EXPUNGE|CLOSE)'

fails imap:unwelcome 'go away'
fails imap:echo 'LOGIN.*<address>'
unlike 'IMAP: the password is not in the error' "$got" "$password|s3cret"
fails imap:echo-plain 'what is \*\*\*\? see https://help.example.org/accounts/answer/185833'
unlike 'IMAP: nor in base64' "$got" "$(printf '\0ann\0%s' "$password" | base64 | cut -c4-16)"
against imap:xoauth2
is 'IMAP: XOAUTH2' "$status $fetched" '0 4'
fails imap:xoauth2:wrong 'not that'
hasnt 'IMAP: the token is not in the error' "$got" another
fails imap:good:token 'no way to log in'
hasnt 'IMAP: a token is no password' "$(told imap:good:token)" LOGIN
fails imap:silence 'not answered for 2 seconds'
fails imap:close 'closed the connection'
fails imap:close-in-literal 'closed the connection'
fails imap:bye 'good-bye: mailbox of <address> is locked\?"?$'
fails imap:fetch-bad 'cannot fetch a message: the server said: unknown command'
fails imap:wrong-tag 'a command that it was not given'
fails imap:no-tag 'not answered for 2 seconds'
fails imap:endless-line 'a line without end'
fails imap:endless-answers 'does not come to an end'
fails imap:nul 'a NUL in a line'
fails imap:garbage 'the server '
fails imap:literal-too-large 'more octets than a message can have'
fails imap:literal-too-long 'not answered for 2 seconds'
fails imap:literal-too-short 'no way that IMAP knows'
fails imap:dribble 'dribbles|not answered'
fails imap:read-only 'can only be read'
fails imap:no-uidvalidity 'UIDVALIDITY'
fails imap:remove-no 'cannot mark messages as deleted: the server said: of <address>'

fine pop3:good 4 0 0
has 'POP3: pipelined where it is offered' "$(told pop3:good)" $'RETR 1\nRETR 2'
fine pop3:plain 4 0 0
fine pop3:no-capa 4 0 0
fine pop3:long-uid 4 0 0
against pop3:long-uid
is 'POP3: a long uid is hashed' "$(python3 -c 'import json, sys; print(len(json.loads(sys.argv[1].partition(" ")[2])["first"]))' "$got")" 64
fine pop3:huge 3 0 1
fine pop3:retr-err 3 1 0
fails pop3:unwelcome 'go away|weird'
fails pop3:echo 'of <address>'
unlike 'POP3: the password is not in the error' "$got" "$password|s3cret"
fails pop3:no-uidl 'no UIDL.*<address>'
fails pop3:no-status 'neither \+OK nor -ERR'
fails pop3:endless-list 'does not come to an end'
fails pop3:endless-line 'a line without end'
fails pop3:nul 'a NUL in a line'
fails pop3:garbage 'makes no sense'
fails pop3:silence 'not answered for 2 seconds'
fails pop3:close-in-message 'closed the connection'
fails pop3:no-end 'not answered for 2 seconds'
fails pop3:endless-message 'a message without end'
fails pop3:dribble 'dribbles|not answered'
fails pop3:dele-err 'cannot delete a message: the server said: not yours'
fails pop3:quit-err 'not deleted everything: the server said: some deleted'
fails pop3:quit-close 'closed the connection'

for try in "${stopped[@]}"; do
	against "$try"
	is "a stop ends $try" "$status $error" '1 stopped while it waited for the mail server'
done
exec 9>&-
done_testing
