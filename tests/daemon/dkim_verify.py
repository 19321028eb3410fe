#!/usr/bin/python3
"""dkim_verify.py KEYS FOLDER [-n SIGNATURES]: have dkimpy, OpenDKIM and mailauth verify each file of the folder.

KEYS is a file of lines "SELECTOR._domainkey.DOMAIN TXT", what DNS would answer. A line "FILE VERIFIER VERDICT…" is
printed for each message and verifier, one verdict (pass, fail) for each signature from the top, or `none`; and one
"FILE h VERDICT", pass when each signature names List-Unsubscribe and List-Unsubscribe-Post. Exit status: 0 when all
of them pass and each message has SIGNATURES signatures (at least one without -n), 1 otherwise, 2 when a verifier is
missing. OpenDKIM comes from $OPENDKIM, mailauth from $NODE_PATH: source build/peers/env (tools/peers).
A file without any CRLF, as smtp-sink writes them, is taken for one whose line ends were CRLF on the wire.
The interpreter is Debian's own, which is the one that finds python3-dkim.
"""
import os
import re
import subprocess
import sys
import tempfile

try:
    import dkim
except ImportError:
    print("dkim_verify.py: apt-get install python3-dkim", file=sys.stderr)
    sys.exit(2)


def read_keys(path):
    with open(path, encoding="ascii") as lines:
        return dict(line.rstrip("\n").split(" ", 1) for line in lines if line.strip())


def as_on_the_wire(folder, work):
    """Copies of the files in a folder of their own; their paths."""
    paths = []
    os.mkdir(os.path.join(work, "mail"))
    for name in sorted(os.listdir(folder)):
        with open(os.path.join(folder, name), "rb") as stream:
            message = stream.read()
        if b"\r\n" not in message:
            message = message.replace(b"\n", b"\r\n")
        paths.append(os.path.join(work, "mail", name))
        with open(paths[-1], "wb") as stream:
            stream.write(message)
    return paths


def signatures(message):
    header = message.split(b"\r\n\r\n", 1)[0] + b"\r\n"
    fields = re.findall(rb"(?im)^([!-9;-~]+)[ \t]*:((?:[^\r\n]|\r\n[ \t])*)\r\n", header)
    return [re.sub(rb"\s+", b"", value).decode("ascii") for name, value in fields if name.lower() == b"dkim-signature"]


def with_dkimpy(message, count, keys):
    def answer(name, timeout=5):
        return keys.get(name.decode("ascii").rstrip("."), "").encode("ascii")

    verdicts = []
    for index in range(count):
        try:
            good = dkim.DKIM(message).verify(index, dnsfunc=answer)
        except dkim.DKIMException:
            good = False
        verdicts.append("pass" if good else "fail")
    return verdicts


def with_opendkim(path, conf):
    run = subprocess.run([os.environ["OPENDKIM"], "-vv", "-x", conf, "-t", path], capture_output=True, timeout=60, check=False)
    text = (run.stdout + run.stderr).decode("utf-8", "replace")
    results = re.search(r"hname='Authentication-Results' hvalue='(.*?)'\n", text, re.S)
    return ["pass" if word == "pass" else "fail" for word in re.findall(r"\bdkim=(\w+)", results.group(1))] if results else []


def with_mailauth(paths, keys):
    script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "dkim_mailauth.js")
    run = subprocess.run(["node", script, keys] + paths, capture_output=True, timeout=120, check=False, text=True)
    if run.returncode != 0:
        print("dkim_verify.py: mailauth: " + run.stderr[-600:], file=sys.stderr)
        sys.exit(2)
    return dict((line.split()[0], line.split()[1:]) for line in run.stdout.splitlines())


def signs_list_fields(signature):
    tags = dict(part.split("=", 1) for part in signature.split(";") if "=" in part)
    names = tags.get("h", "").lower().split(":")
    return "list-unsubscribe" in names and "list-unsubscribe-post" in names


def main():
    arguments = sys.argv[1:]
    want = None
    if "-n" in arguments:
        at = arguments.index("-n")
        want = int(arguments[at + 1])
        del arguments[at : at + 2]
    if len(arguments) != 2 or "OPENDKIM" not in os.environ or "NODE_PATH" not in os.environ:
        print(__doc__, file=sys.stderr)
        return 2
    keys, folder = arguments
    records = read_keys(keys)
    good = True
    with tempfile.TemporaryDirectory() as work:
        paths = as_on_the_wire(folder, work)
        conf = os.path.join(work, "opendkim.conf")
        with open(conf, "w", encoding="utf-8") as stream:
            stream.write("Mode v\nSyslog no\nMinimumKeyBits 1024\nTestPublicKeys %s\n" % os.path.abspath(keys))
        mailauth = with_mailauth(paths, keys)
        for path in paths:
            with open(path, "rb") as stream:
                message = stream.read()
            found = signatures(message)
            by = {
                "dkimpy": with_dkimpy(message, len(found), records),
                "opendkim": with_opendkim(path, conf),
                "mailauth": mailauth.get(path, []),
                "h": ["pass" if found and all(signs_list_fields(s) for s in found) else "fail"],
            }
            for name, verdicts in by.items():
                print(os.path.basename(path), name, *(verdicts or ["none"]))
                expected = 1 if name == "h" else (want or max(1, len(found)))
                good = good and len(verdicts) == expected and set(verdicts) == {"pass"}
    return 0 if good and paths else 1


if __name__ == "__main__":
    sys.exit(main())
