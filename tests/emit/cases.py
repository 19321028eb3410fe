"""cases.py - what happens to a message, and what MAIL.md says of its recipients: hard when the address is dead, else soft.

Each case is one message. Its recipients decide what happens: at hosts of world.py, or at the server under test itself (example.org).
"""
from dataclasses import dataclass, field

# Local part at example.com or plain.example.com -> class, the command that is refused, its reply.
REPLIES = {
    "unknown": ("hard", "rcpt", ["550 5.1.1 <%s>: Recipient address rejected: User unknown in virtual mailbox table"]),
    "nosuch": ("hard", "rcpt", ["550 No such user here"]),
    "account": ("hard", "rcpt", ["550 5.1.1 The email account that you tried to reach does not exist. Please try",
                                 "550 5.1.1 double-checking the recipient's email address for typos or",
                                 "550 5.1.1 unnecessary spaces. For more information, go to",
                                 "550 5.1.1 https://support.example.com/?p=NoSuchUser a640c23a62f3a-aa11 - gsmtp"]),
    "resolver": ("hard", "rcpt", ["550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient %s not found by SMTP address lookup"]),
    "atdata": ("hard", "data", ["554 delivery error: dd This user doesn't have an example.com account (%s) [0]"]),
    "disabled": ("hard", "rcpt", ["550 5.2.1 The email account that you tried to reach is disabled."]),
    "inactive": ("hard", "rcpt", ["550 5.7.1 <%s>: Recipient address rejected: this mailbox is inactive and has been disabled"]),
    "german": ("hard", "rcpt", ["550 5.1.1 <%s>: Empf\u00e4nger unbekannt".encode("latin-1")]),
    "moved": ("hard", "rcpt", ["551 5.1.6 User has moved; no longer here, please delete <%s> from your lists"]),
    "full": ("soft", "rcpt", ["552 5.2.2 <%s>: Mailbox is full / quota exceeded"]),
    "overquota": ("soft", "rcpt", ["452 4.2.2 The email account that you tried to reach is over quota. Please direct",
                                   "452 4.2.2 the recipient to https://support.example.com/?p=OverQuotaTemp"]),
    "spam": ("soft", "data", ["554 5.7.1 Message rejected as spam by content filter (score 14.2)"]),
    "blocked": ("soft", "rcpt", ["554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.example.com; listed"]),
    "policy": ("soft", "data", ["550 5.7.26 This mail has been blocked because the sender is unauthenticated.",
                                "550 5.7.26 SPF did not pass, DKIM = did not pass - gsmtp"]),
    "grey": ("soft", "rcpt", ["450 4.2.0 <%s>: Recipient address rejected: Greylisted, see http://postgrey.example.com/help/example.com.html"]),
    "relay": ("soft", "rcpt", ["554 5.7.1 <%s>: Relay access denied"]),
    "rate": ("soft", "rcpt", ["550 5.2.1 The user you are trying to contact is receiving mail at a rate that prevents additional messages"]),
    "virus": ("soft", "data", ["550 5.6.0 Your message contains a virus (Example.Test) and was refused"]),
    "login": ("soft", "rcpt", ["530 5.7.0 Authentication required"]),
    "long": ("soft", "data", ["550 5.7.1 Our system has detected that this message does not meet our guidelines: " +
                              "please read what we ask of senders; " * 20]),
    # Without an enhanced code, servers make one of their own, and words: Sendmail's is "550 5.1.1 … User unknown", whatever was said.
    "plainspam": ("soft", "rcpt", ["550 Rejected: your message is considered spam"]),
    "plainblocked": ("soft", "rcpt", ["550 Blocked - your host is listed, see https://support.example.com/blocked"]),
    "plainquota": ("soft", "rcpt", ["550 Mailbox quota exceeded"]),
    "plainverify": ("soft", "rcpt", ["550 Sender verify failed"]),
    "hostile": ("soft", "rcpt", [b"550 5.7.1 <b>\xff\xfe\x1b[31m</b> <other@example.com> Final-Recipient: rfc822; other@example.com; blocked by policy"]),
}


@dataclass
class Case:
    name: str
    recipients: dict  # address -> class; "orig|final" where the server may name either
    sender: str = ""  # bounce+NAME@lists.example.org
    options: str = ""  # of MAIL
    notify: str = ""  # options of RCPT
    size: int = 0  # of the body, in bytes; 0: a few lines
    subject: str = "A quiet hour: new articles"
    hops: int = 0  # Received lines that it comes with
    headers: str = ""
    kinds: tuple = ("failure",)  # what the server writes of it: failure, delay, success

    def __post_init__(self):
        self.sender = self.sender or f"bounce+{self.name}@lists.example.org"

    def addresses(self):
        """Whom to write to."""
        return [a.split("|")[0] for a in self.recipients]

    def message(self):
        to = self.addresses()[0] if len(self.recipients) == 1 else "readers@lists.example.org"
        received = "".join(
            f"Received: from h{i}.example.org (h{i}.example.org [192.0.2.{100 + i % 100}])\r\n\tby h{i + 1}.example.org "
            f"with ESMTP id 4F{i:04d}; Mon, 2 Mar 2026 09:00:00 +0000\r\n" for i in range(self.hops, 0, -1))
        body = "Five minutes of breathing out: how to begin.\r\n\r\nRead more: https://www.example.org/breathing-out\r\n"
        body += ("A line of text that only takes room in the message that carries it.\r\n" * (self.size // 69 + 1))[:self.size]
        return (f"{received}From: Quiet Harbour <news@lists.example.org>\r\nTo: <{to}>\r\nSubject: {self.subject}\r\n"
                f"Date: Mon, 2 Mar 2026 09:00:00 +0000\r\nMessage-ID: <{self.name}.kq3v7x2m5a@lists.example.org>\r\n{self.headers}"
                f"List-Id: Articles <articles.lists.example.org>\r\nList-Unsubscribe: <https://www.example.org/u/kq3v7x2m5a>, "
                f"<mailto:unsubscribe+kq3v7x2m5a@lists.example.org>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
                f"MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n{body}").encode()


def remote():
    """What other hosts do."""
    later = {"grey", "overquota"}
    cases = [Case(name, {name + "@example.com": entry[0]}, kinds=("delay", "failure") if name in later else ("failure",))
             for name, entry in REPLIES.items()]
    d = ("delay", "failure")
    cases += [
        Case("plainhost", {"nosuch@plain.example.com": "hard"}),
        Case("nodomain", {"ann@gone.example.com": "hard"}),
        Case("nullmx", {"ann@nomail.example.com": "hard"}),
        Case("toolarge", {"ann@small.example.com": "soft"}, size=9000),
        Case("refused", {"ann@down.example.com": "soft"}, kinds=d),
        Case("timeout", {"ann@silent.example.com": "soft"}, kinds=d),
        Case("busy", {"ann@busy.example.com": "soft"}, kinds=d),
        Case("greeting", {"ann@refuses.example.com": "soft"}),
        Case("hangup", {"ann@hangup.example.com": "soft"}, kinds=d),
        Case("servfail", {"ann@servfail.example.com": "soft"}, kinds=d),
        Case("mxloop", {"ann@loop.example.com": "soft"}),
        Case("several", {"unknown@example.com": "hard", "full@example.com": "soft", "blocked+2@example.com": "soft",
                         "ann@gone.example.com": "hard", "nosuch+x@example.com": "hard"}),
        Case("several-data", {"spam+1@example.com": "soft", "spam+2@example.com": "soft"}),
        Case("batv", {"unknown+b@example.com": "hard"}, sender="prvs=4412cf6d02=news@lists.example.org"),
        Case("verp", {"unknown+v@example.com": "hard"}, sender="b+kq3v7x2m5ahj4ntr6wdc8pz9ye1gsf0=ann=example.com@lists.example.org"),
        Case("headers-only", {"unknown+h@example.com": "hard"}, options=" RET=HDRS ENVID=kq3v7x2m5a",
             notify=" NOTIFY=FAILURE ORCPT=rfc822;unknown+2Bh@example.com"),
        Case("full-return", {"unknown+f@example.com": "hard"}, options=" RET=FULL ENVID=kq3v7x2m5a", notify=" NOTIFY=FAILURE,DELAY"),
        Case("relayed", {"ann@example.com": "other"}, options=" RET=HDRS",
             notify=" NOTIFY=SUCCESS ORCPT=rfc822;ann@example.com", kinds=("success",)),
        Case("subject8", {"unknown+8@example.com": "hard"}, subject="Zehn Übungen für mehr Ruhe – und ein Gespräch",
             options=" BODY=8BITMIME"),
        Case("subjectlong", {"unknown+l@example.com": "hard"}, subject="=?utf-8?q?Atem_holen?= " + "and breathe out once more, " * 30),
        Case("utf8", {"jürgen@example.com": "soft"}, options=" SMTPUTF8 BODY=8BITMIME", subject="Grüße"),
        Case("utf8-unknown", {"unknown@example.com": "hard"}, sender="bounce+grüße@lists.example.org",
             options=" SMTPUTF8 BODY=8BITMIME", subject="Grüße"),
    ]
    return cases


def local():
    """What the server under test does itself, where it holds mailboxes: users ann, full, fwd, loop, pipe; aliases team and both."""
    return [
        Case("local-unknown", {"nobody-here@example.org": "hard"}),
        Case("local-full", {"full@example.org": "soft"}, size=6000),
        Case("local-forward", {"fwd@example.org|unknown@example.com": "hard"}),
        Case("local-forward-full", {"team@example.org|full@example.com": "soft"}),
        Case("local-pipe", {"pipe@example.org|ann@example.org": "soft"}),
        Case("local-loop", {"loop@example.org": "soft"}, headers="Delivered-To: loop@example.org\r\n"),
        Case("local-hops", {"ann@example.org": "soft"}, hops=45),
        Case("local-alias", {"both@example.org|unknown@example.com": "hard", "both@example.org|full@example.com": "soft"}),
        Case("local-success", {"ann@example.org": "other"}, notify=" NOTIFY=SUCCESS", kinds=("success",)),
        Case("local-success-failure", {"ann@example.org": "other", "nobody-there@example.org": "hard"},
             notify=" NOTIFY=SUCCESS,FAILURE", kinds=("failure", "success")),
    ]
