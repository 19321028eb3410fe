"""deadly_pop3.py PIDFILE - a POP3 server whose messages kill who reads them: newsletterd's inbound role, a child of the process in PIDFILE.

Prints its port. Mailbox "some" has forty automatic messages, of which number 20 is deadly as soon as it is asked for; of
mailbox "all" the list is. A line "N of them: 1 2 …" says what is left whenever somebody quits, and "more" on the input brings one more.
"""

import os
import signal
import socket
import sys
import threading
import time

PIDFILE = sys.argv[1]
DEADLY = {20}
left = list(range(1, 41))
lock = threading.Lock()


def message(n):
    return (
        f"From: reader{n}@example.org\r\nTo: bounce@quietharbour.example\r\nSubject: Away {n}\r\n"
        "Auto-Submitted: auto-replied\r\n\r\nI am away.\r\n"
    )


def kill():
    while not os.path.exists(PIDFILE):
        time.sleep(0.02)
    with open(PIDFILE, encoding="ascii") as f:
        parent = f.read().strip()
    with open(f"/proc/{parent}/task/{parent}/children", encoding="ascii") as f:
        children = f.read().split()
    for child in children:
        with open(f"/proc/{child}/comm", encoding="ascii") as f:
            name = f.read().strip()
        if name == "inbound":
            os.kill(int(child), signal.SIGKILL)
            print("killed", flush=True)


def serve(sock):
    lines = sock.makefile("rb")
    listed, gone, box = [], [], ""

    def say(text):
        sock.sendall(text.encode())

    def each(fmt):
        say("+OK\r\n" + "".join(fmt.format(i + 1, n) for i, n in enumerate(listed)) + ".\r\n")

    say("+OK\r\n")
    for line in lines:
        verb, _, rest = line.decode("latin-1").strip().partition(" ")
        verb = verb.upper()
        if verb == "CAPA":
            say("+OK\r\nUSER\r\nUIDL\r\nPIPELINING\r\n.\r\n")
        elif verb == "USER":
            box = rest
            say("+OK\r\n")
        elif verb == "STAT":
            with lock:
                listed = list(left)
            say(f"+OK {len(listed)} 100\r\n")
        elif verb == "UIDL":
            if box == "all":
                kill()
                return
            each("{0} uid-{1}\r\n")
        elif verb == "LIST":
            each("{0} 150\r\n")
        elif verb == "RETR":
            n = listed[int(rest) - 1]
            if n in DEADLY:
                print("deadly", n, flush=True)
                kill()
                return
            say("+OK\r\n" + message(n) + ".\r\n")
        elif verb == "DELE":
            gone.append(listed[int(rest) - 1])
            say("+OK\r\n")
        elif verb == "QUIT":
            with lock:
                left[:] = [n for n in left if n not in gone]
                print(f"{len(left)} of them: {' '.join(map(str, left))}", flush=True)
            say("+OK\r\n")
            return
        else:
            say("+OK\r\n")


def guarded(sock):
    try:
        serve(sock)
    except OSError:
        pass
    sock.close()


def main():
    s = socket.socket()
    s.bind(("127.0.0.1", 0))
    s.listen(8)
    print("port", s.getsockname()[1], flush=True)

    def accept():
        while True:
            threading.Thread(target=guarded, args=(s.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    for _ in sys.stdin:
        with lock:
            left.append(max(left + [40]) + 1)


main()
