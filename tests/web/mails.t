#!/bin/bash
# mails.t - every mail that Newsletter writes, in English and Spanish, by the eyes of others' tools and of Chromium (mails.js). A template without
# a mail here (tests/daemon/make_mails) fails. MAIL=REGEX: only those mails.
# shellcheck source=tests/web/lib.sh
. "$(dirname "$0")/lib.sh"

export URL=https://news.quietharbour.example SITE=$tmp MAILS=$tmp/mails
"$root/tests/daemon/make_mails" "$MAILS" || bail "the mails are not made"
node "$root/tests/web/mails.js"
