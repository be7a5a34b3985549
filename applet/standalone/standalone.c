/* SPDX-License-Identifier: 0BSD */
/*
 * What surrounds topmem_main() where BusyBox does not: the start, the few
 * functions of libbb, and system calls without the C library's ballast.
 */
#include "libbb.h"
#include <stdarg.h>
#include <sys/syscall.h>
#include "../usage.h"

int topmem_main(int argc, char **argv);

#if defined __x86_64__ && !defined __ILP32__ && !defined __GLIBC__
/*
 * musl's own start prepares for threads, and its system calls for a thread's
 * being cancelled: a third of the smallest build, and half of the
 * instructions that a process costs.  There is one thread here and nothing
 * to prepare.  musl's crt1.o calls __libc_start_main().
 */
static int error_number;

int *__errno_location(void)
{
	return &error_number;
}

/* The number comes last: the others are then where the kernel wants them. */
static __attribute__ ((__noinline__)) long system_call(long a, long b, long c, long number)
{
	long result;

	__asm__ volatile ("syscall" : "=a" (result)
		: "a" (number), "D" (a), "S" (b), "d" (c)
		: "rcx", "r11", "memory");
	if (result < 0) {
		errno = (int)-result;
		result = -1;
	}
	return result;
}

int open(const char *path, int flags, ...)
{
	return (int)system_call((long)path, flags, 0, SYS_open);
}

int close(int fd)
{
	return (int)system_call(fd, 0, 0, SYS_close);
}

ssize_t read(int fd, void *buf, size_t count)
{
	return system_call(fd, (long)buf, (long)count, SYS_read);
}

ssize_t write(int fd, const void *buf, size_t count)
{
	return system_call(fd, (long)buf, (long)count, SYS_write);
}

off_t lseek(int fd, off_t offset, int whence)
{
	return system_call(fd, offset, whence, SYS_lseek);
}

int chdir(const char *path)
{
	return (int)system_call((long)path, 0, 0, SYS_chdir);
}

int fchdir(int fd)
{
	return (int)system_call(fd, 0, 0, SYS_fchdir);
}

long getdents64_call(int fd, void *buf, size_t size)
{
	return system_call(fd, (long)buf, (long)size, SYS_getdents64);
}

void exit(int status)
{
	for (;;)
		system_call(status, 0, 0, SYS_exit_group);
}

/* The C library's are made for long strings. */
void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
	void *result = to;

	__asm__ volatile ("rep movsb" : "+D" (to), "+S" (from), "+c" (count) : : "memory");
	return result;
}

/* Only ever downwards. */
void *memmove(void *to, const void *from, size_t count)
{
	return memcpy(to, from, count);
}

void *memset(void *to, int c, size_t count)
{
	void *result = to;

	__asm__ volatile ("rep stosb" : "+D" (to), "+c" (count) : "a" (c) : "memory");
	return result;
}

size_t strlen(const char *text)
{
	const char *end = text;

	while (*end)
		end++;
	return (size_t)(end - text);
}

int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a - *b;
}

char *strchrnul(const char *text, int c)
{
	while (*text && *text != c)
		text++;
	return (char *)text;
}

NORETURN void __libc_start_main(int (*program)(int, char **), int argc, char **argv);
NORETURN void __libc_start_main(int (*program)(int, char **), int argc, char **argv)
{
	exit(program(argc, argv));
}
#else
long getdents64_call(int fd, void *buf, size_t size)
{
	return syscall(SYS_getdents64, fd, buf, size);
}
#endif

/* The texts of the C library are 3 KB; these are the errors that can be met. */
const char *error_text(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return "permission denied";
	case ENOENT:
		return "no such file or directory";
	case ENOTDIR:
		return "not a directory";
	case ENOSPC:
		return "no space left on device";
	case EPIPE:
		return "broken pipe";
	case EBADF:
		return "closed, or not open for writing";
	case EMFILE:
	case ENFILE:
		return "too many open files";
	}
	return "input/output error";
}

ssize_t safe_read(int fd, void *buf, size_t count)
{
	ssize_t n;

	do
		n = read(fd, buf, count);
	while (n < 0 && errno == EINTR);
	return n;
}

/* Less than count only after an error. */
ssize_t full_write(int fd, const void *buf, size_t count)
{
	const char *from = buf;
	size_t done = 0;

	while (done < count) {
		ssize_t n = write(fd, from + done, count - done);

		if (n > 0)
			done += (size_t)n;
		else if (n == 0 || errno != EINTR)
			break;
	}
	return (ssize_t)done;
}

static void say(const char *text)
{
	full_write(STDERR_FILENO, text, strlen(text));
}

void die(const char *what, const char *why)
{
	say("topmem: ");
	say(what);
	say(": ");
	say(why);
	say("\n");
	exit(3);
}

/*
 * The bit of an option in the string of getopt32(); *value is where the value
 * goes, NULL if it takes none.  0 if there is no such option.
 */
static uint32_t find_option(const char *known, char letter, const char ***value, va_list values)
{
	uint32_t bit;

	for (bit = 1; *known; known++, bit <<= 1) {
		bool has_value = known[1] == ':';

		*value = has_value ? va_arg(values, const char **) : NULL;
		if (*known == letter)
			return bit;
		known += has_value;
	}
	return 0;
}

/*
 * As libbb's: options are bits in the order of applet_opts (which starts with
 * ^); a letter with a colon puts its value into the next of the pointers to
 * const char *.  Options combine, "--" ends them, operands are errors.
 */
uint32_t getopt32(char **argv, const char *applet_opts, ...)
{
	uint32_t seen = 0;
	bool ended = false;

	while (*++argv) {
		const char *letter = *argv;

		if (ended || *letter++ != '-' || !*letter)
			die(*argv, "not an option");
		ended = letter[0] == '-' && !letter[1];
		for (; !ended && *letter; letter++) {
			const char **value = NULL;
			uint32_t bit;
			va_list values;

			va_start(values, applet_opts);
			bit = find_option(applet_opts + 1, *letter, &value, values);
			va_end(values);
			if (!bit)
				die(*argv, "not an option");
			seen |= bit;
			if (!value)
				continue;
			*value = letter[1] ? letter + 1 : *++argv;
			if (!*value)
				die(argv[-1], "needs a value");
			break;
		}
	}
	return seen;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "--help") == 0) {
		static const char usage[] = "Usage: topmem " topmem_trivial_usage topmem_full_usage "\n";

		if (full_write(STDOUT_FILENO, usage, sizeof(usage) - 1) != sizeof(usage) - 1)
			die("standard output", error_text(errno));
		return 0;
	}
	return topmem_main(argc, argv);
}
