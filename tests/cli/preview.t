#!/bin/bash
# newsletter preview: the mail as it would go out.
. "$(dirname "$0")/lib.sh"
site one --action-text "Schedule your session" --action-url https://www.quietharbour.example/appointments
before=$(dump)
run nl preview articles
is "nothing new: exit status" "$status" 0
like "is said" "$err" "nothing new to announce to articles"
nl article import "$data/site/articles" >/dev/null
succeeds "articles" nl preview articles
like "subject, what inboxes show, languages, size, lint, text" "$out" \
	"Subject.*Preheader +A kinder voice.*To +0 subscribers of articles.*Languages +en, es.*KB of HTML.*Lint .*A kinder voice.*Read more:"
succeeds "--html" nl preview articles --html
like "is HTML" "$out" "^<!DOCTYPE html>.*Schedule your session.*</html>"
unlike "with no mark of a slot left" "$out" $'[\001\002]'
succeeds "--text" nl preview articles --text
like "is text" "$out" "Unsubscribe:.*A kinder voice"
unlike "with no mark of a slot left" "$out" $'[\001\002]'
succeeds "--eml" nl preview articles --eml
python3 - "$tmp/out" <<'P' >"$tmp/parsed" 2>&1
import email, email.policy, sys
m = email.message_from_binary_file(open(sys.argv[1], "rb"), policy=email.policy.default)
parts = list(m.walk())
print([p.get_content_type() for p in parts], [d for p in parts for d in p.defects])
print(m["List-Unsubscribe-Post"], "Schedule your session" in parts[2].get_content(), m["Auto-Submitted"])
P
is "parses, with the headers of a campaign" "$(<"$tmp/parsed")" "['multipart/alternative', 'text/plain', 'text/html'] []
List-Unsubscribe=One-Click True None"
succeeds "a promotion" nl preview "$data/site/promotions/spring.md"
like "is what send would take" "$out" "Subject +A first conversation this spring.*of promotions"
succeeds "--subject and --topic" nl preview "$data/site/promotions/spring.md" --subject "Other words" --topic articles
like "as well" "$out" "Subject +Other words.*of articles"
run nl preview articles --json
is "as JSON" "$(json '"<html" in j["html"], "A kinder voice" in j["text"], j["preheader"][:12], j["errors"]')" "(True, True, 'A kinder voi', 0)"
printf -- '---\ntitle: Old\nvalid-until: 2020-01-01\n---\nText.\n' >old.md
refused "a promotion that is over" 3 "valid-until was" nl preview old.md
refused "no such file" 1 "nowhere.md" nl preview nowhere.md
echo '{{#broken}}' >templates/none
mkdir -p templates/mail && echo '{{#article}}' >templates/mail/digest.html.mustache
refused "a template of the site's own that is broken" 1 "mail/digest.html.mustache:1" nl preview articles
rm templates/mail/*
: >templates/mail/digest-subject.text.mustache
refused "and one that makes an empty subject" 1 "digest-subject.text.mustache makes an empty subject: give --subject" nl preview articles
printf '%0700d' 0 >templates/mail/digest-subject.text.mustache
is "one that makes a long one is cut" "$(nl preview articles --json | python3 -c 'import json, sys; print(len(json.load(sys.stdin)["subject"]))')" 600
echo 'News: {{preferences_url}}' >templates/mail/digest-subject.text.mustache
refused "one with an address of each reader's own" 1 "preferences_url}} may not stand in the subject" nl preview articles
echo 'Hello {{unsubscribe_url}}' | tee templates/mail/promotion.html.mustache >templates/mail/promotion.text.mustache
like "a mail that says next to nothing" "$(nl preview "$data/site/promotions/spring.md")" "Preheader +Hello[^…]*From"
rm -r templates/mail templates/none
is "nothing of it changed the store but the import" "$(dump | grep -vE 'article|audit|sqlite_sequence')" "$(echo "$before" | grep -vE 'article|audit|sqlite_sequence')"
# In another language, for one person
succeeds "--language" nl preview articles --text --language es
like "is another language" "$out" "Darse de baja"
refused "a language that there is not" 2 "--language must be one that mails are composed in: en, es" nl preview articles --language nl
refused "two forms at once" 2 "--html or --eml: say one of them" nl preview articles --eml --html
printf 'email,name,language\nann@example.org,Ann,es\nleft@example.org,Lea,\n' >people.csv
nl subscriber import people.csv --consent paper --topic articles >/dev/null
nl subscriber unsubscribe left@example.org >/dev/null
before=$(dump)
works "--for" nl preview articles --text --for Ann@Example.org
like "says that the links work" "$err" "the links in it are those of ann@example.org"
like "has the name and the language" "$out" "Hola, Ann:"
works "--for and --language" nl preview articles --text --for ann@example.org --language en
like "takes the language that is asked for" "$out" "Hello Ann,"
works "--for somebody who left" nl preview articles --text --for left@example.org
like "says that they would not get it" "$err" "left@example.org does not get articles"
refused "--for a stranger" 1 "there is no subscriber who@example.org" nl preview articles --for who@example.org
works "--for somebody who never asked for it" nl preview "$data/site/promotions/spring.md" --for ann@example.org --text
like "says that as well" "$err" "ann@example.org does not get promotions"
run nl preview articles --json
is "languages, size and what it is" "$(json 'j["languages"], j["language"], j["html_bytes"] == len(j["html"].encode())')" "(['en', 'es'], 'en', True)"
is "links are not asked" "$(json '"links_checked" in j')" False
sed -i "s/^check_links *= *no/check_links = yes/" newsletter.conf
run nl preview articles --json --links
is "unless they are to be" "$(json 'j["links_checked"] > 3')" True

# The page
mkdir run fake
export XDG_RUNTIME_DIR=$PWD/run
unset DISPLAY WAYLAND_DISPLAY BROWSER
page() { find run -name 'newsletter-preview-*.html'; }
succeeds "--page" nl preview articles --page 'my page.html'
like "tells where it is" "$out" "file:///.*/my%20page.html"
is "for its owner alone" "$(stat -c %a 'my page.html')" 600
printf -- '---\ntitle: "{{name}}, it is spring"\n---\nShort.\n' >short.md
works "a page for one person" nl preview short.md --topic articles --page one.html --for ann@example.org --links
has "says for whom" "$(<one.html)" "ann@example.org"
has "and has the name in its subject" "$(<one.html)" "Ann, it is spring"
printf -- '---\ntitle: Large\n---\n%s\n' "$(printf '%0130000d' 0)" >large.md
succeeds "a page of what is too large" nl preview large.md --page large.html
like "and the same as text" "$(nl preview large.md | head -n 20)" "Size +1[0-9]+ KB of HTML, more than the 100 KB that Gmail shows"
export TERM=xterm
at_terminal '' "$BIN/newsletter preview short.md --language es"
like "on a terminal, in one language" "$out" "Preheader +Short\..*Language +es.*Add --open to see it"
printf -- '---\ntitle: Half\n---\n%s{{name|dear friend of the house, whoever you may be}}, come.\n' "$(printf 'word %.0s' {1..37})" >half.md
unlike "half a slot is none" "$(nl preview half.md | grep Preheader)" "[{|]|dear"
hasnt "no script" "$(tr '[:upper:]' '[:lower:]' <'my page.html')" "<script"
succeeds "--open without a display" nl preview articles --open
like "tells where the page is, and what to do" "$out" "file://$PWD/run/newsletter-preview-.*no display.*scp"
is "for its owner alone" "$(stat -c %a "$(page)")" 600
touch run/newsletter-preview-AAAAAA.htm run/other.html run/newsletter-preview-toolong7.html
mkdir run/newsletter-preview-FOLDER.html
for _ in {1..7}; do nl preview articles --open >/dev/null; done
is "the last five are kept, and what is not ours is left alone" "$(page | wc -l) $(find run -maxdepth 1 | wc -l)" "7 10"
# shellcheck disable=SC2016 # the script's own
printf '#!/bin/sh\nprintf "%%s\\n" "$@" >"%s/fake/told.new"\nmv "%s/fake/told.new" "%s/fake/told"\necho $$ >"%s/fake/pid"\nexec sleep 300\n' "$PWD" "$PWD" "$PWD" "$PWD" >fake/browser
chmod +x fake/browser
begin=$SECONDS
DISPLAY=:99 BROWSER="$PWD/fake/browser --new-window %s '; touch broken':other" succeeds "with a display the browser is started" nl preview articles --open
wait_for 20 test -e fake/told
like "with the address in its place, without a shell" "$(<fake/told)" "^--new-window"$'\n'"file://$PWD/run/newsletter-preview-[A-Za-z0-9]{6}\.html"$'\n'"';"$'\n'touch$'\n'"broken'$"
at_most "nobody waits for it" $((SECONDS - begin)) 100
wait_for 20 test -s fake/pid && kill "$(<fake/pid)"
DISPLAY=:99 BROWSER=no-such-browser works "a browser that is not there" nl preview articles --open
like "is no failure: the page is there" "$err$out" "cannot start no-such-browser.*file://"
sed 's/told/xdg-told/g' fake/browser >fake/xdg-open && chmod +x fake/xdg-open && rm fake/pid
WAYLAND_DISPLAY=wayland-9 PATH=$PWD/fake:$PATH succeeds "without \$BROWSER it is xdg-open" nl preview articles --open
wait_for 20 test -e fake/xdg-told
like "with the address alone" "$(<fake/xdg-told)" "^file://$PWD/run/newsletter-preview-[A-Za-z0-9]{6}\.html$"
wait_for 20 test -s fake/pid && kill "$(<fake/pid)"
rm -r run/* && XDG_RUNTIME_DIR='' TMPDIR=$PWD/run nl preview articles --open >/dev/null
is "without a folder of the session's own it is that for what is temporary" "$(page | wc -l)" 1
succeeds "or that of the system" env -u XDG_RUNTIME_DIR -u TMPDIR "$BIN/newsletter" preview articles --open --json
like "wherever it is" "$(json 'j["page"]')" '^/tmp/newsletter-preview-'
rm "$(json 'j["page"]')"
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "no more pipes" "the sanitizer wants to be loaded first"
else
	DISPLAY=:99 LD_PRELOAD=$B/tests/kernel.so KERNEL_PIPES=no works "no more pipes" nl preview articles --open
fi
run nl preview articles --open --json
is "--json" "$(json 'j["url"] == "file://" + j["page"], "html" in j')" "(True, False)"
printf -- '---\ntitle: "</title></iframe><script>alert(1)</script> \\"q\\" &quot; {{name}}"\n---\n</iframe></pre><script>x</script>\n\n"quotes" &quot; {{#a}}\n' >hostile.md
succeeds "a hostile promotion" nl preview hostile.md --page hostile.html
python3 - hostile.html <<'P' >"$tmp/parsed" 2>&1
import html.parser, sys
class P(html.parser.HTMLParser):
	tags, frames = set(), []
	def handle_starttag(self, tag, attrs):
		self.tags.add(tag)
		if tag == 'iframe':
			self.frames.append(dict(attrs))
p = P()
p.feed(open(sys.argv[1]).read())
inside = P()
inside.tags, inside.frames = set(), []
inside.feed(p.frames[0]['srcdoc'])
print(sorted(p.tags & {'script', 'object', 'embed', 'form', 'link', 'base'}), len(p.frames), {f['sandbox'] for f in p.frames},
	p.frames[0]['srcdoc'].lstrip()[:15], 'script' in inside.tags)
P
is "breaks out of nothing" "$(<"$tmp/parsed")" "[] 4 {None} <!DOCTYPE html> False"
is "and nothing of it all changed the store" "$(dump)" "$before"
done_testing
