#!/usr/bin/env python3
"""soak.py - the soak itself, in the folder that `run` has made: life with troubles, then rest until all is settled, then the count and the report."""
import argparse
import os
import random
import signal
import sys
import time

import verdict
from people import VISITORS, People, Postman, Visitor
from staff import Staff
from trouble import Trouble
from watch import Watch
from world import HOUR, Site, Tally

CONNECTIONS, WINDOW = 4, 8


def options():
    o = argparse.ArgumentParser()
    o.add_argument('--folder', required=True)
    o.add_argument('--base', required=True)
    o.add_argument('--operator', required=True)
    o.add_argument('--relay', type=int, required=True)
    o.add_argument('--life', type=int, required=True)
    o.add_argument('--seed', type=int, required=True)
    o.add_argument('--disk', action='store_true')
    return o.parse_args()


class Soak:
    def __init__(self, o):
        self.o, self.began = o, time.monotonic()
        self.tally = Tally(o.folder + '/events')
        chance = lambda n: random.Random('%d/%s' % (o.seed, n))
        self.site = Site(o, chance('site'), self.tally)
        self.people = People(self.site, self.tally)
        self.postman = Postman(self.people, self.site, self.tally, chance('postman'))
        self.staff = Staff(self.people, self.site, self.tally, chance('staff'), 3)
        self.visitors = [Visitor(n, self.people, self.site, self.tally, chance('visitor%d' % n), 0.8) for n in range(VISITORS)]
        self.trouble = Trouble(self.site, self.people, self.tally, chance('trouble'), o.life, o.disk)
        self.watch = Watch(self.site, self.tally, 30, 'http://' + o.operator)

    def begin(self):
        os.makedirs(self.o.folder + '/kept')
        open(self.o.folder + '/record', 'w').close()
        self.site.start_relay()
        self.staff.first_people(300)
        self.site.start()
        for thread in (self.postman, self.staff, *self.visitors, self.trouble, self.watch):
            thread.start()

    def live(self):
        said = time.monotonic()
        while time.monotonic() < self.began + self.o.life:
            time.sleep(5)
            self.site.learn()
            if time.monotonic() > said + 300:
                said = time.monotonic()
                broken = self.site.invariants()
                if broken:
                    self.tally.violation('invariants: ' + broken[:300])
                self.say()

    def say(self):
        t = self.tally
        print('%s  %3.0f min: %d people, %d campaigns, %d messages, %d commands, %d requests, %d kills, %d wrong' %
              (time.strftime('%H:%M:%S'), (time.monotonic() - self.began) / 60, len(self.people.all), t.get('campaigns'), self.people.records,
               t.get('commands'), t.get('requests'), sum(n for k, n in t.counts.items() if k.startswith('kill')), len(t.wrong)), flush=True)

    def settle(self):
        """No trouble any more; time runs until nothing waits. Whether all came to its end."""
        for thread in (self.trouble, self.staff, *self.visitors):
            thread.over = True
        self.postman.answering = False
        for thread in (self.trouble, self.staff, *self.visitors):
            thread.join(300)
            if thread.is_alive():
                self.tally.violation('%s does not end' % type(thread).__name__)
        self.site.stop_relay()
        self.site.start_relay(faults='rcpt5=50', offers='pipelining,chunking,8bitmime,smtputf8,dsn,size')
        until = time.monotonic() + 900
        while time.monotonic() < until:
            time.sleep(6)
            self.site.learn()
            self.staff.let_go_on()
            if self.settled():
                time.sleep(3)       # what is recorded a moment later, and the postman
                return
            self.site.clock.step(HOUR)
        self.tally.violation('not settled after 15 minutes: %s' % self.site.rows(
            "SELECT id, state, reason FROM campaign WHERE state NOT IN ('done', 'cancelled')"))

    def settled(self):
        campaigns, mails, requests, welcomes = self.site.rows(
            "SELECT (SELECT count(*) FROM campaign WHERE state NOT IN ('done', 'cancelled')), "
            "(SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed')), "
            '(SELECT count(*) FROM signup_request), (SELECT count(*) FROM welcome)')[0]
        return campaigns + mails + requests + welcomes == 0 and not any(kind != 'person' for _, _, kind in self.people.returned)

    def count(self):
        self.postman.look()
        status = self.site.stop()
        if status != 0:
            self.tally.violation('newsletterd ended with %d' % status)
        self.site.stop_relay()
        self.postman.over = self.watch.over = True
        t, relay = self.tally, self.site.relay_counts()
        kills = t.get('kill -9 of sender') + t.get('kill -9 of everything') + t.get('newsletterd ended and started') + t.get('SIGHUP')
        outages = sum(n for k, n in t.counts.items() if k.startswith('relay '))
        most = (kills + outages) * CONNECTIONS * WINDOW + relay.get('broken', 0) * WINDOW
        return [('The ledger and the relay', verdict.the_ledger(self.site, self.people, most)),
                ('What is owed', verdict.the_owed(self.site, self.people, self.staff)),
                ('What is forbidden', verdict.the_gone(self.site, self.people, self.staff)),
                ('People and the store', verdict.the_people(self.site, self.people)),
                ('The rest', verdict.the_rest(self.site, self.people))]

    def report(self, parts):
        wrong = 0
        print('\n%s: %.0f minutes, SEED=%d' % ('Soak', (time.monotonic() - self.began) / 60, self.o.seed))
        print('\nWhat happened')
        for name in sorted(self.tally.counts):
            print('  %-78s %10d' % (name, self.tally.counts[name]))
        for title, rows in parts:
            print('\n' + title)
            for name, figure, bad in rows:
                wrong += bool(bad)
                print('  %-78s %10s%s' % (name, figure, '  WRONG' if bad else ''))
                for line in bad:
                    print('      ' + line[:200])
        rows, grown = self.watch.judge()
        print('\n%-10s %8s %8s %10s %12s %10s %12s' % ('Process', 'lives', 'judged', 'minutes', 'descriptors', 'RssAnon', 'slope'))
        for role, lives, judged, minutes, files, memory, slope in rows:
            print('%-10s %8d %8d %10.0f %12d %7d kB %7.1f kB/min' % (role, lives, judged, minutes, files, memory, slope))
        for line in grown + self.tally.wrong:
            print('  WRONG  ' + line[:300])
        wrong += len(grown) + len(self.tally.wrong)
        print('\n%s' % ('all of it holds' if wrong == 0 else '%d wrong' % wrong), flush=True)
        return wrong

    def end(self):
        """Whatever runs still, by its id."""
        site = self.site
        with site.lock:
            for pid in site.children().values():
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            for process in (site.daemon, site.relay):
                if process and process.poll() is None:
                    process.kill()


def main():
    def stop(*_):
        raise SystemExit(2)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    o = options()
    print('# SEED=%d, %d s' % (o.seed, o.life), flush=True)
    soak = Soak(o)
    wrong = 1
    try:
        soak.begin()
        soak.live()
        soak.settle()
        wrong = soak.report(soak.count())
    finally:
        soak.end()
    sys.exit(1 if wrong else 0)


main()
