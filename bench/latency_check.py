#!/usr/bin/env python3
"""latency_check.py LATENCY-PROGRAM MS: what the relay that adds latency does to a round trip, and what it can carry.

Prints a line each: "round_trip_ms wanted min median p99 max" and "carried MB/s relay_cpu_percent".
"""
import os
import socket
import subprocess
import sys
import threading
import time


def serve(connection):
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    echo = connection.recv(1) == b"e"
    taken = 0
    while data := connection.recv(1 << 20):
        taken += len(data)
        if echo:
            connection.sendall(data)
    if not echo:
        connection.sendall(str(taken).encode())
    connection.close()


def accept(listener):
    while True:
        threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


def main():
    program, ms = sys.argv[1:]
    listener = socket.create_server(("127.0.0.1", 0))
    threading.Thread(target=accept, args=(listener,), daemon=True).start()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with subprocess.Popen([program, str(port), str(listener.getsockname()[1]), ms], stdout=subprocess.PIPE) as relay:
        relay.stdout.readline()
        try:
            round_trips(port, float(ms))
            carry(port, relay.pid)
        finally:
            relay.terminate()


def round_trips(port, ms):
    took = []
    with socket.create_connection(("127.0.0.1", port)) as c:
        c.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        c.sendall(b"e")
        for i in range(101):
            start = time.perf_counter()
            c.sendall(b"x" * 100)
            c.recv(1000)
            if i:   # the first waits for the connection
                took.append(1000 * (time.perf_counter() - start))
    took.sort()
    print(f"round_trip_ms {2 * ms:g} {took[0]:.2f} {took[50]:.2f} {took[98]:.2f} {took[-1]:.2f}")


def carry(port, pid):
    chunk, count = os.urandom(1 << 20), 500
    start = time.perf_counter()
    with socket.create_connection(("127.0.0.1", port)) as c:
        c.sendall(b"s")
        for _ in range(count):
            c.sendall(chunk)
        c.shutdown(socket.SHUT_WR)
        taken = int(c.recv(100))
    seconds = time.perf_counter() - start
    if taken != count << 20:
        sys.exit("latency_check: bytes were lost")
    with open(f"/proc/{pid}/schedstat", encoding="ascii") as f:
        cpu = int(f.read().split()[0]) / 1e9
    print(f"carried {taken / seconds / 1e6:.0f} {100 * cpu / seconds:.0f}")


main()
