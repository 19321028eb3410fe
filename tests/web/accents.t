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
echo "# docs/PAGES.md shows every page (make pictures)"
# shellcheck disable=SC2016 # that is JavaScript
missing=$(NODE_PATH=$NODE_PATH node -e '
	for (const page of require(process.argv[1]).pages)
		for (const width of [360, 1280])
			console.log(`${page.name}-${width}.png`)' "$root/tests/web/pages.js" | while read -r picture; do
	[ -e "$root/docs/pictures/$picture" ] && grep -q "pictures/$picture" "$root/docs/PAGES.md" || echo "$picture"
done)
is "no picture is missing" "$missing" ""
done_testing
