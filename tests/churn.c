/*
 * churn: processes that end as soon as they are there, a thousand of them a second.
 *
 * usage: churn SECONDS
 *
 * There are three kinds of them: "kind1" has 384 kB of its own and the owner 2001, "kind2" has
 * 768 kB and 2002, "kind3" 1152 kB and 2003. What has such a name has all the rest already.
 * Some 20 live at a time. Their PIDs are those from 301 to 600, used again and again.
 * It needs a PID namespace in which few others start processes.
 *
 * Writes "ready PID" on one line; in the end how many there were and in how many
 * milliseconds to the file descriptor 7.
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
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ALIVE = 20, FIRST = 301, LAST = 600, EACH_US = 1000 };

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

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		_exit(1);
	madvise(memory, size, MADV_NOHUGEPAGE);
	memset(memory, 1, size);
	if (setresgid(2000, 2000, 2000) != 0 || setresuid(2000 + kind, 2000 + kind, 2000 + kind) != 0)
		_exit(1);
	name[4] += kind;
	prctl(PR_SET_NAME, name);
	for (;;)
		pause();
}

int main(int argc, char **argv)
{
	int last_pid = open("/proc/sys/kernel/ns_last_pid", O_WRONLY | O_CLOEXEC);
	pid_t made[2 * ALIVE] = { 0 };
	long long begin, until;
	long count = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc != 2 || last_pid < 0)
		return 1;
	printf("ready %d\n", getpid());
	fclose(stdout);
	begin = now_us();
	until = begin + atoll(argv[1]) * 1000000;
	while (now_us() < until) {
		pid_t *slot = &made[count % (2 * ALIVE)];
		pid_t old = made[(count + ALIVE) % (2 * ALIVE)];
		long long ahead = begin + count * EACH_US - now_us();

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
		*slot = fork();
		if (*slot == 0)
			be((int)(count % 3) + 1);
		if (*slot < 0)
			return 1;
		count++;
	}
	dprintf(7, "%ld %lld\n", count, (now_us() - begin) / 1000);
	return 0;
}
