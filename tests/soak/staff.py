"""staff.py - who sends campaigns, imports, adds, ends and erases people, makes backups and looks at the numbers: by the command line."""
import os
import threading
import time

from people import STAFF, TOPICS


class Staff(threading.Thread):
    def __init__(self, people, site, tally, chance, pace):
        super().__init__(daemon=True)
        self.people, self.site, self.tally, self.chance, self.pace = people, site, tally, chance, pace
        self.over, self.campaigns, self.next_send, self.keys, self.backups = False, {}, 0.0, [], 0
        self.promotions = self.articles = 0

    def run(self):
        acts = [(10, self.add_some), (4, self.end_one), (2, self.erase_one), (2, self.bar_one), (6, self.look), (1, self.retention), (3, self.backup)]
        weights = [w for w, _ in acts]
        while not self.over:
            act = self.chance.choices(acts, weights)[0][1]
            for one in (self.let_go_on, self.send, act):
                try:
                    one()
                except Exception as e:
                    self.tally.violation('staff, %s: %r' % (one.__name__, e))
            time.sleep(self.chance.random() * 2 * self.pace)

    # --- people ---
    def first_people(self, n):
        self.take_in([self.people.new('reader', i % 3) for i in range(n)], TOPICS)

    def take_in(self, people, topics):
        moment = time.monotonic()
        status, _ = self.site.command('subscriber', 'import', '-', '--consent', 'paper form', *sum((['--topic', t] for t in topics), []),
                                      text='email,name\n' + ''.join('%s,Reader\n' % p.address for p in people))
        for p in people:
            if status == 0:
                p.join(topics, moment, 'imported')
            else:
                p.uncertain = True
        self.tally.add('people imported', len(people) if status == 0 else 0)

    def add_some(self):
        if self.chance.random() < 0.5:
            self.take_in([self.people.new('reader', self.chance.randrange(3)) for _ in range(self.chance.randrange(1, 8))],
                         self.chance.choice((('articles',), TOPICS)))
            return
        p = self.people.new('added', STAFF)
        moment = time.monotonic()
        status, _ = self.site.command('subscriber', 'add', p.address, '--topic', 'articles', '--consent', 'by phone')
        if status == 0:
            p.join(('articles',), moment, 'added')
        else:
            p.uncertain = True

    def of_mine(self, what, *args, ends=''):
        """One of those whom no visitor acts for; a command that failed may have acted or not."""
        p = self.people.some(self.chance, STAFF, lambda p: p.topics)
        if not p:
            return
        status, _ = self.site.command(*what, p.address, *args)
        if status == 0:
            p.leave(TOPICS, ' '.join(what))
            p.ends = ends
        else:
            p.uncertain = True
        p.busy = False

    def end_one(self):
        self.of_mine(('subscriber', 'unsubscribe'))

    def erase_one(self):
        self.site.learn()
        self.of_mine(('subscriber', 'erase'), '--yes', ends='erased')

    def bar_one(self):
        """Topics stay as they are, and nothing is mailed."""
        self.of_mine(('suppression', 'add'), '--reason', 'asked by phone', ends='barred')

    # --- campaigns ---
    def let_go_on(self):
        for number, state in self.site.rows("SELECT id, state FROM campaign WHERE state IN ('paused', 'held')"):
            self.site.command('campaign', 'resume', str(number), ok=(0, 1))
            self.tally.add('campaigns that a person let go on (%s)' % state)

    def send(self):
        now = time.monotonic()
        # those that only wait for the hours of a few deferred messages hold nobody up
        open_ones = self.site.one("SELECT count(*) FROM campaign WHERE state NOT IN ('done', 'cancelled')"
                                  " AND accepted + deferred + refused + unknown + skipped < planned")
        if now < self.next_send or open_ones > 8:
            return
        self.next_send = now + 40 * self.pace / 4 * (0.5 + self.chance.random())
        luck = self.chance.random()
        if luck < 0.6:
            self.send_articles()
        elif luck < 0.9 or not self.keys:
            self.promotions += 1
            self.keys.append('promotion-%d' % self.promotions)
            self.send_promotion(self.keys[-1])
        else:
            before = self.site.one('SELECT count(*) FROM campaign WHERE key IS NOT NULL')
            self.send_promotion(self.chance.choice(self.keys))
            self.tally.add('promotions sent again with their key')
            if self.site.one('SELECT count(*) FROM campaign WHERE key IS NOT NULL') > before + 1:
                self.tally.violation('a key sent twice')

    def expecting(self):
        """topic -> those who must get what is sent from now on"""
        with self.people.lock:
            return {t: [p for p in self.people.all.values() if t in p.topics and not p.ends and not p.uncertain] for t in TOPICS}

    def sent(self, topic, expected, moment, known):
        """What the command has made: at most one campaign, whatever it said."""
        for number, made in self.site.rows('SELECT c.id, t.slug FROM campaign c JOIN topic t ON t.id = c.topic_id WHERE c.id > ?', known):
            self.tally.add('campaigns')
            self.campaigns[number] = (made, moment, {p.address for p in expected[made]})
            if made != topic:
                self.tally.violation('a campaign to %s went to %s' % (topic, made))

    def send_articles(self):
        folder = self.site.folder + '/articles'
        os.makedirs(folder, exist_ok=True)
        for _ in range(self.chance.randrange(1, 3)):
            self.articles += 1
            with open('%s/%d.md' % (folder, self.articles), 'w') as f:
                f.write('---\ntitle: Number %d\ndate: 2026-03-01\nurl: https://www.quietharbour.example/%d\n---\nSome words about it.\n' %
                        (self.articles, self.articles))
        if self.site.command('article', 'import', folder)[0] == 0:
            for name in os.listdir(folder):
                os.unlink('%s/%s' % (folder, name))
        self.make('articles', 'send', '--yes')

    def send_promotion(self, key):
        path = self.site.folder + '/promotion.md'
        with open(path, 'w') as f:
            f.write('---\ntitle: %s\n---\nTwo evenings, and a place for you.\n' % key)
        self.make('promotions', 'send', 'promotion', path, '--key', key, '--yes')

    def make(self, topic, *args):
        known = self.site.one('SELECT coalesce(max(id), 0) FROM campaign')
        expected, moment = self.expecting(), time.monotonic()
        self.site.command(*args)
        self.sent(topic, expected, moment, known)

    # --- the operator ---
    def look(self):
        args = self.chance.choice((('status',), ('stats',), ('subscriber', 'list'), ('campaign', 'list'), ('audit',),
                                   ('suppression', 'list', '--json')))
        self.site.command(*args, ok=(0, 1) if args == ('status',) else (0,))

    def retention(self):
        self.site.command('retention')

    def backup(self):
        """One in so many; it must verify, whatever goes on meanwhile."""
        path, key = self.site.folder + '/backup', self.site.folder + '/backup.key'
        if not os.path.exists(key):
            with open(key, 'wb') as f:
                f.write(os.urandom(32))
        if self.site.command('backup', path, '--key-file', key)[0] == 0 and \
                self.site.command('verify', path, '--key-file', key, '--scratch', self.site.folder)[0] == 0:
            self.tally.add('backups that verify')
