"""watch.py - descriptors and anonymous memory of newsletterd's parent and of each role, each half minute; and whether they grow.

One life of a process is one row of figures: a role that was killed begins anew. What it takes to warm up (statements, SQLite's page cache, malloc's
arenas) is left out: the first WARM_UP seconds. Of lives that went on for JUDGED seconds after that, since a sender with little to do takes
a quarter of an hour to fill its cache of 512 KiB, which is 40 kB a minute and no leak:
  memory       the slope of each half is at most SLOPE kB a minute in one of them: a leak goes on in both, while a cache that is filled, or
               an arena that malloc adds, is one step. The slope of a half is the median of those between any two of its samples
  descriptors  the least of the last third of the samples is at most the most of the first third
"""
import os
import statistics
import threading
import time

from people import Web

WARM_UP, JUDGED, SLOPE = 240, 1200, 15.0


class Watch(threading.Thread):
    def __init__(self, site, tally, every, operator):
        super().__init__(daemon=True)
        self.site, self.tally, self.every, self.over = site, tally, every, False
        self.operator = Web(operator, site, tally)
        self.lives = {}             # (role, pid) -> [(moment, descriptors, kB)]
        self.file = open(site.folder + '/samples', 'w', buffering=1)

    def run(self):
        while not self.over:
            self.look()
            for path, good in (('/healthz', (200, 503)), ('/metrics', (200,))):
                status, _, _ = self.operator.ask('GET', path, good=good)
                if status not in (0, *good):
                    self.tally.violation('%s is answered %d' % (path, status))
            until = time.monotonic() + self.every
            while not self.over and time.monotonic() < until:
                time.sleep(0.5)

    def look(self):
        found = self.site.children()
        if self.site.daemon:
            found['parent'] = self.site.daemon.pid
        for role, pid in found.items():
            try:
                n = len(os.listdir('/proc/%d/fd' % pid))
                with open('/proc/%d/status' % pid) as f:
                    kb = [int(line.split()[1]) for line in f if line.startswith('RssAnon')]
            except OSError:
                continue
            if kb:
                now = time.monotonic()
                self.lives.setdefault((role, pid), []).append((now, n, kb[0]))
                self.file.write('%.0f\t%s\t%d\t%d\t%d\n' % (now, role, pid, n, kb[0]))

    def judge(self):
        """(rows of the report, what is wrong); a row: role, lives, of which judged, minutes, descriptors, kB, worst slope"""
        rows, wrong = [], []
        for role in ('parent', 'http', 'clerk', 'sender', 'inbound'):
            lives = [samples for (name, _), samples in self.lives.items() if name == role]
            judged, worst, minutes, files, memory = 0, 0.0, 0.0, 0, 0
            for samples in lives:
                files = max([files] + [n for _, n, _ in samples])
                memory = max([memory] + [kb for _, _, kb in samples])
                warm = [s for s in samples if s[0] >= samples[0][0] + WARM_UP]
                if len(warm) < 9 or warm[-1][0] - warm[0][0] < JUDGED:
                    continue
                judged += 1
                span = (warm[-1][0] - warm[0][0]) / 60
                minutes = max(minutes, span)
                half = len(warm) // 2
                slope = min(median_slope([(m / 60, kb) for m, _, kb in part]) for part in (warm[:half], warm[half:]))
                worst = max(worst, slope)
                if slope > SLOPE:
                    wrong.append('%s grows by %.0f kB a minute, over %.0f minutes: %s' %
                                 (role, slope, span, ' '.join(str(kb) for _, _, kb in warm[::6])))
                third = len(warm) // 3
                if min(n for _, n, _ in warm[-third:]) > max(n for _, n, _ in warm[:third]):
                    wrong.append('%s: descriptors grow: %s' % (role, ' '.join(str(n) for _, n, _ in warm[::6])))
            rows.append((role, len(lives), judged, minutes, files, memory, worst))
        return rows, wrong


def median_slope(points):
    """Theil and Sen's."""
    return statistics.median((y2 - y1) / (x2 - x1) for n, (x1, y1) in enumerate(points) for x2, y2 in points[n + 1:])
