#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which lines the tests reach: coverage.py TOP BUILD

Reads what gcov makes of BUILD (configured with --coverage, tests run there).
The three folders that stand between a byte of a stranger and a decision are
held: 95 % of their lines together, and each line that is not reached has its
function and its reason in tests/coverage.md.
"""
import collections
import json
import os
import re
import subprocess
import sys

HELD = ("lib/token", "lib/ssh", "verify")
LEAST = 95.0
OTHERS = ("lib/base", "conf", "pam_nhi", "nss_nhi", "sshd_helper", "fetch",
          "nhictl")


def read(top, build):
    """{file: {line: [count, function]}}, over all objects made of a file."""
    files = collections.defaultdict(dict)
    notes = [os.path.join(at, name) for at, _, names in os.walk(build)
             for name in names if name.endswith(".gcno")]
    for i in range(0, len(notes), 64):
        out = subprocess.run(
            ["gcov", "--json-format", "--stdout"] + notes[i:i + 64],
            cwd=build, check=True, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL).stdout
        for text in out.splitlines():
            for one in json.loads(text)["files"]:
                path = os.path.realpath(os.path.join(build, one["file"]))
                name = os.path.relpath(path, top)
                add(files[name], one["lines"])
    return files


def add(lines, more):
    for line in more:
        seen = lines.setdefault(line["line_number"],
                                [0, line.get("function_name", "")])
        seen[0] += line["count"]


def folder(name, folders):
    return next((d for d in folders if os.path.dirname(name) == d), None)


def reached(lines):
    return sum(1 for count, _ in lines.values() if count > 0)


def table(files, folders):
    """Lines of the folders: (reached, all)."""
    good = total = 0
    for name in sorted(files):
        if folder(name, folders) is None or not name.endswith(".c"):
            continue
        n, of = reached(files[name]), len(files[name])
        print("%-36s %5d of %5d  %5.1f %%" % (name, n, of, 100.0 * n / of))
        good, total = good + n, total + of
    return good, total


def explained(top):
    """{(file, function)} of the rows of tests/coverage.md."""
    rows = set()
    with open(os.path.join(top, "tests/coverage.md")) as f:
        for line in f:
            m = re.match(r"\| `([^`]+)` \| `([^`]+)` \| (\S.*) \|$", line)
            if m:
                rows.add((m.group(1), m.group(2)))
    return rows


def gaps(files):
    """(file, function, [lines]) of what no test reaches."""
    for name in sorted(files):
        if folder(name, HELD) is None or not name.endswith(".c"):
            continue
        bare = collections.defaultdict(list)
        for number, (count, function) in sorted(files[name].items()):
            if count == 0:
                bare[function].append(number)
        for function, numbers in bare.items():
            yield name, function, numbers


def missing(files, rows):
    """Print what is not reached; the number of lines without a reason."""
    bare, used = 0, set()
    for name, function, numbers in gaps(files):
        used.add((name, function))
        why = (name, function) in rows
        bare += 0 if why else len(numbers)
        print("%s:%s: %s%s" % (name, ",".join(map(str, numbers)), function,
                               "" if why else ": NO REASON"))
    for name, function in sorted(rows - used):
        print("tests/coverage.md: %s %s: is reached" % (name, function))
    return bare


def main():
    top, build = map(os.path.realpath, sys.argv[1:3])
    files = read(top, build)
    print("== for information")
    table(files, OTHERS)
    print("== held")
    good, total = table(files, HELD)
    print("== lines that no test reaches")
    bare = missing(files, explained(top))
    share = 100.0 * good / total if total else 0.0
    print("coverage: %.2f %% of %d lines of %s; %d without a reason"
          % (share, total, ", ".join(HELD), bare))
    return 0 if share >= LEAST and bare == 0 else 1


if __name__ == "__main__":
    sys.exit(main())
