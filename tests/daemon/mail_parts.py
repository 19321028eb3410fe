#!/usr/bin/env python3
"""mail_parts.py FILE.eml...: beside each mail, its parts as a reader's program has them: FILE.html, FILE.txt, FILE.subject."""
import email
import email.policy
import pathlib
import sys

for name in sys.argv[1:]:
    path = pathlib.Path(name)
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    path.with_suffix(".subject").write_text(mail["Subject"] + "\n", encoding="utf-8")
    for suffix, kind in ((".txt", "plain"), (".html", "html")):
        path.with_suffix(suffix).write_text(mail.get_body([kind]).get_content().replace("\r\n", "\n"), encoding="utf-8")
