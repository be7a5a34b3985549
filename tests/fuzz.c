/* SPDX-License-Identifier: 0BSD */
/*
 * What libFuzzer runs (toolchain/fuzz): all of topmem as one file, with the
 * system calls below it replaced by a procfs in memory.  FUZZ names one of the
 * targets at the end.  Each compares answers; a wrong one is a crash, too.
 */
#include "../applet/standalone/libbb.h"
#include <ctype.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>

/* Coverage is that of applet/ alone. */
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

/*
 * The files: "=412/statm\n765 421\n=/etc/passwd\n...", each up to the next line that starts with =.
 * One that starts with ! may not be opened; of one named "ends" the folder ends with so many more
 * files opened.
 */
struct file_in_memory {
	char path[64];
	const char *text;
	size_t size;
	bool refused;
	unsigned ends;		/* 0 = it does not */
};

enum { MAX_FILES = 400, MAX_OPEN = 32, MAX_OUT = 1 << 18, PATH_SIZE = 256 };

static struct file_in_memory files[MAX_FILES];
static unsigned n_files;
static char folder[PATH_SIZE];		/* the current one; "" is procfs */

static struct opened {
	bool used, is_folder;
	char path[PATH_SIZE];
	const struct file_in_memory *file;
	size_t pos;
} opened[MAX_OPEN];

static size_t piece;		/* a read gives so many bytes at most; 0 = all */
static size_t cut;		/* no read goes beyond here; 0 = none */
static bool whole_smaps;	/* a read of it ends behind a mapping; in the applet the first piece may count */
static bool terminal;
static unsigned waits;
static unsigned opens;
static char out[2][MAX_OUT];
static size_t out_size[2];
static jmp_buf ended;

static void wrong(const char *what)
{
	fprintf(stderr, "WRONG: %s\n", what);
	abort();
}

static void join(char *path, const char *name)
{
	char *slash;
	size_t len;

	if (strcmp(name, "/proc") == 0) {
		*path = '\0';
	} else if (strcmp(name, "..") == 0) {
		strcpy(path, folder);
		slash = strrchr(path, '/');
		*(slash ? slash : path) = '\0';
	} else {
		snprintf(path, PATH_SIZE, "%s%s%s", *name == '/' ? "" : folder,
			*name == '/' || !*folder ? "" : "/", name);
	}
	len = strlen(path);
	while (len && path[len - 1] == '/')
		path[--len] = '\0';
}

static bool has_ended_now(const struct file_in_memory *file)
{
	return file->ends && opens >= file->ends;
}

static const struct file_in_memory *find_file(const char *path)
{
	unsigned i;

	for (i = 0; i < n_files; i++) {
		if (strcmp(files[i].path, path) == 0 && !has_ended_now(&files[i]))
			return &files[i];
	}
	return NULL;
}

/* What is behind the name of the folder in the path of the i-th file, NULL if it is not in there. */
static const char *below(unsigned i, const char *path)
{
	size_t len = strlen(path);
	const char *name = files[i].path;

	if (has_ended_now(&files[i]))
		return NULL;
	if (!len)
		return *name == '/' ? NULL : name;
	return strncmp(name, path, len) == 0 && name[len] == '/' ? name + len + 1 : NULL;
}

static bool is_folder(const char *path)
{
	unsigned i;

	for (i = 0; i < n_files; i++) {
		if (below(i, path))
			return true;
	}
	return !*path;
}

static int fuzz_open(const char *name, int flags)
{
	char path[PATH_SIZE];
	int fd;

	opens++;
	join(path, name);
	for (fd = 3; opened[fd].used; fd++) {
		if (fd == MAX_OPEN - 1)
			wrong("descriptors are not closed");
	}
	opened[fd].file = find_file(path);
	opened[fd].is_folder = !opened[fd].file && is_folder(path);
	if (!opened[fd].is_folder && (!opened[fd].file || (flags & O_DIRECTORY))) {
		errno = ENOENT;
		return -1;
	}
	if (opened[fd].file && opened[fd].file->refused) {
		errno = EACCES;
		return -1;
	}
	opened[fd].used = true;
	opened[fd].pos = 0;
	strcpy(opened[fd].path, path);
	return fd;
}

static int fuzz_close(int fd)
{
	if (fd >= 0)
		opened[fd].used = false;
	return 0;
}

/* Whether the kernel hands this file out in pieces. */
static bool has_pieces(const char *path)
{
	static const char *const names[] = { "cmdline", "environ", "smaps", "mounts", "mountinfo", "passwd" };
	const char *name = strrchr(path, '/');
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (strcmp(name ? name + 1 : path, names[i]) == 0)
			return !whole_smaps || strcmp(names[i], "smaps") != 0;
	}
	return false;
}

static ssize_t fuzz_read(int fd, void *to, size_t count)
{
	struct opened *o;
	size_t n;

	if (fd < 0) {
		errno = EBADF;
		return -1;
	}
	o = &opened[fd];
	if (o->is_folder) {
		errno = EISDIR;
		return -1;
	}
	if (has_ended_now(o->file)) {
		errno = ESRCH;
		return -1;
	}
	n = o->file->size - o->pos;
	if (n > count)
		n = count;
	if (has_pieces(o->path)) {
		if (piece && n > piece)
			n = piece;
		if (o->pos < cut && o->pos + n > cut)
			n = cut - o->pos;
	}
	memcpy(to, o->file->text + o->pos, n);
	o->pos += n;
	return (ssize_t)n;
}

static ssize_t fuzz_write(int fd, const void *from, size_t count)
{
	size_t *size = &out_size[fd - 1];

	if (fd != 1 && fd != 2)
		wrong("write to something else");
	if (count > MAX_OUT - *size)
		longjmp(ended, 100);
	memcpy(out[fd - 1] + *size, from, count);
	*size += count;
	return (ssize_t)count;
}

static off_t fuzz_lseek(int fd, off_t offset, int whence)
{
	(void)whence;
	opened[fd].pos = (size_t)offset;
	return offset;
}

static int enter(const char *path)
{
	if (!is_folder(path)) {
		errno = ENOENT;
		return -1;
	}
	strcpy(folder, path);
	return 0;
}

static int fuzz_chdir(const char *name)
{
	char path[PATH_SIZE];

	join(path, name);
	return enter(path);
}

static int fuzz_fchdir(int fd)
{
	if (fd < 0 || !opened[fd].is_folder) {
		errno = ENOTDIR;
		return -1;
	}
	return enter(opened[fd].path);
}

static ssize_t fuzz_readlink(const char *name, char *to, size_t size)
{
	char path[PATH_SIZE];
	const struct file_in_memory *file;

	join(path, name);
	file = find_file(path);
	if (!file) {
		errno = ENOENT;
		return -1;
	}
	if (size >= file->size)
		size = file->size - (file->size && file->text[file->size - 1] == '\n');
	memcpy(to, file->text, size);
	return (ssize_t)size;
}

static int fuzz_access(const char *name, int mode)
{
	(void)mode;
	return strlen(name) % 2 ? 0 : -1;	/* some are there */
}

/* The names in a folder, each once, as getdents64 hands them out. */
static long read_folder(struct opened *o, char *to, size_t size)
{
	char *start = to;

	for (; o->pos < n_files; o->pos++) {
		const char *name = below((unsigned)o->pos, o->path);
		size_t len, entry;
		unsigned i;

		if (!name)
			continue;
		len = strcspn(name, "/");
		for (i = 0; i < o->pos; i++) {
			const char *other = below(i, o->path);

			if (other && strcspn(other, "/") == len && memcmp(other, name, len) == 0)
				break;
		}
		if (i < o->pos)
			continue;
		entry = (19 + len + 1 + 7) & ~(size_t)7;
		if (entry > size - (size_t)(to - start))
			break;
		memset(to, 0xa5, entry);
		memcpy(to + 16, &(uint16_t){ (uint16_t)entry }, 2);
		memcpy(to + 19, name, len);
		to[19 + len] = '\0';
		to += entry;
	}
	return to - start;
}

static long fuzz_syscall(long number, ...)
{
	va_list args;
	long fd;
	char *to;

	va_start(args, number);
	if (number == SYS_getdents64) {
		fd = va_arg(args, int);
		to = va_arg(args, char *);
		number = read_folder(&opened[fd], to, (size_t)va_arg(args, int));
		if (!is_folder(opened[fd].path)) {
			errno = ENOENT;
			number = -1;
		}
	} else {		/* SYS_kcmp */
		unsigned a = va_arg(args, unsigned);
		unsigned b = va_arg(args, unsigned);

		number = (long)((a ^ b) % 3) - 1;
	}
	va_end(args);
	return number;
}

static int fuzz_isatty(int fd)
{
	(void)fd;
	return terminal;
}

static int fuzz_ioctl(int fd, unsigned long request, void *into)
{
	struct winsize *size = into;

	(void)fd;
	(void)request;
	memset(size, 0, sizeof(*size));
	size->ws_col = 40;
	size->ws_row = 7;
	return 0;
}

static time_t fuzz_time(time_t *now)
{
	(void)now;
	return 1795334400;
}

static int fuzz_clock_gettime(clockid_t clock, struct timespec *now)
{
	(void)clock;
	now->tv_sec = 12345;
	now->tv_nsec = 0;
	return 0;
}

static int fuzz_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	(void)fds;
	(void)n;
	(void)timeout;
	if (++waits == 3)
		longjmp(ended, 101);	/* interrupted */
	return 0;
}

static __attribute__ ((__noreturn__)) void fuzz_exit(int status)
{
	longjmp(ended, status + 1);
}

#define open fuzz_open
#define close fuzz_close
#define read fuzz_read
#define write fuzz_write
#define lseek fuzz_lseek
#define chdir fuzz_chdir
#define fchdir fuzz_fchdir
#define readlink fuzz_readlink
#define access fuzz_access
#define syscall fuzz_syscall
#define isatty fuzz_isatty
#define ioctl fuzz_ioctl
#define time fuzz_time
#define clock_gettime fuzz_clock_gettime
#define poll(fds, n, timeout) fuzz_poll(fds, n, timeout)
#define mlockall(flags) 0
#define exit fuzz_exit
#define sprintf topmem_sprintf	/* the smallest build's */
#define main topmem_alone
#pragma clang attribute pop
#include "../applet/parse.c"
#include "../applet/rank.c"
#include "../applet/emit.c"
#include "../applet/column.c"
#include "../applet/procfs.c"
#include "../applet/limit.c"
#include "../applet/watch.c"
#include "../applet/select.c"
#include "../applet/scan.c"
#include "../applet/program.c"
#include "../applet/options.c"
#include "../applet/topmem.c"
#include "../applet/standalone/standalone.c"
#undef open
#undef close
#undef read
#undef write
#undef exit
#undef sprintf
#undef main
#pragma clang attribute push(__attribute__((no_sanitize("coverage"))), apply_to = function)

static void add_file(const char *path, size_t len, const char *text, size_t size)
{
	struct file_in_memory *file = &files[n_files];

	if (n_files == MAX_FILES || len >= sizeof(file->path))
		return;
	memcpy(file->path, path, len);
	file->path[len] = '\0';
	if (strlen(file->path) < len || find_file(file->path) || !len)
		return;
	file->text = text;
	file->size = size;
	file->refused = false;
	file->ends = 0;
	n_files++;
}

static void add_files(const char *text, const char *end)
{
	while (text < end) {
		const char *name = ++text;
		const char *line = memchr(text, '\n', (size_t)(end - text));
		const char *stop;

		if (!line)
			break;
		for (stop = ++line; stop < end; stop++) {
			if (*stop == '=' && stop[-1] == '\n')
				break;
		}
		add_file(name, (size_t)(line - 1 - name), line, (size_t)(stop - line));
		text = stop;
	}
}

/* Which of them are refused, and which end. */
static void mark_files(void)
{
	static const char name[] = "/ends";
	unsigned i, j;

	for (i = 0; i < n_files; i++) {
		size_t len = strlen(files[i].path);
		unsigned ends = 0;

		files[i].refused = files[i].size && *files[i].text == '!';
		if (len < sizeof(name) || strcmp(files[i].path + len - (sizeof(name) - 1), name) != 0)
			continue;
		for (j = 0; j < files[i].size && isdigit((unsigned char)files[i].text[j]); j++)
			ends = ends * 10 + (unsigned)(files[i].text[j] - '0');
		for (j = 0; j < n_files; j++) {
			if (strncmp(files[j].path, files[i].path, len - (sizeof(name) - 2)) == 0)
				files[j].ends = ends;
		}
	}
}

/* The answer to these arguments, in out[]; the status, 99 and 100 where it has been interrupted. */
static int answer(char **argv)
{
	static char room[1 << 16];	/* their copies, for -u cuts its own */
	char *copy[20];
	char *to = room + sizeof(room);
	unsigned i;
	int status;

	for (i = 0; argv[i]; i++)
		to -= strlen(argv[i]) + 1;
	for (i = 0; argv[i]; i++) {
		copy[i] = to;
		to = stpcpy(to, argv[i]) + 1;
	}
	copy[i] = NULL;
	memset(opened, 0, sizeof(opened));
	memset(out_size, 0, sizeof(out_size));
	*folder = '\0';
	waits = opens = 0;
	errno = 0;
	status = setjmp(ended);
	if (status)
		return status - 1;
	return topmem_main(1, copy);
}

/* Of JSON (RFC 8259): what follows this value, NULL if it is none. */
static const char *skip_json(const char *p, const char *end, unsigned depth)
{
	char close = *p == '{' ? '}' : ']';

	if (p == end || depth > 9)
		return NULL;
	if (*p == '"') {
		for (p++; p < end && *p != '"'; p++) {
			if ((unsigned char)*p < ' ')
				return NULL;
			if (*p == '\\' && (++p == end || !strchr("\"\\/bfnrtu", *p)))
				return NULL;
		}
		return p < end ? p + 1 : NULL;
	}
	if (*p == '{' || *p == '[') {
		bool object = *p++ == '{';

		if (p < end && *p == close)
			return p + 1;
		for (; p < end; p++) {
			if (object) {
				p = *p == '"' ? skip_json(p, end, depth + 1) : NULL;
				if (!p || p == end || *p++ != ':')
					return NULL;
			}
			p = skip_json(p, end, depth + 1);
			if (!p || p == end || (*p != ',' && *p != close))
				return NULL;
			if (*p == close)
				return p + 1;
		}
		return NULL;
	}
	if (end - p > 4 && (memcmp(p, "null", 4) == 0 || memcmp(p, "true", 4) == 0))
		return p + 4;
	if (*p == '-')
		p++;
	if (p == end || *p < '0' || *p > '9' || (*p == '0' && p + 1 < end && p[1] >= '0' && p[1] <= '9'))
		return NULL;
	while (p < end && ((*p >= '0' && *p <= '9') || *p == '.'))
		p++;
	return p[-1] == '.' ? NULL : p;
}

/* The reference for what may be on a terminal: well-formed, by the table of RFC 3629, and no control. */
static size_t length_of_character(const unsigned char *p, size_t left)
{
	unsigned least = 0x80, most = 0xbf;
	size_t len, i;

	if (*p < 0x80)
		return *p >= 0x20 && *p != 0x7f;
	if (*p < 0xc2 || *p > 0xf4)
		return 0;
	len = 2 + (*p >= 0xe0) + (*p >= 0xf0);
	if (*p == 0xc2 || *p == 0xe0)
		least = 0xa0;
	if (*p == 0xf0)
		least = 0x90;
	if (*p == 0xed)
		most = 0x9f;
	if (*p == 0xf4)
		most = 0x8f;
	if (len > left || p[1] < least || p[1] > most)
		return 0;
	for (i = 2; i < len; i++) {
		if (p[i] < 0x80 || p[i] > 0xbf)
			return 0;
	}
	return len;
}

static void check_output(const char *text, size_t size, const char *controls)
{
	size_t i, len;

	for (i = 0; i < size; i += len) {
		len = length_of_character((const unsigned char *)text + i, size - i);
		if (!len && text[i] && strchr(controls, text[i]))
			len = 1;
		if (!len)
			wrong("a control byte, or no UTF-8");
	}
}

/* As lines of JSON. */
static void check_json(const char *text, size_t size)
{
	const char *end = text + size;

	while (text < end) {
		const char *line = memchr(text, '\n', (size_t)(end - text));

		if (!line || skip_json(text, line, 0) != line)
			wrong("no JSON");
		text = line + 1;
	}
}

/* What is read in pieces must give the same as the answer before; there are WAYS to cut it. */
enum { WAYS = 4 };

static void compare_pieces(char **argv, int status, size_t way)
{
	static char first[MAX_OUT];
	static const size_t pieces[WAYS] = { 0, 1, 3, 64 };
	size_t size = out_size[0];

	memcpy(first, out[0], size);
	piece = pieces[way % WAYS];
	cut = piece ? 0 : size + 5;
	if (answer(argv) != status || out_size[0] != size || memcmp(out[0], first, size) != 0)
		wrong("another answer in pieces");
	piece = cut = 0;
}

/* The whole applet: a line of arguments, a blank between two, ! for a terminal; then the files. */
static void fuzz_applet(const char *text, size_t size)
{
	const char *end = text + size;
	const char *line = memchr(text, '\n', size);
	char arguments[200];
	char *argv[20] = { (char *)"topmem" };
	unsigned argc = 1;
	bool json, help;
	size_t len;
	char *p;
	int status;

	if (!line || line - text >= (ssize_t)sizeof(arguments))
		return;
	terminal = *text == '!';
	text += terminal;
	len = (size_t)(line - text);
	memcpy(arguments, text, len);
	arguments[len] = '\0';
	if (strlen(arguments) < len)
		return;
	whole_smaps = true;
	json = strstr(arguments, "-f json") && !strstr(arguments, "prom");	/* the last -f counts */
	help = strstr(arguments, "help");
	for (p = strtok(arguments, " "); p && argc < 19; p = strtok(NULL, " "))
		argv[argc++] = p;
	add_files(line + 1, end);
	mark_files();

	status = answer(argv);
	if (status > 3 && status < 99)
		wrong("no such status");
	check_output(out[0], out_size[0], (help ? "\033\n\t" : "\033\n") + !terminal);
	if (json && !help && status < 3)
		check_json(out[0], out_size[0]);
	compare_pieces(argv, status, size);
	terminal = false;
}

/* Its options alone, NUL between two, over a procfs of one process. */
static void fuzz_options(const char *text, size_t size)
{
	static const char tree[] = "=1/statm\n9 5 3 1 0 4 0\n=1/status\nName:\tinit\nVmSize:\t36 kB\nVmRSS:\t20 kB\n"
		"=1/stat\n1 (init) S 0 1\n=meminfo\nMemTotal: 1000 kB\nMemAvailable: 500 kB\n=uptime\n5.0 5.0\n";
	char *argv[20] = { (char *)"topmem" };
	char *copy;
	unsigned argc = 1;
	size_t i;
	int status;

	copy = malloc(size + 1);
	memcpy(copy, text, size);
	copy[size] = '\0';
	for (i = 0; i < size && argc < 19; i += strlen(copy + i) + 1)
		argv[argc++] = copy + i;
	add_files(tree, tree + sizeof(tree) - 1);
	status = answer(argv);
	if (status > 3 && status < 99)
		wrong("no such status");
	if (status < 3)
		check_output(out[0], out_size[0], "\n\t");
	if (status == 3 && !out_size[1] && !out_size[0])
		wrong("nothing is said");
	free(copy);
}

/* The command line of a process, as text and as JSON. */
static void fuzz_cmdline(const char *text, size_t size)
{
	static const char tree[] = "=1/statm\n9 5 3 1 0 4 0\n=1/status\nName:\tinit\nVmSize:\t36 kB\nVmRSS:\t20 kB\n"
		"=1/stat\n1 (init) S 0 1\n";
	static const char *arguments[][3] = { { "topmem", "-oargs" }, { "topmem", "-ajfjson" }, { "topmem", "-bargs" } };
	unsigned i;

	arguments[1][1] = "-afjson";
	add_files(tree, tree + sizeof(tree) - 1);
	add_file("1/cmdline", 9, text, size);
	for (i = 0; i < ARRAY_SIZE(arguments); i++) {
		char **argv = (char **)arguments[i];
		int status = answer(argv);
		unsigned way;

		for (way = 0; way < WAYS; way++)
			compare_pieces(argv, status, way);
		check_output(out[0], out_size[0], "\n");
		if (i == 1)
			check_json(out[0], out_size[0]);
	}
}

/* Processes of these sizes: the ranking is that of a sort. */
struct process {
	unsigned pid, kb;
};

static int by_size(const void *a, const void *b)
{
	const struct process *x = a, *y = b;

	if (x->kb != y->kb)
		return x->kb < y->kb ? 1 : -1;
	return x->pid < y->pid ? -1 : x->pid > y->pid;
}

static void fuzz_ranking(const char *text, size_t size)
{
	static char room[100][2][100];
	static const char *const columns[] = { "rss", "uss", "swap", "foot", "ram" };
	struct process process[100];
	unsigned n = 0;
	unsigned wanted, column, i;
	char options[3][20], expected[1000];
	char *argv[] = { (char *)"topmem", (char *)"-qn", options[0], (char *)"-k", options[1], (char *)"-r", NULL };
	size_t len = 0;

	if (size < 2)
		return;
	wanted = (unsigned char)text[0] % 70 + 1;
	column = (unsigned char)text[1] % 5;
	if (!(text[1] & 0x80))
		argv[5] = NULL;
	for (i = 2; i + 2 < size && n < 100; i += 3) {
		unsigned pid = (unsigned char)text[i] + 1;
		unsigned kb = 4 * ((unsigned char)text[i + 1] % 8 + 256U * ((unsigned char)text[i + 2] % 4) + 1);
		char path[20];

		snprintf(path, sizeof(path), "%u/statm", pid);
		if (find_file(path))
			continue;
		process[n].pid = pid;
		process[n].kb = kb;
		snprintf(room[n][0], 100, "%u %u 0 0 0 0 0\n", kb / 2, kb / 4);
		add_file(path, strlen(path), room[n][0], strlen(room[n][0]));
		snprintf(path, sizeof(path), "%u/status", pid);
		snprintf(room[n][1], 100, "Name:\tx\nVmSize: %u kB\nVmRSS: %u kB\nRssFile: 0 kB\nVmSwap: %u kB\nThreads: 1\n",
			2 * kb, kb, kb);
		add_file(path, strlen(path), room[n][1], strlen(room[n][1]));
		n++;
	}
	if (!n)
		return;
	qsort(process, n, sizeof(process[0]), by_size);
	if (wanted > n)
		wanted = n;
	for (i = 0; i < wanted; i++)
		len += (size_t)snprintf(expected + len, sizeof(expected) - len, "%u\n", process[argv[5] ? wanted - 1 - i : i].pid);
	snprintf(options[0], sizeof(options[0]), "%u", wanted);
	strcpy(options[1], columns[column]);
	if (answer(argv) != 0 || out_size[0] != len || memcmp(out[0], expected, len) != 0)
		wrong("another ranking than that of a sort");
}

/* A name, as it is shown in the three formats. */
static void fuzz_output(const char *text, size_t size)
{
	static const unsigned options[] = { 0, OPT_JSON, OPT_PROM, OPT_x };
	static struct topmem t;
	char *copy = malloc(size);
	size_t i;

	if (size)
		memcpy(copy, text, size);
	for (i = 0; i < size; i++) {
		if (utf8_length(copy + i, copy + size) != length_of_character((unsigned char *)copy + i, size - i))
			wrong("length of a character");
	}
	for (i = 0; i < ARRAY_SIZE(options); i++) {
		memset(out_size, 0, sizeof(out_size));
		memset(&t, 0, offsetof(struct topmem, row));
		t.out_fd = 1;
		t.opt = options[i];
		if (options[i] == OPT_JSON)
			put_char(&t, '"');
		put_safe(&t, copy, copy + size);
		if (options[i] == OPT_JSON)
			put_text(&t, "\"\n");
		flush(&t);
		check_output(out[0], out_size[0], options[i] == OPT_JSON ? "\n" : "");
		if (options[i] == OPT_JSON)
			check_json(out[0], out_size[0]);
	}
	free(copy);
}

/* With its stop what is seen of a line, however short it is; as in struct topmem. */
enum { SEEN_BEHIND = 16 };

/*
 * The parsers: each line of the input alone, in memory of its own with its stop
 * and no more than is seen of any, and the same through the buffer, in pieces of every size.
 */
struct parsed {
	struct row row;
	kb_t memory[N_MEMORY];
	kb_t limit, number;
	unsigned cpus;
	bool hidepid;
	struct owner owner;
	struct program program;
	struct variable variable;
	char mount[2][READ_SIZE + 1];
};

static void mount_line(void *into, const char *line, const char *end)
{
	struct parsed *parsed = into;
	bool version;

	for (version = false;; version = true) {
		const char *root;
		size_t size = (size_t)(end - line) + 1;
		char *copy = malloc(size);
		const char *mounted;

		memcpy(copy, line, size);
		mounted = parse_mount(copy, copy + size - 1, version, &root);
		if (mounted)
			snprintf(parsed->mount[version], READ_SIZE, "%s %s", root, mounted);
		free(copy);
		if (version)
			break;
	}
}

/* The short ones, all at once. */
static void value_line(void *into, const char *line, const char *end)
{
	static struct topmem t;
	struct parsed *parsed = into;

	t.cpus = 0;
	parse_cpus_line(&t, line, end);
	parsed->cpus += t.cpus;
	parse_limit_line(&parsed->limit, line, end);
	parse_signed_line(&parsed->number, line, end);
	parse_mounts_line(&parsed->hidepid, line, end);
}

#define PARSE(name, function, member) \
	static void name(void *into, const char *line, const char *end) \
	{ \
		struct parsed *parsed = into; \
		function(member, line, end); \
	}
PARSE(status_line, parse_status_line, &parsed->row)
PARSE(smaps_line, parse_smaps_line, &parsed->row)
PARSE(stat_text, parse_stat, &parsed->row)
PARSE(memory_line, parse_memory_line, parsed->memory)
PARSE(passwd_line, parse_passwd_line, &parsed->owner)
PARSE(cgroup_line, parse_cgroup_line, &parsed->program)
PARSE(variable_text, parse_variable, &parsed->variable)

static void begin(struct parsed *parsed)
{
	memset(parsed, 0, sizeof(*parsed));
	clear_row(&parsed->row);
	memset(parsed->memory, 0xff, sizeof(parsed->memory));
	parsed->owner.uid = 1000;
	parsed->variable.wanted = "PATH";
}

static void fuzz_lines(const char *text, size_t size, line_function *parse, enum file file, char stop)
{
	static struct topmem t;
	static struct parsed alone, pieces;
	const char *end = text + size;
	const char *name = file == FILE_SMAPS ? "smaps" : "environ";
	size_t n;

	begin(&alone);
	for (n = 0; text + n < end;) {
		const char *line = text + n;
		const char *found = memchr(line, stop, (size_t)(end - line));
		size_t len = (size_t)((found ? found : end) - line);
		size_t kept = len < READ_SIZE ? len : READ_SIZE;
		char *copy = calloc(1, kept + SEEN_BEHIND);

		/* a line that does not end is none; texts may end with the file */
		memcpy(copy, line, kept);
		copy[kept] = stop;
		if (found || kept == READ_SIZE || !stop)
			parse(&alone, copy, copy + kept);
		free(copy);
		n += len + 1;
	}
	add_file(name, strlen(name), text, size);
	for (n = 0; n <= size && n < 64; n++) {
		piece = n & 1 ? n / 2 + 1 : 0;
		cut = n & 1 ? 0 : n / 2;
		memset(opened, 0, sizeof(opened));
		begin(&pieces);
		t.path = t.path_end = t.path_buf;
		t.smaps_seen = true;	/* else the first piece will do */
		*folder = '\0';
		read_each_line(&t, file, parse, &pieces);
		if (memcmp(&alone, &pieces, sizeof(alone)) != 0)
			wrong("another value in pieces");
	}
	piece = cut = 0;
}

/* Three numbers: what statm tells is exactly its pages. */
static void fuzz_statm(const char *text, size_t size)
{
	static struct topmem t;
	struct row row;

	add_file("statm", 5, text, size);
	memset(opened, 0, sizeof(opened));
	t.path = t.path_end = t.path_buf;
	t.page_kb = 4;
	*folder = '\0';
	clear_row(&row);
	read_statm(&t);
	parse_statm(&t, &row);
	if (size && size < 20 && text[0] >= '1' && text[0] <= '9') {
		char copy[20];
		unsigned long long a, b, c, d;

		memcpy(copy, text, size);
		copy[size] = '\0';
		if (strspn(copy, "0123456789 \n") == size && strchr(copy, '\n') == copy + size - 1
		 && sscanf(copy, "%llu %llu %llu %llu", &a, &b, &c, &d) == 4 && a >> 60 == 0 && b >> 60 == 0 && c >> 60 == 0
		 && (row.value[VSZ] != 4 * a || row.value[RSS] != 4 * b || row.value[SHR] != 4 * c))
			wrong("statm");
	}
}

static const struct target {
	const char *name;
	void (*run)(const char *text, size_t size);	/* or a parser of */
	line_function *parse;
	char stop;
} targets[] = {
	{ "applet", fuzz_applet, NULL, 0 },
	{ "options", fuzz_options, NULL, 0 },
	{ "ranking", fuzz_ranking, NULL, 0 },
	{ "output", fuzz_output, NULL, 0 },
	{ "cmdline", fuzz_cmdline, NULL, 0 },
	{ "statm", fuzz_statm, NULL, 0 },
	{ "status", NULL, status_line, '\n' },
	{ "stat", NULL, stat_text, '\0' },
	{ "smaps", NULL, smaps_line, '\n' },
	{ "meminfo", NULL, memory_line, '\n' },
	{ "values", NULL, value_line, '\n' },
	{ "mountinfo", NULL, mount_line, '\n' },
	{ "cgroup", NULL, cgroup_line, '\n' },
	{ "passwd", NULL, passwd_line, '\n' },
	{ "environ", NULL, variable_text, '\0' },
};

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct target *target;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	const char *name = getenv("FUZZ");
	unsigned i;

	(void)argc;
	(void)argv;
	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		if (name && strcmp(name, targets[i].name) == 0)
			target = &targets[i];
		else if (!name)
			puts(targets[i].name);
	}
	if (!target)
		exit(!!name);
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	n_files = 0;
	if (target->run)
		target->run((const char *)data, size);
	else
		fuzz_lines((const char *)data, size, target->parse, target->stop ? FILE_SMAPS : FILE_ENVIRON, target->stop);
	return 0;
}
#pragma clang attribute pop
