#!/bin/bash
# newsletter subscriber import: CSV as people have it, and as nobody should.
. "$(dirname "$0")/lib.sh"
site one

printf 'email,name,language,topics\nann@example.org,Ann,,\n"bob@example.org","O""Neil, Bob",de,"articles, promotions"\n' >plain.csv
succeeds "plain" nl subscriber import plain.csv --consent "paper form"
like "the report" "$out" "2 rows.*Added +2"
is "names and languages" "$(db 'SELECT name, language FROM subscriber' | tr '\n' ' ')" "Ann| O\"Neil, Bob|de "
is "topics" "$(db 'SELECT subscriber_id, topic_id, state FROM subscription ORDER BY 1, 2' | tr '\n' ' ')" "1|1|1 2|1|1 2|2|1 "
is "evidence" "$(db 'SELECT DISTINCT action, source FROM consent')" "imported|csv: paper form"
like "audit without addresses" "$(db 'SELECT command, detail FROM audit')" "subscriber import\|2 rows, 2 added, 0 bad; csv: paper form"
before=$(db 'SELECT * FROM subscriber; SELECT * FROM consent; SELECT * FROM subscription')
succeeds "once more" nl subscriber import plain.csv --consent "paper form"
like "makes no duplicates" "$out" "Added +0.*Already +2"
is "and no evidence" "$(db 'SELECT * FROM subscriber; SELECT * FROM consent; SELECT * FROM subscription')" "$before"

site two
printf '\xef\xbb\xbfE-Mail;First Name;Last Name;Notes\r\nann@example.org;Ann;Ö;"a;b\r\nc"\r\n;;;\r\nbob@example.org;;;\r\n' >excel.csv
succeeds "a spreadsheet's: byte-order mark, semicolons, CRLF, a line end in quotes, an empty row" nl subscriber import excel.csv --consent x --topic promotions
is "names are joined" "$(db "SELECT address, name FROM subscriber" | tr '\n' ' ')" "ann@example.org|Ann Ö bob@example.org| "
is "--topic" "$(db 'SELECT DISTINCT topic_id FROM subscription')" 2
run bash -c 'printf "email\ncarl@example.org" | "$BIN/newsletter" subscriber import - --consent x'
is "standard input" "$status$(db 'SELECT count(*) FROM subscriber')" 03

site three
nl subscriber add left@example.org >/dev/null && nl subscriber unsubscribe left@example.org >/dev/null
nl subscriber add gone@example.org >/dev/null && db "UPDATE subscription SET state = 3 WHERE subscriber_id = 2"
nl subscriber add angry@example.org >/dev/null && db "UPDATE subscription SET state = 4 WHERE subscriber_id = 3"
nl subscriber add silent@example.org >/dev/null
db "INSERT INTO suppression SELECT address_hmac, 'erased', 1, 'test' FROM subscriber WHERE id = 4; DELETE FROM subscription WHERE subscriber_id = 4; DELETE FROM subscriber WHERE id = 4"
printf 'email\nleft@example.org\ngone@example.org\nangry@example.org\nsilent@example.org\nSILENT@example.org\nnew@example.org\n' >old.csv
succeeds "who left, bounced, complained, or is suppressed" nl subscriber import old.csv --consent x
like "is counted" "$out" "Added +1.*Left out +3.*Suppressed +2"
is "and not brought back" "$(db "SELECT address, state FROM subscription JOIN subscriber ON id = subscriber_id ORDER BY id" | tr '\n' ' ')" \
	"left@example.org|2 gone@example.org|3 angry@example.org|4 new@example.org|1 "

site four
{
	printf 'email,name,topics\n'
	printf 'good1@example.org,Good,\n'
	printf 'not-an-address,Bad,\n'
	printf '"injected@example.org\nBcc: x@example.org",Bad,\n'
	printf 'latin1@example.org,J\xfcrgen,\n'
	printf 'topic@example.org,Bad,sport\n'
	printf 'fields@example.org,Bad,articles,more,fields\n'
	printf 'link@example.org,see www.spam.example,\n'
	printf '"x"y@example.org,Bad,\n'
	printf 'good2@example.org,Good,\n'
	printf '"open@example.org,Bad,\n'
	printf 'good3@example.org,Good,\n'
} >bad.csv
run nl subscriber import bad.csv --consent x
is "bad rows: exit status" "$status" 1
is "each is named by its line" "$(cut -d: -f1-3 "$tmp/err" | tr '\n' ' ')" \
	"newsletter: bad.csv:3 newsletter: bad.csv:4 newsletter: bad.csv:6 newsletter: bad.csv:7 newsletter: bad.csv:8 newsletter: bad.csv:9 newsletter: bad.csv:10 newsletter: bad.csv:12 "
like "and reason" "$err" 'bad.csv:6: it is not UTF-8.*bad.csv:7: unknown topic "sport".*bad.csv:8: 5 fields, but the first line names 3.*bad.csv:12: a quote'
is "the rest are taken" "$(db 'SELECT address FROM subscriber' | tr '\n' ' ')" "good1@example.org good2@example.org good3@example.org "
run nl subscriber import bad.csv --consent x --json
is "as JSON" "$(json 'j["bad"], [r["line"] for r in j["bad_rows"]], j["already"]')" "(8, [3, 4, 6, 7, 8, 9, 10, 12], 3)"

printf 'name\nAnn\n' >headless.csv
printf '\xff\xfee\0m\0' >utf16.csv
printf 'email,mail\na@example.org,b@example.org\n' >two.csv
: >empty.csv
printf 'email\na@example.org\n' >a.csv
refused "no consent" 2 "--consent is needed" nl subscriber import a.csv
refused "no such file" 1 "cannot open nowhere.csv: No such file" nl subscriber import nowhere.csv --consent x
refused "a folder" 1 "is a folder" nl subscriber import . --consent x
refused "no column for addresses" 1 "headless.csv:1: no column is named email" nl subscriber import headless.csv --consent x
refused "two of them" 1 "two columns could be" nl subscriber import two.csv --consent x
refused "an empty file" 1 "empty.csv is empty" nl subscriber import empty.csv --consent x
refused "UTF-16" 1 "CSV UTF-8" nl subscriber import utf16.csv --consent x
refused "an unknown topic" 1 "unknown topic" nl subscriber import a.csv --consent x --topic sport

python3 - <<'P' >many.csv
print("email,name")
for i in range(100000):
    print(f"person{i}@example.org,Person {i}")
P
export TERM=xterm
start=$(date +%s%N)
at_terminal '' "stty cols 60; unset NO_COLOR; '$BIN/newsletter' subscriber import many.csv --consent 'paper form'"
is "100,000 people, at a terminal" "$status" 0
say "in $((($(date +%s%N) - start) / 1000000)) ms"
is "all of them" "$(db "SELECT count(*) FROM subscriber WHERE address LIKE 'person%'")" 100000
is "the store is whole" "$(db 'PRAGMA integrity_check')" ok
has "meanwhile a bar in colour" "$(<"$tmp/out")" $'\e[32m━'
like "with what is done of what" "$out" " [0-9]+ %  [0-9,]+ of [0-9,]+ .* writing"
at_most "no wider than the terminal" "$(sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' "$tmp/out" | tr '\r' '\n' | grep ' %  ' | wc -L)" 60
head -n 2000 many.csv >some.csv
at_terminal '' "LC_ALL=C '$BIN/newsletter' subscriber import some.csv --consent x --dry-run"
like "and where there is no UTF-8, in plain letters" "$out" "##.*[.]+ +[0-9]+ %  .* (reading|looking)"
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "how fast it goes, and how long it takes" "the sanitizer wants to be loaded first"
else
	at_terminal '' "stty cols 30; LD_PRELOAD=$B/tests/kernel.so KERNEL_HURRY=200 '$BIN/newsletter' subscriber import some.csv --consent x --dry-run"
	like "how fast it goes, and how long it takes" "$out" "[0-9]+ of [0-9,]+  [0-9,]+/s  [0-9a-z ]+ left  (reading|looking)"
fi

# Broken off while it reads; and on a machine that has no thread left.
mkfifo pipe
"$BIN/newsletter" subscriber import - --consent x <pipe >"$tmp/out" 2>"$tmp/err" &
importing=$!
exec {pipe}>pipe
printf 'email\nnew@example.org\n' >&"$pipe"
listens() { [ $((0x$(sed -n 's/^SigCgt:\t*//p' "/proc/$importing/status") & 2)) != 0 ]; }
wait_for 20 listens
kill -TERM $importing
exec {pipe}>&-
status=0
wait $importing || status=$?
is "what is broken off takes nothing" "$status $(db "SELECT count(*) FROM subscriber WHERE address = 'new@example.org'")" "1 0"
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "no thread" "the sanitizer wants to be loaded first"
else
	LD_PRELOAD=$B/tests/kernel.so KERNEL_THREADS=no refused "no thread" 1 "cannot start a thread: Resource temporarily unavailable" nl subscriber import a.csv --consent x
fi
done_testing
