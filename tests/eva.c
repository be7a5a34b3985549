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
	while (*text && *text != c)
		text++;
	return (char *)text;
}

#include "../applet/parse.c"
#include "../applet/rank.c"
#include "../applet/emit.c"

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
	parse_passwd_line(&any_owner, line, end);
	for (shape = 0; shape < SHAPES; shape++) {
		make_wanted(shape);
		any_owner.wanted = wanted;
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
	put_escape(any_topmem(), "[K");
	flush(any_topmem());
	format_number(cell + sizeof(cell), any_kb());
	begin_message(any_topmem());
	end_message(any_topmem());
	if (any_bool())
		die("what", "why");
}
