"""world.py - the site under test: its clock, newsletterd, the relay, the commands and the store."""
import json
import os
import signal
import sqlite3
import struct
import subprocess
import sys
import threading
import time

DAY, HOUR = 86400, 3600
ROLES = ('http', 'clerk', 'sender', 'inbound')
OFFERS = ('pipelining,chunking,8bitmime,smtputf8,dsn,size', 'pipelining,size', '8bitmime')
# Each 421 halves the rate for a minute: more of them, and little would be sent.
FAULTS = (
    'rcpt4=10,rcpt5=50,slow=10',
    '421=3000,hangup=500,torn=500,reset=150,lost=300,slow=15,rcpt4=20,rcpt5=50',
    'rcpt4=20,rcpt5=50,lines=2,reset=100',
    '421=2000,rcpt4=10,rcpt5=50,limit=50',
)


class Clock:
    """How far the site's time is ahead of the machine's: clock.c reads the same file."""
    def __init__(self, path):
        self.fd = os.open(path, os.O_RDWR)
        self.ahead, self.steps = 0, 0

    def step(self, seconds):
        self.ahead += seconds
        self.steps += 1
        os.pwrite(self.fd, struct.pack('q', self.ahead), 0)

    def now(self):
        return time.time() + self.ahead


class Tally:
    """Counts by name, from all threads; and what went wrong, in words."""
    def __init__(self, path):
        self.lock, self.counts, self.wrong = threading.Lock(), {}, []
        self.file = open(path, 'a', buffering=1)

    def add(self, name, by=1):
        with self.lock:
            self.counts[name] = self.counts.get(name, 0) + by

    def get(self, name):
        return self.counts.get(name, 0)

    def event(self, text):
        self.file.write('%.1f %s\n' % (time.monotonic(), text))

    def violation(self, text):
        with self.lock:
            self.wrong.append(text)
        self.event('WRONG ' + text)
        print('%s  WRONG  %s' % (time.strftime('%H:%M:%S'), text), flush=True)


class Site:
    def __init__(self, o, chance, tally):
        self.folder, self.base, self.port, self.tally, self.chance = o.folder, o.base, o.relay, tally, chance
        self.site = o.folder + '/site'
        self.store = self.site + '/store/newsletter.db'
        self.clock = Clock(o.folder + '/bin/clock')
        self.log = self.site + '/log'
        self.daemon = self.relay = None
        self.relays = 0
        self.lock = threading.RLock()        # of who starts and ends newsletterd
        self.stuck = []             # (from, to) in monotonic time: the relay did not go on, or the disk was full
        self.full_since = None
        self.names, self.learnt = {}, 0     # subscriber's id -> address, of everybody who was ever seen
        self.full_until = 0.0

    # --- newsletterd ---
    def start(self):
        env = dict(os.environ, JOURNAL_STREAM='1')    # each line of the log with its level in front
        with self.lock, open(self.log, 'ab') as log:
            self.daemon = subprocess.Popen([self.folder + '/bin/newsletterd', '-C', self.site], stderr=log, stdin=subprocess.DEVNULL, env=env)
            self.tally.add('starts')

    def children(self):
        """role -> pid of those that run now"""
        found = {}
        try:
            with open('/proc/%d/task/%d/children' % (self.daemon.pid, self.daemon.pid)) as f:
                pids = f.read().split()
            for pid in pids:
                with open('/proc/%s/comm' % pid) as f:
                    name = f.read().strip()
                if name in ROLES:
                    found[name] = int(pid)
        except (OSError, AttributeError):
            pass
        return found

    def kill_role(self, name):
        with self.lock:
            pid = self.children().get(name)
            if pid:
                os.kill(pid, signal.SIGKILL)
        return bool(pid)

    def kill_all(self):
        with self.lock:
            pids = list(self.children().values())
            self.daemon.kill()
            for pid in pids:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            self.daemon.wait()
            # theirs until init has seen it: a role that lives on would hold the port
            until = time.monotonic() + 10
            while any(os.path.exists('/proc/%d' % pid) and not zombie(pid) for pid in pids) and time.monotonic() < until:
                time.sleep(0.05)

    def stop(self):
        with self.lock:
            self.daemon.terminate()
            return self.daemon.wait(60)

    # --- the relay ---
    def start_relay(self, faults=None, offers=None):
        self.relays += 1
        args = [sys.executable, self.folder + '/run/relay.py', '--port', str(self.port), '--record', self.folder + '/record',
                '--keep', self.folder + '/kept', '--seed', str(self.chance.randrange(1 << 30)),
                '--faults', faults or self.chance.choice(FAULTS), '--offers', offers or self.chance.choice(OFFERS)]
        with open(self.folder + '/relay.out', 'ab') as out:
            self.relay = subprocess.Popen(args, stdout=out, stderr=out)

    def stop_relay(self, how=signal.SIGTERM):
        self.relay.send_signal(how)
        self.relay.wait(20)

    def relay_counts(self):
        total = {}
        with open(self.folder + '/relay.out') as f:
            for line in f:
                if line.startswith('{'):
                    for name, n in json.loads(line).items():
                        total[name] = total.get(name, 0) + n
        return total

    # --- the commands and the store ---
    def command(self, *args, ok=(0,), limit=180, text=None):
        """(exit status, standard output); one that fails while the disk has space is a violation, unless its status is in `ok`."""
        self.tally.add('commands')
        began = time.monotonic()
        try:
            p = subprocess.run([self.folder + '/bin/newsletter', '-C', self.site, *args], input=text, stdin=None if text else subprocess.DEVNULL,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=limit)
            status, out, err = p.returncode, p.stdout, p.stderr
        except subprocess.TimeoutExpired:
            status, out, err = -1, '', 'did not end in %d s' % limit
        with open(self.folder + '/commands', 'a') as f:
            f.write('%.1f %d %s %s\n' % (began, status, ' '.join(args), err.strip()[:300].replace('\n', ' | ') if status else ''))
        if status not in ok:
            if self.full_since is not None or began < self.full_until + 5:
                self.tally.add('commands that met a full disk')
            else:
                self.tally.violation('newsletter %s: exit %d: %s' % (' '.join(args[:3]), status, err.strip()[:200]))
        return status, out

    def rows(self, sql, *args):
        """A reader too may meet a full disk, or a store that waits to be recovered: it asks again."""
        until = time.monotonic() + 90
        while True:
            store = sqlite3.connect('file:%s?mode=ro' % self.store, uri=True, timeout=30)
            try:
                return store.execute(sql, args).fetchall()
            except sqlite3.OperationalError:
                if time.monotonic() > until:
                    raise
                self.tally.add('readings of the store asked again')
            finally:
                store.close()
            time.sleep(1)

    def one(self, sql, *args):
        return self.rows(sql, *args)[0][0]

    def learn(self):
        """Ids outlive people: an erased one's rows are told by this."""
        for number, address in self.rows('SELECT id, address FROM subscriber WHERE id > ?', self.learnt):
            self.names[number] = address
            self.learnt = max(self.learnt, number)

    def invariants(self):
        """What is wrong, or nothing; nothing too while the disk is full."""
        began = time.monotonic()
        with open(self.folder + '/run/invariants.sql') as f:
            p = subprocess.run(['sqlite3', '-batch', '-cmd', '.timeout 20000', self.store], stdin=f, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, timeout=300)
        if self.full_since is not None or self.full_until > began:
            return ''
        self.tally.add('times that the invariants were asked')
        return p.stdout.strip()


def zombie(pid):
    try:
        with open('/proc/%d/stat' % pid) as f:
            return f.read().rsplit(')', 1)[1].split()[0] == 'Z'
    except OSError:
        return True
