#!/bin/bash
# What bash and zsh complete after `newsletter`, made from the command table.
. "$(dirname "$0")/lib.sh"

for shell in bash zsh; do
	nl help commands | "$root/tools/completions" $shell >"$tmp/$shell"
done
mkdir "$tmp/here" && cd "$tmp/here" || exit 1
touch people.csv spring.md && mkdir site

bash --norc -n "$tmp/bash"
ok "bash takes it" $?
# completes WORD…: what a real bash offers for the last word, on one line
completes() {
	bash --norc -c 'source "$1"; shift; COMP_WORDS=(newsletter "$@"); COMP_CWORD=$#; _newsletter; printf "%s\n" "${COMPREPLY[@]}"' - "$tmp/bash" "$@" |
		sort | tr '\n' ' '
}
is "every noun" "$(completes '')" "$(nl help commands | sed -n 's/^command \([a-z]*\).*/\1/p' | sort -u | tr '\n' ' ')"
is "a noun begun" "$(completes camp)" "campaign "
is "its verbs" "$(completes campaign '')" "$(nl help commands | sed -n 's/^command campaign //p' | sort | tr '\n' ' ')"
is "a verb begun" "$(completes campaign pa)" "pause "
has "its options" " $(completes campaign pause --)" " --reason "
has "and those of every command" " $(completes campaign pause --)" " --json "
is "an option begun" "$(completes campaign show --del)" "--deliveries "
is "a command without verb has options, too" "$(completes send --dry)" "--dry-run "
is "a value is nobody's to guess" "$(completes campaign pause --reason '')" " "
is "a file, where one is wanted" "$(completes subscriber import p)" "people.csv "
is "what send takes" "$(completes send '')" "articles promotion "
is "and a file behind that" "$(completes send promotion s)" "site spring.md "
is "folders behind -C" "$(completes -C '')" "site "
is "which is no noun" "$(completes -C site top)" "topic "
is "help knows the nouns" "$(completes help sup)" "suppression "
for command in $(nl help commands | sed -n 's/^command \([a-z]*\) \([a-z]*\)$/\1,\2/p'); do
	[ "$(completes "${command%,*}" "${command#*,}")" = "${command#*,} " ] || [[ " $(completes "${command%,*}" "${command#*,}")" == *" ${command#*,} "* ]] ||
		missing="${missing-} $command"
done
is "no command is missing" "${missing-}" ""

if command -v zsh >/dev/null; then
	zsh -n "$tmp/zsh"
	ok "zsh takes it" $?
	mkdir "$tmp/functions" && cp "$tmp/zsh" "$tmp/functions/_newsletter"
	# a real zsh at a terminal of its own, and what is there once TAB was pressed: a line for each of what was typed
	python3 - "$tmp/functions" 'newsletter camp=campaign' 'newsletter campaign pa=campaign pause' 'newsletter campaign show --del=campaign show --deliveries' \
		'newsletter subscriber import p=subscriber import people.csv' >"$tmp/typed" <<-'END'
		import os, pty, re, select, sys, time
		pid, fd = pty.fork()
		if pid == 0:
		    os.environ.update(TERM="dumb", PS1="> ", COLUMNS="400")
		    os.execvp("zsh", ["zsh", "-f", "-i"])
		def until(mark):
		    got, end = b"", time.time() + 60
		    while time.time() < end and not re.search(mark, got):
		        if select.select([fd], [], [], 0.2)[0]:
		            try:
		                got += os.read(fd, 4096)
		            except OSError:
		                break
		    return got
		os.write(fd, b"fpath=(%s $fpath); autoload -Uz compinit; compinit -u -D; newsletter() { print \"got:${*} end\" }; print re''ady\r" % sys.argv[1].encode())
		until(rb"ready\r")
		for text in sys.argv[2:]:
		    typed, wanted = text.split("=")
		    os.write(fd, typed.encode() + b"\t")
		    until(re.escape(wanted[len(typed) - len("newsletter "):].encode()))
		    os.write(fd, b"\r")
		    found = re.search(rb"got:([^\r\n]*) end", until(rb" end\r"))
		    print(found.group(1).decode().strip() if found else "nothing", flush=True)
		os.close(fd)
		os.waitpid(pid, 0)
	END
	is "zsh: a noun" "$(sed -n 1p "$tmp/typed")" "campaign"
	is "zsh: a verb" "$(sed -n 2p "$tmp/typed")" "campaign pause"
	is "zsh: an option" "$(sed -n 3p "$tmp/typed")" "campaign show --deliveries"
	is "zsh: a file" "$(sed -n 4p "$tmp/typed")" "subscriber import people.csv"
else
	skip "zsh" "there is none"
fi
done_testing
