"""servers.py - how each server is set up and started, inside the namespaces that emit made.

A server is at 192.0.2.10 (mail.example.org), holds mailboxes of example.org where it can, sends out for everybody, gives up after about ten
seconds and warns of delays after some. start() returns its processes; submission is SMTP unless submit is given.
"""
import os, pwd, shutil, socket, subprocess, time
from pathlib import Path

from cases import REPLIES, Case

SERVER = "192.0.2.10"
USERS = ("ann", "full", "fwd", "loop", "pipe", "strict", "away")


def write(path, text, mode=0o644):
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def own(path, user, group=None):
    shutil.chown(path, user, group or pwd.getpwnam(user).pw_gid)


def folders(root, owner, *names, mode=0o700):
    for name in names:
        path = Path(root, name)
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(mode)
        own(path, owner)


def people():
    """Mailboxes: full is full (20,000 bytes are what one may hold), fwd and loop have a .forward."""
    Path("/var/mail").chmod(0o1777)
    for user in USERS:
        home = Path("/home", user)
        home.mkdir(exist_ok=True)
        own(home, user)
    write("/var/mail/full", "From ann@example.org Mon Mar  2 09:00:00 2026\nSubject: old\n\n" + "Old mail.\n" * 1900, 0o600)
    own("/var/mail/full", "full", "mail")
    for user, to in (("fwd", "unknown@example.com"), ("loop", "loop@example.org")):
        write(f"/home/{user}/.forward", to + "\n")
        own(f"/home/{user}/.forward", user)


def spawn(*command, **more):
    log = open("/run/log", "ab")
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=30)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout.decode(errors='replace')[-600:]}")


def wait_for_port(address=SERVER, port=25, seconds=20):
    end = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection((address, port), timeout=5) as s:
                if s.recv(4):
                    return
        except OSError:
            pass
        if time.monotonic() > end or os.environ.get("EMIT_SHELL"):
            if os.environ.get("EMIT_SHELL"):
                subprocess.run(["/bin/sh", "-c", os.environ["EMIT_SHELL"]])
            raise SystemExit("it does not listen: " + Path("/run/log").read_text(errors="replace")[-600:])
        time.sleep(0.1)


class Server:
    debs = ()  # besides those that tools/peers always gets
    packages = ()  # whose files it needs; others are not there
    users = ()  # that its package would have made
    local = True  # has mailboxes of example.org
    skip = ()  # cases that it has not
    truth = {}  # case -> recipients, where they are others than the case says
    delays = True  # it warns of delays
    automatic = False  # what is "other" is an answer of a program's, not a report: it tells of nobody
    smtp = True

    def kinds(self, case):
        return [k for k in case.kinds if k != "delay" or self.delays]

    def start(self):
        raise NotImplementedError


class Postfix(Server):
    packages, users = ("postfix",), ("postfix", "postdrop")

    def start(self):
        people()
        spool = "/var/spool/postfix"
        Path(spool).mkdir(parents=True, exist_ok=True)
        folders(spool, "postfix", *"active bounce corrupt defer deferred flush hold incoming private saved trace".split())
        folders(spool, "root", "pid", mode=0o755)
        for name, mode in (("public", 0o710), ("maildrop", 0o730)):
            folders(spool, "postfix", name, mode=mode)
            own(f"{spool}/{name}", "postfix", "postdrop")
        folders("/var/lib/postfix", "postfix", ".")
        write("/etc/postfix/aliases", 'team: full@example.com\nboth: unknown@example.com, full@example.com\npipe: "|/bin/false"\npostmaster: ann\n')
        write("/etc/postfix/main.cf", """compatibility_level = 3.6
myhostname = mail.example.org
mydomain = example.org
myorigin = example.org
mydestination = example.org, mail.example.org
mynetworks = 192.0.2.0/24
inet_interfaces = 192.0.2.10
inet_protocols = ipv4
queue_directory = /var/spool/postfix
data_directory = /var/lib/postfix
daemon_directory = /usr/lib/postfix/sbin
command_directory = /usr/sbin
meta_directory = /etc/postfix
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
maillog_file = /run/log
maillog_file_prefixes = /run
alias_maps = texthash:/etc/postfix/aliases-map
local_recipient_maps =
message_size_limit = 20000
mailbox_size_limit = 20000
smtpd_relay_restrictions = permit_mynetworks, reject
maximal_queue_lifetime = 9s
bounce_queue_lifetime = 9s
queue_run_delay = 2s
minimal_backoff_time = 2s
maximal_backoff_time = 3s
delay_warning_time = 3s
smtp_connect_timeout = 2s
smtp_helo_timeout = 2s
smtp_tls_security_level =
in_flow_delay = 0
""")
        aliases = Path("/etc/postfix/aliases").read_text()
        write("/etc/postfix/aliases-map", aliases.replace(": ", " "))
        services = "".join(f"{name} unix {rest}\n" for name, rest in (
            ("cleanup", "n - n - 0 cleanup"), ("qmgr", "n - n 300 1 qmgr"), ("rewrite", "- - n - - trivial-rewrite"),
            ("bounce", "- - n - 0 bounce"), ("defer", "- - n - 0 bounce"), ("trace", "- - n - 0 bounce"), ("anvil", "- - n - 1 anvil"),
            ("tlsmgr", "- - n 1000? 1 tlsmgr"), ("proxymap", "- - n - - proxymap"), ("scache", "- - n - 1 scache"), ("smtp", "- - n - - smtp"),
            ("relay", "- - n - - smtp"), ("local", "- n n - - local"), ("error", "- - n - - error"), ("retry", "- - n - - error"),
            ("flush", "n - n 1000? 0 flush"), ("showq", "n - n - - showq")))
        write("/etc/postfix/master.cf", "192.0.2.10:25 inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n" + services)
        return [spawn("/usr/lib/postfix/sbin/master", "-c", "/etc/postfix", "-d")]


class Exim(Server):
    packages, users = ("exim4-daemon-light",), ("Debian-exim",)
    truth = {"local-alias": {"both@example.org": "soft"}}  # it names nobody else; of two, one is alive
    skip = ("local-loop", "mxloop", "utf8")  # delivers, freezes, and takes to be xn--jrgen-kva@

    def start(self):
        people()
        folders("/var/spool/exim4", "Debian-exim", ".", mode=0o750)
        folders("/var/log/exim4", "Debian-exim", ".", mode=0o750)
        write("/etc/exim4/exim4.conf", r"""primary_hostname = mail.example.org
domainlist here = example.org : mail.example.org
exim_user = Debian-exim
local_interfaces = 192.0.2.10
spool_directory = /var/spool/exim4
log_file_path = /var/log/exim4/%slog
keep_environment =
tls_advertise_hosts =
dsn_advertise_hosts = *
smtputf8_advertise_hosts = *
prdr_enable = true
host_lookup =
received_headers_max = 30
delay_warning = 4s
delay_warning_condition = yes
queue_run_max = 2
smtp_accept_max = 100
retry_data_expire = 1s
acl_smtp_rcpt = take
begin acl
take:
  accept
begin routers
outside:
  driver = dnslookup
  domains = ! +here
  transport = smtp
  no_more
aliases:
  driver = redirect
  data = ${lookup {$local_part} lsearch {/etc/exim4/aliases}}
  pipe_transport = pipe
  allow_fail
  allow_defer
userforward:
  driver = redirect
  check_local_user
  file = $home/.forward
  no_verify
mailbox:
  driver = accept
  check_local_user
  transport = mailbox
  cannot_route_message = Unknown user
begin transports
smtp:
  driver = smtp
  connect_timeout = 2s
  command_timeout = 3s
  tls_tempfail_tryclear = true
  hosts_try_chunking =
mailbox:
  driver = appendfile
  file = /var/mail/$local_part_data
  group = mail
  mode = 0660
  mode_fail_narrower = false
  delivery_date_add
  return_path_add
  quota = 20K
pipe:
  driver = pipe
  user = nobody
  return_output
begin retry
*  *  F,8s,2s
""")
        write("/etc/exim4/aliases", "team: full@example.com\nboth: unknown@example.com, full@example.com\npipe: \"|/bin/false\"\n"
              "disabled-here: :fail: This account has been disabled\n")
        return [spawn("/usr/sbin/exim4", "-bdf", "-q2s")]


class OpenSmtpd(Server):
    packages, users = ("opensmtpd",), ("opensmtpd", "opensmtpq")
    local = True
    skip = ("local-unknown", "local-full", "local-success", "local-success-failure", "local-hops", "utf8", "utf8-unknown", "local-loop", "timeout", "mxloop")

    def kinds(self, case):  # it says that an expired message is delayed
        return ["delay"] if "delay" in case.kinds or case.name == "nullmx" else case.kinds

    def start(self):
        people()
        folders("/var/spool/smtpd", "root", ".", mode=0o711)
        folders("/run/opensmtpd", "root", ".", mode=0o755)
        Path("/var/lib/opensmtpd/empty").mkdir(parents=True, exist_ok=True)
        write("/etc/aliases", 'team: full@example.com\nboth: unknown@example.com, full@example.com\npipe: "|/bin/false"\n')
        write("/etc/smtpd.conf", """table aliases file:/etc/aliases
listen on 192.0.2.10 port 25 hostname mail.example.org mask-src
queue ttl 9s
bounce warn-interval 4s
action "local" maildir alias <aliases>
action "out" relay helo mail.example.org
match from any for domain "example.org" action "local"
match from any for any action "out"
""")
        return [spawn("/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf")]


class Sendmail(Server):
    more = ""
    debs = ("sendmail-bin", "sendmail-base", "sendmail-cf", "m4", "liblockfile1", "libwrap0")
    packages, users = debs, ("smmta", "smmsp")
    truth = {"local-alias": {"both@example.org": "soft"}}  # it names nobody else; of two, one is alive
    skip = ("utf8", "utf8-unknown", "local-unknown", "local-success-failure", "local-full", "local-loop")  # refuses, has no quota, delivers

    def start(self):
        people()
        folders("/var/spool/mqueue", "root", ".")
        folders("/var/lib/sendmail", "smmta", ".", mode=0o755)
        folders("/run/sendmail/mta", "smmta", ".", mode=0o755)
        write("/etc/mail/aliases", 'team: full@example.com\nboth: unknown@example.com, full@example.com\npipe: "|/bin/false"\n'
              "MAILER-DAEMON: postmaster\npostmaster: ann\n")
        write("/etc/mail/local-host-names", "example.org\nmail.example.org\n")
        write("/etc/mail/site.mc", """divert(0)dnl
include(`/usr/share/sendmail/cf/m4/cf.m4')dnl
VERSIONID(`site')
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `mail.example.org')dnl
define(`ALIAS_FILE', `/etc/mail/aliases')dnl
define(`STATUS_FILE', `/var/lib/sendmail/statistics')dnl
define(`confTO_QUEUERETURN', `9s')dnl
define(`confTO_QUEUEWARN', `4s')dnl
define(`confTO_ICONNECT', `2s')dnl
define(`confTO_CONNECT', `2s')dnl
define(`confTO_INITIAL', `2s')dnl
define(`confTO_HELO', `2s')dnl
define(`confMAX_HOP', `25')dnl
define(`confPID_FILE', `/run/sendmail/mta/pid')dnl
define(`confDEF_USER_ID', `mail:mail')dnl
define(`confTO_IDENT', `0')dnl
define(`confLOG_LEVEL', `9')dnl
define(`LOCAL_MAILER_PATH', `/usr/libexec/sendmail/mail.local')dnl
define(`LOCAL_MAILER_ARGS', `mail.local -d $u')dnl
FEATURE(`use_cw_file')dnl
FEATURE(`promiscuous_relay')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Addr=192.0.2.10, Port=25, Name=MTA')dnl
define(`confCW_FILE', `/etc/mail/local-host-names')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
""")
        cf = subprocess.run(["/usr/bin/m4", "-D_CF_DIR_=/usr/share/sendmail/cf/", "/etc/mail/site.mc"], check=True, capture_output=True, text=True)
        write("/etc/mail/sendmail.cf", cf.stdout + self.more)
        daemon = next(p for p in ("/usr/sbin/sendmail", "/usr/libexec/sendmail/sendmail", "/usr/lib/sm.bin/sendmail") if os.path.exists(p))
        run(daemon, "-bi")
        return [spawn(daemon, "-bD", "-q2s")]


class SendmailPlain(Sendmail):
    """As it wrote before MIME, and does still where an administrator wants it so: text, for people."""
    truth = {}  # the text names who is behind an alias
    more = "O SendMimeErrors=False\n"
    skip = Sendmail.skip + ("relayed", "local-success")


class Courier(Server):
    debs = ("courier-mta", "courier-base", "courier-authlib", "libcourier-unicode4")
    packages, users = debs, ("courier",)
    truth = {"subject8": {"unknown+8@example.com": "soft"}, "utf8-unknown": {"unknown@example.com": "soft"}}  # the host has no SMTPUTF8
    # What it holds itself needs its authentication daemon.
    skip = tuple(f"local-{case}" for case in "unknown full forward pipe loop hops alias success success-failure".split())

    def kinds(self, case):
        return [k for k in case.kinds if k != "delay" or case.name != "timeout"]

    def start(self):
        people()
        for folder, _, _ in os.walk("/var/lib/courier"):
            own(folder, "courier")
        folders("/run/courier", "courier", ".", mode=0o755)
        for name, text in (("me", "mail.example.org"), ("locals", "example.org\nmail.example.org"), ("defaultdomain", "example.org"), ("dsnfrom", "postmaster@mail.example.org"),
                           ("queuetime", "9s"), ("warntime", "4s"), ("retryalpha", "2s"), ("retrybeta", "1"), ("retrygamma", "2s"), ("retrymaxdelta", "1"),
                           ("esmtptimeoutconnect", "2s"), ("esmtptimeouthelo", "3s"), ("esmtptimeout", "3s"), ("esmtpdelay", "2s"),
                           ("aliases/site", "team: full@example.com\nboth: unknown@example.com, full@example.com\npostmaster: ann"),
                           ("smtpaccess/default", "192.0.2\tallow,RELAYCLIENT")):
            write("/etc/courier/" + name, text + "\n")
        with open("/etc/courier/esmtpd", "a") as conf:
            conf.write("ADDRESS=192.0.2.10\nTARPIT=0\nBOFHCHECKDNS=0\nMAXPERIP=40\nMAXPERC=40\nESMTP_USE_STARTTLS=0\n")
        os.symlink("/usr/lib/courier/makedat", "/usr/bin/makedat")
        run("/usr/sbin/makealiases")
        run("/usr/sbin/makesmtpaccess")
        run("/usr/sbin/courier", "start")
        run("/usr/lib/courier/esmtpd", "start")
        return []


class Dma(Server):
    """The local program of small machines: no daemon, its bounces are text of its own."""
    debs = packages = ("dma",)
    users = ()
    delays = smtp = False
    skip = ("grey", "overquota", "refused", "timeout", "busy", "greeting", "hangup", "servfail", "mxloop", "batv", "verp", "headers-only", "full-return",
            "relayed", "utf8", "utf8-unknown", "nullmx", "local-alias", "local-full", "local-forward", "local-forward-full", "local-loop", "local-hops", "local-success", "local-success-failure", "local-pipe", "local-unknown")

    def start(self):
        people()
        folders("/var/spool/dma", "mail", ".", mode=0o770)
        write("/etc/dma/dma.conf", "MAILNAME mail.example.org\n")
        write("/etc/aliases", "team: full@example.com\nboth: unknown@example.com, full@example.com\n")
        return []

    def submit(self, case):
        program = next(p for p in ("/usr/sbin/dma", "/usr/libexec/dma") if os.path.exists(p))
        subprocess.run([program, "-i", "-f", case.sender, *case.addresses()],
                       input=case.message().replace(b"\r\n", b"\n"), check=False, capture_output=True, timeout=20)


class Nullmailer(Server):
    """Hands everything to one host, and writes a report of what that refuses."""
    debs = packages = ("nullmailer",)
    local = delays = smtp = False
    users = ()

    def cases(self):
        return [Case(name, {name + "@example.com": REPLIES[name][0]}) for name in ("unknown", "nosuch", "full", "overquota", "spam", "relay", "german")]

    def start(self):
        folders("/var/spool/nullmailer", "mail", ".", "failed", "queue", "tmp")
        os.mkfifo("/var/spool/nullmailer/trigger", 0o622)
        own("/var/spool/nullmailer/trigger", "mail")
        for name, text in (("me", "mail.example.org"), ("remotes", "192.0.2.25 smtp"), ("pausetime", "1"), ("maxpause", "2"), ("queuelifetime", "8"), ("sendtimeout", "5")):
            write("/etc/nullmailer/" + name, text + "\n")
        return [spawn("/usr/sbin/nullmailer-send", user="mail", group="mail")]

    def submit(self, case):
        envelope = "\n".join([case.sender, *case.addresses(), "", ""]).encode()
        subprocess.run(["/usr/sbin/nullmailer-queue"], input=envelope + case.message().replace(b"\r\n", b"\n"), check=True, timeout=20, user="mail", group="mail")


class Dovecot(Server):
    """Delivers itself (dovecot-lda) and so must say no by mail: quota, Sieve's reject; and Sieve's vacation."""
    debs = ("dovecot-sieve",)
    packages, users = ("dovecot-core", "dovecot-sieve"), ("dovecot", "dovenull")
    automatic, delays, smtp = True, False, False

    def cases(self):
        return [
            Case("quota", {"full@example.org": "soft"}, size=19000),
            Case("reject", {"strict@example.org": "soft"}),
            Case("vacation", {"away@example.org": "other"}),
        ]

    def start(self):
        people()
        write("/etc/dovecot/dovecot.conf", """mail_location = maildir:~/Maildir
mail_plugin_dir = /usr/lib/dovecot/modules
hostname = mail.example.org
postmaster_address = postmaster@example.org
submission_host = 192.0.2.25:25
log_path = /run/lda
ssl = no
namespace inbox {
  inbox = yes
}
mail_plugins = quota
protocol lda {
  mail_plugins = quota sieve
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=10K
  sieve = file:~/.dovecot.sieve
}
""")
        Path("/run/lda").touch()
        Path("/run/lda").chmod(0o666)
        for user, script in (("strict", 'require "reject";\nreject "I want no newsletters here.\\nPlease take me off your list.";\n'),
                             ("away", 'require "vacation";\nvacation :days 1 :subject "Out of office" :addresses "away@example.org" "I am away until Monday. '
                              'In urgent cases write to team@example.org, user unknown is not the reason.";\n')):
            write(f"/home/{user}/.dovecot.sieve", script)
            own(f"/home/{user}/.dovecot.sieve", user)
        return []

    def submit(self, case):
        address = case.addresses()[0]
        user = address.split("@")[0]
        message = case.message()
        if case.name == "vacation":  # nobody's vacation answers a list
            message = b"".join(line for line in message.splitlines(True) if not line.startswith((b"List-", b"<mailto")))
        done = subprocess.run(["/usr/lib/dovecot/dovecot-lda", "-c", "/etc/dovecot/dovecot.conf", "-f", case.sender, "-a", address], input=message, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=20, user=user, group=user, extra_groups=[],
                              env={"HOME": f"/home/{user}", "USER": user, "PATH": "/usr/bin:/bin", "LD_LIBRARY_PATH": "/usr/lib/dovecot:/usr/lib/dovecot/modules/old-stats"}, cwd=f"/home/{user}")
        return (done.stdout.decode() + Path("/run/lda").read_text()[-600:]) if done.returncode else ""


class Mlmmj(Server):
    """A mailing list: what it answers to a newsletter that is sent to it."""
    packages = ("mlmmj",)
    automatic, delays, smtp = True, False, False

    def cases(self):
        return [Case("denied", {"club@example.org": "other"}), Case("closed", {"club@example.org": "other"}), Case("help", {"club+help@example.org": "other"}),
                Case("subscribe", {"club+subscribe@example.org": "other"}), Case("moderated", {"club@example.org": "other"}), Case("toobig", {"club@example.org": "other"}, size=6000)]

    def start(self):
        for case in self.cases():
            root = f"/var/spool/mlmmj/{case.name}"
            for folder in "incoming queue/discarded archive text subconf unsubconf bounce control moderation subscribers.d digesters.d requeue nomailsubs.d".split():
                os.makedirs(f"{root}/{folder}")
            for text in Path("/usr/share/mlmmj/text.skel/en").iterdir():
                shutil.copy(text, f"{root}/text/")
            write(f"{root}/control/listaddress", "club@example.org\n")
            write(f"{root}/control/owner", "owner@example.org\n")
            write(f"{root}/control/relayhost", "192.0.2.25\n")
            write(f"{root}/control/maxmailsize", "4000\n")
            write(f"{root}/control/notifymod", "")
            write(f"{root}/control/moderators", "ann@example.org\n")
            write(f"{root}/index", "0\n")
            write(f"{root}/subscribers.d/a", "ann@example.org\n")
            if case.name == "denied":
                write(f"{root}/control/subonlypost", "")
            if case.name == "moderated":
                write(f"{root}/control/moderated", "")
            if case.name == "closed":
                write(f"{root}/control/access", "deny\n")
        return []

    def submit(self, case):
        message = f"Return-Path: <{case.sender}>\nX-Original-To: {case.addresses()[0]}\nDelivered-To: {case.addresses()[0]}\n".encode() + case.message().replace(b"\r\n", b"\n")
        subprocess.run(["/usr/bin/mlmmj-receive", "-F", "-L", f"/var/spool/mlmmj/{case.name}"], input=message.replace(b"news@lists.example.org", case.sender.encode()), check=False, timeout=20)


class Autoreply(Server):
    """Programs that answer for people who are away."""
    debs = packages = ("vacation", "maildrop", "libcourier-unicode4")
    automatic, delays, smtp = True, False, False

    def cases(self):
        return [Case("vacation", {"away@example.org": "other"}), Case("mailbot", {"away@example.org": "other"}), Case("mailbot-feedback", {"away@example.org": "complaint"})]

    def start(self):
        people()
        write("/usr/sbin/sendmail", """#!/usr/bin/python3
# What such programs run: the envelope from -f, recipients from the arguments or with -t from To.
import email, smtplib, sys
message = sys.stdin.buffer.read()
arguments, sender, to = sys.argv[1:], "", []
while arguments:
    a = arguments.pop(0)
    if a in ("-f", "-r", "-F"):
        sender = arguments.pop(0)
    elif a.startswith("-f"):
        sender = a[2:]
    elif not a.startswith("-"):
        to.append(a)
to = to or [email.message_from_bytes(message)["To"].split("<")[-1].strip("<> ")]
with smtplib.SMTP("192.0.2.25") as s:
    s.sendmail(sender.strip("<>"), to, message)
""", 0o755)
        write("/home/away/.vacation.msg", "From: away@example.org (Away)\nSubject: away from my mail (Re: $SUBJECT)\nPrecedence: bulk\n\n"
              "I will not be reading my mail for a while. If it cannot wait, write to team@example.org.\n")
        write("/home/away/reply", "I am on holiday until 9 March and read your mail then. My old mailbox was full; this one is not.\n")
        own("/home/away/.vacation.msg", "away")
        run("/usr/bin/setpriv", "--reuid", "away", "--regid", "away", "--clear-groups", "env", "HOME=/home/away", "/usr/bin/vacation", "-i")
        return []

    def submit(self, case):
        lines = [line for line in case.message().replace(b"\r\n", b"\n").splitlines(True) if not line.startswith(b"List-")]
        message = f"From {case.sender} Mon Mar  2 09:00:00 2026\nReturn-Path: <{case.sender}>\n".encode() + b"".join(lines)
        bot = ["/usr/bin/mailbot", "-t", "/home/away/reply", "-A", "From: away@example.org", "-s", "Out of office"]
        bot += ["-T", "replyfeedback", "-R", "abuse", "--feedback-original-rcpt-to", "<away@example.org>"] if case.name == "mailbot-feedback" else []
        command = ["/usr/bin/vacation", "-a", "away@example.org", "away"] if case.name == "vacation" else [*bot, "/usr/sbin/sendmail", "-f", ""]
        done = subprocess.run(command, input=message.replace(b"news@lists.example.org", case.sender.encode()), check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=20, user="away", group="away", extra_groups=[], env={"HOME": "/home/away", "USER": "away", "PATH": "/usr/bin:/bin"}, cwd="/home/away")
        return done.stdout.decode(errors="replace")[-400:] if done.returncode else ""


SERVERS = {"postfix": Postfix, "exim": Exim, "opensmtpd": OpenSmtpd, "sendmail": Sendmail, "sendmail-plain": SendmailPlain, "courier": Courier, "dma": Dma, "nullmailer": Nullmailer, "dovecot": Dovecot, "mlmmj": Mlmmj, "autoreply": Autoreply}
