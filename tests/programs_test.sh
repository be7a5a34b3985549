#!/bin/sh
# Sums by program, owner, cgroup and command line against sums made here of the kernel's own
# files, for stopped processes and for procfs trees.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone "$@"

# As often is compared what the kernel, or another that shares the memory, may change meanwhile
tries=$(seq 30)
user=65534
long=longer-than-fifteen-bytes
longest=a-name-of-more-than-47-bytes-as-nobody-should-ever-use-for-one

oneTimeSetUp()
{
	has g || return 0
	helper memproc || return
	# For other users
	chmod 711 "$SHUNIT_TMPDIR" "$SHUNIT_TMPDIR/.."
	place=$SHUNIT_TMPDIR/place
	mkdir "$place"
	all=$SHUNIT_TMPDIR/all
	: >"$all"

	swap_on || echo "no zram to swap to: nothing is swapped"
	run plain private=5M || return
	run plain private=3M uid=$user || return
	own=$pid
	run "$long" private=900K || return
	run "$longest" private=800K || return
	run another private=700K name=zebra || return
	run prefixed private=600K name=pre || return
	# Children that change their names, and theirs
	run family private=1M fork=3 private=~1M name=child fork=2 private=~1M name=grandchild || return
	# The same in every figure, each with memory of its own
	run workers fork=20 private=400K || return
	run sharing shared-anon=2M private=2M file-shared=300K copies=5 || return
	run cow cow=3M || return
	if [ -n "$zram" ]; then
		run swapped private=1M swapped=3M copies=2 || return
		run swapped private=1M swapped-shared=2M copies=3 || return
	fi
	if huge_pages 8; then
		huge=8
		run huge hugetlb=8M private=300K || return
		run huge hugetlb-shared=4M private=300K copies=2 || return
	else
		echo "the pool of huge pages cannot be raised"
	fi
	run removed private=1200K || return
	rm "$place/removed"
	run replaced private=1300K fork=2 private=200K name=other || return
	cp "$place/plain" "$place/replaced.new"
	mv "$place/replaced.new" "$place/replaced"
	run ended private=1400K threads=2 dead-leader || return
	# These are no common program
	run busybox name=sh private=500K fork=2 name=sleep private=~500K || return
	run toybox-x86 name=ls private=500K fork=1 name=cat private=~500K || return
	learn_names
}

oneTimeTearDown()
{
	stop_all
	swap_off
	[ -z "$huge" ] || huge_pages -"$huge"
	huge=
	[ -z "$cgroups" ] || rmdir "$cgroups"/* "$cgroups"
	cgroups=
}

# run NAME SPEC...: memproc under that name, and in $all its processes
run()
{
	begin "$@" || return
	family_of "$pid" >>"$all"
}

# begin NAME SPEC...: the same, but they are not among all
begin()
{
	[ -e "$place/$1" ] || cp "$helpers/memproc" "$place/$1"
	usual=$helpers
	helpers=$place
	start "$@"
	status=$?
	helpers=$usual
	return $status
}

# family_of PID: it, its children and theirs
family_of()
{
	echo "$1"
	cat "/proc/$1"/task/*/children | tr -s ' ' '\n' | while read -r child; do
		family_of "$child"
	done
}

# folder PID: where its files are
folder()
{
	case $(awk '/^State/ { print $2 }' "/proc/$1/status") in
	Z) dirname "$(grep -l '^VmRSS' /proc/"$1"/task/*/status | head -n 1)" ;;
	*) echo "/proc/$1" ;;
	esac
}

# program PID: what it goes by
program()
{
	of=$(folder "$1")
	exe=$(readlink "$of/exe")
	base=${exe##*/}
	case $base in
	busybox* | toybox*) ;;
	*)
		while up=$(awk '/^PPid/ { print $2 }' "$of/status") && [ "$(readlink "/proc/$up/exe")" = "$exe" ]; do
			of=/proc/$up
		done
		;;
	esac
	name=$(cat "${of%/task/*}/comm")
	mark=
	case $base in
	*' (deleted)')
		base=${base% (deleted)}
		mark=' [deleted]'
		[ ! -e "${exe% (deleted)}" ] || mark=' [updated]'
		;;
	esac
	case $base in
	"$name"*) printf '%.47s\n' "$base$mark" ;;
	*) echo "$name" ;;
	esac
}

# cgroup FILE: "PATH LAST" of the memory controller, else version 2's, else the first
cgroup()
{
	awk -F: '
		{ found = $2 ~ /(^|,)memory(,|$)/ ? 3 : $2 == "" ? 2 : 1 }
		found > best { best = found; path = $0; sub(/^[^:]*:[^:]*:/, "", path) }
		END {
			last = path
			sub(/.*\//, "", last)
			print path "\t" (last == "" ? path : last)
		}' "$1"
}

# learn_names: "PID FOLDER PROGRAM USER CGROUP-PATH CGROUP ARGS" of each in $all, with tabs between, in
# $names. They do not change
learn_names()
{
	names=$SHUNIT_TMPDIR/names
	while read -r pid; do
		at=$(folder "$pid")
		owner=$(awk '/^Uid/ { print $3 }' "$at/status")
		owner=$(awk -F: -v uid="$owner" '$3 == uid { name = $1; exit } END { print name ? name : uid }' /etc/passwd)
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$pid" "$at" "$(program "$pid")" "$owner" "$(cgroup "$at/cgroup")" \
			"$(tr '\000' ' ' <"$at/cmdline" | sed 's/ $//')"
	done <"$all" >"$names"
}

# sums prog|user|cgroup|args: "USS SHARED RAM SWAP NUM NAME" of each, then of all
sums()
{
	awk -F '\t' -v by="$1" '
		function add(file,    line, part) {
			split("", value)
			while ((getline line < file) > 0) {
				split(line, part, /[: \t]+/)
				value[part[1]] += part[2]
			}
			close(file)
		}
		function count(what, name) {
			shown[what] = name
			uss[what] += private
			shared[what] += less
			swap[what] += value["SwapPss"]
			num[what]++
		}
		{
			add($2 "/smaps_rollup")
			private = value["Private_Clean"] + value["Private_Dirty"]
			less = value["Pss"] - private
			if (less < 0)
				less = 0
			private += value["Private_Hugetlb"]
			key = by == "prog" ? $3 : by == "user" ? $4 : by == "cgroup" ? $5 : $7
			count(key, by == "cgroup" ? $6 : key)
			count("\n", "total")
		}
		END {
			for (what in num)
				print uss[what], shared[what], uss[what] + shared[what], swap[what], num[what], shown[what]
		}' "$names" | sort -k 1n -k 6
}

# squeezed: the lines of $out without the spaces that align
squeezed()
{
	sed 's/^ *//; s/^\([0-9~A-Z-]*\)  *\([0-9~A-Z-]*\)  *\([0-9~A-Z-]*\)  *\([0-9~A-Z-]*\)  *\([0-9~A-Z-]*\) /\1 \2 \3 \4 \5 /' "$out"
}

# list: all, for -p
list()
{
	cut -f 1 "$names" | xargs | tr ' ' ,
}

# agree BY ARG...: what topmem prints of all, with these ARGs, is what sums says
agree()
{
	by=$1
	shift
	for try in $tries; do
		sums "$by" >"$SHUNIT_TMPDIR/wanted"
		topmem -H -p "$(list)" "$@"
		assertEquals "$*: status; $(cat "$err")" 0 $?
		squeezed | sort -k 1n -k 6 >"$SHUNIT_TMPDIR/got"
		cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got" && break
	done
	assertEquals "$*, try $try" "" "$(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got")"
	assertEquals "$*: the total comes last" "$(grep ' total$' "$SHUNIT_TMPDIR/wanted")" "$(squeezed | tail -n 1)"
	assertEquals "$*: stderr" "" "$(cat "$err")"
}

test_programs()
{
	needs g p || return 0
	agree prog -g -n 0
	agree prog -g -n 1000
	agree prog -b prog -n 0
	# That there is something to compare
	for name in plain "$long" family workers sharing zebra prefixed 'removed [deleted]' 'replaced [updated]' \
	    sh sleep ls cat ended "$(printf '%.47s' $longest)"; do
		assertEquals "$name" 1 "$(grep -c "^[0-9 ]* $(echo "$name" | sed 's/[][]/\\&/g')\$" "$SHUNIT_TMPDIR/wanted")"
	done
	assertEquals "a family" 10 "$(awk '$6 == "family" { print $5 }' "$SHUNIT_TMPDIR/wanted")"
	assertTrue "each worker counts" "[ $(awk '$6 == "workers" { print $1 }' "$SHUNIT_TMPDIR/wanted") -ge 8000 ]"
	assertTrue "what is shared" "[ $(awk '$6 == "sharing" { print $2 }' "$SHUNIT_TMPDIR/wanted") -ge 4000 ]"
	assertEquals "nothing is negative" "" "$(grep -e - "$SHUNIT_TMPDIR/got" | grep -v -e '[a-z]-[a-z]' -e '-[0-9]*-bytes')"
}

test_swapped_and_huge()
{
	needs g p || return 0
	sums prog >"$SHUNIT_TMPDIR/wanted"
	topmem -g -H -n 0 -p "$(list)"
	if [ -n "$zram" ]; then
		# The part of each is rounded down
		assertTrue "swapped out" "[ $(squeezed | awk '$6 == "swapped" { print $4 }') -ge 3069 ]"
	else
		skip "no zram to swap to"
	fi
	if [ -n "$huge" ]; then
		assertTrue "huge pages" "[ $(squeezed | awk '$6 == "huge" { print $1 }') -ge 8492 ]"
		assertTrue "shared" "[ $(squeezed | awk '$6 == "huge" { print $2 }') -ge 0 ]"
	else
		skip "the pool of huge pages cannot be raised"
	fi
}

# ordered BY COLUMN-NUMBER ARG...: all come in the order of this column; with -n fewer it is the first of
# them, with -r the last comes first
ordered()
{
	by=$1 number=$2
	shift 2
	agree "$by" -n 1000 "$@"
	for n in 1 2 16 17 1000; do
		for try in $tries; do
			topmem -p "$(list)" -H -n 1000 "$@"
			squeezed | awk -v last="$SHUNIT_TMPDIR/total" '
				NR > 1 { print line }
				{ line = $0 }
				END { print line >last }' >"$SHUNIT_TMPDIR/rows"
			topmem -p "$(list)" -H -n $n "$@"
			squeezed >"$SHUNIT_TMPDIR/got"
			head -n $n "$SHUNIT_TMPDIR/rows" | cat - "$SHUNIT_TMPDIR/total" >"$SHUNIT_TMPDIR/wanted"
			cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got" || continue
			has r || break
			topmem -p "$(list)" -H -r -n $n "$@"
			squeezed >"$SHUNIT_TMPDIR/got"
			head -n $n "$SHUNIT_TMPDIR/rows" | awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }' |
				cat - "$SHUNIT_TMPDIR/total" >"$SHUNIT_TMPDIR/wanted"
			! cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got" || break
		done
		assertEquals "$* -n $n, with -r or not, try $try" "" "$(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got")"
		cut -d ' ' -f "$number" "$SHUNIT_TMPDIR/rows" >"$SHUNIT_TMPDIR/values"
		assertEquals "$*: the order" "$(sort -nr "$SHUNIT_TMPDIR/values")" "$(cat "$SHUNIT_TMPDIR/values")"
	done
}

test_order()
{
	needs g p k || return 0
	ordered prog 3 -g
	ordered prog 1 -g -k uss
	ordered prog 2 -g -k shared
	ordered prog 3 -g -k ram
	ordered prog 4 -g -k swap
	ordered prog 5 -g -k num
	ordered user 1 -b user -k uss
	ordered args 3 -b args
}

# totals FORMAT ARG...: the number told is the RAM of all in this awk format, of MB with -h
totals()
{
	format=$1
	shift
	for try in $tries; do
		wanted=$(sums prog | awk -v format="$format\n" '$6 == "total" { printf format, format ~ /f/ ? $3 / 1024 : $3 }')
		topmem -p "$(list)" "$@"
		[ "$(cat "$out")" != "$wanted" ] || break
	done
	assertEquals "$*, try $try" "$wanted" "$(cat "$out")"
}

test_total()
{
	needs g t p || return 0
	for options in "-t" "-gt" "-t -n 0" "-t -n 100" "-t -q" "-t -H" "-t -b user" "-t -b cgroup" "-t -b args"; do
		# shellcheck disable=SC2086 # a list of options
		totals %d $options
	done
	! has h || totals %.1fM -t -h
}

# Of all that run here, with the shell and topmem: theirs are not known beforehand
test_without_a_selection()
{
	needs g || return 0
	for try in $tries; do
		sums prog | grep -v ' total$' >"$SHUNIT_TMPDIR/wanted"
		topmem -g -H -n 1000
		assertEquals "status" 0 $?
		squeezed | awk 'NR == FNR { sub(/^[0-9]* [0-9]* [0-9]* [0-9]* [0-9]* /, ""); wanted[$0]; next }
			{ line = $0; sub(/^[0-9]* [0-9]* [0-9]* [0-9]* [0-9]* /, "") }
			$0 in wanted { print line }' "$SHUNIT_TMPDIR/wanted" - | sort -k 1n -k 6 >"$SHUNIT_TMPDIR/got"
		sed '$d' "$out" >"$out.programs"
		total=$(awk '{ for (i = 1; i <= 5; i++) sum[i] += $i }
			END { print sum[1], sum[2], sum[3], sum[4], sum[5], "total" }' "$out.programs")
		# Rows beyond those held at once are of later passes, as is the total. The applet's own
		# pages change meanwhile: its file is that of the shell. So do an emulator's
		{ standalone && ! emulated; } || total=$(squeezed | tail -n 1)
		cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got" && [ "$total" = "$(squeezed | tail -n 1)" ] && break
	done
	assertEquals "in try $try" "" "$(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got")"
	assertEquals "the total" "$total" "$(squeezed | tail -n 1)"
	assertEquals "the processes of this namespace" \
		"$(($(wc -l <"$all") + 2))" "$(squeezed | awk 'END { print $5 }')"
}

test_owners()
{
	needs g b p || return 0
	agree user -b user -n 0
	agree user -b u -n 5
	assertEquals "more than one" 3 "$(wc -l <"$SHUNIT_TMPDIR/wanted")"
}

test_command_lines()
{
	needs g b p || return 0
	begin plain private=400K threads=1 || return
	family_of "$pid" >"$SHUNIT_TMPDIR/some"
	begin plain private=400K threads=1 || return
	family_of "$pid" >>"$SHUNIT_TMPDIR/some"
	# The same for more than 4096 bytes, also of one word
	long_word=name=$(printf %05000d 0)
	for last in 1 2 1; do
		begin plain private=300K "$long_word$last" || return
		family_of "$pid" >>"$SHUNIT_TMPDIR/some"
	done
	common=$(awk 'BEGIN { for (i = 0; i < 600; i++) printf "threads=0 " }')
	for last in private=500K private=600K private=500K; do
		# shellcheck disable=SC2086 # words
		begin plain $common $last || return
		family_of "$pid" >>"$SHUNIT_TMPDIR/some"
	done
	agree_on_some args -b args
	agree_on_some args -b a
	assertEquals "two of the short one" 1 "$(grep -c '^[0-9]* [0-9]* [0-9]* [0-9]* 2 [^ ]*/plain private=400K threads=1$' \
		"$SHUNIT_TMPDIR/got")"
	assertEquals "and of the long word" 1 "$(grep -c '^[0-9]* [0-9]* [0-9]* [0-9]* 2 .*0001$' "$SHUNIT_TMPDIR/got")"
	assertEquals "and of the long one" 1 "$(grep -c '^[0-9]* [0-9]* [0-9]* [0-9]* 2 .* threads=0 private=500K$' \
		"$SHUNIT_TMPDIR/got")"
	end <"$SHUNIT_TMPDIR/some"
}

# What this machine has: cgroups of version 2 can be made beside those of version 1, and what counts is
# where memory is
test_cgroups()
{
	needs g b p || return 0
	agree cgroup -b cgroup -n 0
	mounted=$(awk '$(NF - 2) == "cgroup2" { print $5; exit }' /proc/self/mountinfo)
	cgroups=$mounted$(sed -n 's/^0:://p' /proc/self/cgroup)/topmem-test.$$
	if [ -z "$mounted" ] || ! mkdir "$cgroups" "$cgroups/one" "$cgroups/two" 2>/dev/null; then
		cgroups=
		skip "no cgroups of version 2 can be made"
		return
	fi
	begin plain private=300K || return
	echo "$pid" >"$cgroups/one/cgroup.procs"
	echo "$pid" >"$SHUNIT_TMPDIR/some"
	begin plain private=400K || return
	echo "$pid" >"$cgroups/two/cgroup.procs"
	echo "$pid" >>"$SHUNIT_TMPDIR/some"
	agree_on_some cgroup -b cgroup
	if grep -q ':memory:' /proc/self/cgroup; then
		assertEquals "that of version 1" 2 "$(wc -l <"$SHUNIT_TMPDIR/got")"
	else
		assertEquals "both" 2 "$(grep -c -e ' one$' -e ' two$' "$SHUNIT_TMPDIR/got")"
	fi
	end <"$SHUNIT_TMPDIR/some"
	rmdir "$cgroups/one" "$cgroups/two" "$cgroups" && cgroups=
}

# One address space

# once NUM ARG...: memory that several processes have together is that of one, of $pid
once()
{
	count=$1
	shift
	for try in $tries; do
		figures smaps "$(folder "$pid")" | awk -v num="$count" \
			'{ print $22, $23 - $22, $23, num }' >"$SHUNIT_TMPDIR/wanted"
		topmem -g -H -n 1000 "$@"
		squeezed | awk -v name="$common" '$6 == name { print $1, $2, $3, $5 }' >"$SHUNIT_TMPDIR/got"
		cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got" && break
	done
	assertEquals "$what, $*" "$(cat "$SHUNIT_TMPDIR/wanted")" "$(cat "$SHUNIT_TMPDIR/got")"
}

# clones_of SPEC NUM: alone, and chosen
clones_of()
{
	what=$1 common=$2
	begin "$common" private=2M "$what" || return
	once "$3"
	once "$3" -p "$(echo "$pids" | tr ' ' ,)"
	echo "$pids" | xargs -n 1 | end
}

test_clones()
{
	needs g p || return 0
	clones_of clones=3 clones 4
}

test_clones_of_one_parent()
{
	needs g p || return 0
	clones_of siblings=2 siblings 3
}

# What a parent that is not meant has counted is in no sum
test_clones_without_their_parent()
{
	needs g p u c || return 0
	what="one of two" common=master
	begin clone private=2M clones=1 name=$common uid=$user || return
	for choice in "-c $common" "-c clone" "-u $user" "-u 0" "-u 0 -c clone"; do
		# shellcheck disable=SC2086 # a list of options
		once 1 $choice -p "$(echo "$pids" | tr ' ' ,)"
	done
	once 2 -c $common,clone
	echo "$pids" | xargs -n 1 | end
}

test_vfork()
{
	needs g p || return 0
	what=vfork common=vforked
	begin "$common" private=2M vfork || return
	# The child tells it
	pid=${pids% *}
	once 2
	once 2 -p "$(echo "$pids" | tr ' ' ,)"
	echo "$pids" | xargs -n 1 | end
}

# after_another SPEC NAME NUM: the program has a process before these that has its own memory
after_another()
{
	what="$1 after another" common=$2
	begin "$common" private=1M || return
	other=$pid
	begin "$common" private=2M "$1" || return
	for options in "" "-p $other,$(echo "$pids" | tr ' ' ,)"; do
		for try in $tries; do
			wanted=$(($(figures smaps "/proc/$pid" "/proc/$other" | awk '{ sum += $22 } END { print sum }')))
			# shellcheck disable=SC2086 # a list of options
			topmem -g -H -n 1000 $options
			got=$(squeezed | awk -v name="$common" '$6 == name { print $1, $5 }')
			[ "$got" != "$wanted $3" ] || break
		done
		assertEquals "$what, $options" "$wanted $3" "$got"
	done
	echo "$other $pids" | xargs -n 1 | end
}

test_clones_after_another_process()
{
	needs g p || return 0
	after_another clones=3 clones2 5
}

test_clones_of_one_parent_after_another_process()
{
	needs g p || return 0
	after_another siblings=2 siblings2 4
}

# Their files are those of another thread
test_main_threads_ended()
{
	needs g b p || return 0
	# They are the same in every figure
	begin ended-too fork=3 private=1M dead-leader || return
	parent=$pid
	family_of "$pid" | sed 1d >"$SHUNIT_TMPDIR/some"
	# The Name of these is not that of their file, or its beginning
	begin "ended-$long" name=renamed private=1M dead-leader || return
	echo "$pid" >>"$SHUNIT_TMPDIR/some"
	begin "ended-$long" private=1M dead-leader || return
	echo "$pid" >>"$SHUNIT_TMPDIR/some"
	agree_on_some prog -g
	agree_on_some user -b user
	agree_on_some args -b args
	agree_on_some cgroup -b cgroup
	head -n 5 "$SHUNIT_TMPDIR/some" | end
	echo "$parent" | end
}

# end: the processes on stdin
end()
{
	while read -r one; do
		kill -9 "$one" 2>/dev/null
		while [ -e "/proc/$one/root/." ]; do
			sleep 0.02
		done
	done
}

# agree_on_some BY ARG...: on those in some, then on these and all
agree_on_some()
{
	cp "$names" "$SHUNIT_TMPDIR/kept"
	kept=$all
	all=$SHUNIT_TMPDIR/some
	learn_names
	all=$kept
	agree "$@" -n 0
	cat "$SHUNIT_TMPDIR/kept" >>"$names"
	agree "$@" -n 0
	agree "$@" -n 100
	cp "$SHUNIT_TMPDIR/kept" "$names"
}

# Without privileges

test_what_is_not_readable_is_told_once()
{
	needs g || return 0
	for_others || return
	cat /proc/[0-9]*/status | awk -v user=$user '
		/^Uid/ { other = $3 != user }
		/^VmRSS/ && other && $2 > rss { rss = $2 }
		END { print rss }' >"$SHUNIT_TMPDIR/rss"
	for options in "-g" "-g -n 0" "-g -n 1000" "-b user" "-b args -n 3" "-b cgroup" "-t" "-g -k num -n 20"; do
		# shellcheck disable=SC2086 # TOPMEM and options are several words
		setpriv --reuid $user --regid $user --clear-groups $program $options >"$SHUNIT_TMPDIR/out" 2>"$SHUNIT_TMPDIR/err"
		assertEquals "$options: status" 0 $?
		out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
		# All but its own, and the shell with them
		assertEquals "$options" \
			"topmem: $(wc -l <"$all") processes not readable, the largest with RSS $(cat "$SHUNIT_TMPDIR/rss") (needs CAP_SYS_PTRACE)" \
			"$(cat "$err")"
		case $options in
		-t | -b*) continue ;;
		esac
		# An emulator is larger
		[ "$options" = -g ] && emulated && continue
		assertEquals "$options: its own" "$(figures smaps "/proc/$own" | awk '{ print $22, 1, "plain" }')" \
			"$(squeezed | awk '$6 == "plain" { print $1, $5, $6 }')"
		assertEquals "$options: that and topmem" 2 "$(tail -n 1 "$out" | awk '{ print $5 }')"
	done
}

# Trees

# add PID PPID NAME EXE USS SHARED SWAP: a process in $tree, which has at least 4 kB more of RSS; no
# link where EXE is -
add()
{
	mkdir -p "$tree/$1"
	printf 'Name:\t%s\nPPid:\t%s\nUid:\t0\t0\t0\t0\nVmSize:\t%s kB\nVmRSS:\t%s kB\nThreads:\t1\n' \
		"$3" "$2" $(($5 + $6 + 8)) $(($5 + $6 + 4)) >"$tree/$1/status"
	echo "$((($5 + $6 + 8) / 4)) $((($5 + $6 + 4) / 4)) $((($6 + 4) / 4)) 0 0 0 0" >"$tree/$1/statm"
	echo "$1 ($3) S $2 1 1 0 -1 4194560 155 0 0 0 0 0 0 0 20 0 1 0 $1 $((($5 + $6 + 8) * 1024)) 9 0" >"$tree/$1/stat"
	printf '%s kB\n' "$1-7fff00000000 ---p 00000000 00:00 0 [rollup]
Rss: $(($5 + $6 + 4))" "Pss: $(($5 + $6))" "Private_Clean: $(($5 % 8))" "Private_Dirty: $(($5 - $5 % 8))" \
		"Swap: $(($7 * 2))" "SwapPss: $7" >"$tree/$1/smaps_rollup"
	[ "$4" = - ] || ln -s "$4" "$tree/$1/exe"
}

# new_tree NAME: an empty one
new_tree()
{
	tree=$SHUNIT_TMPDIR/tree.$1
	mkdir "$tree"
	echo 'MemTotal:         251040 kB' >"$tree/meminfo"
}

test_output()
{
	needs g || return 0
	new_tree output
	for i in $(seq 40); do
		add "$i" 0 "name$((i % 25))" - $((i * 100)) $((i * 10)) 0
	done
	topmem -g -R "$tree" -n 1000
	assertEquals "header" "USS SHARED RAM SWAP NUM PROGRAM" "$(squeezed | sed -n 1p)"
	sed 1d "$out" >"$SHUNIT_TMPDIR/rows"
	topmem -g -R "$tree" -n 1000 -H
	assertEquals "-H" "$(cat "$SHUNIT_TMPDIR/rows")" "$(cat "$out")"
	sed '$d' "$SHUNIT_TMPDIR/rows" | awk '{ sub(/^ *[0-9]* *[0-9]* *[0-9]* *[0-9]* *[0-9]* /, ""); print }' >"$SHUNIT_TMPDIR/only"
	topmem -g -R "$tree" -n 1000 -q
	assertEquals "-q" "$(cat "$SHUNIT_TMPDIR/only")" "$(cat "$out")"
	for n in 1 5 20; do
		topmem -g -R "$tree" -n $n -q
		assertEquals "-q -n $n" "$(head -n $n "$SHUNIT_TMPDIR/only")" "$(cat "$out")"
	done
	topmem -g -R "$tree" -n 0 -q
	assertEquals "-q -n 0" "$(sort "$SHUNIT_TMPDIR/only")" "$(sort "$out")"
	topmem -g -R "$tree"
	assertEquals "one by default, and the total" 3 "$(wc -l <"$out")"
	assertEquals "the largest" "$(head -n 1 "$SHUNIT_TMPDIR/only")" "$(squeezed | sed -n '2s/^[0-9 ]* //p')"
	for by in user cgroup args program; do
		topmem -b $by -R "$tree"
		assertEquals "-b $by" "$(echo $by | tr '[:lower:]' '[:upper:]')" "$(sed -n '1s/.* //p' "$out")"
	done
}

# prints "LINES" ARG...: just these
prints()
{
	wanted=$1
	shift
	topmem -R "$tree" "$@" || fail "$*: status $?: $(cat "$err")"
	assertEquals "$*" "$wanted" "$(cat "$out")"
}

test_form()
{
	needs g || return 0
	new_tree form
	add 7 1 nginx /usr/sbin/nginx 8120 700 4
	add 9 7 nginx /usr/sbin/nginx 400 300 0
	add 8 1 sh /bin/busybox 80 20 0
	prints '    USS  SHARED     RAM    SWAP   NUM PROGRAM
   8520    1000    9520       4     2 nginx
   8600    1020    9620       4     3 total' -g
	prints '   8520    1000    9520       4     2 nginx
     80      20     100       0     1 sh
   8600    1020    9620       4     3 total' -g -n 5 -H
	prints 'nginx
sh' -gqn2
	! has r || prints '     80      20     100       0     1 sh
   8520    1000    9520       4     2 nginx
   8600    1020    9620       4     3 total' -grHn5
	prints 9620 -t
	if has h; then
		prints '   USS SHARED    RAM   SWAP   NUM PROGRAM
  8.3M  1000K   9.3M     4K     2 nginx
   80K    20K   100K     0K     1 sh
  8.4M  1020K   9.4M     4K     3 total' -ghn2
		prints 9.4M -th
	fi
	# The columns grow with the total, too
	add 20 1 large /bin/large 99999996 4 99999999
	topmem -R "$tree" -g
	assertEquals '99999996 4 100000000 99999999 1 large
100008596 1024 100009620 100000003 4 total' "$(squeezed | sed 1d)"
	assertEquals "as long as the other" 1 "$(awk 'NR > 1 { sub(/[a-z]*$/, ""); print length }' "$out" | sort -u | wc -l)"
}

test_names()
{
	needs g || return 0
	new_tree names
	add 1 0 init /sbin/init 4 0 0
	# whose parent is another program, has ended, is itself, is in a circle
	add 10 1 nginx /usr/sbin/nginx 4 0 0
	add 11 999 alone /usr/bin/alone-in-the-world 4 0 0
	add 12 12 own /usr/bin/own-parent 4 0 0
	add 13 14 circ /usr/bin/circular 4 0 0
	add 14 13 circ /usr/bin/circular 4 0 0
	# renamed, and theirs
	add 20 1 chrome /opt/chrome/chrome 4 0 0
	add 21 20 renderer /opt/chrome/chrome 4 0 0
	add 22 21 tab /opt/chrome/chrome 4 0 0
	add 23 22 deep /opt/chrome/chrome 4 0 0
	# not of that file, though of that name
	add 24 20 chrome /usr/local/chrome 4 0 0
	add 25 20 crashpad /opt/chrome/crashpad_handler 4 0 0
	# a parent that was renamed itself
	add 30 1 first /usr/bin/program 4 0 0
	add 31 30 second /usr/bin/program 4 0 0
	# applets
	add 40 1 sh /bin/busybox 4 0 0
	add 41 40 sleep /bin/busybox 4 0 0
	add 42 41 sleep /bin/busybox 4 0 0
	add 43 1 sh /bin/toybox 4 0 0
	add 44 43 toybox-ls /bin/toybox-x86_64 4 0 0
	add 45 43 busybox /bin/busybox-static 4 0 0
	# its file was removed, or replaced
	add 50 1 gone '/usr/bin/gone (deleted)' 4 0 0
	add 51 50 renamed '/usr/bin/gone (deleted)' 4 0 0
	add 52 1 newer '/usr/bin/newer (deleted)' 4 0 0
	add 53 52 newer '/usr/bin/newer (deleted)' 4 0 0
	for id in 50 52; do
		mkdir -p "$tree/$id/root/usr/bin"
		: >"$tree/$id/root/usr/bin/newer"
	done
	ln -s ../52/root "$tree/53/root"
	# a Name of 15 bytes is the beginning of a longer one
	add 60 1 longer-than-fif /usr/bin/longer-than-fifteen 4 0 0
	add 61 1 longer-than-fix /usr/bin/longer-than-fifteen 4 0 0
	add 62 1 no-file - 4 0 0
	add 63 1 zebra /usr/bin/another 4 0 0
	add 64 1 1234567890 /usr/bin/12345678901234567890123456789012345678901234567890 4 0 0
	add 65 1 1234567890 /usr/bin/1234567890123456789012345678901234567890123456789x 4 0 0
	topmem -R "$tree" -g -n 0 -H
	squeezed | sed 's/^[0-9]* [0-9]* [0-9]* [0-9]* //' | sort >"$SHUNIT_TMPDIR/got"
	sort >"$SHUNIT_TMPDIR/wanted" <<-'END'
		1 init
		1 nginx
		1 alone-in-the-world
		1 own-parent
		2 circular
		5 chrome
		1 crashpad_handler
		2 first
		2 sh
		2 sleep
		1 toybox-ls
		1 busybox-static
		2 gone [deleted]
		2 newer [updated]
		1 longer-than-fifteen
		1 longer-than-fix
		1 no-file
		1 zebra
		1 12345678901234567890123456789012345678901234567
		1 12345678901234567890123456789012345678901234567
		30 total
	END
	assertEquals "" "$(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/got")"
}

# What the last process of a sample was a child of says nothing of the first of the next
test_names_in_further_samples()
{
	needs g w || return 0
	# The order of a folder is up to its file system
	for order in 1 2 3 4 5 6 7 8; do
		new_tree samples$order
		[ $((order % 2)) -eq 0 ] || add "$((order * 7))" 0 last /usr/bin/program 4 0 0
		add "$((order * 100 + 1))" 0 first /usr/bin/program 4 0 0
		add "$((order * 1000))" "$((order * 100 + 1))" child /usr/bin/program 4 0 0
		[ $((order % 2)) -eq 1 ] || add "$((order * 7))" 0 last /usr/bin/program 4 0 0
		topmem -R "$tree" -g -n 9 -w .01 -i 3 -H
		assertEquals "$order" '3 first 2, 3 last 1, 3 total 3, ' "$(squeezed | awk '{ print $6, $5 }' | sort | uniq -c |
			awk '{ printf "%s %s %s, ", $1, $2, $3 }')"
	done
}

test_names_are_safe_on_a_terminal()
{
	needs g || return 0
	new_tree safe
	add 7 1 "$(printf 'a\033[2Jb\303\251\377')" - 4 0 0
	topmem -R "$tree" -g -H
	assertEquals "$(printf 'a?[2Jb\303\251?')" "$(squeezed | sed -n '1s/.* //p' | as_shown)"
	topmem -R "$tree" -g -q
	assertEquals "$(printf 'a?[2Jb\303\251?')" "$(cat "$out")"
}

# Where it cannot be asked whether two have one address space, equal smaps tell it
test_equal_smaps()
{
	needs g || return 0
	new_tree equal
	for id in 1000001 1000002; do
		add $id 1 same - 1000 100 10
		add $((id + 10)) 1 other - 500 50 10
	done
	cp "$tree/1000001/smaps_rollup" "$tree/1000002/smaps_rollup"
	topmem -R "$tree" -g -H -n 2
	assertEquals '1000 100 1100 20 2 other
1000 100 1100 10 2 same
2000 200 2200 30 4 total' "$(squeezed | sort -k 6)"
	# But not where another one of the group comes before them: idle workers of one master have equal ones
	new_tree workers
	for id in 11 12 13; do
		add $id 1 same - 1000 100 10
	done
	# In the order in which they are read
	topmem -R "$tree" -qn 0
	cp "$out" "$out.pids"
	cp "$tree/$(sed -n 2p "$out")/smaps_rollup" "$tree/$(sed -n 3p "$out")"
	topmem -R "$tree" -g -H
	assertEquals '3000 300 3300 30 3 same
3000 300 3300 30 3 total' "$(squeezed)"
	# Those of the first count, whatever comes between
	cp "$tree/$(sed -n 1p "$out.pids")/smaps_rollup" "$tree/$(sed -n 3p "$out.pids")"
	topmem -R "$tree" -g -H
	assertEquals '2000 200 2200 20 3 same
2000 200 2200 20 3 total' "$(squeezed)"
	# Of what is swapped out all else is equal, and before Linux 4.3 there is no SwapPss
	new_tree swapped
	add 21 1 same - 0 0 30
	add 22 1 same - 0 0 30
	sed -i '/^SwapPss/d' "$tree/21/smaps_rollup"
	sed 's/^Swap:.*/Swap: 41 kB/' "$tree/21/smaps_rollup" >"$tree/22/smaps_rollup"
	topmem -R "$tree" -g -H
	assertEquals '0 0 0 101 2 same
0 0 0 101 2 total' "$(squeezed)"
}

# More programs than there is room for: the further passes meet those that cannot be read again
test_unreadable_among_many_programs()
{
	needs g || return 0
	new_tree unreadable
	id=101
	while [ $id -le 250 ]; do
		add $id 1 "p$id" - $((id * 10)) 0 0
		case $id in
		*[05]) : >"$tree/$id/smaps_rollup" ;;
		esac
		id=$((id + 1))
	done
	for n in 1 16 200 0; do
		topmem -R "$tree" -g -H -n $n
		assertEquals "-n $n" 'topmem: 30 processes not readable, the largest with RSS 2504 (needs CAP_SYS_PTRACE)' "$(cat "$err")"
		# 10 * (101 + ... + 250) without every fifth
		assertEquals "-n $n: the total" '210000 0 210000 0 120 total' "$(squeezed | tail -n 1)"
	done
}

test_shared_is_never_negative()
{
	needs g || return 0
	new_tree negative
	# Pss is rounded down, Private is not; hugetlb pages are not in it
	add 7 1 less - 1000 0 0
	sed -i 's/^Pss:.*/Pss: 999 kB/' "$tree/7/smaps_rollup"
	add 8 1 less - 1000 50 0
	add 9 1 huge - 100 20 0
	echo 'Private_Hugetlb: 2048 kB' >>"$tree/9/smaps_rollup"
	echo 'Shared_Hugetlb: 4096 kB' >>"$tree/9/smaps_rollup"
	topmem -R "$tree" -g -H -n 3
	assertEquals '2148 20 2168 0 1 huge
2000 50 2050 0 2 less
4148 70 4218 0 3 total' "$(squeezed)"
}

test_without_swappss()
{
	needs g || return 0
	new_tree swap
	add 7 1 one - 1000 100 10
	add 8 1 one - 1000 100 10
	sed -i '/^SwapPss/d' "$tree"/?/smaps_rollup
	topmem -R "$tree" -g -H
	assertEquals '2000 200 2200 40 2 one
2000 200 2200 40 2 total' "$(squeezed)"
}

test_smaps_without_a_rollup()
{
	needs g || return 0
	new_tree mappings
	add 7 1 one - 1000 100 10
	add 8 1 one - 3000 300 20
	add 9 1 two - 500 0 0
	for id in 7 8 9; do
		# Twice the same, as if there were two mappings of that size
		{
			cat "$tree/$id/smaps_rollup"
			cat "$tree/$id/smaps_rollup"
		} >"$tree/$id/smaps"
		rm "$tree/$id/smaps_rollup"
	done
	topmem -R "$tree" -g -n 9
	assertEquals 'USS SHARED RAM SWAP NUM PROGRAM
8000 800 8800 60 2 one
1000 0 1000 0 1 two
9000 800 9800 60 3 total' "$(squeezed)"
}

# Shared memory is that of all: the largest of a program is its own
check_estimates()
{
	topmem -R "$tree" -g -n 9
	assertEquals "$1" '~USS ~SHARED ~RAM SWAP NUM PROGRAM
4000 304 4304 5 2 one
500 104 604 0 1 two
4500 408 4908 5 3 total' "$(squeezed)"
	topmem -R "$tree" -t
	assertEquals "$1" 4908 "$(cat "$out")"
	topmem -R "$tree" -b user -H
	assertEquals "$1" '4500 304 4804 5 3 root
4500 304 4804 5 3 total' "$(squeezed)"
}

test_estimates()
{
	needs g || return 0
	new_tree estimates
	add 7 1 one - 1000 100 0
	add 8 1 one - 3000 300 0
	add 9 1 two - 500 100 0
	echo 'VmSwap: 5 kB' >>"$tree/8/status"
	echo 'VmSwap: 0 kB' | tee -a "$tree/7/status" >>"$tree/9/status"
	sed -i '/^Pss:/d; s/^Swap:.*/Swap: 0 kB/; /^SwapPss/d' "$tree"/?/smaps_rollup
	sed -i 's/^Swap:.*/Swap: 5 kB/' "$tree/8/smaps_rollup"
	check_estimates "no Pss"
	for id in 7 8 9; do
		mv "$tree/$id/smaps_rollup" "$tree/$id/smaps"
	done
	check_estimates "no Pss, no rollup"
	rm "$tree"/?/smaps
	check_estimates "no smaps"
	has k || return 0
	topmem -R "$tree" -g -H -k shared -n 9
	assertEquals "304
104
408" "$(awk '{ print $2 }' "$out")"
}

# Recorded ones: the total is that of all rows, and each process is in one
test_recorded()
{
	needs g t || return 0
	for name in linux-2.6.9 linux-2.6.22 linux-3.10 linux-4.9-64k linux-5.10 linux-6.12 openwrt-6.6 gvisor routeros; do
		unpack "$name"
		topmem -R "$tree" -q -n 0
		count=$(wc -l <"$out")
		for by in prog user cgroup args; do
			topmem -R "$tree" -b $by -n 100 -H
			sed '$d' "$out" >"$out.programs"
			assertEquals "$name, -b $by" \
				"$(awk '{ for (i = 1; i <= 5; i++) sum[i] += $i } END { print sum[1], sum[2], sum[3], sum[4], sum[5], "total" }' \
					"$out.programs")" "$(awk '{ $1 = $1 } END { sub(/ - /, " 0 "); print }' "$out")"
			assertTrue "$name, -b $by: processes" "[ $(awk 'END { print $5 }' "$out") -le $count ]"
			# Memory that is not estimated has nothing to do with how it is added up
			if [ -n "$(find "$tree" -name 'smaps*')" ] && grep -q Pss "$tree"/[0-9]*/smaps*; then
				if [ $by = prog ]; then
					total=$(tail -n 1 "$out")
				fi
				assertEquals "$name, -b $by" "$total" "$(tail -n 1 "$out")"
			fi
			ram=$(awk 'END { print $3 }' "$out")
			topmem -R "$tree" -b $by -t
			assertEquals "$name, -b $by -t" "$ram" "$(cat "$out")"
		done
	done
}

test_lines_that_name_no_cgroup()
{
	needs g b || return 0
	new_tree nameless
	add 1 0 init - 4 0 0
	for line in '' x x: x:y ::; do
		echo "$line" >"$tree/1/cgroup"
		# shellcheck disable=SC2086 # "busybox topmem" is two words
		timeout 20 $TOPMEM -R "$tree" -b cgroup -q >"$SHUNIT_TMPDIR/out" 2>&1
		assertEquals "status, '$line'" 0 $?
	done
}

test_cgroups_in_trees()
{
	needs g b || return 0
	new_tree cgroups
	add 1 0 init - 4 0 0
	echo '0::/' >"$tree/1/cgroup"
	# version 2
	add 2 1 two - 40 0 0
	echo '0::/system.slice/nginx.service' >"$tree/2/cgroup"
	# version 1; another path of the same end is another cgroup
	add 3 1 three - 400 0 0
	printf '%s\n' '12:cpuset:/' '4:memory:/other/nginx.service' '1:name=systemd:/user.slice' >"$tree/3/cgroup"
	add 4 1 four - 4000 0 0
	printf '%s\n' '3:cpu,memory,pids:/docker/0123456789abcdef' '1:name=systemd:/x' >"$tree/4/cgroup"
	# hybrid: memory is in version 1, wherever that line stands
	add 5 1 five - 40000 0 0
	printf '%s\n' '0::/unified' '9:cpu:/c' '4:memory:/docker/0123456789abcdef' >"$tree/5/cgroup"
	# hybrid: memory is in version 2
	add 6 1 six - 400000 0 0
	printf '%s\n' '9:cpu:/c' '1:name=systemd:/s' '0::/a:b/c:d' >"$tree/6/cgroup"
	# neither: the first
	add 7 1 seven - 8 0 0
	printf '%s\n' '9:cpu:/only/first' '8:pids:/no' '1:name=systemd:/s' >"$tree/7/cgroup"
	# of a namespace above
	add 8 1 eight - 80 0 0
	echo '0::/../../other' >"$tree/8/cgroup"
	topmem -R "$tree" -b cgroup -n 100
	assertEquals 'USS SHARED RAM SWAP NUM CGROUP
400000 0 400000 0 1 c:d
44000 0 44000 0 2 0123456789abcdef
400 0 400 0 1 nginx.service
80 0 80 0 1 other
40 0 40 0 1 nginx.service
8 0 8 0 1 first
4 0 4 0 1 /
444532 0 444532 0 8 total' "$(squeezed)"
	# Where there is no such file, all the same
	for id in 1 2 3 4 5 6 7 8; do
		rm "$tree/$id/cgroup"
	done
	topmem -R "$tree" -b cgroup -n 100 -H
	assertEquals '444532 0 444532 0 8' "$(squeezed | sed -n 's/ total$//p')"
	assertEquals "one" 2 "$(wc -l <"$out")"
}

test_owners_and_command_lines_in_trees()
{
	needs g b || return 0
	new_tree owners
	for id in 1 2 3 4 5; do
		add $id 0 "p$id" - $((id * 100)) 0 0
	done
	sed -i 's/^Uid:.*/Uid:	0	4000000001	0	0/' "$tree"/[45]/status
	topmem -R "$tree" -b user -n 9 -H
	assertEquals '900 0 900 0 2 4000000001
600 0 600 0 3 root
1500 0 1500 0 5 total' "$(squeezed)"

	# As one line each; the same beginning of 10 kB; none
	printf 'p\0001\000' | tee "$tree/1/cmdline" >"$tree/2/cmdline"
	sed -i 's/p2/p1/' "$tree/2/status" "$tree/2/stat"
	sed -i 's/p4/p3/' "$tree/4/status" "$tree/4/stat"
	awk 'BEGIN { for (i = 0; i < 10000; i++) printf "x" }' | tee "$tree/3/cmdline" >"$tree/4/cmdline"
	printf y >>"$tree/4/cmdline"
	sed -i 's/^\(Pss\|Private_Dirty\): .*/\1: 40 kB/; s/^Private_Clean.*/Private_Clean: 0 kB/' "$tree/2/smaps_rollup"
	topmem -R "$tree" -b args -n 9 -H
	assertEquals "500 0 500 0 1 [p5]
400 0 400 0 1 $(cat "$tree/4/cmdline")
300 0 300 0 1 $(cat "$tree/3/cmdline")
140 0 140 0 2 p 1
1340 0 1340 0 5 total" "$(squeezed)"
}

# A command line that has been wiped is shown as the name, and does not bring others together
test_command_lines_of_nothing()
{
	needs b || return 0
	new_tree wiped
	add 1 0 one - 100 0 0
	add 2 0 two - 200 0 0
	add 3 0 three - 300 0 0
	printf '\000' | tee "$tree/1/cmdline" >"$tree/2/cmdline"
	printf '\000\000' >"$tree/3/cmdline"
	topmem -R "$tree" -b args -n 9 -H
	assertEquals '300 0 300 0 1 [three]
200 0 200 0 1 [two]
100 0 100 0 1 [one]
600 0 600 0 3 total' "$(squeezed)"
}

# Very many

# very_many PROGRAMS MORE: a tree of so many programs, and as many more processes with the names of some
very_many()
{
	new_tree many
	awk -v programs="$1" -v more="$2" 'BEGIN {
		for (i = 2; i <= programs + more + 1; i++)
			print i
	}' >"$tree.pids"
	(cd "$tree" && xargs mkdir <"$tree.pids")
	awk -v programs="$1" -v tree="$tree/" '{
		pid = $1
		n = pid - 2 < programs ? pid - 2 : pid * 7919 % int(programs / 3)
		name = "p" n
		private = pid * pid * 7919 % 65521 * 4
		shared = pid * 31 % 997
		swap = pid * 17 % 101
		uss[n] += private
		pss[n] += shared
		swapped[n] += swap
		num[n]++
		status = tree pid "/status"
		print "Name:\t" name "\nPPid:\t1\nUid:\t0\t0\t0\t0\nVmSize:\t" private + shared + 8 " kB\nVmRSS:\t" \
			private + shared + 4 " kB\nThreads:\t1" >status
		close(status)
		stat = tree pid "/stat"
		print pid " (" name ") S 1 1 1 0 -1 4194560 155 0 0 0 0 0 0 0 20 0 1 0 " pid " " (private + shared + 8) * 1024 " 9 0" >stat
		close(stat)
		smaps = tree pid "/smaps_rollup"
		print pid "-7fff00000000 ---p 00000000 00:00 0 [rollup]\nRss: " private + shared + 4 " kB\nPss: " private + shared \
			" kB\nPrivate_Clean: 0 kB\nPrivate_Dirty: " private " kB\nSwap: " 2 * swap " kB\nSwapPss: " swap " kB" >smaps
		close(smaps)
	}
	END {
		for (n in num) {
			print uss[n], pss[n], uss[n] + pss[n], swapped[n], num[n], "p" n
			all[1] += uss[n]
			all[2] += pss[n]
			all[4] += swapped[n]
			all[5] += num[n]
		}
		print all[1], all[2], all[1] + all[2], all[4], all[5], "total" >(tree "total")
	}' "$tree.pids" | sort -k 3,3nr -k 6 >"$tree.sums"
}

# with_total N: the N largest of that tree, and the sum
with_total()
{
	head -n "$1" "$tree.sums"
	cat "$tree/total"
}

test_thousands_of_programs()
{
	needs g || return 0
	very_many 5000 1000
	assertEquals 5000 "$(wc -l <"$tree.sums")"
	topmem -R "$tree" -g -n 0 -H
	assertEquals "-n 0: the total" "$(with_total 0)" "$(squeezed | tail -n 1)"
	squeezed | sed '$d' | sort -k 3,3nr -k 6 >"$SHUNIT_TMPDIR/got"
	assertEquals "-n 0" "" "$(diff "$tree.sums" "$SHUNIT_TMPDIR/got" | head -n 10)"
	topmem -R "$tree" -g -H
	assertEquals "the largest" "$(with_total 1)" "$(squeezed)"
	rm -r "$tree"
}

# What is not held at once takes more passes: fewer, so that it takes no minutes
test_hundreds_of_programs()
{
	needs g || return 0
	very_many 700 500
	for n in 1 16 17 20; do
		topmem -R "$tree" -g -H -n $n
		assertEquals "-n $n" "$(with_total $n)" "$(squeezed)"
	done
	topmem -R "$tree" -g -H -n 0
	assertEquals "-n 0" "$(with_total 1000 | sort)" "$(squeezed | sort)"
	if has t; then
		topmem -R "$tree" -t
		assertEquals "-t" "$(cut -d ' ' -f 3 "$tree/total")" "$(cat "$out")"
	fi
	needs r || return 0
	for n in 1 16 17 20; do
		topmem -R "$tree" -g -H -n $n -r
		assertEquals "-r -n $n" "$(head -n $n "$tree.sums" | awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }'
			cat "$tree/total")" "$(squeezed)"
	done
	rm -r "$tree"
}

# shellcheck source=/dev/null
. shunit2
