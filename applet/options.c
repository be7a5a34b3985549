/* SPDX-License-Identifier: 0BSD */
/*
 * The command line.
 */
#include "topmem.h"

static unsigned parse_count(const char *text)
{
	const char *p = text;
	kb_t count = KB_UNKNOWN;

	if (*text >= '0')	/* no blanks before it, no sign */
		count = parse_number(&p);
	if (count == KB_UNKNOWN || *p)
		die(text, "not a number");
	if (count > INT_MAX)
		die(text, "too large");
	return count;
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* The column of this name, and how it is shown: "rss%" of a size is its share. */
static unsigned find_column(struct topmem *t, const char *name, const char *end, unsigned *kind)
{
	unsigned len = end - name;
	unsigned column;
	bool share = len && end[-1] == '%';

	len -= share;
	for (column = 0; len && column < N_COLUMNS; column++) {
		const struct column_info *info = &column_info[column];

		if (strlen(info->name) != len || memcmp(info->name, name, len) != 0)
			continue;
		*kind = share ? SHARE : info->kind;
		if (!share || info->kind == SIZE)
			return column;
	}
	begin_message(t);
	put_bytes(t, name, end);
	put_text(t, ": no such column; there are");
	for (column = 0; column < N_COLUMNS; column++) {
		if (column_info[column].name[0]) {
			put_char(t, ' ');
			put_text(t, column_info[column].name);
		}
	}
	end_message(t);
	exit(EXIT_TROUBLE);
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

/* -o help */
static NORETURN void explain_columns(struct topmem *t)
{
	const struct column_info *info;

	for (info = column_info; info < column_info + N_COLUMNS; info++) {
		if (!info->name[0])
			continue;
		put_text(t, info->name);
		put_char(t, '\t');
		put_text(t, info->help);
		put_char(t, '\n');
	}
	flush(t);
	exit(0);
}
#endif

void read_options(struct topmem *t, char **argv)
{
	static const uint8_t usual[] = { PID, RSS, MEM, COMM };
	IF_FEATURE_TOPMEM_SMAPS(static const uint8_t exact[] = { PID, USS, PSS, SWAP, RSS, COMM };)
	const uint8_t *column = usual;
	const char *n = "1";

#if ENABLE_FEATURE_TOPMEM_COLUMNS
	const char *k = NULL, *o = NULL;
	unsigned kind;
#endif

	t->dir = "/proc";
	t->rank_by = RSS;
	t->opt = getopt32(argv, "^" "n:qHR:" IF_FEATURE_TOPMEM_HUMAN("h") IF_FEATURE_TOPMEM_SMAPS("s")
		IF_FEATURE_TOPMEM_COLUMNS("k:o:ar") "\0" "=0",
		&n, &t->dir IF_FEATURE_TOPMEM_COLUMNS(, &k, &o));
	t->wanted = parse_count(n);
#if ENABLE_FEATURE_TOPMEM_SMAPS
	if (t->opt & OPT_s) {
		t->smaps = true;
		t->rank_by = USS;
		column = exact;
	}
#endif
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	if (k) {
		t->rank_by = find_column(t, k, k + strlen(k), &kind);
		if (kind == NAME)
			die(k, "not a number to rank by");
	}
	if (o) {
		if (strcmp(o, "help") == 0)
			explain_columns(t);
		show_list(t, o);
	} else
#endif
	{
		do
			show_column(t, *column, column_info[*column].kind);
		while (*column++ != COMM);
	}
#if ENABLE_FEATURE_TOPMEM_SMAPS || ENABLE_FEATURE_TOPMEM_COLUMNS
	t->scan_from = column_info[t->rank_by].from;
	t->from |= t->scan_from;
	t->smaps |= (t->from & FROM_SMAPS) != 0;
	t->bounded = t->smaps && (t->scan_from & (FROM_SMAPS | SMAPS_TOO));
	if (t->bounded)
		t->scan_from &= SWAP_TOO;
	t->scan_last = t->bounded ? HUGE : t->rank_by > RSS ? N_VALUES - 1 : t->rank_by == VSZ ? SHR : RSS;
#endif
}
