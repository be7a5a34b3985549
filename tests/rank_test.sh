#!/bin/sh
# The order in which topmem puts several hundred processes against an exhaustive ranking:
# everything read from the kernel's files and sorted.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone "$@"

# How many rows are held at once does not matter, only that some -n are larger than that
some_n="1 5 60"

oneTimeSetUp()
{
	helper memproc || return
	# First of all, so that it is seen first
	start memproc private=64M || return
	first=$pid

	parents=
	specs="private=~4M shared-anon=~1M file-private=~200K mlock=~256K protnone=~2M code=~3M"
	specs="$specs stack=~900K threads=~4 adj=~500"
	if swap_on; then
		specs="$specs swapped=~600K swapped-shared=~300K"
	else
		echo "no zram to swap to: nothing is swapped"
	fi
	# shellcheck disable=SC2086 # a list of words
	start memproc fork=250 $specs || return
	parents="$parents $pid"
	# Many that are the same in everything: the PID decides
	start memproc fork=60 private=700K || return
	parents="$parents $pid"
	# Large RSS, small USS
	start memproc private=20M copies=80 || return
	parents="$parents $pid"
	if huge_pages 12; then
		huge=12
		start memproc fork=6 private=~1M hugetlb=~4M || return
		parents="$parents $pid"
	fi
	start memproc private=3M threads=2 dead-leader || return
	parents="$parents $pid"
	dead=/proc/$pid
	thread=$(echo "$dead"/task/* | sed 's/.* //')
	snapshot
}

oneTimeTearDown()
{
	stop_all
	swap_off
	[ -z "$huge" ] || huge_pages -"$huge"
	huge=
}

# snapshot: all figures of the helpers and their children into $known.status, $known.smaps
snapshot()
{
	known=$SHUNIT_TMPDIR/known
	set --
	for dir in /proc/[0-9]*; do
		[ "$dir" = "$dead" ] && dir=$thread
		set -- "$@" "$dir"
	done
	for from in status smaps; do
		figures $from "$@" | awk -v parents="$parents" '
			BEGIN { split(parents, part); for (i in part) ours[part[i]] }
			$1 in ours || $2 in ours' >"$known.$from"
	done
}

# ranked status|smaps COLUMN N: "PID VALUE" of the N largest of the helpers. A share ranks
# by what it is the share of
ranked()
{
	awk -v columns="$status_columns,$smaps_columns" -v show="$2" '
		BEGIN {
			split(columns, name, /,/)
			for (i in name)
				at[name[i]] = i
			by = show == "mem" ? "rss" : show
			sub("%", "", by)
		}
		{ print $1, $at[show], $at[by] }' "$known.$1" |
		sort -k 3,3nr -k 1,1n | head -n "$3" | cut -d ' ' -f 1,2
}

# ours: the helpers' lines of $out, cells separated by single blanks. The others are those
# of the shell and of topmem itself, which are not known beforehand: two at most
ours()
{
	awk 'NR == FNR { known[$1]; next }
		$1 in known { $1 = $1; print; next }
		++others > 2 { print "who is this:", $0 }' "$known.status" "$out"
}

# check status|smaps COLUMN ARG...: with ARGs topmem ranks by COLUMN, whatever -n
check()
{
	from=$1 column=$2
	shift 2
	all=$(($(wc -l <"$known.status") + 2))
	for n in $some_n; do
		for try in $(seq 30); do
			topmem "$@" -H -n "$n" -o "pid,$column"
			assertEquals "$* -n $n: status; $(cat "$err")" 0 $?
			ours >"$SHUNIT_TMPDIR/got"
			ranked "$from" "$column" "$(wc -l <"$SHUNIT_TMPDIR/got")" >"$SHUNIT_TMPDIR/want"
			cmp -s "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/got" && break
			snapshot
		done
		lines=$(wc -l <"$out")
		if [ "$n" -lt "$all" ]; then
			assertEquals "$* -n $n: rows" "$n" "$lines"
		else
			assertEquals "$* -n $n: rows" "$all" "$lines"
		fi
		assertEquals "$* -n $n, try $try" "" "$(diff "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/got" | head -n 10)"
	done
}

test_there_are_several_hundred()
{
	assertTrue "[ $(wc -l <"$known.status") -gt 390 ]"
	assertEquals "$(wc -l <"$known.status")" "$(wc -l <"$known.smaps")"
}

# reads_few_smaps PID: topmem -s names it, without opening smaps of many others; and what it
# opens is the same in each run, whatever it has to learn of the kernel first. (An emulator may
# map pages of its own while topmem looks whether a page is counted at once.)
reads_few_smaps()
{
	trace=$SHUNIT_TMPDIR/trace
	first_opened=
	for run in 1 2 3 4 5 6 7 8 9 10; do
		# shellcheck disable=SC2086 # TOPMEM may be several words
		strace -f -o "$trace" -e trace=open,openat $TOPMEM -sq >"$SHUNIT_TMPDIR/out"
		assertEquals "$1" "$(cat "$SHUNIT_TMPDIR/out")"
		smaps=$(grep -c 'smaps.*= [0-9]' "$trace")
		assertTrue "run $run: smaps opened $smaps times" "[ $smaps -gt 0 ] && [ $smaps -le 40 ]"
		opened=$(wc -l <"$trace")
		emulated || assertEquals "run $run: files opened" "${first_opened:=$opened}" "$opened"
	done
}

# Where one process is far above the others, their smaps are not even opened
test_reads_few_smaps_if_the_largest_comes_first()
{
	! needs s || reads_few_smaps "$first"
	# It would win in the other tests, too
	stop "$first"
}

test_reads_few_smaps_if_the_largest_comes_last()
{
	needs s || return 0
	start memproc private=64M
	reads_few_smaps "$pid"
	stop "$pid"
}

test_default()
{
	topmem -n 300 -H
	ours | cut -d ' ' -f 1,2 >"$SHUNIT_TMPDIR/got"
	ranked status rss "$(wc -l <"$SHUNIT_TMPDIR/got")" >"$SHUNIT_TMPDIR/want"
	assertEquals "" "$(diff "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/got" | head -n 10)"
	topmem -q
	assertEquals "$(ranked status rss 1 | cut -d ' ' -f 1)" "$(cat "$out")"
}

test_every_column()
{
	needs k o || return 0
	for column in $(echo "$status_columns" | tr , ' '); do
		check status "$column" -k "$column"
	done
}

test_every_column_of_smaps()
{
	needs k o s || return 0
	for column in $(echo "$smaps_columns" | tr , ' '); do
		check smaps "$column" -k "$column"
	done
}

test_exact()
{
	needs o s || return 0
	check smaps uss -s
}

# All of them, and just one more than 16, 17, ... may be held at once
test_any_number()
{
	needs k o s || return 0
	some_n="2 15 16 17 32 33 48 64 255 100000"
	check status rss -k rss
	check status swap -k swap
	check smaps uss -s
	check smaps pid -s -k pid
	some_n="1 5 60"
}

test_exact_by_every_column()
{
	needs k o s || return 0
	for column in $(echo "$status_columns,$smaps_columns" | tr , ' '); do
		check smaps "$column" -s -k "$column"
	done
}

# What is ranked by comes from the reading that is shown
test_rss_beside_columns_of_smaps()
{
	needs k o s || return 0
	for n in 1 5 60 100000; do
		topmem -k rss -H -n "$n" -o pid,rss,uss
		ours | cut -d ' ' -f 1,2 >"$SHUNIT_TMPDIR/got"
		ranked smaps rss "$(wc -l <"$SHUNIT_TMPDIR/got")" >"$SHUNIT_TMPDIR/want"
		assertEquals "-n $n" "" "$(diff "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/got" | head -n 10)"
	done
}

test_every_process_unsorted()
{
	needs o s || return 0
	for from in status smaps; do
		columns=$status_columns
		[ $from = status ] || columns=$columns,$smaps_columns
		for try in $(seq 30); do
			topmem -n 0 -H -o "$columns"
			assertEquals "status" 0 $?
			ours | sort >"$SHUNIT_TMPDIR/got"
			sort "$known.$from" >"$SHUNIT_TMPDIR/want"
			cmp -s "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/got" && break
			snapshot
		done
		assertEquals "$from columns, try $try" "" \
			"$(diff "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/got" | head -n 20)"
		assertEquals "rows" $(($(wc -l <"$known.status") + 2)) "$(wc -l <"$out")"
	done
	topmem -n 0 -q
	assertEquals "each once" "" "$(sort "$out" | uniq -d)"
}

test_largest_last()
{
	needs r o || return 0
	for options in "" "-s" "-k pid" "-s -k swap"; do
		for n in $some_n; do
			# shellcheck disable=SC2086 # a list of options
			topmem $options -n "$n" -H -o pid
			ours | awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }' \
				>"$SHUNIT_TMPDIR/want"
			# shellcheck disable=SC2086 # a list of options
			topmem $options -r -n "$n" -H -o pid
			assertEquals "status" 0 $?
			ours >"$SHUNIT_TMPDIR/got"
			assertEquals "$options -r -n $n" "" \
				"$(diff "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/got" | head -n 10)"
		done
	done
}

# A USS above all others', under an RSS that is below those of 80 copies of one process
test_copies_do_not_hide_a_larger_uss()
{
	needs s || return 0
	start memproc private=12M name=private || return
	assertEquals "by RSS it is not even among 80" "" "$(topmem -q -n 80; line "$pid")"
	topmem -s -H
	assertEquals "$pid private" "$(awk '{ print $1, $6 }' "$out")"
	assertEquals "$(figures smaps "/proc/$pid" | awk '{ print $22, $23, $18, $17 }')" \
		"$(awk '{ print $2, $3, $4, $5 }' "$out")"
	stop "$pid"
}

test_main_thread_ended_wins()
{
	start memproc private=30M dead-leader || return
	topmem -q
	assertEquals "$pid" "$(cat "$out")"
	if has s; then
		topmem -sq
		assertEquals "-s" "$pid" "$(cat "$out")"
	fi
	stop "$pid"
}

test_huge_pages_count()
{
	needs s || return 0
	huge_pages 10 || { skip "the pool of huge pages cannot be raised"; return; }
	start memproc hugetlb=20M name=huge
	topmem -s -H
	huge_pages -10
	assertEquals "$pid huge" "$(awk '{ print $1, $6 }' "$out")"
	stop "$pid"
}

test_swapped_out_counts()
{
	needs s k o || return 0
	[ -n "$zram" ] || { skip "no zram to swap to"; return; }
	start memproc swapped=22M
	for column in swap foot epss; do
		topmem -s -H -k $column -o "pid,$column"
		value=$(figures smaps "/proc/$pid" | awk -v column=$column \
			'{ print column == "swap" ? $18 : column == "foot" ? $19 : $25 }')
		assertEquals "$column" "$pid $value" "$(awk '{ $1 = $1; print }' "$out")"
	done
	topmem -H -k swap -o pid,swap
	assertEquals "$pid $(awk '$1 == "VmSwap:" { print $2 }' "/proc/$pid/status")" "$(awk '{ $1 = $1; print }' "$out")"
	stop "$pid"
}

# shellcheck source=/dev/null
. shunit2
