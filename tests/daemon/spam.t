#!/bin/bash
# spam.t - what spam filters say of every mail: SpamAssassin, by its local tests, at most 1.0; rspamd, no symbol about the content above
# 1.0. Neither asks the network. spam_check.py says what is left out, and why; a mail that is spam shows that they look.
# shellcheck source=tests/daemon/lib.sh
. "$(dirname "$0")/lib.sh"
need_peers

spam=$tmp/spam
mkdir -p "$spam"/{delivered,home,assassin,rspamd/override.d}
# rspamd's own rules, without what asks others: lists in the DNS, fuzzy hashes, maps, signatures, statistics.
share=$RSPAMD_ROOT/usr/share/rspamd
for module in arc asn bayes dkim dkim_signing dmarc elastic external_services fuzzy_check greylist history_redis mx_check neural p0f \
	ratelimit rbl redis replies reputation rspamd_update spf surbl url_redirector; do
	echo "$module { enabled = false; }"
done >"$spam/rspamd/rspamd.conf.local"
echo "lang_detection { languages = \"$share/languages\"; stop_words = \"$share/languages/stop_words\"; }" >>"$spam/rspamd/rspamd.conf.local"
echo 'rule "none" { servers = "127.0.0.1:1"; }' >"$spam/rspamd/override.d/fuzzy_check.conf"
cat >"$spam/rspamd/rspamd.conf" <<-END
	options {
		.include "\$CONFDIR/options.inc"
		filters = "chartable,regexp";
		task_timeout = 60s;
		dns { nameserver = ["127.0.0.1:1:1"]; timeout = 0.05s; retransmits = 1; }
		tempdir = "$spam/rspamd";
	}
	.include "\$CONFDIR/common.conf"
	logging { type = "console"; level = "warning"; color = false; }
	worker "normal" { bind_socket = "$spam/rspamd/socket mode=0600"; count = 1; }
END
variables=()
for variable in CONFDIR="$RSPAMD_ROOT/etc/rspamd" LOCAL_CONFDIR="$spam/rspamd" RULESDIR="$share/rules" PLUGINSDIR="$share/plugins" \
	LUALIBDIR="$share/lualib" SHAREDIR="$share" DBDIR="$spam/rspamd" RUNDIR="$spam/rspamd" LOGDIR="$spam/rspamd"; do
	variables+=("--var=$variable")
done
LD_LIBRARY_PATH=$PEER_LIBRARIES:$RSPAMD_ROOT/usr/lib/rspamd "$RSPAMD_ROOT/usr/bin/rspamd" -f -i -c "$spam/rspamd/rspamd.conf" \
	"${variables[@]}" >"$spam/log" 2>&1 &
at_exit $!
# Meanwhile. Filters know the top-level domains that there are: below .example, an address that is shown as its own link counts as disguised.
DOMAIN=quietharbour.example.org "$root/tests/daemon/make_mails" "$tmp/mails" || bail "the mails are not made"
"$root/tests/mail_check.py" "$tmp"/mails/*.eml >"$spam/found"
is "they are as they go over the wire" "$?$(head -c 600 "$spam/found")" 0
"$root/tests/daemon/spam_check.py" deliver "$spam/delivered" "$tmp"/mails/*.eml || bail "the mails cannot be read"

# The plugins of Debian's package that look at nothing but the message.
for plugin in Check MIMEHeader ReplaceTags HTTPSMismatch URIDetail BodyEval HTMLEval HeaderEval MIMEEval RelayEval URIEval WLBLEval VBounce \
	ImageInfo FreeMail WelcomeListSubject; do
	echo "loadplugin Mail::SpamAssassin::Plugin::$plugin"
done >"$spam/assassin/plugins.pre"
printf '%s\n' 'report_safe 0' 'add_header all Scores _TESTSSCORES(,)_' >"$spam/assassin/local.cf"
: >"$spam/prefs"

assassin() {
	local include=() folder
	for folder in "$SPAMASSASSIN_ROOT"/usr/share/perl5 "$SPAMASSASSIN_ROOT"/usr/lib/*/perl5/*; do
		include+=("-I$folder")
	done
	HOME=$spam/home timeout 300 perl -T "${include[@]}" "$SPAMASSASSIN_ROOT/usr/bin/spamassassin" --local \
		--configpath="$SPAMASSASSIN_ROOT/usr/share/spamassassin" --siteconfigpath="$spam/assassin" --prefspath="$spam/prefs" --mbox
}
"$root/tests/daemon/spam_check.py" mbox "$spam"/delivered/*.eml | assassin >"$spam/judged" 2>"$spam/errors" &
reads=$!

wait_for 60 test -S "$spam/rspamd/socket"
ok "rspamd comes up" $? "$(tail -n 5 "$spam/log")"
for mail in "$spam"/delivered/*.eml; do
	curl -sf --max-time 120 --unix-socket "$spam/rspamd/socket" --data-binary @"$mail" -H 'IP: 93.184.215.14' -H 'Helo: relay.quietharbour.example.org' \
		-H 'Hostname: relay.quietharbour.example.org' -H 'From: bounces@quietharbour.example.org' -H 'Rcpt: reader@example.org' \
		http://localhost/checkv2 >"${mail%.eml}.json"
done
wait $reads
ok "SpamAssassin reads them all" $? "$(tail -n 5 "$spam/errors")"

"$root/tests/daemon/spam_check.py" report "$spam/judged" "$spam"/delivered/*.json >"$spam/report"
while IFS=$'\t' read -r what name found; do
	[ "$what" = pass ]
	ok "$name" $? "$found"
done < <(grep -v "$(printf '\t.*, spam: ')" "$spam/report")
is "everything was reported, and one as spam by each" "$(wc -l <"$spam/report") $(grep -c "$(printf '^fail\t.*, spam: ')" "$spam/report")" \
	"$((2 * $(find "$spam/delivered" -name '*.eml' | wc -l))) 2"
done_testing
