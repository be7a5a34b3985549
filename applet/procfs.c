/* SPDX-License-Identifier: 0BSD */
/*
 * The only file that opens anything.  Paths are relative to procfs, the
 * current folder: t->path holds the process ("412/", "412/task/415/"), or
 * nothing inside its folder, and the file's name goes behind that.
 */
#include "topmem.h"

struct dirent64 {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

void set_path(struct topmem *t, const char *path)
{
	t->path_len = strlen(path);
	memcpy(t->path, path, t->path_len);
}

static void put_path_number(struct topmem *t, unsigned number)
{
	char digits[NUMBER_SIZE];
	char *end = digits + NUMBER_SIZE;
	char *p = format_number(end, number);

	while (p < end)
		t->path[t->path_len++] = *p++;
	t->path[t->path_len++] = '/';
}

int open_file(struct topmem *t, const char *name)
{
	char *to = t->path + t->path_len;

	if (name[0] == '/')
		to = t->path;
	while ((*to++ = *name++))
		continue;
	return open(t->path, O_RDONLY);
}

/* Make procfs the current folder.  It stays open: it is read again in each pass. */
void open_procfs(struct topmem *t)
{
	t->procs.fd = open(t->dir, O_RDONLY | O_DIRECTORY);
	t->procs.buf = t->procs_buf;
	t->procs.size = sizeof(t->procs_buf);
	if (t->procs.fd < 0)
		die(t->dir, strerror(errno));
	leave_process(t);
}

/*
 * The next entry of the folder that is a number, 0 at the end.  It goes into
 * the path, with a slash behind it.
 */
unsigned next_number(struct topmem *t, struct dir *dir)
{
	char *path = t->path + dir->path_start;

	for (;;) {
		struct dirent64 *entry;
		unsigned number = 0, digit, i;

		if (dir->pos >= dir->len) {
			long n = getdents64_call(dir->fd, dir->buf, dir->size);

			if (n < 0 && errno != ENOENT && errno != ESRCH)
				die("getdents64", strerror(errno));
			if (n <= 0)
				return 0;
			dir->len = n;
			dir->pos = 0;
		}
		entry = (void *)(dir->buf + dir->pos);
		dir->pos += entry->length;
		for (i = 0; i < 9 && (digit = (unsigned char)entry->name[i] - '0') <= 9; i++) {
			path[i] = entry->name[i];
			number = number * 10 + digit;
		}
		if (number && !entry->name[i]) {
			path[i] = '/';
			t->path_len = dir->path_start + i + 1;
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
	set_path(t, "");
	put_path_number(t, pid);
	t->path[t->path_len] = '\0';
	t->path_len = 0;
	return chdir(t->path) == 0;
}

void leave_process(struct topmem *t)
{
	if (fchdir(t->procs.fd) < 0)
		die(t->dir, strerror(errno));
}

/* From here on files are those of this thread of the process entered. */
void enter_task(struct topmem *t, unsigned tid)
{
	set_path(t, "task/");
	put_path_number(t, tid);
}

/* The threads of the process at t->path, by next_number(). */
bool open_tasks(struct topmem *t, struct dir *dir)
{
	dir->fd = open_file(t, "task/");
	dir->path_start = t->path_len + sizeof("task/") - 1;
	dir->pos = dir->len = 0;
	return dir->fd >= 0;
}

bool is_there(struct topmem *t, const char *name)
{
	int fd = open_file(t, name);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EACCES || errno == EPERM;
}

/*
 * 765 421 393 5 0 123 0
 * Pages: size, resident, shared; all zero for a kernel thread, and where the
 * main thread has ended.  Sets those up to last that are not known yet.
 */
void read_statm(struct topmem *t, struct row *row, enum column last)
{
	char text[160];		/* seven numbers of up to 20 digits */
	const char *p = text, *end = text;
	kb_t *value = &row->value[VSZ];
	ssize_t n;
	int fd = open_file(t, "statm");

	if (fd < 0)
		return;
	n = safe_read(fd, text, sizeof(text));
	close(fd);
	if (n > 0)
		end += n;
	for (; value <= &row->value[last]; value++) {
		kb_t pages = parse_number(&p, end);

		if (p >= end)
			break;		/* cut short */
		if (*value == KB_UNKNOWN)
			*value = times_kb(pages, t->page_kb);
	}
}

/*
 * Calls each() with every whole line of the file; of a line longer than the
 * buffer with as much as fits.  False, with errno, if it could not be read
 * to its end.
 */
bool read_lines(struct topmem *t, const char *name, line_function *each, void *into)
{
	char *text = t->file;
	unsigned len = 0;
	bool cut = false;
	ssize_t n;
	int fd = open_file(t, name);

	if (fd < 0)
		return false;
	while ((n = safe_read(fd, text + len, FILE_SIZE - len)) > 0) {
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
		if (len == FILE_SIZE) {
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
