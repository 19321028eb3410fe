#!/bin/bash
# newsletter suppression add | import | list | remove.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org >/dev/null
nl subscriber add bob@example.org >/dev/null
nl subscriber add cyd@example.org >/dev/null

like "nobody yet" "$(nl suppression list)" "There is no address that must not be mailed."
refused "add without a reason" 2 '--reason is needed' nl suppression add ann@example.org
refused "a reason with an address" 2 'must name no address' nl suppression add ann@example.org --reason 'ann@example.org said so'
refused "what is no address: none is taken" 1 'is no address' nl suppression add zoe@example.org nonsense --reason x
succeeds "add" nl suppression add Ann@Example.org zoe@example.org --reason "asked by phone"
like "says so" "$out" "2 addresses are not mailed from now on"
is "as staff, with the source" "$(db "SELECT reason, source LIKE 'staff: %: asked by phone' FROM suppression")" "staff|1
staff|1"
is "what they subscribed to stays as it was" "$(db 'SELECT state FROM subscription WHERE subscriber_id = 1')" 1
like "the audit has how many and why" "$(db "SELECT detail FROM audit WHERE command = 'suppression add'")" "^2 of 2 new; staff: .*: asked by phone$"
succeeds "add again" nl suppression add ann@example.org --reason y --json
is "changes nothing" "$(json 'j["added"], j["already"]') $(db "SELECT count(*) FROM suppression WHERE source LIKE '%: y'")" "(0, 1) 0"
refused "nobody gets around it" 3 'must not be mailed .staff.' nl subscriber add zoe@example.org
printf 'email\nzoe@example.org\nnew@example.org\n' >people.csv
nl subscriber import people.csv --consent x --json >"$tmp/out"
is "nor does an import" "$(json 'j["added"], j["suppressed"]')" "(1, 1)"

# Files.
printf 'one@example.org\r\n\r\nTwo@Example.org\nnonsense\n' >plain.txt
run nl suppression import plain.txt --reason "old list" --json
is "a plain list" "$status $(json 'j["rows"], j["suppressed"], j["bad"], j["bad_lines"]')" "1 (3, 2, 1, [4])"
like "a bad line is named by its number alone" "$err" "plain.txt:4: no address"
unlike "never by what is in it" "$err$out" "nonsense|@"
printf 'Name;E-Mail\n"Three; T";three@example.org\nBob;bob@example.org\n' >list.csv
succeeds "CSV, wherever the address stands" nl suppression import list.csv --reason "old list" --json
is "without its first line" "$(json 'j["rows"], j["suppressed"], j["already"]')" "(2, 2, 0)"
succeeds "once more" nl suppression import list.csv --reason "old list" --json
is "changes nothing" "$(json 'j["suppressed"], j["already"]')" "(0, 2)"
refused "a file without a reason" 2 '--reason is needed' nl suppression import list.csv
refused "no file" 1 'cannot open none.csv' nl suppression import none.csv --reason x
status=0
printf 'four@example.org\n' | nl suppression import - --reason x >/dev/null || status=$?
is "standard input" "$status $(db 'SELECT count(*) FROM suppression')" "0 7"
unlike "the audit has no address" "$(db 'SELECT detail FROM audit')" "@"

# What it says.
db "INSERT INTO suppression SELECT address_hmac, 'complaint', 1767225600, 'arf' FROM subscriber WHERE address = 'cyd@example.org'"
succeeds "list" nl suppression list
like "counts by reason" "$out" "staff +7 +by staff"
like "and shows rows" "$out" "2026-01-01 00:00 +complaint +arf"
unlike "and no address" "$out" "@"
is "which leaves no trace" "$(db "SELECT count(*) FROM audit WHERE command = 'suppression list'")" 0
succeeds "with addresses" nl suppression list --addresses --limit 100 --json
is "they are those who are on the list" "$(json 'sorted(s["address"] for s in j["suppressions"] if "address" in s)')" "['ann@example.org', 'bob@example.org', 'cyd@example.org']"
is "it has all" "$(json 'len(j["suppressions"]), j["total"], j["reasons"]["staff"]')" "(8, 8, 7)"
is "which leaves a trace" "$(db "SELECT detail FROM audit WHERE command = 'suppression list'")" "--addresses --limit 100"
succeeds "one reason" nl suppression list --reason complaint --json
is "only that" "$(json '[s["reason"] for s in j["suppressions"]]')" "['complaint']"
succeeds "the newest" nl suppression list --limit 1 --json
is "one" "$(json 'len(j["suppressions"])')" 1
refused "a reason that is none" 2 'must be left, erased' nl suppression list --reason gone

printf 'typo@@example.org\nright@example.org\n' >typo.txt
run nl suppression import typo.txt --reason x
like "a first line that was meant as an address is no heading" "$status $out $err" '^1 .*Bad +1.*typo.txt:1: no address'

{
	echo email
	yes nonsense | head -n 1002
} >wrong.csv
run nl suppression import wrong.csv --reason x --json
is "of very many wrong lines the first are named" "$(json 'j["bad"], len(j["bad_lines"])') $(wc -l <"$tmp/err")" "(1002, 1000) 1000"

# Lifting.
refused "remove without a reason" 2 '--reason is needed' nl suppression remove cyd@example.org
refused "what is not suppressed" 1 'is not suppressed' nl suppression remove new@example.org --reason x
succeeds "remove" nl suppression remove cyd@example.org --reason "pressed it by mistake"
like "says what it was" "$out" "may be mailed again; it was suppressed as complaint"
is "the audit has who and why" "$(db "SELECT detail FROM audit WHERE command = 'suppression remove'")" "complaint of subscriber 3: pressed it by mistake"
succeeds "remove one who is not on the list" nl suppression remove zoe@example.org --reason y
is "names nobody" "$(db "SELECT detail FROM audit ORDER BY id DESC LIMIT 1")" "staff of an address that is not on the list: y"
succeeds "they can be added again" nl subscriber add zoe@example.org
is "the store is in order" "$(sqlite3 store/newsletter.db <"$root/tests/invariants.sql")" ""
done_testing
