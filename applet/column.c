/* SPDX-License-Identifier: 0BSD */
/*
 * The one table of columns, and the rows printed by it.
 */
#include "topmem.h"

/* Cells are made backwards from the end of a buffer of this size: a user
 * name has at most 32 bytes. */
enum { CELL_SIZE = 40 };

#define HELP(text) IF_FEATURE_TOPMEM_COLUMNS(, text)

const struct column_info column_info[] = {
	[COMM] = { "comm", NAME, 0 HELP("its name") },
	[PID] = { "pid", NUMBER, 0 HELP("its number") },
	[RSS] = { "rss", SIZE, SMAPS_TOO HELP("resident memory") },
	[VSZ] = { "vsz", SIZE, 0 HELP("address space") },
	[MEM] = { "mem", SHARE, SMAPS_TOO HELP("RSS as a share of all memory; uss% is that of USS, and so on") },
#if ENABLE_FEATURE_TOPMEM_SMAPS || ENABLE_FEATURE_TOPMEM_COLUMNS
	[SHR] = { "shr", SIZE, 0 HELP("resident file and shared memory") },
	[THR] = { "thr", NUMBER, FROM_STATUS HELP("threads") },
	[HUGE] = { "huge", SIZE, FROM_STATUS HELP("hugetlb pages, which RSS leaves out") },
	[SWAP] = { "swap", SIZE, FROM_STATUS | SMAPS_TOO | SWAP_TOO HELP("swapped out") },
#endif
#if ENABLE_FEATURE_TOPMEM_SMAPS
	[USS] = { "uss", SIZE, FROM_SMAPS HELP("private memory: what its end would free") },
	[PSS] = { "pss", SIZE, FROM_SMAPS HELP("private memory and its part of the shared") },
#endif
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	[PPID] = { "ppid", NUMBER, FROM_STATUS, "its parent" },
	[USER] = { "user", OWNER, FROM_STATUS, "owner" },
	[ARGS] = { "args", NAME, FROM_CMDLINE, "the whole command line" },
	[ANON] = { "anon", SIZE, 0, "resident anonymous memory" },
	[HWM] = { "hwm", SIZE, FROM_STATUS, "largest RSS so far" },
	[DATA] = { "data", SIZE, FROM_STATUS, "private writable mappings" },
	[STK] = { "stk", SIZE, FROM_STATUS, "stack" },
	[TEXT] = { "text", SIZE, FROM_STATUS, "code of the program" },
	[LIB] = { "lib", SIZE, FROM_STATUS, "code of libraries" },
	[PTE] = { "pte", SIZE, FROM_STATUS, "page tables" },
	[LCK] = { "lck", SIZE, FROM_STATUS, "locked into memory" },
	[FOOT] = { "foot", SIZE, FROM_STATUS | SMAPS_TOO | SWAP_TOO, "RSS + SWAP" },
# if ENABLE_FEATURE_TOPMEM_SMAPS
	[DIRTY] = { "dirty", SIZE, FROM_SMAPS, "dirty memory, private and shared" },
	[EPSS] = { "epss", SIZE, FROM_SMAPS | SWAP_TOO, "PSS and its part of the swap" },
# endif
	[OOM] = { "oom", SIGNED, FROM_OOM_SCORE, "oom_score: the largest is killed first" },
	[ADJ] = { "adj", SIGNED, FROM_OOM_SCORE_ADJ, "oom_score_adj, -1000 to 1000" },
#endif
};

/* With one decimal. */
static char *format_tenths(char *end, kb_t tenths)
{
	*--end = (char)('0' + tenths % 10);
	*--end = '.';
	return format_number(end, tenths / 10);
}

/* "812K", "79.8M", "1.4G": one decimal below 100, rounded to the nearest. */
static char *format_human(char *end, kb_t size)
{
	const char *letter = "KMGTPEZ";
	kb_t unit = 1;
	kb_t tenths;

	for (; *letter != 'Z' && size >= 1024 * unit - unit / 2; letter++)
		unit *= 1024;
	*--end = *letter;
	tenths = size / unit * 10 + (size % unit * 10 + unit / 2) / unit;
	if (unit == 1 || tenths >= 1000)
		return format_number(end, (size + unit / 2) / unit);
	return format_tenths(end, tenths);
}

/* size / total in per cent. */
static char *format_share(char *end, kb_t size, kb_t total)
{
	while (size > KB_MAX / 1000) {
		size /= 2;
		total /= 2;
	}
	return total ? format_tenths(end, (size * 1000 + total / 2) / total) : end;
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* The name from /etc/passwd, the number where it has none. */
static char *format_owner(struct topmem *t, char *end, kb_t uid)
{
	unsigned len;

	if (t->owner.uid != uid) {
		t->owner.uid = uid;
		t->owner.name[0] = '\0';
		set_path(t, "");
		read_lines(t, FILE_PASSWD, parse_passwd_line, &t->owner);
	}
	len = strlen(t->owner.name);
	if (!len)
		return format_number(end, uid);
	return memcpy(end - len, t->owner.name, len);
}
#endif

/* The cell, backwards from end.  Returns where it starts. */
static char *format_cell(struct topmem *t, const struct row *row, const struct shown *shown, char *end)
{
	kb_t value = row->value[shown->column];
	char *start = end;

	if (shown->kind == SHARE) {
		if (value != KB_UNKNOWN && t->mem_total_kb < KB_MAX)
			start = format_share(end, value, t->mem_total_kb);
	} else if (value != KB_UNKNOWN) {
		switch (shown->kind) {
#if ENABLE_FEATURE_TOPMEM_COLUMNS
		case OWNER:
			return format_owner(t, end, value);
		case SIGNED:
			start = format_number(end, value < SIGNED_BIAS ? SIGNED_BIAS - value : value - SIGNED_BIAS);
			if (value < SIGNED_BIAS)
				*--start = '-';
			return start;
#endif
		case SIZE:
			if (t->opt & OPT_h)
				return format_human(end, value);
		}
		return format_number(end, value);
	}
	if (start == end)
		*--start = '-';
	return start;
}

/* "RSS", "%USS"; "~USS" where it is estimated. */
static char *format_header(const struct topmem *t, const struct shown *shown, char *end)
{
	const char *name = column_info[shown->column].name;
	unsigned len;

	if (shown->kind == NAME)
		name = "command";
	if (ENABLE_FEATURE_TOPMEM_COLUMNS && shown->column == HWM)
		name = "peak";
	for (len = strlen(name); len; len--)
		*--end = (char)(name[len - 1] - 'a' + 'A');
	if (ENABLE_FEATURE_TOPMEM_SMAPS && shown->column == USS && !t->smaps_seen)
		*--end = '~';
	if (shown->kind == SHARE)
		*--end = '%';
	return end;
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/*
 * The command line, of any length: its words end in a NUL, and where a
 * process has overwritten it many may follow.  It is read now, so see first
 * that this is still the process of the row.  False if it has none.
 */
static bool print_args(struct topmem *t, const struct row *row)
{
	kb_t start = KB_UNKNOWN;
	char *end = t->file;
	unsigned blanks = 0;
	bool any = false;
	bool more;
	int fd = -1;

	if (!enter_process(t, row->pid))
		return false;
	if (row->tid != row->pid)
		set_path_number(t, "task/", row->tid);
	read_lines(t, FILE_STAT, parse_start_line, &start);
	if (start == row->value[START])
		fd = open_file(t, FILE_CMDLINE);
	do {
		const char *p = t->file;
		ssize_t n = safe_read(fd, end, t->file + READ_SIZE - end);

		more = n > 0;
		if (more)
			end += n;
		while (p < end && (!more || end - p >= 4)) {
			if (!*p) {
				blanks++;
				p++;
				continue;
			}
			for (; blanks; blanks--)
				put_char(t, ' ');
			p += put_safe_char(t, p, end);
			any = true;
		}
		memmove(t->file, p, end - p);
		end -= p - t->file;
	} while (more);
	close(fd);
	leave_process(t);
	return any;
}
#else
# define print_args(t, row) false
#endif

static void print_name(struct topmem *t, const struct row *row, unsigned column)
{
	bool args = ENABLE_FEATURE_TOPMEM_COLUMNS && column == ARGS;
	const char *name = row->comm;
	const char *end = name + strlen(name);

	if (args && print_args(t, row))
		return;
	if (args)
		put_char(t, '[');
	if (name == end)
		put_char(t, '-');
	while (name < end)
		name += put_safe_char(t, name, end);
	if (args)
		put_char(t, ']');
}

/* Adds a column on the right. */
void show_column(struct topmem *t, unsigned column, unsigned kind)
{
	static const uint8_t width[] = { [NUMBER] = 5, [SIGNED] = 5, [SIZE] = 7, [SHARE] = 4, [OWNER] = 8, [NAME] = 0 };
	struct shown *shown = &t->shown[t->n_shown];

	if (ENABLE_FEATURE_TOPMEM_COLUMNS && t->n_shown == MAX_SHOWN)
		die("-o", "too many columns");
	if ((t->opt & OPT_a) && column == COMM)
		column = ARGS;
	t->n_shown++;
	t->from |= column_info[column].from;
	shown->column = column;
	shown->kind = kind;
	shown->width = width[kind] - (kind == SIZE && (t->opt & OPT_h));
}

/* Makes the columns wide enough for this row, or the header, so that they never run together. */
void fit_columns(struct topmem *t, const struct row *row)
{
	char cell[CELL_SIZE];
	char *end = cell + CELL_SIZE;
	struct shown *shown = t->shown;

	if (SMALLEST)
		return;		/* a row with 10 GB is then wider than the header */
	for (; shown < t->shown + t->n_shown; shown++) {
		unsigned width;

		if (shown->kind == NAME)
			continue;
		width = end - (row ? format_cell(t, row, shown, end) : format_header(t, shown, end));
		if (shown->width < width)
			shown->width = width;
	}
}

/* The cells of a row, or of the header. */
static void put_line(struct topmem *t, const struct row *row)
{
	char cell[CELL_SIZE];
	char *end = cell + CELL_SIZE;
	unsigned i;

	for (i = 0; i < t->n_shown; i++) {
		const struct shown *shown = &t->shown[i];
		char *start;
		int blanks;
		bool left;

		if (i)
			put_char(t, ' ');
		if (row && shown->kind == NAME) {
			print_name(t, row, shown->column);
			continue;
		}
		start = row ? format_cell(t, row, shown, end) : format_header(t, shown, end);
		left = ENABLE_FEATURE_TOPMEM_COLUMNS && shown->kind == OWNER;
		blanks = shown->width - (int)(end - start);
		if (left)
			put_bytes(t, start, end);
		for (; blanks > 0; blanks--)
			put_char(t, ' ');
		if (!left)
			put_bytes(t, start, end);
	}
	put_char(t, '\n');
}

void print_header(struct topmem *t)
{
	if (!(t->opt & (OPT_q | OPT_H)))
		put_line(t, NULL);
}

void print_row(struct topmem *t, const struct row *row)
{
	if (!(t->opt & OPT_q)) {
		put_line(t, row);
		return;
	}
	put_number(t, row->pid);
	put_char(t, '\n');
}
