#!/usr/bin/env python3
"""relay.py - a relay that breaks its word, by chance and by plan, and keeps a record of what it accepted.

    relay.py [--NAME VALUE]...    prints "port N" when it listens; ends on SIGTERM, then prints one line of JSON: its counts

    --port N            listen there (default: a free port)
    --offers LIST       what EHLO offers, with commas: pipelining chunking 8bitmime smtputf8 dsn size starttls mailmax=N
    --record FILE       a line for each accepted message, written before its reply: connection, dialogue (bdat, pipelined or plain),
                        recipient, Message-ID, whole or torn, answered or not
    --keep FOLDER       each accepted message there, with its envelope sender as Return-Path, before its record; the line ends with the file's name
                        and the monotonic time
    --seed N            of chance; each connection has its own, from this and its number
    --rcvbuf N          octets of receive buffer: what does not fit waits at the sender
    --key F --cert F    for STARTTLS
    --halt FILE         while FILE holds a number that so many messages have been accepted, RCPT and bodies wait for their answer
    --faults LIST       with commas; NAME=N by chance at one message in N, unless it says otherwise:
      421=N             421 instead of an answer to MAIL, RCPT, DATA or BDAT, and the end
      hangup=N          the same without a word
      torn=N            the end in the middle of a body
      reset=N           body accepted and recorded; reset instead of the reply
      lost=N            body read, not accepted; reset instead of the reply
      slow=MS           each batch of replies waits, up to so long
      bytes             each octet of a reply in a packet of its own
      lines=N           each reply over N lines more
      rcpt4=N           450 for one recipient in N, by the number in the address, the first time that they are named here
      rcpt5=N           550 for one recipient in N, by the number in the address
      bdat=CODE         BDAT refused, its octets read; unread=CODE: and its octets taken for commands
      stuck=CODE        pipelined commands refused with that, and the end
      limit=N           the end without a word after N messages on a connection
      rate=N            454 beyond N messages a second over all
      sips=N            N octets are read at once, and then a nap of a millisecond
      ehlo=CODE         EHLO is refused
      tls=CODE          STARTTLS is refused; tls=220: it is let in, and then no TLS comes
"""
import json
import os
import random
import re
import select
import signal
import socket
import ssl
import struct
import sys
import threading
import time


def pairs(text):
    return {k: int(v) if v else 1 for k, _, v in (part.partition('=') for part in text.split(',') if part)}


options = dict(zip((a[2:] for a in sys.argv[1::2]), sys.argv[2::2]))
unknown = set(options) - {'port', 'offers', 'record', 'keep', 'seed', 'rcvbuf', 'key', 'cert', 'halt', 'faults'}
offers = pairs(options.get('offers', 'pipelining,chunking,8bitmime,smtputf8,dsn,size'))
faults = pairs(options.get('faults', ''))
unknown |= set(offers) - {'pipelining', 'chunking', '8bitmime', 'smtputf8', 'dsn', 'size', 'starttls', 'mailmax'}
unknown |= set(faults) - set(re.findall(r'(?m)^      (\w+)', __doc__) + ['unread'])
if unknown:
    sys.exit('relay.py: what is ' + ' '.join(sorted(unknown)) + '?')
record = open(options.get('record', '/dev/null'), 'a', buffering=1)
lock = threading.Lock()
counts = {k: 0 for k in 'accepted distinct refused deferred throttled connections most broken quits bdat pipelined plain torn secure'.split()}
now_open = 0
named, accepted = set(), set()
bucket = [0.0, 0.0]     # when it was looked at, messages left in it


class Over(Exception):
    """The connection has ended, by plan or not."""


def halt():
    """Wait while it is said that enough were accepted."""
    while 'halt' in options:
        try:
            most = open(options['halt']).read().strip()
        except FileNotFoundError:
            return
        if not most or counts['accepted'] < int(most):
            return
        time.sleep(0.02)


def count(name, by=1):
    with lock:
        counts[name] += by


class Connection:
    def __init__(self, sock, number):
        self.sock, self.input, self.output = sock, bytearray(), bytearray()
        self.chance = random.Random(int(options.get('seed', 1)) * 1000003 + number)
        self.number, self.messages, self.chunk_seen, self.ahead = number, 0, False, False
        self.begin()

    def begin(self):
        self.mail = self.rcpt = None
        self.bdat = bytearray()

    # --- the wire ---
    def reply(self, code, text):
        text = text.encode()
        for n in range(faults.get('lines', 0)):
            self.output += b'%d-%d of many lines that say nothing at all\r\n' % (code, n)
        self.output += b'%d %s\r\n' % (code, text)

    def flush(self):
        if not self.output:
            return
        if 'slow' in faults:
            time.sleep(self.chance.random() * faults['slow'] / 1000)
        if 'bytes' in faults:
            for octet in self.output:
                self.sock.sendall(bytes((octet,)))
        else:
            self.sock.sendall(self.output)
        self.output.clear()

    def more(self):
        self.flush()
        if 'sips' in faults:
            time.sleep(0.001)
        data = self.sock.recv(faults.get('sips', 65536))
        if not data:
            raise Over
        self.input += data

    def line(self):
        while (end := self.input.find(b'\n')) < 0:
            if len(self.input) > 4096:
                raise Over
            self.more()
        text = bytes(self.input[:end]).rstrip(b'\r')
        del self.input[:end + 1]
        return text.decode('utf-8', 'replace')

    def octets(self, n):
        while len(self.input) < n:
            self.more()
        data = bytes(self.input[:n])
        del self.input[:n]
        return data

    def content(self):
        start = 0
        while (end := self.input.find(b'\r\n.\r\n', start)) < 0:
            start = max(0, len(self.input) - 4)
            self.more()
        data = bytes(self.input[:end + 2])
        del self.input[:end + 5]
        return re.sub(rb'(?m)^\.\.', b'.', data)

    def has_more(self):
        return bool(self.input) or bool(select.select([self.sock], [], [], 0)[0])

    # --- chance ---
    def hit(self, name):
        return name in faults and self.chance.randrange(faults[name]) == 0

    def end(self, reset=False):
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            self.output.clear()
        raise Over

    def break_off(self):
        """Once for each of MAIL, RCPT and the body, so that chance is a third of what was asked for."""
        if self.chance.randrange(3) != 0:
            return
        if self.hit('421'):
            count('broken')
            self.reply(421, '4.3.2 shutting down')
            self.goodbye()
        if self.hit('hangup'):
            count('broken')
            self.end(reset=self.chance.random() < 0.5)

    def goodbye(self):
        """Close so that what was said last arrives, though more may be on its way here."""
        self.flush()
        if not isinstance(self.sock, ssl.SSLSocket):
            self.sock.shutdown(socket.SHUT_WR)
            self.sock.settimeout(1)
            while self.sock.recv(65536):
                pass
        raise Over

    def pipelined_too_far(self):
        if 'stuck' in faults and self.has_more():
            count('broken')
            self.reply(faults['stuck'], '5.5.1 improper use of SMTP command pipelining')
            self.goodbye()

    # --- commands ---
    def ehlo(self, verb):
        if verb == 'EHLO' and 'ehlo' in faults:
            return self.reply(faults['ehlo'], '5.5.1 never heard of it')
        words = ['relay.example']
        if verb == 'EHLO':
            names = {'size': 'SIZE 10000000', 'mailmax': 'LIMITS MAILMAX=%d' % offers.get('mailmax', 0)}
            secure = isinstance(self.sock, ssl.SSLSocket)
            words += [names.get(o, o.upper()) for o in offers if o != 'starttls' or not secure]
        for word in words[:-1]:
            self.output += b'250-%s\r\n' % word.encode()
        self.output += b'250 %s\r\n' % words[-1].encode()
        self.begin()

    def starttls(self):
        code = faults.get('tls', 220)
        self.reply(code, 'so be it')
        self.flush()
        if code != 220:
            return
        if 'tls' in faults:
            self.sock.sendall(b'250 this is no TLS\r\n')
            self.end()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(options['cert'], options['key'])
        if self.input:
            raise Over      # something came behind STARTTLS
        self.sock = context.wrap_socket(self.sock, server_side=True)
        count('secure')

    def on_mail(self, text):
        self.break_off()
        self.pipelined_too_far()
        if self.mail is not None:
            return self.reply(503, '5.5.1 nested MAIL command')
        with lock:
            now = time.monotonic()
            allowed = min(faults.get('rate', 0), bucket[1] + (now - bucket[0]) * faults.get('rate', 0))
            bucket[:] = now, max(0.0, allowed - 1)
        if 'rate' in faults and allowed < 1:
            count('throttled')
            return self.reply(454, '4.7.0 Throttling failure: Maximum sending rate exceeded.')
        self.mail = text
        self.reply(250, '2.1.0 ok')

    def on_rcpt(self, text):
        halt()
        self.break_off()
        self.pipelined_too_far()
        address = re.search(r'<([^>]*)>', text)
        if self.mail is None or not address:
            return self.reply(503, '5.5.1 need MAIL command')
        address = address.group(1)
        number = int((re.search(r'(\d+)@', address) or [0, 0])[1])
        if 'rcpt5' in faults and number % faults['rcpt5'] == 7 % faults['rcpt5']:
            count('refused')
            return self.reply(550, '5.1.1 <%s>: user unknown' % address)
        with lock:
            first = address not in named
            named.add(address)
        if 'rcpt4' in faults and number % faults['rcpt4'] == 3 % faults['rcpt4'] and first:
            count('deferred')
            return self.reply(450, '4.2.0 <%s>: greylisted, try again later' % address)
        self.rcpt = address
        self.reply(250, '2.1.5 ok')

    def on_data(self, ahead):
        self.break_off()
        self.pipelined_too_far()
        if not self.rcpt:
            return self.reply(554 if self.mail else 503, '5.5.1 no valid recipients')
        self.reply(354, 'go on')
        if self.hit('torn'):
            count('broken')
            self.more()
            self.end(reset=True)
        self.take(self.content(), 'pipelined' if ahead else 'plain')

    def on_bdat(self, text):
        size, last = re.fullmatch(r'BDAT (\d+)( LAST)?', text.upper()).groups()
        self.break_off()
        if 'unread' in faults:
            return self.reply(faults['unread'], '5.5.1 command unrecognized')
        if self.hit('torn'):
            count('broken')
            self.octets(int(size) // 2)
            self.end(reset=True)
        data = self.octets(int(size))
        if 'bdat' in faults:
            return self.reply(faults['bdat'], '5.5.1 BDAT is not for you')
        if not self.rcpt:
            code, why = (554, '5.5.1 no valid recipients') if self.mail else (503, '5.5.1 need MAIL command')
            self.reply(code, why)
            return self.begin() if last else None
        self.bdat += data
        if last:
            self.take(bytes(self.bdat), 'bdat')
        else:
            self.reply(250, '2.0.0 go on')

    def keep(self, data):
        """What the record says of it besides."""
        name = '%d.%d.%d' % (os.getpid(), self.number, self.messages)
        sender = re.search(r'<([^>]*)>', self.mail)
        with open(os.path.join(options['keep'], name), 'wb') as f:
            f.write(b'Return-Path: <%s>\r\n' % sender.group(1).encode() + data)
        return name, '%.3f' % time.monotonic()

    def take(self, data, dialogue):
        halt()
        ident = re.search(rb'(?mi)^Message-ID:\s*(<[^>]*>)', data)
        boundary = re.search(rb'boundary="([^"]+)"', data)
        whole = bool(ident) and (not boundary or b'\r\n--' + boundary.group(1) + b'--' in data)
        if self.hit('lost'):
            count('broken')
            self.end(reset=True)
        silent = self.hit('reset')
        kept = self.keep(data) if 'keep' in options else ()
        with lock:
            counts['accepted'] += 1
            counts['distinct'] += self.rcpt not in accepted
            counts['torn'] += not whole
            counts[dialogue] += 1
            accepted.add(self.rcpt)
            record.write('\t'.join((str(self.number), dialogue, self.rcpt, ident.group(1).decode() if ident else '-',
                                    'whole' if whole else 'torn', 'silent' if silent else 'answered', *kept)) + '\n')
        if silent:
            count('broken')
            self.end(reset=True)
        self.reply(250, '2.0.0 taken')
        self.begin()
        self.messages += 1
        if self.messages >= faults.get('limit', 1 << 60):
            self.goodbye()

    def command(self, text):
        word = text[:4].upper()
        if word == 'MAIL':
            # is this one ahead of an answer?
            self.ahead = b'\n' in self.input
        if word in ('EHLO', 'HELO'):
            self.ehlo(word)
        elif word == 'STAR' and 'starttls' in offers:
            self.starttls()
        elif word == 'MAIL':
            self.on_mail(text)
        elif word == 'RCPT':
            self.on_rcpt(text)
        elif word == 'DATA':
            self.on_data(self.ahead)
        elif word == 'BDAT' and 'chunking' in offers and re.fullmatch(r'BDAT \d+( LAST)?', text.upper()):
            self.on_bdat(text)
        elif word == 'RSET':
            self.begin()
            self.reply(250, '2.0.0 ok')
        elif word in ('NOOP', 'VRFY'):
            self.reply(250, '2.0.0 ok')
        elif word == 'QUIT':
            count('quits')
            self.reply(221, '2.0.0 bye')
            self.goodbye()
        else:
            self.reply(500, '5.5.2 what do you want')

    def serve(self):
        self.reply(220, 'relay.example ESMTP')
        while True:
            self.command(self.line())


def serve(sock, number):
    global now_open
    with lock:
        counts['connections'] += 1
        now_open += 1
        counts['most'] = max(counts['most'], now_open)
    connection = Connection(sock, number)
    try:
        connection.serve()
    except (Over, OSError, ValueError):
        pass
    with lock:
        now_open -= 1
    connection.sock.close()


def stop(_signal, _frame):
    record.flush()
    print(json.dumps(counts), flush=True)
    sys.stdout.close()
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
listener = socket.socket()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
if 'rcvbuf' in options:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, int(options['rcvbuf']))
listener.bind(('127.0.0.1', int(options.get('port', 0))))
listener.listen(100)
print('port', listener.getsockname()[1], flush=True)
serial = 0
while True:
    client, _ = listener.accept()
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    serial += 1
    threading.Thread(target=serve, args=(client, serial), daemon=True).start()
