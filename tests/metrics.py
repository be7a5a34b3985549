#!/usr/bin/python3
# A strict reader of the Prometheus text format, for prom_test.sh.
#
# usage: metrics.py FILE        NAME VALUE LABEL=VALUE... of each sample, names as JSON strings;
#                               status 1 and why if FILE is not as the format and topmem's manual say
#
# SPDX-License-Identifier: 0BSD

import json
import re
import sys

SAMPLE = re.compile(r"([a-z_:][a-z0-9_:]*)(?:\{(.*)\})? (\S+)")
LABEL = re.compile(r'([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)')
VALUE = re.compile(r"-?[0-9]+(\.[0-9]+)?(e-?[0-9]+)?")
ESCAPES = {"\\\\": "\\", '\\"': '"', "\\n": "\n"}


def labels(text):
    """[(name, value)...] of what stands between the braces"""
    found = []
    while text:
        match = LABEL.match(text)
        if not match or match[3] == "," and match.end() == len(text):
            raise ValueError("labels: " + text)
        found.append((match[1], re.sub(r"\\.", lambda escape: ESCAPES[escape[0]], match[2])))
        text = text[match.end() :]
    if len(dict(found)) < len(found):
        raise ValueError("a label twice")
    return found


def samples(data):
    """(name, labels, value) of each, in order; the lines of a metric stand together"""
    told = set()
    current = typed = None
    if not data.endswith(b"\n"):
        raise ValueError("the last line is not whole")
    for line in data.decode("utf-8", "strict")[:-1].split("\n"):
        if any(char < " " or "\x7f" <= char < "\xa0" for char in line):
            raise ValueError("control characters: %r" % line)
        match = re.fullmatch(r"# HELP (\S+) (\S.*)", line)
        if match:
            if match[1] in told:
                raise ValueError("not all together: " + match[1])
            current, typed = match[1], None
            told.add(current)
            continue
        match = re.fullmatch(r"# TYPE (\S+) gauge", line)
        if match:
            if typed or match[1] != current:
                raise ValueError("out of place: " + line)
            typed = current
            continue
        match = SAMPLE.fullmatch(line)
        if not match or not VALUE.fullmatch(match[3]):
            raise ValueError("no sample: " + line)
        if match[1] != typed:
            raise ValueError("not of %s: %s" % (typed, line))
        yield match[1], labels(match[2] or ""), match[3]


def main(path):
    seen = set()
    for name, found, value in samples(open(path, "rb").read()):
        key = (name, tuple(sorted(found)))
        if key in seen:
            raise ValueError("twice: %s %s" % key)
        seen.add(key)
        if name.endswith("_bytes") and not re.fullmatch("-?[0-9]+", value):
            raise ValueError("no whole number: %s %s" % (name, value))
        print(name, value, *(label + "=" + json.dumps(text) for label, text in found))


try:
    main(sys.argv[1])
except ValueError as why:
    sys.exit(str(why)[:1000])
