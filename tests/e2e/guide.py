#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Runs the commands of doc/guide.md and compares their answers.

  guide.py GUIDE ROOT-DIR JOB-COMMAND...
      "# " commands are run by bash in ROOT-DIR; "$ " commands are standard
      input of JOB-COMMAND, with variables that hold as long as they run.

In an answer "..." stands for anything in a line, and alone in a line for any
lines; a last line [N] is the exit status.  No answer at all means that none is
wanted; what a command says is then not looked at.
"""
import re
import subprocess
import sys
import time

GUIDE, WHERE, *JOB = sys.argv[1:]


def blocks(text):
    return re.findall(r"^```console\n(.*?)^```$", text, flags=re.S | re.M)


def steps(block):
    """(prompt, command, answer lines)"""
    lines, i, out = block.splitlines(), 0, []
    while i < len(lines):
        prompt, command = lines[i][0], [lines[i][2:]]
        assert lines[i][:2] in ("# ", "$ "), lines[i]
        i += 1
        if "<< 'END'" in command[0]:
            while command[-1] != "END":
                command.append(lines[i])
                i += 1
        answer = []
        while i < len(lines) and lines[i][:2] not in ("# ", "$ "):
            answer.append(lines[i])
            i += 1
        out.append((prompt, "\n".join(command), answer))
    return out


def pattern(answer):
    parts = []
    for line in answer:
        if line == "...":
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(r"[ \t]*" + r"[ \t]*".join(
                ".*".join(re.escape(p) for p in word.split("..."))
                for word in line.split()) + r"[ \t]*\n")
    return re.compile("".join(parts))


def run(prompt, command):
    argv = ["/bin/bash", "-c", command] if prompt == "#" else JOB
    done = subprocess.run(argv, cwd=WHERE if prompt == "#" else None,
                          input=None if prompt == "#" else command.encode(),
                          stdin=subprocess.DEVNULL if prompt == "#" else None,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


def sshd_rests():
    """It has heard that it is to read its files anew, has, and listens."""
    try:
        with open("/run/sshd.pid", encoding="ascii") as f:
            pid = f.read().strip()
        with open("/proc/%s/status" % (pid or "-"), encoding="ascii") as f:
            status = f.read()
    except OSError:
        return False
    pending = re.search(r"^ShdPnd:\s*(\w+)$", status, flags=re.M)
    return "\nState:\tS" in status and not int(pending.group(1), 16) & 1


def check(prompt, command, answer):
    status = 0
    if answer and re.fullmatch(r"\[\d+\]", answer[-1]):
        status = int(answer.pop()[1:-1])
    got, said = run(prompt, command)
    # Somebody who types is slower.
    for _ in range(600):
        if sshd_rests():
            break
        time.sleep(0.05)
    name = "%s %s" % (prompt, command.splitlines()[0][:70])
    if got == status and (not answer or pattern(answer).fullmatch(said)):
        print("ok " + name)
        return True
    print("not ok " + name)
    print("# status %d, wanted %d" % (got, status))
    for what, lines in ("wanted", answer), ("found", said.splitlines()):
        for line in lines[:20]:
            print("# %s: %s" % (what, line[:160]))
    told()
    return False


def told():
    """Why it was refused: the last records of the trail."""
    try:
        with open("/var/log/nhi/audit.jsonl", encoding="utf-8") as f:
            for line in f.readlines()[-3:]:
                print("# trail: " + line.rstrip())
    except OSError as e:
        print("# trail: %s" % e)


def main():
    if JOB == ["--self"]:
        wanted = pattern(["a ... c", "...", "last 1"])
        good = wanted.fullmatch("a b c\nlast 1\n") and \
            wanted.fullmatch("a  x c\nmore\nlast 1\n")
        bad = wanted.fullmatch("a b d\nlast 1\n") or \
            wanted.fullmatch("a b c\nlast 2\n") or \
            wanted.fullmatch("a b c\nlast 1\nx\n")
        print("ok" if good and not bad else "not ok",
              "answers are compared")
        return 0 if good and not bad else 1
    with open(GUIDE, encoding="utf-8") as f:
        text = f.read()
    todo = [s for b in blocks(text) for s in steps(b)]
    bad = sum(not check(*s) for s in todo)
    print("%s the guide has commands" % ("ok" if len(todo) > 40 else "not ok"))
    return 1 if bad else 0


sys.stdout.reconfigure(line_buffering=True)
sys.exit(main())
