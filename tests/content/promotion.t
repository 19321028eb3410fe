#!/bin/bash
# promotion.t - what staff write in Markdown as the mail that comes of it: a person's own values, HTML as the configuration has it.
. "$(dirname "$0")/../cli/lib.sh"
site one --home https://www.quietharbour.example --url https://news.quietharbour.example
promotion=$data/site/promotions/autumn-course.md

succeeds "a long one as text" nl preview "$promotion" --text
unlike "no line but code, addresses and long words is over 72 columns" "$(sed -E '/^    |https:|^Donau/d' <<<"$out")" $'(^|\n)[^\n]{73}'
has "an address keeps its number" "$out" '[1] https://doi.example/10.1000/'
has "code keeps its lines" "$out" '    course  54  49  41  37  33  30  28  26     (24 people), see the paper for the confidence intervals'
like "the reader's own links are among the others" "$out" '\[4\] https://news\.quietharbour\.example/preferences/[A-Za-z0-9_-]+'
text=$out
succeeds "as HTML" nl preview "$promotion" --html
has "a button" "$out" '<a href="https://www.quietharbour.example/courses/sleep" class="button"'
like "the reader's own link" "$out" '<a href="https://news\.quietharbour\.example/preferences/[A-Za-z0-9_-]+" style="color'
printf '%s' "$text" >"$tmp/text"
lost=$(python3 - "$tmp/out" "$tmp/text" <<'P'
import html.parser, re, sys

class Words(html.parser.HTMLParser):
    """What is shown below the title, and each alt text."""
    def __init__(self):
        super().__init__()
        self.words, self.text, self.on = [], "", False
    def handle_starttag(self, tag, attrs):
        self.on = self.on or tag == "h1"
        if tag not in ("a", "em", "strong", "code"):
            self.text += " "
        if self.on:
            self.text += dict(attrs).get("alt") or ""
    def handle_data(self, data):
        if self.on:
            self.text += data

page = Words()
page.feed(open(sys.argv[1], encoding="utf-8").read())
text, at, count = re.sub(r"[_*`]|\s\[\d+\]", "", open(sys.argv[2], encoding="utf-8").read()), 0, 0
for word in page.text.split()[:page.text.split().index("Warm") + 7]:
    found = text.find(word, at)
    if found < 0:
        print("lost:", word)
    else:
        at, count = found + len(word), count + 1
print(count > 200)
P
)
is "whose words are all in the text part, in order" "$lost" "True"

like "the subject has a name for those without" "$(nl preview "$promotion")" "Subject +Good morning: eight evenings"
printf -- '---\nsubject: "{{name}}, hello"\n---\nDear {{name}}.\n' >plain.md
like "the language's word where none is given" "$(nl preview plain.md)" "Subject +there, hello"
like "in the text as well" "$(nl preview plain.md --text)" "Dear there\."
run nl send promotion plain.md --dry-run
like "send shows it so" "$out" "Subject +there, hello"

printf 'Subject\n=======\n\na <u>b</u> <script>x</script>\n\n<table><tr><td onclick="x">c\n\n</td></tr></table></table>\n' >html.md
has "HTML is text" "$(nl preview html.md --html)" 'a &lt;u&gt;b&lt;/u&gt; &lt;script&gt;'
has "in the text part too" "$(nl preview html.md --text)" 'a <u>b</u> <script>x</script>'
printf '[campaign]\nraw_html = yes\n' >>newsletter.conf
html=$(nl preview html.md --html)
has "unless it is wanted" "$html" 'a <u>b</u> '
has "then cleaned" "$html" '<table><tr><td>c'
hasnt "of scripts" "$html" '<script'
has "and its words are in the text part" "$(nl preview html.md --text)" $'\na b '
is "the mail is whole around it" "$(python3 - <<P
import re
stack, page = [], """$html"""
for close, name in re.findall(r"<(/?)(table|td|tr|div|p|h1)\b", re.sub(r"<!--.*?-->", "", page, flags=re.S)):
    if not close: stack.append(name)
    elif stack.pop() != name: print("crossed", name)
print(stack)
P
)" "[]"
done_testing
