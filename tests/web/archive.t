#!/bin/bash
# archive.t - the public archive in Chromium: past mailings look as the mails did, in light and dark, narrow and wide (archive.js).
. "$(dirname "$0")/../daemon/lib.sh"

need_chromium
need_peers
make_site --name 'Quiet Harbour Psychotherapy' --home https://www.quietharbour.example \
	--postal-address 'Quiet Harbour Psychotherapy, 12 Mill Lane, Bristol BS1 4ND' \
	--action-text 'Schedule your session' --action-url https://www.quietharbour.example/schedule
start_daemon
subscribers 1
newsletter article import "$root/tests/data/site/articles" >/dev/null
newsletter send --yes >/dev/null
sed 's/^valid-until:.*/valid-until: 2037-01-01/' "$root/tests/data/site/promotions/spring.md" >"$tmp/spring.md"
newsletter send promotion "$tmp/spring.md" --topic articles --yes >/dev/null
wait_for 20 campaign_is 2 "done" || bail "the mailings were not sent"
mkdir -p "$tmp/mails"
for id in 1 2; do
	newsletter campaign show "$id" --eml >"$tmp/mails/$id.eml"
	sql "SELECT '$base/archive/' || substr(uuid, 1, 8) FROM campaign WHERE id = $id" >"$tmp/mails/$id.url"
done
python3 - "$tmp/mails" <<'END'
import email, email.policy, glob, sys
for name in glob.glob(sys.argv[1] + '/*.eml'):
	message = email.message_from_file(open(name), policy=email.policy.default)
	open(name.replace('.eml', '.html'), 'w').write(message.get_body(('html',)).get_content())
END
export URL=$base MAILS=$tmp/mails
node "$root/tests/web/archive.js" || {
	sed 's/^/# /' "$site/log"
	bail "archive.js ended with a failure"
}
