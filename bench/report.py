#!/usr/bin/env python3
"""report.py RESULTS DOCUMENT: tables and targets from the results of bench/run's parts.

Prints the report. Writes it to DOCUMENT too when every part is there and each was run five times (a million and the site: once).
"""
import os
import statistics
import sys

PARTS = ("relay", "loopback", "latency", "dkim", "malloc", "site", "http", "content", "inbound", "people", "segments", "million")
ONCE = ("relay", "malloc", "site", "million")
PAGES = {"/": "the signup form", "/u/LINK": "the unsubscribe page", "/style.css": "the style sheet"}
SERVERS = {
    "sink": "smtp-sink (PIPELINING)",
    "postfix": "Postfix, discard transport (PIPELINING, CHUNKING)",
    "npm": "npm smtp-server, STARTTLS (PIPELINING)",
}
CLIENTS = {
    "newsletter": "**newsletterd**",
    "smtp-source": "smtp-source",
    "nodemailer": "nodemailer, pool",
    "curl": "libcurl's upload",
    "mlmmj": "mlmmj-send",
}
OURS = "newsletter"


class Part:
    """One part's lines: what it is worth, and the runs of each cell."""

    def __init__(self, folder, name):
        self.date, self.runs, self.lines, self.cells, self.failed = None, 0, [], {}, []
        path = os.path.join(folder, name)
        if not os.path.exists(path):
            return
        with open(path, encoding="utf-8") as f:
            head, *self.lines = f.read().splitlines()
        self.date, self.runs = head.split()[1], int(head.split("runs=")[1])
        for line in self.lines:
            word = line.split()
            if word[:1] != [name] or len(word) < 6:
                continue
            if word[5] == "failed":
                self.failed.append(" ".join(word[1:5]))
                continue
            key = (word[2], int(word[3]), word[4])
            self.cells.setdefault(key, []).append([None if w == "-" else float(w) for w in word[5:]])

    def rates(self, server, connections, client):
        return [r[0] / r[1] for r in self.cells.get((server, connections, client), []) if r[1] > 0]

    def rate(self, *key):
        rates = self.rates(*key)
        return statistics.median(rates) if rates else None

    def cpu(self, *key):
        runs = self.cells.get(key, [])
        return statistics.median(r[2] / r[0] for r in runs) if runs else None

    def column(self, n, *key):
        runs = [r[n] for r in self.cells.get(key, []) if len(r) > n and r[n] is not None]
        return statistics.median(runs) if runs else None


def number(x):
    if x is None:
        return "–"
    if x >= 100:
        return f"{x:,.0f}".replace(",", " ")
    return f"{x:.1f}" if x >= 10 or x == int(x) else f"{x:.2f}"


def matrix(part, title):
    for server, text in SERVERS.items():
        numbers = sorted({k[1] for k in part.cells if k[0] == server})
        if not numbers:
            continue
        yield f"### {title}: {text}"
        yield ""
        yield "| connections | client | messages/s | lowest – highest | CPU µs a message | RssAnon kB | newsletterd is … times as fast |"
        yield "|---:|---|---:|---:|---:|---:|---:|"
        for n in numbers:
            ours = part.rate(server, n, OURS)
            for client, name in CLIENTS.items():
                key = (server, n, client)
                rates = part.rates(*key)
                if not rates:
                    continue
                times = "" if client == OURS or not ours else f"{ours / part.rate(*key):.2f}"
                yield (f"| {n} | {name} | {number(part.rate(*key))} | {number(min(rates))} – {number(max(rates))} | "
                       f"{number(part.cpu(*key))} | {number(part.column(3, *key))} | {times} |")
        yield ""


def at_least(name, value, limit, unit=""):
    return name, f"at least {number(limit)}{unit}", value, number(value) + unit if value is not None else None, \
        value is not None and value >= limit


def at_most(name, value, limit, unit=""):
    text = None if value is None else (f"{value:.3f}" if value < 0.1 else number(value)) + unit
    return name, f"at most {limit if limit < 1 else number(limit)}{unit}", value, text, value is not None and value <= limit


def ratio(a, b):
    return a / b if a is not None and b else None


def signs(part):
    found = [float(line.split()[1]) for line in part.lines if line.startswith("openssl ")]
    return statistics.median(found) if found else None


class Values:
    """What bench/http and bench/content printed: lines of words and their values."""

    def __init__(self, part):
        self.lines = [line.split() for line in part.lines]

    def all(self, *words):
        n = len(words)
        return [[float(x) for x in line[n:]] for line in self.lines if line[:n] == list(words)]

    def median(self, column, *words):
        found = [values[column] for values in self.all(*words) if len(values) > column]
        return statistics.median(found) if found else None

    def rate(self, name):
        found = [values[0] / values[1] for values in self.all(name)]
        return statistics.median(found) if found else None

    def worst(self, column, *names):
        found = [self.median(column, *name.split()) for name in names]
        return max(found) if found and None not in found else None


def http_targets(http):
    for path, name in PAGES.items():
        yield at_least(f"{name}: share of bare libmicrohttpd's rate", ratio(http.median(0, "rate", path), http.median(0, "rate", "/hello")), 0.5)
    yield at_least("signups recorded, with the limits off", http.rate("subscribe"), 5000, "/s")
    yield at_least("signups recorded, with the limits as they come", http.rate("subscribe-limited"), 5000, "/s")
    yield at_least("10 000 idle connections: held for 20 s", http.median(1, "idle"), 10000)
    yield at_most("… others answered meanwhile, 99th percentile", http.median(6, "idle"), 100, " ms")
    yield at_most("1 000 that ask octet by octet: left after 12 s, 5 s allowed", http.median(1, "slow"), 0)
    yield at_most("… others answered meanwhile, 99th percentile", http.median(6, "slow"), 100, " ms")
    leak = http.all("leak")
    yield at_most("RssAnon's growth over 1 000 000 requests", max(leak[0][2] - leak[0][1], 0) if leak else None, 1024, " kB")
    for kind, name in (("other", "unknown"), ("asked", "pending"), ("quiet", "suppressed")):
        low, high = http.median(2, "timing", kind), http.median(3, "timing", kind)
        yield at_most(f"known or {name}: the 95 % interval's far end, from 0", None if low is None else max(abs(low), abs(high)), 50, " µs")
    yield at_most("signup bomb and a campaign: others' pages, 99th percentile", http.median(3, "bomb-pages"), 100, " ms")
    yield at_most("signup bomb and a campaign: others' signups, 99th percentile", http.median(3, "bomb-posts"), 100, " ms")
    memory = http.median(0, "bomb-memory")
    yield at_most("signup bomb and a campaign: memory of all roles", None if memory is None else memory / 1024, 64, " MB")


def http_tables(http):
    yield "### Visitors (`bench/http`)"
    yield ""
    yield "| page | requests/s | lowest – highest |"
    yield "|---|---:|---:|"
    for path, name in {"/hello": "libmicrohttpd alone, five bytes", **PAGES}.items():
        rates = [r[0] for r in http.all("rate", path)]
        if rates:
            yield f"| {name} | {number(statistics.median(rates))} | {number(min(rates))} – {number(max(rates))} |"
    yield ""
    yield "| signups, 400 connections | recorded/s | failed | median, ms | 99th percentile, ms |"
    yield "|---|---:|---:|---:|---:|"
    for key, name in (("subscribe", "limits off"), ("subscribe-limited", "limits as they come")):
        if http.all(key):
            yield (f"| {name} | {number(http.rate(key))} | {number(http.median(2, key))} | {number(http.median(3, key))} | "
                   f"{number(http.median(4, key))} |")
    yield ""
    yield "| connections | opened | left | visitors meanwhile | failed | median, ms | 99th percentile, ms | longest, ms | RssAnon grew by, kB |"
    yield "|---|---:|---:|---:|---:|---:|---:|---:|---:|"
    for key, name in (("idle", "idle"), ("used", "have asked once, at most 512 are kept"), ("slow", "octet by octet")):
        for run in http.all(key):
            yield f"| {name} | " + " | ".join(number(run[i]) for i in (0, 1, 3, 4, 5, 6, 7, 8)) + " |"
    yield ""
    for key, text in (("leak", "RssAnon before and after {0} requests: {1} and {2} kB."),
                      ("bomb", "The bomb: {0} posts for one address in {1} s, {2} failed."),
                      ("bomb-posts", "Others' signups meanwhile: {0}, {1} failed; {2} ms in the median, {3} at the 99th percentile, {4} at most."),
                      ("bomb-pages", "Others' pages meanwhile: {0}, {1} failed; {2} ms in the median, {3} at the 99th percentile, {4} at most."),
                      ("bomb-memory", "Memory of all roles and the parent, at most: {0} kB (Pss), of which {1} kB are anonymous.")):
        for run in http.all(key):
            yield text.format(*(number(x) for x in run))
            yield ""
    for kind, name in (("other", "unknown"), ("asked", "pending"), ("quiet", "suppressed")):
        for run in http.all("timing", kind):
            yield f"Timing, {name} against known: the medians differ by {run[1]:+.1f} µs, 95 % interval {run[2]:+.1f} to {run[3]:+.1f}; median {number(run[0])} µs."
            yield ""


def content_languages(part):
    return [line.split()[1] for line in part.lines if line.startswith("compile ")]


def content_targets(part):
    values = Values(part)
    for language in content_languages(part) or ["en"]:
        yield at_most(f"the mail of 20 new articles, compiled: {language}", values.median(2, "compile", language), 20, " ms")
    files = values.median(0, "import", "newsletter") or 10000
    yield at_most(f"{number(files)} Markdown files imported", values.median(1, "import", "newsletter"), 5, " s")


def content_tables(part):
    values = Values(part)
    yield "### What goes into the mail (`bench/content`)"
    yield ""
    yield "| digest, in the language | articles | bytes compiled | median, ms | lowest – highest, ms |"
    yield "|---|---:|---:|---:|---:|"
    for language in content_languages(part):
        for run in values.all("compile", language):
            yield f"| {language} | {run[0]:.0f} | {number(run[1])} | {run[2]:.2f} | {run[3]:.2f} – {run[4]:.2f} |"
    yield ""
    yield "| import of Markdown files | files | s | lowest – highest | CPU s | files/s |"
    yield "|---|---:|---:|---:|---:|---:|"
    for words, name in (("import newsletter", "**newsletter article import**"), ("again newsletter", "the same once more, nothing changed"),
                        ("import python", "Python: PyYAML, markdown-it, sqlite3")):
        runs = values.all(*words.split())
        if runs:
            seconds = [run[1] for run in runs]
            median = statistics.median(seconds)
            yield (f"| {name} | {number(runs[0][0])} | {median:.2f} | {min(seconds):.2f} – {max(seconds):.2f} | "
                   f"{statistics.median(run[2] for run in runs) / 1e6:.2f} | {number(runs[0][0] / median)} |")
    yield ""


def inbound_targets(part):
    values = Values(part)
    messages = number(values.median(0, "newsletter") or 20000)
    yield at_most(f"{messages} returned messages in a mailbox, over IMAP: until all are acted on and removed",
                  values.median(1, "newsletter"), 60, " s")
    yield at_most("the inbound role's VmHWM then", values.median(2, "newsletter"), 64 * 1024, " kB")


def inbound_tables(part):
    values = Values(part)
    yield "### A mailbox that is worked through, Dovecot over IMAP (`bench/inbound`)"
    yield ""
    yield "| | messages | s | lowest – highest | messages/s | most memory, kB |"
    yield "|---|---:|---:|---:|---:|---:|"
    for word, name in (("newsletter", "**newsletterd's inbound role**: acted on, recorded, removed"),
                       ("python", "Python: imaplib, email: parsed, removed")):
        runs = values.all(word)
        if runs:
            seconds = [run[1] for run in runs]
            median = statistics.median(seconds)
            yield (f"| {name} | {number(runs[0][0])} | {median:.1f} | {min(seconds):.1f} – {max(seconds):.1f} | "
                   f"{number(runs[0][0] / median)} | {number(statistics.median(run[2] for run in runs))} |")
    yield ""


def people_targets(part):
    values = Values(part)
    people = number(values.median(0, "import", "newsletter", "random") or 1000000)
    for order, name in (("random", "as people came"), ("sorted", "sorted by address")):
        yield at_most(f"{people} people imported, {name}: times the sqlite3 shell's time for one table",
                      ratio(values.median(1, "import", "newsletter", order), values.median(1, "import", "sqlite3", order)), 2.5)
    yield at_most("the import's RssAnon", values.worst(3, "import newsletter random", "import newsletter sorted"), 32 * 1024, " kB")
    for what, name in (("csv", "as a table"), ("full", "in full")):
        yield at_least(f"people exported {name} in a second", ratio(values.median(0, "export", what), values.median(1, "export", what)), 200000)


def people_tables(part):
    values = Values(part)
    yield "### Lists in and out (`bench/people`)"
    yield ""
    yield "| | people | s | lowest – highest | CPU s | people/s | RssAnon, kB |"
    yield "|---|---:|---:|---:|---:|---:|---:|"
    table = [(f"{what} {who} {order}", f"{name}, {words}") for order, words in (("random", "as people came"), ("sorted", "sorted by address"))
             for what, who, name in (("import", "newsletter", "**newsletter subscriber import**"), ("again", "newsletter", "the same once more"),
                                     ("import", "sqlite3", "sqlite3's .import --csv"), ("import", "sqlite3-wal", "the same with a write-ahead log"))]
    for words, name in table + [("export csv", "**newsletter subscriber export**"), ("export full", "the same, --full")]:
        runs = values.all(*words.split())
        if runs:
            seconds = [run[1] for run in runs]
            median = statistics.median(seconds)
            yield (f"| {name} | {number(runs[0][0])} | {median:.2f} | {min(seconds):.2f} – {max(seconds):.2f} | "
                   f"{statistics.median(run[2] for run in runs) / 1e6:.2f} | {number(runs[0][0] / median)} | "
                   f"{number(statistics.median(run[3] for run in runs))} |")
    yield ""
    for run in values.all("signups"):
        yield (f"While such a list was imported {number(run[0])} visitors signed up ({number(run[1])} failed): their answer took {run[2]:.1f} ms in the median, "
               f"{run[3]:.1f} at the 99th percentile, {run[4]:.1f} at most.")
        yield ""


def segment_questions():
    """What bench/segments asks, by number."""
    with open(os.path.join(os.path.dirname(__file__), "segments"), encoding="utf-8") as f:
        rows = [line.strip().strip('"').split("|")[:2] for line in f if line.startswith('\t"') and line[2].isdigit()]
    return dict(rows)


def segment_targets(part):
    values = Values(part)
    questions = segment_questions()
    people = number(values.median(0, "segment", "newsletter", "1") or 1000000)
    slowest = values.worst(2, *(f"segment newsletter {n}" for n in questions))
    yield at_most(f"the slowest of {len(questions)} filters and segments over {people} people", slowest, 1, " s")


def segment_tables(part):
    values = Values(part)
    yield "### Filters and segments (`bench/segments`)"
    yield ""
    yield "| `subscriber list --count` | found | s | CPU s | RssAnon, kB | the sqlite3 shell, s |"
    yield "|---|---:|---:|---:|---:|---:|"
    for n, asked in segment_questions().items():
        runs = values.all("segment", "newsletter", n)
        peer = values.median(2, "segment", "sqlite3", n)
        if runs:
            yield (f"| `{asked}` | {number(runs[0][1])} | {statistics.median(run[2] for run in runs):.2f} | "
                   f"{statistics.median(run[3] for run in runs) / 1e6:.2f} | {number(statistics.median(run[4] for run in runs))} | {peer:.2f} |")
    yield ""


def targets(parts):
    near, far, dkim, million = (parts[p] for p in ("loopback", "latency", "dkim", "million"))
    ours = far.rate("postfix", 4, OURS)
    yield at_least("30 ms, 4 connections, Postfix: times nodemailer's rate", ratio(ours, far.rate("postfix", 4, "nodemailer")), 15)
    yield at_least("30 ms, 4 connections, Postfix: times libcurl's upload", ratio(ours, far.rate("postfix", 4, "curl")), 50)
    for n in (1, 4, 10):
        ours = far.rate("sink", n, OURS)
        yield at_least(f"30 ms, smtp-sink, {n} connections: share of one message per round trip and connection", ratio(ours, n / 0.030), 0.90)
        yield at_least(f"30 ms, smtp-sink, {n} connections: times nodemailer's rate", ratio(ours, far.rate("sink", n, "nodemailer")), 2)
    ours = near.rate("sink", 10, OURS)
    yield at_least("loopback, smtp-sink, 10 connections: times smtp-source's rate", ratio(ours, near.rate("sink", 10, "smtp-source")), 1)
    yield at_most("loopback, smtp-sink, 10 connections: CPU a message without DKIM", near.cpu("sink", 10, OURS), 40, " µs")
    yield at_least("RSA-2048 DKIM: share of openssl speed's signs/s over all cores", ratio(dkim.rate("sink", 10, "rsa"), signs(dkim)), 0.65)
    yield at_least("Ed25519 DKIM: share of the unsigned rate",
                   ratio(dkim.rate("sink", 10, "ed25519"), dkim.rate("sink", 10, "unsigned")), 0.5)
    key = ("sink", 10, OURS)
    first, most, last = (million.column(n, *key) for n in (4, 3, 5))
    people = next((int(line.split()[1]) for line in million.lines if line.startswith("people ")), 1000000)
    name = f"a campaign to {people:,}".replace(",", " ")
    yield at_most(f"{name}: from `send` to the first message", million.column(6, *key), 2, " s")
    yield at_most(f"{name}: the sender's RssAnon at most", most, 12 * 1024, " kB")
    yield at_most(f"{name}: RssAnon's growth from first message to last", None if first is None else max(last - first, 0), 1024, " kB")
    allocations = parts["malloc"].column(7, *key)
    yield at_most("allocations by our own objects a message", None if allocations is None else allocations / 1000, 0.01)
    yield from http_targets(Values(parts["http"]))
    yield from content_targets(parts["content"])
    yield from inbound_targets(parts["inbound"])
    yield from people_targets(parts["people"])
    yield from segment_targets(parts["segments"])


def target_table(parts):
    yield "| target | wanted | measured | |"
    yield "|---|---:|---:|---|"
    for name, wanted, _, text, holds in targets(parts):
        if text is None:
            yield f"| {name} | {wanted} | – | not measured |"
        else:
            yield f"| {name} | {wanted} | {text} | {'holds' if holds else '**does not hold**'} |"


def other_tables(parts):
    dkim = parts["dkim"]
    if dkim.cells:
        yield "### DKIM: loopback, smtp-sink, 10 connections"
        yield ""
        yield "| signature | messages/s | CPU µs a message |"
        yield "|---|---:|---:|"
        for kind, name in (("unsigned", "none"), ("rsa", "rsa-sha256, 2048 bits"), ("ed25519", "ed25519-sha256")):
            yield f"| {name} | {number(dkim.rate('sink', 10, kind))} | {number(dkim.cpu('sink', 10, kind))} |"
        yield f"| `openssl speed -seconds 1 -multi {os.cpu_count()} rsa2048` | {number(signs(dkim))} signs/s | |"
        yield ""
    for name, title in (("million", "A large campaign"), ("malloc", "The campaign whose allocations were counted")):
        for run in parts[name].cells.get(("sink", 10, OURS), []):
            yield f"### {title}: loopback, smtp-sink, 10 connections"
            yield ""
            yield ("| messages | messages/s | CPU µs a message | `send` to first message, s | RssAnon kB: first message | after a tenth | "
                   "most | last message |")
            yield "|---:|---:|---:|---:|---:|---:|---:|---:|"
            yield (f"| {number(run[0])} | {number(run[0] / run[1])} | {number(run[2] / run[0])} | {run[6]:.2f} | {number(run[4])} | "
                   f"{number(run[8])} | {number(run[3])} | {number(run[5])} |")
            yield ""
            if run[7] is not None:
                yield f"Between 20 % and 80 % of it our own objects allocated {run[7]:.1f} times per 1000 messages."
                yield ""
    if parts["site"].lines:
        yield "### Import, and signups during a campaign (`bench/site`)"
        yield ""
        yield from ("    " + line for line in parts["site"].lines)
        yield ""
    if parts["http"].lines:
        yield from http_tables(Values(parts["http"]))
    if parts["content"].lines:
        yield from content_tables(parts["content"])
    if parts["inbound"].lines:
        yield from inbound_tables(parts["inbound"])
    if parts["people"].lines:
        yield from people_tables(parts["people"])
    if parts["segments"].lines:
        yield from segment_tables(parts["segments"])
    for line in parts["relay"].lines:
        word = line.split()
        if word[0] == "round_trip_ms":
            yield (f"The relay that adds latency: a round trip of {word[1]} ms took {word[2]} ms at least, {word[3]} in the median, {word[4]} at "
                   f"the 99th percentile, {word[5]} at most.")
        elif word[0] == "carried":
            yield f"One connection carried {word[1]} MB/s through it, with {word[2]} % of a core."


METHOD = """Each line is the median of the runs, which took turns (A B C A B C …); how many there were, and when, stands above for each part: parts can be
measured alone, at different times. `openssl speed` runs right before each RSA run. Every client sends the same 8 KB message; smtp-source one of
its own of that size. One machine runs client, server and, for 30 ms, a TCP relay that hands every byte on 15 ms after it came (`bench/latency.c`).

- **newsletterd** sends a real campaign: claimed and recorded in its ledger on disk (SQLite, `synchronous=FULL`), merged per person. Measured from
  the moment at which the ledger has 30 % of the messages as accepted to the last (it opens its connections one after the other); CPU and memory are those of its sender process, all threads.
- **nodemailer**'s pool and **libcurl's upload** (multi interface, connections reused) send a message built beforehand, and are measured from
  the first replies to the last. nodemailer's sockets have TCP_NODELAY, which it does not set itself. libcurl 7.88 waits for the reply to a
  message's end without returning to its multi interface, so its transfers wait for each other there.
- **smtp-source** and **mlmmj-send** are measured from start to end of the program. mlmmj-send has one connection; neither speaks TLS.
- **Postfix** is set up as for bulk mail: its queue in memory, no log, processes that stay, nothing looked up for a recipient. Otherwise its
  disk would be what is measured.
- **Visitors**: wrk with one thread and 16 connections asks for pages, in turn with a server of libmicrohttpd alone that has the same flags. Signups are
  counted when they are answered, which is once they are durable. For the timing of answers the store is
  in memory, so that the disk's noise hides nothing. The bomb's memory is that of all roles and the parent, what they share counted once.
- **What goes into the mail**: a digest is rendered from templates, words and articles, compiled and saved 200 times within one process, the
  languages in turn; nothing is kept from one time to the next. Imports go into an empty store. Their peer is a script that does the same with
  Python's usual libraries, whose slow parts are in C (YAML, SHA-256, SQLite): front matter, an excerpt of 40 words from the CommonMark tree, a hash, one
  transaction into the same table with `synchronous=FULL`. It checks nothing of what it reads, and tells of no file that it cannot take.
- Only newsletterd keeps a ledger. CPU is user and system time of the client; RssAnon is the most that was seen.
"""


def report(folder, parts):
    yield "# Benchmarks"
    yield ""
    yield "Written by `make bench` and `make bench-million`; do not edit."
    yield ""
    with open(os.path.join(folder, "facts"), encoding="utf-8") as f:
        for line in f:
            name, _, value = line.strip().partition(" ")
            yield f"- {name.replace('_', ' ')}: {value}"
    yield "- runs: " + ", ".join(f"{name} {1 if name in ONCE else p.runs} ({p.date})" for name, p in parts.items() if p.date)
    yield ""
    yield "## The targets"
    yield ""
    yield from target_table(parts)
    yield ""
    for name, part in parts.items():
        if part.failed:
            yield f"Failed runs of {name}: {', '.join(part.failed)}."
            yield ""
    yield "## How it was measured"
    yield ""
    yield METHOD
    yield "## Side by side"
    yield ""
    yield from matrix(parts["loopback"], "Loopback")
    yield from matrix(parts["latency"], "30 ms")
    yield "## newsletterd alone"
    yield ""
    yield from other_tables(parts)


def main():
    folder, document = sys.argv[1:]
    parts = {name: Part(folder, name) for name in PARTS}
    text = "\n".join(report(folder, parts)).rstrip() + "\n"
    sys.stdout.write(text)
    few = [name for name, p in parts.items() if name != "million" and p.runs < (1 if name in ONCE else 5)]
    if few:
        print(f"report: {document} is left as it is: fewer than five runs of {', '.join(few)}", file=sys.stderr)
        return
    with open(document, "w", encoding="utf-8") as f:
        f.write(text)


main()
