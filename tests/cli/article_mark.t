#!/bin/bash
# newsletter article skip | again: what is never announced, and what is announced once more.
. "$(dirname "$0")/lib.sh"
site one
nl subscriber add ann@example.org >/dev/null
nl article import "$data/site/articles" >/dev/null
printf -- '---\ntitle: Tomorrow\ndate: 2999-01-01\n---\nText.\n' >tomorrow.md
nl article import tomorrow.md >/dev/null
announced() { db 'SELECT group_concat(article_id || ":" || topic_id || ":" || coalesce(campaign_id, "-"), " ") FROM (SELECT * FROM announcement ORDER BY 1, 2)'; }

succeeds "skip one" nl article skip 1
is "it counts as announced, by no mailing" "$(announced)" "1:1:-"
is "with a line in the audit" "$(db 'SELECT command, detail FROM audit ORDER BY id DESC LIMIT 1')" "article skip|1 of topic articles"
run nl article skip 1 2 --json
is "once more" "$(json 'j["changed"], j["unchanged"], j["topic"]')" "(1, 1, 'articles')"
succeeds "skip all for another topic" nl article skip --all --topic promotions
is "which has none" "$(announced)" "1:1:- 2:1:-"
db "INSERT INTO announcement (article_id, topic_id, at) VALUES (1, 2, 1767225600)"
like "two topics are listed side by side" "$(nl article list)" "promotions 2026-01-01, without a mail; articles [-0-9]+, without a mail"
db "DELETE FROM announcement WHERE topic_id = 2"
succeeds "skip all" nl article skip --all
like "says how many" "$out" "^1 article will never be announced to articles; 0 were already"
is "but not what is to come" "$(announced)" "1:1:- 2:1:- 3:1:-"
run nl send --no-links
like "nothing is new then" "$out" "Nothing new"
succeeds "again" nl article again 2 3 4
like "says how many" "$out" "^2 articles go with the next send to articles; 1 was new already"
works "and they go" nl send --no-links
is "by a mailing" "$(announced)" "1:1:- 2:1:1 3:1:1"
refused "again what is still to go" 3 "article 2 goes with campaign 1, which has not started yet" nl article again 2
db "UPDATE campaign SET state = 'done', started_at = 1, finished_at = 2"
succeeds "again what was mailed" nl article again 2
works "goes once more" nl send --no-links
is "by another" "$(announced)" "1:1:- 2:1:2 3:1:1"
refused "no article" 1 "no article 99" nl article skip 1 99
refused "no number" 2 "no number" nl article again one
refused "nothing said" 2 "by their numbers, or --all" nl article skip
refused "both said" 2 "by their numbers, or --all" nl article skip 4 --all
refused "an unknown topic" 1 "unknown topic" nl article again 1 --topic sport
done_testing
