# SPDX-License-Identifier: BSD-2-Clause
"""Kinds that take turns, and the table of what they took.

A kind has name, measure() -> nanoseconds (or None: left out) and close().
"""
import contextlib
import resource
import statistics
import subprocess

TURN_NS = 15e6


class Program:
    """One that serves turns (turn.h); its processor time counts."""

    def __init__(self, name, *command, **options):
        self.name = name
        self.count = 0
        self.child = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, **options)

    def ask(self, count):
        try:
            self.child.stdin.write("%d\n" % count)
            self.child.stdin.flush()
            return float(self.child.stdout.readline() or "nan")
        except (BrokenPipeError, ValueError):
            return float("nan")

    def measure(self):
        if not self.count:
            self.ask(3)
            took = self.ask(5)
            if took != took:
                return None
            self.count = max(1, min(20000, int(TURN_NS / took)))
        took = self.ask(self.count)
        return took if took == took else None

    def close(self):
        with contextlib.suppress(BrokenPipeError):
            self.child.stdin.close()
        self.child.wait()


class Command:
    """A command as a process, with its processor time."""

    def __init__(self, name, *command, prepare=None, **options):
        self.name = name
        self.command = command
        self.prepare = prepare
        self.options = options

    def measure(self):
        if self.prepare:
            self.prepare()
        began = spent_by_children()
        subprocess.run(self.command, check=True, stdin=subprocess.DEVNULL,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                       **self.options)
        return spent_by_children() - began

    def close(self):
        pass


def spent_by_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) * 1e9


def percentile(values, part):
    values = sorted(values)
    return values[min(len(values) - 1, int(part * len(values)))]


def take_turns(kinds, rounds):
    """{name: [ns]}; a kind that cannot is left out."""
    times = {kind.name: [] for kind in kinds}
    left = list(kinds)
    for _ in range(rounds):
        for kind in list(left):
            took = kind.measure()
            if took is None:
                left.remove(kind)
                times.pop(kind.name)
                print("left out: %s cannot do this" % kind.name)
            else:
                times[kind.name].append(took)
    for kind in kinds:
        kind.close()
    return times


def table(title, times, base, unit="us"):
    """Medians, 99th percentiles and the ratio of medians to the base's."""
    scale = {"ns": 1, "us": 1e3, "ms": 1e6}[unit]
    first = statistics.median(times[base])
    print("%-40s %9s %9s %9s %7s" % (title, "lowest " + unit, "p50", "p99",
                                     "ratio"))
    for name, values in times.items():
        middle = statistics.median(values)
        print("%-40s %9.1f %9.1f %9.1f %7.2f" % (
            name, min(values) / scale, middle / scale,
            percentile(values, 0.99) / scale, middle / first))
