#!/usr/bin/env python3
"""inbound_mail.py KIND FILE        a message that answers the mailing in FILE, on standard output
inbound_mail.py KIND FILE… -o MAILDIR  one for each FILE, into MAILDIR, named after it
inbound_mail.py fill FOLDER MAILDIR PART  for every third mailing in FOLDER, from the PART-th on, what a busy day brings, into MAILDIR;
says how many bounces, copies of them, automatic replies, and people's messages

FILE is a mailing as it was delivered: with Return-Path, its envelope sender. KIND:
  bounce      its recipient is unknown, says another server (RFC 3464)
  soft        … has no room
  unlinked    the same bounce, to our address without a link, of a message that is not ours
  wrong-mac   … with a link that nobody with our keys made, in the recipient and in the Message-ID
  complaint   an abuse report (RFC 5965)
  vacation    an automatic reply (RFC 3834)
  person      somebody has a question
"""
import email
import email.policy
import os
import re
import sys

LINK = re.compile(r"\+([a-z2-7]+)@")


class Mailing:
    def __init__(self, path):
        with open(path, "rb") as f:
            self.message = email.message_from_binary_file(f, policy=email.policy.compat32)
        self.sender = self.message["Return-Path"].strip("<> ")
        self.recipient = email.utils.parseaddr(self.message["To"])[1]
        self.id = self.message["Message-ID"].strip()
        self.link = LINK.search(self.sender).group(1)

    def headers(self):
        names = ("Message-ID", "From", "To", "Subject", "Date", "List-Id", "List-Unsubscribe")
        return "".join(f"{n}: {self.message[n]}\n" for n in names if self.message[n])


def bounce(m, status="5.1.1", text="550 5.1.1 <{}>: Recipient address rejected: User unknown in virtual mailbox table"):
    text = text.format(m.recipient)
    return f"""From: MAILER-DAEMON@mx.example.com (Mail Delivery System)
To: {m.sender}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="edge"

--edge
Content-Description: Notification
Content-Type: text/plain; charset=us-ascii

This is the mail system at host mx.example.com.

<{m.recipient}>: {text}

--edge
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com
Arrival-Date: Thu, 26 Nov 2026 08:00:00 +0000 (UTC)

Final-Recipient: rfc822; {m.recipient}
Action: failed
Status: {status}
Diagnostic-Code: smtp; {text}

--edge
Content-Type: text/rfc822-headers

{m.headers()}
--edge--
"""


def soft(m):
    return bounce(m, "5.2.2", "552 5.2.2 <{}>: mailbox is full")


def without_links(m):
    """The bounce of somebody who knows how ours look, and has none."""
    text = LINK.sub("@", bounce(m)).replace(m.id, "<20261126.4711@somebody.example>")
    return re.sub(r"^List-Unsubscribe:.*\n(?:[ \t].*\n)*", "", text, flags=re.MULTILINE)


def unlinked(m):
    return without_links(m)


def wrong_mac(m):
    """Links as long and of the same letters as ours."""
    def forged(text):
        return text[:-4] + "".join("b" if c == "a" else "a" for c in text[-4:])

    local, domain = m.id.strip("<>").split("@")
    return without_links(m).replace("<20261126.4711@somebody.example>", f"<{forged(local)}@{domain}>") \
        .replace("To: bounce@", f"To: bounce+{forged(m.link)}@")


def complaint(m):
    return f"""From: <feedback@provider.example>
To: {m.sender}
Subject: FW: abuse report
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="edge"

--edge
Content-Type: text/plain

This is an abuse report for a message from 192.0.2.1.

--edge
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Reports/1.0
Version: 1
Original-Mail-From: <{m.sender}>
Original-Rcpt-To: <{m.recipient}>

--edge
Content-Type: message/rfc822

{m.headers()}
Some words.
--edge--
"""


def vacation(m):
    return f"""From: {m.recipient}
To: {m.sender}
Subject: Out of office: {m.message["Subject"]}
In-Reply-To: {m.id}
Message-ID: <vacation.{m.recipient}>
Auto-Submitted: auto-replied
Content-Type: text/plain

I am away until Monday. If this is urgent: the user unknown to me is not here; mailbox full of sun.
"""


def person(m):
    return f"""From: Reader <{m.recipient}>
To: news@quietharbour.example
Subject: A question
Message-ID: <question.{m.recipient}>
Content-Type: text/plain; charset=utf-8

Is there an evening group in spring? I could not find it on the page.
"""


KINDS = {"bounce": bounce, "soft": soft, "unlinked": unlinked, "wrong-mac": wrong_mac, "complaint": complaint, "vacation": vacation,
         "person": person}


def fill(folder, maildir, part):
    """Every fifth bounce comes twice, byte by byte."""
    owner = os.stat(maildir)
    counts = dict.fromkeys(("bounce", "again", "vacation", "person"), 0)

    def put(kind, text):
        name = f"{1700000000 + sum(counts.values())}.M{sum(counts.values())}.fill"
        counts[kind] += 1
        with open(f"{maildir}/tmp/{name}", "w", encoding="utf-8") as f:
            f.write(text)
        os.chown(f"{maildir}/tmp/{name}", owner.st_uid, owner.st_gid)
        os.rename(f"{maildir}/tmp/{name}", f"{maildir}/new/{name}")

    for i, name in enumerate(sorted(os.listdir(folder))[part::3]):
        m = Mailing(f"{folder}/{name}")
        put("bounce", bounce(m))
        if i % 5 == 0:
            put("again", bounce(m))
        if i % 7 == 0:
            put("vacation", vacation(m))
        if i % 20 == 0:
            put("person", person(m))
    print(*counts.values())


if sys.argv[1] == "fill":
    fill(sys.argv[2], sys.argv[3], int(sys.argv[4]))
elif sys.argv[-2] == "-o":
    for path in sys.argv[2:-2]:
        name = f"{os.path.basename(path)}.returned.test"
        with open(f"{sys.argv[-1]}/tmp/{name}", "w", encoding="utf-8") as f:
            f.write(KINDS[sys.argv[1]](Mailing(path)))
        os.rename(f"{sys.argv[-1]}/tmp/{name}", f"{sys.argv[-1]}/new/{name}")
else:
    sys.stdout.write(KINDS[sys.argv[1]](Mailing(sys.argv[2])))
