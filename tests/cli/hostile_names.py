#!/usr/bin/env python3
"""Names that try to get out of where they stand: `make` prints a profile for make_profile.py, `check`
reads every format that was written of it and says what is wrong. Written files are named in FILES."""
import gzip
import html.parser
import json
import re
import sys
import xml.dom.minidom

NAMES = [
    b"</script><script>said.push(1)</script>&\"'\\",
    b"</title></svg><img src=x onerror=said.push(2)>]]>--><!--",
    b"control \x01\x07\x08\x1b[31mred\x7f\x9b",
    b"not utf-8 \xff\xfe \xc3( \xed\xa0\x80 \xf8\x88\x80\x80\x80",
    b"not xml \xef\xbf\xbe\xef\xbf\xbf",
    b"right \xe2\x80\xae to left \xe2\x81\xa6 and \xe2\x80\x8f",
    b"semi;colon;{{7*7}}%s%n${x}`x`",
    b"long::" + b"very_long_" * 10000 + b"end",
]
# What no format may show as it is: controls, and marks that turn text around.
BAD = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def make():
    out = sys.stdout.buffer
    out.write(b"meta event.0.name cpu-clock\nmeta event.0.unit ns\n")
    out.write(b"meta command " + b" ".join(NAMES[:6]) + b"\nmodule jit [jit]\n")
    for i, name in enumerate(NAMES):
        comm = name[:200].replace(b" ", b"_")  # one word, for make_profile.py
        out.write(b"thread %d %d %s %s\n" % (i + 1, i + 1, comm, comm))
        out.write(b"symbol 0 %x 100 %s\n" % (0x1000 * (i + 1), name))
    for i in range(len(NAMES)):
        frames = [b"0+%x" % (0x1000 * (k % len(NAMES) + 1) + 0x50) for k in range(i, i + 4)]
        out.write(b"row %d %d 0 1000000 %s\n" % (1000 * i, i, b" ".join(frames)))


def strings(value):
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from strings(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings(item)


def complain(where, texts):
    for text in texts:
        bad = BAD.search(text)
        if bad:
            print(f"{where}: {bad[0]!r} in {text[max(0, bad.start() - 20):bad.end() + 5]!r}")


def check_json(path):
    with open(path, encoding="utf-8") as f:  # strict
        complain(path, strings(json.load(f)))


def check_svg(path):
    document = xml.dom.minidom.parse(path)
    tags = sorted({e.tagName for e in document.getElementsByTagName("*")})
    print(f"{path}: {' '.join(tags)}; {len(document.getElementsByTagName('script'))} script")
    complain(path, [node.data for e in document.getElementsByTagName("*") if e.tagName != "script"
                    for node in e.childNodes if node.nodeType == node.TEXT_NODE])


class Tags(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.events, self.text, self.data, self.inside = {}, [], [], "", None

    def handle_starttag(self, tag, attrs):
        self.tags[tag] = self.tags.get(tag, 0) + 1
        self.events += [key for key, _ in attrs if key.startswith("on")]
        self.inside = dict(attrs).get("id") if tag == "script" else None

    def handle_data(self, data):
        if self.inside == "data":
            self.data += data
        elif self.lasttag != "script":
            self.text.append(data)


def check_html(path):
    page = Tags()
    with open(path, encoding="utf-8") as f:
        page.feed(f.read())
    print(f"{path}: {page.tags.get('script', 0)} scripts, {page.tags.get('img', 0)} images, "
          f"{len(page.events)} handlers")
    complain(path, page.text)
    if page.data:
        complain(path, strings(json.loads(page.data)))


def check_pprof(path):
    with gzip.open(path) as f:
        data, at, table = f.read(), 0, []

    def varint():
        nonlocal at
        value = shift = 0
        while True:
            value |= (data[at] & 127) << shift
            shift, at = shift + 7, at + 1
            if data[at - 1] < 128:
                return value
    while at < len(data):
        key = varint()
        size = varint()
        if key & 7 == 2:
            if key >> 3 == 6:
                table.append(data[at:at + size].decode())  # strict: protobuf strings are UTF-8
            at += size
    complain(path, table)


def check_text(path):
    with open(path, encoding="utf-8") as f:
        text = f.read()
    complain(path, text.split("\n"))
    if path.endswith("folded"):
        counts = [line.rsplit(" ", 1) for line in text.splitlines()]
        print(f"{path}: {len(counts)} stacks of {sorted({c[0].count(';') for c in counts})} semicolons")


CHECKS = {"json": check_json, "svg": check_svg, "html": check_html, "gz": check_pprof}

if sys.argv[1] == "make":
    make()
elif sys.argv[1] == "first":
    print(NAMES[0].decode())
else:
    for name in sys.argv[2:]:
        CHECKS.get(name.rsplit(".", 1)[1], check_text)(name)
