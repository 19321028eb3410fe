#!/bin/bash
# accents.t - whatever accent colour a site chooses, what is written stays readable: axe on the pages that show most of it (accents.js).
. "$(dirname "$0")/lib.sh"

web_site
sed -i '/^colour *=/d' "$site/newsletter.conf"
conf_add site colour=#000000
printf '%s\n' '#ffdd00' '#000000' '#ffffff' '#f3e8ee' '#ff0000' '#00ff00' '#0000ff' '#808080' >"$tmp/colours"
while read -r colour; do
	sed -i "s/^colour=.*/colour=$colour/" "$site/newsletter.conf"
	start_daemon
	COLOUR=$colour node "$root/tests/web/accents.js" >"$tmp/tap"
	ok "$colour: axe finds nothing" $? "$(grep -A 4 -E '^(not ok|Bail)' "$tmp/tap")"
	at_least "$colour: checks made" "$(grep -c '^ok' "$tmp/tap")" 25
	stop_daemon
done <"$tmp/colours"
done_testing
