/*
 * faults: runs a command again and again, and each time another of its system calls fails.
 *
 * usage: faults [-e EVERY] [-f FILE] COMMAND [ARG...]
 *
 * Each call that the command makes after execve (with -f, after the first that opens FILE)
 * fails with each of the errors that it may have, and in one run only that; reads and writes
 * are cut short, too: they are made, but for a byte or for half of what was asked. With -e
 * only every EVERYth of all these runs takes place. A run that takes 10 seconds is a "hang".
 * The first run is one without a fault.
 *
 * For each run it prints
 *
 *	== unknown NUMBER		a system call that is not known here, and never fails
 *	== CALL NAME FAULT END FILE	the number of the call, how it failed, and how the run
 *					ended: "exit N", "signal N" or "hang"
 *	> LINE, ! LINE			what it has written, and on standard error; a last line
 *					without a newline has { or ; in place of > or !
 *
 * Linux on x86-64 alone.
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 10, MAX_FAULTS = 12, MAX_CALLS = 100000 };
/* In place of an error: so much of it is done */
enum { ONE = -1, HALF = -2 };

#define ERROR(name) { name, #name }
static const struct fault {
	int error;
	const char *name;
} on_open[MAX_FAULTS] = {
	ERROR(EINTR), ERROR(EIO), ERROR(ENOENT), ERROR(ESRCH), ERROR(EACCES), ERROR(EPERM),
	ERROR(EMFILE), ERROR(ENFILE), ERROR(ENOMEM),
}, on_read[MAX_FAULTS] = {
	ERROR(EINTR), ERROR(EIO), ERROR(ESRCH), ERROR(EACCES), ERROR(EPERM), ERROR(ENOMEM), ERROR(EAGAIN),
	ERROR(EBADF), ERROR(ONE), ERROR(HALF),
}, on_list[MAX_FAULTS] = {
	ERROR(EIO), ERROR(ENOENT), ERROR(ESRCH), ERROR(EACCES), ERROR(ENOMEM), ERROR(EBADF),
}, on_write[MAX_FAULTS] = {
	ERROR(EINTR), ERROR(EIO), ERROR(ENOSPC), ERROR(EPIPE), ERROR(EAGAIN), ERROR(EPERM), ERROR(ENOMEM),
	ERROR(EBADF), ERROR(ONE), ERROR(HALF),
}, on_close[MAX_FAULTS] = {
	ERROR(EINTR), ERROR(EIO), ERROR(EBADF),
}, on_seek[MAX_FAULTS] = {
	ERROR(EINVAL), ERROR(EBADF),
}, on_folder[MAX_FAULTS] = {
	ERROR(EIO), ERROR(ENOENT), ERROR(ESRCH), ERROR(EACCES), ERROR(EPERM), ERROR(ENOMEM),
}, on_kcmp[MAX_FAULTS] = {
	ERROR(ESRCH), ERROR(EACCES), ERROR(EPERM), ERROR(ENOSYS), ERROR(ENOMEM),
}, on_poll[MAX_FAULTS] = {
	ERROR(EINTR), ERROR(ENOMEM), ERROR(EAGAIN),
}, on_ioctl[MAX_FAULTS] = {
	ERROR(ENOTTY), ERROR(EIO), ERROR(EBADF), ERROR(EPERM),
}, on_lock[MAX_FAULTS] = {
	ERROR(ENOMEM), ERROR(EPERM), ERROR(EAGAIN), ERROR(EINVAL),
}, on_clock[MAX_FAULTS];	/* of a clock that there is, and of good addresses: none */

/* Which argument is a path, or a descriptor: 0 or 1; -1: none */
static const struct call {
	long number;
	const char *name;
	const struct fault *faults;
	int path, fd;
} calls[] = {
	{ SYS_open, "open", on_open, 0, -1 },
	{ SYS_openat, "openat", on_open, 1, -1 },
	{ SYS_read, "read", on_read, -1, 0 },
	{ SYS_getdents64, "getdents64", on_list, -1, 0 },
	{ SYS_write, "write", on_write, -1, 0 },
	{ SYS_close, "close", on_close, -1, 0 },
	{ SYS_lseek, "lseek", on_seek, -1, 0 },
	{ SYS_chdir, "chdir", on_folder, 0, -1 },
	{ SYS_fchdir, "fchdir", on_folder, -1, 0 },
	{ SYS_readlink, "readlink", on_folder, 0, -1 },
	{ SYS_readlinkat, "readlinkat", on_folder, 1, -1 },
	{ SYS_access, "access", on_folder, 0, -1 },
	{ SYS_faccessat, "faccessat", on_folder, 1, -1 },
	{ SYS_kcmp, "kcmp", on_kcmp, -1, -1 },
	{ SYS_poll, "poll", on_poll, -1, -1 },
	{ SYS_ppoll, "ppoll", on_poll, -1, -1 },
	{ SYS_ioctl, "ioctl", on_ioctl, -1, 0 },
	{ SYS_mlockall, "mlockall", on_lock, -1, -1 },
	{ SYS_clock_gettime, "clock_gettime", on_clock, -1, -1 },
	{ SYS_time, "time", on_clock, -1, -1 },
	{ SYS_gettimeofday, "gettimeofday", on_clock, -1, -1 },
	{ SYS_exit_group, "exit_group", on_clock, -1, -1 },
};

static const char *first_file;
static char **command;
static int outputs[2];
static pid_t child;
static volatile sig_atomic_t hangs;
/* Of the run without a fault: its calls, and how many faults each may have */
static long n_calls;
static unsigned char faults_of[MAX_CALLS];

static void die(const char *what)
{
	perror(what);
	exit(98);
}

static void expire(int signal)
{
	(void)signal;
	hangs = 1;
	kill(child, SIGKILL);
}

static void start(void)
{
	int i;

	for (i = 0; i < 2; i++)
		if (ftruncate(outputs[i], 0) != 0 || lseek(outputs[i], 0, SEEK_SET) != 0)
			die("output");
	fflush(stdout);
	child = fork();
	if (child == 0) {
		dup2(outputs[0], 1);
		dup2(outputs[1], 2);
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(command[0], command);
		_exit(127);
	}
	if (child < 0 || waitpid(child, NULL, 0) != child)
		die(command[0]);
	ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL);
}

static unsigned long long *argument(struct user_regs_struct *regs, int n)
{
	return n ? &regs->rsi : &regs->rdi;
}

/* The file that a call is about, as far as it is seen from there */
static void name_file(const struct call *call, struct user_regs_struct *regs, char *name, size_t size)
{
	memset(name, 0, size);
	if (call->path >= 0) {
		struct iovec here = { name, size - 1 };
		struct iovec there = { (void *)*argument(regs, call->path), size - 1 };
		size_t got = 0;

		/* It may end with the mapping */
		while (got < size - 1 && (!got || name[got - 1])) {
			here.iov_base = name + got;
			there.iov_base = (char *)*argument(regs, call->path) + got;
			here.iov_len = there.iov_len = 1;
			if (process_vm_readv(child, &here, 1, &there, 1, 0) != 1)
				break;
			got++;
		}
	} else if (call->fd >= 0) {
		char link[64];

		snprintf(link, sizeof(link), "/proc/%d/fd/%d", child, (int)*argument(regs, call->fd));
		if (readlink(link, name, size - 1) < 0)
			strcpy(name, "-");
	}
}

static const struct call *find_call(long number)
{
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].number == number)
			return &calls[i];
	return NULL;
}

/* Tells of those that are not known here */
static void note_call(long number, const struct call *call, long system_call)
{
	int count = 0;

	if (number >= MAX_CALLS)
		die("too many calls");
	if (!call)
		printf("== unknown %ld\n", system_call);
	while (call && call->faults[count].error)
		count++;
	n_calls = number;
	faults_of[number] = count;
}

static void print_output(int fd, char whole, char cut)
{
	off_t size = lseek(fd, 0, SEEK_END);
	char *text = size ? mmap(NULL, size, PROT_READ, MAP_SHARED, fd, 0) : NULL;
	char *line = text;

	if (text == MAP_FAILED)
		die("mmap");
	while (line < text + size) {
		char *end = memchr(line, '\n', text + size - line);

		printf("%c %.*s\n", end ? whole : cut, (int)((end ? end : text + size) - line), line);
		line = end ? end + 1 : text + size;
	}
	if (text)
		munmap(text, size);
}

/* Runs it, and the nth fault of the call number until happens; 0: none, and what may is counted */
static void run(long until, int n)
{
	struct itimerval limit = { { 0, 0 }, { SECONDS, 0 } };
	struct itimerval none = { { 0, 0 }, { 0, 0 } };
	enum __ptrace_request how = PTRACE_SYSCALL;
	const struct fault *fault = NULL;
	struct user_regs_struct regs;
	int executed = 0, begun = !first_file, entering = 0, status;
	const char *name = "-";
	unsigned long long asked = 0;
	char file[256] = "-";
	long number = 0;

	start();
	hangs = 0;
	setitimer(ITIMER_REAL, &limit, NULL);
	ptrace(PTRACE_SYSCALL, child, 0, 0);
	while (waitpid(child, &status, 0) == child && WIFSTOPPED(status)) {
		int signal = 0;

		if (status >> 16 == PTRACE_EVENT_EXEC) {
			executed = 1;
		} else if (WSTOPSIG(status) != (SIGTRAP | 0x80)) {
			signal = WSTOPSIG(status);
		} else if (executed) {
			ptrace(PTRACE_GETREGS, child, 0, &regs);
			/* The first after the event is the end of execve */
			if (fault) {
				if (fault->error > 0)
					regs.rax = -fault->error;
				else
					regs.rdx = asked;
				ptrace(PTRACE_SETREGS, child, 0, &regs);
				how = PTRACE_CONT;
			} else if (entering) {
				const struct call *call = find_call(regs.orig_rax);

				if (!begun && call && call->faults == on_open) {
					name_file(call, &regs, file, sizeof(file));
					begun = strcmp(file, first_file) == 0;
				}
				number += begun;
				if (begun && !until)
					note_call(number, call, regs.orig_rax);
				if (begun && call && number == until && call->faults[n].error) {
					fault = &call->faults[n];
					name = call->name;
					name_file(call, &regs, file, sizeof(file));
					asked = regs.rdx;
					if (fault->error > 0)
						regs.orig_rax = -1;
					else
						regs.rdx = fault->error == ONE ? 1 : (asked + 1) / 2;
					ptrace(PTRACE_SETREGS, child, 0, &regs);
				}
			}
			entering = !entering;
		}
		ptrace(how, child, 0, signal);
	}
	setitimer(ITIMER_REAL, &none, NULL);
	printf("== %ld %s %s ", until, name, fault ? fault->name : "-");
	if (hangs)
		printf("hang");
	else if (WIFSIGNALED(status))
		printf("signal %d", WTERMSIG(status));
	else
		printf("exit %d", WEXITSTATUS(status));
	printf(" %s\n", fault ? file : "-");
	print_output(outputs[0], '>', '{');
	print_output(outputs[1], '!', ';');
}

int main(int argc, char **argv)
{
	struct sigaction action = { .sa_handler = expire, .sa_flags = SA_RESTART };
	long every = 1, counted = 0, until;
	cpu_set_t one;
	int option, n;

	while ((option = getopt(argc, argv, "+e:f:")) != -1) {
		switch (option) {
		case 'e':
			every = atol(optarg);
			break;
		case 'f':
			first_file = optarg;
			break;
		default:
			return 98;
		}
	}
	command = argv + optind;
	if (!*command || every < 1)
		return 98;
	sigaction(SIGALRM, &action, NULL);
	/* On one CPU the two take turns quickly */
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	sched_setaffinity(0, sizeof(one), &one);
	outputs[0] = memfd_create("stdout", MFD_CLOEXEC);
	outputs[1] = memfd_create("stderr", MFD_CLOEXEC);
	run(0, 0);
	for (until = 1; until <= n_calls; until++)
		for (n = 0; n < faults_of[until]; n++)
			if (counted++ % every == 0)
				run(until, n);
	return 0;
}
