#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What doc/conformance.md and SECURITY.md name as a test exists.

The last cell of a row of the former, and of the table of attackers in the
latter, holds in backticks and parted by commas
    corpus: PATTERN             cases of tests/vectors/make_tokens.py
    unit/test_FILE: FUNCTION    a test of tests/unit/test_FILE.c that is run
    e2e/NAME                    the script tests/e2e/NAME.sh
or begins with "n/a", and says why.  Runs in the build directory.
"""
import fnmatch
import glob
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
        re.search(r"(cmocka_unit_test(_\w+)?|TEMP_TEST)\(%s\b" % m[2],
                  read(path)) and \
        any(re.search(r"tests/unit/%s\b" % m[1], read(f)) for f in
            glob.glob(os.path.join(SRC, "tests", "unit", "*.am")))


def rows(text):
    for number, line in enumerate(text.splitlines(), 1):
        cells = [c.strip() for c in re.split(r"(?<!\\)\|", line)[1:-1]]
        if len(cells) == 4 and re.match(r"RFC \d+ ", cells[0]):
            yield number, cells
        elif line.startswith("| RFC "):
            yield number, None


def attackers(text):
    """Number and cells of each row whose last cell names tests."""
    for number, line in enumerate(text.splitlines(), 1):
        cells = [c.strip() for c in line.split("|")[1:-1]]
        if len(cells) == 4 and cells[3] not in ("---", "shown by"):
            yield number, cells


def check_security(names):
    faults, n = [], 0
    for number, cells in attackers(read(SRC, "SECURITY.md")):
        tests = re.findall(r"`([^`]+)`", cells[3])
        n += len(tests)
        faults += ["SECURITY.md:%d: there is no %s" % (number, t)
                   for t in tests if not exists(t, names)]
        if not tests:
            faults.append("SECURITY.md:%d: no test" % number)
    return faults if n else ["SECURITY.md: no attackers"]


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
    faults += check_security(names)
    for fault in faults:
        print(fault)
    print("%d clauses, %d tests named" % (len(clauses), cited))
    return 1 if faults or cited == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
