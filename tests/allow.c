/*
 * allow: runs a command that may make only these system calls.
 *
 * usage: allow NAME,... COMMAND [ARG...]
 *
 * The kernel ends it with SIGSYS at any other. execve is allowed, too: it starts the command.
 *
 * SPDX-License-Identifier: 0BSD
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CALL(name) { #name, SYS_##name },
static const struct {
	const char *name;
	unsigned number;
} calls[] = {
	CALL(read) CALL(write) CALL(close) CALL(lseek) CALL(getdents64) CALL(chdir) CALL(fchdir) CALL(ioctl)
	CALL(kcmp) CALL(clock_gettime) CALL(mlockall) CALL(exit_group) CALL(execve)
#ifdef SYS_open
	CALL(open) CALL(readlink) CALL(access) CALL(poll) CALL(time)
#endif
};

enum { N_CALLS = sizeof(calls) / sizeof(calls[0]) };

int main(int argc, char **argv)
{
	struct sock_filter filter[2 * N_CALLS + 2] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog program = { 1, filter };
	char *name;

	if (argc < 3)
		return 98;
	for (name = strtok(argv[1], ","); name; name = strtok(NULL, ",")) {
		size_t i = 0;

		while (i < N_CALLS && strcmp(name, calls[i].name) != 0)
			i++;
		if (i == N_CALLS || program.len + 3 > 2 * N_CALLS + 2) {
			fprintf(stderr, "allow: %s: not known\n", name);
			return 98;
		}
		filter[program.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i].number, 0, 1);
		filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	}
	filter[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0) {
		perror("allow");
		return 98;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 97;
}
