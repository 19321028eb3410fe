"""people.py - visitors: what they do over HTTP, the mail that they get, and what they may expect of it afterwards.

Each person is touched by one visitor's thread only, and by the postman, who brings what the relay has accepted. `history` has the moments
(monotonic) at which a topic was joined or left: of joining the moment before it was asked, of leaving the one after it was answered, so that
what is owed and what is forbidden are both certain.
"""
import email
import email.policy
import http.client
import os
import re
import socket
import threading
import time
import urllib.parse

import inbound_mail

LINK = re.compile(r'/(confirm|u|preferences|my-data)/([A-Za-z0-9_-]+)')
TOPICS = ('articles', 'promotions')
VISITORS, STAFF = 2, 2
CONNECT_FOR = 120       # seconds until an answer must have come: a role that was killed often waits up to 30 s


class Person:
    def __init__(self, address, owner):
        self.address = address
        self.owner = owner                  # the visitors' thread that acts for them; STAFF: the staff's
        self.busy = False
        self.topics = set()                 # that the store must have as active in the end
        self.history = []                   # (moment, topic, 'in' or 'out', why)
        self.ends = ''                      # bounced, complained, erased, barred: nothing may be active in the end
        self.wants = ()                     # topics, the same whenever they sign up: the link of an earlier mail may still come, and be pressed
        self.waiting = None                 # topics asked for, until confirmed
        self.asked_at = None                # by the site's clock, of the last answered signup
        self.used = set()                   # confirm links, of which copies may come: a mail whose reply was lost is sent again
        self.links = {}                     # word -> its newest link, and of which topic
        self.last = None                    # (campaign, the message) that came last
        self.welcomes = set()               # Message-IDs: a copy of a mail whose reply was lost has its own
        self.confirmations = 0              # mails that ask for one
        self.confirmed_at = None
        self.uncertain = False              # an answer was lost in a way that leaves both possible

    def join(self, topics, moment, why):
        for topic in topics:
            if topic not in self.topics:
                self.history.append((moment, topic, 'in', why))
        self.topics |= set(topics)

    def leave(self, topics, why):
        now = time.monotonic()
        for topic in topics:
            if topic in self.topics:
                self.history.append((now, topic, 'out', why))
        self.topics -= set(topics)


class People:
    def __init__(self, site, tally):
        self.site, self.tally = site, tally
        self.all, self.lock = {}, threading.Lock()
        self.serial = 0
        self.deliveries = []                # (campaign, address, Message-ID, whole, moment)
        self.records = 0                    # all that the relay recorded
        self.returned = []                  # (path, person, kind) of what is in the mailbox

    def new(self, prefix, owner):
        with self.lock:
            self.serial += 1
            p = Person('%s%d@example.org' % (prefix, self.serial), owner)
            self.all[p.address] = p
            return p

    def some(self, chance, owner, test):
        with self.lock:
            found = [p for p in self.all.values() if p.owner == owner and not p.ends and not p.uncertain and test(p)]
        p = chance.choice(found) if found else None
        if p:
            p.busy = True       # until whoever took them is done
        return p


class Web:
    """Asks until there is an answer: a role that was killed is started again, and who meets a full disk is told to come back."""
    def __init__(self, base, site, tally):
        parts = urllib.parse.urlsplit(base)
        self.host, self.port, self.tally, self.site = parts.hostname, parts.port, tally, site
        self.stop = False

    def once(self, method, path, fields=None):
        c = http.client.HTTPConnection(self.host, self.port, timeout=30)
        try:
            body = urllib.parse.urlencode(fields) if fields is not None else None
            c.request(method, path, body, {'Content-Type': 'application/x-www-form-urlencoded'} if body is not None else {})
            answer = c.getresponse()
            return answer.status, answer.read().decode('utf-8', 'replace')
        except (OSError, http.client.HTTPException, socket.timeout):
            return 0, ''
        finally:
            c.close()

    def ask(self, method, path, fields=None, good=()):
        """(status, page, whether an earlier try got no answer); status 0 when there is none for a very long time. 503 is asked again, unless good."""
        until, lost = time.monotonic() + CONNECT_FOR, False
        while True:
            status, page = self.once(method, path, fields)
            self.tally.add('requests')
            if status not in (0, 503) or status in good:
                return status, page, lost
            lost = lost or status == 0
            self.tally.add('requests without an answer' if status == 0 else 'requests answered 503')
            if self.site.full_since is not None:
                until = time.monotonic() + CONNECT_FOR
            if time.monotonic() > until:
                self.tally.violation('%s %s: no answer for %d s (%d)' % (method, re.sub(r'(/[a-z-]+/).*', r'\1…', path), CONNECT_FOR, status))
                return 0, '', True
            time.sleep(0.5)


class Visitor(threading.Thread):
    def __init__(self, number, people, site, tally, chance, pace):
        super().__init__(daemon=True)
        self.number, self.people, self.site, self.tally, self.chance, self.pace = number, people, site, tally, chance, pace
        self.web = Web(site.base, site, tally)
        self.over, self.person = False, None

    def mine(self, test):
        self.person = self.people.some(self.chance, self.number, test)
        return self.person

    def run(self):
        acts = [(30, self.sign_up), (45, self.confirm), (5, self.one_click), (4, self.page), (6, self.settings), (4, self.again), (4, self.manage),
                (2, self.erase), (8, self.browse)]
        weights = [w for w, _ in acts]
        while not self.over:
            act = self.chance.choices(acts, weights)[0][1]
            try:
                act()
            except Exception as e:          # of this program: it must not end quietly
                self.tally.violation('visitor %d, %s: %r' % (self.number, act.__name__, e))
            if self.person:
                self.person.busy, self.person = False, None
            time.sleep(self.chance.random() * 2 * self.pace)

    def sign_up(self):
        p = self.people.new('person', self.number)
        p.wants = self.chance.choice((('articles',), TOPICS, ('promotions',)))
        self.ask_for(p)

    def again(self):
        """Who left comes back, or who asked and got no mail asks once more."""
        p = self.mine(lambda p: not p.topics and p.wants)
        if p:
            self.ask_for(p)

    def ask_for(self, p):
        for _ in range(3):      # a form that was shown before the clock was set is out of date, and comes again
            fields = [('email', p.address), ('name', 'Person'), ('language', self.chance.choice(('en', 'es')))] + [('topic', t) for t in p.wants]
            if self.chance.random() < 0.7:
                found = re.search(r'name="form_token" value="([^"]*)"', self.web.ask('GET', '/')[1])
                fields += [('form_token', found.group(1))] if found else []
            asked, steps = self.site.clock.now(), self.site.clock.steps
            p.links.pop('confirm', None)
            status, page, _ = self.web.ask('POST', '/subscribe', fields)
            if status != 400 or self.site.clock.steps == steps:
                break
        if status == 200:
            p.waiting = set(p.wants)
            p.asked_at = max(asked, self.site.clock.now())
            self.tally.add('signups')
        elif status:
            words = re.search(r'id="problem".*?<p>(.*?)</p>', page, re.S)
            self.tally.violation('a signup is answered %d: %s' % (status, words.group(1) if words else ''))

    def confirm(self):
        p = self.mine(lambda p: p.waiting and 'confirm' in p.links)
        if not p:
            return
        topics, path = p.waiting, p.links.pop('confirm')[0]
        p.used.add(path)
        self.web.ask('GET', path)
        moment = time.monotonic()
        status, _, _ = self.web.ask('POST', path)
        p.waiting = None
        if status == 200:
            p.join(topics, moment, 'confirmed')
            p.confirmed_at = moment
            self.tally.add('confirmations')
        elif status:
            # a second mail for the same person has made this one's link void, or it is a week old
            self.tally.add('confirmations with an old link (%d)' % status)

    def one_click(self):
        p = self.mine(lambda p: p.topics and 'u' in p.links)
        if p:
            path, topic = p.links['u']
            status, _, _ = self.web.ask('POST', path, [('List-Unsubscribe', 'One-Click')])
            self.left(p, status, (topic,), 'one-click')

    def page(self):
        p = self.mine(lambda p: p.topics and 'u' in p.links)
        if p:
            path, topic = p.links['u']
            self.web.ask('GET', path)
            everything = self.chance.random() < 0.5
            status, _, _ = self.web.ask('POST', path, [('everything', 'yes')] if everything else [])
            self.left(p, status, TOPICS if everything else (topic,), 'page')

    def left(self, p, status, topics, why):
        if status == 200:
            p.leave(topics, why)
            self.tally.add('unsubscribes')
        elif status:
            self.tally.violation('an unsubscribe link is answered %d' % status)

    def settings(self):
        p = self.mine(lambda p: p.topics and 'preferences' in p.links)
        if not p:
            return
        path = p.links['preferences'][0]
        topics = self.chance.choice((('articles',), TOPICS, ('promotions',)))
        self.web.ask('GET', path)
        moment = time.monotonic()
        fields = [('topic', t) for t in topics] + [('name', 'Changed'), ('language', self.chance.choice(('en', 'es')))]
        status, _, _ = self.web.ask('POST', path, fields)
        if status == 200:
            p.join(topics, moment, 'preferences')
            p.leave(set(TOPICS) - set(topics), 'preferences')
            self.tally.add('changes of preferences')
        elif status:
            self.tally.add('preferences answered %d' % status)

    def manage(self):
        p = self.mine(lambda p: p.topics)
        if p and self.web.ask('POST', '/manage', [('email', p.address)])[0] == 200:
            self.tally.add('links asked for')

    def erase(self):
        p = self.mine(lambda p: p.topics and 'my-data' in p.links)
        if not p:
            return
        path = p.links.pop('my-data')[0]
        self.web.ask('GET', path)
        self.site.learn()
        status, _, lost = self.web.ask('POST', path, [('action', 'erase'), ('confirm', 'yes')])
        if status == 200:
            p.leave(TOPICS, 'erased')
            p.ends = 'erased'
            self.tally.add('erasures')
        elif lost:
            p.uncertain, p.ends = True, 'erased'
        else:
            self.tally.add('erasures with an old link (%d)' % status)

    def browse(self):
        for path in ('/', '/archive', '/archive/feed.xml'):
            status, _, _ = self.web.ask('GET', path)
            if status not in (0, 200):
                self.tally.violation('GET %s is answered %d' % (path, status))


class Postman(threading.Thread):
    """Brings to each person what the relay has recorded, and answers some of it into the mailbox that the site reads."""
    def __init__(self, people, site, tally, chance):
        super().__init__(daemon=True)
        self.people, self.site, self.tally, self.chance = people, site, tally, chance
        self.at, self.rest, self.answers, self.over = 0, b'', 0, False
        self.answering = True

    def run(self):
        while not self.over:
            try:
                self.look()
            except Exception as e:
                self.tally.violation('postman: %r' % e)
            time.sleep(0.5)

    def look(self):
        with open(self.site.folder + '/record', 'rb') as f:
            f.seek(self.at)
            data = f.read()
        self.at += len(data)
        lines = (self.rest + data).split(b'\n')
        self.rest = lines.pop()
        for line in lines:
            self.bring(line.decode().split('\t'))
        for entry in list(self.people.returned):
            self.has_been_read(*entry)

    def bring(self, fields):
        _, _, rcpt, ident, whole, _, name, moment = fields
        path = '%s/kept/%s' % (self.site.folder, name)
        with open(path, 'rb') as f:
            data = f.read()
        os.unlink(path)
        self.people.records += 1
        m = email.message_from_bytes(data, policy=email.policy.compat32)
        campaign, topic, kind = ((m['Feedback-ID'] or '0::').split(':') + [''])[:3]
        if campaign != '0':
            self.people.deliveries.append((int(campaign), rcpt, ident, whole, float(moment)))
        if whole != 'whole':
            self.tally.violation('a message arrived in part')
        self.tally.add('mails: ' + (kind if kind != '' else 'single'))
        p = self.people.all.get(rcpt)
        if not p:
            if rcpt != 'operator@example.net':
                self.tally.violation('mail to a stranger')
            return
        self.take(p, m, data, int(campaign), topic, kind)

    def take(self, p, m, data, campaign, topic, kind):
        text = ''
        for part in m.walk():
            if part.get_content_type() == 'text/plain':
                text += part.get_payload(decode=True).decode('utf-8', 'replace')
        for word, token in LINK.findall(text):
            if word == 'confirm':
                p.confirmations += 1
            path = '/%s/%s' % (word, token)
            if (word != 'u' or campaign) and path not in p.used:
                p.links[word] = (path, topic)
        if kind == 'welcome':
            p.welcomes.add(m['Message-ID'])
        if campaign:
            p.last = (campaign, data)
            if self.answering and p.topics and not p.ends and not p.busy:
                luck = self.chance.random()
                if luck < 0.004:
                    self.answer(p, 'bounce')
                elif luck < 0.0045:
                    self.answer(p, 'complaint')
                elif luck < 0.012:
                    self.answer(p, self.chance.choice(('soft', 'vacation', 'wrong-mac', 'unlinked', 'person')))

    def answer(self, p, kind):
        self.answers += 1
        mailing = self.site.folder + '/mailing'
        with open(mailing, 'wb') as f:
            f.write(p.last[1])
        text = inbound_mail.KINDS[kind](inbound_mail.Mailing(mailing))
        name = '%d.%d.soak' % (time.time(), self.answers)
        with open('%s/mailbox/tmp/%s' % (self.site.folder, name), 'w', encoding='utf-8') as f:
            f.write(text)
        if kind in ('bounce', 'complaint'):
            # both ends of what the visitor knows: no visitor acts for them any more
            p.ends = 'bounced' if kind == 'bounce' else 'complained'
        self.people.returned.append((name, p, kind))
        os.rename('%s/mailbox/tmp/%s' % (self.site.folder, name), '%s/mailbox/new/%s' % (self.site.folder, name))
        self.tally.add('returned: ' + kind)

    def has_been_read(self, name, p, kind):
        """Left for people: what they wrote. All else goes once it is in the store."""
        if any(os.path.exists('%s/mailbox/%s/%s' % (self.site.folder, box, name)) for box in ('new', 'cur')):
            return
        self.people.returned.remove((name, p, kind))
        if kind in ('bounce', 'complaint'):
            p.leave(TOPICS, kind)
        elif kind == 'person':
            self.tally.violation("a person's letter is gone from the mailbox")
