/* SPDX-License-Identifier: 0BSD */
/*
 * What Frama-C's Eva is given to prove (toolchain/eva): each eva_...() calls
 * functions of topmem with every input there can be, up to a length, and with
 * exactly the memory that they may touch, so that one byte beyond is an alarm.
 * What is assumed is what stands here as code: there are no annotations.
 */
#include <__fc_builtin.h>
#include "../applet/topmem.h"

#ifndef LENGTH
# define LENGTH 16
#endif

/* Eva does not know gcc's. */
static int multiply(kb_t a, kb_t b, kb_t *product)
{
	*product = a * b;
	return a && *product / a != b;
}
#define __builtin_mul_overflow multiply

/* As that of standalone.c. */
char *strchrnul(const char *text, int c)
{
	const char *start UNUSED_PARAM = text;	/* Eva tells apart how far it goes */

	while (*text && *text != c)
		text++;
	return (char *)text;
}

#include "../applet/parse.c"
#include "../applet/rank.c"
#include "../applet/emit.c"

/* To Eva a pointer behind the last byte is wrong even for none. */
static void *copy(void *to, const void *from, size_t count)
{
	return count ? memcpy(to, from, count) : to;
}
#define memcpy copy
#include "../applet/column.c"
#undef memcpy
#include "../applet/limit.c"
#include "../applet/select.c"
#include "../applet/options.c"

static struct topmem topmem;

static void any(void *p, size_t size)
{
	Frama_C_make_unknown(p, size);
}

/* What must not be reached: an alarm if it is. */
static void wrong(void)
{
	*(volatile char *)NULL = 0;
}

static bool any_bool(void)
{
	return Frama_C_interval(0, 1);
}

static unsigned any_below(unsigned n)
{
	return (unsigned)Frama_C_interval(0, (int)n - 1);
}

static kb_t any_kb(void)
{
	return Frama_C_unsigned_long_long_interval(0, (kb_t)-1);
}

/* A text, any, that ends within its size. */
static void any_text(char *text, unsigned size)
{
	any(text, size);
	text[size - 1] = '\0';
}

static struct row any_row;

static void make_row(void)
{
	any(&any_row, sizeof(any_row));
	any_text(any_row.comm, COMM_SIZE);
}

/*
 * Every line of up to LENGTH bytes, with its stop at end.  Behind that is what
 * is seen of any line, as in struct topmem, and nothing more.
 */
enum { SEEN_BEHIND = 16 };
static char room[LENGTH + SEEN_BEHIND];

static void each_line(void (*use)(char *line, char *end), char stop)
{
	char *end = room + LENGTH;
	unsigned length;

	for (length = 0; length <= LENGTH; length++) {
		any(room, sizeof(room));
		*end = stop;
		use(end - length, end);
	}
}

/* Every text of up to LENGTH bytes, with its NUL at end and nothing behind that. */
static void each_text(void (*use)(char *text, char *end))
{
	static char text[LENGTH + 1];
	char *end = text + LENGTH;
	unsigned length;

	for (length = 0; length <= LENGTH; length++) {
		any_text(text, sizeof(text));
		use(end - length, end);
	}
}

/* Those that get a line, and what they fill. */
#define EVA_LINE(name, stop, prepare, function, into) \
	static void use_##name(char *line, char *end) \
	{ \
		prepare; \
		function(into, line, end); \
	} \
	void eva_##name(void) \
	{ \
		each_line(use_##name, stop); \
	}

static kb_t any_value;
static bool any_flag;
static struct program any_program;
static struct variable any_variable;
static struct owner any_owner;
static char wanted[4];

static void make_program(void)
{
	any(&any_program, sizeof(any_program));
}

/*
 * Every text that has no newline, shape by shape: its length, and where each byte
 * lies, as a byte that is neither 0 nor a newline is no range.
 */
enum { SHAPES = 4 * 27 };

static void make_wanted(unsigned shape)
{
	unsigned length = shape / 27;
	unsigned i;

	for (i = 0; i < length; i++) {
		static const signed char least[] = { -128, 1, '\n' + 1 };
		static const signed char most[] = { -1, '\n' - 1, 127 };

		wanted[i] = (char)Frama_C_interval(least[shape % 3], most[shape % 3]);
		shape /= 3;
	}
	wanted[i] = '\0';
}

EVA_LINE(status, '\n', make_row(), parse_status_line, &any_row)
EVA_LINE(smaps, '\n', make_row(), parse_smaps_line, &any_row)
EVA_LINE(memory, '\n', any(topmem.memory, sizeof(topmem.memory)), parse_memory_line, topmem.memory)
EVA_LINE(limit, '\n', any(&any_value, sizeof(any_value)), parse_limit_line, &any_value)
EVA_LINE(signed, '\n', any(&any_value, sizeof(any_value)), parse_signed_line, &any_value)
EVA_LINE(cpus, '\n', any(&topmem.cpus, sizeof(topmem.cpus)), parse_cpus_line, &topmem)
EVA_LINE(mounts, '\n', any_flag = any_bool(), parse_mounts_line, &any_flag)
EVA_LINE(stat, '\0', make_row(), parse_stat, &any_row)
EVA_LINE(cgroup, '\n', make_program(), parse_cgroup_line, &any_program)

static void use_variable(char *line, char *end)
{
	unsigned shape;

	for (shape = 0; shape < SHAPES; shape++) {
		make_wanted(shape);
		any_variable.wanted = wanted;
		parse_variable(&any_variable, line, end);
	}
}

void eva_variable(void)
{
	each_line(use_variable, '\0');
}

static void use_passwd(char *line, char *end)
{
	unsigned shape;

	any(&any_owner.uid, sizeof(any_owner.uid));
	any_owner.wanted = NULL;
	any_owner.name[0] = any_bool();		/* a line before this may have been the user's */
	parse_passwd_line(&any_owner, line, end);
	for (shape = 0; shape < SHAPES; shape++) {
		make_wanted(shape);
		any_owner.wanted = wanted;
		any_owner.name[0] = any_bool();
		parse_passwd_line(&any_owner, line, end);
	}
}

void eva_passwd(void)
{
	each_line(use_passwd, '\n');
}

static void use_mount(char *line, char *end)
{
	const char *root;

	parse_mount(line, end, any_bool(), &root);
}

void eva_mount(void)
{
	each_line(use_mount, '\n');
}

/* "1234": one with fewer bytes in front of its stop is in here, too. */
static void use_number(char *line, char *end)
{
	const char *text = line;

	parse_number(&text);
	text = line;
	parse_thousandths(&text);
}

void eva_number(void)
{
	each_line(use_number, '\n');
}

static void use_utf8(char *line, char *end)
{
	if (line < end && utf8_length(line, end) > 4)
		wrong();
}

void eva_utf8(void)
{
	each_line(use_utf8, '\0');
}

void eva_arithmetic(void)
{
	kb_t a = any_kb();
	kb_t b = any_kb();

	known_above_0(a);
	add_kb(a, b);
	less_kb(a, b);
	times_kb(a, b);
}

/* Of every size there is, with every number of them. */
#define EVA_RANK(name, type, count) \
	void eva_rank_##name(void) \
	{ \
		static type list[count]; \
		static type element; \
		unsigned max, n; \
		for (max = 1; max <= count; max++) { \
			for (n = 0; n <= max; n++) { \
				unsigned held = n; \
				any(list, sizeof(list)); \
				any(&element, sizeof(element)); \
				rank_insert(list, sizeof(list[0]), &held, max, &element); \
				if (held > max || held < n) \
					wrong(); \
			} \
		} \
	}
EVA_RANK(rows, struct row, 3)
EVA_RANK(places, place_t, 9)
EVA_RANK(programs, struct program, 4)

/* What is around the output: what a write gives, and where the way ends. */
uint8_t xfunc_error_retval;

ssize_t full_write(int fd, const void *buf, size_t count)
{
	const char *from = buf;
	char last;

	if (count)
		last = from[count - 1];
	return Frama_C_interval(-1, OUT_SIZE);
}

void die_for(const char *what, const char *why)
{
	exit(xfunc_error_retval);
}

void bb_simple_perror_msg_and_die(const char *what)
{
	exit(xfunc_error_retval);
}

/* A state that the output may be in, with any options. */
static struct topmem *any_topmem(void)
{
	struct topmem *t = &topmem;

	any(&t->opt, sizeof(t->opt));
	any(&t->width, sizeof(t->width));
	any(&t->height, sizeof(t->height));
	any(&t->at, sizeof(t->at));
	any(t->memory, sizeof(t->memory));
	any(t->out, sizeof(t->out));
	t->out_len = any_below(OUT_SIZE + 1);
	t->out_fd = any_bool() ? STDOUT_FILENO : STDERR_FILENO;
	any(&t->from, sizeof(t->from));
	t->shares = any_bool();
	t->n_shown = (uint8_t)any_below(MAX_SHOWN + 1);
	any(t->shown, sizeof(t->shown));
	return t;
}

static void use_safe(char *line, char *end)
{
	put_safe(any_topmem(), line, end);
	put_bytes(any_topmem(), line, end);
}

void eva_safe(void)
{
	each_line(use_safe, '\0');
}

void eva_emit(void)
{
	char cell[20];
	struct topmem *t = any_topmem();

	put_char(t, (char)Frama_C_interval(-128, 127));
	put_text(any_topmem(), "text\n");
	put_escape(any_topmem(), 'K');
	flush(any_topmem());
	format_number(cell + sizeof(cell), any_kb());
	begin_message(any_topmem());
	end_message(any_topmem());
	if (any_bool())
		give_up("what", "why");
}

/*
 * Lines of a file: any number of them, each any.  Of names that are copied out
 * of them those of longer lines, too (eva_name).
 */
bool read_each_line(struct topmem *t, enum file file, line_function *each, void *into)
{
	enum { FILE_LENGTH = 6 };
	static char text[FILE_LENGTH + SEEN_BEHIND];
	char *end = text + FILE_LENGTH;

	while (any_bool()) {
		any(text, sizeof(text));
		*end = '\n';
		each(into, text + any_below(FILE_LENGTH + 1), end);
		if (each == parse_passwd_line)
			any_text(((struct owner *)into)->name, COMM_SIZE);
	}
	errno = (int)any_below(134);
	return any_bool();
}

/* What may end the program may be passed by, or nothing behind it would be looked at. */
static void use_count(char *line, char *end)
{
	if (any_bool())
		parse_count(line, any_below(2));
}

void eva_count(void)
{
	each_text(use_count);
}

static void use_interval(char *line, char *end)
{
	if (any_bool())
		parse_interval(line);
}

void eva_interval(void)
{
	each_text(use_interval);
}

void eva_help(void)
{
	if (any_bool())
		explain_columns(any_topmem(), 0);
}

static void use_column(char *line, char *end)
{
	unsigned kind, column;

	if (any_bool())
		return;
	column = find_column(any_topmem(), line, end, &kind);
	if (column >= N_COLUMNS || kind < NUMBER || kind > NAME)
		wrong();
}

void eva_column(void)
{
	each_text(use_column);
	each_line(use_column, ',');
}

static void use_by(char *line, char *end)
{
	if (any_bool() && find_by(line) > BY_ARGS)
		wrong();
}

void eva_by(void)
{
	find_by(NULL);
	each_text(use_by);
}

static void use_list(char *line, char *end)
{
	struct topmem *t = any_topmem();

	if (any_bool())
		show_list(t, line);
	if (t->n_shown > MAX_SHOWN)	/* the last one stays free */
		wrong();
}

void eva_list(void)
{
	each_text(use_list);
}

static void use_threshold(char *line, char *end)
{
	if (any_bool())
		return;
	topmem.value[VALUE_x] = line;
	topmem.rank_by = (uint8_t)any_below(N_COLUMNS);
	set_thresholds(&topmem, VALUE_x, any_kb());
	read_thresholds(&topmem);
}

void eva_threshold(void)
{
	each_text(use_threshold);
}

/* -p, -u and -e. */
static void use_selection(char *line, char *end)
{
	static const uint8_t options[] = { VALUE_p, VALUE_u, VALUE_e };
	unsigned i;

	for (i = 0; i < sizeof(options); i++) {
		struct topmem *t = any_topmem();

		any(t->uid, sizeof(t->uid));
		t->n_uids = any_below(ARRAY_SIZE(t->uid) + 1);
		t->value[VALUE_p] = t->value[VALUE_u] = t->value[VALUE_e] = NULL;
		t->value[options[i]] = line;
		if (any_bool())
			check_selection(t);
	}
}

void eva_selection(void)
{
	each_text(use_selection);
}

/* As that of standalone.c. */
int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a - *b;
}

static bool n_given;

/* The options: any, and of each that has a value any text, or what it was before. */
uint32_t get_options(char **argv, const char *known, const char **values)
{
	static char text[VALUE_f + 1][LENGTH + 1];
	unsigned i;

	for (i = 0; i <= VALUE_f; i++) {
		const char *either[2] = { values[i], text[i] };

		any_text(text[i], sizeof(text[i]));
		values[i] = either[i == VALUE_n ? n_given : any_bool()];
	}
	return any_below(1U << OPTBIT_PROM);
}

void eva_options(void)
{
	struct topmem *t = any_topmem();

	t->width = t->n_shown = 0;
	n_given = true;
	if (any_bool())
		n_given = false;
	read_options(t, NULL);
}

/* A value in its cell: of any kind, owners by a name or a number. */
static struct topmem *any_cell(void)
{
	struct topmem *t = any_topmem();

	any(&t->owner.uid, sizeof(t->owner.uid));
	any_text(t->owner.name, sizeof(t->owner.name));
	return t;
}

void eva_value(void)
{
	put_right(any_cell(), any_below(NAME + 1), any_kb(), any_below(22));
	put_value(any_cell(), any_below(NAME + 1), any_kb());
}

/* Up to LENGTH bytes of statm, and the two that read_statm() ends it by. */
void eva_statm(void)
{
	struct topmem *t = any_topmem();

	any(t->statm, LENGTH);
	t->statm[LENGTH] = t->statm[LENGTH + 1] = '\n';
	any(&t->page_kb, sizeof(t->page_kb));
	clear_row(&any_row);
	parse_statm(t, &any_row);
	make_row();
	parse_statm(t, &any_row);
}

void eva_texts(void)
{
	unsigned i;

	for (i = 0; i < 2 * N_COLUMNS; i++) {
		if (!*nth_text(column_texts, i))
			wrong();
	}
}

static void use_name(char *line, char *end)
{
	char name[COMM_SIZE];
	unsigned i;

	copy_name(name, line, end);
	for (i = 0; name[i]; i++)
		continue;
}

void eva_name(void)
{
	each_line(use_name, '\n');
}
