#!/bin/bash
# newsletter send: what goes out, once, to whom, and what is refused. More of it in send_digest.t and send_promotion.t.
. "$(dirname "$0")/lib.sh"
campaigns() { db 'SELECT count(*) FROM campaign'; }

site one
succeeds "nothing to announce" nl send
like "is no failure" "$out" "Nothing new to announce to articles"
is "and no campaign" "$(campaigns)" 0
nl article import "$data/site/articles" >/dev/null
succeeds "nobody to send to" nl send
like "is no failure either" "$out" "Nobody subscribes to articles yet"
is "and the articles stay new" "$(db 'SELECT count(*) FROM announcement')$(campaigns)" 00
nl subscriber add ann@example.org --name Ann --topic articles --topic promotions >/dev/null
before=$(dump)
succeeds "--dry-run" nl send --dry-run
like "shows what would go out" "$out" "Subject .*Articles +A kinder voice.*To +1 subscriber of articles"
is "and changes nothing" "$(dump)" "$before"

works "send" nl send articles --subject "Für Sie: drei Texte"
like "with no daemon it says so" "$err" "^newsletter: newsletterd is not running: nothing goes out until it is started$"
is "the campaign" "$(db 'SELECT kind, topic_id, subject, state, planned, created_by FROM campaign')" "articles|1|Für Sie: drei Texte|scheduled|1|$(id -un)"
is "its compiled message in each language" "$(db 'SELECT campaign_id, language, length(compiled) > 1000 FROM campaign_message')" $'1|en|1\n1|es|1'
is "its articles" "$(db 'SELECT count(*) FROM announcement WHERE campaign_id = 1 AND topic_id = 1')" 3
like "its line in the audit" "$(db 'SELECT command, detail FROM audit ORDER BY id DESC LIMIT 1')" "send articles\|campaign 1, topic articles, 1 recipients"
succeeds "once more" nl send
like "there is nothing new" "$out" "Nothing new"
printf -- '---\ntitle: One more\nurl: https://www.quietharbour.example/blog/one-more\ndate: 2026-01-01\n---\nText.\n' >more.md
printf -- '---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nText.\n' >tomorrow.md
nl article import more.md tomorrow.md >/dev/null
run nl send --json
is "one article, not the one whose day has not come" "$(json 'j["articles"], j["subject"], j["campaign"], j["running"]')" "(['One more'], 'One more', 2, False)"
nl campaign cancel 2 >/dev/null
works "what a campaign that never started had is new again" nl send
is "and goes with the next" "$(db 'SELECT group_concat(campaign_id) FROM (SELECT DISTINCT campaign_id FROM announcement ORDER BY 1)')" "1,3"

site quiet
sed -i 's/^cancel_window.*/cancel_window = 60s/' newsletter.conf
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
run nl send --no-links
like "it says until when it can be stopped, and how" "$out" "Starts +in 1 min.*Campaign 1 starts in (1 min|[0-9]+ s)\..*To stop it: newsletter campaign cancel 1"
succeeds "cancelled within the window" nl campaign cancel 1
is "it was never started, and its articles are new" "$(db 'SELECT state, started_at IS NULL FROM campaign')$(db 'SELECT count(*) FROM announcement')" "cancelled|10"

site keys
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
NEWSLETTER_CLOCK=@1773100000 run nl send --max 1 --key 'articles-%G-%V'
is "--key is a time's" "$(db 'SELECT key FROM campaign')" "articles-2026-11"
NEWSLETTER_CLOCK=@1773100000 run nl send --key 'articles-%G-%V'
is "used again: exit status" "$status" 0
like "says which" "$out" "Campaign 1 has the key articles-2026-11 already: nothing was sent"
is "nothing is sent" "$(campaigns)" 1
NEWSLETTER_CLOCK=@1773100000 run nl send --key 'articles-%G-%V' --json
is "as JSON" "$(json 'j["campaign"], j["reason"]')" "(1, 'key used')"
NEWSLETTER_CLOCK=+604800 run nl send --key 'articles-%G-%V'
is "the next week" "$(campaigns)" 2
refused "a key that is empty" 2 "key must be" nl send --key ''
refused "a key with a line end" 2 "key must be" nl send --key $'a\nb'

site times
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
sed -i 's/^cancel_window.*/cancel_window = 90s/' newsletter.conf
NEWSLETTER_CLOCK=@1773100000 run nl send --max 1
is "the cancel window" "$(db 'SELECT start_at - created_at FROM campaign')" 90
NEWSLETTER_CLOCK=@1773100000 run nl send --max 1 --at "2026-03-20 10:30"
is "--at, in the site's zone" "$(db 'SELECT start_at FROM campaign WHERE id = 2')" "$(date -d '2026-03-20T10:30Z' +%s)"
NEWSLETTER_CLOCK=@1773100000 run nl send --max 1 --at +5s
is "--at within the window is after it" "$(db 'SELECT start_at - created_at FROM campaign WHERE id = 3')" 90
refused "an --at that is no time" 2 '"31 May" is no time' nl send --at "31 May"

site race
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
for i in 1 2 3 4 5 6; do nl send >"out.$i" 2>&1 & done
wait
is "six sends at once make one campaign" "$(campaigns)" 1
is "with every article" "$(db 'SELECT count(*), count(DISTINCT campaign_id) FROM announcement')" "3|1"
is "and the others say why not" "$(cat out.* | grep -cE 'Nothing new|nothing was sent')" 5
for i in 1 2 3 4 5 6; do nl send promotion "$data/site/promotions/spring.md" --topic articles --key spring >"out.$i" 2>&1 & done
wait
is "six promotions at once with one key make one" "$(campaigns)" 2
cp -r "$data/site/articles" blog
for i in 1 2 3 4 5 6; do sed -i "s/^title: .*/& $i/; s/^url: .*/&-$i/" blog/*.md && cp -r blog "blog$i"; done
for i in 1 2 3 4 5 6; do (nl article import "blog$i" && nl send --no-links) >"out.$i" 2>"err.$i" & done
wait
is "six imports and sends at once: every one is taken, and announced once" \
	"$(db 'SELECT count(*), count(DISTINCT article_id) FROM announcement') $(db 'SELECT count(*) FROM article')" "21|21 21"
is "none failed" "$(grep -vh 'not running' err.*)" ""
is "each mail has what its campaign announced" "$(db "SELECT count(*) FROM campaign c WHERE kind = 'articles' AND NOT EXISTS (SELECT 1 FROM announcement WHERE campaign_id = c.id)")" 0

site terminal
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
at_terminal '' "$BIN/newsletter send --json"
like "with --json there is no place to ask" "$out" "with --json on a terminal, say --yes"
at_terminal 'n\n' "$BIN/newsletter send"
is "asked at a terminal, no: exit status" "$status" 3
like "the question" "$out" "Send this to 1 person\? \[y/N\]"
is "nothing is sent" "$(campaigns)" 0
at_terminal '\n' "$BIN/newsletter send"
is "an empty answer is no" "$(campaigns)" 0
at_terminal 'y\n' "$BIN/newsletter send --max 1"
is "yes" "$status$(campaigns)" 01
at_terminal '' "$BIN/newsletter send --yes"
is "--yes does not ask" "$status$(campaigns)" 02
done_testing
