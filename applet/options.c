/* SPDX-License-Identifier: 0BSD */
/*
 * The command line.
 */
#include "topmem.h"

enum {
	OPTBIT_n, OPTBIT_q, OPTBIT_H, OPTBIT_R,
	IF_FEATURE_TOPMEM_HUMAN(OPTBIT_h,)
	IF_FEATURE_TOPMEM_SMAPS(OPTBIT_s,)
	IF_FEATURE_TOPMEM_COLUMNS(OPTBIT_k, OPTBIT_o, OPTBIT_a, OPTBIT_r,)
	OPT_n = 1 << OPTBIT_n,
	OPT_q = 1 << OPTBIT_q,
	OPT_H = 1 << OPTBIT_H,
	OPT_h = IF_FEATURE_TOPMEM_HUMAN((1 << OPTBIT_h)) + 0,
	OPT_s = IF_FEATURE_TOPMEM_SMAPS((1 << OPTBIT_s)) + 0,
	OPT_k = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_k)) + 0,
	OPT_o = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_o)) + 0,
	OPT_a = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_a)) + 0,
	OPT_r = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_r)) + 0,
};

static unsigned parse_count(struct topmem *t, const char *text)
{
	const char *end = text + strlen(text);
	const char *p = text;
	kb_t count = KB_UNKNOWN;

	if ((unsigned char)*text - '0' <= 9)
		count = parse_number(&p, end);
	if (count == KB_UNKNOWN || p != end)
		die(t, text, "not a number");
	if (count > UINT_MAX)
		die(t, text, "too large");
	return count;
}

static void show(struct topmem *t, uint8_t column)
{
	const struct column_info *info = &column_info[column & ~PERCENT];

	if (t->n_shown == MAX_SHOWN)
		die(t, "-o", "too many columns");
	t->shown[t->n_shown++] = column;
	t->files |= info->file;
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* "rss", or "rss%" of a size: the column, with PERCENT. */
static uint8_t find_column(struct topmem *t, const char *name, const char *end)
{
	const struct column_info *info;
	unsigned len = end - name;
	uint8_t percent = 0;

	if (len && end[-1] == '%') {
		percent = PERCENT;
		len--;
	}
	for (info = column_info; len && info < column_info + N_COLUMNS; info++) {
		if (strlen(info->name) == len && !memcmp(info->name, name, len)
		 && (!percent || info->kind == SIZE))
			return (info - column_info) | percent;
	}
	begin_message(t);
	put_safe(t, name);
	put_text(t, ": no such column; known are:");
	for (info = column_info; info < column_info + N_COLUMNS; info++) {
		if (info->name[0]) {
			put_char(t, ' ');
			put_text(t, info->name);
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
			uint8_t column = find_column(t, name, end);

			if ((column_info[column & ~PERCENT].kind == NAME) == names)
				show(t, column);
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
	static const uint8_t exact[] = { PID, USS, PSS, SWAP, RSS, COMM };
	const char *n = "1";
	IF_FEATURE_TOPMEM_COLUMNS(const char *k = NULL, *o = NULL; unsigned i;)
	unsigned opt;

	t->dir = "/proc";
	opt = getopt32(argv, "^" "n:qHR:" IF_FEATURE_TOPMEM_HUMAN("h") IF_FEATURE_TOPMEM_SMAPS("s")
		IF_FEATURE_TOPMEM_COLUMNS("k:o:ar") "\0" "=0",
		&n, &t->dir IF_FEATURE_TOPMEM_COLUMNS(, &k, &o));
	t->wanted = parse_count(t, n);
	t->quiet = opt & OPT_q;
	t->no_header = opt & OPT_H;
	t->human = opt & OPT_h;
	t->reverse = opt & OPT_r;
	t->smaps = opt & OPT_s;
	t->rank_by = t->smaps ? USS : RSS;

#if ENABLE_FEATURE_TOPMEM_COLUMNS
	if (k) {
		t->rank_by = find_column(t, k, k + strlen(k)) & ~PERCENT;
		if (column_info[t->rank_by].kind == NAME)
			die(t, k, "not a number to rank by");
		if (t->rank_by == MEM)
			t->rank_by = RSS;
	}
	if (o && strcmp(o, "help") == 0)
		explain_columns(t);
	if (o)
		show_list(t, o);
#endif
	if (!t->n_shown) {
		const uint8_t *column = t->smaps ? exact : usual;

		do
			show(t, *column);
		while (*column++ != COMM);
	}
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	if (opt & OPT_a) {
		for (i = 0; i < t->n_shown; i++) {
			if (t->shown[i] == COMM) {
				t->shown[i] = ARGS;
				t->files |= FILE_CMDLINE;
			}
		}
	}
#endif
	t->scan_files = column_info[t->rank_by].file;
	t->files |= t->scan_files;
#if ENABLE_FEATURE_TOPMEM_SMAPS
	if (t->files & FILE_SMAPS)
		t->smaps = true;
	t->bounded = t->scan_files & FILE_SMAPS
		|| (t->smaps && (t->rank_by == RSS || t->rank_by == SWAP || t->rank_by == FOOT));
	if (t->bounded)
		t->scan_files = 0;
#endif
}
