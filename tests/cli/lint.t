#!/bin/bash
# newsletter lint, and what send makes of it: findings, links that are asked, exit statuses, a reason that overrides.
. "$(dirname "$0")/lib.sh"
unset http_proxy https_proxy all_proxy HTTP_PROXY HTTPS_PROXY ALL_PROXY
campaigns() { db 'SELECT count(*) FROM campaign'; }
# codes: of the last JSON, as "error code, warning code"
codes() { json '", ".join(f["severity"] + " " + f["code"] for f in j["findings"])'; }
# found CODE: where it is, of the last JSON
found() { json "[f['where'] for f in j['findings'] if f['code'] == '$1']"; }
# promotion FILE BODY: with a subject and a preheader
promotion() { printf -- '---\ntitle: A walk in the woods\npreheader: What it does\n---\n%s\n' "$2" >"$1"; }

echo "# a new site"
mkdir -p "$tmp/new"
cd "$tmp/new" || exit 1
nl init --yes >/dev/null || bail "init failed"
cp "$data/site/promotions/spring.md" . && nl article import "$data/site/articles" >/dev/null
works "articles, with nothing configured" nl lint articles --no-links
like "are no error" "$out" "Warning +foot: no postal address.*Lint +1 warning"
works "nor is a promotion" nl lint spring.md --no-links
run nl lint articles --max 1 --subject 'Re: A TALK!!' --no-links --json
is "what send takes, lint takes" "$(codes)" "warning subject-reply, warning subject-exclamation, warning postal-address"
nl article import "$data/site/articles" --announced >/dev/null

site plain
succeeds "nothing new" true
run nl lint articles
is "nothing to announce is no failure" "$status" 0
like "and said" "$err" "nothing new to announce to articles"
nl article import "$data/site/articles" >/dev/null
before=$(dump)
succeeds "a clean digest" nl lint articles
like "says so" "$out" "Lint +nothing to complain about"
run nl lint articles --json
is "as JSON" "$(json 'j["findings"], j["errors"], j["warnings"]')" "([], 0, 0)"
is "nothing was changed" "$(dump)" "$before"

echo "# a promotion with everything wrong"
# shellcheck disable=SC2016 # single quotes around { are meant
promotion bad.md 'Dear {{nmae}}, [a](http://a.net/), [b](https://192.0.2.1/), [bank.com](https://a.net/), [c](mailto:ann).

![](/picture.png)

TODO'
refused "a promotion may be called one, as in send" 3 "nmae.. stands in it as it is.*; and 3 errors more" nl lint promotion bad.md
refused "but not something else" 2 '"articles" is nothing to send' nl lint articles bad.md
refused "errors" 3 "nmae.. stands in it as it is.*; and 3 errors more" nl lint bad.md
like "are listed before the warnings" "$out" "Error.*Error.*Warning.*Lint +4 errors, 3 warnings"
run nl lint bad.md --json
is "as JSON: exit status" "$status" 3
is "the findings" "$(codes)" "error unresolved-slot, error http-link, error ip-link, warning link-shows-other, error contact-link, warning image-alt, warning placeholder"
is "each with its place" "$(found http-link)$(found image-alt)" "['link http://a.net/']['image https://www.quietharbour.example/picture.png']"
is "the error beside them" "$(json 'j["code"], j["errors"]')" "('refused', 4)"
is "and the languages that have it" "$(json 'sorted({f["language"] for f in j["findings"]})')" "['en', 'en es']"

# shellcheck disable=SC2046 # several words
promotion many.md "$(printf '[a](http://a%s.net/) ' $(seq 250))"
run nl lint many.md
like "of very many findings the rest is counted" "$status $out" "3 .*Lint +[0-9]+ errors?.*, and [0-9]+ findings more"

echo "# links resolve"
promotion relative.md '[a](/about) [b](prices) ![A wood](images/wood.png)'
succeeds "relative links and images" nl preview relative.md --html
like "resolve against the site's base" "$out" 'href="https://www.quietharbour.example/about".*href="https://www.quietharbour.example/prices".*src="https://www.quietharbour.example/images/wood.png"'
printf -- '---\ntitle: Where\nurl: /blog/where\ndate: 2026-01-01\n---\nText. ![](wood.png)\n' >where.md
nl article import where.md >/dev/null
run nl article show "$(db "SELECT id FROM article WHERE title = 'Where'")" --json
is "those of an article, against its own address" "$(json 'j["url"], j["image"]')" "('https://www.quietharbour.example/blog/where', 'https://www.quietharbour.example/blog/wood.png')"

echo "# send"
nl subscriber add ann@example.org --topic articles --topic promotions >/dev/null
promotion good.md 'A walk, and [more](https://www.quietharbour.example/walk).'
refused "errors stop a send" 3 "nothing was sent: mend it, or say with --force" nl send promotion bad.md
refused "and a dry run" 3 "nothing was sent" nl send promotion bad.md --dry-run
refused "--force without a reason" 2 "needs a reason" nl send promotion bad.md --force ''
refused "--force with a line end" 2 "needs a reason" nl send promotion bad.md --force $'a\nbcd'
works "a test copy is only told" nl send promotion bad.md --to test@example.org
like "is told" "$out" "Error +.*nmae.*Lint +4 errors.*A test copy goes to"
works "warnings do not stop it" nl send promotion good.md --subject 'Re: a walk'
like "are told" "$out" "Warning +subject: begins with"
is "it is made" "$(campaigns)" 1
works "--force" nl send promotion bad.md --force "the shop's links are like that"
is "makes it, and the audit has why" "$(db 'SELECT detail FROM audit ORDER BY id DESC LIMIT 1')" "campaign 2, topic promotions, 1 recipients, forced: the shop's links are like that"
works "--force where nothing stops it" nl send promotion good.md --force "to be sure"
is "is not told as forced" "$(db 'SELECT count(*) FROM audit WHERE detail LIKE "%forced%"')" 1
run nl send promotion good.md --dry-run --json
is "campaigns of these hours are told" "$(json '[f["code"] for f in j["findings"]]')" "['overlap', 'overlap', 'overlap']"
like "with what they were" "$out" 'campaign 1, .*Re: a walk.*went to promotions'
db "UPDATE campaign SET state = 'cancelled' WHERE id = 1"
db "UPDATE campaign SET start_at = start_at - 43300 WHERE id = 2"
run nl send promotion good.md --dry-run --json
is "but not cancelled ones, nor those of yesterday" "$(json '[f["text"][:10] for f in j["findings"]]')" "['campaign 3']"
run nl send articles --at +13h --dry-run --json
is "counted from when it is to start" "$(codes)" "warning image-alt"
run nl send articles --at +11h --dry-run --json
like "other topics are told as such" "$(json '[f["text"] for f in j["findings"]]')" "went to promotions.*who has both topics gets both"
sed -i 's/^overlap.*/overlap = 0/' newsletter.conf
grep -q '^overlap' newsletter.conf || printf 'overlap = 0\n' >>newsletter.conf
run nl send promotion good.md --dry-run --json
is "overlap = 0 never tells" "$(codes)" ""

echo "# through a relay"
printf '\n[relay]\nurl = smtp://mx.quietharbour.example:587\n' >>newsletter.conf
run nl lint good.md --json
is "mail for the world needs an address to answer, and links that open" "$(codes)" "error from-domain, error site-url"
sed -i 's/mx.quietharbour.example/127.0.0.1/' newsletter.conf
run nl lint good.md --json
is "for this machine it is a warning" "$(codes)" "warning from-domain"

echo "# links that are asked"
port=$(free_port) closed=$(free_port)
python3 "$root/tests/cli/links.py" "$port" "$tmp/log" &
at_exit $!
wait_for 20 port_open "$port" || bail "the server did not come up"
base=http://127.0.0.1:$port
mkdir "$tmp/asked"
cd "$tmp/asked" || exit 1
nl init --yes --name "Quiet Harbour" --url "$base" --from news@quietharbour.org --postal-address "12 Lighthouse Lane" \
	--set campaign.cancel_window=0s --set relay.url=smtp://127.0.0.1:1 >/dev/null || bail "init failed"
body=
for path in ok moved moved-twice elsewhere mixed moved-to-gone loop file gone gone-for-good forbidden limit down no-head lies-to-head hangs-up slow; do
	body+="[$path]($base/$path) "
done
promotion all.md "$body [closed](http://127.0.0.1:$closed/) [once more]($base/ok#there) ![A wood]($base/picture.png)

[no such host](https://nowhere.invalid/) [mine]($base/u/abc) [mail](mailto:ann@example.org)"
begun=$SECONDS
run nl lint all.md --json
at_most "seconds, with a server that does not answer" $((SECONDS - begun)) 40
is "exit status" "$status" 3
where() { found "$1" | sed "s|link $base||g"; }
is "moved for good" "$(where link-moved)" "['/moved', '/moved-twice']"
has "and where to" "$(json '[f["text"] for f in j["findings"]]')" "write $base/ok"
has "broken" "$(where link-broken)" "'/moved-to-gone', '/gone', '/gone-for-good'"
is "refused, perhaps to robots alone" "$(where link-refused)" "['/forbidden', '/limit', '/down']"
has "no answer" "$(where link-unreachable)" "'/loop', '/file', '/slow', 'link http://127.0.0.1:$closed/'"
like "no such host" "$(json '[f for f in j["findings"] if "nowhere" in f["where"]]')" "link-broken|link-unreachable"
asked=$(grep -c " /ok " "$tmp/log")
is "the same address is asked once, and after redirects" "$asked" 5
is "GET only where HEAD was refused" "$(awk '$2 == "GET" { print $3 }' "$tmp/log" | sort | tr '\n' ' ')" "/forbidden /gone /gone /gone-for-good /hangs-up /lies-to-head /moved-to-gone /no-head "
is "a link that is one person's is not asked" "$(grep -c ' /u/' "$tmp/log")" 0
is "nobody sees a cookie, and all see who asks" "$(awk '$1 != "most" { print $4, $5 }' "$tmp/log" | sort -u)" "newsletter/$(<"$root/VERSION") none"
: >"$tmp/log"
run nl lint all.md --no-links --json
is "--no-links asks nobody" "$(wc -l <"$tmp/log")" 0
is "and judges by the form alone" "$(json 'sorted({f["code"] for f in j["findings"]})')" "['http-link', 'ip-link']"

echo "# all at once, and not too many"
body=
for host in 1 2 3 4 5; do
	for i in 1 2 3 4 5; do body+="[$host $i](http://127.0.0.$host:$port/pause-$i) "; done
done
promotion many.md "$body"
run nl lint many.md --json
is "every one was asked" "$(json 'j["links_checked"]')" 26
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "links for which there is no time" "the sanitizer wants to be loaded first"
	skip "are said to be unchecked, in each language" "the sanitizer wants to be loaded first"
else
	# shellcheck disable=SC2046 # several words
	promotion slow.md "$(printf "[a]($base/slow?%s) " $(seq 30))"
	LD_PRELOAD=$B/tests/kernel.so KERNEL_HURRY=200 works "links for which there is no time" nl preview slow.md --page slow.html --links
	like "are said to be unchecked, in each language" "$(<slow.html)" "[1-9][0-9]* of 3[0-9] could not be checked within 60 s.*[1-9][0-9]* of 3[0-9] could not be checked within 60 s"
fi
read -r _ all one <<<"$(grep '^most' "$tmp/log" | tail -n 1)"
at_most "at once" "$all" 8
at_least "at once" "$all" 5
at_most "of one host" "$one" 2

echo "# send asks them too"
nl subscriber add ann@example.org --topic promotions >/dev/null
promotion gone.md "[a walk]($base/gone)"
promotion down.md "[a walk]($base/down)"
refused "a broken link stops it, from cron as well" 3 "link $base/gone: nothing is there \(404\)" nl send promotion gone.md
works "--no-links does not look" nl send promotion gone.md --no-links
works "a server in trouble does not stop it" nl send promotion down.md
like "and is told" "$out" "Warning +link $base/down: the server answers 503"
is "both went" "$(campaigns)" 2
at_terminal 'n\n' "$BIN/newsletter send promotion down.md"
like "progress at a terminal, then the question" "$out" "links checked.*Send this to 1 person"
run nl send promotion down.md --dry-run
unlike "none elsewhere" "$err$out" "links checked"
printf '\n[campaign]\ncheck_links = no\n' >>newsletter.conf
: >"$tmp/log"
works "check_links = no" nl send promotion gone.md
is "asks nobody" "$(wc -l <"$tmp/log")" 0
done_testing
