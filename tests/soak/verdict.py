"""verdict.py - the count: what the relay recorded against the ledger, what people were owed against what they got, the store against its promises.

Every check is a row (name, figure, examples of what is wrong); without examples it holds.
"""
import collections
import re

from people import TOPICS
from world import DAY, HOUR

STATES = ('claimed', 'accepted', 'deferred', 'refused', 'unknown', 'skipped')
# What was claimed just before somebody left may still be with the relay, or on a connection that has to end first.
ON_THE_WAY = 60
# What kills, a full disk, a relay in trouble and a clock that is set make newsletterd say; everything else of that weight is unexpected.
EXPECTED = re.compile('|'.join((
    r'event=role_died child=\w+ signal=9', r'no space left for the store',
    r'event=(relay|relay_held|recovered|campaign_(paused|alarm|held)|clock_set_back|killed|orphan|users)\b')))


def served(site, people):
    """(campaign, address) -> [moments at which the relay accepted it], and the ledger's (campaign, address) -> [states]"""
    got, ledger = collections.defaultdict(list), collections.defaultdict(list)
    for campaign, address, _, _, moment in people.deliveries:
        got[campaign, address].append(moment)
    nobody = 0
    for campaign, who, state in site.rows('SELECT campaign_id, subscriber_id, state FROM delivery'):
        address = site.names.get(who)
        if address:
            ledger[campaign, address].append(state)
        else:
            nobody += 1
    return got, ledger, nobody


def examples(pairs):
    return ['campaign %d, %s' % p for p in sorted(pairs)[:5]]


def the_ledger(site, people, most_unknown):
    got, ledger, nobody = served(site, people)
    by_state = collections.Counter(state for states in ledger.values() for state in states)
    rows = [('deliveries in the ledger', sum(by_state.values()), []), ('messages of campaigns that the relay accepted', len(people.deliveries), [])]
    rows += [('… ' + name, by_state[n], []) for n, name in enumerate(STATES)]
    rows.append(('deliveries to people whose address is not known to this count', nobody, []))
    for name, wrong in (
            ('accepted by the ledger, and not by the relay (lost)', [k for k, s in ledger.items() if len(got.get(k, ())) < s.count(1)]),
            ('accepted by the relay more often than by the ledger (twice)',
             [k for k, m in got.items() if len(m) > sum(s in (1, 4) for s in ledger.get(k, ()))]),
            ('claimed or deferred though all is over', [k for k, s in ledger.items() if 0 in s or 2 in s])):
        rows.append((name, len(wrong), examples(wrong)))
    rows.append(('unknown: at most connections x window a kill, window a lost connection', '%d of %d' % (by_state[4], most_unknown),
                 ['%d' % by_state[4]] if by_state[4] > most_unknown else []))
    told = unknown_by_the_log(site)
    rows.append(('… and each with its reason in the log', '%d of %d' % (by_state[4], told), ['%d' % by_state[4]] if by_state[4] > told else []))
    of = collections.defaultdict(set)
    for campaign, address, ident, _, _ in people.deliveries:
        of[ident].add((campaign, address))
    rows.append(('Message-IDs that two messages carry', sum(len(s) > 1 for s in of.values()), [i for i, s in of.items() if len(s) > 1][:3]))
    return rows


def unknown_by_the_log(site):
    """Whose connection died, and what was under way when the sender was killed; a sender that is killed before it recorded the first is in both."""
    n = 0
    with open(site.log, errors='replace') as f:
        for line in f:
            found = re.search(r'event=recovered unknown=(\d+)', line)
            n += int(found.group(1)) if found else 'event=delivery' in line and 'state=unknown' in line
    return n


def the_owed(site, people, staff):
    """Who was there when it was sent, and did not end before it was over, is in its ledger."""
    _, ledger, _ = served(site, people)
    missed, owed, cancelled = [], 0, 0
    refused = refused_for_good(site)
    state = dict(site.rows('SELECT id, state FROM campaign'))
    for number, (topic, moment, expected) in staff.campaigns.items():
        if state[number] == 'cancelled':
            cancelled += 1
            continue
        for address in expected:
            p = people.all[address]
            if p.uncertain:
                continue
            owed += 1
            if ledger.get((number, address)) or any(what == 'out' and t == topic and m >= moment for m, t, what, _ in p.history) or p.ends or \
                    address in refused:
                continue
            missed.append((number, address))
    return [('people who were owed a campaign', owed, []), ('… that the ledger does not have (missed)', len(missed), examples(missed)),
            ('campaigns cancelled', cancelled, [])]


def the_gone(site, people, staff):
    """Nobody who left, bounced, complained, was erased or barred is mailed a campaign that was sent later, nor long after."""
    later, after = [], []
    for number, address, _, _, moment in people.deliveries:
        topic, sent, _ = staff.campaigns.get(number, (None, 0, None))
        if topic is None:
            continue
        before = [(m, what) for m, t, what, _ in people.all[address].history if t == topic and m < moment]
        if not before or before[-1][1] == 'in':
            continue
        left = before[-1][0]
        if left < sent:
            later.append((number, address))
        elif moment - left > ON_THE_WAY + sum(max(0, min(b, moment) - max(a, left)) for a, b in site.stuck):
            after.append((number, address))
    return [('mailed a campaign that was sent after they were gone', len(later), examples(later)),
            ('mailed more than %d s after they were gone' % ON_THE_WAY, len(after), examples(after))]


def the_people(site, people):
    """What people were told is what the store says."""
    active = collections.defaultdict(set)
    for address, topic in site.rows('SELECT s.address, t.slug FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id '
                                    'JOIN topic t ON t.id = u.topic_id WHERE u.state = 1'):
        active[address].add(topic)
    there = {a for a, in site.rows('SELECT address FROM subscriber')}
    refused = refused_for_good(site)
    rows, lost, kept, ended, gone = [], [], [], [], []
    n = unanswered = 0
    for p in people.all.values():
        if p.uncertain or p.busy:
            unanswered += 1
            continue
        n += 1
        if p.ends == 'barred':
            continue
        if p.address in refused or number_of(p) % 50 == 7:
            if active[p.address] and p.address in refused:
                ended.append(p.address)
            continue
        if p.ends == 'erased' and p.address in there:
            gone.append(p.address)
        if p.ends and active[p.address]:
            ended.append(p.address)
        elif not p.ends and p.topics - active[p.address]:
            lost.append('%s: %s, the store has %s' % (p.address, sorted(p.topics), sorted(active[p.address])))
        elif not p.ends and active[p.address] - p.topics:
            kept.append('%s: %s, the store has %s' % (p.address, sorted(p.topics), sorted(active[p.address])))
    pending = [p for p in people.all.values() if p.asked_at and not p.ends and p.address not in there and not p.uncertain]
    dropped = [p.address for p in pending if site.clock.now() - p.asked_at < 2 * DAY - 3 * HOUR]
    unasked = [p.address for p in people.all.values() if p.waiting and not p.ends and p.address in there and not p.confirmations and not p.topics
               and number_of(p) % 50 != 7 and not has_reason(site, p, 'confirm')]
    twice = [p.address for p in people.all.values() if len(p.welcomes) > 1]
    unwelcomed = [p.address for p in people.all.values() if p.confirmed_at and not p.welcomes and not p.ends and p.topics
                  and not any(what == 'out' for _, _, what, _ in p.history) and number_of(p) % 50 != 7 and not has_reason(site, p, 'welcome')]
    rows += [('people', n, []), ('… of whom nobody can tell, since an answer was lost', unanswered, []),
             ('joined, and not in the store', len(lost), lost[:5]), ('left a topic, and it is active', len(kept), kept[:5]),
             ('bounced, complained or erased, and active', len(ended), ended[:5]), ('erased, and there', len(gone), gone[:5]),
             ('signups answered, and gone without a trace', len(dropped), dropped[:5]),
             ('signups without the mail that asks, and no reason why', len(unasked), unasked[:5]),
             ('confirmed, not welcomed, and no reason why', len(unwelcomed), unwelcomed[:5]), ('welcomed twice', len(twice), twice[:5])]
    return rows


def has_reason(site, p, kind):
    """A mail of that kind that the outbox says did not get there."""
    return site.one('SELECT count(*) FROM outbox o JOIN subscriber s ON s.id = o.subscriber_id WHERE s.address = ? AND o.kind = ? '
                    "AND o.state IN ('refused', 'unknown', 'expired')", p.address, kind) > 0


def refused_for_good(site):
    return {site.names.get(w) for w, in site.rows("SELECT DISTINCT subscriber_id FROM event WHERE kind = 'refusal' AND class = 'hard'")}


def number_of(p):
    return int(re.search(r'(\d+)@', p.address).group(1))


def the_rest(site, people):
    broken = site.invariants()
    waiting = site.one("SELECT count(*) FROM outbox WHERE state IN ('queued', 'claimed')")
    letters = [name for name, _, kind in people.returned if kind != 'person']
    said, addresses, failed = collections.Counter(), 0, 0
    with open(site.log, errors='replace') as f:
        for line in f:
            addresses += '@example.' in line
            failed += 'event=failed' in line and 'no space left' in line
            if failed and re.search(r'event=role_died child=\w+ status=1', line):
                failed -= 1         # it could not start on a full disk
            elif line[:1] == '<' and line[1] in '01234' and not EXPECTED.search(line):
                said[re.sub(r'[0-9a-f]{8,}|\d+', 'N', line)[:160]] += 1
    barred = site.one('SELECT count(*) FROM suppression p JOIN subscriber s ON s.address_hmac = p.address_hmac JOIN subscription u '
                      "ON u.subscriber_id = s.id WHERE u.state = 1 AND p.reason <> 'staff'")
    counted = site.rows("SELECT (SELECT value FROM counter WHERE name = 'messages:campaign:accepted'), (SELECT sum(accepted) FROM campaign)")[0]
    told = ['%d x %s' % (n, line.strip()) for line, n in said.most_common(8)]
    return [("rows of the store's invariants", len(broken.splitlines()), broken.splitlines()[:5]),
            ('subscribed, and on the list of whom not to mail', barred, [str(barred)] if barred else []),
            ('the metric of accepted messages, and the ledger', '%s %s' % counted, ['%s %s' % counted] if counted[0] != counted[1] else []),
            ('mails left in the outbox', waiting, [str(waiting)] if waiting else []),
            ('returned mails that were not read', len(letters), letters[:3]),
            ('lines of the log with an address', addresses, [str(addresses)] if addresses else []),
            ('unexpected warnings and errors in the log', sum(said.values()), told)]
