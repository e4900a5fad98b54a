#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""getent as a process, with NHI and without: called by nss_bench.sh."""
import os
import sys

import turn


def main():
    env = dict(os.environ, LD_LIBRARY_PATH=sys.argv[1])

    def c(name, service, who):
        return turn.Command(name, "getent", "-s", "passwd:" + service,
                            "passwd", who, env=env)

    kinds = [c("files alone", "files", "user30"),
             c("files nhi, a name of files", "files nhi", "user30"),
             c("files nhi, a name of NHI", "files nhi", "web-deploy"),
             c("files extrausers, a name of files", "files extrausers",
               "user30")]
    turn.table("getent passwd NAME (processor time)",
               turn.take_turns(kinds, 100), "files alone")


if __name__ == "__main__":
    main()
