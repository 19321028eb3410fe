#!/usr/bin/env python3
"""count.py STORE RECORD - the ledger, and what relay.py recorded as accepted, side by side: lines of `name value`.

recipients  people who got at least one message              copies   messages beyond the first of a person and campaign
lost        accepted by the ledger, not in the record         torn     messages that arrived in part
unasked     in the record, but neither accepted nor unknown   ids      people whose copies do not carry their first one's Message-ID
unknown     held by the ledger as unknown                     open     claimed or deferred in a campaign that is over
missed      people of a finished campaign's topic, there when it started, whom its ledger does not have
shown       examples of what is wrong, by subscriber id

A person's messages of one campaign carry one Message-ID, and those of two campaigns different ones: so the Message-IDs that they got are
counted against the campaigns that the ledger says they were served in.
"""
import collections
import sqlite3
import sys

store = sqlite3.connect('file:%s?mode=ro' % sys.argv[1], uri=True, timeout=20)
ids = {address: n for n, address in store.execute('SELECT id, address FROM subscriber')}
got = collections.defaultdict(collections.Counter)
torn = strangers = 0
for line in open(sys.argv[2]):
    if not line.endswith('\n'):
        continue
    _, _, rcpt, ident, whole, _ = line.rstrip('\n').split('\t')
    torn += whole != 'whole'
    if rcpt in ids:
        got[ids[rcpt]][ident] += 1
    else:
        strangers += 1
accepted, unknown = collections.Counter(), collections.Counter()
for who, state, n in store.execute('SELECT subscriber_id, state, count(*) FROM delivery WHERE state IN (1, 4) GROUP BY 1, 2'):
    (accepted if state == 1 else unknown)[who] = n
lost = [who for who in accepted if len(got[who]) < accepted[who]]
more = [who for who in got if len(got[who]) > accepted[who] + unknown[who]]
# with a second message in the same campaign under another Message-ID a person has more of them than campaigns
ids_wrong = [who for who in more if accepted[who] + unknown[who] > 0]
unasked = [who for who in more if accepted[who] + unknown[who] == 0]
missed = store.execute("""SELECT count(*) FROM campaign c JOIN subscription u ON u.topic_id = c.topic_id AND u.state = 1 AND u.since <= c.started_at
	AND u.subscriber_id <= c.high_id WHERE c.state = 'done'
	AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.campaign_id = c.id AND d.subscriber_id = u.subscriber_id)""").fetchone()[0]
still_open = store.execute("""SELECT count(*) FROM delivery d JOIN campaign c ON c.id = d.campaign_id
	WHERE c.state = 'done' AND d.state IN (0, 2)""").fetchone()[0]
print('recipients', sum(1 for who in got if got[who]))
print('copies', sum(sum(c.values()) - len(c) for c in got.values()))
print('lost', len(lost))
print('torn', torn)
print('unasked', len(unasked) + strangers)
print('ids', len(ids_wrong))
print('unknown', sum(unknown.values()))
print('open', still_open)
print('missed', missed)
print('shown', ' '.join(str(who) for who in (lost + more)[:8]))
