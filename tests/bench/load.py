#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""What loading the modules costs: load.py BUILD COMPARATORS [ROUNDS]"""
import os
import statistics
import subprocess
import sys

import turn


def libdir():
    return "/usr/lib/" + subprocess.run(
        ["gcc", "-print-multiarch"], check=True, capture_output=True,
        text=True).stdout.strip()


class Load:
    """A fresh process each time, which says five numbers."""

    def __init__(self, name, build, *modules):
        self.name = name
        self.command = [build + "/tests/bench/load_modules"] + list(modules)
        self.rows = []

    def measure(self):
        done = subprocess.run(self.command, capture_output=True, text=True)
        if done.returncode:
            print(done.stderr.strip())
            return None
        self.rows.append([float(x) for x in done.stdout.split()])
        return self.rows[-1][0] * 1000

    def close(self):
        pass

    def median(self, column):
        return statistics.median(row[column] for row in self.rows)


def kinds_of(build, root):
    lib = libdir()
    pam, nss = (build + "/pam_nhi/.libs/pam_nhi.so",
                build + "/nss_nhi/.libs/libnss_nhi.so.2")
    yield Load("a module that needs libc alone", build,
               build + "/bench/nothing.so")
    yield Load("pam_nhi", build, pam)
    yield Load("libnss_nhi", build, nss)
    yield Load("pam_nhi and libnss_nhi", build, pam, nss)
    here = ["/security/pam_unix.so"]
    fetched = [root + "/lib/%s/security/pam_sss.so" % os.path.basename(lib),
               root + "/lib/%s/libnss_sss.so.2" % os.path.basename(lib),
               root + "/usr/lib/libnss_extrausers.so.2",
               root + lib + "/libnss_cache_oslogin.so.2",
               root + lib + "/libnss_oslogin.so.2",
               root + "/lib/%s/security/pam_oslogin_login.so" %
               os.path.basename(lib)]
    for path in [lib + name for name in here] + fetched:
        if os.path.exists(path):
            yield Load(os.path.basename(path), build, path)
        else:
            print("left out: %s is not there" % os.path.basename(path))


def main():
    build, comparators = sys.argv[1:3]
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    kinds = list(kinds_of(build, comparators + "/root"))
    times = turn.take_turns(kinds, rounds)
    print("%-32s %9s %9s %9s %6s %9s %6s %7s" % (
        "load (processor time, first time)", "lowest us", "p50", "p99", "KiB",
        "close us", "KiB", "mapped"))
    for kind in kinds:
        if kind.name not in times:
            continue
        took = [t / 1000 for t in times[kind.name]]
        print("%-32s %9.0f %9.0f %9.0f %6.0f %9.0f %6.0f %7.0f" % (
            kind.name, min(took), statistics.median(took),
            turn.percentile(took, 0.99), kind.median(1), kind.median(2),
            kind.median(3), kind.median(4)))


if __name__ == "__main__":
    main()
