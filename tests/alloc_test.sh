#!/bin/sh
# topmem allocates nothing: strace sees no system calls but a few that open, read, close and
# write, whatever the options; and its memory does not grow with the processes. As an applet
# it makes no others than BusyBox does for "true".
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone "$@"
not_emulated "strace sees the emulator's system calls, and its memory is the emulator's"

# All that may occur after execve. The last line is the start of the C library
allowed="open,openat,read,close,lseek,?_llseek,getdents64,chdir,fchdir,write,writev,exit,exit_group"
# Files of programs and whether they exist, shared address spaces, times and terminals
allowed="$allowed,?readlink,readlinkat,?access,faccessat,?faccessat2,kcmp,?poll,ppoll,?ppoll_time64"
allowed="$allowed,clock_gettime,?clock_gettime64,?time,gettimeofday,ioctl"
# Again and again, what it has shall stay in memory
allowed="$allowed,mlockall"
allowed="$allowed,?arch_prctl,?set_thread_area,set_tid_address"

columns="pid ppid user thr rss vsz shr anon hwm data stk text lib pte lck swap huge foot
	uss pss dirty epss oom adj mem comm args"

oneTimeSetUp()
{
	helper memproc hwm || return
	start memproc fork=20 private=~1M threads=~3 || return
	start memproc threads=2 dead-leader || return
	learn_start
}

# traced COMMAND...: its status is returned, all its calls but those allowed are in $calls
traced()
{
	trace=$SHUNIT_TMPDIR/trace
	# shellcheck disable=SC2086 # nothing or several words
	$as strace -f --seccomp-bpf -o "$trace" -e trace="!$allowed" \
		"$@" >"$SHUNIT_TMPDIR/out" 2>"$SHUNIT_TMPDIR/err"
	traced=$?
	calls=$(awk '{ sub(/\(.*/, "", $2); printf "%s%s", sep, $2; sep = " " }' "$trace")
	return $traced
}

# learn_start: $start_calls are what is called besides, in this order, before topmem begins.
# The C library and BusyBox may map and allocate there: the applet "true" tells what
learn_start()
{
	start_calls="execve +++"
	standalone && return
	# shellcheck disable=SC2086 # several words
	traced ${TOPMEM% topmem} true || return
	start_calls=$calls
}

# only_allowed STATUS ARG...: with these ARGs topmem ends with STATUS and makes no other calls
only_allowed()
{
	wanted=$1
	shift
	# shellcheck disable=SC2086 # TOPMEM may be several words
	traced $TOPMEM "$@"
	assertEquals "topmem $*: status" "$wanted" $?
	# BusyBox may allocate for the help and for messages, after the same start
	if ! standalone && { [ "$wanted" != 0 ] || [ "$1" = --help ]; }; then
		more=${calls#"${start_calls% +++}"}
		assertEquals "topmem $*: system calls" " +++" \
			"$(echo "$more" | sed -E 's/ (brk|mmap2?|mremap|munmap)//g')"
		return
	fi
	assertEquals "topmem $*: system calls" "$start_calls" "$calls"
}

# Every combination of the options without a value, with every kind of -n
test_every_combination()
{
	combinations=-
	for letter in q H h s a r; do
		has $letter || continue
		for set in $combinations; do
			combinations="$combinations $set$letter"
		done
	done
	for set in $combinations; do
		[ "$set" = - ] && set=
		for n in "" -n0 -n3 -n100; do
			# shellcheck disable=SC2086 # nothing or one option each
			only_allowed 0 $set $n
		done
	done
}

test_every_column()
{
	needs o k || return 0
	for column in $columns; do
		case $column in
		uss | pss | dirty | epss) has s || continue ;;
		esac
		only_allowed 0 -o "$column" -n 3
		case $column in
		comm | args | user) continue ;;
		esac
		only_allowed 0 -k "$column" -n 100 -r
		! has s || only_allowed 0 -s -k "$column" -n 20
	done
	only_allowed 0 -n 0 -o "$(echo "$columns" | awk -v RS='[ \t\n]+' -v ORS=, 1 | sed 's/,*$//')"
	only_allowed 0 -o help
}

# only_allowed 0 ARG... for each line of ARGs, where their options are known
test_every_other_option()
{
	user=$(id -u)
	while read -r args; do
		known=yes
		for word in $args; do
			case $word in
			-?*) has "$(printf '%s' "$word" | cut -c 2)" || known= ;;
			esac
		done
		# shellcheck disable=SC2086 # several words
		[ -z "$known" ] || only_allowed 0 $args
	done <<-END
		-p $pid
		-p $pid,1 -n 0 -s
		-u $user
		-u root,$user -n 30
		-c memproc -n 100
		-c nobody,memproc -s -r -n 20
		-e PATH -n 5
		-e PATH -u $user -c memproc
		-g
		-g -n 0
		-g -n 100 -r -h
		-g -q
		-b prog -k num
		-b user -n 5
		-b cgroup -n 5
		-b args -n 5
		-t
		-t -h
		-g -u $user -c memproc
		-o pid,cgroup -n 20
		-w .01 -i 5
		-w .01 -i 3 -n 0 -a
		-w .01 -i 3 -s -r -n 20
		-w .01 -i 3 -k grow -n 20
		-w .01 -i 3 -s -k grow -n 20
		-w .01 -i 3 -g
		-w .01 -i 3 -t
		-w .01 -i 3 -p $pid -H
		-f json
		-f json -n 0 -a
		-f json -s -n 20 -h
		-f json -g -n 5
		-f json -t
		-f json -w .01 -i 3 -k grow
		-f json -e PATH -q
	END
}

# Limits, checks and metrics, with the status that they have
test_limits_and_checks()
{
	needs l x X || return 0
	while read -r status args; do
		known=yes
		for word in $args; do
			case $word in
			-?*) has "$(printf '%s' "$word" | cut -c 2)" || known= ;;
			esac
		done
		# shellcheck disable=SC2086 # several words
		[ -z "$known" ] || only_allowed "$status" $args
	done <<-END
		0 -l
		0 -l -h -n 20
		0 -l -q
		0 -x 1T
		1 -x 1
		2 -x 1,2
		0 -X 100%
		1 -X 1
		2 -X 1,2
		1 -q -X 1
		0 -q -X 1T,2T -x 100%
		1 -n 0 -x 1
		1 -n 40 -r -x 1
		1 -s -x 1 -n 20
		1 -g -x 1
		1 -t -x 1
		1 -b user -x 1
		1 -b cgroup -X 1
		1 -k thr -x 1
		1 -l -x 1 -X 1T
		1 -p $pid -x 1
		1 -p $pid,1 -X 1
		0 -w .01 -i 5 -X 100%
		1 -w .01 -i 3 -X 1
		2 -w .01 -i 3 -l -x 1,2 -n 20
		1 -w .01 -i 3 -q -x 1
		1 -f json -x 1
		0 -f json -l
		0 -f prom
		0 -f prom -l -s -n 0
		0 -f prom -g -n 100
		3 -x 5Q
		3 -X 90%,80%
		3 -x 1T -c nosuch
	END
}

# On a terminal, whose size is asked for
test_on_a_terminal()
{
	trace=$SHUNIT_TMPDIR/trace
	for args in "-n 20" "-n 20 -a" "-w .01 -i 3 -n 50 -a" "-w .01 -i 3 -g" "-f json -n 3"; do
		case $args in
		*-a*) has a || continue ;;
		esac
		case $args in
		*-w*) has w || continue ;;
		esac
		case $args in
		*-g*) has g || continue ;;
		*-f*) has "f json" || continue ;;
		esac
		script -qec "strace -f --seccomp-bpf -o '$trace' -e trace='!$allowed' $TOPMEM $args" /dev/null \
			</dev/null >"$SHUNIT_TMPDIR/out"
		assertEquals "$args: status" 0 $?
		assertEquals "$args: system calls" "$start_calls" \
			"$(awk '{ sub(/\(.*/, "", $2); printf "%s%s", sep, $2; sep = " " }' "$trace")"
	done
}

# What would be noticed
test_strace_sees_other_calls()
{
	strace -f --seccomp-bpf -o "$SHUNIT_TMPDIR/trace" -e trace="!$allowed" ls / >"$SHUNIT_TMPDIR/out"
	for call in brk mmap munmap; do
		assertTrue "$call" "grep -q '^[0-9]* *$call(' '$SHUNIT_TMPDIR/trace'"
	done
}

test_help_and_errors()
{
	only_allowed 0 --help
	only_allowed 3 -Z
	only_allowed 3 -n
	only_allowed 3 -n x
	only_allowed 3 operand
	only_allowed 3 -R /nonexistent
	only_allowed 3 -R "$SHUNIT_TMPDIR"
	only_allowed 0 -R /proc
	! has p || only_allowed 3 -p 4000000
	! has p || only_allowed 3 -p x
	! has u || only_allowed 3 -u nosuch
	! has b || only_allowed 3 -b x
	! has w || only_allowed 3 -w 0
	! has w || only_allowed 3 -i 3
	! has f || only_allowed 3 -f xml
}

test_not_privileged()
{
	[ "$(id -u)" = 0 ] || { skip "only root can become another user"; return; }
	as="setpriv --reuid 65534 --clear-groups"
	privileged=$TOPMEM
	for_others || return
	TOPMEM=$program
	touch "$SHUNIT_TMPDIR/trace"
	chmod 666 "$SHUNIT_TMPDIR/trace"
	learn_start || fail "BusyBox does not run"
	only_allowed 0
	! has s || only_allowed 0 -s
	! has s || only_allowed 0 -sn100
	as='' TOPMEM=$privileged
	learn_start
}

# memory N ARG...: the least and the most VmHWM of five runs beside N processes more. The
# first call that fails, as where a process has just ended, takes a page more: errno's
memory()
{
	start memproc fork="$1" || return
	shift
	for _ in 1 2 3 4 5; do
		# shellcheck disable=SC2086 # TOPMEM may be several words
		"$helpers/hwm" $TOPMEM "$@" 2>&1 >/dev/null | tail -n 1
	done | sort -n | sed -n '1p; 5p' | tr '\n' ' '
	stop "$pid"
}

test_memory()
{
	for arg in "" -n0 -n5 -s -sn0 -g -fjson "-w.01 -i3 -kgrow"; do
		case $arg in
		-[sgfw]*) has "$(echo "$arg" | cut -c 2)" || continue ;;
		esac
		# shellcheck disable=SC2086 # nothing or one option
		few=$(memory 10 $arg)
		# shellcheck disable=SC2086 # nothing or one option
		many=$(memory 1000 $arg)
		# Where its stack begins in a page differs from run to run: BusyBox's own, deeper use of it
		# makes that a page more or less
		standalone && same=0 || same=8
		assertTrue "topmem $arg: ${few%% *} kB with 10 and ${many%% *} kB with 1000 processes" \
			"[ $((${few%% *} - ${many%% *})) -le $same ] && [ $((${many%% *} - ${few%% *})) -le $same ]"
		most=${many#* }
		# BusyBox itself has more: there no run may take so much more than another
		limit=64
		standalone || limit=$((${few%% *} + 64))
		assertTrue "topmem $arg: $most kB" "[ ${few%% *} -gt 0 ] && [ $most -le $limit ]"
	done
}

# shellcheck source=/dev/null
. shunit2
