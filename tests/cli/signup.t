#!/bin/bash
# newsletter signup list | discard: visitors' requests that wait.
. "$(dirname "$0")/lib.sh"
site one

# waits LIMIT LINE NETWORK IP ADDRESS PLACE NEXT: a request in a line, as newsletterd writes it
waits() {
	db "INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at, held_by, line, network,
		place, held_at) VALUES ('signup', '$5', lower('$5'), '', '1', 'en', '$4', 1, 1767225600, $7, '$1', '$2', '$3', $6, 1767225660)"
}
far=9223372036854775807
waiting() { db 'SELECT count(*) FROM signup_request'; }

succeeds "nothing waits" nl signup list
is "and that is said" "$out" "Nothing waits."
run nl signup list --json
is "as JSON" "$(json 'j')" "{'held': 0, 'undecided': 0}"
succeeds "discard nothing" nl signup discard --all
like "and that is said" "$out" "No such request waits"
is "it leaves no trace" "$(db "SELECT count(*) FROM audit WHERE command <> 'init'")" 0

waits network n1 n1 192.0.2.1 ann@example.org 10 100
waits network n1 n1 192.0.2.200 Ben@Example.org 20 $far
waits network n2 n2 2001:db8:1:2::5 cleo@example.net 10 $far
waits domain d1 n2 2001:db8:1:2::6 dora@example.com 10 100
waits total '' n3 198.51.100.9 emil@sub.example.com 10 100
db "INSERT INTO signup_request (kind, address, address_key, name, topics, language, ip, weight, received_at, next_at)
	VALUES ('manage', 'fay@example.org', 'fay@example.org', '', '', 'en', '203.0.113.1', 1, 1767225600, 1767225600)"
succeeds "list" nl signup list
is "by limit and by network" "$out" '5 requests wait since 2026-01-01 00:01, from 3 networks.
1 request is not decided yet.

  Limit    Of                 Requests  Since
  network  192.0.2.0/24              2  2026-01-01 00:01
  domain   example.com               1  2026-01-01 00:01
  network  2001:db8:1:2::/64         1  2026-01-01 00:01
  total    -                         1  2026-01-01 00:01

  Network            Requests  Since
  192.0.2.0/24              2  2026-01-01 00:01
  2001:db8:1:2::/64         2  2026-01-01 00:01
  198.51.100.0/24           1  2026-01-01 00:01'
run nl signup list --json
is "as JSON" "$(json 'j["held"], j["undecided"], j["lines"][1], j["networks"][0]')" \
	"(5, 1, {'limit': 'domain', 'domain': 'example.com', 'requests': 1, 'since': '2026-01-01T00:01:00Z'}, {'network': '192.0.2.0/24', 'requests': 2, 'since': '2026-01-01T00:01:00Z'})"
hasnt "no address unless asked" "$out" "@"
succeeds "with addresses" nl signup list --addresses
like "all of them" "$out" 'Address +From +Asks for +Limit +Came
 +ann@example.org +192.0.2.1 +signup +network +2026-01-01 00:00
.*fay@example.org +203.0.113.1 +their link +- +2026'
run nl signup list --addresses --limit 2 --json
is "only so many" "$(json 'len(j["lines"]), len(j["networks"]), [r["address"] for r in j["requests"]]')" "(2, 2, ['ann@example.org', 'Ben@Example.org'])"
refused "a limit that is none" 2 "limit" nl signup list --limit 0

refused "discard what?" 2 "say which: --all" nl signup discard
refused "one thing at a time" 2 "say which: --all" nl signup discard --all --domain example.org
refused "two" 2 "say which: --all" nl signup discard --network 192.0.2.0/24 --domain example.org
refused "a network that is none" 2 "is no network" nl signup discard --network example.org
refused "bits that are none" 2 "at most 32 bits" nl signup discard --network 192.0.2.0/33
refused "an address is no domain" 2 "is no domain" nl signup discard --domain ann@example.org
refused "nor is nothing" 2 "is no domain" nl signup discard --domain ''
refused "an argument" 2 "it is called as" nl signup discard all

succeeds "another network" nl signup discard --network 192.0.3.0/24
like "has none" "$out" "No such request waits"
succeeds "one network" nl signup discard --network 192.0.2.0/25
is "one of the two is in it" "$out" "1 request was discarded."
is "the other is first now, and due" "$(db "SELECT next_at < $far FROM signup_request WHERE address = 'Ben@Example.org'")" 1
is "in the audit, without saying whose" "$(db "SELECT command, detail FROM audit WHERE command = 'signup discard'")" "signup discard|one network: 1 request"
is "counted" "$(db "SELECT value FROM counter WHERE name = 'signup_discarded'")" 1
run nl signup discard --domain EXAMPLE.com --json
is "a domain, and not those below it" "$(json 'j')$(waiting)" "{'discarded': 1}4"
succeeds "IPv6" nl signup discard --network 2001:db8::/32
is "is discarded" "$(waiting)" 3
for answer in n ''; do
	printf '%s\n' "$answer" | script -qec "'$BIN/newsletter' signup discard --all" /dev/null >"$tmp/tty" 2>&1
	like "on a terminal it asks (\"$answer\")" "$(tr -d '\r' <"$tmp/tty")" "Discard 3 requests.*nothing was discarded"
done
is "and takes no for an answer" "$(waiting)" 3
at_terminal '' "$BIN/newsletter signup discard --all --json"
like "with --json there is no place to ask" "$out" "with --json on a terminal, say --yes"
printf 'y\n' | script -qec "'$BIN/newsletter' signup discard --all" /dev/null >"$tmp/tty" 2>&1
is "yes discards, what is not decided yet as well" "$(waiting)" 0
like "and says so" "$(tr -d '\r' <"$tmp/tty")" "3 requests were discarded"

# status
waits total '' n3 198.51.100.9 emil@sub.example.com 10 100
db "INSERT INTO pace VALUES ('signup-surge', '', 1767225700, 1)"
succeeds "status" nl status
like "says what waits and that there is a surge" "$out" 'Held +1 signup waits for a limit, since 2026-01-01 00:01: newsletter signup list
 +Surge +since 2026-01-01 00:01 more is asked than is let through over all'
unlike "a held one is not to be decided" "$out" "to decide"
run nl status --json
is "as JSON" "$(json 'j["signups_held"], j["signups_waiting"], j["surge_since"]')" "(1, 0, '2026-01-01T00:01:40Z')"
done_testing
