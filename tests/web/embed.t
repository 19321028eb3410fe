#!/bin/bash
# embed.t - the printed form on a page of another origin, in Chromium: with script, without, and where the origin is not listed (embed.js).
. "$(dirname "$0")/../daemon/lib.sh"

need_chromium
need_peers
make_site
PORT=$(free_port)
conf_add http "origins = http://localhost:$PORT"
start_daemon
newsletter embed >"$tmp/script.html" || bail "newsletter embed failed"
newsletter embed --plain --language es >"$tmp/plain.html"
export URL=$base SITE=$site FORMS=$tmp PORT
node "$root/tests/web/embed.js" || {
	sed 's/^/# /' "$site/log"
	bail "embed.js ended with a failure"
}
