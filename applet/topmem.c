/* SPDX-License-Identifier: 0BSD */
/*
 * topmem: names the process that uses the most memory.
 *
 * It reads procfs through fixed buffers and allocates nothing: all it needs,
 * for any number of processes, is the struct topmem of topmem_main().  The
 * smaps columns depart from smem and ps_mem in one thing: private hugetlb
 * pages are part of USS.
 *
 * https://docs.kernel.org/filesystems/proc.html
 */
#include "topmem.h"

#if ENABLE_FEATURE_TOPMEM_STATM
#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* On a terminal: its size, and no more rows than fit there if it is drawn again and again. */
static void fit_screen(struct topmem *t)
{
	t->width = 0;
	if ((t->opt & (OPT_JSON | OPT_PROM)) || ((t->opt & OPT_w) && (t->opt & OPT_CHECK)) || !isatty(STDOUT_FILENO))
		return;
	get_terminal_width_height(STDOUT_FILENO, &t->width, &t->height);
	if (t->opt & OPT_w) {
		/* what is beside the rows: the cursor, the time, header and total */
		unsigned others = 1U + !(t->opt & OPT_H) + !(t->opt & (OPT_H | OPT_q)) + !!(t->opt & OPT_g)
			+ (t->opt & OPT_l ? M_SHOWN : 0);

		if (t->wanted > t->height - others && t->height > others)
			t->wanted = t->height - others;
		t->height--;
		put_escape(t, 'H');
	} else {
		t->height = UINT_MAX;
	}
}

/* What comes before the rows; in a check the first of them is known then. */
static void begin_sample(struct topmem *t)
{
	check(t);
	if (is_silent(t))
		return;
# if ENABLE_FEATURE_TOPMEM_JSON
	if (t->opt & OPT_JSON) {
		put_text(t, "{\"time\":\"");
		put_times(t, "Z\",\"uptime_s\":");
		put_memory(t);
		if ((t->opt & OPT_s) && !t->smaps_seen)
			put_text(t, ",\"estimated\":true");
		put_text(t, ",\"rows\":[");
		return;
	}
# endif
# if ENABLE_FEATURE_TOPMEM_WATCH
	if ((t->opt & (OPT_w | OPT_H | OPT_PROM)) == OPT_w) {
		put_times(t, "Z up ");
		put_char(t, '\n');
	}
# endif
	put_check(t);
# if ENABLE_FEATURE_TOPMEM_PROM
	if ((t->opt & OPT_PROM) && (t->opt & OPT_s) && !t->smaps_seen)
		put_metric(t, "figures", "estimated", "", "uss, shared, ram", 1);
# endif
	if (!is_silent(t) && (t->opt & (OPT_l | OPT_PROM)))
		put_memory(t);
	if (!(t->opt & OPT_t))
		next_metric(t);
}

/* And behind them. */
static void end_sample(struct topmem *t)
{
# if ENABLE_FEATURE_TOPMEM_PROGRAMS
	if (t->opt & OPT_g)
		print_total(t);
# endif
# if ENABLE_FEATURE_TOPMEM_PROM
	if (t->opt & OPT_PROM) {
		put_metric(t, "processes", "seen", "", "that count", t->processes);
		put_metric(t, "processes", "unreadable", "", "left out", t->unreadable);
	}
# endif
	if (t->opt & OPT_JSON) {
		if (!(t->opt & OPT_g))
			put_char(t, ']');
		put_check(t);
		put_text(t, "}\n");
	}
	if (t->width && (t->opt & OPT_w))
		put_escape(t, 'J');
}
#else
# define fit_screen(t) ((void)0)
# define begin_sample(t) ((void)0)
# define end_sample(t) ((void)0)
#endif

/* The rows held, or of metrics one of all rows. */
static NOINLINE void print_rows(struct topmem *t)
{
	bool upwards = (t->opt & OPT_r) && !t->flip;
	unsigned i;

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
	if (t->opt & OPT_g)
		fit_columns(t, &t->new_row);	/* the total */
#endif
	for (i = 0; i < t->n_rows; i++)
		fit_columns(t, &t->row[i]);
	for (i = 0; i < t->n_rows; i++)
		print_row(t, &t->row[upwards ? t->n_rows - 1 - i : i]);
}

/* Tells of processes that were left out: that some are hidden, or how many could not be read. */
static void report_unreadable(struct topmem *t)
{
	bool hidepid = false;

	if (!enter_number(t, 1))
		read_each_line(t, FILE_MOUNTS, parse_mounts_line, &hidepid);
	leave(t);
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

/* There is none: an error, but behind samples of -p the end.  Others may come again. */
static void die_of_no_process(struct topmem *t)
{
	if (!ENABLE_FEATURE_TOPMEM_WATCH || !t->sample) {
		t->out_len = 0;			/* nothing was printed */
		report_unreadable(t);		/* they may have been meant */
	} else if ((t->opt & OPT_p) && !t->unreadable) {
		xfunc_error_retval = 0;		/* they have ended */
	} else {
		return;
	}
	give_up(t->value[VALUE_R], "no such process");
}

/*
 * The rows wanted: a pass for as many as are held at once, each below the last
 * row of the one before.  Prints them, or returns how many there are.
 */
static unsigned show(struct topmem *t, bool print)
{
	unsigned count = 0;

	t->unreadable = 0;
	for (;;) {
		t->max_rows = MIN(t->wanted - count, (unsigned)CONFIG_TOPMEM_ROWS);
		t->limit = t->n_rows = 0;
		if (t->opt & OPT_g)
			scan_groups(t);
		else
			scan(t);
		if (ENABLE_FEATURE_TOPMEM_LIMITS && !t->begun) {
			if (!t->n_rows)
				die_of_no_process(t);
			begin_sample(t);
		}
		if (!t->n_rows || is_silent(t))
			break;
		if (print) {
			do
				print_rows(t);
			while (t->wanted == t->max_rows && next_metric(t));
		}
		count += t->n_rows;
		t->last = t->row[t->n_rows - 1].place;
		if (t->n_rows < t->max_rows || count >= t->wanted)
			break;
	}
	return count;
}

/* Prints what is wanted, once. */
static void print_sample(struct topmem *t)
{
	unsigned wanted = t->wanted;
	place_t last = (place_t)-1;

	t->last = last;
	t->flip = 0;
	t->shown_rows = 0;
	IF_FEATURE_TOPMEM_LIMITS(t->begun = t->silent = false;)
	fit_screen(t);
	read_memory(t);
	if (!ENABLE_FEATURE_TOPMEM_LIMITS || !(t->opt & (OPT_CHECK | OPT_PROM)))
		begin_sample(t);
	if ((t->opt & OPT_PROM) && t->wanted > CONFIG_TOPMEM_ROWS) {
		/* Find the last of those wanted, and print them as they come: each once, whatever it has then. */
		show(t, false);
		t->floor = t->last;
		t->wanted = 0;
	} else if ((t->opt & OPT_r) && t->wanted > CONFIG_TOPMEM_ROWS) {
		/* Find the last of those wanted and go up from there. */
		t->wanted = show(t, false);
		last = -t->last;
		t->flip = ~t->flip;
	} else if (ENABLE_FEATURE_TOPMEM_LIMITS && !t->wanted && !t->begun) {
		t->wanted = 1;		/* what is checked */
		show(t, false);
		t->wanted = 0;
	}
	if (!is_silent(t)) {
		do {
			t->last = last;
			show(t, !(t->opt & OPT_t));
		} while (IF_FEATURE_TOPMEM_PROM(t->metric &&) next_metric(t));
	}
	t->wanted = wanted;
	IF_FEATURE_TOPMEM_PROM(t->floor = 0;)
	if (is_silent(t))
		t->shown_rows = t->n_rows;	/* found */
	else
		end_sample(t);
}

/* Not inlined: *t is nearer from a pointer than from the stack's top. */
static NOINLINE int topmem_run(struct topmem *t, char **argv)
{
	memset(t, 0, offsetof(struct topmem, row));
	t->out_fd = STDOUT_FILENO;
	IF_FEATURE_TOPMEM_COLUMNS(t->owner.uid = KB_UNKNOWN;)

	read_options(t, argv);
	open_procfs(t);
	learn_procfs(t);
#if ENABLE_FEATURE_TOPMEM_WATCH
	if (t->interval_ms) {
		lock_memory();		/* that takes all pages: the kernel's counting has been tried before */
		memset(t->seen, 0, sizeof(t->seen));
		t->start_ms = monotonic_ms();
	}
#endif
	do {
		print_sample(t);
		if (!t->shown_rows)
			die_of_no_process(t);
		flush(t);
		if (!ENABLE_FEATURE_TOPMEM_WATCH || !t->sample)
			report_unreadable(t);
	} while (wait_for_sample(t));
	return IF_FEATURE_TOPMEM_LIMITS(t->state) + 0;
}

int topmem_main(int argc, char **argv) MAIN_EXTERNALLY_VISIBLE;
int topmem_main(int argc UNUSED_PARAM, char **argv)
{
	FIXED_ROOM struct topmem topmem;

	xfunc_error_retval = EXIT_TROUBLE;
	return topmem_run(&topmem, argv);
}
#endif
