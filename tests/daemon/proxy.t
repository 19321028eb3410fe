#!/bin/bash
# proxy.t - newsletterd behind the real nginx and the real Caddy, with the examples of packaging/ as they are but for ports, paths,
# certificates, and how long they keep a connection to newsletterd, whose own timeout is short here as well: on a domain of its own and below
# /newsletter/. What a visitor sees, whose address counts, what is held off, and that no log has a link.
. "$(dirname "$0")/lib.sh"

need_peers
make_site --url https://news.example.org
conf_add http trusted_proxies=127.0.0.1 timeout=2s
conf_add signup per_network=0
link() { "$B/tests/make_link" "$site/keys" "$@"; }
subscriber() {
	sql "INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at)
		VALUES ('$1@example.org', '$1@example.org', randomblob(16), '$1', '', 1700000000);
		INSERT INTO subscription SELECT 1, max(id), 1, 1700000000 FROM subscriber; SELECT max(id) FROM subscriber"
}
state() { sql "SELECT state FROM subscription WHERE subscriber_id = $1"; }
consent_ip() { sql "SELECT c.ip FROM consent c JOIN subscriber s ON s.id = c.subscriber_id WHERE s.address = '$1@example.org' LIMIT 1"; }
has_consent() { [ -n "$(consent_ip "$1")" ]; }

logs=$tmp/logs
mkdir -p "$logs" "$tmp/proxy"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=news.example.org -addext subjectAltName=DNS:news.example.org,DNS:www.example.org \
	-keyout "$tmp/proxy/key.pem" -out "$tmp/proxy/cert.pem" 2>/dev/null || bail "no certificate"
chmod 711 "$tmp"
chmod 755 "$tmp/proxy" "$logs"

# The main configuration that Debian's nginx reads sites from, with nothing in it but what runs here.
start_nginx() { # SED-SCRIPT
	https=$(free_port) http=$(free_port)
	sed -e "s/listen 443 /listen 127.0.0.1:$https /; s/listen 80;/listen 127.0.0.1:$http;/; /listen \[::\]/d" \
		-e "s,/etc/ssl/certs/.*;,$tmp/proxy/cert.pem;,; s,/etc/ssl/private/.*;,$tmp/proxy/key.pem;,; s,/var/log/nginx,$logs," \
		-e "s/server 127.0.0.1:8025/server 127.0.0.1:$port/; s/keepalive_timeout 10s/keepalive_timeout 1s/" -e "$1" "$root/packaging/nginx.conf" >"$tmp/proxy/site.conf"
	mkdir -p "$tmp/proxy/temp"
	cat >"$tmp/proxy/nginx.conf" <<-END
		$([ "$(id -u)" != 0 ] || echo "user root root;")
		daemon off;
		worker_processes 1;
		pid $tmp/proxy/nginx.pid;
		error_log $tmp/proxy/main.log;
		events { worker_connections 256; }
		http {
			$(for what in client_body proxy fastcgi uwsgi scgi; do echo "${what}_temp_path $tmp/proxy/temp/$what;"; done)
			access_log $tmp/proxy/other.log;
			include $tmp/proxy/site.conf;
		}
	END
	"$NGINX" -c "$tmp/proxy/nginx.conf" -p "$tmp/proxy" -e "$tmp/proxy/start.log" 2>>"$tmp/proxy/stderr.log" &
	proxy=$!
	at_exit $proxy
	wait_for 20 port_open "$https" || bail "nginx did not come up: $(cat "$tmp/proxy"/st*.log | tail -n 2)"
}
start_caddy() {
	https=$(free_port) http=
	sed -e "s/127.0.0.1:8025/127.0.0.1:$port/; s,/var/log/caddy,$logs,; s/keepalive 10s/keepalive 1s/" \
		-e "s/^\(news\|www\)\.example\.org {/&\n\ttls ${tmp//\//\\/}\/proxy\/cert.pem ${tmp//\//\\/}\/proxy\/key.pem\n\tbind 127.0.0.1/" \
		-e "s/^\(news\|www\)\.example\.org/&:$https/" -e "0,/^{/s//{\n\tadmin off\n\tauto_https disable_redirects/" \
		"$root/packaging/Caddyfile" >"$tmp/proxy/Caddyfile"
	HOME=$tmp/proxy XDG_CONFIG_HOME=$tmp/proxy XDG_DATA_HOME=$tmp/proxy \
		"$CADDY" run --adapter caddyfile --config "$tmp/proxy/Caddyfile" 2>>"$logs/caddy.stderr" &
	proxy=$!
	at_exit $proxy
	wait_for 20 port_open "$https" || bail "Caddy did not come up: $(tail -n 2 "$logs/caddy.stderr")"
}
stop_proxy() { kill "$proxy" && wait "$proxy" 2>/dev/null; }

# at HOST: what is asked from now on, as a visitor at 127.0.0.2.
at() { # HOST PATH
	host=$1 path=$2 url=https://$1:$https$2
}
ask() {
	code=$(curl -s --max-time 30 --interface 127.0.0.2 --resolve "$host:$https:127.0.0.1" --cacert "$tmp/proxy/cert.pem" \
		-o "$tmp/body" -D "$tmp/head" -w '%{http_code}' "$@")
	head=$(tr -d '\r' <"$tmp/head") body=$(tr -d '\000' <"$tmp/body")
}
# Send half a form, wait longer than newsletterd does (newsletterd itself: until it ends the connection), send the rest; print the status, or nothing
# when the connection ended.
dribble() { # PORT HOST-OR-EMPTY PATH ADDRESS
	python3 - "$@" "$tmp/proxy/cert.pem" <<-'END'
		import select, socket, ssl, sys, time
		port, host, path, address, cert = sys.argv[1:]
		s = socket.create_connection(("127.0.0.1", int(port)), 60)
		if host:
		    s = ssl.create_default_context(cafile=cert).wrap_socket(s, server_hostname=host)
		body = ("email=%s@example.org&topic=articles" % address).encode()
		s.sendall(("POST %s HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n"
		    "Content-Length: %d\r\n\r\n" % (path, host or "x", len(body))).encode() + body[:9])
		if host:
		    time.sleep(4)
		else:
		    select.select([s], [], [], 60)
		try:
		    s.sendall(body[9:])
		    print(s.recv(100).split(b" ")[1].decode())
		except (OSError, IndexError):
		    pass
	END
}

secrets=()
check_site() { # PROXY HOST PATH
	local name=$1 who=${1}${3//\//} id token slow
	at "$2" "$3"
	dribble "$https" "$host" "$path/subscribe" "slow-$who" >"$tmp/slow" & # meanwhile
	slow=$!
	ask "$url/"
	is "$name $path/: the form" "$code" 200
	has "$name $path/: it posts below its path" "$body" "action=\"$path/subscribe\""
	ask "$url$(grep -o '/style.css?v=[0-9a-f]*' <<<"$body")"
	is "$name $path/: the style sheet" "$code" 200
	ask "$url/subscribe" -H 'X-Forwarded-For: 203.0.113.9' -H 'Forwarded: for=203.0.113.9' -d "email=$who@example.org" -d topic=articles
	is "$name $path/: a signup" "$code" 200
	wait_for 20 has_consent "$who"
	is "$name $path/: the visitor's address counts, not what they wrote" "$(consent_ip "$who")" 127.0.0.2

	id=$(subscriber "leaves-$who") && token=$(link unsubscribe "$id" 1 0 0)
	secrets+=("$token")
	ask "$url/u/$token"
	is "$name $path/: an unsubscribe page" "$code" 200
	has "$name $path/: its headers come through" "$head" "frame-ancestors 'none'"
	is "$name $path/: nobody has left by looking" "$(state "$id")" 1
	ask "$url/u/$token?x=1" -F List-Unsubscribe=One-Click
	is "$name $path/: one click" "$code $(state "$id")" "200 2"
	head -c 100000 /dev/zero | tr '\0' x >"$tmp/large"
	ask "$url/u/$token" -H 'Content-Type: text/plain' --data-binary "@$tmp/large"
	is "$name $path/: with a large body too" "$code" 200
	ask "$url/subscribe" --data-binary "@$tmp/large"
	is "$name $path/: a form that is too large" "$code" 413
	has "$name $path/: newsletterd says how large it may be" "$body" "64 KB"
	head -c 2000000 /dev/zero | tr '\0' x >"$tmp/large"
	ask "$url/subscribe" --data-binary "@$tmp/large"
	is "$name $path/: one that is much too large" "$code" 413
	ask --http1.1 "$url/" -H "X-Long: $(head -c 40000 /dev/zero | tr '\0' x)"
	like "$name $path/: a header that is too large" "$code" '^(400|431)$'
	ask "$url/?$(head -c 3000 /dev/zero | tr '\0' x)"
	is "$name $path/: an address that is too long" "$code" 414

	token=$(cat /proc/sys/kernel/random/uuid)
	secrets+=("$token")
	ask "$url/confirm/$token"
	token=$(link preferences "$id" 0 0 1900000000)
	secrets+=("$token")
	ask "$url/preferences/$token"
	is "$name $path/: settings" "$code" 200
	for page in view approve draft; do
		token=$(cat /proc/sys/kernel/random/uuid)
		secrets+=("$token")
		ask "$url/$page/$token"
		is "$name $path/: /$page/ of nobody's" "$code" 404
	done
	ask "$url/?topic=articles&email=$who@example.org"
	wait $slow
	is "$name $path/: a slow visitor is served" "$(<"$tmp/slow")" 200
}
# With newsletterd gone, which a proxy tells in its log of errors.
check_down() {
	local token=gone-$RANDOM$RANDOM$RANDOM
	secrets+=("$token")
	ask "$url/u/$token" -d List-Unsubscribe=One-Click
	is "$1: without newsletterd" "$code" 502
}
check_logs() { # PROXY FILE-OF-ACCESS
	local text secret found=
	text=$(cat "$logs"/* "$tmp/proxy"/*.log)
	for secret in "${secrets[@]}"; do
		[[ $text != *"$secret"* ]] || found="$found $secret"
	done
	is "$1: no link of ${#secrets[@]} is in a log" "$found" ""
	text=$(cat "$logs"/*)
	hasnt "$1: nor the visitor's address" "$text" 127.0.0.2
	hasnt "$1: nor what they wrote into a query" "$text" "@example.org"
	has "$1: pages are in the log, masked" "$(<"$logs/$2")" "/u/-"
	has "$1: those below a path" "$(<"$logs/$2")" "/newsletter/preferences/-"
	has "$1: and others as they are" "$(<"$logs/$2")" "/style.css"
}
# newsletterd under another address.
move_to() {
	stop_daemon
	sed -i "s,^url = https.*,url = $1," "$site/newsletter.conf"
	start_daemon
}

for file in nginx.conf Caddyfile; do
	missing='' routes=0
	while read -r route; do
		routes=$((routes + 1))
		grep -q "[(|]${route}[|)]" "$root/packaging/$file" || missing="$missing $route"
	done < <(sed -n 's,^\t{ "/\([a-z-]*\)/"\, true\,.*,\1,p' "$root/daemon/http_route.c" | grep -vx -e problems -e archive) # these two are public
	is "$file masks the links of every page" "$missing" ""
	at_least "that have one" "$routes" 3
done

start_daemon
is "newsletterd alone drops a visitor so slow" "$(dribble "$port" "" /subscribe slow-direct)" ""

echo "# nginx"
start_nginx ''
check_site nginx news.example.org ""
ask "http://news.example.org/" --connect-to "::127.0.0.1:$http"
is "http goes to https" "$code $(sed -n 's/^Location: //p' <<<"$head")" "301 https://news.example.org/"
move_to https://www.example.org/newsletter
check_site nginx www.example.org /newsletter
ask "https://$host:$https/newsletter"
is "nginx: the path without its slash leads there" "$code" 301
stop_daemon
check_down nginx
stop_proxy
check_logs nginx newsletter.log
rm -f "$logs"/*

echo "# nginx with its option: a limit of requests"
start_daemon
start_nginx 's/#limit_req/limit_req/'
at www.example.org /newsletter
# A machine that does no more than five a second is given them again: that is what the limit lets through.
for _ in 1 2 3 4 5 6 7 8 9 10; do
	curl -s --max-time 30 --resolve "$host:$https:127.0.0.1" --cacert "$tmp/proxy/cert.pem" -o /dev/null -w '%{http_code}\n' "$url/u/secret-[1-60]" >>"$tmp/codes"
	[ "$(grep -c 429 "$tmp/codes")" -lt 20 ] || [ "$(grep -c 404 "$tmp/codes")" -lt 20 ] || break
done
at_least "nginx: what is over it is refused" "$(grep -c 429 "$tmp/codes")" 20
at_least "nginx: what is not is served" "$(grep -c 404 "$tmp/codes")" 20
stop_proxy
hasnt "nginx: and no refusal is logged with its link" "$(cat "$logs"/*)" secret-
rm -f "$logs"/*

echo "# Caddy"
start_caddy
check_site caddy www.example.org /newsletter
move_to https://news.example.org
check_site caddy news.example.org ""
stop_daemon
check_down caddy
stop_proxy
check_logs caddy newsletter.log
done_testing
