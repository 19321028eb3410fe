#!/bin/bash
# docs.t - a newcomer's hour: what docs/*.md print is typed as it is printed, on a machine of its own (docs_world), and works; every command and
# option that a document names exists; no link is dead.
. "$(dirname "$0")/lib.sh"
here=$root/tests/cli
documents=("$root/README.md" "$root"/docs/*.md)

nl help commands >"$tmp/table"
is "every command and option that a document names is there" "$(python3 "$here/documents.py" commands "$tmp/table" "${documents[@]}" "$root"/docs/*.[1-8])" ""
is "no link between documents is dead, and html-validate finds nothing in them" "$("$root/tools/docs_check" 2>&1)" ""
is "the README leads to all of them" "$(for document in "$root"/docs/*.md; do grep -qF "(docs/${document##*/}" "$root/README.md" || echo "not to ${document##*/}"; done)" ""
# shellcheck disable=SC2016 # Markdown's
printf '### See\n\n[this](no.md), `newsletter subscriber import --no-such`, `newsletter fly`, <img src="x.png">\n' >"$tmp/bad.md"
like "a dead link is found, and what is wrong with a page" "$("$root/tools/docs_check" "$tmp/bad.md" 2>&1; echo "status $?")" \
	"dead link: no.md.*heading-level.*wcag/h37.*status 1"
like "and a command that there is not" "$(python3 "$here/documents.py" commands "$tmp/table" "$tmp/bad.md")" "has no --no-such.*no such command: newsletter fly"

# shellcheck source=/dev/null # made by tools/peers, which docs_check asked
. "$root/build/peers/env" || bail "the peers are missing"

# Blocks that cannot be typed here, by their beginning: DOCUMENT|BEGINNING|WHY
cannot=(
	'README.md|./bootstrap deb|deb-test types it in a machine of its own'
	'WORDPRESS.md|./bootstrap|it installs Debian packages; packaging.t looks at make install'
	'WORDPRESS.md|sudo -u newsletter -s|it opens a shell of another user'
	'PROXY.md|sudo cp packaging/nginx.conf|it wants Debian'\''s nginx; the same file serves this machine'
	'PROXY.md|sudo cp packaging/Caddyfile|it wants Caddy; tests/daemon/proxy.t runs the file'
	'RECOVERY.md|newsletter -C /srv/newsletter backup - |it wants another machine'
)
used=()

if [ "$(id -u)" != 0 ] || ! unshare -m -n -p -f --kill-child --mount-proc true 2>/dev/null; then
	skip "what documents print" "needs root and namespaces"
	done_testing
fi
chmod 711 "$tmp"

# What else is to be true when a document was followed to its end.
followed() {
	case $1 in
	WORDPRESS.md)
		has "$1: the test copy reached the relay" "$(<"$tmp/$1.out.mail")" "To: me@"
		at_least "$1: and so did the newsletter, for who signed up and confirmed" "$(grep -c 'To: .*reader@' "$tmp/$1.out.mail")" 2
		;;
	STATIC.md) like "$1: a mailing was made, and not twice" "$(cat "$tmp/$1.out".*.sh)" "Campaign 1 starts.*Nothing new to announce" ;;
	RECOVERY.md) like "$1: what was unfinished came back held" "$(cat "$tmp/$1.out".*.sh)" "12  held" ;;
	MOVING.md) has "$1: who was blocklisted must not be mailed" "$(cat "$tmp/$1.out".*.sh)" "staff" ;;
	esac
}

# Each document in a world of its own: three at a time, for they wait as well.
declare -A wanted_of=() pid_of=()
begun=()
for document in "${documents[@]}"; do
	name=${document##*/}
	mkdir "$tmp/$name"
	python3 "$here/documents.py" blocks "$document" "$tmp/$name"
	[ -n "$(ls "$tmp/$name")" ] || continue
	wanted=0
	for block in "$tmp/$name"/*; do
		wanted=$((wanted + 1))
		for row in "${cannot[@]}"; do
			IFS='|' read -r whose beginning why <<<"$row"
			[[ $name == "$whose" && $(<"$block") == "$beginning"* ]] || continue
			touch "$block.skip"
			used+=("$row")
			skip "$name: $(head -n 1 "$block")" "$why"
			wanted=$((wanted - 1))
		done
	done
	[ ${#begun[@]} -lt 3 ] || wait "${pid_of[${begun[-3]}]}"
	timeout 300 unshare -m -n -p -f --kill-child --mount-proc "$here/docs_world" "$name" "$tmp/$name" "$tmp/$name.out" >"$tmp/$name.said" 2>&1 </dev/null &
	pid_of[$name]=$!
	wanted_of[$name]=$wanted
	begun+=("$name")
done
for name in "${begun[@]}"; do
	wait "${pid_of[$name]}"
	while IFS=$'\t' read -r block status first; do
		ok "$name: $first" "$status" "$(tail -n 12 "$tmp/$name.out.$block")"
	done <"$tmp/$name.out"
	is "$name: all of it was typed" "$(wc -l <"$tmp/$name.out") $(tail -n 3 "$tmp/$name.said" | head -c 600)" "${wanted_of[$name]} "
	followed "$name"
done
is "each block that cannot be typed is there" "$(printf '%s\n' "${cannot[@]}" | sort)" "$(printf '%s\n' "${used[@]}" | sort)"
done_testing
