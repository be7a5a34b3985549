#!/bin/sh
# Every system call of a run fails, one at a time, with each error that it may have: topmem does
# not crash and does not hang; what it prints is right, and what is missing it tells.
#
# Of some 50,000 such runs one in 7 takes place. FULL=1 is all of them.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
PATH=$PATH:/usr/sbin:/sbin

alone_with_groups "$@"
not_emulated "most system calls are the emulator's"

oneTimeSetUp()
{
	why_not=
	case $(uname -m) in
	x86_64) ;;
	*) why_not='the helper knows the registers of x86-64 alone' ;;
	esac
	for letter in s k o p u c e g b t w i l x X f; do
		has $letter || why_not="-$letter is switched off"
	done
	[ -z "$why_not" ] || return 0
	helper faults memproc || return
	tree=$SHUNIT_TMPDIR/tree
	python3 "$top/tests/faults.py" tree "$tree" || return
	every=7
	[ -z "$FULL" ] || every=1
	# Before that it is the start of BusyBox, or of what counts lines (toolchain/coverage)
	from=
	{ standalone && [ -z "$LLVM_PROFILE_FILE" ]; } || from="-f $tree"
	injected=0
}

oneTimeTearDown()
{
	[ -z "$injected" ] || echo "$injected faults"
	stop_all
}

# judged ARG...: no run goes wrong
judged()
{
	# shellcheck disable=SC2086 # TOPMEM may be several words, and nothing or two
	"$helpers/faults" -e "$every" $from $TOPMEM -R "$tree" "$@" >"$SHUNIT_TMPDIR/runs"
	assertEquals "$*: status of the helper" 0 $?
	python3 "$top/tests/faults.py" judge "$tree" "$@" <"$SHUNIT_TMPDIR/runs" >"$SHUNIT_TMPDIR/wrong" 2>&1 ||
		fail "$*: $(cat "$SHUNIT_TMPDIR/wrong")"
	runs=$(tail -n 1 "$SHUNIT_TMPDIR/wrong")
	assertTrue "$*: $runs runs only" "[ $((runs * every)) -gt 300 ]"
	injected=$((injected + runs))
}

# each: judged, with the ARGs of each line
each()
{
	[ -z "$why_not" ] || { skip "$why_not"; return 0; }
	while read -r args; do
		# shellcheck disable=SC2086 # several words
		judged $args
	done
}

test_rows()
{
	each <<-END
		-n 1
		-n 2
		-n 20
		-n 0
		-q
		-q -n 20
		-H
		-h
		-r -n 16
		-a -n 3
		-k vsz -o pid,ppid,user,thr,vsz,shr,anon,comm -n 3
		-k hwm -o pid,hwm,data,stk,text,lib,pte,lck,swap,huge,foot,mem,rss -n 20
		-k oom -o pid,oom,adj,cgroup,args -n 20
	END
}

test_exact()
{
	each <<-END
		-s
		-s -n 20
		-s -n 0
		-s -q
		-k pss -o pid,pss,uss%,dirty,epss,rss,comm -n 20
		-k swap -s -n 2
	END
}

test_sums()
{
	each <<-END
		-g
		-g -n 16
		-g -q -n 16
		-b user -n 16
		-b cgroup -n 16
		-b args -n 16
		-t
	END
}

test_selections()
{
	each <<-END
		-p 103,105 -n 5
		-u root -n 20
		-u nobody
		-c sh,web -n 5
		-e HOME -n 20
		-e HOME=/104
		-e A=1 -s -u root -c threads
	END
}

test_watching()
{
	each <<-END
		-w .01 -i 2
		-w .01 -i 2 -s -n 3
		-w .01 -i 2 -k grow -o pid,grow,rss,comm -n 16
		-w .01 -i 2 -g
		-w .01 -i 2 -X 60% -n 2
	END
}

test_limits_and_checks()
{
	each <<-END
		-l
		-l -s -n 3
		-x 1
		-x 1,2 -n 3
		-x 1000G
		-s -x 60000,70000
		-x 90%
		-g -x 1
		-t -x 1000,200000
		-X 1
		-X 60%,80%
		-X 99%
		-q -X 60%
	END
}

test_formats()
{
	each <<-END
		-f json
		-f json -n 20
		-f json -n 0 -s
		-f json -g -n 16
		-f json -l
		-f json -x 1
		-f prom
		-f prom -n 16
		-f prom -s -n 3
		-f prom -g -n 16
		-f prom -l -n 3
	END
}

# The real procfs, in a cgroup that is almost full: no fault lets a check pass. That there is no
# cgroup may be, and that a file is cut is not seen
test_checks_of_a_cgroup()
{
	memory=$(awk '$3 == "cgroup" && "," $4 "," ~ /,memory,/ { print $2; exit }' /proc/mounts)
	[ -z "$why_not" ] || { skip "$why_not"; return 0; }
	[ -n "$memory" ] || { skip 'no memory controller of cgroup version 1'; return 0; }
	mkdir "$memory/$GROUP" && echo 64M >"$memory/$GROUP/memory.limit_in_bytes" || return
	# PID 1 is in there, too
	for args in '-q -X 50%,60%' '-q -X 1T -x 30M,40M -c memproc'; do
		# shellcheck disable=SC2016,SC2086 # those of another shell; several words, or none
		sh -c 'echo $$ >"$0/cgroup.procs" && exec unshare --pid --mount --fork --mount-proc --kill-child sh -c "$@"' \
			"$memory/$GROUP" '"$0" private=50M >"$1" & until grep -qs ready "$1"; do sleep .1; done; shift; "$@"' \
			"$helpers/memproc" "$SHUNIT_TMPDIR/ready" "$helpers/faults" -e 3 ${from:+-f /proc} $TOPMEM $args \
			>"$SHUNIT_TMPDIR/runs"
		assertEquals "$args: status of the helper" 0 $?
		assertEquals "$args: without a fault" '== 0 - - exit 2 -' "$(head -n 1 "$SHUNIT_TMPDIR/runs")"
		runs=$(grep -c '^== ' "$SHUNIT_TMPDIR/runs")
		assertTrue "$args: $runs runs only" "[ $runs -gt 50 ]"
		injected=$((injected + runs))
		wrong=$(awk '/^== / { wrong = !/ exit [23] / && !/ (ENOENT|ESRCH|ONE|HALF) exit 0 / } wrong' "$SHUNIT_TMPDIR/runs")
		[ -z "$wrong" ] || fail "$args: $(echo "$wrong" | head -n 40)"
		rm "$SHUNIT_TMPDIR/ready"
	done
}

# The error of a machine that has none left is called by its name
test_out_of_memory_is_told()
{
	[ -z "$why_not" ] || { skip "$why_not"; return 0; }
	# shellcheck disable=SC2086 # TOPMEM may be several words
	strace -o /dev/null -e inject=getdents64:error=ENOMEM $TOPMEM -R "$tree" >"$SHUNIT_TMPDIR/printed" 2>"$SHUNIT_TMPDIR/told"
	assertEquals 3 $?
	assertEquals '' "$(cat "$SHUNIT_TMPDIR/printed")"
	grep -q "^topmem: $tree: .*memory" "$SHUNIT_TMPDIR/told" || fail "$(cat "$SHUNIT_TMPDIR/told")"
}

# shellcheck source=/dev/null
. shunit2
