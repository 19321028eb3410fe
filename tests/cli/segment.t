#!/bin/bash
# segment.t - segments and filters: who is listed, who a mailing is for, what is shown of it and kept, and what is refused.
. "$(dirname "$0")/lib.sh"
addresses() { "$@" --json | python3 -c 'import json, sys; print(*(s["address"].split("@")[0] for s in json.load(sys.stdin)["subscribers"]))'; }
# NAME WANT [options]: whom the list shows, by the first part of their addresses, and that it counts as many
lists() {
	local name=$1 want=$2
	shift 2
	is "$name" "$(addresses nl subscriber list "$@")" "$want"
	run nl subscriber list --count "$@"
	like "  and as many are counted" "$out" "^$(wc -w <<<"$want") (person|people)$"
}

site one
nl subscriber add ann@example.org --topic articles --language es >/dev/null
nl subscriber add bob@mail.example.org --topic articles --topic promotions >/dev/null
nl subscriber add cleo@badexample.org --topic promotions --language de --name "Cleo O'Hara" >/dev/null
nl subscriber add dan@bücher.example --topic articles --language en >/dev/null
nl subscriber add eve@example.org --topic articles >/dev/null
nl subscriber unsubscribe eve@example.org >/dev/null
db "UPDATE subscriber SET created_at = strftime('%s', 'now') - 86400 * 10 * id;
	UPDATE subscription SET since = strftime('%s', 'now') - 86400 * 5 * subscriber_id;
	UPDATE subscriber SET created_at = strftime('%s', '2026-01-01T12:00:00') WHERE address LIKE 'cleo%'"

echo "# filters"
lists "everybody" "ann bob cleo dan eve"
lists "a topic, whatever of it" "ann bob dan eve" --topic articles
lists "who left it" "eve" --topic articles --state left
lists "a state of any topic" "ann bob cleo dan" --state active
lists "who came lately" "ann bob" --since 25
lists "and since a day" "" --since "$(date -d tomorrow +%Y-%m-%d)"
lists "a domain" "ann eve" --domain Example.org
lists "with all below it" "ann bob eve" --domain '*.example.org'
lists "one in letters of its own" "dan" --domain bücher.example
lists "the site's language is of who has none" "bob dan eve" --language en
lists "all at once" "bob" --topic articles --state active --domain '*.example.org' --language en --since 2020-01-01
lists "with a segment" "ann eve" --domain example.org --where 'topic=articles or left=articles'
lists "without another" "ann bob dan" --where 'topic=articles' --except 'topic!=articles and topic=promotions'
run nl subscriber list --limit 2
like "how many there are" "$out" "The first 2 of 5 people; more with --limit"
run nl subscriber list --limit 2 --after 2 --json
is "a page behind another" "$(json '[s["id"] for s in j["subscribers"]], j["count"], j["more"]')" "([3, 4], 5, True)"
run nl subscriber list --where 'Topic=articles AND not language=ES' --json
is "how it was understood" "$(json 'j["where"]')" "topic=articles and not language=es"

echo "# segments"
lists "an inner quote" "cleo" --where "name='Cleo O''Hara'"
lists "by day" "cleo" --where "joined=2026-01-01"
lists "by days ago" "ann bob" --where "joined>-25d"
lists "since when they are subscribed" "dan" --where "confirmed<-16d"
lists "not in a list" "bob cleo dan" --where "language not in (es, fr) and state=active"
refused "an unknown field" 2 "where: column 1: \"topics\" is no field; there are: topic" nl subscriber list --where 'topics=articles'
refused "an unknown topic" 2 "column 10: unknown topic \"article\"; there are: articles, promotions" \
	nl subscriber list --where 'not left=article'
refused "an unknown campaign" 2 "there is no campaign 7" nl subscriber list --where 'campaign=7'
refused "an empty one" 2 "where is empty: leave it out for everybody" nl subscriber list --where ' '
refused "SQL" 2 "column 15: \";\" stands where" nl subscriber list --where 'topic=articles; DELETE FROM subscriber'
refused "a domain that is none" 2 "domain must be a mail domain" nl subscriber list --domain 'exa mple'
refused "a language that is none" 2 "is no language" nl subscriber list --language 'e=s'

echo "# send"
nl article import "$data/site/articles" >/dev/null
before=$(dump)
works "--dry-run" nl send articles --no-links --max 1 --where 'language=es or domain=*.example.org' --except 'language=de' --dry-run
like "counts those of the topic who are in it" "$out" "To +2 subscribers of articles.*Only +\(language=es or domain=\*\.example\.org\) and not language=de"
like "warns that the articles count as announced" "$out" "will not hear of these articles"
like "and says that the public archive has it not" "$out" "Archive +no, it is not for everybody"
is "and changes nothing" "$(dump)" "$before"
works "articles" nl send articles --no-links --max 1 --where 'language=ES' --key es --json
is "as JSON" "$(json 'j["where"], j["recipients"], j["hidden"], j["campaign"]')" "('language=es', 1, True, 1)"
is "the campaign" "$(db 'SELECT segment, planned, hidden FROM campaign')" "language=es|1|1"
is "the articles count as announced" "$(db 'SELECT count(*) FROM announcement WHERE topic_id = 1')" 1
like "the audit says so" "$(db "SELECT detail FROM audit WHERE command = 'send articles'")" "1 recipients, of a segment"
run nl campaign show 1
like "campaign show" "$out" "Only +language=es"
run nl campaign list
like "campaign list" "$out" "articles \(segment\)"
run nl campaign show 1 --json
is "as JSON" "$(json 'j["where"]')" "language=es"
works "a promotion" nl send promotion "$data/site/promotions/spring.md" --no-links --except 'campaign=1 or language=de'
is "has one too" "$(db 'SELECT segment, planned FROM campaign WHERE id = 2')" "not (campaign=1 or language=de)|1"
works "one for everybody" nl send articles --no-links
is "has none" "$(db 'SELECT segment, planned, hidden FROM campaign WHERE id = 3')" "|3|0"
run nl send promotion "$data/site/promotions/spring.md" --no-links --where 'language=fr'
is "nobody in it: exit status" "$status" 0
like "says so" "$out" "Nobody who subscribes to promotions is in this segment: nothing was sent"
is "and makes no campaign" "$(db 'SELECT count(*) FROM campaign')" 3
refused "a broken one" 2 "where: column 9: it ends where" nl send articles --where 'language'
refused "an empty one" 2 "except is empty" nl send articles --except ''
refused "an unknown topic" 2 "unknown topic \"sport\"" nl send promotion "$data/site/promotions/spring.md" --where 'topic=sport'
done_testing
