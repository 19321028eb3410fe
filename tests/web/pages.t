#!/bin/bash
# pages.t - Chromium walks the visitor pages of a real newsletterd: signup, confirm, settings, leaving, errors (pages.js), at two widths.
# Screenshots end in build/screenshots.
set -u
cd "$(dirname "$0")/../.." || exit 1
BIN=${BIN:-$PWD/bin} B=${B:-$PWD/build}
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
work=$(mktemp -d)
daemon=

cleanup() {
	[ -z "$daemon" ] || { kill "$daemon" 2>/dev/null && wait "$daemon"; }
	rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM
bail() {
	echo "Bail out! $1"
	[ ! -s "$work/log" ] || sed 's/^/# /' "$work/log"
	exit 1
}

[ -x "$CHROMIUM" ] || bail "no $CHROMIUM: apt-get install chromium"
[ -e build/peers/env ] || tools/peers >"$work/log" 2>&1 || bail "tools/peers"
# shellcheck disable=SC1091 # made by tools/peers
. build/peers/env

while :; do
	port=$((20000 + RANDOM % 20000)) code=0
	curl -s -o /dev/null --max-time 2 "http://127.0.0.1:$port/" || code=$?
	[ "$code" != 7 ] || break
done
export URL=http://127.0.0.1:$port SITE=$work/site MAKE_LINK=$B/tests/make_link SCREENSHOTS=$PWD/build/screenshots
mkdir -p "$SITE" "$SCREENSHOTS"
"$BIN/newsletter" init -C "$SITE" --name 'Quiet Harbour Psychotherapy' --url "$URL" --listen "127.0.0.1:$port" --from news@quietharbour.example \
	--home https://www.quietharbour.example --postal-address 'Quiet Harbour Psychotherapy, 12 Mill Lane, Bristol BS1 4ND' \
	--action-text 'Schedule your session' --action-url https://www.quietharbour.example/schedule >"$work/log" 2>&1 || bail "newsletter init"
"$BIN/newsletterd" -C "$SITE" 2>"$work/log" &
daemon=$!
tries=200
until curl -s -o /dev/null "$URL/robots.txt"; do
	tries=$((tries - 1))
	[ $tries -gt 0 ] || bail "newsletterd does not answer"
	sleep 0.1
done
node tests/web/pages.js || bail "pages.js ended with $?"
