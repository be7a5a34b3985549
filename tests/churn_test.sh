#!/bin/sh
# Processes that end, or whose number another one gets, while topmem runs: there is always
# an answer, and no row is of two processes.
#
# The largest are killed before the 1st, the 2nd, ... system call topmem makes.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone "$@"
not_emulated "most system calls are the emulator's"

oneTimeSetUp()
{
	helper memproc killat || return
	start memproc private=2M name=second || return
}

# killat makes "old" of 4 MB and "new" of 3 MB. A line is "PID KB... NAME", and all of its
# sizes are of that order. Prints the lines that are not so
wrong()
{
	awk '
		function within(mb,    i) {
			for (i = 2; i < NF; i++)
				if ($i !~ /\./ && ($i < mb * 1024 || $i >= (mb + 1) * 1024))
					return 0 # a share has a point
			return NF > 2
		}
		seen[$1, $NF]++ { print "twice: " $0; next }
		$NF == "old" { if (!within(4)) print; next }
		$NF == "new" { if (!within(3)) print; next }
		$NF == "second" && ($2 < 2048 || $2 >= 3072)' "$1"
}

# sweep MODE COUNT STEP ARG...: kills at each STEPth system call
sweep()
{
	mode=$1 count=$2 step=$3
	shift 3
	call=1
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	while
		# shellcheck disable=SC2086 # TOPMEM may be several words
		"$helpers/killat" $call "$mode" "$count" $TOPMEM -H "$@" >"$out" 2>"$err"
		status=$?
		[ $status != 99 ]
	do
		wrong=$(wrong "$out")
		if [ $status != 0 ] || [ ! -s "$out" ] || [ -s "$err" ] || [ -n "$wrong" ]; then
			fail "$* with $count $mode at call $call: status $status, $(cat "$err") wrong: $wrong"
		fi
		call=$((call + step))
	done
	assertTrue "$*: $call calls only" "[ $call -gt 20 ]"
}

sweep_modes() # COUNT STEP ARG...
{
	for each in zombie gone reused; do
		sweep $each "$@"
	done
}

test_winner_ends()
{
	sweep_modes 1 1 -n 1
	! has o || sweep_modes 1 1 -o pid,rss,vsz,hwm,data,comm
}

test_winner_ends_exact()
{
	needs s o || return 0
	sweep_modes 1 1 -s -o pid,uss,pss,rss,vsz,hwm,data,comm
}

test_one_of_several_ends()
{
	needs s o || return 0
	sweep_modes 1 1 -n 4 -o pid,rss,vsz,hwm,comm
	sweep_modes 1 1 -s -n 4 -o pid,uss,rss,vsz,hwm,comm
}

test_one_of_all_ends()
{
	needs s o || return 0
	sweep_modes 1 1 -n 0 -o pid,rss,hwm,vsz,comm
	sweep_modes 1 1 -n 0 -o pid,uss,rss,hwm,comm
}

# More at once than are held
test_all_candidates_end()
{
	sweep_modes 30 13 -n 1
	needs s o || return 0
	sweep_modes 30 29 -s -o pid,uss,rss,comm
	sweep_modes 30 61 -n 20 -o pid,rss,vsz,comm
}

# Whatever is killed at whatever time
test_killed_at_random()
{
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		start memproc fork=30 private=~9M
		{ sleep 0.00$((i % 10)); kill -9 "$pid"; } &
		killer=$!
		for arg in 1 2 3; do
			topmem -n $arg
			assertEquals "status" 0 $?
			assertEquals "rows" $((arg + 1)) "$(wc -l <"$out")"
			assertEquals "stderr" "" "$(cat "$err")"
		done
		wait $killer
		stop "$pid"
	done
}

# A zombie is asked for its threads, and is gone between the opening of their folder and the
# stepping into it: strace holds that call, the next of its kind behind the opening, until then
test_zombie_gone_while_its_threads_are_looked_for()
{
	sh -c ': & exec sleep 1' &
	sleep 0.3
	# shellcheck disable=SC2086 # TOPMEM may be several words
	which=$(strace -e trace=open,openat,fchdir $TOPMEM -q 2>&1 |
		awk '/task/ { task = 1 } /^fchdir/ { n++; if (task) { print n; exit } }')
	# shellcheck disable=SC2086 # TOPMEM may be several words
	strace -o "$SHUNIT_TMPDIR/trace" -e trace=fchdir -e inject="fchdir:delay_enter=2000000:when=$which" \
		$TOPMEM -q >"$out" 2>"$err"
	assertEquals status 0 $?
	assertEquals stderr "" "$(cat "$err")"
	assertEquals rows 1 "$(wc -l <"$out")"
	assertTrue "it was not gone" "grep -q ESRCH '$SHUNIT_TMPDIR/trace'"
}

# shellcheck source=/dev/null
. shunit2
