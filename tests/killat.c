/*
 * killat: runs a command and ends the largest processes at a given moment.
 *
 * usage: killat CALL MODE COUNT COMMAND [ARG...]
 *
 * Makes COUNT processes named "old" of 4 MB, runs the command, and kills them all when
 * the command is about to make its system call number CALL after execve. They are then,
 * by MODE, a "zombie", or "gone", or their numbers are "reused" by "new" ones of 3 MB.
 * Exits as the command, but with 99 if it has ended before that call.
 * Needs a PID namespace in which nobody else starts processes.
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TOO_LATE = 99, MAX_VICTIMS = 100 };

static void die(const char *what)
{
	perror(what);
	exit(98);
}

static pid_t make_process(const char *name, size_t megabytes)
{
	size_t size = megabytes << 20;
	int ready[2];
	char byte;
	pid_t pid;

	if (pipe(ready) != 0)
		die("pipe");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		void *start = mmap(NULL, size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (start == MAP_FAILED)
			_exit(1);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, name);
		memset(start, 1, size);
		if (write(ready[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	if (read(ready[0], &byte, 1) != 1)
		die(name);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static void reuse(pid_t pid)
{
	static const char path[] = "/proc/sys/kernel/ns_last_pid";
	int fd = open(path, O_WRONLY);

	if (fd < 0 || dprintf(fd, "%d", pid - 1) < 0)
		die(path);
	close(fd);
	if (make_process("new", 3) != pid)
		die("new");
}

static void end(const pid_t *victims, int count, const char *mode)
{
	int keep = strcmp(mode, "zombie") == 0 ? WNOWAIT : 0;
	siginfo_t info;
	int i;

	for (i = 0; i < count; i++) {
		kill(victims[i], SIGKILL);
		waitid(P_PID, (id_t)victims[i], &info, WEXITED | keep);
	}
	if (strcmp(mode, "reused") == 0)
		for (i = 0; i < count; i++)
			reuse(victims[i]);
}

int main(int argc, char **argv)
{
	pid_t victims[MAX_VICTIMS];
	long until, calls = 0;
	int i, count, status, entering = 0, executed = 0;
	pid_t pid;

	if (argc < 5)
		return 98;
	until = atol(argv[1]);
	count = atoi(argv[3]);
	if (count > MAX_VICTIMS)
		return 98;
	for (i = 0; i < count; i++)
		victims[i] = make_process("old", 4);
	pid = fork();
	if (pid == 0) {
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[4], argv + 4);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		die("command");
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC);
	ptrace(PTRACE_SYSCALL, pid, 0, 0);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		int signal = 0;

		if (status >> 16 == PTRACE_EVENT_EXEC) {
			executed = 1;
		} else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
			/* The first after the event is the end of execve */
			if (executed && entering && ++calls == until)
				end(victims, count, argv[2]);
			if (executed)
				entering = !entering;
		} else {
			signal = WSTOPSIG(status);
		}
		ptrace(PTRACE_SYSCALL, pid, 0, signal);
	}
	if (calls < until)
		return TOO_LATE;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 97;
}
