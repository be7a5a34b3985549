/* SPDX-License-Identifier: 0BSD */
/*
 * topmem: what its files share.
 *
 * The way through the house: topmem.c has the options read (options.c), lets
 * scan.c go over the processes (those of select.c) and keep the largest
 * (rank.c), or program.c add them up, and prints them by the table in column.c,
 * through the buffer of emit.c; then watch.c waits for the next sample.  Below,
 * procfs.c opens files and parse.c makes numbers of their text.  The smallest
 * build is another house: tiny.c, of one room.
 */
#ifndef TOPMEM_H
#define TOPMEM_H

#include "libbb.h"
#include "columns.h"

/*
 * A size in kB, or another number of a row.  What is larger than KB_MAX is
 * KB_MAX: sums and products saturate, nothing wraps.
 */
typedef uint64_t kb_t;
static const kb_t KB_UNKNOWN = (kb_t)-1;
static const kb_t KB_MAX = (kb_t)-2;
/* What is added to numbers that may be negative: half of what a place can tell apart. */
IF_FEATURE_TOPMEM_COLUMNS(static const kb_t SIGNED_BIAS = 1ULL << 39;)

/*
 * Where a process stands in a ranking, as one number: the value ranked by and,
 * of equal values, the lower PID first.  A value takes 40 bits, so those of a
 * PB and more are equal here; a PID 24 bits, as no kernel has more than 22.
 */
typedef uint64_t place_t;
enum { PID_BITS = 24, PID_MASK = (1 << PID_BITS) - 1 };

#if ENABLE_FEATURE_TOPMEM_WATCH || ENABLE_FEATURE_TOPMEM_JSON
# define IF_TIMES(...) __VA_ARGS__
#else
# define IF_TIMES(...)
#endif
#if ENABLE_FEATURE_TOPMEM_JSON || ENABLE_FEATURE_TOPMEM_PROM
# define IF_FORMATS(...) __VA_ARGS__
#else
# define IF_FORMATS(...)
#endif
#if ENABLE_FEATURE_TOPMEM_JSON || ENABLE_FEATURE_TOPMEM_PROM || ENABLE_FEATURE_TOPMEM_LIMITS
# define IF_MEMORY(...) __VA_ARGS__
#else
# define IF_MEMORY(...)
#endif
#if ENABLE_FEATURE_TOPMEM_PROGRAMS || ENABLE_FEATURE_TOPMEM_LIMITS
# define IF_CGROUPS(...) __VA_ARGS__
#else
# define IF_CGROUPS(...)
#endif

#define COLUMN_NUMBER(number, name, kind, from, help) number,
/* The columns, and the values of a row. */
enum column {
	FIRST_COLUMNS(COLUMN_NUMBER)
	IF_FEATURE_TOPMEM_SMAPS(SMAPS_COLUMNS(COLUMN_NUMBER))
	OTHER_COLUMNS(COLUMN_NUMBER)
	IF_FEATURE_TOPMEM_PROGRAMS(PROGRAM_COLUMNS(COLUMN_NUMBER))
	ALL_COLUMNS,
	N_COLUMNS = ENABLE_FEATURE_TOPMEM_COLUMNS ? ALL_COLUMNS : PPID,

	/* Names are no numbers; in their places is what is not shown: */
	START = COMM,		/* in clock ticks; it tells a PID used again */
	SMAPS_HASH = ARGS,	/* it tells equal smaps */
};

/*
 * Memory as a whole in kB, in the order in which it is shown: as far as
 * M_SHOWN.  What limits it is the machine, or a memory cgroup.
 */
enum memory {
	M_TOTAL,
	IF_FEATURE_TOPMEM_LIMITS(M_LIMIT, M_USED,)
	M_AVAILABLE,
	M_BASIC,
	IF_FEATURE_TOPMEM_LIMITS(
	M_HIGH = M_BASIC, M_SWAP, M_SWAPPED, M_TMPFS,
	M_ANON, M_SLAB, M_PAGETABLES, M_STACKS, M_OTHER,	/* from here on the parts that add up */
	M_SHOWN,
	M_FREE = M_SHOWN, M_BUFFERS, M_CACHED, M_PERCPU,
	)
	M_HUGETLB,
	IF_FEATURE_TOPMEM_LIMITS(M_RECLAIMABLE, M_INACTIVE,)	/* no parts */
	N_MEMORY,
	IF_NOT_FEATURE_TOPMEM_LIMITS(M_LIMIT = M_TOTAL, M_SHOWN = M_BASIC,)
};

enum kind { NO_KIND, NUMBER, SIGNED, GROWTH, SIZE, SHARE, OWNER, PATH, NAME };

/* Where a column's value comes from. */
enum {
	FROM_STATUS = 1,
	FROM_OOM_SCORE = 2,
	FROM_OOM_SCORE_ADJ = 4,
	START_TOO = 8,		/* what is read when it is shown is of the same process */
	FROM_SMAPS = 16,
	SMAPS_TOO = 32,		/* from smaps, if that is read */
	SWAP_TOO = 64,		/* RSS does not bound it */
	FROM_GROWTH = 128,	/* from the samples before */
	ESTIMATED = FROM_SMAPS | SMAPS_TOO,	/* where there is no smaps */
};

/* All that is ever opened, besides procfs itself. */
enum file {
	FILE_STATM,
	FILE_STATUS, FILE_TASK,
	IF_FEATURE_TOPMEM_COLUMNS(FILE_OOM_SCORE, FILE_OOM_SCORE_ADJ,)
	IF_CGROUPS(FILE_CGROUP,)
	IF_FEATURE_TOPMEM_SMAPS(FILE_SMAPS_ROLLUP,)
	/* Texts that end in a NUL or with the file. */
	FILE_TEXTS, FILE_BEFORE_TEXTS = FILE_TEXTS - 1,
	IF_FEATURE_TOPMEM_COLUMNS(FILE_STAT,)
	/* So far one read gives all of it, if there is room; these may come in pieces. */
	FILE_PIECES, FILE_BEFORE_PIECES = FILE_PIECES - 1,
	IF_FEATURE_TOPMEM_COLUMNS(FILE_CMDLINE,)
	IF_FEATURE_TOPMEM_SELECT(FILE_ENVIRON,)
	/* From here on lines again. */
	FILE_LINES, FILE_BEFORE_LINES = FILE_LINES - 1,
	IF_FEATURE_TOPMEM_SMAPS(FILE_SMAPS,)
	/* From here on those of no process. */
	FILE_COMMON,
	FILE_MOUNTS = FILE_COMMON,
	IF_FEATURE_TOPMEM_COLUMNS(FILE_PASSWD,)
	IF_FEATURE_TOPMEM_LIMITS(FILE_MOUNTINFO,)
	/* And these are whole again. */
	FILE_WHOLE,
	FILE_MEMINFO = FILE_WHOLE,
	IF_TIMES(FILE_UPTIME,)
	IF_FEATURE_TOPMEM_LIMITS(FILE_SELF_CGROUP, FILE_1_CGROUP,
		FILE_MEMORY_STAT, FILE_MEMORY_MAX, FILE_MEMORY_CURRENT, FILE_MEMORY_USAGE,
		FILE_MEMORY_HIGH, FILE_SWAP_MAX, FILE_SWAP_CURRENT,	/* as M_HIGH and on */
		FILE_MIN_FREE,)

	FILE_NAME_SIZE = 16,	/* "oom_score_adj" */
};

struct column_info {
	uint8_t kind;
	uint8_t from;
};

enum {
	EXIT_TROUBLE = 3,

	MAX_SHOWN = ENABLE_FEATURE_TOPMEM_COLUMNS ? 40 : 6,

	/* Candidates besides the rows held, so that the answer survives the
	 * end of processes between scan and print */
	SPARE = 8,
	/* Of all names.  TASK_COMM_LEN is 16, a user's has at most 32 bytes;
	 * what is longer is cut. */
	COMM_SIZE = ENABLE_FEATURE_TOPMEM_COLUMNS ? 48 : 32,
	/* seq_file hands out a page a read at most, and every read of smaps
	 * takes the mapping lock anew.  Longer lines are cut: Groups may be
	 * one, but none that is needed. */
	READ_SIZE = ENABLE_FEATURE_TOPMEM_SMAPS ? 4096 : 1024,
	DIR_SIZE = 1024,	/* 32 processes a call */
	OUT_SIZE = 512,
	/* Cells are made backwards from the end of a buffer of this size. */
	CELL_SIZE = 64,
};

/* In the order of the string in options.c. */
enum option_bit {
	OPTBIT_n, OPTBIT_q, OPTBIT_H, OPTBIT_R,
	IF_FEATURE_TOPMEM_HUMAN(OPTBIT_h,)
	IF_FEATURE_TOPMEM_SMAPS(OPTBIT_s,)
	IF_FEATURE_TOPMEM_COLUMNS(OPTBIT_k, OPTBIT_o, OPTBIT_a, OPTBIT_r,)
	IF_FEATURE_TOPMEM_SELECT(OPTBIT_p, OPTBIT_u, OPTBIT_c, OPTBIT_e,)
	IF_FEATURE_TOPMEM_PROGRAMS(OPTBIT_g, OPTBIT_b, OPTBIT_t,)
	IF_FEATURE_TOPMEM_WATCH(OPTBIT_w, OPTBIT_i,)
	IF_FEATURE_TOPMEM_LIMITS(OPTBIT_l, OPTBIT_x, OPTBIT_X,)
	IF_FORMATS(OPTBIT_f,)
	OPTBIT_PROM,
	OPT_q = 1 << OPTBIT_q,
	OPT_H = 1 << OPTBIT_H,
	OPT_R = 1 << OPTBIT_R,
	OPT_h = IF_FEATURE_TOPMEM_HUMAN((1 << OPTBIT_h)) + 0,
	OPT_s = IF_FEATURE_TOPMEM_SMAPS((1 << OPTBIT_s)) + 0,
	OPT_a = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_a)) + 0,
	OPT_r = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_r)) + 0,
	OPT_t = IF_FEATURE_TOPMEM_PROGRAMS((1 << OPTBIT_t)) + 0,
	OPT_g = IF_FEATURE_TOPMEM_PROGRAMS((1 << OPTBIT_g)) + 0,	/* -b and -t mean it, too */
	OPT_GROUPS = IF_FEATURE_TOPMEM_PROGRAMS((1 << OPTBIT_b | OPT_t)) + 0,
	OPT_p = IF_FEATURE_TOPMEM_SELECT((1 << OPTBIT_p)) + 0,
	OPT_e = IF_FEATURE_TOPMEM_SELECT((1 << OPTBIT_e)) + 0,
	OPT_w = IF_FEATURE_TOPMEM_WATCH((1 << OPTBIT_w)) + 0,
	OPT_l = IF_FEATURE_TOPMEM_LIMITS((1 << OPTBIT_l)) + 0,
	OPT_x = IF_FEATURE_TOPMEM_LIMITS((1 << OPTBIT_x)) + 0,
	OPT_CHECK = IF_FEATURE_TOPMEM_LIMITS((1 << OPTBIT_X | OPT_x)) + 0,
	/* -f json and -f prom */
	OPT_JSON = IF_FEATURE_TOPMEM_JSON((1 << OPTBIT_f)) + 0,
	OPT_PROM = IF_FEATURE_TOPMEM_PROM((1 << OPTBIT_PROM)) + 0,
	OPT_SELECT = IF_FEATURE_TOPMEM_SELECT((0xf << OPTBIT_p)) + 0,
};

/* Their values, in the same order. */
enum value {
	VALUE_n, VALUE_R,
	IF_FEATURE_TOPMEM_COLUMNS(VALUE_k, VALUE_o,)
	IF_FEATURE_TOPMEM_SELECT(VALUE_p, VALUE_u, VALUE_c, VALUE_e,)
	IF_FEATURE_TOPMEM_PROGRAMS(VALUE_b,)
	IF_FEATURE_TOPMEM_WATCH(VALUE_w, VALUE_i,)
	IF_FEATURE_TOPMEM_LIMITS(VALUE_x, VALUE_X,)
	IF_FORMATS(VALUE_f,)
	/* never given */
	IF_NOT_FEATURE_TOPMEM_COLUMNS(VALUE_k, VALUE_o,)
	IF_NOT_FEATURE_TOPMEM_SELECT(VALUE_p,)
};

struct row {
	place_t place;
	unsigned pid;
	unsigned tid;		/* whose files tell the memory: pid, unless that thread has ended */
	char comm[COMM_SIZE];
	kb_t value[N_COLUMNS];
};

/* Processes added up. */
struct program {
	place_t place;		/* the hash of its whole name */
	kb_t start;		/* of the first process */
	kb_t smaps;		/* a hash, of the last that was counted */
	kb_t sum[3];		/* USS, SHARED, SWAP */
	unsigned pid;		/* the first */
	unsigned last;		/* that was counted */
	unsigned num;
	char name[COMM_SIZE];
} __attribute__((__may_alias__));

/* A process and its size when it was first seen. */
struct seen {
	kb_t start;
	kb_t first_kb, last_kb;
	unsigned pid;
	unsigned sample;	/* the last it was seen in */
};

/* What -b adds up by. */
enum { BY_PROG, BY_USER, BY_CGROUP, BY_ARGS };

/* A line of /etc/passwd. */
struct owner {
	kb_t uid;
	const char *wanted;	/* the name looked for; NULL: by uid */
	char name[COMM_SIZE];
};

/* VAR or VAR=VALUE */
struct variable {
	const char *wanted;
	bool found;
	bool any;		/* there is an environment */
};

/* A folder of which the entries that are numbers are read. */
struct dir {
	int fd;
	unsigned pos, len;
	char buf[DIR_SIZE + FILE_NAME_SIZE] ALIGNED(8);	/* the path of a file is made behind the last entry, too */
};

/* Everything, in fixed room.  What is used most comes first: that is less code. */
struct topmem {
	unsigned opt;		/* enum option_bit */
	unsigned wanted;	/* -n; 0 = every process */
	unsigned n_rows, max_rows;
	unsigned shown_rows;
	unsigned sample;	/* how many there were before this one */
	unsigned unreadable;
	unsigned n_candidates;

	unsigned out_len;
	int out_fd;
	unsigned width;		/* of the terminal; 0 = none */
	unsigned height;	/* what is left of it */
	unsigned at;		/* this column of it */

	char *path, *path_end;

	/* the pass */
	place_t last;		/* the last row of the pass before: places must be lower */
	place_t limit;		/* and higher than this: the others reach no row */
	place_t flip;		/* all ones: the smallest first */
	place_t floor;		/* where all are printed: places must not be lower */

	/* what this procfs is like */
	kb_t memory[N_MEMORY];
	bool statm_ok;		/* statm agrees with status */
	uint8_t page_kb;	/* a page of statm */
	bool smaps_seen;	/* this kernel has smaps */
	bool rss_exact;		/* this kernel's RSS does not lag behind */

	/* what the options mean */
	bool bounded;		/* smaps has what is ranked by, or all are measured by it */
	uint8_t rank_by;
	uint8_t from;		/* where rows come from */
	uint8_t scan_from;	/* where the value ranked by, or its bound, comes from */
	bool scan_rss;		/* RSS of statm is all that the scan needs */
	bool settle_all;	/* all processes are measured, as if they were rows */
	uint8_t n_shown;
	uint8_t by;		/* what groups are */
	uint8_t left_out;	/* the growth of some is unknown: 1, and 2 when that has been told */
	bool shares;		/* of the limit are shown */
	bool begun;		/* the sample: what comes before the rows has been printed */
	bool silent;		/* no rows of it are */
#if ENABLE_FEATURE_TOPMEM_LIMITS
	uint8_t state;		/* of a check: the exit status */
	uint8_t cgroup_rank;	/* what cgroup_path() has told */
	char *below_mount;	/* where in t->cgroup what is mounted ends; NULL: nothing is */
	struct threshold {
		kb_t warning, critical;
	} threshold[2];		/* in kB; of -x and -X */
#endif
#if ENABLE_FEATURE_TOPMEM_PROM
	const struct shown *metric;	/* its column; NULL: none */
	bool metric_told;	/* its head has been printed */
	unsigned processes;	/* seen */
#endif

#if ENABLE_FEATURE_TOPMEM_PROGRAMS
	/* the pass over groups */
	struct program *group;
	place_t last_group, group_limit;	/* as those of rows */
	unsigned n_groups, max_groups;
#endif
#if ENABLE_FEATURE_TOPMEM_WATCH
	unsigned interval_ms;	/* -w; 0 = once */
	unsigned samples;	/* -i; 0 = no end */
	uint64_t start_ms;
	kb_t newest, newest_before;	/* the START of the latest process seen, and in the samples before */
#endif
	const char *value[15];	/* of options; enum value */
	unsigned cpus;		/* at most */
	unsigned max_candidates;
	kb_t unreadable_rss_kb;
	char path_buf[FILE_NAME_SIZE];	/* of a file or a number */
	char statm[160];	/* seven numbers of up to 20 digits */

	struct shown {
		uint8_t column, kind, width;
	} shown[MAX_SHOWN + 1];	/* up to the first of no kind */
	IF_FEATURE_TOPMEM_COLUMNS(struct owner owner;)
#if ENABLE_FEATURE_TOPMEM_SELECT
	unsigned n_uids;
#endif

	/* From here on nothing is set at the start.  rss_is_exact() needs a page
	 * that nobody has used: on a stack what comes first lies deepest. */
	union {
		struct row row[CONFIG_TOPMEM_ROWS];
		IF_FEATURE_TOPMEM_LIMITS(char cgroup[READ_SIZE];)	/* before there are rows */
	};
	/* Groups take what there is no row in, too. */
	union {
		IF_FEATURE_TOPMEM_PROGRAMS(struct program more_groups[19];)
		IF_FEATURE_TOPMEM_WATCH(struct seen seen[64];)
	};
	place_t candidate[CONFIG_TOPMEM_ROWS + SPARE];
	char file[READ_SIZE + 16];	/* behind it is what ends a search, and what is seen of a line at a glance */
	struct dir procs;
	char out[OUT_SIZE];
	struct row new_row;
#if ENABLE_FEATURE_TOPMEM_PROGRAMS
	struct program key;	/* that of a process */
	struct program parent;	/* of the processes met last: its Name, the hash of its file */
	struct program total;
#endif
#if ENABLE_FEATURE_TOPMEM_SELECT
	kb_t uid[16];		/* those of -u */
#endif
};

#ifndef FIXED_ROOM
# define FIXED_ROOM	/* of BusyBox there is one for all applets: here the stack */
#endif

#ifndef at_hand
# define at_hand(p) (p)		/* it is there */
#endif

/* What is switched off. */
#ifndef lock_memory
# define lock_memory() ((void)0)	/* that of all of BusyBox is a megabyte */
#endif
#if !ENABLE_FEATURE_TOPMEM_SELECT
# define has_variable(t, or_no_environment) true
# define selected(t, row) true
# define check_selection(t) ((void)0)
#endif
#if !ENABLE_FEATURE_TOPMEM_PROGRAMS
# define scan_groups(t) ((void)0)
#endif
#if !ENABLE_FEATURE_TOPMEM_WATCH
# define wait_for_sample(t) false
#endif
#if !ENABLE_FEATURE_TOPMEM_LIMITS && !ENABLE_FEATURE_TOPMEM_JSON && !ENABLE_FEATURE_TOPMEM_PROM
# define put_memory(t) ((void)0)
# define unit_of(kind, of_sizes, of_shares) ""
#endif
#if ENABLE_FEATURE_TOPMEM_LIMITS
# define is_silent(t) ((t)->silent)
#else
# define is_silent(t) false
# define check(t) ((void)0)
# define put_check(t) ((void)0)
#endif
#if !ENABLE_FEATURE_TOPMEM_PROM
# define print_metric(t, row) ((void)0)
# define put_metric(t, group, name, unit, help, value) ((void)0)
# define next_metric(t) false
#endif

/* Gets each line, with its newline at end; the 15 bytes behind may be read. */
typedef void line_function(void *into, const char *line, const char *end);

/* parse.c */
bool known_above_0(kb_t value);
void clear_row(struct row *row);
kb_t add_kb(kb_t a, kb_t b);
kb_t less_kb(kb_t a, kb_t b);
kb_t times_kb(kb_t a, kb_t b);
kb_t parse_number(const char **text);
kb_t parse_thousandths(const char **text);
void parse_statm(const struct topmem *t, struct row *row);
const char *next_text(const char *text);
const char *nth_text(const char *texts, unsigned n);
const char *after(const char *prefix, const char *text);
line_function parse_status_line, parse_memory_line, parse_smaps_line, parse_cpus_line, parse_limit_line;
const char *cgroup_path(const char *line, const char *end, unsigned *rank);
const char *parse_mount(char *line, const char *end, bool version_2, const char **root);
line_function parse_variable;
line_function parse_signed_line, parse_stat, parse_cgroup_line, parse_passwd_line, parse_mounts_line;
place_t add_hash(place_t hash, const char *text, const char *end);
void copy_name(char *name, const char *text, const char *end);
void set_name(struct program *group, const char *name, const char *end);
unsigned utf8_length(const char *text, const char *end);

/* procfs.c */
void open_procfs(struct topmem *t);
void rewind_processes(struct topmem *t);
bool next_entry(struct topmem *t, struct dir *dir);
unsigned path_number(const struct topmem *t);
bool enter_name(struct topmem *t, const char *name);
bool enter_number(struct topmem *t, unsigned number);
bool enter_thread(struct topmem *t, const struct row *row);
bool open_threads(struct topmem *t, struct dir *threads);
void close_threads(struct topmem *t, struct dir *threads);
bool has_ended(void);
void leave(struct topmem *t);
int open_file(struct topmem *t, unsigned file);
void read_statm(struct topmem *t);
void note_unreadable(struct topmem *t, kb_t rss_kb);
place_t read_exe(struct topmem *t);
bool exe_is_there(struct topmem *t);
bool read_status(struct topmem *t, struct row *row);
void read_stat(struct topmem *t, struct row *row);
bool read_each_line(struct topmem *t, enum file file, line_function *each, void *into);

/* rank.c */
place_t rank_insert(void *list, size_t size, unsigned *n, unsigned max, const void *element);

/* select.c */
#if ENABLE_FEATURE_TOPMEM_SELECT
bool has_variable(struct topmem *t, bool or_no_environment);
bool selected(struct topmem *t, struct row *row);
void check_selection(struct topmem *t);
#endif

/* program.c */
#if ENABLE_FEATURE_TOPMEM_PROGRAMS
void scan_groups(struct topmem *t);
#endif

/* watch.c */
void put_times(struct topmem *t, const char *between);
#if ENABLE_FEATURE_TOPMEM_WATCH
bool wait_for_sample(struct topmem *t);
#endif
kb_t find_growth(struct topmem *t, const struct row *row);

/* scan.c */
void read_identity(struct topmem *t, struct row *row);
bool read_row(struct topmem *t, struct row *row);
void keep_row(struct topmem *t, struct row *row);
void learn_procfs(struct topmem *t);
void scan(struct topmem *t);

/* limit.c */
void read_memory(struct topmem *t);
#if ENABLE_FEATURE_TOPMEM_LIMITS || ENABLE_FEATURE_TOPMEM_JSON || ENABLE_FEATURE_TOPMEM_PROM
void put_memory(struct topmem *t);
#endif
#if ENABLE_FEATURE_TOPMEM_LIMITS
void set_thresholds(struct topmem *t, unsigned option, kb_t all);
void check(struct topmem *t);
void put_check(struct topmem *t);
#endif

/* column.c */
#if ENABLE_FEATURE_TOPMEM_LIMITS || ENABLE_FEATURE_TOPMEM_JSON || ENABLE_FEATURE_TOPMEM_PROM
const char *unit_of(unsigned kind, const char *of_sizes, const char *of_shares);
#endif
char *format_value(struct topmem *t, unsigned kind, kb_t value, char *end);
extern const struct column_info column_info[];
extern const char column_texts[];
extern const char by_names[][8];
void show_column(struct topmem *t, unsigned column, unsigned kind);
void fit_columns(struct topmem *t, const struct row *row);
const char *column_name(const struct topmem *t, unsigned column);
void print_command(struct topmem *t, const struct row *row, unsigned column);
void put_right(struct topmem *t, unsigned kind, kb_t value, unsigned width);
void put_value(struct topmem *t, unsigned kind, kb_t value);
void put_number(struct topmem *t, kb_t number);
#if ENABLE_FEATURE_TOPMEM_PROM
bool next_metric(struct topmem *t);
void put_metric(struct topmem *t, const char *group, const char *name, const char *unit, const char *help, kb_t value);
#endif
void print_total(struct topmem *t);
void print_row(struct topmem *t, const struct row *row);

/* emit.c */
NORETURN void give_up(const char *what, const char *why);
void put_escape(struct topmem *t, char command);
void put_char(struct topmem *t, char c);
void put_bytes(struct topmem *t, const char *text, const char *end);
void put_text(struct topmem *t, const char *text);
char *format_number(char *end, kb_t number);
unsigned put_safe_char(struct topmem *t, const char *text, const char *end);
void put_safe(struct topmem *t, const char *text, const char *end);
void flush(struct topmem *t);
void begin_message(struct topmem *t);
void end_message(struct topmem *t);

/* options.c */
void read_options(struct topmem *t, char **argv);

#endif
