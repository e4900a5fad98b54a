/* SPDX-License-Identifier: BSD-2-Clause */
#include "conf/match.h"
