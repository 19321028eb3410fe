# smtp.sh - for the tests of the SMTP engine: its driver (smtp_driver.c), relays to drive it against, and what must have come of it.
#
# What the driver says became of its messages must agree with what the relay itself counted.
# shellcheck shell=bash
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

driver=$B/tests/smtp_driver
# field NAME FILE: a number or text out of one line of JSON without nesting; 0 when it is not there
field() {
	local v
	v=$(sed -n "s/.*\"$1\": *\"\{0,1\}\([^\",}]*\).*/\1/p" "$2" | head -n 1)
	echo "${v:-0}"
}

# expect NAME FILE field=value…: each must hold; >= and <= too
expect() {
	local name=$1 file=$2 bad='' pair f v
	shift 2
	for pair; do
		f=${pair%%[<>=]*}
		v=$(field "$f" "$file")
		case $pair in
		*'>='*) [ "$v" -ge "${pair#*>=}" ] || bad="$bad $pair" ;;
		*'<='*) [ "$v" -le "${pair#*<=}" ] || bad="$bad $pair" ;;
		*) [ "$v" = "${pair#*=}" ] || bad="$bad $pair" ;;
		esac
	done
	[ -z "$bad" ]
	ok "$name" $? "not so:$bad" "$(cat "$file")"
}

# relay, sink ARGS: start one, with its port in $port
relay() {
	start_relay "$@"
	port=$relay
}
sink() {
	port=$(free_port)
	sink_at "$port" "$@"
}
stop_sink() {
	kill "$sink_pid"
	wait "$sink_pid" 2>/dev/null
}

send() {	# send ARGS: the driver's line comes into $tmp/out
	"$driver" "$@" "smtp://127.0.0.1:$port" >"$tmp/out" 2>"$tmp/err"
	status=$?
	[ $status -eq 0 ] || ok "the engine keeps its contract: $*" 1 "$(cat "$tmp/out" "$tmp/err")"
}

# make_keys: a CA and a certificate of 127.0.0.1 in $tmp
make_keys() {
	openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=Test CA" -keyout "$tmp/ca.key" -out "$tmp/ca.pem" 2>"$tmp/openssl" &&
		openssl req -newkey rsa:2048 -nodes -subj "/CN=127.0.0.1" -keyout "$tmp/key.pem" -out "$tmp/req.pem" 2>>"$tmp/openssl" &&
		printf 'subjectAltName=IP:127.0.0.1\n' >"$tmp/ext" &&
		openssl x509 -req -in "$tmp/req.pem" -CA "$tmp/ca.pem" -CAkey "$tmp/ca.key" -CAcreateserial -days 2 -extfile "$tmp/ext" -out "$tmp/cert.pem" 2>>"$tmp/openssl"
}
