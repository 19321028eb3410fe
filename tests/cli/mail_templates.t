#!/bin/bash
# A template of the site's own takes the place of ours, each by itself; one that is broken is named with file, line and column.
. "$(dirname "$0")/lib.sh"
site one
mail=$root/templates/mail
nl article import "$data/site/articles" >/dev/null

# own TEMPLATE WORDS: ours, with those words at its end, in the site's folder
own() {
	mkdir -p templates/mail
	{ cat "$mail/$1.mustache"; echo "$2"; } >"templates/mail/$1.mustache"
}
for part in digest end; do
	own "$part.html" '<!-- of our own -->'
	succeeds "$part: a template of the site's own" nl preview articles --html
	has "$part: is used" "$out" '<!-- of our own -->'
	has "$part: among ours" "$out" 'class="card"'
	own "$part.text" 'Of our own.'
	succeeds "$part: its text too" nl preview articles --text
	has "$part: is used" "$out" 'Of our own.'
	rm -r templates/mail
done
own promotion.html '<!-- of our own --><p>1 < 2</p>'
succeeds "a promotion's" nl preview "$data/site/promotions/spring.md" --html
has "is used" "$out" '<!-- of our own -->'
has "with a < that begins no tag" "$out" '<p>1 < 2</p>'
rm -r templates/mail
mkdir -p templates/words
echo 'mail.read-more = On to the article' >templates/words/en.txt
succeeds "words of the site's own" nl preview articles --html
has "are used" "$out" '>On to the article<'
rm -r templates/words

# Every one that a preview shows, broken in the third line at the fourth column.
for part in digest.html digest.text head.html top.html top.text brand.html greeting.html greeting.text item.text foot.html foot.text end.html end.text; do
	mkdir -p templates/mail
	printf 'one\ntwo\n   {{#broken}}\n' >"templates/mail/$part.mustache"
	refused "$part, broken" 1 "mail/$part\.mustache:3:4: " nl preview articles
	rm -r templates/mail
done
done_testing
