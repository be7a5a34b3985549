/*
 * churn: processes that end as soon as they are there, a thousand of them a second.
 *
 * usage: churn SECONDS
 *
 * There are three kinds of them: "kind1" has 384 kB of its own and the owner 2001, "kind2" has
 * 768 kB and 2002, "kind3" 1152 kB and 2003. They have all of this from their first moment on:
 * each is the copy of one that has it, and that is there all the time.
 * Some 20 live at a time. Their PIDs are those from 301 to 600, used again and again. If
 * there have not been 2000 of them by then it goes on until there have.
 * It needs a PID namespace in which few others start processes.
 *
 * Writes "ready PID" on one line; in the end how many there were and in how many
 * milliseconds to the file descriptor 7.
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { KINDS = 3, ALIVE = 20, LAST = 600, EACH_US = 1000, LEAST = 2000 };

static long long now_us(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000000LL + now.tv_nsec / 1000;
}

static void be(int kind)
{
	size_t size = (size_t)kind * 384 << 10;
	char name[] = "kind0";
	char *memory;

	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		_exit(1);
	madvise(memory, size, MADV_NOHUGEPAGE);
	memset(memory, 1, size);
	if (setresgid(2000, 2000, 2000) != 0 || setresuid(2000 + kind, 2000 + kind, 2000 + kind) != 0)
		_exit(1);
	name[4] += kind;
	prctl(PR_SET_NAME, name);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* A copy of this process for each byte that comes, as the child of its parent; its PID goes back. */
static void make(int wanted)
{
	char byte;

	while (read(wanted, &byte, 1) == 1) {
		pid_t pid = (pid_t)syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);

		while (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			pause();
		}
		if (pid < 0 || write(wanted, &pid, sizeof(pid)) != sizeof(pid))
			break;
	}
	_exit(1);
}

int main(int argc, char **argv)
{
	int last_pid = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	pid_t made[2 * ALIVE] = { 0 };
	int maker[KINDS];
	long long begin, until;
	long count = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc != 2 || last_pid < 0)
		return 1;
	for (int kind = 0; kind < KINDS; kind++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) != 0)
			return 1;
		if (fork() == 0) {
			fclose(stdout);
			be(kind + 1);
			make(ends[1]);
		}
		maker[kind] = ends[0];
		close(ends[1]);
	}
	printf("ready %d\n", getpid());
	fclose(stdout);
	begin = now_us();
	until = begin + atoll(argv[1]) * 1000000;
	while (count < LEAST || now_us() < until) {
		pid_t *slot = &made[count % (2 * ALIVE)];
		pid_t old = made[(count + ALIVE) % (2 * ALIVE)];
		long long ahead = begin + count * EACH_US - now_us();
		int ends = maker[count % KINDS];

		if (ahead > 0)
			usleep((useconds_t)ahead);
		if (old)
			kill(old, SIGKILL);
		/* The younger half lives; of the others none waits for its end */
		if (*slot) {
			waitpid(*slot, NULL, 0);
			if (*slot >= LAST && pwrite(last_pid, "300", 3, 0) != 3)
				return 1;
		}
		if (write(ends, "", 1) != 1 || read(ends, slot, sizeof(*slot)) != sizeof(*slot))
			return 1;
		count++;
	}
	dprintf(7, "%ld %lld\n", count, (now_us() - begin) / 1000);
	return 0;
}
