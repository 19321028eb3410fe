#!/bin/bash
# subscriber export --full, and back: another store has the same people, states, consent and suppressions; and a file that is not whole changes nothing.
. "$(dirname "$0")/lib.sh"

# All of the people in a store, without numbers that are its own.
people() {
	db "SELECT 'person', address, address_key, hex(address_hmac), name, language, created_at, bounce_score, bounce_first_at, bounce_last_at
			FROM subscriber ORDER BY address_key;
		SELECT 'subscription', address_key, slug, state, since FROM subscription JOIN subscriber s ON s.id = subscriber_id
			JOIN topic t ON t.id = topic_id ORDER BY 2, 3;
		SELECT 'consent', address_key, slug, action, at, ip, hex(form_hash), hex(mail_hash), source FROM consent c
			JOIN subscriber s ON s.id = subscriber_id JOIN topic t ON t.id = topic_id ORDER BY s.address_key, c.id;
		SELECT 'wording', hex(hash), text, first_at FROM form_text ORDER BY hash;
		SELECT 'suppression', hex(address_hmac), reason, since, source FROM suppression ORDER BY 2;
		SELECT 'topic', slug, title, description FROM topic ORDER BY slug" "$@"
}
invariants() { sqlite3 "${1:-store/newsletter.db}" <"$root/tests/invariants.sql"; }

site one --url https://news.quietharbour.example
nl topic create deep-talk --title "Deep, \"talk\"" >/dev/null
# The wordings of a form and of a mail: lines, quotes, a formula, no ASCII, longer than a row of CSV may be.
python3 - <<'PY'
import hashlib, sqlite3
db = sqlite3.connect("store/newsletter.db")
texts = ["=I want the newsletter.\r\nSí, \"todo\"\r", "long: " + "é\"\n-" * 40000, "+1\n"]
for i, t in enumerate(texts):
    db.execute("INSERT INTO form_text VALUES (?, ?, ?)", (hashlib.sha256(t.encode()).digest(), t, 1767225600 + i))
db.commit()
PY
form=$(db "SELECT hex(hash) FROM form_text WHERE text LIKE '=I%'") mail=$(db "SELECT hex(hash) FROM form_text WHERE text LIKE 'long%'")
add() { # ADDRESS NAME TIME OPTION…
	NEWSLETTER_CLOCK=@$3 nl subscriber add "$1" --name "$2" "${@:4}" >/dev/null || exit 1
}
add ann@example.org "=Ann \"A\", Ó" 1767225600 --topic articles --topic deep-talk --consent "at the reception"
add +bob@example.org "" 1767225601 --language es
add cyd@example.net "'=Cyd" 1767225602 --topic promotions
for i in $(seq 600); do
	echo "many$i@example.com,Many $i"
done | { echo email,name && cat; } | NEWSLETTER_CLOCK=@1767225700 nl subscriber import - --consent "paper form" >/dev/null 2>&1
NEWSLETTER_CLOCK=@1767312000 nl subscriber unsubscribe ann@example.org --topic articles >/dev/null
NEWSLETTER_CLOCK=@1767312001 nl subscriber unsubscribe many7@example.com >/dev/null
# What visitors and bounces leave.
db "INSERT INTO consent (subscriber_id, topic_id, action, at, ip, form_hash, mail_hash, source)
		SELECT id, 1, 'requested', 1767400000, '2001:db8::7', x'$form', x'$mail', 'web' FROM subscriber WHERE address = 'ann@example.org';
	INSERT INTO consent (subscriber_id, topic_id, action, at, ip, form_hash, mail_hash, source)
		SELECT id, 1, 'confirmed', 1767400060, '192.0.2.1', x'$form', x'$mail', 'web' FROM subscriber WHERE address = 'ann@example.org';
	UPDATE subscription SET state = 1, since = 1767400060 WHERE subscriber_id = 1 AND topic_id = 1;
	INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'bounced', 1767400100, 'dsn' FROM subscriber WHERE address LIKE 'many9@%';
	UPDATE subscription SET state = 3, since = 1767400100 WHERE subscriber_id = (SELECT id FROM subscriber WHERE address LIKE 'many9@%');
	INSERT INTO suppression SELECT address_hmac, 'hard', 1767400100, 'dsn' FROM subscriber WHERE address LIKE 'many9@%';
	INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'complained', 1767400200, 'arf' FROM subscriber WHERE address LIKE 'many8@%';
	UPDATE subscription SET state = 4, since = 1767400200 WHERE subscriber_id = (SELECT id FROM subscriber WHERE address LIKE 'many8@%');
	INSERT INTO suppression SELECT address_hmac, 'complaint', 1767400200, 'arf' FROM subscriber WHERE address LIKE 'many8@%';
	INSERT INTO consent (subscriber_id, topic_id, action, at, ip, form_hash, source) SELECT id, 2, 'requested', 1767400300, '192.0.2.9', x'$form', 'web'
		FROM subscriber WHERE address = '+bob@example.org';
	INSERT INTO subscription SELECT 2, id, 0, 1767400300 FROM subscriber WHERE address = '+bob@example.org';
	UPDATE subscriber SET bounce_score = 2, bounce_first_at = 1767300000, bounce_last_at = 1767390000 WHERE address LIKE 'many5@%'"
nl subscriber erase many3@example.com --yes >/dev/null
nl subscriber erase never@example.org --yes >/dev/null
nl suppression add many4@example.com --reason "asked by phone" >/dev/null
is "the store that leaves is in order" "$(invariants)" ""
people >"$tmp/before"

succeeds "all of it" nl subscriber export --full all.csv --reason "moving" --json
is "the numbers" "$(json 'j["person"], j["people"], j["wording"] > 3, j["suppression"], j["topic"]')" "(602, 602, True, 2, 3)"
unlike "who was erased is not in it" "$(<all.csv)" "many3@|never@"
is "a spreadsheet reads it" "$(python3 -c 'import csv; print(len(list(csv.reader(open("all.csv", newline="", encoding="utf-8")))) > 1000)')" True
is "the audit has it" "$(db "SELECT detail FROM audit WHERE command = 'subscriber export'")" "602 people, full: moving"
refused "all is all" 2 'everybody' nl subscriber export --full --topic articles --reason x

# Another machine, with the same keys.
keys=$tmp/one/keys file=$tmp/one/all.csv
site two
cp "$keys/suppression.key" keys/
if nl help commands | grep -q 'subscriber import --dry-run'; then
	succeeds "a dry run" nl subscriber import "$file" --dry-run --json
	is "changes nothing" "$(db 'SELECT count(*) FROM subscriber') $(db 'SELECT count(*) FROM suppression') $(json 'j["rows"]')" "0 0 602"
fi
succeeds "import" nl subscriber import "$file" --json
is "says what it did" "$(json 'j["added"], j["changed"], j["left"], j["topics"], j["lost"]')" "(602, 0, 0, 1, 0)"
people >"$tmp/after"
is "people, states, consent, wordings, suppressions and topics are the same" "$(diff "$tmp/before" "$tmp/after")" ""
is "the store is in order" "$(invariants)" ""
like "the audit has it" "$(db "SELECT detail FROM audit WHERE command = 'subscriber import'")" "602 new, 0 changed, 0 left out, 5 suppressions"
succeeds "once more" nl subscriber import "$file" --json
is "changes nothing" "$(json 'j["added"], j["changed"], j["already"], j["kept"], j["evidence"], j["suppressed"]')" "(0, 0, 602, 0, 0, 0)"
people >"$tmp/again"
is "indeed" "$(diff "$tmp/before" "$tmp/again")" ""
status=0
nl subscriber import - --json < <(cat "$file") >"$tmp/out" 2>&1 || status=$?
is "also from a pipe" "$status $(json 'j["already"]')" "0 602"
succeeds "what goes out again" nl subscriber export --full again.csv --reason x
is "is the same file but for its first line" "$(diff <(tail -n +2 "$file") <(tail -n +2 again.csv))" ""

sed 's/^\(subscription,articles,\)left,.*/\1active,2999-01-01T00:00:00Z/' "$file" >future.csv
run nl subscriber import future.csv
like "a time to come, newer than whatever anybody says, is none" "$status $err" '^1 .*future.csv:[0-9]+: a time has not come yet'
people >"$tmp/again"
is "nothing is changed" "$(diff "$tmp/before" "$tmp/again")" ""

# What the store knows later, or stronger, stays.
nl subscriber erase many1@example.com --yes >/dev/null
NEWSLETTER_CLOCK=@1790000000 nl subscriber unsubscribe many2@example.com >/dev/null
nl suppression add cyd@example.net --reason "later" >/dev/null
people >"$tmp/before2"
succeeds "an older file" nl subscriber import "$file" --json
is "brings back nobody" "$(json 'j["added"], j["changed"], j["left"], j["kept"]')" "(0, 0, 1, 1)"
people >"$tmp/after2"
is "and changes nothing" "$(diff "$tmp/before2" "$tmp/after2")" ""
is "the store is in order" "$(invariants)" ""

# A newer file: who left there has left here; who was active again there counts only if they confirmed it.
cd "$tmp/one" || exit 1
NEWSLETTER_CLOCK=@1780000000 nl subscriber unsubscribe cyd@example.net >/dev/null
db "INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'confirmed', 1795000000, 'web' FROM subscriber WHERE address = 'many7@example.com';
	UPDATE subscription SET state = 1, since = 1795000000 WHERE subscriber_id = (SELECT id FROM subscriber WHERE address = 'many7@example.com');
	INSERT INTO consent (subscriber_id, topic_id, action, at, source) SELECT id, 1, 'imported', 1795000000, 'csv' FROM subscriber WHERE address = 'many2@example.com';
	UPDATE subscription SET since = 1795000000 WHERE subscriber_id = (SELECT id FROM subscriber WHERE address = 'many2@example.com')"
nl subscriber export --full newer.csv --reason x >/dev/null
cd "$tmp/two" || exit 1
succeeds "a newer file" nl subscriber import "$tmp/one/newer.csv" --json
is "is taken where it may be" "$(json 'j["changed"], j["kept"], j["left"]')" "(2, 1, 1)"
is "left, confirmed, and not imported" "$(db "SELECT address, state, since FROM subscriber JOIN subscription ON subscriber_id = id
	WHERE address IN ('cyd@example.net', 'many7@example.com', 'many2@example.com') ORDER BY 1")" "cyd@example.net|2|1780000000
many2@example.com|2|1790000000
many7@example.com|1|1795000000"
is "the store is in order" "$(invariants)" ""

# Another key.
site three
refused "--confirm, which it would not keep" 2 "--confirm does not go with" nl subscriber import "$file" --confirm
refused "another key" 3 'another keys/suppression.key' nl subscriber import "$file"
succeeds "with --force" nl subscriber import "$file" --force --json
is "the list is taken, and what is lost is said" "$(json 'j["added"], j["lost"], j["other_key"]')" "(602, 2, True)"
is "who must not be mailed and is on the list still is not" "$(db "SELECT reason FROM suppression JOIN subscriber USING (address_hmac) ORDER BY address")" "staff
complaint
hard"
is "the store is in order" "$(invariants)" ""
succeeds "suppressions alone" nl suppression add x@example.org --reason y
refused "want the same key" 3 'another keys' nl suppression import "$file"
site four
cp "$keys/suppression.key" keys/
succeeds "suppressions alone, with the key" nl suppression import "$file" --json
is "are taken" "$(json 'j["suppressed"]') $(db 'SELECT count(*) FROM suppression') $(db 'SELECT count(*) FROM subscriber')" "5 5 0"

# The list as a table, which any program may read: an import of it elsewhere makes nobody active who is not.
site list
(cd "$tmp/one" && nl subscriber export --reason x --force list.csv >/dev/null)
nl topic create deep-talk --title "Deep talk" >/dev/null
works "import of the table" nl subscriber import "$tmp/one/list.csv" --consent "list of the other site"
active="SELECT address, name, language, slug FROM subscriber s JOIN subscription ON subscriber_id = s.id JOIN topic t ON t.id = topic_id
	WHERE state = 1 AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.address_hmac = s.address_hmac) ORDER BY 1, 4"
is "who is active is who was, with the same name" "$(diff <(db "$active" "$tmp/one/store/newsletter.db") <(db "$active"))" ""
is "and there are some" "$(db "$active" | wc -l)" "$(db "$active" "$tmp/one/store/newsletter.db" | wc -l)"
is "the store is in order" "$(invariants)" ""

# What is not whole, or not ours.
site five
cp "$keys/suppression.key" keys/
sed '$d' "$file" >cut.csv
head -c 3000 "$file" >short.csv
sed 's/^end,3,/end,2,/' "$file" >topics.csv
sed 's/^newsletter_export,1,/newsletter_export,2,/' "$file" >version.csv
sed '0,/^person,/{/^person,ann/d}' "$file" >orphan.csv
grep -v '^person,many12@' "$file" >one_less.csv
{ cat "$file" && tail -1 "$file"; } >twice.csv
sed 's/^subscription,articles,active,/subscription,articles,happy,/' "$file" >state.csv
sed 's/I want the newsletter/I want no newsletter/' "$file" >wording.csv
sed 's/^person,ann@example.org/person,ann@example.org>/' "$file" >address.csv
sed 's/^consent,articles,/consent,nowhere,/' "$file" >topic.csv
sed 's/^\(consent,.*\),paper form/\1/; s/^\(suppression,[0-9a-f]*\)[0-9a-f],/\1,/' "$file" >hmac.csv
sed 's/Many 11\r*$/\xff/; s/,Many 11,/,\xff,/' "$file" >latin.csv
for case in cut short topics orphan one_less twice state wording address topic hmac latin; do
	refused "$case" 1 "$case.csv:[0-9]+: " nl subscriber import $case.csv
done
run nl subscriber import version.csv --json
is "a newer version is said to be one" "$status $(json 'j["code"]')" "1 version"
is "nothing was taken" "$(db 'SELECT count(*) FROM subscriber') $(db 'SELECT count(*) FROM suppression') $(db 'SELECT count(*) FROM form_text')" "0 0 0"
{ printf '\xef\xbb\xbf' && cat "$file"; } >bom.csv
succeeds "saved by a spreadsheet, with a byte-order mark" nl subscriber import bom.csv
people >"$tmp/from_bom"
is "it is the same" "$(diff "$tmp/before" "$tmp/from_bom")" ""
done_testing
