#!/bin/bash
# inbound.t - `newsletter inbound read` as a mail server runs it: what comes back acts once, with a link of ours alone; what is people's is
# kept or forwarded; whatever goes wrong, the message is neither lost nor does it act twice.
. "$(dirname "$0")/lib.sh"

unset RECIPIENT ORIGINAL_RECIPIENT LOCAL_PART LOCAL_PART_SUFFIX DOMAIN EXT HOST
home=quietharbour.example
site one --set mail.bounce=bounce@$home --set mail.unsubscribe=leave@$home
nl subscriber add ann.lee@example.org --name 'Ann Lee' --topic articles --topic promotions >/dev/null
for name in ben cid dan eve fay; do
	nl subscriber add "$name@example.com" --topic articles --topic promotions >/dev/null
done
db "INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at)
	VALUES ('u', 'articles', 1, 'News', 'scheduled', 1, 'ann', 1), ('v', 'articles', 1, 'News', 'scheduled', 1, 'ann', 1);
	INSERT INTO campaign_message SELECT id, 'en', x'78' FROM campaign"
ann=1 ben=2 cid=3 dan=4 eve=5 fay=6
link() { "$B/tests/make_link" keys "$1" "$2" "${3:-1}" "${4:-1}" 0; }

# dsn LOCAL ADDRESS [STATUS TEXT [MESSAGE-ID]]: a bounce to LOCAL@ of mail to ADDRESS
serial=0
dsn() {
	serial=$((serial + 1))
	cat <<-D
		Return-Path: <>
		From: MAILER-DAEMON@mx.example.org (Mail Delivery System)
		To: $1@$home
		Subject: Undelivered Mail Returned to Sender
		Message-ID: <$serial.$RANDOM@mx.example.org>
		Auto-Submitted: auto-replied
		MIME-Version: 1.0
		Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

		--=b
		Content-Type: text/plain

		Your message could not be delivered.

		--=b
		Content-Type: message/delivery-status

		Reporting-MTA: dns; mx.example.org

		Final-Recipient: rfc822; $2
		Action: failed
		Status: ${3:-5.1.1}
		Diagnostic-Code: smtp; 550 ${3:-5.1.1} ${4:-<$2>: Recipient address rejected: User unknown}

		--=b
		Content-Type: message/rfc822

		From: news@$home
		To: $2
		Subject: News
		Message-ID: <${5:-x}@news.$home>

		Words.

		--=b--
	D
}

# letter FROM SUBJECT [HEADER…]: mail that somebody wrote
letter() {
	local from=$1 subject=$2
	shift 2
	printf '%s\n' "From: $from" "To: news@$home" "Subject: $subject" "Message-ID: <$RANDOM.$RANDOM@example.org>" "$@" '' \
		'Dear all,' '' 'what are your opening hours?' '.' 'Kind regards'
}

# piped NAME FILE [VARIABLE=VALUE…]: the mail server's way: it succeeds, and says nothing
piped() {
	local name=$1 file=$2
	shift 2
	status=0
	env "$@" "$BIN/newsletter" inbound read <"$file" >"$tmp/out" 2>"$tmp/err" || status=$?
	out=$(<"$tmp/out") err=$(<"$tmp/err")
	[ "$status" = 0 ] && [ -z "$out$err" ]
	ok "$name" $? "exit status $status" "$out" "$err"
}
state() { db "SELECT group_concat(state, '') FROM (SELECT state FROM subscription WHERE subscriber_id = $1 ORDER BY topic_id)"; }
suppressions() { db 'SELECT group_concat(reason) FROM (SELECT reason FROM suppression ORDER BY since, reason)'; }
events() { db "SELECT kind || ' ' || class || ' ' || trusted || ' ' || coalesce(subscriber_id, '-') || ' ' || coalesce(campaign_id, '-') FROM event WHERE id = (SELECT max(id) FROM event)"; }
counter() { db "SELECT coalesce((SELECT value FROM counter WHERE name = 'inbound_$1'), 0)"; }
kept() { find aside/new -type f 2>/dev/null | wc -l; }
m=$tmp/message

echo '# bounces'
dsn bounce ben@example.com >"$m"
piped "a forged bounce" "$m"
is "does nothing to anybody" "$(state $ben)$(suppressions)" 11
is "but is recorded, about nobody" "$(events)" 'bounce hard 0 - -'
dsn "bounce+$(link message $ben)" ben@example.com >"$m"
piped "one with a link that does not belong there" "$m"
is "the same" "$(state $ben)$(suppressions)" 11
dsn "bounce+$(link bounce $ben)" ben@example.com 5.2.2 'mailbox full' >"$m"
piped "a full mailbox" "$m"
is "is a point" "$(state $ben) $(db "SELECT bounce_score FROM subscriber WHERE id = $ben") $(events)" "11 1 bounce soft 1 $ben 1"
dsn "bounce+$(link bounce $ben)" ben@example.com >"$m"
piped "a dead address" "$m"
is "ends every topic" "$(state $ben)" 33
is "and is suppressed" "$(suppressions)" hard
is "with an event of its mailing" "$(events)" "bounce hard 1 $ben 1"
is "that has the words without the address" "$(db 'SELECT text FROM event ORDER BY id DESC LIMIT 1' | grep -c 'User unknown')$(db 'SELECT text FROM event' | grep -c ben)" 10
before=$(db 'SELECT count(*) FROM event')
piped "the same message once more" "$m"
(echo "MAIL FROM"; cat "$m") | sed '1s/.*/From MAILER-DAEMON  Thu Jan  1 00:00:00 2026/' >"$tmp/again"
piped "and with another date before it, as mail servers write one" "$tmp/again"
is "act no more" "$(db 'SELECT count(*) FROM event') $(counter again)" "$before 2"

echo '# where the link is, if not in the header'
sent() { dsn bounce "$1" | grep -v '^To: bounce' >"$m"; }
sent cid@example.com
piped "Postfix says it in ORIGINAL_RECIPIENT" "$m" ORIGINAL_RECIPIENT="bounce+$(link bounce $cid)@$home" RECIPIENT="newsletter@$home"
is "so it is known" "$(state $cid)" 33
sent dan@example.com
piped "Exim in LOCAL_PART, LOCAL_PART_SUFFIX and DOMAIN" "$m" LOCAL_PART=bounce LOCAL_PART_SUFFIX="+$(link bounce $dan)" DOMAIN=$home
is "so it is known" "$(state $dan)" 33
sent eve@example.com
piped "qmail in EXT" "$m" EXT="bounce+$(link bounce $eve)" HOST=$home
is "so it is known" "$(state $eve)" 33
for variables in "LOCAL_PART=bounce+$(link bounce $dan) DOMAIN=$home" "EXT=bounce+$(link bounce $eve)"; do
	sent eve@example.com
	# shellcheck disable=SC2086 # two words
	piped "where LINK is not cut off, or no host is said: ${variables%%=*}" "$m" $variables
	like "it is known too" "$(events)" "^bounce hard 1 [$dan$eve] 1$"
done
sent fay@example.com
succeeds "a person with --recipient" nl inbound read --recipient "bounce+$(link bounce $fay)@$home" "$m"
is "so it is known" "$(state $fay)" 33
is "and who it was" "$(db "SELECT command || ', ' || detail FROM audit ORDER BY id DESC LIMIT 1")" 'inbound read, 1 message'
is "a mail server is nobody" "$(db "SELECT group_concat(detail) FROM audit WHERE command = 'inbound read'")" 'begun,1 message'

echo '# complaints, and who leaves'
nl subscriber add gus@example.com --topic articles --topic promotions >/dev/null
gus=7
complaint() {
	printf '%s\n' 'From: feedback@provider.example' "To: bounce@$home" "Subject: complaint about message from 192.0.2.1 $RANDOM" 'MIME-Version: 1.0' \
		'Content-Type: multipart/report; report-type=feedback-report; boundary="b"' '' '--b' 'Content-Type: text/plain' '' 'This is an email abuse report.' \
		'' '--b' 'Content-Type: message/feedback-report' '' 'Feedback-Type: abuse' 'User-Agent: Some/1' 'Version: 1' '' '--b' 'Content-Type: message/rfc822' '' \
		"From: news@$home" 'Subject: News' "Message-ID: <$1@news.$home>" '' 'Words.' '' '--b--'
}
complaint forged >"$m"
piped "a forged complaint" "$m"
is "does nothing" "$(state $gus) $(events)" '11 complaint complaint 0 - -'
complaint "$(link message $gus)" >"$m"
piped "a complaint" "$m"
is "ends every topic, for good" "$(state $gus) $(suppressions | tr , '\n' | grep -c complaint) $(events)" "44 1 complaint complaint 1 $gus 1"
letter ann.lee@example.org 'Out of office' 'Auto-Submitted: auto-replied' >"$m"
piped "a vacation note" "$m" RECIPIENT="bounce+$(link bounce $ann)@$home"
piped "one to the address of leaving" "$tmp/message" RECIPIENT="leave+$(link leave $ann)@$home"
letter ann.lee@example.org 'Away' 'Auto-Submitted: auto-replied' >"$m"
piped "and another" "$m" RECIPIENT="leave+$(link leave $ann)@$home"
is "change nothing" "$(state $ann)$(db 'SELECT count(*) FROM outbox')" 110
letter ann.lee@example.org unsubscribe >"$m"
piped "mail to the address of leaving" "$m" RECIPIENT="leave+$(link leave $ann)@$home"
is "leaves that topic" "$(state $ann) $(events)" "21 unsubscribe mailto 1 $ann 1"
letter ann.lee@example.org unsubscribe >"$m"
piped "and of all topics" "$m" RECIPIENT="leave+$(link leave $ann 0)@$home"
is "leaves all" "$(state $ann)" 22
is "with the evidence" "$(db "SELECT count(*) FROM consent WHERE action = 'left' AND source = 'mailto'")" 2
is "nobody got an answer to anything" "$(db 'SELECT count(*) FROM outbox')" 0

echo '# a confirmation that comes back; somebody who is gone'
db "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) VALUES ('hal@example.com', 'hal@example.com', randomblob(16), '', '', 1);
	INSERT INTO subscription VALUES (1, 8, 0, 1);
	INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (8, 1, 'requested', 1, 'web');
	INSERT INTO outbox (kind, subscriber_id, state, attempts, created_at, expires_at, next_at) VALUES ('confirm', 8, 'accepted', 1, 1, 2, 1)"
dsn "bounce+$(link outbox-bounce 1 0 0)" hal@example.com >"$m"
piped "a confirmation's bounce" "$m"
is "ends what waits for it" "$(state 8) $(events)" '3 bounce hard 1 8 -'
nl subscriber add ivy@example.com --topic articles >/dev/null
db "PRAGMA foreign_keys = ON; DELETE FROM subscriber WHERE id = 9"
dsn "bounce+$(link bounce 9)" ivy@example.com >"$m"
piped "a bounce of somebody who was erased" "$m"
is "counts for the mailing, and is nobody's" "$(events) $(db 'SELECT text IS NULL FROM event ORDER BY id DESC LIMIT 1')" 'bounce hard 1 - 1 1'

echo '# what people write, and what cannot be read'
is "nothing was kept aside so far" "$(kept)" 0
letter jo@example.org 'Opening hours' >"$m"
piped "a letter, and nobody to forward it to" "$m"
is "is kept aside" "$(kept)" 1
is "as it was" "$(cmp "$m" "$(find aside/new -type f)" && echo same)" same
is "in a Maildir" "$(find aside -type d -printf '%P\n' | sort | tr '\n' ' ')$(find aside/tmp -type f | wc -l)" ' cur new tmp 0'
piped "handed over again" "$m"
is "there is still one" "$(kept)" 1
{ for ((i = 0; i < 200; i++)); do printf 'Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n' $i $i; done; } >"$m"
piped "one that nobody can read" "$m"
is "is kept aside" "$(kept) $(counter unreadable)" '2 1'
{ letter jo@example.org 'A film'; head -c 12000000 /dev/zero | tr '\0' x | fold -w 70; } >"$m"
piped "one of 12 MB" "$m"
is "is kept aside, whole" "$(kept) $(counter unreadable) $(find aside/new -size +11M -exec cmp {} "$m" \; -print | wc -l)" '3 2 1'
truncate -s 1G aside/new/much
letter jo@example.org 'One letter too many' >"$m"
run nl inbound read <"$m"
is "a folder aside that nobody looks at: the mail server keeps it" "$status $(kept)" '75 4'
like "and why" "$err" 'holds 1035 MiB: look through it'
rm aside/new/much
sed -i 's/^forward =.*/forward = desk@staff.example/' newsletter.conf
grep -q '^forward = desk' newsletter.conf || sed -i 's/^\[mail\]$/[mail]\nforward = desk@staff.example/' newsletter.conf
letter 'Jo Né <jo@example.org>' 'Opening hours?' >"$m"
piped "with somebody to forward it to" "$m"
is "it waits for them, once" "$(db "SELECT count(*), min(kind), min(address), min(state) FROM outbox WHERE kind = 'forward'")" '1|forward|desk@staff.example|queued'
db "SELECT message FROM outbox WHERE kind = 'forward'" >"$tmp/forwarded"
check_forwarded() {
	python3 - "$1" "$2" <<-'P'
		import email, email.policy, sys
		data = open(sys.argv[1], 'rb').read().rstrip(b'\n') + b'\n'
		m = email.message_from_bytes(data, policy=email.policy.default)
		inner = m.get_payload()[1]
		raw = inner.get_payload(decode=True)
		if inner.get_content_type() == 'message/rfc822':
		    raw = inner.get_payload()[0].as_bytes()
		want = open(sys.argv[2], 'rb').read()
		bad = [l for l in data.split(b'\r\n') if len(l) > 998 or l.startswith(b'.') or any(c > 126 for c in l) or b'\n' in l.rstrip(b'\n')]
		print(m['From'], m['To'], m['Reply-To'], m['Subject'], m['Auto-Submitted'], m['X-Loop'], m.get_content_type(), inner.get_content_type(),
		    inner.get_filename(), raw == want, len(bad), sep='|')
	P
}
is "with the answer to who wrote, and the letter in it" "$(check_forwarded "$tmp/forwarded" "$m")" \
	"Quiet Harbour <news@$home>|desk@staff.example|jo@example.org|Fwd: Opening hours?|auto-generated|news@$home|multipart/mixed|application/octet-stream|message.eml|True|0"
has "says who it is from" "$(grep -a 'jo@example.org' "$tmp/forwarded")" 'jo@example.org'
piped "handed over again" "$m"
is "it waits once" "$(db "SELECT count(*) FROM outbox WHERE kind = 'forward'")" 1
letter jo@example.org Plain | grep -v '^\.' >"$m"
piped "a plain one" "$m"
db "SELECT message FROM outbox WHERE kind = 'forward' ORDER BY id DESC LIMIT 1" >"$tmp/plain"
like "goes as a message" "$(tr -d '\r' <"$tmp/plain")" 'Content-Type: message/rfc822'
grep -v '^\*' "$tmp/forwarded" >"$m"
piped "the forwarded mail, come back" "$m" RECIPIENT="news@$home"
letter desk@staff.example 'Re: Fwd: Opening hours?' >"$m"
piped "an answer of the desk's, to us" "$m"
letter jo@example.org 'Around' "X-Loop: news@$home" >"$m"
piped "our mark" "$m"
letter jo@example.org 'From a list' 'List-Id: <x.example.org>' >"$m"
piped "a mailing list's" "$m"
is "none of them goes round" "$(db "SELECT count(*) FROM outbox")" 3
kept_before=$(kept)
head -c 1500000 /dev/zero | tr '\0' x | fold -w 70 >"$tmp/long"
{ letter jo@example.org 'Photographs'; cat "$tmp/long"; } >"$m"
piped "one too large to forward" "$m"
is "is kept aside" "$(kept)" $((kept_before + 1))

echo '# trouble is the mail server'"'"'s to wait for'
dsn "bounce+$(link bounce $ann 1 2)" ann.lee@example.org >"$m"
before=$(dump)
tempfail() { # NAME REGEX COMMAND…
	local name=$1 regex=$2
	shift 2
	status=0
	"$@" <"$m" >"$tmp/out" 2>"$tmp/err" || status=$?
	is "$name: exit status" "$status" 75
	like "$name: one line says why" "$(<"$tmp/err")" "^newsletter: .*$regex"
	is "$name: and no other" "$(wc -l <"$tmp/err")" 1
	is "$name: nothing on standard output" "$(<"$tmp/out")" ''
}
m=/ tempfail "a message that cannot be read" 'cannot read the message: Is a directory' nl inbound read
cp newsletter.conf good.conf
echo 'nonsense' >>newsletter.conf
tempfail "a wrong configuration" 'newsletter.conf:[0-9]+' nl inbound read
mv good.conf newsletter.conf
tempfail "no site" 'newsletter.conf' nl -C "$tmp" inbound read
mv keys/link-1.key "$tmp/"
tempfail "no keys" key nl inbound read
mv "$tmp/link-1.key" keys/
version=$(db 'PRAGMA user_version')
db 'PRAGMA user_version = 99'
tempfail "a store of a newer version" 'version 99' nl inbound read
db "PRAGMA user_version = $version"
hold_store store/newsletter.db
tempfail "a store that somebody holds" locked nl inbound read
let_go
is "nothing was done" "$(dump)" "$before"
run nl inbound read --nonsense
is "a wrong call: exit status" "$status" 64
run nl inbound read "$tmp/none" "$m"
is "a file that is not there: exit status" "$status" 66
like "is named" "$err" 'none'
is "the other was read" "$(events)" "bounce hard 1 $ann 2"
run nl inbound read --json "$m"
is "as JSON" "$(json 'j["messages"]')" "[{'file': '$m', 'outcome': 'again'}]"
head -c 8400000 /dev/zero >"$tmp/long.eml"
run nl inbound read --json "$tmp/long.eml"
is "a file that is too long" "$(json 'j["messages"][0]["outcome"], j["messages"][0]["why"][:12]')" "('unreadable', 'it is larger')"
at_terminal '' "'$BIN/newsletter' inbound read '$m'"
has "at a terminal it is said what became of it" "$out" "$m: again"
at_terminal '' "'$BIN/newsletter' inbound read '$tmp/long.eml'"
has "and why" "$out" "long.eml: unreadable: it is larger than"
at_terminal '' "cat '$m' | '$BIN/newsletter' inbound read"
has "also of one that is piped into it" "$out" "the message: again"
at_terminal '' "'$BIN/newsletter' inbound read"
has "and that nothing is piped into it there" "$out" "a mail server pipes a message into it"

echo '# the same message to two at once; killed at any moment, and handed over again until it is taken'
letter jo@example.org 'At once' >"$m"
before=$(db 'SELECT count(*) FROM outbox')
for ((i = 0; i < 6; i++)); do
	nl inbound read <"$m" &
done
wait
is "six programs, one mail" "$(db 'SELECT count(*) FROM outbox')" $((before + 1))
rounds=40
start=$(date +%s%3N)
letter jo@example.org 'Number 0' >"$m"
nl inbound read <"$m"
took=$(($(date +%s%3N) - start + 5))
before=$(db "SELECT count(*) FROM outbox") aside=$(kept)
untaken=0
for ((i = 1; i <= rounds; i++)); do
	letter jo@example.org "Number $i" >"$m"
	[ $((i % 2)) = 0 ] || for ((j = 0; j < 200; j++)); do printf 'Content-Type: multipart/mixed; boundary=b%d.%d\n\n--b%d.%d\n' $i $j $i $j; done >"$m"
	before_it=$(counter messages)
	"$BIN/newsletter" inbound read <"$m" & # not the function: its shell would be killed in its place
	pid=$!
	sleep "$(printf '0.%03d' $((took * i / rounds)))"
	kill -KILL "$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	[ "$(counter messages)" != "$before_it" ] || untaken=$((untaken + 1))
	until nl inbound read <"$m"; do :; done
done
is "killed $rounds times: each letter waits once" "$(db 'SELECT count(*) FROM outbox')" $((before + rounds / 2))
is "and each that nobody can read is aside once" "$(kept)" $((aside + rounds / 2))
is "the store holds together" "$(sqlite3 store/newsletter.db <"$root/tests/invariants.sql")" ''
at_least "some were killed before it was taken" "$untaken" 1

if [ "$(id -u)" = 0 ] && mkdir "$tmp/small" && mount -t tmpfs -o size=4m none "$tmp/small" 2>/dev/null; then
	trap 'cd /; umount "$tmp/small"; clean_up' EXIT
	cd "$tmp/small" || exit 1
	nl init --yes >/dev/null
	db 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	dd if=/dev/zero of=filler bs=4k status=none 2>/dev/null
	letter jo@example.org 'No room' >"$m"
	{ cat "$m"; cat "$tmp/long"; } >"$m.long"
	mv "$m.long" "$m"
	tempfail "a full disk" '([Nn]o space left|full)' nl inbound read
	is "nothing half written is aside" "$(find aside -type f | wc -l)" 0
	rm filler
	piped "with space again" "$m"
	is "it is there" "$(kept)" 1
else
	skip "a full disk" "needs root and tmpfs"
fi
done_testing
