#!/usr/bin/env python3
"""articles.py FOLDER COUNT: so many Markdown files as a blog has them, about 3 KB each: front matter without an excerpt, headings, lists,
links, an image in every third."""
import os
import random
import sys

WORDS = ("a the of and to in that it is was for with not be by on night sleep worry rest kind voice morning evening quiet breath small step friend "
         "paper habit thought feeling anxiety patience café Übung corazón").split()


def words(r, n):
    return " ".join(r.choice(WORDS) for _ in range(n))


def sentence(r):
    return words(r, r.randint(6, 18)).capitalize() + r.choice([".", ".", ".", "?", ", *really*.", " – and so on."])


def article(r, i):
    image = f"image: /images/{i}.jpg\nimage-alt: {words(r, 5)}\n" if i % 3 == 0 else ""
    text = [f"---\ntitle: \"{i}: {words(r, 6).capitalize()}\"\ndate: 2026-{i % 9 + 1:02}-{i % 28 + 1:02}\n"
            f"url: https://www.quietharbour.example/blog/{i}\nauthor: Dr. Elena Marsh\ntags: [{words(r, 3).replace(' ', ', ')}]\n{image}---\n"]
    for part in range(4):
        text.append(f"## {words(r, 4).capitalize()}\n" if part else "")
        text.append(" ".join(sentence(r) for _ in range(5)) + f" [{words(r, 2)}](https://www.quietharbour.example/{r.randint(1, 999)})\n")
        if part % 2:
            text.append("\n".join(f"- {sentence(r)}" for _ in range(4)) + "\n")
    return "\n".join(text)


def main():
    folder, count = sys.argv[1], int(sys.argv[2])
    r = random.Random(5)
    os.makedirs(folder, exist_ok=True)
    for i in range(count):
        with open(os.path.join(folder, f"{i:05}.md"), "w", encoding="utf-8") as f:
            f.write(article(r, i))


main()
