/*
 * cgroupns: runs a command in a cgroup namespace of its own, whose root is the cgroup
 * that it is in.
 *
 * usage: cgroupns COMMAND [ARG...]
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc < 2)
		return 1;
	if (unshare(CLONE_NEWCGROUP) != 0) {
		perror("cgroupns");
		return 1;
	}
	execvp(argv[1], argv + 1);
	perror(argv[1]);
	return 1;
}
