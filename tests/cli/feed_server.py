#!/usr/bin/env python3
"""feed_server.py FEED LOG [CERT KEY]: a web server on a free loopback port, which it prints, that answers for feeds, good and bad.

With CERT and KEY a second one speaks HTTPS; its port is printed too. Each request's path, If-None-Match, User-Agent and Accept-Encoding
are appended to LOG. The feed is read anew for each request.
"""
import gzip
import hashlib
import http.server
import ssl
import sys
import threading
import time

FEED, LOG = sys.argv[1:3]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status, body=b"", **fields):
        self.send_response(status)
        for name, value in fields.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        h = self.headers
        with open(LOG, "a", encoding="utf-8") as log:
            print(self.path, h.get("If-None-Match", "-"), h.get("If-Modified-Since", "-"), h.get("User-Agent"), h.get("Accept-Encoding"),
                  sep="|", file=log)
        try:
            getattr(self, "get_" + self.path.strip("/").split("/")[0].split("?")[0], self.get_none)()
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            self.close_connection = True

    def get_none(self):
        self.reply(404, b"<html>no</html>" * 100, Content_Type="text/html")

    def feed(self):
        with open(FEED, "rb") as f:
            return f.read()

    def get_feed(self):
        body = self.feed()
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        if self.headers.get("If-None-Match") == etag:
            self.reply(304, ETag=etag)
        else:
            self.reply(200, body, Content_Type="application/rss+xml; charset=UTF-8", ETag=etag, Last_Modified="Mon, 09 Mar 2026 08:00:12 GMT")

    def get_plain(self):
        self.reply(200, self.feed(), Content_Type="text/xml")

    def get_gzip(self):
        self.reply(200, gzip.compress(self.feed()), Content_Type="application/rss+xml", Content_Encoding="gzip")

    def get_bomb(self):
        self.reply(200, gzip.compress(b"<rss>" + b" " * (40 << 20)), Content_Type="application/rss+xml", Content_Encoding="gzip")

    def get_latin(self):
        self.reply(200, self.feed().decode("utf-8").encode("iso-8859-1", "replace"), Content_Type='text/xml; charset="iso-8859-1"')

    def get_moved(self):
        n = int(self.path.split("/")[2])
        self.reply(301 if n % 2 else 302, Location="../feed" if n == 1 else "/moved/%d" % (n - 1))

    def get_down(self):
        self.reply(302, Location="http://127.0.0.1:%d/feed" % plain.server_port)

    def get_user(self):
        self.reply(302, Location="http://ann:secret@127.0.0.1:%d/feed" % plain.server_port)

    def get_file(self):
        self.reply(302, Location="file:///etc/passwd")

    def get_page(self):
        self.reply(200, b'<!doctype html><link rel="alternate" type="application/rss+xml" href="/feed">', Content_Type="text/html")

    def get_large(self):
        self.reply(200, b"<rss>" + b" " * (11 << 20), Content_Type="text/xml")

    def get_wrong(self):
        self.reply(200, b"<svg>" + b" " * 100000, Content_Type="text/xml")

    def get_slow(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        for _ in range(3000):
            self.wfile.write(b"<rss> ")
            self.wfile.flush()
            time.sleep(0.1)

    def get_cut(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        self.wfile.write(self.feed()[:1500])
        self.close_connection = True

    def get_headers(self):
        self.reply(200, b"<rss/>", **{"X_%d" % i: "x" * 1000 for i in range(90)})

    def get_empty(self):
        self.reply(200)

    def get_error(self):
        self.reply(503, self.feed(), Content_Type="text/xml")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_):
        """Clients that go away in the middle are what is tested."""


plain = Server(("127.0.0.1", 0), Handler)
ports = [plain.server_port]
if len(sys.argv) > 3:
    secure = Server(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[3], sys.argv[4])
    secure.socket = context.wrap_socket(secure.socket, server_side=True)
    ports.append(secure.server_port)
    threading.Thread(target=secure.serve_forever, daemon=True).start()
print(*ports, flush=True)
plain.serve_forever()
