/* SPDX-License-Identifier: 0BSD */
/*
 * The smallest topmem: without FEATURE_TOPMEM_STATM this file takes the place
 * of all the others, with the options that are always there.  It is as right
 * as they are, but reads status, and that of every process.
 *
 * It steps into the folder of each process, or of a thread in "task", and
 * opens files there: it makes no paths, and what it opens is of one process.
 */
#include "libbb.h"
#include <sys/syscall.h>

#if !ENABLE_FEATURE_TOPMEM_STATM
enum {
	/* As in getopt32()'s string. */
	OPT_q = 2,
	OPT_H = 4,

	EXIT_TROUBLE = 3,
	COMM_SIZE = 32,		/* TASK_COMM_LEN is 16; what captures hold beyond this is cut */
};

/* The lines that count, in the order of keys; OTHER are the rest. */
enum field { OTHER, NAME, SIZE, RSS, TOTAL, N_FIELDS };
static const char keys[] ALIGN1 = "Name\0" "VmSize\0" "VmRSS\0" "MemTotal\0";

struct row {
	/* The RSS in kB, and below 32 bits that are larger for lower PIDs:
	 * the row with the larger place comes first. */
	uint64_t place;
	char comm[COMM_SIZE];
};

struct linux_dirent64 {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

/* A folder of which the folders that are numbers are entered. */
struct dir {
	int fd;
	int pos, len;
	char buf[512] ALIGNED(8);	/* 16 processes a call */
};

/* Everything, in fixed room.  What is used most comes first: that is less code. */
struct topmem {
	unsigned opt;
	unsigned shown;		/* rows */
	int64_t value[N_FIELDS];	/* kB; -1 where there is none */
	struct row row;		/* of this process */
	char line[128];		/* longer ones are cut: Groups may be one, but none that is needed */
	struct row held[CONFIG_TOPMEM_ROWS + 1];	/* sorted; the last is what has just dropped out */
	struct dir procs, threads;
	char text[1024];
};

/* The kernel writes a newline as \n and a backslash as \\. */
static void parse_name(char *comm, const char *text)
{
	char *stop = comm + COMM_SIZE - 1;

	for (; *text && comm < stop; text++) {
		*comm = *text;
		if (*text == '\\' && *++text == 'n')
			*comm = '?';
		comm++;
	}
	*comm = '\0';
}

/*
 * Name:	sh
 * VmRSS:	    1704 kB
 */
static void parse_line(struct topmem *t)
{
	char *text = strchrnul(t->line, ':');
	enum field field;

	*text = '\0';
	text += 2;
	field = (enum field)(index_in_strings(keys, t->line) + 1);
	t->value[field] = bb_strtou(skip_whitespace(text), NULL, 10);
	if (field == NAME && !t->row.comm[0])
		parse_name(t->row.comm, text);
}

/* All lines of the file, if there is such a file. */
static void read_each_line(struct topmem *t, const char *file)
{
	char *end = t->line;
	int fd = open(file, O_RDONLY);
	ssize_t n;

	while ((n = safe_read(fd, t->text, sizeof(t->text))) > 0) {
		const char *p = t->text;
		const char *stop = p + n;

		do {
			if (*p == '\n') {
				*end = '\0';
				parse_line(t);
				end = t->line;
			} else if (end < t->line + sizeof(t->line) - 3) {
				*end++ = isprint_asciionly((unsigned char)*p) ? *p : '?';
			}
		} while (++p < stop);
	}
	close(fd);
}

/* Of the process or thread in whose folder we are.  False if it has no memory. */
static NOINLINE bool read_status(struct topmem *t)
{
	t->value[SIZE] = 0;
	t->value[RSS] = -1;
	read_each_line(t, "status");
	return t->value[SIZE] > 0;
}

/*
 * Enters the next folder in there that is a number, and returns that; 0 at the
 * end.  Files are those of this process then, whoever gets its number next: in
 * the folder of an ended process no file can be opened.
 */
static unsigned enter_next(struct dir *dir)
{
	if (fchdir(dir->fd) < 0)
		return 0;
	for (;;) {
		struct linux_dirent64 *entry;
		unsigned number;

		if (dir->pos >= dir->len) {
			dir->len = (int)syscall(SYS_getdents64, dir->fd, dir->buf, sizeof(dir->buf));
			if (dir->len <= 0)
				return 0;
			dir->pos = 0;
		}
		entry = (void *)(dir->buf + dir->pos);
		dir->pos += entry->length;
		number = bb_strtou(entry->name, NULL, 10);
		if (!errno && number && chdir(entry->name) == 0)
			return number;
	}
}

/* Reads the next process that has memory into t->row.  False at the end. */
static bool next_row(struct topmem *t)
{
	unsigned pid;

	do {
		pid = enter_next(&t->procs);
		if (!pid)
			return false;
		t->row.comm[0] = '\0';
		if (!read_status(t)) {
			/* The kernel's, or a main thread that has ended: other
			 * threads may live on, and theirs is the process's. */
			t->threads.fd = open("task", O_RDONLY);
			t->threads.len = 0;
			while (enter_next(&t->threads) && !read_status(t))
				continue;
			close(t->threads.fd);
		}
	} while (t->value[RSS] < 0);
	t->row.place = ((uint64_t)t->value[RSS] << 32) + ~pid;
	return true;
}

/* Puts t->row where it belongs; the last one leaves. */
static void hold_row(struct topmem *t)
{
	struct row *at = t->held + CONFIG_TOPMEM_ROWS;

	while (at > t->held && at[-1].place < t->row.place) {
		at[0] = at[-1];
		at--;
	}
	*at = t->row;
}

/* The first one comes with the header. */
static void print_row(struct topmem *t, const struct row *row)
{
	char line[80];		/* numbers of 10, 10 and 12 bytes, blanks, a name: 68 */
	char share[16] = "-";
	unsigned pid = ~(unsigned)row->place;
	uint64_t rss_kb = row->place >> 32;
	unsigned total_kb = (unsigned)t->value[TOTAL];

	if (total_kb) {
		uint64_t tenths = (rss_kb * 1000 + total_kb / 2) / total_kb;

		sprintf(share, "%u.%u", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
	}
	if (!t->shown++ && !(t->opt & (OPT_q | OPT_H)))
		xwrite_str(STDOUT_FILENO, "  PID     RSS %MEM COMMAND\n");
	/* with -q the PID only: what a format has no use for is ignored */
	sprintf(line, t->opt & OPT_q ? "%u\n" : "%5u %7u %4s %s\n",
		pid, (unsigned)rss_kb, share, row->comm[0] ? row->comm : "-");
	xwrite_str(STDOUT_FILENO, line);
}

int topmem_main(int argc, char **argv) MAIN_EXTERNALLY_VISIBLE;
int topmem_main(int argc UNUSED_PARAM, char **argv)
{
	struct topmem topmem;
	struct topmem *t = &topmem;
	const char *value[] = { "1", "/proc" };	/* of -n and -R */
	const char *dir;
	uint64_t last = UINT64_MAX;
	unsigned wanted;	/* 0 = every process */
	struct row *row;

	xfunc_error_retval = EXIT_TROUBLE;
	memset(t, 0, sizeof(*t));
	t->opt = getopt32(argv, "^" "n:qHR:" "\0" "=0", value, value + 1);
	wanted = xatou(value[0]);
	dir = value[1];
	t->procs.fd = open(dir, O_RDONLY | O_DIRECTORY);
	if (t->procs.fd < 0 || fchdir(t->procs.fd) < 0)
		bb_simple_perror_msg_and_die(dir);
	read_each_line(t, "meminfo");

	/* A pass for as many rows as are held at once, each below the last row of the one before. */
	do {
		memset(t->held, 0, sizeof(t->held));
		lseek(t->procs.fd, 0, SEEK_SET);
		while (next_row(t)) {
			if (!wanted)
				print_row(t, &t->row);
			else if (t->row.place < last)
				hold_row(t);
		}
		for (row = t->held; wanted && row < t->held + CONFIG_TOPMEM_ROWS && row->place; row++) {
			print_row(t, row);
			last = row->place;
			wanted--;
		}
	} while (wanted && row == t->held + CONFIG_TOPMEM_ROWS);
	if (!t->shown)
		bb_error_msg_and_die("%s: %s", dir, "no such process");
	return 0;
}
#endif
