/* SPDX-License-Identifier: 0BSD */
/*
 * topmem: what its files share.
 *
 * The way through the house: topmem.c has the options read (options.c), lets
 * scan.c go over the processes and keep the largest (rank.c), and prints them
 * by the table in column.c, through the buffer of emit.c.  Below, procfs.c
 * opens files and parse.c makes numbers of their text.  The smallest build is
 * another house: tiny.c, of one room.
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

/*
 * Where a process stands in a ranking, as one number: the value ranked by and,
 * of equal values, the lower PID first.  A value takes 40 bits, so those of a
 * PB and more are equal here; a PID 24 bits, as no kernel has more than 22.
 */
typedef uint64_t place_t;

#define COLUMN_NUMBER(number, name, kind, from, help) number,
/* The columns, and the values of a row. */
enum column {
	FIRST_COLUMNS(COLUMN_NUMBER)
	IF_FEATURE_TOPMEM_SMAPS(SMAPS_COLUMNS(COLUMN_NUMBER))
	OTHER_COLUMNS(COLUMN_NUMBER)
	START,				/* in clock ticks; not shown, it tells a PID used again */

	N_VALUES = ENABLE_FEATURE_TOPMEM_COLUMNS ? START + 1 : PPID,
	N_COLUMNS = ENABLE_FEATURE_TOPMEM_COLUMNS ? START : PPID,
};

enum kind { NUMBER, SIGNED, SIZE, SHARE, OWNER, NAME };

/* Where a column's value comes from. */
enum {
	FROM_STATUS = 1,
	FROM_OOM_SCORE = 2,
	FROM_OOM_SCORE_ADJ = 4,
	FROM_CMDLINE = 8,
	FROM_SMAPS = 16,
	SMAPS_TOO = 32,		/* from smaps, if that is read */
	SWAP_TOO = 64,		/* RSS does not bound it */
};

/* All that is ever opened, besides procfs itself. */
enum file {
	FILE_STATM,
	FILE_STATUS, FILE_MEMINFO, FILE_TASK,
	IF_FEATURE_TOPMEM_SMAPS(FILE_SMAPS_ROLLUP, FILE_SMAPS,)
	IF_FEATURE_TOPMEM_COLUMNS(FILE_OOM_SCORE, FILE_OOM_SCORE_ADJ, FILE_STAT, FILE_CMDLINE, FILE_PASSWD,)
	FILE_1_STATM, FILE_MOUNTS,

	FILE_NAME_SIZE = 16,	/* "oom_score_adj" */
};

struct column_info {
	uint8_t kind;
	uint8_t from;
};

enum {
	EXIT_TROUBLE = 3,

	MAX_SHOWN = ENABLE_FEATURE_TOPMEM_COLUMNS ? 40 : 6,
	SIGNED_BIAS = 1000,	/* oom_score_adj starts at -1000, a kb_t at 0 */
	NUMBER_SIZE = 20,	/* digits of KB_UNKNOWN */

	/* Candidates besides the rows held, so that the answer survives the
	 * end of processes between scan and print */
	SPARE = 8,
	/* TASK_COMM_LEN is 16; what captures hold beyond this is cut */
	COMM_SIZE = 32,
	/* seq_file hands out a page a read at most, and every read of smaps
	 * takes the mapping lock anew.  Longer lines are left out: Groups
	 * may be one, and none that matters. */
	READ_SIZE = ENABLE_FEATURE_TOPMEM_SMAPS ? 4096 : 1024,
	DIR_SIZE = 1024,	/* 32 processes a call */
	OUT_SIZE = 512,
};

/* In the order of the string in options.c. */
enum option_bit {
	OPTBIT_n, OPTBIT_q, OPTBIT_H, OPTBIT_R,
	IF_FEATURE_TOPMEM_HUMAN(OPTBIT_h,)
	IF_FEATURE_TOPMEM_SMAPS(OPTBIT_s,)
	IF_FEATURE_TOPMEM_COLUMNS(OPTBIT_k, OPTBIT_o, OPTBIT_a, OPTBIT_r,)
	OPT_n = 1 << OPTBIT_n,
	OPT_q = 1 << OPTBIT_q,
	OPT_H = 1 << OPTBIT_H,
	OPT_h = IF_FEATURE_TOPMEM_HUMAN((1 << OPTBIT_h)) + 0,
	OPT_s = IF_FEATURE_TOPMEM_SMAPS((1 << OPTBIT_s)) + 0,
	OPT_a = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_a)) + 0,
	OPT_r = IF_FEATURE_TOPMEM_COLUMNS((1 << OPTBIT_r)) + 0,
};

struct row {
	place_t place;
	unsigned pid;
	unsigned tid;		/* whose files tell the memory: pid, unless that thread has ended */
	kb_t value[N_VALUES];
	char comm[COMM_SIZE];
};

/* A line of /etc/passwd. */
struct owner {
	kb_t uid;
	char name[33];
};

/* A folder of which the entries that are numbers are read. */
struct dir {
	int fd;
	unsigned pos, len;
	char buf[DIR_SIZE + FILE_NAME_SIZE] ALIGNED(8);	/* the path of a file is made behind the last entry, too */
};

/* Everything, in fixed room.  What is used most comes first: that is less code. */
struct topmem {
	unsigned out_len;
	int out_fd;
	unsigned path_len;
	char *path;

	char path_buf[FILE_NAME_SIZE];	/* of a file or a number */

	/* what this procfs is like */
	bool statm_ok;		/* statm agrees with status */
	unsigned page_kb;	/* a page of statm */
	bool smaps_seen;	/* this kernel has smaps */
	bool rss_exact;		/* this kernel's RSS does not lag behind */
	bool no_hugetlb;	/* there are no hugetlb pages, which RSS would leave out */
	unsigned cpus;		/* at most */
	kb_t mem_total_kb;

	/* options */
	unsigned opt;		/* enum option_bit */
	bool smaps;		/* -s, or a column that only smaps has */
	bool bounded;		/* smaps has what is ranked by */
	uint8_t rank_by;
	uint8_t from;		/* where rows come from */
	uint8_t scan_from;	/* where the value ranked by, or its bound, comes from */
	bool scan_rss;		/* RSS is all that the scan needs */
	uint8_t n_shown;
	unsigned wanted;	/* -n; 0 = every process */
	const char *dir;	/* -R */

	/* the pass */
	place_t last;		/* the last row of the pass before: places must be lower */
	place_t limit;		/* and higher than this: the others reach no row */
	place_t flip;		/* all ones: the smallest first */
	unsigned n_candidates, max_candidates;
	unsigned n_rows, max_rows;
	unsigned shown_rows;
	unsigned unreadable;
	kb_t unreadable_rss_kb;

	struct shown {
		uint8_t column, kind, width;
	} shown[MAX_SHOWN];
	IF_FEATURE_TOPMEM_COLUMNS(struct owner owner;)
	char out[OUT_SIZE];
	struct row new_row;

	/* From here on nothing is set at the start. */
	struct dir procs;
	/* rss_is_exact() needs a page that nobody has used. */
	struct row row[CONFIG_TOPMEM_ROWS];
	place_t candidate[CONFIG_TOPMEM_ROWS + SPARE];
	char file[READ_SIZE];
};

/* Gets each line, with its newline at end. */
typedef void line_function(void *into, const char *line, const char *end);

/* parse.c */
bool known_above_0(kb_t value);
kb_t add_kb(kb_t a, kb_t b);
kb_t less_kb(kb_t a, kb_t b);
kb_t times_kb(kb_t a, kb_t b);
kb_t parse_number(const char **text);
const char *next_text(const char *text);
const char *after(const char *prefix, const char *text);
line_function parse_status_line, parse_smaps_line, parse_cpus_line;
line_function parse_signed_line, parse_start_line, parse_passwd_line, parse_mounts_line;
unsigned utf8_length(const char *text, const char *end);

/* procfs.c */
void open_procfs(struct topmem *t);
void rewind_processes(struct topmem *t);
unsigned next_process(struct topmem *t);
unsigned next_number(struct topmem *t, struct dir *dir);
bool enter_name(struct topmem *t, const char *name);
bool enter_number(struct topmem *t, unsigned number);
bool open_threads(struct topmem *t, struct dir *threads);
void close_threads(struct topmem *t, struct dir *threads);
void enter(int fd);
void clear_path(struct topmem *t);
int open_file(struct topmem *t, unsigned file);
void read_statm(struct topmem *t, struct row *row, enum column first, enum column last);
bool read_each_line(struct topmem *t, enum file file, line_function *each, void *into);

/* rank.c */
place_t rank_insert(void *list, size_t size, unsigned *n, unsigned max, const void *element);

/* scan.c */
void learn_procfs(struct topmem *t);
void scan(struct topmem *t);

/* column.c */
extern const struct column_info column_info[];
extern const char column_texts[];
void show_column(struct topmem *t, unsigned column, unsigned kind);
void fit_columns(struct topmem *t, const struct row *row);
void print_row(struct topmem *t, const struct row *row);

/* emit.c */
NORETURN void die(const char *what, const char *why);
void put_char(struct topmem *t, char c);
void put_bytes(struct topmem *t, const char *text, const char *end);
void put_text(struct topmem *t, const char *text);
char *format_number(char *end, kb_t number);
void put_number(struct topmem *t, kb_t number);
unsigned put_safe_char(struct topmem *t, const char *text, const char *end);
void flush(struct topmem *t);
void begin_message(struct topmem *t);
void end_message(struct topmem *t);

/* options.c */
void read_options(struct topmem *t, char **argv);

#endif
