"""limits.py PORT PART: what the http role answers to odd, large and slow clients, over plain sockets.

Prints a line for each case: "0" or "1" (as an exit status), its name, and what came where something else was wanted, between tabs. What came
is written as the statuses of the answers and then "open" or "closed". Parts: bytes, idle, still, trickles, unread, slowly, bodies, kept, crowd.

Any process of a busy machine may stand still for seconds. So what is waited for has a generous end; where two times are told apart one is
by far the larger; and a case that has to keep to a time itself, and did not, says nothing and is tried again.
"""

import concurrent.futures
import os
import signal
import socket
import sys
import time

PORT = int(sys.argv[1])
HOST = b"Host: a.example\r\n"
GET = b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"\r\n"
TYPE = b"Content-Type: application/x-www-form-urlencoded\r\n"
FORM = b"email=x&topic=articles"  # read, and answered with 400 and a page: 400 open, where what is malformed is 400 closed
POST = b"POST /subscribe HTTP/1.1\r\n" + HOST + TYPE


def connect(receive=0):
    s = socket.socket()
    if receive:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    s.settimeout(60)
    s.connect(("127.0.0.1", PORT))
    return s


def answers(data):
    """The statuses of the answers in it, and what is left."""
    found = []
    while b"\r\n\r\n" in data:
        head, rest = data.split(b"\r\n\r\n", 1)
        lines = head.split(b"\r\n")
        length = 0
        for line in lines[1:]:
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        if len(rest) < length:
            break
        found.append(lines[0].split(b" ")[1].decode())
        data = rest[length:]
    return found, data


def read_all(s, want, quiet=0.3, most=60.0):
    """Until it is closed, or the wanted number of answers came and then nothing."""
    data, end, closed = b"", time.monotonic() + most, False
    while time.monotonic() < end:
        s.settimeout(quiet if len(answers(data)[0]) >= want else max(end - time.monotonic(), 0.01))
        try:
            part = s.recv(65536)
        except socket.timeout:
            break
        except ConnectionError:
            closed = True
            break
        if not part:
            closed = True
            break
        data += part
    found, rest = answers(data)
    return " ".join(found + (["rest"] if rest else []) + ["closed" if closed else "open"])


def talk(data, want):
    s = connect()
    try:
        s.sendall(data)
    except ConnectionError:
        pass
    got = read_all(s, 999 if want.endswith("closed") else len(want.split()) - 1)
    s.close()
    return got


def report(name, got, *wanted):
    good = got in wanted
    print(f"{0 if good else 1}\t{name}\t{'' if good else f'got: {got}, want: ' + ' or '.join(wanted)}", flush=True)


def chunked(*chunks, end=b"0\r\n\r\n"):
    return POST + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(chunks) + end


def whole(headers, body=FORM):
    return POST + headers + b"\r\n" + body


def head_of(size, fields=2):
    """A request whose line and headers are of that size, in so many fields."""
    lines = b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"".join(b"x%d: y\r\n" % i for i in range(fields - 2))
    return lines + b"long: " + b"x" * (size - len(lines) - len(b"long: \r\n\r\n")) + b"\r\n\r\n"


def uri_of(size):
    return b"GET /robots.txt?" + b"x" * (size - len(b"/robots.txt?")) + b" HTTP/1.1\r\n" + HOST + b"\r\n"


SMUGGLED = b"GET /style.css HTTP/1.1\r\n" + HOST + b"\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(FORM)
CHUNK = b"%x\r\n%s\r\n" % (len(FORM), FORM)

# name, what is sent, what comes. "rest": libmicrohttpd 0.9.75 repeats the head of an answer of its own before it closes.
CASES = [
    ("a plain request", GET, "200 open"),
    ("a form with its length", whole(LENGTH), "400 open"),
    ("a form in chunks", chunked(CHUNK), "400 open"),
    # what two readers read in two ways
    ("a length and chunks", whole(LENGTH + b"Transfer-Encoding: chunked\r\n", CHUNK + b"0\r\n\r\n" + SMUGGLED), "400 closed"),
    ("chunks and a length", whole(b"Transfer-Encoding: chunked\r\n" + LENGTH, CHUNK + b"0\r\n\r\n" + SMUGGLED), "400 closed"),
    ("two lengths", whole(LENGTH + b"Content-Length: 3\r\n", FORM + SMUGGLED), "400 closed"),
    ("the same length twice", whole(LENGTH + LENGTH, FORM + SMUGGLED), "400 closed"),
    ("two codings", whole(b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", CHUNK + b"0\r\n\r\n" + SMUGGLED), "400 closed"),
    ("a coding that is not ours", whole(b"Transfer-Encoding: gzip, chunked\r\n", CHUNK + b"0\r\n\r\n" + SMUGGLED), "400 closed"),
    ("a coding of nothing", whole(b"Transfer-Encoding: identity\r\n", FORM + SMUGGLED), "400 closed"),
    ("a blank before the colon", whole(b"Transfer-Encoding : chunked\r\n", CHUNK + b"0\r\n\r\n" + SMUGGLED), "400 closed"),
    ("a tab before the colon", whole(b"Content-Length\t: 22\r\n", FORM + SMUGGLED), "400 closed"),
    ("chunks in HTTP/1.0", chunked(CHUNK).replace(b"HTTP/1.1", b"HTTP/1.0") + SMUGGLED, "400 closed"),
    ("lengths in a list", whole(b"Content-Length: 22, 22\r\n", FORM + SMUGGLED), "400 rest closed"),
    ("a length with a sign", whole(b"Content-Length: +22\r\n", FORM + SMUGGLED), "400 rest closed"),
    ("a negative length", whole(b"Content-Length: -1\r\n", FORM + SMUGGLED), "400 rest closed"),
    ("a hexadecimal length", whole(b"Content-Length: 0x16\r\n", FORM + SMUGGLED), "400 rest closed"),
    ("an empty length", whole(b"Content-Length:\r\n", FORM + SMUGGLED), "400 rest closed"),
    ("a length that no number holds", whole(b"Content-Length: 99999999999999999999999\r\n", FORM), "413 rest closed"),
    ("two hosts", b"GET /robots.txt HTTP/1.1\r\n" + HOST + HOST + b"\r\n", "400 closed"),
    ("no host", b"GET /robots.txt HTTP/1.1\r\n\r\n", "400 rest closed"),
    ("a carriage return within a value", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"x: a\rb: c\r\n\r\n", "400 closed"),
    ("a control character in a value", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"x: a\x01b\r\n\r\n", "400 closed"),
    ("a blank in a name", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"x y: z\r\n\r\n", "400 closed"),
    ("an empty name is left out", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b": z\r\n\r\n", "200 open"),
    ("a line without a colon", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n", "400 closed"),
    ("a NUL in a name", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"x\0y: z\r\n\r\n", "400 closed"),
    # odd, but it has one meaning
    ("a NUL in a value ends it", whole(b"Content-Length: %d\x000\r\n" % len(FORM)), "400 open"),
    ("lines that end in a line feed (RFC 9112 2.2)", GET.replace(b"\r\n", b"\n"), "200 open"),
    ("a folded header", b"GET /robots.txt HTTP/1.1\r\n" + HOST + b"x: a\r\n b\r\n\r\n", "200 open"),
    ("empty lines first (RFC 9112 2.2)", b"\r\n\r\n" + GET, "200 open"),
    ("the absolute form", b"GET http://a.example/robots.txt HTTP/1.1\r\n" + HOST + b"\r\n", "200 open"),
    ("the asterisk", b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n", "204 open"),
    ("HTTP/1.0", b"GET /robots.txt HTTP/1.0\r\n\r\n", "200 closed"),
    ("HTTP/1.0 that is kept", b"GET /robots.txt HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", "200 open"),
    ("Connection: close", GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n") + GET, "200 closed"),
    ("a chunk with an extension", chunked(b"%x;a=b;c=\"d\"\r\n%s\r\n" % (len(FORM), FORM)), "400 open"),
    ("fields after the chunks", chunked(CHUNK, end=b"0\r\nx: y\r\n\r\n"), "400 open"),
    ("requests one behind the other", GET * 3, "200 200 200 open"),
    ("a hundred of them", GET * 100, "200 " * 100 + "open"),
    ("a form, and the next request at once", whole(LENGTH) + GET, "400 200 open"),
    ("a hundred forms", whole(LENGTH) * 100, "400 " * 100 + "open"),
    ("Expect: 100-continue", whole(LENGTH + b"Expect: 100-continue\r\n"), "100 400 open"),
    ("Expect: 100-continue with too much to come", whole(b"Content-Length: 3000000\r\nExpect: 100-continue\r\n", b""), "413 closed"),
    # no HTTP, or none of ours
    ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 closed"),
    ("HTTP/0.9", b"GET /robots.txt\r\n\r\n", "400 closed"),
    ("HTTP/1", b"GET /robots.txt HTTP/1\r\n" + HOST + b"\r\n", "400 closed"),
    ("a blank in the path", b"GET /a b HTTP/1.1\r\n" + HOST + b"\r\n", "closed"),
    ("TLS", b"\x16\x03\x01\x00\xf1\x01\x00\x00\xed\x03\x03" + b"\x5a" * 40 + b"\r\n\r\n", "closed"),
    ("another method", b"BREW /subscribe HTTP/1.1\r\n" + HOST + b"\r\n", "405 open"),
    ("a method in small letters", b"get /robots.txt HTTP/1.1\r\n" + HOST + b"\r\n", "405 open"),
    ("CONNECT", b"CONNECT a.example:25 HTTP/1.1\r\n" + HOST + b"\r\n", "404 open"),
    ("a chunk whose size is none", chunked(b"zz\r\n"), "400 closed"),
    ("a chunk with a negative size", chunked(b"-1\r\n"), "400 closed"),
    ("a chunk whose size no number holds", chunked(b"f" * 17 + b"\r\n"), "413 closed"),
    ("a chunk longer than its size", chunked(b"3\r\n" + FORM + b"\r\n"), "400 closed"),
    # each limit, on both sides
    ("a URI of 2048", uri_of(2048), "200 open"),
    ("a URI of 2049", uri_of(2049), "414 open"),
    ("a URI of 40000", uri_of(40000), "431 closed"),
    ("a URI of 200000", uri_of(200000), "414 closed"),
    ("a query of 2000 fields", b"GET /robots.txt?" + b"&a" * 1000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", "closed"),
    ("a head of 32768", head_of(32768), "200 open"),
    ("a head of 32769", head_of(32769), "431 closed"),
    ("a head of 32768 in 200 fields", head_of(32768, 200), "200 open"),
    ("a head of 32769 in 200 fields", head_of(32769, 200), "431 closed"),
    ("a head of 200000", head_of(200000), "431 closed"),
    ("200 fields", head_of(4000, 200), "200 open"),
    ("201 fields", head_of(4000, 201), "431 closed"),
    ("8000 fields", b"GET / HTTP/1.1\r\n" + HOST + b"a:\r\n" * 8000 + b"\r\n", "431 closed"),
    ("a body of 65536", whole(b"Content-Length: 65536\r\n", FORM + b"&" * (65536 - len(FORM))), "400 open"),
    ("a body of 65537", whole(b"Content-Length: 65537\r\n", FORM + b"&" * (65537 - len(FORM))), "413 open"),
    ("a body of 65536 in chunks", chunked(CHUNK, b"%x\r\n%s\r\n" % (65536 - len(FORM), b"&" * (65536 - len(FORM)))), "400 open"),
    ("a body of 65537 in chunks", chunked(CHUNK, b"%x\r\n%s\r\n" % (65537 - len(FORM), b"&" * (65537 - len(FORM)))), "413 open"),
    ("chunks without an end", chunked(*[b"10000\r\n%s\r\n" % (b"&" * 65536)] * 17), "closed"),
]


def trickle(s, data, pause, begun):
    """Seconds since then until the connection was closed on us, or None."""
    s.setblocking(False)
    for i in range(len(data)):
        try:
            s.send(data[i:i + 1])
        except ConnectionError:
            return time.monotonic() - begun
        time.sleep(pause)
        try:
            if not s.recv(1):
                return time.monotonic() - begun
        except BlockingIOError:
            pass
        except ConnectionError:
            return time.monotonic() - begun
    return None


def within(seconds, least, most):
    if seconds is None:
        return "never"
    return "in time" if least <= seconds <= most else f"after {seconds:.1f} s"


def wait_closed(s, begun, most=60):
    """Seconds since then until the connection was closed, or None."""
    s.settimeout(most)
    try:
        while s.recv(65536):
            pass
    except socket.timeout:
        return None
    except ConnectionError:
        pass
    return time.monotonic() - begun


class Stalled(Exception):
    """This case did not keep to its own times, or the role may not have: it says how it ended."""


def patiently(case):
    for _ in range(8):
        try:
            return case()
        except Stalled as end:
            why = end
    return f"{why}, again and again"


def together(cases, number=16):
    """Cases are mostly waiting: a table of (name, function, what is wanted), so many at once, told in order."""
    with concurrent.futures.ThreadPoolExecutor(number) as pool:
        for (name, _, *wanted), got in zip(cases, pool.map(lambda case: patiently(case[1]), cases)):
            report(name, got, *wanted)


def asked():
    """A connection whose first request is answered."""
    s = connect()
    s.sendall(GET)
    read_all(s, 1, quiet=0.05)
    return s


def idle(timeout, limit):
    """The role's [http] timeout and request_time, in seconds, limit being by far the larger."""

    def in_steps(s, begun, *steps):
        """The answer to what is sent in these (pause, data), the first pause being since begun."""
        for pause, data in steps:
            time.sleep(pause)
            before = time.monotonic()
            try:
                s.sendall(data)
            except ConnectionError:
                raise Stalled("closed") from None
            if time.monotonic() - begun > timeout * 0.9:
                raise Stalled("late")
            begun = before
        got = read_all(s, 1, quiet=0.05)
        if got == "closed":  # it may be the role that stood still for a moment
            raise Stalled(got)
        return got

    def quick_enough():
        begun, pause = time.monotonic(), timeout * 0.4
        return in_steps(connect(), begun, (0, GET[:-2]), (pause, b"x"), (pause, b"x"), (pause, b"x: y\r\n\r\n"))

    def in_time():
        begun = time.monotonic()
        return in_steps(asked(), begun, (timeout * 0.5, GET))

    def nothing():
        begun = time.monotonic()
        return within(wait_closed(connect(), begun), timeout - 0.2, limit - 5)

    def nothing_more():
        begun = time.monotonic()
        return within(wait_closed(asked(), begun), timeout - 0.2, limit - 5)

    together([
        ("one that is just quick enough", quick_enough, "200 open"),
        ("a connection that says nothing", nothing, "in time"),
        ("one that says nothing more", nothing_more, "in time"),
        ("one that asks again in time", in_time, "200 open"),
    ])


def still(role, seconds):
    """The role's process is stopped for so long, which is longer than it waits for anybody; what came meanwhile came in time."""

    def case():
        s, begun = connect(), time.monotonic()
        s.sendall(GET[:-2])
        wait_until(all_read)
        os.kill(role, signal.SIGSTOP)
        stopped = time.monotonic()
        if stopped - begun < 0.5:
            time.sleep(seconds)
            s.sendall(b"\r\n")
        os.kill(role, signal.SIGCONT)
        if stopped - begun >= 0.5:
            raise Stalled("late")
        return read_all(s, 1, quiet=0.05)

    report("what was sent while the role stood still", patiently(case), "200 open")


def trickles(limit, timeout):
    """The role's [http] request_time and timeout: the other one is by far the larger."""
    pause = 0.2

    def line_trickles():
        begun = time.monotonic()
        return within(trickle(connect(), GET * 9, pause, begun), limit, timeout - 5)

    def body_trickles():
        s, begun = connect(), time.monotonic()
        s.sendall(POST + b"Content-Length: 500\r\n\r\n")
        return within(trickle(s, b"x" * 300, pause, begun), limit, timeout - 5)

    def second_trickles():
        s, begun = asked(), time.monotonic()
        return within(trickle(s, GET * 9, pause, begun), limit - 0.1, timeout - 5)

    together([
        ("a request line that trickles in", line_trickles, "in time"),
        ("a body that trickles in", body_trickles, "in time"),
        ("a second request that trickles in", second_trickles, "in time"),
        ("an answer that nobody reads", lambda: unread(limit), "cut off"),
    ])


def connections():
    """What the kernel has of the role's: (local address, remote one, what is queued there), both of them in hexadecimal."""
    with open("/proc/net/tcp", encoding="ascii") as f:
        rows = [line.split()[1:5] for line in f][1:]
    port = f":{PORT:04X}"
    return [(local, remote, queues) for local, remote, state, queues in rows if state == "01" and port in (local[-5:], remote[-5:])]


def all_read():
    """Whether the role has read whatever was sent to it."""
    return all(queues == "00000000:00000000" for _, _, queues in connections())


def is_held(s):
    """Whether the role's end of it is open."""
    own = f":{s.getsockname()[1]:04X}"
    return any(remote.endswith(own) for _, remote, _ in connections())


def unread(limit):
    """Many large answers, of which only octets are read while the time runs out; what the kernel holds must go with the connection."""
    s, sent = connect(receive=2048), 0
    s.settimeout(0.5)
    try:
        while sent < 4000:
            s.sendall(SMUGGLED * 20)
            sent += 20
    except (socket.timeout, ConnectionError):
        pass
    end = time.monotonic() + limit + 30
    while time.monotonic() < end and is_held(s):
        try:
            s.recv(1)
        except socket.timeout:
            pass
        except ConnectionError:  # with what was on the way
            break
        time.sleep(0.2)
    got = read_all(s, sent)
    return "cut off" if got.endswith("closed") and got.count("200") < sent / 2 else f"{got.count('200')} of {sent}, {got[-6:]}"


def slowly():
    s, data = connect(receive=2048), b""
    s.sendall(SMUGGLED * 100)
    while len(answers(data)[0]) < 100:
        part = s.recv(4096)
        if not part:
            break
        data += part
        time.sleep(0.002)
    report("answers that are read slowly, but in time", " ".join(answers(data)[0]), " ".join(["200"] * 100))


def wait_until(holds, most=30):
    end = time.monotonic() + most
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)


def is_closed(s):
    s.setblocking(False)
    try:
        return not s.recv(1)
    except BlockingIOError:
        return False
    except ConnectionError:
        return True


def crowd(most):
    """The role's [http] connections: twice as many idle ones, and each visitor is served."""
    idle, served = [], 0
    bound = most - most // 8
    early = connect()
    early.sendall(GET)
    read_all(early, 1, quiet=0.05)
    for _ in range(bound - 2):
        idle.append(connect())
    time.sleep(0.3)
    early.sendall(GET)
    report("below seven eighths nobody is sent away", read_all(early, 1, quiet=0.05), "200 open")
    for i in range(most):
        idle.append(connect())
        if i % 10 == 0:
            s = connect()
            s.sendall(GET)
            served += read_all(s, 1, quiet=0.05) == "200 open"
            s.close()
    report("among twice as many idle ones every visitor is served", f"{served} of {(most + 9) // 10}", f"{(most + 9) // 10} of {(most + 9) // 10}")
    wait_until(lambda: sum(map(is_closed, idle)) >= len(idle) - bound and all(map(is_closed, idle[:most // 4])))
    time.sleep(0.5)
    first = sum(map(is_closed, idle[:most // 4]))
    report("the oldest of them had to go", f"{first} of {most // 4}", f"{most // 4} of {most // 4}")
    left = len(idle) - sum(map(is_closed, idle))
    report("and no more than that", "some" if bound - 12 <= left <= bound else f"{left} are left of {bound}", "some")


def bodies():
    """16 MB of bodies in 256 requests that are not whole, but for 256 bytes."""
    held = []
    for _ in range(256):
        s = connect()
        s.sendall(POST + b"Content-Length: 65536\r\n\r\n" + b"&" * 65535)
        held.append(s)
    wait_until(all_read)

    def of(size):
        return whole(b"Content-Length: %d\r\n" % size, FORM + b"&" * (size - len(FORM)))

    report("16 MB of bodies: the last bytes are taken", talk(of(256), "400 open"), "400 open")
    report("a byte more is 503", talk(of(257), "503 open"), "503 open")
    for s in held:
        s.close()
    wait_until(lambda: talk(of(65536), "400 open") != "503 open")
    report("and there is room again when they have gone", talk(of(65536), "400 open"), "400 open")


def kept():
    """512 connections may ask again."""
    held, statuses = [], set()
    for _ in range(512):
        s = connect()
        s.sendall(GET)
        held.append(s)
        statuses.add(read_all(s, 1, quiet=0.001))
    report("512 connections are kept after their answer", " ".join(statuses), "200 open")
    report("one more is answered and closed", talk(GET, "200 closed"), "200 closed")
    held[0].sendall(GET)
    report("those that are kept may ask again", read_all(held[0], 1, quiet=0.05), "200 open")
    held[0].close()
    wait_until(lambda: talk(GET, "200 open") != "200 closed")
    report("when one has gone the next is kept", talk(GET, "200 open"), "200 open")


def main():
    part = sys.argv[2]
    if part == "bytes":
        together([(name, lambda data=data, want=want: talk(data, want), want) for name, data, want in CASES])
        report("after all that it answers", talk(GET, "200 open"), "200 open")
    elif part == "idle":
        idle(int(sys.argv[3]), int(sys.argv[4]))
    elif part == "still":
        still(int(sys.argv[3]), float(sys.argv[4]))
    elif part == "trickles":
        trickles(int(sys.argv[3]), int(sys.argv[4]))
    elif part == "crowd":
        crowd(int(sys.argv[3]))
    elif part == "unread":
        report("an answer that nobody reads ends before the connection has been idle for long", unread(int(sys.argv[3])), "cut off")
    elif part == "slowly":
        slowly()
    elif part == "bodies":
        bodies()
    else:
        kept()


main()
