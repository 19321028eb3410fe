#!/bin/bash
# How the program is called: help, versions, wrong calls, folders, JSON.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1

succeeds "help" nl help
like "help lists every noun" "$out" "init.*send.*preview.*article import.*campaign pause.*subscriber import.*topic create.*status"
succeeds "--help" nl --help
succeeds "help of a noun" nl help subscriber
like "and its verbs" "$out" "subscriber import FILE.*subscriber unsubscribe"
succeeds "--help of a command, outside a site" nl send --help
like "with its options" "$out" "--dry-run +show"
succeeds "--help of one with two words" nl subscriber add --help
like "is its own" "$out" "newsletter subscriber add ADDRESS"
unlike "and nobody else's" "$out" "subscriber list"
succeeds "help of two words" nl help subscriber list
like "as well" "$out" "newsletter subscriber list"
unlike "is its own" "$out" "subscriber add"
refused "help of no command" 2 'there is no command "fnord"; see .newsletter help' nl help fnord
succeeds "--version" nl --version
is "says which" "$out" "newsletter $(cat "$root/VERSION")"

refused "no command" 2 "say what to do" nl
refused "an unknown command" 2 'no command "fnord".*newsletter help' nl fnord
refused "an unknown verb" 2 'cannot "fnord".*help topic' nl topic fnord
refused "a noun without its verb" 2 "newsletter help topic" nl topic
refused "an unknown option" 2 "send.*has no option --fnord" nl send --fnord
refused "an option before a command" 2 "no option --fnord" nl --fnord
refused "an option without its value" 2 "--topic needs a value" nl send --topic
refused "too few arguments" 2 "called as: newsletter subscriber add ADDRESS" nl subscriber add
refused "too many arguments" 2 "called as: newsletter subscriber add ADDRESS" nl subscriber add a b
# shellcheck disable=SC2046 # several words
refused "too many options" 2 "too many options" nl subscriber list $(printf -- '--state=active %.0s' {1..129})
refused "no option behind --" 1 "no newsletter.conf here" nl subscriber add -- --help
refused "no site here" 1 "no newsletter.conf here.*newsletter init.*-C" nl status
refused "nor -C without a folder" 2 "-C needs a value" nl status -C
refused "a folder that is not there" 1 "cannot go to /nowhere" nl -C /nowhere status
refused "text with a terminal's control characters is shown without them" 2 '"\?\[31mred"' nl $'\033[31mred'

run nl --json fnord
is "a wrong call with --json: exit status" "$status" 2
is "and the error as JSON" "$(json 'j["code"] + " " + str("fnord" in j["error"])')" "usage True"
run nl status --json
is "no site, as JSON" "$(json 'j["code"]')" "not-found"

site one
cd "$tmp" || exit 1
succeeds "-C before the command" nl -C one status
like "works there" "$out" "Quiet Harbour"
succeeds "-C after it" nl status -C one
succeeds "-c" nl -c one/newsletter.conf status
succeeds "--option=value" nl -C one article list --limit=5
refused "a number that is none" 2 "number of one" nl -C one campaign show x
refused "a limit out of bounds" 2 "--limit must be a number from 1 to 10000" nl -C one article list --limit 0
run nl -C one topic list --json
is "--json prints one object" "$(json '[t["topic"] for t in j["topics"]]')" "['articles', 'promotions']"
is "and nothing else" "$(wc -l <"$tmp/out")" 1
printf '\0' >"$tmp/full"
if [ -w /dev/full ]; then
	status=0
	err=$(nl -C one status 2>&1 >/dev/full) || status=$?
	is "output that cannot be written is a failure" "$status" 1
	like "and said" "$err" "cannot write the output: No space left"
else
	skip "output that cannot be written" "no /dev/full"
	skip "and said" "no /dev/full"
fi
site closed
status=0
"$BIN/newsletter" dkim keygen >&- 2>&- || status=$?
[ "$status" = 1 ] && ! grep -rqs "TXT\|_domainkey" keys
ok "with its streams closed it writes into no file of its own" $? "exit status $status"
cd "$tmp" || exit 1
succeeds "help as JSON" nl help --json
is "names the commands" "$(json '"campaign show ID" in [c["command"] for c in j["commands"]]')" True
done_testing
