/* SPDX-License-Identifier: 0BSD */
/* The usage text, in BusyBox's form. */
#define topmem_trivial_usage \
       "[-qH" IF_FEATURE_TOPMEM_HUMAN("h") IF_FEATURE_TOPMEM_SMAPS("s") \
	IF_FEATURE_TOPMEM_COLUMNS("ar") "] [-n N] [-R DIR]" \
	IF_FEATURE_TOPMEM_COLUMNS(" [-k COL] [-o COL,...]")
#define topmem_full_usage "\n\n" \
       "Show the process using the most memory\n" \
     "\n	-n N	N largest (default 1; 0: all, unsorted)" \
     "\n	-q	Only PIDs" \
     "\n	-H	No header" \
     "\n	-R DIR	procfs (default /proc)" \
	IF_FEATURE_TOPMEM_HUMAN( \
     "\n	-h	Sizes as 812K 79.8M" \
	) \
	IF_FEATURE_TOPMEM_SMAPS( \
     "\n	-s	Exact, from smaps; rank by USS" \
	) \
	IF_FEATURE_TOPMEM_COLUMNS( \
     "\n	-k COL	Rank by COL" \
     "\n	-o COL	Columns (help: list them)" \
     "\n	-a	Whole command lines" \
     "\n	-r	Largest last" \
	)
