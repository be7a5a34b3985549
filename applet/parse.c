/* SPDX-License-Identifier: 0BSD */
/*
 * Text to numbers.  Nothing here reads or writes anything but its arguments.
 * A line has its newline at end, so that no key and no number goes beyond it.
 */
#include "topmem.h"

/* The lines "Key:   number" and the columns their numbers go to. */

/* In the order of the kernel's task_mem(), fs/proc/task_mmu.c. */
#define STATUS_FIELDS(FIELD) \
	FIELD(VmSize, VSZ) \
	FIELD(VmRSS, RSS) \
	FIELD(RssFile, SHR)		/* Linux 4.5, with RssAnon and RssShmem */ \
	FIELD(RssShmem, SHR) \
	FIELD(VmSwap, SWAP)		/* 2.6.34 */ \
	FIELD(HugetlbPages, HUGE)	/* 4.4 */ \
	FIELD(VmPTE, PTE) \
	IF_FEATURE_TOPMEM_COLUMNS( \
	FIELD(PPid, PPID) \
	FIELD(Uid, USER) \
	FIELD(RssAnon, ANON) \
	FIELD(VmHWM, HWM) \
	FIELD(VmData, DATA) \
	FIELD(VmStk, STK) \
	FIELD(VmExe, TEXT) \
	FIELD(VmLib, LIB) \
	FIELD(Threads, THR) \
	FIELD(VmLck, LCK) \
	)

/* meminfo in kB and, of a memory cgroup, memory.stat in bytes; each has keys of its own. */
#define MEMORY_FIELDS(FIELD) \
	FIELD(MemTotal, M_TOTAL) \
	IF_MEMORY(FIELD(MemAvailable, M_AVAILABLE))	/* Linux 3.14 */ \
	FIELD(Hugetlb, M_HUGETLB)	/* 4.16; all page sizes */ \
	IF_FEATURE_TOPMEM_LIMITS( \
	FIELD(MemFree, M_FREE) \
	FIELD(Buffers, M_BUFFERS) \
	FIELD(Cached, M_CACHED) \
	FIELD(SwapTotal, M_SWAP) \
	FIELD(SwapFree, M_SWAPPED)	/* read_memory() makes it what is used */ \
	FIELD(AnonPages, M_ANON) \
	FIELD(Shmem, M_TMPFS) \
	FIELD(Slab, M_SLAB) \
	FIELD(SReclaimable, M_RECLAIMABLE) \
	FIELD(KernelStack, M_STACKS) \
	FIELD(PageTables, M_PAGETABLES) \
	FIELD(Percpu, M_PERCPU) \
	/* version 2 */ \
	FIELD(anon, M_ANON) \
	FIELD(file, M_CACHED) \
	FIELD(shmem, M_TMPFS) \
	FIELD(slab, M_SLAB) \
	FIELD(kernel_stack, M_STACKS) \
	FIELD(pagetables, M_PAGETABLES) \
	FIELD(percpu, M_PERCPU) \
	FIELD(inactive_file, M_INACTIVE) \
	/* version 1 */ \
	FIELD(hierarchical_memory_limit, M_LIMIT) \
	FIELD(hierarchical_memsw_limit, M_SWAP)	/* with memory; look_at_cgroup() takes that off */ \
	FIELD(rss, M_ANON) \
	FIELD(cache, M_CACHED) \
	FIELD(swap, M_SWAPPED) \
	)

/* They stand one behind the other, each with its size. */
struct field {
	uint8_t column;
	uint8_t size;		/* 0 at the end */
	char key[];
};

#define FIELD_ROOM(name, column) struct { uint8_t to, size; char key[sizeof(#name)]; } name##_##column;
#define FIELD_TEXT(name, column) { column, sizeof(#name) + 2, #name },

/* A bit of a word by which most lines can be told from those of the fields at once. */
#define KEY_BIT(key) (1UL << (((key)[0] + (key)[2]) & (int)(sizeof(long) * 8 - 1)))
#define FIELD_BIT(name, column) | KEY_BIT(#name)

bool known_above_0(kb_t value)
{
	return value - 1 < KB_MAX;
}

/* Of nothing anything is known. */
NOINLINE void clear_row(struct row *row)
{
	memset(row->value, 0xff, sizeof(row->value));	/* KB_UNKNOWN */
}

/* The sum, at most KB_MAX; unknown when either is. */
kb_t add_kb(kb_t a, kb_t b)
{
	if (a == KB_UNKNOWN || b == KB_UNKNOWN)
		return KB_UNKNOWN;
	return a > KB_MAX - b ? KB_MAX : a + b;
}

#if ENABLE_FEATURE_TOPMEM_SMAPS || ENABLE_FEATURE_TOPMEM_COLUMNS
/* The difference, at least 0; unknown when either is. */
NOINLINE kb_t less_kb(kb_t a, kb_t b)
{
	if (a == KB_UNKNOWN || b == KB_UNKNOWN)
		return KB_UNKNOWN;
	return a < b ? 0 : a - b;
}
#endif

/* The product, at most KB_MAX; unknown when a is. */
NOINLINE kb_t times_kb(kb_t a, kb_t b)
{
	kb_t product;

	if (a == KB_UNKNOWN)
		return a;
	return __builtin_mul_overflow(a, b, &product) || product > KB_MAX ? KB_MAX : product;
}

/*
 * The decimal number at *text, after blanks; *text is moved behind it.
 * KB_UNKNOWN where there is none, KB_MAX where it has more digits than are
 * sure to fit.
 */
kb_t parse_number(const char **text)
{
	enum { SAFE_DIGITS = 19 };
	const char *p = *text;
	const char *start;
	kb_t number = 0;
	kb_t digit;

	while (*p == ' ' || *p == '\t')
		p++;
	start = p;
	digit = (kb_t)*p - '0';
	if (digit <= 9) {
		do {
			number = number * 10 + digit;
			digit = (kb_t)*++p - '0';
		} while (digit <= 9);
	}
	*text = p;
	if (p == start)
		return KB_UNKNOWN;
	return p - start > SAFE_DIGITS ? KB_MAX : number;
}

#if ENABLE_FEATURE_TOPMEM_WATCH || ENABLE_FEATURE_TOPMEM_LIMITS
/* "1.5", in thousandths, without more digits; as parse_number(), but without blanks. */
kb_t parse_thousandths(const char **text)
{
	const char *p = *text;
	kb_t number = *p <= ' ' ? KB_UNKNOWN : times_kb(parse_number(&p), 1000);

	if (*p == '.') {
		unsigned unit = 1000;
		kb_t digit;

		while ((digit = (kb_t)*++p - '0') <= 9 && unit > 1)
			number = add_kb(number == KB_UNKNOWN ? 0 : number, digit * (unit /= 10));
	}
	*text = p;
	return number;
}
#endif

/* What follows this text and its NUL. */
const char *next_text(const char *text)
{
	return text + strlen(text) + 1;
}

/* The n-th of texts that stand one behind the other, from 0. */
const char *nth_text(const char *texts, unsigned n)
{
	while (n--)
		texts = next_text(texts);
	return texts;
}

/* What follows prefix in text, or NULL if it starts otherwise. */
const char *after(const char *prefix, const char *text)
{
	while (*prefix) {
		if (*prefix++ != *text++)
			return NULL;
	}
	return text;
}

/* What follows "key:", or "key ", on this line, or NULL if it is another key's. */
static const char *after_key(const char *key, const char *line)
{
	line = after(key, line);
	return line && (*line == ':' || *line == ' ') ? line + 1 : NULL;
}

/* What is done with a value that is known already. */
enum mode { FIRST, LAST };

/*
 * Private_Dirty:       116 kB
 * The value of what has one of these keys.
 */
static void parse_fields(kb_t *values, const char *line, const void *fields, unsigned long bits, enum mode mode)
{
	const struct field *field = fields;

	if (ENABLE_FEATURE_TOPMEM_FAST && !(bits & KEY_BIT(line)))
		return;
	for (; field->size; field = (const void *)((const char *)field + field->size)) {
		kb_t *value = values + field->column;
		const char *text;

		if (field->key[0] != line[0] || (ENABLE_FEATURE_TOPMEM_FAST && field->key[2] != line[2]))
			continue;
		text = after_key(field->key, line);
		if (!text)
			continue;
		if (ENABLE_FEATURE_TOPMEM_COLUMNS && mode == FIRST && field->column == USER)
			parse_number(&text);	/* real; the owner is the effective */
		if (*value == KB_UNKNOWN || mode == LAST)
			*value = parse_number(&text);
		else if (field->column == SHR)
			*value = add_kb(*value, parse_number(&text));
		return;
	}
}

/* "Name:\tsh": the kernel writes a newline as \n and a backslash as \\. */
static void parse_name(char *comm, const char *text, const char *end)
{
	char *stop = comm + COMM_SIZE - 1;

	while (++text < end && comm < stop) {
		*comm = *text;
		if (*text == '\\' && *++text == 'n')
			*comm = '\n';
		comm++;
	}
	*comm = '\0';
}

/*
 * 765 421 393 5 0 123 0
 * Pages: size, resident, shared; all zero for a kernel thread, and where the
 * main thread has ended.  Sets those of VSZ, RSS and SHR that are unknown, and
 * leaves them so where the file is missing or cut short.
 */
void parse_statm(const struct topmem *t, struct row *row)
{
	const char *p = t->statm;
	kb_t *value = &row->value[VSZ];

	do {
		kb_t pages = parse_number(&p);

		if (*value == KB_UNKNOWN && *p == ' ')
			*value = times_kb(pages, t->page_kb);
	} while (value++ != &row->value[SHR]);
}

/*
 * VmRSS:	    1704 kB
 * Uid:	0	0	0	0
 * What smaps has told already stays.
 */
void parse_status_line(void *into, const char *line, const char *end)
{
	static const struct {
		STATUS_FIELDS(FIELD_ROOM)
		uint8_t end[2];
	} status_fields ALIGN1 = { STATUS_FIELDS(FIELD_TEXT) { 0, 0 } };
	struct row *row = into;
	const char *name = row->comm[0] ? NULL : after_key("Name", line);

	if (name)
		parse_name(row->comm, name, end);
	parse_fields(row->value, line, &status_fields, 0 STATUS_FIELDS(FIELD_BIT), FIRST);
}

/*
 * MemTotal:       24681532 kB
 * anon 8192
 */
void parse_memory_line(void *into, const char *line, const char *end UNUSED_PARAM)
{
	static const struct {
		MEMORY_FIELDS(FIELD_ROOM)
		uint8_t end[2];
	} memory_fields ALIGN1 = { MEMORY_FIELDS(FIELD_TEXT) { 0, 0 } };

#if ENABLE_FEATURE_TOPMEM_LIMITS
	/* With version 1 a cgroup's total, behind what it has without those below it */
	const char *total = after("total_", line);

	if (total)
		line = total;
#endif
	parse_fields(into, line, &memory_fields, ~0UL, LAST);
}

/* proc /proc proc rw,relatime,hidepid=invisible 0 0 */
void parse_mounts_line(void *into, const char *line, const char *end)
{
	bool *hidepid = into;

	for (; line < end; line++)
		*hidepid |= after("hidepid=", line) != NULL;
}

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv, going on from a hash, or from any number. */
NOINLINE place_t add_hash(place_t hash, const char *text, const char *end)
{
	while (text < end)
		hash = (hash ^ (unsigned char)*text++) * 0x100000001b3;
	return hash;
}
#endif

#if ENABLE_FEATURE_TOPMEM_SMAPS
static ALWAYS_INLINE uint32_t four_bytes(const char *text)
{
	uint32_t bytes;

	memcpy(&bytes, text, sizeof(bytes));
	return bytes;
}

static void sum_up(kb_t *sum, kb_t number)
{
	*sum = *sum == KB_UNKNOWN ? number : add_kb(*sum, number);
}

/*
 * 7ffd5a5c8000-7ffd5a5e9000 rw-p 00000000 00:00 0                          [stack]
 * Private_Dirty:       116 kB
 * smaps, a mapping at a time, and smaps_rollup have the same lines; they are
 * summed up.  Of the 25 of a mapping few count: a word, a letter and where the
 * key ends tell which.
 */
void parse_smaps_line(void *into, const char *line, const char *end)
{
	kb_t *value = ((struct row *)into)->value;
	uint32_t key = four_bytes(line);
	unsigned len = 3;
	char letter = 0;
	enum column column;
	kb_t number;

	if (key == four_bytes("Rss:")) {
		column = RSS;
	} else if (key == four_bytes("Pss:")) {		/* Linux 2.6.25 */
		column = PSS;
	} else if (key == four_bytes("Swap")) {
		len = 4;
		column = SWAP;
		if (line[4] == 'P') {			/* SwapPss, 4.3; read_others() adds PSS */
			len = 7;
			column = EPSS;
		}
	} else if (key == four_bytes("Priv")) {
		len = 13;
		column = USS;
		letter = line[8];
		if (letter == 'H') {			/* Private_Hugetlb, 4.4 */
			len = 15;
			IF_FEATURE_TOPMEM_PROGRAMS(column = RAM;)	/* check_smaps() adds it */
		}
	} else if (key == four_bytes("Shar") && line[7] == 'D') {
		len = 12;
		column = DIRTY;
	} else {
# if ENABLE_FEATURE_TOPMEM_PROGRAMS
		if (*line > 'Z' || *line < 'A')		/* the addresses */
			value[SMAPS_HASH] = add_hash(value[SMAPS_HASH], line, end);
# endif
		return;
	}
	line += len;
	if (line >= end || *line++ != ':')
		return;
	number = parse_number(&line);
	sum_up(&value[column], number);
	if (letter == 'D')
		sum_up(&value[DIRTY], number);
}

/* Cpus_allowed:	ff: a digit stands for four CPUs, of all that this kernel may have. */
void parse_cpus_line(void *into, const char *line, const char *end)
{
	struct topmem *t = into;
	const char *text = after_key("Cpus_allowed", line);

	if (!text)
		return;
	while (++text < end)
		t->cpus += *text != ',' ? 4 : 0;
}
#endif

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/*
 * oom_score_adj: -1000
 * uptime: 12345.67 23456.78
 */
void parse_signed_line(void *into, const char *line, const char *end UNUSED_PARAM)
{
	kb_t *value = into;
	bool negative = *line == '-';
	kb_t number;

	if (negative)
		line++;
	number = parse_number(&line);
	if (number != KB_UNKNOWN)
		*value = negative ? SIGNED_BIAS - number : SIGNED_BIAS + number;
}

/* As much of the text as fits. */
NOINLINE void copy_name(char *name, const char *text, const char *end)
{
	char *stop = name + COMM_SIZE - 1;

	while (text < end && name < stop)
		*name++ = *text++;
	*name = '\0';
}

/* What follows the n-th c of text; end if there are not as many. */
static const char *skip_past(const char *text, const char *end, char c, unsigned n)
{
	while (text < end && n)
		n -= *text++ == c;
	return text;
}

/*
 * stat: 412 (AdGuard) Home) S 1 412 412 0 -1 4194560 ...
 * Behind the last parenthesis are the state, the parent, 17 more, the time
 * when the process started and VmSize in bytes.  All of it is one line, though
 * a name may hold any byte.
 */
void parse_stat(void *into, const char *text, const char *end)
{
	struct row *row = into;
	const char *p = end;

	while (p > text && *--p != ')')
		continue;
	if (!row->comm[0])
		copy_name(row->comm, skip_past(text, p, '(', 1), p);
	text = skip_past(p, end, ' ', 2);
	row->value[PPID] = parse_number(&text);
	text = skip_past(text, end, ' ', 18);
	row->value[START] = parse_number(&text);
	if (row->value[VSZ] == KB_UNKNOWN)
		row->value[VSZ] = parse_number(&text);
}

/*
 * root:x:0:0:root:/root:/bin/sh
 * The first user of the name wanted or, if none is, of this number.
 */
void parse_passwd_line(void *into, const char *line, const char *end)
{
	struct owner *owner = into;
	const char *password = skip_past(line, end, ':', 1);
	const char *text = skip_past(password, end, ':', 1);
	kb_t uid = parse_number(&text);

	password--;
	if (owner->name[0])
		return;
	if (ENABLE_FEATURE_TOPMEM_SELECT && owner->wanted ? after(owner->wanted, line) == password : uid == owner->uid) {
		owner->uid = uid;
		copy_name(owner->name, line, password);
	}
}
#endif

#if ENABLE_FEATURE_TOPMEM_PROGRAMS || ENABLE_FEATURE_TOPMEM_LIMITS
/* Whether "memory" is among the words, between commas, from text to end. */
static bool has_memory(const char *text, const char *end)
{
	for (;;) {
		const char *rest = after("memory", text);

		if (rest && (rest == end || *rest == ','))
			return true;
		text = skip_past(text, end, ',', 1);
		if (text >= end)
			return false;
	}
}

/*
 * 4:memory:/docker/0123456789ab
 * 0::/system.slice/nginx.service
 * The path.  The memory controller's counts (3), which without a name is
 * version 2's (2), else the first (1).
 */
const char *cgroup_path(const char *line, const char *end, unsigned *rank)
{
	const char *controllers = skip_past(line, end, ':', 1);
	const char *path = skip_past(controllers, end, ':', 1);

	*rank = path == controllers + 1 ? 2 : 1;
	if (has_memory(controllers, path - 1))
		*rank = 3;
	return path;
}
#endif

#if ENABLE_FEATURE_TOPMEM_LIMITS
/* Ends the word with a NUL where it is, its escapes (\040) resolved.  Returns where the next starts. */
static char *end_word(char *word, const char *end)
{
	char *to = word;

	while (word < end && *word != ' ') {
		*to = *word++;
		if (*to == '\\' && end - word > 3) {
			unsigned digits;

			*to = 0;
			for (digits = 0; digits < 3; digits++)
				*to = (char)(*to * 8 + *word++ - '0');
		}
		to++;
	}
	*to = '\0';
	return word + 1;
}

/*
 * 32 31 0:29 /docker/0123456789ab /sys/fs/cgroup/memory rw,nosuid shared:5 - cgroup cgroup rw,memory
 * The folder where version 2's cgroups, or version 1's of memory, are, and
 * the cgroup that is its root, both ended by a NUL; NULL of another line.
 */
const char *parse_mount(char *line, const char *end, bool version_2, const char **root)
{
	const char *p = skip_past(line, end, ' ', 3);
	const char *type;
	char *folder;

	*root = p;
	do {
		if (p >= end)
			return NULL;
		type = after(" - cgroup", p++);
	} while (!type);
	if (version_2 ? *type != '2' : !has_memory(skip_past(type, end, ' ', 2), end))
		return NULL;
	folder = end_word((char *)*root, end - 1);	/* the next starts at end, then, or before */
	end_word(folder, end);
	return folder;
}

/* 536870912, or "max", which is KB_MAX.  Of what is neither nothing is known. */
void parse_limit_line(void *into, const char *line, const char *end)
{
	const char *p = line;
	kb_t value = parse_number(&p);

	if (p != end || value == KB_MAX)
		value = after("max", line) == end ? KB_MAX : KB_UNKNOWN;
	*(kb_t *)into = value;
}
#endif

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/* The whole name tells groups apart; as much of it as fits is shown. */
void set_name(struct program *group, const char *name, const char *end)
{
	group->place = add_hash(14695981039346656037U, name, end);
	copy_name(group->name, name, end);
}

/* The whole path tells cgroups apart, and its last part is shown. */
void parse_cgroup_line(void *into, const char *line, const char *end)
{
	struct program *group = into;
	unsigned rank;
	const char *path = cgroup_path(line, end, &rank);
	const char *base = end;

	if (rank <= group->num)
		return;
	while (base > path && base[-1] != '/')
		base--;
	set_name(group, base < end ? base : path, end);
	group->place = add_hash(0, path, end);
	group->num = rank;
}
#endif

#if ENABLE_FEATURE_TOPMEM_SELECT
/* HOME=/root: whole, or its name alone. */
void parse_variable(void *into, const char *line, const char *end)
{
	struct variable *variable = into;
	const char *text = after(variable->wanted, line);

	variable->any = true;
	if ((text == end && end - line < READ_SIZE) || (text && *text == '=' && !*strchrnul(variable->wanted, '=')))
		variable->found = true;
}
#endif

/*
 * The bytes of the character that text starts with, 0 if it must not reach
 * a terminal: a control, a C1 control, or not UTF-8 (RFC 3629).
 */
unsigned utf8_length(const char *text, const char *end)
{
	unsigned c = (unsigned char)*text;
	unsigned length = 1;
	unsigned limit = 0x40;		/* the bit for one more byte, and what c is below */

	if (c < 0x80)
		return isprint_asciionly(c);
	if (c > 0xf4)
		return 0;
	for (; c & limit; limit <<= 5) {
		unsigned bits;

		if (text + length == end)
			return 0;
		bits = (unsigned char)text[length++] ^ 0x80;
		if (bits > 0x3f)
			return 0;
		c = c << 6 | bits;
	}
	c &= limit - 1;
	/* overlong, C1 or no start, beyond Unicode, a surrogate */
	if (c < limit >> 5 || c < 0xa0 || c > 0x10ffff || c >> 11 == 0x1b)
		return 0;
	return length;
}
