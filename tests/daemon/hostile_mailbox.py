"""hostile_mailbox.py imap|pop3 BEHAVIOUR - a mail server with four messages that behaves well but for one thing.

Prints its port, serves one connection after the other and, when a command is "the" command of a behaviour, lies in that way. What it was
told is printed, a line each, so that a test can see what was asked, and what was removed. It ends with its input.
"""

import base64
import os
import re
import socket
import sys
import threading
import time

PROTOCOL, BEHAVIOUR = sys.argv[1:3]
MESSAGES = {n: f"Subject: Number {n}\r\n\r\n.dot\r\nHello {n}\r\n".encode() for n in (1, 2, 3, 4)}
PASSWORD = "s3cret Word"
if BEHAVIOUR == "huge":
    MESSAGES[2] = b"x" * 5_000_000 + b"\r\n"


def listen():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.bind(("127.0.0.1", 0))
    s.listen(8)
    return s


class Gone(Exception):
    pass


class Connection:
    def __init__(self, sock):
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
            print("C:", text.replace(PASSWORD, "***"), flush=True)
            yield text


SASL = {"xoauth2": " AUTH=PLAIN AUTH=XOAUTH2", "echo-plain": " AUTH=PLAIN"}


class Imap(Connection):
    listed = "1:4"

    def fetch_one(self, uid):
        body = MESSAGES[uid]
        b = BEHAVIOUR
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
        if BEHAVIOUR == "fetch-bad":
            self.say(f"{tag} BAD unknown command\r\n")
            return
        for uid in reversed(uids) if BEHAVIOUR == "reversed" else uids:
            self.fetch_one(uid)
        if BEHAVIOUR == "fetch-no":
            self.say(f"{tag} NO [EXPUNGEISSUED] some are gone\r\n")
        elif BEHAVIOUR == "wrong-tag":
            self.say("n9999 OK done\r\n")
        elif BEHAVIOUR == "no-tag":
            self.silence()
        else:
            self.say(f"{tag} OK done\r\n")

    def list(self, tag):
        b = BEHAVIOUR
        if b == "endless-line":
            self.forever(b"* 1 FETCH (UID 1 " + b"x" * 60000)
        if b == "endless-answers":
            self.forever(b"* 1 FETCH (UID 1 FLAGS () RFC822.SIZE 10)\r\n" * 100)
        if b == "nul":
            self.say(b"* 1 FETCH (UID 1\0 RFC822.SIZE 10)\r\n")
        if b == "garbage":
            self.say(os.urandom(3000).replace(b"\n", b"") + b"\r\n")
        for uid, body in MESSAGES.items():
            line = f"* {uid} FETCH (UID {uid} FLAGS () RFC822.SIZE {len(body) if b != 'huge' else 10})\r\n"
            self.say(line * (2 if b == "twice" else 1))
        self.say(f"{tag} OK listed\r\n")

    def authenticate(self, tag, rest):
        mechanism, initial = rest.split(" ")
        if BEHAVIOUR == "echo-plain":
            self.say(f"{tag} NO what is {initial}? see https://help.example.org/accounts/answer/185833\r\n")
        elif mechanism == "XOAUTH2" and base64.b64decode(initial) == b"user=ann\x01auth=Bearer t0ken\x01\x01":
            self.say(f"{tag} OK welcome\r\n")
        else:
            self.say(f"{tag} NO not that\r\n")

    def select(self, tag):
        b = BEHAVIOUR
        if b == "silence":
            self.silence()
        if b == "close":
            raise Gone
        self.say("* 4 EXISTS\r\n* FLAGS (\\Seen)\r\n")
        if b != "no-uidvalidity":
            self.say("* OK [UIDVALIDITY 77] ok\r\n")
        self.say(f"{tag} OK [{'READ-ONLY' if b == 'read-only' else 'READ-WRITE'}] selected\r\n")

    def serve(self):
        self.say("* BYE go away\r\n" if BEHAVIOUR == "unwelcome" else "* OK hello\r\n")
        for line in self.lines():
            tag, command, *rest = line.split(" ", 2)
            command = command.upper()
            rest = rest[0] if rest else ""
            if command == "CAPABILITY":
                self.say(f"* CAPABILITY IMAP4rev1 UIDPLUS SASL-IR{SASL.get(BEHAVIOUR, '')}\r\n{tag} OK done\r\n")
            elif command == "AUTHENTICATE":
                self.authenticate(tag, rest)
            elif command == "LOGIN" and BEHAVIOUR == "echo":
                self.say(f"{tag} NO cannot do LOGIN {rest}: ask help@example.org\r\n")
            elif command == "LOGIN":
                self.say(f"{tag} OK welcome\r\n")
            elif command == "SELECT":
                self.select(tag)
            elif command == "FETCH":
                self.list(tag)
            elif command == "UID" and rest.upper().startswith("FETCH"):
                self.fetch(tag, [int(n) for n in re.findall(r"\d+", rest.split()[1])])
            elif command == "UID" and BEHAVIOUR == "remove-no":
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
        b = BEHAVIOUR
        body = re.sub(rb"(?m)^\.", b"..", MESSAGES[n])
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
        b = BEHAVIOUR
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
            self.multi(f"{n} {'u' * (200 if b == 'long-uid' else 1)}{n}" for n in MESSAGES)

    def serve(self):
        self.say("-ERR go away\r\n" if BEHAVIOUR == "unwelcome" else "+OK hello\r\n")
        for line in self.lines():
            command, *rest = line.split(" ")
            command = command.upper()
            if command == "CAPA":
                if BEHAVIOUR == "no-capa":
                    self.say("-ERR unknown\r\n")
                else:
                    self.multi(["USER", "UIDL"] + (["PIPELINING"] if BEHAVIOUR != "plain" else []))
            elif command == "PASS" and BEHAVIOUR == "echo":
                self.say(f"-ERR wrong password {' '.join(rest)} of ann.lee@example.org\r\n")
            elif command == "STAT":
                self.say("+OK 4 1000\r\n" if BEHAVIOUR != "no-status" else "maybe\r\n")
            elif command == "UIDL":
                self.uidl()
            elif command == "LIST":
                self.multi(f"{n} {len(body) if BEHAVIOUR != 'huge' else 10}" for n, body in MESSAGES.items())
            elif command == "RETR":
                self.retr(int(rest[0]))
            elif command == "DELE" and BEHAVIOUR == "dele-err" and rest[0] == "2":
                self.say("-ERR not yours\r\n")
            elif command == "QUIT" and BEHAVIOUR == "quit-err":
                self.say("-ERR some deleted messages not removed\r\n")
                return
            elif command == "QUIT" and BEHAVIOUR == "quit-close":
                return
            else:
                self.say("+OK\r\n")
                if command == "QUIT":
                    return


def serve(sock):
    try:
        {"imap": Imap, "pop3": Pop3}[PROTOCOL](sock).serve()
    except (Gone, OSError, ValueError):
        pass
    sock.close()


def accept(server):
    while True:
        sock, _ = server.accept()
        threading.Thread(target=serve, args=(sock,), daemon=True).start()


server = listen()
print("port", server.getsockname()[1], flush=True)
threading.Thread(target=accept, args=(server,), daemon=True).start()
sys.stdin.read()
