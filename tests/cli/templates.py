#!/usr/bin/env python3
"""templates.py PAGE TREE: what newsletter-templates(7) says of each template, against the templates, their words and the code that renders them.

Prints each difference: a template without an entry, or the other way round; a name in a template, or in the words that it takes, that its entry
and the page's general part do not have; a name in the page that no code gives; and a name that code gives to a template and its entry leaves out.
"""
import glob
import os
import re
import sys

PAGE, TREE = sys.argv[1:3]
TAG = re.compile(r"\{\{(!.*?|\{.*?\}|[#^/&>]?[^{}!]*?)\}\}", re.S)
# Who puts into a template's context what stands in no other's.
GIVEN = {
    "mail/surge": ["daemon/clerk_surge.c"],
    "mail/paused": ["daemon/clerk_watch.c"],
    "mail/forward": ["lib/site/inbound_forward.c"],
    "mail/digest": ["lib/site/article_words.c"],
    "mail/article": ["lib/site/article_words.c"],
    "web/archive": ["daemon/http_archive.c"],
    "web/archive-page": ["daemon/http_archive_page.c"],
    "web/preview": ["cli/preview_page.c"],
    "web/embed": ["cli/cmd_embed.c"],
    "SITE": ["lib/site/site.c"],
    "MAIL": ["lib/site/compose.c"],
}
PUT = re.compile(r'(?:json_put\w*|json_object_set\w*|put_\w+|page_put|site_put_number)\([^,;]*, *"([a-z_]+)"')


def read(path):
    with open(os.path.join(TREE, path), encoding="utf-8") as f:
        return f.read()


def names(text, words):
    found = set()
    for tag in TAG.findall(text):
        tag = tag.strip("{} ")
        if tag.startswith("!"):
            continue
        if tag.startswith(">"):
            key = tag[1:].strip()
            if key.startswith("t."):
                found |= names(words.get(key[2:], ""), {})
            continue
        found |= {part for part in tag.lstrip("#^/&").strip().split(".") if part}
    return found


def stem(path):
    return re.sub(r"(-subject)?\.(html|text|css|js)\.mustache$", "", path)


def main():
    words = dict(re.findall(r"^([\w.-]+) = (.*)$", read("templates/words/en.txt"), re.M))
    used = {}
    for path in glob.glob(os.path.join(TREE, "templates/[mw]*/*.mustache")):
        name = os.path.relpath(path, os.path.join(TREE, "templates"))
        used.setdefault(stem(name), set()).update(names(read(path), words))
    entries, section, entry = {}, "", None
    for line in open(PAGE, encoding="utf-8"):
        if line.startswith(".S"):
            section, entry = line[4:].strip(), {"THE SITE": "SITE", "EVERY MAIL": "MAIL", "EVERY PAGE": "WEB"}.get(line[4:].strip())
        found = re.match(r"\.It Pa ((?:mail|web)/[a-z-]+)$", line)
        if found:
            entry = found.group(1)
        if entry:
            said = entries.setdefault(entry, set())
            if re.match(r"\.(It )?(Va|Pq Va)", line):
                said |= set(re.findall(r"[a-z][a-z0-9_]*", re.sub(r"\.(It )?(Pq )?Va", "", line)))
    entries = {name: said for name, said in entries.items() if "/" in name or name.isupper()}
    templates = {name for name in entries if re.match(r"(mail|web)/", name)}
    for name in sorted(used.keys() - templates):
        print("no entry for %s" % name)
    for name in sorted(templates - used.keys()):
        print("no template for %s" % name)
    general = {"mail": entries["SITE"] | entries["MAIL"], "web": entries["SITE"] | entries["WEB"]}
    for name in sorted(templates & used.keys()):
        lacks = used[name] - entries[name] - general[name[:name.index("/")]]
        if name == "web/my-data":  # which has one for each list and each kind, as the page says
            lacks = {word for word in lacks if not re.match(r"(has|is)_", word)}
        if lacks:
            print("%s uses, and its entry lacks: %s" % (name, " ".join(sorted(lacks))))
    code = "".join(read(path) for folder in ("lib/site", "cli", "daemon") for path in glob.glob(os.path.join(TREE, folder, "*.c")))
    literals = set(re.findall(r'"([a-z][a-z0-9_%]*)"', code))
    literals = re.compile("|".join(re.sub("%s|(?<=_)$", "[a-z]+", literal) for literal in literals))
    for name in sorted(entries):
        unknown = {word for word in entries[name] if not literals.fullmatch(word)}
        if unknown:
            print("%s: no code gives %s" % (name, " ".join(sorted(unknown))))
    for name, sources in GIVEN.items():
        given = {word for source in sources for word in PUT.findall(read(source))}
        lacks = given - entries.get(name, set()) - general.get(name.split("/")[0], set()) - (entries["SITE"] if name != "SITE" else set())
        if not given:
            print("%s: nothing found that %s gives" % (name, " ".join(sources)))
        if lacks:
            print("%s is given, and its entry lacks: %s" % (name, " ".join(sorted(lacks))))


main()
