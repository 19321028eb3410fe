#!/bin/bash
# What real servers write of mail that they could not deliver, anew: tests/emit/emit runs them, `newsletter inbound classify` reads it.
. "$(dirname "$0")/lib.sh"

emit=$root/tests/emit/emit
cases=unknown,account,nodomain,toolarge,spam,full,several,local-unknown,local-full,quota,reject,vacation,help

# Truth and result: a line for each difference. Each recipient of the truth ("a|b": either) must be there, with its class, and nobody else.
# shellcheck disable=SC2016 # awk's
differences='
	BEGIN { FS = "\t" }
	NR == FNR { file = $1; sub(/.*\//, "", file); got[file, ++n[file]] = tolower($2); class[file, n[file]] = $3; next }
	{
		seen[$1]++; found = ""
		for (i = 1; i <= n[$1]; i++)
			if (index("|" tolower($2) "|", "|" got[$1, i] "|")) found = class[$1, i]
		if (found != $3) print $1 ": " $2 " is " $3 ", not " (found ? found : "named")
	}
	END { for (f in n) if (seen[f] != n[f]) print f ": " n[f] " recipients, not " seen[f] + 0 }'

# They mostly wait: at once.
servers=(postfix 9 exim 9 opensmtpd 7 sendmail 5 sendmail-plain 5 courier 6 dma 6 nullmailer 3 dovecot 3 mlmmj 1 autoreply 1)
start_servers() {
	local i name
	for ((i = 0; i < ${#servers[@]}; i += 2)); do
		name=${servers[i]}
		"$emit" -o "$tmp/emitted/$name" -c "$cases" "$name" >"$tmp/$name.said" 2>&1 &
		at_exit $!
		pids+=($!)
	done
}

# emitted SERVER LEAST STATUS: at least that many messages of it, all of them read rightly.
emitted() {
	local dir=$tmp/emitted/$1
	ok "$1 writes of each case" "$3" "$(tail -n 12 "$tmp/$1.said")"
	at_least "$1: messages" "$(find "$dir" -name '*.eml' | wc -l)" "$2"
	"$BIN/newsletter" inbound classify "$dir"/*.eml >"$tmp/lines"
	is "$1: recipients and classes are right" "$(awk "$differences" "$tmp/lines" "$dir/truth.tsv")" ""
}

if [ "$(id -u)" != 0 ] || ! "$emit" --probe; then
	skip "servers write bounces" "no root, or no namespaces with overlay file systems here"
	done_testing
fi
need_peers
pids=()
start_servers
for ((i = 0; i < ${#servers[@]}; i += 2)); do
	status=0
	wait "${pids[i / 2]}" || status=$?
	emitted "${servers[i]}" "${servers[i + 1]}" "$status"
done
# A wrong truth is noticed.
sed -i '0,/hard/s//soft/' "$tmp/emitted/postfix/truth.tsv"
unlike "the comparison sees a wrong class" \
	"$("$BIN/newsletter" inbound classify "$tmp"/emitted/postfix/*.eml | awk "$differences" - "$tmp/emitted/postfix/truth.tsv")" '^$'
done_testing
