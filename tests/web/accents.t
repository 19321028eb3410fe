#!/bin/bash
# accents.t - whatever accent colour a site chooses, what is written stays readable: axe on the pages that show most of it, with the style
# sheet that newsletterd makes of each colour (accents.js).
. "$(dirname "$0")/lib.sh"

web_site
sed -i '/^colour *=/d' "$site/newsletter.conf"
conf_add site colour=#000000
export SHEETS=$tmp/sheets
mkdir "$SHEETS"
for colour in '#ffdd00' '#000000' '#ffffff' '#f3e8ee' '#ff0000' '#00ff00' '#0000ff' '#808080'; do
	[ -z "$daemon" ] || stop_daemon
	sed -i "s/^colour=.*/colour=$colour/" "$site/newsletter.conf"
	start_daemon
	curl -sf --max-time 60 -o "$SHEETS/$colour" "$base/style.css" || bail "no style sheet in $colour"
done
node "$root/tests/web/accents.js"
