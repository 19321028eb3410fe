#!/bin/bash
# killed.t - `article import && send`, killed at any moment and run again as cron does: each article is announced once, by one mailing.
. "$(dirname "$0")/lib.sh"

rounds=60
whole() { sqlite3 store/newsletter.db <"$root/tests/invariants.sql"; }
# What cron runs; in a group of its own, so that all of it dies at once.
cat >"$tmp/job" <<-J
	#!/bin/bash
	"$BIN/newsletter" article import blog && "$BIN/newsletter" send --no-links
J
chmod +x "$tmp/job"
job() { setsid -w "$tmp/job" >/dev/null 2>&1; }
now_ms() { date +%s%3N; }

site one
nl subscriber add ann@example.org >/dev/null
mkdir blog
article() { printf -- '---\ntitle: Number %d\ndate: 2026-01-01\nurl: https://www.quietharbour.example/%d\n---\nWords.\n' "$1" "$1" >"blog/$1.md"; }

article 0
# timed_job: it is known of the quickest so far how long it takes
timed_job() {
	local start now
	start=$(now_ms)
	job
	now=$(now_ms)
	[ $((now - start)) -ge $took ] || took=$((now - start))
}
took=10000
timed_job
is "unharmed it announces an article" "$(db 'SELECT count(*) FROM announcement')" 1

nothing=0 imported=0 announced=0 wrong=
began=$SECONDS
for ((i = 1; i <= rounds && (SECONDS - began < 9 || i <= 20 || nothing == 0 || imported == 0); i++)); do
	at=$((took * (i * 23 % rounds) / rounds)) # each of its moments once, and however few there are: from all over it
	article "$i"
	setsid "$tmp/job" >/dev/null 2>&1 &
	pid=$!
	sleep "$(printf '%d.%03d' $((at / 1000)) $((at % 1000)))"
	kill -KILL -- "-$pid" "$pid" 2>/dev/null # the second for what has no group yet
	wait "$pid" 2>/dev/null
	case $(db "SELECT (SELECT count(*) FROM article WHERE title = 'Number $i') + (SELECT count(*) FROM announcement n JOIN article a ON a.id = n.article_id WHERE a.title = 'Number $i')") in
	0) nothing=$((nothing + 1)) ;;
	1) imported=$((imported + 1)) ;;
	2) announced=$((announced + 1)) ;;
	*) wrong+="after the kill in round $i; " ;;
	esac
	timed_job
	[ "$(db "SELECT count(*), count(DISTINCT campaign_id) FROM announcement n JOIN article a ON a.id = n.article_id WHERE a.title = 'Number $i'")" = "1|1" ] ||
		wrong+="Number $i is not announced once; "
done
i=$((i - 1))
is "killed at $i moments: each article is announced once after all" "$wrong" ""
is "by a mailing of its own, and there are no others" "$(db 'SELECT count(*), count(DISTINCT campaign_id) FROM announcement') $(db 'SELECT count(*) FROM campaign')" \
	"$((i + 1))|$((i + 1)) $((i + 1))"
is "each of which has its mail in each language" "$(db 'SELECT count(*) FROM campaign_message')" $((2 * (i + 1)))
is "the store holds together" "$(whole)$(db 'PRAGMA integrity_check')" ok
at_least "some were killed before the article was taken" "$nothing" 1
at_least "some between that and its mailing" "$imported" 1
echo "# and $announced after it"
done_testing
