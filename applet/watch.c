/* SPDX-License-Identifier: 0BSD */
/*
 * Again and again: when a sample is due, what time it is, what has grown.
 */
#include <poll.h>
#include <time.h>
#include "topmem.h"

#if ENABLE_FEATURE_TOPMEM_WATCH || ENABLE_FEATURE_TOPMEM_JSON
static void put_two(struct topmem *t, char before, unsigned number)
{
	put_char(t, before);
	if (number < 10)
		put_char(t, '0');
	put_number(t, number);
}

/* 2026-11-22T08:13:32, until 2106 */
static void put_time(struct topmem *t)
{
	unsigned now = (unsigned)time(NULL);
	unsigned seconds = now % 86400;
	unsigned day = 1 + now / 86400;
	unsigned month = 1;
	unsigned year = 1970;
	unsigned unit;
	char separator;

	for (;;) {
		unsigned length = 30 + ((month ^ month >> 3) & 1);	/* July and August: 31 */

		if (month == 2)
			length -= year == 2100 || year % 4 ? 2 : 1;
		if (day <= length)
			break;
		day -= length;
		if (++month > 12) {
			month = 1;
			year++;
		}
	}
	put_number(t, year);
	put_two(t, '-', month);
	put_two(t, '-', day);
	separator = 'T';
	/* No unit /= 60: gcc takes division with a sign for that, which ARM has only in libgcc */
	for (unit = 3600; unit; unit = unit > 60 ? 60 : unit == 60) {
		put_two(t, separator, seconds / unit % 60);
		separator = ':';
	}
}

/* The time and, behind the text between the two, the uptime. */
void put_times(struct topmem *t, const char *between)
{
	kb_t uptime = KB_UNKNOWN;

	put_time(t);
	put_text(t, between);
	read_each_line(t, FILE_UPTIME, parse_signed_line, &uptime);
	put_value(t, SIGNED, uptime);
}
#endif

#if ENABLE_FEATURE_TOPMEM_WATCH
/*
 * Waits until the next sample is due; false after the last.  They start at
 * multiples of the interval after the first, and those missed are left out.
 */
bool wait_for_sample(struct topmem *t)
{
	if (t->left_out == 1) {
		t->left_out = 2;
		begin_message(t);
		put_text(t, "no room for the growth of all");
		end_message(t);
	}
	t->sample++;
	t->newest_before = t->newest;
	if (!t->interval_ms || t->sample == t->samples)
		return false;
	poll(NULL, 0, (int)(t->interval_ms - (monotonic_ms() - t->start_ms) % t->interval_ms));
	return true;
}

/*
 * What the process has grown since it was first seen, biased.  The table keeps
 * the largest and those that have grown most.  What has no room there is
 * unknown, and stays so.
 */
kb_t find_growth(struct topmem *t, const struct row *row)
{
	kb_t now_kb = row->value[(t->opt & OPT_s) ? IF_FEATURE_TOPMEM_SMAPS(USS +) 0 : RSS];
	kb_t start = row->value[START];
	kb_t least = now_kb + 1;
	struct seen *seen = NULL;
	struct seen *old;

	if (now_kb == KB_UNKNOWN || start == KB_UNKNOWN)
		return KB_UNKNOWN;
	for (old = t->seen; old < t->seen + ARRAY_SIZE(t->seen); old++) {
		kb_t weight = less_kb(2 * old->last_kb, old->first_kb) + 1;

		if (old->pid == row->pid) {
			seen = old;
			break;
		}
		if (!old->pid || old->sample + 1 < t->sample)
			weight = 0;	/* there is none, or it has ended */
		if (weight < least) {
			least = weight;
			seen = old;
		}
	}
	if (t->newest < start)
		t->newest = start;
	if (!seen || seen->pid != row->pid || seen->start != start) {
		/* An older one was left out, if the table, which is filled from its start, has ever been full */
		if (!seen || (t->seen[ARRAY_SIZE(t->seen) - 1].pid && start <= t->newest_before)) {
			t->left_out |= 1;
			return KB_UNKNOWN;
		}
		seen->pid = row->pid;
		seen->start = start;
		seen->first_kb = now_kb;
	}
	seen->sample = t->sample;
	seen->last_kb = now_kb;
	return SIGNED_BIAS + now_kb - seen->first_kb;
}
#endif
