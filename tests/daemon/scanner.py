#!/usr/bin/env python3
"""scanner.py - opens every link of every mail in a folder, as the scanners of mail providers and link previews do, and never presses a button.

  scanner.py BASE OUTBOX ROUNDS     follow all of it so many times; a line "kind <first word of the mails' file names> <links>" for each kind of mail,
                                    "method <name> <requests>", "status <code> <answers>", "pages <different addresses>", "silent <connections closed>"
  scanner.py --list BASE OUTBOX     print "KIND URL" for each link of ours in the mails

Links are those of the HTML part, of the text part and of List-Unsubscribe. From each page that comes back, its links and the addresses of its forms are
followed too, until nothing new comes.
"""
import email
import email.policy
import glob
import html.parser
import http.client
import os
import re
import sys
import urllib.parse

PAGES_MAX = 600  # so that a page that makes new links for ever ends the test, and does not hang it


class Links(html.parser.HTMLParser):
    """Everything in a page or a mail that is an address."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if value and name in ("href", "src", "action", "formaction", "cite", "data", "poster", "srcset", "background"):
                self.found.append(value)
            if value and name == "content":
                self.found += re.findall(r"https?://\S+", value)


def links_of_page(text):
    parser = Links()
    parser.feed(text)
    return parser.found


def links_of_mail(path):
    with open(path, "rb") as f:
        mail = email.message_from_binary_file(f, policy=email.policy.default)
    found = []
    for part in mail.walk():
        if part.get_content_type() == "text/html":
            found += links_of_page(part.get_content())
        elif part.get_content_type() == "text/plain":
            found += re.findall(r"https?://[^\s<>]+", part.get_content())
    for name in ("List-Unsubscribe", "List-Help", "List-Archive", "List-Subscribe", "List-Owner", "List-Id", "Archived-At"):
        found += re.findall(r"<(https?://[^>]+)>", str(mail.get(name, "")))
    return found


def mails(base, outbox):
    """{kind: set of links of ours}"""
    kinds = {}
    for path in sorted(glob.glob(os.path.join(outbox, "*.eml"))):
        kind = os.path.basename(path).split("-")[0]
        kinds.setdefault(kind, set()).update(u for u in links_of_mail(path) if u.startswith(base))
    return kinds


FORM = "List-Unsubscribe=One-Click&everything=yes&undo=x&language=es&email=scanner@example.org&topic=articles"
FORM_TYPE = {"Content-Type": "application/x-www-form-urlencoded"}
BROWSER = {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)", "Accept": "text/html,*/*;q=0.8", "Accept-Language": "es,en;q=0.5"}


def percent(path):
    return "".join(c if c in "/?=&" else "%%%02X" % ord(c) for c in path)


def visits(path):
    """(method, path, headers, body) of each way in which somebody looks at it without a will of its own."""
    plain, _, query = path.partition("?")
    more = plain + "?" + (query + "&" if query else "")
    for method in ("GET", "HEAD", "OPTIONS", "PROPFIND", "TRACE", "PUT", "DELETE", "PATCH", "get", "LOCK", "SEARCH"):
        yield method, path, {}, None
    yield "GET", path, BROWSER, None
    yield "GET", path, {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender", "X-Moz": "prefetch", "X-Purpose": "preview"}, None
    yield "GET", path, {"Accept": "application/json"}, None
    yield "GET", path, {"Range": "bytes=0-99", "If-None-Match": "*"}, None
    yield "GET", path, {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST", "X-Method-Override": "POST"}, None
    yield "GET", path, {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example", "Referer": "https://mail.example/"}, None
    yield "GET", path, FORM_TYPE, FORM
    yield "HEAD", path, FORM_TYPE, FORM
    yield "OPTIONS", path, {"Origin": "https://mail.example", "Access-Control-Request-Method": "POST", **FORM_TYPE}, FORM
    yield "PUT", path, FORM_TYPE, FORM
    yield "GET", more + FORM, {}, None
    yield "GET", more + "_method=POST&method=post&action=confirm&confirm=yes&erase=yes&utm_source=mail", {}, None
    yield "HEAD", more + FORM, {}, None
    yield "GET", percent(plain), {}, None
    yield "GET", plain + "/", {}, None
    yield "GET", plain + "/?" + FORM, {}, None
    yield "GET", plain + "%2F", {}, None
    yield "GET", "/" + plain, {}, None
    yield "GET", plain.upper(), {}, None
    yield "GET", plain.lower(), {}, None
    yield "GET", plain + ".", {}, None
    yield "GET", plain + ">", {}, None
    yield "GET", plain[:-1] if len(plain) > 1 else plain, {}, None


class Scanner:
    def __init__(self, base):
        url = urllib.parse.urlsplit(base)
        self.base, self.host = base, url.netloc
        self.methods, self.statuses, self.silent = {}, {}, 0
        self.connection = None

    def ask(self, method, path, headers, body):
        """The answer's text, or "" when there was none to read."""
        self.methods[method] = self.methods.get(method, 0) + 1
        try:
            if not self.connection:
                self.connection = http.client.HTTPConnection(self.host, timeout=60)
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
            text = answer.read(1 << 20)
        except (http.client.HTTPException, OSError):
            self.silent += 1
            self.connection.close()
            self.connection = None
            return ""
        if answer.will_close:
            self.connection.close()
            self.connection = None
        self.statuses[answer.status] = self.statuses.get(answer.status, 0) + 1
        kind = answer.getheader("Content-Type") or ""
        found = [answer.getheader("Location") or ""]
        if "html" in kind or "xml" in kind:
            found += links_of_page(text.decode("utf-8", "replace"))
        return found

    def follow(self, links):
        """Visit each, and what it leads to; returns how many different addresses there were."""
        todo, seen = sorted(links), set()
        while todo:
            url = todo.pop()
            path = self.path_of(url)
            if path is None or path in seen or len(seen) >= PAGES_MAX:
                continue
            seen.add(path)
            for method, where, headers, body in visits(path):
                for found in self.ask(method, where, headers, body) or []:
                    if found:
                        todo.append(urllib.parse.urljoin(self.base + path, found))
        return len(seen)

    def path_of(self, url):
        parts = urllib.parse.urlsplit(url)
        if parts.scheme != "http" or parts.netloc != self.host:
            return None
        # what these visits themselves put behind the question mark comes back in links of pages: that is no new page
        keep = [(k, v) for k, v in urllib.parse.parse_qsl(parts.query) if k in ("lang", "topic", "v", "page", "before", "after")]
        return (parts.path or "/") + ("?" + urllib.parse.urlencode(keep) if keep else "")


def main():
    if sys.argv[1] == "--list":
        for kind, links in sorted(mails(sys.argv[2], sys.argv[3]).items()):
            for link in sorted(links):
                print(kind, link)
        return
    base, outbox, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    kinds = mails(base, outbox)
    scanner = Scanner(base)
    pages = 0
    for _ in range(rounds):
        pages = scanner.follow(set().union(*kinds.values()))
    for kind, links in sorted(kinds.items()):
        print("kind", kind, len(links))
    for method, n in sorted(scanner.methods.items()):
        print("method", method, n)
    for status, n in sorted(scanner.statuses.items()):
        print("status", status, n)
    print("pages", pages)
    print("silent", scanner.silent)


main()
