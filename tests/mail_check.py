#!/usr/bin/env python3
"""mail_check.py [--campaign | --automatic] [--loopback] FILE.eml...

Reads messages as they go over the wire and says what is wrong with them, one
line a finding: "FILE: what". Exit 0 when there is nothing, 1 with findings, 2
for wrong usage. What is checked is "Every message" of the mail rules: octets
and lines, headers that must be there once, what Python's two parsers call a
defect, encoded-words, the parts and their order.

--campaign   also what bulk mail must have: List-Id, Feedback-ID, one https URI
             in List-Unsubscribe, One-Click, that link in each part, and both
             headers in the h= of a DKIM signature if there is one
--automatic  also what mail on a visitor's action must have: Auto-Submitted
--loopback   http://127.0.0.1 and http://localhost pass for https (tests)
--self-test  spoil a good message in many ways and see that each is found
"""
import argparse
import email
import email.header
import email.policy
import email.utils
import re
import sys

ONCE = ("From", "To", "Date", "Message-ID", "Subject", "MIME-Version", "Content-Type")
AT_MOST_ONCE = ("Reply-To", "Sender", "Cc", "Bcc", "In-Reply-To", "References", "List-Id", "List-Unsubscribe",
                "List-Unsubscribe-Post", "Feedback-ID", "Auto-Submitted", "Content-Transfer-Encoding")
ENCODED_WORD = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")


def check_octets(raw, say):
    """What a relay would fold, refuse or break a signature over."""
    if not raw.endswith(b"\r\n"):
        say("does not end with CRLF")
    if b"\0" in raw:
        say("holds a NUL")
    if any(octet > 126 or (octet < 32 and octet not in b"\t\r\n") for octet in raw):
        say("holds an octet that is not printable 7-bit")
    bare = raw.replace(b"\r\n", b"")
    if b"\n" in bare:
        say("holds a bare LF")
    if b"\r" in bare:
        say("holds a bare CR")
    head, blank, body = raw.partition(b"\r\n\r\n")
    if not blank:
        say("has no empty line after the headers")
    for line in head.split(b"\r\n"):
        if len(line) > 998:
            say("has a header line of %d octets" % len(line))
        if not line.strip():
            say("has a header line of white space alone")
        elif not re.match(rb"[!-9;-~]+:|[ \t]", line):
            say("has a header line that is none: %r" % line[:60])
    for line in body.split(b"\r\n"):
        if len(line) > 76:
            say("has a body line of %d octets" % len(line))
        if line.startswith(b"."):
            say("has a body line that begins with a dot")
        if line.startswith(b"From "):
            say("has a body line that begins with From and a space")


def check_encoded_words(name, value, say):
    """RFC 2047: at most 75 characters, lines of 76, each word whole characters and decodable by itself."""
    for line in value.splitlines():
        for word in ENCODED_WORD.findall(line):
            if len(word) > 75:
                say("%s: an encoded-word of %d characters" % (name, len(word)))
            try:
                text = str(email.header.make_header(email.header.decode_header(word)))
            except (UnicodeError, LookupError, ValueError, email.errors.HeaderParseError) as error:
                say("%s: an encoded-word that is none (%s)" % (name, error))
                continue
            if any(ord(c) < 32 for c in text):
                say("%s: an encoded-word with a control character" % name)
    for line in ("%s: %s" % (name, value)).splitlines():
        if ENCODED_WORD.search(line) and len(line) > 76:
            say("%s: a line of %d characters with an encoded-word" % (name, len(line)))
    if re.search(r"<[^>]*=\?[^>]*>", value):
        say("%s: an encoded-word in an address" % name)


def check_headers(old, new, say):
    names = [name.lower() for name in old.keys()]
    for name in ONCE:
        if names.count(name.lower()) != 1:
            say("has %d %s headers instead of one" % (names.count(name.lower()), name))
    for name in AT_MOST_ONCE:
        if names.count(name.lower()) > 1:
            say("has %d %s headers" % (names.count(name.lower()), name))
    for name, value in old.raw_items():
        check_encoded_words(name, value, say)
    for name, value in new.items():
        for defect in getattr(value, "defects", ()):
            say("%s: %s" % (name, defect.__class__.__name__))
    for name in ("From", "To", "Reply-To"):
        if new[name] is not None and (len(new[name].addresses) != 1 or "@" not in new[name].addresses[0].addr_spec):
            say("%s does not hold exactly one address" % name)
    if not re.fullmatch(r"<[^\s<>@]+@[^\s<>@]+>", old.get("Message-ID", "").strip()):
        say("Message-ID is none")
    when = email.utils.parsedate_tz(old.get("Date", ""))
    if when is None or when[9] is None:
        say("Date is none")
    if old.get("MIME-Version", "").strip() != "1.0":
        say("MIME-Version is not 1.0")
    if not old.get("Subject", "").strip():
        say("Subject is empty")


def check_parts(old, new, say):
    """Return the decoded text and HTML."""
    texts = {}
    for message in (old, new):
        for part in message.walk():
            for defect in part.defects:
                say("%s: %s" % (part.get_content_type(), defect.__class__.__name__))
    if new.get_content_type() == "multipart/mixed":  # ours, and behind it the message of somebody else's that is forwarded
        parts = list(new.iter_parts())
        if [part.get_content_type() for part in parts[1:]] not in (["message/rfc822"], ["application/octet-stream"]):
            say("is a multipart/mixed of something else than ours and a message")
        new = parts[0] if parts else new
    kind = new.get_content_type()
    if kind == "multipart/alternative":
        parts = list(new.iter_parts())
        if [part.get_content_type() for part in parts] != ["text/plain", "text/html"]:
            say("parts are not text/plain, text/html in this order")
    elif kind == "text/plain":
        parts = [new]
    else:
        say("is a %s" % kind)
        parts = []
    for part in parts:
        name = part.get_content_type()
        if part.get_content_charset() != "utf-8":
            say("%s: charset is not utf-8" % name)
        if str(part.get("Content-Transfer-Encoding", "")).lower() not in ("quoted-printable", "base64"):
            say("%s: neither quoted-printable nor base64" % name)
        try:
            texts[name] = part.get_payload(decode=True).decode("utf-8")
        except (UnicodeError, AttributeError):
            say("%s: is not UTF-8" % name)
            continue
        if not texts[name].strip():
            say("%s: is empty" % name)
        if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", texts[name]):
            say("%s: holds a control character (an unresolved slot?)" % name)
        if "{{" in texts[name]:
            say("%s: holds an unresolved tag" % name)
        if "\ufffd" in texts[name]:
            say("%s: holds a replacement character" % name)
    return texts


def check_campaign(old, texts, loopback, say):
    for name in ("List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Feedback-ID"):
        if old.get(name) is None:
            say("has no %s" % name)
    if old.get("Auto-Submitted") is not None:
        say("has Auto-Submitted, which a newsletter written by people does not carry")
    if old.get("List-Unsubscribe-Post", "").strip() != "List-Unsubscribe=One-Click":
        say("List-Unsubscribe-Post is not List-Unsubscribe=One-Click")
    if not re.search(r"<[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+>\s*$", old.get("List-Id", "")):
        say("List-Id does not end in <id.domain>")
    value = re.sub(r"\r?\n", "", old.get("List-Unsubscribe", "")).strip()
    uris = re.findall(r"<([^<>]*)>", value)
    if not re.fullmatch(r"<[^<>\s]+>(\s*,\s*<[^<>\s]+>)*", value):
        say("List-Unsubscribe is no list of <URI>")
    web = [uri for uri in uris if uri.startswith("https://") or
           (loopback and re.match(r"http://(127\.0\.0\.1|\[::1\]|localhost)[:/]", uri))]
    if len(web) != 1 or uris[:1] != web:
        say("List-Unsubscribe does not begin with its one https URI")
    elif any(not uri.startswith("mailto:") for uri in uris[1:]):
        say("List-Unsubscribe holds something else than https and mailto")
    else:
        for name, text in texts.items():
            if web[0] not in text.replace("&amp;", "&"):
                say("%s: does not show the unsubscribe link" % name)
    for signature in old.get_all("DKIM-Signature", []):
        signed = re.search(r"\bh=([^;]*)", signature)
        fields = [f.strip().lower() for f in signed.group(1).split(":")] if signed else []
        for name in ("List-Unsubscribe", "List-Unsubscribe-Post"):
            if name.lower() not in fields:
                say("%s is not in the DKIM signature's h=" % name)


def check(raw, options):
    """Every finding in a message, once each."""
    found = []

    def say(what):
        if what not in found:
            found.append(what)

    check_octets(raw, say)
    try:
        old = email.message_from_bytes(raw, policy=email.policy.compat32)
        new = email.message_from_bytes(raw, policy=email.policy.default)
        check_headers(old, new, say)
        texts = check_parts(old, new, say)
        if options.campaign:
            check_campaign(old, texts, options.loopback, say)
    except Exception as error:  # a message on which the parser itself fails is a finding, whatever it raises
        say("cannot be parsed: %s: %s" % (error.__class__.__name__, error))
        return found
    if options.automatic and old.get("Auto-Submitted", "").strip() != "auto-generated":
        say("has no Auto-Submitted: auto-generated")
    return found


GOOD = b"""From: Practice <news@example.org>
To: =?utf-8?q?J=C3=B6rg?= <joerg@example.org>
Subject: News
Date: Sun, 01 Mar 2026 10:30:00 +0100
Message-ID: <abc@example.org>
List-Id: News <articles.example.org>
List-Unsubscribe: <https://example.org/u/T>,
 <mailto:unsubscribe-t@example.org>
List-Unsubscribe-Post: List-Unsubscribe=One-Click
Feedback-ID: 7:articles:digest:practice
MIME-Version: 1.0
Content-Type: multipart/alternative;
 boundary="=_b"

--=_b
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Hello https://example.org/u/T
--=_b
Content-Type: text/html; charset=utf-8
Content-Transfer-Encoding: quoted-printable

<p>Hello <a href=3D"https://example.org/u/T">leave</a></p>
--=_b--
""".replace(b"\n", b"\r\n")

SPOILED = (  # what is replaced by what, and a part of the finding
    (b"\r\nSubject: News", b"", "0 Subject"),
    (b"\r\nSubject: News", b"\r\nSubject: News\r\nsubject: News", "2 Subject"),
    (b"\r\nMessage-ID: <abc@example.org>", b"", "0 Message-ID"),
    (b"<abc@example.org>", b"abc", "Message-ID is none"),
    (b"\r\nMIME-Version: 1.0", b"", "0 MIME-Version"),
    (b"Sun, 01 Mar 2026", b"yesterday", "Date"),
    (b"News <articles", b"News\r\nList-Id: <articles", "2 List-Id"),
    (b"<news@example.org>", b"<news@example.org>, b@example.org", "From does not hold exactly one"),
    (b"<joerg@example.org>", b"<joerg@example.org", "To"),
    (b"J=C3=B6rg", b"J=C3", "encoded-word that is none"),
    (b"J=C3=B6rg", b"J" + b"=C3=B6" * 12, "encoded-word of"),
    (b"<joerg@", b"<=?utf-8?q?joerg?=@", "encoded-word in an address"),
    (b"Hello https", b"Hello\nhttps", "bare LF"),
    (b"Hello https", b"Hello\rhttps", "bare CR"),
    (b"Hello https", b"H\xc3\xa9llo https", "7-bit"),
    (b"Hello https", b"Hello\0https", "NUL"),
    (b"Hello https", b"Hello =01 https", "unresolved slot"),
    (b"Hello https", b"Hello {{name}} https", "unresolved tag"),
    (b"Hello https", b"Hello =C3 https", "not UTF-8"),
    (b"Hello https", b".\r\nHello https", "dot"),
    (b"Hello https", b"From here https", "From and a space"),
    (b"Hello https", b"x" * 60 + b" https", "body line of"),
    (b"Subject: News", b"Subject: " + b"x" * 1000, "header line of"),
    (b"Subject: News", b"Subject: News\r\n ", "white space alone"),
    (b"text/plain; charset=utf-8", b"text/plain; charset=latin1", "charset"),
    (b"text/plain;", b"text/x;", "in this order"),
    (b"--=_b--\r\n", b"", "Defect"),
    (b"boundary=\"=_b\"", b"boundary=\"=_c\"", "Defect"),
    (b"\r\nList-Unsubscribe: <https://example.org/u/T>,", b"\r\nList-Unsubscribe: ", "one https URI"),
    (b"<https://example.org/u/T>,", b"<https://example.org/u/T>, <https://example.org/v/T>,", "one https URI"),
    (b"<https://example.org/u/T>", b"<http://example.org/u/T>", "one https URI"),
    (b"=One-Click", b"=Once", "One-Click"),
    (b"Hello https://example.org/u/T", b"Hello", "does not show"),
    (b"\r\nFeedback-ID: 7:articles:digest:practice", b"", "no Feedback-ID"),
    (b"<articles.example.org>", b"articles", "List-Id"),
    (b"\r\nMIME", b"\r\nAuto-Submitted: auto-generated\r\nMIME", "Auto-Submitted"),
    (b"From: Prac", b"DKIM-Signature: v=1; h=From:List-Unsubscribe; b=x\r\nFrom: Prac", "List-Unsubscribe-Post is not in"),
    (b"</a></p>\r\n--=_b--\r\n", b"</a></p>\r\n--=_b--", "end with CRLF"),
)


def self_test():
    options = argparse.Namespace(campaign=True, automatic=False, loopback=False)
    bad = ["the good message: %s" % what for what in check(GOOD, options)]
    for old, new, want in SPOILED:
        if old not in GOOD:
            bad.append("%r is not in the message" % old)
        elif not any(want in what for what in check(GOOD.replace(old, new, 1), options)):
            bad.append("%r for %r: not found (%s)" % (new[:40], old[:40], want))
    options = argparse.Namespace(campaign=False, automatic=True, loopback=False)
    if check(GOOD, options) != ["has no Auto-Submitted: auto-generated"]:
        bad.append("--automatic")
    for what in bad:
        print("self-test: %s" % what)
    return 1 if bad else 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--campaign", action="store_true")
    parser.add_argument("--automatic", action="store_true")
    parser.add_argument("--loopback", action="store_true")
    parser.add_argument("--self-test", action="store_true", dest="self_test")
    parser.add_argument("files", nargs="*")
    options = parser.parse_args()
    if options.self_test:
        return self_test()
    if not options.files:
        parser.error("no file")
    bad = 0
    for path in options.files:
        with open(path, "rb") as file:
            for what in check(file.read(), options):
                print("%s: %s" % (path, what))
                bad = 1
    return bad


if __name__ == "__main__":
    sys.exit(main())
