#!/bin/bash
# newsletter send: what goes out, once, to whom, and what is refused.
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

site promotion
nl subscriber add ann@example.org --topic promotions >/dev/null
cp "$data/site/promotions/spring.md" spring.md
works "a promotion" nl send promotion spring.md
is "its campaign" "$(db 'SELECT kind, topic_id, subject, valid_until FROM campaign')" "promotion|2|A first conversation this spring|$(date -d 2099-05-31T23:59:59Z +%s)"
NEWSLETTER_CLOCK=+3153600000 refused "valid-until has passed" 3 "valid-until was 2099" nl send promotion spring.md
refused "it would pass before the start" 3 "before it would start" nl send promotion spring.md --at 2099-07-01
printf 'Text alone.\n' >untitled.md
printf -- '---\ntitle: {\n---\nText.\n' >yaml.md
printf -- '---\ntitle: Sport\ntopic: sport\n---\nText.\n' >sport.md
refused "no title" 1 "untitled.md: .*title" nl send promotion untitled.md
refused "front matter that is no YAML" 1 "yaml.md: " nl send promotion yaml.md
refused "an unknown topic in the file" 1 'sport.md: unknown topic "sport"' nl send promotion sport.md
refused "an unknown topic in the call" 1 'unknown topic "sport"' nl send promotion spring.md --topic sport
refused "no such file" 1 "nowhere.md" nl send promotion nowhere.md
refused "no file" 2 "name the promotion's file" nl send promotion
refused "something else" 2 '"newsletter" is nothing to send' nl send newsletter
refused "a subject with a line end" 2 "subject must be one line" nl send --subject $'a\nBcc: x@example.org'
refused "a subject with a slot's mark" 2 "subject must be one line" nl send --subject $'\001name\002'

succeeds "--to" nl send promotion "$data/site/promotions/spring.md" --to Test@example.org
is "one row of the outbox, no campaign" "$(db "SELECT kind, address, state, subscriber_id IS NULL FROM outbox")$(campaigns)" "test|Test@example.org|queued|11"
like "marked in its subject" "$(db 'SELECT message FROM outbox')" "Subject: \[Test\] A first conversation this spring"
nl article import "$data/site/articles" >/dev/null
succeeds "--to with articles" nl send --to test@example.org
is "announces nothing" "$(db 'SELECT count(*) FROM announcement')" 0
refused "--to an address that is none" 1 "is no address" nl send --to nobody
refused "--to with --at" 2 "test copy at once" nl send --to a@example.org --at +1h
db "INSERT INTO suppression SELECT address_hmac, 'complaint', 1, 'test' FROM subscriber"
refused "--to a suppressed address" 3 "must not be mailed" nl send --to ann@example.org

site terminal
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
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
