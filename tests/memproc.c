/*
 * memproc: a process whose memory is known.
 *
 * usage: memproc SPEC...
 *
 * Does what each SPEC says, in that order, writes "ready PID" (then the PIDs of
 * the children it made) on one line, closes its output and stops itself.
 * SIZE is a number of bytes, or of K or M; ~SIZE or ~N is another number up to
 * that in each child of fork=.
 *
 *	fork=N			N children that do the rest of the SPECs in place
 *				of this process
 *	private=SIZE		private anonymous memory, written
 *	shared-anon=SIZE	shared anonymous memory, written
 *	file-private=SIZE	a file mapped private, the first half of it written
 *	file-shared=SIZE	a file mapped shared, written and synced
 *	cow=SIZE		private memory; a child shares it but for the
 *				first half, which the child has written
 *	copies=N		N children that share all there is and do no more
 *	clones=N		N children in its address space, which is one then
 *	siblings=N		the same, but they are children of its parent
 *	vfork			a child, as vfork() makes it, settles in its place
 *	mlock=SIZE		private memory locked
 *	thp=SIZE		private memory in transparent huge pages
 *	hugetlb=SIZE		private memory in explicit huge pages
 *	hugetlb-shared=SIZE	shared memory in explicit huge pages
 *	swapped=SIZE		private memory, swapped out
 *	swapped-shared=SIZE	shared anonymous memory, swapped out
 *	protnone=SIZE		address space of no access, the first half of it
 *				written before
 *	code=SIZE		executable memory, not touched (counts as VmLib)
 *	stack=SIZE		this much of the stack
 *	maps=N			N mappings, every 16th one written
 *	threads=N		N threads more
 *	name=BYTES		the name it has in comm
 *	adj=N			oom_score_adj
 *	uid=N			all of its user and group IDs
 *	euid=N			its effective user ID alone
 *	dead-leader		the main thread ends, another one holds it all
 *
 * It dies with its parent.
 *
 * SPDX-License-Identifier: 0BSD
 */
#define _GNU_SOURCE
#include <alloca.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { PAGE = 4096, HUGE_PAGE = 2 << 20 };

static char ready[4096];
static int ready_fd = STDOUT_FILENO;
static unsigned child;
/* What shared-anon= or hugetlb-shared= made; a child maps none of that until it reads it */
static char *shared;
static size_t shared_size;

static void die(const char *what)
{
	fprintf(stderr, "memproc: %s: %s\n", what, strerror(errno));
	exit(1);
}

static long number(const char *text)
{
	static unsigned random;
	int any = *text == '~';
	char *unit;
	long n = strtol(text + any, &unit, 10);

	switch (*unit) {
	case 'M':
		n <<= 10;
		/* fall through */
	case 'K':
		n <<= 10;
	}
	if (any) {
		random = (random + child) * 1103515245 + 12345;
		n = (random >> 8) % (n + 1);
	}
	return n;
}

/* At least one page: nothing can be mapped of no size */
static size_t size_of(const char *text)
{
	size_t size = (size_t)number(text);

	return size ? (size + PAGE - 1) / PAGE * PAGE : PAGE;
}

/* One byte a page, another one in each: nothing for KSM or zram to merge */
static void write_pages(char *start, size_t size)
{
	size_t at;

	for (at = 0; at < size; at += PAGE)
		*(volatile uintptr_t *)(start + at) = (uintptr_t)start + at + 1;
}

static void read_pages(const char *start, size_t size)
{
	size_t at;

	for (at = 0; at < size; at += PAGE)
		*(const volatile char *)(start + at);
}

static char *map(size_t size, int protection, int flags, int fd)
{
	char *start = mmap(NULL, size, protection, flags, fd, 0);

	if (start == MAP_FAILED)
		die("mmap");
	return start;
}

static char *map_written(size_t size, int flags)
{
	char *start = map(size, PROT_READ | PROT_WRITE, flags | MAP_ANONYMOUS, -1);

	write_pages(start, size);
	return start;
}

/* A file of this size that is clean on disk, so that no write-back changes figures */
static int make_file(size_t size)
{
	char path[] = "/tmp/memproc.XXXXXX";
	char page[PAGE] = "x";
	int fd = mkstemp(path);

	if (fd < 0)
		die(path);
	unlink(path);
	while (size) {
		if (write(fd, page, PAGE) != PAGE)
			die(path);
		size -= PAGE;
	}
	fsync(fd);
	return fd;
}

/* Pages that wait in the list of a CPU are left alone: the call is made on one CPU after the other */
static void swap_out(char *start, size_t size)
{
	int fd = open("/proc/self/pagemap", O_RDONLY);
	size_t page, in_memory = size / PAGE;
	unsigned tries, cpus = (unsigned)sysconf(_SC_NPROCESSORS_CONF);
	cpu_set_t all, one;

	if (fd < 0)
		die("pagemap");
	sched_getaffinity(0, sizeof(all), &all);
	for (tries = 0; in_memory; tries++) {
		CPU_ZERO(&one);
		CPU_SET(tries % cpus, &one);
		/* One that is not for this process stays out */
		sched_setaffinity(0, sizeof(one), &one);
		if (madvise(start, size, MADV_PAGEOUT) != 0 || tries == 1000)
			die("MADV_PAGEOUT");
		in_memory = 0;
		for (page = (uintptr_t)start / PAGE; page < ((uintptr_t)start + size) / PAGE; page++) {
			uint64_t entry;

			if (pread(fd, &entry, sizeof(entry), (off_t)(page * sizeof(entry))) != sizeof(entry))
				die("pagemap");
			in_memory += entry >> 63;	/* the kernel's pagemap.rst */
		}
		usleep(tries * 10);
	}
	sched_setaffinity(0, sizeof(all), &all);
	close(fd);
}

static void make_thp(size_t size)
{
	char *start = map(size + HUGE_PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS, -1);

	start += -(uintptr_t)start % HUGE_PAGE;
	if (madvise(start, size, MADV_HUGEPAGE) != 0)
		die("MADV_HUGEPAGE");
	write_pages(start, size);
}

/* Neighbours of different protection are never merged into one mapping */
static void make_maps(long count)
{
	char *start = map((size_t)count * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1);
	long i;

	for (i = 0; i < count; i++) {
		if (i % 16 == 0)
			write_pages(start + i * PAGE, PAGE);
		if (i % 2 && mprotect(start + i * PAGE, PAGE, PROT_READ) != 0)
			die("mprotect");
	}
}

static void *wait_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static void start_thread(void *(*run)(void *))
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 64 << 10);
	errno = pthread_create(&thread, &attr, run, NULL);
	if (errno)
		die("pthread_create");
}

/* In the child: 1 */
static int fork_child(pid_t *pid)
{
	pid_t parent = getpid();

	*pid = fork();
	if (*pid < 0)
		die("fork");
	if (*pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(0);
		return 1;
	}
	return 0;
}

static void tell(pid_t pid)
{
	size_t length = strlen(ready);

	snprintf(ready + length, sizeof(ready) - length, " %d", pid);
}

/* Waits until all children have closed their ends of the pipe */
static void await_end(int *ends)
{
	char byte;

	close(ends[1]);
	if (read(ends[0], &byte, 1) != 0)
		die("a child");
	close(ends[0]);
}

static void make_copies(long count)
{
	int done[2];
	pid_t pid;

	if (pipe(done) != 0)
		die("pipe");
	while (count--) {
		if (fork_child(&pid)) {
			read_pages(shared, shared_size);
			close(ready_fd);
			close(done[0]);
			close(done[1]);
			wait_for_ever(NULL);
		}
		tell(pid);
	}
	await_end(done);
}

static void make_cow(size_t size)
{
	char *start = map_written(size, MAP_PRIVATE);
	int written[2];
	pid_t pid;

	if (pipe(written) != 0)
		die("pipe");
	if (fork_child(&pid)) {
		write_pages(start, size / 2);
		close(ready_fd);
		close(written[0]);
		close(written[1]);
		wait_for_ever(NULL);
	}
	tell(pid);
	await_end(written);
}

static void set_oom_adj(long adj)
{
	static const char path[] = "/proc/self/oom_score_adj";
	int fd = open(path, O_WRONLY);

	if (fd < 0 || dprintf(fd, "%ld", adj) < 0)
		die(path);
	close(fd);
}

static void use_stack(size_t size)
{
	char *deep = alloca(size);

	write_pages(deep, size);
}

static void set_uid(int real, int effective)
{
	/* The raw calls: the library's would go through all threads */
	if (syscall(SYS_setresuid, real, effective, real) != 0)
		die("setresuid");
	/* Both were reset by that */
	prctl(PR_SET_DUMPABLE, 1);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
}

static void settle(void)
{
	size_t length = strlen(ready);

	ready[length] = '\n';
	if (write(ready_fd, ready, length + 1) < 0)
		die("ready");
	close(ready_fd);
	kill(getpid(), SIGSTOP);
	wait_for_ever(NULL);
}

/* Returns in the children only, the parent settles when they all have */
static void make_children(long count)
{
	char text[4096];
	int done[2];
	pid_t pid;

	if (pipe(done) != 0)
		die("pipe");
	for (child = 1; (long)child <= count; child++) {
		if (fork_child(&pid)) {
			close(ready_fd);
			close(done[0]);
			ready_fd = done[1];
			return;
		}
	}
	close(done[1]);
	while (count > 0) {
		ssize_t i, length = read(done[0], text, sizeof(text));

		if (length <= 0)
			die("a child");
		for (i = 0; i < length; i++)
			count -= text[i] == '\n';
	}
	close(done[0]);
	settle();
}

static int wait_as_clone(void *settles)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (settles) {
		tell(getpid());
		settle();
	}
	wait_for_ever(NULL);
	return 0;
}

/* Processes of their own, not threads */
static void make_clones(long count, int flags)
{
	enum { STACK = 16 * PAGE };
	pid_t pid;

	while (count-- > 0) {
		char *stack = map(STACK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1);

		pid = clone(wait_as_clone, stack + STACK, CLONE_VM | flags | SIGCHLD,
				flags & CLONE_VFORK ? stack : NULL);
		if (pid < 0)
			die("clone");
		tell(pid);
	}
}

/* Waits until the main thread is a zombie, then settles in its place */
static void *outlive_leader(void *unused)
{
	char stat[256];
	ssize_t length;
	int fd;

	do {
		usleep(1000);
		fd = open("/proc/self/stat", O_RDONLY);
		length = read(fd, stat, sizeof(stat) - 1);
		close(fd);
		stat[length > 0 ? length : 0] = '\0';
	} while (!strstr(stat, ") Z"));
	settle();
	return unused;
}

static int is(const char **value, const char *spec, const char *name)
{
	size_t length = strlen(name);

	*value = spec + length;
	return strncmp(spec, name, length) == 0;
}

static void obey(const char *spec)
{
	const char *value;
	char *start;
	size_t size;
	long n;

	if (is(&value, spec, "fork=")) {
		make_children(number(value));
	} else if (is(&value, spec, "private=")) {
		map_written(size_of(value), MAP_PRIVATE);
	} else if (is(&value, spec, "shared-anon=")) {
		shared_size = size_of(value);
		shared = map_written(shared_size, MAP_SHARED);
	} else if (is(&value, spec, "file-private=")) {
		size = size_of(value);
		start = map(size, PROT_READ | PROT_WRITE, MAP_PRIVATE, make_file(size));
		write_pages(start, size / 2);
		read_pages(start, size);
	} else if (is(&value, spec, "file-shared=")) {
		size = size_of(value);
		start = map(size, PROT_READ | PROT_WRITE, MAP_SHARED, make_file(size));
		write_pages(start, size);
		if (msync(start, size, MS_SYNC) != 0)
			die("msync");
		read_pages(start, size);
	} else if (is(&value, spec, "cow=")) {
		make_cow(size_of(value));
	} else if (is(&value, spec, "copies=")) {
		make_copies(number(value));
	} else if (is(&value, spec, "clones=")) {
		make_clones(number(value), 0);
	} else if (is(&value, spec, "siblings=")) {
		make_clones(number(value), CLONE_PARENT);
	} else if (strcmp(spec, "vfork") == 0) {
		make_clones(1, CLONE_VFORK);
	} else if (is(&value, spec, "mlock=")) {
		size = size_of(value);
		if (mlock(map_written(size, MAP_PRIVATE), size) != 0)
			die("mlock");
	} else if (is(&value, spec, "thp=")) {
		make_thp(size_of(value));
	} else if (is(&value, spec, "hugetlb=")) {
		map_written(size_of(value), MAP_PRIVATE | MAP_HUGETLB);
	} else if (is(&value, spec, "hugetlb-shared=")) {
		shared_size = size_of(value);
		shared = map_written(shared_size, MAP_SHARED | MAP_HUGETLB);
	} else if (is(&value, spec, "swapped=")) {
		size = size_of(value);
		swap_out(map_written(size, MAP_PRIVATE), size);
	} else if (is(&value, spec, "swapped-shared=")) {
		size = size_of(value);
		swap_out(map_written(size, MAP_SHARED), size);
	} else if (is(&value, spec, "protnone=")) {
		size = size_of(value);
		start = map(size, PROT_READ | PROT_WRITE,
				MAP_PRIVATE | MAP_ANONYMOUS, -1);
		write_pages(start, size / 2);
		if (mprotect(start, size, PROT_NONE) != 0)
			die("mprotect");
	} else if (is(&value, spec, "code=")) {
		map(size_of(value), PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	} else if (is(&value, spec, "stack=")) {
		use_stack(size_of(value));
	} else if (is(&value, spec, "maps=")) {
		make_maps(number(value));
	} else if (is(&value, spec, "threads=")) {
		for (n = number(value); n > 0; n--)
			start_thread(wait_for_ever);
	} else if (is(&value, spec, "name=")) {
		prctl(PR_SET_NAME, value);
	} else if (is(&value, spec, "adj=")) {
		set_oom_adj(number(value));
	} else if (is(&value, spec, "uid=")) {
		if (syscall(SYS_setresgid, atoi(value), atoi(value), atoi(value)) != 0)
			die("setresgid");
		set_uid(atoi(value), atoi(value));
	} else if (is(&value, spec, "euid=")) {
		set_uid((int)getuid(), atoi(value));
	} else if (strcmp(spec, "dead-leader") == 0) {
		start_thread(outlive_leader);
		syscall(SYS_exit, 0);
	} else {
		fprintf(stderr, "memproc: %s: what is that?\n", spec);
		exit(2);
	}
}

int main(int argc, char **argv)
{
	pid_t parent = getppid();
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		return 1;
#ifdef __x86_64__
	/* This page is shared with all processes of the machine: the fractions of
	 * Pss would change with their number. Nothing here needs what is in it */
	munmap((void *)getauxval(AT_SYSINFO_EHDR), PAGE);
#endif
	strcpy(ready, "ready");
	tell(getpid());
	for (i = 1; i < argc; i++)
		obey(argv[i]);
	settle();
	return argc == 0;
}
