# lib.sh - for the tests with a browser: a site with everything that pages show, and what their JavaScript is told of it.
# shellcheck shell=bash disable=SC2034 # variables are for those who source this
. "$(dirname "${BASH_SOURCE[0]}")/../daemon/lib.sh"

export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
[ -x "$CHROMIUM" ] || bail "no $CHROMIUM: apt-get install chromium"
need_peers

# web_site [init options]: limits are off, for all its visitors have one address.
web_site() {
	make_site --name 'Quiet Harbour Psychotherapy' --home https://www.quietharbour.example \
		--postal-address '12 Mill Lane, Bristol BS1 4ND' \
		--action-text 'Schedule your session' --action-url https://www.quietharbour.example/schedule "$@"
	conf_add site privacy_url=https://www.quietharbour.example/privacy
	conf_add signup per_network=0 per_domain=0 total=0
	export URL=$base SITE=$site MAKE_LINK=$B/tests/make_link SCREENSHOTS=$root/build/screenshots
	mkdir -p "$SCREENSHOTS"
}
