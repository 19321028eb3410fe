"""doctor_world.py: what doctor asks, and answers that no good server gives; prints a line with three ports when it is there.

HTTP, whose answer is in the path's first part: large (a page without end, at a time that is none), none (404), noget (the button alone),
nopost (its POST is not answered). SMTP at every address of this machine: no TLS, one command at a time, any login. DNS: every name
has SPF; addresses of IPv4 are refused, or of IPv6 where the name begins with four, which has one of IPv4.
"""
import http.server
import socketserver
import sys
import threading


class Pages(http.server.BaseHTTPRequestHandler):
    def answer(self, status, body, date='Mon, 09 Mar 2026 08:00:00 GMT'):
        self.send_response_only(status)
        self.send_header('Date', date)
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        what = self.path.split('/')[1]
        if what == 'large':
            self.answer(200, b'x' * 400000, 'soon')
        elif what == 'nopost':
            self.answer(200, b'<form>')
        else:
            self.answer(404, b'')

    def do_POST(self):
        if not self.path.startswith('/nopost'):
            self.answer(200, b'')

    def log_message(self, *args):
        pass


class Relay(socketserver.StreamRequestHandler):
    def handle(self):
        self.wfile.write(b'220 relay.test\r\n')
        for line in self.rfile:
            verb = line[:4].upper()
            if verb == b'EHLO':
                self.wfile.write(b'250-relay.test\r\n250-SIZE 20000000\r\n250 AUTH PLAIN XOAUTH2\r\n')
            elif verb == b'AUTH':
                self.wfile.write(b'334 \r\n')
                self.rfile.readline()
                self.wfile.write(b'235 2.7.0 Welcome\r\n')
            else:
                self.wfile.write(b'221 Bye\r\n' if verb == b'QUIT' else b'250 Ok\r\n')


class Names(socketserver.BaseRequestHandler):
    def handle(self):
        query, sock = self.request
        end = query.index(b'\0', 12) + 5
        kind, four = query[end - 3], query[12:17] == b'\4four'
        refused, answer = kind == (28 if four else 1), {16: b'\x0dv=spf1 a -all', 1: b'\xc0\0\2\1' if four else b''}.get(kind, b'')
        if answer:
            answer = b'\xc0\x0c\0' + bytes([kind]) + b'\0\1\0\0\0\x3c\0' + bytes([len(answer)]) + answer
        head = (b'\x81\x85' if refused else b'\x81\x80') + b'\0\1\0' + bytes([bool(answer)])
        sock.sendto(query[:2] + head + b'\0\0\0\0' + query[12:end] + answer, self.client_address)


def serve(server):
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


socketserver.TCPServer.allow_reuse_address = True
web = serve(http.server.ThreadingHTTPServer(('127.0.0.1', 0), Pages))
relay = serve(socketserver.ThreadingTCPServer(('', 0), Relay))
names = serve(socketserver.ThreadingUDPServer(('127.0.0.1', 0), Names))
print(web, relay, names, flush=True)
threading.Event().wait()
