#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# Certificates and logins at once, of several accounts and issuers: nothing is
# given twice, nothing is lost, nothing is left.  More of it: ./run load.
exec /usr/bin/python3 "$(dirname "$0")/../load/load.py" --parallel 24 \
    --accounts 8
