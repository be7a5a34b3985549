/* SPDX-License-Identifier: 0BSD */
/*
 * The rows, printed by the table in columns.h.
 */
#include "topmem.h"

/* Cells are made backwards from the end of a buffer of this size: a user
 * name has at most 32 bytes. */
enum { CELL_SIZE = 40 };

/* With one decimal. */
static char *format_tenths(char *end, kb_t tenths)
{
	*--end = (char)('0' + tenths % 10);
	*--end = '.';
	return format_number(end, tenths / 10);
}

/* "812K", "79.8M", "1.4G": one decimal below 100, rounded to the nearest. */
static char *format_human(char *end, uint64_t size)
{
	const char *letter = "KMGTPEZ";
	uint64_t unit = 1;
	uint64_t tenths;

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
	while (size > KB_MAX / 2000) {
		size /= 2;
		total = total / 2 | 1;
	}
	return format_tenths(end, (size * 1000 + total / 2) / total);
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* The name from /etc/passwd, the number where it has none. */
static char *format_owner(struct topmem *t, char *end, kb_t uid)
{
	unsigned len;

	if (t->owner.uid != uid) {
		t->owner.uid = uid;
		t->owner.name[0] = '\0';
		clear_path(t);
		read_each_line(t, FILE_PASSWD, parse_passwd_line, &t->owner);
	}
	len = strlen(t->owner.name);
	if (!len)
		return format_number(end, uid);
	return memcpy(end - len, t->owner.name, len);
}
#endif

/* A value of this kind, backwards from end.  Returns where it starts. */
static char *format_value(struct topmem *t, unsigned kind, kb_t value, char *end)
{
	if (value == KB_UNKNOWN || (kind == SHARE && !known_above_0(t->mem_total_kb))) {
		*--end = '-';
		return end;
	}
	if (kind == SHARE)
		return format_share(end, value, t->mem_total_kb);
	if (kind == SIZE && (t->opt & OPT_h))
		return format_human(end, value);
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	if (kind == OWNER)
		return format_owner(t, end, value);
	if (kind == SIGNED) {
		end = format_number(end, value < SIGNED_BIAS ? SIGNED_BIAS - value : value - SIGNED_BIAS);
		if (value < SIGNED_BIAS)
			*--end = '-';
		return end;
	}
#endif
	return format_number(end, value);
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

	if (!enter_number(t, row->pid))
		return false;
	if (row->tid != row->pid && enter_name(t, "task"))
		enter_number(t, row->tid);
	read_each_line(t, FILE_STAT, parse_start_line, &start);
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
	enter(t->procs.fd);
	return any;
}
#else
# define print_args(t, row) false
#endif

static void print_name(struct topmem *t, const struct row *row, bool args)
{
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

static void put_blanks(struct topmem *t, int n)
{
	while (n-- > 0)
		put_char(t, ' ');
}

#define COLUMN_INFO(number, name, kind, from, help) { kind, from },
#define COLUMN_TEXTS(number, name, kind, from, help) name "\0" IF_FEATURE_TOPMEM_COLUMNS(help) "\0"

const struct column_info column_info[] ALIGN1 = {
	FIRST_COLUMNS(COLUMN_INFO)
	IF_FEATURE_TOPMEM_SMAPS(SMAPS_COLUMNS(COLUMN_INFO))
	IF_FEATURE_TOPMEM_COLUMNS(OTHER_COLUMNS(COLUMN_INFO))
};

/* Of each column the name and, where there is -o, the help. */
const char column_texts[] ALIGN1 =
	FIRST_COLUMNS(COLUMN_TEXTS)
	IF_FEATURE_TOPMEM_SMAPS(SMAPS_COLUMNS(COLUMN_TEXTS))
	IF_FEATURE_TOPMEM_COLUMNS(OTHER_COLUMNS(COLUMN_TEXTS));

/* "RSS", "%USS"; "~USS" where it is estimated. */
static char *format_header(const struct topmem *t UNUSED_PARAM, const struct shown *shown, char *end)
{
	const char *name = column_texts;
	unsigned i = 2 * shown->column;
	unsigned len;

	while (i--)
		name = next_text(name);
	if (shown->kind == NAME)
		name = "command";
	if (ENABLE_FEATURE_TOPMEM_COLUMNS && shown->column == HWM)
		name = "peak";
	for (len = strlen(name); len; len--)
		*--end = (char)(name[len - 1] - 'a' + 'A');
#if ENABLE_FEATURE_TOPMEM_SMAPS
	if (shown->column == USS && !t->smaps_seen)
		*--end = '~';
#endif
	if (shown->kind == SHARE)
		*--end = '%';
	return end;
}

/* The cell of a row, or of the header. */
static char *format_cell(struct topmem *t, const struct row *row, const struct shown *shown, char *end)
{
	if (!row)
		return format_header(t, shown, end);
	return format_value(t, shown->kind, row->value[shown->column], end);
}

/* Adds a column on the right. */
void show_column(struct topmem *t, unsigned column, unsigned kind)
{
	static const uint8_t width[] ALIGN1 = { [NUMBER] = 5, [SIGNED] = 5, [SIZE] = 7, [SHARE] = 4, [OWNER] = 8, [NAME] = 0 };
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

	for (; shown < t->shown + t->n_shown; shown++) {
		unsigned width;

		if (shown->kind == NAME)
			continue;
		width = end - format_cell(t, row, shown, end);
		if (shown->width < width)
			shown->width = width;
	}
}

/* The cells of a row, or of the header. */
static void put_line(struct topmem *t, const struct row *row)
{
	char cell[CELL_SIZE];
	char *end = cell + CELL_SIZE;
	const struct shown *shown = t->shown;

	for (;;) {
		if (row && shown->kind == NAME) {
			print_name(t, row, shown->column != COMM);
		} else {
			char *start = format_cell(t, row, shown, end);
			int blanks = shown->width - (int)(end - start);
			bool left = ENABLE_FEATURE_TOPMEM_COLUMNS && shown->kind == OWNER;

			if (!left)
				put_blanks(t, blanks);
			put_bytes(t, start, end);
			if (left)
				put_blanks(t, blanks);
		}
		if (++shown == t->shown + t->n_shown)
			break;
		put_char(t, ' ');
	}
	put_char(t, '\n');
}

/* The first one comes with the header. */
void print_row(struct topmem *t, const struct row *row)
{
	if (t->opt & OPT_q) {
		put_number(t, row->pid);
		put_char(t, '\n');
	} else {
		if (!t->shown_rows) {
			fit_columns(t, NULL);
			if (!(t->opt & OPT_H))
				put_line(t, NULL);
		}
		put_line(t, row);
	}
	t->shown_rows++;
}
