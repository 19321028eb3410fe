#!/usr/bin/env python3
"""refusing_relay.py FOLDER NAME   a relay that takes one-off mail and refuses newsletters, naming whom it refuses

Prints "port N" when it listens. Each message that it takes is a file in FOLDER. What has a List-Id is refused, by turns for good (550) and
for now (450), with a reply that carries address, local part and NAME; not before the file FOLDER/wait is gone, or 20 seconds have passed.
"""
import os
import socket
import sys
import threading
import time

folder, name = sys.argv[1:]
refused, taken = 0, 0
lock = threading.Lock()


def talk(connection):
    global refused, taken
    stream = connection.makefile('rwb')
    rcpt = ''

    def say(text):
        stream.write(text.encode() + b'\r\n')
        stream.flush()

    say('220 relay.example ESMTP')
    for line in stream:
        verb = line[:4].upper()
        if verb in (b'EHLO', b'HELO'):
            say('250 relay.example')
        elif verb == b'RCPT':
            rcpt = line.decode().split('<')[1].split('>')[0]
            say('250 2.1.5 ok')
        elif verb == b'DATA':
            say('354 go on')
            message = b''
            for part in stream:
                if part == b'.\r\n':
                    break
                message += part
            waits = b'\r\nList-Id:' in message
            for _ in range(200):
                if waits and os.path.exists(folder + '/wait'):
                    time.sleep(0.1)
            with lock:
                if b'\r\nList-Id:' in message:
                    refused += 1
                    who = '<%s> (%s, %s)' % (rcpt, rcpt.split('@')[0], name)
                    say('550 5.7.1 our policy does not like this for ' + who if refused % 2 else '450 4.2.0 not now, says ' + who)
                else:
                    taken += 1
                    with open('%s/%03d.eml' % (folder, taken), 'wb') as out:
                        out.write(message)
                    say('250 2.0.0 taken')
        elif verb == b'QUIT':
            say('221 bye')
            break
        else:
            say('250 ok')
    connection.close()


listener = socket.create_server(('127.0.0.1', 0))
print('port %d' % listener.getsockname()[1], flush=True)
while True:
    threading.Thread(target=talk, args=(listener.accept()[0],), daemon=True).start()
