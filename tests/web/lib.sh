# lib.sh - for the tests with a browser: a site with everything that pages show, and what their JavaScript is told of it.
# shellcheck shell=bash disable=SC2034 # variables are for those who source this
. "$(dirname "${BASH_SOURCE[0]}")/../daemon/lib.sh"

need_chromium
need_peers

# web_site [init options]: limits are off, for all its visitors have one address.
web_site() {
	make_site --name 'Quiet Harbour Psychotherapy' --home https://www.quietharbour.example \
		--postal-address '12 Mill Lane, Bristol BS1 4ND' \
		--action-text 'Schedule your session' --action-url https://www.quietharbour.example/schedule "$@"
	conf_add site privacy_url=https://www.quietharbour.example/privacy
	conf_add signup per_network=0 per_domain=0 total=0
	export URL=$base SITE=$site MAKE_LINK=$B/tests/make_link SCREENSHOTS=$root/build/screenshots
	mkdir -p "$SCREENSHOTS"
}

# web_mailings: what the archive shows, and one reader's mailings: the articles, and a promotion. The daemon runs.
web_mailings() {
	printf 'email,name\nreader@example.org,Rea Reader\n' >"$tmp/readers.csv"
	newsletter subscriber import "$tmp/readers.csv" --consent 'paper form' --topic articles --topic promotions >/dev/null || bail "import failed"
	newsletter article import "$root/tests/data/site/articles" >/dev/null
	newsletter send articles --yes >/dev/null || bail "send articles failed"
	newsletter send promotion "$root/tests/data/site/promotions/spring.md" --yes >/dev/null || bail "send promotion failed"
	if ! wait_for 30 campaign_is 1 "done" || ! wait_for 30 campaign_is 2 "done"; then bail "the campaigns do not end"; fi
}

# web_practice: the same site with eighteen months behind it, up to the clock, which stands still from here on; REPORT is the page of its figures.
web_practice() {
	export NEWSLETTER_CLOCK=@1773482400 REPORT=$tmp/report.html # 2026-03-14 10:00
	"$root/tests/practice.py" "$site/store/newsletter.db" "${NEWSLETTER_CLOCK#@}" || bail "no practice"
	newsletter stats --since 2024-10-01 --html "$REPORT" >/dev/null || bail "no page of the practice"
}
