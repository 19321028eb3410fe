"""trouble.py - what goes wrong, at moments of chance: kills, reloads, a full disk, a relay in trouble, clocks that are set.

More than half of the time (`steady`) roles are left alive, so that their growth can be seen; everything else goes on then too.
"""
import errno
import os
import signal
import threading
import time

from world import DAY, HOUR, ROLES


class Trouble(threading.Thread):
    def __init__(self, site, people, tally, chance, life, disk):
        super().__init__(daemon=True)
        self.site, self.people, self.tally, self.chance, self.disk, self.life = site, people, tally, chance, disk, life
        self.over, self.began = False, time.monotonic()

    def steady(self):
        """By eighths of the whole: 1, 3, and 5 to 7."""
        return int((time.monotonic() - self.began) / self.life * 8) in (1, 3, 5, 6, 7)

    def run(self):
        lines = [threading.Thread(target=self.line, args=args, daemon=True) for args in
                 ((self.kills, 9, True), (self.relays, 60, False), (self.clock, 100, False), (self.full_disk, 150, False))]
        for line in lines:
            line.start()
        for line in lines:
            line.join()

    def line(self, act, every, only_turmoil):
        while not self.over:
            self.nap(every * (0.4 + 1.2 * self.chance.random()))
            if self.over or (only_turmoil and self.steady()):
                continue
            try:
                act()
            except Exception as e:
                self.tally.violation('%s: %r' % (act.__name__, e))

    def nap(self, seconds):
        until = time.monotonic() + seconds
        while not self.over and time.monotonic() < until:
            time.sleep(min(0.5, max(0.01, until - time.monotonic())))

    # --- processes ---
    def kills(self):
        luck = self.chance.random()
        if luck < 0.7:
            role = self.chance.choice(ROLES)
            if self.site.kill_role(role):
                self.tally.add('kill -9 of ' + role)
                self.tally.event('kill ' + role)
        elif luck < 0.8:
            self.site.kill_all()
            self.tally.add('kill -9 of everything')
            self.tally.event('kill everything')
            broken = self.site.invariants()
            if broken:
                self.tally.violation('the store after a kill of everything: ' + broken[:300])
            self.site.start()
        elif luck < 0.85:
            status = self.site.stop()
            self.tally.add('newsletterd ended and started')
            self.tally.event('stop')
            if status != 0:
                self.tally.violation('newsletterd ended with %d' % status)
            self.site.start()
        else:
            self.site.daemon.send_signal(signal.SIGHUP)
            self.tally.add('SIGHUP')
            self.tally.event('SIGHUP')

    # --- the relay ---
    def relays(self):
        began = time.monotonic()
        luck, what = self.chance.random(), ''
        if luck < 0.3:
            what = 'hanging'
            self.site.relay.send_signal(signal.SIGSTOP)
            self.nap(3 + 20 * self.chance.random())
            self.site.relay.send_signal(signal.SIGCONT)
        elif luck < 0.55:
            what = 'gone'
            self.site.stop_relay()
            self.nap(3 + 20 * self.chance.random())
            self.site.start_relay()
        elif luck < 0.7:
            what = 'saying 421'
            self.site.stop_relay()
            self.site.start_relay(faults='421=1,rcpt5=50')
            self.nap(3 + 20 * self.chance.random())
            self.site.stop_relay()
            self.site.start_relay()
        else:
            what = 'with other faults'
            self.site.stop_relay()
            self.site.start_relay()
        self.site.stuck.append((began, time.monotonic()))
        self.tally.add('relay ' + what)
        self.tally.event('relay %s for %.0f s' % (what, time.monotonic() - began))

    # --- the clock ---
    def clock(self):
        """An hour forward twice as often as back; and a whole day now and then, while nothing waits for its time."""
        if self.chance.random() < 0.08 and self.site.one("SELECT count(*) FROM campaign WHERE state NOT IN ('sending', 'done', 'cancelled')") == 0:
            self.site.clock.step(DAY)
            self.tally.add('clock a day forward')
            self.tally.event('clock +1 d')
            return
        hours = self.chance.choice((1, 1, -1))
        self.site.clock.step(hours * HOUR)
        self.tally.add('clock an hour ' + ('forward' if hours > 0 else 'back'))
        self.tally.event('clock %+d h' % hours)

    # --- the disk ---
    def full_disk(self):
        if not self.disk:
            return
        ballast = self.site.site + '/store/ballast'
        self.site.full_since = began = time.monotonic()
        try:
            with open(ballast, 'wb', buffering=0) as f:
                for size in (65536, 4096):
                    try:
                        while True:
                            f.write(bytes(size))
                    except OSError as e:
                        if e.errno != errno.ENOSPC:
                            raise
                # whatever is freed meanwhile is filled too
                until = time.monotonic() + 4 + 10 * self.chance.random()
                while not self.over and time.monotonic() < until:
                    time.sleep(0.3)
                    try:
                        f.write(bytes(4096))
                    except OSError:
                        pass
        finally:
            os.unlink(ballast)
            self.site.full_until = time.monotonic()
            self.site.full_since = None
        self.site.stuck.append((began, time.monotonic()))
        self.tally.add('full disk')
        self.tally.event('full disk for %.0f s' % (time.monotonic() - began))
