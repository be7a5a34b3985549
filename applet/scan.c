/* SPDX-License-Identifier: 0BSD */
/*
 * Goes over the processes and keeps the largest.
 *
 * Of every process one cheap file is read, statm where it will do.  It has
 * the value ranked by, or a bound that this value cannot exceed, and the
 * processes with the largest of these are held as candidates.  Then they are
 * settled - read whole and put among the rows - largest first, until the next
 * one cannot reach the last row.  If one that found no room among the
 * candidates still can, all are gone over again, and each that reaches the
 * last row is settled at once.
 */
#include "topmem.h"

/* Units and limits: place_t. */
static NOINLINE place_t make_place(const struct topmem *t, const struct row *row, kb_t value)
{
	place_t place = (kb_t)(value + 1);	/* unknown is the smallest */

	if (place >> (64 - PID_BITS))
		place = (place_t)-1 >> PID_BITS;
	place = (place << PID_BITS) + (PID_MASK - row->pid);
	return ENABLE_FEATURE_TOPMEM_COLUMNS ? place ^ t->flip : place;
}

#if ENABLE_FEATURE_TOPMEM_SMAPS
/*
 * The figures of smaps.  smaps_rollup (Linux 4.14) is their sum, taken at
 * once; smaps comes in pieces, and of a process that ends meanwhile only the
 * first of them: that is told by its status, which is read afterwards.  One
 * that has started another program since smaps_rollup was opened has ESRCH
 * there, and is read anew.
 */
static void read_smaps(struct topmem *t, struct row *row)
{
	unsigned file = FILE_SMAPS_ROLLUP;
	unsigned tries = 2;
	bool read;

	do {
		read = read_each_line(t, file, parse_smaps_line, row);
		if (errno == ENOENT)
			file = FILE_SMAPS;
	} while (!read && has_ended() && --tries);
	if (!read)
		clear_row(row);
	if (read || errno != ENOENT)
		t->smaps_seen = true;
}

/*
 * What smaps did not tell.  If this kernel has none, USS is estimated; if it
 * may not be read, RSS and SWAP of status do not stand in for its own.
 */
static void check_smaps(struct topmem *t, struct row *row)
{
	kb_t *value = at_hand(row->value);

	if (value[USS] != KB_UNKNOWN) {
# if ENABLE_FEATURE_TOPMEM_PROGRAMS
		value[SHARED] = less_kb(value[PSS], value[USS]);
		if (value[RAM] != KB_UNKNOWN)
			value[USS] = add_kb(value[USS], value[RAM]);	/* Private_Hugetlb, in neither Rss nor Pss */
# endif
	} else if (t->smaps_seen) {
		note_unreadable(t, value[RSS]);
		value[RSS] = value[SWAP] = KB_UNKNOWN;
	} else {
		value[USS] = less_kb(value[RSS], value[SHR]);
# if ENABLE_FEATURE_TOPMEM_PROGRAMS
		value[SHARED] = value[SHR];
# endif
	}
# if ENABLE_FEATURE_TOPMEM_PROGRAMS
	value[RAM] = add_kb(value[USS], value[SHARED]);
# endif
}
#else
# define read_smaps(t, row) ((void)0)
# define check_smaps(t, row) ((void)0)
#endif

/* The sizes that are unknown, as statm tells them. */
static void tell_statm(struct topmem *t, struct row *row)
{
	read_statm(t);
	parse_statm(t, row);
}

/* What comes from files of its own, or from other columns. */
static void read_others(struct topmem *t UNUSED_PARAM, struct row *row, unsigned from UNUSED_PARAM)
{
	kb_t *value = row->value;

	value[PID] = row->pid;
	value[MEM] = value[RSS];
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	if (from & FROM_OOM_SCORE)
		read_each_line(t, FILE_OOM_SCORE, parse_signed_line, &value[OOM]);
	if (from & FROM_OOM_SCORE_ADJ)
		read_each_line(t, FILE_OOM_SCORE_ADJ, parse_signed_line, &value[ADJ]);
	if ((from & START_TOO) && value[START] == KB_UNKNOWN)	/* find_thread() has left the folder */
		read_stat(t, row);
	if (value[ANON] == KB_UNKNOWN)
		value[ANON] = less_kb(value[RSS], value[SHR]);
	value[FOOT] = add_kb(value[RSS], value[SWAP]);
# if ENABLE_FEATURE_TOPMEM_SMAPS
	value[EPSS] = add_kb(value[PSS], value[EPSS]);
# endif
# if ENABLE_FEATURE_TOPMEM_WATCH
	if (from & FROM_GROWTH)
		value[GROW] = find_growth(t, row);
# endif
#endif
}

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/* Who the process at t->path is, and whether it has memory.  stat costs the kernel less than status. */
void read_identity(struct topmem *t, struct row *row)
{
	if ((t->opt & OPT_g) && t->by != BY_USER && t->smaps_seen)
		read_stat(t, row);
	else
		read_status(t, row);
}
#else
# define read_identity(t, row) read_status(t, row)
#endif

/* All that is shown or ranked by, of the process or thread at t->path. */
static bool read_values(struct topmem *t, struct row *row)
{
	clear_row(row);
	if (t->smaps_seen)
		read_smaps(t, row);
	read_identity(t, row);
	if (row->value[SHR] == KB_UNKNOWN && t->statm_ok
	 && (!(t->opt & OPT_g) || !t->smaps_seen || row->value[RSS] == KB_UNKNOWN))
		tell_statm(t, row);
	if (!known_above_0(row->value[VSZ]))
		return false;
	if (t->opt & OPT_s)
		check_smaps(t, row);
	read_others(t, row, t->from);
	return true;
}

/*
 * A main thread that has ended (state Z) shows no memory; other threads may
 * live on, and theirs is the process's.
 */
static bool find_thread(struct topmem *t, struct row *row)
{
	struct dir threads;

	row->tid = 0;
	if (open_threads(t, &threads)) {
		while (!row->tid && next_entry(t, &threads)) {
			unsigned tid = path_number(t);

			if (tid != row->pid && read_values(t, row))
				row->tid = tid;
		}
	}
	close_threads(t, &threads);
	return row->tid;
}

/* Of a process that has ended, or is not meant, that is no news; any other error is. */
static void leave_out(struct topmem *t)
{
	if (!has_ended())
		note_unreadable(t, KB_UNKNOWN);
}

/*
 * Reads the process row->pid into the rest of row, and stays in its folder.
 * False if it is none, has ended, is the kernel's or not one of those selected.
 */
bool read_row(struct topmem *t, struct row *row)
{
	row->tid = row->pid;
	row->comm[0] = '\0';
	errno = ENOENT;
	if (row->pid
	 && enter_number(t, row->pid)
	 && selected(t, row)
	 && (read_values(t, row) || (find_thread(t, row) && enter_thread(t, row)))
	 && has_variable(t, false))
		return true;
	leave_out(t);
	return false;
}

/* Whether all processes are rows, or measured as if they were.  Each is asked, so there is no branch. */
static NOINLINE bool settles_all(const struct topmem *t)
{
	return (ENABLE_FEATURE_TOPMEM_WATCH & t->settle_all) | (t->wanted == 0);
}

/* What row holds becomes one of the rows, if it still reaches them; of -n 0 it is printed. */
void keep_row(struct topmem *t, struct row *row)
{
	row->place = make_place(t, row, row->value[t->rank_by]);
	if (!t->wanted) {
		if (!ENABLE_FEATURE_TOPMEM_PROM || row->place >= t->floor)
			print_row(t, row);
		return;
	}
	if (row->place < t->last && row->place > t->limit)
		t->limit = rank_insert(t->row, sizeof(t->row[0]), &t->n_rows, t->max_rows, row);
}

/* The process of new_row becomes a row. */
static void settle(struct topmem *t)
{
	struct row *row = &t->new_row;
	bool alive;
	unsigned i;

	for (i = 0; i < t->n_rows; i++) {
		if (t->row[i].pid != row->pid)
			continue;
#if ENABLE_FEATURE_TOPMEM_SMAPS
		/* it could not be read before: met again, counted again; without smaps its RSS is known */
		if (t->bounded && t->row[i].value[RSS] == KB_UNKNOWN)
			note_unreadable(t, KB_UNKNOWN);
#endif
		return;
	}
	alive = read_row(t, row);
	leave(t);
	if (alive) {
		IF_FEATURE_TOPMEM_PROM(t->processes += settles_all(t);)
		keep_row(t, row);
	}
}

#if ENABLE_FEATURE_TOPMEM_SMAPS
/*
 * What RSS may be short of.  Before Linux 6.2 a thread saves what it maps for
 * up to 66 faults, and a driver maps as much as it likes between two of these
 * (vm_insert_page()): no more than the page tables have entries of 4 bytes or
 * more, and their size is exact.  Later each CPU saves less than
 * max(32, 2 * CPUs) pages of each of the three kinds that make up RSS.
 * Both are assumed: kernels carry the one in the other's version.
 */
static kb_t rss_lag_kb(const struct topmem *t, kb_t tables_kb)
{
	kb_t cpus = t->cpus;

	if (!cpus)
		return KB_UNKNOWN;
	return add_kb(times_kb(tables_kb, (kb_t)256 * t->page_kb), 3 * cpus * (cpus > 16 ? 2 * cpus : 32) * t->page_kb);
}

/* What a figure of smaps cannot exceed. */
static kb_t upper_bound(struct topmem *t, struct row *row)
{
	kb_t vsz_kb = row->value[VSZ];
	kb_t bound_kb = row->value[RSS];

	if (t->flip)
		return KB_UNKNOWN;
	if ((t->scan_from & SWAP_TOO) || make_place(t, row, vsz_kb) <= t->limit)
		return vsz_kb;
	if (!t->rss_exact || t->memory[M_HUGETLB]) {
		if (row->value[PTE] == KB_UNKNOWN)
			read_status(t, row);
		if (row->value[HUGE] != KB_UNKNOWN)
			bound_kb = add_kb(bound_kb, row->value[HUGE]);
		if (!t->rss_exact)
			bound_kb = add_kb(bound_kb, rss_lag_kb(t, row->value[PTE]));
	}
	return MIN(bound_kb, vsz_kb);
}
#else
# define upper_bound(t, row) KB_UNKNOWN
#endif

/* What the process may be ranked by at most, or will be. */
static place_t scan_place(struct topmem *t, struct row *row)
{
	if (t->bounded)
		return make_place(t, row, upper_bound(t, row));
	read_others(t, row, t->scan_from);
	return make_place(t, row, row->value[t->rank_by]);
}

/*
 * Reads statm.  Whether that tells that the process has memory, but less than
 * whatever may become a candidate: so it is with almost all of them.
 */
static ALWAYS_INLINE bool is_small(struct topmem *t)
{
	const char *p = t->statm;
	kb_t pages = 0;
	kb_t digit = 0;

	read_statm(t);
	if (*p <= '0')
		return false;
	while (*++p > ' ')
		continue;
	do {
		pages = pages * 10 + digit;
		digit = (kb_t)*++p - '0';
	} while (digit <= 9);
	return digit == (kb_t)' ' - '0'
		&& p < t->statm + 20	/* nothing has wrapped */
		&& pages * t->page_kb + 1 < t->limit >> PID_BITS;
}

/*
 * The process becomes a candidate.  False if it may be worth a row and there
 * may be no candidates.
 */
static ALWAYS_INLINE bool hold(struct topmem *t, struct row *row, bool candidates)
{
	place_t place;

	errno = ENOENT;
	if (!selected(t, row)) {
		leave_out(t);
		return true;
	}
	clear_row(row);
	if (t->statm_ok && !(t->scan_from & FROM_STATUS)) {
		if (!ENABLE_FEATURE_TOPMEM_FAST || !t->scan_rss)	/* else it has been read */
			read_statm(t);
		parse_statm(t, row);
	}
	if (row->value[RSS] == KB_UNKNOWN) {
		row->value[VSZ] = KB_UNKNOWN;
		read_status(t, row);
	}
	if (!known_above_0(row->value[VSZ])) {
		unsigned unreadable = t->unreadable;

		if (!find_thread(t, row)) {
			leave_out(t);
			return true;
		}
		t->unreadable = unreadable;	/* it is read again, then it counts */
	}
	IF_FEATURE_TOPMEM_PROM(t->processes++;)
	place = scan_place(t, row);
	if (place <= t->limit || (!t->bounded && place >= t->last))
		return true;
	if (candidates) {
		t->limit = rank_insert(t->candidate, sizeof(t->candidate[0]),
			&t->n_candidates, t->max_candidates, &place);
	}
	return candidates;
}

/* All processes once; those worth it become candidates or, if those may not be held, rows. */
static void go_over_processes(struct topmem *t, bool candidates)
{
	struct row *row = &t->new_row;

	if (!(t->opt & OPT_s) || (t->opt & OPT_e) || t->bounded)
		t->unreadable = 0;	/* they are met again; where smaps is of candidates alone, those before are not */
	IF_FEATURE_TOPMEM_PROM(t->processes = 0;)
	rewind_processes(t);
	while (next_entry(t, &t->procs)) {
		if (ENABLE_FEATURE_TOPMEM_FAST && t->scan_rss && is_small(t)) {
			IF_FEATURE_TOPMEM_PROM(t->processes++;)
			continue;
		}
		row->pid = path_number(t);
		if (settles_all(t) || !hold(t, row, candidates))
			settle(t);
	}
}

/* Holds the largest below t->last: max_rows of them, if there are as many. */
void scan(struct topmem *t)
{
	place_t least;
	unsigned i;

	t->n_candidates = 0;
	t->max_candidates = t->bounded ? ARRAY_SIZE(t->candidate) : t->max_rows + SPARE;
	go_over_processes(t, true);
	if (settles_all(t))
		return;
	least = t->limit;	/* of the candidates, if there is no room for more */
	t->limit = 0;
	for (i = 0; i < t->n_candidates && t->candidate[i] > t->limit; i++) {
		t->new_row.pid = PID_MASK - ((t->candidate[i] ^ t->flip) & PID_MASK);
		settle(t);
	}
	if (least > t->limit)
		go_over_processes(t, false);
}

#if ENABLE_FEATURE_TOPMEM_SMAPS
static kb_t own_rss(struct topmem *t)
{
	struct row *row = &t->new_row;

	row->value[RSS] = KB_UNKNOWN;
	if (enter_name(t, "self"))
		tell_statm(t, row);
	leave(t);
	return row->value[RSS];
}

/*
 * Whether this kernel counts a page at once: use one and look.  Nothing from
 * t->row on has been used yet, and a page lies whole in there.
 */
static bool rss_is_exact(struct topmem *t)
{
	volatile char *page = (char *)(((uintptr_t)t->row + 4095) & ~(uintptr_t)4095);
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
	struct row *row = &t->new_row;
	kb_t *value = at_hand(row->value);
	kb_t size_kb, rss_kb;

	clear_row(row);
	read_status(t, row);
	size_kb = value[VSZ];
	rss_kb = value[RSS];
	if (!known_above_0(size_kb))
		return false;
	clear_row(row);
	t->page_kb = 1;
	tell_statm(t, row);
	if (value[VSZ])
		t->page_kb = (uint8_t)(size_kb / value[VSZ]);
	if (times_kb(value[VSZ], t->page_kb) == size_kb
	 && times_kb(value[RSS], t->page_kb) == rss_kb)
		t->statm_ok = true;
	return true;
}

/* Finds out what this kernel, or this capture, tells and how. */
void learn_procfs(struct topmem *t)
{
	unsigned checks = 3;	/* a process may change between the two readings */
#if ENABLE_FEATURE_TOPMEM_SMAPS
	struct row *row = &t->new_row;

	if (t->bounded) {
		t->page_kb = 1;
		t->rss_exact = rss_is_exact(t);	/* before anything else is read */
	}
#endif
	while (checks && !t->statm_ok && next_entry(t, &t->procs)) {
		if (compare_statm(t))
			checks--;
#if ENABLE_FEATURE_TOPMEM_SMAPS
		if (t->bounded && !t->cpus)
			read_each_line(t, FILE_STATUS, parse_cpus_line, t);
#endif
	}
#if ENABLE_FEATURE_TOPMEM_SMAPS
	if (t->opt & OPT_s) {
		rewind_processes(t);
		/* Groups need Pss, which there is since Linux 2.6.25: look until one can be read. */
		while ((!t->smaps_seen || ((t->opt & OPT_g) && row->value[USS] == KB_UNKNOWN)) && next_entry(t, &t->procs))
			read_smaps(t, row);
		if ((t->opt & OPT_g) && row->value[USS] != KB_UNKNOWN && row->value[PSS] == KB_UNKNOWN)
			t->smaps_seen = false;
	}
#endif
	if (!t->statm_ok)
		t->page_kb = 64;	/* the largest there are */
	else if (ENABLE_FEATURE_TOPMEM_FAST && t->rank_by == RSS && !settles_all(t) && !(t->opt & (OPT_s | OPT_r | OPT_SELECT))
	 && !(ENABLE_FEATURE_TOPMEM_WATCH && (t->scan_from & FROM_GROWTH)))
		t->scan_rss = true;
}
