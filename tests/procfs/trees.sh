# Recorded procfs trees: unpacking them, and what topmem should say about them.
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=sh

trees=${top:?}/tests/procfs

# unpack NAME [FILE]: the tree of NAME.tree, or of FILE, is in $tree afterwards
unpack()
{
	tree=$SHUNIT_TMPDIR/$1
	[ -d "$tree" ] && return
	set -- "${2:-$trees/$1.tree}"
	mkdir "$tree"
	awk -v mode=folders -f "$trees/unpack.awk" "$1" | sort -u |
		(cd "$tree" && xargs mkdir -p) &&
	awk -v dir="$tree" -f "$trees/unpack.awk" "$1"
}

# facts PAGE: looks at everything in $tree, where a page of statm has PAGE kB; 0: not to be trusted
facts()
{
	(cd "$tree" && find . -type f | awk -v page="$1" -f "$trees/facts.awk") >"$tree.facts"
}

# ranking COLUMNS KEY N [VAR=VALUE]...: the rows that $tree should give, see rank.awk
ranking()
{
	show=$1 key=$2 n=$3
	shift 3
	awk -F '\t' -v show="$show" -v key="$key" -v n="$n" -f "$trees/rank.awk" "$@" "$tree.facts"
}

# one blank between cells
squeeze()
{
	sed 's/^ *//; s/ *$//; s/   */ /g' "$@"
}

# process ROOT PID RSS NAME [LINE]...: a process of 4 kB pages as a present kernel tells of it, and
# more lines for its status; the Name as it stands there
process()
{
	root=$1 pid=$2 kb=$3 name=$4
	shift 4
	mkdir -p "$root/$pid"
	{
		printf 'Name:\t%s\n' "$name"
		printf 'Umask:\t0022\nState:\tS (sleeping)\nTgid:\t%s\nNgid:\t0\nPid:\t%s\n' "$pid" "$pid"
		printf 'PPid:\t1\nTracerPid:\t0\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nFDSize:\t64\n'
		printf 'Groups:\t0 \nVmPeak:\t%8s kB\nVmSize:\t%8s kB\n' "$kb" "$kb"
		printf 'VmHWM:\t%8s kB\nVmRSS:\t%8s kB\nRssAnon:\t%8s kB\n' "$kb" "$kb" "$kb"
		printf 'RssFile:\t       0 kB\nRssShmem:\t       0 kB\nVmSwap:\t       0 kB\n'
		[ $# -eq 0 ] || printf '%s\n' "$@"
		printf 'Threads:\t1\nSigQ:\t0/7719\n'
	} >"$root/$pid/status"
	echo "$((kb / 4)) $((kb / 4)) 0 0 0 0 0" >"$root/$pid/statm"
	echo "$pid (x) S 1 1 1 0 -1 4194560 155 0 0 0 0 0 0 0 20 0 1 0 $pid $((kb * 1024)) $((kb / 4)) 0" \
		>"$root/$pid/stat"
}
