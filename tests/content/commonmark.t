#!/bin/bash
# commonmark.t - every example of the CommonMark specification as HTML and as text: no byte unescaped, no word lost.
. "$(dirname "$0")/../daemon/lib.sh"
need_peers

output=$(python3 "$root/tests/content/commonmark.py" "$B/tests/render_markdown" "$NODE_PATH/commonmark-spec/spec.txt" 2>&1)
ok "the examples ran" $? "$output"
while read -r line; do
	case $line in
	"not ok "*) ok "${line#* - }" 1 "$output" ;;
	"ok "*) ok "${line#* - }" 0 ;;
	esac
done <<<"$output"
at_least "each check" "$tests_run" 7
done_testing
