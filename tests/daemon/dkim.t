#!/bin/bash
# dkim.t - our signatures, verified by dkimpy, OpenDKIM and mailauth: RSA, Ed25519 and both, on messages of all kinds that we make,
# on such as we never make, after what a relay may do on the way, and after what nobody may.
. "$(dirname "$0")/lib.sh"
need_peers
cd "$tmp" || exit 1

sign=$B/tests/dkim_sign
mkdir samples odd
"$B/tests/message_samples" samples || bail "no samples"
for kind in '' --ed25519; do
	mkdir -p site
	[ -e site/newsletter.conf ] || "$BIN/newsletter" init -C site --name News --from news@example.org >/dev/null || bail "newsletter init failed"
	# shellcheck disable=SC2086 # no word when empty
	"$BIN/newsletter" dkim keygen -C site $kind --json >key.json || bail "no key"
	python3 -c 'import json; j = json.load(open("key.json")); print(j["name"], j["value"])' >>keys
done
rsa=site/secrets/dkim-newsletter.key ed25519=site/secrets/dkim-newsletter-ed25519.key

# signed FROM TO [dkim_sign's keys]: with both keys unless said otherwise
signed() {
	local from=$1 to=$2
	shift 2
	[ $# -gt 0 ] || set -- newsletter "$rsa" newsletter-ed25519 "$ed25519"
	mkdir -p "$to"
	"$sign" example.org "$from" "$to" "$@" || bail "dkim_sign failed"
}

# verified NAME FOLDER SIGNATURES: all three verify all of them
verified() {
	local status=0
	"$root/tests/daemon/dkim_verify.py" keys "$2" -n "$3" >verdicts 2>&1 || status=$?
	ok "$1" $status "$(grep -vE '^[^ ]+ [^ ]+( pass)+$' verdicts)"
}

signed samples rsa newsletter "$rsa"
verified "RSA: every kind of our messages ($(find rsa -name '*.eml' | wc -l))" rsa 1
signed samples ed25519 newsletter '' newsletter-ed25519 "$ed25519"
verified "Ed25519" ed25519 1
signed samples both
verified "both" both 2
is "three verifiers and h= for each message" "$(wc -l <verdicts)" $((4 * $(find samples -name '*.eml' | wc -l)))
like "lines fit" "$(sed -n '/^DKIM/,/^From/p' both/*.eml | tr -d '\r' | awk 'length > n { n = length } END { print n }')" '^(7[0-6]|[1-6][0-9])$'

# --- what we never make, but sign as others read it. Left to the unit test, since not all three take it: no empty line after the header
# (mailauth), no CRLF at the end (OpenDKIM), white space before a field's colon (dkimpy, OpenDKIM). ---
odd() { printf '%b' "$2" >"odd/$1.eml"; }
head='From: a@example.org\r\nTo: b@example.net\r\nSubject: x\r\n'
odd empty-body "$head\r\n"
odd blank-lines "$head\r\nbody\r\n\r\n\r\n"
odd blank-alone "$head\r\n\r\n\r\n"
odd white-space "$head\r\n  a \t b\t\r\n \t \r\n\tc  \r\n \r\n\t\r\n"
odd runs "FROM:  a@example.org \t \r\nSubject:\r\n   folded\r\n\t  and  \t again \r\n\r\nbody\r\n"
odd case "fRoM: a@example.org\r\nSUBJECT: x\r\nlist-UNSUBSCRIBE: <https://example.org/u>\r\n\r\nbody\r\n"
odd twice "To: 1@example.net\r\nTo: 2@example.net\r\nList-Unsubscribe: <https://example.org/1>\r\nReceived: x\r\n${head}List-Unsubscribe: <https://example.org/2>\r\nList-Help: <https://example.org/h>\r\n\r\nbody\r\n"
odd empty-field "${head}Reply-To:\r\nList-Post: \r\n\r\nbody\r\n"
odd eight-bit "From: J\\0303\\0266rg <a@example.org>\r\nSubject: \\0303\\0244  \\0303\\0266\r\n\r\n\\0303\\0244  \\0377 \r\n"
odd dots "$head\r\n.\r\n..\r\n.a\r\n"
odd long "$head\r\n$(printf 'word %.0s' {1..190})\r\n"
signed odd odd-signed
verified "odd messages ($(find odd -name '*.eml' | wc -l))" odd-signed 2

# --- what may happen on the way: relaxed/relaxed holds ---
mkdir way
message=both/campaign-plain-umlaut.eml
[ -s "$message" ] || bail "no sample"
{ printf 'Received: from x (y [192.0.2.1])\r\n\tby z; Sun, 01 Mar 2026 10:30:01 +0100\r\nX-Spam: no\r\n'; cat "$message"; } >way/received.eml
sed 's/^Subject: News of March/SUBJECT:  News\r\n   of  March  /' "$message" >way/folded.eml
sed 's/^List-Unsubscribe-Post: /list-unsubscribe-post:/' "$message" >way/case.eml
sed '/^read our news/s/\r$/ \t\r/' "$message" >way/trailing.eml
{ cat "$message"; printf '\r\n\r\n'; } >way/blank.eml
is "five changes" "$(for f in way/*.eml; do cmp -s "$f" "$message" || echo "$f"; done | wc -l)" 5
verified "a relay's changes break nothing" way 2

mkdir lines
tr -d '\r' <"$message" >lines/mail.1
verified "a file with the system's line ends, as smtp-sink writes it" lines 2

mkdir -p omit
signed samples omit newsletter "$rsa" newsletter-ed25519 "$ed25519" 'message-id date'
sed -i 's/^Message-ID: .*/Message-ID: <0102@eu-west-1.amazonses.example>\r/; s/^Date: .*/Date: Sun, 01 Mar 2026 09:30:02 +0000\r/' omit/*.eml
verified "a relay that rewrites Message-ID and Date, with both left out" omit 2

# --- what must not: for each change all signatures fail with all three ---
mkdir broken
names=()
# broken NAME SED-EXPRESSION: the message so changed becomes one of folder broken, to be verified with the others
broken() {
	local file=broken/${#names[@]}.eml
	sed "$2" "$message" >"$file"
	cmp -s "$file" "$message" && bail "$1: nothing was changed"
	names+=("$1")
}
broken "an octet of the body" 's/read our news/read our newt/'
# shellcheck disable=SC2016 # the $ is sed's: the last line
broken "a line added to the body" '$a more\r'
broken "a line taken from the body" '/^read our news/d'
broken "List-Unsubscribe taken away" '/^List-Unsubscribe: /,/^ <mailto:/d'
broken "List-Unsubscribe changed" 's|^List-Unsubscribe: <https://news.example.org|List-Unsubscribe: <https://news.example.com|'
broken "List-Unsubscribe-Post taken away" '/^List-Unsubscribe-Post: /d'
broken "List-Id changed" '/^List-Id: /s/articles/article5/'
broken "Feedback-ID changed" '/^Feedback-ID: /s/7/8/'
broken "a second From above" '1i From: Evil <evil@example.net>\r'
broken "a second From below" '/^Date: /i From: Evil <evil@example.net>\r'
broken "a second Subject" '1i Subject: Evil\r'
broken "a second To" '1i To: evil@example.net\r'
broken "a second Date" '1i Date: Mon, 02 Mar 2026 10:30:00 +0100\r'
broken "a second Reply-To" '1i Reply-To: evil@example.net\r'
broken "a second Content-Type" '1i Content-Type: text/html\r'
broken "a second Message-ID" '1i Message-ID: <evil@example.net>\r'
broken "another From" 's/^From: .*/From: Evil <evil@example.org>\r/'
broken "another time of signing" '1,/^From/s/ t=1/ t=2/g; /^DKIM/,/^From/s/ t=1/ t=2/'
message=both/automatic-confirm-ann.eml
broken "a List-Unsubscribe where there was none" '1i List-Unsubscribe: <https://evil.example.net>\r'
broken "a List-Unsubscribe-Post where there was none" '1i List-Unsubscribe-Post: List-Unsubscribe=One-Click\r'
broken "a Reply-To where there was none" '1i Reply-To: evil@example.net\r'
"$root/tests/daemon/dkim_verify.py" keys broken >verdicts 2>&1
for i in "${!names[@]}"; do
	is "${names[i]}" "$(sed -n "s/^$i\.eml //p" verdicts | grep -v '^h ' | tr '\n' ';')" "dkimpy fail fail;opendkim fail fail;mailauth fail fail;"
done

# The verifier of this test itself: another key, and no signature at all.
sed 's/^newsletter\./other./; s/^newsletter-ed25519\./newsletter./; s/^other\./newsletter-ed25519./' keys >swapped
"$root/tests/daemon/dkim_verify.py" swapped rsa >verdicts 2>&1
is "another key: status" $? 1
is "another key: nobody verifies it" "$(grep -c ' pass' verdicts)" "$(grep -c ' h pass' verdicts)"
"$root/tests/daemon/dkim_verify.py" keys samples >verdicts 2>&1
is "unsigned: status" $? 1
is "unsigned: nobody verifies it" "$(grep -c ' pass' verdicts)" 0
done_testing
