/*
 * lag: a process whose RSS lags behind what it has. Before Linux 6.2 a thread
 * keeps the pages of up to 65 faults to itself until the next one adds them to
 * what statm and status show (mm/memory.c, check_sync_rss_stat()), and one fault
 * may map the 16 pages around, if they are in memory already. What a driver maps
 * at once (vm_insert_page()) is counted in the same way, but is no fault.
 *
 * usage: lag THREADS FAULTS
 *        lag THREADS worst
 *        lag ring MB
 *
 * Each thread reads its own part of a file in memory, one byte of every 16
 * pages: so many times, or as often as makes the lag as large as can be. ring:
 * the buffer of a packet socket is mapped.
 *
 * Writes "ready PID" on one line, then waits for ever. It dies with its parent.
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netpacket/packet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PAGE = 4096, AROUND = 16 * PAGE, MOST = 66 };

static volatile char *file, *spare;
static int faults;	/* 0: as many as make it the worst */
static int done[2];

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static char *map(size_t size, int flags, int fd)
{
	char *start = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (start == MAP_FAILED)
		die("mmap");
	return start;
}

/* The second number of statm */
static long counted(void)
{
	char text[128];
	int fd = open("/proc/self/statm", O_RDONLY);
	ssize_t n = read(fd, text, sizeof(text) - 1);

	close(fd);
	text[n > 0 ? n : 0] = '\0';
	return atol(strchr(text, ' ') ? strchr(text, ' ') : text);
}

static void touch_spare(void)
{
	*spare = 1;
	spare += PAGE;
}

static void *fall_behind(void *part)
{
	volatile char *mine = part;
	int n = faults;
	long before;

	usleep(20000);		/* the one that made us sleeps, too */
	if (!n) {
		before = counted();
		do
			touch_spare();
		while (counted() == before);
		/* The fault that added those before it was the first of the next ones. All of these
		 * are added by the first of those that count here */
		for (n = MOST; n > 1; n--)
			touch_spare();
		n = MOST;
	}
	while (n--) {
		(void)*mine;
		mine += AROUND;
	}
	if (write(done[1], "", 1) != 1)
		_exit(1);
	if (part != (void *)file)
		for (;;)
			pause();
	return NULL;
}

static void map_ring(size_t size)
{
	/* As struct tpacket_req of the kernel's headers */
	struct {
		unsigned block_size, blocks, frame_size, frames;
	} ring = { AROUND, size / AROUND, AROUND, size / AROUND };
	int fd = socket(AF_PACKET, SOCK_RAW, 0);

	if (fd < 0 || setsockopt(fd, SOL_PACKET, PACKET_RX_RING, &ring, sizeof(ring)) != 0)
		die("ring");
	map(size, MAP_SHARED, fd);
}

static void start_threads(int threads)
{
	static char page[PAGE];
	size_t part = (size_t)(faults ? faults : MOST) * AROUND;
	size_t size = part * threads;
	int fd = memfd_create("lag", 0);
	pthread_attr_t attr;
	pthread_t thread;
	char byte;

	memset(page, 1, sizeof(page));
	while (lseek(fd, 0, SEEK_CUR) < (off_t)size)
		if (write(fd, page, PAGE) != PAGE)
			die("file");
	file = map(size, MAP_SHARED, fd);
	spare = map((size_t)threads * 2 * MOST * PAGE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise((void *)spare, (size_t)threads * 2 * MOST * PAGE, MADV_NOHUGEPAGE);
	if (pipe(done) != 0)
		die("pipe");
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	/* One after the other; this one is the last and faults no more */
	while (--threads > 0) {
		if (pthread_create(&thread, &attr, fall_behind, (void *)(file + threads * part)) != 0)
			die("pthread_create");
		if (read(done[0], &byte, 1) != 1)
			die("a thread");
	}
	fall_behind((void *)file);
}

int main(int argc, char **argv)
{
	char ready[32];
	int length;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (argc != 3)
		return 1;
	length = sprintf(ready, "ready %d\n", getpid());
	if (strcmp(argv[1], "ring") == 0) {
		map_ring((size_t)atoi(argv[2]) << 20);
	} else {
		faults = atoi(argv[2]);
		start_threads(atoi(argv[1]));
	}
	if (write(STDOUT_FILENO, ready, length) != length)
		return 1;
	close(STDOUT_FILENO);
	for (;;)
		pause();
}
