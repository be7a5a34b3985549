/* SPDX-License-Identifier: 0BSD */
/*
 * Which processes are meant: -p, -u, -c and -e.
 */
#include "topmem.h"

#if ENABLE_FEATURE_TOPMEM_SELECT
/* Whether "1,22,333" has this number.  Dies of what is no such list. */
static bool has_number(const char *list, unsigned wanted)
{
	const char *p = list;
	bool found = false;

	do {
		kb_t number = parse_number(&p);

		if (!known_above_0(number) || (*p && *p != ','))
			give_up(list, "invalid number");
		found |= number == wanted;
	} while (*p++);
	return found;
}

static bool is_among_pids(const struct topmem *t, unsigned pid)
{
	return !t->value[VALUE_p] || has_number(t->value[VALUE_p], pid);
}

/* Whether "sh,init" has this Name.  The kernel keeps 15 bytes of one. */
static bool has_name(const char *list, const char *name)
{
	for (;;) {
		const char *end = strchrnul(list, ',');
		const char *rest = after(name, list);

		if (rest && (rest == end || rest - list == 15))
			return true;
		if (!*end)
			return false;
		list = end + 1;
	}
}

static bool has_owner(const struct topmem *t, kb_t uid)
{
	unsigned i;

	for (i = 0; i < t->n_uids; i++) {
		if (t->uid[i] == uid)
			return true;
	}
	return false;
}

/* Whether the process at t->path has that of -e. */
bool has_variable(struct topmem *t, bool or_no_environment)
{
	struct variable variable = { t->value[VALUE_e], false, false };

	if (!variable.wanted)
		return true;
	if (!read_each_line(t, FILE_ENVIRON, parse_variable, &variable) && errno == EACCES)
		return false;
	if (or_no_environment && !variable.any)
		return true;
	return variable.found;
}

/* The row is what status tells, and nothing else. */
static NOINLINE void read_status_anew(struct topmem *t, struct row *row)
{
	clear_row(row);
	row->comm[0] = '\0';
	read_status(t, row);
}

/* Whether the process at t->path is one of those meant.  Its row is overwritten. */
bool selected(struct topmem *t, struct row *row)
{
	if (!is_among_pids(t, row->pid))
		return false;
	if (t->n_uids || t->value[VALUE_c]) {
		read_status_anew(t, row);
		if (t->n_uids && !has_owner(t, row->value[USER]))
			return false;
		if (t->value[VALUE_c] && !has_name(t->value[VALUE_c], row->comm))
			return false;
	}
	/* that of a main thread that has ended is with the others */
	if (!t->value[VALUE_e] || has_variable(t, true))
		return true;
	if (!has_ended()) {
		/* A kernel thread has no environment that could be missed. It has no memory, and no other
		 * threads, as a process has whose main thread has ended. */
		read_status_anew(t, row);
		if (known_above_0(row->value[VSZ]) || row->value[THR] > 1)
			note_unreadable(t, row->value[RSS]);
		errno = ENOENT;		/* that is all there is to tell of it */
	}
	return false;
}

/* Looks up the users, and cuts their list into names.  Dies of what cannot be meant. */
void check_selection(struct topmem *t)
{
	char *name = (char *)t->value[VALUE_u];

	is_among_pids(t, 0);
	if (t->value[VALUE_e] && (!*t->value[VALUE_e] || *t->value[VALUE_e] == '='))
		give_up(t->value[VALUE_e], "no variable");
	while (name) {
		char *end = strchrnul(name, ',');
		char *next = *end ? end + 1 : NULL;
		const char *text = name;
		struct owner owner;

		*end = '\0';
		owner.uid = parse_number(&text);
		if (*text) {
			owner.uid = KB_UNKNOWN;
			owner.wanted = name;
			owner.name[0] = '\0';
			read_each_line(t, FILE_PASSWD, parse_passwd_line, &owner);
		}
		if (t->n_uids == ARRAY_SIZE(t->uid))
			give_up("-u", "too many");
		if (owner.uid == KB_UNKNOWN)
			give_up(name, "no such user");
		t->uid[t->n_uids++] = owner.uid;
		name = next;
	}
}
#endif
