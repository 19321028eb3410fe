#!/bin/bash
# A configuration or a store that cannot be used: one clear line, and everything as it was.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org >/dev/null
cp newsletter.conf good.conf

conf() { # LINE: the good configuration with this line added
	cp good.conf newsletter.conf
	printf '%s\n' "$1" >>newsletter.conf
}
conf 'deadlnie = 3d'
refused "a misspelt key" 1 "newsletter.conf:[0-9]+: unknown key \"deadlnie\" in \[campaign\]" nl subscriber add bob@example.org
conf '[relais]'$'\n''url = smtp://x'
refused "a misspelt section" 1 "unknown section \[relais\]" nl status
conf 'deadline = soon'
refused "a value that is none" 1 "newsletter.conf:[0-9]+: .*deadline" nl status
conf 'deadline'
refused "a line that is none" 1 "newsletter.conf:[0-9]+: this line" nl status
conf $'[relay]\nhelo = \xff'
refused "broken UTF-8" 1 "UTF-8" nl status
cp good.conf newsletter.conf

version=$(db 'PRAGMA user_version')
db 'PRAGMA user_version = 99'
refused "a store from a newer version" 1 "schema version 99, made by a newer newsletter.*install the newer" nl subscriber add bob@example.org
refused "init leaves that alone too" 1 "schema version 99" nl init
run nl status --json
is "as JSON" "$(json 'j["code"]')" version
db "PRAGMA user_version = $version"

mv keys/suppression.key "$tmp/"
refused "no suppression key" 1 "cannot open .*suppression.key" nl subscriber add bob@example.org
echo short >keys/suppression.key
refused "a damaged one" 1 "suppression.key must hold 64 hex digits" nl subscriber add bob@example.org
mv "$tmp/suppression.key" keys/
mv keys/link-1.key "$tmp/"
refused "no link key" 1 "key" nl send
mv "$tmp/link-1.key" keys/

# Somebody's shell holds the store: writers wait 10 s, then say so. Two of them at once, and meanwhile one who reads.
hold_store store/newsletter.db
(nl subscriber list >/dev/null 2>"$tmp/looked" </dev/null; echo $? >>"$tmp/looked") &
looks=$!
nl subscriber add bob@example.org >/dev/null 2>"$tmp/added" </dev/null &
adds=$!
succeeds "reading goes on" nl topic list
wait $adds
is "a locked store: exit status" $? 1
like "one clear line" "$(<"$tmp/added")" "^newsletter: the store is locked by another program for 10 s, so this was not written"
wait $looks
like "whoever looks at people is noted first" "$(<"$tmp/looked")" $'^newsletter: whoever looks .* the store is locked[^\n]*\n1$'
let_go
succeeds "and once it is free, all is well" nl subscriber add bob@example.org

cp store/newsletter.db "$tmp/good.db"
echo 'this is no database, whatever its name says' >store/newsletter.db
rm -f store/newsletter.db-wal store/newsletter.db-shm
run nl status
is "a store that is none: exit status" "$status" 1
like "one clear line" "$err" "^newsletter: .*the store is damaged"
: >store/newsletter.db
run nl status
like "an empty one" "$err" "empty, not a store"
rm store/newsletter.db
run nl status
like "none at all" "$err" "no store at .*newsletter init"
cp "$tmp/good.db" store/newsletter.db

if [ "$(id -u)" = 0 ] && mkdir "$tmp/small" && mount -t tmpfs -o size=3m none "$tmp/small" 2>/dev/null; then
	trap 'cd /; umount "$tmp/small"; clean_up' EXIT
	cd "$tmp/small" || exit 1
	dd if=/dev/zero of=filler bs=4k count=750 status=none
	run nl init --yes
	is "init on a full disk: exit status" "$status" 1
	like "says so" "$err" "[Nn]o space left"
	is "leaves nothing behind" "$(ls -A)" filler
	rm filler
	nl init --yes >/dev/null
	nl subscriber add ann@example.org >/dev/null
	db 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null
	before=$(dump)
	dd if=/dev/zero of=filler bs=4k status=none 2>/dev/null
	python3 -c 'print("email"); [print(f"person{i}@example.org") for i in range(3000)]' >"$tmp/people.csv"
	run nl subscriber import "$tmp/people.csv" --consent x
	is "a full disk: exit status" "$status" 1
	like "one clear line" "$err" "no space left"
	is "only one" "$(wc -l <"$tmp/err")" 1
	rm filler
	is "the store is as it was" "$(dump)" "$before"
	is "and whole" "$(db 'PRAGMA integrity_check')" ok
	succeeds "with space again, it goes on" nl subscriber import "$tmp/people.csv" --consent x
else
	skip "a full disk" "needs root and tmpfs"
fi
done_testing
