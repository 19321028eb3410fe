#!/bin/bash
# packaging.t - the units and crontab lines that come with it: systemd takes them, and what they run does what they say.
. "$(dirname "$0")/lib.sh"
PATH=$BIN:$PATH

mkdir "$tmp/units" && cp "$root"/packaging/newsletter-*.{service,timer} "$tmp/units"
if command -v systemd-analyze >/dev/null; then
	sed -i 's/ newsletterd.service//' "$tmp/units"/* # whose program is not where it says
	run systemd-analyze verify --man=no "$tmp/units/newsletter-articles.timer" "$tmp/units/newsletter-articles.service" \
		"$tmp/units/newsletter-promotion@spring.timer" "$tmp/units/newsletter-promotion@spring.service" \
		"$tmp/units/newsletter-backup.timer" "$tmp/units/newsletter-backup.service"
	is "systemd takes the units" "$status$out$err" 0
else
	skip "systemd takes the units" "there is no systemd-analyze"
fi

if command -v systemd-analyze >/dev/null; then
	for unit in "$root"/packaging/*.service; do
		run systemd-analyze security --offline=yes --threshold=20 --no-pager "$unit"
		is "${unit##*/} is shut in: exposure 2.0 or less" "$status" 0
		unlike "and systemd knows every word of it" "$out$err" "[Uu]nknown|ignoring"
	done
else
	skip "the services are shut in" "there is no systemd-analyze"
fi
has "the package is of the version that this is" "$(head -n 1 "$root/packaging/debian/changelog")" "newsletter ($(<"$root/VERSION")) "

# make install: everything below PREFIX, with paths of there. A build elsewhere than in build/ says so by B.
if run make -C "$root" -s install DESTDIR="$tmp/root" PREFIX=/usr BIN="$BIN" && [ "$status" = 0 ]; then
	is "make install puts everything in its place" "$(cd "$tmp/root/usr" && find bin lib share -type f ! -path '*/man/*' ! -path '*/doc/*' | sort | tr '\n' ' ')" \
		"bin/newsletter bin/newsletterd lib/systemd/system/newsletter-articles.service lib/systemd/system/newsletter-articles.timer lib/systemd/system/newsletter-backup.service lib/systemd/system/newsletter-backup.timer lib/systemd/system/newsletter-promotion@.service lib/systemd/system/newsletter-promotion@.timer lib/systemd/system/newsletterd.service lib/sysusers.d/newsletter.conf lib/tmpfiles.d/newsletter.conf share/bash-completion/completions/newsletter share/zsh/site-functions/_newsletter "
	is "the man pages and what to do on the bad day, too" "$(cd "$tmp/root/usr/share" && find man doc -type f \( -name 'newsletter*.?' -o -name 'R*.md' \) | sort | tr '\n' ' ')" \
		"doc/newsletter/README.md doc/newsletter/docs/RECOVERY.md doc/newsletter/docs/REPORT.md man/man1/newsletter.1 man/man5/newsletter.conf.5 man/man7/newsletter-templates.7 man/man8/newsletterd.8 "
	has "the unit starts what was installed" "$(<"$tmp/root/usr/lib/systemd/system/newsletterd.service")" "ExecStart=/usr/bin/newsletterd -C"
	is "no path of another place is left" "$(grep -rl /usr/local/bin "$tmp/root/usr/lib" "$tmp/root/usr/share/doc/newsletter/examples" | grep -cv crontab)" 0
	if command -v systemd-sysusers >/dev/null && [ "$(id -u)" = 0 ]; then
		mkdir -p "$tmp/root/etc" "$tmp/root/srv" "$tmp/root/var/backups"
		run systemd-sysusers --root="$tmp/root" "$tmp/root/usr/lib/sysusers.d/newsletter.conf"
		like "systemd-sysusers makes the user and its group" "$(cat "$tmp/root/etc/passwd" "$tmp/root/etc/group")" "newsletter:x:.*:/srv/newsletter:.*newsletter:x:"
		run systemd-tmpfiles --root="$tmp/root" --create "$tmp/root/usr/lib/tmpfiles.d/newsletter.conf"
		is "systemd-tmpfiles makes the folders" "$(cd "$tmp/root/srv/newsletter" && stat -c '%n %a' store aside aside/new outbox keys secrets | tr '\n' ' ')" \
			"store 2770 aside 2770 aside/new 2770 outbox 2770 keys 750 secrets 2750 "
		is "and those of backups" "$(cd "$tmp/root" && stat -c '%n %a' var/backups/newsletter etc/newsletter | tr '\n' ' ')" \
			"var/backups/newsletter 700 etc/newsletter 700 "
	else
		skip "user and folders" "not root, or no systemd"
	fi
else
	ok "make install" 1 "$err"
fi

# What a unit would run, for an instance: its environment and its command, as systemd reads them.
unit() {
	local line lines
	lines=$(sed -e ':a' -e '/\\$/{N;s/\\\n\t*/ /;ba' -e '}' "$root/packaging/$1" |
		sed -nE 's/^Environment=(.*)/\1/p; s/^ExecStart=(.*)/run env \1/p' | sed "s/%i/${2:-}/g; s/%%/%/g")
	while IFS= read -r line; do
		case $line in
		run*) eval "$line" ;;
		*) line=${line/\/srv\/newsletter/$tmp/site} && eval "export ${line/\/var\/backups/$tmp/backups}" ;;
		esac
	done <<<"$lines"
}
# The crontab's line with these words in it, as cron runs it.
cron() {
	local line
	line=$(grep -F -- "$1" "$root/packaging/crontab" | sed -E 's/^([^ ]+ +){5}//; s/\\%/%/g')
	run env SITE="$tmp/site" sh -c "${line//"${2:-/no/such}"/"${3:-}"}"
}
counts() { db "SELECT (SELECT count(*) FROM campaign), (SELECT count(*) FROM announcement)"; }

site site
nl topic create weekly >/dev/null
nl subscriber add ann@example.org --topic articles --topic promotions --topic weekly >/dev/null
mkdir articles promotions
cp "$data"/site/articles/*.md articles
echo '[no title' >articles/broken.md
for name in spring month; do printf -- '---\ntitle: %s\naction-text: Book\naction-url: /book\n---\nWords.\n' "$name" >"promotions/$name.md"; done
unit newsletter-articles.service
is "the unit announces articles, and fails for the one that cannot be taken" "$status $(counts)" "1 1|3"
like "which it names" "$err" "broken.md"
rm articles/broken.md
unit newsletter-articles.service
is "once more: nothing new, no failure" "$status $(counts)" "0 1|3"
mkdir -p "$tmp/backups/newsletter" "$tmp/credentials"
echo 'six words that nobody else has' >"$tmp/credentials/passphrase"
export CREDENTIALS_DIRECTORY=$tmp/credentials
unit newsletter-backup.service
like "the unit makes a backup and checks it" "$status $out" "^0 .*newsletter-...\.nlb is whole and can be restored"
unit newsletter-promotion@.service spring
is "the promotion's unit sends it" "$status $(db "SELECT key LIKE 'spring-2%' FROM campaign WHERE id = 2")" "0 1"
unit newsletter-promotion@.service spring
is "once" "$status $(counts)" "0 2|3"
printf -- '---\ntitle: Late\ndate: 2026-01-01\n---\nWords.\n' >articles/late.md
cron "article import" https://www.example.org/feed/ "$tmp/site/articles"
is "the crontab's line for every morning: imports and announces" "$status $(counts)" "0 3|4"
is "in silence" "$out" ""
cron --topic\ weekly
is "the weekly digest" "$status $(counts)" "0 4|8"
cron promotions/spring.md
is "the promotion, which has its key already" "$status $(counts)" "0 4|8"
if nl help send | grep -q -- --approve; then
	cron --approve
	is "the one that waits for approval" "$status $(db "SELECT state FROM campaign ORDER BY id DESC LIMIT 1")" "0 held"
else
	skip "the one that waits for approval" "it is not built in"
fi
# What comes back, through a pipe from Postfix or Exim: the real programs take the examples, and Exim delivers with its one.
peers=$B/peers
"$root/tools/peers" "$peers" >/dev/null 2>&1
# shellcheck source=/dev/null # made by tools/peers
. "$peers/env" || bail "the peers are missing"
. "$root/tests/daemon/peers.sh"
postfix=$root/packaging/postfix-inbound.cf exim=$root/packaging/exim-inbound.conf
part() { sed -n "/^# $2/,/^# ${3:-no such line}/p" "$1" | grep -v '^#'; }
mkdir "$tmp/postfix"
{ echo 'compatibility_level = 3.6' && part "$postfix" main.cf master.cf; } >"$tmp/postfix/main.cf"
part "$postfix" master.cf >"$tmp/postfix/master.cf"
of_postfix() { LD_LIBRARY_PATH=$POSTFIX_LIBRARIES:$PEER_LIBRARIES run "$POSTFIX_ROOT/usr/sbin/$1" -c "$tmp/postfix" "${@:2}"; }
of_postfix postconf -n
is "Postfix knows every parameter" "$status$err" 0
of_postfix postconf -M newsletter/unix
is "and the service" "$out" \
	"newsletter unix  -       n       n       -       2       pipe flags=R null_sender= user=newsletter argv=/usr/local/bin/newsletter -C /srv/newsletter inbound read --recipient \${original_recipient}"
of_postfix postconf -xh relay_recipient_maps
map=$out
printf '%s\n' 'mail_owner = mail' 'setgid_group = games' >>"$tmp/postfix/main.cf"
for name in bounce unsubscribe; do
	of_postfix postmap -q "$name@news.example.org" "$map"
	is "mail for $name goes there" "$out$err" newsletter:
done
of_postfix postmap -q "ann@news.example.org" "$map"
is "and no other" "$out" ""

if [ "$(id -u)" = 0 ] && can_be_private; then
	private_users
	mkdir "$tmp/exim" "$tmp/bin"
	cp "$BIN/newsletter" "$tmp/bin/newsletter" # nobody may not reach the folder of the build
	{
		printf '%s = %s\n' primary_hostname news.example.org spool_directory "$tmp/exim" log_file_path "$tmp/exim/%slog" received_headers_max 100
		printf 'tls_advertise_hosts =\nkeep_environment =\nbegin routers\n'
		part "$exim" Among.the.routers Among.the.transports
		printf 'begin transports\n'
		part "$exim" Among.the.transports | sed "s|/usr/local/bin|$tmp/bin|; s|/srv/newsletter|$tmp/site|; s|user = newsletter|user = nobody|"
		printf 'begin retry\n* * F,1d,5m\n'
	} >"$tmp/exim.conf"
	chown -R "$(sed -n 's/^Debian-exim:[^:]*:\([0-9]*:[0-9]*\):.*/\1/p' "$tmp/passwd")" "$tmp/exim"
	chown -R nobody "$tmp/site"
	of_exim() { (in_private env "LD_LIBRARY_PATH=$PEER_LIBRARIES" "$EXIM" -C "$tmp/exim.conf" "$@"); }
	run of_exim -bt bounce+abc@news.example.org
	like "Exim routes a bounce" "$out" "router = newsletter, transport = newsletter"
	run of_exim -bt bouncer@news.example.org
	like "and nobody else's mail" "$out" "undeliverable"
	printf 'From: MAILER-DAEMON@mx.example.org\nTo: bounce+abc@news.example.org\nSubject: Undelivered Mail Returned to Sender\n\n%s\n' \
		'<ann@example.org>: host mx.example.org said: 550 5.1.1 User unknown' >"$tmp/bounce"
	deliver() {
		of_exim -odq -f '<>' bounce+abc@news.example.org <"$tmp/bounce" && of_exim -M "$(cd "$tmp/exim/input" && printf '%s\n' *-H | sed 's/-H$//')"
	}
	deliver >"$tmp/said" 2>&1
	is "Exim pipes it in, and without a link of ours it is doubted" "$(db "SELECT kind, class, trusted FROM event")$(cat "$tmp/said")" "bounce|hard|0"
	like "and is done with it" "$(cat "$tmp/exim/mainlog")" "=> bounce.*T=newsletter.* Completed"
	mv "$tmp/site/newsletter.conf" "$tmp/site/away"
	deliver >"$tmp/said" 2>&1
	like "while something is wrong it keeps the mail" "$(tail -n 1 "$tmp/exim/mainlog")" "== bounce.*defer"
else
	skip "Exim delivers" "needs root and namespaces"
fi
done_testing
