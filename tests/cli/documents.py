#!/usr/bin/env python3
"""documents.py - what tests/cli/docs.t and its world read from Markdown.

blocks FILE DIR        write each ```sh and ```ini block of FILE to DIR/NN.sh or DIR/NN.ini
commands TABLE FILE…   print each `newsletter` command or option that FILE names and that TABLE (newsletter help commands) lacks
html DIR FILE…         write each FILE as the page DIR/NAME.html
links ROOT FILE…       print each relative link whose file, or heading, is not there
"""
import os
import re
import shlex
import sys
import textwrap

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.M | re.S)
ANYWHERE = {"-C", "-c"}
COMMAND = re.compile(r"\s*(?:(?:\w+=\S+|sudo|do|then|[\d*/]+)\s+)*newsletter (.*)")
EVERY = {"--json", "--help", "--version"}


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def blocks(path, folder):
    for number, (kind, text) in enumerate(FENCE.findall(read(path)), 1):
        if kind in ("sh", "ini"):
            with open(os.path.join(folder, "%02d.%s" % (number, kind)), "w", encoding="utf-8") as f:
                f.write(textwrap.dedent(text))


def code(text):
    """Lines of fenced and indented blocks, and code spans: where a command may stand. Of a man page, literal blocks."""
    if text.startswith(".Dd"):
        for block in re.findall(r"^\.Bd -literal.*?\n(.*?)^\.Ed$", text, re.M | re.S):
            yield from block.replace("\\e", "\\").split("\n")
        return
    for _, block in FENCE.findall(text):
        yield from re.sub(r"\\\n\s*", " ", block).split("\n")
    text = FENCE.sub("", text)
    for line in re.findall(r"^    (.*)$", text, re.M):
        yield line
    text = re.sub(r"^    .*$", "", text, flags=re.M)
    for span in re.findall(r"`([^`]+)`", text):
        yield " ".join(span.split())


def said(text):
    """(words, options) of each newsletter command in the text."""
    for line in code(text):
        for part in re.split(r"\|\|?|&&|;|\$\(", line):
            found = COMMAND.match(re.sub(r"(^|\s)#.*", "", part))
            if not found:
                continue
            try:
                words = shlex.split(found.group(1))
            except ValueError:
                words = found.group(1).split()
            while len(words) > 1 and words[0] in ANYWHERE:
                words = words[2:]
            yield part.strip(), words


def commands(table, paths):
    known, options = set(), {}
    for line in read(table).splitlines():
        kind, rest = line.split(" ", 1)
        if kind == "command":
            known.add(rest)
        else:
            name, option = re.match(r"(.*?) (--\S+)", rest).groups()
            options.setdefault(name, set()).add(option)
    nouns = {name.split()[0] for name in known}
    count = 0
    for path in paths:
        for where, words in said(read(path)):
            if not words or words[0].startswith("--") and words[0] in EVERY:
                continue
            name = " ".join(words[:2])
            if name not in known:
                name = words[0]
            count += 1
            if name not in known and not (name in nouns and len(words) == 1):
                print("%s: no such command: %s" % (os.path.basename(path), where))
                continue
            for word in words:
                option = word.split("=")[0]
                if option.startswith("--") and option not in options.get(name, set()) | EVERY:
                    print("%s: %s has no %s: %s" % (os.path.basename(path), name, option, where))
    if count < 100:
        print("only %d commands were found" % count)


def html(folder, paths):
    import markdown_it  # Debian's python3-markdown-it
    for path in paths:
        name = os.path.basename(path)
        body = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table").render(read(path))
        with open(os.path.join(folder, name + ".html"), "w", encoding="utf-8") as f:
            f.write('<!DOCTYPE html>\n<html lang="en">\n<head>\n<title>%s</title>\n</head>\n<body>\n%s</body>\n</html>\n' % (name, body))


def anchor(heading):
    return re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower()).replace(" ", "-")


def links(root, paths):
    count = 0
    for path in paths:
        text = FENCE.sub("", read(path))
        for target in re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'(?:src|href|srcset)="([^"]+)"', text):
            if re.match(r"[a-z]+:", target):
                continue
            count += 1
            name, _, part = target.partition("#")
            there = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
            if not os.path.exists(there) or not there.startswith(root):
                print("%s: dead link: %s" % (os.path.basename(path), target))
            elif part and there.endswith(".md") and part not in {anchor(h) for h in re.findall(r"^#+ (.*)$", read(there), re.M)}:
                print("%s: no such heading: %s" % (os.path.basename(path), target))
    if len(paths) > 1 and count < 8 * len(paths):
        print("only %d links were found" % count)


def main():
    what, rest = sys.argv[1], sys.argv[2:]
    if what == "blocks":
        blocks(*rest)
    elif what == "commands":
        commands(rest[0], rest[1:])
    elif what == "html":
        html(rest[0], rest[1:])
    elif what == "links":
        links(rest[0], rest[1:])
    else:
        sys.exit(__doc__)


main()
