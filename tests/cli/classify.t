#!/bin/bash
# newsletter inbound classify: what messages that came back say, over our own messages and over those that servers really sent.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
shopt -s nullglob

# Compare truth and result, a line for each difference. Truth: file, recipient ("a|b" either, "-" none, "*" not judged), class, and for
# others' messages also the accepted classes, whether the address is dead, and the kind.
# shellcheck disable=SC2016 # awk's
differences='
	BEGIN { FS = "\t" }
	NR == FNR { file = $1; sub(/.*\//, "", file); got[file, ++n[file]] = tolower($2); class[file, n[file]] = $3; next }
	{
		accepted = NF > 4 ? $4 : $3; dead = NF > 4 ? $5 : "?"; found = 0; seen[$1]++
		if ($2 == "*") any[$1] = 1
		for (i = 1; i <= n[$1]; i++)
			if ($2 == "*" || index("|" tolower($2) "|", "|" got[$1, i] "|")) {
				found = 1
				if (!index("," accepted ",", "," class[$1, i] ",")) print $1 ": " class[$1, i] " is none of " accepted
				if (dead == "n" && class[$1, i] == "hard") print $1 ": a healthy address is called hard"
			}
		if (!found) print $1 ": nothing about the recipient of its row " seen[$1]
	}
	END { for (f in seen) if (!any[f] && seen[f] != n[f]) print f ": " n[f] " recipients, not " seen[f] }'

compare() { # NAME FOLDER
	run nl inbound classify "$2"/*.eml "$2"/*.msg
	cp "$tmp/out" "$tmp/lines"
	is "$1: the exit status" "$status" 0
	is "$1: nothing on standard error" "$err" ""
	is "$1: recipients and classes are right" "$(awk "$differences" "$tmp/lines" "$2/truth.tsv")" ""
}

compare "our messages" "$data/bounces"
at_least "there are messages" "$(cut -f1 "$data/bounces/truth.tsv" | sort -u | wc -l)" 80
is "every message has a row" "$(cd "$data/bounces" && for f in *.eml; do grep -q "^$f	" truth.tsv || echo "$f"; done)" ""

shared=$root/../shared/data/bounces
if [ -e "$shared/truth.tsv" ]; then
	compare "others' messages" "$shared"
else
	skip "others' messages" "shared/data/bounces is not there"
fi

# A wrong truth is noticed: the comparison itself is no good if it never complains.
printf 'a.eml\tann@example.com\thard\tx\nb.eml\t-\tother\tx\n' >truth
printf '/x/a.eml\tann@example.com\tsoft\n/x/b.eml\tbob@example.com\tother\n' >got
is "the comparison sees a wrong class and a wrong recipient" "$(awk "$differences" got truth | wc -l)" 2

# Line ends of the other kind say the same.
mkdir crlf
for f in "$data"/bounces/*.eml; do sed 's/$/\r/' "$f" >"crlf/$(basename "$f")"; done
run nl inbound classify crlf
is "CRLF changes nothing" "$(sed 's/^crlf//' "$tmp/out")" "$(nl inbound classify "$data"/bounces/*.eml | sed "s|^$data/bounces||")"

# The ways to name messages.
message=$data/bounces/dsn-postfix-two.eml
run nl inbound classify "$message"
is "a file" "$out" "$message"$'\tann@example.com\tsoft\n'"$message"$'\tbob@gone.example\thard'
is "standard input" "$(nl inbound classify <"$message" | cut -f1,2 | head -1)" $'-\tann@example.com'
is "standard input, named" "$(nl inbound classify - <"$message" | wc -l)" 2
is "a folder with a / behind it" "$(nl inbound classify crlf/ | cut -f 1 | sort -u | grep -c '^crlf/[^/]*$')" "$(find crlf -type f | wc -l)"
run nl inbound classify --json "$message"
is "JSON: the message" "$(json '[(r["file"].split("/")[-1], r["kind"], r["automatic"]) for r in j]')" "[('dsn-postfix-two.eml', 'bounce', True)]"
is "JSON: its recipients" "$(json '[(p["recipient"], p["class"], p.get("code"), p["enhanced"], p["rule"], p["server"]) for p in j[0]["recipients"]]')" \
	"[('ann@example.com', 'soft', 552, '5.2.2', 'mailbox-full', 'mx.example.com'), ('bob@gone.example', 'hard', None, '5.4.4', 'no-such-domain', 'mx.example.net')]"
is "a reason without the address" "$(json '"Name service error" in j[0]["recipients"][1]["reason"]')" True
is "the links that it holds" "$(json '[(l["place"], len(l["text"])) for l in j[0]["links"]]')" "[('recipient', 44), ('sender', 44), ('message-id', 44)]"
run nl inbound classify --json "$data/bounces/emitted-postfix-local-alias.eml"
is "whom it was sent to before it was forwarded" "$(json 'j[0]["recipients"][0]["original"]')" both@example.org
mkdir empty
run nl inbound classify --json empty
is "JSON of an empty folder" "$(json j)" "[]"

# What cannot be read.
run nl inbound classify missing.eml "$message"
is "a missing file: the exit status" "$status" 1
is "it is other" "$(head -1 "$tmp/out")" $'missing.eml\t-\tother'
is "the others are read" "$(wc -l <"$tmp/out")" 3
like "standard error says why" "$err" "cannot open missing.eml"
run nl inbound classify --json missing.eml
is "as JSON" "$status $(json '[(r["file"], r.get("kind"), r["error"][:23]) for r in j]')" "1 [('missing.eml', None, 'cannot open missing.eml')]"
status=0
nl inbound classify <. >"$tmp/out" 2>"$tmp/err" || status=$?
is "standard input that cannot be read" "$status $(<"$tmp/err")" "1 newsletter: standard input: Is a directory"
if [ "$(id -u)" = 0 ]; then
	mkdir -m 700 shut && chmod 711 "$tmp"
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$BIN/newsletter" inbound classify shut
	is "a folder that is somebody else's" "$status $err" "1 newsletter: shut: Permission denied"
else
	skip "a folder that is somebody else's" "root alone can be somebody else"
fi
echo "no message at all" >text
run nl inbound classify text
is "no message: the exit status" "$status" 0
is "no message is other" "$out" $'text\t-\tother'
like "and is named" "$err" "text: this is no mail message"
printf 'From: a@example.com\n\n' >"$(printf 'odd\tname\n')"
run nl inbound classify "$(printf 'odd\tname\n')"
is "a name with a tab stays one field" "$out" $'odd?name\t-\tother'

# Hostile ones take little time and memory.
hostile() { # NAME REGEX: a message that must be refused
	local seconds memory
	/usr/bin/env python3 - "$tmp/big" "$BIN/newsletter" >"$tmp/usage" <<'END'
import resource, subprocess, sys
subprocess.run([sys.argv[2], "inbound", "classify", sys.argv[1]], stdout=subprocess.DEVNULL, stderr=open(sys.argv[1] + ".err", "w"), timeout=60)
u = resource.getrusage(resource.RUSAGE_CHILDREN)
print(u.ru_utime + u.ru_stime, u.ru_maxrss)
END
	read -r seconds memory <"$tmp/usage"
	like "$1: it is said" "$(<"$tmp/big.err")" "$2"
	at_most "$1: hundredths of a second" "$(awk "BEGIN { print int($seconds * 100) }")" "${LIMIT:-50}"
	at_most "$1: KB" "$memory" 65536
}
# Sanitizers and valgrind take their own time and memory.
if [[ $B == */san || -n ${VALGRIND:-} ]]; then
	skip "hostile messages" "a build with sanitizers"
else
	python3 -c 'print("From: a@example.com\n"); [print("x" * 75) for i in range(700000)]' >big
	hostile "50 MB" "larger than 8388608 bytes"
	python3 -c 'print("From: a@example.com"); [print("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d" % (i, i)) for i in range(10000)]' >big
	hostile "10,000 parts deep" "nests more than"
	python3 -c 'print("From: a@example.com"); [print("X: y") for i in range(1000000)]' >big
	hostile "1,000,000 header lines" "header lines"
	python3 -c 'print("From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n"); [print("--b\n\nx") for i in range(100000)]' >big
	hostile "100,000 parts" "more than 1000 parts"
	python3 -c 'print("Return-Path: <>\nFrom: mailer-daemon@example.com\n"); [print("<a%d@example.com>: 550 user unknown\n" % i) for i in range(180000)]' >big
	hostile "7 MB of recipients" ""
	python3 -c 'print("Return-Path: <>\nFrom: mailer-daemon@example.com\nContent-Type: text/html\n"); [print("<a <b &x; " * 8) for i in range(90000)]' >big
	hostile "7 MB of HTML" ""
fi
done_testing
