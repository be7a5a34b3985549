/* SPDX-License-Identifier: 0BSD */
/*
 * The smallest topmem, whole: without FEATURE_TOPMEM_STATM this takes the
 * place of all the other files.  It has -n, -q, -H and -R, and what it tells
 * comes from the status of every process, as it does there.  What it saves
 * are the ways to be quicker and to show more.
 */
#include "libbb.h"
#include <sys/syscall.h>

#if !ENABLE_FEATURE_TOPMEM_STATM
enum {
	/* In the order of getopt32()'s string. */
	OPT_q = 2,
	OPT_H = 4,

	EXIT_TROUBLE = 3,
	COMM_SIZE = 32,		/* TASK_COMM_LEN is 16, a newline in it is \n here */
};

/* What is read of status, and of meminfo: its number in the keys, plus 1. */
enum key { OTHER, NAME, SIZE, RSS, TOTAL, KEYS };

struct row {
	/* Larger is earlier: RSS in kB, and of the same RSS the lower PID. */
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

struct dir {
	int fd;
	int pos, len;
	char buf[512] ALIGNED(8);
};

struct topmem {
	unsigned opt;
	unsigned rows;		/* shown so far */
	int64_t value[KEYS];	/* -1 where there is none */
	struct row new;
	char line[128];		/* what is longer is cut: no list of groups matters */
	struct row row[CONFIG_TOPMEM_ROWS + 1];	/* the last is where others drop out */
	struct dir procs, threads;
	char text[1024];
};

/* "Name:\tsh": the kernel writes a newline as \n and a backslash as \\. */
static void parse_name(char *comm, const char *text)
{
	char *end = comm + COMM_SIZE - 1;

	for (; *text && comm < end; text++) {
		*comm = *text;
		if (*text == '\\' && *++text == 'n')
			*comm = '?';
		comm++;
	}
	*comm = '\0';
}

/* "VmRSS:\t    1704 kB" */
static void parse_field(struct topmem *t)
{
	char *text = strchrnul(t->line, ':');
	enum key key;

	*text = '\0';
	text += 2;
	key = 1 + index_in_strings("Name\0VmSize\0VmRSS\0MemTotal\0", t->line);
	t->value[key] = bb_strtou(skip_whitespace(text), NULL, 10);
	if (key == NAME && !t->new.comm[0])
		parse_name(t->new.comm, text);
}

static void read_fields(struct topmem *t, const char *file)
{
	char *end = t->line;
	int fd = open(file, O_RDONLY);
	int n;

	while ((n = safe_read(fd, t->text, sizeof(t->text))) > 0) {
		const char *p = t->text;

		do {
			if (*p == '\n') {
				*end = '\0';
				parse_field(t);
				end = t->line;
			} else if (end < t->line + sizeof(t->line) - 3) {
				*end++ = isprint_asciionly((unsigned char)*p) ? *p : '?';
			}
			p++;
		} while (--n);
	}
	close(fd);
}

/* False if the process or thread has ended, or is the kernel's. */
static bool read_status(struct topmem *t)
{
	t->value[SIZE] = 0;
	t->value[RSS] = -1;
	read_fields(t, "status");
	return t->value[SIZE] > 0;
}

/*
 * Enters the next folder in there that has a number for a name, and returns
 * that; 0 behind the last.  In the folder of a process that has ended no file
 * can be opened, whoever gets its number next.
 */
static unsigned enter_next(struct dir *dir)
{
	if (fchdir(dir->fd) < 0)
		return 0;
	for (;;) {
		struct linux_dirent64 *entry;
		unsigned number;

		if (dir->pos >= dir->len) {
			dir->len = syscall(SYS_getdents64, dir->fd, dir->buf, sizeof(dir->buf));
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

static void print_row(struct topmem *t, const struct row *row)
{
	char line[64];		/* three numbers of 10 digits, the decimal, blanks and a name */
	char share[16] = "-";
	unsigned pid = ~(unsigned)row->place;
	uint64_t rss_kb = row->place >> 32;
	unsigned total_kb = t->value[TOTAL];

	if (t->opt & OPT_q) {
		sprintf(line, "%u\n", pid);
	} else {
		if (!t->rows && !(t->opt & OPT_H))
			xwrite_str(STDOUT_FILENO, "  PID     RSS %MEM COMMAND\n");
		if (total_kb) {
			uint64_t tenths = (rss_kb * 1000 + total_kb / 2) / total_kb;

			sprintf(share, "%u.%u", (unsigned)(tenths / 10), (unsigned)(tenths % 10));
		}
		sprintf(line, "%5u %7u %4s %s\n", pid, (unsigned)rss_kb, share, row->comm);
	}
	xwrite_str(STDOUT_FILENO, line);
	t->rows++;
}

int topmem_main(int argc, char **argv) MAIN_EXTERNALLY_VISIBLE;
int topmem_main(int argc UNUSED_PARAM, char **argv)
{
	struct topmem topmem;
	struct topmem *t = &topmem;
	const char *n = "1";
	const char *dir = "/proc";
	uint64_t last = -1;
	unsigned wanted;
	unsigned pid;
	struct row *row;

	xfunc_error_retval = EXIT_TROUBLE;
	memset(t, 0, sizeof(*t));
	t->opt = getopt32(argv, "^" "n:qHR:" "\0" "=0", &n, &dir);
	wanted = xatou(n);
	t->procs.fd = open(dir, O_RDONLY | O_DIRECTORY);
	if (t->procs.fd < 0 || fchdir(t->procs.fd) < 0)
		bb_simple_perror_msg_and_die(dir);
	read_fields(t, "meminfo");

	/* A pass for as many rows as are held at once, each below the last row of the one before. */
	do {
		memset(t->row, 0, sizeof(t->row));
		lseek(t->procs.fd, 0, SEEK_SET);
		while ((pid = enter_next(&t->procs)) != 0) {
			t->new.comm[0] = '\0';
			if (!read_status(t)) {
				t->threads.fd = open("task", O_RDONLY);
				t->threads.pos = t->threads.len;
				while (enter_next(&t->threads) && !read_status(t))
					continue;
				close(t->threads.fd);
			}
			if (t->value[RSS] < 0)
				continue;
			t->new.place = ((uint64_t)t->value[RSS] << 32) + ~pid;
			if (!wanted) {
				print_row(t, &t->new);
				continue;
			}
			if (t->new.place >= last)
				continue;
			row = t->row + CONFIG_TOPMEM_ROWS;
			while (row > t->row && row[-1].place < t->new.place) {
				row[0] = row[-1];
				row--;
			}
			*row = t->new;
		}
		for (row = t->row; wanted && row < t->row + CONFIG_TOPMEM_ROWS && row->place; row++) {
			print_row(t, row);
			last = row->place;
			wanted--;
		}
	} while (wanted && row > t->row);
	if (!t->rows)
		bb_error_msg_and_die("%s: %s", dir, "no processes");
	return 0;
}
#endif
