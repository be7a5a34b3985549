/*
 * step: a process that grows and shrinks by known amounts when it is told to.
 *
 * usage: step FIFO
 *
 * Writes "ready PID" on one line and closes its output. Then it takes one
 * command each time that FIFO is written to: "+KB" is so much more private
 * memory, written; "-KB" gives as much of it back, the last first. When that
 * is done it opens the FIFO to write "done". Between two commands it has
 * exactly the same memory.
 *
 * It dies with its parent.
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
#include <unistd.h>

enum { ROOM = 1 << 30 };

static char *room;
static size_t used;

static int obey(const char *fifo)
{
	char command[32];
	ssize_t length;
	size_t size;
	int fd = open(fifo, O_RDONLY);

	if (fd < 0)
		return 0;
	length = read(fd, command, sizeof(command) - 1);
	close(fd);
	if (length <= 0)
		return length == 0;
	command[length] = '\0';
	size = strtoul(command + 1, NULL, 10) << 10;
	if (*command == '+') {
		memset(room + used, 1, size);
		used += size;
	} else {
		used -= size;
		madvise(room + used, size, MADV_DONTNEED);
	}
	fd = open(fifo, O_WRONLY);
	if (fd < 0 || write(fd, "done\n", 5) != 5)
		return 0;
	close(fd);
	return 1;
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc != 2 || getppid() != parent)
		return 1;
	/* One size of pages, whatever the machine likes */
	room = mmap(NULL, ROOM, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (room == MAP_FAILED)
		return 1;
	madvise(room, ROOM, MADV_NOHUGEPAGE);
	dprintf(STDOUT_FILENO, "ready %d\n", getpid());
	close(STDOUT_FILENO);
	while (obey(argv[1]))
		continue;
	return 1;
}
