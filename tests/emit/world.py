"""world.py - the rest of the world, for a mail server under test: a DNS server, the hosts that it sends to, and who gets its bounces.

It lives in a network namespace whose loopback has all of 192.0.2.0/24 (RFC 5737): names and addresses in what servers write are nobody's.
Hosts answer as cases.py says: by the recipient's local part, or every host in its own way.
"""
import fcntl, socket, socketserver, struct, threading, time

from cases import REPLIES

SERVER, COLLECTOR, DNS = "192.0.2.10", "192.0.2.25", "192.0.2.53"
SENDERS = "lists.example.org"  # whose bounces we collect

# name -> (MX, A); MX "." is RFC 7505's null MX. What is not here, does not exist; SERVFAIL for servfail.example.com.
ZONE = {
    "example.org": ("mail.example.org", None),
    "mail.example.org": (None, SERVER),
    SENDERS: ("mx." + SENDERS, None),
    "mx." + SENDERS: (None, COLLECTOR),
    "example.com": ("mx1.example.com", None),
    "mx1.example.com": (None, "192.0.2.30"),
    "small.example.com": ("mx2.example.com", None),
    "mx2.example.com": (None, "192.0.2.31"),
    "plain.example.com": ("plain.example.com", "192.0.2.33"),
    "hangup.example.com": ("hangup.example.com", "192.0.2.34"),
    "busy.example.com": ("busy.example.com", "192.0.2.35"),
    "silent.example.com": ("silent.example.com", "192.0.2.36"),
    "refuses.example.com": ("refuses.example.com", "192.0.2.37"),
    "down.example.com": ("down.example.com", "192.0.2.90"),  # nobody listens there
    "nomail.example.com": (".", None),
    "loop.example.com": ("mail.example.org", None),  # the server under test, which does not know that it is
}


def raise_loopback():
    """`ip link set lo up; ip address add 192.0.2.1/24 dev lo`: of a loopback all addresses of the net are local."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        def request(number, name, dotted):
            fcntl.ioctl(s, number, struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(dotted)))
        fcntl.ioctl(s, 0x8914, struct.pack("16sH14x", b"lo", 0x1 | 0x8 | 0x40))  # SIOCSIFFLAGS: UP LOOPBACK RUNNING
        # The second since servers look for an address of their own.
        for name, address, mask in ((b"lo:1", "192.0.2.1", "255.255.255.0"), (b"lo:2", SERVER, "255.255.255.255")):
            request(0x8916, name, address)  # SIOCSIFADDR
            request(0x891C, name, mask)  # SIOCSIFNETMASK


def wire_name(name):
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label) + b"\0"


def dns_answer(query):
    """One answer of an authority: RFC 1035. NXDOMAIN and "no data" carry no SOA: nobody here caches."""
    labels, at = [], 12
    while query[at]:
        labels.append(query[at + 1:at + 1 + query[at]].decode("latin-1").lower())
        at += 1 + query[at]
    kind = struct.unpack(">H", query[at + 1:at + 3])[0]
    name, question = ".".join(labels), query[12:at + 5]
    code, records = 0, []

    def record(owner, type_, data):
        records.append(wire_name(owner) + struct.pack(">HHIH", type_, 1, 60, len(data)) + data)

    if name == "servfail.example.com":
        code = 2
    elif name.endswith(".in-addr.arpa"):
        address = ".".join(reversed(name.split(".")[:4]))
        owner = [n for n, (_, a) in ZONE.items() if a == address]
        code = 0 if owner else 3
        if owner and kind == 12:
            record(name, 12, wire_name(owner[0]))
    elif name not in ZONE:
        code = 0 if any(n.endswith("." + name) for n in ZONE) else 3
    else:
        mx, address = ZONE[name]
        if kind == 15 and mx:
            record(name, 15, struct.pack(">H", 0 if mx == "." else 10) + wire_name(mx))
        if kind == 1 and address:
            record(name, 1, socket.inet_aton(address))
    return query[:2] + struct.pack(">HHHHH", 0x8580 | code, 1, len(records), 0, 0) + question + b"".join(records)


class DnsPacket(socketserver.BaseRequestHandler):
    def handle(self):
        query, s = self.request
        s.sendto(dns_answer(query), self.client_address)


class DnsStream(socketserver.StreamRequestHandler):
    def handle(self):
        query = self.rfile.read(struct.unpack(">H", self.rfile.read(2))[0])
        reply = dns_answer(query)
        self.wfile.write(struct.pack(">H", len(reply)) + reply)


class Host(socketserver.StreamRequestHandler):
    """A mail host. `name`, and what it offers to EHLO; replies by the recipient's local part."""
    timeout = 60
    name, features, greeting = "mx1.example.com", ("PIPELINING", "8BITMIME", "SIZE 26214400", "ENHANCEDSTATUSCODES"), None

    def say(self, *lines):
        for i, line in enumerate(lines):
            text = line if isinstance(line, bytes) else line.encode()
            last = i == len(lines) - 1
            self.wfile.write(text[:3] + (b" " if last else b"-") + text[4:] + b"\r\n")

    def reply_for(self, stage, address):
        entry = REPLIES.get(address.split("@")[0].split("+")[0].lower())
        return [l.replace(b"%s", address.encode()) if isinstance(l, bytes) else l.replace("%s", address) for l in entry[2]] \
            if entry and entry[1] == stage else None

    def handle(self):
        self.say(self.greeting or f"220 {self.name} ESMTP")
        self.sender, self.recipients = "", []
        while True:
            line = self.rfile.readline(4096).decode("utf-8", "replace").strip()
            verb = line[:4].upper()
            if not line:
                return
            if verb == "EHLO":
                self.say(*[f"250 {x}" for x in (self.name, *self.features)])
            elif verb == "MAIL":
                self.sender = line[line.index("<") + 1:line.index(">")]
                self.recipients = []
                self.say(*self.on_mail(line))
            elif verb == "RCPT":
                self.say(*self.on_recipient(line[line.index("<") + 1:line.index(">")]))
            elif verb == "DATA":
                if not self.recipients:
                    self.say("554 5.5.1 Error: no valid recipients")
                    continue
                self.say("354 End data with <CR><LF>.<CR><LF>")
                if self.on_data() == "hang up":
                    return
            elif verb == "QUIT":
                self.say("221 2.0.0 Bye")
                return
            else:
                self.say("250 2.0.0 Ok" if verb in ("HELO", "RSET", "NOOP") else "502 5.5.2 Error: command not recognized")

    def on_mail(self, line):
        return ["250 2.1.0 Ok"]

    def on_recipient(self, address):
        refused = self.reply_for("rcpt", address)
        if not refused:
            self.recipients.append(address)
        return refused or ["250 2.1.5 Ok"]

    def read_message(self):
        out = []
        for line in iter(lambda: self.rfile.readline(1 << 16), b""):
            if line in (b".\r\n", b".\n"):
                return b"".join(out)
            out.append(line[1:] if line.startswith(b".") else line)
        return None

    def on_data(self):
        self.read_message()
        refused = [r for r in (self.reply_for("data", a) for a in self.recipients) if r]
        self.say(*(refused[0] if refused else ["250 2.0.0 Ok: queued as 4F3A21C0"]))


class Small(Host):
    name, features = "mx2.example.com", ("SIZE 4000", "8BITMIME", "ENHANCEDSTATUSCODES")

    def on_mail(self, line):
        size = [w for w in line.upper().split() if w.startswith("SIZE=")]
        return ["552 5.3.4 Message size exceeds fixed limit"] if size and int(size[0][5:]) > 4000 else ["250 2.1.0 Ok"]

    def on_data(self):
        message = self.read_message() or b""
        self.say("552 5.3.4 Error: message file too big" if len(message) > 4000 else "250 2.0.0 Ok")


class Plain(Host):
    """RFC 821 and no word more."""
    name, features, greeting = "plain.example.com", (), "220 plain.example.com SMTP"


class HangUp(Host):
    name = "hangup.example.com"

    def on_data(self):
        self.rfile.readline()
        return "hang up"


class Busy(Host):
    def handle(self):
        self.say("421 4.3.2 busy.example.com Service not available, closing transmission channel")


class Refuses(Host):
    def handle(self):
        self.say("554 5.7.1 Service unavailable; Client host [192.0.2.10] blocked using bl.example.com; see https://bl.example.com/192.0.2.10")
        self.rfile.readline()


class Silent(Host):
    def handle(self):
        time.sleep(60)


class Collector(Host):
    """Takes the bounces: collected[sender] is a list of messages, in the order in which they came."""
    name = "mx." + SENDERS
    features = Host.features + ("DSN", "SMTPUTF8")
    collected, lock = {}, threading.Lock()

    def on_data(self):
        message = self.read_message()
        if message is None:
            return "hang up"
        refused = [r for r in (self.reply_for("data", a) for a in self.recipients) if r]
        if not refused:
            with self.lock:
                for address in self.recipients:
                    head = f"Return-Path: <{self.sender}>\nDelivered-To: {address}\n".encode()
                    self.collected.setdefault(address, []).append(head + message)
        self.say(*(refused[0] if refused else ["250 2.0.0 Ok"]))


class Threads(socketserver.ThreadingTCPServer):
    daemon_threads, allow_reuse_address = True, True

    def handle_error(self, request, client_address):
        pass  # a peer that hangs up is none of ours


class Packets(socketserver.ThreadingUDPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        pass


def start():
    """Everybody, in threads of this process."""
    raise_loopback()
    servers = [Packets((DNS, 53), DnsPacket), Threads((DNS, 53), DnsStream)]
    hosts = {"mx1": Host, "mx2": Small, "plain": Plain, "hangup": HangUp, "busy": Busy, "silent": Silent, "refuses": Refuses}
    servers += [Threads((ZONE[name + ".example.com"][1], 25), handler) for name, handler in hosts.items()]
    servers.append(Threads((COLLECTOR, 25), Collector))
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
