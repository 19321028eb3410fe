#!/usr/bin/env python3
"""commonmark.py RENDER_MARKDOWN SPEC: all examples of the CommonMark specification through our renderings, as TAP.

The reference is the tree that libcmark reads, as XML. Our HTML must hold only tags that are whole and balanced and characters
that are escaped, and show exactly the tree's words; our text part must hold each of them, in order.
"""
import html
import re
import subprocess
import sys
import xml.etree.ElementTree as ET

XML = "{http://commonmark.org/xml/1.0}"
FENCE = "`" * 32
VOID = {"br", "hr", "img", "wbr", "col"}
TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)((?: [a-z-]+=\"[^\"<>]*\")*)>")
REFERENCE = re.compile(r"&(?:amp|lt|gt|quot|#39);")
NAMED = re.compile(r"&(?:[a-zA-Z0-9]+|#39);")


def examples(path):
    """The Markdown of each example of spec.txt."""
    with open(path, encoding="utf-8") as f:
        spec = f.read()
    found = re.findall(rf"^{FENCE} example\n(.*?)^\.\n(.*?)^{FENCE}$", spec, re.M | re.S)
    return [markdown.replace("→", "\t") for markdown, _ in found]


def plain_leaves(tree):
    """The words that are no raw HTML."""
    for node in ET.fromstring(tree).iter():
        if node.tag.removeprefix(XML) in ("text", "code", "code_block"):
            yield node.text or ""


def render(program, how, documents, *options):
    data = "\0".join(documents).encode()
    done = subprocess.run([program, how, *options], input=data, stdout=subprocess.PIPE, check=True, timeout=120)
    return done.stdout.decode("utf-8").split("\0")


def leaves(tree):
    """The words of each leaf: a list of texts, in which a space stands for each break."""
    for node in ET.fromstring(tree).iter():
        kind = node.tag.removeprefix(XML)
        if kind in ("text", "code", "code_block"):
            yield node.text or ""
        elif kind in ("html_block", "html_inline"):
            yield re.sub(r"<!--.*?(-->|\Z)", "", node.text or "", flags=re.S)
        elif kind in ("softbreak", "linebreak", "paragraph", "heading", "item"):
            yield " "


def squeeze(text):
    return re.sub(r"\s+", "", text)


def check_html(out, known=REFERENCE):
    """Whether each < > & " is part of a tag or a reference, and the tags balance; returns what is shown, alt texts included."""
    shown, stack, at = [], [], 0
    while at < len(out):
        c = out[at]
        if c == "<":
            tag = TAG.match(out, at)
            if not tag:
                raise ValueError(f"no tag of ours: {out[at:at + 40]!r}")
            close, name, attributes = tag.groups()
            for value in re.findall(r'="([^"]*)"', attributes):
                if "&" in known.sub("", value):
                    raise ValueError(f"a bare & in {value!r}")
            alt = re.search(r' alt="([^"]*)"', attributes)
            if alt:
                shown.append(html.unescape(alt[1]))
            if close and (not stack or stack.pop() != name):
                raise ValueError(f"</{name}> closes nothing that is open")
            if not close and name not in VOID:
                stack.append(name)
            at = tag.end()
        elif c == "&":
            reference = known.match(out, at)
            if not reference:
                raise ValueError(f"a bare &: {out[at:at + 20]!r}")
            shown.append(html.unescape(reference[0]))
            at = reference.end()
        elif c in '>"':
            raise ValueError(f"a bare {c}: {out[max(at - 20, 0):at + 20]!r}")
        else:
            shown.append(c)
            at += 1
    if stack:
        raise ValueError(f"open at the end: {stack}")
    return "".join(shown)


def check_text(out, words):
    """Each word of each leaf, in order, before the list of links."""
    body = re.sub(r"(\n\n|\A)(\[\d+\] \S+\n)+\Z", "\n", out)
    at = 0
    for leaf in words:
        for word in leaf.split():
            found = body.find(word, at)
            if found < 0:
                raise ValueError(f"{word!r} is lost behind {body[:at]!r}")
            at = found + len(word)
    for line in out.split("\n"):
        if line != line.rstrip():
            raise ValueError(f"spaces at the end of {line!r}")


def failures(checks):
    """What the checks, one for each example, have to say."""
    bad = []
    for i, check in enumerate(checks, 1):
        try:
            check()
        except ValueError as e:
            bad.append(f"example {i}: {e}")
    return bad


def same(got, want):
    if got != want:
        raise ValueError(f"{got!r}, not {want!r}")


def main():
    program, path = sys.argv[1:3]
    documents = examples(path)
    trees = render(program, "tree", documents)
    shown = [squeeze("".join(leaves(tree))) for tree in trees]
    pages, texts = render(program, "html", documents), render(program, "text", documents)
    slots = [render(program, how, documents, "slots") for how in ("html", "text")]
    raw_pages, raw_texts = (render(program, how, documents, "slots", "raw") for how in ("html", "text"))
    results = {
        f"the specification has 652 examples: {len(documents)}": [] if len(documents) == 652 else ["another number"],
        "HTML: no byte unescaped, no word lost": failures(
            lambda p=p, w=w: same(squeeze(check_html(p)), w) for p, w in zip(pages, shown, strict=True)),
        "text part: no word lost": failures(
            lambda t=t, tree=tree: check_text(t, leaves(tree)) for t, tree in zip(texts, trees, strict=True)),
        "slots change nothing where there are none": failures(
            lambda a=a, b=b: same(a, b) for a, b in zip(slots[0] + slots[1], pages + texts, strict=True)),
        "HTML cleaned: balanced, nothing unescaped": failures(
            lambda p=p: check_html(p, NAMED) and None for p in raw_pages),
        "its text part: no word lost that is no HTML": failures(
            lambda t=t, tree=tree: check_text(t, plain_leaves(tree)) for t, tree in zip(raw_texts, trees, strict=True)),
    }
    print(f"1..{len(results)}")
    for number, (name, bad) in enumerate(results.items(), 1):
        print(f"{'not ok' if bad else 'ok'} {number} - {name}")
        for line in bad[:20]:
            print(f"# {line}")
    return any(results.values())


if __name__ == "__main__":
    sys.exit(main())
