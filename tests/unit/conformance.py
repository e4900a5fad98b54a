#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each row of the tables in doc/conformance.md names tests that exist.

The last cell of a row holds, in backticks and parted by commas,
    corpus: PATTERN             cases of tests/vectors/make_tokens.py
    unit/test_FILE: FUNCTION    a test of tests/unit/test_FILE.c that is run
    e2e/NAME                    the script tests/e2e/NAME.sh
or begins with "n/a", and says why.  Runs in the build directory.
"""
import fnmatch
import os
import re
import sys

SRC = os.environ.get("srcdir") or os.path.join(os.path.dirname(__file__),
                                               "..", "..")
# All that RFC 8725 recommends, and what each standard must not lack.
NEEDED = ["RFC 8725 3.%d" % n for n in range(1, 13)] + [
    "RFC 7515 4.1.11", "RFC 7515 5.2", "RFC 7515 7.1", "RFC 7519 2",
    "RFC 7519 4.1.3", "RFC 7519 4.1.4", "RFC 7519 4.1.5", "RFC 7519 7.2",
    "RFC 7517 4.2", "RFC 7517 5", "RFC 7518 3.3", "RFC 7518 3.4",
    "RFC 8037 2", "RFC 7797 7"]


def read(*path):
    with open(os.path.join(*path), encoding="utf-8") as f:
        return f.read()


def corpus():
    return [line.split("\t")[0]
            for line in read("tests", "vectors", "tokens.txt").splitlines()]


def exists(name, names):
    if name.startswith("corpus: "):
        return bool(fnmatch.filter(names, name[len("corpus: "):]))
    if name.startswith("e2e/"):
        return os.access(os.path.join(SRC, "tests", name + ".sh"), os.X_OK)
    m = re.fullmatch(r"unit/(test_\w+): (test_\w+)", name)
    if not m:
        return False
    path = os.path.join(SRC, "tests", "unit", m[1] + ".c")
    return os.path.exists(path) and \
        "cmocka_unit_test(%s)" % m[2] in read(path) and \
        "tests/unit/%s " % m[1] in read(SRC, "tests", "unit", "token.am")


def rows(text):
    for number, line in enumerate(text.splitlines(), 1):
        cells = [c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and re.match(r"RFC \d+ ", cells[0]):
            yield number, cells
        elif line.startswith("| RFC "):
            yield number, None


def main():
    names, faults, clauses, cited = corpus(), [], set(), 0
    for number, cells in rows(read(SRC, "doc", "conformance.md")):
        if cells is None:
            faults.append("line %d: not four cells" % number)
            continue
        clauses.add(cells[0])
        tests = re.findall(r"`([^`]+)`", cells[3])
        if not tests and not re.match(r"n/a: .", cells[3]):
            faults.append("line %d: no test and no reason" % number)
        cited += len(tests)
        faults += ["line %d: there is no %s" % (number, t)
                   for t in tests if not exists(t, names)]
    faults += ["%s is missing" % c for c in NEEDED if c not in clauses]
    for fault in faults:
        print(fault)
    print("%d clauses, %d tests named" % (len(clauses), cited))
    return 1 if faults or cited == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
