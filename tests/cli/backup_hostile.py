"""backup_hostile.py ARCHIVE FOLDER - from a backup's archive (tar), others that must be refused or told: one file each, named by what is wrong."""
import hashlib
import io
import json
import sqlite3
import sys
import tarfile

source, folder = sys.argv[1:3]
with tarfile.open(source) as tar:
    files = [(m.name, tar.extractfile(m).read()) for m in tar.getmembers()]
manifest = json.loads(files[0][1])
files = files[1:]
store = manifest["store"]


def write(name, files, change=None, first=None, after=b"", info=None, listed=True):
    m = json.loads(json.dumps(manifest))
    if listed:
        m["files"] = [{"name": n, "size": len(d), "sha256": hashlib.sha256(d).hexdigest()} for n, d in files]
    if change:
        change(m)
    head = first if first is not None else json.dumps(m).encode()
    with open(f"{folder}/{name}", "wb") as out:
        with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
            for n, d in [("manifest.json", head)] + files:
                i = tarfile.TarInfo(n)
                i.size, i.mode = len(d), 0o640
                if info:
                    info(i)
                tar.addfile(i, io.BytesIO(d) if i.isreg() else None)
            end = tar.offset
        out.truncate(end)
        out.seek(end)
        out.write(b"\0" * 1024 + after)


def changed_store(sql):
    path = f"{folder}/.db"
    with open(path, "wb") as f:
        f.write(dict(files)[store])
    db = sqlite3.connect(path)
    db.execute("PRAGMA journal_mode = DELETE")
    db.executescript(sql)
    db.close()
    with open(path, "rb") as f:
        data = f.read()
    return [(n, data if n == store else d) for n, d in files]


def with_file(name, data=b"x"):
    return [(name, data)] + files


def as_link(i):
    if i.name == "evil":
        i.type, i.linkname, i.size = tarfile.SYMTYPE, "/etc/passwd", 0


def with_text(name, change):
    return [(n, change(d) if n == name else d) for n, d in files]


write("good", files)
write("no-names", files, lambda m: [m.pop(k) for k in ("host", "site")])
write("absolute", with_file("/tmp/evil-of-newsletter"))
write("dots", with_file("../evil-of-newsletter"))
write("dots-inside", with_file("keys/../../evil-of-newsletter"))
write("link", with_file("evil", b""), info=as_link)
write("twice", with_file("newsletter.conf"))
write("below-a-file", [("evil", b"x"), ("evil/evil", b"x")] + files)
write("more-than-listed", with_file("evil"), listed=False)
write("less-than-listed", files[1:], listed=False)
write("another-hash", files, lambda m: m["files"][0].update(sha256="00" * 32))
write("another-size", files, lambda m: m["files"][0].update(size=1))
write("negative-size", files, lambda m: m["files"][0].update(size=-1))
write("too-large", files, lambda m: m["files"][0].update(size=1 << 45))
write("no-room", files, lambda m: m["files"][-1].update(size=1 << 49))
write("after-the-end", files, after=b"x")
write("no-manifest", files[1:], first=files[0][1])
write("deep-manifest", files, first=b'{"a":' * 100000)
write("large-manifest", files, first=b"{" + b" " * 1048577 + b"}")
write("no-store", [f for f in files if f[0] != store])
write("no-link-key", [f for f in files if "link-" not in f[0]])
write("no-suppression-key", [f for f in files if "suppression" not in f[0]])
write("another-suppression-key", with_text("keys/suppression.key", lambda d: b"00" * 32 + b"\n"))
write("another-format", files, lambda m: m.update(format=2))
write("newer", files, lambda m: m.update(store_version=99))
write("newer-in-the-store", changed_store("PRAGMA user_version = 99"))
write("counts", files, lambda m: m["counts"].update(subscribers=7))
write("store-elsewhere", with_text("newsletter.conf", lambda d: d + b"\n[store]\npath = /etc/evil.db\n"))
write("keys-elsewhere", with_text("newsletter.conf", lambda d: d + b"\n[store]\nkeys = ../../keys\n"))
write("outbox-elsewhere", with_text("newsletter.conf", lambda d: d + b"\n[store]\noutbox = /tmp/evil-of-newsletter\n"))
write("conf-wrong", with_text("newsletter.conf", lambda d: d + b"\n[nonsense]\na = b\n"))
write("another-database", changed_store("PRAGMA application_id = 1"))
data = dict(files)[store]
broken = bytearray(data)
broken[8192:8192 + 512] = b"\xa5" * 512
write("broken-store", [(n, bytes(broken) if n == store else d) for n, d in files])
with open(f"{folder}/not-an-archive", "wb") as f:
    f.write(b"hello" * 1000)
with open(f"{folder}/empty", "wb") as f:
    pass
