#!/bin/bash
# statements.t - each command, with the first step of a statement that fails, then the second, and so on until the command no longer comes that far.
#
# It must say so in one line, with a status that is none of a signal's, and leave a store in which nothing is half: whoever types it again gets what
# he wanted the first time. EVERY=N tries only each Nth step once ten have been tried; ONLY=TEXT only commands that have it.
. "$(dirname "$0")/../cli/lib.sh"
: "${EVERY:=3}" "${ONLY:=}"
export NEWSLETTER_PASSPHRASE="four words to remember"
failing=$B/tests/failing.so
rows="SELECT (SELECT count(*) FROM subscriber), (SELECT count(*) FROM subscription), (SELECT count(*) FROM consent), (SELECT count(*) FROM suppression),
	(SELECT count(*) FROM topic), (SELECT count(*) FROM article), (SELECT count(*) FROM campaign), (SELECT count(*) FROM outbox)"

# The site that each try begins with.
world() {
	site world
	printf 'email,name\n' >../list.csv
	for i in {1..20}; do printf 'person%d@example.org,Person %d\n' "$i" "$i"; done >>../list.csv
	printf 'email,name\nnew@example.org,New\nperson3@example.org,Three\n' >../more.csv
	printf 'email\nperson4@example.org\nother@example.org\n' >../gone.csv
	mkdir ../articles
	for i in 1 2 3; do
		printf -- '---\ntitle: Title %d\ndate: 2026-03-0%d\nurl: https://www.quietharbour.example/%d\n---\nSome words.\n' $i $i $i >"../articles/$i.md"
	done
	printf -- '---\nsubject: An offer\n---\nSome words, {name}.\n' >../promotion.md
	nl subscriber import ../list.csv --consent 'test list' --topic articles >/dev/null || bail "no list"
	nl article import ../articles >/dev/null || bail "no articles"
	nl suppression add person20@example.org --reason asked >/dev/null || bail "no suppression"
	nl send articles --yes >/dev/null 2>&1 || bail "no campaign"
	printf -- '---\ntitle: Title 5\ndate: 2026-03-05\nurl: https://www.quietharbour.example/5\n---\nSome words.\n' >../articles/5.md
	printf -- '---\ntitle: Title 4\ndate: 2026-03-04\nurl: https://www.quietharbour.example/4\n---\nSome words.\n' >../articles/4.md
	nl article import ../articles >/dev/null
	nl article skip 5 >/dev/null || bail "nothing skipped"
	db "INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at)
		VALUES ('signup', 'f@example.org', 'f@example.org', '', '1', 'en', '203.0.113.1', 1, 1767225600, 1767225600)"
	nl backup ../world.backup >/dev/null || bail "no backup"
	cd ..
}

begin() { rm -rf again again.backup restored stats.html mark && cp -r world again; }

# fails_well COMMAND…
fails_well() {
	local n tried=0 wrong=() want got
	[[ $* == *"$ONLY"* ]] || return 0
	begin
	(cd again && nl "$@") >out 2>err </dev/null || { ok "$*" 1 "without a fault: $(head -c 300 err)"; return; }
	want=$(cd again && db "$rows")
	for ((n = 1; n < 2000; n += n < 10 ? 1 : EVERY)); do
		begin
		status=0
		(cd again && LD_PRELOAD=$failing FAIL_STEP=$n FAIL_MARK=../mark nl "$@") >out 2>err </dev/null || status=$?
		[ -e mark ] || break
		tried=$((tried + 1))
		if [ "$status" -gt 100 ]; then
			wrong+=("step $n: status $status: $(head -c 200 err)")
		elif [ "$status" != 0 ] && [ "$(grep -c . err)" != 1 ]; then
			wrong+=("step $n: not one line: $(head -c 200 err)")
		elif [ "$status" = 0 ]; then
			got=$(cd again && db "$rows")
			[ "$got" = "$want" ] || wrong+=("step $n: it says that it worked, with $got, not $want")
		else
			(cd again && nl "$@") >out 2>err </dev/null || wrong+=("step $n: not again: $(head -c 200 err)")
			got=$(cd again && db "$rows")
			[ "$got" = "$want" ] || wrong+=("step $n: then again: $got, not $want")
		fi
	done
	[ ${#wrong[@]} = 0 ] && [ "$tried" -gt 0 ]
	ok "$* ($tried steps)" $? "${wrong[@]}"
}

world
while read -r command; do
	# shellcheck disable=SC2086 # words
	fails_well $command
done <<'END'
subscriber import ../more.csv --consent form --topic articles
subscriber add x@example.org --consent form --topic articles
subscriber list
subscriber list --json
subscriber list --where name!=Ann
subscriber show person1@example.org
subscriber export --reason moving
subscriber export person1@example.org
subscriber unsubscribe person2@example.org
subscriber erase person2@example.org --yes
suppression add person5@example.org --reason asked
suppression import ../gone.csv --reason asked
suppression list
suppression list --addresses
suppression remove person20@example.org --reason asked
article import ../articles
article list
article show 4
article skip 4
article again 5
topic create news
topic list
send articles --yes
send articles --to ann@example.org
send promotion ../promotion.md --topic promotions --yes
send articles --dry-run
preview articles
lint articles
lint promotion ../promotion.md
campaign list
campaign show 1
campaign pause 1
campaign cancel 1
campaign hide 1
stats
stats --json
stats --html ../stats.html
status
status --json
audit
retention
backup ../again.backup
restore ../world.backup --to ../restored
verify ../world.backup
embed
outbox list
outbox list --json
signup list
signup discard --all --yes
inbound read
init --rotate-keys
dkim keygen --selector s
END
done_testing
