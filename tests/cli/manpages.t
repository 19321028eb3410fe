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

# Its examples can be pasted.
site examples
awk -v folder="$tmp/examples" '
	/^\.Bd/ { file = folder "/example" ++n ".conf"; next }
	/^\.Ed/ { file = "" }
	file != "" { print >file }
' "$docs/newsletter.conf.5"
for file in example*.conf; do
	grep -q '^\[' "$file" || continue
	succeeds "$file: $(grep -m1 '^\[relay' "$file")" nl -c "$file" status --json
	is "$file has a relay" "$(json 'len(j["relays"]) > 0')" True
done
run nl -c example2.conf status --json
is "two relays and a spare" "$(json '[(r["name"], r["spare"]) for r in j["relays"]]')" "[('main', False), ('backup', True)]"

# newsletterd.8: `.It Ic event , event` under DIAGNOSTICS for each event that the daemon logs.
sed -n '/^\.Sh DIAGNOSTICS/,/^\.Sh SEE/s/^\.It Ic //p' "$docs/newsletterd.8" | tr -d ' ' | tr ',' '\n' | sort -u >"$tmp/page"
sed -nE 's/.*log_event\(LOG_LEVEL_[A-Z]+, ([^,]*),.*/\1/p' "$root"/daemon/*.c | grep -o '"[a-z_-]*"' | tr -d '"' | sort -u >"$tmp/program"
is "newsletterd(8) has every event of the log, and no other" "$(diff "$tmp/program" "$tmp/page")" ""
is "there are events" "$([ "$(wc -l <"$tmp/program")" -gt 30 ] && echo yes)" yes

# newsletterd.8: the tables of the roles are those of the code.
sed -n '/^\.Ss Roles/,/^\.Ss Users/s/^\.It //p' "$docs/newsletterd.8" | sed 's/ Ta /\t/g' >"$tmp/page"
"$BIN/newsletterd" --roles | sed '/^$/d' >"$tmp/program"
is "newsletterd(8) has the table of the roles" "$(diff "$tmp/program" "$tmp/page")" ""
is "there are four, twice, below a head" "$(wc -l <"$tmp/program")" 10

# newsletterd's options: `.It Fl C , Fl Fl directory Ar DIR`.
sed -n '1,/^\.El/{/^\.It Fl/{s/^\.It //;s/Fl Fl /--/g;s/Fl /-/g;s/ Ar / /;s/ ,/,/;p}}' "$docs/newsletterd.8" | sort >"$tmp/page"
"$BIN/newsletterd" --help >"$tmp/help"
is "newsletterd --help" $? 0
sed -nE 's/^  +(-.*[a-zA-Z])  +.*/\1/p' "$tmp/help" | sort >"$tmp/program"
is "newsletterd(8) has its options" "$(diff "$tmp/program" "$tmp/page")" ""
is "there are some" "$(wc -l <"$tmp/program")" 5
for wrong in --nonsense -x -C extra "--role nobody" "--role nobody --rehearse"; do
	# shellcheck disable=SC2086 # several words
	"$BIN/newsletterd" $wrong >"$tmp/out" 2>&1
	is "newsletterd $wrong" $? 2
done
"$BIN/newsletterd" extra 2>"$tmp/err"
is "which are told how to call it" "$(diff "$tmp/help" "$tmp/err")" ""

# newsletter-templates.7: an entry for each template, with what it may use.
page=$docs/newsletter-templates.7
templates() { python3 "$root/tests/cli/templates.py" "$1" "$root"; }
is "newsletter-templates(7) has every template and what is given to it" "$(templates "$page")" ""
sed -e '/^\.It Pa mail\/welcome$/d' -e 's/^\.Va approve_url , /.Va approve_uri , /' -e 's/networks//' "$page" >"$tmp/page"
like "where it has not, that is found" "$(templates "$tmp/page")" \
	"no entry for mail/welcome.*mail/approval uses.* approve_url.*mail/surge uses.* networks.*mail/approval: no code gives approve_uri.*mail/surge is given.* networks"

# Exit status and error codes are promises too.
like "the exit statuses are explained" "$(<"$docs/newsletter.1")" "\.It 0.*\.It 1.*\.It 2.*\.It 3"
if command -v mandoc >/dev/null; then
	for page in newsletter.1 newsletterd.8 newsletter.conf.5 newsletter-templates.7; do
		is "$page: mandoc" "$(mandoc -T lint -W warning "$docs/$page" 2>&1)" ""
	done
else
	skip "mandoc" "not installed"
fi
done_testing
