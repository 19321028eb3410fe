#!/bin/bash
# walk.t - one person's way through a real newsletterd in Chromium (walk.js), with a pointer and by keyboard alone.
. "$(dirname "$0")/lib.sh"

web_site
start_daemon
node "$root/tests/web/walk.js"
