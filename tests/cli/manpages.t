#!/bin/bash
# The man pages say what the programs do: commands and options, keys and defaults; and mandoc has nothing to complain about.
. "$(dirname "$0")/lib.sh"
docs=$root/docs

# newsletter.1: `.It Cm noun verb …` for each command, then `.It Fl -option` for its options.
awk '
	/^\.It Cm / {
		command = ""
		for (i = 3; i <= NF && $i ~ /^[a-z]+$/; i++) command = command (command ? " " : "") $i
		print "command " command
	}
	/^\.It Fl Fl / && command != "" { print "option " command " --" $4 ($5 == "Ar" ? " " $6 : "") }
	/^\.Sh / { command = "" }
' "$docs/newsletter.1" | sort >"$tmp/page"
nl help commands | sort >"$tmp/program"
is "newsletter(1) has every command and option, and no other" "$(diff "$tmp/program" "$tmp/page")" ""

# newsletter.conf.5: `.Ss [section]`, then `.It Cm key Pq Ar default`.
awk '
	/^\.Ss / { section = $2; gsub(/[][]/, "", section) }
	/^\.It Cm / { key = $3; $1 = $2 = $3 = ""; sub(/^ +/, ""); sub(/^= */, ""); gsub(/"/, ""); print section "." key " " $0 }
' "$docs/newsletter.conf.5" | sed 's/ *$//' | sort >"$tmp/page"
"$B/tests/conf_keys" | sed 's/ *$//' | sort >"$tmp/program"
is "newsletter.conf(5) has every key with its default, and no other" "$(diff "$tmp/program" "$tmp/page")" ""

# Exit status and error codes are promises too.
like "the exit statuses are explained" "$(<"$docs/newsletter.1")" "\.It 0.*\.It 1.*\.It 2.*\.It 3"
if command -v mandoc >/dev/null; then
	for page in newsletter.1 newsletterd.8 newsletter.conf.5; do
		is "$page: mandoc" "$(mandoc -T lint -W warning "$docs/$page" 2>&1)" ""
	done
else
	skip "mandoc" "not installed"
fi
done_testing
