"""csv_property.py READER COUNT SEED - COUNT files, each read by READER (tests/tools/csv_rows.c) and by Python's csv module: the same rows.

What is left out, since the two differ by intent (lib/base/csv.h): quotes that are never closed, text behind a closing quote, NUL bytes.
Rows without any field, and those of one empty field, are passed over by the reader.
"""
import csv
import io
import json
import random
import subprocess
import sys

reader, count, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
rng = random.Random(seed)
ALPHABET = ["a", "b", "Z", "0", " ", "\t", ",", ";", "'", "\\", "-", "é", "ß", "€", "日", "😀", "\u00a0", "\x07", "x@example.org"]


def plain(delimiter):
    """A field without quotes around it; a quote inside it is itself."""
    text = "".join(c for c in rng.choices(ALPHABET, k=rng.randrange(6)) if c != delimiter)
    return text + 'q"' + text if rng.random() < 0.1 else text


def quoted():
    parts = rng.choices(ALPHABET + ["\n", "\r\n", "\r", '""', '""'], k=rng.randrange(8))
    return '"' + "".join(parts) + '"'


def field(delimiter):
    return quoted() if rng.random() < 0.4 else plain(delimiter)


def make():
    delimiter = rng.choice(",;\t")
    end = rng.choice(["\n", "\r\n", "\r"])
    lines = [delimiter.join(rng.choice(["email", '"email"', "name", '"a ""b"""', "x" * rng.randrange(9)]) for _ in range(rng.randrange(2, 9)))]
    for _ in range(rng.randrange(12)):
        if rng.random() < 0.05:
            end = rng.choice(["\n", "\r\n", "\r"])  # a file that was put together from two
        lines.append(end + ("" if rng.random() < 0.08 else delimiter.join(field(delimiter) for _ in range(rng.choice([1, 2, 3, 4, 5, 60])))))
    if rng.random() < 0.7:
        lines.append(end)
    bom = b"\xef\xbb\xbf" if rng.random() < 0.3 else b""
    return delimiter, bom + "".join(lines).encode()


files = [make() for _ in range(count)]
stream = b"".join(b"%d\n%s" % (len(data), data) for _, data in files)
out = subprocess.run([reader], input=stream, stdout=subprocess.PIPE, timeout=60, check=True).stdout.decode().splitlines()
assert len(out) == count, f"{len(out)} answers for {count} files"
rows = 0
for (delimiter, data), line in zip(files, out):
    ours = json.loads(line)
    theirs = [r for r in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=delimiter) if r not in ([], [""])]
    if ours != theirs:
        print(f"seed {seed}: {data!r}\n  read as   {ours}\n  by Python {theirs}")
        sys.exit(1)
    rows += len(ours)
print(f"{count} files, {rows} rows")
