#!/bin/bash
# newsletter embed: the form for somebody's own pages, whose wording the store keeps.
. "$(dirname "$0")/lib.sh"
site one --url https://news.example.org --privacy-url https://www.example.org/privacy
hidden() { grep -o "name=\"$1\" value=\"[^\"]*\"" <<<"$out" | cut -d'"' -f4; }
texts() { db "SELECT count(*) FROM form_text"; }

succeeds "embed" nl embed
has "it posts to the newsletter" "$out" '<form class="newsletter" action="https://news.example.org/subscribe" method="post"'
is "all topics are in it" "$(grep -c 'name="topic"' <<<"$out")" "$(db 'SELECT count(*) FROM topic')"
is "none is ticked" "$(grep -c 'name="topic".* checked' <<<"$out")" 0
has "its last line is the script" "$(tail -n 1 <<<"$out")" '<script src="https://news.example.org/embed.js" defer></script>'
has "it links the privacy notice" "$out" 'href="https://www.example.org/privacy"'
is "every field has a label" "$(grep '<input' <<<"$out" | grep -vc 'hidden\|label>')" 0
hasnt "it has no style of its own" "$out" "style="
hasnt "and no handler" "$out" " on"
is "the site's language" "$(hidden language)" en
wording=$(db "SELECT text FROM form_text")
like "the wording is kept" "$wording" "^By pressing the button you ask Quiet Harbour"
has "word for word" "$out" "<p>$wording <a"
like "the form names it" "$(hidden form_token)" '^e[A-Za-z0-9_-]{64}$'
is "by its hash" "$(hidden form_token | cut -c 2-44 | tr -- '-_' '+/' | sed 's/$/=/' | base64 -d 2>/dev/null | head -c 31 | od -An -v -tx1 | tr -d ' \n')" \
	"$(printf %s "$wording" | sha256sum | cut -c 1-62)"
is "it is in the audit" "$(db "SELECT command FROM audit WHERE command <> 'init'")" embed
first=$(hidden form_token)
succeeds "once more" nl embed
is "the same form" "$(hidden form_token)" "$first"
is "the wording is kept once" "$(texts)" 1

succeeds "without script" nl embed --plain
hasnt "there is none" "$out" "<script"
succeeds "one topic" nl embed --topic promotions
is "it alone is offered, and ticked" "$(grep 'name="topic"' <<<"$out" | grep -o 'value.* checked')" 'value="promotions" checked'
succeeds "two topics" nl embed --topic promotions --topic articles
is "both are there" "$(grep -c 'name="topic"' <<<"$out")" 2
refused "a topic that there is not" 1 'no topic "nonsense"' nl embed --topic nonsense
succeeds "Spanish" nl embed --language es
is "it says so" "$(hidden language)" es
has "its words are" "$out" "Suscribirme"
has "its topics too" "$out" "<strong>Artículos nuevos</strong> Un correo breve"
is "its wording is kept too" "$(texts)" 2
isnt() { [ "$2" != "$3" ]; ok "$1" $? "got: $2"; }
isnt "and named" "$(hidden form_token)" "$first"
refused "a language without words" 1 'do not speak "xx"' nl embed --language xx
sed -i 's/^languages =.*//; /^\[site\]/a languages = en' newsletter.conf
refused "one that the site does not offer" 1 'do not speak "es"' nl embed --language es
sed -i 's/^languages =.*/languages = en es/' newsletter.conf
succeeds "one that it does" nl embed --language es
sed -i '/^languages =/d' newsletter.conf
cp newsletter.conf kept.conf
conf_set newsletter.conf site language nl
succeeds "a site whose language has no words" nl embed
is "has its form in English" "$(hidden language)" en
mv kept.conf newsletter.conf

succeeds "--script" nl embed --script
like "is the script" "$out" "addEventListener"
at_most "of so many bytes" "$(wc -c <"$tmp/out")" 1024
ok "that Node.js can read" "$(node --check - <"$tmp/out" >/dev/null 2>&1; echo $?)"
succeeds "--json" nl embed --json
has "holds the form" "$(json 'j["html"]')" "<form"
is "and the script's address" "$(json 'j["script_url"]')" https://news.example.org/embed.js

# What comes from the configuration and the store is text there, whatever is in it.
nl topic create odd --title '<b>"Odd" & co' --description "</form><script>alert(1)</script>" >/dev/null
succeeds "a title with markup" nl embed --plain
hasnt "is no markup" "$out" "<b>"
hasnt "nor the description" "$out" "<script"
is "there is one form" "$(grep -c '</form>' <<<"$out")" 1

db "DELETE FROM subscription; DELETE FROM topic"
refused "without topics" 1 "newsletter topic create" nl embed
done_testing
