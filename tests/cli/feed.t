#!/bin/bash
# newsletter article import: feeds, from files and over HTTP, good and bad.
. "$(dirname "$0")/lib.sh"
feeds=$data/feeds
unset http_proxy https_proxy all_proxy HTTPS_PROXY ALL_PROXY
export NEWSLETTER_CLOCK=@1773100000 # 2026-03-09T23:46:40Z

piped() { nl article import - <"$1"; } # FILE: what a check runs has no standard input of its own
announced() { db "SELECT group_concat(a.title || ':' || t.slug || ':' || (n.campaign_id IS NULL)) FROM announcement n JOIN article a ON a.id = article_id JOIN topic t ON t.id = n.topic_id"; }

site files
succeeds "--dry-run" nl article import "$feeds/wordpress.xml" --dry-run
like "shows what would come" "$out" "new +2026-03-09 +Sleep doesn.t come.*Ann Lindqvist +yes.*old +2026-02-01 +We are closed.*2 new"
is "and writes nothing" "$(db 'SELECT (SELECT count(*) FROM article) + (SELECT count(*) FROM feed) + (SELECT count(*) FROM announcement)')" 0
succeeds "--dry-run --json" nl article import "$feeds/wordpress.xml" --dry-run --json
is "has each field" "$(json '[j["articles"][0][k] for k in ("outcome", "url", "published", "author", "image", "image_alt")]')" \
	"['new', 'https://www.quietharbour.example/2026/03/sleep/', '2026-03-09T08:00:00Z', 'Ann Lindqvist', 'https://www.quietharbour.example/wp-content/uploads/bed-1024x683.jpg?a=1&b=2', 'An unmade bed & a window']"
is "title and excerpt" "$(json 'j["articles"][1]["title"][:20], j["articles"][1]["excerpt"][-8:], j["articles"][1].get("announced"), j["articles"][0].get("announced")')" \
	"('We are closed on Mon', 'Be safe.', True, None)"
succeeds "a file" nl article import "$feeds/wordpress.xml"
is "says it in one line" "$out" "2 new, 0 edited, 0 unchanged; 1 from before 2026-03-02 counts as announced."
like "what is old counts as announced" "$(announced)" "^We are closed[^:]*:articles:1$"
is "it is known by the address that it says it has" "$(db 'SELECT url, etag, first_at FROM feed')" "https://www.quietharbour.example/feed/||1773100000"
is "and its articles by their guid" "$(db "SELECT source, substr(content_hash, 1, 5), length(content_hash) FROM article WHERE id = 1")" \
	"https://www.quietharbour.example/?p=412|feed:|69"
before=$(db 'SELECT * FROM article')
succeeds "once more" piped "$feeds/wordpress.xml"
is "makes no duplicates" "$out" "0 new, 0 edited, 2 unchanged."
is "and changes nothing" "$(db 'SELECT * FROM article')" "$before"

# a later import: an edit, a new address with the same guid, and one that is new though its date is old
sed -e 's/A body on guard/a body/; s/on guard/at its post/; s|2026/03/sleep/</link>|2026/03/asleep/</link>|' \
	-e 's|<item>|<item><title>Late</title><link>/late</link><pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate></item><item>|' "$feeds/wordpress.xml" |
	awk '/<title>Late/ && seen++ { sub(/<item><title>Late.*<\/item>/, "") } { print }' >later.xml
NEWSLETTER_CLOCK=@1773200000 succeeds "a later import" nl article import later.xml
is "notices edits, and announces what is new" "$out" "1 new, 1 edited, 1 unchanged."
is "the edit keeps its row" "$(db "SELECT id, url, body LIKE '%at its post%' FROM article WHERE title LIKE 'Sleep%'")" \
	"1|https://www.quietharbour.example/2026/03/asleep/|1"
is "the new one is not marked" "$(db 'SELECT count(*) FROM announcement')" 1
like "and send would announce it" "$(nl article list --new)" "Late"

for kind in jekyll.atom:3 rss10.rdf:2 atom03.xml:1 podcast.xml:2 utf16le.xml:1 rss091.xml:1; do
	works "${kind%:*}" nl article import "$feeds/${kind%:*}"
	like "${kind%:*}: all of it" "$out" "^${kind#*:} new, 0 edited, 0 unchanged;"
done
cp "$feeds/jekyll.atom" blog
succeeds "a feed without a name that says so" nl article import blog
is "is a feed" "$out" "0 new, 0 edited, 3 unchanged."
printf '\xef\xbb\xbf' | cat - "$feeds/jekyll.atom" >blog
succeeds "and so is one that begins with a byte-order mark" nl article import blog
is "the same" "$out" "0 new, 0 edited, 3 unchanged."
succeeds "broken entities" nl article import "$feeds/broken.xml"
is "what is left out is said" "$out" \
	"3 new, 0 edited, 0 unchanged; 2 from before 2026-03-02 count as announced; 2 left out: no web address; 1 left out: neither title nor text."

# what makes an article the same one
item() { # TITLE URL GUID
	printf '<item><title>%s</title><link>%s</link><guid isPermaLink="false">%s</guid><pubDate>Sun, 08 Mar 2026 08:00:00 GMT</pubDate><description>Words of %s.</description></item>' "$1" "$2" "$3" "$1"
}
channel() { # LINK ITEM…
	printf '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>%s' "$1"
	printf '%s' "${@:2}" '</channel></rss>'
}
site same
channel '' "$(item One https://one.example/a 1)" >one.xml
channel '' "$(item Two https://two.example/b 1)" >two.xml
succeeds "a feed that names no site" nl article import one.xml
succeeds "another one, whose guids are the same" nl article import two.xml
is "has articles of its own" "$out" "1 new, 0 edited, 0 unchanged."
channel '' "$(item Three https://three.example/c 1)" >three.xml
succeeds "nor where it comes from" piped three.xml
is "is one by itself as well" "$out" "1 new, 0 edited, 0 unchanged."
channel '<link>http://moved.example/</link>' "$(item Moved http://moved.example/c http://moved.example/c)" "$(item Too http://moved.example/d 7)" >http.xml
sed 's|http://|https://|g' http.xml >https.xml
succeeds "a site" nl article import http.xml
nl article skip --all >/dev/null
succeeds "moves to https" nl article import https.xml
is "and has nothing new" "$out" "0 new, 2 edited, 0 unchanged."
is "nothing is announced again" "$(nl article list --new --json | grep -c '"id"')" 0
is "and the links are the new ones" "$(db "SELECT count(*) FROM article WHERE url LIKE 'https://moved.example/_'")" 2
channel '<link>https://pod.example/</link>' "$(item Ep2 https://pod.example/ b)" "$(item Ep1 https://pod.example/ a)" >pod.xml
succeeds "episodes that all lead to the home page" nl article import pod.xml
is "are several articles" "$out" "2 new, 0 edited, 0 unchanged."
succeeds "and the next time" nl article import pod.xml
is "they are the same" "$out" "0 new, 0 edited, 2 unchanged."
channel '<link>https://twice.example/</link>' "$(item Twice https://twice.example/1 b)" "$(item Twice https://twice.example/1 a)" >twice.xml
succeeds "one that is in it twice" nl article import twice.xml
like "is one article" "$out" "^1 new"
mkdir posts
printf -- '---\ntitle: Post\nurl: http://moved.example/post\n---\nWords.\n' >posts/post.md
nl article import posts >/dev/null
sed -i 's|http:|https:|' posts/post.md
succeeds "a file whose address moves to https" nl article import posts
like "is the same article" "$out" "0 new, 1 edited, 0 unchanged"

site bad
refused "a billion laughs" 1 "laughs.xml: line 3: it declares an entity" nl article import "$feeds/laughs.xml"
refused "a file as an entity" 1 "line 3: it declares an entity" nl article import "$feeds/xxe.xml"
refused "cut off" 1 "truncated.xml: line 39: it ends there, in the middle" nl article import "$feeds/truncated.xml"
refused "cut off, from standard input" 1 "standard input: line 39: it ends there" piped "$feeds/truncated.xml"
refused "no feed" 1 "line 1: it is no feed" piped <(echo Not found)
refused "nothing" 1 "line 1: it is empty" piped /dev/null
refused "a folder in its place" 1 "cannot read standard input: Is a directory" piped /
refused "no such file" 1 "cannot open nowhere.xml: No such file" nl article import nowhere.xml
refused "two at once" 2 "one feed at a time" nl article import "$feeds/wordpress.xml" "$feeds/jekyll.atom"
refused "a wrong --since" 2 "since soon: write a number of days, or a date" nl article import "$feeds/wordpress.xml" --since soon
refused "--since with files" 2 "are for feeds" nl article import "$data/site/articles" --since 3
refused "a password in the address" 1 "must hold no secret" nl article import https://ann:secret@127.0.0.1:1/
hasnt "is not printed" "$err" ann:
refused "no host" 1 "http://nowhere.invalid/: (there is no such host|no answer in time)" nl article import http://nowhere.invalid/
refused "a topic that is none" 1 "unknown topic" nl article import "$feeds/wordpress.xml" --topic none
is "a parameter entity is not fetched" "$(nl article import "$feeds/xxe_parameter.xml")" "1 new, 0 edited, 0 unchanged; 1 from before 2026-03-02 counts as announced."

site since
succeeds "--since DAYS" nl article import "$feeds/wordpress.xml" --since 60
is "nothing is older" "$(announced)" ""
site dates
succeeds "--since DATE, and --topic" nl article import "$feeds/wordpress.xml" --since 2026-03-10 --topic promotions
is "all of it is older, for that topic" "$(db "SELECT count(*), min(t.slug), min(a.topic_id = t.id) FROM announcement n JOIN article a ON a.id = article_id JOIN topic t ON t.id = n.topic_id")" "2|promotions|1"
site all
succeeds "--announced" nl article import "$feeds/wordpress.xml" --announced --since 60
is "takes all as announced" "$(db 'SELECT count(*) FROM announcement')" 2
site undated
succeeds "a feed without dates" nl article import "$feeds/utf16be.xml"
is "its articles are old at first" "$(db 'SELECT count(*) FROM announcement')" 1
is "and have the day of the import" "$(db 'SELECT published_at FROM article')" 1773100000

site both
mkdir blog
printf -- '---\ntitle: Sleep, as a file\nurl: https://www.quietharbour.example/2026/03/sleep/\n---\nText.\n' >blog/sleep.md
nl article import blog >/dev/null
succeeds "an article that a file has" nl article import "$feeds/wordpress.xml"
is "is the same by its url, and stays as the file says" "$(db "SELECT count(*), min(title) FROM article WHERE url LIKE '%sleep/'")" "1|Sleep, as a file"
succeeds "the file again" nl article import blog
like "nothing moves to and fro" "$out" "0 new, 0 edited, 1 unchanged"
printf -- '---\ntitle: Closed\nurl: https://www.quietharbour.example/2026/02/aside/\n---\nText.\n' >blog/closed.md
succeeds "a file takes over" nl article import blog
like "what a feed wrote" "$out" "edited +Closed"
succeeds "and the feed" nl article import "$feeds/wordpress.xml"
is "leaves it so" "$(db "SELECT title FROM article WHERE url LIKE '%aside/'")" Closed
succeeds "Markdown with --dry-run" nl article import blog --dry-run --json
is "shows what it is" "$(json '[(a["title"], a["outcome"]) for a in j["articles"]]')" "[('Closed', 'unchanged'), ('Sleep, as a file', 'unchanged')]"

# Killed at whatever moment of a first import, the next one finishes it: what is old is announced to nobody.
site killed
python3 - >large.xml <<'END'
print("<rss><channel><link>https://large.example/</link>")
for i in range(2001):
    print("<item><title>Item %d</title><link>/%d</link><pubDate>0%d Feb 2026 10:00 GMT</pubDate><description>%s</description></item>" % (i, i, i % 9 + 1, "Words. " * 100))
print("</channel></rss>")
END
clear_store() { db 'DELETE FROM announcement; DELETE FROM article; DELETE FROM feed'; }
# It is stopped again and again and looked at while it stands, so that a busy machine does not decide whether it is caught.
partly=0
for ((n = 0; n < 40 && partly < 3; n++)); do
	clear_store
	"$BIN/newsletter" article import large.xml >/dev/null 2>&1 &
	importer=$!
	count=0
	while kill -STOP $importer 2>/dev/null && ! grep -q '^State:.*zombie' /proc/$importer/status; do
		count=$(db 'SELECT count(*) FROM article')
		[ "$count" = 0 ] || break
		kill -CONT $importer
		sleep 0.00$((n % 9 + 1))
	done
	kill -KILL $importer 2>/dev/null
	wait $importer 2>/dev/null
	count=$(db 'SELECT count(*) FROM article')
	[ "$(db 'SELECT count(*) FROM announcement')" = "$count" ] || break
	[ "$count" -gt 0 ] && [ "$count" -lt 2000 ] && partly=$((partly + 1))
done
at_least "imports that were killed in the middle" "$partly" 1
is "a first import that did not end is none" "$(db 'SELECT count(*) FROM feed')" 0
succeeds "the import after that" nl article import large.xml
has "what is beyond the bound is said" "$out" "; 1 left out: more than 2000"
is "all are there, and all are old" "$(db 'SELECT (SELECT count(*) FROM article), (SELECT count(*) FROM announcement), (SELECT count(*) FROM feed)')" "2000|2000|1"

# Over HTTP.
site web
cp "$feeds/wordpress.xml" "$tmp/feed.xml"
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/key.pem" -out "$tmp/cert.pem" -days 2 -subj /CN=127.0.0.1 -addext "subjectAltName=IP:127.0.0.1" 2>/dev/null
python3 "$root/tests/cli/feed_server.py" "$tmp/feed.xml" "$tmp/log" "$tmp/cert.pem" "$tmp/key.pem" >"$tmp/ports" &
at_exit $!
ready() { [ -s "$tmp/ports" ]; }
wait_for 20 ready || bail "the feed server did not start"
read -r port secure <"$tmp/ports"
url=http://127.0.0.1:$port

works "an address" nl article import "$url/feed"
is "its articles" "$out" "2 new, 0 edited, 0 unchanged; 1 from before 2026-03-02 counts as announced."
like "without https it is said, the first time" "$err" "without https anybody on the way can change what comes"
is "who asks" "$(tail -n 1 "$tmp/log")" "/feed|-|-|newsletter/$(cat "$root/VERSION")|gzip, deflate"
like "what the server said is kept" "$(db 'SELECT url, etag, last_modified FROM feed')" "^$url/feed\|\"[0-9a-f]{16}\"\|Mon, 09 Mar 2026 08:00:12 GMT$"
NEWSLETTER_CLOCK=@1773200000 succeeds "again" nl article import "$url/feed"
is "it is unchanged, in one line" "$out" "$url/feed: unchanged since $(date -d @1773100000 '+%Y-%m-%d %H:%M')."
like "since it was asked so" "$(tail -n 1 "$tmp/log")" '^/feed\|"[0-9a-f]{16}"\|Mon, 09 Mar'
is "the first import stays the first" "$(db 'SELECT first_at, fetched_at FROM feed')" "1773100000|1773200000"
succeeds "--dry-run shows it all the same" nl article import "$url/feed" --dry-run
like "for it asks anew" "$out" "0 new, 0 edited, 2 unchanged"
sed -i 's/Be safe/Stay in/' "$tmp/feed.xml"
succeeds "an edit" nl article import "$url/feed"
is "comes through" "$out" "0 new, 1 edited, 1 unchanged."
works "compressed" nl article import "$url/gzip"
is "is the same feed" "$out" "0 new, 0 edited, 2 unchanged."
works "five redirects" nl article import "$url/moved/5"
is "lead there" "$out" "0 new, 0 edited, 2 unchanged."
sed -i 's/Jonas/J\xc3\xb6rn/' "$tmp/feed.xml"
works "a charset that the server says" nl article import "$url/latin"
is "outweighs the document's" "$(db "SELECT author FROM article WHERE id = 2")" "Ann Lindqvist, Jörn"
sqlite3 store/newsletter.db 'DELETE FROM feed'
nl article import "$url/feed" >/dev/null 2>&1
# what follows changes nothing; the feeds are known, so that there is but one line to say what is wrong
for path in moved/6 none page large bomb slow cut headers empty error file user; do
	sqlite3 store/newsletter.db "INSERT OR IGNORE INTO feed VALUES ('$url/$path', '', '', 1, 1)"
done
refused "six redirects" 1 "more than 5 redirects" nl article import "$url/moved/6"
refused "not found" 1 "$url/none: the server answers with status 404" nl article import "$url/none"
refused "an error with a feed in it" 1 "status 503" nl article import "$url/error"
refused "a page" 1 "it is an HTML page, no feed; it says that its feed is at $url/feed" nl article import "$url/page"
refused "too large" 1 "larger than 10 MB" nl article import "$url/large"
refused "a large one that is no feed" 1 "$url/wrong: line 1: it is no feed: it begins with <svg>" nl article import "$url/wrong"
refused "a bomb" 1 "larger than 10 MB" nl article import "$url/bomb"
began=$(date +%s)
refused "slow" 1 "no answer in time" nl article import "$url/slow" --timeout 2
at_most "ends in time" $(($(date +%s) - began)) 100
refused "cut off" 1 "$url/cut: " nl article import "$url/cut"
refused "a header without end" 1 "header is larger" nl article import "$url/headers"
refused "empty" 1 "the answer is empty" nl article import "$url/empty"
refused "a redirect to a file" 1 "redirects to what is no web address" nl article import "$url/file"
refused "a redirect to an address with a password" 1 "redirects to an address with a user in it" nl article import "$url/user"
hasnt "whose password is nobody's to see" "$err" secret
refused "nobody listens" 1 "no connection" nl article import https://127.0.0.1:1/
refused "a certificate that nobody vouches for" 1 "no secure connection" nl article import "https://127.0.0.1:$secure/feed"
export SSL_CERT_FILE=$tmp/cert.pem
succeeds "one that is good" nl article import "https://127.0.0.1:$secure/feed"
refused "from https to http" 1 "which is not secure: refused" nl article import "https://127.0.0.1:$secure/down"
run nl article import "https://127.0.0.1:$secure/feed" --json
is "unchanged, as JSON" "$(json 'sorted(j)')" "['articles', 'edited', 'feed', 'new', 'unchanged_since']"
at_terminal '' "$BIN/newsletter article import $url/plain"
like "on a terminal there is more to see" "$out" "unchanged"
done_testing
