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
like "subject, size, text" "$out" "Subject.*To +0 subscribers of articles.*A kinder voice.*Read more:"
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
is "as JSON" "$(json '"<html" in j["html"], "A kinder voice" in j["text"]')" "(True, True)"
printf -- '---\ntitle: Old\nvalid-until: 2020-01-01\n---\nText.\n' >old.md
refused "a promotion that is over" 3 "valid-until was" nl preview old.md
refused "no such file" 1 "nowhere.md" nl preview nowhere.md
echo '{{#broken}}' >templates/none
mkdir -p templates/mail && echo '{{#article}}' >templates/mail/digest.html.mustache
refused "a template of the site's own that is broken" 1 "mail/digest.html.mustache:1" nl preview articles
rm -r templates/mail templates/none
is "nothing of it changed the store but the import" "$(dump | grep -vE 'article|audit|sqlite_sequence')" "$(echo "$before" | grep -vE 'article|audit|sqlite_sequence')"
done_testing
