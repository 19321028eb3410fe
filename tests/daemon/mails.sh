# mails.sh - every mail that Newsletter writes, made by its programs from real content: tests/data/mails. For tests that look at mails, and
# for tools/pictures; sourced after lib.sh.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are for those who source this; and lib.sh's

mails_data=$root/tests/data/mails

# The page's address as a mail names it; the daemon answers at $base.
mails_site() {
	make_site --name 'Quiet Harbour Psychotherapy' --url https://news.quietharbour.example --home https://www.quietharbour.example \
		--postal-address '12 Mill Lane, Bristol BS1 4ND' --language "$language" --timezone Europe/London --operator olive@quietharbour.example \
		--privacy-url https://www.quietharbour.example/privacy "$@"
	conf_add 'domain slow.example' rate=1/h
	conf_add signup total=1/h
}

# keep NAME KIND ADDRESS [WORDS]: wait for that mail, with those words in its text, in the outbox folder, and move it to $mails/NAME.$language.eml
keep() {
	wait_for 30 came "${@:2}" || bail "no mail of the kind $2 came to $3: $(tail -n 3 "$site/log")"
	mv "$(came "${@:2}")" "$mails/$1.$language.eml"
}
came() { grep -l "^To: .*$2" "$site/outbox/$1"-*.eml 2>/dev/null | xargs -r grep -lE "${3:-^}" | tail -n 1 | grep .; }

# What visitors cause.
mails_of_visitors() {
	newsletter subscriber add reader@example.org --name 'Rea Reader' --topic articles --topic promotions --consent 'paper form' >/dev/null ||
		bail "subscriber add failed"
	curl -sf -o "$tmp/answer.$language" -d email=ann@example.org -d topic=articles -d topic=promotions "$base/subscribe" || bail "subscribe failed"
	keep confirm confirm ann@example.org
	curl -sf -o "$tmp/answer.$language" -d email=reader@example.org -d topic=articles "$base/subscribe" || bail "subscribe failed"
	keep already already reader@example.org
	curl -sf -o "$tmp/answer.$language" -d email=reader@example.org "$base/manage" || bail "manage failed"
	keep manage my-data reader@example.org
}

# What goes to the list, and a test copy of it.
mails_of_campaigns() {
	local from=$mails_data/$language
	newsletter article import "$from/articles" >/dev/null || bail "import failed"
	newsletter send articles --intro "$from/intro.md" --to tess@example.org >/dev/null || bail "the test copy failed"
	keep digest-test test tess@example.org
	newsletter send articles --intro "$from/intro.md" --yes >/dev/null || bail "send articles failed"
	keep digest campaign reader@example.org
	newsletter article import "$from/later" >/dev/null || bail "import failed"
	newsletter send articles --yes >/dev/null || bail "send articles failed"
	keep article campaign reader@example.org
	newsletter send promotion "$from/promotion.md" --yes >/dev/null || bail "send promotion failed"
	keep promotion campaign reader@example.org
}

# More visitors than the limit over all lets through; the operator hears of it after some seconds.
surge() {
	local visitor
	for visitor in bea cid dora eve; do
		curl -sf -o "$tmp/answer.$language" -d "email=$visitor@example.org" -d topic=articles "$base/subscribe" || bail "subscribe failed"
	done
}

# One more campaign with the first one's subject; its number in $campaign.
one_more() {
	newsletter send promotion "$mails_data/$language/promotion.md" --subject "$(sql 'SELECT subject FROM campaign WHERE id = 1')" --yes "$@" \
		>/dev/null || bail "send promotion failed"
	campaign=$(sql 'SELECT max(id) FROM campaign')
}

# What the operator is told of campaigns. The numbers are put into the store; it is the clerk who finds them and writes.
mails_of_operator() {
	local held campaign
	one_more --at +1h
	held=$campaign
	# the second reader's turn is in an hour
	sql "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at)
			SELECT a, a, randomblob(16), '', '', 1700000000 FROM (SELECT column1 || '@slow.example' AS a FROM (VALUES ('a'), ('b')));
		INSERT INTO subscription SELECT 2, id, 1, 1700000000 FROM subscriber WHERE address LIKE '%@slow.example'"
	one_more
	wait_for 10 campaign_is "$campaign" sending || bail "campaign $campaign does not start"
	sql "BEGIN IMMEDIATE;
		UPDATE campaign SET accepted = accepted + 113, refused = refused + 7, planned = 3000 WHERE id = $campaign;
		INSERT INTO event (kind, at, topic_id, campaign_id, class) SELECT 'refusal', unixepoch(), topic_id, id, 'hard'
			FROM campaign, (VALUES (1), (2), (3), (4), (5), (6), (7)) WHERE id = $campaign;
		UPDATE campaign SET start_at = unixepoch() - 100000 WHERE id = $held;
		UPDATE campaign SET accepted = 1200, planned = 1200 WHERE id = 1;
		INSERT INTO event (kind, at, topic_id, campaign_id, class) SELECT 'complaint', unixepoch(), topic_id, id, 'complaint'
			FROM campaign, (VALUES (1), (2)) WHERE id = 1;
		COMMIT"
	keep paused operator olive@quietharbour.example "campaign show $campaign"
	keep paused-held operator olive@quietharbour.example "campaign show $held"
	keep paused-ended operator olive@quietharbour.example 'campaign show 1\b'
}

# All of them in $language, into $mails.
mails_of_site() {
	site=$tmp/site-$language
	mails_site --action-text "$(mails_words action)" --action-url https://www.quietharbour.example/schedule "$@"
	start_daemon
	mails_of_visitors
	surge
	mails_of_campaigns
	mails_of_operator
	keep surge operator olive@quietharbour.example 'signup list'
	stop_daemon
}
mails_words() { sed -n "s/^$1 = //p" "$mails_data/$language/words"; }

# make_mails FOLDER: each mail as NAME.LANGUAGE.eml, its parts as .html and .txt, its subject as .subject. A NAME is that of the template,
# and after a hyphen which of its forms. The Spanish site has a logo, the English one its name. Both sites at once, for they mostly wait.
make_mails() {
	local mails=$1 language second
	mkdir -p "$mails"
	(language=es mails_of_site --logo https://www.quietharbour.example/images/logo.png) >"$tmp/second" &
	second=$!
	language=en mails_of_site
	wait "$second" || bail "the Spanish mails: $(tail -n 1 "$tmp/second")"
	python3 "$root/tests/daemon/mail_parts.py" "$mails"/*.eml || bail "a mail cannot be read"
}
