/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is measured stands in a program of its own, which turn.py drives: a
 * count on a line of standard input, so many runs, and the nanoseconds of
 * processor time of one on a line of standard output.  So kinds in several
 * languages take turns, and what else the machine does hits all alike.
 */
#ifndef NHI_BENCH_TURN_H
#define NHI_BENCH_TURN_H

#include <stdbool.h>

#define TURN_ISS	"https://token.actions.githubusercontent.com"
#define TURN_AUD	"ssh://web-1.example.com"

/* Serve until the end of input; the exit status, 1 when a run failed. */
int		 turn_serve(bool (*run)(void *), void *arg);

/* DIR/NAME as a string of its own, or the end of the program. */
char		*turn_read(const char *dir, const char *name);

#endif
