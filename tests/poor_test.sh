#!/bin/sh
# topmem where there is little: under the limits and with the system calls that the manual tells,
# without /proc, in an empty one, and on a read-only root that has nothing else.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone "$@"
not_emulated "limits and system calls are the emulator's"

root=
manual=$top/applet/topmem.1

oneTimeSetUp()
{
	helper memproc allow || return
	start memproc fork=3 private=~2M || return
	start memproc threads=2 dead-leader || return
	start memproc private=20M name=large || return
	large=$pid
	# A program whose file is gone: whether there is another in its place is asked
	cp "$helpers/memproc" "$SHUNIT_TMPDIR/gone"
	launch "$SHUNIT_TMPDIR/gone" private=1M || return
	rm "$SHUNIT_TMPDIR/gone"
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
}

oneTimeTearDown()
{
	[ -z "$root" ] || umount "$root"
	root=
	stop_all
}

# modes: the status and the ARGs of a run, a line each: every kind of reading and of output
modes()
{
	while read -r status args; do
		known=yes
		for word in $args; do
			case $word in
			--help | -Z) ;;
			-?*) has "$(printf '%s' "$word" | cut -c 2)" || known= ;;
			esac
		done
		[ -z "$known" ] || echo "$status $args"
	done <<-END
		0 --help
		0 -n 3
		0 -n 0
		0 -n 30 -h
		0 -q -H
		0 -s
		0 -s -n 30 -r
		0 -o pid,ppid,user,thr,oom,adj,cgroup,args -n 30
		0 -k pss -a
		0 -o help
		0 -g -n 30
		0 -b user -n 30
		0 -b cgroup -n 30
		0 -b args -n 30
		0 -t
		0 -p $large
		0 -u root,0 -n 30
		0 -c large
		0 -e PATH -n 30
		0 -w .01 -i 3
		0 -w .01 -i 3 -s -k grow -n 30
		0 -w .01 -i 3 -g
		0 -l
		1 -x 1
		0 -x 1T
		2 -X 1,2
		0 -f json -n 30
		0 -f json -g
		0 -f prom -s -n 30
		3 -R /nonexistent
		3 -c nosuch
		3 -Z
	END
}

# poor COMMAND...: with that before it each mode has the status that it should, and an answer
poor()
{
	modes >"$SHUNIT_TMPDIR/modes"
	while read -r wanted args; do
		# shellcheck disable=SC2086 # several words
		timeout 20 "$@" $TOPMEM $args >"$out" 2>"$err" </dev/null
		got=$?
		[ "$got" = "$wanted" ] || fail "$*: topmem $args: status $got, not $wanted: $(cat "$err")"
		[ "$wanted" = 3 ] || [ -s "$out" ] || fail "$*: topmem $args: nothing"
		[ "$wanted" = 3 ] || [ ! -s "$err" ] || fail "$*: topmem $args: $(cat "$err")"
	done <"$SHUNIT_TMPDIR/modes"
}

# limit NUMBER WORDS: the manual tells it so
limit()
{
	tr '\n' ' ' <"$manual" | grep -q "$1 $2" || fail "the manual does not say: $1 $2"
}

# The least of each, one by one and all together
test_limits()
{
	standalone || { skip 'BusyBox needs more'; return 0; }
	limit 192 'kB of address space'
	limit 16 'kB of data'
	limit 16 'kB of stack'
	limit three 'descriptors beyond the standard ones'
	poor prlimit --as=$((192 * 1024))
	poor prlimit --data=$((16 * 1024))
	poor prlimit --stack=$((16 * 1024))
	poor prlimit --nofile=6
	all="--as=$((192 * 1024)) --data=$((16 * 1024)) --stack=$((16 * 1024)) --nofile=6"
	all="$all --fsize=0:0 --nproc=0 --memlock=0 --cpu=1"
	cat >"$SHUNIT_TMPDIR/piped" <<-END
		{ prlimit $all "\$@" 2>&1; echo \$? >"\$0.status"; } | cat
		exit "\$(cat "\$0.status")"
	END
	poor sh "$SHUNIT_TMPDIR/piped"
}

# One less is told: what cannot be opened is not just missing
test_too_few_descriptors()
{
	standalone || { skip 'BusyBox needs more'; return 0; }
	prlimit --nofile=4 "$TOPMEM" >"$out" 2>"$err"
	assertEquals 'two' 3 $?
	grep -q '^topmem: ' "$err" || fail "two: $(cat "$err")"
	prlimit --nofile=5 "$TOPMEM" -n 30 >"$out" 2>"$err"
	assertEquals 'one less' 0 $?
	# The process whose main thread has ended: its folder and that of its threads are open then
	assertEquals 'one less' 'topmem: 1 processes not readable (needs CAP_SYS_PTRACE)' "$(cat "$err")"
	prlimit --nofile=3 "$TOPMEM" >"$out" 2>"$err"
	assertEquals 'none' 3 $?
	assertEquals 'none' 'topmem: /proc: too many open files' "$(cat "$err")"
}

test_file_size()
{
	# 128 and SIGXFSZ, or the error where that is ignored
	if ! ignored 25; then
		# shellcheck disable=SC2086 # several words
		prlimit --fsize=0:0 $TOPMEM >"$out" 2>"$err"
		assertEquals 'a file of no size' 153 $?
	fi
	# shellcheck disable=SC2016,SC2086 # those of another shell; several words
	sh -c 'trap "" XFSZ; exec "$@"' sh prlimit --fsize=0:0 $TOPMEM >"$out" 2>/dev/null
	assertEquals 'the signal ignored' 3 $?
	assertEquals '' "$(cat "$out")"
}

# documented: the names of the system calls in the manual
documented()
{
	awk '/^\.Ss/ { told = /System calls/ } /^\.Ed/ { literal = 0 } told && literal { print }
		/^\.Bd/ { literal = 1 }' "$manual" | tr ' ' '\n'
}

# own_start: nothing is called before topmem's own code
own_start()
{
	if [ "$(uname -m)" != x86_64 ] || ! standalone; then
		skip 'the list is that of the program of its own on x86-64'
		return 1
	fi
	strace -o "$SHUNIT_TMPDIR/trace" "$TOPMEM" --help >"$out"
	sed -n 2p "$SHUNIT_TMPDIR/trace" | grep -q '^write(' && return
	skip "the C library's start makes calls of its own"
	return 1
}

test_system_calls()
{
	own_start || return 0
	poor "$helpers/allow" "execve,$(documented | tr '\n' ',')"
	# and on a terminal
	script -qec "'$helpers/allow' 'execve,$(documented | tr '\n' ',')' '$TOPMEM' -w .01 -i 3 -n 5" /dev/null \
		</dev/null >"$out"
	assertEquals 'on a terminal' 0 $?
}

# Each of them is needed: a list with more would be no list
test_no_call_is_listed_for_nothing()
{
	own_start || return 0
	modes >"$SHUNIT_TMPDIR/modes"
	while read -r _ args; do
		# shellcheck disable=SC2086 # several words
		strace -o "$SHUNIT_TMPDIR/trace" "$TOPMEM" $args >/dev/null 2>&1 </dev/null
		sed -n '2,$s/^\([a-z0-9_]*\)(.*/\1/p' "$SHUNIT_TMPDIR/trace"
	done <"$SHUNIT_TMPDIR/modes" | sort -u >"$SHUNIT_TMPDIR/made"
	assertEquals "$(documented | sort)" "$(cat "$SHUNIT_TMPDIR/made")"
	# The filter works
	"$helpers/allow" "execve,$(documented | grep -v getdents | tr '\n' ',')" "$TOPMEM" >"$out" 2>"$err"
	assertEquals 'one is not allowed' 159 $?
}

# root: a file system with topmem alone, in $root
make_root()
{
	root=$SHUNIT_TMPDIR/root
	[ ! -d "$root" ] || return 0
	mkdir "$root" && mount -t tmpfs root "$root" && mkdir "$root/proc" || return
	cp "$(command -v "${TOPMEM%% *}")" "$root"
	program=$(echo "$TOPMEM" | sed 's,^[^ ]*/,/,')
	ldd "$root/${program%% *}" 2>/dev/null | grep -o '/[^ ]*' | while read -r library; do
		mkdir -p "$root/${library%/*}" && cp -L "$library" "$root/$library"
	done
	mount -o remount,ro "$root"
}

# in_root ARG...
in_root()
{
	# shellcheck disable=SC2086 # several words
	chroot "$root" $program "$@" >"$out" 2>"$err"
}

test_no_proc()
{
	make_root || return
	in_root
	assertEquals 'empty: status' 3 $?
	assertEquals 'empty: stdout' '' "$(cat "$out")"
	assertEquals 'topmem: /proc: no such process' "$(cat "$err")"
	mount -o remount,rw "$root" && rmdir "$root/proc" && mount -o remount,ro "$root"
	in_root
	assertEquals 'none: status' 3 $?
	assertEquals 'none: stdout' '' "$(cat "$out")"
	grep -qi '^topmem: .*/proc.*: no such file or directory$' "$err" || fail "none: $(cat "$err")"
	mount -o remount,rw "$root" && mkdir "$root/proc" && mount -o remount,ro "$root"
}

test_read_only_root_without_dev()
{
	make_root && mount -t proc proc "$root/proc" || return
	modes >"$SHUNIT_TMPDIR/modes"
	while read -r wanted args; do
		case $args in
		*root*) wanted=3 ;; # there are no names
		esac
		# shellcheck disable=SC2086 # several words
		in_root $args </dev/null
		assertEquals "topmem $args: $(cat "$err")" "$wanted" $?
	done <"$SHUNIT_TMPDIR/modes"
	in_root -o pid,user,comm
	assertEquals "$large 0 large" "$(awk 'NR == 2 { print $1, $2, $3 }' "$out")"
	umount "$root/proc"
}

# shellcheck source=/dev/null
. shunit2
