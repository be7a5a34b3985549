#!/bin/sh
# topmem for a user who may not read everything: what is not readable is counted and told,
# shown as "-" and ranked last; what is hidden is told.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone "$@"
not_emulated "topmem is larger than the processes that it should find"

user=65534
# The shell, "large", four more, and one whose main thread has ended
foreign=7

oneTimeSetUp()
{
	helper memproc || return
	start memproc private=30M name=large || return
	large=$pid
	large_rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
	start memproc fork=3 private=~2M || return
	start memproc private=1M threads=2 dead-leader || return
	start memproc private=6M name=own1 uid=$user || return
	own1=$pid
	start memproc private=8M name=own2 uid=$user || return
	own2=$pid

	for_others
}

# as_user ARG...: topmem run without privileges, with status 0
as_user()
{
	unprivileged "$@"
	assertEquals "$*: status" 0 $?
}

unprivileged()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	# shellcheck disable=SC2086 # may be several words
	setpriv --reuid $user --regid $user --clear-groups $program "$@" >"$out" 2>"$err"
}

says()
{
	assertEquals "stderr" "$1" "$(cat "$err")"
}

not_readable="topmem: $foreign processes not readable"
hidden="topmem: processes are hidden (hidepid)"

test_rss_needs_no_privileges()
{
	as_user -n 100
	says ""
	assertEquals "$large $large_rss large" \
		"$(awk 'NR == 2 { print $1, $2, $4 }' "$out")"
	assertEquals "rows" $((foreign + 4)) "$(wc -l <"$out")"
}

test_largest_of_the_readable()
{
	needs s || return 0
	as_user -s -H
	assertEquals "$own2 own2" "$(awk '{ print $1, $6 }' "$out")"
	assertEquals "the largest that is not readable" \
		"the largest with RSS $large_rss (needs CAP_SYS_PTRACE)" \
		"$(sed -n 's/^topmem: [0-9]* processes not readable, //p' "$err")"
	assertEquals "one line" 1 "$(wc -l <"$err")"
	as_user -sq
	assertEquals "$own2" "$(cat "$out")"
}

test_all_are_counted()
{
	needs s || return 0
	for n in 100 0; do
		as_user -s -n $n
		says "$not_readable, the largest with RSS $large_rss (needs CAP_SYS_PTRACE)"
		assertEquals "-n $n: rows" $((foreign + 4)) "$(wc -l <"$out")"
	done
}

# The kernel's have no environment, though nobody may look
test_environments()
{
	needs e || return 0
	as_user -e PATH -n 9
	says "topmem: $foreign processes not readable, the largest with RSS $large_rss (needs CAP_SYS_PTRACE)"
	tree=$SHUNIT_TMPDIR/kernel
	for number in 1 2 3; do
		process "$tree" $number ${number}000 "p$number"
		printf 'NAME=value\0' >"$tree/$number/environ"
	done
	sed -i '/^Vm/d; /^Rss/d' "$tree/2/status"
	echo 0 0 0 0 0 0 0 >"$tree/2/statm"
	chmod 400 "$tree/2/environ" "$tree/3/environ"
	as_user -R "$tree" -q -n 9 -e NAME
	assertEquals 1 "$(cat "$out")"
	says "topmem: 1 processes not readable, the largest with RSS 3000 (needs CAP_SYS_PTRACE)"
}

# That they are there is told, though the answer is none
test_none_of_those_meant()
{
	needs g p || return 0
	for args in -g -t '-b user' '-gl -n 0'; do
		# shellcheck disable=SC2086 # several words
		unprivileged $args -p "$large"
		assertEquals "$args: status" 3 $?
		assertEquals "$args" '' "$(cat "$out")"
		says "topmem: 1 processes not readable, the largest with RSS $large_rss (needs CAP_SYS_PTRACE)
topmem: /proc: no such process"
	done
}

test_cells_are_empty_and_last()
{
	needs s || return 0
	as_user -s -H -n 100
	assertEquals "$own2 own2 $own1 own1" "$(awk 'NR < 3 { printf "%s%s %s", sep, $1, $6; sep = " " }' "$out")"
	assertEquals "the third is topmem itself" "" "$(awk 'NR == 3 && /-/' "$out")"
	assertEquals "cells of the others" "- - - -" \
		"$(awk 'NR > 3 { print $2, $3, $4, $5 }' "$out" | sort -u)"
	assertEquals "by PID" "$(sed 1,3d "$out" | sort -n)" "$(sed 1,3d "$out")"
	assertEquals "the names are known" "large" "$(line "$large" | awk '{ print $6 }')"
}

test_every_column_ranks_them_last()
{
	needs s k o || return 0
	for column in uss pss dirty epss; do
		as_user -k $column -o "pid,$column" -H -n 100
		assertEquals "$column" "$(printf '%s\n' "$own2" "$own1")" "$(awk 'NR < 3 { print $1 }' "$out")"
		assertEquals "$column" $foreign "$(grep -c ' -$' "$out")"
		assertEquals "$column" "" "$(sed 1,3d "$out" | grep -v ' -$')"
	done
}

test_largest_last()
{
	needs s r || return 0
	as_user -s -H -n 100 -q
	awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }' "$out" >"$SHUNIT_TMPDIR/want"
	as_user -s -H -n 100 -qr
	# topmem itself is another process each time
	assertEquals "$(grep -vx "$(sort -n "$SHUNIT_TMPDIR/want" | tail -n 1)" "$SHUNIT_TMPDIR/want")" \
		"$(grep -vx "$(sort -n "$out" | tail -n 1)" "$out")"
}

# hidepid VALUE: a procfs mounted with that, in $hidepid; false, and skipped, if it cannot be
hidepid()
{
	hidepid=$SHUNIT_TMPDIR/hidepid$1
	mkdir "$hidepid"
	mount -t proc -o "hidepid=$1" proc "$hidepid" || { skip "no procfs with hidepid=$1"; return 1; }
}

# tells_of_hidden: false, with the test skipped, where the build may not
tells_of_hidden()
{
	! smallest || { skip "the smallest build does not tell of hidden processes"; return 1; }
}

test_hidden()
{
	tells_of_hidden || return 0
	for value in 2 4; do
		hidepid $value || return 0
		as_user -R "$hidepid" -n 100
		says "$hidden"
		assertEquals "hidepid=$value" "$own2 own2" "$(awk 'NR == 2 { print $1, $4 }' "$out")"
		assertEquals "hidepid=$value: rows" 4 "$(wc -l <"$out")"
		if has s; then
			as_user -R "$hidepid" -s -n 100
			says "$hidden"
			assertEquals "hidepid=$value -s" "$own2 own2" "$(awk 'NR == 2 { print $1, $6 }' "$out")"
			assertEquals "hidepid=$value -s: rows" 4 "$(wc -l <"$out")"
		fi
		topmem -R "$hidepid" -n 100
		assertEquals "nothing is hidden from root" "$large" "$(awk 'NR == 2 { print $1 }' "$out")"
		says ""
		umount "$hidepid"
	done
}

# They are in the list then, but not even their RSS is readable: as good as hidden
test_listed_but_not_readable()
{
	tells_of_hidden || return 0
	hidepid 1 || return 0
	as_user -R "$hidepid"
	assertEquals "$own2 own2" "$(awk 'NR == 2 { print $1, $4 }' "$out")"
	says "$hidden"
	as_user -R "$hidepid" -q
	assertEquals "$own2" "$(cat "$out")"
	if has s; then
		as_user -R "$hidepid" -s
		assertEquals "$own2 own2" "$(awk 'NR == 2 { print $1, $6 }' "$out")"
		says "$hidden"
	fi
	umount "$hidepid"
}

# shellcheck source=/dev/null
. shunit2
