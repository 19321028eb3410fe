#!/usr/bin/env python3
"""mail_languages.py FOLDER - of each mail that relay.js kept as NUMBER.TIMES.eml a line "NUMBER LANGUAGE ANSWERS SUBJECT", by number.

LANGUAGE is that of the HTML document. ANSWERS says which words both of its parts say to leave the list: "en", "es", "fr", "?" for none, or
"en/es" when the HTML and the text differ.
"""
import email
import email.policy
import glob
import os
import re
import sys

LEAVE = {"en": "Unsubscribe", "es": "Darse de baja", "fr": "Se désabonner"}


def words(text):
    found = [code for code, leave in LEAVE.items() if leave in text]
    return "+".join(found) or "?"


lines = []
for path in glob.glob(os.path.join(sys.argv[1], "*.eml")):
    with open(path, "rb") as f:
        mail = email.message_from_binary_file(f, policy=email.policy.default)
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    tag = re.search(r'<html lang="([^"]*)"', html)
    said = {words(html), words(text)}
    lines.append((int(os.path.basename(path).split(".")[0]), tag.group(1) if tag else "?", "/".join(sorted(said)), mail["Subject"]))
for line in sorted(lines):
    print(*line)
