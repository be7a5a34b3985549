/* SPDX-License-Identifier: 0BSD */
/*
 * Text to numbers.  Nothing here reads or writes anything but its arguments.
 * A line has its newline at end, so that no key and no number goes beyond it.
 */
#include "topmem.h"

/* A line "Key:   number" and the column its number goes to. */
struct field {
	char key[16];
	uint8_t column;
};

/* In the order of the kernel's task_mem(), fs/proc/task_mmu.c. */
static const struct field status_fields[] = {
	{ "VmSize", VSZ },
	{ "VmRSS", RSS },
#if ENABLE_FEATURE_TOPMEM_SMAPS || ENABLE_FEATURE_TOPMEM_COLUMNS
	{ "RssFile", SHR },		/* Linux 4.5, with RssAnon and RssShmem */
	{ "RssShmem", SHR },
	{ "VmSwap", SWAP },		/* 2.6.34 */
	{ "HugetlbPages", HUGE },	/* 4.4 */
	{ "Threads", THR },
#endif
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	{ "PPid", PPID },
	{ "Uid", USER },
	{ "RssAnon", ANON },
	{ "VmHWM", HWM },
	{ "VmData", DATA },
	{ "VmStk", STK },
	{ "VmExe", TEXT },
	{ "VmLib", LIB },
	{ "VmPTE", PTE },
	{ "VmLck", LCK },
#endif
};

#if ENABLE_FEATURE_TOPMEM_SMAPS
/* smaps, a mapping at a time, and smaps_rollup have the same lines. */
static const struct field smaps_fields[] = {
	{ "Rss", RSS },
	{ "Pss", PSS },			/* Linux 2.6.25 */
	{ "Private_Clean", USS },
	{ "Private_Dirty", USS },
	{ "Private_Hugetlb", USS },	/* 4.4; in neither Rss nor Pss */
	{ "Swap", SWAP },
#if ENABLE_FEATURE_TOPMEM_COLUMNS
	{ "Private_Dirty", DIRTY },
	{ "Shared_Dirty", DIRTY },
	{ "SwapPss", EPSS },		/* 4.3; read_others() adds PSS */
#endif
};
#endif

/* The sum, at most KB_MAX; unknown when either is. */
kb_t add_kb(kb_t a, kb_t b)
{
	if (a == KB_UNKNOWN || b == KB_UNKNOWN)
		return KB_UNKNOWN;
	return a > KB_MAX - b ? KB_MAX : a + b;
}

/* The difference, at least 0; unknown when either is. */
kb_t less_kb(kb_t a, kb_t b)
{
	if (a == KB_UNKNOWN || b == KB_UNKNOWN)
		return KB_UNKNOWN;
	return a < b ? 0 : a - b;
}

/* The product, at most KB_MAX; unknown when a is. */
kb_t times_kb(kb_t a, kb_t b)
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
	enum { SAFE_DIGITS = sizeof(kb_t) > 4 ? 19 : 9 };
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
	/* of 32 bits 3999999999 fits, too */
	return p - start > SAFE_DIGITS + (SAFE_DIGITS == 9 && *start < '4') ? KB_MAX : number;
}

/* What follows "key:" on this line, or NULL if it is another key's. */
static const char *after_key(const char *line, const char *key)
{
	while (*key && *line == *key) {
		line++;
		key++;
	}
	return !*key && *line == ':' ? line + 1 : NULL;
}

/* "Name:\tsh": the kernel writes a newline as \n and a backslash as \\. */
static void parse_name(char *comm, const char *text, const char *end)
{
	char *stop = comm + COMM_SIZE - 1;

	while (++text < end && comm < stop) {
		*comm = *text;
		if (*text == '\\' && text + 1 < end && *++text == 'n')
			*comm = '\n';
		comm++;
	}
	*comm = '\0';
}

/*
 * VmRSS:	    1704 kB
 * Uid:	0	0	0	0
 * What smaps has told already stays.
 */
void parse_status_line(void *into, const char *line, const char *end)
{
	struct row *row = into;
	const struct field *field = status_fields;
	const char *text;

	if (!row->comm[0]) {
		text = after_key(line, "Name");
		if (text)
			parse_name(row->comm, text, end);
	}
	for (; field < status_fields + ARRAY_SIZE(status_fields); field++) {
		kb_t *value = &row->value[field->column];

		text = after_key(line, field->key);
		if (!text)
			continue;
		if (field->column == USER)
			parse_number(&text);	/* real; the owner is the effective */
		if (*value == KB_UNKNOWN)
			*value = parse_number(&text);
		else if (field->column == SHR)
			*value = add_kb(*value, parse_number(&text));
		return;
	}
}

/* MemTotal:       24682416 kB */
void parse_meminfo_line(void *into, const char *line, const char *end UNUSED_PARAM)
{
	struct topmem *t = into;
	const char *text = after_key(line, "MemTotal");

	if (text)
		t->mem_total_kb = parse_number(&text);
#if ENABLE_FEATURE_TOPMEM_SMAPS
	text = after_key(line, "Hugetlb");		/* Linux 4.15; all page sizes */
	if (text)
		t->no_hugetlb = parse_number(&text) == 0;
#endif
}

/* proc /proc proc rw,relatime,hidepid=invisible 0 0 */
void parse_mounts_line(void *into, const char *line, const char *end)
{
	static const char option[] = "hidepid=";
	bool *hidepid = into;

	for (; end - line >= (int)sizeof(option); line++)
		*hidepid |= memcmp(line, option, sizeof(option) - 1) == 0;
}

#if ENABLE_FEATURE_TOPMEM_SMAPS
/*
 * Private_Dirty:       116 kB
 * The first line of a mapping starts with its address: it is no key's.
 */
void parse_smaps_line(void *into, const char *line, const char *end UNUSED_PARAM)
{
	struct row *row = into;
	const struct field *field = smaps_fields;

	for (; field < smaps_fields + ARRAY_SIZE(smaps_fields); field++) {
		const char *text = after_key(line, field->key);
		kb_t *value = &row->value[field->column];

		if (text)
			*value = add_kb(*value == KB_UNKNOWN ? 0 : *value, parse_number(&text));
	}
}

/* Cpus_allowed:	ff: a digit stands for four CPUs, of all that this kernel may have. */
void parse_cpus_line(void *into, const char *line, const char *end)
{
	struct topmem *t = into;
	const char *text = after_key(line, "Cpus_allowed");

	if (!text)
		return;
	while (++text < end)
		t->cpus += *text != ',' ? 4 : 0;
}
#endif

#if ENABLE_FEATURE_TOPMEM_COLUMNS
/* oom_score_adj: -1000 */
void parse_signed_line(void *into, const char *line, const char *end UNUSED_PARAM)
{
	kb_t *value = into;
	bool negative = *line == '-';
	kb_t number;

	line += negative;
	number = parse_number(&line);
	if (number != KB_UNKNOWN)
		*value = negative ? SIGNED_BIAS - number : SIGNED_BIAS + number;
}

/*
 * stat: 412 (AdGuard) Home) S 1 412 412 0 -1 4194560 ...
 * The 22nd number, which is the 20th behind the last parenthesis, is the
 * time when the process started.
 */
void parse_start_line(void *into, const char *line, const char *end)
{
	const char *text = end;
	unsigned spaces = 0;
	kb_t *value = into;

	while (text > line && text[-1] != ')')
		text--;
	while (text < end && spaces < 20)
		spaces += *text++ == ' ';
	*value = parse_number(&text);
}

/* root:x:0:0:root:/root:/bin/sh */
void parse_passwd_line(void *into, const char *line, const char *end)
{
	struct owner *owner = into;
	const char *text = line;
	unsigned len;

	while (text < end && *text != ':')
		text++;
	len = text - line;
	text++;
	while (text < end && *text != ':')
		text++;
	text++;
	if (owner->name[0] || parse_number(&text) != owner->uid || len >= sizeof(owner->name))
		return;
	memcpy(owner->name, line, len);
	owner->name[len] = '\0';
}
#endif

/*
 * The bytes of the character that text starts with, 0 if it must not reach
 * a terminal: a control, a C1 control, or not UTF-8 (RFC 3629).
 */
unsigned utf8_length(const char *text, const char *end)
{
	unsigned c = (unsigned char)*text;
	unsigned length = 4 - (c < 0xf0) - (c < 0xe0);
	unsigned i;

	if (c < 0x80)
		return c >= ' ' && c != 0x7f;
	if (c < 0xc2 || c > 0xf4 || end - text < (int)length)
		return 0;
	c &= 0x7f >> length;
	for (i = 1; i < length; i++) {
		unsigned bits = (unsigned char)text[i] ^ 0x80;

		if (bits > 0x3f)
			return 0;
		c = c << 6 | bits;
	}
	/* overlong, C1, beyond Unicode, a surrogate */
	if (!(c >> (5 * length - 4)) || c < 0xa0 || c > 0x10ffff || c >> 11 == 0x1b)
		return 0;
	return length;
}
