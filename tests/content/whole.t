#!/bin/bash
# whole.t - HTML in Markdown, cleaned, as a browser reads it: nothing of it ends the mail's own table, nor is put elsewhere.
. "$(dirname "$0")/../web/lib.sh"

python3 - "$root" "$NODE_PATH/commonmark-spec/spec.txt" <<'P' >"$tmp/markdown" || bail "no documents"
import glob, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1] + "/tests/content")
import commonmark
documents = [d.encode() for d in commonmark.examples(sys.argv[2])]
for file in sorted(glob.glob(sys.argv[1] + "/tests/fuzz/corpus/html_clean/*") + glob.glob(sys.argv[1] + "/tests/fuzz/corpus/markdown/*")):
    documents.append(open(file, "rb").read().replace(b"\0", b""))
sys.stdout.buffer.write(b"\0".join(documents))
P
"$B/tests/render_markdown" html slots raw <"$tmp/markdown" >"$tmp/html"
output=$(timeout 120 node "$root/tests/content/whole.js" "$tmp/html" 2>&1)
ok "the browser ran" $? "$output"
while read -r line; do
	case $line in
	"not ok "*) ok "${line#* - }" 1 "$output" ;;
	"ok "*) ok "${line#* - }" 0 ;;
	esac
done <<<"$output"
is "both checks were made" "$tests_run" 3
done_testing
