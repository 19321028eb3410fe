#!/bin/bash
# preview.t - `newsletter preview --eml --for` and what newsletterd's sender then puts into the outbox folder are the same bytes, but for what only
# the mailing itself has: Date, Message-ID, and its number and uuid in
# links and headers, and the boundary made of it all.
. "$(dirname "$0")/lib.sh"

cat >"$tmp/same.py" <<'END'
import email, email.policy, re, subprocess, sys
seen, sent = (open(name, 'rb').read() for name in sys.argv[1:3])
make_link, keys, subscriber, topic = sys.argv[3:7]
def blank(data):
    data = re.sub(rb'(?<!\?)=\r\n', b'', data) # not the end of an encoded word
    data = re.sub(rb'(?m)^((?:Date|Message-ID): ).*$', rb'\1*', data)
    data = re.sub(rb'(?m)^(Feedback-ID: )\d+', rb'\1*', data)
    data = re.sub(rb'(/archive/[a-z0-9-]*-)[0-9a-f]{8}\b', rb'\1*', data)
    data = re.sub(rb'=_[0-9a-f]{32}\b', b'=_*', data) # the boundary: a hash of the message
    data = re.sub(rb'(mailto:leave\+)[a-z2-7]+@', rb'\1*@', data)
    return re.sub(rb'(/(?:u|preferences|view)/)[A-Za-z0-9_-]+', rb'\1*', data)
def leave(data, campaign):
    link = subprocess.run([make_link, keys, 'unsubscribe', subscriber, topic, campaign, '0'], capture_output=True, text=True).stdout.strip()
    message = email.message_from_bytes(data, policy=email.policy.default)
    html = message.get_body(('html',)).get_content()
    return link and ('/u/' + link) in message['List-Unsubscribe'] and ('/u/' + link) in html
a, b = blank(seen), blank(sent)
where = next((i for i in range(min(len(a), len(b))) if a[i] != b[i]), min(len(a), len(b)))
print('same' if a == b else 'not the same: %r %r' % (a[where - 40:where + 60], b[where - 40:where + 60]),
      [len(l) for l in seen.split(b'\n')] == [len(l) for l in sent.split(b'\n')], leave(seen, '0'), leave(sent, '1'), seen.count(b'/u/*') == 0)
END

# compare NAME ADDRESS: what was seen of it, in $tmp/seen, and what the outbox holds.
compare() {
	local id topic file
	id=$(sql "SELECT id FROM subscriber WHERE address = '$2'")
	topic=$(sql "SELECT topic_id FROM campaign WHERE id = 1")
	file=$(mail_in_outbox campaign "$2")
	python3 "$tmp/same.py" "$tmp/seen" "$file" "$B/tests/make_link" "$site/keys" "$id" "$topic" >"$tmp/same" 2>&1
	is "$1" "$(tail -n 1 "$tmp/same")" "same True True True True"
}

people() {
	printf '%s\n' 'email,name,language' 'ann@example.org,"Archer, Ann ""Dr""",en' 'jose@example.org,José Ñandú,es' 'nameless@example.org,,' \
		'who@example.org,Wim,nl' >"$tmp/people.csv"
	newsletter subscriber import "$tmp/people.csv" --consent 'test list' --topic articles --topic promotions >/dev/null || bail "import failed"
}

# go FORM…: preview for each of them, send, compare.
go() {
	local who
	for who in ann jose nameless who; do
		newsletter preview "${@: -1}" --eml --for "$who@example.org" >"$tmp/seen.$who" 2>"$tmp/err" || bail "preview: $(<"$tmp/err")"
	done
	newsletter send "$@" --yes >/dev/null 2>&1 || bail "send failed"
	wait_for 20 campaign_is 1 "done" || bail "the campaign does not end"
	for who in ann jose nameless who; do
		mv "$tmp/seen.$who" "$tmp/seen"
		compare "$1: $who" "$who@example.org"
	done
}

for kind in articles promotion; do
	site=$tmp/$kind
	make_site --name 'Quiet Harbour: Praxis für alle' --home https://www.quietharbour.example --action-text 'Schedule your session' \
		--action-url https://www.quietharbour.example/schedule
	[ "$kind" = articles ] || conf_add mail unsubscribe=leave@quietharbour.example bounce=b@quietharbour.example
	start_daemon
	people
	if [ "$kind" = articles ]; then
		newsletter article import "$root/tests/data/site/articles" >/dev/null
		go articles
		like "the name is in it, of a person who is known" "$(outbox_body "$(mail_in_outbox campaign jose@example.org)" | tr -d '\n')" 'Jos=C3=A9 =C3=91and'
	else
		sed 's/^valid-until:.*/valid-until: 2037-01-01/' "$root/tests/data/site/promotions/spring.md" >"$tmp/spring.md"
		go promotion "$tmp/spring.md"
	fi
	stop_daemon
done
done_testing
