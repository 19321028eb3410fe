#!/bin/bash
# pages.t - Chromium walks the visitor pages of a real newsletterd: signup, confirm, settings, leaving, errors (pages.js), at two widths.
# Screenshots end in build/screenshots.
. "$(dirname "$0")/../daemon/lib.sh"

export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || bail "no $CHROMIUM: apt-get install chromium"
need_peers
make_site --name 'Quiet Harbour Psychotherapy' --home https://www.quietharbour.example \
	--postal-address 'Quiet Harbour Psychotherapy, 12 Mill Lane, Bristol BS1 4ND' \
	--action-text 'Schedule your session' --action-url https://www.quietharbour.example/schedule
start_daemon
export URL=$base SITE=$site MAKE_LINK=$B/tests/make_link SCREENSHOTS=$root/build/screenshots
mkdir -p "$SCREENSHOTS"
node "$root/tests/web/pages.js" || {
	sed 's/^/# /' "$site/log"
	bail "pages.js ended with a failure"
}
