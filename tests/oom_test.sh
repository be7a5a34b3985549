#!/bin/sh
# topmem in a memory cgroup that is full, 1,000 answers of 1,000 without anyone being killed, and in
# one where the kernel kills for memory all the time. What ps, top and a script like ps_mem answer there is told beside.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

alone_with_groups "$@"
not_emulated "the emulator needs memory of its own"

limit=16384
wanted=1000
others=20

oneTimeSetUp()
{
	why_not=
	memory=$(awk '$3 == "cgroup" && "," $4 "," ~ /,memory,/ { print $2; exit }' /proc/mounts)
	[ -n "$memory" ] || why_not="no memory controller of cgroup version 1"
	[ "$(id -u)" = 0 ] || why_not="only root can make cgroups"
	standalone || why_not="BusyBox needs memory of its own"
	[ -z "$why_not" ] || return 0
	helper memproc step || return
	cat >"$SHUNIT_TMPDIR/sums.py" <<-'END'
		import glob
		sums = {}
		for path in glob.glob("/proc/[0-9]*/smaps_rollup"):
		    try:
		        with open(path[:-12] + "comm") as comm, open(path) as smaps:
		            pss = [int(line.split()[1]) for line in smaps if line.startswith("Pss:")]
		            name = comm.read()
		            sums[name] = sums.get(name, 0) + sum(pss)
		    except OSError:
		        pass
		print(max(sums, key=sums.get))
	END
}

# new_group NAME: a cgroup, in $group, that may have $limit kB and no swap
new_group()
{
	[ -z "$why_not" ] || { skip "$why_not"; return 1; }
	group=$memory/$GROUP/$1
	mkdir -p "$group" && echo "${limit}K" >"$group/memory.limit_in_bytes" || return
	echo "${limit}K" >"$group/memory.memsw.limit_in_bytes" 2>/dev/null
	return 0
}

# inside COMMAND...: in this group
inside()
{
	# shellcheck disable=SC2016 # those of another shell
	timeout 60 sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$@"
}

# always_inside ADJ SPEC: a process with such memory in this group, and when it is killed another
# one. Who starts them is $again
always_inside()
{
	# shellcheck disable=SC2016 # those of another shell
	sh -c 'echo "$2" >/proc/self/oom_score_adj; while :; do sh -c "echo \$\$ >\"$0/cgroup.procs\" && exec \"$1\" $3"; done' \
		"$group" "$helpers/memproc" "$1" "$2" >/dev/null 2>&1 &
	again=$!
	started="$started $again"
}

# answers COUNT PATTERN COMMAND...: of so many runs in the group, how many ended well and printed
# that. How the others ended is in the file ends
answers()
{
	count=$1 pattern=$2
	shift 2
	given=0
	: >"$SHUNIT_TMPDIR/ends"
	for _ in $(seq "$count"); do
		inside "$@" >"$SHUNIT_TMPDIR/out" 2>"$SHUNIT_TMPDIR/err"
		end=$?
		if [ $end = 0 ] && grep -q "$pattern" "$SHUNIT_TMPDIR/out"; then
			given=$((given + 1))
		else
			echo "$end: $(head -n 3 "$SHUNIT_TMPDIR/out" "$SHUNIT_TMPDIR/err")" >>"$SHUNIT_TMPDIR/ends"
		fi
	done 2>/dev/null
	echo $given
}

# beside: what others answer, for people to read
beside()
{
	echo "of $others: ps $(answers $others PID ps -eo pid,rss,comm --sort=-rss)," \
		"top $(answers $others PID top -bn1 -o %MEM)," \
		"Python $(answers $others . python3 "$SHUNIT_TMPDIR/sums.py")"
}

killed()
{
	awk '$1 == "oom_kill" { print $2 }' "$group/memory.oom_control"
}

# fill_group: a process in $hog has all but some hundred kB
fill_group()
{
	rm -f "$SHUNIT_TMPDIR/step"
	mkfifo "$SHUNIT_TMPDIR/step"
	# shellcheck disable=SC2016 # those of another shell
	launch sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$group" "$helpers/step" "$SHUNIT_TMPDIR/step" || return
	hog=$pid
	left=$((limit - $(cat "$group/memory.usage_in_bytes") / 1024))
	step_to +$((left - 1000))
	left=$((limit - $(cat "$group/memory.usage_in_bytes") / 1024))
}

# Nobody is killed so that topmem has room
test_full()
{
	new_group full || return 0
	fill_group || return
	assertTrue "$left kB are left" "[ $left -lt 1200 ]"
	for args in -q '-s -q' '-w .01 -i 2 -H -q'; do
		# shellcheck disable=SC2086 # several words
		assertEquals "$args" $wanted "$(answers $wanted "^$hog\$" "$TOPMEM" $args)"
		[ ! -s "$SHUNIT_TMPDIR/ends" ] || fail "$args: $(head -n 20 "$SHUNIT_TMPDIR/ends")"
		wanted=100
	done
	wanted=1000
	assertEquals 'killed' 0 "$(killed)"
	echo "$left kB left: topmem all, nobody is killed"
	for peer in 'ps -eo pid,rss,comm --sort=-rss' 'top -bn1 -o %MEM' "python3 $SHUNIT_TMPDIR/sums.py"; do
		before=$(killed)
		# shellcheck disable=SC2086 # several words
		echo "${peer%% *}: $(answers 1 . $peer) of 1, $(($(killed) - before)) killed"
		stop "$hog"
		fill_group || return
	done
	stop "$hog"
}

test_storm()
{
	new_group storm || return 0
	# The kernel takes one of the small ones where the one it has ended still has its memory
	loops=
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		always_inside 500 private=64K
		loops="$loops $again"
	done
	always_inside 1000 private=64M
	wait_until eval "[ \"\$(killed)\" -gt 0 ]"
	before=$(killed)
	assertEquals 'answers' $wanted "$(answers $wanted '^ *[0-9]* ' "$TOPMEM" -H -n 3)"
	[ ! -s "$SHUNIT_TMPDIR/ends" ] || fail "$(head -n 20 "$SHUNIT_TMPDIR/ends")"
	assertTrue "killed: $before, then $(killed)" "[ $(($(killed) - before)) -gt 20 ]"
	echo "killed $(($(killed) - before)): topmem all; $(beside)"
	# shellcheck disable=SC2086 # a list
	stop $loops $again
}

# shellcheck source=/dev/null
. shunit2
