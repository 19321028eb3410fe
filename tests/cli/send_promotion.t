#!/bin/bash
# newsletter send promotion: what a file says, until when it goes, how long it takes.
. "$(dirname "$0")/lib.sh"
campaigns() { db 'SELECT count(*) FROM campaign'; }

site promotion
nl subscriber add ann@example.org --topic promotions >/dev/null
cp "$data/site/promotions/spring.md" spring.md
works "a promotion" nl send promotion spring.md
is "its campaign" "$(db 'SELECT kind, topic_id, subject, valid_until FROM campaign')" "promotion|2|A first conversation this spring|$(date -d 2099-05-31T23:59:59Z +%s)"
NEWSLETTER_CLOCK=+3153600000 refused "valid-until has passed" 3 "valid-until was 2099" nl send promotion spring.md
refused "it would pass before the start" 3 "before it would start" nl send promotion spring.md --at 2099-07-01
refused "nor is that to be forced" 3 "it would start after its valid-until, 2099-05-31" nl send promotion spring.md --at 2099-07-01 --force "no matter"
printf -- '---\ntitle: "%s"\n---\nText.\n' "$(printf '{{name}}%.0s' {1..37})" >long.md
conf_set newsletter.conf site language es
refused "a title that no subject holds" 1 "long.md: the title is longer than a subject may be .600 bytes." nl send promotion long.md
conf_set newsletter.conf site language en
printf 'Text alone.\n' >untitled.md
printf -- '---\ntitle: {\n---\nText.\n' >yaml.md
printf -- '---\ntitle: Sport\ntopic: sport\n---\nText.\n' >sport.md
refused "no title" 1 "untitled.md: .*title" nl send promotion untitled.md
refused "front matter that is no YAML" 1 "yaml.md: " nl send promotion yaml.md
refused "an unknown topic in the file" 1 'sport.md: unknown topic "sport"' nl send promotion sport.md
refused "an unknown topic in the call" 1 'unknown topic "sport"' nl send promotion spring.md --topic sport
refused "no such file" 1 "nowhere.md" nl send promotion nowhere.md
refused "no file" 2 "name the promotion's file" nl send promotion
refused "something else" 2 '"newsletter" is nothing to send' nl send newsletter
refused "a subject with a line end" 2 "subject must be one line" nl send --subject $'a\nBcc: x@example.org'
refused "a subject with a slot's mark" 2 "subject must be one line" nl send --subject $'\001name\002'

succeeds "--to" nl send promotion "$data/site/promotions/spring.md" --to Test@example.org
is "one row of the outbox, no campaign" "$(db "SELECT kind, address, state, subscriber_id IS NULL FROM outbox")$(campaigns)" "test|Test@example.org|queued|11"
like "marked in its subject" "$(db 'SELECT message FROM outbox')" "Subject: \[Test\] A first conversation this spring"
nl article import "$data/site/articles" >/dev/null
succeeds "--to with articles" nl send --to test@example.org
is "announces nothing" "$(db 'SELECT count(*) FROM announcement')" 0
refused "--to an address that is none" 1 "is no address" nl send --to nobody
refused "--to with --at" 2 "test copy at once" nl send --to a@example.org --at +1h
cp newsletter.conf kept.conf
conf_set newsletter.conf site url "https://news.example.org/$(printf '%01000d' 0)"
works "--to from a site whose address is too long for one in its archive" nl send promotion spring.md --to test@example.org
hasnt "names no half of it" "$(db 'SELECT message FROM outbox ORDER BY id DESC LIMIT 1')" "/archive"
mv kept.conf newsletter.conf
db "INSERT INTO suppression SELECT address_hmac, 'complaint', 1, 'test' FROM subscriber"
refused "--to a suppressed address" 3 "must not be mailed" nl send --to ann@example.org

site takes --set mail.operator=ann@quietharbour.example
export NEWSLETTER_CLOCK=@1773100000 # 2026-03-09 23:46:40
awk 'BEGIN { print "email"; for (i = 1; i <= 900; i++) printf "p%d@example.org\n", i }' >list.csv
nl subscriber import list.csv --consent test --topic promotions --topic articles >/dev/null
printf -- '---\ntitle: Spring\n---\nWords.\n' >spring.md
takes() { # NAME REGEX [argument…]: what a promotion takes
	run nl send promotion spring.md --no-links --dry-run "${@:3}"
	like "$1" "$(grep -A1 "^  Takes" "$tmp/out")" "Takes +$2"
}
limits() { printf '%s\n' "${@:2}" >extra; sed -i '/^\[relay/,$d' newsletter.conf; echo "$1" | cat - extra >>newsletter.conf; }
takes "without a relay" "no relay is configured: into the folder .*/outbox"
limits '[relay]' 'url = smtp://mail.example'
takes "without a limit" "as fast as the relay takes it"
limits '[relay]' 'url = smtp://mail.example' 'rate = 1/s'
takes "with a rate" "about 15 min"
run nl send promotion spring.md --no-links --dry-run --json
is "as JSON, in seconds" "$(json 'j["takes"], j["late"], j["languages"]')" "(900, 0, ['en', 'es'])"
limits '[relay]' 'url = smtp://mail.example' 'daily = 500'
takes "with a day's limit" "about 1 d, until 2026-03-10 23:50"
limits '[relay]' 'url = smtp://mail.example' 'daily = 5'
takes "with a small one" "more than 120 days, at the present limits"
limits '[relay]' 'url = smtp://mail.example' 'daily = 500'
db "INSERT INTO pace (scope, subject, window_start, used) VALUES ('relay', '', 1773099900, 450)"
takes "of which some is used" "about 2 d, until 2026-03-11 23:55"
db 'DELETE FROM pace'
limits '[relay]' 'url = smtp://mail.example' 'warmup = 100'
takes "warming up" "about 3 d, until 2026-03-12 23:"
limits '[relay]' 'url = smtp://mail.example' 'rate = 1/h'
takes "beyond what is worth saying" "about 37 d"
limits '[relay]' 'url = smtp://mail.example' 'rate = 1/s' '[relay offers]' 'url = smtp://offers.example' 'topics = promotions' 'rate = 10/s'
takes "over the relay of its topic" "about 2 min"
limits '[relay]' 'url = smtp://mail.example' 'rate = 1/s' '[campaign]' 'promotion_window = 08:00-20:00'
takes "within its hours" "about 8 h 28 min, until 2026-03-10 08:15"
printf -- '---\ntitle: Spring\nvalid-until: 2026-03-10 08:10\n---\nWords.\n' >spring.md
takes "and some would get it too late" ".*300 people would not get it in time: valid-until comes before"
run nl send promotion spring.md --no-links --dry-run --json
is "as JSON" "$(json 'j["late"]')" 300
unset NEWSLETTER_CLOCK

site keyed
nl subscriber add ann@example.org --topic promotions >/dev/null
printf -- '---\ntitle: Spring\npreheader: Ten off\ntopic: promotions\naction-text: Book\naction-url: /book\n---\nWords for {{name|you}}.\n' >spring.md
NEWSLETTER_CLOCK=@1773100000 run nl send promotion spring.md --no-links --key 'spring-%Y'
NEWSLETTER_CLOCK=@1773186400 run nl send promotion spring.md --no-links --key 'spring-%Y'
like "a key sends once a year" "$out" "Campaign 1 has the key spring-2026 already"
NEWSLETTER_CLOCK=@1805000000 run nl send promotion spring.md --no-links --key 'spring-%Y'
is "and again in the next" "$(db "SELECT group_concat(key) FROM campaign")" "spring-2026,spring-2027"
nl campaign cancel 2 >/dev/null
NEWSLETTER_CLOCK=@1805000000 run nl send promotion spring.md --no-links --key 'spring-%Y'
like "what was cancelled keeps it, and says what to do" "$out" "Campaign 2 has the key spring-2027 already.*another --key"
eml=$(nl campaign show 1 --eml | python3 -c 'import email, email.policy, sys
m = email.message_from_binary_file(sys.stdin.buffer, policy=email.policy.default)
print(m["Subject"], m.get_body(("html",)).get_content(), m.get_body(("plain",)).get_content())')
has "its line for inboxes" "$eml" ">Ten off"
like "its call to action" "$eml" '<a [^>]*href="https://www.quietharbour.example/book"[^>]*>Book</a>.*Book:'
has "a person's value, or what stands for it" "$eml" "Words for you."
done_testing
