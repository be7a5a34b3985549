#!/bin/sh
# The form of what is printed: columns that line up and grow, sizes for people, shares.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"

setUp()
{
	tree=$SHUNIT_TMPDIR/tree
	rm -rf "$tree"
	mkdir "$tree"
}

test_as_in_the_manual()
{
	process "$tree" 412 83204 AdGuardHome
	process "$tree" 7 400 sh
	echo 'MemTotal:         251040 kB' >"$tree/meminfo"
	topmem -R "$tree"
	assertEquals '  PID     RSS %MEM COMMAND
  412   83204 33.1 AdGuardHome' "$(cat "$out")"
	topmem -R "$tree" -n 2
	assertEquals '  PID     RSS %MEM COMMAND
  412   83204 33.1 AdGuardHome
    7     400  0.2 sh' "$(cat "$out")"
	topmem -R "$tree" -n 9 -H
	assertEquals '  412   83204 33.1 AdGuardHome
    7     400  0.2 sh' "$(cat "$out")"
	topmem -R "$tree" -q
	assertEquals '412' "$(cat "$out")"
	topmem -R "$tree" -qHn2
	assertEquals '412
7' "$(cat "$out")"
	if has h; then
		topmem -R "$tree" -h -n 2
		assertEquals '  PID    RSS %MEM COMMAND
  412  81.3M 33.1 AdGuardHome
    7   400K  0.2 sh' "$(cat "$out")"
	fi
	needs s || return 0
	cat >"$tree/412/smaps_rollup" <<-'END'
		7f1000100000-7f1000400000 ---p 00000000 00:00 0                          [rollup]
		Rss:               83204 kB
		Pss:               82000 kB
		Private_Clean:       100 kB
		Private_Dirty:     81000 kB
		Swap:                 12 kB
	END
	topmem -R "$tree" -s
	assertEquals '  PID     USS     PSS    SWAP     RSS COMMAND
  412   81100   82000      12   83204 AdGuardHome' "$(cat "$out")"
	if has h; then
		topmem -R "$tree" -sh
		assertEquals '  PID    USS    PSS   SWAP    RSS COMMAND
  412  79.2M  80.1M    12K  81.3M AdGuardHome' "$(cat "$out")"
	fi
	rm "$tree/412/smaps_rollup"
	topmem -R "$tree" -s
	assertEquals '  PID    ~USS     PSS    SWAP     RSS COMMAND
  412   83204       -       0   83204 AdGuardHome' "$(cat "$out")"
}

# aligned [LEFT]: each cell ends where its header ends, or starts there in the column named LEFT; at least
# one blank lies between cells; the command comes last and may be several words
aligned()
{
	awk -v left="${1:-}" '
		{
			n = 0
			rest = $0
			at = 0
			while (match(rest, /[^ ]+/)) {
				n++
				if (NR == 1)
					name[n] = substr(rest, RSTART, RLENGTH)
				first = at + RSTART
				last = first + RLENGTH - 1
				if (NR == 1) {
					start[n] = first
					end[n] = last
				} else if (name[n] == left || name[n] == "COMMAND") {
					if (first != start[n])
						bad = 1
					if (name[n] == "COMMAND")
						break
				} else if (last != end[n])
					bad = 1
				at = last
				rest = substr(rest, RSTART + RLENGTH)
			}
			if (NR == 1)
				columns = n
			if (n != columns)
				bad = 1
		}
		END { exit bad || NR < 2 }' "$out"
}

test_columns_grow()
{
	! smallest || { skip "columns do not grow in the smallest build"; return; }
	echo 'MemTotal:        40000 kB' >"$tree/meminfo"
	process "$tree" 1 400 init
	process "$tree" 4194303 39999996 large
	process "$tree" 99999 9999996 middle
	topmem -R "$tree" -n 3
	assertEquals '    PID      RSS     %MEM COMMAND
4194303 39999996 100000.0 large
  99999  9999996  25000.0 middle
      1      400      1.0 init' "$(cat "$out")"
	topmem -R "$tree" -H -n 3
	assertEquals '4194303 39999996 100000.0 large
  99999  9999996  25000.0 middle
      1      400      1.0 init' "$(cat "$out")"
	# as they are read nobody knows what comes: but nothing runs together
	topmem -R "$tree" -n 0
	assertEquals '1 400 1.0 init
4194303 39999996 100000.0 large
99999 9999996 25000.0 middle
PID RSS %MEM COMMAND' "$(squeeze "$out" | sort)"
	needs o || return 0
	topmem -R "$tree" -n 3 -o pid,rss,vsz,shr,anon,hwm
	aligned || fail "$(cat "$out" "$err")"
	topmem -R "$tree" -n 3 -o vsz%,rss%,pid,comm
	aligned || fail "$(cat "$out" "$err")"
}

test_all_columns_line_up()
{
	needs o || return 0
	unpack linux-6.12
	for column in ppid user thr rss vsz shr anon hwm data stk text lib pte lck swap huge foot oom adj mem \
	    rss% vsz% shr% anon% hwm% data% stk% text% lib% pte% lck% swap% huge% foot%; do
		topmem -R "$tree" -n 8 -o "pid,$column"
		aligned USER || fail "$(cat "$out" "$err")"
		topmem -R "$tree" -n 8 -o "$column,pid"
		aligned USER || fail "$(cat "$out" "$err")"
		! has h || topmem -R "$tree" -h -n 8 -o "$column,pid,$column"
		aligned USER || fail "$(cat "$out" "$err")"
	done
	topmem -R "$tree" -n 2 -o pid,ppid,user,thr,rss,vsz,shr,anon,hwm,data,stk,text,lib,pte,lck,swap,huge,foot,oom,adj,mem
	aligned USER || fail "$(cat "$out" "$err")"
	if has s; then
		topmem -R "$tree" -n 8 -o pid,uss,pss,dirty,epss,uss%,pss%,dirty%,epss%
		aligned || fail "$(cat "$out" "$err")"
		topmem -R "$tree" -n 8 -s
		aligned || fail "$(cat "$out" "$err")"
		for name in linux-2.6.9 linux-2.6.22 openwrt-6.6; do
			unpack "$name"
			topmem -R "$tree" -n 8 -o pid,uss,pss,swap,dirty,epss,huge,foot,oom,adj,rss
			aligned || fail "$(cat "$out" "$err")"
		done
	fi
}

test_headers()
{
	needs o || return 0
	process "$tree" 7 400 sh
	while read -r columns headers; do
		topmem -R "$tree" -o "$columns"
		assertEquals "$columns" "$headers" "$(sed -n 1p "$out" | squeeze)"
	done <<-'END'
		pid,ppid,user,thr PID PPID USER THR
		rss,vsz,shr,anon RSS VSZ SHR ANON
		hwm,data,stk,text,lib,pte,lck PEAK DATA STK TEXT LIB PTE LCK
		swap,huge,foot SWAP HUGE FOOT
		oom,adj,mem OOM ADJ %MEM
		rss%,hwm%,foot% %RSS %PEAK %FOOT
		comm COMMAND
		args COMMAND
	END
	needs s || return 0
	echo 'Private_Dirty: 4 kB' >"$tree/7/smaps"
	topmem -R "$tree" -o uss,pss,dirty,epss,uss%,pss%
	assertEquals 'USS PSS DIRTY EPSS %USS %PSS' "$(sed -n 1p "$out" | squeeze)"
	needs g || return 0
	topmem -R "$tree" -g -o ram,args,comm
	assertEquals 'of sums' 'RAM ARGS PROGRAM' "$(sed -n 1p "$out" | squeeze | tr -d '~')"
}

test_command_comes_last()
{
	needs o || return 0
	process "$tree" 7 400 'my name'
	printf 'my\000line' >"$tree/7/cmdline"
	topmem -R "$tree" -o comm,rss,pid
	assertEquals 'RSS PID COMMAND
400 7 my name' "$(squeeze "$out")"
	topmem -R "$tree" -o rss,comm,pid
	assertEquals 'RSS PID COMMAND
400 7 my name' "$(squeeze "$out")"
	topmem -R "$tree" -o args,rss,pid
	assertEquals 'RSS PID COMMAND
400 7 my line' "$(squeeze "$out")"
	topmem -R "$tree" -o comm,rss,pid -a
	assertEquals 'RSS PID COMMAND
400 7 my line' "$(squeeze "$out")"
	topmem -R "$tree" -o comm -H
	assertEquals 'my name' "$(squeeze "$out")"
}

# They would wrap on a terminal
test_no_blanks_at_the_end()
{
	process "$tree" 7 400 sh
	topmem -R "$tree"
	assertEquals '' "$(grep ' $' "$out")"
	topmem -R "$tree" -q
	assertEquals '' "$(grep ' $' "$out")"
	needs o || return 0
	topmem -R "$tree" -o pid,rss
	assertEquals '  PID     RSS
    7     400' "$(cat "$out")"
}

test_quiet_prints_nothing_but_pids()
{
	process "$tree" 7 400 sh
	process "$tree" 9 800 bash
	topmem -R "$tree" -q -n 2
	assertEquals '9
7' "$(cat "$out")"
	! has h || topmem -R "$tree" -qhn2
	assertEquals '9
7' "$(cat "$out")"
	needs k o || return 0
	topmem -R "$tree" -q -n 2 -o comm,rss -k rss
	assertEquals '9
7' "$(cat "$out")"
}

# shown_as TEXT KB: what -h makes of it
shown_as()
{
	process "$tree" 7 400 sh
	sed -i "s/^VmHWM:.*/VmHWM:	$2 kB/" "$tree/7/status"
	topmem -R "$tree" -h -H -o hwm
	assertEquals "$2" "$1" "$(squeeze "$out")"
}

test_sizes_for_people()
{
	needs h o || return 0
	shown_as 0K 0
	shown_as 1K 1
	shown_as 9K 9
	shown_as 99K 99
	shown_as 812K 812
	shown_as 1023K 1023
	shown_as 1.0M 1024
	shown_as 1.0M 1075
	shown_as 1.1M 1076
	# halves go up
	shown_as 1.3M 1280
	shown_as 1.8M 1792
	shown_as 1.2M 1279
	shown_as 79.8M 81715
	shown_as 99.9M 102348
	shown_as 100M 102349
	shown_as 100M 102400
	shown_as 100M 102911
	shown_as 101M 102912
	shown_as 812M 831488
	shown_as 1023M 1047552
	shown_as 1023M 1048063
	shown_as 1.0G 1048064
	shown_as 1.0G 1048575
	shown_as 1.0G 1048576
	shown_as 1.4G 1468007
	shown_as 99.9G 104805171
	shown_as 100G 104857600
	shown_as 1023G 1072693248
	shown_as 1.0T 1073741824
	shown_as 20.0T 21474836480
	shown_as 100T 107374182400
	shown_as 4.0P 4398046511104
	shown_as 1.0E 1125899906842624
	# There is no larger unit; what fits no number is the largest
	shown_as 2048E 2305843009213693952
	shown_as 16383E 99999999999999999999
}

test_sizes_for_people_line_up()
{
	needs h || return 0
	echo 'MemTotal:         4000000 kB' >"$tree/meminfo"
	process "$tree" 1 4 a
	process "$tree" 22 1020 b
	process "$tree" 333 1024 c
	process "$tree" 4444 102400 d
	process "$tree" 55555 1047548 e
	process "$tree" 66666 1048576 f
	topmem -R "$tree" -h -n 6
	assertEquals '  PID    RSS %MEM COMMAND
66666   1.0G 26.2 f
55555  1023M 26.2 e
 4444   100M  2.6 d
  333   1.0M  0.0 c
   22  1020K  0.0 b
    1     4K  0.0 a' "$(cat "$out")"
}

# share_shown TEXT KB TOTAL
share_shown()
{
	process "$tree" 7 "$2" sh
	echo "MemTotal:       $3 kB" >"$tree/meminfo"
	topmem -R "$tree" -H
	assertEquals "$2 of $3" "7 $2 $1 sh" "$(squeeze "$out")"
}

test_shares()
{
	share_shown 0.0 4 16301896
	share_shown 0.0 4 8004
	share_shown 0.1 4 8000
	share_shown 0.1 4 4000
	share_shown 0.1 12 8004
	share_shown 0.2 12 8000
	share_shown 33.3 4 12
	share_shown 66.7 8 12
	share_shown 50.0 8000 16000
	share_shown 99.9 9992 10000
	share_shown 100.0 9996 10000
	share_shown 100.0 10000 10000
	share_shown 100.1 10008 10000
	share_shown 250.0 10000 4000
	share_shown 40000.0 1600 4
}

test_unknown_values_rank_last()
{
	needs k o || return 0
	process "$tree" 3 400 c
	process "$tree" 4 800 d
	process "$tree" 5 1200 e
	process "$tree" 6 1600 f
	sed -i '/^VmSwap/d' "$tree/3/status" "$tree/6/status"
	sed -i 's/^VmSwap.*/VmSwap:	 8 kB/' "$tree/5/status"
	topmem -R "$tree" -Hn9 -k swap -o pid,swap
	assertEquals '5 8
4 0
3 -
6 -' "$(squeeze "$out")"
	topmem -R "$tree" -Hn2 -k swap -o pid,swap
	assertEquals '5 8
4 0' "$(squeeze "$out")"
	if has r; then
		topmem -R "$tree" -rHn9 -k swap -o pid,swap
		assertEquals '6 -
3 -
4 0
5 8' "$(squeeze "$out")"
	fi
}

# More rows than are held at once: further passes below the last row
test_many_rows()
{
	number=1
	while [ "$number" -le 60 ]; do
		process "$tree" "$number" "$((number * 4 % 80 + 400))" "p$number"
		number=$((number + 1))
	done
	facts 4
	for rows in 1 15 16 17 31 32 33 40 47 48 49 59 60 61 100; do
		ranking pid,rss,mem,comm rss "$rows" >"$SHUNIT_TMPDIR/wanted"
		topmem -R "$tree" -n "$rows"
		squeeze "$out" | cmp -s - "$SHUNIT_TMPDIR/wanted" || fail "-n $rows: $(cat "$out" "$err")"
	done
	assertEquals 'one header' 1 "$(grep -c PID "$out")"
	needs r || return 0
	topmem -R "$tree" -r -H -n 60
	ranking pid,rss,mem,comm rss 60 | sed '1d; 2!G; h; $!d' >"$SHUNIT_TMPDIR/wanted"
	squeeze "$out" | cmp -s - "$SHUNIT_TMPDIR/wanted" || fail "-r: $(cat "$out" "$err")"
	topmem -R "$tree" -r -H -n 20
	ranking pid,rss,mem,comm rss 20 | sed '1d; 2!G; h; $!d' >"$SHUNIT_TMPDIR/wanted"
	squeeze "$out" | cmp -s - "$SHUNIT_TMPDIR/wanted" || fail "-r: $(cat "$out" "$err")"
}

. shunit2
