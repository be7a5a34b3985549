/*
 * hwm: runs a command and says on standard error how much memory it had resident
 * at most (VmHWM, in kB), read from its status while it is stopped at its end.
 * ru_maxrss would not do: it starts with what the parent of the command has.
 *
 * usage: hwm COMMAND [ARG...]
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

static void print_hwm(pid_t pid)
{
	char line[256];
	FILE *status;

	snprintf(line, sizeof(line), "/proc/%d/status", pid);
	status = fopen(line, "r");
	while (status && fgets(line, sizeof(line), status))
		if (strncmp(line, "VmHWM:", 6) == 0)
			fprintf(stderr, "%d\n", atoi(line + 6));
}

int main(int argc, char **argv)
{
	pid_t pid = fork();
	int status;

	if (argc < 2 || pid < 0)
		return 2;
	if (pid == 0) {
		/* The stack at the same place in each run: as many pages are touched */
		personality(ADDR_NO_RANDOMIZE);
		ptrace(PTRACE_TRACEME, 0, 0, 0);
		raise(SIGSTOP);
		execvp(argv[1], argv + 1);
		perror(argv[1]);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status))
		return 2;
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACEEXEC | PTRACE_O_TRACEEXIT);
	ptrace(PTRACE_CONT, pid, 0, 0);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		int event = status >> 16;

		if (event == PTRACE_EVENT_EXIT)
			print_hwm(pid);
		ptrace(PTRACE_CONT, pid, 0, event ? 0 : WSTOPSIG(status));
	}
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
