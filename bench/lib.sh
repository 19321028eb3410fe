# lib.sh - servers, clients and how a run of them is measured; for bench/run and its parts.
# shellcheck shell=bash disable=SC2034,SC2154 # variables are for those who source this, or come from the file below
. "$(dirname "${BASH_SOURCE[0]}")/../tests/daemon/lib.sh"

runs=${RUNS:-5}
results=$B/bench/results
measure=$B/bench/measure
most_seconds=60 # for one run of one client
mkdir -p "$results"

# --- what is sent ---

# make_message: an article of ours whose message is 8 KB; $promotion is the file of it, $message what arrives, $message_lf with line ends for mlmmj.
make_message() {
	local words=500 size i
	promotion=$tmp/promotion.md
	message=$tmp/message.eml
	message_lf=$tmp/message.lf
	site=$tmp/message-site
	make_site
	newsletter topic create news --title 'News' >/dev/null 2>&1
	for i in {1..12}; do
		{
			printf -- '---\ntitle: Eight thousand bytes\n---\n'
			head -c "$words" < <(yes 'A night without sleep is no catastrophe, and nobody has to earn rest.') | fold -sw 420 | sed 's/$/\n/'
		} >"$promotion"
		newsletter preview "$promotion" --eml >"$message" || bail "no message"
		size=$(wc -c <"$message")
		[ "$size" -lt 8150 ] || [ "$size" -gt 8230 ] || break
		words=$((words + (8192 - size) / 3))
		[ $words -gt 50 ] || words=50
	done
	tr -d '\r' <"$message" >"$message_lf"
	message_size=$size
}

# site_of N: $site is a fresh copy of a site with N subscribers.
site_of() {
	local made=$tmp/sites/$1
	if [ ! -d "$made" ]; then
		site=$made
		make_site
		subscribers "$1" || bail "the import failed"
	fi
	site=$tmp/site
	rm -rf "$site"
	cp -a "$made" "$site"
	port=$(sed -n 's/^listen *= *.*:\([0-9]*\)$/\1/p' "$site/newsletter.conf" | head -n 1)
	base=http://127.0.0.1:$port
}

# --- the servers: $port_of[SERVER] and, through the relay that adds latency, $far_port_of[SERVER] ---
declare -A port_of far_port_of

make_certificate() {
	ca=$tmp/cert.pem
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=relay -addext subjectAltName=IP:127.0.0.1 \
		-keyout "$tmp/key.pem" -out "$ca" 2>/dev/null || bail "no certificate"
}

start_server() {
	local server=$1 port
	port=$(free_port)
	port_of[$server]=$port
	case $server in
	sink) sink_at "$port" ;;
	postfix)	# as who runs one for bulk mail sets it up: nothing is looked up for a recipient, processes stay, no log; its queue in memory
		[ ! -w /dev/shm ] || POSTFIX_QUEUE_IN=/dev/shm
		postfix_at "$port" "maillog_file =" "max_use = 100000" "smtpd_reject_unlisted_recipient = no" "smtpd_reject_unlisted_sender = no" \
			"receive_override_options = no_address_mappings" ;;
	npm)
		make_certificate
		node "$root/bench/smtp_server.js" "$port" "$tmp/key.pem" "$ca" >"$tmp/npm.out" 2>&1 &
		at_exit $!
		wait_for 10 grep -qs ready "$tmp/npm.out" || bail "smtp_server.js did not come up: $(head -n 1 "$tmp/npm.out")"
		;;
	esac
	far_port_of[$server]=$(free_port)
	"$B/bench/latency" "${far_port_of[$server]}" "$port" "${LATENCY:-15}" >"$tmp/latency.$server" &
	at_exit $!
	wait_for 5 grep -qs ready "$tmp/latency.$server" || bail "the latency relay did not come up"
}

# A server is at rest: Postfix has thrown away what it took.
at_rest() {
	[ "$1" != postfix ] || wait_for 60 postfix_is_empty || bail "Postfix does not get rid of its queue"
}
postfix_is_empty() { [ -z "$(find "$postfix/queue/incoming" "$postfix/queue/active" "$postfix/queue/maildrop" -type f -print -quit)" ]; }

# --- the clients. Each sends $count messages over $connections connections to 127.0.0.1:$to (STARTTLS when $server is npm) and prints
# --- "messages seconds cpu_us RssAnon_kB" ---

# ca_of: what to trust, when there is TLS
ca_of=()

# From outside, with start and end of the program: for those that do not say when they began.
whole_program() {
	"$measure" run $most_seconds "$@" 2>"$tmp/client.err" >"$tmp/client.out" || return 1
	awk -v n="$count" '$4 == 0 { print n, $1, $2, $3; found = 1 } END { exit !found }' < <(tail -n 1 "$tmp/client.out")
}

# A program that prints "messages seconds cpu_us" itself: from its first replies to the last one.
says_itself() {
	"$measure" run $most_seconds "$@" 2>"$tmp/client.err" >"$tmp/client.out" || return 1
	awk 'NR == 1 { line = $0 } NR == 2 && $4 == 0 { print line, $3; found = 1 } END { exit !found }' "$tmp/client.out"
}

client_smtp-source() {
	LD_LIBRARY_PATH=$POSTFIX_LIBRARIES whole_program "$SMTP_SOURCE" -4 -d -s "$connections" -m "$count" -l "$message_size" \
		-f news@quietharbour.example -t person@example.org "127.0.0.1:$to"
}

client_nodemailer() {
	says_itself node "$root/bench/nodemailer.js" "$to" "$connections" "$count" "$message" "${ca_of[@]}"
}

client_curl() {
	says_itself "$B/bench/curl_upload" "smtp://127.0.0.1:$to" "$connections" "$count" "$message" "${ca_of[@]}"
}

client_mlmmj() {
	local list=$tmp/mlmmj
	rm -rf "$list"
	mkdir -p "$list"/{control,subscribers.d,archive,queue/discarded,requeue,bounce,text}
	echo news@quietharbour.example >"$list/control/listaddress"
	printf '%s' 127.0.0.1 >"$list/control/relayhost"
	printf '%s' "$to" >"$list/control/smtpport"
	echo 0 >"$list/index"
	awk -v n="$count" 'BEGIN { for (i = 1; i <= n; i++) printf "person%d@example.org\n", i }' >"$list/subscribers.d/p"
	cp "$message_lf" "$list/queue/mail"
	whole_program "$MLMMJ_SEND" -L "$list" -m "$list/queue/mail"
}

# newsletterd, as its ledger counts, once 30 % of the messages were accepted; the columns after the fourth are measure.c's.
client_newsletter() {
	local binary=${newsletterd:-$BIN/newsletterd} sender follower lines=("${dkim_conf[@]}")
	site_of "$count"
	conf_add relay "url=smtp://127.0.0.1:$to" "connections=$connections" "${ca_of[@]/#/ca_file=}"
	[ ${#ca_of[@]} = 1 ] || printf 'tls=none\n' >>"$site/newsletter.conf"
	[ ${#lines[@]} = 0 ] || conf_add dkim "${lines[@]}"
	start_daemon "$binary"
	wait_for 10 has_sender || return 1
	sender=$(role_pid sender)
	"$measure" campaign "${campaign_seconds:-$most_seconds}" "$site/store/newsletter.db" 1 "$sender" ${counting:+"$counting/$sender"} \
		>"$tmp/client.out" 2>"$tmp/client.err" &
	follower=$!
	sent_ns=$(date +%s%N)
	newsletter send promotion "$promotion" --topic articles --yes >/dev/null 2>"$tmp/send.err" || cat "$tmp/send.err" >&2
	wait $follower || { tail -n 3 "$site/log" >>"$tmp/client.err"; stop_daemon; return 1; }
	stop_daemon
	awk -v begun="$sent_ns" '{ printf "%s %s %s %s %s %s %.3f %s %s\n", $1, $2, $3, $5, $4, $6, ($7 - begun) / 1e9, $8, $9 }' "$tmp/client.out"
}
has_sender() { [ -n "$(role_pid sender)" ]; }
dkim_conf=()

# one_run PART NET CLIENT [LABEL]: once, its line into the results.
one_run() {
	local to=${port_of[$server]} ca_of=()
	[ "$2" = loopback ] || to=${far_port_of[$server]}
	[ "$server" != npm ] || ca_of=("$ca")
	at_rest "$server"
	if "client_$3" >"$tmp/line"; then
		echo "$1 $2 $server $connections ${4:-$3} $(tail -n 1 "$tmp/line")" >>"$results/$1"
	else
		echo "# $1 $2 $server $connections ${4:-$3}: failed: $(tail -n 1 "$tmp/client.err")" >&2
		echo "$1 $2 $server $connections ${4:-$3} failed" >>"$results/$1"
	fi
}

# new_results PART: forget the last ones; what is needed to say later what they are worth.
new_results() {
	echo "# $(date -u +%Y-%m-%d) runs=$runs" >"$results/$1"
}
