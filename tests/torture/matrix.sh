# matrix.sh - one row of the fault matrix: a relay, a dialogue, a fault, and what has to come of it.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are for those who source this; and lib.sh's
#
# A row is a site of its own whose campaign goes to $people subscribers through the server at $port. In the end the ledger says who was accepted and
# refused, as many as expected, and the server must have accepted exactly those: once each, but for as many copies as the row allows.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../daemon/peers.sh"

people=${PEOPLE:-200}
connections=3
window=8
# Rows that this sender cannot pass yet: patterns, matched against "server, dialogue, fault".
later=${LATER-}
rows=0

# sites: $tmp/template is the site that each row copies.
sites() {
	make_site
	subscribers "$people"
	article 'Sleeping better'
	mv "$site" "$tmp/template"
}

# Who the servers say they accepted, one a line.
got_of_sink() { sed -n 's/^X-Rcpt-Args: <\([^>]*\)>.*/\1/p' "$tmp"/sink/* 2>/dev/null; }
got_of_npm() { find "$tmp/npm" -name '*.eml' -printf '%f\n' 2>/dev/null | sed 's/\..*/@example.org/; s/^/person/'; }
got_of_postfix() { postfix_recipients; }
got_of_exim() { exim_recipients; }
got_of_opensmtpd() { opensmtpd_recipients; }
got_of_relay() { cut -f 3 "$record"; }

tell_row() { printf '# %-10s %-10s %-34s %s\n' "$@"; }
row_title() {
	[ $rows != 0 ] || tell_row server dialogue fault outcome
	rows=$((rows + 1))
}

is_later() {
	local pattern
	for pattern in $later; do
		[[ $1 == *$pattern* ]] && return 0
	done
	return 1
}

# One try of the campaign: sets $accepted, $refused, $copies, $wrong, $state.
send_row() {	# SERVER [relay key=value…]
	local server=$1 until=$((SECONDS + ${PATIENCE:-$((${ALL:+80} + 100))}))
	shift
	rm -rf "$site"
	cp -a "$tmp/template" "$site"
	conf_add relay "url=${url:-smtp://127.0.0.1:$port}" connections=$connections window=$window timeout=60 "$@"
	start_daemon
	newsletter send --yes >/dev/null
	[ -z "${heal:-}" ] || { sleep "${FAULT_SECONDS:-1.5}"; $heal; }
	while ! campaign_is 1 'done' && [ $SECONDS -lt $until ]; do
		# so many refusals may pause it: a person looks, and lets it go on
		! campaign_is 1 paused || newsletter campaign resume 1 >/dev/null 2>&1
		due_now
		sleep 0.2
	done
	state=$(campaign_state 1)
	stop_daemon
	read -r accepted refused <<<"$(sql "SELECT accepted || ' ' || refused FROM campaign")"
	[ "$server" != postfix ] || wait_for 20 all_discarded
	sql "SELECT address FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id WHERE d.state = 1" | sort >"$tmp/ledger"
	"got_of_$server" | sort >"$tmp/got"
	copies=$(($(wc -l <"$tmp/got") - $(sort -u "$tmp/got" | wc -l)))
	wrong=$(sort -u "$tmp/got" | comm -3 - "$tmp/ledger" | wc -l)
	broken_store=$(sql <"$root/tests/invariants.sql")
}
# Postfix discards what it accepted a little later.
all_discarded() { [ "$(got_of_postfix | sort -u | wc -l)" -ge "$accepted" ]; }

# row SERVER DIALOGUE FAULT ACCEPTED REFUSED MOST-COPIES [relay key=value…]
# SERVER names the function above that says who was accepted; the server itself has been started. $proof, if set, is a command that must
# succeed afterwards: what else there is to see, such as the dialogue that was spoken; $also is told when it does not.
row() {
	local name="$1, $2, $3" verdict
	row_title
	send_row "$1" tls="${tls:-none}" "${@:7}"
	verdict=0
	[ "$state $accepted $refused $wrong $broken_store" = "done $4 $5 0 " ] && [ $copies -le "$6" ] || verdict=1
	[ $verdict = 1 ] || ${proof:-true} || verdict=2
	tell_row "$1" "$2" "$3" "accepted $accepted, refused $refused, copies $copies"
	if [ $verdict != 0 ] && is_later "$name"; then
		skip "$name" "a later sender"
		return
	fi
	ok "$name" $verdict "want: done, accepted $4, refused $5, at most $6 copies, the same by ledger and server" \
		"got:  $state, accepted $accepted, refused $refused, $copies copies, $wrong differ $broken_store" \
		"$([ $verdict != 2 ] || echo "not so: $proof: $(${also:-true} 2>&1 | head -n 3)")" "$(tail -n 3 "$site/log" 2>/dev/null)"
}

# For $proof: every message that relay.py recorded was sent like this.
spoken() { [ "$(cut -f 2 "$record" | sort -u)" = "$1" ]; }

# wanted SERVER DIALOGUE FAULT: among those that this run is for. `long` before a row: only with ALL=1.
wanted() { [ -z "${ONLY:-}" ] || [[ "$1, $2, $3" == *"$ONLY"* ]]; }
long() { [ -z "${ALL:-}" ] || "$@"; }

# Rows of each server: it is started with what the row says, and ended behind it.
# relay_row DIALOGUE FAULT OFFERS FAULTS ACCEPTED REFUSED MOST-COPIES [relay key=value…]; ${relay_options[@]} are further ones of relay.py.
relay_options=()
relay_row() {
	wanted relay "$1" "$2" || return 0
	: >"$record"
	port=$(free_port)
	faulty_at "$port" --offers "$3" --faults "$4" --seed "${SEED:-1}" ${relay_options[@]+"${relay_options[@]}"}
	also='cut -f 2 '$record row relay "$1" "$2" "${@:5}"
	stop_faulty
}
# npm_row DIALOGUE FAULT "OPTIONS OF relay.js" ACCEPTED REFUSED MOST-COPIES [key=value…]
npm_row() {
	wanted npm "$1" "$2" || return 0
	rm -rf "$tmp/npm"
	mkdir "$tmp/npm"
	# shellcheck disable=SC2086 # words
	start_relay --record "$tmp/npm" $3
	port=$relay
	row npm "$1" "$2" "${@:4}"
	stop_relay
}
# sink_row DIALOGUE FAULT "OPTIONS OF smtp-sink" ACCEPTED REFUSED MOST-COPIES [key=value…]; ${sink_options[@]} are further ones.
sink_options=()
sink_row() {
	wanted sink "$1" "$2" || return 0
	mail_folder
	port=$(free_port)
	# shellcheck disable=SC2086 # words
	sink_at "$port" -D "$tmp/sink/mail." $3 ${sink_options[@]+"${sink_options[@]}"}
	row sink "$1" "$2" "${@:4}"
	stop_sink
}
stop_sink() {
	kill "$sink_pid"
	wait "$sink_pid" 2>/dev/null
	rm -f "$tmp"/sink/*
}
# The sink is replaced by one without faults; what the faulty one dumped it did not accept.
heal_sink() {
	stop_sink
	sink_at "$port" -D "$tmp/sink/mail."
}
# postfix_row DIALOGUE FAULT ACCEPTED REFUSED MOST-COPIES [main.cf line… --] [key=value…]
postfix_row() {
	wanted postfix "$1" "$2" || return 0
	local lines=() head=("${@:1:5}")
	shift 5
	while [ $# -gt 0 ] && [[ " $* " == *' -- '* ]]; do
		[ "$1" = -- ] || lines+=("$1")
		shift
	done
	port=$(free_port)
	"${postfix_kind:-postfix_at}" "$port" ${postfix_login[@]+"${postfix_login[@]}"} ${lines[@]+"${lines[@]}"}
	also='sed -n s/.*disconnect.from//p '$postfix/log row postfix "${head[@]}" "$@"
	stop_postfix
}
# For $proof: so many BDAT or DATA commands did Postfix count as good.
postfix_heard() {	# postfix_heard bdat|data N
	local n tries=400
	while n=$(sed -n "s/.*disconnect from.* $1=\([0-9]*\).*/\1/p" "$postfix/log" | awk '{ n += $1 } END { print n + 0 }'); [ "$n" != "$2" ]; do
		[ $((tries -= 1)) -gt 0 ] || { echo "$1: $n of $2"; return 1; }
		sleep 0.05
	done
}
# exim_row, opensmtpd_row DIALOGUE FAULT ACCEPTED REFUSED MOST-COPIES [configuration line… --] [key=value…]
exim_row() { other_row exim "$@"; }
opensmtpd_row() { other_row opensmtpd "$@"; }
other_row() {
	wanted "$1" "$2" "$3" || return 0
	local lines=() head=("${@:1:6}")
	shift 6
	while [ $# -gt 0 ] && [[ " $* " == *' -- '* ]]; do
		[ "$1" = -- ] || lines+=("$1")
		shift
	done
	port=$(free_port)
	"${head[0]}_at" "$port" ${lines[@]+"${lines[@]}"}
	row "${head[@]}" "$@"
	stop_server
}
# For $proof: Exim marks what came by BDAT with a K.
exim_marks() { [ "$(grep -c ' <= .* K ' "$tmp/exim/mainlog")" = "$1" ]; }
