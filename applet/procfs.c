/* SPDX-License-Identifier: 0BSD */
/*
 * The only file that opens anything.  Paths are relative to procfs, the
 * current folder: t->path is that of a process ("412/"), a thread of it
 * ("412/task/415/"), or nothing inside its folder, and the file's name goes
 * behind that.
 */
#include "topmem.h"

/* In the order of enum file. */
static const char file_names[][FILE_NAME_SIZE] = {
	"statm", "status", "meminfo", "task/",
	IF_FEATURE_TOPMEM_SMAPS("smaps_rollup", "smaps",)
	IF_FEATURE_TOPMEM_COLUMNS("oom_score", "oom_score_adj", "stat", "cmdline", "/etc/passwd",)
#if ENABLE_FEATURE_TOPMEM_SMAPS || ENABLE_FEATURE_TOPMEM_COLUMNS
	"mounts",
#endif
};

struct dirent64 {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

void set_path(struct topmem *t, const char *path)
{
	t->path = t->path_buf;
	t->path_len = strlen(path);
	memcpy(t->path, path, t->path_len);
}

/* The path, and "number/" behind it. */
void set_path_number(struct topmem *t, const char *path, unsigned number)
{
	char digits[NUMBER_SIZE];
	char *end = digits + NUMBER_SIZE;
	char *p = format_number(end, number);

	set_path(t, path);
	while (p < end)
		t->path[t->path_len++] = *p++;
	t->path[t->path_len++] = '/';
	t->path[t->path_len] = '\0';
}

int open_file(struct topmem *t, enum file file)
{
	const char *name = file_names[file];
	char *end = t->path + t->path_len;

	memcpy(end, name, 8);		/* two moves, where a loop is ten times that */
	memcpy(end + 8, name + 8, 8);
	return open(t->path, O_RDONLY);
}

/* Make procfs the current folder.  It stays open: it is read again in each pass. */
void open_procfs(struct topmem *t)
{
	t->procs.fd = open(t->dir, O_RDONLY | O_DIRECTORY);
	t->procs.buf = t->procs_buf;
	t->procs.size = sizeof(t->procs_buf) - FILE_NAME_SIZE;
	if (t->procs.fd < 0)
		die(t->dir, error_text(errno));
	leave_process(t);
}

/*
 * The next entry of the folder that is a number, 0 at the end.  Its name gets
 * a slash and is the path, there where it is: room for a file's name behind
 * it are the inode and the offset of the next entry, 16 bytes that nobody
 * needs.
 */
unsigned next_number(struct topmem *t, struct dir *dir)
{
	for (;;) {
		struct dirent64 *entry;
		unsigned number = 0;
		unsigned digit;
		char *p;

		if (dir->pos >= dir->len) {
			long n = getdents64_call(dir->fd, dir->buf, dir->size);

			if (n < 0 && errno != ENOENT && errno != ESRCH)
				die("getdents64", error_text(errno));
			if (n <= 0)
				return 0;
			dir->len = n;
			dir->pos = 0;
		}
		entry = (void *)(dir->buf + dir->pos);
		dir->pos += entry->length;
		p = entry->name;
		digit = (unsigned)*p - '0';
		if (digit - 1 >= 9)
			continue;
		do {
			number = number * 10 + digit;
			digit = (unsigned)*++p - '0';
		} while (digit <= 9);
		/* longer ones would wrap; PIDs have seven digits at most */
		if (!*p && p - entry->name <= 9) {
			*p++ = '/';
			t->path = entry->name;
			t->path_len = p - entry->name;
			return number;
		}
	}
}

/* Each process once; the first call after this begins anew. */
void rewind_processes(struct topmem *t)
{
	lseek(t->procs.fd, 0, SEEK_SET);
	t->procs.len = t->procs.pos = 0;
}

unsigned next_process(struct topmem *t)
{
	return next_number(t, &t->procs);
}

/*
 * From here on files are those of this one process, whoever gets its number
 * next: in the folder of an ended process no file can be opened.
 */
bool enter_process(struct topmem *t, unsigned pid)
{
	set_path_number(t, "", pid);
	t->path_len = 0;
	return chdir(t->path) == 0;
}

void leave_process(struct topmem *t)
{
	if (fchdir(t->procs.fd) < 0)
		die(t->dir, error_text(errno));
}

bool is_there(struct topmem *t, enum file file)
{
	int fd = open_file(t, file);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EACCES || errno == EPERM;
}

/*
 * 765 421 393 5 0 123 0
 * Pages: size, resident, shared; all zero for a kernel thread, and where the
 * main thread has ended.  Sets the values from first to last, unknown where
 * the file is missing or cut short.  Of a size before the first no more is
 * said than that it is 0.
 */
void read_statm(struct topmem *t, struct row *row, enum column first, enum column last)
{
	char text[160];		/* seven numbers of up to 20 digits */
	const char *p = text;
	ssize_t n = 0;
	kb_t *value = &row->value[first];
	int fd = open_file(t, FILE_STATM);

	if (fd >= 0) {
		n = safe_read(fd, text, sizeof(text) - 1);
		close(fd);
	}
	text[n > 0 ? n : 0] = '\n';
	if (first != VSZ) {
		const char *digit = text;

		row->value[VSZ] = (unsigned char)(*digit - '0');	/* 0 if it is */
		while (*digit > ' ')
			digit++;
		p = digit;
	}
	do {
		kb_t pages = parse_number(&p);

		*value = p < text + n ? times_kb(pages, t->page_kb) : KB_UNKNOWN;
	} while (value++ != &row->value[last]);
}

/*
 * Calls each() with every whole line of the file; of a line longer than the
 * buffer with as much as fits.  False, with errno, if it could not be read
 * to its end.
 */
bool read_lines(struct topmem *t, enum file file, line_function *each, void *into)
{
	char *text = t->file;
	unsigned len = 0;
	bool cut = false;
	ssize_t n;
	int fd = open_file(t, file);

	if (fd < 0)
		return false;
	while ((n = safe_read(fd, text + len, READ_SIZE - len)) > 0) {
		char *line = text, *p = text + len, *end = p + n;

		for (; p < end; p++) {
			if (*p != '\n')
				continue;
			if (!cut)
				each(into, line, p);
			cut = false;
			line = p + 1;
		}
		len = end - line;
		if (len == READ_SIZE) {
			*end = '\n';
			if (!cut)
				each(into, line, end);
			cut = true;
			len = 0;
		}
		memmove(text, line, len);
	}
	close(fd);
	return n == 0;
}
