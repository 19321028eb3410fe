#!/usr/bin/env python3
"""import_peer.py FOLDER DATABASE: what somebody would write in an afternoon to do the same as `newsletter article import`: read every Markdown
file, its front matter with PyYAML's C parser, an excerpt of 40 words from markdown-it's tree where there is none, a SHA-256, and all of it
in one transaction of the same table, as durable."""
import datetime
import hashlib
import os
import sqlite3
import sys

import markdown_it
import yaml

TABLE = """CREATE TABLE article (id INTEGER PRIMARY KEY AUTOINCREMENT, source TEXT NOT NULL UNIQUE, title TEXT NOT NULL, url TEXT NOT NULL,
excerpt TEXT NOT NULL, author TEXT NOT NULL, image TEXT NOT NULL, body TEXT NOT NULL, content_hash TEXT NOT NULL, published_at INTEGER NOT NULL,
imported_at INTEGER NOT NULL, image_alt TEXT NOT NULL) STRICT;
CREATE INDEX article_published ON article(published_at);
CREATE INDEX article_url ON article(url) WHERE url <> '';"""
parser = markdown_it.MarkdownIt("commonmark")


def excerpt(body):
    words = []
    for token in parser.parse(body):
        if token.type == "inline":
            for child in token.children:
                words += child.content.split()
        if len(words) >= 40:
            break
    return " ".join(words[:40])


def read(path):
    with open(path, "rb") as f:
        data = f.read()
    _, front, body = data.decode("utf-8").split("---\n", 2)
    front = yaml.load(front, Loader=yaml.CSafeLoader)
    day = datetime.datetime.combine(front["date"], datetime.time(), datetime.timezone.utc)
    return (front["url"], front["title"], front["url"], front.get("excerpt") or excerpt(body), front.get("author", ""), front.get("image", ""), body,
            hashlib.sha256(data).hexdigest(), int(day.timestamp()), int(datetime.datetime.now().timestamp()), front.get("image-alt", ""))


def main():
    folder, database = sys.argv[1:]
    db = sqlite3.connect(database)
    db.executescript("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;" + TABLE)
    with db:
        for name in sorted(os.listdir(folder)):
            db.execute("INSERT INTO article VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", read(os.path.join(folder, name)))
    print(db.execute("SELECT count(*) FROM article").fetchone()[0])


main()
