/*
 * pairs: the CPU time of one command as a ratio to that of another. Both are run in turn,
 * A B A B ..., so that what else the machine does hits both, and the median of the ratios
 * is printed, then the medians of both times in milliseconds a run.
 *
 * usage: pairs PAIRS RUNS A [ARG...] -- B [ARG...]
 *
 * Prints time(B) / time(A), of PAIRS pairs of RUNS runs of each. What the commands print
 * is thrown away; one that fails ends it.
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
#include <unistd.h>

static posix_spawn_file_actions_t to_null;

static double milliseconds(char **command, int runs)
{
	double sum = 0;
	int i;

	for (i = 0; i < runs; i++) {
		struct rusage usage;
		int status;
		pid_t pid;

		if (posix_spawnp(&pid, command[0], &to_null, NULL, command, environ) != 0
		 || wait4(pid, &status, 0, &usage) != pid || status != 0) {
			fprintf(stderr, "pairs: %s failed\n", command[0]);
			exit(1);
		}
		sum += (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3;
		sum += (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
	}
	return sum / runs;
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
	enum { MAX_PAIRS = 1000 };
	static double a[MAX_PAIRS], b[MAX_PAIRS], ratio[MAX_PAIRS];
	int i, split = 3, pairs, runs;

	while (split < argc && strcmp(argv[split], "--") != 0)
		split++;
	if (split >= argc - 1) {
		fputs("usage: pairs PAIRS RUNS A [ARG...] -- B [ARG...]\n", stderr);
		return 2;
	}
	argv[split] = NULL;
	pairs = atoi(argv[1]);
	runs = atoi(argv[2]);
	if (pairs < 1 || pairs > MAX_PAIRS || runs < 1)
		return 2;

	posix_spawn_file_actions_init(&to_null);
	posix_spawn_file_actions_addopen(&to_null, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
	posix_spawn_file_actions_addopen(&to_null, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
	milliseconds(argv + 3, 1);
	milliseconds(argv + split + 1, 1);
	for (i = 0; i < pairs; i++) {
		a[i] = milliseconds(argv + 3, runs);
		b[i] = milliseconds(argv + split + 1, runs);
		ratio[i] = b[i] / a[i];
	}
	printf("%.3f %.3f %.3f\n", median(ratio, (size_t)pairs),
		median(a, (size_t)pairs), median(b, (size_t)pairs));
	return 0;
}
