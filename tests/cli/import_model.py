"""import_model.py NEWSLETTER SEED - imports of random rows, with everything that may stand against them, against a model of ten lines.

People who are there already, with and without a name, who left, bounced or complained one topic, who asked and did not confirm (after they had
left, too), who are suppressed; rows of the same person several times, anywhere in the file. Run in the folder of a site with the topics articles (1) and
promotions (2). What must come out: the same states, names and counts, and one row of evidence for each topic that was added.
"""
import json
import random
import sqlite3
import subprocess
import sys

newsletter, seed = sys.argv[1], int(sys.argv[2])
rng = random.Random(seed)
PENDING, ACTIVE, LEFT, BOUNCED, COMPLAINED = range(5)
ENDED = {LEFT: "left", BOUNCED: "bounced", COMPLAINED: "complained"}
TOPICS = {"articles": 1, "promotions": 2}
people = [f"p{i}@{'abc'[i % 3]}.example" for i in range(900)]


def write(path, rows):
    with open(path, "w", encoding="utf-8") as out:
        out.write("email,name,topics\n" + "".join(f'{a},{n},"{" ".join(t)}"\n' for a, n, t in rows))


def import_file(path):
    done = subprocess.run([newsletter, "subscriber", "import", path, "--consent", "x", "--json"], stdout=subprocess.PIPE, check=False)
    return json.loads(done.stdout)


def rows(count):
    found = []
    for _ in range(count):
        address = rng.choice(people)
        address = address.upper() if rng.random() < 0.1 else address
        found.append((address, rng.choice(["", "", "Ann", "Bob"]), rng.choice([["articles"], ["promotions"], ["articles", "promotions"]])))
    return found


# the model: address -> [name, {topic: (state, ended before)}]
model, suppressed = {}, set()


def expect(found):
    counts = dict(added=0, already=0, left=0, suppressed=0)
    for address, name, topics in sorted(found, key=lambda r: r[0].lower()):  # of one person in the order of the file
        key = address.lower()
        if key in suppressed:
            counts["suppressed"] += 1
            continue
        person = model.setdefault(key, [name, {}])
        person[0] = person[0] or name
        changed = refused = False
        for topic in topics:
            state, ended = person[1].get(topic, (None, False))
            gone = person[1] and all(s in ENDED or s == PENDING for s, _ in person[1].values()) and any(s in ENDED or e for s, e in person[1].values())
            if state in ENDED or (state == PENDING and ended) or gone:
                refused = True
            elif state != ACTIVE:
                person[1][topic] = (ACTIVE, False)
                changed = True
        counts["added" if changed else "left" if refused else "already"] += 1
    return counts


def check(what, got, want):
    if got != want:
        print(f"seed {seed}: {what}: got {got}, want {want}")
        sys.exit(1)


def store_states():
    db = sqlite3.connect("store/newsletter.db", timeout=10)
    found = {key: [name, {}] for key, name in db.execute("SELECT address_key, name FROM subscriber")}
    for key, topic, state in db.execute("SELECT s.address_key, t.slug, u.state FROM subscription u JOIN subscriber s ON s.id = u.subscriber_id "
                                        "JOIN topic t ON t.id = u.topic_id"):
        found[key][1][topic] = state
    evidence = db.execute("SELECT count(*) FROM consent WHERE action = 'imported'").fetchone()[0]
    hmacs = db.execute("SELECT count(*), count(DISTINCT address_hmac) FROM subscriber").fetchone()
    check("everybody's HMAC is their own", *hmacs)
    db.close()
    return found, evidence


def shuffle_states():
    """What happens to people between two imports."""
    db = sqlite3.connect("store/newsletter.db", timeout=10)
    db.execute("PRAGMA foreign_keys = ON")
    for key, person in list(model.items()):
        subscriber = db.execute("SELECT id FROM subscriber WHERE address_key = ?", (key,)).fetchone()[0]
        if rng.random() < 0.1:
            db.execute("INSERT OR IGNORE INTO suppression SELECT address_hmac, 'erased', 1, 'test' FROM subscriber WHERE id = ?", (subscriber,))
            suppressed.add(key)
            if rng.random() < 0.5:
                db.execute("DELETE FROM subscriber WHERE id = ?", (subscriber,))
                del model[key]
                continue
        for topic in person[1]:
            if rng.random() < 0.3:
                state = rng.choice(list(ENDED))
                db.execute("INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (?, ?, ?, 1, 't')", (subscriber, TOPICS[topic], ENDED[state]))
                if rng.random() < 0.3:  # and asked for it again, but did not confirm
                    state = PENDING
                    db.execute("INSERT INTO consent (subscriber_id, topic_id, action, at, source) VALUES (?, ?, 'requested', 1, 't')", (subscriber, TOPICS[topic]))
                db.execute("UPDATE subscription SET since = 1, state = ? WHERE subscriber_id = ? AND topic_id = ?", (state, subscriber, TOPICS[topic]))
                person[1][topic] = (state, True)
    db.commit()
    db.close()


total = 0
for turn in range(6):
    found = rows(rng.choice([1, 63, 64, 65, 700, 1500]))
    write("rows.csv", found)
    before = sum(len(p[1]) for p in model.values()), store_states()[1]
    want = expect(found)
    got = import_file("rows.csv")
    check(f"turn {turn}, counts", {k: got[k] for k in want}, want)
    states, evidence = store_states()
    check(f"turn {turn}, states", states, {k: [p[0], {t: s[0] for t, s in p[1].items()}] for k, p in model.items()})
    total += got["added"]
    shuffle_states()
print(f"{total} were added")
