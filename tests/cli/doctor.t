#!/usr/bin/env bash
# doctor.t - newsletter doctor: what it says of the configuration, of permissions and of the store; and of DNS, asked of a real name
# server (NSD) that serves good and bad records of each kind. What it says of relays and pages is in tests/daemon/doctor.t.
. "$(dirname "$0")/lib.sh"

# verdict NAME CHECK RESULT REGEX: one finding of the last run.
verdict() {
	[ -n "$found" ] || found=$(json '"\n".join(f["check"] + ": " + f["result"] + ": " + f["found"] for f in j["findings"])')
	grep -qE "^$2: $3: .*$4" <<<"$found"
	ok "$1" $? "no $2: $3: $4" "$found"
}
# examine [options]: run it, --json.
examine() { found='' && run nl doctor --json "$@"; }
set_conf() { conf_set newsletter.conf "$@"; }

site home
cp newsletter.conf kept.conf
restore() { cp kept.conf newsletter.conf; }

# The machine and the site.
examine --only configuration --only store --only host
is "a site as init makes it: no failure" "$status" 0
verdict "no relay is said" settings warn 'no relay is configured'
verdict "http is said" settings warn 'not https'
verdict "permissions are good" permissions pass 'closed to others'
verdict "keys are there" keys pass 'are there'
verdict "the store is whole" store pass 'whole, version [0-9]+'
verdict "no newsletterd" daemon warn 'not running'
verdict "the disk has room, or little" disk '(pass|warn)' '[0-9] MB'
verdict "what the kernel enforces" sandbox '(pass|warn)' 'Landlock'
verdict "the clock" clock '(pass|warn|skip)' '.'
set_conf store outbox /dev/shm
examine --only host
is "each disk is looked at once" "$(json 'len([f for f in j["findings"] if f["check"] == "disk"])')" "$(stat -c %d store aside /dev/shm | sort -u | wc -l)"
restore
examine --only configuration --only store --only host
is "every warning and failure says what to do" "$(json 'all(f.get("advice") for f in j["findings"] if f["result"] in ("warn", "fail"))')" True
is "the counts add up" "$(json 'j["pass"] + j["warn"] + j["fail"] + j["skip"] == len(j["findings"])')" True

run nl doctor --only configuration
has "for people: a glyph and a word" "$out" "  + pass "
has "and what to do below it" "$out" "-> set [mail] operator"
at_terminal '' "$BIN/newsletter doctor --only configuration"
like "on a terminal, with what is looked at just now" "$out" "… settings.*  \+ pass "
refused "a group that is none" 2 'takes configuration' nl doctor --only dsn
refused "a name server that is none" 2 'no name server' nl doctor --dns example.org
refused "an address that is none" 2 'takes an address' nl doctor --ip 1.2.3
mkdir -p "$tmp/nowhere"
run nl -C "$tmp/nowhere" doctor
is "where no site is" "$status" 1

chmod 644 keys/link-1.key
chmod 755 keys
examine --only configuration
is "a folder of keys that others may read fails" "$status" 3
verdict "and is named with its mode" permissions fail "keys' folder keys has mode 0755"
chmod 750 keys
chmod 0755 store
examine --only configuration
verdict "a store that others may read" permissions fail "store's folder store has mode"
chmod 770 store && chmod g-s store
examine --only configuration
verdict "a folder that is not setgid" permissions warn 'not setgid'
chmod 2770 store
mkdir -p secrets
echo hush-hush-42 >secrets/relay
chmod 644 secrets/relay
printf '[relay]\nurl = smtp://127.0.0.1:1\nuser = ann\npassword_file = secrets/relay\n' >>newsletter.conf
examine --only configuration
verdict "a password that others may read" permissions fail 'secret secrets/relay has mode 0644: everybody'
chmod 640 secrets/relay
rmdir aside/* aside 2>/dev/null
examine --only configuration
verdict "no folder for what is put aside" permissions warn 'aside folder aside: No such file'
mkdir -m 2770 aside
restore
set_conf mail bounce bounces@quietharbour.example
examine --only configuration
verdict "bounces that nobody reads" settings warn 'no \[inbound\] section reads'
restore
mv keys/suppression.key kept.key
examine --only configuration
verdict "no suppression key" keys fail 'suppression.key: No such file'
mv kept.key keys/suppression.key
mv keys/link-1.key kept.key
examine --only configuration
verdict "no link key" keys fail 'link keys'
mv kept.key keys/link-1.key
nl dkim keygen --bits 2048 --selector old >/dev/null
echo nonsense >secrets/nonsense.key
chmod 640 secrets/nonsense.key
set_conf dkim key_file secrets/nonsense.key
echo 'ed25519_key_file = secrets/gone.key' >>newsletter.conf
set_conf site postal_address ''
chmod 2777 aside
examine --only configuration
verdict "a DKIM key that is none" keys fail 'the RSA key secrets/nonsense.key: '
verdict "one that is not there" keys fail 'the Ed25519 key cannot be read: .*gone.key'
verdict "which is a secret that is missing, too" permissions fail 'the secret secrets/gone.key: No such file'
verdict "a folder that everybody may write to" permissions fail 'aside folder aside has mode 2777: everybody on this machine may write to it'
verdict "no postal address" settings warn 'no postal address'
chmod 2770 aside
restore
set_conf site url https://news.quietharbour.example
set_conf mail operator ann@quietharbour.example
set_conf mail bounce bounces@quietharbour.example
printf '[relay]\nurl = smtps://relay.quietharbour.example\n[inbound]\nurl = maildir:%s/maildir\n[daemon]\nusers = nobody-of-ours\n' "$PWD" >>newsletter.conf
examine --only configuration
verdict "a configuration that says it all" settings pass 'newsletter.conf says all that a site needs'
verdict "users that there are not" users fail 'no user nobody-of-ours, which'
restore
openssl genrsa -traditional -out secrets/weak.key 1024 2>/dev/null
chmod 640 secrets/weak.key
set_conf dkim key_file secrets/weak.key
examine --only configuration
verdict "a weak DKIM key" keys warn '1024 bits'
restore
echo 'nonsense = 1' >>newsletter.conf
examine
is "a configuration that cannot be read is a failure, not an error" "$status" 3
verdict "and says where" settings fail 'newsletter.conf:[0-9]+'
restore

# Somebody who may not look everywhere.
if [ "$(id -u)" = 0 ]; then
	chmod 711 "$tmp"
	somebody() { found='' && run setpriv --reuid=65534 --regid="$1" --clear-groups "$BIN/newsletter" doctor --json "${@:2}"; }
	somebody 65534 --only configuration --only store --only host
	verdict "of others' folders it is said that they are others'" permissions skip 'the store .*: Permission denied'
	verdict "of the keys too" keys skip 'may not look into keys'
	verdict "and of the store" store skip 'may not open the store'
	verdict "nor is it known whether newsletterd runs" daemon skip 'cannot be seen'
	cp newsletter.conf other.conf && install -m 600 /dev/null secrets/shut.key
	printf '[dkim]\nkey_file = secrets/shut.key\n' >>other.conf
	somebody 65534 -c other.conf --only configuration
	verdict "or whether a key that signs is good" keys skip 'the RSA key cannot be read'
	rm secrets/shut.key
	chgrp 64333 store aside && chmod 2750 store aside
	somebody 64333 --only configuration
	verdict "who may read but not write is told so" permissions warn "this user may not write into the store's folder"
	verdict "of each folder" permissions warn 'aside folder aside cannot be written to by this user'
	chgrp 0 store aside && chmod 2770 store aside
	mkdir -m 700 shut
	cp newsletter.conf other.conf
	printf '[store]\npath = shut/store/news.db\noutbox = shut/outbox\naside = shut/aside\n' >>other.conf
	somebody 65534 -c other.conf --only host
	verdict "without a folder to look at there is no disk" disk skip "none of the site's folders can be seen"
else
	for name in "of others' folders it is said that they are others'" "of the keys too" "or whether a key that signs is good" "and of the store" "nor is it known whether newsletterd runs" \
		"who may read but not write is told so" "of each folder" "without a folder to look at there is no disk"; do
		skip "$name" "root alone can be somebody else"
	done
fi

# Other machines.
if ldd "$BIN/newsletter" | grep -q libasan; then
	skip "other machines" "the sanitizer wants to be loaded first"
else
	machine() { found='' && run env LD_PRELOAD="$B/tests/kernel.so" "$@" "$BIN/newsletter" doctor --json --only "${only:-host}"; }
	db "DELETE FROM audit WHERE at > 8000000000" 2>/dev/null
	machine KERNEL_CLOCK=network KERNEL_LANDLOCK=0 KERNEL_FREE=40
	verdict "a clock that is kept right" clock pass "kept right by the network's time"
	verdict "no Landlock" sandbox warn 'no Landlock: no role'
	verdict "a full disk" disk fail ': 40 MB and'
	machine KERNEL_CLOCK=nothing KERNEL_LANDLOCK=1 KERNEL_FREE=400
	verdict "a clock that nothing keeps right" clock warn 'nothing keeps the clock right'
	verdict "an old Landlock" sandbox warn 'ABI 1: roles that move files'
	verdict "a disk that is nearly full" disk warn ': 400 MB and'
	machine KERNEL_CLOCK=unknown KERNEL_SECCOMP=no
	verdict "a clock of which nothing is known" clock skip 'the kernel does not say'
	verdict "no seccomp" sandbox warn 'no seccomp here'
	db "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000) INSERT INTO event (kind, at, class) SELECT 'bounce', 5, 'soft' FROM n"
	only=store machine KERNEL_HURRY=1000
	verdict "a store that is too large to be looked at in the time" store skip '5 seconds are not enough|no time is left'
	only=store machine KERNEL_HURRY=100000000
	verdict "no time at all" store skip 'no time is left: the checks before took 60 seconds'
	db "DELETE FROM event"
fi

# The store.
db "PRAGMA foreign_keys = off; INSERT INTO subscription (topic_id, subscriber_id, state, since) VALUES (1, 4711, 1, 1)"
examine --only store
verdict "a row that refers to nobody" store fail 'rows of subscription refer to rows of subscriber'
is "fails" "$status" 3
db "DELETE FROM subscription WHERE subscriber_id = 4711"
db "INSERT INTO audit (at, who, command, detail) VALUES (9000000000, 'x', 'x', '')"
examine --only host
verdict "an event of the future" clock fail 'event of the future'
cp store/newsletter.db kept.db
python3 - <<'END'
f = open("store/newsletter.db", "r+b")
f.seek(4096 * 9)
f.write(b"\xff" * 4096 * 3)
END
rm -f store/newsletter.db-wal store/newsletter.db-shm
examine --only store
verdict "a damaged file" store fail '.'
cp kept.db store/newsletter.db
rm -f store/newsletter.db-wal store/newsletter.db-shm
examine --only store --full
verdict "all of it looked at" store pass 'whole, version'
db 'PRAGMA user_version = 1'
examine --only store
verdict "an older version's" store fail 'version 1'
has "is to be brought up to date" "$(json 'j["findings"][0]["advice"]')" "newsletter init"
mv store/newsletter.db away.db
examine --only store
verdict "a store that is not there" store fail '.'
has "is to be brought back" "$(json 'j["findings"][0]["advice"]')" "restore it from the backup"
rm -f store/newsletter.db-*
cp kept.db store/newsletter.db
truncate -s 300M store/newsletter.db-wal
examine --only store
verdict "a log that nobody could empty" store warn 'the write-ahead log has 300 MB'

# DNS.
# shellcheck source=/dev/null # made by tools/peers
"$root/tools/peers" "$root/build/peers" >/dev/null && . "$root/build/peers/env"
[ -x "${NSD:-}" ] || { skip "records in DNS" "there is no NSD: tools/peers fetches it"; done_testing; }
export PEER_LIBRARIES NSD
set_conf mail from news@good.test
nl dkim keygen --selector rsa >/dev/null
nl dkim keygen --selector ed --ed25519 >/dev/null
set_conf dkim selector rsa
set_conf dkim ed25519_selector ed
set_conf dkim key_file secrets/dkim-rsa.key
set_conf dkim ed25519_key_file secrets/dkim-ed.key
cp newsletter.conf kept.conf
run nl dkim show --json
rsa=$(json 'j["keys"][0]["zone"].split("TXT", 1)[1]')
rsa_p=$(json 'j["keys"][0]["value"].split("p=")[1]')
ed=$(json 'j["keys"][1]["zone"].split("TXT", 1)[1]')
ed_p=$(json 'j["keys"][1]["value"].split("p=")[1]')
half=${#rsa_p}
half=$((half / 2))
rsa_strings="\"${rsa_p:0:half}\" \"${rsa_p:half}\""

# name DOMAIN [RECORD…]: a domain that is good in all but what is given: its SPF, its DMARC, its MX, its keys.
name() {
	local d=$1 ed=$ed spf='"v=spf1 ip4:192.0.2.0/24 -all"' dmarc='"v=DMARC1; p=reject; rua=mailto:d@good.test"' mx='MX 10 mx.good.test.' key=$rsa one
	shift
	for one in "$@"; do
		case $one in
		spf=*) spf=${one#*=} ;;
		dmarc=*) dmarc=${one#*=} ;;
		mx=*) mx=${one#*=} ;;
		key=*) key=${one#*=} ;;
		ed=*) ed=${one#*=} ;;
		*) echo "$d. $one" ;;
		esac
	done
	echo "$d. TXT \"something else\""
	[ -z "$spf" ] || echo "$d. TXT $spf"
	[ -z "$dmarc" ] || echo "_dmarc.$d. TXT $dmarc"
	[ -z "$mx" ] || echo "$d. $mx"
	[ -z "$key" ] || echo "rsa._domainkey.$d. TXT $key"
	echo "ed._domainkey.$d. TXT $ed"
}
mkdir -p dns
{
	printf '%s\n' "\$TTL 60"
	echo '. SOA ns.test. root.test. 1 3600 600 86400 60'
	echo '. NS ns.test.'
	echo 'ns.test. A 127.0.0.1'
	name good.test
	echo 'mx.good.test. A 192.0.2.10'
	echo '10.2.0.192.in-addr.arpa. PTR mx.good.test.'
	echo '11.2.0.192.in-addr.arpa. PTR mx.good.test.'
	echo '12.2.0.192.in-addr.arpa. PTR gone.good.test.'
	echo "2.$(printf '0.%.0s' {1..23})8.b.d.0.1.0.0.2.ip6.arpa. PTR mx6.good.test."
	echo 'mx6.good.test. AAAA 2001:db8::2'
	name dkim-none.test key=
	name dkim-other.test "key=\"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB\""
	name dkim-revoked.test 'key="v=DKIM1; k=rsa; p="'
	name dkim-testing.test "key=\"v=DKIM1; k=rsa; t=y; p=\" $rsa_strings"
	name dkim-two.test "rsa._domainkey.dkim-two.test. TXT \"v=DKIM1; p=AAAA\"" | sed 's/^dkim-two.test. rsa/rsa/'
	name dkim-kind.test "key=\"v=DKIM1; k=ed25519; p=$ed_p\""
	name dkim-ed.test "ed=\"v=DKIM1; k=rsa; p=\" $rsa_strings"
	name dkim-alien.test 'key="v=DKIM1; k=dsa; p=AAAA"'
	name dkim-syntax.test 'key="v=DKIM1; k=rsa; p"'
	name dkim-no-p.test 'key="v=DKIM1; k=rsa"'
	name dkim-version.test 'key="v=DKIM2; p=AAAA"'
	name dkim-hash.test "key=\"v=DKIM1; h=sha1; p=\" $rsa_strings"
	name dkim-service.test "key=\"v=DKIM1; s=chat; p=\" $rsa_strings"
	name dkim-alias.test key=
	echo 'rsa._domainkey.dkim-alias.test. CNAME rsa._domainkey.middle.test.'
	echo 'rsa._domainkey.middle.test. CNAME rsa._domainkey.good.test.'
	name spf-none.test spf=
	name spf-two.test 'spf="v=spf1 -all"' 'TXT "v=spf1 ~all"'
	name spf-syntax.test 'spf="v=spf1 ip4:192.0.2.0.1 -all"'
	name spf-word.test 'spf="v=spf1 inclued:good.test -all"'
	name spf-many.test "spf=\"v=spf1 include:five.test include:five2.test include:good.test -all\""
	for i in five five2; do
		echo "$i.test. TXT \"v=spf1 a:mx.good.test a:mx.good.test a:mx.good.test a:mx.good.test ~all\""
	done
	name spf-ten.test 'spf="v=spf1 include:five.test include:good.test a:mx.good.test a:mx.good.test a:mx.good.test a:mx.good.test -all"'
	name spf-loop.test 'spf="v=spf1 include:spf-loop.test -all"'
	name spf-void.test 'spf="v=spf1 a:x1.test a:x2.test a:x3.test -all"'
	name spf-plus.test 'spf="v=spf1 +all"'
	name spf-bare.test 'spf="v=spf1 all"'
	name spf-open.test 'spf="v=spf1 ip4:192.0.2.10"'
	name spf-neutral.test 'spf="v=spf1 ip4:192.0.2.10 ?all"'
	name spf-soft.test 'spf="v=spf1 mx ~all"'
	name spf-redirect.test 'spf="v=spf1 redirect=good.test"'
	name spf-redirect-none.test 'spf="v=spf1 redirect=nothing.test"'
	name spf-include-none.test 'spf="v=spf1 include:nothing.test -all"'
	name spf-unsure.test 'spf="v=spf1 a:www.broken.test -all"'
	name spf-macro.test 'spf="v=spf1 exists:%{i}._spf.good.test -all"'
	name spf-mx.test "spf=\"v=spf1 mx:many.test -all\""
	for i in {1..11}; do
		echo "many.test. MX 10 mx$i.many.test."
	done
	name spf-outside.test 'spf="v=spf1 ip4:198.51.100.0/24 ip6:2001:db8::/32 -all"'
	name spf-cut.test 'spf="v=spf1 -all"' # its TXT records do not fit into a datagram
	for i in {1..30}; do
		echo "spf-cut.test. TXT \"$i $(printf '%0200d' 0)\""
	done
	name dmarc-none.test dmarc=
	name dmarc-two.test 'dmarc="v=DMARC1; p=none"' 
	echo '_dmarc.dmarc-two.test. TXT "v=DMARC1; p=reject"'
	name dmarc-no-p.test 'dmarc="v=DMARC1; sp=none"'
	name dmarc-rua.test 'dmarc="v=DMARC1; rua=mailto:d@good.test"'
	name dmarc-syntax.test 'dmarc="v=DMARC1; p=none; p=reject"'
	name dmarc-testing.test 'dmarc="v=DMARC1; p=reject; t=y"'
	name dmarc-pct.test 'dmarc="v=DMARC1; p=reject; pct=20"'
	name dmarc-watch.test 'dmarc="v=DMARC1; p=none"'
	name org.test 'dmarc="v=DMARC1; p=reject; sp=quarantine; np=none"'
	name news.org.test dmarc=
	echo '_dmarc.bank. TXT "v=DMARC1; p=quarantine; psd=y"'
	name our.bank dmarc=
	name other.bank dmarc=
	name strict.test 'dmarc="v=DMARC1; p=reject; adkim=s; aspf=s"'
	name a.b.c.d.e.f.g.h.deep.test dmarc=
	echo '_dmarc.deep.test. TXT "v=DMARC1; p=reject"'
	echo '_dmarc.b.c.d.e.f.g.h.deep.test. TXT "v=DMARC1; p=none"' # jumped over: the name has more than eight labels
	name mx-null.test 'mx=MX 0 .'
	name mx-none.test mx=
	name mx-host.test mx= 'A 192.0.2.20'
	name mx-two.test 'mx=MX 10 mx.good.test.' 'MX 20 mx6.good.test.'
	name mx-lost.test 'mx=MX 10 nowhere.test.'
} >dns/root.zone
dns=$(free_port)
cat >dns/nsd.conf <<END
server:
	server-count: 1
	ip-address: 127.0.0.1
	port: $dns
	username: ""
	chroot: ""
	database: ""
	zonesdir: "$PWD/dns"
	pidfile: "$PWD/dns/nsd.pid"
	xfrdfile: "$PWD/dns/xfrd.state"
	zonelistfile: "$PWD/dns/zone.list"
	rrl-ratelimit: 0
remote-control:
	control-enable: no
zone:
	name: "."
	zonefile: "root.zone"
zone:
	name: "broken.test"
	zonefile: "not-there.zone"
END
LD_LIBRARY_PATH=$PEER_LIBRARIES "$NSD" -d -c dns/nsd.conf >dns/log 2>&1 &
at_exit $!
wait_for 20 port_open "$dns" || bail "NSD did not come up: $(tail -n 3 dns/log)"

ask() { # DOMAIN [options]: what doctor says of mail from there
	restore
	set_conf mail from "news@$1"
	examine --only dns --dns "127.0.0.1:$dns" --ip 192.0.2.10 "${@:2}"
}

ask good.test
is "everything good passes" "$status $(json 'sorted({f["result"] for f in j["findings"]})')" "0 ['pass']"
verdict "the RSA key" dkim pass 'rsa._domainkey.good.test publishes the key'
verdict "the Ed25519 key" dkim pass 'ed._domainkey.good.test publishes the key'
verdict "SPF" spf pass 'ends in -all and costs 0 of 10'
verdict "the address is inside" spf pass 'names 192.0.2.10'
verdict "DMARC" dmarc pass '_dmarc.good.test governs good.test: reject'
verdict "alignment" dmarc pass "align with From, and the envelope's sender does"
verdict "MX" 'mail hosts' pass 'takes mail at mx.good.test'
verdict "PTR" 'reverse name' pass '192.0.2.10 is mx.good.test, both ways'

mapfile -t rows <<'END'
dkim-none.test|dkim|fail|no such (name|record)
dkim-other.test|dkim|fail|publishes another key
dkim-revoked.test|dkim|fail|is revoked
dkim-testing.test|dkim|warn|test mode
dkim-two.test|dkim|fail|has 2 records
dkim-kind.test|dkim|fail|of another kind
dkim-ed.test|dkim|fail|of another kind than the Ed25519 key
dkim-alien.test|dkim|fail|k=dsa is no kind
dkim-syntax.test|dkim|fail|it has no =
dkim-no-p.test|dkim|fail|it has no p=
dkim-version.test|dkim|fail|v= must come first
dkim-hash.test|dkim|fail|does not allow sha256
dkim-service.test|dkim|fail|not for mail
dkim-alias.test|dkim|pass|rsa._domainkey.dkim-alias.test publishes the key
spf-none.test|spf|fail|has no SPF record
spf-two.test|spf|fail|two SPF records
spf-syntax.test|spf|fail|ip4:192.0.2.0.1" cannot be read
spf-word.test|spf|fail|is no mechanism
spf-many.test|spf|fail|more than (10|ten) look-ups
spf-ten.test|spf|pass|costs 10 of 10
spf-loop.test|spf|fail|(include each other|more than)
spf-void.test|spf|fail|more than 2 look-ups find nothing
spf-plus.test|spf|fail|ends in \+all
spf-bare.test|spf|fail|ends in \+all
spf-open.test|spf|warn|has no all
spf-neutral.test|spf|warn|ends in \?all
spf-soft.test|spf|pass|ends in ~all and costs 1 of 10
spf-soft.test|spf|pass|names 192.0.2.10
spf-redirect.test|spf|pass|ends in -all and costs 1 of 10
spf-redirect-none.test|spf|fail|redirect=nothing.test has no SPF record
spf-include-none.test|spf|fail|include:nothing.test has no SPF record
spf-unsure.test|spf|skip|www.broken.test
spf-macro.test|spf|skip|depends on the message
spf-mx.test|spf|fail|more than 10 mail servers
spf-outside.test|spf|fail|does not name 192.0.2.10
spf-cut.test|spf|pass|ends in -all
dmarc-none.test|dmarc|warn|has no DMARC record
dmarc-two.test|dmarc|fail|several records
dmarc-no-p.test|dmarc|fail|it has no p=
dmarc-rua.test|dmarc|pass|governs dmarc-rua.test: none
dmarc-syntax.test|dmarc|fail|p= is there twice
dmarc-testing.test|dmarc|warn|a test \(t=y\)
dmarc-pct.test|dmarc|warn|has pct=
dmarc-watch.test|dmarc|pass|governs dmarc-watch.test: none
news.org.test|dmarc|pass|_dmarc.org.test governs news.org.test: quarantine
gone.org.test|dmarc|pass|_dmarc.org.test governs gone.org.test: none
our.bank|dmarc|pass|_dmarc.bank governs our.bank: quarantine
a.b.c.d.e.f.g.h.deep.test|dmarc|pass|_dmarc.deep.test governs .*: reject
mx-null.test|mail hosts|fail|null MX
mx-none.test|mail hosts|fail|neither MX nor address
mx-host.test|mail hosts|warn|has no MX
mx-two.test|mail hosts|pass|takes mail at mx6?.good.test and others
mx-lost.test|mail hosts|fail|nowhere.test has no address
broken.test|dkim|skip|does not say
broken.test|spf|skip|does not say
broken.test|dmarc|skip|no name server says
broken.test|mail hosts|skip|does not say
END
# Each domain is asked about once, eight at a time; then the findings are looked at.
mkdir asked
pids=()
for domain in $(printf '%s\n' "${rows[@]%%|*}" | sort -u); do
	restore
	set_conf mail from "news@$domain"
	mv newsletter.conf "$domain.conf"
	nl -c "$domain.conf" doctor --json --only dns --dns "127.0.0.1:$dns" --ip 192.0.2.10 >"asked/$domain" 2>&1 &
	pids+=($!)
	[ $((${#pids[@]} % 8)) != 0 ] || wait "${pids[@]}"
done
wait "${pids[@]}"
restore
python3 - asked/* >findings <<'END'
import json, sys
for name in sys.argv[1:]:
    for f in json.load(open(name))["findings"]:
        print(name.partition("/")[2], f["check"] + ": " + f["result"] + ": " + f["found"], sep="|")
END
for row in "${rows[@]}"; do
	IFS='|' read -r domain check result regex <<<"$row"
	said=$(awk -F '|' -v d="$domain" '$1 == d { print substr($0, length(d) + 2) }' findings)
	grep -qE "^$check: $result: .*$regex" <<<"$said"
	ok "$domain" $? "no $check: $result: $regex" "$said"
done

# Names that must align with each other.
aligned() { # FROM DKIM-DOMAIN BOUNCE-DOMAIN
	restore
	set_conf mail from "news@$1"
	set_conf dkim domain "$2"
	set_conf mail bounce "b@$3"
	examine --only dns --dns "127.0.0.1:$dns"
}
aligned news.org.test org.test org.test
verdict "relaxed: the organisation's other names align" dmarc pass 'signatures of org.test align'
aligned strict.test news.strict.test strict.test
verdict "strict: they do not, but the envelope does" dmarc warn 'adkim=s'
aligned our.bank other.bank other.bank
verdict "below a public suffix everybody is an organisation of its own" dmarc fail 'signatures of other.bank do not align'
aligned good.test good.test spf-none.test
verdict "SPF of the bounces' domain is what counts" spf fail 'spf-none.test has no SPF record'
aligned spf-none.test good.test good.test
verdict "that of From only helps" spf warn 'spf-none.test has no SPF record'
aligned good.test good.test mx-null.test
verdict "bounces that are lost" 'mail hosts' fail 'mx-null.test takes no mail'
verdict "no address to look at" 'reverse name' skip 'cannot be known'
verdict "nor for SPF" spf skip 'cannot be known'

ask good.test --ip 192.0.2.11
verdict "a name that does not lead back" 'reverse name' fail 'does not lead back'
ask good.test --ip 192.0.2.99
verdict "an address without a name" 'reverse name' fail 'has no name'
ask good.test --ip 192.0.2.12
verdict "a name that there is not" 'reverse name' fail 'does not lead back'
ask good.test --ip 2001:db8::2
verdict "an IPv6 address and its name" 'reverse name' pass '2001:db8::2 is mx6.good.test, both ways'
ask good.test --ip 2001:db8::1
verdict "an IPv6 address outside" spf fail 'does not name 2001:db8::1'
verdict "and without a name" 'reverse name' fail 'has no name'
ask spf-outside.test --ip 2001:db8::1
verdict "an IPv6 address inside" spf pass 'names 2001:db8::1'

# What signs, and what else aligns.
restore
set_conf mail from news@good.test
mv secrets/dkim-rsa.key kept.key
examine --only dns --dns "127.0.0.1:$dns" --ip 192.0.2.10
verdict "a key that cannot be compared with its record" dkim skip 'rsa._domainkey.good.test is published; the key to compare it with cannot be read'
mv kept.key secrets/dkim-rsa.key
sed -i '/^key_file = /d' newsletter.conf
examine --only dns --dns "127.0.0.1:$dns" --ip 192.0.2.10
verdict "an Ed25519 key alone" dmarc pass 'signatures of good.test align'
sed -i '/^ed25519_key_file = /d' newsletter.conf
examine --only dns --dns "127.0.0.1:$dns" --ip 192.0.2.10
verdict "no key" dkim warn 'no key is named'
verdict "so the envelope alone aligns" dmarc warn "only the envelope's sender aligns with From"
set_conf mail bounce b@spf-none.test
examine --only dns --dns "127.0.0.1:$dns" --ip 192.0.2.10
verdict "or nothing does" dmarc fail "neither a signature nor the envelope's sender .spf-none.test. aligns"
set_conf mail bounce ''
printf '[relay]\nurl = smtps://relay.test\ndkim = no\n' >>newsletter.conf
set_conf mail from news@dmarc-none.test
set_conf mail operator ann@good.test
examine --only dns --dns "127.0.0.1:$dns" --ip 192.0.2.10
verdict "a relay that signs" dkim pass 'not signed here: the relay does'
has "who reads the reports is the operator" "$(json '[f["advice"] for f in j["findings"] if f["check"] == "dmarc"][0]')" "rua=mailto:ann@good.test"

# Servers that answer as they should not, and none.
python3 "$root/tests/cli/doctor_world.py" >ports &
at_exit $!
wait_for 20 test -s ports || bail "the servers did not come up"
read -r web relay odd <ports
pages() { # URL [options]
	restore
	set_conf site url "$1"
	examine --only web --dns "127.0.0.1:$dns" "${@:2}"
}
pages "http://127.0.0.1:$web/large"
verdict "a page without end" pages fail 'another page than our signup form'
pages "http://127.0.0.1:$web/none"
verdict "a page that is not there" pages fail '/none/ answers 404'
verdict "a link without its page" one-click fail 'GET of an unsubscribe link answers 404'
pages "http://127.0.0.1:$web/nopost"
verdict "a button that nobody answers" one-click skip 'cannot be reached: .*[Ee]mpty reply'
mv keys/link-1.key kept.key
pages "http://127.0.0.1:$web/nopost"
verdict "no key for a link" one-click skip 'no link can be made'
mv kept.key keys/link-1.key
pages https://nothing.test
verdict "a host that there is not" pages fail 'there is no such host'
pages https://nothing.test --dns "127.0.0.1:$odd"
verdict "one of which no name server says anything" pages skip 'https://nothing.test/: '
ask nothing.test --dns "127.0.0.1:$odd"
verdict "nor of its address" 'mail hosts' skip 'nothing.test: '
ask four.test --dns "127.0.0.1:$odd" --ip 2001:db8::1
verdict "nor of its address of that kind" spf skip 'four.test'
restore
printf '[relay]\nurl = smtp://nothing.test\ntls = none\n' >>newsletter.conf
examine --only relay --dns "127.0.0.1:$dns"
verdict "a relay that there is not" relay fail '[Rr]esolve'
examine --only relay --dns "127.0.0.1:$odd"
verdict "one of which no name server says anything" relay skip '[Rr]esolve'
restore
set_conf mail from news@good.test
printf '[relay]\nurl = smtp://127.0.0.1:%s\ntls = none\nmessages_per_connection = 50\n' "$relay" >>newsletter.conf
examine --only relay --only dns --dns "127.0.0.1:$dns"
verdict "a relay that takes one command at a time" relay pass 'takes AUTH SIZE 20000000: one command at a time'
verdict "and so many on a connection" relay pass 'takes 50 messages on a connection'
verdict "one of this machine sends from elsewhere" spf skip 'from which address the relay sends cannot be known'

# A machine of its own, with an address of its own and no way to others.
if [ "$(id -u)" = 0 ] && unshare -n ip link set lo up 2>/dev/null; then
	export root dns
	alone() { # FROM: doctor of relay, DNS and pages there
		set_conf mail from "$1"
		found=''
		# shellcheck disable=SC2016 # all of it is that shell's
		run unshare -n bash -c 'ip link set lo up && ip addr add 192.0.2.10/32 dev lo
			LD_LIBRARY_PATH=$PEER_LIBRARIES "$NSD" -d -c dns/nsd.conf >dns/log 2>&1 &
			python3 "$root/tests/cli/doctor_world.py" >ports2 &
			for ((i = 0; i < 600; i++)); do
				[ -s ports2 ] && (: <"/dev/tcp/127.0.0.1/$dns") 2>/dev/null && break
				sleep 0.05
			done
			read -r _ relay _ <ports2
			sed -i "s/PORT/$relay/" newsletter.conf
			"$BIN/newsletter" doctor --json --only relay --only dns --only web --dns "127.0.0.1:$dns"
			status=$?
			kill $(jobs -p)
			exit $status'
	}
	restore
	set_conf site url https://192.0.2.77
	echo hush-hush-42 >secrets/token
	chmod 640 secrets/token
	printf '[relay]\nurl = smtp://192.0.2.10:PORT\ntls = none\nuser = ann\npassword_file = secrets/relay\n
		[relay second]\nurl = smtp://192.0.2.10:PORT\ntls = none\n
		[relay third]\nurl = smtp://192.0.2.10:PORT\ntls = none\nuser = ann\ntoken_file = secrets/token\n
		[relay far]\nurl = smtp://192.0.2.77\ntls = none\n' >>newsletter.conf
	alone news@spf-outside.test
	verdict "a password in clear" relay fail 'the relay: no TLS: the password goes over the network in clear'
	verdict "no TLS" relay warn 'relay second: no TLS'
	verdict "a token" relay pass 'relay third, .*lets us log in'
	verdict "no way to a relay" relay skip 'relay far, '
	verdict "nor to the pages" pages skip 'no way there from this machine'
	verdict "an address that the domain does not name" spf warn 'does not name 192.0.2.10, where the relay takes mail'
else
	for name in "a password in clear" "no TLS" "a token" "no way to a relay" "nor to the pages" "an address that the domain does not name"; do
		skip "$name" "no network namespace here"
	done
fi
restore

# No network.
silent=$(free_port)
start=$SECONDS
examine --only dns --dns "127.0.0.1:$silent"
is "without a name server: nothing fails" "$status $(json 'sorted({f["result"] for f in j["findings"]})')" "0 ['skip']"
python3 -c '
import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("127.0.0.1", int(__import__("sys").argv[1])))
time.sleep(600)' "$silent" &
at_exit $!
start=$SECONDS
examine --only dns --dns "127.0.0.1:$silent"
is "with one that says nothing: nothing fails either" "$status $(json 'sorted({f["result"] for f in j["findings"]})')" "0 ['skip']"
at_most "and it takes seconds" $((SECONDS - start)) 40

# Some resolvers without a network deny every name; such a one is the machine's own here, at an address of IPv6.
if [ "$(id -u)" != 0 ] || ! unshare -m -n true 2>/dev/null; then
	skip "a name server that denies everything" "only root has a network of its own"
else
	printf 'nameserver ::1\nnameserver 127.0.0.1\n' >"$tmp/resolv.conf"
	cat >"$tmp/denier" <<-'END'
		import fcntl, select, socket, struct, sys
		control = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
		fcntl.ioctl(control, 0x8914, struct.pack("16sh14x", b"lo", 0x41))  # SIOCSIFFLAGS: IFF_UP, IFF_RUNNING
		servers = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM)]
		servers[0].bind(("127.0.0.1", 53))
		try:
		    servers.append(socket.socket(socket.AF_INET6, socket.SOCK_DGRAM))
		    servers[1].bind(("::1", 53))
		except OSError:
		    del servers[1:]
		open(sys.argv[1], "w")
		while True:
		    for s in select.select(servers, [], [])[0]:
		        question, client = s.recvfrom(512)
		        s.sendto(question[:2] + b"\x81\x83\0\1\0\0\0\0\0\0" + question[12:-11], client)  # without its OPT
	END
	cat >"$tmp/denied" <<-'END'
		mount --bind "$1/resolv.conf" /etc/resolv.conf || exit 9
		python3 "$1/denier" "$1/denies" &
		until [ -e "$1/denies" ]; do sleep 0.02; done
		"$2" doctor --json --only dns
		status=$?
		kill $!
		exit $status
	END
	run unshare -m -n timeout 60 sh "$tmp/denied" "$tmp" "$BIN/newsletter"
	is "a name server that denies everything: nothing fails" "$status $(json 'sorted({f["result"] for f in j["findings"]})')" "0 ['skip']"
	has "… for it does not say" "$out" "does not say"
fi
restore
db "DELETE FROM subscription; DELETE FROM topic"
examine --only host --send ann@example.org
like "a test mail of no topic" "$status $err" "^1 newsletter: there is no topic that the test mail could be of"

for file in keys/*.key secrets/*.key; do
	sed -n '2,$p' "$file" | tr -d '\n' | cut -c20-60
	tr -d '\n' <"$file" | cut -c1-40
done | grep -v -e '-----' | grep . >"$tmp/secrets"
ask good.test
nl doctor --dns "127.0.0.1:$dns" >"$tmp/all" 2>&1
cat "$tmp/out" >>"$tmp/all"
! grep -qFf "$tmp/secrets" "$tmp/all"
ok "no key is printed ($(wc -l <"$tmp/secrets") looked for)" $?
done_testing
