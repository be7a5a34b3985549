/* SPDX-License-Identifier: 0BSD */
/*
 * The one table of columns: what -o and -k know, the headers, -o help.
 *
 *	COLUMN(NUMBER IN A ROW, "name", kind, from, "help")
 *
 * The name in capitals is the header, but for a few.  From is where the value
 * comes from, if not from statm and, for a row, status.
 */

/* Those that are always there; VSZ, RSS and SHR are in statm's order. */
#define FIRST_COLUMNS(COLUMN) \
	COLUMN(PID, "pid", NUMBER, 0, "number") \
	COLUMN(MEM, "mem", SHARE, SMAPS_TOO, "RSS in %; so uss%") \
	COLUMN(COMM, "comm", NAME, 0, "name") \
	COLUMN(VSZ, "vsz", SIZE, 0, "address space") \
	COLUMN(RSS, "rss", SIZE, SMAPS_TOO, "resident") \
	COLUMN(SHR, "shr", SIZE, 0, "files, shared") \
	COLUMN(PTE, "pte", SIZE, FROM_STATUS, "page tables") \
	COLUMN(HUGE, "huge", SIZE, FROM_STATUS, "hugetlb") \
	COLUMN(SWAP, "swap", SIZE, FROM_STATUS | SMAPS_TOO | SWAP_TOO, "swapped")

#define SMAPS_COLUMNS(COLUMN) \
	COLUMN(USS, "uss", SIZE, ESTIMATED, "private") \
	COLUMN(PSS, "pss", SIZE, FROM_SMAPS, "USS + its shared") \
	COLUMN(DIRTY, "dirty", SIZE, FROM_SMAPS, "dirty pages") \
	COLUMN(EPSS, "epss", SIZE, FROM_SMAPS | SWAP_TOO, "PSS + its swap")

#define OTHER_COLUMNS(COLUMN) \
	COLUMN(PPID, "ppid", NUMBER, FROM_STATUS, "parent") \
	COLUMN(USER, "user", OWNER, FROM_STATUS, "owner") \
	COLUMN(ARGS, "args", NAME, START_TOO, "command line") \
	COLUMN(ANON, "anon", SIZE, SMAPS_TOO, "anonymous") \
	COLUMN(HWM, "hwm", SIZE, FROM_STATUS, "peak RSS") \
	COLUMN(DATA, "data", SIZE, FROM_STATUS, "private writable") \
	COLUMN(STK, "stk", SIZE, FROM_STATUS, "stack") \
	COLUMN(TEXT, "text", SIZE, FROM_STATUS, "code") \
	COLUMN(LIB, "lib", SIZE, FROM_STATUS, "libraries") \
	COLUMN(THR, "thr", NUMBER, FROM_STATUS, "threads") \
	COLUMN(LCK, "lck", SIZE, FROM_STATUS, "mlocked") \
	COLUMN(FOOT, "foot", SIZE, FROM_STATUS | SMAPS_TOO | SWAP_TOO, "RSS + SWAP") \
	COLUMN(OOM, "oom", SIGNED, FROM_OOM_SCORE, "oom_score") \
	COLUMN(ADJ, "adj", SIGNED, FROM_OOM_SCORE_ADJ, "oom_score_adj") \
	IF_FEATURE_TOPMEM_WATCH(COLUMN(GROW, "grow", GROWTH, START_TOO | FROM_GROWTH, "growth (-w)"))

#define PROGRAM_COLUMNS(COLUMN) \
	COLUMN(SHARED, "shared", SIZE, ESTIMATED, "PSS - private") \
	COLUMN(RAM, "ram", SIZE, ESTIMATED, "USS + SHARED") \
	COLUMN(NUM, "num", NUMBER, 0, "processes (-g)") \
	COLUMN(CGROUP, "cgroup", PATH, START_TOO, "memory cgroup")
