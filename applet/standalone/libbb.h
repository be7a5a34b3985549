/* SPDX-License-Identifier: 0BSD */
/*
 * What topmem uses of BusyBox's libbb, for a program of its own.  Inside
 * BusyBox its own libbb.h is found instead, and standalone.c is left out.
 */
#ifndef LIBBB_H
#define LIBBB_H

#ifndef _GNU_SOURCE
# define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "autoconf.h"

#define ALIGNED(m) __attribute__ ((aligned(m)))
#define ALIGN1 __attribute__ ((aligned(1)))
#define ALWAYS_INLINE __attribute__ ((always_inline)) inline
#define ARRAY_SIZE(x) ((unsigned)(sizeof(x) / sizeof((x)[0])))
#define MAIN_EXTERNALLY_VISIBLE
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define NOINLINE __attribute__ ((__noinline__))
#define NORETURN __attribute__ ((__noreturn__))
#define UNUSED_PARAM __attribute__ ((__unused__))
#define isprint_asciionly(a) ((unsigned)((a) - 0x20) <= 0x7e - 0x20)

/* Where the one large object is.  Its address is a constant: that is 700 bytes of code less. */
#define FIXED_ROOM static

/*
 * The same address, unknown to the compiler: it keeps that in a register, and
 * what is in there is some bytes of code nearer than from a constant.
 */
static ALWAYS_INLINE void *at_hand(void *p)
{
#ifndef __FRAMAC__
	__asm__ ("" : "+r" (p));
#endif
	return p;
}
#define at_hand at_hand

/* topmem: what: why, and the status xfunc_error_retval */
NORETURN void die_for(const char *what, const char *why);
#define bb_error_msg_and_die(format, what, why) die_for(what, why)
/* The same of errno */
NORETURN void bb_simple_perror_msg_and_die(const char *what);
extern uint8_t xfunc_error_retval;
ssize_t safe_read(int fd, void *buf, size_t count);
ssize_t full_write(int fd, const void *buf, size_t count);
unsigned long long monotonic_ms(void);
int get_terminal_width_height(int fd, unsigned *width, unsigned *height);
/* Of all that we have nothing is paged out any more, where that is allowed. */
void lock_memory(void);
#define lock_memory lock_memory
void xwrite_str(int fd, const char *text);
unsigned xatou(const char *text);
unsigned bb_strtou(const char *text, char **end, int base);
char *skip_whitespace(const char *text);
int index_in_strings(const char *strings, const char *key);
uint32_t get_options(char **argv, const char *known, const char **values);
/*
 * libbb's, as far as it is used: the strings start with ^ and end in =0, no
 * operands, and the values go to pointers that stand one behind the other.
 */
#define getopt32(argv, applet_opts, first, ...) get_options(argv, (applet_opts) + 1, first)

#endif
