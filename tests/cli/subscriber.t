#!/bin/bash
# newsletter subscriber add | list | show | unsubscribe.
. "$(dirname "$0")/lib.sh"
site one

succeeds "add" nl subscriber add Ann@Example.ORG --name "Ann O'Neil" --topic articles --topic promotions --consent "at the reception, 3 May"
is "the address: local part as typed, domain in lower case" "$(db 'SELECT address, address_key, name FROM subscriber')" "Ann@example.org|ann@example.org|Ann O'Neil"
is "both topics" "$(db 'SELECT topic_id, state FROM subscription ORDER BY 1' | tr '\n' ' ')" "1|1 2|1 "
like "with evidence" "$(db 'SELECT action, source FROM consent LIMIT 1')" "added\|staff: [a-z0-9_-]+: at the reception, 3 May"
unlike "no address in the audit" "$(db 'SELECT * FROM audit')" "@"
succeeds "once more" nl subscriber add ann@example.org
like "changes nothing" "$out" "was subscribed to articles already"
is "one row" "$(db 'SELECT count(*) FROM subscriber')" 1
succeeds "without a topic" nl subscriber add bob@example.org
is "it is articles" "$(db "SELECT topic_id FROM subscription JOIN subscriber ON id = subscriber_id WHERE address = 'bob@example.org'")" 1
succeeds "a domain in another script" nl subscriber add eva@bücher.example
is "becomes A-labels" "$(db "SELECT address FROM subscriber WHERE address LIKE 'eva@%'")" "eva@xn--bcher-kva.example"

refused "an invalid address" 1 '"ann.example.org" is no address' nl subscriber add ann.example.org
refused "a header injection" 1 'is no address' nl subscriber add $'a@example.org\r\nBcc: c@example.org'
refused "two addresses" 1 'is no address' nl subscriber add "a@example.org,b@example.org"
refused "an address that is no UTF-8" 1 'is no address' nl subscriber add $'\xff@example.org'
refused "a name with a line end" 1 'name must be one line' nl subscriber add c@example.org --name $'C\nBcc: d@example.org'
refused "a name that is no UTF-8" 1 'UTF-8' nl subscriber add c@example.org --name $'\xc3('
refused "a name with a link" 1 'must not hold a link' nl subscriber add c@example.org --name "see https://spam.example"
refused "an unknown topic" 1 'unknown topic "sport"; there are: articles, promotions' nl subscriber add c@example.org --topic sport
refused "a language that is none" 1 'no language' nl subscriber add c@example.org --language "de;"
refused "a consent with a line end" 2 'consent must be one line' nl subscriber add c@example.org --consent $'a\nb'
refused "a consent that is too long" 2 'too long' nl subscriber add c@example.org --consent "$(printf '%300s' x)"

run nl subscriber add bad --json
is "the error as JSON" "$(json 'j["code"]')" input

succeeds "unsubscribe from one topic" nl subscriber unsubscribe ann@example.org --topic promotions
is "that one ended" "$(db 'SELECT topic_id, state FROM subscription WHERE subscriber_id = 1' | tr '\n' ' ')" "1|1 2|2 "
refused "who left is not brought back" 3 "has left this topic before" nl subscriber add ann@example.org --topic promotions
refused "nor in part" 3 "has left" nl subscriber add ann@example.org --topic articles --topic promotions
succeeds "unsubscribe from all" nl subscriber unsubscribe ANN@example.org
is "all ended" "$(db 'SELECT count(*) FROM subscription WHERE subscriber_id = 1 AND state = 2')" 2
is "as an event" "$(db "SELECT kind, class FROM event WHERE subscriber_id = 1 ORDER BY id DESC LIMIT 1")" "unsubscribe|staff"
succeeds "once more" nl subscriber unsubscribe ann@example.org
like "says so" "$out" "was not subscribed to anything"
succeeds "from a topic that they have left" nl subscriber unsubscribe ann@example.org --topic articles
like "as well" "$out" "was not subscribed to articles"
succeeds "somebody who is there, with a name" nl subscriber add bob@example.org --name "Bob B"
is "has it from then on" "$(db "SELECT name FROM subscriber WHERE address = 'bob@example.org'")" "Bob B"
refused "nobody" 1 "nobody@example.org is not on the list" nl subscriber unsubscribe nobody@example.org

db "INSERT INTO suppression SELECT address_hmac, 'complaint', 1, 'test' FROM subscriber WHERE address = 'bob@example.org'"
refused "a suppressed address" 3 "must not be mailed .complaint." nl subscriber add bob@example.org --topic promotions
run nl subscriber add bob@example.org --json
is "as JSON" "$(json 'j["code"]') $status" "suppressed 3"

db "INSERT INTO form_text VALUES (x'01', 'I want the newsletter. Böse ' || char(27) || '[31m' || char(13) || char(10) || 'It is free.' || char(13) || 'So it is.', 1)"
db "INSERT INTO consent (subscriber_id, topic_id, action, at, ip, form_hash, source) SELECT id, 1, 'requested', 1767225600, '192.0.2.7', x'01', 'web' FROM subscriber WHERE address = 'bob@example.org'"
succeeds "show" nl subscriber show bob@example.org
like "states" "$out" "articles +active since"
like "suppression" "$out" "Suppressed +yes: complaint"
like "evidence" "$out" "2026-01-01 00:00 +articles +requested +web +192.0.2.7"
like "the wording, without control characters" "$out" "The form said.*:.*I want the newsletter. Böse \?\[31m
 +It is free.
 +So it is."
run nl subscriber show bob@example.org --json
is "as JSON" "$(json '[c["action"] for c in j["consent"]], j["suppressed"]')" "(['added', 'requested'], 'complaint')"
run nl subscriber show nobody@example.org
like "show nobody" "$status $err" "^1 newsletter: nobody@example.org is not on the list$"

succeeds "list" nl subscriber list
is "everybody" "$(echo "$out" | grep -c @)" 3
succeeds "list of a topic and state" nl subscriber list --topic promotions --state left
like "only those" "$out" "Ann@example.org.*articles \(left\), promotions \(left\)"
unlike "not others" "$out" bob
succeeds "list with a limit" nl subscriber list --limit 1
like "says that there are more" "$out" "The first 1 of 3 people"
succeeds "the last page" nl subscriber list --after 2
like "says how many there are" "$out" "2 of 3 people\."
nl topic create the-garden-in-spring >/dev/null
nl subscriber add eve@example.org --topic the-garden-in-spring >/dev/null
like "a topic with a long name has its room" "$(nl subscriber show eve@example.org)" "  the-garden-in-spring active since"
refused "a state that is none" 2 "must be pending, active" nl subscriber list --state gone
refused "a topic that is none" 1 "unknown topic" nl subscriber list --topic sport

site bare
db "DELETE FROM topic WHERE slug = 'articles'"
succeeds "without the usual topic" nl subscriber add ann@example.org
is "it is the first one" "$(db 'SELECT slug FROM topic JOIN subscription ON topic_id = topic.id')" promotions
succeeds "nor does status need it" nl status
db "PRAGMA foreign_keys = ON; DELETE FROM subscriber; DELETE FROM topic"
refused "without any topic" 1 "there is no topic yet; make one with .newsletter topic create" nl subscriber add ann@example.org
done_testing
