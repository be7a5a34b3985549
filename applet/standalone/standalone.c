/* SPDX-License-Identifier: 0BSD */
/*
 * What surrounds topmem_main() where BusyBox does not: the start, the few
 * functions of libbb, and system calls without the C library's ballast.
 */
#include "libbb.h"
#include <poll.h>
#include <stdarg.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include "../usage.h"

int topmem_main(int argc, char **argv);
int main(int argc, char **argv);

uint8_t xfunc_error_retval;

#ifndef __GLIBC__
/*
 * musl's own start prepares for threads, and its system calls for a thread's
 * being cancelled: a third of the smallest build.  There is one thread here
 * and nothing to prepare.
 */
static int error_number;

int *__errno_location(void)
{
	return &error_number;
}

# if defined __i386__ || (defined OWN_START && !defined __aarch64__)
/*
 * The number comes last: but on i386 the others are then where the kernel wants
 * them.  There musl's own way goes through what its start has prepared.
 */
#  ifdef __mips__
__attribute__ ((__nomips16__))
#  endif
static NOINLINE long system_call(long a, long b, long c, long number)
{
	long result;

#  ifdef __i386__
	__asm__ volatile ("int $0x80" : "=a" (result)
		: "a" (number), "b" (a), "c" (b), "d" (c)
		: "memory");
#  elif defined __mips__
	register long v0 __asm__ ("$2");
	register long a0 __asm__ ("$4") = a;
	register long a1 __asm__ ("$5") = b;
	register long a2 __asm__ ("$6") = c;
	register long a3 __asm__ ("$7") = number;	/* and then: is it an error? */

	/* Old kernels go back to both, when a signal interrupted the call and it begins again. */
	__asm__ volatile ("move $2, $7\n\tsyscall" : "=r" (v0), "+r" (a3)
		: "r" (a0), "r" (a1), "r" (a2)
		: "$1", "$3", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$24", "$25", "hi", "lo", "memory");
	result = a3 ? -v0 : v0;
#  elif defined __arm__
	register long r0 __asm__ ("r0") = a;
	register long r1 __asm__ ("r1") = b;
	register long r2 __asm__ ("r2") = c;
	register long r7 __asm__ ("r7") = number;

	__asm__ volatile ("svc 0" : "+r" (r0) : "r" (r1), "r" (r2), "r" (r7) : "memory");
	result = r0;
#  else
	__asm__ volatile ("syscall" : "=a" (result)
		: "a" (number), "D" (a), "S" (b), "d" (c)
		: "rcx", "r11", "memory");
#  endif
	if (result < 0) {
		errno = (int)-result;
		result = -1;
	}
	return result;
}

/* An argument that a call does not look at: whatever is in its register. */
static ALWAYS_INLINE long any(void)
{
	long value;

	__asm__ volatile ("" : "=r" (value));
	return value;
}

long syscall_of_3(long number, long a, long b, long c) __asm__ ("syscall");
long syscall_of_3(long number, long a, long b, long c)
{
	return system_call(a, b, c, number);
}

# else
#  define system_call(a, b, c, number) syscall(number, a, b, c)
#  define any() 0L

/* What musl's syscall() calls it. */
int *___errno_location(void) __attribute__ ((__alias__ ("__errno_location"), __const__, __used__));
# endif

# ifdef OWN_START	/* toolchain/flags */
/* The kernel leaves argc at the stack's top, and argv behind it. */
#  ifdef __x86_64__
__asm__ (".globl _start\n_start: mov %rsp, %rdi\n\tcall start");
#  elif defined __aarch64__
__asm__ (".globl _start\n_start: mov x0, sp\n\tb start");
#  elif defined __arm__
__asm__ (".globl _start\n.thumb_func\n_start: mov r0, sp\n\tbl start");
#  else
/* A function may put here what it is given in registers. */
__asm__ (".set nomips16\n.globl __start\n__start: move $4, $sp\n\t"
#   ifdef __mips64
	"d"
#   endif
	"addiu $sp, $sp, -16\n\tjal start");
#  endif

NORETURN __attribute__ ((__used__)) void start(long *stack);
NORETURN void start(long *stack)
{
	exit(main((int)*stack, (char **)(stack + 1)));
}
# else
/* crt1.o, which knows where the kernel leaves them, calls this. */
NORETURN __attribute__ ((__used__)) void __libc_start_main(int (*start)(int, char **), int argc, char **argv);
NORETURN void __libc_start_main(int (*start)(int, char **), int argc, char **argv)
{
	exit(start(argc, argv));
}
# endif

int open_of_2(const char *path, int flags) __asm__ ("open");
int open_of_2(const char *path, int flags)
{
# ifdef SYS_open
	return (int)system_call((long)path, flags, any(), SYS_open);
# else
	return (int)system_call(AT_FDCWD, (long)path, flags, SYS_openat);
# endif
}

ALWAYS_INLINE int close(int fd)
{
	return (int)system_call(fd, any(), any(), SYS_close);
}

# ifdef SYS_lseek
off_t lseek(int fd, off_t offset, int whence)
{
	return system_call(fd, (long)offset, whence, SYS_lseek);
}
# endif

/* Where the kernel has them; newer machines have readlinkat and faccessat alone. */
# ifdef SYS_access
ssize_t readlink(const char *path, char *buf, size_t size)
{
	return system_call((long)path, (long)buf, (long)size, SYS_readlink);
}

int access(const char *path, int mode)
{
	return (int)system_call((long)path, mode, any(), SYS_access);
}
# endif

ALWAYS_INLINE int mlockall(int flags)
{
	return (int)system_call(flags, any(), any(), SYS_mlockall);
}

ssize_t read(int fd, void *buf, size_t count)
{
	return system_call(fd, (long)buf, (long)count, SYS_read);
}

ssize_t write(int fd, const void *buf, size_t count)
{
	return system_call(fd, (long)buf, (long)count, SYS_write);
}

int chdir(const char *path)
{
	return (int)system_call((long)path, any(), any(), SYS_chdir);
}

ALWAYS_INLINE int fchdir(int fd)
{
	return (int)system_call(fd, any(), any(), SYS_fchdir);
}

ALWAYS_INLINE int clock_gettime(clockid_t clock, struct timespec *now)
{
# ifdef SYS_clock_gettime
	return (int)system_call(clock, (long)now, any(), SYS_clock_gettime);
# else
	/* 32 bits: Linux 5.1, and before */
	int32_t before[2];

	if (system_call(clock, (long)now, any(), SYS_clock_gettime64) < 0) {
		system_call(clock, (long)before, any(), SYS_clock_gettime32);
		now->tv_sec = before[0];
		now->tv_nsec = before[1];
	}
	return 0;
# endif
}

time_t time(time_t *unused UNUSED_PARAM)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return now.tv_sec;
}

int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
# ifdef SYS_poll
	return (int)system_call((long)fds, (long)n, timeout_ms, SYS_poll);
# else
	struct timespec timeout = { timeout_ms / 1000, timeout_ms % 1000 * 1000000L };

	return (int)syscall(SYS_ppoll, fds, n, &timeout, NULL, 0);
# endif
}

int isatty(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0;
}

void exit(int status)
{
	system_call(status, any(), any(), SYS_exit_group);
	__builtin_unreachable();
}

/* musl's knows how old kernels want what topmem never asks for. */
int ioctl_of_3(int fd, int request, void *into) __asm__ ("ioctl");
int ioctl_of_3(int fd, int request, void *into)
{
	return (int)syscall(SYS_ioctl, fd, request, into);
}

# if UINTPTR_MAX == UINT32_MAX
/* libgcc's divisions of 64 bits are 2 KB; those of ARM call this one.  The divisor is never 0. */
uint64_t __udivmoddi4(uint64_t number, uint64_t by, uint64_t *rest);
__attribute__ ((__used__)) NOINLINE uint64_t __udivmoddi4(uint64_t number, uint64_t by, uint64_t *rest)
{
	uint64_t bit = 1;
	uint64_t result = 0;

#  ifndef __ARMEL__
	if (!((number | by) >> 32)) {
		*rest = (uint32_t)number % (uint32_t)by;
		return (uint32_t)number / (uint32_t)by;
	}
#  endif
	while (by < number && !(by >> 63)) {
		by <<= 1;
		bit <<= 1;
	}
	for (; bit; bit >>= 1, by >>= 1) {
		if (number >= by) {
			number -= by;
			result += bit;
		}
	}
	*rest = number;
	return result;
}

#  ifdef __ARMEL__
/*
 * By their names in ARM's Run-time ABI (4.3.1), and for processors that cannot
 * divide: the quotient in r0, the rest in r1.
 */
uint64_t __aeabi_uidivmod(uint32_t number, uint32_t by);
__attribute__ ((__used__)) uint64_t __aeabi_uidivmod(uint32_t number, uint32_t by)
{
	uint64_t rest;
	uint64_t result = __udivmoddi4(number, by, &rest);

	return rest << 32 | result;
}

uint64_t __aeabi_uidiv(uint32_t number, uint32_t by) __attribute__ ((__alias__("__aeabi_uidivmod"), __used__));

/* What libgcc's division of 64 bits calls where the divisor is 0. */
void __aeabi_ldiv0(void);
__attribute__ ((__used__)) void __aeabi_ldiv0(void)
{
}
#  else
uint64_t __udivdi3(uint64_t number, uint64_t by);
__attribute__ ((__used__)) uint64_t __udivdi3(uint64_t number, uint64_t by)
{
	uint64_t rest;

	return __udivmoddi4(number, by, &rest);
}

uint64_t __umoddi3(uint64_t number, uint64_t by);
__attribute__ ((__used__)) uint64_t __umoddi3(uint64_t number, uint64_t by)
{
	uint64_t rest;

	__udivmoddi4(number, by, &rest);
	return rest;
}
#  endif
# endif

/* The C library's are made for long strings. */
__attribute__ ((__used__)) void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
# if defined __x86_64__ || defined __i386__
	void *result = to;

	__asm__ volatile ("rep movsb" : "+D" (to), "+S" (from), "+c" (count) : : "memory");
	return result;
# else
	size_t i;

	for (i = 0; i < count; i++) {
		((char *)to)[i] = ((const char *)from)[i];
		__asm__ ("");	/* or gcc makes the loop a call of this */
	}
	return to;
# endif
}

/* Only ever downwards. */
__attribute__ ((__used__)) void *memmove(void *to, const void *from, size_t count)
{
	return memcpy(to, from, count);
}

__attribute__ ((__used__)) void *memset(void *to, int c, size_t count)
{
# if defined __x86_64__ || defined __i386__
	void *result = to;

	__asm__ volatile ("rep stosb" : "+D" (to), "+c" (count) : "a" (c) : "memory");
	return result;
# else
	size_t i;

	for (i = 0; i < count; i++) {
		((char *)to)[i] = (char)c;
		__asm__ ("");
	}
	return to;
# endif
}

size_t strlen(const char *text)
{
	const char *end = text;

	while (*end) {
		end++;
		__asm__ ("");
	}
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
#endif

/* The texts of the C library are 3 KB; these are the errors that can be met. */
static const char *error_text(int error)
{
	static const uint8_t errors[] ALIGN1 = { EPERM, EACCES, ENOENT, ENOTDIR, ENOSPC, EPIPE, ENOMEM, ENFILE, EMFILE };
	/* in this order; where there is none it is the next */
	const char *text =
		"\0" "permission denied\0"
		"no such file or directory\0"
		"not a directory\0"
		"no space left on device\0"
		"broken pipe\0"
		"out of memory\0"
		"\0" "too many open files\0"
		"I/O error";
	unsigned i;

	for (i = 0; i < sizeof(errors) && errors[i] != error; i++)
		text += strlen(text) + 1;
	while (!*text)
		text++;
	return text;
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

	while (count) {
		ssize_t n = write(fd, from, count);

		if (n > 0) {
			from += n;
			count -= (size_t)n;
		} else if (n == 0 || errno != EINTR) {
			break;
		}
	}
	return from - (const char *)buf;
}

unsigned long long monotonic_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (unsigned long long)now.tv_sec * 1000 + (unsigned long)now.tv_nsec / 1000000;
}

/* Where it is not known, as on a serial line, it is 80 x 24. */
int get_terminal_width_height(int fd, unsigned *width, unsigned *height)
{
	struct winsize size;

	if (ioctl(fd, TIOCGWINSZ, &size) < 0)
		return -1;
	*width = size.ws_col ? size.ws_col : 80;
	*height = size.ws_row ? size.ws_row : 24;
	return 0;
}

void lock_memory(void)
{
	enum { ON_FAULT = 4 };		/* MCL_ONFAULT, Linux 4.4: not all of the stack's mapping at once */

	if (mlockall(MCL_CURRENT | MCL_FUTURE | ON_FAULT) != 0)
		mlockall(MCL_CURRENT | MCL_FUTURE);
}

void xwrite_str(int fd, const char *text)
{
	size_t len = strlen(text);

	if (full_write(fd, text, len) != (ssize_t)len)
		bb_simple_perror_msg_and_die("standard output");
}

static void say(const char *text)
{
	full_write(STDERR_FILENO, text, strlen(text));
}

void die_for(const char *what, const char *why)
{
	say("topmem: ");
	say(what);
	say(": ");
	say(why);
	say("\n");
	exit(xfunc_error_retval);
}

/* topmem: what: the error */
void bb_simple_perror_msg_and_die(const char *what)
{
	die_for(what, error_text(errno));
}

/*
 * The decimal number that text is, with errno; UINT_MAX if there is none or a
 * larger one.  It may end in what is neither a letter nor a digit.
 */
unsigned bb_strtou(const char *text, char **end UNUSED_PARAM, int base UNUSED_PARAM)
{
	unsigned number = 0;
	unsigned digit = (unsigned char)*text - '0';

	errno = ERANGE;
	if (digit > 9)
		return UINT_MAX;
	do {
		if (__builtin_mul_overflow(number, 10, &number) || __builtin_add_overflow(number, digit, &number))
			return UINT_MAX;
		digit = (unsigned char)*++text - '0';
	} while (digit <= 9);
	if ((*text | 0x20) >= 'a' && (*text | 0x20) <= 'z')
		return UINT_MAX;
	errno = *text ? EINVAL : 0;
	return number;
}

unsigned xatou(const char *text)
{
	unsigned number = bb_strtou(text, NULL, 10);

	if (errno)
		die_for(text, "invalid number");
	return number;
}

char *skip_whitespace(const char *text)
{
	while (*text == ' ' || *text == '\t')
		text++;
	return (char *)text;
}

/* The number of key among strings, which stand one behind the other; -1. */
int index_in_strings(const char *strings, const char *key)
{
	int index;

	for (index = 0; *strings; index++) {
		if (strcmp(strings, key) == 0)
			return index;
		strings += strlen(strings) + 1;
	}
	return -1;
}

/* Of the conversions %u and %s, with a width of one digit. */
int sprintf(char *s, const char *format, ...)
{
	char *to = s;
	va_list args;

	va_start(args, format);
	for (; *format; format++) {
		char digits[12];
		char *text = digits + sizeof(digits) - 1;
		int width = 0;

		if (*format != '%') {
			*to++ = *format;
			continue;
		}
		if (*++format <= '9')
			width = *format++ - '0';
		if (*format == 's') {
			text = va_arg(args, char *);
		} else {
			unsigned number = va_arg(args, unsigned);

			*text = '\0';
			do
				*--text = (char)('0' + number % 10);
			while (number /= 10);
		}
		for (width -= (int)strlen(text); width > 0; width--)
			*to++ = ' ';
		while (*text)
			*to++ = *text++;
	}
	va_end(args);
	*to = '\0';
	return (int)(to - s);
}

/* --help, or no option at all */
static NORETURN void refuse(const char *argument)
{
	if (strcmp(argument, "--help") != 0)
		die_for(argument, "not an option");
	xwrite_str(STDOUT_FILENO, "Usage: topmem " topmem_trivial_usage topmem_full_usage "\n");
	exit(0);
}

/*
 * Where the letter stands in known, NULL if it does not.  *seen gets its bit,
 * and *value is where its value goes.
 */
static ALWAYS_INLINE const char *find_option(const char *known, char letter, uint32_t *seen, const char ***value)
{
	uint32_t bit = 1;

	for (; *known; known++) {
		if (*known == letter) {
			*seen |= bit;
			return known;
		}
		bit <<= 1;
		if (known[1] == ':') {
			known++;
			++*value;
		}
	}
	return NULL;
}

/*
 * Options are bits in their order in known.  The value of that of a letter with
 * a colon behind it goes to the next of values.  Options combine, "--" ends
 * them, operands are errors.
 */
uint32_t get_options(char **argv, const char *known, const char **values)
{
	uint32_t seen = 0;

	while (*++argv) {
		const char *letter = *argv;

		if (strcmp(letter, "--") == 0 && !*++argv)
			break;
		letter = *letter == '-' ? letter + 1 : "";
		do {
			const char **value = values;
			const char *option = find_option(known, *letter++, &seen, &value);

			if (!option)
				refuse(*argv);
			if (option[1] != ':')
				continue;
			if (!*letter)
				letter = *++argv;
			if (!letter)
				die_for(argv[-1], "needs a value");
			*value = letter;
			break;
		} while (*letter);
	}
	return seen;
}

int main(int argc, char **argv)
{
	return topmem_main(argc, argv);
}
