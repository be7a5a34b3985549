/* SPDX-License-Identifier: 0BSD */
/*
 * The rows, printed by the table in columns.h: as text, in JSON or as metrics.
 */
#include "topmem.h"

/* How many units the size has, times 10 or 1000, to the nearest. */
static kb_t count_units(kb_t size, unsigned times, kb_t unit)
{
	return add_kb(times_kb(size, times), unit / 2) / unit;
}

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
	const char *letter = "KMGTPE";
	kb_t unit = 1;
	kb_t number, tenths;

	while ((number = count_units(size, 1, unit)) >= 1024 && *letter != 'E') {
		unit *= 1024;
		letter++;
	}
	*--end = *letter;
	tenths = count_units(size, 10, unit);
	return unit > 1 && tenths < 1000 ? format_tenths(end, tenths) : format_number(end, number);
}

/* Text, as it is. */
static NOINLINE char *format_text(char *end, const char *text)
{
	size_t len = strlen(text);

	return memcpy(end - len, text, len);
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* The name from /etc/passwd, the number where it has none. */
static char *format_owner(struct topmem *t, char *end, kb_t uid)
{
	if (t->owner.uid != uid) {
		t->owner.uid = uid;
		t->owner.name[0] = '\0';
		read_each_line(t, FILE_PASSWD, parse_passwd_line, &t->owner);
	}
	if (!t->owner.name[0])
		return format_number(end, uid);
	return format_text(end, t->owner.name);
}

/*
 * Enters the folder of a row, to read what is read when it is printed.  False
 * if its PID is another process's now.
 */
static NOINLINE bool enter_row(struct topmem *t, const struct row *row)
{
	struct row now;

	if (!enter_thread(t, row))
		return false;
	clear_row(&now);
	now.comm[0] = '\0';
	read_stat(t, &now);
	return now.value[START] == row->value[START];
}
#endif

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/* The last part of its path, as much of it as fits. */
static char *format_cgroup(struct topmem *t, char *end, const struct row *row)
{
	struct program group;

	group.num = 0;
	memcpy(group.name, "-", 2);
	if (enter_row(t, row))
		read_each_line(t, FILE_CGROUP, parse_cgroup_line, &group);
	leave(t);
	return format_text(end, group.name);
}
#endif

/* A value of this kind, backwards from end.  Returns where it starts. */
char *format_value(struct topmem *t, unsigned kind, kb_t value, char *end)
{
	if (value == KB_UNKNOWN || (kind == SHARE && !known_above_0(t->memory[M_LIMIT]))) {
		*--end = '-';
		return end;
	}
	if (kind == SHARE)
		return format_tenths(end, count_units(value, 1000, t->memory[M_LIMIT]));
	if (kind == SIZE && (t->opt & OPT_h))
		return format_human(end, value);
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	if (kind == OWNER)
		return format_owner(t, end, value);
	if (kind == SIGNED || kind == GROWTH) {
		int64_t number = (int64_t)(value - SIGNED_BIAS);

		end = format_number(end, number < 0 ? -(kb_t)number : (kb_t)number);
		if (number < 0)
			*--end = '-';
		return end;
	}
#endif
	return format_number(end, value);
}

#if ENABLE_FEATURE_TOPMEM_JSON || ENABLE_FEATURE_TOPMEM_PROM || ENABLE_FEATURE_TOPMEM_LIMITS
/* What a value of this kind is counted in: the unit of sizes, that of shares, or nothing. */
const char *unit_of(unsigned kind, const char *of_sizes, const char *of_shares)
{
	if (kind == SIZE || kind == GROWTH)
		return of_sizes;
	return kind == SHARE ? of_shares : "";
}
#endif

static void put_blanks(struct topmem *t, int n)
{
	while (n-- > 0)
		put_char(t, ' ');
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/*
 * The command line, of any length: its words end in a NUL, and where a
 * process has overwritten it many may follow.  False if it has none.
 */
static NOINLINE bool print_args(struct topmem *t, const struct row *row)
{
	const char *p = t->file;
	unsigned len = 0;
	unsigned blanks = 0;
	bool any = false;
	int fd = enter_row(t, row) ? open_file(t, FILE_CMDLINE) : -1;

	for (;;) {
		unsigned done = 1;

		if (len < 4) {		/* a character may go on */
			ssize_t n;

			memmove(t->file, p, len);
			p = t->file;
			n = safe_read(fd, t->file + len, READ_SIZE - len);
			if (n > 0) {
				len += (unsigned)n;
				continue;
			}
			if (!len)
				break;
		}
		if (!*p) {
			blanks++;
		} else {
			put_blanks(t, (int)blanks);
			blanks = 0;
			done = put_safe_char(t, p, p + len);
			any = true;
		}
		p += done;
		len -= done;
	}
	close(fd);
	leave(t);
	return any;
}
#else
# define print_args(t, row) false
#endif

NOINLINE void print_command(struct topmem *t, const struct row *row, unsigned column)
{
	bool args = ENABLE_FEATURE_TOPMEM_COLUMNS && column == ARGS && row->pid;
	const char *name = row->comm;

	if (args && print_args(t, row))
		return;
	if (args)
		put_char(t, '[');
	if (!*name)
		put_char(t, '-');
	put_safe(t, name, name + strlen(name));
	if (args)
		put_char(t, ']');
}

#define COLUMN_INFO(number, name, kind, from, help) { kind, from },
#define COLUMN_TEXTS(number, name, kind, from, help) name "\0" IF_FEATURE_TOPMEM_COLUMNS(help) "\0"

const struct column_info column_info[] ALIGN1 = {
	FIRST_COLUMNS(COLUMN_INFO)
	IF_FEATURE_TOPMEM_SMAPS(SMAPS_COLUMNS(COLUMN_INFO))
	IF_FEATURE_TOPMEM_COLUMNS(OTHER_COLUMNS(COLUMN_INFO))
	IF_FEATURE_TOPMEM_PROGRAMS(PROGRAM_COLUMNS(COLUMN_INFO))
};

/* Of each column the name and, where there is -o, the help. */
const char column_texts[] ALIGN1 =
	FIRST_COLUMNS(COLUMN_TEXTS)
	IF_FEATURE_TOPMEM_SMAPS(SMAPS_COLUMNS(COLUMN_TEXTS))
	IF_FEATURE_TOPMEM_COLUMNS(OTHER_COLUMNS(COLUMN_TEXTS))
	IF_FEATURE_TOPMEM_PROGRAMS(PROGRAM_COLUMNS(COLUMN_TEXTS));

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
const char by_names[][8] ALIGN1 = { "program", "user", "cgroup", "args" };
#endif

/* That of the column, or of what groups are. */
const char *column_name(const struct topmem *t UNUSED_PARAM, unsigned column)
{
#if ENABLE_FEATURE_TOPMEM_PROGRAMS
	if ((t->opt & OPT_g) && column == COMM)
		return by_names[t->by];
#endif
	return nth_text(column_texts, 2 * column);
}

/* "RSS", "%USS"; "~USS" where it is estimated. */
static char *format_header(const struct topmem *t UNUSED_PARAM, const struct shown *shown, char *end)
{
	const char *name = column_name(t, shown->column);
	char *p = end;

	if (shown->kind == NAME && !(t->opt & OPT_g))
		name = "command";
	else if (ENABLE_FEATURE_TOPMEM_COLUMNS && shown->column == HWM)
		name = "peak";
	else if (shown->kind == GROWTH)
		name = "growth";
	end = format_text(end, name);
	while (--p >= end)
		*p -= 'a' - 'A';
# if ENABLE_FEATURE_TOPMEM_SMAPS
	if (!t->smaps_seen && (column_info[shown->column].from & ESTIMATED) == ESTIMATED)
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
# if ENABLE_FEATURE_TOPMEM_PROGRAMS
	if (shown->kind == PATH)
		return format_cgroup(t, end, row);
# endif
	return format_value(t, shown->kind, row->value[shown->column], end);
}

/* Adds a column on the right. */
NOINLINE void show_column(struct topmem *t, unsigned column, unsigned kind)
{
	static const uint8_t width[] ALIGN1 = { [NUMBER] = 5, [SIGNED] = 5, [SIZE] = 7, [SHARE] = 4, [GROWTH] = 7, [OWNER] = 8, [PATH] = 16, [NAME] = 0 };
	struct shown *shown = &t->shown[t->n_shown];

	if (ENABLE_FEATURE_TOPMEM_COLUMNS && t->n_shown == MAX_SHOWN)
		give_up("-o", "too many");
	if (kind >= OWNER && (t->opt & OPT_PROM) && (t->opt & OPT_g)) {
		/* what sums are added up by is their only label */
		column = COMM;
		kind = NAME;
	}
	if ((t->opt & OPT_a) && column == COMM)
		column = ARGS;
	if (t->opt & (OPT_JSON | OPT_PROM)) {
		const struct shown *old;

		for (old = t->shown; old < shown; old++) {
			if (old->column == column && old->kind == kind)
				return;		/* one metric has one head, an object each key once */
		}
	}
	t->n_shown++;
	IF_FEATURE_TOPMEM_LIMITS(t->shares |= kind == SHARE;)
	t->from |= column_info[column].from;
	shown->column = (uint8_t)column;
	shown->kind = (uint8_t)kind;
	shown->width = (uint8_t)(width[kind] - (kind == SIZE && (t->opt & OPT_h)));
}

/* Makes the columns wide enough for this row, or the header, so that they never run together. */
void fit_columns(struct topmem *t, const struct row *row)
{
	char cell[CELL_SIZE];
	char *end = cell + CELL_SIZE;
	struct shown *shown = t->shown;

	for (; shown->kind; shown++) {
		unsigned width;

		if (shown->kind == NAME)
			continue;
		width = (unsigned)(end - format_cell(t, row, shown, end));
		if (shown->width < width)
			shown->width = (uint8_t)width;
	}
}

/* A value at the right of this width; in JSON an unknown one is null. */
void put_right(struct topmem *t, unsigned kind, kb_t value, unsigned width)
{
	char cell[CELL_SIZE];
	char *end = cell + CELL_SIZE;
	char *start = format_value(t, kind, value, end);

	put_blanks(t, (int)width - (int)(end - start));
	if ((t->opt & OPT_JSON) && value == KB_UNKNOWN)
		put_text(t, "null");
	else
		put_bytes(t, start, end);
}

void put_value(struct topmem *t, unsigned kind, kb_t value)
{
	put_right(t, kind, value, 0);
}

void put_number(struct topmem *t, kb_t number)
{
	put_value(t, NUMBER, number);
}

/* A cell of a row, or of the header, as wide as its column; in JSON and metrics texts are quoted. */
static void put_cell(struct topmem *t, const struct row *row, const struct shown *shown)
{
	char cell[CELL_SIZE];
	char *end = cell + CELL_SIZE;
	bool is_name = row && shown->kind == NAME;
	char *start = is_name ? end : format_cell(t, row, shown, end);
	unsigned quoted = t->opt & (OPT_JSON | OPT_PROM);
	/* there, and of PIDs alone, there are no columns */
	unsigned width = quoted || (t->opt & OPT_q) ? 0 : shown->width;
	int blanks = (int)width - (int)(end - start);

	if ((t->opt & OPT_JSON) && end - start == 1 && *start == '-') {
		put_text(t, "null");
		return;
	}
	if (shown->kind < OWNER) {
		put_blanks(t, blanks);
		put_bytes(t, start, end);
		return;
	}
	if (quoted)
		put_char(t, '"');
	if (is_name)
		print_command(t, row, shown->column);
	put_safe(t, start, end);
	put_blanks(t, blanks);
	if (quoted)
		put_char(t, '"');
}

#if ENABLE_FEATURE_TOPMEM_PROM
/* Whether a name is shown as it is, and whole: an empty one is "-". */
static bool is_plain(const char *name)
{
	const char *end = strchrnul(name, '\0');
	const char *p = name;
	unsigned length;

	while ((length = utf8_length(p, end)) != 0)
		p += length;
	return p == end && (unsigned)(end - name) - 1 < COMM_SIZE - 2;
}
#else
# define is_plain(name) true
#endif

/*
 * A row, or the header; of metrics the labels.
 * {"pid":412,"rss_kb":83204,"mem_percent":33.1,"comm":"AdGuardHome"}
 * {pid="412",comm="AdGuardHome"}
 */
static void put_line(struct topmem *t, const struct row *row)
{
	const struct shown *shown = t->shown;
	unsigned json = t->opt & OPT_JSON;
	unsigned labels = t->opt & OPT_PROM;
	const char *separator = "";

	if (json || labels)
		put_char(t, '{');
	/* of a cgroup, a command line and some names less is shown than what tells groups apart */
	if (labels && (!(t->opt & OPT_g) || t->by >= BY_CGROUP || !is_plain(row->comm))) {
		put_text(t, "pid=\"");
		put_number(t, row->pid);
		separator = "\",";
	}
	for (; shown->kind; shown++) {
		if (labels && shown->kind < OWNER)
			continue;
		if (json && shown->kind == NAME && !row->pid)
			continue;	/* the total has none */
		put_text(t, separator);
		separator = " ";
		if (json || labels) {
			separator = ",";
			if (json)
				put_char(t, '"');
			put_text(t, column_name(t, shown->column));
			put_text(t, unit_of(shown->kind, "_kb", "_percent"));
			put_text(t, json ? "\":" : "=");
		}
		put_cell(t, row, shown);
	}
	put_char(t, json || labels ? '}' : '\n');
}

#if ENABLE_FEATURE_TOPMEM_PROM
/*
 * Metrics in the Prometheus text format, version 0.0.4: all samples of one
 * stand together.  This is the name of a sample, of the first of a metric
 * behind its head; further ones have no help.
 */
static void put_head(struct topmem *t, const char *group, const char *name, const char *unit, const char *help)
{
	const char *p = help ? "# HELP $ %\n# TYPE $ gauge\n$" : "$";

	for (; *p; p++) {
		if (*p == '$') {
			put_text(t, "topmem_");
			put_text(t, group);
			put_char(t, '_');
			put_text(t, name);
			put_text(t, unit);
		} else if (*p == '%') {
			put_text(t, help);
		} else {
			put_char(t, *p);
		}
	}
}

/* A metric that has no labels: a number or, where there is a unit, kB.  None where that is unknown. */
void put_metric(struct topmem *t, const char *group, const char *name, const char *unit, const char *help, kb_t value)
{
	if (value == KB_UNKNOWN)
		return;
	put_head(t, group, name, unit, help);
	if (*unit)
		value = times_kb(value, 1024);
	put_char(t, ' ');
	put_number(t, value);
	put_char(t, '\n');
}

/* With -f prom: goes on to the next column that is a metric; false behind the last. */
bool next_metric(struct topmem *t)
{
	const struct shown *shown = t->metric ? t->metric + 1 : t->shown;

	while (shown->kind >= OWNER || (shown->kind && shown->column == PID))
		shown++;
	t->metric = (t->opt & OPT_PROM) && shown->kind ? shown : NULL;
	t->metric_told = false;
	return t->metric;
}

/* topmem_process_resident_bytes{pid="412",comm="AdGuardHome"} 85200896 */
static void print_metric(struct topmem *t, const struct row *row)
{
	const struct shown *shown = t->metric;
	const char *group = t->opt & OPT_g ? column_name(t, COMM) : "process";
	const char *name, *help;
	unsigned kind;
	kb_t value;

	if (!shown)
		return;
	kind = shown->kind;
	value = row->value[shown->column];
	if (value == KB_UNKNOWN || (kind == SHARE && !known_above_0(t->memory[M_LIMIT])))
		return;
	name = column_name(t, shown->column);
	help = next_text(name);
	if (shown->column == RSS)
		name = help;		/* resident */
	if (t->metric_told)
		help = NULL;
	put_head(t, group, name, unit_of(kind, "_bytes", "_ratio"), help);
	t->metric_told = true;
	put_line(t, row);
	put_char(t, ' ');
	if (kind == SIZE) {
		value = times_kb(value, 1024);
		kind = NUMBER;
	}
	if (kind == GROWTH)
		value = SIGNED_BIAS + (value - SIGNED_BIAS) * 1024;
	put_value(t, kind, value);
	put_text(t, kind == SHARE ? "e-2\n" : "\n");	/* percent */
}
#endif

/* The first one comes with the header. */
void print_row(struct topmem *t, const struct row *row)
{
	if (t->opt & OPT_PROM) {
		print_metric(t, row);
		t->shown_rows++;
		return;
	}
	if (t->opt & OPT_JSON) {
		if (t->shown_rows)
			put_char(t, ',');
	} else if (!t->shown_rows) {
		const struct row *header = NULL;	/* it is of none */

		fit_columns(t, header);
		if (!(t->opt & (OPT_H | OPT_q)))
			put_line(t, header);
	}
	put_line(t, row);
	t->shown_rows++;
}

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/* The sum of all groups, as the scan has left it in new_row. */
void print_total(struct topmem *t)
{
	const struct row *row = &t->new_row;

	if (t->opt & OPT_PROM) {
		put_metric(t, "total", "ram", "_bytes", "of all", row->value[RAM]);
	} else if (t->opt & OPT_JSON) {
		put_text(t, "],\"total\":");
		put_line(t, row);
	} else if (t->opt & OPT_t) {
		put_value(t, SIZE, row->value[RAM]);
		put_char(t, '\n');
	} else if (!(t->opt & OPT_q) && t->shown_rows) {
		print_row(t, row);
	}
	t->shown_rows += t->total.num;	/* of -t none was */
}
#endif
