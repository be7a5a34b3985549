/* SPDX-License-Identifier: 0BSD */
/*
 * topmem: names the process that uses the most memory.
 *
 * It reads procfs through fixed buffers and allocates nothing: all it needs,
 * for any number of processes, is the struct topmem on the stack of
 * topmem_main().  The smaps columns depart from smem and ps_mem in one thing:
 * private hugetlb pages are part of USS.
 *
 * https://docs.kernel.org/filesystems/proc.html
 */
#include "topmem.h"

#if ENABLE_FEATURE_TOPMEM_STATM
/*
 * The rows wanted: a pass for as many as are held at once, each below the last
 * row of the one before.  Prints them, or returns how many there are.
 */
static unsigned show(struct topmem *t, bool print)
{
	unsigned count = 0;
	unsigned i;

	do {
		t->max_rows = MIN(t->wanted - count, (unsigned)CONFIG_TOPMEM_ROWS);
		t->n_rows = t->limit = 0;
		scan(t);
		if (!t->n_rows)
			break;
		if (print) {
			bool upwards = (t->opt & OPT_r) && !t->flip;

			for (i = 0; i < t->n_rows; i++)
				fit_columns(t, &t->row[i]);
			for (i = 0; i < t->n_rows; i++)
				print_row(t, &t->row[upwards ? t->n_rows - 1 - i : i]);
		}
		count += t->n_rows;
		t->last = t->row[t->n_rows - 1].place;
	} while (t->n_rows == t->max_rows && count < t->wanted);
	return count;
}

/* Tells of processes that were left out: that some are hidden, or how many could not be read. */
static void report_unreadable(struct topmem *t)
{
	bool hidepid = false;

	clear_path(t);
	/* Nothing of statm: only whether PID 1 can be read. */
	if (!read_each_line(t, FILE_1_STATM, parse_mounts_line, &hidepid))
		read_each_line(t, FILE_MOUNTS, parse_mounts_line, &hidepid);
	if (!hidepid && !t->unreadable)
		return;
	begin_message(t);
	if (hidepid) {
		put_text(t, "processes are hidden (hidepid)");
	} else {
		put_number(t, t->unreadable);
		put_text(t, " processes not readable");
		if (t->unreadable_rss_kb) {
			put_text(t, ", the largest with RSS ");
			put_number(t, t->unreadable_rss_kb);
		}
		put_text(t, " (needs CAP_SYS_PTRACE)");
	}
	end_message(t);
}

int topmem_main(int argc, char **argv) MAIN_EXTERNALLY_VISIBLE;
int topmem_main(int argc UNUSED_PARAM, char **argv)
{
	struct topmem topmem;
	struct topmem *t = &topmem;

	xfunc_error_retval = EXIT_TROUBLE;
	memset(t, 0, offsetof(struct topmem, procs));
	t->out_fd = STDOUT_FILENO;
	IF_FEATURE_TOPMEM_COLUMNS(t->owner.uid = KB_UNKNOWN;)

	read_options(t, argv);
	open_procfs(t);
	learn_procfs(t);
	t->last = ~t->last;
	if ((t->opt & OPT_r) && t->wanted > CONFIG_TOPMEM_ROWS) {
		/* Find the last of those wanted and go up from there. */
		t->wanted = show(t, false);
		t->last = -t->last;
		t->flip = ~t->flip;
		t->unreadable = 0;
	}
	show(t, true);
	if (!t->shown_rows)
		die(t->dir, "no processes");
	flush(t);
	report_unreadable(t);
	return 0;
}
#endif
