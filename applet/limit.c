/* SPDX-License-Identifier: 0BSD */
/*
 * Memory as a whole: how much there is, what limits it, how much is used; and
 * checks of that and of the first row.
 *
 * https://docs.kernel.org/admin-guide/cgroup-v2.html
 * https://docs.kernel.org/admin-guide/cgroup-v1/memory.html
 */
#include "topmem.h"

#if ENABLE_FEATURE_TOPMEM_LIMITS
/* Whether this, which a newline or a NUL ends, is not below the root: "/..", "/../x". */
static bool is_outside(const char *path)
{
	path = after("/..", path);
	return path && ((unsigned char)*path <= '\n' || *path == '/');
}

/* Of the cgroups of a process the one that its memory is counted in. */
static void keep_cgroup(void *into, const char *line, const char *end)
{
	struct topmem *t = into;
	unsigned rank;
	const char *path = cgroup_path(line, end, &rank);
	unsigned len = (unsigned)(end - path);

	if (rank <= t->cgroup_rank || *path != '/')
		return;
	t->cgroup_rank = (uint8_t)rank;
	if (len == 1)		/* the root */
		len = 0;
	memcpy(t->cgroup, path, len);
	t->cgroup[len] = '\0';
}

/* As far as PID 1 is in it, too: a limit that PID 1 is not under is our shell's, not the processes'. */
static void cut_cgroup(void *into, const char *line, const char *end)
{
	struct topmem *t = into;
	char *p = t->cgroup;
	unsigned rank;
	const char *path = cgroup_path(line, end, &rank);

	if (rank != t->cgroup_rank)
		return;
	if (is_outside(path))
		t->cgroup_rank = 1;	/* it is in none that we see */
	while (*p && *p == *path) {	/* no name has a newline, as is at end */
		p++;
		path++;
	}
	if ((*p && *p != '/') || (path < end && *path != '/')) {
		while (p > t->cgroup && *--p != '/')	/* within a name */
			continue;
	}
	*p = '\0';
}

/*
 * Enters where the cgroups are mounted, if this line tells of that.  Of several
 * such the one that has more above ours, unless ours is not in there: a part of
 * it has been mounted over it.
 */
static void enter_mount(void *into, const char *line, const char *end)
{
	struct topmem *t = into;
	const char *root;
	const char *folder = parse_mount((char *)line, end, t->cgroup_rank == 2, &root);
	const char *below;

	if (!folder)
		return;
	below = after(root[1] ? root : "", t->cgroup);
	if (!below || (*below && *below != '/') || is_outside(below))
		return;
	if ((!t->below_mount || below <= t->below_mount || access(t->below_mount + 1, F_OK) < 0) && enter_name(t, folder))
		t->below_mount = (char *)below;
}

/* What is left of all without this part of it, where that is known. */
static NOINLINE kb_t less_known(kb_t all, kb_t part)
{
	return part == KB_UNKNOWN ? all : less_kb(all, part);
}

/* What the parts leave of all. */
static void set_other(kb_t *memory, kb_t all)
{
	unsigned i;

	for (i = M_ANON; i <= M_HUGETLB; i++)
		all = less_known(all, memory[i]);
	memory[M_OTHER] = all;
}

/* No limit is a number of more than these bits with version 1: LONG_MAX bytes or, on 32 bits, pages; all
 * bits from Linux 3.12 to 3.18.  That of version 2, max, is KB_MAX. */
enum { NO_LIMIT = sizeof(long) > 4 ? 60 : 42 };

/*
 * The limit of the cgroup in the current folder counts, if there is less room
 * below it than below that found before.
 */
static void look_at_cgroup(struct topmem *t)
{
	kb_t group[N_MEMORY];
	kb_t current = KB_UNKNOWN;
	bool version_2 = t->cgroup_rank == 2;
	unsigned i;

	memset(group, 0xff, sizeof(group));	/* KB_UNKNOWN */
	if (!read_each_line(t, version_2 ? FILE_MEMORY_MAX : FILE_MEMORY_STAT,
		version_2 ? parse_limit_line : parse_memory_line, version_2 ? &group[M_LIMIT] : group) && errno == ENOENT)
		return;
	if (group[M_LIMIT] == KB_MAX || (int64_t)group[M_LIMIT] >> NO_LIMIT > 0)
		return;
	if (version_2) {
		for (i = M_HIGH; i <= M_SWAPPED && (t->opt & OPT_l); i++)
			read_each_line(t, FILE_MEMORY_HIGH + i - M_HIGH, parse_limit_line, &group[i]);
		read_each_line(t, FILE_MEMORY_STAT, parse_memory_line, group);
	}
	read_each_line(t, version_2 ? FILE_MEMORY_CURRENT : FILE_MEMORY_USAGE, parse_limit_line, &current);
	if (!version_2)
		group[M_SWAP] = less_kb(group[M_SWAP], group[M_LIMIT]);
	group[M_USED] = less_kb(current, group[M_INACTIVE]);
	group[M_AVAILABLE] = less_kb(group[M_LIMIT], group[M_USED]);
	if ((current | group[M_INACTIVE] | group[M_LIMIT]) >> 63) {	/* not known, or more than there is */
		if (t->opt & OPT_CHECK)
			give_up("memory cgroup", "not a number");
		return;
	}
	if (group[M_AVAILABLE] / 1024 >= t->memory[M_AVAILABLE])
		return;
	set_other(group, current);
	for (i = M_LIMIT; i < M_SHOWN; i++)
		t->memory[i] = group[i] >> NO_LIMIT ? KB_UNKNOWN : group[i] / 1024;
}

/* Cuts the last name off the path that ends there; where it ends then. */
static char *cut_name(char *end)
{
	while (*--end != '/')
		continue;
	*end = '\0';
	return end;
}

/* No check passes because its cgroup could not be read; that there is none is no trouble. */
static void need_cgroup(const struct topmem *t)
{
	if ((t->opt & OPT_CHECK) && !has_ended())
		bb_simple_perror_msg_and_die("memory cgroup");
}

/* The limits of our own cgroup, or that of -p, and of those above it. */
static void find_limit(struct topmem *t)
{
	const char *list = t->value[VALUE_p];
	unsigned pid = list ? (unsigned)parse_number(&list) : 0;

	t->cgroup_rank = 1;
	t->below_mount = NULL;
	errno = ENOENT;
	if (pid && !*list) {
		if (enter_number(t, pid))
			read_each_line(t, FILE_CGROUP, keep_cgroup, t);
		leave(t);
	} else if (read_each_line(t, FILE_SELF_CGROUP, keep_cgroup, t)) {
		read_each_line(t, FILE_1_CGROUP, cut_cgroup, t);
		errno = ENOENT;		/* without that our own counts */
	}
	if (t->cgroup_rank > 1)
		read_each_line(t, FILE_MOUNTINFO, enter_mount, t);
	if (t->below_mount) {
		char *end = strchrnul(t->below_mount, '\0');

		errno = ENOENT;		/* whatever another mount has said */
		/* down as far as it is there, and up again */
		while (end > t->below_mount && !enter_name(t, t->below_mount + 1)) {
			need_cgroup(t);
			end = cut_name(end);
		}
		for (;;) {
			look_at_cgroup(t);
			/* below it if there is a NUL, which no name has */
			if (end <= t->below_mount || !enter_name(t, ".."))
				break;
			end = cut_name(end);
		}
	}
	need_cgroup(t);
	leave(t);
}

/* What is available where the kernel, before Linux 3.14, does not say: as later ones reckon, mm/show_mem.c. */
static kb_t estimate_available(struct topmem *t)
{
	const kb_t *memory = at_hand(t->memory);
	kb_t available = add_kb(memory[M_FREE], add_kb(memory[M_BUFFERS], memory[M_CACHED]));
	kb_t min_free = 0;

	if (memory[M_RECLAIMABLE] != KB_UNKNOWN)	/* 2.6.19 */
		available = add_kb(available, memory[M_RECLAIMABLE]);
	available = less_known(available, memory[M_TMPFS]);	/* 2.6.32; it is in Cached */
	read_each_line(t, FILE_MIN_FREE, parse_limit_line, &min_free);
	/* the low watermark is 5/4 of that: so much stays free, of the cache and of the slab */
	return less_kb(available, min_free * 15 / 4);
}
#endif

/* Looks at memory as a whole. */
void read_memory(struct topmem *t)
{
	kb_t *memory = at_hand(t->memory);

	memset(t->memory, 0xff, sizeof(t->memory));	/* KB_UNKNOWN */
	read_each_line(t, FILE_MEMINFO, parse_memory_line, memory);
#if ENABLE_FEATURE_TOPMEM_LIMITS
	if (memory[M_AVAILABLE] == KB_UNKNOWN)
		memory[M_AVAILABLE] = estimate_available(t);
	memory[M_LIMIT] = memory[M_TOTAL];
	memory[M_USED] = less_kb(memory[M_TOTAL], memory[M_AVAILABLE]);
	memory[M_SWAPPED] = less_kb(memory[M_SWAP], memory[M_SWAPPED]);
	set_other(memory, memory[M_TOTAL]);
	if (t->shares && !(t->opt & OPT_R))
		find_limit(t);
#endif
}

#if ENABLE_FEATURE_TOPMEM_LIMITS || ENABLE_FEATURE_TOPMEM_JSON || ENABLE_FEATURE_TOPMEM_PROM
/* In the order of enum memory: names on lines, in JSON and in metrics. */
static const char memory_names[] ALIGN1 =
	"total\0"
	IF_FEATURE_TOPMEM_LIMITS("limit\0" "used\0")
	"available\0"
	IF_FEATURE_TOPMEM_LIMITS("high\0" "swap\0" "swapped\0" "tmpfs\0"
		"anon\0" "slab\0" "pagetables\0" "stacks\0" "other\0");

/*
 * What is known of it: a line of -l each, ,"mem_limit_kb":524288 or
 * topmem_memory_limit_bytes 536870912.
 */
void put_memory(struct topmem *t)
{
	const char *name = memory_names;
	unsigned shown = t->opt & OPT_l ? M_SHOWN : M_BASIC;
	unsigned i;

	for (i = 0; i < shown; i++) {
		kb_t value = t->memory[i];

		if (t->opt & OPT_JSON) {
			put_text(t, ",\"mem_");
			put_text(t, name);
			put_text(t, "_kb\":");
			put_number(t, value);
		} else if (t->opt & OPT_PROM) {
			put_metric(t, "memory", name, "_bytes", name, value);
		} else if (value != KB_UNKNOWN) {
			put_text(t, name);
			put_char(t, ' ');
			put_right(t, SIZE, value, 21 - (unsigned)strlen(name));
			if (i > M_LIMIT) {
				put_char(t, ' ');
				put_right(t, SHARE, value, 6);
				put_char(t, '%');
			}
			put_char(t, '\n');
		}
		name = next_text(name);
	}
}
#endif

#if ENABLE_FEATURE_TOPMEM_LIMITS
/* 80%, of all; 1.5G, 500: in kB, rounded up.  *text is moved behind it. */
static kb_t parse_threshold(const char *spec, const char **text, kb_t all)
{
	kb_t number = parse_thousandths(text);
	const char *letter = strchrnul("KMGT%", **text);
	kb_t unit = 1;
	unsigned parts = 1000;

	if (*letter)
		++*text;
	if (*letter == '%') {
		if ((int64_t)number > 100000)	/* what is unknown is below 0 */
			give_up(spec, "over 100%");
		if (all == KB_UNKNOWN)
			give_up("memory", "not known");
		unit = all;
		parts = 100000;
	} else if (*letter) {
		while (*letter-- != 'K')
			unit *= 1024;
	}
	number = times_kb(number, unit);
	if (number >= KB_MAX)
		give_up(spec, "invalid number");
	return add_kb(number, parts - 1) / parts;
}

/* Sets those of this option, WARN[,CRIT] in kB.  Dies of what is no such. */
void set_thresholds(struct topmem *t, unsigned option, kb_t all)
{
	const char *spec = t->value[option];
	const char *p = spec;
	struct threshold *threshold = &t->threshold[option - VALUE_x];
	bool share;

	threshold->warning = threshold->critical = KB_UNKNOWN;
	if (!spec)
		return;
	threshold->warning = parse_threshold(spec, &p, all);
	share = p[-1] == '%';
	if (*p == ',') {
		p++;
		threshold->critical = parse_threshold(spec, &p, all);
		if (threshold->critical < threshold->warning && share == (p[-1] == '%'))
			give_up(spec, "CRIT is below WARN");
	}
	if (*p)
		give_up(spec, "invalid number");
}

/* What is checked: the first row, or the total. */
static struct row *first_row(struct topmem *t)
{
	struct row *row = t->row;

	if (!t->n_rows) {
		clear_row(row);
		row->pid = 0;
		row->comm[0] = '\0';
	} else if (t->opt & OPT_t) {
		row = &t->new_row;
	}
	return row;
}

/* The state of this value, from this zero on. */
static NOINLINE unsigned rate(struct topmem *t, unsigned option, kb_t value, kb_t zero)
{
	const struct threshold *threshold = &t->threshold[option - VALUE_x];

	set_thresholds(t, option, t->memory[M_LIMIT]);
	if (value == KB_UNKNOWN)
		return EXIT_TROUBLE;
	return value >= add_kb(threshold->critical, zero) ? 2 : value >= threshold->warning + zero;
}

static void put_limit(struct topmem *t, kb_t limit)
{
	put_char(t, ';');
	if (limit != KB_UNKNOWN)
		put_number(t, limit);
}

/* "=482304KB;471860;;0;524288": value, WARN, CRIT, least and most. */
static void put_performance(struct topmem *t, unsigned option, unsigned kind, kb_t value)
{
	const struct threshold *threshold = &t->threshold[option - VALUE_x];
	bool size = kind == SIZE || kind == SHARE;

	put_char(t, '=');
	if (value == KB_UNKNOWN) {
		put_char(t, 'U');
	} else {
		put_value(t, kind > GROWTH ? NUMBER : kind, value);
		put_text(t, unit_of(kind, "KB", "KB"));
	}
	put_limit(t, threshold->warning);
	put_limit(t, threshold->critical);
	if (size) {
		put_limit(t, 0);
		put_limit(t, t->memory[M_LIMIT]);
	}
}

/* Checks the first row, and what is used in all.  With -w an OK is told only once. */
void check(struct topmem *t)
{
	unsigned kind = column_info[t->rank_by].kind;
	unsigned state = 0;

	t->begun = true;
	if (t->value[VALUE_X])
		state = rate(t, VALUE_X, t->memory[M_USED], 0);
	if (t->value[VALUE_x]) {
		kb_t value = first_row(t)->value[t->rank_by];
		unsigned other = rate(t, VALUE_x, value, kind == SIGNED || kind == GROWTH ? SIGNED_BIAS : 0);

		if (!state || other == 2)	/* UNKNOWN hides nothing */
			state = other;
		if (t->unreadable && !state)
			state = EXIT_TROUBLE;	/* it may be one of those */
	}
	t->silent = (t->opt & OPT_CHECK) && (t->opt & OPT_w) && !t->state && !state;
	t->state = (uint8_t)state;
}

/*
 * TOPMEM OK - used 471M of 512M (92.0%), top 412 AdGuardHome 83.0M | used=482304KB;;;0;524288
 * What that has told.  With -q it is all.
 */
void put_check(struct topmem *t)
{
	const struct row *row = first_row(t);
	const char *state = nth_text("OK\0" "WARNING\0" "CRITICAL\0" "UNKNOWN", t->state);
	unsigned opt = t->opt;

	if (!(opt & OPT_CHECK) || (opt & OPT_PROM))
		return;
	if (opt & OPT_JSON) {
		put_text(t, ",\"check\":\"");
		put_text(t, state);
		put_char(t, '"');
		return;
	}
	put_text(t, "TOPMEM ");
	put_text(t, state);
	t->opt |= OPT_h;
	put_text(t, " - used ");
	put_value(t, SIZE, t->memory[M_USED]);
	put_text(t, " of ");
	put_value(t, SIZE, t->memory[M_LIMIT]);
	put_text(t, " (");
	put_value(t, SHARE, t->memory[M_USED]);
	put_text(t, opt & OPT_t ? "%), " : "%), top ");
	if (!(opt & OPT_g)) {
		put_number(t, row->pid);
		put_char(t, ' ');
	}
	print_command(t, row, COMM);
	put_char(t, ' ');
	put_value(t, column_info[t->rank_by].kind, row->value[t->rank_by]);
	t->opt = opt;
	put_text(t, " | used");
	put_performance(t, VALUE_X, SIZE, t->memory[M_USED]);
	if (t->value[VALUE_x]) {
		put_char(t, ' ');
		put_text(t, column_name(t, t->rank_by));
		put_performance(t, VALUE_x, column_info[t->rank_by].kind, row->value[t->rank_by]);
	}
	put_char(t, '\n');
	t->silent = opt & OPT_q;
}
#endif
