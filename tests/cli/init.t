#!/bin/bash
# newsletter init: a new site, what is there already, and nothing half made.
. "$(dirname "$0")/lib.sh"
mkdir "$tmp/a" && cd "$tmp/a" || exit 1

succeeds "with options" nl init --name "Quiet Harbour" --url https://news.quietharbour.example --home https://www.quietharbour.example/ \
	--from news@quietharbour.example --postal-address "Room 3 ; 12 Lighthouse Lane # 4" --language en --timezone Europe/Madrid \
	--action-text "Schedule your session" --action-url https://www.quietharbour.example/appointments --listen 127.0.0.1:8080 \
	--relay smtp://mail.quietharbour.example:587 --relay-user news --relay-password-file keys/relay --set relay.rate=20
is "modes" "$(stat -c '%a %n' newsletter.conf store keys keys/* outbox aside templates store/newsletter.db | tr '\n' ' ')" \
	"644 newsletter.conf 2770 store 750 keys 640 keys/link-1.key 640 keys/suppression.key 770 outbox 2770 aside 755 templates 660 store/newsletter.db "
is "what was given is active" "$(grep -c '^[a-z_]* = ' newsletter.conf)" 13
like "a value is the rest of its line" "$(<newsletter.conf)" "postal_address = Room 3 ; 12 Lighthouse Lane # 4"
like "what was not is a comment" "$(<newsletter.conf)" "#colour = #2f6f64"
for key in 'languages =' 'archive = yes' 'origins =' 'per_network = 100/h' 'hold = 1d'; do
	has "an owner finds $key" "$(<newsletter.conf)" "#$key"
done
like "each with its meaning" "$(<newsletter.conf)" "# Messages over all connections, evenly spread"
succeeds "the site works" nl topic list
like "two topics" "$out" "articles.*promotions"
version=$(sed -n 's/^#define SCHEMA_VERSION \([0-9]*\).*/\1/p' "$root/lib/store/migrate.h")
is "the store knows its version" "$(db 'PRAGMA user_version')" "$version"

before=$(find . -type f -not -name '*-lock' -exec sha256sum {} + | sort)
succeeds "once more changes nothing" nl init
like "and says so" "$out" "Quiet Harbour is here already"
is "not a byte" "$(find . -type f -not -name '*-lock' -exec sha256sum {} + | sort)" "$before"
refused "options for a site that is there" 1 "is there already: change it there" nl init --name Other

refused "keys are rotated alone" 2 "rotate-keys goes alone" nl init --rotate-keys --yes
mkdir "$tmp/old" && cd "$tmp/old" && nl init --yes >/dev/null || exit 1
rm store/newsletter.db*
sqlite3 store/newsletter.db <"$data/schema-5.sql"
db "PRAGMA user_version = 5; PRAGMA application_id = 1315272556"
succeeds "a store of an older version" nl init --yes
is "is brought up to date, which the audit has" "$(db 'PRAGMA user_version') $(db 'SELECT command, detail FROM audit ORDER BY id DESC LIMIT 1')" "$version init|the store is brought up to date"
cd / || exit 1
refused "keys of no site" 1 "there is no site here whose keys could be rotated" nl init --rotate-keys

mkdir "$tmp/b" && cd "$tmp/b" || exit 1
succeeds "with defaults" nl init
like "it says what to do next" "$out" "newsletter article import"
like "and what the law asks" "$out" "postal_address.*the law"
is "every key that is written is known" "$(nl topic list | wc -l)" 3
sed -i 's/^#\([a-z_]* =\)/\1/' newsletter.conf
succeeds "the comments are the defaults: uncommented they load" nl topic list

mkdir "$tmp/c" && cd "$tmp/c" || exit 1
for bad in "--url=ftp://x" "--from=nobody" "--from=a@localhost" "--timezone=Europe/Madird" "--colour=green" "--relay=mail.example.org" "--language=" \
	"--set=relay.rate=fast" "--set=relay.rate=-1" "--set=campaign.deadline=3y" $'--name=a\nb' $'--name=\xff'; do
	refused "refused: ${bad//$'\n'/\\n}" 1 "" nl init "$bad"
done
refused "a key that is none" 2 'no key "ratio" in \[relay\]' nl init --set relay.ratio=1
refused "a --set that is none" 2 "SECTION.KEY=VALUE" nl init --set rate
is "and nothing was made" "$(ls -A)" ""

refused "a folder that cannot be made, midway" 1 "cannot create" nl init --set store.templates=/dev/null/templates
is "leaves nothing" "$(ls -A)" ""
mkdir outbox && touch outbox/kept.eml
refused "the same beside files of somebody's" 1 "cannot create" nl init --set store.templates=/dev/null/templates
is "leaves those alone" "$(find . -type f)" "./outbox/kept.eml"
rm -r outbox
succeeds "folders elsewhere" nl init --set store.path="$tmp/c/deep/er/news.db" --set store.outbox=mail/out
is "are made" "$(stat -c '%a' deep/er mail/out | tr '\n' ' ')" "2770 770 "

mkdir "$tmp/d" && cd "$tmp/d" || exit 1
mkdir store && echo precious >store/newsletter.db
run nl init
is "a store without its configuration: exit status" "$status" 1
like "is named" "$err" "store/newsletter.db is there already, without its newsletter.conf"
is "and left alone" "$(find . -type f -exec cat {} +)" precious
rm -r store
mkdir keys && echo secret >keys/link-7.key
run nl init
like "keys without a store are named" "$err" "holds keys already .link-7.key., without their store"
is "and left alone" "$(find . -type f -exec cat {} +)" secret
rm -r keys
echo mine >keys
refused "a file where the keys go" 1 "cannot read the folder .*keys: Not a directory" nl init
is "is left alone too" "$(find . -type f -exec cat {} +)" mine

mkdir "$tmp/e" && cd "$tmp/e" || exit 1
printf '[site]\nname = By hand\n' >newsletter.conf
succeeds "a configuration written by hand gets its store" nl init
is "and stays as it is" "$(<newsletter.conf)" $'[site]\nname = By hand'
run nl init --json
is "JSON" "$(json 'j["store"].endswith("/store/newsletter.db")')" True

mkdir "$tmp/f" && cd "$tmp/f" || exit 1
at_terminal 'Quiet Harbour\nharbour.example\nhttps://harbour.example\n\nnews@harbour.example\nLane 1\nBook now\nhttps://harbour.example/book\nMars/Olympus\nUTC\n\n' "$BIN/newsletter init"
is "asked at a terminal: exit status" "$status" 0
like "a wrong answer is asked again" "$out" "It must begin with https://"
like "also one that is no matter of form" "$out" "unknown time zone .Mars/Olympus."
is "the answers are in the file" "$(grep -cE '^(name = Quiet Harbour|home = https://harbour.example|from = news@harbour.example|postal_address = Lane 1|action_text = Book now|action_url = https://harbour.example/book|timezone = UTC)$' newsletter.conf)" 7
mkdir "$tmp/colour" && cd "$tmp/colour" || exit 1
at_terminal '\004' "unset NO_COLOR; $BIN/newsletter init"
like "in colour questions stand out" "$(<"$tmp/out")" $'\e\\[1m[^\e]*\e\\[0m'
mkdir "$tmp/g" && cd "$tmp/g" || exit 1
at_terminal 'Quiet Harbour\n\004' "$BIN/newsletter init"
is "broken off: exit status" "$status" 3
is "makes nothing" "$(ls -A)" ""
mkdir "$tmp/es"
cd "$tmp/es" || exit 1
succeeds "a site in Spanish" nl init --language es --yes
succeeds "has topics" nl topic list
has "in Spanish" "$out" 'Artículos nuevos'

if [ "$(id -u)" = 0 ] && unshare -m true 2>/dev/null; then
	chmod 711 "$tmp"
	mkdir "$tmp/theirs" && chown 12345 "$tmp/theirs" && cd "$tmp/theirs" || exit 1
	succeeds "by somebody who has no name here" setpriv --reuid=12345 --regid=12345 --clear-groups "$BIN/newsletter" init --yes
	is "who is known by number" "$(db 'SELECT who FROM audit')" "uid 12345"
	mkdir "$tmp/bare" && cd "$tmp/bare" || exit 1
	at_terminal '\n\n\n\n\n\n\n\n' "unshare -m sh -c 'mount -t tmpfs none /etc && $BIN/newsletter init'"
	like "on a machine that has no time zone none is proposed" "$out" "Your time zone, like Europe/Madrid: "
else
	for name in "by somebody who has no name here" "who is known by number" "on a machine that has no time zone none is proposed"; do
		skip "$name" "only root can be somebody else"
	done
fi
done_testing
