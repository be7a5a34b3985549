/*
 * pairs: the CPU time of one command as a ratio to that of another. Both are run in turn,
 * A B A B ..., so that what else the machine does hits both, and the median of the ratios
 * is printed, then the medians of both times in milliseconds.
 *
 * usage: pairs SECONDS A [ARG...] -- B [ARG...]
 *
 * Prints time(B) / time(A), of as many pairs as begin within SECONDS, 100 at most. The
 * first only warms up, unless no other one begins. What the commands print is thrown
 * away; one that fails ends it.
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static posix_spawn_file_actions_t to_null;

static double milliseconds(char **command)
{
	struct rusage usage;
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, command[0], &to_null, NULL, command, environ) != 0
	 || wait4(pid, &status, 0, &usage) != pid || status != 0) {
		fprintf(stderr, "pairs: %s failed\n", command[0]);
		exit(1);
	}
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3
		+ (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(double *values, size_t count)
{
	qsort(values, count, sizeof(*values), compare);
	return (values[count / 2] + values[(count - 1) / 2]) / 2;
}

int main(int argc, char **argv)
{
	enum { MAX_PAIRS = 100 };
	static double a[MAX_PAIRS], b[MAX_PAIRS], ratio[MAX_PAIRS];
	int split = 2;
	size_t pairs = 0, first;
	time_t end;

	while (split < argc && strcmp(argv[split], "--") != 0)
		split++;
	if (split >= argc - 1 || split == 2 || atoi(argv[1]) < 1) {
		fputs("usage: pairs SECONDS A [ARG...] -- B [ARG...]\n", stderr);
		return 2;
	}
	argv[split] = NULL;
	end = time(NULL) + atoi(argv[1]);

	posix_spawn_file_actions_init(&to_null);
	posix_spawn_file_actions_addopen(&to_null, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&to_null, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	do {
		a[pairs] = milliseconds(argv + 2);
		b[pairs] = milliseconds(argv + split + 1);
		ratio[pairs] = b[pairs] / a[pairs];
		pairs++;
	} while (pairs < MAX_PAIRS && time(NULL) < end);
	first = pairs > 1;
	pairs -= first;
	printf("%.3f %.3f %.3f\n", median(ratio + first, pairs),
		median(a + first, pairs), median(b + first, pairs));
	return 0;
}
