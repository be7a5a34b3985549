/* SPDX-License-Identifier: 0BSD */
/*
 * Processes added up: by program, owner, cgroup or command line.
 *
 * There is room for some groups, and there may be any number of them.  Those
 * of the largest hashes of their names stay in the table, and are whole when
 * all processes have been gone over; the next pass is for those below.
 */
#include <sys/syscall.h>
#include "topmem.h"

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/*
 * The Name that renamed children go by: those with the file of their parent go
 * by that of their parent.  BusyBox's applets have one file and no common name.
 */
static const char *find_name(struct topmem *t, const struct row *row, place_t exe)
{
	struct program *parent = at_hand(&t->parent);
	struct row above;

	if (parent->pid != row->value[PPID] || (parent->place == exe && !parent->name[0])) {
		unsigned depth;

		above.value[PPID] = row->value[PPID];
		parent->pid = (unsigned)row->value[PPID];
		parent->name[0] = '\0';
		for (depth = 0; depth < 99; depth++) {	/* a capture may have a circle */
			place_t above_exe;

			leave(t);
			above_exe = enter_number(t, (unsigned)above.value[PPID]) ? read_exe(t) : 0;
			if (!depth)
				parent->place = above_exe;
			if (above_exe != exe)
				break;
			above.comm[0] = '\0';
			above.value[VSZ] = 0;
			read_stat(t, &above);
			memcpy(parent->name, above.comm, COMM_SIZE);
		}
	}
	return parent->place == exe ? parent->name : row->comm;
}

static void set_text(struct program *group, const char *text)
{
	set_name(group, text, text + strlen(text));
}

/* The base name of the file where that starts with Name, else Name. */
static void find_program(struct topmem *t, const struct row *row)
{
	char *path = t->file + 4;
	place_t exe = read_exe(t);
	char *end = path + strlen(path);
	char *base = end;
	const char *name = row->comm;

	if (end - path > 10 && strcmp(end - 10, " (deleted)") == 0) {
		end[-10] = '\0';
		memcpy(end - 10, exe_is_there(t) ? " [updated]" : " [deleted]", 10);
	}
	while (base > path && base[-1] != '/')
		base--;
	set_name(&t->key, base, end);
	if (exe && !after("busybox", base) && !after("toybox", base))
		name = find_name(t, row, exe);
	if (!after(name, t->key.name))
		set_text(&t->key, name);
}

/* The whole command line tells groups apart, Name where there is none; the first of them is shown. */
static void add_word(void *into, const char *word, const char *end)
{
	struct program *key = into;

	if (word < end && !key->num++)
		key->place = 0;		/* that of Name */
	key->place = add_hash(key->place, word, end + 1);
}

/* Finds the group of the process in this folder. */
static void find_group(struct topmem *t, const struct row *row)
{
	char text[CELL_SIZE];
	char *end = text + CELL_SIZE;

	set_text(&t->key, t->by == BY_CGROUP ? "-" : row->comm);
	t->key.num = 0;
	if (t->by == BY_PROG)
		find_program(t, row);
	else if (t->by == BY_ARGS)
		read_each_line(t, FILE_CMDLINE, add_word, &t->key);
	else if (t->by == BY_CGROUP)
		read_each_line(t, FILE_CGROUP, parse_cgroup_line, &t->key);
	else
		set_name(&t->key, format_value(t, OWNER, row->value[USER], end), end);
}

/*
 * 0 if the two share one address space (CLONE_VM without CLONE_THREAD, vfork).
 * Negative where this kernel does not tell, or the PIDs are not of this system.
 */
static long compare_memory(const struct topmem *t, unsigned pid, unsigned other)
{
	enum { KCMP_VM = 1 };	/* Linux 3.5, linux/kcmp.h */

	return t->opt & OPT_R ? -1 : syscall(SYS_kcmp, pid, other, KCMP_VM);
}

/*
 * Whether the memory of this process, key, has been counted: with its parent,
 * if that is meant, too, or with the last of its group.  Where the kernel does
 * not tell, equal smaps of the first do: idle workers have them, too, but not
 * with their master.  The row is overwritten.
 */
static bool is_counted(struct topmem *t, struct row *row, const struct program *group)
{
	const struct program *key = &t->key;
	long same;

	row->pid = (unsigned)row->value[PPID];
	if (compare_memory(t, key->pid, row->pid) == 0) {
		leave(t);
		if (read_row(t, row))
			return true;
	}
	if (!group || !t->smaps_seen || group->smaps != key->smaps)
		return false;
	same = compare_memory(t, key->pid, group->last);
	return same == 0 || (same < 0 && group->last == group->pid);
}

static void add_group(struct program *to, const struct program *group)
{
	unsigned i;

	to->num += group->num;
	for (i = 0; i < ARRAY_SIZE(to->sum); i++)
		to->sum[i] = add_kb(to->sum[i], group->sum[i]);
}

/* Adds the process of row, whose group is t->key, to that.  The row is overwritten. */
static void add_process(struct topmem *t, struct row *row)
{
	const kb_t *value = at_hand(row->value);
	struct program *key = at_hand(&t->key);
	struct program *group = t->group;
	struct program *end = group + t->n_groups;

	if (value[USS] == KB_UNKNOWN || key->place >= t->last_group || key->place < t->group_limit)
		return;
	while (group < end && group->place != key->place)
		group++;
	key->pid = key->last = row->tid;
	key->start = value[START];
	key->smaps = value[SMAPS_HASH] + add_hash(0, (const char *)&value[SWAP], (const char *)&value[EPSS + 1]);
	key->num = 1;
	key->sum[0] = value[USS];
	key->sum[1] = value[SHARED];
	key->sum[2] = value[EPSS] != KB_UNKNOWN ? value[EPSS] - value[PSS] : value[SWAP];
	if (is_counted(t, row, group < end ? group : NULL)) {
		memset(key->sum, 0, sizeof(key->sum));
	} else if (group < end && !(t->opt & OPT_R)) {
		group->last = key->pid;
		group->smaps = key->smaps;
	}
	if (group == end) {
		t->group_limit = rank_insert(t->group, sizeof(*group), &t->n_groups, t->max_groups, key);
		return;
	}
	if (!t->smaps_seen) {
		/* the largest is the program's */
		key->sum[1] = less_kb(key->sum[1], group->sum[1]);
	}
	add_group(group, key);
}

/* Makes a row of a group. */
static void fill_row(struct row *row, const struct program *group)
{
	kb_t *value = at_hand(row->value);

	clear_row(row);
	row->tid = row->pid = group->pid;
	value[NUM] = group->num;
	value[USS] = group->sum[0];
	value[SHARED] = group->sum[1];
	value[RAM] = value[MEM] = add_kb(value[USS], value[SHARED]);
	value[SWAP] = group->sum[2];
	value[START] = group->start;
	memcpy(row->comm, group->name, sizeof(row->comm));
}

/* Whether a further pass is about the process of row.  Of a main thread that has ended this is not known yet. */
static bool is_wanted(struct topmem *t, struct row *row)
{
	row->comm[0] = '\0';
	enter_number(t, row->pid);
	clear_row(row);
	read_identity(t, row);
	find_group(t, row);
	leave(t);
	return t->key.place < t->last_group || !known_above_0(row->value[VSZ]);
}

/* Holds the largest groups below t->last as rows, and the sum of all in t->total. */
void scan_groups(struct topmem *t)
{
	struct row *row = &t->new_row;

	memset(&t->total, 0, sizeof(t->total));
	memcpy(t->total.name, "total", sizeof("total"));
	t->group = (struct program *)&t->row[t->max_rows];
	t->max_groups = (unsigned)((char *)(&t->more_groups + 1) - (char *)t->group) / (unsigned)sizeof(*t->group);
	t->last_group = (place_t)-1;
	t->unreadable = 0;
	IF_FEATURE_TOPMEM_PROM(t->processes = 0;)
	do {
		unsigned unreadable = t->unreadable;
		struct program *group = t->group;
		unsigned i;

		t->group_limit = t->n_groups = 0;
		t->parent.pid = UINT_MAX;	/* none, nor 0 */
		rewind_processes(t);
		while (next_entry(t, &t->procs)) {
			row->pid = path_number(t);
			if ((t->last_group == (place_t)-1 || is_wanted(t, row)) && read_row(t, row)) {
				find_group(t, row);
				add_process(t, row);
				IF_FEATURE_TOPMEM_PROM(t->processes += t->last_group == (place_t)-1;)
			}
			leave(t);
		}
		if (unreadable)
			t->unreadable = unreadable;	/* the first pass has met them all */
		for (i = t->n_groups; i; i--) {
			add_group(&t->total, group);
			fill_row(row, group++);
			keep_row(t, row);
		}
		t->last_group = t->group_limit;
	} while (t->last_group);
	fill_row(row, &t->total);
}
#endif
