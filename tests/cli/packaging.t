#!/bin/bash
# packaging.t - the units and crontab lines that come with it: systemd takes them, and what they run does what they say.
. "$(dirname "$0")/lib.sh"
PATH=$BIN:$PATH

mkdir "$tmp/units" && cp "$root"/packaging/newsletter-*.{service,timer} "$tmp/units"
if command -v systemd-analyze >/dev/null; then
	# newsletterd.service is the operator's own
	sed -i 's/ newsletterd.service//' "$tmp/units"/*
	run systemd-analyze verify --man=no "$tmp/units/newsletter-articles.timer" "$tmp/units/newsletter-articles.service" \
		"$tmp/units/newsletter-promotion@spring.timer" "$tmp/units/newsletter-promotion@spring.service"
	is "systemd takes the units" "$status$out$err" 0
else
	skip "systemd takes the units" "there is no systemd-analyze"
fi

# What a unit would run, for an instance: its environment and its command, as systemd reads them.
unit() {
	local line lines
	lines=$(sed -e ':a' -e '/\\$/{N;s/\\\n\t*/ /;ba' -e '}' "$root/packaging/$1" |
		sed -nE 's/^Environment=(.*)/\1/p; s/^ExecStart=(.*)/run env \1/p' | sed "s/%i/${2:-}/g; s/%%/%/g")
	while IFS= read -r line; do
		case $line in
		run*) eval "$line" ;;
		*) eval "export ${line/\/srv\/newsletter/$tmp/site}" ;;
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
done_testing
