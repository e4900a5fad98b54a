#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""account_name.py TEMPLATE VALUE...: the name with a tail that a template
gives for the values of its claims, by the words of conf/template.h alone."""
import base64
import hashlib
import re
import struct
import sys

CUT = 14


def name(template, values):
    parts = re.split(r"\{[^}]*\}", template)
    exact, plain = b"", b""
    for i, literal in enumerate(parts):
        both = [literal.encode()]
        if i < len(parts) - 1:
            both.append(values[i].encode())
        for part in both:
            exact += struct.pack(">I", len(part)) + part
            plain += part
    clean = re.sub(rb"[^a-z0-9]", b"-", plain.lower())
    tail = base64.b32encode(hashlib.sha256(exact).digest()[:10])
    return (clean[:CUT].ljust(CUT, b"x") + b"-" + tail.lower()).decode()


print(name(sys.argv[1], sys.argv[2:]))
