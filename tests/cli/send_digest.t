#!/bin/bash
# newsletter send: which articles one mail announces, what stands before them, how it is called, and the copy that is tried first.
. "$(dirname "$0")/lib.sh"
export NEWSLETTER_CLOCK=@1773100000 # 2026-03-09 23:46:40

campaigns() { db 'SELECT count(*) FROM campaign'; }
article() { # NAME DATE [front matter line…]
	mkdir -p blog
	printf -- '---\ntitle: The %s\ndate: %s\nurl: https://www.quietharbour.example/%s\n' "$1" "$2" "$1" >"blog/$1.md"
	printf '%s\n' "${@:3}" --- "Words about the $1." >>"blog/$1.md"
	nl article import blog >/dev/null
}
# The parts of a campaign's mail, or of the test copy, decoded: part CAMPAIGN text|html, part copy text|html
part() {
	if [ "$1" = copy ]; then
		db 'SELECT message FROM outbox ORDER BY id DESC LIMIT 1'
	else
		nl campaign show "$1" --eml
	fi >"$tmp/eml"
	python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
print(m["Subject"] if sys.argv[2] == "subject" else m.get_body((sys.argv[2],)).get_content())' "$tmp/eml" "${2/text/plain}"
}

site digest
nl subscriber add ann@example.org >/dev/null
article old 2026-01-05
article middle 2026-02-20 'image: https://www.quietharbour.example/m.jpg' 'image-alt: A harbour at dusk'
article new 2026-03-05
article later 2026-04-01
run nl send --no-links --since 30 --dry-run
is "--since, in days: exit status" "$status" 0
like "takes what is newer, the newest first" "$out" "Articles +The new.*The middle"
like "and tells of what it leaves out" "$out" "1 older one was left out"
run nl send --no-links --since 2026-03-01 --dry-run --json
is "--since, a date" "$(json 'j["articles"], j["older"], j["waiting"]')" "(['The new'], 2, 0)"
run nl send --no-links --since 36h --json
is "nothing since: nothing is sent" "$(json 'j["campaign"], j["reason"]')" "(None, 'nothing new')"
refused "--since that is no time" 2 '--since must be a number of days.*not "soon"' nl send --since soon
refused "--since in the future" 2 "--since must be" nl send --since +2h
printf -- '---\ntitle: not shown\n---\n**This month** we [wrote](/blog) of *harbours*, {{name|dear reader}}.\n' >intro.md
run nl preview articles --text --since 30 --intro intro.md
like "preview shows what would go" "$out" "This month.*The new.*The middle"
unlike "and no more" "$out" "The old"
run nl lint articles --no-links --since 30 --intro nowhere.md
like "lint looks at the same" "$err" "nowhere.md"
works "a digest with words before it" nl send --no-links --since 30 --intro intro.md
is "announces what it took" "$(db 'SELECT group_concat(article_id) FROM announcement')" "2,3"
text=$(part 1 text) html=$(part 1 html)
like "text part: the words, then the articles" "$text" "This month.* we wrote \[1\] of _harbours_.*https://www.quietharbour.example/blog.*The new.*Words about the new.*The middle"
hasnt "without the front matter" "$text" "not shown"
has "a person's own value is a slot" "$text" "dear reader"
hasnt "not the words of every digest" "$text" "something new to read"
has "HTML part: the words" "$html" "<strong>This month</strong>"
like "the picture with what it shows" "$html" '<img src="https://www.quietharbour.example/m.jpg" alt="A harbour at dusk"'
like "the titles in the line that inboxes show" "$html" 'display:none[^>]*>The new · The middle'
works "the rest" nl send --no-links --since 400 --subject 'Ann and {{name|all}}'
text=$(part 2 text)
is "one article has the layout of its own" "$(part 2 html | grep -c '<h2')" 0
like "its first words in the line that inboxes show" "$(part 2 html)" 'display:none[^>]*>Words about the old\.'
is "a subject with a person's value" "$(part 2 subject)|$(db 'SELECT subject FROM campaign WHERE id = 2')" "Ann and all|Ann and all"
sed -i 's/Words about/Other words about/' blog/*.md
nl article import blog >/dev/null
run nl send --no-links
like "an edited article is not announced again, a later one not yet" "$out" "Nothing new"
NEWSLETTER_CLOCK=@1775100000 run nl send --no-links --dry-run
like "on its day it is" "$out" "Article +The later"
printf ' \n' >empty.md
printf -- '---\na: [\n---\nx\n' >yaml.md
article another 2026-03-06
refused "an introduction without words" 1 "empty.md holds no words" nl send --intro empty.md
refused "with broken front matter" 1 "yaml.md: line" nl send --intro yaml.md
refused "that is not there" 1 "nowhere.md" nl send --intro nowhere.md
printf 'J\xfcrgen\n' >latin.md
refused "that is no UTF-8" 1 "latin.md: " nl send --intro latin.md
mkdir -p templates/mail
echo '{{article.title}} and {{more}} more of {{count}}' >templates/mail/digest-subject.text.mustache
article evening 2026-03-07
run nl send --no-links --dry-run --json
is "a subject of the site's own template" "$(json 'j["subject"]')" "The evening and 1 more of 2"

site weekly
nl topic create weekly --title 'Once a week' >/dev/null
nl subscriber add ann@example.org --topic articles --topic weekly >/dev/null
article one 2026-03-01 'topic: articles'
article two 2026-03-02
article three 2026-03-03 'topic: promotions'
nl send --no-links --max 1 >/dev/null 2>&1
run nl send --no-links --topic weekly --dry-run --json
is "a topic has its own articles and those of no topic" "$(json 'j["articles"]')" "['The two']"
works "a digest of another topic's articles" nl send --no-links --topic weekly --of articles --key 'weekly-%G-%V'
is "has those of it and of no topic, announced to their own or not" \
	"$(db 'SELECT kind, topic_id, key FROM campaign WHERE id = 2')|$(db 'SELECT group_concat(title) FROM announcement n JOIN article a ON a.id = article_id WHERE campaign_id = 2')" \
	"articles|3|weekly-2026-11|The one,The two"
run nl send --no-links --dry-run --json
is "which takes nothing from the topic of their own" "$(json 'j["articles"]')" "['The one']"
article four 2026-03-04
run nl send --no-links --topic weekly --of articles --key 'weekly-%G-%V'
like "in the same week nothing more goes" "$out" "has the key weekly-2026-11 already"
NEWSLETTER_CLOCK=@1773704800 run nl send --no-links --topic weekly --of articles --key 'weekly-%G-%V'
is "the next week has what came since" "$(db 'SELECT group_concat(article_id) FROM announcement WHERE campaign_id = 3')" 4
article past 2026-03-05
nl article skip 5 >/dev/null
nl topic create monthly --title 'Once a month' >/dev/null
db "UPDATE topic SET created_at = created_at + 1 WHERE slug = 'monthly'"
nl subscriber add ann@example.org --topic monthly >/dev/null
run nl send --no-links --topic monthly --of articles --dry-run --json
is "a digest has no archive: neither what was skipped, nor what was announced before its topic was made" "$(json 'j["articles"]')" "['The four', 'The one']"
refused "--of a topic that is none" 1 'unknown topic "sport"' nl send --topic weekly --of sport
for option in '--of articles' '--max 3' '--since 7' '--intro intro.md'; do
	# shellcheck disable=SC2086 # an option and its value
	refused "a promotion takes no ${option% *}" 2 "is for articles" nl send promotion "$data/site/promotions/spring.md" $option
done

site copy
for i in 1 2 3; do nl subscriber add "ann$i@example.org" >/dev/null; done
article one 2026-03-01
before=$(db 'SELECT count(*) FROM subscription')
works "a test copy" nl send --no-links --to me@example.org
is "is marked in its subject" "$(part copy subject)" "[Test] The one"
like "and says above everything what it is, and whom the real one goes to" "$(part copy text)" "^This is a test copy\. .*.New articles. \(3 at present\).*Quiet Harbour"
hasnt "the mark is in the subject alone" "$(part copy text)$(part copy html)" "[Test]"
like "in HTML as well" "$(part copy html)" "<td [^>]*>This is a test copy\. .*Unsubscribe</a>"
works "in another language" nl send --no-links --to me@example.org --language es
is "is marked in it" "$(part copy subject)" "[Prueba] The one"
like "and speaks it" "$(part copy text)" "^Esta es una copia de prueba\. .*\(por ahora, 3\)"
has "its page in the browser is the archive" "$(part copy text)" "/archive"
nl send --no-links --to me@example.org --hidden >/dev/null
unlike "and none where there is none" "$(part copy text)$(part copy html)" "/view/|Read in the browser"
run nl send --no-links
unlike "the real one is not marked" "$(part 1 subject)$(part 1 text)" "[Tt]est copy|\[Test\]"
refused "a language without words" 2 'no mails in "tlh", only in: en, es' nl send --to me@example.org --language tlh
refused "--language without --to" 2 "goes with --to" nl send --language es

# a digest of its own takes no archive that was old when it was imported
unset NEWSLETTER_CLOCK
site archive
nl topic create weekly --title Weekly >/dev/null
nl subscriber add ann@example.org --topic weekly >/dev/null
item() { printf '<item><title>%s</title><link>https://blog.example/%s</link><pubDate>%s</pubDate><description>Text.</description></item>' "$1" "$1" "$(date -R -d "$2")"; }
printf '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title><link>https://blog.example/</link>%s</channel></rss>' \
	"$(item Fresh '-1 day')$(item Old '-100 day')$(item Older '-300 day')" >feed.xml
nl article import feed.xml >/dev/null
run nl send --topic weekly --of articles --no-links --json
is "a first digest has what is new" "$(db "SELECT group_concat(title) FROM announcement JOIN article a ON a.id = article_id WHERE campaign_id = 1")" Fresh
nl article again 2 >/dev/null
run nl send --topic weekly --of articles --no-links
is "and what staff call new" "$(db "SELECT group_concat(title) FROM announcement JOIN article a ON a.id = article_id WHERE campaign_id = 2")" "$(db 'SELECT title FROM article WHERE id = 2')"

site many
nl subscriber add ann@example.org >/dev/null
for i in {1..20}; do article "number $i" 2026-03-05; done
run nl send --no-links --max 20 --dry-run --json
is "twenty articles are a digest, too" "$(json 'len(j["articles"])')" 20
done_testing
