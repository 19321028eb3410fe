#!/usr/bin/env python3
"""practice.py STORE UNTIL - put eighteen months of a practice's newsletter into a new store that has the topics 1 (articles) and 2 (promotions): people who
join and leave, a mailing for articles every second week, four promotions, what came back. The same numbers each time; UNTIL is a Unix time.
"""
import random
import sqlite3
import sys

DAY = 86400
store, until = sys.argv[1], int(sys.argv[2])
start = until - 548 * DAY
r = random.Random(1871)
db = sqlite3.connect(store)
db.execute("PRAGMA foreign_keys = ON")
people = {}  # id -> the topics that are active
DOMAINS = [("gmail.com", 46), ("outlook.com", 14), ("icloud.com", 9), ("yahoo.co.uk", 7), ("hotmail.co.uk", 6), ("btinternet.com", 4), ("proton.me", 3)]
NAMES = [d for d, n in DOMAINS for _ in range(n)]
SUBJECTS = ["When sleep will not come", "A letter to a worried mind", "Saying no without guilt", "The first session: what to expect", "Grief has no timetable",
            "Small walks, large effects", "How to listen to a teenager", "Breathing, explained", "After an argument", "What panic is, and what it is not",
            "A quiet hour in a loud week", "On asking for help"]
PROMOTIONS = {90: "Four places in the autumn group", 190: "A gift for a friend: a first conversation", 330: "Spring: couples' evenings", 480: "The summer course on sleep"}


def consent(person, topic, action, at, source):
    db.execute("INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (?, ?, ?, ?, ?)", (person, topic, action, at, source))


def join(at, action, source):
    n = len(people) + 1
    domain = r.choice(NAMES) if r.random() < 0.9 else f"family{n}.example"
    topics = [1, 2] if r.random() < 0.7 else [1] if r.random() < 0.8 else [2]
    db.execute("INSERT INTO subscriber (id, address, address_key, address_hmac, name, language, created_at) VALUES (?, ?, ?, randomblob(16), '', ?, ?)",
               (n, f"reader{n}@{domain}", f"reader{n}@{domain}", "es" if r.random() < 0.17 else "", at))
    for topic in topics:
        db.execute("INSERT INTO subscription VALUES (?, ?, 1, ?)", (topic, n, at))
        if action == "confirmed":
            consent(n, topic, "requested", at - 600, source)
        consent(n, topic, action, at, source)
    people[n] = set(topics)


def end(person, at, action, state, topics=None):
    for topic in sorted(topics or people[person]):
        consent(person, topic, action, at, "web" if action == "left" else "bounce")
        db.execute("UPDATE subscription SET state = ?, since = ? WHERE subscriber_id = ? AND topic_id = ?", (state, at, person, topic))
    people[person] -= set(topics or people[person].copy())


def event(kind, at, person, topic, campaign, kind_class, rule=None):
    db.execute("INSERT INTO event (kind, at, subscriber_id, topic_id, campaign_id, class, rule) VALUES (?, ?, ?, ?, ?, ?, ?)",
               (kind, at, person, topic, campaign, kind_class, rule))


HARD = ["no-such-user"] * 6 + ["disabled"] * 3 + ["no-such-domain"]
SOFT = ["mailbox-full"] * 5 + ["spam"] * 2 + ["try-later"] * 2 + ["policy"]


def mailing(number, at, topic, subject, last):
    audience = [p for p in sorted(people) if topic in people[p]]
    refused = 0
    db.execute("INSERT INTO campaign (id, uuid, kind, topic_id, subject, state, created_at, created_by, start_at, started_at, planned) "
               "VALUES (?, ?, ?, ?, ?, 'done', ?, 'ann', ?, ?, ?)",
               (number, f"practice-{number}", "articles" if topic == 1 else "promotion", topic, subject, at - 60, at, at, len(audience)))
    for i, p in enumerate(audience):
        t = at + 2 + i // 4
        x = r.random()
        state = 3 if x < 0.004 else 1
        refused += state == 3
        db.execute("INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, class) VALUES (?, ?, ?, 1, ?, ?)",
                   (number, p, state, t, "no-such-user" if state == 3 else None))
        if state == 3:
            event("refusal", t, p, topic, number, "hard", r.choice(HARD))
            end(p, t, "bounced", 3)
        elif x < 0.007:
            event("bounce", t + 40, p, topic, number, "hard", r.choice(HARD))
            end(p, t + 40, "bounced", 3)
        elif x < 0.016:
            event("bounce", t + 90, p, topic, number, "soft", r.choice(SOFT))
        elif x < (0.026 if topic == 2 else 0.0205) and t + DAY < last:
            later = t + r.randrange(600, DAY)
            way = r.choices(["one-click", "page", "mailto", "staff"], [55, 34, 7, 4])[0]
            event("unsubscribe", later, p, topic, number, way)
            end(p, later, "left", 2, {topic} if r.random() < 0.25 else None)
        elif x < 0.0265 and r.random() < 0.06:
            event("complaint", t + 5000, p, topic, number, "complaint", "abuse")
            end(p, t + 5000, "complained", 4)
    db.execute("UPDATE campaign SET accepted = ?, refused = ?, finished_at = ?, high_id = ?, cursor = ? WHERE id = ?",
               (len(audience) - refused, refused, at + len(audience) // 4 + 3, max(audience), max(audience), number))


number = 0
for day in range(549):
    noon = start + day * DAY
    if day == 3:
        for _ in range(64):
            join(noon, "imported", "csv: paper forms of the practice")
    season = 1.5 if day % 365 in range(110, 160) else 0.7 if day % 365 in range(300, 350) else 1.0
    for _ in range(min(6, int(r.expovariate(1 / (0.55 + day / 700) / season)))):
        if (at := noon + r.randrange(-3 * 3600, 8 * 3600)) < until:
            join(at, "confirmed", "web")
    if day % 37 == 20:
        join(noon + 3600, "added", "staff: ann")
    if day % 14 == 10:
        number += 1
        mailing(number, noon - 3600, 1, SUBJECTS[number % len(SUBJECTS)], until)
    if day in PROMOTIONS:
        number += 1
        mailing(number, noon - 1800, 2, PROMOTIONS[day], until)
db.commit()
