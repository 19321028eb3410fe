#!/bin/bash
# deb.t - the Debian package in a Debian 12 that has booted with nothing but it: what the README prints, an upgrade in the middle of a
# campaign from a package whose store is an older version, removing, purging. `make deb-test`; as root, some minutes.
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null || ! command -v systemd-nspawn >/dev/null; then
	skip "the package in a machine of its own" "not root, or ./bootstrap deb-test has not been called"
	done_testing
fi
new=$(ls "$B"/newsletter_"$(<"$root/VERSION")"_*.deb) || bail "no package: make deb"
older=27e114b # the last whose store is of version 5; it had no `backup` either
old=$B/packaging/newsletter_0.0.9_$(dpkg --print-architecture).deb

: >"$tmp/old.log"
# What that version was, in the packaging of this one. Other versions of the packaging will be in real packages.
build_old() {
	local tree=$B/packaging/old
	[ ! -e "$old" ] || [ -n "$(find "$root/packaging" "$root/tools/deb" -newer "$old")" ] || return 0
	rm -rf "$tree"
	mkdir -p "$tree"
	(cd "$root" && tar -c --exclude=./build --exclude=./bin --exclude=./.git --exclude=./tests .) | tar -x -C "$tree" &&
		rm -rf "${tree:?}"/{daemon,cli,lib,templates,schema.sql} &&
		git -C "$root" archive "$older" daemon cli lib templates schema.sql tools/embed | tar -x -C "$tree" &&
		echo 0.0.9 >"$tree/VERSION" &&
		sed -i '1s/(.*)/(0.0.9)/' "$tree/packaging/debian/changelog" &&
		sed -i '/help commands | /d' "$tree/Makefile" && # it had no completions
		LINTIAN=true "$tree/tools/deb" "$tree/build" "$B/packaging" >"$tmp/old.log" 2>&1
}

has_old=
if git -C "$root" cat-file -e "$older^{commit}" 2>/dev/null; then
	build_old
	ok "a package of an older version can be built" $? "$(tail -n 20 "$tmp/old.log")" && has_old=1
else
	skip "a package of an older version" "the history is not here"
fi
template=$B/packaging/debian
machine_make "$template" "$new" ${has_old:+"$old"}
ok "a bare Debian 12" $? "$(tail -n 3 "$template.log")" || bail "no machine"
machine=$B/packaging/machine
rm -rf --one-file-system "$machine"
cp -a "$template" "$machine" && remove_at_exit "$machine"
machine_boot "$machine"
ok "it boots: systemd is its process 1" $? "$(tail -n 20 "$tmp/console")" || bail "no machine"

new=/root/build/${new##*/} old=/root/old/${old##*/}
site=/srv/newsletter store=$machine/srv/newsletter/store/newsletter.db
works_inside() { # NAME COMMAND
	inside "$2"
	ok "$1" "$status" "$out" "$err"
}
# By any name; the caches and logs of apt, of man and of the journal are their own.
everything() {
	find "$machine" -xdev \( -path "$machine/proc" -o -path "$machine/sys" -o -path "$machine/dev" -o -path "$machine/run" -o -path "$machine/tmp" -o \
		-path "$machine/var/cache" -o -path "$machine/var/log" -o -path "$machine/var/tmp" \) -prune -o -printf '/%P\n' | sort
}
active() { inside "systemctl is-active newsletterd"; [ "$out" = active ]; }
installed() { inside "dpkg-query -W -f '\${db:Status-Abbrev}' newsletter"; }
# The README's lines between two headings, as printed.
# shellcheck disable=SC2016 # backquotes are Markdown's
readme() { sed -n "/^## $1/,/^## /p" "$root/README.md" | sed -n '/^```sh/,/^```/p' | grep -v '^```'; }

# What the package depends on, first: so that what is left of it itself can be seen.
works_inside "what it depends on is in Debian 12" "apt-get satisfy -qq -y --no-install-recommends '$(dpkg-deb -f "$machine$new" Depends)'"
touch "$machine/root/next" # ours
everything >"$tmp/before"

### Installed, and a first campaign, with what the README prints
readme "Installed" >"$tmp/readme"
like "the README installs it" "$(<"$tmp/readme")" "apt-get install.*init.*systemctl start newsletterd"
install_line=$(grep 'apt-get install' "$tmp/readme")
works_inside "apt-get installs it" "${install_line/apt-get install/apt-get install -y --no-install-recommends}"
has "it is enabled" "$(inside 'systemctl is-enabled newsletterd'; echo "$out")" enabled
inside "systemctl show -p ActiveState -p ConditionResult -p NRestarts newsletterd"
is "before there is a site it neither runs nor fails" "$out" "$(printf 'NRestarts=0\nActiveState=inactive\nConditionResult=no')"
is "no unit of the machine has failed" "$(inside 'systemctl --failed --no-legend --plain'; echo "$out")" ""
is "the timers wait to be enabled" "$(inside 'systemctl is-enabled newsletter-articles.timer newsletter-backup.timer'; echo "$out")" "$(printf 'disabled\ndisabled')"
# shellcheck disable=SC2016 # the machine's shell expands it
is "the users are locked" "$(inside 'for u in newsletter newsletter-http newsletter-clerk newsletter-sender newsletter-inbound; do passwd -S $u; done'; cut -d' ' -f2 <<<"$out" | sort -u)" L
works_inside "the man pages are there" "test -s /usr/share/man/man8/newsletterd.8.gz && test -s /usr/share/man/man1/newsletter.1.gz"

grep -v 'apt-get\|bootstrap' "$tmp/readme" | sed 's,https://news.example.org,http://127.0.0.1:8025,' >"$machine/root/next"
works_inside "a site is made and newsletterd starts" "bash -eu /root/next"
wait_for 60 active
ok "it runs" $? "$out" "$(inside 'journalctl -n 20 --no-pager -u newsletterd'; echo "$out")"
roles() { # whom the roles run as: procps is not everywhere
	inside "for p in /proc/[0-9]*; do tr '\\0' ' ' <\$p/cmdline | grep -q '^newsletterd --role' &&
		id -nu \$(sed -n 's/^Uid:[[:space:]]*\([0-9]*\).*/\1/p' \$p/status); done 2>/dev/null | sort | tr '\n' ' '"
}
roles
is "each role as its own user" "$out" "newsletter-clerk newsletter-http newsletter-inbound newsletter-sender "
nls="sudo -u newsletter newsletter -C $site"
mail() { grep -l "^To: .*$2" "$machine$site/outbox/$1"-*.eml 2>/dev/null | tail -n 1; }
got() { [ -n "$(mail "$1" "$2")" ]; }
inside "curl -sf -o /dev/null http://127.0.0.1:8025/subscribe -d email=ann@example.org -d topic=articles"
ok "a visitor signs up" "$status" "$err"
wait_for 120 got confirm ann@example.org
ok "and is mailed" $? "$(ls "$machine$site/outbox")"
link=$(tr -d '\r' <"$(mail confirm ann@example.org)" | sed -e ':a' -e '/=$/{N;s/=\n//;ba' -e '}' | grep -o 'http://127.0.0.1:8025/confirm/[0-9a-f-]*' | head -n 1)
works_inside "the button in it confirms" "curl -sf -o /dev/null -X POST $link"
mkdir "$machine$site/articles"
printf -- '---\ntitle: Sleep\ndate: %s\nurl: http://127.0.0.1:8025/\nexcerpt: Of sleep.\n---\nWords of sleep.\n' "$(date +%F)" >"$machine$site/articles/sleep.md"
works_inside "an article is taken" "$nls article import $site/articles"
works_inside "and announced" "$nls send --yes --wait"
wait_for 300 got campaign ann@example.org
ok "the mail arrives" $? "$($nls campaign list 2>&1)"

### The timers' services do their work in what shuts them in
inside "umask 077; echo six words that nobody else has >/etc/newsletter/backup-passphrase; systemctl start newsletter-backup.service"
ok "newsletter-backup.service makes a backup and verifies it" "$status" "$err" "$(inside 'journalctl -n 20 --no-pager -u newsletter-backup'; echo "$out")"
is "which only newsletter reads" "$(inside 'stat -c "%a %U" /var/backups/newsletter /var/backups/newsletter/*.nlb'; echo "$out")" "$(printf '700 newsletter\n600 newsletter')"
sed 's/Sleep/Grief/; s/sleep/grief/; s,8025/,8025/archive,' "$machine$site/articles/sleep.md" >"$machine$site/articles/grief.md"
inside "systemctl start newsletter-articles.service"
ok "newsletter-articles.service takes and announces" "$status" "$err" "$(inside 'journalctl -n 20 --no-pager -u newsletter-articles'; echo "$out")"
is "both are announced" "$(db "SELECT count(DISTINCT article_id) FROM announcement" "$store")" 2
mkdir "$machine$site/promotions"
printf -- '---\ntitle: Spring\naction-text: Book\naction-url: http://127.0.0.1:8025/\n---\nWords.\n' >"$machine$site/promotions/spring.md"
inside "$nls subscriber add eve@example.org --topic promotions && systemctl start newsletter-promotion@spring.service"
ok "newsletter-promotion@.service sends" "$status" "$err" "$(inside 'journalctl -n 20 --no-pager -u newsletter-promotion@spring'; echo "$out")"
inside "journalctl --no-pager -o cat -u newsletterd"
like "the journal is the log" "$out" "event=start"

### Removing keeps, purging does not
works_inside "it is removed" "apt-get remove -qq -y newsletter"
roles
is "newsletterd has ended" "$out" ""
is "what was there is there" "$(db "SELECT count(*) FROM subscriber" "$store")" 2
works_inside "it is installed again" "apt-get install -qq -y --no-install-recommends $new"
wait_for 60 active
ok "it runs by itself" $?
works_inside "and knows everybody" "$nls subscriber show ann@example.org"
works_inside "it is purged" "apt-get purge -qq -y newsletter"
everything >"$tmp/after"
is "nothing is left" "$(diff "$tmp/before" "$tmp/after")" ""
is "but its users, locked" "$(inside 'getent passwd | grep -c ^newsletter'; echo "$out") $(inside 'passwd -S newsletter'; cut -d' ' -f2 <<<"$out")" "5 L"

### An upgrade, in the middle of a campaign
if [ -z "$has_old" ]; then
	skip "an upgrade" "there is no package of an older version"
	done_testing
fi
works_inside "the older version is installed" "apt-get install -qq -y --no-install-recommends $old"
works_inside "a site of its" "bash -eu /root/next"
wait_for 60 active
ok "which runs" $? "$(inside 'journalctl -n 20 --no-pager -u newsletterd'; echo "$out")"
record=$tmp/record
: >"$record"
around python3 "$root/tests/torture/relay.py" --port 2525 --offers pipelining,8bitmime --record "$record" >"$tmp/relay" 2>&1 &
at_exit $!
# 4 a second: 250 s for a thousand, in which the upgrade happens
printf '\n[relay]\nurl = smtp://127.0.0.1:2525\ntls = none\nrate = 4/s\n' >>"$machine$site/newsletter.conf"
{ echo email,name; for ((i = 1; i <= 1000; i++)); do echo "p$i@example.org,P$i"; done; } >"$machine$site/people.csv"
works_inside "a thousand people" "$nls subscriber import $site/people.csv --consent 'paper form' --topic articles && systemctl reload newsletterd"
mkdir -p "$machine$site/articles"
printf -- '---\ntitle: Sleep\ndate: %s\nurl: http://127.0.0.1:8025/\nexcerpt: Of sleep.\n---\nWords of sleep.\n' "$(date +%F)" >"$machine$site/articles/sleep.md"
works_inside "a campaign to them" "$nls article import $site/articles && $nls send --yes"
sent() { [ "$(wc -l <"$record")" -ge "$1" ]; }
wait_for 300 sent 20
ok "it is under way" $? "$(<"$tmp/relay")" "$(inside "$nls campaign list; journalctl -n 20 --no-pager -u newsletterd"; echo "$out")"
version() { db "PRAGMA user_version" "$store"; }
is "the store is version 5" "$(version)" 5

# a migration that fails: something is in its way
db "CREATE TABLE role(x)" "$store"
inside "apt-get install -qq -y --no-install-recommends $new"
ok "an upgrade that cannot migrate fails" "$((status == 0))" "$out"
like "and says why, and what to do" "$err$out" "could not be brought up to date.*role.*apt-get install --allow-downgrades newsletter=0.0.9"
is "the store is as it was" "$(version) $(db "SELECT count(*) FROM subscriber; PRAGMA integrity_check" "$store" | tr '\n' ' ')" "5 1000 ok "
works_inside "going back works" "apt-get install -qq -y --no-install-recommends --allow-downgrades $old"
wait_for 60 active
ok "the older version goes on" $? "$(inside 'journalctl -n 20 --no-pager -u newsletterd'; echo "$out")"
before=$(wc -l <"$record")
wait_for 300 sent $((before + 5))
ok "with the campaign" $? "$(wc -l <"$record")"
db "DROP TABLE role" "$store"
# bounded: three are kept
inside "cd /var/backups/newsletter && for n in 1 2 3 4; do install -o newsletter -m 600 -t . /dev/null && sudo -u newsletter touch -d 2020-01-0\$n before-upgrade-from-0.0.\$n-x.nlb; done; rm -f null"

works_inside "the upgrade" "apt-get install -qq -y --no-install-recommends $new"
said=$out$err
is "the campaign was in the middle" "$(($(wc -l <"$record") < 1000))" 1
is "the store is up to date" "$(version)" "$(sed -n 's/^#define SCHEMA_VERSION \([0-9]*\).*/\1/p' "$root/lib/store/migrate.h")"
backup=$(grep -o '/var/backups/newsletter/before-upgrade-from-0.0.9-[^ ]*nlb' <<<"$said" | tail -n 1)
works_inside "the backup from before can be restored, it says" "newsletter verify $backup --passphrase-file /etc/newsletter/upgrade-passphrase"
like "with everybody in it" "$out" "1,?000"
is "three are kept, for newsletter alone" "$(inside 'ls /var/backups/newsletter | wc -l; stat -c "%a %U" /var/backups/newsletter'; echo "$out")" "$(printf '3\n700 newsletter')"
wait_for 60 active
ok "newsletterd runs again" $? "$(inside 'journalctl -n 20 --no-pager -u newsletterd'; echo "$out")"
works_inside "the list lives" "$nls subscriber show p1000@example.org"
sed -i 's,^rate = 4/s,rate = 0,' "$machine$site/newsletter.conf"
works_inside "the rest may go at once" "systemctl reload newsletterd"
wait_for 300 sent 1000
ok "the campaign lives on" $? "$(wc -l <"$record")" "$(inside "$nls campaign list; journalctl -n 20 --no-pager -u newsletterd"; echo "$out")"
done_in_store() { [ "$(db "SELECT state FROM campaign ORDER BY id DESC LIMIT 1" "$store")" = "done" ]; }
wait_for 120 done_in_store
ok "to its end" $? "$(inside "$nls campaign list"; echo "$out")"
is "nobody was mailed twice, nobody missed" "$(grep -o 'p[0-9]*@example.org' "$record" | sort | uniq -c | awk '{ n[$1]++ } END { for (i in n) print i ": " n[i] }')" "1: 1000"
works_inside "purging leaves nothing of this, too" "apt-get purge -qq -y newsletter && ! ls -d /srv/newsletter /var/backups/newsletter /etc/newsletter"
done_testing
