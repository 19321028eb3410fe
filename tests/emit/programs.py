"""programs.py - what delivers or answers without being a mail server: set up as servers.py does it."""
import os, shutil, subprocess
from pathlib import Path

from cases import Case, remote
from servers import Server, folders, own, people, spawn, write


def pipe(user, command, message, **environment):
    """Run a program as that user, the message its standard input; what it said when it failed, or ""."""
    home = f"/home/{user}" if os.path.isdir(f"/home/{user}") else "/"
    environment |= {"HOME": home, "USER": user, "PATH": "/usr/bin:/bin"}
    done = subprocess.run(command, input=message, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=20,
                          user=user, group=user, extra_groups=[], env=environment, cwd=home)
    return f"status {done.returncode}: " + done.stdout.decode(errors="replace")[-400:] if done.returncode else ""


def unix(case):
    """The message with LF, and with its own sender as its author: programs answer to From."""
    return case.message().replace(b"\r\n", b"\n").replace(b"news@lists.example.org", case.sender.encode())


def personal(case):
    """… that no list sent: nobody's vacation answers a list."""
    return b"".join(line for line in unix(case).splitlines(True) if not line.startswith(b"List-"))


class Dma(Server):
    """DragonFly's agent for small machines: no daemon, its bounces are text of its own, and it has no extensions."""
    debs = packages = ("dma",)
    delays = smtp = local = False
    skip = ("grey", "overquota", "refused", "timeout", "busy", "greeting", "hangup", "servfail", "mxloop", "batv", "verp", "headers-only",
            "full-return", "relayed", "utf8", "utf8-unknown", "nullmx")

    def start(self):
        folders("/var/spool/dma", "mail", ".", mode=0o770)
        write("/etc/dma/dma.conf", "MAILNAME mail.example.org\n")
        write("/etc/aliases", "")

    def submit(self, case):
        return pipe("root", ["/usr/sbin/dma", "-i", "-f", case.sender, *case.addresses()], case.message().replace(b"\r\n", b"\n"))


class Nullmailer(Server):
    """Hands everything to one host, and writes a report of what that refuses."""
    debs = packages = ("nullmailer",)
    delays = smtp = False

    def cases(self):
        names = ("unknown", "nosuch", "full", "spam", "relay", "german", "plainspam")
        return [case for case in remote() if case.name in names]

    def start(self):
        folders("/var/spool/nullmailer", "mail", ".", "failed", "queue", "tmp")
        os.mkfifo("/var/spool/nullmailer/trigger", 0o622)
        own("/var/spool/nullmailer/trigger", "mail")
        settings = {"remotes": "192.0.2.25 smtp", "pausetime": "1", "maxpause": "2", "queuelifetime": "8", "sendtimeout": "5"}
        for name, text in settings.items():
            write("/etc/nullmailer/" + name, text + "\n")
        spawn("/usr/sbin/nullmailer-send", user="mail", group="mail")

    def submit(self, case):
        envelope = "\n".join([case.sender, *case.addresses(), "", ""]).encode()
        return pipe("mail", ["/usr/sbin/nullmailer-queue"], envelope + case.message().replace(b"\r\n", b"\n"))


class Dovecot(Server):
    """Delivers itself (dovecot-lda) and so must say no by mail: quota, Sieve's reject; and Sieve's vacation."""
    debs = ("dovecot-sieve",)
    packages, users = ("dovecot-core", "dovecot-sieve"), ("dovecot", "dovenull")
    automatic, delays, smtp = True, False, False
    scripts = {
        "strict": 'require "reject";\nreject "I want no newsletters here. Please take me off your list.";\n',
        "away": 'require "vacation";\nvacation :days 1 :subject "Out of office" :addresses "away@example.org"\n'
                '"I am away until Monday. In urgent cases write to team@example.org; that user is not unknown.";\n',
    }

    def cases(self):
        return [Case("quota", {"full@example.org": "soft"}, size=19000), Case("reject", {"strict@example.org": "soft"}),
                Case("vacation", {"away@example.org": "other"})]

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
        write("/run/lda", "", 0o666)
        for user, script in self.scripts.items():
            write(f"/home/{user}/.dovecot.sieve", script)
            own(f"/home/{user}/.dovecot.sieve", user)

    def submit(self, case):
        address = case.addresses()[0]
        message = personal(case) if case.name == "vacation" else unix(case)
        command = ["/usr/lib/dovecot/dovecot-lda", "-c", "/etc/dovecot/dovecot.conf", "-f", case.sender, "-a", address]
        return pipe(address.split("@")[0], command, message, LD_LIBRARY_PATH="/usr/lib/dovecot:/usr/lib/dovecot/modules/old-stats")


class Mlmmj(Server):
    """A mailing list: what it answers to a newsletter that is sent to it. Each case has a list of its own."""
    packages = ("mlmmj",)
    automatic, delays, smtp = True, False, False
    settings = {"denied": "subonlypost", "moderated": "moderated", "closed": "access", "toobig": "maxmailsize"}

    def cases(self):
        return [Case(name, {address: "other"}, size=size) for name, address, size in (
            ("denied", "club@example.org", 0), ("closed", "club@example.org", 0), ("moderated", "club@example.org", 0),
            ("toobig", "club@example.org", 6000), ("help", "club+help@example.org", 0), ("subscribe", "club+subscribe@example.org", 0))]

    def start(self):
        for case in self.cases():
            root = Path("/var/spool/mlmmj", case.name)
            for folder in ("incoming queue/discarded archive subconf unsubconf bounce control moderation subscribers.d digesters.d requeue "
                           "nomailsubs.d").split():
                (root / folder).mkdir(parents=True)
            shutil.copytree("/usr/share/mlmmj/text.skel/en", root / "text")
            control = {"listaddress": "club@example.org", "owner": "owner@example.org", "relayhost": "192.0.2.25", "notifymod": "",
                       "moderators": "ann@example.org"}
            if case.name in self.settings:
                control[self.settings[case.name]] = {"closed": "deny", "toobig": "4000"}.get(case.name, "")
            for name, text in control.items():
                write(root / "control" / name, text + "\n" if text else "")
            write(root / "index", "0\n")
            write(root / "subscribers.d" / "a", "ann@example.org\n")

    def submit(self, case):
        to = case.addresses()[0]
        head = f"Return-Path: <{case.sender}>\nX-Original-To: {to}\nDelivered-To: {to}\n".encode()
        return pipe("root", ["/usr/bin/mlmmj-receive", "-F", "-L", f"/var/spool/mlmmj/{case.name}"], head + unix(case))


SENDMAIL = """#!/usr/bin/python3
# What such programs run: the envelope from -f, recipients from the arguments, or else from To.
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
"""


class Autoreply(Server):
    """Programs that answer for people who are away."""
    debs = packages = ("vacation", "maildrop", "libcourier-unicode4")
    automatic, delays, smtp = True, False, False

    def cases(self):
        return [Case(name, {"away@example.org": "other"}) for name in ("vacation", "mailbot")]

    def start(self):
        people()
        write("/usr/sbin/sendmail", SENDMAIL, 0o755)
        write("/home/away/.vacation.msg", "From: away@example.org (Away)\nSubject: away from my mail (Re: $SUBJECT)\nPrecedence: bulk\n\n"
              "I will not be reading my mail for a while. If it cannot wait, write to team@example.org.\n")
        write("/home/away/reply", "I am on holiday until 9 March and read your mail then. My old mailbox was full; this one is not.\n")
        pipe("away", ["/usr/bin/vacation", "-i"], b"")

    def submit(self, case):
        message = f"From {case.sender} Mon Mar  2 09:00:00 2026\nReturn-Path: <{case.sender}>\n".encode() + personal(case)
        if case.name == "vacation":
            return pipe("away", ["/usr/bin/vacation", "-a", "away@example.org", "away"], message)
        return pipe("away", ["/usr/bin/mailbot", "-t", "/home/away/reply", "-A", "From: away@example.org", "-s", "Out of office",
                             "/usr/sbin/sendmail", "-f", ""], message)
