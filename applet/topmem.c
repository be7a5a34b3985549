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

/* -n 0: every process, as it is read.  Returns how many. */
static unsigned show_all(struct topmem *t)
{
	struct row *row = &t->new_row;
	unsigned shown = 0;

	fit_columns(t, NULL);
	print_header(t);
	rewind_processes(t);
	while ((row->pid = next_process(t)) != 0) {
		if (read_row(t, row)) {
			print_row(t, row);
			shown++;
		}
	}
	return shown;
}

/*
 * -n N: a pass for as many rows as are held at once, each below the last row
 * of the one before.  Returns how many rows there were.
 */
static unsigned show_largest(struct topmem *t, bool print)
{
	unsigned shown = 0;
	unsigned i;

	do {
		t->held.max = MIN(t->wanted - shown, (unsigned)CONFIG_TOPMEM_ROWS);
		t->candidates.max = t->held.max + SPARE;
		if (ENABLE_FEATURE_TOPMEM_SMAPS && t->bounded)
			t->candidates.max = ARRAY_SIZE(t->candidate);
		scan(t);
		if (!t->held.n)
			break;
		if (print) {
			fit_columns(t, NULL);
			for (i = 0; i < t->held.n; i++)
				fit_columns(t, &t->row[i]);
			if (!shown)
				print_header(t);
			for (i = 0; i < t->held.n; i++) {
				bool upwards = (t->opt & OPT_r) && !t->flip;

				print_row(t, &t->row[upwards ? t->held.n - 1 - i : i]);
			}
		}
		shown += t->held.n;
		t->last = t->row[t->held.n - 1].place;
	} while (t->held.n == t->held.max && shown < t->wanted);
	return shown;
}

static unsigned show(struct topmem *t)
{
	if (!t->wanted)
		return show_all(t);
	t->last.key = KB_UNKNOWN;	/* and PID 0: above all others */
	if ((t->opt & OPT_r) && t->wanted > CONFIG_TOPMEM_ROWS) {
		/* Find the last of those wanted and go up from there. */
		t->wanted = show_largest(t, false);
		t->flip = KB_UNKNOWN;
		t->last.key = ~t->last.key;
		t->last.pid = ~t->last.pid - 1;
	}
	return show_largest(t, true);
}

/* Tells of processes that were left out: that some are hidden, or how many could not be read. */
static void report_unreadable(struct topmem *t)
{
	bool hidepid = false;
	int init;

	set_path(t, "1/");
	init = open_file(t, FILE_STATM);
	set_path(t, "self/");
	if (init >= 0)
		close(init);
	else
		read_lines(t, FILE_MOUNTS, parse_mounts_line, &hidepid);
	if (!hidepid && !t->unreadable)
		return;
	begin_message(t);
	if (hidepid) {
		put_text(t, "processes of other users are hidden (hidepid)");
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

	memset(t, 0, offsetof(struct topmem, candidate));
	t->out_fd = STDOUT_FILENO;
	t->held.list = (char *)t->row;
	t->held.size = sizeof(t->row[0]);
	t->candidates.list = (char *)t->candidate;
	t->candidates.size = sizeof(t->candidate[0]);
	IF_FEATURE_TOPMEM_COLUMNS(t->owner.uid = KB_UNKNOWN;)

	read_options(t, argv);
	open_procfs(t);
	learn_procfs(t);
	if (!show(t))
		die(t->dir, "no processes");
	flush(t);
	if (!SMALLEST)
		report_unreadable(t);
	return 0;
}
