#!/bin/bash
# every.t - Chromium looks at every page of a real newsletterd (pages.js), in English and in Spanish (every.js).
# PAGE=REGEX: only those pages.
. "$(dirname "$0")/lib.sh"

web_site
start_daemon
web_mailings
node "$root/tests/web/every.js"
