#!/bin/bash
# newsletter backup | verify | restore: what comes back is what was there, and held; and nothing that is damaged or hostile comes back at all.
. "$(dirname "$0")/lib.sh"
unset NEWSLETTER_PASSPHRASE
export TMPDIR=$tmp/scratch
mkdir "$TMPDIR"
site one
seal() { "$B/tests/seal" "$@"; }
head -c 32 /dev/urandom >"$tmp/key"
echo 'six words that nobody else has' >"$tmp/words"

# A site with something of everything.
{
	echo email
	for i in {1..200}; do echo "person$i@example.org"; done
} >list.csv
nl subscriber import list.csv --topic articles --consent 'paper 2026-03' >/dev/null 2>&1
rm list.csv
nl subscriber unsubscribe person7@example.org >/dev/null
printf -- '---\nsubject: Spring\n---\nHello.\n' >spring.md
nl send promotion spring.md --topic articles --key spring --yes >/dev/null 2>&1
printf -- '---\nsubject: Summer\n---\nHello.\n' >summer.md
nl send promotion summer.md --topic articles --key summer --yes >/dev/null 2>&1
rm spring.md summer.md
mkdir -p templates/mail secrets
echo '/* mine */' >templates/mail/extra.txt
echo 'hunter22' >secrets/relay
chmod 600 secrets/relay
mkdir "$tmp/elsewhere"
echo 'elsewhere' >"$tmp/elsewhere/token"
nl dkim keygen >/dev/null
cat >>newsletter.conf <<END

[relay]
url = smtp://127.0.0.1:9
user = a
password_file = secrets/relay

[relay second]
url = smtp://127.0.0.1:9
user = b
token_file = $tmp/elsewhere/token

[inbound]
url = imaps://127.0.0.1/INBOX
user = c
password_file = $tmp/is-not-there

[dkim]
key_file = secrets/dkim-newsletter.key
ed25519_key_file = $tmp/nor-is-this
END
db "UPDATE campaign SET state = 'sending', started_at = 1, high_id = 200, cursor = 50 WHERE key = 'spring';
	INSERT INTO delivery SELECT 1, id, CASE WHEN id > 45 THEN 0 ELSE 1 END, 1, 1, NULL, NULL, NULL, NULL, NULL FROM subscriber WHERE id <= 50;
	INSERT INTO outbox (kind, address, message, state, created_at, expires_at, next_at) VALUES
		('operator', 'o@example.org', x'78', 'queued', unixepoch(), unixepoch() + 86400, 0),
		('operator', 'o@example.org', x'78', 'claimed', unixepoch(), unixepoch() + 86400, 0);
	INSERT INTO approval VALUES (2, x'00', 1, unixepoch() + 86400, NULL, NULL);
	INSERT INTO role VALUES ('http', 1, '0', 1, 1, 2, 1, 1);
	INSERT INTO pace VALUES ('inbound-reading a', '', 1, 1), ('relay', '', 300, 5), ('inbound-polled', '', 7, 1);
	INSERT INTO returned VALUES ('a', 'b', 0, 1);"

refused "no secret" 2 "always encrypted: give --passphrase-file FILE, --key-file FILE or NEWSLETTER_PASSPHRASE" nl backup "$tmp/b"
printf 'abc\n' >"$tmp/short"
refused "a short passphrase" 2 "shorter than 10" nl backup "$tmp/b" --passphrase-file "$tmp/short"
refused "a short key" 2 "32 to 4096 random octets" nl backup "$tmp/b" --key-file "$tmp/short"
refused "both" 2 "one of them" nl backup "$tmp/b" --key-file "$tmp/key" --passphrase-file "$tmp/words"
refused "a folder that is not there" 1 "cannot create .*\.part: No such file" nl backup "$tmp/none/b" --key-file "$tmp/key"
refused "a folder as file" 2 "is no plain file" nl backup "$tmp" --key-file "$tmp/key"
echo >"$tmp/nothing"
refused "an empty passphrase" 2 "the passphrase is empty" nl backup "$tmp/b" --passphrase-file "$tmp/nothing"
is "none of them left anything" "$(find "$tmp" -maxdepth 1 -name 'b*')" ""

before=$(dump)
succeeds "backup" nl backup "$tmp/b" --key-file "$tmp/key"
like "says what it holds" "$out" "holds the site.*Files +9 files.*Subscribers +200, 199 active.*Mailings +2 with 50 deliveries.*Unfinished +2 mailings, 2 mails"
like "what was outside" "$out" "\[relay second\] token_file: .*/elsewhere/token is secrets/relay-second-token_file in it"
like "what could not be read" "$out" "Left out +cannot open .*is-not-there.*cannot open .*nor-is-this"
has "and how to check it" "$out" "newsletter verify $tmp/b"
is "mode" "$(stat -c %a "$tmp/b")" 600
is "nothing else is left" "$(find "$tmp/one/store" "$tmp" -maxdepth 1 -name '*copy*' -o -maxdepth 1 -name '*.part')" ""
is "one row of audit more, and nothing else" "$(diff <(echo "$before") <(dump) | grep '^[<>]' | grep -c "'backup'")" 1
unlike "no address and no secret in it" "$(strings "$tmp/b")" "person[0-9]+@|hunter22|elsewhere"
succeeds "verify" nl verify "$tmp/b" --key-file "$tmp/key"
like "says so" "$out" "whole and can be restored.*suppression key fits the store; 1 link key"
is "and leaves nothing" "$(ls -A "$TMPDIR")" ""
succeeds "verify --json, from standard input" sh -c "'$BIN/newsletter' verify - --json --key-file '$tmp/key' <'$tmp/b'"
is "JSON" "$(json '[j["whole"], j["link_keys"], j["manifest"]["counts"]["subscribers"], j["manifest"]["format"]]')" "[True, 1, 200, 1]"
cd "$tmp" || exit 1
succeeds "no site is needed" nl verify b --key-file key
cd one || exit 1

# By passphrase: from a file, from the environment, typed.
succeeds "by passphrase" nl backup "$tmp/p" --passphrase-file "$tmp/words"
NEWSLETTER_PASSPHRASE='six words that nobody else has' succeeds "the environment has it as well" nl verify "$tmp/p"
NEWSLETTER_PASSPHRASE='six words that nobody else had' refused "a wrong one" 3 "that is not the passphrase" nl verify "$tmp/p"
refused "a key for a passphrase" 3 "encrypted with a passphrase, not with a key file" nl verify "$tmp/p" --key-file "$tmp/key"
head -c 32 /dev/urandom >"$tmp/other"
refused "another key" 3 "that is not the key file" nl verify "$tmp/b" --key-file "$tmp/other"
typed() { # COMMAND LINE LINE: each typed once it is asked for; what the terminal shows
	timeout 60 python3 - "$@" <<'END'
import os, pty, sys
pid, fd = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-c", sys.argv[1]])
shown, answers = b"", [(b"Passphrase: ", sys.argv[2]), (b"Once more: ", sys.argv[3])]
while True:
    try:
        part = os.read(fd, 1000)
    except OSError:
        part = b""
    if not part:
        break
    shown += part
    if answers and shown.endswith(answers[0][0]):
        os.write(fd, answers.pop(0)[1].encode() + b"\n")
print(shown.decode())
END
}
shown=$(typed "'$BIN/newsletter' backup '$tmp/t'" 'typed at a terminal' 'typed at a terminal')
like "asks twice" "$shown" "Passphrase:.*Once more:.*holds the site"
hasnt "and shows nothing" "$shown" "typed at"
NEWSLETTER_PASSPHRASE='typed at a terminal' succeeds "what was typed opens it" nl verify "$tmp/t"
shown=$(typed "'$BIN/newsletter' backup '$tmp/u'" 'typed at a terminal' 'typed at another one')
like "two that differ" "$shown" "not the same"
[ ! -e "$tmp/u" ]
ok "and no backup" $?
like "none at all" "$(typed "'$BIN/newsletter' backup '$tmp/u'" $'\x04' '')" "no passphrase was given"
like "a terminal is no place for one" "$(typed "'$BIN/newsletter' backup - --key-file '$tmp/key'" '' '')" "a backup is not for a terminal"
"$BIN/newsletter" backup - --key-file "$tmp/key" >"$tmp/stream" 2>"$tmp/err"
is "to standard output" "$? $(cat "$tmp/err")" "0 "
succeeds "which is one too" nl verify "$tmp/stream" --key-file "$tmp/key"
mkdir "$tmp/scratch2"
succeeds "in another scratch folder" nl verify "$tmp/b" --key-file "$tmp/key" --scratch "$tmp/scratch2"
refused "in none" 1 "cannot create a folder like /nowhere/newsletter-verify-" nl verify "$tmp/b" --key-file "$tmp/key" --scratch /nowhere
succeeds "in that of the system" env -u TMPDIR "$BIN/newsletter" verify "$tmp/b" --key-file "$tmp/key"
refused "with --json there is no place" 2 "cannot both go" nl backup - --json --key-file "$tmp/key"

# A backup replaces an older one only when it is whole.
sum=$(sha256sum <"$tmp/b")
(ulimit -f 100 && "$BIN/newsletter" backup "$tmp/b" --key-file "$tmp/key") >"$tmp/out" 2>&1
is "one that cannot be written fails" $? 1
is "the one that was there is as it was" "$(sha256sum <"$tmp/b")" "$sum"
[ ! -e "$tmp/b.part" ]
ok "and nothing half-made stays" $?
echo precious >"$tmp/mine" && ln "$tmp/mine" "$tmp/v.part"
refused "nor into a file that has another name" 1 "v\.part is there, and is not the beginning of a backup" nl backup "$tmp/v" --key-file "$tmp/key"
is "which is as it was" "$(cat "$tmp/mine")" precious
rm "$tmp/v.part" && mkfifo "$tmp/v.part"
refused "nor into a pipe" 1 "v\.part" timeout 20 "$BIN/newsletter" backup "$tmp/v" --key-file "$tmp/key"
rm "$tmp/v.part"

if [ "$(id -u)" = 0 ] && mkdir "$tmp/small" && mount -t tmpfs -o size=1m none "$tmp/small" 2>/dev/null; then
	refused "nor where there is no room" 1 "there is no room for a copy of the store: [0-9]+ MB are needed in $tmp/small, and there are 1.0 MB" nl backup "$tmp/small/b" --key-file "$tmp/key"
	is "which leaves nothing" "$(ls -A "$tmp/small")" ""
	umount "$tmp/small"
else
	skip "nor where there is no room" "needs root and tmpfs"
	skip "which leaves nothing" "needs root and tmpfs"
fi

# Signals: what was unpacked goes, one that was ignored is none, and no core has the secret.
signalled() { # SIGNAL IGNORED: sent to a verify that reads a pipe; its status, whether a core was dumped, and what is left
	rm -rf "$tmp/fifo"
	mkfifo "$tmp/fifo"
	timeout 60 python3 - "$@" "$BIN/newsletter" "$tmp/fifo" "$tmp/b" "$tmp/key" <<'END'
import os, resource, signal, subprocess, sys, time
number, ignored, program, fifo, backup, key = sys.argv[1:]
number = getattr(signal, "SIG" + number)
def before():
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    signal.signal(number, signal.SIG_IGN if ignored == "yes" else signal.SIG_DFL)
p = subprocess.Popen([program, "verify", fifo, "--key-file", key], preexec_fn=before, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
with open(backup, "rb") as f, open(fifo, "wb", 0) as out:
    octets = f.read()
    out.write(octets[:-100])
    while not os.listdir(os.environ["TMPDIR"]) or not os.listdir(os.environ["TMPDIR"] + "/" + os.listdir(os.environ["TMPDIR"])[0]):
        time.sleep(0.01)
    p.send_signal(number)
    time.sleep(0.2)
    try:
        out.write(octets[-100:])
    except BrokenPipeError:
        pass
status = os.waitpid(p.pid, 0)[1]
print(os.WEXITSTATUS(status) if os.WIFEXITED(status) else "killed", os.WCOREDUMP(status), len(os.listdir(os.environ["TMPDIR"])))
END
}
for signal in INT TERM HUP QUIT; do
	is "verify: SIG$signal" "$(signalled $signal no)" "3 False 0"
done
is "verify: SIGHUP under nohup" "$(signalled HUP yes)" "0 False 0"
is "verify: no core" "$(signalled ABRT no)" "killed False 1"
rm -rf "${TMPDIR:?}"/*

# Restored: equal but for what is held.
refused "not over a site" 1 "there is a site in \. already" nl restore "$tmp/b" --key-file "$tmp/key"
mkdir "$tmp/spoilt" && echo nonsense >"$tmp/spoilt/newsletter.conf"
refused "nor over one that cannot be read" 1 "there is a site in $tmp/spoilt already" nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/spoilt"
mkdir "$tmp/full" && : >"$tmp/full/file"
refused "not where something is" 1 "is not empty \(file is there\)" nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/full"
refused "not over a file" 1 "cannot read the folder $tmp/key: Not a directory" nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/key"
refused "not where no folder can be" 1 "cannot create the folder $tmp/none/two: No such file" nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/none/two"
refused "nor from what is not there" 1 "cannot open $tmp/none: No such file" nl restore "$tmp/none" --key-file "$tmp/key" --to "$tmp/two"
refused "a wrong key makes nothing" 3 "not the key file" nl restore "$tmp/b" --key-file "$tmp/other" --to "$tmp/two"
[ ! -e "$tmp/two" ]
ok "not even the folder" $?
succeeds "restore" nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/two"
like "says what is held" "$out" "Held +2 unfinished mailings, 1 mail to one person.*Given up +1 mail.*Closed +1 question"
same() { # STORE: what restoring leaves alone
	sqlite3 "$1/store/newsletter.db" .dump | grep -vE "^INSERT INTO (campaign|outbox|approval|audit|restored|role|pace|sqlite_sequence) "
}
is "everything else is as it was" "$(same "$tmp/two" | sha256sum)" "$(same "$tmp/one" | sha256sum)"
is "keys" "$(cat "$tmp"/two/keys/* | sha256sum)" "$(cat "$tmp"/one/keys/* | sha256sum)"
is "secrets and templates" "$(cat "$tmp"/two/secrets/relay "$tmp"/two/secrets/dkim-newsletter.key "$tmp"/two/templates/mail/extra.txt | sha256sum)" \
	"$(cat "$tmp"/one/secrets/relay "$tmp"/one/secrets/dkim-newsletter.key "$tmp"/one/templates/mail/extra.txt | sha256sum)"
is "what was outside is inside" "$(cat "$tmp/two/secrets/relay-second-token_file")" "elsewhere"
is "and the configuration says so" "$(diff "$tmp/one/newsletter.conf" "$tmp/two/newsletter.conf" | grep '^>')" \
	"> token_file = secrets/relay-second-token_file
> password_file = secrets/inbound-password_file
> ed25519_key_file = secrets/dkim-ed25519_key_file"
is "the original is beside it" "$(sha256sum <"$tmp/two/newsletter.conf.original")" "$(sha256sum <"$tmp/one/newsletter.conf")"
is "modes" "$(cd "$tmp/two" && stat -c '%a %n' store store/newsletter.db keys outbox aside templates templates/mail secrets secrets/relay | tr '\n' ' ')" \
	"2770 store 660 store/newsletter.db 750 keys 770 outbox 2770 aside 755 templates 755 templates/mail 750 secrets 600 secrets/relay "
is "nothing else is there" "$(find "$tmp/two" -name '.restore*')" ""
two=$tmp/two/store/newsletter.db
is "campaigns are held" "$(db "SELECT group_concat(state || ' ' || alarms) FROM campaign" "$two")" "held 4,held 4"
like "with the reason" "$(db "SELECT reason FROM campaign WHERE id = 1" "$two")" \
	"^restored from a backup of 20[0-9]{2}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}: check, then resume$"
like "and what they were" "$(db "SELECT reason FROM campaign WHERE id = 2" "$two")" "check, then resume \(was scheduled\)$"
is "cursor and ledger stay" "$(db "SELECT cursor, (SELECT count(*) FROM delivery WHERE state = 0) FROM campaign WHERE id = 1" "$two")" "50|5"
is "mails that were claimed are given up" "$(db "SELECT group_concat(state) FROM (SELECT state FROM outbox ORDER BY id)" "$two")" "queued,unknown"
is "approvals are closed" "$(db "SELECT decision FROM approval" "$two")" "expired"
is "roles and readings are gone, the rest of pace stays" "$(db "SELECT count(*) FROM role UNION ALL SELECT group_concat(scope) FROM pace" "$two")" "0
inbound-polled,relay"
cd "$tmp/two" || exit 1
succeeds "status" nl status
like "says that it is held" "$out" "Restored +from a backup of .*, and held"
printf -- '---\nsubject: Autumn\n---\nHello.\n' >autumn.md
refused "send, by cron too" 3 "restored from a backup.*is held" nl send promotion autumn.md --topic articles --no-links
succeeds "outbox list" nl outbox list --json
is "counts" "$(json '[j["held"], [(k["kind"], k["waiting"]) for k in j["kinds"]]]')" "[True, [('operator', 1)]]"
succeeds "outbox discard" nl outbox discard
is "wiped" "$(db "SELECT group_concat(state || coalesce(message, '')) FROM outbox")" "expired,unknown"
succeeds "status again" nl status
hasnt "is held no more" "$out" "Restored"
refused "release after that" 3 "is not held" nl outbox release
works "send works again" nl send promotion autumn.md --topic articles --no-links
succeeds "resume by hand" nl campaign resume 1
is "audited" "$(db "SELECT group_concat(command) FROM (SELECT command FROM audit WHERE command IN ('restore', 'outbox discard') ORDER BY id)")" "restore,outbox discard"
mkdir "$tmp/three"
succeeds "here, into an empty folder" nl restore "$tmp/b" --key-file "$tmp/key" -C "$tmp/three" --json
is "JSON" "$(json '[j["campaigns_held"], j["mails_held"], j["mails_unknown"], j["approvals_closed"]]')" "[2, 1, 1, 1]"
succeeds "outbox release" nl outbox release -C "$tmp/three"
is "once" "$(db "SELECT count(*) FROM restored WHERE released_at IS NULL" "$tmp/three/store/newsletter.db")" 0
# Interrupted by a signal it leaves nothing; by what cannot be caught, what is no site and says what it is.
interrupted() { # SIGNAL: sent to a restore to $tmp/five that has unpacked most of its backup; its status and what is left
	rm -rf "$tmp/fifo" && mkfifo "$tmp/fifo"
	"$BIN/newsletter" restore "$tmp/fifo" --key-file "$tmp/key" --to "$tmp/five" >/dev/null 2>&1 &
	pid=$!
	timeout 60 python3 - "$1" "$pid" "$tmp/fifo" "$tmp/b" "$tmp/five" <<'END'
import glob, os, signal, sys, time
number, pid, fifo, backup, folder = sys.argv[1:]
with open(backup, "rb") as f, open(fifo, "wb", 0) as out:
    octets = f.read()
    out.write(octets[:-100])
    while not glob.glob(folder + "/.restore-*/*"):
        time.sleep(0.01)
    os.kill(int(pid), getattr(signal, "SIG" + number))
    try:
        out.write(octets[-100:])
    except BrokenPipeError:
        pass
END
	status=0
	wait "$pid" || status=$?
	echo "$status $(find "$tmp/five" -mindepth 1 -maxdepth 1 -printf '%f' 2>/dev/null | sed 's/[^-]*$//')"
}
is "restore: SIGTERM leaves nothing" "$(interrupted TERM 2>/dev/null)" "3 "
[ ! -e "$tmp/five" ]
ok "not even the folder" $?
is "restore: SIGKILL leaves no site" "$(interrupted KILL 2>/dev/null)" "137 .restore-"
refused "which is known for what it is" 1 "five/\.restore-.* is of a restore that was interrupted, or is at work: remove it first" \
	nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/five"
rm -r "$tmp"/five/.restore-*
succeeds "and then restored" nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/five"
is "as without" "$(same "$tmp/five" | sha256sum)" "$(same "$tmp/one" | sha256sum)"
if [ "$(id -u)" = 0 ]; then
	mkdir "$tmp/theirs" && chown 12345:23456 "$tmp/theirs"
	succeeds "by root into somebody's folder" nl restore "$tmp/b" --key-file "$tmp/key" --to "$tmp/theirs"
	is "all of it is theirs" "$(find "$tmp/theirs" ! -user 12345 -o ! -group 23456)" ""
	is "with the same modes" "$(cd "$tmp/theirs" && find . ! -type l -printf '%m %p\n' | sort -k 2 | tail -n +2 | sha256sum)" \
		"$(cd "$tmp/five" && find . ! -type l -printf '%m %p\n' | sort -k 2 | tail -n +2 | sha256sum)"
	chmod 711 "$tmp" && install -o 12345 -m 600 "$tmp/b" "$tmp/their-b" && rm -r "${tmp:?}/theirs" && mkdir "$tmp/theirs" && chown 12345:23456 "$tmp/theirs"
	they() { setpriv --reuid=12345 --regid=23456 --clear-groups "$BIN/newsletter" "$@"; }
	works "and by themselves" they restore "$tmp/their-b" --key-file "$tmp/key" --to "$tmp/theirs"
	is "it is theirs as well" "$(find "$tmp/theirs" ! -user 12345 -o ! -group 23456)" ""
	mkdir "$tmp/not-theirs"
	refused "but into no other's" 1 "cannot create a folder in $tmp/not-theirs: Permission denied" they restore "$tmp/their-b" --key-file "$tmp/key" --to "$tmp/not-theirs"
else
	for name in "by root into somebody's folder" "all of it is theirs" "with the same modes" "and by themselves" "it is theirs as well" "but into no other's"; do
		skip "$name" "only root can give files away"
	done
fi
cd "$tmp/one" || exit 1
(flock -x 9 && "$BIN/newsletter" backup "$tmp/b" --key-file "$tmp/key") 9>"$tmp/b.part" >"$tmp/out" 2>&1
like "two at once" "$? $(cat "$tmp/out")" "^1 .*another backup to .* is being made"
rm -f "$tmp/b.part"

# Damage: a bit, anywhere; an end, anywhere.
size=$(stat -c %s "$tmp/b")
python3 - "$tmp/b" "$tmp" <<'END'
import random, sys
data = open(sys.argv[1], "rb").read()
random.seed(7)
for i in range(50):
    bad = bytearray(data)
    at = random.randrange(len(data)) if i >= 10 else i * 10
    bad[at] ^= 1 << random.randrange(8)
    open(f"{sys.argv[2]}/flipped-{i}", "wb").write(bad)
END
# damaged WORDS FILE…: those that verify finds whole, or of which it says something else; eight at once, for most of it is waiting for the disk
damaged() {
	local words=$1 f pids=()
	shift
	for f; do
		{
			! nl verify "$f" --key-file "$tmp/key" >/dev/null 2>"$f.err" || echo "$f is taken for whole"
			grep -qE "$words" "$f.err" || echo "$f: $(head -c 300 "$f.err")"
			rm -f "$f"
		} &
		pids+=($!)
		[ $((${#pids[@]} % 8)) != 0 ] || wait "${pids[@]}"
	done
	wait "${pids[@]}"
}
is "50 flipped bits, each found and called damage" "$(damaged 'damaged|no backup of newsletter|cut off' "$tmp"/flipped-*)" ""
cuts=0
for cut in $(python3 -c "
import random
random.seed(8)
n, size = 65536 + 16, $size
print(*sorted(({0, 1, 95, 96} | {96 + i * n + d for i in range(size // n + 1) for d in (-1, 0, 1)} | {random.randrange(size) for _ in range(100)}) - {-1}))"); do
	[ "$cut" -lt "$size" ] || continue
	cuts=$((cuts + 1))
	head -c "$cut" "$tmp/b" >"$tmp/cut-$cut"
done
is "$cuts truncations, each found and called that" "$(damaged 'cut off' "$tmp"/cut-*)" ""
at_least "cuts" "$cuts" 100
is "the scratch folder is empty" "$(ls -A "$TMPDIR")" ""

# What a hostile hand that has the key puts into it.
mkdir "$tmp/hostile"
seal open "$tmp/key" <"$tmp/b" >"$tmp/archive"
is "tar opens what is in it" "$(tar -tf "$tmp/archive" | head -n 1)" manifest.json
python3 "$root/tests/cli/backup_hostile.py" "$tmp/archive" "$tmp/hostile" || bail "the archives could not be made"
hostile() { # NAME REGEX
	seal seal "$tmp/key" <"$tmp/hostile/$1" >"$tmp/h" || bail "seal"
	rm -rf "$tmp/into"
	run nl verify "$tmp/h" --key-file "$tmp/key"
	like "$1: verify" "$status $err" "^1 newsletter: .*$2"
	run nl restore "$tmp/h" --key-file "$tmp/key" --to "$tmp/into"
	like "$1: restore" "$status $err" "^1 newsletter: .*$2"
	[ ! -e "$tmp/into" ]
	ok "$1: leaves nothing" $? "$(find "$tmp/into")"
}
hostile absolute "leads elsewhere|names a file that cannot be"
hostile dots "leads elsewhere|names a file that cannot be"
hostile dots-inside "leads elsewhere|names a file that cannot be"
hostile link "no plain file"
hostile twice "is in it twice"
hostile below-a-file "cannot create|in it twice"
hostile more-than-listed "not what its manifest says"
hostile less-than-listed "not what its manifest says"
hostile another-hash "not as its manifest says"
hostile another-size "not what its manifest says"
hostile negative-size "a file that cannot be"
hostile too-large "is too large"
hostile no-room "it needs [0-9]+ MiB"
hostile after-the-end "after the end"
hostile no-manifest "manifest"
hostile deep-manifest "manifest"
hostile large-manifest "manifest"
hostile no-store "no store in it"
hostile no-link-key "no link key"
hostile no-suppression-key "suppressions"
hostile another-suppression-key "another store's"
hostile another-format "newer newsletter"
hostile newer "newer newsletter .*store version 99"
hostile newer-in-the-store "newer newsletter .*store version 99"
hostile counts "its manifest says 7 subscribers"
hostile store-elsewhere "not in it|another store|twice"
hostile keys-elsewhere "not in it|twice"
hostile conf-wrong "unknown section"
hostile another-database "no store of newsletter"
hostile broken-store "damaged"
hostile not-an-archive "no archive"
hostile empty "ends too early"
seal seal "$tmp/key" <"$tmp/hostile/outbox-elsewhere" >"$tmp/h"
rm -rf "$tmp/into"
refused "a folder elsewhere is not made" 1 "not in it|twice" nl restore "$tmp/h" --key-file "$tmp/key" --to "$tmp/into"
[ ! -e /tmp/evil-of-newsletter ]
ok "nor anything else of that name" $?
is "the scratch folder is empty still" "$(ls -A "$TMPDIR")" ""
seal seal "$tmp/key" <"$tmp/hostile/good" >"$tmp/h"
succeeds "the same archive unchanged" nl verify "$tmp/h" --key-file "$tmp/key"
seal seal "$tmp/key" <"$tmp/hostile/no-names" >"$tmp/h"
succeeds "nor does it matter who made it" nl verify "$tmp/h" --key-file "$tmp/key"
like "where it does not say so" "$out" "Taken +.* on , of "

# An older store in it is brought up to date.
sqlite3 "$tmp/old.db" <"$data/schema-5.sql"
sqlite3 "$tmp/old.db" "PRAGMA user_version = 5; PRAGMA application_id = 1315272556;
	DELETE FROM subscription; DELETE FROM consent; DELETE FROM token; DELETE FROM subscriber;" # whose HMACs are another key's
python3 - "$tmp/archive" "$tmp/old.db" "$tmp/old.tar" <<'END'
import hashlib, io, json, sqlite3, sys, tarfile
db = sqlite3.connect(sys.argv[2])
count = lambda table: db.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
with tarfile.open(sys.argv[1]) as tar:
    files = [(m.name, tar.extractfile(m).read()) for m in tar.getmembers()]
m = json.loads(files[0][1])
store = open(sys.argv[2], "rb").read()
files = [(n, store if n == m["store"] else d) for n, d in files[1:]]
m.update(store_version=5, counts={t + "s": count(t) for t in ("subscriber", "campaign", "suppression")} | {"deliveries": count("delivery")})
m["files"] = [{"name": n, "size": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in files]
with tarfile.open(sys.argv[3], "w", format=tarfile.USTAR_FORMAT) as tar:
    for n, d in [("manifest.json", json.dumps(m).encode())] + files:
        i = tarfile.TarInfo(n)
        i.size = len(d)
        tar.addfile(i, io.BytesIO(d))
    end = tar.offset
open(sys.argv[3], "r+b").truncate(end + 1024)
END
seal seal "$tmp/key" <"$tmp/old.tar" >"$tmp/old"
succeeds "an older one" nl verify "$tmp/old" --key-file "$tmp/key"
like "says so" "$out" "its store has version 5 and is brought up to [6-9]"
succeeds "and restores" nl restore "$tmp/old" --key-file "$tmp/key" --to "$tmp/four"
works "as a site" nl status -C "$tmp/four"

# A site whose store is an older version's: the backup from before an upgrade.
cd "$tmp/one" || exit 1
for version in 1 2 3 4 5; do
	rm -f store/newsletter.db*
	sqlite3 store/newsletter.db <"$data/schema-$version.sql"
	sqlite3 store/newsletter.db "PRAGMA user_version = $version; PRAGMA application_id = 1315272556;
		DELETE FROM subscription; DELETE FROM consent; DELETE FROM token; DELETE FROM subscriber;" # whose HMACs are another key's
	succeeds "a store of version $version is backed up" nl backup "$tmp/older" --key-file "$tmp/key"
	is "and left as it is" "$(db "PRAGMA user_version; PRAGMA integrity_check; SELECT count(*) FROM audit WHERE command = 'backup'" | tr '\n' ' ')" "$version ok 1 "
	succeeds "what is in it can be restored" nl verify "$tmp/older" --key-file "$tmp/key"
done

# A large one, of which nothing is on its way, with folders that are several new ones deep.
conf_set newsletter.conf store aside far/away/aside
head -c 17000000 /dev/zero >templates/mail/large
db "UPDATE campaign SET state = 'done', finished_at = 1; DELETE FROM outbox"
succeeds "a large one" nl backup "$tmp/large" --key-file "$tmp/key"
at_least "is large" "$(stat -c %s "$tmp/large")" 17000000
succeeds "and restored" nl restore "$tmp/large" --key-file "$tmp/key" --to "$tmp/six"
like "with nothing that is held" "$out" "Held +no unfinished mailings, no mails to one person|Held +0 unfinished mailings, 0 mails to one person"
is "whole" "$(cmp templates/mail/large "$tmp/six/templates/mail/large") $(stat -c %a "$tmp/six/far/away/aside")" " 2770"
done_testing
