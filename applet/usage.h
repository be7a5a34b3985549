/* SPDX-License-Identifier: 0BSD */
/* The usage text, in BusyBox's form. */
#define topmem_trivial_usage \
       "[OPTIONS]"
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
	) \
	IF_FEATURE_TOPMEM_SELECT( \
     "\n	-p PID,...	Only these" \
     "\n	-u USER,...	Of these owners" \
     "\n	-c NAME,...	Of these names" \
     "\n	-e VAR[=VALUE]	With it in the environment" \
	) \
	IF_FEATURE_TOPMEM_PROGRAMS( \
     "\n	-g	Add up by program" \
     "\n	-b BY	Add up by user, cgroup or args" \
     "\n	-t	Only the total" \
	) \
	IF_FEATURE_TOPMEM_WATCH( \
     "\n	-w SEC	Again every SEC seconds" \
     "\n	-i N	Stop after N samples" \
	) \
	IF_FEATURE_TOPMEM_LIMITS( \
     "\n	-l	Memory as a whole first" \
     "\n	-x WARN[,CRIT]	Check the first row: 80M, 5%" \
     "\n	-X WARN[,CRIT]	Check what is used in all" \
	) \
	IF_FEATURE_TOPMEM_JSON( \
     "\n	-f json	JSON" \
	) \
	IF_FEATURE_TOPMEM_PROM( \
     "\n	-f prom	Metrics for Prometheus" \
	)
