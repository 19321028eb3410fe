"""servers.py - how each mail server is set up and started, inside the namespaces that emit made.

A server is at 192.0.2.10 (mail.example.org), holds mailboxes of example.org where it can, sends out for everybody, gives up after about ten
seconds and warns of delays after some.
"""
import os, pwd, shutil, smtplib, socket, subprocess, time
from pathlib import Path

from cases import local, remote

SERVER = "192.0.2.10"
ALIASES = 'team: full@example.com\nboth: unknown@example.com, full@example.com\npipe: "|/bin/false"\npostmaster: ann\n'
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
    """A server's program; it ends with the namespaces."""
    log = open("/run/log", "ab")
    return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **more)


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=30)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stdout.decode(errors='replace')[-600:]}")
    return done.stdout


def wait_for_port(address=SERVER, port=25, seconds=20):
    end = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection((address, port), timeout=5) as s:
                if s.recv(4):
                    return
        except OSError:
            pass
        if time.monotonic() > end:
            raise SystemExit("it does not listen: " + Path("/run/log").read_text(errors="replace")[-600:])
        time.sleep(0.1)


def smtp_submit(case):
    """As a newsletter's program would, with the extensions that the server has. What it refuses at once is no bounce."""
    with smtplib.SMTP(SERVER, 25, "news.lists.example.org", timeout=20) as s:
        s.command_encoding = "utf-8"
        s.ehlo()
        needs = {"RET": "dsn", "ENVID": "dsn", "BODY": "8bitmime", "SMTPUTF8": "smtputf8"}
        options = [option for option in case.options.split() if s.has_extn(needs[option.split("=")[0]])]
        reply = s.docmd("MAIL", " ".join([f"FROM:<{case.sender}>", *options]))
        replies = [s.docmd("RCPT", f"TO:<{address}>" + (case.notify if s.has_extn("dsn") else "")) for address in case.addresses()]
        if any(code // 100 == 2 for code, _ in replies):
            reply = s.data(case.message())
        elif reply[0] // 100 == 2:
            reply = replies[0]
        return "" if reply[0] // 100 == 2 and any(c // 100 == 2 for c, _ in replies) else f"{reply[0]} {reply[1].decode(errors='replace')}"


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

    def cases(self):
        return remote() + (local() if self.local else [])

    def start(self):
        """Set it up and start it."""

    def submit(self, case):
        """Hand it a message; what it says when it does not take it, or ""."""
        return smtp_submit(case)


class Postfix(Server):
    packages, users = ("postfix",), ("postfix", "postdrop")
    skip = ("local-hops",)  # refused at once

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
        write("/etc/postfix/aliases-map", ALIASES.replace(": ", " "))
        services = "".join(f"{name} unix {rest}\n" for name, rest in (
            ("cleanup", "n - n - 0 cleanup"), ("qmgr", "n - n 300 1 qmgr"), ("rewrite", "- - n - - trivial-rewrite"),
            ("bounce", "- - n - 0 bounce"), ("defer", "- - n - 0 bounce"), ("trace", "- - n - 0 bounce"), ("anvil", "- - n - 1 anvil"),
            ("tlsmgr", "- - n 1000? 1 tlsmgr"), ("proxymap", "- - n - - proxymap"), ("scache", "- - n - 1 scache"),
            ("smtp", "- - n - - smtp"),
            ("relay", "- - n - - smtp"), ("local", "- n n - - local"), ("error", "- - n - - error"), ("retry", "- - n - - error"),
            ("flush", "n - n 1000? 0 flush"), ("showq", "n - n - - showq")))
        write("/etc/postfix/master.cf", "192.0.2.10:25 inet n - n - - smtpd\npostlog unix-dgram n - n - 1 postlogd\n" + services)
        spawn("/usr/lib/postfix/sbin/master", "-c", "/etc/postfix", "-d")


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
        write("/etc/exim4/aliases", ALIASES)
        spawn("/usr/sbin/exim4", "-bdf", "-q2s")


class OpenSmtpd(Server):
    packages, users = ("opensmtpd",), ("opensmtpd", "opensmtpq")
    skip = ("local-unknown", "local-full", "local-success", "local-success-failure", "local-hops", "local-loop", "utf8", "utf8-unknown",
            "timeout", "mxloop")

    def kinds(self, case):  # it says that an expired message is delayed
        return ["delay"] if "delay" in case.kinds or case.name in ("nullmx", "greeting") else case.kinds

    def start(self):
        people()
        folders("/var/spool/smtpd", "root", ".", mode=0o711)
        folders("/run/opensmtpd", "root", ".", mode=0o755)
        Path("/var/lib/opensmtpd/empty").mkdir(parents=True, exist_ok=True)
        write("/etc/aliases", ALIASES)
        write("/etc/smtpd.conf", """table aliases file:/etc/aliases
listen on 192.0.2.10 port 25 hostname mail.example.org mask-src
queue ttl 9s
bounce warn-interval 4s
action "local" maildir alias <aliases>
action "out" relay helo mail.example.org
match from any for domain "example.org" action "local"
match from any for any action "out"
""")
        spawn("/usr/sbin/smtpd", "-d", "-f", "/etc/smtpd.conf")


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
        write("/etc/mail/aliases", ALIASES + "MAILER-DAEMON: postmaster\n")
        write("/etc/mail/relay-domains", "192.0.2\n")
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
define(`confQUEUE_LA', `9999')dnl
define(`confREFUSE_LA', `9999')dnl
define(`LOCAL_MAILER_PATH', `/usr/libexec/sendmail/mail.local')dnl
define(`LOCAL_MAILER_ARGS', `mail.local -d $u')dnl
FEATURE(`use_cw_file')dnl
FEATURE(`accept_unqualified_senders')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`no_default_msa')dnl
DAEMON_OPTIONS(`Addr=192.0.2.10, Port=25, Name=MTA')dnl
define(`confCW_FILE', `/etc/mail/local-host-names')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
""")
        write("/etc/mail/sendmail.cf", run("/usr/bin/m4", "-D_CF_DIR_=/usr/share/sendmail/cf/", "/etc/mail/site.mc").decode() + self.more)
        daemon = "/usr/libexec/sendmail/sendmail"
        run(daemon, "-bi")
        spawn(daemon, "-bD", "-q2s")


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
        for name, text in {
            "me": "mail.example.org", "locals": "example.org\nmail.example.org", "defaultdomain": "example.org",
            "dsnfrom": "postmaster@mail.example.org", "queuetime": "9s", "warntime": "4s", "retryalpha": "2s", "retrybeta": "1",
            "retrygamma": "2s", "retrymaxdelta": "1", "esmtptimeoutconnect": "2s", "esmtptimeouthelo": "3s", "esmtptimeout": "3s",
            "esmtpdelay": "2s", "aliases/site": ALIASES.replace("pipe:", "nobody-pipes:").replace('"|/bin/false"', "ann"),
            "smtpaccess/default": "192.0.2\tallow,RELAYCLIENT",
        }.items():
            write("/etc/courier/" + name, text + "\n")
        with open("/etc/courier/esmtpd", "a") as conf:
            conf.write("ADDRESS=192.0.2.10\nTARPIT=0\nBOFHCHECKDNS=0\nMAXPERIP=40\nMAXPERC=40\nESMTP_USE_STARTTLS=0\n")
        os.symlink("/usr/lib/courier/makedat", "/usr/bin/makedat")
        run("/usr/sbin/makealiases")
        run("/usr/sbin/makesmtpaccess")
        run("/usr/sbin/courier", "start")
        run("/usr/lib/courier/esmtpd", "start")
