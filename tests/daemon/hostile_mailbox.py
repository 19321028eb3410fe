"""hostile_mailbox.py CASE… - mail servers with four messages each that behave well but for one thing.

A CASE is imap:BEHAVIOUR or pop3:BEHAVIOUR, and may have a third part that tells it from others like it. Each has a port of its own, printed
as "port CASE N"; then "ready". When a command is "the" command of the behaviour, it lies in that way. What it was told is printed, a line
each, as "CASE C: …", so that a test can see what was asked, and what was removed. All end with its input.
"""

import base64
import os
import re
import socket
import sys
import threading
import time

MESSAGES = {n: f"Subject: Number {n}\r\n\r\n.dot\r\nHello {n}\r\n".encode() for n in (1, 2, 3, 4)}
PASSWORD = "s3cret Word"
HUGE = MESSAGES | {2: b"x" * 5_000_000 + b"\r\n"}


def tell(line):
    os.write(1, (line + "\n").encode())  # in one piece, whatever else is told just now


def listen():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    s.listen(8)
    return s


class Gone(Exception):
    pass


class Connection:
    def __init__(self, case, sock):
        self.case = case
        self.behaviour = case.split(":")[1]
        self.messages = HUGE if self.behaviour == "huge" else MESSAGES
        self.sock = sock
        self.file = sock.makefile("rb")

    def say(self, data):
        if isinstance(data, str):
            data = data.encode()
        try:
            self.sock.sendall(data)
        except OSError as why:
            raise Gone from why

    def forever(self, data):
        while True:
            self.say(data)

    def silence(self):
        time.sleep(60)
        raise Gone

    def dribble(self, data):
        for i in range(len(data)):
            self.say(data[i : i + 1])
            time.sleep(0.4)

    def lines(self):
        for line in self.file:
            text = line.decode("latin-1").rstrip("\r\n")
            tell(f"{self.case} C: {text.replace(PASSWORD, '***')}")
            yield text


SASL = {"xoauth2": " AUTH=PLAIN AUTH=XOAUTH2", "echo-plain": " AUTH=PLAIN"}


class Imap(Connection):
    listed = "1:4"

    def fetch_one(self, uid):
        body = self.messages[uid]
        b = self.behaviour
        if b == "gone" and uid == 2:
            return
        if b == "unasked":
            self.say(f"* {uid} FETCH (FLAGS (\\Seen) UID {uid})\r\n* 5 EXISTS\r\n* 1 RECENT\r\n* OK [ALERT] hello {{5}}\r\n* 5 EXPUNGE\r\n")
        if b == "another":
            self.say(f"* 9 FETCH (UID 9 BODY[] {{3}}\r\nabc)\r\n")
        if b == "quoted":
            text = "Hello " + str(uid)
            self.say(f'* {uid} FETCH (UID {uid} BODY[] "{text} \\"\\\\")\r\n')
            return
        if b == "nil" and uid == 2:
            self.say(f"* {uid} FETCH (UID {uid} BODY[] NIL)\r\n")
            return
        if b == "uid-last":
            self.say(f"* {uid} FETCH (BODY[] {{{len(body)}}}\r\n".encode() + body + f" UID {uid})\r\n".encode())
            return
        if b == "uid-unsaid":
            self.say(f"* {uid} FETCH (BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n")
            return
        if b == "close-in-literal" and uid == 2:
            self.say(f"* 2 FETCH (UID 2 BODY[] {{{len(body)}}}\r\nSubj")
            raise Gone
        if b == "bye" and uid == 2:
            self.say("* BYE mailbox of ann.lee@example.org is locked\x07\r\n")
            raise Gone
        if b == "literal-too-large" and uid == 2:
            self.say("* 2 FETCH (UID 2 BODY[] {99999999999999}\r\nabc")
            self.silence()
        if b == "literal-too-long" and uid == 2:
            self.say(f"* 2 FETCH (UID 2 BODY[] {{{len(body) + 1000}}}\r\n".encode() + body + b")\r\n")
            return
        if b == "literal-too-short" and uid == 2:
            self.say(f"* 2 FETCH (UID 2 BODY[] {{{len(body) - 10}}}\r\n".encode() + body + b")\r\n")
            return
        if b == "dribble" and uid == 2:
            self.dribble(f"* 2 FETCH (UID 2 BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n")
            return
        self.say(f"* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}\r\n".encode() + body + b")\r\n")

    def fetch(self, tag, uids):
        if self.behaviour == "fetch-bad":
            self.say(f"{tag} BAD unknown command\r\n")
            return
        for uid in reversed(uids) if self.behaviour == "reversed" else uids:
            self.fetch_one(uid)
        if self.behaviour == "fetch-no":
            self.say(f"{tag} NO [EXPUNGEISSUED] some are gone\r\n")
        elif self.behaviour == "wrong-tag":
            self.say("n9999 OK done\r\n")
        elif self.behaviour == "no-tag":
            self.silence()
        else:
            self.say(f"{tag} OK done\r\n")

    def list(self, tag):
        b = self.behaviour
        if b == "endless-line":
            self.forever(b"* 1 FETCH (UID 1 " + b"x" * 60000)
        if b == "endless-answers":
            self.forever(b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 10)\r\n" * 100)
        if b == "nul":
            self.say(b"* 1 FETCH (UID 1\0 RFC822.SIZE 10)\r\n")
        if b == "garbage":
            self.say(os.urandom(3000).replace(b"\n", b"") + b"\r\n")
        for uid, body in self.messages.items():
            line = f"* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE {len(body) if b != 'huge' else 10})\r\n"
            self.say(line * (2 if b == "twice" else 1))
        self.say(f"{tag} OK listed\r\n")

    def authenticate(self, tag, rest):
        mechanism, initial = rest.split(" ")
        if self.behaviour == "echo-plain":
            self.say(f"{tag} NO what is {initial}? see https://help.example.org/accounts/answer/185833\r\n")
        elif mechanism == "XOAUTH2" and base64.b64decode(initial) == b"user=ann\x01auth=Bearer t0ken\x01\x01":
            self.say(f"{tag} OK welcome\r\n")
        else:
            self.say(f"{tag} NO not that\r\n")

    def select(self, tag):
        b = self.behaviour
        if b == "silence":
            self.silence()
        if b == "close":
            raise Gone
        self.say("* 4 EXISTS\r\n* FLAGS (\\Seen)\r\n")
        if b != "no-uidvalidity":
            self.say("* OK [UIDVALIDITY 77] ok\r\n")
        self.say(f"{tag} OK [{'READ-ONLY' if b == 'read-only' else 'READ-WRITE'}] selected\r\n")

    def serve(self):
        self.say("* BYE go away\r\n" if self.behaviour == "unwelcome" else "* OK hello\r\n")
        for line in self.lines():
            tag, command, *rest = line.split(" ", 2)
            command = command.upper()
            rest = rest[0] if rest else ""
            if command == "CAPABILITY":
                self.say(f"* CAPABILITY IMAP4rev1 UIDPLUS SASL-IR{SASL.get(self.behaviour, '')}\r\n{tag} OK done\r\n")
            elif command == "AUTHENTICATE":
                self.authenticate(tag, rest)
            elif command == "LOGIN" and self.behaviour == "echo":
                self.say(f"{tag} NO cannot do LOGIN {rest}: ask help@example.org\r\n")
            elif command == "LOGIN":
                self.say(f"{tag} OK welcome\r\n")
            elif command == "SELECT":
                self.select(tag)
            elif command == "FETCH":
                self.list(tag)
            elif command == "UID" and rest.upper().startswith("FETCH"):
                self.fetch(tag, [int(n) for n in re.findall(r"\d+", rest.split()[1])])
            elif command == "UID" and self.behaviour == "remove-no":
                self.say(f"{tag} NO [OVERQUOTA] of ann.lee@example.org\r\n")
            elif command == "LOGOUT":
                self.say(f"* BYE\r\n{tag} OK\r\n")
                return
            else:
                self.say(f"{tag} OK done\r\n")


class Pop3(Connection):
    def multi(self, lines):
        self.say("+OK\r\n" + "".join(line + "\r\n" for line in lines) + ".\r\n")

    def retr(self, n):
        b = self.behaviour
        body = re.sub(rb"(?m)^\.", b"..", self.messages[n])
        if b == "retr-err" and n == 2:
            self.say("-ERR no such message\r\n")
        elif b == "close-in-message" and n == 2:
            self.say(b"+OK\r\n" + body[:10])
            raise Gone
        elif b == "dribble" and n == 2:
            self.dribble(b"+OK\r\n" + body + b".\r\n")
        elif b == "endless-message" and n == 2:
            self.say("+OK\r\n")
            self.forever(b"x" * 50000)
        elif b == "no-end" and n == 2:
            self.say(b"+OK\r\n" + body)
            self.silence()
        else:
            self.say(b"+OK\r\n" + body + b".\r\n")

    def uidl(self):
        b = self.behaviour
        if b == "no-uidl":
            self.say("-ERR what is UIDL, ann.lee@example.org?\r\n")
        elif b == "endless-list":
            self.say("+OK\r\n")
            self.forever(b"1 a\r\n" * 1000)
        elif b == "endless-line":
            self.say("+OK\r\n")
            self.forever(b"1" * 50000)
        elif b == "nul":
            self.say(b"+OK\r\n1 a\0b\r\n.\r\n")
        elif b == "garbage":
            self.say(b"+OK\r\nwhatever\r\n.\r\n")
        elif b == "silence":
            self.silence()
        else:
            self.multi(f"{n} {'u' * (200 if b == 'long-uid' else 1)}{n}" for n in self.messages)

    def serve(self):
        self.say("-ERR go away\r\n" if self.behaviour == "unwelcome" else "+OK hello\r\n")
        for line in self.lines():
            command, *rest = line.split(" ")
            command = command.upper()
            if command == "CAPA":
                if self.behaviour == "no-capa":
                    self.say("-ERR unknown\r\n")
                else:
                    self.multi(["USER", "UIDL"] + (["PIPELINING"] if self.behaviour != "plain" else []))
            elif command == "PASS" and self.behaviour == "echo":
                self.say(f"-ERR wrong password {' '.join(rest)} of ann.lee@example.org\r\n")
            elif command == "STAT":
                self.say("+OK 4 1000\r\n" if self.behaviour != "no-status" else "maybe\r\n")
            elif command == "UIDL":
                self.uidl()
            elif command == "LIST":
                self.multi(f"{n} {len(body) if self.behaviour != 'huge' else 10}" for n, body in self.messages.items())
            elif command == "RETR":
                self.retr(int(rest[0]))
            elif command == "DELE" and self.behaviour == "dele-err" and rest[0] == "2":
                self.say("-ERR not yours\r\n")
            elif command == "QUIT" and self.behaviour == "quit-err":
                self.say("-ERR some deleted messages not removed\r\n")
                return
            elif command == "QUIT" and self.behaviour == "quit-close":
                return
            else:
                self.say("+OK\r\n")
                if command == "QUIT":
                    return


def serve(case, sock):
    try:
        {"imap": Imap, "pop3": Pop3}[case.split(":")[0]](case, sock).serve()
    except (Gone, OSError, ValueError):
        pass
    sock.close()


def accept(case, server):
    while True:
        sock, _ = server.accept()
        threading.Thread(target=serve, args=(case, sock), daemon=True).start()


for case in sys.argv[1:]:
    server = listen()
    tell(f"port {case} {server.getsockname()[1]}")
    threading.Thread(target=accept, args=(case, server), daemon=True).start()
tell("ready")
sys.stdin.read()
