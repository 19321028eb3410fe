#!/bin/bash
# newsletter article import | list | show: Markdown files, good and bad.
. "$(dirname "$0")/lib.sh"
site one
cp -r "$data/site/articles" blog
mkdir -p blog/2026/deep blog/.git && printf -- '---\ntitle: Deep\n---\nText.\n' >blog/2026/deep/deep.MARKDOWN
echo 'no article' >blog/notes.txt
printf -- '---\ntitle: Hidden\n---\nText.\n' >blog/.git/hidden.md
ln -s .. blog/loop && ln -s nowhere blog/dangling.md

succeeds "a folder" nl article import blog
like "says what came" "$out" "new +A kinder voice.*4 new, 0 edited, 0 unchanged"
is "every field" "$(db "SELECT source, title, author, topic_id, published_at, length(content_hash) FROM article WHERE title LIKE 'A kinder%'")" \
	"https://www.quietharbour.example/blog/a-kinder-voice|A kinder voice|Jonas Lindqvist|1|$(date -d 2026-03-09T00:00Z +%s)|64"
is "without a url it is known by its file name" "$(db "SELECT source, topic_id IS NULL, published_at > 0 FROM article WHERE title = 'Deep'")" "2026/deep/deep.MARKDOWN|1|1"
before=$(db 'SELECT * FROM article')
succeeds "once more" nl article import blog/
like "makes no duplicates" "$out" "0 new, 0 edited, 4 unchanged"
is "and changes nothing" "$(db 'SELECT * FROM article')" "$before"
mv blog/a-kinder-voice.md blog/renamed.md
sed -i 's/kind/KIND/' blog/2026/deep/deep.MARKDOWN && echo 'More text.' >>blog/2026/deep/deep.MARKDOWN
NEWSLETTER_CLOCK=+86400 run nl article import blog
like "an edit is noticed, a moved file with its url is the same article" "$out" "edited +Deep.*0 new, 1 edited, 3 unchanged"
is "an edit keeps the date of the first import" "$(db "SELECT published_at BETWEEN imported_at - 3600 AND imported_at, updated_at > imported_at FROM article WHERE title = 'Deep'")" "1|1"
succeeds "one file" nl article import blog/2026/deep/deep.MARKDOWN
is "is known by its own name" "$(db "SELECT count(*) FROM article WHERE source = 'deep.MARKDOWN'")" 1

site two
mkdir blog
printf -- '---\ntitle: Good\ndate: 2026-01-02\n---\nText.\n' >blog/good.md
printf 'Text alone.\n' >blog/untitled.md
printf -- '---\ntitle: [unclosed\n---\nText.\n' >blog/yaml.md
printf -- '---\ntitle: Endless\nText.\n' >blog/endless.md
printf -- '---\ntitle: Latin\n---\nJ\xfcrgen\n' >blog/latin.md
printf -- '---\ntitle: Sport\ntopic: sport\n---\nText.\n' >blog/topic.md
printf -- '---\ntitle: Dated\ndate: soon\n---\nText.\n' >blog/date.md
printf -- '---\ntitle: "Two\\nlines"\n---\nText.\n' >blog/lines.md
printf -- '---\ntitle: Script\nurl: javascript:alert(1)\n---\nText.\n' >blog/script.md
run nl article import blog
is "bad files: exit status" "$status" 1
is "each is named once" "$(sed -n 's/^newsletter: blog\/\([a-z]*\)\.md: .*/\1/p' "$tmp/err" | tr '\n' ' ')" "date endless latin lines script topic untitled yaml "
is "and nothing else said" "$(wc -l <"$tmp/err")" 8
like "with a reason" "$err" 'topic.md: unknown topic "sport"; there are: articles, promotions'
is "the good one is taken" "$(db 'SELECT title FROM article')" Good
run nl article import blog --json
is "as JSON" "$(json 'j["unchanged"], j["bad"], sorted(f["file"] for f in j["bad_files"])[0]')" "(1, 8, 'date.md')"
refused "no such folder" 1 "cannot open nowhere: No such file" nl article import nowhere
mkdir empty
refused "a folder without Markdown" 1 "no .md or .markdown file in empty" nl article import empty
mkdir -p "deep/$(printf 'd/%.0s' {1..17})" many
refused "folders without end" 1 "folders in folders more than 16 deep" nl article import deep
(cd many && seq -f '%.0f.md' 20001 | xargs touch)
refused "files without end" 1 "more than 20000 files: import a folder further down" nl article import many
rm -r many
refused "an unknown topic" 1 "unknown topic" nl article import blog --topic sport

printf -- '---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nText.\n' >tomorrow.md
succeeds "--announced" nl article import "$data/site/articles" --announced
is "nobody is mailed about those" "$(db 'SELECT count(*), sum(campaign_id IS NULL) FROM announcement')" "3|3"
succeeds "list" nl article list
is "newest first" "$(echo "$out" | awk 'NR > 1 { print $2 }' | tr '\n' ' ')" "2026-03-09 2026-02-23 2026-02-09 2026-01-02 "
like "says what is new" "$out" "Good +not yet"
like "and what nobody was mailed about" "$out" "articles [-0-9]+, without a mail"
succeeds "list --new" nl article list --new
is "only the new one" "$(echo "$out" | wc -l)" 2
is "what is announced later says so" "$(nl article import tomorrow.md >/dev/null && nl article list --limit 1 | awk 'NR > 1' | tr -s ' ')" " 5 2999-01-01 Tomorrow not before its date"
refused "--topic without --new" 2 "topic goes with --new" nl article list --topic promotions
succeeds "what is new for another topic" nl article list --new --topic promotions
like "is new for all that go there" "$out" "Nothing|Good"
succeeds "show" nl article show 1
like "its text" "$out" "Good.*Announced +not yet.*Text\."
refused "show what is not there" 1 "no article 99" nl article show 99
printf -- '---\ntitle: Picture\nimage: https://example.org/a.png\n---\nText.\n' >picture.md
succeeds "a picture that nobody describes" nl article import picture.md --dry-run
like "is said to be so" "$out" "Picture +yes, undescribed"
mkdir drafts
printf -- '---\ntitle: Not yet\ndraft: true\n---\nwords\n' >drafts/a.md
printf -- '---\ntitle: Now\ndraft: false\n---\nwords\n' >drafts/b.md
succeeds "a folder with a draft" nl article import drafts
like "the draft is left out" "$out" "1 new.*1 left out: draft"
is "and is no article" "$(nl article list --json | grep -c 'Not yet')" 0

printf -- '---\ntitle: Long\nexcerpt: One two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen.\n---\n%s\n' \
	"Words that a terminal of sixty columns cannot show in one line, nor in two, if it breaks between them." >drafts/b.md
nl article import drafts >/dev/null
export TERM=xterm
at_terminal '' "stty cols 60; $BIN/newsletter article show $(db 'SELECT max(id) FROM article')"
like "on a terminal a long line goes on below itself" "$out" $'\n  Excerpt      One two three four five six seven eight nine\n               ten eleven'
is "and none is wider" "$(awk 'length($0) > 60' <<<"$out")" ""
done_testing
