#!/bin/bash
# newsletter subscriber export: the list with a reason and a trace, and one person's own data.
. "$(dirname "$0")/lib.sh"
site one
NEWSLETTER_CLOCK=@1767225600 nl subscriber add ann@example.org --name '=SUM(A1:A9)' --topic articles --topic promotions --consent "form" >/dev/null
nl subscriber add +bob@example.net --language es >/dev/null
nl subscriber add cyd@example.org --name "Neil, \"Cy\"" --topic promotions >/dev/null
nl subscriber unsubscribe ann@example.org --topic promotions >/dev/null
nl suppression add cyd@example.org --reason "asked by phone" >/dev/null

refused "without a reason" 2 '--reason is needed' nl subscriber export
refused "an empty reason" 2 '--reason is needed' nl subscriber export --reason '  '
refused "a reason that names somebody" 2 'must name no address' nl subscriber export --reason 'for ann@example.org'
refused "a reason of two lines" 2 'one line' nl subscriber export --reason $'a\nb'
is "nothing of it is in the audit" "$(db "SELECT count(*) FROM audit WHERE command = 'subscriber export'")" 0

succeeds "the list" nl subscriber export --reason "audit by the owner"
cp "$tmp/out" list.csv
is "a head" "$(head -1 list.csv)" $'email,name,language,status,topics,joined,pending,left,bounced,complained\r'
rows() { python3 -c '
import csv, sys
for r in csv.DictReader(open(sys.argv[1], newline="", encoding="utf-8")):
    print("|".join(r[k] for k in sys.argv[2].split(",")))' "$@"; }
is "everybody, by topic and state" "$(rows list.csv email,status,topics,left)" "ann@example.org|active|articles|promotions
'+bob@example.net|active|articles|
cyd@example.org|suppressed|promotions|"
is "names as they are, but for what a spreadsheet would run" "$(rows list.csv name)" "'=SUM(A1:A9)

Neil, \"Cy\""
is "since when" "$(rows list.csv joined | head -1)" "2026-01-01T00:00:00Z"
is "the audit says who, how many and why" "$(db "SELECT who <> '', detail FROM audit WHERE command = 'subscriber export'")" "1|3 people: audit by the owner"

db "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at) VALUES ('no@topic.example', 'no@topic.example', randomblob(16), '', '', 1)"
nl subscriber export --reason x >"$tmp/out"
is "who has no topic is not taken for active" "$(rows "$tmp/out" email,status,topics | tail -1)" "no@topic.example|none|"
db "DELETE FROM subscriber WHERE address = 'no@topic.example'"

succeeds "by topic and state" nl subscriber export --reason x --topic promotions --state left
is "only those" "$(rows "$tmp/out" email)" "ann@example.org"
succeeds "by language" nl subscriber export --reason x --language es
is "only those" "$(rows "$tmp/out" email)" "'+bob@example.net"
succeeds "by domain and date" nl subscriber export --reason x --domain example.org --since 2026-02-01
is "only those" "$(rows "$tmp/out" email)" "cyd@example.org"
like "a domain may be a person's: the audit does not have it" "$(db 'SELECT detail FROM audit ORDER BY id DESC LIMIT 1')" "^1 person, a segment by name or domain: x$"
succeeds "by segment" nl subscriber export --reason x --where 'topic=articles' --except 'language=es'
is "only those" "$(rows "$tmp/out" email)" "ann@example.org"
like "the audit has which" "$(db 'SELECT detail FROM audit ORDER BY id DESC LIMIT 1')" "^1 person, .*articles.*: x$"
refused "a segment that is none" 2 '--where' nl subscriber export --reason x --where 'topic=='
refused "a topic that is none" 1 'unknown topic' nl subscriber export --reason x --topic sport

succeeds "to a file" nl subscriber export people.csv --reason x
is "which is the same" "$(cmp people.csv list.csv && echo same)" same
is "and its owner's alone" "$(stat -c %a people.csv)" 600
like "it says how many" "$out" "3 people are in people.csv"
run nl subscriber export people.csv --reason x
is "not over another" "$status" 1
like "and says how" "$err" "people.csv is there already: .*--force"
is "it is as it was" "$(cmp people.csv list.csv && echo same)" same
chmod 644 people.csv
succeeds "but with --force" nl subscriber export people.csv --reason x --language es --force
is "it is another" "$(rows people.csv email)" "'+bob@example.net"
is "again its owner's alone" "$(stat -c %a people.csv)" 600
is "nothing else is left there" "$(find . -name '*.tmp')" ""
# Somebody takes the name while the list waits for the store.
writes() { find "/proc/$exporting/fd" -lname "$PWD/*deleted*" | grep -q .; }
for _ in 1 2 3 4 5; do
	hold_store store/newsletter.db
	"$BIN/newsletter" subscriber export taken.csv --reason x >"$tmp/out" 2>"$tmp/err" &
	exporting=$!
	wait_for 20 writes
	echo precious >taken.csv
	let_go
	status=0
	wait $exporting || status=$?
	# it waits for ten seconds, and no longer
	grep -q 'the store is locked' "$tmp/err" || break
	rm taken.csv
done
like "nor over what was not there at first" "$status $(<"$tmp/err")" "^1 newsletter: taken.csv is there already"
is "which is as it was" "$(<taken.csv)" precious
rm taken.csv
ln -s /dev/null link.csv
run nl subscriber export link.csv --reason x
is "not through a link" "$status" 1
run nl subscriber export no/such/folder.csv --reason x
is "not into a folder that is none" "$status" 1
like "it says where" "$err" "no/such/folder.csv"
succeeds "as JSON" nl subscriber export some.csv --reason x --json
is "the number" "$(json 'j["people"]')" 3
refused "JSON and the list do not share standard output" 2 'name a FILE' nl subscriber export --reason x --json
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "where files have names from the beginning" "the sanitizer wants to be loaded first"
else
	export LD_PRELOAD=$B/tests/kernel.so KERNEL_TMPFILE=no
	succeeds "where files have names from the beginning" nl subscriber export named.csv --reason x
	succeeds "and written over" nl subscriber export named.csv --reason x --force
	unset LD_PRELOAD KERNEL_TMPFILE
	is "it is the same" "$(rows named.csv email | wc -l)" "$(rows some.csv email | wc -l)"
	is "and no other name is left" "$(find . -name '*.tmp')" ""
fi
[ -e /dev/full ] && {
	status=0
	nl subscriber export --reason x >/dev/full 2>"$tmp/err" || status=$?
	is "a full disk is a failure" "$status" 1
	like "and is said" "$(<"$tmp/err")" "cannot write the export"
}

# One person: what the my-data page offers.
succeeds "one person's own data" nl subscriber export ann@example.org
is "is JSON with what there is" "$(json '[t["state"] for t in j["topics"]], [c["action"] for c in j["consent"]], j["name"][0]')" "(['active', 'left'], ['added', 'added', 'left'], '=')"
is "the audit names a number" "$(db "SELECT detail FROM audit ORDER BY id DESC LIMIT 1")" "subscriber 1, their own data"
unlike "and no address" "$(db 'SELECT detail FROM audit')" "@"
succeeds "the same with --json" nl subscriber export ANN@example.org --json
is "is the same" "$(json 'j["address"]')" "ann@example.org"
refused "somebody who is not on the list" 1 'is not on the list' nl subscriber export zoe@example.org
refused "what is no address" 1 'is no address' nl subscriber export 'a b@c'
succeeds "a file whose name has an @" nl subscriber export ./a@b --reason x
is "is a file" "$(rows a@b email | wc -l)" 3
done_testing
