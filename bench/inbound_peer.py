#!/usr/bin/env python3
"""inbound_peer.py PORT USER PASSWORD: what people write to empty a mailbox of bounces, with imaplib and the email package.

Fetches each message, parses it, takes recipients and status out of the reports, deletes it. Prints "messages recipients seconds peak_kB".
"""
import email
import email.policy
import imaplib
import resource
import sys
import time

begun = time.monotonic()
box = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
box.login(sys.argv[2], sys.argv[3])
box.select("INBOX")
bounced = {}
numbers = box.search(None, "ALL")[1][0].split()
for number in numbers:
    message = email.message_from_bytes(box.fetch(number, "(RFC822)")[1][0][1], policy=email.policy.compat32)
    for part in message.walk():
        if part.get_content_type() == "message/delivery-status":
            for fields in part.get_payload():
                if fields["Final-Recipient"]:
                    bounced[fields["Final-Recipient"].split(";")[1].strip()] = fields["Status"]
    box.store(number, "+FLAGS", "\\Deleted")
box.expunge()
box.logout()
print(len(numbers), len(bounced), f"{time.monotonic() - begun:.2f}", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
