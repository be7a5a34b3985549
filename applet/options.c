/* SPDX-License-Identifier: 0BSD */
/*
 * The command line.
 */
#include "topmem.h"

/* A number from least on. */
static unsigned parse_count(const char *text, unsigned least)
{
	const char *p = text;
	kb_t count = parse_number(&p);

	if (*text <= ' ' || *p || count >= INT_MAX || count < least)
		give_up(text, "invalid number");
	return (unsigned)count;
}

#if ENABLE_FEATURE_TOPMEM_WATCH
/* Seconds, in milliseconds. */
static unsigned parse_interval(const char *text)
{
	const char *p = text;
	kb_t ms = parse_thousandths(&p);

	while ((unsigned)(*p - '0') <= 9)
		p++;		/* less than one */
	if (*p || ms - 1 >= INT_MAX)
		give_up(text, "invalid number");
	return (unsigned)ms;
}
#endif

/* -o help: the columns, and the end with this status. */
static NORETURN void explain_columns(struct topmem *t, int status)
{
	const char *text = column_texts;
	unsigned texts;

	for (texts = 2 * N_COLUMNS; texts; texts--) {
		put_text(t, text);
		put_char(t, texts & 1 ? '\n' : '\t');
		text = next_text(text);
	}
	flush(t);
	exit(status);
}

/* The column of this name, and how it is shown: "rss%" of a size is its share. */
static unsigned find_column(struct topmem *t, const char *name, const char *end, unsigned *kind)
{
	const char *known = column_texts;
	unsigned column;
	bool share = end > name && end[-1] == '%';
	const char *name_end = end - share;

	/* Without FEATURE_TOPMEM_COLUMNS it is one of them */
	for (column = 0; !ENABLE_FEATURE_TOPMEM_COLUMNS || column < N_COLUMNS; column++) {
		*kind = column_info[column].kind;
		if (after(known, name) == name_end && (!share || *kind == SIZE)) {
			if (share)
				*kind = SHARE;
			return column;
		}
		known = next_text(next_text(known));
	}
	begin_message(t);
	put_bytes(t, name, end);
	put_text(t, ": no such column; there are\n");
	explain_columns(t, EXIT_TROUBLE);
}

/* "pid,rss,comm"; names go last on the line. */
static void show_list(struct topmem *t, const char *list)
{
	unsigned names;

	for (names = 0; names < 2; names++) {
		const char *name = list;

		for (;;) {
			const char *end = strchrnul(name, ',');
			unsigned kind;
			unsigned column = find_column(t, name, end, &kind);

			if ((kind == NAME) == names)
				show_column(t, column, kind);
			if (!*end)
				break;
			name = end + 1;
		}
	}
}

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/* What -b means, which may be cut short: "prog". */
static unsigned find_by(const char *name)
{
	unsigned by;

	if (!name)
		return BY_PROG;
	for (by = 0; !*name || !after(name, by_names[by]); by++) {
		if (by == BY_ARGS)
			give_up(name, "not prog, user, cgroup or args");
	}
	return by;
}
#endif

#if ENABLE_FEATURE_TOPMEM_JSON || ENABLE_FEATURE_TOPMEM_PROM
/* -f: PIDs alone are JSON too, but no metrics. */
static ALWAYS_INLINE void read_format(struct topmem *t)
{
	const char *format = t->value[VALUE_f];

	if (!format)
		return;
	if (ENABLE_FEATURE_TOPMEM_PROM && strcmp(format, "prom") == 0) {
		t->opt = (t->opt & ~(unsigned)(OPT_JSON | OPT_q)) | OPT_PROM;
	} else if (!ENABLE_FEATURE_TOPMEM_JSON || strcmp(format, "json") != 0) {
		give_up(format, "no such format");
	}
	t->opt &= ~(unsigned)OPT_h;
}
#else
# define read_format(t) ((void)0)
#endif

#if ENABLE_FEATURE_TOPMEM_LIMITS
/* Refuses -x and -X that are no thresholds. */
static ALWAYS_INLINE void read_thresholds(struct topmem *t)
{
	unsigned kind = column_info[t->rank_by].kind;

	set_thresholds(t, VALUE_x, 1000);
	set_thresholds(t, VALUE_X, 1000);
	if (t->value[VALUE_x] && (kind < GROWTH || kind > SHARE) && *strchrnul(t->value[VALUE_x], '%'))
		give_up(t->value[VALUE_x], "no share of memory");
}
#else
# define read_thresholds(t) ((void)0)
#endif

/* What has to be read for the ranking, and for what is shown. */
static ALWAYS_INLINE void plan_reading(struct topmem *t)
{
	t->scan_from = column_info[t->rank_by].from;
	t->from |= t->scan_from;
#if ENABLE_FEATURE_TOPMEM_WATCH
	if (!t->interval_ms && (t->samples || (t->from & FROM_GROWTH)))
		give_up(t->samples ? "-i" : "grow", "needs -w");
	if (t->from & FROM_GROWTH) {
		if (t->opt & OPT_g)
			give_up("grow", "not with -g");
		t->scan_from |= START_TOO | FROM_GROWTH;	/* of each process the first value counts */
	}
#endif
	IF_FEATURE_TOPMEM_LIMITS(t->shares |= (t->opt & (OPT_l | OPT_CHECK | OPT_JSON | OPT_PROM)) != 0;)
	if ((t->opt & OPT_g) || (t->from & FROM_SMAPS))
		t->opt |= OPT_s;	/* smaps is read, whatever is shown of it */
	if (t->opt & OPT_s) {
		if (ENABLE_FEATURE_TOPMEM_WATCH)
			t->bounded = t->settle_all = (t->from & FROM_GROWTH) != 0;
		if (t->scan_from & ESTIMATED) {
			t->bounded = true;
			t->scan_from &= SWAP_TOO;
		}
	}
}

/* The options and their values, in the order of enum option_bit and enum value. */
void read_options(struct topmem *t, char **argv)
{
	const char **v = at_hand(t->value);
	const char *columns;
	unsigned kind;

	v[VALUE_n] = "1";
	v[VALUE_R] = "/proc";
	t->opt = getopt32(argv, "^" "n:qHR:" IF_FEATURE_TOPMEM_HUMAN("h") IF_FEATURE_TOPMEM_SMAPS("s")
		IF_FEATURE_TOPMEM_COLUMNS("k:o:ar") IF_FEATURE_TOPMEM_SELECT("p:u:c:e:")
		IF_FEATURE_TOPMEM_PROGRAMS("gb:t") IF_FEATURE_TOPMEM_WATCH("w:i:")
		IF_FEATURE_TOPMEM_LIMITS("lx:X:") IF_FORMATS("f:")
		"\0" "=0", v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7, v + 8, v + 9, v + 10, v + 11, v + 12, v + 13);
	if (t->opt & OPT_GROUPS)
		t->opt |= OPT_g;
	t->wanted = parse_count(v[VALUE_n], 0);
	if (v[VALUE_o] && strcmp(v[VALUE_o], "help") == 0)
		explain_columns(t, 0);
#if ENABLE_FEATURE_TOPMEM_WATCH
	if (v[VALUE_w])
		t->interval_ms = parse_interval(v[VALUE_w]);
	if (v[VALUE_i])
		t->samples = parse_count(v[VALUE_i], 1);
#endif
	read_format(t);
	if (t->opt & OPT_q)
		v[VALUE_o] = t->opt & OPT_g ? "comm" : "pid";

	columns = "pid,rss,mem,comm";
	t->rank_by = RSS;
#if ENABLE_FEATURE_TOPMEM_SMAPS
	if (t->opt & OPT_s) {
		columns = "pid,uss,pss,swap,rss,comm";
		t->rank_by = USS;
	}
#endif
#if ENABLE_FEATURE_TOPMEM_PROGRAMS
	if (t->opt & OPT_g) {
		columns = "uss,shared,ram,swap,num,comm";
		t->rank_by = RAM;
		t->opt &= ~(unsigned)OPT_a;
		t->by = (uint8_t)find_by(v[VALUE_b]);
		if (t->opt & OPT_t)
			t->wanted = 1;	/* no row is shown */
		if (t->by == BY_ARGS)
			t->opt |= OPT_a;
	}
#endif
	if (v[VALUE_k]) {
		t->rank_by = (uint8_t)find_column(t, v[VALUE_k], strchrnul(v[VALUE_k], '\0'), &kind);
		if (kind >= PATH)
			give_up(v[VALUE_k], "not a number");
	}
	show_list(t, v[VALUE_o] ? v[VALUE_o] : columns);
	if ((t->opt & OPT_PROM) && t->shown[t->n_shown - 1].kind != NAME)
		show_column(t, COMM, NAME);
	read_thresholds(t);
	check_selection(t);
	plan_reading(t);
}
