#!/bin/sh
# What topmem prints of a process against what the kernel's files say of it, to the kB:
# helpers hold each kind of memory in known amounts and do not move meanwhile.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

oneTimeSetUp()
{
	helper memproc || return
	start memproc || return
	base=$(figures smaps "/proc/$pid")
	stop "$pid"
}

tearDown()
{
	stop_all
}

oneTimeTearDown()
{
	swap_off
	[ -z "$huge" ] || huge_pages -"$huge"
	[ -z "$max_maps" ] || echo "$max_maps" >/proc/sys/vm/max_map_count
	huge='' max_maps=''
}

# unlike COLUMNS A B: the columns in which two lines of figures differ. All processes share the
# pages of the vDSO, so PSS is a little less while more of them run: 1 kB is no difference
unlike()
{
	printf '%s\n%s\n' "$2" "$3" | awk -v columns="$1" '
		BEGIN { count = split(columns, name, /,/) }
		NR == 1 { split($0, one) }
		NR == 2 {
			for (i = 1; i <= count || i <= NF; i++)
				if ($i != one[i] && (name[i] !~ /^e?pss$/ || $i > one[i] + 1 || $i < one[i] - 1))
					print name[i] ": kernel " one[i] ", topmem " $i
		}'
}

# agrees status|smaps [DIR]: topmem and the kernel tell the same about process $pid, whose
# files are in DIR. Read again where the kernel's own figures changed meanwhile
agrees()
{
	dir=${2:-/proc/$pid}
	case $1 in
	status) columns=$status_columns ;;
	smaps) columns=$status_columns,$smaps_columns ;;
	esac
	for try in $(seq 30); do
		before=$(figures "$1" "$dir")
		topmem -n 0 -H -o "$columns"
		assertEquals "$1 columns: status; $(cat "$err")" 0 $?
		after=$(figures "$1" "$dir")
		[ "$before" = "$after" ] && break
	done
	assertEquals "the kernel's figures do not change, try $try" "$before" "$after"
	assertEquals "$1 columns" "" "$(unlike "$columns" "$after" "$(line "$pid")")"
}

# holds COLUMN KB...: process $pid has this much more in these columns than one without any
# SPEC, give or take what its own code needs, less of which counts where it is shared
holds()
{
	now=$(figures smaps "${dir:-/proc/$pid}")
	assertEquals "" "$(printf '%s\n' "$status_columns,$smaps_columns" "$*" "$base" "$now" | awk '
		NR == 1 { count = split($0, name, /,/) }
		NR == 2 { for (i = 1; i <= NF; i += 2) want[$i] = $(i + 1) }
		NR == 3 { split($0, base) }
		NR == 4 {
			for (i = 1; i <= count; i++) {
				if (!(name[i] in want))
					continue
				more = $i - base[i] - want[name[i]]
				if (more < -800 || more > 160)
					print name[i] ": " $i ", without it " base[i]
				delete want[name[i]]
			}
			for (one in want)
				print one ": no such column"
		}')"
}

# subject SPEC...: starts such a process, in $pid, and compares it, as far as built in
subject()
{
	start memproc "$@" || return
	needs o || return 0
	agrees status
	has s && agrees smaps
}

test_nothing()
{
	subject
	holds rss 0 uss 0
}

test_private()
{
	subject private=20M
	holds rss 20480 anon 20480 uss 20480 pss 20480 dirty 20480 data 20480 hwm 20480 shr 0
}

test_shared_anonymous()
{
	subject shared-anon=12M
	holds rss 12288 shr 12288 anon 0 uss 12288 pss 12288
}

test_shared_anonymous_by_three()
{
	subject shared-anon=12M copies=2
	holds rss 12288 shr 12288 pss 4096 dirty 12288
}

test_file_private()
{
	subject file-private=8M
	holds rss 8192 shr 4096 anon 4096 uss 8192 dirty 4096
}

test_file_shared()
{
	subject file-shared=8M
	holds rss 8192 shr 8192 anon 0 uss 8192 vsz 8192
}

test_copy_on_write()
{
	subject cow=16M
	holds rss 16384 anon 16384 uss 8192 pss 12288
	pid=${pids#* }
	needs o || return 0
	agrees status
	has s && agrees smaps
	holds rss 16384 anon 16384 uss 8192 pss 12288
}

test_locked()
{
	subject mlock=6M
	holds lck 6144 rss 6144
}

test_transparent_huge_pages()
{
	if ! grep -q '\[never\]' /sys/kernel/mm/transparent_hugepage/enabled; then
		subject thp=8M
		holds rss 8192 uss 8192
		assertEquals "" 8192 "$(awk '/^AnonHugePages/ { print $2 }' "/proc/$pid/smaps_rollup")"
	else
		skip "transparent huge pages are off"
	fi
}

test_huge_pages()
{
	huge_pages 8 || { skip "the pool of huge pages cannot be raised"; return; }
	huge=8
	subject hugetlb=16M
	holds rss 0 huge 16384 uss 16384 pss 0 vsz 16384
	stop_all
	subject hugetlb-shared=16M copies=1
	holds rss 0 huge 16384 pss 0 uss 0
}

test_swapped()
{
	[ -n "$zram" ] || swap_on || { skip "no zram to swap to"; return; }
	subject swapped=8M
	holds rss 0 swap 8192 foot 8192 epss 8192 uss 0 vsz 8192 hwm 8192
}

test_swapped_shared()
{
	[ -n "$zram" ] || swap_on || { skip "no zram to swap to"; return; }
	subject swapped-shared=8M
	holds rss 0 swap 8192 uss 0
	needs o || return 0
	topmem -n 0 -H -o pid,swap
	assertEquals "VmSwap leaves it out" 0 "$(line "$pid" | awk '{ print $2 }')"
}

test_no_access()
{
	subject protnone=8M
	holds vsz 8192 rss 4096 uss 4096
}

test_code()
{
	subject code=3M
	holds lib 3072 rss 0
}

test_stack()
{
	subject stack=2M
	holds stk 2048 rss 2048
}

test_many_threads()
{
	subject threads=50
	assertEquals 51 "$(awk '/^Threads/ { print $2 }' "/proc/$pid/status")"
}

test_oom_score()
{
	subject adj=300
	holds adj 300 oom 200
	# Less than 0 is not for everybody
	if (echo -1 >/proc/self/oom_score_adj) 2>/dev/null; then
		subject adj=-1000
		assertEquals 0 "$(cat "/proc/$pid/oom_score")"
	fi
}

test_everything_at_once()
{
	subject private=1000K shared-anon=2000K file-private=3000K file-shared=4000K cow=5000K \
		mlock=6000K protnone=7000K code=800K stack=900K maps=100 threads=11 adj=12 copies=1
}

many_maps()
{
	[ "$(cat /proc/sys/vm/max_map_count)" -gt 100000 ] && return
	[ -w /proc/sys/vm/max_map_count ] || return
	max_maps=$(cat /proc/sys/vm/max_map_count)
	echo 200000 >/proc/sys/vm/max_map_count
}

test_100000_mappings()
{
	many_maps || { skip "vm.max_map_count is too low"; return; }
	subject maps=100000
	holds vsz 400000 rss 25000 uss 25000
	assertTrue "mappings" "[ $(grep -c . "/proc/$pid/maps") -gt 100000 ]"
}

# What smaps_rollup sums, topmem has to sum itself in a capture that has smaps alone
test_100000_mappings_without_rollup()
{
	needs s o || return 0
	many_maps || { skip "vm.max_map_count is too low"; return; }
	start memproc maps=100000 private=3M shared-anon=2M name='a) b' || return
	capture=$SHUNIT_TMPDIR/capture
	mkdir -p "$capture/$pid"
	cp /proc/meminfo "$capture"
	for file in statm status smaps stat cmdline; do
		cat "/proc/$pid/$file" >"$capture/$pid/$file"
	done
	topmem -R "$capture" -s -H -o pid,rss,uss,pss,dirty,swap,epss
	assertEquals 0 $?
	assertEquals "$(awk -v pid="$pid" '
		{ sum[$1] += $2 }
		END {
			print pid, sum["Rss:"], sum["Private_Clean:"] + sum["Private_Dirty:"], sum["Pss:"],
				sum["Private_Dirty:"] + sum["Shared_Dirty:"], sum["Swap:"],
				sum["Pss:"] + sum["SwapPss:"]
		}' "$capture/$pid/smaps")" "$(awk '{ $1 = $1; print }' "$out")"
	rm -r "$capture"
}

# The main thread has ended: its statm, status and smaps are empty, those of the others not
test_main_thread_ended()
{
	start memproc private=20M threads=3 dead-leader || return
	assertEquals "0 0 0 0 0 0 0" "$(cat "/proc/$pid/statm")"
	for dir in /proc/"$pid"/task/*; do
		[ "${dir##*/}" = "$pid" ] || break
	done
	holds rss 20480 uss 20480
	topmem -n 0 -q
	assertEquals "it is listed" "$pid" "$(line "$pid")"
	topmem -n 0 -H
	assertEquals "with its memory" \
		"$pid $(awk '/^VmRSS/ { print $2 }' "$dir/status") memproc" \
		"$(line "$pid" | awk '{ print $1, $2, $4 }')"
	needs o s || return 0
	agrees status "$dir"
	agrees smaps "$dir"
}

test_owner()
{
	needs o || return 0
	start memproc uid=65534 || return
	topmem -n 0 -H -o pid,user
	assertEquals "$pid $(id -un 65534)" "$(line "$pid" | awk '{ $1 = $1; print }')"
	stop_all
	start memproc uid=54321 || return
	topmem -n 0 -H -o pid,user
	assertEquals "a user without name" "$pid 54321" "$(line "$pid" | awk '{ $1 = $1; print }')"
	stop_all
	start memproc euid=65534 || return
	topmem -n 0 -H -o pid,user
	assertEquals "the effective one" "$pid $(id -un 65534)" \
		"$(line "$pid" | awk '{ $1 = $1; print }')"
}

# named BYTES PRINTED: what a full build prints
named()
{
	start memproc name="$1" || return
	topmem -n 0 -H
	assertEquals "$(printf '%s\n' "$2" | as_shown)" \
		"$(line "$pid" | sed 's/^ *[0-9]* *[0-9]* *[0-9.]* //')"
	stop_all
}

test_names()
{
	named 'a b  c' 'a b  c'
	named ') R 1 (' ') R 1 ('
	named 'VmRSS: 1 kB' 'VmRSS: 1 kB'
	named "$(printf 'a\033[31mb')" 'a?[31mb'
	named "$(printf 'tab\tline\nend')" 'tab?line?end'
	# shellcheck disable=SC1003 # a backslash is meant
	named 'back\slash\\n\' 'back\slash\\n\'
	named "$(printf 'del\177 x')" 'del? x'
	named "$(printf 'b\303\266se \342\202\254')" "$(printf 'b\303\266se \342\202\254')"
	named "$(printf 'latin \366')" 'latin ?'
	named "$(printf 'cut \342\202')" 'cut ??'
	named "$(printf 'c1 \302\233')" 'c1 ??'
	named "$(printf 'overlong \300\257')" 'overlong ??'
	named '123456789012345' '123456789012345'
	named "$(printf '12345678901234\303\266')" '12345678901234?'
	named ' ' ' '
}

test_command_line()
{
	needs a || return 0
	start memproc private=1M "name=$(printf 'x\ny')" "name=a  b" || return
	topmem -n 0 -H -a
	assertEquals "$helpers/memproc private=1M name=x?y name=a  b" \
		"$(line "$pid" | sed 's/^ *[0-9]* *[0-9]* *[0-9.]* //')"
}

test_kernel_threads_are_not_listed()
{
	threads=$(awk '/^Kthread:/ && $2 == 1 { split(FILENAME, part, "/"); print part[3] }' \
		/proc/[0-9]*/status 2>/dev/null)
	[ -n "$threads" ] || { skip "no kernel threads are seen here"; return; }
	topmem -n 0 -q
	for thread in $threads; do
		assertEquals "a kernel thread" "" "$(line "$thread")"
	done
	topmem -n 100000 -q
	for thread in $threads; do
		assertEquals "a kernel thread" "" "$(line "$thread")"
	done
}

test_ended_processes_are_not_listed()
{
	start memproc copies=1 || return
	child=${pids#* }
	kill -9 "$child"
	until grep -q '^State:.*Z' "/proc/$child/status"; do :; done
	topmem -n 0 -q
	assertEquals "$pid" "$(line "$pid")"
	assertEquals "" "$(line "$child")"
}

test_lists_itself()
{
	# shellcheck disable=SC2016 # for the inner shell
	TOPMEM=$TOPMEM sh -c 'echo $$; exec $TOPMEM -n 0 -q' >"$SHUNIT_TMPDIR/out"
	assertEquals 2 "$(grep -cx "$(head -n 1 "$SHUNIT_TMPDIR/out")" "$SHUNIT_TMPDIR/out")"
}

test_share_of_memory()
{
	start memproc private=300M || return
	topmem -n 0 -H
	assertEquals "$(figures status "/proc/$pid" | awk '{ print $1, $17, $20 }')" \
		"$(line "$pid" | awk '{ print $1, $2, $3 }')"
}

# shellcheck source=/dev/null
. shunit2
