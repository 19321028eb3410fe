"""links.py PORT LOG - a web server on 127.0.0.1 to 127.0.0.5 whose pages are good, moved, gone, refused, slow; for lint.t.

LOG gets a line for each request (host, method, path, User-Agent, whether a cookie came), and "most N M": the most requests at once, over all
and for one host.
"""
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

port, log = int(sys.argv[1]), open(sys.argv[2], "a", buffering=1)
lock = threading.Lock()
busy = {}
most = [0, 0]

REDIRECTS = {"/moved": (301, "/ok"), "/moved-twice": (308, "/moved"), "/elsewhere": (302, "/ok"), "/mixed": (302, "/moved"), "/moved-to-gone": (301, "/gone"),
             "/loop": (301, "/loop"), "/file": (301, "file:///etc/hostname")}
STATUS = {"/gone": 404, "/gone-for-good": 410, "/forbidden": 403, "/limit": 429, "/down": 503}


class Pages(BaseHTTPRequestHandler):
    def log_message(self, *_):
        pass

    def answer(self, status, *headers):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Set-Cookie", "seen=1")
        self.send_header("Content-Length", "4")
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(b"page")

    def pause(self):
        """Counted up to before the answer, since the next request may come as soon as that is out."""
        host = self.server.server_address[0]
        with lock:
            busy[host] = busy.get(host, 0) + 1
            most[0] = max(most[0], sum(busy.values()))
            most[1] = max(most[1], busy[host])
            log.write(f"most {most[0]} {most[1]}\n")
        time.sleep(0.4)
        with lock:
            busy[host] -= 1

    def page(self):
        path = self.path
        if path in REDIRECTS:
            self.answer(REDIRECTS[path][0], ("Location", REDIRECTS[path][1]))
        elif path in STATUS:
            self.answer(STATUS[path])
        elif path == "/no-head" and self.command == "HEAD":
            self.answer(405)
        elif path == "/lies-to-head" and self.command == "HEAD":
            self.answer(404)
        elif path == "/hangs-up" and self.command == "HEAD":
            self.close_connection = True
        elif path.split("?")[0] == "/slow":
            time.sleep(14)
        elif path.startswith("/pause"):
            self.pause()
            self.answer(200)
        else:
            self.answer(206 if self.headers.get("Range") == "bytes=0-0" else 200)

    def serve(self):
        host = self.server.server_address[0]
        with lock:
            log.write(f"{host} {self.command} {self.path} {self.headers.get('User-Agent')} {'cookie' if self.headers.get('Cookie') else 'none'}\n")
        try:
            self.page()
        except OSError:
            pass

    do_GET = do_HEAD = serve


class Server(ThreadingHTTPServer):
    daemon_threads = True


servers = [Server((f"127.0.0.{i}", port), Pages) for i in range(1, 6)]
for server in servers[1:]:
    threading.Thread(target=server.serve_forever, daemon=True).start()
servers[0].serve_forever()
