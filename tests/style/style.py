#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""How the code is written, as far as a script can tell.

  style.py [DIR]     check the tree; lines "ok RULE" and "not ok RULE"
  style.py --self    each file of tests/style/broken must break the rule that
                     its name tells, and no other
"""
import os
import re
import subprocess
import sys

TOP = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))

# Most files and functions, and all of them.
FILE_MOST, FILE_ALL = 300, 400
FUNCTION_MOST, FUNCTION_ALL = 40, 60
COLUMNS_MOST, COLUMNS_ALL = 80, 84
PARAMETERS_MOST, PARAMETERS_ALL = 5, 8
NESTING = 3

# What breaks a rule for a reason.
EXCEPT = {
    ("ifdef", "lib/base/spawn.c"): "old headers lack close_range's number",
    ("ifdef", "verify/drop.c"): "old headers lack close_range's number",
}

BANNED = re.compile(r"(?<![\w>.])(strcpy|strcat|sprintf|vsprintf|strtok|"
                    r"strtok_r|atoi|atol|strtol|strtoul|alloca|gets|system|"
                    r"popen)\s*\(")

# A folder and what it may include besides itself.
BELOW = {
    "lib/base": [],
    "lib/token": ["lib/base"],
    "lib/ssh": ["lib/base"],
    "conf": ["lib/base", "lib/token"],
    "nss_nhi": ["lib/base"],
    "pam_nhi": ["lib/base"],
    "verify": ["lib/base", "lib/token", "lib/ssh", "conf"],
    "sshd_helper": ["lib/base", "lib/ssh"],
    "fetch": ["lib/base", "lib/token"],
    # Its read-only verbs ask the verifier's own ladder, under the caller's uid.
    "nhictl": ["lib/base", "lib/token", "lib/ssh", "conf", "verify"],
}
# Headers that would load a library into other people's processes.
HEAVY = re.compile(r"#\s*include\s*<(openssl/|json-c/|libconfig|curl/)")
LIGHT = ("lib/base", "nss_nhi", "pam_nhi")


def without_comments(text):
    """Comments and strings blanked, lines kept."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group(0))
    return re.sub(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])*'",
                  blank, text, flags=re.S)


class File:
    def __init__(self, path, name):
        self.path, self.name = path, name
        with open(path, encoding="utf-8") as f:
            self.text = f.read()
        self.lines = self.text.splitlines()
        self.code = without_comments(self.text).splitlines()

    def folder(self):
        return os.path.dirname(self.name)

    def functions(self):
        """(line of the opening brace, body lines, text of the head)."""
        head, start = [], None
        for number, line in enumerate(self.code):
            if start is None and line == "{":
                start = number
            elif start is not None and line.startswith("}"):
                yield start, self.code[start + 1:number], " ".join(head)
                head, start = [], None
            elif start is None:
                if not line.strip() or line.rstrip().endswith((";", "}")) or \
                        line.startswith("#"):
                    head = []
                else:
                    head.append(line)


def spdx(f):
    first = f.lines[:2] if f.lines and f.lines[0].startswith("#!") \
        else f.lines[:1]
    if not any("SPDX-License-Identifier: BSD-2-Clause" in s for s in first):
        yield 1, "no SPDX line"


def columns(f):
    for number, line in enumerate(f.lines, 1):
        if len(line.expandtabs(8)) > COLUMNS_ALL:
            yield number, "over %d columns" % COLUMNS_ALL
        if line != line.rstrip():
            yield number, "blanks at the end"


def is_test(f):
    """Tables of cases are long, and their walks are deep."""
    return f.name.startswith("tests/")


def size(f):
    if is_test(f):
        return
    if len(f.lines) > FILE_ALL:
        yield 1, "%d lines" % len(f.lines)


def function(f):
    if is_test(f):
        return
    for start, body, head in f.functions():
        if len(body) > FUNCTION_ALL:
            yield start, "a function of %d lines" % len(body)


def count_parameters(head):
    found = re.search(r"\((.*)\)[^()]*$", head)
    inner = re.sub(r"\([^()]*\)", "", found.group(1)) if found else ""
    return inner.count(",") + 1


def parameters(f):
    for start, _, head in f.functions():
        if count_parameters(head) > PARAMETERS_ALL:
            yield start, "more than %d parameters" % PARAMETERS_ALL


def nesting(f):
    if is_test(f):
        return
    for start, body, _ in f.functions():
        for number, line in enumerate(body, start + 2):
            depth = len(line) - len(line.lstrip("\t"))
            if depth > NESTING + 1 and line.strip() and \
                    not line.lstrip("\t").startswith("    "):
                yield number, "nested more than %d deep" % NESTING


def banned(f):
    if is_test(f):
        return
    for number, line in enumerate(f.code, 1):
        for found in BANNED.finditer(line):
            yield number, found.group(1)
        if re.search(r"(?<!\w)goto\s+\w", line):
            yield number, "goto"


def ifdef(f):
    for start, body, _ in f.functions():
        for number, line in enumerate(body, start + 2):
            if re.match(r"\s*#\s*(if|ifdef|ifndef|else)\b", line):
                yield number, "a condition of the preprocessor in a function"


def guard(f):
    """NHI_..._BUF_H for buf.h."""
    if not f.name.endswith(".h"):
        return
    base = re.sub(r"[^A-Z0-9]", "_", os.path.basename(f.name).upper())
    if not re.search(r"^#ifndef (NHI_\w*%s)\n#define \1\n" % base, f.text,
                     flags=re.M):
        yield 1, "no guard NHI_..._%s" % base


def layers(f):
    folder = f.folder()
    for number, line in enumerate(f.lines, 1):
        if folder in LIGHT and HEAVY.match(line):
            yield number, "a heavy library where only libc belongs"
        found = re.match(r'#include "((?:lib/)?[a-z_]+)/[^"]+"', line)
        if not found or folder not in BELOW:
            continue
        if found.group(1) != folder and found.group(1) not in BELOW[folder]:
            yield number, "%s includes from %s" % (folder, found.group(1))


def unfinished(f):
    for number, line in enumerate(f.lines, 1):
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield number, "unfinished"


C_RULES = [spdx, columns, size, function, parameters, nesting, banned, ifdef,
           guard, layers, unfinished]


def tracked(top):
    out = subprocess.run(["git", "-C", top, "ls-files", "-co",
                          "--exclude-standard"], stdout=subprocess.PIPE,
                         stderr=subprocess.DEVNULL, check=False)
    names = out.stdout.decode().split("\n")
    if out.returncode != 0:
        names = [os.path.relpath(os.path.join(base, name), top)
                 for base, _, files in os.walk(top) for name in files
                 if not os.path.relpath(base, top).startswith("build")]
    return sorted(n for n in set(names)
                  if n and os.path.isfile(os.path.join(top, n)))


def report(rule, faults):
    print("%s %s" % ("not ok" if faults else "ok", rule))
    for fault in faults:
        print("# " + fault)
    return len(faults)


def most(files):
    """The limits that nine in ten keep to."""
    functions = [(f.name, len(body), count_parameters(head))
                 for f in files if not is_test(f)
                 for _, body, head in f.functions()]
    code = [f for f in files if not is_test(f)]
    lines = [len(line.expandtabs(8)) for f in files for line in f.lines]
    counts = [
        ("files over %d lines" % FILE_MOST, 10,
         [len(f.lines) > FILE_MOST for f in code]),
        ("functions over %d lines" % FUNCTION_MOST, 10,
         [n > FUNCTION_MOST for _, n, _ in functions]),
        ("functions of over %d parameters" % PARAMETERS_MOST, 10,
         [n > PARAMETERS_MOST for _, _, n in functions]),
        ("lines over %d columns" % COLUMNS_MOST, 100,
         [n > COLUMNS_MOST for n in lines]),
    ]
    return ["more than one in %d: %s" % (share, what)
            for what, share, over in counts if sum(over) * share > len(over)]


def run_tool(argv):
    out = subprocess.run(argv, stdout=subprocess.PIPE,
                         stderr=subprocess.STDOUT, check=False)
    return out.stdout.decode().splitlines() if out.returncode != 0 else []


def scripts(top, names):
    for name in names:
        path = os.path.join(top, name)
        with open(path, "rb") as f:
            first = f.readline()
        if re.match(rb"#!\s*/(usr/)?bin/(env )?(ba|da)?sh\b", first) or \
                (name.endswith(".sh") and not name.endswith(".in")):
            yield path


def lone_headers(top, names):
    """Each header compiles alone (paths.h is made by the build)."""
    build = os.environ.get("BUILD", os.path.join(top, "build"))
    for name in names:
        if name.endswith(".h") and "/" in name:
            for line in run_tool(["gcc", "-fsyntax-only", "-D_GNU_SOURCE",
                                  "-std=gnu11", "-x", "c", "-I", top, "-I",
                                  build, "-include", "config.h",
                                  os.path.join(top, name)]):
                yield line


def check_tree(top):
    names = tracked(top)
    code = [File(os.path.join(top, n), n) for n in names
            if n.endswith((".c", ".h")) and not n.startswith("tests/style/")]
    bad = 0
    for rule in C_RULES:
        bad += report(rule.__name__, ["%s:%d: %s" % (f.name, n, text)
                                      for f in code for n, text in rule(f)
                                      if (rule.__name__, f.name)
                                      not in EXCEPT])
    bad += report("most", most(code))
    own = [n for n in names if not n.startswith("tests/style/broken/")]
    bad += report("headers", list(lone_headers(top, own)))
    bad += report("shellcheck", run_tool(
        ["shellcheck", "-x", "-S", "warning"] + list(scripts(top, own))))
    manuals = [os.path.join(top, n) for n in own if
               re.search(r"\.[1-8](\.in)?$", n)]
    bad += report("mandoc", run_tool(
        ["mandoc", "-Tlint", "-Wwarning"] + manuals) if manuals else [])
    return bad


def check_self():
    """A rule that finds nothing where there is something is no rule."""
    bad = 0
    broken = os.path.join(TOP, "tests", "style", "broken")
    seen = set()
    for name in sorted(os.listdir(broken)):
        want = name.split(".")[0]
        # As though it lay in pam_nhi, which has the most rules.
        f = File(os.path.join(broken, name), "pam_nhi/" + name)
        found = {r.__name__ for r in C_RULES if list(r(f))}
        seen.add(want)
        bad += report("finds " + want, [] if found == {want} else
                      ["%s: found %s" % (name, sorted(found))])
    missing = {r.__name__ for r in C_RULES} - seen
    return bad + report("every rule has a broken sample", sorted(missing))


def main():
    if sys.argv[1:] == ["--self"]:
        return check_self()
    return check_tree(os.path.abspath(sys.argv[1])
                      if len(sys.argv) > 1 else TOP)


sys.exit(1 if main() else 0)
