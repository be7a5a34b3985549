/* SPDX-License-Identifier: 0BSD */
/*
 * The only file that opens anything.  Paths are relative to procfs, the
 * current folder: t->path is that of a process or a thread ("412/"), or
 * nothing inside its folder, and the file's name goes behind that.
 */
#include <sys/syscall.h>
#include "topmem.h"

/* In the order of enum file; what is opened most comes first. */
static const char file_names[] ALIGN1 =
	"statm\0"
	"status\0" "task/\0"
	IF_FEATURE_TOPMEM_COLUMNS("oom_score\0" "oom_score_adj\0")
	IF_CGROUPS("cgroup\0")
	IF_FEATURE_TOPMEM_SMAPS("smaps_rollup\0")
	IF_FEATURE_TOPMEM_COLUMNS("stat\0" "cmdline\0")
	IF_FEATURE_TOPMEM_SELECT("environ\0")
	IF_FEATURE_TOPMEM_SMAPS("smaps\0")
	/* FILE_NAME_SIZE bytes are copied of each before, however short: from here on there are more */
	"self/mounts\0"
	IF_FEATURE_TOPMEM_COLUMNS("/etc/passwd\0")
	IF_FEATURE_TOPMEM_LIMITS("self/mountinfo\0")
	"meminfo\0"
	IF_TIMES("uptime\0")
	IF_FEATURE_TOPMEM_LIMITS("self/cgroup\0" "1/cgroup\0"
		"memory.stat\0" "memory.max\0" "memory.current\0" "memory.usage_in_bytes\0"
		"memory.high\0" "memory.swap.max\0" "memory.swap.current\0" "sys/vm/min_free_kbytes\0");

struct linux_dirent64 {
	uint64_t inode;
	int64_t offset;
	uint16_t length;
	uint8_t type;
	char name[];
};

static NORETURN NOINLINE void die_of_procfs(const struct topmem *t)
{
	bb_simple_perror_msg_and_die(t->value[VALUE_R]);
}

/* Files are those of the current folder. */
static NOINLINE void clear_path(struct topmem *t)
{
	t->path = t->path_end = t->path_buf;
}

int open_file(struct topmem *t, unsigned file)
{
	const char *name = file_names;
	char *end = t->path_end;

	while (file--)
		name = next_text(name);
	memcpy(end, name, 8);		/* two moves, where a loop is ten times that */
	memcpy(end + 8, name + 8, 8);
	return open(t->path, O_RDONLY);
}

/* Back to procfs. */
void leave(struct topmem *t)
{
	clear_path(t);
	if (fchdir(t->procs.fd) < 0)
		die_of_procfs(t);
}

/*
 * Into a folder in there.  From here on files are those of this
 * process, whoever gets its number next: in the folder of an ended process no
 * file can be opened.
 */
bool enter_name(struct topmem *t, const char *name)
{
	clear_path(t);
	return chdir(name) == 0;
}

/* The folder of a process, or of a thread in "task". */
bool enter_number(struct topmem *t, unsigned number)
{
	char *end = t->path_buf + sizeof(t->path_buf);

	*--end = '\0';
	return enter_name(t, format_number(end, number));
}

/* The folder of the process or thread that a row is about. */
bool enter_thread(struct topmem *t, const struct row *row)
{
	if (!enter_number(t, row->pid))
		return false;
	if (row->tid == row->pid)
		return true;
	return enter_name(t, "task") && enter_number(t, row->tid);
}

/*
 * The threads of the process at t->path, to be read with next_entry().  False
 * if it has ended.  To be closed in any case.
 */
bool open_threads(struct topmem *t, struct dir *threads)
{
	threads->fd = open_file(t, FILE_TASK);
	threads->pos = threads->len = 0;
	return threads->fd >= 0 && fchdir(threads->fd) == 0;
}

void close_threads(struct topmem *t, struct dir *threads)
{
	leave(t);	/* t->path was in there, too */
	if (threads->fd >= 0)
		close(threads->fd);
}

/* Make procfs the current folder.  It stays open: it is read again in each pass. */
void open_procfs(struct topmem *t)
{
	t->procs.fd = open(t->value[VALUE_R], O_RDONLY | O_DIRECTORY);
	if (t->procs.fd < 0)
		die_of_procfs(t);
	t->procs.len = t->procs.pos = 0;
	leave(t);
}

/* Whether what could not be read was of a process that has ended, or never was one. */
NOINLINE bool has_ended(void)
{
	return errno == ENOENT || errno == ESRCH || errno == ENOTDIR;
}

/*
 * The next entry of the folder that begins with a digit; false at the end.  Its
 * name gets a slash and is the path, there where it is: room for a file's name
 * behind it are the inode and the offset of the next entry, 16 bytes that
 * nobody needs.
 */
bool next_entry(struct topmem *t, struct dir *dir)
{
	for (;;) {
		struct linux_dirent64 *entry;
		char *p;

		if (dir->pos >= dir->len) {
			long n = syscall(SYS_getdents64, dir->fd, dir->buf, DIR_SIZE);

			if (n < 0 && (dir == &t->procs || !has_ended()))
				die_of_procfs(t);
			if (n <= 0)
				return false;
			dir->len = (unsigned)n;
			dir->pos = 0;
		}
		entry = (void *)(dir->buf + dir->pos);
		dir->pos += entry->length;
		p = entry->name;
		if ((unsigned char)(*p - '1') >= 9)
			continue;
		t->path = p;
		while (*++p)
			continue;
		*p++ = '/';
		t->path_end = p;
		return true;
	}
}

/* Whose folder that is; 0 if it is none of a process. */
unsigned path_number(const struct topmem *t)
{
	const char *p = t->path;
	kb_t number = parse_number(&p);

	return *p == '/' && number <= PID_MASK ? (unsigned)number : 0;
}

/* Each process once; the first call after this begins anew. */
void rewind_processes(struct topmem *t)
{
	if (lseek(t->procs.fd, 0, SEEK_SET) < 0)
		die_of_procfs(t);
	t->procs.len = t->procs.pos = 0;
}

/* The line of statm to t->statm, with an end in any case. */
NOINLINE void read_statm(struct topmem *t)
{
	int fd = open_file(t, FILE_STATM);
	ssize_t n = -1;

	if (fd >= 0) {
		n = read(fd, t->statm, sizeof(t->statm) - 2);
		close(fd);
	}
	if (n < 0)
		n = 0;
	t->statm[n] = t->statm[n + 1] = '\n';
}

/* Whether a read of this that does not fill the buffer has been the last. */
static ALWAYS_INLINE bool is_whole(enum file file)
{
	return file < FILE_PIECES || file >= FILE_WHOLE;
}

/* What ends each line, or text, of this. */
static ALWAYS_INLINE char end_of_lines(enum file file UNUSED_PARAM)
{
	return IF_FEATURE_TOPMEM_COLUMNS(file >= FILE_TEXTS && file < FILE_LINES ? '\0' :) '\n';
}

/* The next of these from p on; by the word as long as a word has none. */
static ALWAYS_INLINE char *find_stop(char *p, char stop)
{
	if (ENABLE_FEATURE_TOPMEM_FAST) {
		const size_t ones = (size_t)-1 / 255;
		const size_t stops = ones * (unsigned char)stop;
		size_t word;

		for (;; p += sizeof(word)) {
			memcpy(&word, p, sizeof(word));
			word ^= stops;		/* is a zero somewhere? */
			if ((word - ones) & ~word & ones << 7)
				break;
		}
	}
	while (*p != stop)
		p++;
	return p;
}

/* Whether it is smaps only to see whether there is any: the first piece will do. */
static ALWAYS_INLINE bool only_tried(struct topmem *t UNUSED_PARAM, enum file file UNUSED_PARAM)
{
#if ENABLE_FEATURE_TOPMEM_SMAPS
	return file == FILE_SMAPS && !t->smaps_seen;
#else
	return false;
#endif
}

/*
 * Calls each() with every line of the file, or text of one that has no lines;
 * what does not fit the buffer is cut off, but of command lines in the next
 * call.  False, with errno, if it could not be read to its end.
 */
bool read_each_line(struct topmem *t, enum file file, line_function *each, void *into)
{
	char *text = t->file;
	unsigned len = 0;
	bool cut = false;
	char stop = end_of_lines(file);
	ssize_t n;
	int fd = file < FILE_COMMON ? open_file(t, file) : open(nth_text(file_names, file), O_RDONLY);

	if (fd < 0)
		return false;
	while ((n = safe_read(fd, text + len, READ_SIZE - len)) > 0) {
		char *line = text, *p = text + len;
		char *end = p + n;

		*end = stop;		/* the one that ends the search */
		for (;; line = ++p) {
			p = find_stop(p, stop);
			if (p == end)
				break;
			if (!cut)
				each(into, line, p);
			cut = false;
		}
		len = (unsigned)(end - line);
		if (len == READ_SIZE) {
			if (!cut)
				each(into, line, end);
			cut = true IF_FEATURE_TOPMEM_COLUMNS(&& file != FILE_CMDLINE);
			len = 0;
		}
		memmove(text, line, len);
		if ((is_whole(file) && end != text + READ_SIZE) || only_tried(t, file))
			break;
	}
	close(fd);
	/* the end of a long variable is none */
	if (len IF_FEATURE_TOPMEM_SELECT(&& !cut) && (!stop IF_FEATURE_TOPMEM_COLUMNS(|| file == FILE_PASSWD))) {
		text[len] = stop;
		each(into, text, text + len);
	}
	return n >= 0;
}

NOINLINE bool read_status(struct topmem *t, struct row *row)
{
	return read_each_line(t, FILE_STATUS, parse_status_line, row);
}

#if ENABLE_FEATURE_TOPMEM_COLUMNS
NOINLINE void read_stat(struct topmem *t, struct row *row)
{
	read_each_line(t, FILE_STAT, parse_stat, row);
}
#endif

/* A process is left out that this user may not read. */
void note_unreadable(struct topmem *t, kb_t rss_kb)
{
	t->unreadable++;
	if (rss_kb != KB_UNKNOWN && t->unreadable_rss_kb < rss_kb)
		t->unreadable_rss_kb = rss_kb;
}

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
/* The file that the process in this folder runs, to behind "root" in t->file.  Its hash, 0 if there is none. */
place_t read_exe(struct topmem *t)
{
	char *path = t->file + 4;
	ssize_t len = readlink("exe", path, READ_SIZE - 4);

	if (len < 0)
		len = 0;
	path[len] = '\0';
	return add_hash(0, path, path + len);
}

/* Whether a file is at that path now, as the process sees it. */
bool exe_is_there(struct topmem *t)
{
	memcpy(t->file, "root", 4);
	return access(t->file, F_OK) == 0;
}
#endif
