"""people.py FILE COUNT ORDER - a list of COUNT people as CSV: email, name, language, topics. ORDER: random, as people come over the years, or sorted.

Several shapes of addresses; a fifth without a name, some names with a comma; a tenth wants two topics.
"""
import random
import sys

path, count, order = sys.argv[1], int(sys.argv[2]), sys.argv[3]
rng = random.Random(7)
FIRST = "ann bob carla dieter eva fritz gina hans ines jose karl lena maria nils olga paul".split()
LAST = "meyer schmidt garcia lopez smith jones rossi novak silva dubois larsen weber".split()
DOMAINS = "gmail.com gmx.de web.de yahoo.com outlook.com hotmail.com t-online.de example.org posteo.de icloud.com".split()


def person(i):
    first, last, domain = rng.choice(FIRST), rng.choice(LAST), rng.choice(DOMAINS)
    address = (f"{first}.{last}{i}@{domain}", f"{first[0]}{last}{i}@{domain}", f"{last}{i}+news@{domain}",
               f"{first}{i}@{last}-{i % 50000}.example")[i % 4]
    name = "" if i % 5 == 0 else f'"{last.title()}, {first.title()}"' if i % 7 == 0 else f"{first.title()} {last.title()}"
    topics = '"articles, promotions"' if i % 10 == 0 else rng.choice(["", "articles"])
    return f"{address},{name},{rng.choice(['', 'de', 'en', 'es'])},{topics}"


rows = [person(i) for i in range(count)]
if order == "sorted":
    rows.sort()
else:
    rng.shuffle(rows)
with open(path, "w", encoding="utf-8") as out:
    out.write("email,name,language,topics\n")
    out.writelines(row + "\n" for row in rows)
