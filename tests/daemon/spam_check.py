#!/usr/bin/env python3
"""spam_check.py deliver FOLDER FILE.eml...   write each mail there as its reader's server would have it, and one that is spam
spam_check.py mbox FILE.eml...             one mbox of them all, on standard output
spam_check.py report JUDGED FILE.json...   a line for each filter and mail: pass or fail, what, and the findings, separated by tabs

JUDGED is SpamAssassin's mbox, the .json are rspamd's answers.
"""
import email
import email.policy
import json
import mailbox
import pathlib
import sys

SPAMASSASSIN_MOST = 1.0
RSPAMD_MOST = 1.0

# rspamd's symbols that tell of the delivery, which is made up here, and not of the mail.
DELIVERY = {
    "ONCE_RECEIVED": "one server took it straight from ours",
    "RDNS_NONE": "no DNS is asked",
    "HFILTER_HOSTNAME_UNKNOWN": "no DNS is asked",
    "HFILTER_HELO_NORES_A_OR_MX": "no DNS is asked",
    "HFILTER_HELO_NORESOLVE_MX": "no DNS is asked",
    "HFILTER_FROMHOST_NORES_A_OR_MX": "no DNS is asked",
    "DMARC_NA": "no DNS is asked",
    "AUTH_NA": "no DNS is asked, so no signature is checked",
    "R_SPF_NA": "no DNS is asked",
    "R_DKIM_NA": "no DNS is asked, so no signature is checked",
    "ARC_NA": "no DNS is asked",
    "FORGED_RECIPIENTS": "all are delivered to one reader",
    "FORGED_RECIPIENTS_MAILLIST": "all are delivered to one reader",
    "FORGED_SENDER": "all have one envelope sender",
    "FORGED_SENDER_MAILLIST": "all have one envelope sender",
}

# The address is a real one (example.com's): those for documentation count as forged.
RECEIVED = (
    "Return-Path: <bounces@quietharbour.example.org>\r\n"
    "Received: from relay.quietharbour.example.org (relay.quietharbour.example.org [93.184.215.14])\r\n"
    "\tby mx.example.org (Postfix) with ESMTPS id 4Sf7Kd2xJbz9sT;\r\n"
    "\t%s\r\n"
)

SPAM = """From: "Winner" <win@quietharbour.example.org>\r
To: reader@example.org\r
Subject: RE: You WON $1,000,000 CASH!!! ACT NOW!!!\r
Date: %s\r
Message-ID: <1@quietharbour.example.org>\r
MIME-Version: 1.0\r
Content-Type: text/html; charset=us-ascii\r
\r
<html><body bgcolor="#ffffff"><font color="#ffffff" size="1">book weather garden</font><p style="font-size:0">more words\r
<p>DEAR FRIEND, CLICK HERE to buy cheap VIAGRA, 100%% FREE, risk free, no obligation! <a href="http://93.184.215.14/x">https://www.paypal.com/</a>\r
<p>Nigeria lottery, the sum of 15 million US dollars, transfer into your account, next of kin, urgent and confidential.</body></html>\r
"""


def deliver(folder, names):
    for name in names:
        raw = pathlib.Path(name).read_bytes()
        date = email.message_from_bytes(raw)["Date"]
        (pathlib.Path(folder) / pathlib.Path(name).name).write_bytes((RECEIVED % date).encode() + raw)
    (pathlib.Path(folder) / "spam.eml").write_bytes((RECEIVED % date + SPAM % date).encode())


def mbox(names):
    for name in names:
        sys.stdout.buffer.write(b"From bounces@quietharbour.example.org Thu Nov 26 05:00:00 2026\n")
        sys.stdout.buffer.write(b"X-Mail: %s\n" % pathlib.Path(name).stem.encode())
        sys.stdout.buffer.write(pathlib.Path(name).read_bytes().replace(b"\r\n", b"\n") + b"\n")


def line(good, name, findings):
    print("pass" if good else "fail", name, findings, sep="\t")


def report(judged, names):
    for message in mailbox.mbox(judged):
        findings = " ".join(message["X-Spam-Scores"].split())
        scores = [float(word.split("=")[1]) for word in findings.split(",") if "=" in word]
        line(round(sum(scores), 3) <= SPAMASSASSIN_MOST, "SpamAssassin, %s: %.1f" % (message["X-Mail"], sum(scores)), findings)
    for name in names:
        answer = json.loads(pathlib.Path(name).read_text())
        found = ["%s=%.1f" % (s["name"], s["score"]) for s in answer["symbols"].values()
                 if s["score"] > RSPAMD_MOST and s["name"] not in DELIVERY]
        # an answer with next to no symbols comes from a filter that did not look
        looked = len(answer["symbols"]) >= 5
        line(looked and not found, "rspamd, %s: %.1f of %d symbols" % (pathlib.Path(name).stem, answer["score"], len(answer["symbols"])),
             " ".join(found) if looked else "it hardly looked")


command, *rest = sys.argv[1:]
if command == "deliver":
    deliver(rest[0], rest[1:])
elif command == "mbox":
    mbox(rest)
else:
    report(rest[0], rest[1:])
