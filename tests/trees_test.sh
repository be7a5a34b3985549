#!/bin/sh
# What topmem says about recorded procfs trees, of kernels old and new and of what only looks like one,
# is what reading everything and sorting it gives; and hostile or broken files do not fool it.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"

# same MESSAGE: $out is what stands in $SHUNIT_TMPDIR/wanted, but for blanks
same()
{
	squeeze "$out" >"$SHUNIT_TMPDIR/squeezed"
	if ! cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/squeezed"; then
		fail "$1: $(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/squeezed"; cat "$err")"
	fi
}

# gives COLUMNS KEY N [VAR=VALUE]... -- ARG...: topmem -R $tree ARG... prints that ranking
gives()
{
	columns=$1 by=$2 rows=$3
	shift 3
	rank=
	while [ "$1" != -- ]; do
		rank="$rank $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # a list of VAR=VALUE
	ranking "$columns" "$by" "$rows" $rank | squeeze | as_shown >"$SHUNIT_TMPDIR/wanted"
	topmem -R "$tree" "$@" || fail "-R $tree $*: status $?"
	same "$(basename "$tree"): $*"
}

# check_tree [estimated=1]: every column and every way to rank and to choose rows
check_tree()
{
	gives pid,rss,mem,comm rss 1 --
	gives pid,rss,mem,comm rss 3 -- -n 3
	gives pid,rss,mem,comm rss 100 -- -n 100

	ranking pid rss 4 | sed 1d >"$SHUNIT_TMPDIR/wanted"
	topmem -R "$tree" -qn4
	same "$(basename "$tree"): -qn4"

	topmem -R "$tree" -H -n 0 || fail "-H -n 0: status $?"
	sort "$out" >"$out.sorted"
	mv "$out.sorted" "$out"
	ranking pid,rss,mem,comm rss 0 | sed 1d | as_shown | sort >"$SHUNIT_TMPDIR/wanted"
	squeeze "$out" | sort >"$out.sorted"
	mv "$out.sorted" "$out"
	same "$(basename "$tree"): -H -n 0"

	if has k; then
		for column in ppid thr rss vsz shr anon hwm data stk text lib pte lck swap huge foot mem oom adj; do
			gives "pid,$column,comm" "$column" 100 -- -o "pid,$column,comm" -k "$column" -n 100
		done
		gives pid,user,adj,comm rss 100 -- -o pid,user,adj,comm -n 100
		gives pid,vsz%,rss%,swap%,comm vsz 100 -- -o pid,vsz%,rss%,swap%,comm -k vsz -n 100
		{
			ranking pid,rss,mem,comm rss 3 | sed -n 1p
			ranking pid,rss,mem,comm rss 3 | sed '1d; 2!G; h; $!d'
		} >"$SHUNIT_TMPDIR/wanted"
		topmem -R "$tree" -r -n 3
		same "$(basename "$tree"): -r"
	fi
	has s || return 0
	gives pid,uss,pss,swap,rss,comm uss 1 exact=1 "$@" -- -s
	gives pid,uss,pss,swap,rss,comm uss 3 exact=1 "$@" -- -sn3
	gives pid,uss,pss,swap,rss,comm uss 100 exact=1 "$@" -- -s -n 100
	ranking pid uss 4 exact=1 "$@" | sed 1d >"$SHUNIT_TMPDIR/wanted"
	topmem -R "$tree" -s -q -n 4
	same "$(basename "$tree"): -s -q -n 4"
	has k || return 0
	for column in rss pss uss swap epss dirty foot vsz mem; do
		for rows in 1 3 100; do
			gives pid,uss,pss,swap,rss,comm "$column" "$rows" exact=1 "$@" -- -s -k "$column" -n "$rows"
		done
	done
	for column in uss pss dirty epss; do
		gives "pid,$column,rss,swap,foot,comm" "$column" 100 exact=1 "$@" -- \
			-o "pid,$column,rss,swap,foot,comm" -k "$column" -n 100
	done
	gives pid,uss%,pss%,mem,comm uss 100 exact=1 "$@" -- -o pid,uss%,pss%,mem,comm -k uss -n 100
}

test_linux_2_6_9()
{
	unpack linux-2.6.9
	facts 4
	check_tree estimated=1
}

test_linux_2_6_22()
{
	unpack linux-2.6.22
	facts 4
	check_tree
}

test_linux_3_10()
{
	unpack linux-3.10
	facts 4
	check_tree
}

test_linux_4_9_with_64k_pages()
{
	unpack linux-4.9-64k
	facts 64
	check_tree
}

test_linux_5_10_with_lagging_counters()
{
	unpack linux-5.10
	facts 4
	check_tree
}

test_linux_6_12()
{
	unpack linux-6.12
	facts 4
	check_tree
}

test_openwrt_without_smaps()
{
	unpack openwrt-6.6
	facts 4
	check_tree estimated=1
}

test_gvisor()
{
	unpack gvisor
	facts 4
	check_tree
}

test_routeros_with_nonsense_in_statm()
{
	unpack routeros
	facts 0
	check_tree estimated=1
}

# More than can be held while it is not known whose smaps has to be read: large address spaces with
# little in them, large RSS that is shared, small RSS with huge pages or swap, in no order
test_many_processes()
{
	{
		sed '/^\[processes\]$/q' "$trees/linux-6.12.tree"
		awk 'BEGIN {
			srand(7)
			print "dir ppid uid thr st size rss shr hwm data stk text lib pte lck swap huge oom adj name"
			for (i = 1; i <= 200; i++) {
				rss = 4 * int(exp(rand() * 12))
				shr = 4 * int(rss / 4 * rand())
				swap = rand() < 0.3 ? 4 * int(exp(rand() * 11)) : 0
				huge = rand() < 0.1 ? 2048 * int(exp(rand() * 4)) : 0
				size = rss + swap + huge + 4 * int(exp(rand() * 14))
				if (i % 5 == 0) {
					size = rss = 4000
					shr = swap = huge = 0
				}
				pid = i * 7919 % 32768
				print pid, 1, 0, 1 + i % 3, "S", size, rss, shr, rss, size, 132, 4, 4, 8, 0, swap, huge, i, 0, "p" i
				shared = 4 * int((rss - shr) / 4 * rand() * rand())
				map[i] = pid " rw-p 0 " size " " rss " " rss - int(shr / 2) - int(shared / 3) " " shr " " shared \
				    " 0 " rss - shr - shared " " rss - shr - shared " " swap " " int(swap / 2) " " huge " 0 [heap]"
			}
			print "[mappings]"
			print "dir perm inode size rss pss sc sd pc pd anon swap swappss phuge shuge file"
			for (i = 1; i <= 200; i++)
				print map[i]
		}'
	} >"$SHUNIT_TMPDIR/many.tree"
	unpack many "$SHUNIT_TMPDIR/many.tree"
	# some tell less than others
	rm "$tree"/*[13579]/oom_score
	sed -i '/^VmHWM/d' "$tree"/*7/status
	facts 4
	for rows in 1 2 16 17 24 25 40 1000; do
		gives pid,rss,mem,comm rss "$rows" -- -n "$rows"
		! has s || gives pid,uss,pss,swap,rss,comm uss "$rows" exact=1 -- -s -n "$rows"
	done
	needs k o || return 0
	for rows in 1 3 30; do
		for column in ppid thr vsz shr anon hwm data swap huge foot oom; do
			gives "pid,$column" "$column" "$rows" -- -o "pid,$column" -k "$column" -n "$rows"
		done
	done
	needs s || return 0
	for rows in 1 3 30; do
		for column in rss pss uss swap epss dirty foot vsz mem; do
			gives pid,uss,pss,swap,rss,comm "$column" "$rows" exact=1 -- -s -k "$column" -n "$rows"
		done
	done
}

# The owner is whose rights it has, as ps tells it
test_owner()
{
	needs o || return 0
	tree=$SHUNIT_TMPDIR/owner
	process "$tree" 1 4000 root
	process "$tree" 2 3000 number
	process "$tree" 3 2000 setuid
	process "$tree" 4 1000 none
	sed -i 's/^Uid:.*/Uid:	4000000001	4000000001	4000000001	4000000001/' "$tree/2/status"
	sed -i 's/^Uid:.*/Uid:	0	4000000002	0	0/' "$tree/3/status"
	sed -i '/^Uid:/d' "$tree/4/status"
	topmem -R "$tree" -H -n 4 -o user,pid
	assertEquals 'root 1
4000000001 2
4000000002 3
- 4' "$(squeeze "$out")"
	needs g || return 0
	topmem -R "$tree" -b user -H -n 4 -o ram,comm
	assertEquals '4000 root
3000 4000000001
2000 4000000002
1000 -
10000 total' "$(squeeze "$out")"
}

# 120 kB of groups stand before the sizes
test_status_with_a_very_long_line()
{
	tree=$SHUNIT_TMPDIR/groups
	process "$tree" 5 400 small
	process "$tree" 7 80400 member
	awk '/^Groups:/ {
			printf "Groups:\t"
			for (i = 0; i < 20000; i++)
				printf "%d ", 10000 + i
			print ""
			next
		}
		{ print }' "$tree/7/status" >"$tree/long"
	mv "$tree/long" "$tree/7/status"
	topmem -R "$tree" -H
	assertEquals '7 80400 - member' "$(squeeze "$out")"
	rm "$tree/7/statm" "$tree/5/statm"
	topmem -R "$tree" -Hn2
	assertEquals '7 80400 - member
5 400 - small' "$(squeeze "$out")"
	if has k; then
		topmem -R "$tree" -H -o pid,user,hwm,thr,swap,comm -k hwm
		assertEquals '7 root 80400 1 0 member' "$(squeeze "$out")"
	fi
}

# 100,000 lines, of all lengths, so that each is somewhere cut by the end of a buffer
test_smaps_of_very_many_mappings()
{
	needs s || return 0
	tree=$SHUNIT_TMPDIR/mappings
	process "$tree" 5 80000 small
	process "$tree" 7 999999996 many
	awk -v smaps="$tree/7/smaps" -v sums="$tree.sums" 'BEGIN {
		name = "/usr/share/"
		while (length(name) < 200)
			name = name "x"
		for (i = 1; i <= 20000; i++) {
			print "7f1000000000-7f1000001000 rw-p 00000000 fd:00 1      " substr(name, 1, i % 191) >smaps
			clean = i % 11 * 4
			dirty = i % 7 * 1000
			print "Rss:            " 12 + clean + dirty " kB" >smaps
			print "Pss:            " 5 + clean + dirty " kB" >smaps
			print "Private_Clean:  " clean " kB\nPrivate_Dirty:  " dirty " kB\nSwap:                  8 kB" >smaps
			uss += clean + dirty
			rss += 12 + clean + dirty
			pss += 5 + clean + dirty
			swap += 8
		}
		print "7", uss, pss, swap, rss, "many" >sums
	}'
	topmem -R "$tree" -sH
	assertEquals "$(cat "$tree.sums")" "$(squeeze "$out")"
}

# The text of a line that is longer than any buffer must not be taken for the next lines
test_mappings_of_files_whose_names_look_like_lines()
{
	needs s || return 0
	tree=$SHUNIT_TMPDIR/names
	process "$tree" 7 100000 named
	awk 'BEGIN {
		for (i = 0; i < 26; i++) {
			line = "7f1000000000-7f1000001000 r--p 00000000 fd:00 1 /" substr("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 1, i)
			for (j = 0; j < 400 + i; j++)
				line = line "Private_Dirty:   99999 kB "
			print line
			print "Rss:                 100 kB\nPrivate_Clean:         0 kB\nPrivate_Dirty:        40 kB\nSwap:                  4 kB"
		}
		print "7f1000000000-7f1000001000 r--p 00000000 fd:00 1 /Private_Dirty: 1 kB\\012Private_Dirty: 1 kB"
		print "Rss:                   8 kB\nPrivate_Clean:         4 kB\nPrivate_Dirty:         0 kB\nSwap:                  0 kB"
	}' >"$tree/7/smaps"
	topmem -R "$tree" -sH
	assertEquals '7 1044 - 104 2608 named' "$(squeeze "$out")"
}

test_equal_processes_come_by_pid()
{
	tree=$SHUNIT_TMPDIR/equal
	for id in 4194303 1 30 2 29 3 28 4 27 5 26 6 25 7 24 8 23 9 22 10 21 11 20 12 19 13 18 14 17 15 16 \
	    4194304 100000 99999 1000 999; do
		process "$tree" "$id" 4000 equal
	done
	process "$tree" 500 3996 less
	process "$tree" 501 4004 more
	{
		echo 501
		for id in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 999 \
		    1000 99999 100000 4194303 4194304 500; do
			echo "$id"
		done
	} >"$tree.pids"
	for rows in 1 2 15 16 17 18 24 25 32 33 37 38 39 1000; do
		topmem -R "$tree" -q -n "$rows"
		assertEquals "-n $rows" "$(head -n "$rows" "$tree.pids")" "$(cat "$out")"
	done
	topmem -R "$tree" -q -n 0
	assertEquals "$(sort "$tree.pids")" "$(sort "$out")"
	if has r; then
		topmem -R "$tree" -q -n 3 -r
		assertEquals '2
1
501' "$(cat "$out")"
	fi
}

test_what_is_no_process()
{
	tree=$SHUNIT_TMPDIR/strange
	process "$tree" 12 400 real
	for id in 12a a12 -12 +12 1.5 '1 2' 4294967308 18446744073709551628 99999999999999999999 .13 0; do
		process "$tree" "$id" 4000 wrong
	done
	ln -s 12 "$tree/self"
	mkdir "$tree/sys" "$tree/77"
	echo text >"$tree/13"
	ln -s nowhere "$tree/14"
	topmem -R "$tree" -H -n 0
	assertEquals 0 $?
	assertEquals '12 400 - real' "$(squeeze "$out")"
	topmem -R "$tree" -H -n 10
	assertEquals '12 400 - real' "$(squeeze "$out")"
	assertEquals '' "$(cat "$err")"
}

# row PID: what topmem printed of it, in words
row()
{
	squeeze "$out" | awk -v pid="$1" '$1 == pid'
}

# A process that is half there may be left out or show what is known of it; the others are not touched
test_files_missing_empty_and_cut()
{
	tree=$SHUNIT_TMPDIR/broken
	process "$tree" 1 1200 init
	process "$tree" 2 90000 whole
	for id in 10 11 12 13 14 15 16 17 18 19; do
		process "$tree" "$id" 8${id}00 "p$id"
	done
	rm "$tree/10/status"
	: >"$tree/11/status"
	printf 'Na' >"$tree/12/status"
	printf 'Name:\tp13\nState:\tS (sleeping)\nPid:\t13\nVmSize:\t   9900' >"$tree/13/status"
	rm "$tree/14/statm"
	: >"$tree/15/statm"
	printf '5' >"$tree/16/statm"
	printf '99999 9' >"$tree/17/statm"
	echo 'one two three' >"$tree/18/statm"
	rm "$tree/19/stat"
	process "$tree" 21 70000 p21
	rm "$tree"/21/*
	# read() then says EISDIR
	mkdir -p "$tree/22/status" "$tree/22/statm" "$tree/22/stat" "$tree/22/smaps" "$tree/22/smaps_rollup"
	topmem -R "$tree" -Hn 0 || fail "-n 0: status $?"
	assertEquals '2 90000 - whole' "$(row 2)"
	assertEquals '1 1200 - init' "$(row 1)"
	assertEquals '' "$(row 21)$(row 22)"
	for id in 10 11 12 13 14 15 16 17 18 19; do
		case $(row "$id") in
		'' | "$id 8${id}00 - "* | "$id - - "*) ;;
		*) fail "half a process: $(row "$id")" ;;
		esac
	done
	topmem -R "$tree"
	assertEquals '2 90000 - whole' "$(row 2)"
	topmem -R "$tree" -Hn 100
	assertEquals '2 90000 - whole' "$(squeeze "$out" | head -n 1)"
	assertEquals '1 1200 - init' "$(row 1)"
}

# cut_everywhere FILE: processes 1000, 1001, ... have FILE of process 7 cut behind byte 0, 1, ...
cut_everywhere()
{
	size=$(wc -c <"$tree/7/$1")
	at=0
	while [ "$at" -lt "$size" ]; do
		cp -r "$tree/7" "$tree/$((1000 + at))"
		head -c "$at" "$tree/7/$1" >"$tree/$((1000 + at))/$1"
		at=$((at + 1))
	done
}

# The figures are the whole ones or none, never the first digits of one
test_files_cut_at_every_byte()
{
	tree=$SHUNIT_TMPDIR/cutstatus
	process "$tree" 7 83204 cutname
	rm "$tree/7/statm"
	cut_everywhere status
	topmem -R "$tree" -H -n 0
	assertEquals 0 $?
	assertEquals '' "$(awk '($2 != 83204 && $2 != "-") || "cutname" != substr($4, 1, 7) && $4 != "-"' "$out")"
	assertEquals 1 "$(grep -c '^ *7 ' "$out")"

	tree=$SHUNIT_TMPDIR/cutstatm
	process "$tree" 7 83204 cutname
	echo '24801 20801 20 0 0 0 0' >"$tree/7/statm"
	sed -i 's/^VmSize:.*/VmSize:	   99204 kB/' "$tree/7/status"
	cut_everywhere statm
	topmem -R "$tree" -H -n 0
	assertEquals 0 $?
	assertEquals '' "$(awk '$2 != 83204 && $2 != "-"' "$out")"
	topmem -R "$tree" -H -n 100
	assertEquals '' "$(awk '$2 != 83204 && $2 != "-"' "$out")"

	needs s || return 0
	tree=$SHUNIT_TMPDIR/cutsmaps
	process "$tree" 7 83204 cutname
	printf '%s\n' '7f1000100000-7f1000400000 ---p 00000000 00:00 0 ' 'Rss:               83204 kB' \
		'Pss:               81234 kB' 'Shared_Clean:         12 kB' 'Private_Dirty:     81192 kB' \
		'Swap:              12345 kB' >"$tree/7/smaps_rollup"
	cut_everywhere smaps_rollup
	topmem -R "$tree" -s -H -n 1000
	assertEquals 0 $?
	assertEquals '' "$(awk '($2 != 81192 && $2 != "-") || ($3 != 81234 && $3 != "-") ||
		($4 != 12345 && $4 != "-" && $4 != 0) || ($5 != 83204 && $5 != "-")' "$out")"
	assertEquals '7 81192 81234 12345 83204 cutname' "$(squeeze "$out" | head -n 1)"
}

# Where all candidates are larger, most processes are passed over for what statm says. That of
# these says nothing, or something else than it seems
test_large_among_many()
{
	tree=$SHUNIT_TMPDIR/crowd
	for id in 1 2 3 4 5 6 7 8 9; do
		for tens in '' 1 2 3 4 5 6 7 8; do
			process "$tree" "$tens$id" 4000 crowd
		done
	done
	# More than one of each, as a folder is in no order: not all of them come first
	for id in 101 102 103 104 105 106 107 108; do
		for statm in '1000 2' '1000 ' '1000' '' none '1000 36893488147419103234 1' '1000 -2 1' '1000 2x 1'; do
			rm -rf "$tree"/1??
			process "$tree" "$id" 90000 large
			if [ "$statm" = none ]; then
				rm "$tree/$id/statm"
			else
				printf %s "$statm" >"$tree/$id/statm"
			fi
			topmem -R "$tree" -Hq
			assertEquals "$id: $statm" "$id" "$(cat "$out")"
		done
	done
}

# Those that were the largest when statm was read, more than are held, are small when they are to be
# rows: the others are looked for again
test_all_that_were_largest_have_shrunk()
{
	tree=$SHUNIT_TMPDIR/shrunk
	id=1
	while [ $id -le 30 ]; do
		process "$tree" $id 90000 shrunk
		sed -i "s/^VmRSS:.*/VmRSS:	$((id * 10)) kB/" "$tree/$id/status"
		process "$tree" $((1000 + id)) 50000 same
		id=$((id + 1))
	done
	for rows in 1 3 16 30; do
		topmem -R "$tree" -q -n "$rows"
		assertEquals "-n $rows" "$(seq 1001 $((1000 + rows)))" "$(cat "$out")"
	done
}

# Before Linux 6.2 and behind it RSS may lag, the more the more CPUs there are: here 64. Of process 7 it
# lacks 90000 kB, just less than 3 * 64 * 128 pages, and its USS is the largest all the same
test_counters_that_lag_on_many_cpus()
{
	needs s || return 0
	tree=$SHUNIT_TMPDIR/cpus
	id=1001
	while [ $id -le 1060 ]; do
		process "$tree" $id 50000 exact 'Cpus_allowed:	ffffffff,ffffffff' 'VmPTE:	0 kB'
		printf '%s: 50000 kB\n' Rss Pss Private_Dirty >"$tree/$id/smaps_rollup"
		id=$((id + 1))
	done
	process "$tree" 7 10000 lagging 'Cpus_allowed:	ffffffff,ffffffff' 'VmPTE:	0 kB'
	sed -i "s/^VmSize:.*/VmSize:	200000 kB/" "$tree/7/status"
	sed -i 's/^[0-9]*/50000/' "$tree/7/statm"
	printf '%s: 100000 kB\n' Rss Pss Private_Dirty >"$tree/7/smaps_rollup"
	topmem -R "$tree" -s -H
	assertEquals '7 100000 100000 0 100000 lagging' "$(squeeze "$out")"
}

# What later kernels may add is none of what is known
test_smaps_with_lines_of_its_own()
{
	needs s || return 0
	tree=$SHUNIT_TMPDIR/later
	process "$tree" 7 40000 later
	cat >"$tree/7/smaps_rollup" <<-END
		7f1000100000-7f1000400000 ---p 00000000 00:00 0                          [rollup]
		Rss:               40000 kB
		RssAnon:             999 kB
		Pss:               30000 kB
		Pss_Dirty:           999 kB
		Shared_Dirtied:      999 kB
		Shared_Dirty:          8 kB
		Private_Clean:      1000 kB
		Private_Dirty:     19000 kB
		Private_Dirtier:     999 kB
		Private_Hugetlb:    2048 kB
		Private_Hugetlbs:    999 kB
		Swap:                500 kB
		Swappable:           999 kB
		SwapPss:             250 kB
		SwapPssShared:       999 kB
	END
	topmem -R "$tree" -sH
	assertEquals '7 22048 30000 500 40000 later' "$(squeeze "$out")"
	needs o || return 0
	topmem -R "$tree" -H -o pid,dirty,epss
	assertEquals '7 19008 30250' "$(squeeze "$out")"
}

# Bytes without sense: topmem says what it can and ends as it should
test_noise()
{
	tree=$SHUNIT_TMPDIR/noise
	for id in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		process "$tree" "$id" "${id}000" noise
		awk -v id="$id" -v at="$tree/$id/" 'BEGIN {
			srand(id)
			n = split("status statm smaps smaps_rollup stat oom_score oom_score_adj cmdline", file, " ")
			for (i = 1; i <= n; i++)
				for (j = int(rand() * 9000); j > 0; j--) {
					if (rand() < 0.02)
						printf "\nVmRSS:\t%d", rand() * 1e9 >(at file[i])
					else if (rand() < 0.02)
						printf "\nPrivate_Dirty: " >(at file[i])
					else if (rand() < 0.3)
						printf "%d", rand() * 1e9 >(at file[i])
					else
						printf "%c", 1 + int(rand() * 255) >(at file[i])
				}
		}'
	done
	# those that are switched off are just refused
	for option in -n0 -n9 -n99 -q -H -h -r '-o pid,user,thr,oom,adj,swap,huge,comm' '-k swap' '-s -n 99' '-a -n 99'; do
		# shellcheck disable=SC2086 # words
		topmem -R "$tree" $option
		status=$?
		[ "$status" -eq 0 ] || [ "$status" -eq 3 ] || fail "$option: status $status"
		assertEquals "$option: control bytes" 0 "$(tr -d '\n\040-\176\200-\377' <"$out" | wc -c | tr -d ' ')"
	done
}

test_smaps_missing_empty_and_cut()
{
	needs s || return 0
	tree=$SHUNIT_TMPDIR/halves
	for id in 1 2 3 4 5; do
		process "$tree" "$id" ${id}0000 "p$id"
		cat >"$tree/$id/smaps_rollup" <<-END
			7f1000100000-7f1000400000 ---p 00000000 00:00 0                          [rollup]
			Rss:               ${id}0000 kB
			Pss:                ${id}500 kB
			Private_Clean:      ${id}000 kB
			Private_Dirty:         4 kB
			Swap:                  0 kB
		END
	done
	: >"$tree/2/smaps_rollup"
	printf '7f1000100000-7f1000400000 ---p 0000' >"$tree/3/smaps_rollup"
	printf '7f1000100000-7f1000400000 ---p 0000\nRss:     50000 kB\nPrivate_Dirty:     40' >"$tree/5/smaps_rollup"
	topmem -R "$tree" -sH -n 100
	assertEquals 0 $?
	assertEquals '4 4004 4500 0 40000 p4' "$(row 4)"
	assertEquals '1 1004 1500 0 10000 p1' "$(row 1)"
	for id in 2 3 5; do
		case $(row "$id") in
		'' | "$id - - - "*) ;;
		*) fail "nothing is known of its USS: $(row "$id")" ;;
		esac
	done
	topmem -R "$tree" -sH
	assertEquals '4 4004 4500 0 40000 p4' "$(squeeze "$out")"
	# What stands behind a line that is cut, where its colon would be, is none of it
	printf '%s\n' Priv 'Key_name:  999 kB' Privately 'Hug:   999 kB' Shar '..D....:  999 kB' Swap ':  999 kB' \
		Rss 'Pss:  4500 kB' >>"$tree/4/smaps_rollup"
	topmem -R "$tree" -sH
	assertEquals '4 4004 9000 0 40000 p4' "$(squeeze "$out")"
	needs k || return 0
	topmem -R "$tree" -sHk dirty -o pid,dirty,comm -n 100
	assertEquals '4 4 p4' "$(row 4)"
}

test_without_meminfo()
{
	tree=$SHUNIT_TMPDIR/nomeminfo
	process "$tree" 7 4000 alone
	for text in none '' 'MemTotal:       0 kB' 'MemTotal:' 'MemTotal:       38' 'nonsense' \
	    'MemFree:       3880 kB'; do
		rm -f "$tree/meminfo"
		[ "$text" = none ] || printf '%s' "$text" >"$tree/meminfo"
		topmem -R "$tree" -H
		assertEquals "meminfo: $text" '7 4000 - alone' "$(squeeze "$out")"
	done
	mkdir "$tree/newmeminfo"
	rm "$tree/meminfo"
	mv "$tree/newmeminfo" "$tree/meminfo"
	topmem -R "$tree" -H
	assertEquals 'meminfo is a folder' '7 4000 - alone' "$(squeeze "$out")"
}

# is_largest NUMBER: it is the largest that is told, in 64, 63 or 32 bits
is_largest()
{
	case $1 in
	184467440737095516?? | 922337203685477580? | 429496729?) return 0 ;;
	*) return 1 ;;
	esac
}

# Small builds hold nine digits: what has more is the largest number there, and nothing wraps
test_numbers_beyond_32_bits()
{
	tree=$SHUNIT_TMPDIR/large
	process "$tree" 1 4 small
	process "$tree" 2 4294967300 '2^32 kB'
	process "$tree" 3 999999996 less
	process "$tree" 4 6442450944 '6 TB'
	echo 'MemTotal:       8589934592 kB' >"$tree/meminfo"
	# an address space of 20 TB
	sed -i 's/^VmSize:.*/VmSize:	21474836480 kB/' "$tree/3/status"
	echo '5368709120 249999999 0 0 0 0 0' >"$tree/3/statm"
	for round in statm status; do
		topmem -R "$tree" -Hn9
		if is_largest "$(row 4 | cut -d ' ' -f 2)"; then
			assertEquals "$round" '2 4 3 1' "$(awk '{ printf "%s%s", (NR > 1 ? " " : ""), $1 }' "$out")"
			assertEquals "$round" "$(row 4 | cut -d ' ' -f 2-3)" "$(row 2 | cut -d ' ' -f 2-3)"
			assertEquals "$round" 999999996 "$(row 3 | cut -d ' ' -f 2)"
		else
			assertEquals "$round" '4 6442450944 75.0 6 TB
2 4294967300 50.0 2^32 kB
3 999999996 11.6 less
1 4 0.0 small' "$(squeeze "$out")"
		fi
		rm -f "$tree"/?/statm
	done
	needs k o || return 0
	topmem -R "$tree" -H -k vsz -o pid,vsz
	assertEquals '3 21474836480' "$(squeeze "$out")"
}

test_numbers_beyond_64_bits_saturate()
{
	tree=$SHUNIT_TMPDIR/beyond
	process "$tree" 1 4000 small
	for id in 2 3 4 5; do
		process "$tree" "$id" 4 beyond
	done
	# 2^62 pages are 2^64 kB, which would wrap to 0; 2^63 + 1 pages to 4
	sed -i 's/^VmRSS:.*/VmRSS:	18446744073709551616 kB/' "$tree/2/status"
	echo '1 4611686018427387904 0 0 0 0 0' >"$tree/2/statm"
	sed -i 's/^VmRSS:.*/VmRSS:	99999999999999999999999999999 kB/' "$tree/3/status"
	echo '1 99999999999999999999999999999 0 0 0 0 0' >"$tree/3/statm"
	sed -i 's/^VmRSS:.*/VmRSS:	36893488147419103236 kB/' "$tree/4/status"
	echo '1 9223372036854775809 0 0 0 0 0' >"$tree/4/statm"
	for round in statm status; do
		topmem -R "$tree" -Hn9
		assertEquals "$round" '2 3 4 1 5' "$(awk '{ printf "%s%s", (NR > 1 ? " " : ""), $1 }' "$out")"
		for id in 2 3 4; do
			# shellcheck disable=SC2046 # words
			set -- $(row "$id")
			is_largest "$2" || fail "$round: $*"
		done
		rm -f "$tree"/?/statm
	done
	needs s || return 0
	for id in 1 2 3 4 5; do
		printf '%s\n' 'Rss: 4000 kB' 'Pss: 4 kB' 'Private_Clean: 8 kB' 'Private_Dirty: 4 kB' 'Swap: 0 kB' \
			'SwapPss: 0 kB' >"$tree/$id/smaps"
	done
	# each is right, the sum is too large
	sed -i 's/^VmSize:.*/VmSize:	99999999999999999999999999999 kB/' "$tree/3/status"
	printf '%s\n' 'Rss: 4000 kB' 'Pss: 4 kB' 'Private_Clean: 18446744073709551000 kB' \
		'Private_Dirty: 18446744073709551000 kB' 'Swap: 18446744073709551000 kB' \
		'SwapPss: 18446744073709551612 kB' >"$tree/3/smaps"
	topmem -R "$tree" -Hs
	# shellcheck disable=SC2046 # words
	set -- $(row 3)
	is_largest "$2" || fail "USS: $*"
	needs k || return 0
	for column in foot epss; do
		topmem -R "$tree" -Hs -k "$column" -o "pid,$column"
		# shellcheck disable=SC2046 # words
		set -- $(row 3)
		is_largest "$2" || fail "$column: $*"
	done
}

test_huge_share()
{
	tree=$SHUNIT_TMPDIR/share
	process "$tree" 1 4000 small
	process "$tree" 2 4 beyond
	sed -i 's/^\(VmSize\|VmRSS\):.*/\1:	18446744073709551616 kB/' "$tree/2/status"
	echo '4611686018427387904 4611686018427387904 0 0 0 0 0' >"$tree/2/statm"
	echo 'MemTotal:       8000 kB' >"$tree/meminfo"
	topmem -R "$tree" -H
	# shellcheck disable=SC2046 # words
	set -- $(row 2)
	assertTrue "$3 % is more than 100 %" "[ '${3%.*}' -gt 100000 ]"
	needs k || return 0
	topmem -R "$tree" -Hn2 -k mem
	assertEquals '2 1' "$(awk '{ printf "%s%s", (NR > 1 ? " " : ""), $1 }' "$out")"
}

# A copy of a procfs may lack smaps of some processes: theirs is not estimated then, whichever
# comes first
test_smaps_of_some_processes_only()
{
	needs s || return 0
	tree=$SHUNIT_TMPDIR/some
	process "$tree" 3 40000 without
	process "$tree" 5 30000 with
	process "$tree" 9 35000 without
	printf 'Rss: 30000 kB\nPss: 21000 kB\nPrivate_Dirty: 20000 kB\nSwap: 0 kB\n' >"$tree/5/smaps_rollup"
	for n in 0 1 3; do
		topmem -R "$tree" -s -n "$n" 2>"$err"
		assertEquals "-n $n" 'PID USS PSS SWAP RSS COMMAND' "$(squeeze "$out" | head -n 1)"
		assertEquals "-n $n" '5 20000 21000 0 30000 with' "$(row 5)"
	done
	topmem -R "$tree" -sq
	assertEquals 5 "$(cat "$out")"
}

# Each once, however many passes its rows take. A folder in the place of a file can be opened,
# and not be read
test_unreadable_are_counted_once()
{
	needs s k r || return 0
	tree=$SHUNIT_TMPDIR/unreadable
	for id in $(seq 1 40); do
		process "$tree" "$id" "${id}00" one
		mkdir "$tree/$id/smaps_rollup"
	done
	for n in 1 16 17 40; do
		for direction in -q -r; do
			topmem -R "$tree" -s -k pid "$direction" -H -n "$n"
			assertEquals "$direction -n $n" $n "$(sed -n 's/^topmem: \([0-9]*\) processes not.*/\1/p' "$err")"
		done
		topmem -R "$tree" -sHn "$n"
		assertEquals "-s -n $n" 40 "$(sed -n 's/^topmem: \([0-9]*\) processes not.*/\1/p' "$err")"
	done
}

# Nor do those count again whose sizes cannot be read
test_without_sizes_are_counted_once()
{
	needs k r || return 0
	tree=$SHUNIT_TMPDIR/sizes
	for id in $(seq 1 40); do
		process "$tree" "$id" "${id}00" one
	done
	for id in 1 30 40; do
		rm "$tree/$id/statm" "$tree/$id/status"
		mkdir "$tree/$id/statm" "$tree/$id/status" "$tree/$id/task"
	done
	for n in 0 1 16 17 37 100; do
		for by in rss hwm; do
			for direction in -q -r; do
				topmem -R "$tree" -k $by "$direction" -n "$n"
				assertEquals "-k $by $direction -n $n" 'topmem: 3 processes not readable (needs CAP_SYS_PTRACE)' \
					"$(cat "$err")"
			done
		done
	done
}

# All can be read, and tell too little for an estimate
test_without_smaps_nothing_is_unreadable()
{
	needs s || return 0
	tree=$SHUNIT_TMPDIR/old
	for id in $(seq 1 30); do
		process "$tree" "$id" "${id}00" old
		sed -i '/^Rss/d' "$tree/$id/status"
		rm "$tree/$id/statm"
	done
	for n in 1 16 17 40; do
		topmem -R "$tree" -s -n "$n"
		assertEquals "-n $n" '' "$(cat "$err")"
	done
}

# Sums of 32 bits would wrap in builds that have no more
test_share_of_four_gigabytes()
{
	tree=$SHUNIT_TMPDIR/four
	process "$tree" 1 4290000 four
	echo 'MemTotal:       33000000 kB' >"$tree/meminfo"
	topmem -R "$tree" -H
	assertEquals '1 4290000 13.0 four' "$(row 1)"
}

test_share_of_next_to_nothing()
{
	tree=$SHUNIT_TMPDIR/nothing
	process "$tree" 1 4 beyond
	sed -i 's/^\(VmSize\|VmRSS\):.*/\1:	99999999999999999996 kB/' "$tree/1/status"
	rm "$tree/1/statm"
	for total in 0 1 2 3 500; do
		echo "MemTotal:       $total kB" >"$tree/meminfo"
		topmem -R "$tree" -H
		assertEquals "MemTotal $total" 0 $?
	done
}

test_command_lines()
{
	needs a || return 0
	unpack openwrt-6.6
	for id in 412 1701; do
		tr '\000' ' ' <"$tree/$id/cmdline" | sed 's/ $//' >"$tree.$id"
	done
	topmem -R "$tree" -a -H
	assertEquals "412 20804 35.9 $(cat "$tree.412")" "$(squeeze "$out")"
	topmem -R "$tree" -a -Hn0 -o pid,comm
	assertEquals '412 /usr/bin/AdGuardHome -c /etc/adguardhome.yaml --no-check-update' "$(row 412)"
	assertEquals '1701 /usr/sbin/dnsmasq -C /var/etc/dnsmasq.conf.cfg01411c' "$(row 1701)"
	assertEquals '2211 -ash' "$(row 2211)"
	assertEquals 'no command line' '1108 [dropbear]' "$(row 1108)"
	topmem -R "$tree" -Hn1 -o args,pid
	assertEquals '412 /usr/bin/AdGuardHome -c /etc/adguardhome.yaml --no-check-update' "$(squeeze "$out")"
}

# confined ARG...: topmem as somebody whom the modes of files bind
confined()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	# shellcheck disable=SC2086 # the program may be several words
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --bounding-set=-all $TOPMEM "$@"
	else
		$TOPMEM "$@"
	fi >"$out" 2>"$err"
}

test_files_that_may_not_be_read()
{
	needs s || return 0
	unpack linux-6.12
	facts 4
	# the two largest and the smallest
	chmod 000 "$tree"/2400/smaps* "$tree"/2466/smaps* "$tree"/5100/smaps*
	if confined -R "$tree" -H -n 0 && ! setpriv --bounding-set=-all cat "$tree/2400/smaps" 2>/dev/null; then
		confined -R "$tree" -s -n 100
		assertEquals 0 $?
		{
			ranking pid uss 100 exact=1 | grep -vx -e 2400 -e 2466 -e 5100
			printf '%s\n' 2400 2466 5100
		} >"$SHUNIT_TMPDIR/wanted"
		awk '{ print $1 }' "$out" >"$out.pids"
		cmp -s "$SHUNIT_TMPDIR/wanted" "$out.pids" || fail "$(cat "$out" "$err")"
		grep -q '^topmem: [123] processes not readable, the largest with RSS 902332 (needs CAP_SYS_PTRACE)$' "$err" ||
			fail "told: $(cat "$err")"
		assertEquals 1 "$(grep -c . "$err")"
		for id in 2400 2466 5100; do
			case $(row "$id") in
			"$id - - "*) ;;
			*) fail "unreadable: $(row "$id")" ;;
			esac
		done
		confined -R "$tree" -sHq
		assertEquals 1500 "$(cat "$out")"
	else
		fail "cannot take capabilities away"
	fi
	chmod 644 "$tree"/*/smaps*
}

. shunit2
