#!/bin/bash
# What the audit hears: each command of the table says whether it changes or reveals, and leaves a row when it did; newsletter audit lists them.
. "$(dirname "$0")/lib.sh"
site one
me=$(id -un)
store=store/newsletter.db
rows() { db "SELECT count(*) FROM audit" "$store"; }
newest() { db "SELECT ${1:-command || ': ' || detail} FROM audit ORDER BY id DESC LIMIT 1" "$store"; }

is "a new site begins with who made it" "$(db 'SELECT who, command, detail FROM audit')" "$me|init|a new site"
succeeds "what the daemon's first run needs" nl init --yes
is "a store that is up to date is not brought there" "$(rows)" 1

echo '# every command of the table; a new one needs its line here'
mkdir articles
printf -- '---\ntitle: Sleep\ndate: 2026-01-02\n---\nGo to bed.\n' >articles/sleep.md
printf -- '---\ntitle: Walk\ndate: 2026-01-03\n---\nGo out.\n' >articles/walk.md
printf -- '---\ntitle: Spring\nvalid-until: 2099-01-01\n---\nCome and see us.\n' >spring.md
printf 'email\ncleo@example.org\n' >people.csv
printf 'From: ann@example.org\nSubject: Hello\n\nHello.\n' >mail.eml
head -c 32 /dev/urandom >key
chmod 600 key
# shellcheck disable=SC2016 # all of these are for eval
hold='db "INSERT INTO restored (taken_at, at) VALUES ($now, $now)"'
# shellcheck disable=SC2034 # for eval
now=$(date +%s)
# shellcheck disable=SC2016 # for eval
declare -A call=(
	[init]='rm newsletter.conf; mv store elsewhere; mv keys elsewhere-keys; nl init --yes'
	["article import"]='nl article import articles' ["article list"]='nl article list' ["article show"]='nl article show 1'
	["subscriber add"]='nl subscriber add ann@example.org --consent paper'
	["subscriber import"]='nl subscriber import people.csv --consent paper'
	["subscriber list"]='nl subscriber list' ["subscriber show"]='nl subscriber show ann@example.org'
	[preview]='nl preview articles' [lint]='nl lint articles; [ $? = 0 ] || [ $? = 3 ]' [send]='nl send'
	["campaign list"]='nl campaign list' ["campaign show"]='nl campaign show 1 --deliveries' ["campaign pause"]='nl campaign pause 1'
	["campaign resume"]='nl campaign resume 1' ["campaign hide"]='nl campaign hide 1' ["campaign unhide"]='nl campaign unhide 1'
	["campaign retry"]='db "UPDATE campaign SET state = '"'sending'"', started_at = $now, deadline = $now + 90000, high_id = 2, cursor = 2,
		planned = 2, accepted = 1, refused = 1; INSERT INTO delivery SELECT 1, id, id * 2 - 1, 1, $now, NULL, 550, NULL, '"'no', 'policy'"' FROM subscriber"
		nl campaign retry 1'
	["campaign cancel"]='nl campaign cancel 1' ["campaign archive"]='nl campaign archive 1'
	["article skip"]='nl article skip 2' ["article again"]='nl article again 1'
	["signup list"]='nl signup list --addresses'
	["signup discard"]="db \"INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at)
		VALUES ('manage', 'f@example.org', 'f@example.org', '', '', 'en', '203.0.113.1', 1, 1767225600, 1767225600)\"; nl signup discard --all --yes"
	["topic create"]='nl topic create weekly' ["topic list"]='nl topic list'
	["inbound read"]='nl inbound read mail.eml' ["inbound classify"]='nl inbound classify mail.eml'
	["dkim keygen"]='nl dkim keygen --ed25519' ["dkim show"]='nl dkim show' [embed]='nl embed' [status]='nl status' [stats]='nl stats'
	["subscriber export"]='nl subscriber export out.csv --reason "the printer"' ["subscriber erase"]='nl subscriber erase cleo@example.org --yes'
	["suppression add"]='nl suppression add dora@example.org --reason asked' ["suppression list"]='nl suppression list --addresses'
	["suppression import"]='printf "email\nemil@example.org\n" >gone.csv; nl suppression import gone.csv --reason asked'
	["suppression remove"]='nl suppression remove dora@example.org --reason mistake' [retention]='db "INSERT INTO event (kind, at, class) VALUES ('"'bounce', 1, 'soft'"')"; nl retention' ["outbox list"]='nl outbox list'
	["outbox release"]="$hold; nl outbox release" ["outbox discard"]="$hold; nl outbox discard" [doctor]='nl doctor --only host --send ann@example.org'
	[backup]='nl backup site.backup --key-file key' [verify]='nl verify site.backup --key-file key'
	[restore]='nl restore site.backup --key-file key --to ../restored'
	["subscriber unsubscribe"]='nl subscriber unsubscribe ann@example.org' [audit]='nl audit' [help]='nl help'
)
order=("article import" "subscriber add" "subscriber import" "preview" "lint" "article skip" "send" "suppression add")
last=(verify restore "outbox release" "outbox discard" "campaign retry" "campaign cancel" "campaign archive" "article again" "subscriber unsubscribe" "subscriber erase" retention init)
run nl help --json
json '"\n".join("%s\t%s" % (" ".join(w for w in c["command"].split() if w.isalpha() and w.islower()), c.get("audit")) for c in j["commands"])' >"$tmp/table"
sed -i 's/^help .*\t/help\t/; s/^send [a-z ]*\t/send\t/; s/^\(preview\|lint\) [a-z ]*\t/\1\t/' "$tmp/table"
declare -A word
while IFS=$'\t' read -r name what; do
	word[$name]=$what
	[[ " ${order[*]} ${last[*]} " == *" $name "* ]] || order+=("$name")
done <"$tmp/table"
is "the table has commands" "$([ "${#word[@]}" -gt 30 ] && echo yes)" yes
for name in "${order[@]}" "${last[@]}"; do
	like "$name: the table says what it is" "${word[$name]-}" '^(changes|reveals|nothing)$'
	[ -n "${call[$name]-}" ] || { ok "$name: has a line in this test" 1; continue; }
	before=$(rows) stands=$(dump)
	status=0
	eval "${call[$name]}" >"$tmp/out" 2>"$tmp/err" </dev/null || status=$?
	ok "$name: works" "$status" "$(<"$tmp/err")"
	case ${word[$name]} in
	nothing)
		is "$name: changes nothing" "$(dump)" "$stands" ;;
	*)
		case $name in
			init) before=0 ;;
			restore) before=0 store=../restored/store/newsletter.db ;; # it has the rows of the backup, too
		esac
		is "$name: leaves a row, with who it was" "$(($(rows) > before)) $(newest "who || ' ' || (command = '$name' OR command LIKE '$name %')")" "1 $me 1"
		store=store/newsletter.db ;;
	esac
done
rm -rf store keys newsletter.conf
mv elsewhere store
mv elsewhere-keys keys
(cd "$tmp" && site two && cp newsletter.conf "$tmp/one/")

echo '# details'
is "no address in any" "$(db "SELECT count(*) FROM audit WHERE detail LIKE '%@%'")" 0
is "people by their number" "$(db "SELECT DISTINCT detail FROM audit WHERE command = 'subscriber show'")" "subscriber 1"
works "somebody who is not there" nl subscriber list --state active --topic articles
is "what was looked for" "$(newest)" "subscriber list: --state active --topic articles"
works "somebody by name" nl subscriber list --where "name='Ann Meyer'" --domain ann-meyer.example
is "who may be erased one day is not in it" "$(newest)" "subscriber list: --where … --domain …"
run nl subscriber show nobody@example.org
is "who asks for somebody who is not there is noted too" "$status $(newest)" "1 subscriber show: somebody who is not on the list"
works "a mailing's numbers alone" nl campaign show 1
is "reveal nobody" "$(newest command)" "subscriber show"
nl send promotion spring.md --force "Ann Lee <ann@example.org> wants it" >"$tmp/out" 2>&1
is "an address in a reason is not kept" "$(db "SELECT count(*) FROM audit WHERE detail LIKE '%ann@%'")" 0

echo '# who'
SUDO_USER=zoe works "through sudo" nl embed
is "both are named" "$(newest who)" "$me (zoe)"
SUDO_USER=$'z\noe' works "a name that is none" nl embed
is "is left out" "$(newest who)" "$me"
SUDO_USER=$me works "sudo to oneself" nl embed
is "is one" "$(newest who)" "$me"

echo '# newsletter audit'
succeeds "list" nl audit
like "newest first" "$(sed -n 2p <<<"$out")" "$me +embed"
is "of one command" "$(nl audit --command "campaign pause" | sed 1d | grep -c 'campaign pause  *campaign 1$')" 1
run nl audit --command campaign --json
is "of a noun" "$(json 'sorted({r["command"].split()[0] for r in j["audit"]}), j["more"]')" "(['campaign'], False)"
run nl audit --who zoe --json
is "behind sudo" "$(json '[(r["who"], r["command"]) for r in j["audit"]]')" "[('$me (zoe)', 'embed')]"
run nl audit --limit 2 --json
is "so many" "$(json 'len(j["audit"]), j["more"], j["audit"][0]["id"] > j["audit"][1]["id"]')" "(2, True, True)"
like "and that there are more" "$(nl audit --limit 2)" "The newest 2; more with --limit"
is "since a day to come" "$(nl audit --since 2099-01-01)" "Nothing."
refused "a time that is none" 2 "--since must be" nl audit --since yesterday
is "looking into it leaves no row" "$(newest command)" embed

echo '# for ever'
for change in "DELETE FROM audit" "UPDATE audit SET detail = ''"; do
	like "$change is refused" "$(db "$change" 2>&1)" "append-only"
done
is "nothing of ours tries" "$(grep -rniE '(update|delete from|replace into|drop (table|trigger)( if exists)?) +"?audit' "$root"/{lib,cli,daemon} --include='*.[ch]')" ""
is "a command asks by way of cli/audit.c alone, so that details are redacted" \
	"$(grep -ln '\baudit_add(' "$root"/cli/*.c | sed 's,.*/,,' | sort | tr '\n' ' ')" "audit.c cmd_init.c init_build.c "

echo '# a store that one may only read'
if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
	chmod 755 "$tmp" store && chmod 644 store/newsletter.db* keys/* newsletter.conf && chmod 755 keys
	before=$(rows)
	run setpriv --reuid=65534 --regid=65534 --clear-groups "$BIN/newsletter" subscriber list
	is "shows nobody" "$status $(wc -l <"$tmp/err") $(grep -c ann "$tmp/out") $(rows)" "1 1 0 $before"
	like "and says why" "$err" "cannot write the store .*check the owner and mode"
else
	skip "a store that one may only read" "not root, or no setpriv"
fi
done_testing
