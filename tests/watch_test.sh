#!/bin/sh
# Again and again: -w and -i. Form, number and rhythm of the samples, how they end, what they take, and
# the column grow.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone "$@"

time_line='^[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z up [0-9][0-9]*$'

# forty processes, 140 the largest
oneTimeSetUp()
{
	helper memproc hwm step || return
	forty=$SHUNIT_TMPDIR/forty
	number=101
	while [ $number -le 140 ]; do
		process "$forty" $number $((number * 1000)) "p$number"
		printf '%s: %s kB\n' Rss $((number * 1000)) Pss $((number * 700)) Private_Dirty $((number * 500)) \
			Swap 0 SwapPss 0 >"$forty/$number/smaps_rollup"
		echo "0::/group$((number % 3))" >"$forty/$number/cgroup"
		number=$((number + 1))
	done
	echo '12345.67 23456.78' >"$forty/uptime"
	printf 'MemTotal:  1000000 kB\nMemAvailable:  400000 kB\n' >"$forty/meminfo"
}

# samples: how many there are in $out
samples()
{
	grep -c "$time_line" "$out"
}

# watch ARG...: starts topmem, whose samples sample then reads. Its PID is in $watcher. With an -i that
# lets it end by itself
watch()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	rm -f "$SHUNIT_TMPDIR/samples"
	mkfifo "$SHUNIT_TMPDIR/samples"
	$TOPMEM "$@" >"$SHUNIT_TMPDIR/samples" 2>"$err" &
	watcher=$!
	started="$started $watcher"
	exec 7<"$SHUNIT_TMPDIR/samples"
	next_up=
}

# sample: the next one is in $out, without its time, and its uptime in $up. False where there is none
sample()
{
	: >"$out"
	up=$next_up
	while read -r line <&7; do
		case $line in
		????-??-??T*)
			next_up=${line##* }
			[ ! -s "$out" ] || return 0
			up=$next_up
			;;
		*)
			printf '%s\n' "$line" >>"$out"
			;;
		esac
	done
	[ -s "$out" ]
}

# sees WANTED: one of the next samples has this line, but for blanks
sees()
{
	last=
	while sample; do
		squeeze "$out" | grep -qxF -e "$1" && return
		last=$(cat "$out")
	done
	fail "no sample has \"$1\": $last; $(cat "$err")"
	return 1
}

# fresh: a sample of $tree as it is now is in $out
fresh()
{
	mark=$((mark + 1))
	echo "$mark.0 0" >"$tree/uptime"
	while sample; do
		[ "$up" != "$mark" ] || return 0
	done
	fail 'no sample'
	return 1
}

# no_rows: waits for a sample of nobody, which is a time behind another
no_rows()
{
	last=
	while read -r line <&7; do
		case $line:$last in
		????-??-??T*:????-??-??T*) return ;;
		esac
		last=$line
	done
	fail 'no sample without a row'
}

# unwatch: ends what watch has started
unwatch()
{
	stop "$watcher"
	exec 7<&-
}

test_number_of_samples()
{
	needs w i || return 0
	for count in 1 2 7; do
		topmem -R "$forty" -w .01 -i $count
		assertEquals "-i $count: status" 0 $?
		assertEquals "-i $count" $count "$(samples)"
		assertEquals "-i $count: lines" $((3 * count)) "$(wc -l <"$out" | tr -d ' ')"
		assertEquals "-i $count: stderr" '' "$(cat "$err")"
	done
	topmem -w.01 -i3
	assertEquals 'joined to their letters' 3 "$(samples)"
	topmem -i 2 -w 0.01
	assertEquals 'the other way round' 2 "$(samples)"
	for interval in 0.01 .01 00.010 .0101 .001; do
		topmem -R "$forty" -w $interval -i 3 || fail "-w $interval: status $?"
		assertEquals "-w $interval" 3 "$(samples)"
	done
	# The last sample is not waited after
	begin=$(date +%s)
	topmem -R "$forty" -w 2000000 -i 1
	assertEquals 1 "$(samples)"
	assertTrue 'no wait' "[ $(($(date +%s) - begin)) -lt 60 ]"
}

# same_as_once ARG...: three samples of what does not change are three times what there is without -w
same_as_once()
{
	topmem -R "$forty" "$@"
	assertEquals "$*: status" 0 $?
	squeeze "$out" >"$SHUNIT_TMPDIR/once"
	topmem -R "$forty" -w .01 -i 3 "$@"
	assertEquals "-w $*: status" 0 $?
	assertEquals "-w $*: stderr" '' "$(cat "$err")"
	assertEquals "-w $*: samples" 3 "$(samples)"
	for _ in 1 2 3; do
		echo 'time'
		cat "$SHUNIT_TMPDIR/once"
	done >"$SHUNIT_TMPDIR/thrice"
	sed "s/$time_line/time/" "$out" | squeeze >"$SHUNIT_TMPDIR/shown"
	cmp -s "$SHUNIT_TMPDIR/thrice" "$SHUNIT_TMPDIR/shown" ||
		fail "-w $*: $(diff "$SHUNIT_TMPDIR/thrice" "$SHUNIT_TMPDIR/shown")"
	topmem -R "$forty" -H "$@"
	squeeze "$out" >"$SHUNIT_TMPDIR/once"
	topmem -R "$forty" -w .01 -i 2 -H "$@"
	cat "$SHUNIT_TMPDIR/once" "$SHUNIT_TMPDIR/once" >"$SHUNIT_TMPDIR/twice"
	squeeze "$out" >"$SHUNIT_TMPDIR/shown"
	cmp -s "$SHUNIT_TMPDIR/twice" "$SHUNIT_TMPDIR/shown" ||
		fail "-w -H $*: $(diff "$SHUNIT_TMPDIR/twice" "$SHUNIT_TMPDIR/shown")"
}

test_samples_are_as_without_w()
{
	needs w i || return 0
	same_as_once
	same_as_once -n 5
	same_as_once -n 16
	same_as_once -n 17
	same_as_once -n 40
	same_as_once -n 1000
	same_as_once -n 0
	same_as_once -q -n 3
	same_as_once -n 3 -r
	same_as_once -n 35 -r
	same_as_once -n 3 -k pid -o pid,ppid,comm
	same_as_once -n 3 -k hwm -o pid,hwm,mem,rss%
	! has h || same_as_once -n 3 -h
	! has a || same_as_once -n 20 -a
	! has s || same_as_once -n 20 -s
	! has s || same_as_once -n 20 -s -r -q
	! has c || same_as_once -n 20 -c p101,p120
	! has p || same_as_once -n 20 -p 101,120,139
	has g || return 0
	same_as_once -g
	same_as_once -g -n 20 -r
	same_as_once -g -n 0
	same_as_once -g -q -n 50
	same_as_once -t
	same_as_once -b user
	same_as_once -b cgroup -n 3
}

# The same as words: what stands first tells that they are not empty
test_time_line()
{
	needs w i || return 0
	before="$(date -u +%Y-%m-%dT%H:%M:%SZ)" up_before=$(cut -d. -f1 /proc/uptime)
	topmem -w .6 -i 3
	after="$(date -u +%Y-%m-%dT%H:%M:%SZ)" up_after=$(cut -d. -f1 /proc/uptime)
	assertEquals 3 "$(samples)"
	grep "$time_line" "$out" >"$SHUNIT_TMPDIR/times"
	assertEquals 'each first in its sample' "$(awk 'NR % 3 == 1' "$out")" "$(cat "$SHUNIT_TMPDIR/times")"
	while read -r time _ up; do
		assertEquals "$before <= $time <= $after" "$time" \
			"$(printf '%s\n' "$before" "$time" "$after" | sort | sed -n 2p)"
		assertTrue "$up_before <= $up <= $up_after" "[ $up -ge $up_before ] && [ $up -le $up_after ]"
	done <"$SHUNIT_TMPDIR/times"
	assertTrue 'it goes on' "sort -cu '$SHUNIT_TMPDIR/times' || [ $(sort -u "$SHUNIT_TMPDIR/times" | wc -l) -ge 2 ]"
	topmem -R "$forty" -w .01 -i 1
	grep -q 'Z up 12345$' "$out" || fail "uptime of the tree: $(cat "$out")"
	rm -rf "$SHUNIT_TMPDIR/bare"
	process "$SHUNIT_TMPDIR/bare" 7 400 x
	topmem -R "$SHUNIT_TMPDIR/bare" -w .01 -i 1
	grep -q 'Z up -$' "$out" || fail "no uptime: $(cat "$out")"
	topmem -w .01 -i 2 -H -q -n 1
	assertEquals '-H: no times' 2 "$(grep -cx '[0-9]*' "$out")"
	assertEquals '-H: nothing else' 2 "$(wc -l <"$out" | tr -d ' ')"
}

# in_memory NUMBER: the 8 bytes that hold it on this machine, in hexadecimal
in_memory()
{
	case $(printf '\1\0' | od -An -td2) in
	*256) printf '%016x' "$1" ;;
	*) printf '%016x' "$1" | sed 's/\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)\(..\)/\8\7\6\5\4\3\2\1/' ;;
	esac
}

# Where the kernel is asked for the time, strace can say what it is
test_dates()
{
	needs w i || return 0
	! emulated || { skip 'its calls are those of the emulator'; return 0; }
	for seconds in 0 1 86399 86400 68169599 68169600 68255999 68256000 94694399 94694400 951782399 951782400 \
	    951868799 951868800 978307199 978307200 1709164799 1709164800 1709251200 1735689599 1735689600 \
	    2147483647 2147483648 4107542399 4107542400 4294967295; do
		# shellcheck disable=SC2086 # TOPMEM may be several words
		strace -f -o "$SHUNIT_TMPDIR/trace" -e 'trace=?time,clock_gettime,?clock_gettime64' \
			-e "inject=?time:retval=$seconds" \
			-e "inject=clock_gettime,?clock_gettime64:poke_exit=@arg2=$(in_memory "$seconds")" \
			$TOPMEM -R "$forty" -w 1 -i 1 >"$SHUNIT_TMPDIR/out" 2>/dev/null
		if ! grep -q '^[0-9 ]*time(.*INJECTED\|(CLOCK_REALTIME,' "$SHUNIT_TMPDIR/trace"; then
			skip 'it does not ask the kernel for the time'
			return
		fi
		assertEquals "$seconds" "$(date -u -d "@$seconds" +%Y-%m-%dT%H:%M:%SZ)" \
			"$(sed -n '1s/ .*//p' "$SHUNIT_TMPDIR/out")"
	done
}

# clocked COMMAND...: strace tells in $trace what time it is to topmem, and how long it then waits
clocked()
{
	trace=$SHUNIT_TMPDIR/trace
	: >"$trace"
	strace -f -o "$trace" -e 'trace=clock_gettime,?clock_gettime64,?poll,ppoll,?ppoll_time64' "$@"
}

# in_rhythm MS LEAST MISSED: whenever it has waited in $trace, at least LEAST times, it was until a multiple
# of the interval after the start, the next there was. At least so many multiples were missed. Where the
# kernel is not asked for the time: it seldom was the whole interval, as strace makes a sample take long
in_rhythm()
{
	missed=$(awk -v interval="$1" -v least="$2" '
		function ms() {
			match($0, /tv_sec=[0-9]+, tv_nsec=[0-9]+/)
			split(substr($0, RSTART, RLENGTH), part, /[=,]/)
			return part[2] * 1000 + int(part[4] / 1000000)
		}
		/CLOCK_MONOTONIC/ {
			now = ms()
			if (!clock++)
				start = now
		}
		# poll(NULL, 0, 143), ppoll(NULL, 0, {tv_sec=0, tv_nsec=143000000}, NULL, 0)
		/ p?poll[_a-z0-9]*\(/ {
			wait = /tv_sec/ ? ms() : substr($0, index($0, "0, ") + 3) + 0
			due = (now + wait - start) / interval
			if (wait > interval || (clock && (due != int(due) || due <= last)))
				bad = 1
			missed += due - last - 1
			last = due
			waits = waits " " now - start "+" wait
			n++
			whole += wait == interval
		}
		END { print (bad || n < least || n < whole * 2 ? "waits" waits : clock ? missed : "") }' "$trace")
	case $missed in
	'') [ "$3" = 0 ] || skip 'it does not ask the kernel for the time: how many it missed is not known' ;;
	*[!0-9]*) fail "$missed" ;;
	*) assertTrue "only $missed are missed" "[ $missed -ge $3 ]" ;;
	esac
}

# Each sample takes a part of the interval, and the wait is shorter by that
test_no_drift()
{
	needs w i || return 0
	! emulated || { skip 'the emulator has a clock of its own'; return 0; }
	# shellcheck disable=SC2086 # TOPMEM may be several words
	clocked $TOPMEM -R "$forty" -w .1 -i 15 -n 40 >"$SHUNIT_TMPDIR/out"
	assertEquals 0 $?
	in_rhythm 100 14 0
}

# time_lines COUNT: there are as many by now
time_lines()
{
	[ "$(grep -c "$time_line" "$SHUNIT_TMPDIR/out")" -ge "$1" ]
}

# Samples that were missed are left out
test_rhythm_after_a_pause()
{
	needs w i || return 0
	! emulated || { skip 'the emulator has a clock of its own'; return 0; }
	: >"$SHUNIT_TMPDIR/out"
	# shellcheck disable=SC2086 # TOPMEM may be several words
	clocked $TOPMEM -R "$forty" -w .1 >"$SHUNIT_TMPDIR/out" &
	tracer=$!
	started="$started $tracer"
	wait_until time_lines 3
	trace=$SHUNIT_TMPDIR/trace
	watcher=$(awk '{ print $1; exit }' "$trace")
	kill -STOP "$watcher"
	sleep 0.5
	kill -CONT "$watcher"
	wait_until time_lines $(($(grep -c "$time_line" "$SHUNIT_TMPDIR/out") + 4))
	stop $tracer
	kill -9 "$watcher"
	in_rhythm 100 6 3
}

test_rhythm_with_a_slow_reader()
{
	needs w i a || return 0
	! emulated || { skip 'the emulator has a clock of its own'; return 0; }
	trace=$SHUNIT_TMPDIR/trace
	rm -rf "$SHUNIT_TMPDIR/long"
	process "$SHUNIT_TMPDIR/long" 7 400 x
	awk 'BEGIN { for (i = 0; i < 20000; i++) printf "0123456789" }' >"$SHUNIT_TMPDIR/long/7/cmdline"
	# shellcheck disable=SC2086 # TOPMEM may be several words
	clocked $TOPMEM -R "$SHUNIT_TMPDIR/long" -w .1 -i 8 -a |
		while head -c 200000 | wc -c | grep -q '[1-9]'; do
			sleep 0.3
		done
	in_rhythm 100 7 7
}

# wait_blocked: until topmem waits for its reader
wait_blocked()
{
	tries=0
	while [ $tries -lt 60 ]; do
		grep -q pipe "/proc/$watcher/wchan" 2>/dev/null && return
		tries=$((tries + 1))
		sleep 0.05
	done
}

# resources: what it has, while it waits for its reader
resources()
{
	wait_blocked
	awk '/^VmRSS|^VmHWM|^VmData|^VmStk/ { printf "%s %s ", $1, $2 }' "/proc/$watcher/status"
	set -- "/proc/$watcher/fd"/*
	echo "descriptors $#"
}

test_a_thousand_samples_take_nothing_more()
{
	needs w i || return 0
	! emulated || { skip 'its memory is that of the emulator'; return 0; }
	for args in "-n 40" "-n 0 -k grow" "-sn 40" "-n 40 -f json" "-g -n 30"; do
		case $args in
		-s*) has s || continue ;;
		*json) has "f json" || continue ;;
		-g*) has g || continue ;;
		esac
		# shellcheck disable=SC2086 # several words
		topmem -R "$forty" -w .001 -i 1 $args
		size=$(wc -c <"$out" | tr -d ' ')
		# shellcheck disable=SC2086 # several words
		watch -R "$forty" -w .001 $args
		head -c $((10 * size)) <&7 >/dev/null
		more=100
		[ "${args#*grow}" = "$args" ] || more=1000
		tenth=$(resources)
		head -c $((more * size)) <&7 >"$out"
		last=$(resources)
		unwatch
		assertContains "$args: $tenth" "$tenth" 'VmRSS'
		assertEquals "$args" "$tenth" "$last"
	done
	# With as few descriptors as it needs at all
	topmem -w .001 -i 1000 -n 5 >/dev/null
	assertEquals 1000 "$(samples)"
	# shellcheck disable=SC2086,SC2016 # TOPMEM may be several words; those of another shell
	sh -c 'ulimit -n 8; exec "$@"' sh $TOPMEM -R "$forty" -w .001 -i 300 -n 5 -o pid,user,comm,args >"$out"
	assertEquals 'with eight descriptors' 300 "$(grep -c "$time_line" "$SHUNIT_TMPDIR/out")"
	assertEquals 'and all of them whole' 0 "$(awk '/Z up/ { n++ } !/Z up/ { m++ } END { print m - 6 * n }' \
		"$SHUNIT_TMPDIR/out")"
}

test_interrupt()
{
	needs w || return 0
	! ignored 2 || { skip 'whoever runs this has SIGINT ignored'; return 0; }
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err trace=$SHUNIT_TMPDIR/trace
	: >"$out"
	# In the background, where a shell has this signal ignored, is what sends it
	{
		wait_until time_lines 2
		kill -INT "$(awk '{ print $1; exit }' "$trace")"
	} &
	killer=$!
	# shellcheck disable=SC2086 # TOPMEM may be several words
	strace -f -o "$trace" $TOPMEM -w .1 >"$out" 2>"$err"
	assertEquals 130 $?
	grep -q 'killed by SIGINT' "$trace" || fail "$(tail -n 3 "$trace")"
	assertEquals '' "$(cat "$err")"
	assertEquals 'what was written is whole' '' "$(tail -c 1 "$out" | tr -d '\n')"
	wait $killer
}

test_outputs_that_cannot_be_written()
{
	needs w || return 0
	err=$SHUNIT_TMPDIR/err
	$TOPMEM -w .01 >/dev/full 2>"$err"
	assertEquals 'full' 3 $?
	grep -qi '^topmem: .*no space left on device' "$err" || fail "$(cat "$err")"
	$TOPMEM -w .01 >&- 2>"$err"
	assertEquals 'closed' 3 $?
	if ! ignored 13; then
		{
			$TOPMEM -w .02 2>"$err"
			echo $? >"$SHUNIT_TMPDIR/status"
		} | head -n 5 >"$SHUNIT_TMPDIR/out"
		assertEquals 'by SIGPIPE' 141 "$(cat "$SHUNIT_TMPDIR/status")"
		assertEquals 'silently' '' "$(cat "$err")"
		assertEquals 5 "$(wc -l <"$SHUNIT_TMPDIR/out" | tr -d ' ')"
	fi
}

# ends FORM ARG...: status and message when what -p means has ended
ends()
{
	form=$1
	shift
	start memproc private=1M || return
	number=$pid
	: >"$SHUNIT_TMPDIR/out"
	$TOPMEM -p "$number" -w .05 -i 400 "$@" >"$SHUNIT_TMPDIR/out" 2>"$SHUNIT_TMPDIR/err" &
	watcher=$!
	started="$started $watcher"
	while [ "$(wc -l <"$SHUNIT_TMPDIR/out")" -lt 6 ]; do
		sleep 0.02
	done
	stop "$number"
	wait $watcher
	assertEquals "$form: status" 0 $?
	case $(cat "$SHUNIT_TMPDIR/err") in
	'topmem: '*'no such process') ;;
	*) fail "$form: $(cat "$SHUNIT_TMPDIR/err")" ;;
	esac
	assertTrue "$form: at least six lines" "[ $(wc -l <"$SHUNIT_TMPDIR/out") -ge 6 ]"
	[ "$form" != text ] || assertEquals "$form: samples without their row" '' \
		"$(awk -v pid="$number" 'NR % 3 == 1 && !/Z up/ || NR % 3 == 0 && $1 != pid' "$SHUNIT_TMPDIR/out")"
	[ "$form" != json ] || assertEquals "$form: lines that are not whole" '' \
		"$(grep -v "^{.*\"rows\":\[{.*\"pid\":$number,.*}\]}$" "$SHUNIT_TMPDIR/out")"
	assertEquals "$form: the last line is whole" '' "$(tail -c 1 "$SHUNIT_TMPDIR/out" | tr -d '\n')"
}

test_chosen_processes_end()
{
	needs w p i || return 0
	ends text
	ends long -n 0 -a
	! has "f json" || ends json -f json
	! has g || ends sum -g
	! has s || ends exact -s -n 100
	# One of two is not all
	start memproc private=1M || return
	other=$pid
	start memproc private=1M || return
	watch -w .05 -i 200 -n 5 -p "$other,$pid" -o pid
	sample
	assertEquals 'both' 3 "$(wc -l <"$out" | tr -d ' ')"
	stop "$other"
	while sample && grep -q "^$other\$" "$out"; do
		:
	done
	assertEquals 'the other' "PID $pid" "$(sample; squeeze "$out" | tr '\n' ' ' | sed 's/ $//')"
	assertEquals '' "$(cat "$err")"
	assertTrue 'goes on' "kill -0 $watcher"
	unwatch
	# In the first sample it is an error
	stop "$pid"
	topmem -w .05 -i 3 -p "$pid"
	assertEquals 'ended before' 3 $?
	assertEquals '' "$(cat "$out")"
	assertContains "$(cat "$err")" 'no such process'
	topmem -w .05 -i 3 -c 'no such name'
	assertEquals 'no such name' 3 $?
	assertEquals '' "$(cat "$out")"
}

# Other choices may have nobody for a time
test_chosen_names_come_and_go()
{
	needs w c i || return 0
	start memproc name=comesandgoes || return
	watch -w .05 -i 400 -n 5 -c comesandgoes -o pid,comm
	sees "$pid comesandgoes" || return
	stop "$pid"
	no_rows
	start memproc name=comesandgoes || return
	sees "$pid comesandgoes"
	assertEquals '' "$(cat "$err")"
	unwatch
	stop "$pid"
}

test_processes_between_samples()
{
	needs w i || return 0
	watch -w .05 -i 400 -n 0 -o pid,comm
	sample
	assertFalse 'not yet' "grep -q newcomer '$out'"
	start memproc name=newcomer || return
	sees "$pid newcomer"
	stop "$pid"
	while sample && grep -q newcomer "$out"; do
		:
	done
	assertTrue 'goes on' "[ $(wc -l <"$out") -ge 3 ]"
	assertEquals '' "$(cat "$err")"
	unwatch
}

# field KEY [FILE]: of the helper's status or another file
field()
{
	awk -v key="$1:" '$1 == key { n += $2 } END { print n + 0 }' "/proc/$pid/${2:-status}"
}

# follows ARG...: each step is seen to the kB in the column grow, first of all. $key and $file are
# where the kernel tells the same
follows()
{
	start_step || return
	first=$(field "$key" "$file")
	watch -w .05 -i 600 -k grow -o pid,grow,comm "$@"
	sees "$pid 0 step" || return
	for step in +4 +1000 +3000 +20000 -5000 -18004 -996 +60 +40000; do
		step_to $step
		now=$(field "$key" "$file")
		grown=$((now - first))
		sees "$pid $grown step" || break
		case "$* " in
		*'-n 0 '*) ;;
		# of a shell that waits pages turn private and shared again
		*) [ "$grown" -lt 100 ] || assertEquals "$* $step: the first" "$pid $grown step" "$(squeeze "$out" | sed -n 2p)" ;;
		esac
	done
	assertEquals "$*: what it was told to" 40064 $((now - first))
	unwatch
	stop "$pid"
}

test_growth()
{
	needs w i k || return 0
	key=VmRSS file=status
	follows -n 3
	follows -n 0
	has s || return 0
	key='Private_Clean|Private_Dirty' file=smaps_rollup
	[ -r "/proc/$$/smaps_rollup" ] || return 0
	key=Private_Dirty
	follows -s -n 3
}

test_negative_growth()
{
	needs w i k p || return 0
	start_step || return
	step_to +9000
	watch -w .05 -i 400 -k grow -o pid,rss,grow,comm -p "$pid"
	rss=$(field VmRSS)
	sees "$pid $rss 0 step" || return
	step_to -8000
	sees "$pid $((rss - 8000)) -8000 step"
	step_to +8000
	sees "$pid $rss 0 step"
	unwatch
	# Below those that have not changed
	step_to -4000
	watch -w .05 -i 400 -k grow -o pid,grow,comm -n 100
	sees "$pid 0 step" || return
	step_to -1000
	sees "$pid -1000 step" || return
	assertEquals 'the last' "$pid -1000 step" "$(squeeze "$out" | tail -n 1)"
	unwatch
	if has "f json"; then
		$TOPMEM -w .05 -i 2 -k grow -o pid,grow,comm -f json -p "$pid" >"$SHUNIT_TMPDIR/out"
		assertEquals 2 "$(grep -c "\[{\"pid\":$pid,\"grow_kb\":0,\"comm\":\"step\"}\]" "$SHUNIT_TMPDIR/out")"
	fi
	stop "$pid"
}

test_growth_of_a_pid_used_again()
{
	needs w i k || return 0
	if ! echo 1000 2>/dev/null >/proc/sys/kernel/ns_last_pid; then
		skip 'this kernel does not let choose a PID'
		return 0
	fi
	start_step || return
	number=$pid
	step_to +3000
	first=$(field VmRSS)
	watch -w .05 -i 400 -k grow -n 0 -o pid,rss,grow,comm
	sees "$number $first 0 step" || return
	stop "$number"
	while sample && squeeze "$out" | grep -q "^$number "; do
		:
	done
	rm -f "$SHUNIT_TMPDIR/ready"
	mkfifo "$SHUNIT_TMPDIR/ready"
	tries=0
	while [ $tries -lt 20 ]; do
		echo $((number - 1)) >/proc/sys/kernel/ns_last_pid
		"$helpers/step" "$SHUNIT_TMPDIR/step" >"$SHUNIT_TMPDIR/ready" &
		started="$started $!"
		read -r _ pid <"$SHUNIT_TMPDIR/ready"
		[ "$pid" != "$number" ] || break
		stop "$pid"
		tries=$((tries + 1))
	done
	assertEquals 'used again' "$number" "$pid"
	# It may have been seen first before it had all that it needs itself
	step_to +64
	for step in -64 +40000; do
		step_to $step
		rss=$(field VmRSS)
		while sample && ! squeeze "$out" | grep -q "^$number $rss "; do
			:
		done
	done
	began=$((rss - $(squeeze "$out" | awk -v pid="$number" '$1 == pid { print $3 }')))
	assertTrue "$began, not $first, kB when it was first seen" "[ $began -gt 0 ] && [ $began -lt $((first - 2000)) ]"
	unwatch
	stop "$pid"
}

# set_rss PID KB: of a process in $tree, at once
set_rss()
{
	process "$tree.new" "$1" "$2" "p$1"
	rm -rf "$tree.old"
	[ ! -e "$tree/$1" ] || mv "$tree/$1" "$tree.old"
	mv "$tree.new/$1" "$tree/$1"
}

# A hundred processes: 201 the smallest, and 301, the newest, smaller still. The table has room for 64 of them
test_growth_of_more_than_the_table_holds()
{
	needs w i k || return 0
	tree=$SHUNIT_TMPDIR/hundred
	mkdir "$tree"
	number=201
	while [ $number -le 300 ]; do
		set_rss $number $((number * 20))
		number=$((number + 1))
	done
	set_rss 301 100
	watch -R "$tree" -w .05 -i 2000 -k grow -o pid,grow -n 0
	# In the first sample those are known, too, that larger ones put out later in it
	fresh
	fresh
	assertEquals 'known: the largest' "$(awk 'BEGIN { for (i = 237; i <= 300; i++) print i, 0 }')" \
		"$(squeeze "$out" | awk '$2 == "0"' | sort)"
	assertEquals 'not known: the others' 37 "$(squeeze "$out" | grep -c ' -$')"
	assertContains "$(cat "$err")" 'no room for the growth'
	# The smallest of them grows, and is so worth more than its size
	set_rss 237 5600
	sees "237 $((5600 - 237 * 20))"
	# So may those that are unknown: they stay so, the newest, too
	set_rss 201 9000
	set_rss 301 9000
	fresh
	assertEquals 'stay unknown' '201 - 301 -' "$(squeeze "$out" | grep '^[23]01 ' | sort | tr '\n' ' ' | sed 's/ $//')"
	# New ones of 5800 kB are larger than all but those above 290 and the one that has grown
	number=401
	while [ $number -le 420 ]; do
		set_rss $number 5800
		number=$((number + 1))
	done
	fresh
	assertEquals 'all of the new ones' 20 "$(squeeze "$out" | grep -c '^4.. 0$')"
	assertEquals 'the one that has grown' "237 $((5600 - 237 * 20))" "$(squeeze "$out" | grep '^237 ')"
	assertEquals 'the largest' '300 0' "$(squeeze "$out" | grep '^300 ')"
	assertEquals 'not the smallest any more' '238 -' "$(squeeze "$out" | grep '^238 ')"
	set_rss 410 8000
	sees '410 2200'
	# What has ended makes room
	number=231
	while [ $number -le 290 ]; do
		rm -rf "${tree:?}/$number"
		number=$((number + 1))
	done
	fresh
	set_rss 500 100
	sees '500 0'
	set_rss 500 200
	sees '500 100'
	assertEquals 'told once' 1 "$(grep -c 'no room for the growth' "$err")"
	assertEquals 'nothing else' 1 "$(wc -l <"$err" | tr -d ' ')"
	unwatch
}

# Those that have shrunk are worth no more than others
test_growth_of_a_large_newcomer_among_shrunk_ones()
{
	needs w i k || return 0
	tree=$SHUNIT_TMPDIR/shrunk
	mkdir "$tree"
	number=201
	while [ $number -le 270 ]; do
		set_rss $number 9000
		number=$((number + 1))
	done
	watch -R "$tree" -w .05 -i 2000 -k grow -o pid,grow -n 0
	# In the first sample those are known, too, that larger ones put out later in it
	fresh
	fresh
	number=201
	while [ $number -le 270 ]; do
		set_rss $number 800
		number=$((number + 1))
	done
	fresh
	assertTrue 'shrunk' "[ $(squeeze "$out" | grep -c ' -8200$') -ge 60 ]"
	set_rss 999 500000
	fresh
	assertEquals '999 0' "$(squeeze "$out" | grep '^999 ')"
	unwatch
}

# One that is chosen only later, and is older than what was seen before it: there is room for it
test_growth_of_an_older_one_met_later()
{
	needs w i k c || return 0
	tree=$SHUNIT_TMPDIR/later
	mkdir "$tree"
	set_rss 7 4000
	set_rss 8 8000
	watch -R "$tree" -w .05 -i 2000 -k grow -o pid,grow -n 5 -c p8,later
	fresh
	assertEquals '8 0' "$(squeeze "$out" | tail -n +2)"
	sed -i 's/^Name:.*/Name:	later/' "$tree/7/status"
	fresh
	assertEquals '7 0 8 0' "$(squeeze "$out" | tail -n +2 | tr '\n' ' ' | sed 's/ $//')"
	sed -i 's/^VmRSS.*/VmRSS:	4800 kB/' "$tree/7/status"
	echo '1200 1200 0 0 0 0 0' >"$tree/7/statm"
	sees '7 800'
	assertEquals '' "$(cat "$err")"
	unwatch
}

# Nothing resident is a known size, too: no message
test_growth_from_nothing()
{
	needs w i k || return 0
	tree=$SHUNIT_TMPDIR/nothing
	mkdir "$tree"
	set_rss 7 4000
	set_rss 8 4000
	sed -i 's/^VmRSS.*/VmRSS:	0 kB/' "$tree/8/status"
	echo '1000 0 0 0 0 0 0' >"$tree/8/statm"
	topmem -R "$tree" -w .01 -i 3 -k grow -o pid,rss,grow -n 5 -H
	assertEquals '7 4000 0 8 0 0 7 4000 0 8 0 0 7 4000 0 8 0 0' "$(squeeze "$out" | tr '\n' ' ' | sed 's/ $//')"
	assertEquals '' "$(cat "$err")"
}

# set_thread KB: the RSS of process 8 in $tree, whose main thread has ended
set_thread()
{
	process "$tree.new" 9 "$1" p8
	rm -rf "$tree.old"
	[ ! -e "$tree/8/task/9" ] || mv "$tree/8/task/9" "$tree.old"
	mv "$tree.new/9" "$tree/8/task/9"
}

# Its own stat tells when it started, and not that of the machine
test_growth_where_the_main_thread_has_ended()
{
	needs w i k || return 0
	tree=$SHUNIT_TMPDIR/dead
	mkdir -p "$tree/8/task"
	echo 'cpu  11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30' >"$tree/stat"
	echo '0 0 0 0 0 0 0' >"$tree/8/statm"
	printf 'Name:\tp8\nState:\tZ (zombie)\n' >"$tree/8/status"
	set_thread 2000
	set_rss 7 4000
	watch -R "$tree" -w .05 -i 600 -k grow -o pid,rss,grow,comm
	sees '7 4000 0 p7'
	set_thread 3500
	sees '8 3500 1500 p8'
	unwatch
}

# With -g there is nothing that grows: it is refused or not known, but the sums stay right
test_growth_of_groups()
{
	needs w i k g || return 0
	# With smaps and without
	cp -r "$forty" "$SHUNIT_TMPDIR/plain"
	rm "$SHUNIT_TMPDIR/plain"/*/smaps_rollup
	for n in 1 16 40 0; do
		for tree in "$forty" "$SHUNIT_TMPDIR/plain"; do
			topmem -R "$tree" -g -n $n -o uss,comm
			squeeze "$out" | sort >"$SHUNIT_TMPDIR/wanted"
			topmem -R "$tree" -g -n $n -o uss,comm,grow -w .01 -i 1
			[ $? != 3 ] || return 0
			assertEquals "-n $n" '' "$(cat "$err")"
			squeeze "$out" | awk '!/Z up/ { print $1, $3 }' | sort >"$SHUNIT_TMPDIR/shown"
			cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/shown" ||
				fail "-n $n: $(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/shown" | head -n 10)"
		done
	done
}

# What may not be read any more has not ended, and a check of it does not pass
test_unreadable_process_goes_on()
{
	needs w i p g || return 0
	for check in '' '-x 1'; do
		[ -z "$check" ] || has x || continue
		tree=$SHUNIT_TMPDIR/goes${check% *}
		cp -r "$forty" "$tree"
		# shellcheck disable=SC2086 # none or two words
		watch -R "$tree" -w .05 -i 2000 -t -p 107 $check
		fresh
		assertEquals 74900 "$(tail -n 1 "$out")"
		rm "$tree/107/smaps_rollup"
		sees 0 || return
		[ -z "$check" ] || assertContains "$(cat "$out")" 'TOPMEM UNKNOWN'
		assertEquals "$check: stderr" '' "$(cat "$err")"
		rm -rf "${tree:?}/107"
		while sample; do
			:
		done
		wait "$watcher"
		assertEquals "$check: status" 0 $?
		assertEquals "$check: the end" "topmem: $tree: no such process" "$(cat "$err")"
		unwatch
	done
}

# Further passes meet the same processes again
test_unreadable_processes_are_counted_once()
{
	needs w i k s || return 0
	rm -rf "$SHUNIT_TMPDIR/unreadable"
	cp -r "$forty" "$SHUNIT_TMPDIR/unreadable"
	rm "$SHUNIT_TMPDIR/unreadable"/1[0-3]?/smaps_rollup
	for n in 5 16 17 40 0; do
		topmem -R "$SHUNIT_TMPDIR/unreadable" -s -n $n -k grow -w .01 -i 1
		assertEquals "-n $n" "topmem: 39 processes not readable, the largest with RSS 139000 (needs CAP_SYS_PTRACE)" \
			"$(head -n 1 "$err")"
	done
}

# shellcheck source=/dev/null
. shunit2
