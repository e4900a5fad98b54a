#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""trace.py TRACE TOKEN: who read or wrote bytes of the token, by the uid it
had then (strace -f of sshd's listener, started as root).

Prints one line for each uid and call, "<uid> <call> <program>", with the kind
of descriptor behind it where strace tells (-y), and ends with 1 when one of
them is root.
"""
import re
import sys

GRAM = 24
LINE = re.compile(r"(\d+)\s+(?:<\.\.\. )?(\w+)(?: resumed>|\()")
UIDS = re.compile(r"\b(setuid|setreuid|setresuid)\(([^)]*)\)\s+= 0")
EXEC = re.compile(r'\bexecve\("([^"]*)".*= 0$')
CHILD = re.compile(r"\b(?:clone|clone3|fork|vfork)\(.*= (\d+)$|"
                   r"<\.\.\. (?:clone|clone3|fork|vfork) resumed>.*= (\d+)$")
RUN = re.compile(r"[A-Za-z0-9_.-]{%d,}" % GRAM)
FD = re.compile(r"\w+\(\d+<([^>]*)>")
SET_UID = ("nhi-drop", "/sudo", "/su")


class Process:
    def __init__(self, uid=0, program="sshd"):
        self.uid = uid
        self.program = program


def join(lines):
    """One line a call: what strace cut in two is put together."""
    cut = {}
    for line in lines:
        line = line.rstrip("\n")
        pid = line.split(None, 1)[0]
        if line.endswith("<unfinished ...>"):
            cut[pid] = line[:-len("<unfinished ...>")]
            continue
        resumed = re.match(r"\d+\s+<\.\.\. \w+ resumed>(.*)", line)
        if resumed and pid in cut:
            line = cut.pop(pid) + resumed.group(1)
        yield line


def kind(line):
    """"socket", "pipe", or the path of a file."""
    fd = FD.search(line)
    return " " + fd.group(1).split(":")[0].lower() if fd else ""


def follow(line, processes, me):
    child = CHILD.search(line)
    if child:
        pid = child.group(1) or child.group(2)
        # Its first calls may stand before the parent's return.
        processes.setdefault(pid, Process(me.uid, me.program))
    ran = EXEC.search(line)
    if ran:
        me.program = ran.group(1).rsplit("/", 1)[-1]
        if ran.group(1).endswith(SET_UID):
            me.uid = 0
    became = UIDS.search(line)
    if became:
        effective = became.group(2).split(",")
        uid = effective[min(1, len(effective) - 1)].strip()
        if uid != "-1":
            me.uid = int(uid)


def has_token(line, grams):
    return any(run[i:i + GRAM] in grams for run in RUN.findall(line)
               for i in range(0, len(run) - GRAM + 1, GRAM // 2))


def parents(lines, processes):
    """A child may speak before its parent's call has returned."""
    known = {}
    for line in lines:
        child = CHILD.search(line)
        if child:
            known[child.group(1) or child.group(2)] = line.split()[0]
    return known


def main(trace, token):
    with open(token, encoding="ascii") as f:
        text = f.read().strip()
    grams = {text[i:i + GRAM] for i in range(len(text) - GRAM + 1)}
    with open(trace, encoding="utf-8", errors="replace") as f:
        lines = list(join(f))
    processes, seen = {}, set()
    above = parents(lines, processes)
    for line in lines:
        pid = line.split(None, 1)[0]
        if pid not in processes:
            over = processes.get(above.get(pid))
            processes[pid] = Process(over.uid, over.program) if over else \
                Process()
        me = processes[pid]
        call = LINE.match(line)
        if call and has_token(line, grams):
            seen.add((me.uid, call.group(2), me.program + kind(line)))
        follow(line, processes, me)
    for uid, call, program in sorted(seen):
        print(uid, call, program)
    return 1 if not seen or any(uid == 0 for uid, _, _ in seen) else 0


sys.exit(main(*sys.argv[1:]))
