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

static long system_call(long number, long a, long b, long c)
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
	return (int)system_call(SYS_open, (long)path, flags, 0);
}

int close(int fd)
{
	return (int)system_call(SYS_close, fd, 0, 0);
}

ssize_t read(int fd, void *buf, size_t count)
{
	return system_call(SYS_read, fd, (long)buf, (long)count);
}

ssize_t write(int fd, const void *buf, size_t count)
{
	return system_call(SYS_write, fd, (long)buf, (long)count);
}

off_t lseek(int fd, off_t offset, int whence)
{
	return system_call(SYS_lseek, fd, offset, whence);
}

int chdir(const char *path)
{
	return (int)system_call(SYS_chdir, (long)path, 0, 0);
}

int fchdir(int fd)
{
	return (int)system_call(SYS_fchdir, fd, 0, 0);
}

long syscall(long number, ...)
{
	va_list args;
	long a, b, c;

	va_start(args, number);
	a = va_arg(args, long);
	b = va_arg(args, long);
	c = va_arg(args, long);
	va_end(args);
	return system_call(number, a, b, c);
}

void exit(int status)
{
	for (;;)
		system_call(SYS_exit_group, status, 0, 0);
}

NORETURN void __libc_start_main(int (*program)(int, char **), int argc, char **argv);
NORETURN void __libc_start_main(int (*program)(int, char **), int argc, char **argv)
{
	exit(program(argc, argv));
}
#endif

/* The texts of the C library are 3 KB; these are the errors that can be met. */
char *strerror(int error)
{
	switch (error) {
	case EPERM:
	case EACCES:
		return (char *)"permission denied";
	case ENOENT:
		return (char *)"no such file or directory";
	case ENOTDIR:
		return (char *)"not a directory";
	case ENOSPC:
		return (char *)"no space left on device";
	case EPIPE:
		return (char *)"broken pipe";
	case EBADF:
		return (char *)"closed, or not open for writing";
	case EMFILE:
	case ENFILE:
		return (char *)"too many open files";
	}
	return (char *)"input/output error";
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

/* topmem: what: why */
static NORETURN void usage_error(const char *what, const char *why)
{
	static const char *const parts[] = { "topmem: ", NULL, ": ", NULL, " (see topmem --help)\n" };
	unsigned i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		const char *part = i == 1 ? what : i == 3 ? why : parts[i];

		full_write(STDERR_FILENO, part, strlen(part));
	}
	exit(3);
}

/*
 * As libbb's: options are bits in the order of applet_opts (which starts with
 * ^); a letter with a colon puts its value into the next of the pointers to
 * const char *.  Options combine, "--" ends them, operands are errors.
 */
uint32_t getopt32(char **argv, const char *applet_opts, ...)
{
	uint32_t seen = 0;
	const char *letter;

	while (*++argv) {
		if ((*argv)[0] != '-' || !(*argv)[1])
			usage_error(*argv, "no operands are taken");
		if (strcmp(*argv, "--") == 0) {
			if (argv[1])
				usage_error(argv[1], "no operands are taken");
			break;
		}
		for (letter = *argv + 1; *letter; letter++) {
			const char option[] = { '-', *letter, '\0' };
			const char *known = applet_opts;
			const char **value = NULL;
			uint32_t bit = 1;
			va_list values;

			va_start(values, applet_opts);
			while (*++known && *known != *letter) {
				if (*known == ':')
					(void)va_arg(values, const char **);
				else
					bit <<= 1;
			}
			if (!*known || *known == ':')
				usage_error(option, "no such option");
			seen |= bit;
			if (known[1] == ':')
				value = va_arg(values, const char **);
			va_end(values);
			if (!value)
				continue;
			*value = letter[1] ? letter + 1 : *++argv;
			if (!*value)
				usage_error(option, "needs a value");
			break;
		}
	}
	return seen;
}

int main(int argc, char **argv)
{
	static const char usage[] = "Usage: topmem " topmem_trivial_usage topmem_full_usage "\n";

	if (argc > 1 && strcmp(argv[1], "--help") == 0)
		return full_write(STDOUT_FILENO, usage, sizeof(usage) - 1) == (ssize_t)sizeof(usage) - 1 ? 0 : 3;
	return topmem_main(argc, argv);
}
