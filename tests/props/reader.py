#!/usr/bin/env python3
"""
reader.py FOLDER: what Python's email package sees in the copies that corpusprops -o
has kept, as a reader of mail would:

  tree   the MIME tree of copy and post is the same, but for the list's own parts, a
         multipart/mixed around all, and what the list takes out
  text   the text that is shown is the old one with header text and footer around it

D2PEER, where set, is the command of another implementation of DKIM2, called as
"verify --dns KEYS --mf A --rt A --now T FILE", "undo --to M FILE" and "hash --json -":
it must pass about SAMPLE (default 300) of the copies that have DKIM2, evenly spread,
and undo those that go on with a chain to what came.

Prints each difference, then counts. Exits 1 when there was one.
"""
import collections
import email
import email.errors
import email.policy
import html
import json
import os
import quopri
import re
import subprocess
import sys

NOW = "1795800000"
FOOT = "-------- The list, https://lists.example/"
UMLAUTS = "-- Gr\u00fc\u00dfe aus K\u00f6ln \u20ac"
# Of each list: header text and footer, as a reader sees them; then as HTML, if other.
TEXTS = {
    "usual": ("", FOOT), "tag-first": ("", UMLAUTS), "tag-after": ("Above all: dev", ""),
    "both-texts": ("Oben: \u00e4\u00f6\u00fc", UMLAUTS), "in-place": ("Above", FOOT),
    "html-forms": ("", FOOT, "", "The list"), "leave": ("", FOOT), "reply-list": ("", FOOT),
    "reply-author": ("", ""), "reply-address": ("", ""), "per-author": ("", FOOT),
    "headers": ("", ""), "none": ("", ""), "fields": ("", ""), "drop-html": ("", FOOT),
    "no-images": ("", FOOT), "anonymous": ("", FOOT), "seal": ("", UMLAUTS),
}
TAKEN = {"drop-html": "text/html", "no-images": "image/"}
counts = collections.Counter()


def squeeze(text):
    return " ".join(text.replace("\0", " ").split())


def parse(path):
    with open(path, "rb") as f:
        return email.message_from_bytes(f.read(), policy=email.policy.compat32)


def octets(part):
    """Of a leaf, decoded; line ends at the end do not count: they belong to the boundary."""
    payload = part.get_payload(decode=True)
    if payload is None:
        payload = str(part.get_payload()).encode("utf-8", "surrogateescape")
    return payload.rstrip(b"\r\n")


def text_of(part):
    charset = part.get_content_charset("utf-8") if part.get_content_charset() else "utf-8"
    data = octets(part)
    try:
        text = data.decode(charset)
    except (LookupError, UnicodeError, ValueError):
        text = data.decode("latin-1")
    if part.get_content_type() == "text/html":
        text = re.sub(r"(?is)<(style|script|title)\b.*?</\1\s*>", " ", text)
        text = html.unescape(re.sub(r"(?s)<!--.*?-->|<[^>]*>", " ", text))
    return squeeze(text)


def children(part):
    payload = part.get_payload()
    return payload if part.is_multipart() and isinstance(payload, list) else None


class Difference(Exception):
    pass


class Compare:
    def __init__(self, config):
        texts = TEXTS[config]
        self.above, self.below = texts[:2]
        self.html = texts[2:] or texts[:2]
        self.taken = TAKEN.get(config)
        self.shown = 0  # notes found, in text or beside it

    def is_note(self, part):
        if part.get_content_maintype() != "text" or children(part) is not None:
            return False
        return text_of(part) in [t for t in self.texts(part) if t]

    def texts(self, part):
        return self.html if part.get_content_type() == "text/html" else (self.above, self.below)

    def around(self, old, part):
        above, below = self.texts(part)
        return squeeze(" ".join((above, old, below)))

    def leaf(self, before, after):
        if octets(before) == octets(after):
            return
        if before.get_content_maintype() != "text":
            raise Difference("part %s changed" % before.get_content_type())
        old, new = text_of(before), text_of(after)
        if new == self.around(old, after):
            self.shown += 1
            return
        if new == old:
            return
        raise Difference("text %r became %r" % (old[-200:], new[-300:]))

    def tree(self, before, after):
        old, new = children(before), children(after)
        same_type = before.get_content_type() == after.get_content_type()
        if old is None and new is None and same_type:
            return self.leaf(before, after)
        if new is not None and old is not None and same_type:
            kept = new
            if len(new) != len(old) and after.get_content_type() == "multipart/mixed":
                kept = self.without_notes(new, len(old))
            if len(kept) == len(old):
                for a, b in zip(old, kept):
                    self.tree(a, b)
                return None
        if new is not None and after.get_content_type() == "multipart/mixed":
            kept = self.without_notes(new, 1)
            if len(kept) == 1 and len(new) > 1:
                return self.tree(before, kept[0])
        raise Difference("%s %s became %s %s" % (
            before.get_content_type(), old and [p.get_content_type() for p in old],
            after.get_content_type(), new and [p.get_content_type() for p in new]))

    def without_notes(self, parts, wanted):
        parts = list(parts)
        if len(parts) > wanted and self.above and self.is_note(parts[0]):
            self.shown += 1
            parts = parts[1:]
        if len(parts) > wanted and self.below and self.is_note(parts[-1]):
            self.shown += 1
            parts = parts[:-1]
        return parts

    def less(self, before, after):
        """Some parts are gone: what is there was there, or is a note, or stands for one."""
        def leaves(m):
            return [p for p in m.walk() if children(p) is None]
        old = [octets(p) for p in leaves(before)]
        for part in leaves(after):
            kind = part.get_content_type()
            if kind.startswith(self.taken) and octets(part) and self.taken == "image/":
                raise Difference("%s is still there" % kind)
            if octets(part) in old or self.is_note(part):
                continue
            new = text_of(part)
            if new in [text_of(p) for p in leaves(before)]:
                continue
            if any(new == self.around(text_of(p), part)
                   for p in leaves(before) if p.get_content_maintype() == "text"):
                self.shown += 1
            elif not (kind == "text/plain" and "removed" in new):
                raise Difference("new %s: %r" % (kind, new[:200]))


def body_of(path):
    with open(path, "rb") as f:
        return f.read().partition(b"\r\n\r\n")[2].rstrip(b"\r\n")


def inserted(c, old, new):
    """Nothing but the texts of the list has come in, in at most two places?"""
    first = last = 0
    while first < len(old) and first < len(new) and old[first] == new[first]:
        first += 1
    while last < len(old) - first and last < len(new) - first and old[-1 - last] == new[-1 - last]:
        last += 1
    middle = b"\n".join(old[first:len(old) - last])
    between = b"\n".join(new[first:len(new) - last])
    text = squeeze(quopri.decodestring(between).decode("utf-8", "replace"))
    return middle in between and c.above in text and c.below in text


def whole(c, stem, after):
    """Is all that was there, as it was, between the list's parts, whatever Python makes of it?"""
    # A bare CR and a NUL go nowhere, whatever a list changes.
    old = re.sub(rb"\0|\r(?!\n)", b" ", body_of(stem + ".before"))
    new = body_of(stem + ".after")
    if old.rstrip() == new.rstrip():
        return True
    if inserted(c, old.splitlines(), new.splitlines()):
        return True
    parts = children(after) or []
    return (after.get_content_type() == "multipart/mixed" and
            len(c.without_notes(parts, 1)) == 1 and old in new)


def reader(stem, config):
    before, after = parse(stem + ".before"), parse(stem + ".after")
    # Where Python ends the header at a line that Ladle takes for a field there is no common
    # ground: what is below is one text to it.
    for defect in before.defects:
        if isinstance(defect, email.errors.MissingHeaderBodySeparatorDefect):
            counts["with a header that Python ends earlier"] += 1
            return
    c = Compare(config)
    try:
        c.tree(before, after)
    except Difference:
        if whole(c, stem, after):
            counts["of which Python makes other parts, bytes compared"] += 1
        elif c.taken:
            c.less(before, after)
        else:
            raise
    counts["trees"] += 1
    counts["with texts"] += c.shown > 0


def keys(folder):
    with open(os.path.join(folder, "keys"), encoding="ascii") as f:
        return [line.rstrip("\n").split("\t") for line in f]


def peer_keys(folder, stem, out):
    """The author's key is at whatever domain signs with his selector."""
    with open(stem + ".after", "rb") as f:
        domains = {d.decode("utf-8", "replace") for d in re.findall(
            rb"d=([^;\s]+);", re.sub(rb"\r\n[ \t]+", b" ", f.read().split(b"\r\n\r\n")[0]))}
    with open(out, "w", encoding="utf-8") as f:
        for name, record in keys(folder):
            names = [name + d for d in domains] if name.endswith(".") else [name]
            f.writelines("%s\t%s\n" % (n, record) for n in names)


def peer_hash(program, message):
    run = subprocess.run([program, "hash", "--json", "-"], input=message, capture_output=True,
                         check=False)
    return run.stdout


def peer(program, folder, stem, mode):
    dns = os.path.join(folder, "peer.dns")
    peer_keys(folder, stem, dns)
    run = subprocess.run(
        [program, "verify", "--dns", dns, "--mf", "dev+b-token@lists.example", "--rt",
         "dev@lists.example", "--now", NOW, stem + ".after"],
        capture_output=True, check=False)
    try:
        found = json.loads(run.stdout)
    except ValueError:
        raise Difference("d2peer: %r %r" % (run.stdout[:200], run.stderr[:200]))
    if "From is not authentic" in str(found["error"]) and any("_" in h["d"] for h in found["hops"]):
        # It reads no address whose domain has an underscore (RFC 5322 3.4.1 allows one).
        counts["peer knows no _ in a domain"] += 1
        return
    counts["peer " + found["result"]] += 1
    if found["result"] != "pass":
        raise Difference("d2peer: %s: %s" % (found["result"], found["error"]))
    recipes = [i["m"] for i in found["instances"] if i["recipe"] is not None]
    if mode == "continue" and recipes:  # it knows no way before m=1
        undone = subprocess.run([program, "undo", "--to", str(max(recipes) - 1), stem + ".after"],
                                capture_output=True, check=False)
        with open(stem + ".before", "rb") as f:
            received = f.read()
        if peer_hash(program, undone.stdout) != peer_hash(program, received):
            raise Difference("d2peer undoes it to something else: %r" % undone.stderr[:200])
        counts["peer undone"] += 1


def attempt(failures, row, what, check, *arguments):
    try:
        check(*arguments)
    except Difference as difference:
        failures.append("%s %s" % (what, " ".join(row[:3])))
        print("FAILED %s: %s: %s" % (what, " ".join(row), difference))


def main(folder):
    with open(os.path.join(folder, "index"), encoding="utf-8", errors="surrogateescape") as f:
        rows = [line.rstrip("\n").split("\t") for line in f]
    failures = []
    for row in rows:
        attempt(failures, row, "reader", reader, os.path.join(folder, row[0]), row[1])
    program = os.environ.get("D2PEER")
    chains = [row for row in rows if row[3] != "plain"]
    sample = int(os.environ.get("SAMPLE", "300"))
    for row in chains[::max(1, len(chains) // sample)] if program else []:
        attempt(failures, row, "peer", peer, program, folder,
                os.path.join(folder, row[0]), row[3])
    if not program:
        print("skipped: the other implementation (D2PEER is not set)")
    print("reader: %d copies, %s, %d failures" % (
        len(rows), ", ".join("%d %s" % (n, what) for what, n in sorted(counts.items())),
        len(failures)))
    return 1 if failures or not rows else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
