/*
 * hostile: a process with a name, command line, environment or mapping that is to deceive.
 *
 * usage: env -i A=1 NAME=BYTES [MAP=FILE] [RENAME=] [REWRITE=] hostile [WORD...]
 *
 * The command line and the environment are what it is started with.
 *
 *	NAME	the name that it has in comm
 *	MAP	it makes this file and maps a page of it private, and dirty
 *	RENAME	its name changes all the time: 15 times a, 15 times b
 *	REWRITE	A=1 in its environment changes all the time: B=2, and for less long B=1, A=2
 *
 * Writes "ready PID" on one line and closes its output. It dies with its parent.
 *
 * SPDX-License-Identifier: 0BSD
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* Writes it and leaves it for a while, that each state is seen */
static void set(volatile char *to, char byte, int turns)
{
	*to = byte;
	for (volatile int i = 0; i < turns; i++)
		;
}

static int map(const char *file)
{
	int fd = open(file, O_RDWR | O_CREAT, 0600);
	char *page;

	if (fd < 0 || ftruncate(fd, 4096) != 0)
		return 0;
	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	if (page == MAP_FAILED)
		return 0;
	*page = 1;
	return 1;
}

int main(void)
{
	const char *name = getenv("NAME");
	const char *file = getenv("MAP");
	int renames = getenv("RENAME") != NULL;
	volatile char *variable = getenv("REWRITE") ? getenv("A") - 2 : NULL;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if ((name && prctl(PR_SET_NAME, name) != 0) || (file && !map(file)))
		return 1;
	printf("ready %d\n", getpid());
	fclose(stdout);
	while (renames || variable) {
		if (renames) {
			prctl(PR_SET_NAME, "aaaaaaaaaaaaaaa");
			prctl(PR_SET_NAME, "bbbbbbbbbbbbbbb");
		}
		if (variable) {
			set(variable, 'B', 100);
			set(variable + 2, '2', 1000);
			set(variable, 'A', 100);
			set(variable + 2, '1', 1000);
		}
	}
	for (;;)
		pause();
}
