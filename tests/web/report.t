#!/bin/bash
# report.t - the page of `newsletter stats --html` in Chromium: of a practice with eighteen months behind it, of a store with hostile names in it, and of
# an empty one (report.js).
. "$(dirname "$0")/lib.sh"

web_site --timezone Europe/London
export PAGES=$tmp/pages
mkdir "$PAGES"
newsletter stats --html "$PAGES/empty.html" >/dev/null || bail "no page of an empty store"
web_practice
mv "$REPORT" "$PAGES/practice.html"
newsletter stats --html "$PAGES/year.html" >/dev/null || bail "no page of a year"
newsletter stats --since 20 --html "$PAGES/days.html" >/dev/null || bail "no page of twenty days"
newsletter stats --since 2016-03-14 --html "$PAGES/decade.html" >/dev/null || bail "no page of ten years"
# What others may have written: subjects, a topic's title, ways and reasons, a domain of many.
hostile="</title></style><script>alert(1)</script>\"'><img src=x onerror=alert(2)>]]></svg>"
sqlite3 "$site/store/newsletter.db" "UPDATE campaign SET subject = '${hostile//\'/\'\'}' || id;
	UPDATE topic SET title = '${hostile//\'/\'\'}';
	UPDATE subscriber SET language = '<b>', address_key = replace(address_key, 'gmail.com', '<script>alert(3)</script>');
	UPDATE event SET rule = '<script>alert(4)</script>', class = '<i>hard' WHERE kind <> 'complaint'" || bail "the store takes nothing hostile"
sed -i "s|^name = .*|name = ${hostile//\"/}|" "$site/newsletter.conf"
newsletter stats --since 2024-10-01 --html "$PAGES/hostile.html" >/dev/null || bail "no page of hostile names"
node "$root/tests/web/report.js" || bail "report.js ended with a failure"
