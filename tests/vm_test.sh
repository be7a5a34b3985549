#!/bin/sh
# Limits of memory as a real kernel has them: Debian's boots in an emulated machine, once
# with cgroup v2, once with v1 beside v2, and once with little memory and no such controller.
# What runs there (vm_v2.sh, vm_v1.sh, vm_low.sh) prints what topmem says and what the
# kernel's files say at that time, under the name of a test; here both are compared.
#
# It takes toolchain/bootstrap vm. For what a machine printed: KEEP=DIR.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

oneTimeSetUp()
{
	missing=
	if [ "$(uname -m)" != x86_64 ]; then
		missing="this is no x86-64"
	elif emulated; then
		missing="there is no place for another emulator in the machine"
	elif ! command -v qemu-system-x86_64 >/dev/null || ! command -v cpio >/dev/null; then
		missing="no emulator: toolchain/bootstrap vm"
	elif ! command -v apt-get >/dev/null; then
		missing="no apt-get to get Debian's kernel"
	elif ! has l || ! has x || ! has X || ! has p || ! has w; then
		missing="-l, -x, -X, -p or -w is switched off"
	fi
	[ -z "$missing" ] || return 0
	helper memproc step cgroupns || return
	"$top/toolchain/vm-parts" >/dev/null || return
	# One word or two: "busybox topmem"
	program=${TOPMEM% topmem}
	words=
	boot v2 256 "$helpers/memproc" "$helpers/step" "$helpers/cgroupns" &
	first=$!
	boot v1 256 "$helpers/memproc" "$helpers/step" "$helpers/cgroupns" &
	second=$!
	words=cgroup_disable=memory
	boot low 96 "$helpers/step"
	wait $first
	wait $second
	[ -z "$KEEP" ] || cp "$SHUNIT_TMPDIR"/machine.* "$KEEP"
}

# boot NAME MB HELPER...: what vm_NAME.sh prints is in machine.NAME; $words for its kernel
boot()
{
	name=$1 megabytes=$2
	shift 2
	# What a kernel keeps for itself differs: a small machine may not get where the test wants it
	for try in 1 2 3; do
		"$top/toolchain/vm" -t 300 -m "$megabytes" -k zram,crc32c_generic,ext4 -c "$words" \
			"$top/tests/vm_$name.sh" "$top/tests/vm_lib.sh" topmem="$program" "$@" \
			>"$SHUNIT_TMPDIR/machine.$name.$try" 2>&1
		status=$?
		mv "$SHUNIT_TMPDIR/machine.$name.$try" "$SHUNIT_TMPDIR/machine.$name"
		grep -q '^never: ' "$SHUNIT_TMPDIR/machine.$name" || break
	done
	return "$status"
}

# on NAME: the tests that follow are of that machine
on()
{
	if [ -n "$missing" ]; then
		skip "$missing"
		return 1
	fi
	machine=$SHUNIT_TMPDIR/machine.$1
}

# section NAME: what was printed there is in $text, what topmem printed in $out and $err
section()
{
	section=${machine##*.}/$1
	text=$SHUNIT_TMPDIR/section out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	awk -v name="$1" '/^== / { told = $2 == name } told' "$machine" >"$text"
	sed -n 's/^> //p' "$text" >"$out"
	sed -n 's/^! //p' "$text" >"$err"
	if grep -q -e '^never' -e '^not ' "$text"; then
		fail "$section: $(grep -e '^never' -e '^not ' "$text")"
	fi
	if [ ! -s "$out" ]; then
		fail "$section: nothing; the machine ended with: $(tail -n 5 "$machine")"
		return 1
	fi
}

# counted: of the groups and the host of this section the one with the least room: its
# limit, and the least and the most that may be used of it, in kB
counted()
{
	awk '
		function least(of_limit, low, high) {
			if (limit == "" || of_limit - low < limit - from) {
				limit = of_limit
				from = low
				to = high
			}
		}
		/^(level|about) / && $3 != "max" && $3 < 2 ^ 62 {
			used = ($4 - $5) / 1024
			around = $1 == "about" ? 2048 : 0
			least(int($3 / 1024), used > around ? used - around : 0, used + around)
		}
		/^host / {
			total = $2
			low = low == "" || $3 < low ? $3 : low
			high = $3 > high ? $3 : high
		}
		END {
			least(total, total - high - 1024, total - low + 1024)
			print limit, from, to
		}' "$text"
}

# item NAME: the figure in the lines of -l
item()
{
	awk -v name="$1" '$1 == name { print $2; exit }' "$out"
}

# kernel NAME: a figure that was told in this section
kernel()
{
	awk -v name="$1" '$1 == "is" && $2 ~ "^" name ":?$" { print $3; exit }' "$text"
}

# status: the last one in this section
status()
{
	sed -n 's/^status //p' "$text" | tail -n 1
}

# quiet: nothing on standard error, status 0
quiet()
{
	assertEquals "$section: standard error" '' "$(cat "$err")"
	assertEquals "$section: status" 0 "$(status)"
}

# is_counted LIMIT USED: they are those of the group that counts here
is_counted()
{
	# shellcheck disable=SC2046 # three numbers
	set -- "$1" "$2" $(counted)
	assertEquals "$section: limit" "$3" "$1"
	assertTrue "$section: used: $4 <= $2 <= $5" "[ '$4' -le '$2' ] && [ '$2' -le '$5' ]"
}

# limited SECTION...: -l has the limit and the use that count
limited()
{
	for name; do
		section "$name" || return
		is_counted "$(item limit)" "$(item used)"
		assertEquals "$section: total" "$(awk '/^host/ { print $2; exit }' "$text")" "$(item total)"
		assertEquals "$section: available" $(($(item limit) - $(item used))) "$(item available)"
		quiet
	done
}

# at_limit KB: the section's limit is this, so that a wrong expectation is seen, too
at_limit()
{
	assertEquals "$section: limit" "$1" "$(item limit)"
}

# by_host SECTION...: no group counts there
by_host()
{
	for name; do
		limited "$name"
		at_limit "$(item total)"
	done
}

# The same groups in both versions.
# of_groups: the sections that both machines have
of_groups()
{
	limited one
	at_limit 65536
	by_host beside_all
	limited with_first
	at_limit 49152
	limited beside_first
	at_limit 49152
	limited with_first_below
	at_limit 40960
	limited parent
	at_limit 32768
	limited child
	at_limit 24576
	limited sibling
	at_limit 65536
	by_host none no_mount
	limited elsewhere
	at_limit 49152
}

test_v2_groups()
{
	on v2 || return 0
	of_groups
}

test_v1_groups()
{
	on v1 || return 0
	of_groups
	limited unified
	at_limit 65536
}

test_v2_paths()
{
	on v2 || return 0
	limited not_enabled deep spaces memory_in_v2
	by_host several huge covered no_sys
}

# What was read from a file is not used, as long as it is on the list of inactive ones
of_cache()
{
	limited cached
	assertTrue "$section: too little cache" "[ '$(awk '/^level/ { print $5 }' "$text")' -gt 15000000 ]"
	assertTrue "$section: used is $(item used)" "[ '$(item used)' -lt 13000 ]"
}

test_v2_cache()
{
	on v2 || return 0
	of_cache
}

test_v1_cache()
{
	on v1 || return 0
	of_cache
}

# shares: %MEM and the like are shares of the limit
of_shares()
{
	section shares || return
	quiet
	tail -n 1 "$out" >"$SHUNIT_TMPDIR/row"
	read -r row_pid rss mem uss_share comm <"$SHUNIT_TMPDIR/row"
	assertEquals "$row_pid $comm" memproc "$comm"
	assertEquals "%MEM of $rss" \
		"$(awk -v rss="$rss" 'BEGIN { tenths = int((rss * 2000 + 65536) / (2 * 65536)); print int(tenths / 10) "." tenths % 10 }')" \
		"$mem"
	assertTrue "%USS $uss_share" "[ '${uss_share%.*}' -ge 62 ] && [ '${uss_share%.*}' -le 63 ]"
}

test_v2_shares()
{
	on v2 || return 0
	of_shares
}

test_v1_shares()
{
	on v1 || return 0
	of_shares
}

# of_health: every line of -X has the status that its own thresholds ask for
of_health()
{
	section health || return
	assertEquals "$section: standard error" '' "$(cat "$err")"
	grep '^status' "$text" | cut -d' ' -f2 >"$SHUNIT_TMPDIR/statuses"
	# 40 MB and some of 64 MB are used
	assertEquals "$section: statuses" '0 0 1 1 2 0 1 0' "$(head -n 8 "$SHUNIT_TMPDIR/statuses" | xargs)"
	assertEquals "$section: lines" 8 "$(wc -l <"$out" | tr -d ' ')"
	while read -r line; do
		read -r code
		case $code in
		0) word=OK ;;
		1) word=WARNING ;;
		2) word=CRITICAL ;;
		esac
		case $line in
		"TOPMEM $word - used "*" of 64.0M ("*"%), "*) ;;
		*) fail "$section: status $code: $line" ;;
		esac
		data=${line##*| used=}
		is_counted "${data##*;}" "${data%%KB*}"
	done <<-LINES
		$(paste -d '\n' "$out" "$SHUNIT_TMPDIR/statuses")
	LINES
}

test_v2_health()
{
	on v2 || return 0
	of_health
}

test_v1_health()
{
	on v1 || return 0
	of_health
}

test_first_row()
{
	on v2 || return 0
	section first_row || return
	# 40 MB of 64 MB are 62.5 %
	assertEquals "$section: statuses" '1 2 0 1 1 0' "$(sed -n 's/^status //p' "$text" | xargs)"
}

test_formats()
{
	on v2 || return 0
	needs f || return 0
	section json || return
	quiet
	is_counted "$(jq .mem_limit_kb "$out")" "$(jq .mem_used_kb "$out")"
	assertEquals "$section: high" null "$(jq .mem_high_kb "$out")"
	section high_json || return
	assertEquals "$section: high" 49152 "$(jq .mem_high_kb "$out")"
	if "$program" --help 2>&1 | grep -q prom; then
		section prom || return
		quiet
		is_counted "$(($(sed -n 's/^topmem_memory_limit_bytes //p' "$out") / 1024))" \
			"$(($(sed -n 's/^topmem_memory_used_bytes //p' "$out") / 1024))"
	fi
}

# parts ITEM NAME...: each item is what the kernel calls so in memory.stat
parts()
{
	limited parts
	while [ $# -gt 0 ]; do
		assertEquals "$section: $1" "$(kernel "$2")" "$(item "$1")"
		shift 2
	done
	assertTrue "$section: anon is $(item anon)" "[ '$(item anon)' -ge 8192 ]"
	assertTrue "$section: tmpfs is $(item tmpfs)" "[ '$(item tmpfs)' -ge 6144 ]"
}

test_v2_parts()
{
	on v2 || return 0
	parts anon anon tmpfs shmem pagetables pagetables stacks kernel_stack
}

test_v1_parts()
{
	on v1 || return 0
	parts anon total_rss tmpfs total_shmem
}

test_high()
{
	on v2 || return 0
	limited high
	at_limit 65536
	assertEquals 49152 "$(item high)"
	section one || return
	assertEquals 'without' '' "$(item high)"
}

test_swap()
{
	on v2 || return 0
	limited swap
	assertEquals "$section: swap" 16384 "$(item swap)"
	assertEquals "$section: swapped" "$(kernel memory.swap.current)" "$(item swapped)"
	# All of it, if anything is said
	limited swap_max
	assertEquals "$section: swap" "$(kernel SwapTotal)" "$(item swap | grep . || kernel SwapTotal)"
	limited swap_none
	assertEquals "$section: swap" 0 "$(item swap)"
}

# With a limit of nothing everything is too much, or there are no shares
test_v2_zero()
{
	on v2 || return 0
	section zero || return
	assertEquals "$section: limit" 0 "$(item limit)"
	assertTrue "$section: status $(status)" "[ '$(status)' -le 2 ]"
	assertEquals "$section" '' "$(grep -i -e inf -e nan "$out")"
	assertEquals "$section: standard error" '' "$(cat "$err")"
}

test_v1_zero()
{
	on v1 || return 0
	section zero || return
	assertEquals "$section: limit" 0 "$(item limit)"
	assertTrue "$section: status $(status)" "[ '$(status)' -le 2 ]"
	assertEquals "$section: standard error" '' "$(cat "$err")"
}

# In a PID namespace, which is where containers have their PID 1
test_v2_container()
{
	on v2 || return 0
	limited container namespace bound
	at_limit 49152
	limited container_nested
	at_limit 32768
	# The pod's limit is not seen in there
	limited namespace_nested
	at_limit 65536
	section container_full || return
	assertEquals "$section: status" 2 "$(status)"
}

# Groups that are seen but are not those of the processes: ours, where PID 1 is outside of our
# namespace (docker run --pid=host), that of a process outside, and one mounted in place of ours
test_v2_not_theirs()
{
	on v2 || return 0
	by_host namespace_alone namespace_other bound_other
}

test_v1_container()
{
	on v1 || return 0
	limited container namespace bound
	at_limit 49152
}

# A mount that was made outside has a root that is above us: where we are in it cannot be known
test_namespace_with_the_mount_of_before()
{
	on v2 || return 0
	by_host_or_group namespace_old_mount
	on v1
	by_host_or_group namespace_old_mount
}

by_host_or_group()
{
	section "$1" || return
	quiet
	if [ "$(item limit)" = "$(item total)" ]; then
		sed -i '/^about/d' "$text"
	fi
	is_counted "$(item limit)" "$(item used)"
}

# of_fill SECTION: 4, 40, 52 and 6 of 64 MB
of_fill()
{
	section "$1" || return
	assertEquals "$section: statuses" '0 1 2 0' "$(sed -n 's/^status //p' "$text" | xargs)"
	assertEquals "$section: words" 'OK WARNING CRITICAL OK' "$(sed -n 's/^TOPMEM \([A-Z]*\) .*/\1/p' "$out" | xargs)"
	# The row is that of the filler
	assertEquals "$section: rows" 4 "$(grep -c '^ .* step$' "$out")"
	assertEquals "$section: standard error" '' "$(cat "$err")"
}

test_v2_fills_up()
{
	on v2 || return 0
	of_fill fill
	of_fill fill_namespace
	of_fill fill_outside
}

test_v1_fills_up()
{
	on v1 || return 0
	of_fill fill
}

# told_in_order WORD...: these were told, in this order; between them there may be others
told_in_order()
{
	words=$(sed -n 's/^TOPMEM \([A-Z]*\) .*/\1/p' "$out" | uniq | xargs)
	assertTrue "$section: $* in $words" "echo '$words' | grep -q '$(echo "$*" | sed 's/ /.* /g')\$'"
}

test_watched()
{
	on v2 || return 0
	section watch || return
	told_in_order WARNING CRITICAL OK
	assertEquals "$section: fine again is said once" 1 "$(grep -c '^TOPMEM OK' "$out")"
	# Each block: its time, the status, header, row
	assertEquals "$section: blocks" "$(grep -c '^TOPMEM' "$out")" \
		"$(awk '/^[0-9]+-.*Z up/ { time = NR } /^TOPMEM/ && NR == time + 1 { n++ } END { print n + 0 }' "$out")"
	assertEquals "$section: rows" "$(grep -c '^TOPMEM' "$out")" "$(grep -c ' step$' "$out")"
}

test_killed_while_watched()
{
	on v2 || return 0
	section killed || return
	told_in_order WARNING CRITICAL
	# The row before the end names it
	assertTrue "$section: $(tail -n 1 "$out")" "tail -n 1 '$out' | grep -q ' step\$'"
	assertEquals "$section: standard error" 1 "$(wc -l <"$err" | tr -d ' ')"
	section killed_beside || return
	told_in_order CRITICAL OK
	assertEquals "$section: standard error" '' "$(cat "$err")"
}

test_low_host()
{
	on low || return 0
	by_host host no_controller
	assertEquals "$section: high" '' "$(item high)"
}

test_low_exhausted()
{
	on low || return 0
	standalone || { skip 'an applet of BusyBox is not locked into memory'; return 0; }
	section exhausted || return
	told_in_order WARNING CRITICAL OK
	assertTrue "$section: free $(kernel free)" "[ '$(kernel free)' -lt 4096 ]"
	# The one that grew stands in what was written before it was killed
	assertTrue "$section: $(cat "$out")" "[ '$(awk '
		/^TOPMEM CRITICAL/ { getline; getline; named += / step$/ }
		END { print named + 0 }' "$out")' -ge 5 ]"
	assertEquals "$section: standard error" '' "$(cat "$err")"
	if standalone; then
		assertTrue "$section: locked $(kernel VmLck)" "[ '$(kernel VmLck)' -gt 0 ]"
		# It was in memory when memory was gone
		assertEquals "$section: read from disk again" 1 "$(grep '^is major_faults' "$text" | sort -u | wc -l | tr -d ' ')"
	fi
}

# shellcheck source=/dev/null
. shunit2
