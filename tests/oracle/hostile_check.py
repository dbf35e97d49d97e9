#!/usr/bin/env python3
"""Reads every file of an output folder with Python's own readers, and holds the texts in it against those that may be
there: whole, in their place, and as nothing but texts.

    hostile_check.py OUT TEXTS.json

Exit 1 where anything is wrong. The last line says what was read.
"""
import csv
import html.parser
import json
import pathlib
import re
import sqlite3
import sys
import xml.etree.ElementTree
import zipfile

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
NUMBER = re.compile(r"-?\d+(\.\d+)?([eE]-?\d+)?\Z")
# What no text of XML can hold: a writer has to leave it out or to replace it.
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
csv.field_size_limit(1 << 30)


class Wrong(Exception):
    pass


def need(holds, what):
    if not holds:
        raise Wrong(what)


def whole(found, texts, where, at_least):
    """Texts that are found whole; so many must be."""
    hits = sum(text in found for text in texts)
    need(hits >= at_least, "%s: only %d of %d texts are whole; missing %r"
         % (where, hits, len(texts), [t[:40] for t in texts if t not in found][:4]))


def read_csv(path, texts):
    raw = path.read_bytes()
    need(not raw.startswith(b"\xff"), "it has a mark of order")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, strict=True))
    need(rows and all(len(r) == len(rows[0]) for r in rows), "its rows differ in length")
    cells = set()
    for row in rows[2:]:
        for cell in row:
            need(NUMBER.match(cell) or not cell.startswith(FORMULA), "a cell runs: %r" % cell[:60])
            cells.add(cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell)
    return cells


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for v in value:
            yield from strings(v)
    elif isinstance(value, dict):
        for k, v in value.items():
            yield k
            yield from strings(v)


def no_constant(name):
    raise Wrong("it has the number %s" % name)


def read_json(text):
    need(not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", text), "it has control characters as such")
    return set(strings(json.loads(text, parse_constant=no_constant)))


def parse_xml(data):
    need(b"<!ENTITY" not in data and data.count(b"<!DOCTYPE") <= data.startswith(b"<!DOCTYPE qgis"), "it declares entities")
    return xml.etree.ElementTree.fromstring(data)


def read_xlsx(path):
    found = set()
    with zipfile.ZipFile(path) as book:
        need(book.testzip() is None, "a part is damaged")
        for name in book.namelist():
            need(re.match(r"[\w\[\]./ -]+\Z", name) and ".." not in name and not name.startswith("/"), "a part is " + name)
            need("external" not in name.lower() and "vba" not in name.lower(), "a part is " + name)
            tree = parse_xml(book.read(name))
            for element in tree.iter():
                tag = element.tag.rsplit("}", 1)[-1]
                need(tag not in ("f", "hyperlink", "ddeLink", "oleObject"), "%s has an element %s" % (name, tag))
                for value in [element.text] + list(element.attrib.values()):
                    if value:
                        found.add(re.sub("_x([0-9A-Fa-f]{4})_", lambda m: chr(int(m[1], 16)), value))
    return found


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.tags, self.scripts, self.kind, self.events = {}, [], None, []

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.events += [k for k, v in attrs if k.startswith("on") or "javascript:" in (v or "")]
        if tag == "script":
            self.kind = dict(attrs).get("type")
            self.scripts.append((self.kind, ""))

    def handle_data(self, data):
        if self.kind is not None or self.scripts and self.cdata_elem == "script":
            kind, text = self.scripts[-1]
            self.scripts[-1] = (kind, text + data)

    def handle_endtag(self, tag):
        if tag == "script":
            self.kind = None


def read_page(path):
    page, text = Page(), path.read_text(encoding="utf-8")
    page.feed(text)
    page.close()
    need(not page.events, "it has %r" % page.events[:3])
    for tag in ("img", "iframe", "object", "embed", "link", "base", "form"):
        need(tag not in page.tags, "it has an element " + tag)
    need("Content-Security-Policy" in text, "it has no policy")
    found, data = set(), 0
    for kind, script in page.scripts:
        if kind == "application/json":
            need(not re.search("[<>&\u2028\u2029]", script), "its data hold markup")
            found |= set(strings(json.loads(script, parse_constant=no_constant)))
            data += 1
    need(data > 0 and page.tags["script"] == len(page.scripts), "its scripts are broken up")
    return found


def read_gpkg(path):
    found = set()
    base = sqlite3.connect("file:%s?mode=ro&immutable=1" % str(path).replace("?", "%3f"), uri=True)
    need(base.execute("PRAGMA integrity_check").fetchone() == ("ok",), "it is damaged")
    names = [n for n, in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    need({"districts", "zones", "records"} <= set(names), "tables are missing: %r" % names)
    need(all(re.match(r"\w+\Z", n) for n in names), "a table is called by a text: %r" % names)
    need(not base.execute("SELECT 1 FROM sqlite_master WHERE type = 'view'").fetchone(), "it has views")
    for name in names:
        for row in base.execute('SELECT * FROM "%s"' % name):
            found |= {v for v in row if isinstance(v, str)}
    return found


def main():
    out, texts = pathlib.Path(sys.argv[1]), json.load(open(sys.argv[2], encoding="utf-8"))
    # Texts of XML are those that XML can hold.
    of_xml = [t for t in texts if not NOT_XML.search(t) and "\r" not in t]
    seen, wrong, hostile = [], [], False
    for path in sorted(out.iterdir()):
        try:
            kind = path.suffix
            if kind == ".csv":
                found, wanted = read_csv(path, texts), texts
            elif kind in (".json", ".geojson"):
                found, wanted = read_json(path.read_text(encoding="utf-8")), texts
            elif kind == ".xlsx":
                found, wanted = read_xlsx(path), of_xml
            elif kind == ".html":
                found, wanted = read_page(path), texts
            elif kind == ".gpkg":
                found, wanted = read_gpkg(path), texts
            elif kind == ".qgs":
                parse_xml(path.read_bytes())
                found, wanted = set(), []
            elif kind == ".parquet":
                data = path.read_bytes()
                need(data[:4] == b"PAR1" == data[-4:], "it is no Parquet file")
                found, wanted = {t for t in texts if t.encode() in data}, []
            elif kind == ".fgb":
                need(path.read_bytes()[:3] == b"fgb", "it is no FlatGeobuf")
                found, wanted = set(), []
            else:
                raise Wrong("nothing is known of such a file")
            # The folder of a survey whose records bear these texts must show them; others show none.
            if path.name in ("records.csv", "districts.geojson"):
                hostile |= len(set(texts) & found) > 1
            seen.append((path.name, found, wanted))
        except Wrong as e:
            wrong.append("%s: %s" % (path.name, e))
        except Exception as e:
            wrong.append("%s: %s: %s" % (path.name, type(e).__name__, e))
    must = {"records.csv", "districts.csv", "zones.csv", "districts.geojson", "zones.geojson", "tables.xlsx", "report.html",
            "remnant.gpkg"}
    for name, found, wanted in seen:
        if hostile and name in must:
            # One text may be cut where a format or a table has a limit: the long one.
            try:
                whole(found, wanted, name, len(wanted) - 1)
            except Wrong as e:
                wrong.append(str(e))
    for line in wrong:
        print("WRONG", line)
    print("%d files read, %d texts each, %d wrong" % (len(seen), len(texts), len(wrong)))
    return 1 if wrong or not seen else 0


if __name__ == "__main__":
    sys.exit(main())
