#!/usr/bin/env python3
"""sink_report.py FILE… - what a sink got, from smtp-sink's dumps: one line `complete recipients copies ids`.

complete    messages that arrived whole (their closing boundary is there)
recipients  distinct recipients of those
copies      messages beyond the first for a recipient, partial ones included
ids         recipients whose copies do not all carry the same Message-ID
"""
import re
import sys

complete = set()
seen = {}
count = whole = 0
for path in sys.argv[1:]:
    data = open(path, 'rb').read().decode('ascii')
    # a transaction begins with the client's line that smtp-sink puts before each
    for mail in re.split(r'(?m)^(?=X-Client-Addr:)', data)[1:]:
        rcpt = re.search(r'(?m)^X-Rcpt-Args: <([^>]*)>', mail)
        ident = re.search(r'(?m)^Message-ID:\s*(<[^>]*>)', mail)
        if not rcpt or not ident:
            continue
        count += 1
        seen.setdefault(rcpt.group(1), []).append(ident.group(1))
        boundary = re.search(r'boundary="([^"]+)"', mail)
        if boundary and '\n--' + boundary.group(1) + '--' in mail:
            whole += 1
            complete.add(rcpt.group(1))
print(whole, len(complete), count - len(seen), sum(1 for ids in seen.values() if len(set(ids)) > 1))
