#!/bin/sh
# Processes that end, or whose number another one gets, while topmem runs: there is always
# an answer, and no row is of two processes.
#
# The largest are killed before the 1st, the 2nd, ... system call topmem makes. Then a thousand
# processes a second begin and end, for 10 seconds or those of CHURN=60, with PIDs that wrap; fewer, where the machine is
# slow, but two thousand in all.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone "$@"
not_emulated "most system calls are the emulator's"

watchers=

oneTimeSetUp()
{
	helper memproc killat churn || return
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

# stop_behind FILE ARG...: starts topmem ARG..., which strace stops when it has opened the last file of
# this name. Its PID is in $stopped
stop_behind()
{
	file=$1
	shift
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err trace=$SHUNIT_TMPDIR/trace
	: >"$trace"
	# Which of its calls that is: open(".../task/" or openat(AT_FDCWD, ".../task/"
	# shellcheck disable=SC2086 # TOPMEM may be several words
	which=$(strace -e trace=open,openat $TOPMEM "$@" 2>&1 >/dev/null |
		awk -v file="$file" '{ sub(/\(/, " "); n[$1]++ } index($0, file) { which = $1 ":signal=STOP:when=" n[$1] }
			END { print which }')
	# shellcheck disable=SC2086 # TOPMEM may be several words
	strace -f -o "$trace" -e trace=open,openat,read,fchdir -e inject="$which" $TOPMEM "$@" >"$out" 2>"$err" &
	tracer=$!
	started="$started $tracer"
	wait_until grep -q 'stopped by SIGSTOP' "$trace" || return
	stopped=$(awk '{ print $1; exit }' "$trace")
}

# go_on: it does, to its end. Its status is returned
go_on()
{
	kill -CONT "$stopped"
	wait "$tracer"
}

# is STATE NAME PID: that one is in this state, and goes by this name
is()
{
	grep -q "^State:.$1" "/proc/$3/status" && [ "$(cat "/proc/$3/comm")" = "$2" ]
}

# A zombie is asked for its threads, and is gone between the opening of their folder and the
# stepping into it
test_zombie_gone_while_its_threads_are_looked_for()
{
	sh -c ': & exec sleep 1000' &
	parent=$!
	started="$started $parent"
	wait_until is S sleep $parent || return
	zombie=$(cat /proc/$parent/task/$parent/children)
	wait_until grep -q '^State:.Z' "/proc/${zombie% }/status" || return
	stop_behind task/ -q || return
	stop $parent
	wait_until [ ! -e "/proc/${zombie% }" ]
	go_on
	assertEquals status 0 $?
	assertEquals stderr "" "$(cat "$err")"
	assertEquals rows 1 "$(wc -l <"$out")"
	assertTrue "it was not gone" "grep -q 'fchdir.*ESRCH' '$trace'"
}

# One starts another program between the opening of its smaps_rollup and the reading
test_another_program_while_smaps_is_read()
{
	needs s o p || return 0
	[ -r /proc/self/smaps_rollup ] || { skip 'smaps_rollup is not there'; return 0; }
	mkfifo "$SHUNIT_TMPDIR/go"
	# shellcheck disable=SC2016 # those of another shell
	sh -c 'read -r _ <"$0"; exec "$@"' "$SHUNIT_TMPDIR/go" "$helpers/memproc" private=1M name=other >/dev/null &
	number=$!
	started="$started $number"
	stop_behind smaps_rollup -sH -p $number -o uss,comm || return
	echo >"$SHUNIT_TMPDIR/go"
	wait_until is T other $number
	go_on
	assertEquals status 0 $?
	assertEquals stderr "" "$(cat "$err")"
	assertEquals "its USS is known" "$(awk '/^Private/ { sum += $2 } END { print sum + 0 }' \
		"/proc/$number/smaps_rollup") other" "$(xargs <"$out")"
	assertTrue "it was the same program" "grep -q 'read.*ESRCH' '$trace'"
	stop $number
}

# mixed: the lines "PID USER RSS THR NAME" that are of no process that there ever was. Those of
# kindN have the owner 200N, and N * 384 kB and what a child of churn has besides
mixed()
{
	awk '
		$NF !~ /^kind[1-3]$/ { next }
		{
			kind = substr($NF, 5)
			kinds[kind]++
		}
		NF != 5 || $2 != 2000 + kind || $4 != 1 ||
			($3 != "-" && ($3 < kind * 384 || $3 >= (kind + 1) * 384)) { print }
		END { print kinds[1] + 0, kinds[2] + 0, kinds[3] + 0 >"/dev/stderr" }' "$1"
}

# descriptors PID: how many it has of procfs and what is in there
descriptors()
{
	find "/proc/$1/fd" -lname '/proc*' | grep -c .
}

test_thousand_a_second()
{
	needs s g w o || return 0
	[ "$(id -u)" = 0 ] || { skip 'only root makes them'; return 0; }
	seconds=${CHURN:-10}
	launch "$helpers/churn" "$seconds" 7>"$SHUNIT_TMPDIR/count" || return
	churn=$pid
	# Three go on all the time
	for mode in '-n 0' '-s -n 30' '-g'; do
		# shellcheck disable=SC2086 # several words
		$TOPMEM -w .2 $mode >/dev/null 2>"$SHUNIT_TMPDIR/watch.err" &
		started="$started $!"
		watchers="$watchers $!"
	done
	answers=0
	rows="$SHUNIT_TMPDIR/rows"
	: >"$rows"
	while kill -0 "$churn" 2>/dev/null && [ "$(awk '{ print $3 }' "/proc/$churn/stat" 2>/dev/null)" != Z ]; do
		for args in '-n 0' '-n 30' '-n 30 -s' '-k uss -n 5'; do
			# shellcheck disable=SC2086 # several words
			topmem -H -o pid,user,rss,thr,comm $args
			status=$?
			assertEquals "$args: status" 0 $status
			[ -s "$out" ] || fail "$args: nothing"
			[ ! -s "$err" ] || fail "$args: $(cat "$err")"
			cat "$out" >>"$rows"
			answers=$((answers + 1))
		done
		for args in -g -t '-b user'; do
			# shellcheck disable=SC2086 # several words
			topmem $args || fail "$args: $(cat "$err")"
			answers=$((answers + 1))
		done
	done
	wait "$churn"
	assertEquals 'churn' 0 $?
	read -r forks milliseconds <"$SHUNIT_TMPDIR/count"
	echo "$forks processes in $milliseconds ms, $answers answers"
	assertEquals 'mixed' '' "$(mixed "$rows" 2>"$SHUNIT_TMPDIR/kinds")"
	# All kinds were seen, many times
	awk '{ exit !($1 > 20 && $2 > 20 && $3 > 20) }' "$SHUNIT_TMPDIR/kinds" || fail "$(cat "$SHUNIT_TMPDIR/kinds")"
	sleep 0.2
	for pid in $watchers; do
		assertTrue "$pid goes on" "kill -0 $pid"
		# The standard ones and procfs; a file is open only while it is read
		# Only while a process is read there are more
		wait_until eval "[ \$(descriptors $pid) -le 1 ]"
		kill "$pid"
		wait "$pid" 2>/dev/null
	done
	assertEquals '' "$(cat "$SHUNIT_TMPDIR/watch.err")"
}

# shellcheck source=/dev/null
. shunit2
