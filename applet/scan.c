/* SPDX-License-Identifier: 0BSD */
/*
 * Goes over the processes and keeps the largest.
 *
 * Of every process one cheap file is read, statm where it will do.  It has
 * the value ranked by, or a bound that this value cannot exceed, and the
 * processes with the largest of these are held as candidates.  Then they are
 * settled - read whole and put among the rows - largest first, until the next
 * one cannot reach the last row.  If a bound that found no room among the
 * candidates still can, all are gone over again, and now a candidate is
 * settled whenever there is no room: each raises the last row, so that others
 * need not be read at all.
 */
#include "topmem.h"

static bool known_above_0(kb_t value)
{
	return value - 1 < KB_MAX;
}

static void clear_values(struct row *row, enum column last)
{
	kb_t *value = &row->value[VSZ];

	do
		*value = KB_UNKNOWN;
	while (value++ != &row->value[last]);
}

static unsigned ranked_by(const struct topmem *t)
{
	return SMALLEST ? RSS : t->rank_by;
}

static struct place make_place(const struct topmem *t, unsigned pid, kb_t value)
{
	struct place place;

	place.key = value + 1;		/* unknown is the smallest */
	place.pid = pid;
	if (ENABLE_FEATURE_TOPMEM_COLUMNS) {
		place.key ^= t->flip;
		place.pid ^= (unsigned)t->flip;
	}
	return place;
}

static void note_unreadable(struct topmem *t, kb_t rss_kb)
{
	t->unreadable++;
	if (rss_kb != KB_UNKNOWN && t->unreadable_rss_kb < rss_kb)
		t->unreadable_rss_kb = rss_kb;
}

/* What the ranking needs of the process, or thread, at t->path.  True if it has memory. */
static bool read_size(struct topmem *t, struct row *row)
{
	if (SMALLEST || t->scan_last == RSS) {
		row->value[RSS] = KB_UNKNOWN;
		if (t->statm_ok)
			read_statm(t, row, RSS, RSS);
	} else {
		clear_values(row, t->scan_last);
		if (t->statm_ok && !(t->scan_from & FROM_STATUS))
			read_statm(t, row, VSZ, SHR);
	}
	if (row->value[RSS] == KB_UNKNOWN) {
		row->value[VSZ] = KB_UNKNOWN;
		if (!read_lines(t, FILE_STATUS, parse_status_line, row)
		 && !SMALLEST && (errno == EACCES || errno == EPERM))
			note_unreadable(t, KB_UNKNOWN);
	}
	return known_above_0(row->value[VSZ]);
}

/*
 * A main thread that has ended (state Z) shows no memory; other threads may
 * live on, and theirs is the process's.  Then t->path is that thread's.
 */
static bool find_thread(struct topmem *t, struct row *row)
{
	char folder[FILE_NAME_SIZE + 8];	/* "999999999/task/" */
	char buf[256] ALIGNED(8);	/* eight threads a call; one will do */
	struct dir tasks;

	memcpy(folder, t->path, t->path_len);
	memcpy(folder + t->path_len, "task/", sizeof("task/"));
	tasks.fd = open_file(t, FILE_TASK);
	tasks.buf = buf;
	tasks.size = sizeof(buf);
	tasks.pos = tasks.len = 0;
	if (tasks.fd < 0)
		return false;
	while ((row->tid = next_number(t, &tasks)) != 0) {
		if (row->tid == row->pid)
			continue;
		set_path_number(t, folder, row->tid);
		if (read_size(t, row))
			break;
	}
	close(tasks.fd);
	return row->tid;
}

#if ENABLE_FEATURE_TOPMEM_SMAPS
/*
 * The figures of smaps.  smaps_rollup (Linux 4.14) is their sum, taken at
 * once; smaps comes in pieces, and of a process that ends meanwhile only the
 * first of them: that is told by its status, which is read afterwards.
 */
static void read_smaps(struct topmem *t, struct row *row)
{
	if (read_lines(t, FILE_SMAPS_ROLLUP, parse_smaps_line, row))
		return;
	clear_values(row, N_VALUES - 1);
	if (errno == ENOENT && !read_lines(t, FILE_SMAPS, parse_smaps_line, row))
		clear_values(row, N_VALUES - 1);
}

/*
 * What smaps did not tell.  If this kernel has none, USS is estimated; if it
 * may not be read, RSS and SWAP of status do not stand in for its own.
 */
static void check_smaps(struct topmem *t, struct row *row)
{
	kb_t *value = row->value;

	if (value[USS] != KB_UNKNOWN)
		return;
	if (t->smaps_seen) {
		note_unreadable(t, value[RSS]);
		value[RSS] = value[SWAP] = KB_UNKNOWN;
	} else {
		value[USS] = less_kb(value[RSS], value[SHR]);
	}
}
#else
# define read_smaps(t, row) ((void)0)
# define check_smaps(t, row) ((void)0)
#endif

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* What comes from files of its own, or from other columns. */
static void read_others(struct topmem *t, struct row *row, unsigned from)
{
	kb_t *value = row->value;

	if (from & FROM_OOM_SCORE)
		read_lines(t, FILE_OOM_SCORE, parse_signed_line, &value[OOM]);
	if (from & FROM_OOM_SCORE_ADJ)
		read_lines(t, FILE_OOM_SCORE_ADJ, parse_signed_line, &value[ADJ]);
	if (from & FROM_CMDLINE)
		read_lines(t, FILE_STAT, parse_start_line, &value[START]);
	if (value[ANON] == KB_UNKNOWN)
		value[ANON] = less_kb(value[RSS], value[SHR]);
	value[FOOT] = add_kb(value[RSS], value[SWAP]);
	value[EPSS] = add_kb(value[PSS], value[EPSS]);
}
#else
# define read_others(t, row, from) ((void)0)
#endif

/* What status does not have: SHR before Linux 4.5. */
static void add_statm(struct topmem *t, struct row *row)
{
	kb_t vsz_kb = row->value[VSZ];
	kb_t rss_kb = row->value[RSS];

	read_statm(t, row, VSZ, SMALLEST ? RSS : SHR);
	if (vsz_kb != KB_UNKNOWN)
		row->value[VSZ] = vsz_kb;
	if (rss_kb != KB_UNKNOWN)
		row->value[RSS] = rss_kb;
}

/* All that is shown or ranked by, of the process entered or its thread at t->path. */
static bool read_values(struct topmem *t, struct row *row)
{
	clear_values(row, N_VALUES - 1);
	if (t->smaps)
		read_smaps(t, row);
	read_lines(t, FILE_STATUS, parse_status_line, row);
	if (t->statm_ok && row->value[SMALLEST ? RSS : SHR] == KB_UNKNOWN)
		add_statm(t, row);
	if (!known_above_0(row->value[VSZ]))
		return false;
	if (t->smaps)
		check_smaps(t, row);
	row->value[PID] = row->pid;
	row->value[MEM] = row->value[RSS];
	read_others(t, row, t->from);
	return true;
}

/* Reads the process row->pid into the rest of row.  False if it has ended, or is the kernel's. */
bool read_row(struct topmem *t, struct row *row)
{
	bool alive;

	row->tid = row->pid;
	row->comm[0] = '\0';
	if (!enter_process(t, row->pid))
		return false;
	alive = read_values(t, row) || (find_thread(t, row) && read_values(t, row));
	leave_process(t);
	return alive;
}

/* The candidate at place becomes a row, if it still reaches one. */
static void settle(struct topmem *t, const struct place *place)
{
	struct row *row = &t->new_row;
	IF_FEATURE_TOPMEM_SMAPS(unsigned i;)

	row->pid = place->pid;
	if (ENABLE_FEATURE_TOPMEM_COLUMNS)
		row->pid ^= (unsigned)t->flip;
#if ENABLE_FEATURE_TOPMEM_SMAPS
	for (i = 0; t->again && i < t->held.n; i++) {
		if (t->row[i].pid == row->pid) {	/* settled the first time */
			if (t->row[i].value[USS] == KB_UNKNOWN)
				note_unreadable(t, KB_UNKNOWN);
			return;
		}
	}
#endif
	if (!read_row(t, row))
		return;
	row->place = make_place(t, row->pid, row->value[ranked_by(t)]);
	if (outranks(&t->last, &row->place))
		rank_insert(&t->held, &row->place);
}

#if ENABLE_FEATURE_TOPMEM_SMAPS
/*
 * What RSS may be short of.  Before Linux 6.2 a thread saves up to 64 faults
 * of at most 64 KiB before it counts them; later each CPU saves less than
 * max(32, 2 * CPUs) pages of each of the three kinds that make up RSS.
 * Both are assumed: kernels carry the one in the other's version.
 */
static kb_t rss_lag_kb(const struct topmem *t, kb_t threads)
{
	kb_t cpus = t->cpus;

	if (!cpus)
		return KB_UNKNOWN;
	return add_kb(times_kb(threads, 4096),
		times_kb(3 * cpus * (cpus > 16 ? 2 * cpus : 32), t->page_kb));
}

/* What a figure of smaps cannot exceed. */
static kb_t upper_bound(struct topmem *t, struct row *row)
{
	kb_t vsz_kb = row->value[VSZ];
	kb_t bound_kb = row->value[RSS];
	struct place place = make_place(t, row->pid, vsz_kb);

	if (t->flip)
		return KB_UNKNOWN;
	if ((t->scan_from & SWAP_TOO) || !rank_has_place(&t->held, &place))
		return vsz_kb;
	if (!t->rss_exact || !t->no_hugetlb) {
		if (row->value[THR] == KB_UNKNOWN)
			read_lines(t, FILE_STATUS, parse_status_line, row);
		if (row->value[HUGE] != KB_UNKNOWN)
			bound_kb = add_kb(bound_kb, row->value[HUGE]);
		if (!t->rss_exact)
			bound_kb = add_kb(bound_kb, rss_lag_kb(t, row->value[THR]));
	}
	return bound_kb < vsz_kb ? bound_kb : vsz_kb;
}

/*
 * Makes a candidate of a process by its bound.  Where there is no room, at
 * first the smallest bound is dropped, so that the largest of all are settled
 * first; when that was not enough, the largest is settled to make room.
 */
static void add_bounded(struct topmem *t, struct row *row)
{
	struct ranking *candidates = &t->candidates;
	struct place place = make_place(t, row->pid, upper_bound(t, row));
	struct place *least = &t->candidate[ARRAY_SIZE(t->candidate) - 1];

	while (candidates->n == candidates->max && rank_has_place(&t->held, &place)) {
		struct place first = t->candidate[0];

		if (!t->again) {
			const struct place *loser = outranks(&place, least) ? least : &place;

			if (outranks(loser, &t->dropped))
				t->dropped = *loser;
			break;
		}
		candidates->n--;
		memmove(t->candidate, t->candidate + 1, candidates->n * sizeof(first));
		settle(t, &first);
		while (candidates->n && !rank_has_place(&t->held, &t->candidate[candidates->n - 1]))
			candidates->n--;
	}
	if (rank_has_place(&t->held, &place))
		rank_insert(candidates, &place);
}
#endif

/* Makes a candidate of a process. */
static void add_candidate(struct topmem *t, struct row *row)
{
	struct place place;

#if ENABLE_FEATURE_TOPMEM_SMAPS
	if (t->bounded) {
		add_bounded(t, row);
		return;
	}
#endif
	if (!SMALLEST && t->rank_by != RSS) {
		row->value[PID] = row->pid;
		row->value[MEM] = row->value[RSS];
		if (t->rank_by > SHR)
			read_others(t, row, t->scan_from);
	}
	place = make_place(t, row->pid, row->value[ranked_by(t)]);
	if (place.key < t->least_key || !outranks(&t->last, &place))
		return;
	rank_insert(&t->candidates, &place);
	if (t->candidates.n == t->candidates.max)
		t->least_key = t->candidate[t->candidates.n - 1].key;
}

/* All processes once; those worth it become rows. */
static void go_over_processes(struct topmem *t)
{
	struct row *row = &t->new_row;
	unsigned i;

	t->candidates.n = 0;
	t->least_key = 0;
	t->unreadable = 0;	/* they are met again */
	rewind_processes(t);
	while ((row->pid = next_process(t)) != 0) {
		if (read_size(t, row) || find_thread(t, row))
			add_candidate(t, row);
	}
	for (i = 0; i < t->candidates.n && rank_has_place(&t->held, &t->candidate[i]); i++)
		settle(t, &t->candidate[i]);
}

/* Holds the largest below t->last: held.max of them, if there are as many. */
void scan(struct topmem *t)
{
	unsigned tries = 4;
	bool lost;

	do {
		t->held.n = 0;
#if ENABLE_FEATURE_TOPMEM_SMAPS
		t->again = false;
		t->dropped.key = 0;
#endif
		go_over_processes(t);
#if ENABLE_FEATURE_TOPMEM_SMAPS
		if (t->bounded) {
			t->again = t->dropped.key && rank_has_place(&t->held, &t->dropped);
			if (t->again)
				go_over_processes(t);
			return;
		}
#endif
		/* all that were held may have ended before they were settled */
		lost = t->candidates.n == t->candidates.max && t->held.n < t->held.max;
	} while (lost && --tries);
}

#if ENABLE_FEATURE_TOPMEM_SMAPS
static kb_t own_rss(struct topmem *t)
{
	struct row row;

	set_path(t, "self/");
	read_statm(t, &row, RSS, RSS);
	return row.value[RSS];
}

/*
 * Whether this kernel counts a page at once: use one and look.  Nothing from
 * t->candidate on has been used yet, and a page lies whole in there.
 */
static bool rss_is_exact(struct topmem *t)
{
	volatile char *page = (char *)(((uintptr_t)t->candidate + 4095) & ~(uintptr_t)4095);
	kb_t before;

	own_rss(t);		/* what this takes itself it has after the first time */
	before = own_rss(t);
	*page = 0;
	return own_rss(t) == before + 1;
}
#endif

/*
 * Compares statm with status, and so learns how large its pages are: 4 kB,
 * or others in a capture.  False if this process has no memory.
 */
static bool compare_statm(struct topmem *t)
{
	struct row *statm = &t->row[0];
	struct row *status = &t->new_row;
	kb_t size_kb;

	clear_values(status, N_VALUES - 1);
	t->page_kb = 1;
	read_statm(t, statm, VSZ, RSS);
	read_lines(t, FILE_STATUS, parse_status_line, status);
	size_kb = status->value[VSZ];
	if (!known_above_0(size_kb))
		return false;
	if (known_above_0(statm->value[VSZ]))
		t->page_kb = size_kb / statm->value[VSZ];
	t->statm_ok = times_kb(statm->value[VSZ], t->page_kb) == size_kb
		&& times_kb(statm->value[RSS], t->page_kb) == status->value[RSS];
	return true;
}

/* Finds out what this kernel, or this capture, tells and how. */
void learn_procfs(struct topmem *t)
{
	unsigned checks = 3;	/* a process may change between the two readings */
	bool learn_smaps = ENABLE_FEATURE_TOPMEM_SMAPS && t->smaps;

	t->mem_total_kb = KB_UNKNOWN;
	t->page_kb = 1;
#if ENABLE_FEATURE_TOPMEM_SMAPS
	if (t->bounded)		/* before anything else is read */
		t->rss_exact = rss_is_exact(t);
#endif
	set_path(t, "");
	read_lines(t, FILE_MEMINFO, parse_meminfo_line, t);
	rewind_processes(t);
	while ((checks || learn_smaps) && next_process(t)) {
		if (checks) {
			checks -= compare_statm(t);
			if (t->statm_ok)
				checks = 0;
		}
#if ENABLE_FEATURE_TOPMEM_SMAPS
		if (learn_smaps) {
			t->smaps_seen = is_there(t, FILE_SMAPS_ROLLUP) || is_there(t, FILE_SMAPS);
			learn_smaps = !t->smaps_seen;
			if (!t->cpus)
				read_lines(t, FILE_STATUS, parse_cpus_line, t);
		}
#endif
	}
}
