#!/bin/sh
# Which limit counts and what is used of it, in made trees of procfs and cgroups that stand where the real
# ones do: version 1, version 2 and both, with and without cgroup namespaces, and files that are broken.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"

# Of the machine, in kB
total=1000000
used=600000
no_limit=9223372036854771712

oneTimeSetUp()
{
	$TOPMEM --help 2>&1 | grep -q '^[[:space:]]*-l' || return 0
	[ "$(id -u)" = 0 ] || { echo 'only root can mount'; return 1; }
	json=
	! has f || json=yes
	export TOPMEM json
}

# possible: false, with the test skipped, where this build has no limits
possible()
{
	needs l x X
}

# new_tree: another procfs in $tree, with an idle 1 and a 7 of 100000 kB; cgroups go below $groups
new_tree()
{
	rm -rf "$SHUNIT_TMPDIR/tree"
	tree=$SHUNIT_TMPDIR/tree/proc groups=$SHUNIT_TMPDIR/tree/groups
	mkdir -p "$groups" "$tree/self"
	process "$tree" 1 4000 init
	process "$tree" 7 100000 large
	cp "$tree/1/status" "$tree/1/statm" "$tree/1/stat" "$tree/self"
	printf '%s: %s kB\n' Rss 4000 Pss 3000 Private_Dirty 2000 Swap 0 >"$tree/1/smaps_rollup"
	printf '%s: %s kB\n' Rss 100000 Pss 80000 Private_Dirty 60000 Swap 0 >"$tree/7/smaps_rollup"
	printf '%s: %8s kB\n' MemTotal $total MemFree 100000 MemAvailable $((total - used)) >"$tree/meminfo"
	echo 'proc /proc proc rw 0 0' >"$tree/self/mounts"
	printf '%s\n' '22 27 0:21 / /proc rw,relatime - proc proc rw' \
		'23 27 0:22 / /sys rw,nosuid,nodev,noexec,relatime - sysfs sysfs rw' >"$tree/self/mountinfo"
	# Those of older processes
	own '0::/'
	first '0::/'
}

# own LINE..., first LINE..., of PID LINE...: the cgroups of topmem, of PID 1, of another
own()
{
	printf '%s\n' "$@" >"$tree/self/cgroup"
}

first()
{
	printf '%s\n' "$@" >"$tree/1/cgroup"
}

of()
{
	number=$1
	shift
	printf '%s\n' "$@" >"$tree/$number/cgroup"
}

# both LINE...: topmem and PID 1 have the same
both()
{
	own "$@"
	first "$@"
}

# mounted ROOT POINT TYPE OPTIONS: a line of mountinfo
mounted()
{
	printf '35 23 0:30 %s %s rw,nosuid,nodev,noexec,relatime shared:9 - %s cgroup %s\n' "$@" >>"$tree/self/mountinfo"
}

# bytes KB: "max" as it is, and what is no number
bytes()
{
	case $1 in
	'' | *[!0-9]* | ????????????????*) printf '%s\n' "$1" ;;
	*) echo $(($1 * 1024)) ;;
	esac
}

# group2 PATH LIMIT CURRENT INACTIVE: a cgroup of version 2, in kB
group2()
{
	mkdir -p "$groups$1"
	bytes "$2" >"$groups$1/memory.max"
	bytes "$3" >"$groups$1/memory.current"
	echo max >"$groups$1/memory.high"
	echo max >"$groups$1/memory.swap.max"
	echo 0 >"$groups$1/memory.swap.current"
	printf '%s\n' 'anon 40960' 'file 81920' 'kernel 4096' 'shmem 0' 'inactive_anon 36864' 'active_anon 4096' \
		"inactive_file $(bytes "$4")" 'active_file 8192' 'unevictable 0' 'workingset_refault_file 7' \
		>"$groups$1/memory.stat"
}

# group1 PATH LIMIT HIERARCHICAL USAGE TOTAL_INACTIVE [INACTIVE]: one of version 1
group1()
{
	mkdir -p "$groups$1"
	bytes "$2" >"$groups$1/memory.limit_in_bytes"
	bytes "$4" >"$groups$1/memory.usage_in_bytes"
	echo $no_limit >"$groups$1/memory.soft_limit_in_bytes"
	echo $no_limit >"$groups$1/memory.memsw.limit_in_bytes"
	printf '%s\n' 'cache 81920' 'rss 40960' 'rss_huge 0' 'shmem 0' 'mapped_file 4096' 'swap 0' 'inactive_anon 36864' \
		'active_anon 4096' "inactive_file $(bytes "${6:-0}")" 'active_file 8192' 'unevictable 0' \
		"hierarchical_memory_limit $(bytes "$3")" "hierarchical_memsw_limit $no_limit" 'total_cache 81920' \
		'total_rss 40960' 'total_inactive_anon 36864' 'total_active_anon 4096' \
		"total_inactive_file $(bytes "$5")" 'total_active_file 8192' >"$groups$1/memory.stat"
}

# within ARG...: topmem, where $tree is /proc
within()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	# shellcheck disable=SC2086,SC2016 # TOPMEM may be several words; those of another shell
	unshare --mount sh -c 'mount --bind "$0" /proc || exit 99; exec "$@"' "$tree" $TOPMEM "$@" >"$out" 2>"$err"
}

# share KB OF: in percent with one decimal, rounded half up
share()
{
	tenths=$((($1 * 2000 + $2) / (2 * $2)))
	echo $((tenths / 10)).$((tenths % 10))
}

# counts TITLE LIMIT USED [ARG...]: in each form topmem says that this limit counts and so much of it is used
counts()
{
	title=$1 limit=$2 kb=$3
	shift 3
	# All of them within one namespace: to make it takes longer than they do
	forms=$SHUNIT_TMPDIR/form
	# shellcheck disable=SC2016 # those of another shell
	unshare --mount sh -c 'mount --bind "$1" /proc || exit 99
		shift
		$TOPMEM -q -X 9999999999 "$@" >"$0-check" 2>"$0-errors"
		echo $? >"$0-statuses"
		$TOPMEM -l -H "$@" >"$0-lines" 2>>"$0-errors"
		echo $? >>"$0-statuses"
		[ -z "$json" ] || $TOPMEM -f json "$@" >"$0-json" 2>>"$0-errors"
		echo $? >>"$0-statuses"' "$forms" "$tree" "$@"
	assertEquals "$title: stderr" '' "$(cat "$forms-errors")"
	assertEquals "$title: statuses" '0 0 0' "$(tr '\n' ' ' <"$forms-statuses" | sed 's/ $//')"
	assertEquals "$title" "used=${kb}KB;9999999999;;0;$limit" "$(sed 's/.*| //' "$forms-check")"
	[ "$limit" -gt 0 ] || return 0
	assertEquals "$title, -l" "limit $limit used $kb $(share "$kb" "$limit")% available $((limit - kb)) $(share \
		$((limit - kb)) "$limit")% %MEM $(share 100000 "$limit")" \
		"$(awk '$1 ~ /^(limit|used|available)$/ { printf "%s %s%s ", $1, $2, $3 ? " " $3 : "" }
			$1 == 7 { print "%MEM", $3 }' "$forms-lines")"
	[ -z "$json" ] || assertEquals "$title, JSON" \
		"$total $limit $kb $((limit - kb)) $(share 100000 "$limit")" \
		"$(jq -r '"\(.mem_total_kb) \(.mem_limit_kb) \(.mem_used_kb) \(.mem_available_kb) " +
			(.rows[] | select(.pid == 7) | .mem_percent * 10 | round | "\(. / 10 | floor).\(. % 10)")' "$forms-json")"
}

# host TITLE [ARG...]: no group's limit counts, but the machine's
host()
{
	title=$1
	shift
	counts "$title" $total $used "$@"
}

# broken TITLE LIMIT USED [ARG...]: a check says so and has status 3; without one this limit counts
broken()
{
	title=$1 limit=$2 kb=$3
	shift 3
	for check in '-X 1' '-X 80%' '-x 9999999999'; do
		# shellcheck disable=SC2086 # several words
		within $check "$@"
		assertEquals "$title, $check: status" 3 $?
		assertEquals "$title, $check: stderr" 'topmem: memory cgroup: not a number' "$(head -n 1 "$err")"
		grep -qE '^TOPMEM (OK|WARNING|CRITICAL)' "$out" && fail "$title, $check: $(cat "$out")"
	done
	within -H -l "$@"
	assertEquals "$title: status" 0 $?
	assertEquals "$title" "limit $limit used $kb $(share "$kb" "$limit")%" \
		"$(squeeze "$out" | grep -E '^(limit|used) ' | tr '\n' ' ' | sed 's/ $//')"
	assertEquals "$title: the row" "7 100000 $(share 100000 "$limit") large" "$(squeeze "$out" | tail -n 1)"
	within
	assertEquals "$title: status" 0 $?
	assertEquals "$title: stderr" '' "$(cat "$err")"
	assertEquals "$title: the row" "7 100000 $(share 100000 "$limit") large" "$(squeeze "$out" | tail -n 1)"
}

test_no_cgroups()
{
	possible || return 0
	new_tree
	host 'nothing mounted'
	rm "$tree/self/cgroup" "$tree/1/cgroup"
	host 'this kernel has none'
	rm "$tree/self/mountinfo"
	host 'and no mountinfo'
	both '0::/box'
	group2 /box 500000 400000 0
	host 'not mounted'
	: >"$tree/self/mountinfo"
	: >"$tree/self/cgroup"
	host 'empty files'
	new_tree
	mounted / "$groups" cgroup2 rw
	both '0::/box'
	host 'no such folder'
	mounted / "$SHUNIT_TMPDIR/missing" cgroup2 rw
	host 'not even a mount point'
	mkdir "$groups/box"
	host 'no files'
	new_tree
	printf "35 23 0:30 / $groups rw - %s rw,memory\n" 'tmpfs cgroup2' 'tmpfs memory' 'fuse.cgroup2 cgroup' \
		>>"$tree/self/mountinfo"
	both '4:memory:/box' '0::/box'
	group2 /box 500000 400000 0
	group1 /box 500000 500000 400000 0
	host 'other file systems'
}

test_version_2()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw,nsdelegate,memory_recursiveprot
	both '0::/box'
	group2 /box 512000 300000 50000
	counts 'a limit' 512000 250000
	group2 /box 512000 300000 0
	counts 'no inactive files' 512000 300000
	group2 /box 512000 512000 512000
	host 'all of it inactive files: more room than the machine has'
	group2 /box 300000 300000 300000
	counts 'all of it inactive files' 300000 0
	group2 /box 300000 200000 250000
	counts 'more inactive files than current: counted at other times' 300000 0
	group2 /box max 500000 0
	host 'max'
	group2 /box 900000 100000 0
	host 'more room than the machine has'
	group2 /box 900000 700000 0
	counts 'less room than the machine has' 900000 700000
	group2 /box 99999999999 700000 0
	host 'above MemTotal'
	group2 /box 500000 600000 0
	within -q -X 100%
	assertEquals 'more than the limit: status' 1 $?
	assertEquals 'more than the limit' 'used=600000KB;500000;;0;500000' "$(sed 's/.*| //' "$out")"
	# Not whole kB
	group2 /box 512000 300000 0
	echo 524288511 >"$groups/box/memory.max"
	counts 'a part of a kB' 512000 300000
}

# The root of the hierarchy has no such files
test_version_2_levels()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both '0::/a/b/c'
	group2 /a 400000 200000 0
	group2 /a/b max 100000 0
	group2 /a/b/c max 50000 0
	counts 'the parent of a parent' 400000 200000
	group2 /a/b/c 900000 50000 0
	counts 'a parent is tighter' 400000 200000
	group2 /a/b/c 100000 50000 0
	counts 'own is tighter' 100000 50000
	group2 /a 400000 390000 0
	counts 'a parent is larger and has less room' 400000 390000
	group2 /a 400000 390000 300000
	counts 'unless that are inactive files' 100000 50000
	group2 /a/b 90000 60000 5000
	counts 'in the middle' 90000 55000
	group2 /a max 100000 0
	group2 /a/b max 100000 0
	group2 /a/b/c max 100000 0
	host 'no limit anywhere'
	mkdir -p "$groups/a/b"
	rm "$groups/a/b"/memory.*
	group2 /a 300000 200000 0
	group2 /a/b/c 300000 50000 0
	counts 'a level without the memory controller' 300000 200000
}

# Our path may be deeper than what there is, as after it was removed
test_missing_folders()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	group2 /a 400000 200000 0
	both '0::/a/b/c'
	counts 'deeper than the folders' 400000 200000
	both '0::/a/b (deleted)'
	counts 'deleted' 400000 200000
	group2 /a/b 100000 50000 0
	both '0::/a/b'
	counts 'there' 100000 50000
	chmod 000 "$groups/a/b"
	counts 'as root' 100000 50000
	chmod 755 "$groups/a/b"
	both '0::/b'
	host 'another'
}

test_version_1()
{
	possible || return 0
	new_tree
	printf '31 23 0:26 / %s rw - tmpfs cgroup rw,mode=755\n' "$groups" >>"$tree/self/mountinfo"
	mounted / "$groups/cpu" cgroup rw,cpu,cpuacct
	mounted / "$groups/memory" cgroup rw,memory
	mounted / "$groups/systemd" cgroup rw,xattr,name=systemd
	both 12:pids:/other 9:memory:/box 4:cpu,cpuacct:/other 1:name=systemd:/other
	group1 /cpu/other 1000 1000 900 0
	group1 /memory/other 1000 1000 900 0
	group1 /memory $no_limit $no_limit 700000 0
	group1 /memory/box 512000 512000 300000 50000 20000
	counts 'a limit' 512000 250000
	group1 /memory/box 512000 512000 300000 400000
	host 'more room than the machine has'
	group1 /memory/box 512000 512000 512000 200000
	counts 'total_inactive_file, not inactive_file' 512000 312000
	group1 /memory/box 512000 200000 100000 20000
	counts 'the limit of a parent' 200000 80000
	group1 /memory/box $no_limit $no_limit 100000 20000
	host 'no limit'
	group1 /memory/box 9223372036854775807 9223372036854775807 100000 20000
	host 'no limit before Linux 3.12'
	group1 /memory/box 18446744073709551615 18446744073709551615 100000 20000
	host 'no limit before Linux 3.19'
	group1 /memory 150000 150000 140000 10000
	group1 /memory/box 150000 150000 100000 20000
	counts 'a limit at the root' 150000 130000
}

test_version_1_levels()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup rw,memory
	both 9:memory:/a/b/c
	group1 /a 200000 200000 150000 10000
	group1 /a/b $no_limit 200000 100000 0
	group1 /a/b/c $no_limit 200000 100000 50000
	counts 'the limit is a parent'\''s, and so is what is used' 200000 140000
	group1 /a/b/c 120000 120000 100000 0
	counts 'own is tighter' 120000 100000
	group1 /a 200000 200000 195000 0
	counts 'a parent is larger and has less room' 200000 195000
	# The parent cannot be seen: in a container
	new_tree
	mounted /docker/abc "$groups" cgroup rw,memory
	both 9:memory:/docker/abc
	group1 '' 800000 200000 150000 10000
	counts 'a parent that cannot be seen' 200000 140000
}

test_version_1_named_with_others()
{
	possible || return 0
	for names in memory cpu,memory memory,cpu cpu,memory,hugetlb; do
		new_tree
		mounted / "$groups" cgroup "rw,$names"
		both 2:memoryx:/no "9:$names:/box" 3:xmemory:/no 1:name=memory:/no
		group1 /box 512000 512000 300000 50000
		group1 /no 1000 1000 900 0
		counts "$names" 512000 250000
		counts "$names, mounted with options" 512000 250000
	done
	for names in memoryx xmemory name=memory name=mymemory name=memory.x memory_pressure,memoryx; do
		new_tree
		mounted / "$groups" cgroup "rw,$names"
		both "9:$names:/box"
		group1 /box 512000 512000 300000 50000
		group2 /box 512000 300000 50000
		host "$names is not memory"
	done
}

# The order of the lines is the kernel's
test_hybrid()
{
	possible || return 0
	for order in before behind; do
		new_tree
		mounted / "$groups/unified" cgroup2 rw,nsdelegate
		[ $order = before ] || mounted / "$groups/memory" cgroup rw,memory
		mounted / "$groups/systemd" cgroup rw,name=systemd
		[ $order = behind ] || mounted / "$groups/memory" cgroup rw,memory
		both 5:memory:/m 1:name=systemd:/s 0::/u
		group1 /memory/m 512000 512000 300000 50000
		mkdir -p "$groups/unified/u"
		echo 1 >"$groups/unified/u/cgroup.procs"
		counts "memory in version 1, mounted $order" 512000 250000
		both 0::/u 1:name=systemd:/s 5:memory:/m
		counts "memory in version 1, mounted $order, and its line last" 512000 250000
		group2 /unified/u 1000 900 0
		counts "memory in version 1, mounted $order; files of both" 512000 250000
	done
	for names in name=mymemory name=memory memoryx cpu,memoryx xmemory; do
		for order in before behind; do
			new_tree
			[ $order = before ] || mounted / "$groups/unified" cgroup2 rw
			mounted / "$groups/v1" cgroup "rw,$names"
			[ $order = behind ] || mounted / "$groups/unified" cgroup2 rw
			both "5:$names:/x" 1:name=systemd:/x 0::/u
			group1 /v1/x 1000 1000 900 0
			group2 /v1/x 1000 900 0
			group2 /v1/u 1000 900 0
			group2 /unified/x 1000 900 0
			group2 /unified/u 512000 300000 50000
			counts "memory in version 2 beside $names, mounted $order" 512000 250000
		done
	done
}

# Paths are those that the reader's namespace shows
test_namespaces()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/
	group2 '' 512000 300000 50000
	counts 'inside, version 2' 512000 250000
	group2 /child 100000 50000 0
	own 0::/child
	counts 'inside, in a group that PID 1 is not in' 512000 250000
	both 0::/child
	counts 'inside, both in a group' 100000 50000
	# A container that shares the machine's PIDs
	for path in /../../init.scope /.. /../x /../..; do
		first 0::$path
		own 0::/
		host "inside, PID 1 in $path"
		own 0::/child
		host "inside, in a group, PID 1 in $path"
	done
	new_tree
	mounted / "$groups" cgroup rw,memory
	both 4:memory:/ 0::/
	group1 '' 800000 512000 300000 50000
	counts 'inside, version 1' 512000 250000

	for type in 2 1; do
		new_tree
		if [ $type = 2 ]; then
			mounted /docker/abc "$groups" cgroup2 rw
			line=0::
			group2 '' 512000 300000 50000
			group2 /child 300000 50000 0
			group2 /docker/abc 1000 900 0
			group2 /docker/abc/child 1000 900 0
		else
			mounted /docker/abc "$groups" cgroup rw,memory
			line=7:memory:
			group1 '' 512000 512000 300000 50000
			group1 /child 300000 300000 50000 0
			group1 /docker/abc 1000 1000 900 0
			group1 /docker/abc/child 1000 1000 900 0
		fi
		both $line/docker/abc
		counts "version $type: the root of the mount is our group" 512000 250000
		both $line/docker/abc/child
		counts "version $type: one below it" 300000 50000
		own $line/docker/abc/child
		first $line/docker/abc
		counts "version $type: PID 1 in the root" 512000 250000
		both $line/docker/abcd
		host "version $type: another with the same beginning"
		both $line/docker
		host "version $type: above the mount"
		both $line/
		host "version $type: far above the mount"
		own $line/docker/abc/child
		for path in / /docker /docker/ab /docker/def /init.scope /../../init.scope; do
			first $line$path
			host "version $type: PID 1 in $path, outside the mount"
		done
	done
}

# What is nobody's group that we know of is not looked for, least of all outside the mount
test_root_that_is_no_prefix()
{
	possible || return 0
	for root in / /.. /../.. /../x /other; do
		for path in / /x /../x /.. /../../y; do
			case $root:$path in
			/:/ | /:/x | /..:/..* | /../x:/../x) continue ;;
			esac
			new_tree
			mkdir -p "$groups/m/n"
			mounted "$root" "$groups/m/n" cgroup2 rw
			both "0::$path"
			for at in '' /m /m/x /m/y /x /y /m/n/x /m/n/y; do
				group2 "$at" 1000 900 0
			done
			group2 /m/n max 900 0
			host "root $root, path $path"
		done
	done
	# Two dots are the beginning of a name like any other
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/..box/...
	group2 /..box 512000 300000 50000
	group2 /..box/... 100000 20000 0
	counts 'names of dots' 100000 20000
}

test_pid_1()
{
	possible || return 0
	for type in 2 1; do
		new_tree
		if [ $type = 2 ]; then
			mounted / "$groups" cgroup2 rw
			line=0::
			group2 /a 400000 200000 0
			group2 /a/b 100000 20000 0
			group2 /a/b/c 50000 10000 0
			group2 /ab 1000 900 0
		else
			mounted / "$groups" cgroup rw,memory
			line=3:memory:
			group1 '' $no_limit $no_limit 700000 0
			group1 /a 400000 400000 200000 0
			group1 /a/b 100000 100000 20000 0
			group1 /a/b/c 50000 50000 10000 0
			group1 /ab 1000 1000 900 0
		fi
		own $line/a/b
		first $line/a/b
		counts "version $type: the same" 100000 20000
		first $line/a/b/c
		counts "version $type: below ours" 100000 20000
		first $line/a/bc
		counts "version $type: a name with the same beginning" 400000 200000
		first $line/a/x
		counts "version $type: beside ours" 400000 200000
		first $line/a
		counts "version $type: above ours" 400000 200000
		for path in / /x /ab /init.scope /A/b; do
			first $line$path
			host "version $type: PID 1 in $path"
		done
		own $line/ab
		first $line/a
		host "version $type: our name has the same beginning"
		own $line/a/b
		rm "$tree/1/cgroup"
		counts "version $type: not known where" 100000 20000
		mkdir "$tree/1/cgroup"
		counts "version $type: not readable" 100000 20000
		rmdir "$tree/1/cgroup"
		: >"$tree/1/cgroup"
		counts "version $type: nothing in it" 100000 20000
		mv "$tree/1" "$tree/2"
		counts "version $type: no PID 1" 100000 20000
		mv "$tree/2" "$tree/1"
	done
	# Of the other hierarchies nothing counts
	new_tree
	mounted / "$groups/memory" cgroup rw,memory
	mounted / "$groups/unified" cgroup2 rw
	own 2:cpu:/x 3:memory:/a/b 0::/x
	first 2:cpu:/y 3:memory:/a/b 0::/y
	group1 /memory/a/b 100000 100000 20000 0
	counts 'elsewhere in other hierarchies' 100000 20000
	first 2:cpu:/x 3:memory:/y 0::/x
	host 'here in other hierarchies'
}

test_one_pid()
{
	possible && needs p || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/a/own
	of 7 0::/b/seven
	process "$tree" 8 50000 eight
	of 8 0::/b/eight
	group2 /a 400000 200000 0
	group2 /a/own 300000 20000 0
	group2 /b 250000 100000 0
	group2 /b/seven 120000 20000 0
	group2 /b/eight 110000 20000 0
	counts 'without' 400000 200000
	counts 'its group' 120000 20000 -p 7
	counts 'and the name' 120000 20000 -p 7 -c large
	for pids in 1,7 7,8 7,1 7,7; do
		counts "$pids" 400000 200000 -p $pids
	done
	group2 /b 250000 200000 0
	counts 'the groups above' 250000 200000 -p 7
	own 0::/x
	first 0::/y
	counts 'wherever topmem and PID 1 are' 250000 200000 -p 7
	of 7 0::/
	host 'in the root' -p 7
	rm "$tree/7/cgroup"
	host 'not known where' -p 7
	within -X 1 -p 9
	assertEquals 'no such process: status' 3 $?
	# Outside our namespace
	of 7 0::/../b/seven
	mkdir "$groups/m"
	sed "s,/tree/groups,&/m," "$tree/self/mountinfo" >"$tree/self/moved"
	mv "$tree/self/moved" "$tree/self/mountinfo"
	host 'not to be seen' -p 7
	# But where more of it is mounted, it is
	for line in 0::/ 5:memory:/; do
		new_tree
		own $line
		first $line../../init.scope
		of 7 $line../../b/seven
		case $line in
		0*)
			mounted / "$groups/own" cgroup2 rw
			mounted /../.. "$groups/all" cgroup2 rw
			group2 /all/b 250000 200000 0
			group2 /all/b/seven 120000 20000 0
			group2 /own 1000 900 0
			group2 /own/b 1000 900 0
			;;
		*)
			mounted / "$groups/own" cgroup rw,memory
			mounted /../.. "$groups/all" cgroup rw,memory
			group1 /all/b 250000 250000 200000 0
			group1 /all/b/seven 120000 120000 20000 0
			group1 /own 1000 1000 900 0
			group1 /own/b 1000 1000 900 0
			;;
		esac
		counts "$line../.. is mounted" 250000 200000 -p 7
		host "$line../.. is mounted, and PID 1 is outside"
		for path in .. ../.. ../x ../../.. ../../../b; do
			of 7 $line$path
			host "$path is not there" -p 7
		done
	done
	new_tree
	mounted / "$groups" cgroup rw,memory
	both 5:memory:/a 0::/
	of 7 5:memory:/b 0::/
	group1 /a 300000 300000 20000 0
	group1 /b 250000 250000 100000 5000
	group1 '' $no_limit $no_limit 100000 5000
	counts 'version 1: without' 300000 20000
	counts 'version 1: its group' 250000 95000 -p 7
}

test_other_mount_points()
{
	possible || return 0
	for point in mnt/x/y 'a b' 'a\b' 'a - cgroup2 b' 'tab	tab' "new
line" '#' 'x:y,z' ' ' 'a  b' '\040'; do
		new_tree
		plain=$groups
		groups="$groups/$point"
		mkdir -p "$groups"
		mounted / "$plain/$(printf '%s' "$point" | awk 'BEGIN { RS = "\001"; ORS = "" } {
			gsub(/\\/, "\\134")
			gsub(/ /, "\\040")
			gsub(/\t/, "\\011")
			gsub(/\n/, "\\012")
			gsub(/#/, "\\043")
			print }')" cgroup2 rw
		both 0::/box
		group2 /box 512000 300000 50000
		counts "at $point" 512000 250000
	done
	# The root of the mount has a blank
	new_tree
	mounted '/docker\040x' "$groups" cgroup2 rw
	both '0::/docker x/box'
	group2 /box 512000 300000 50000
	counts 'below a root with a blank' 512000 250000
	# And the path has what means something in these files
	for path in '/a b' /a:b /a::b/0::c '/a - b' '/a\b' '/memory:/x' /a,memory '/ x'; do
		new_tree
		mounted / "$groups" cgroup2 rw
		both "0::$path"
		group2 "$path" 512000 300000 50000
		counts "path $path" 512000 250000
		new_tree
		mounted / "$groups" cgroup rw,memory
		both "3:memory:$path" '0::/'
		group1 "$path" 512000 512000 300000 50000
		counts "path $path, version 1" 512000 250000
	done
}

# No optional field, or several; many mounts; lines of any length
test_forms_of_mountinfo()
{
	possible || return 0
	for fields in '' ' shared:1' ' shared:1 master:2' ' master:2 propagate_from:3 unbindable' ' x - y'; do
		[ "$fields" != ' x - y' ] || continue
		new_tree
		printf '35 23 0:30 / %s rw,relatime%s - cgroup2 cgroup2 rw\n' "$groups" "$fields" >>"$tree/self/mountinfo"
		both 0::/box
		group2 /box 512000 300000 50000
		counts "optional fields:$fields" 512000 250000
	done
	for length in 4070 4080 4090 4094 4095 4096 4097 4098 4100 4200 9000 20000; do
		new_tree
		awk -v length_="$length" -v point="$groups" 'BEGIN {
			line = "40 27 0:40 / /merged rw,relatime - overlay overlay rw,lowerdir="
			while (length(line) < length_)
				line = line "/x"
			print line " - cgroup2 cgroup2 rw,memory"
			print "41 27 0:41 / " point " rw,relatime - cgroup2 cgroup2 rw"
			print line
		}' >>"$tree/self/mountinfo"
		both 0::/box
		group2 /box 512000 300000 50000
		counts "behind a line of $length" 512000 250000
	done
	new_tree
	awk 'BEGIN { for (i = 0; i < 3000; i++) print 100 + i, "27 0:" i " / /mnt/" i " rw,relatime - tmpfs tmpfs rw" }' \
		>>"$tree/self/mountinfo"
	mounted / "$groups" cgroup2 rw
	both 0::/box
	group2 /box 512000 300000 50000
	counts 'the last of very many' 512000 250000
}

# The same hierarchy at several places: one that shows our group
test_several_mounts()
{
	possible || return 0
	new_tree
	mounted /other "$groups/other" cgroup2 rw
	mounted / "$groups/all" cgroup2 rw
	both 0::/a/box
	group2 /all/a 700000 600000 0
	group2 /all/a/box 512000 300000 50000
	group2 /other/box 1000 900 0
	counts 'the second' 700000 600000
	new_tree
	mounted / "$groups/all" cgroup2 rw
	mounted /other "$groups/other" cgroup2 rw
	both 0::/a/box
	group2 /all/a 700000 600000 0
	group2 /all/a/box 512000 300000 50000
	group2 /other/box 1000 900 0
	counts 'the first' 700000 600000
	# Of two that show it the one that shows more above it
	for order in before behind; do
		new_tree
		[ $order = before ] || mounted / "$groups/all" cgroup2 rw
		mounted /a "$groups/part" cgroup2 rw
		[ $order = behind ] || mounted / "$groups/all" cgroup2 rw
		both 0::/a/box
		group2 /all/a 700000 600000 0
		group2 /all/a/box 512000 300000 50000
		group2 /part/box 512000 300000 50000
		counts "a part of it mounted $order" 700000 600000
	done
}

# A part of it mounted over all of it: what is below is hidden
test_part_mounted_over_all()
{
	possible || return 0
	for path in /a/box /a; do
		new_tree
		mounted / "$groups" cgroup2 rw
		mounted /a "$groups" cgroup2 rw
		both "0::$path"
		group2 '' 700000 600000 0
		group2 /box 100000 60000 5000
		case $path in
		/a) counts 'the root of the part' 700000 600000 ;;
		*) counts 'a group in the part' 100000 55000 ;;
		esac
	done
}

# One where this user may not go does no harm beside one that shows the group; alone it is no reason to say OK
test_mount_out_of_reach()
{
	possible || return 0
	for order in before behind alone; do
		new_tree
		[ $order != before ] || mounted / "$SHUNIT_TMPDIR/tree/closed/groups" cgroup rw,memory
		[ $order = alone ] || mounted / "$groups" cgroup rw,memory
		[ $order = before ] || mounted / "$SHUNIT_TMPDIR/tree/closed/groups" cgroup rw,memory
		mkdir -p "$SHUNIT_TMPDIR/tree/closed/groups"
		chmod 000 "$SHUNIT_TMPDIR/tree/closed"
		both 3:memory:/box
		group1 '' $no_limit $no_limit 700000 0
		group1 /box 512000 512000 300000 50000
		# shellcheck disable=SC2086,SC2016 # TOPMEM may be several words; those of another shell
		unshare --mount sh -c 'mount --bind "$0" /proc &&
			exec setpriv --bounding-set=-dac_override,-dac_read_search "$@"' "$tree" $TOPMEM -q -X 512000 \
			>"$SHUNIT_TMPDIR/out" 2>&1
		status=$?
		chmod 755 "$SHUNIT_TMPDIR/tree/closed"
		if [ $order = alone ]; then
			assertEquals "$order" '3 topmem: memory cgroup: Permission denied' \
				"$status $(sed 's/permission/Permission/' "$SHUNIT_TMPDIR/out")"
		else
			assertEquals "$order: $(cat "$SHUNIT_TMPDIR/out")" '0 used=250000KB;512000;;0;512000' \
				"$status $(sed 's/.*| //' "$SHUNIT_TMPDIR/out")"
		fi
	done
}

# Any groups, limits and places of topmem and PID 1, and what should count of them
make_any()
{
	python3 - "$1" "$2" "$SHUNIT_TMPDIR/tree" <<-'PYTHON'
		import os, random, sys

		random.seed(int(sys.argv[1]))
		PAGE = 4096
		NO_LIMIT = (1 << 63) - PAGE

		def write(path, *lines):
		    os.makedirs(os.path.dirname(path), exist_ok=True)
		    with open(path, "w") as into:
		        into.writelines("%s\n" % line for line in lines)

		def levels(path):
		    """/a/b, /a and the root, which is nothing"""
		    while True:
		        yield path
		        if not path:
		            return
		        path = path.rpartition("/")[0]

		def any_path(below=""):
		    return below + "".join("/" + random.choice(["a", "b", "ab"]) for _ in range(random.randrange(5)))

		def is_in(path, root):
		    return (path + "/").startswith(root + "/")

		for number in range(int(sys.argv[2])):
		    base = "%s/%d" % (sys.argv[3], number)
		    version = random.choice([1, 2])
		    root = random.choice(["", "", "", "/r", "/a"])
		    own = any_path(root)
		    first = random.choice([own, own, any_path(root), random.choice(list(levels(own)))])
		    common = next(path for path in levels(own) if is_in(first, path))
		    total, used = 1000000 * 4, random.randrange(1000000) * 4
		    write(base + "/proc/meminfo", "MemTotal: %d kB" % total, "MemFree: 4 kB", "MemAvailable: %d kB" % (total - used))
		    names = random.choice(["memory", "cpu,memory", "memory,hugetlb"])
		    line = "0::%s" if version == 2 else "5:%s:%%s" % names
		    others = ["9:name=mymemory:/a/b", "7:memoryx,cpu:/", "0::/a" if version == 1 else "3:pids:/b"]
		    for who, path in ("self", own), ("1", first):
		        lines = others + [line % (path or "/")]
		        random.shuffle(lines)
		        write("%s/proc/%s/cgroup" % (base, who), *lines)
		    mount = "30 23 0:3%d %s %s/%s rw,nosuid shared:9 - %s cgroup rw%s"
		    lines = [mount % (9, "/", base, "memoryx", "cgroup", ",memoryx,cpu"), mount % (7, "/", base, "my", "cgroup", ",name=mymemory")]
		    if version == 2:
		        lines += [mount % (2, root or "/", base, "memory", "cgroup2", ",nsdelegate"), mount % (3, "/", base, "pids", "cgroup", ",pids")]
		    else:
		        lines += [mount % (1, root or "/", base, "memory", "cgroup", "," + names), mount % (2, "/", base, "unified", "cgroup2", "")]
		    random.shuffle(lines)
		    write(base + "/proc/self/mountinfo", *lines)

		    # What the kernel keeps, of all groups
		    limit, current, inactive = {}, {}, {}
		    for path in set(list(levels(own)) + list(levels(first)) + ["/a", "/b", "/a/b"]):
		        limit[path] = random.choice([None, random.randrange(1, 1200000) * PAGE])
		        current[path] = random.randrange(1200000) * PAGE
		        inactive[path] = random.choice([0, random.randrange(300000) * PAGE])
		    for path in limit:
		        for above in levels(path):
		            if limit.get(above) is not None:
		                current[path] = min(current[path], max(limit[above] - random.randrange(100) * PAGE, 0))
		    best = (total - used, total, used)
		    for path in limit:
		        folder = "%s/memory%s" % (base, path[len(root):])
		        if version == 2:
		            seen = limit[path]
		            if path:
		                if is_in(path, root):
		                    write(folder + "/memory.max", "max" if seen is None else seen)
		                    write(folder + "/memory.current", current[path])
		                    write(folder + "/memory.stat", "anon 0", "inactive_file %d" % inactive[path], "active_file 7")
		            else:
		                seen = None
		        else:
		            seen = min([limit[above] for above in levels(path) if limit.get(above) is not None], default=None)
		            if is_in(path, root):
		                write(folder + "/memory.limit_in_bytes", NO_LIMIT if limit[path] is None else limit[path])
		                write(folder + "/memory.usage_in_bytes", current[path])
		                write(folder + "/memory.stat", "inactive_file 0", "hierarchical_memory_limit %d" % (NO_LIMIT if seen is None else seen),
		                    "hierarchical_memsw_limit %d" % NO_LIMIT, "total_inactive_file %d" % inactive[path])
		        if seen is not None and is_in(common, path) and is_in(path, root):
		            in_use = max(current[path] - inactive[path], 0)
		            room = max(seen - in_use, 0)
		            best = min(best, (room // 1024, seen // 1024, in_use // 1024))
		    write(base + "/wanted", "%d %d" % best[1:])
		    write(base + "/groups", "version %d, root %s, own %s, PID 1 %s" % (version, root, own, first))
	PYTHON
}

test_any_groups()
{
	possible || return 0
	rm -rf "$SHUNIT_TMPDIR/tree"
	number=0 runs=150 seed=${SEED:-$(date +%s)}
	make_any "$seed" $runs || fail 'no trees'
	while [ $number -lt $runs ]; do
		tree=$SHUNIT_TMPDIR/tree/$number/proc
		process "$tree" 1 4000 init
		process "$tree" 7 100000 large
		read -r limit kb <"$SHUNIT_TMPDIR/tree/$number/wanted"
		within -q -X 9999999999
		assertEquals "SEED=$seed, $number: $(cat "$SHUNIT_TMPDIR/tree/$number/groups" "$err")" \
			"used=${kb}KB;9999999999;;0;$limit" "$(sed 's/.*| //' "$out")"
		number=$((number + 1))
	done
}

# make_groups DEPTH AT NAME: that many groups within each other below $groups, and their path is in $path. The one
# at depth AT, and the last, have limits
make_groups()
{
	level=0 path=
	(
		cd "$groups" || exit
		while [ $level -lt "$1" ]; do
			level=$((level + 1))
			{ mkdir "$3" && cd -P "$3"; } || exit
			case $level in
			"$2") echo 307200000 >memory.max; echo 204800000 >memory.current ;;
			"$1") echo 122880000 >memory.max; echo 10240000 >memory.current ;;
			*) echo max >memory.max; echo 10240000 >memory.current ;;
			esac
			echo 'inactive_file 1024000' >memory.stat
		done
	) || fail "$*: no folders"
	path=$(awk -v n="$1" -v name="$3" 'BEGIN { for (i = 0; i < n; i++) printf "/%s", name }')
}

test_deep_groups()
{
	possible || return 0
	long=$(awk 'BEGIN { for (i = 0; i < 250; i++) printf "n" }')
	for folder in a "$long"; do
		case $folder in
		a) depths='3 20 300 1000 1800' ;;
		*) depths='3 10 13 15' ;;
		esac
		# Without smaps lines are cut behind 1024 bytes
		has s || depths=3
		for depth in $depths; do
			new_tree
			make_groups "$depth" 2 "$folder"
			mounted / "$groups" cgroup2 rw
			both "0::$path"
			counts "$depth levels of ${#folder}: the outer" 300000 199000
			echo 10240000 >"$groups/$folder/$folder/memory.current"
			counts "$depth levels of ${#folder}: the inner" 120000 9000
			# As it is where nothing is cut down to the common part
			if has p; then
				of 7 "0::$path"
				own 0::/x
				counts "$depth levels of ${#folder}: of one process" 120000 9000 -p 7
			fi
			first "0::$path/x"
			own "0::$path/y"
			counts "$depth levels of ${#folder}: beside PID 1" 120000 9000
		done
	done
	# Too long to be opened at once, also for the kernel: what is above counts, or all
	new_tree
	make_groups 2040 2 a
	mounted / "$groups" cgroup2 rw
	both "0::$path"
	counts 'a path of 4080 bytes' 300000 199000
	# and lines that no kernel writes
	for length in 4090 4091 4092 4093 4094 4095 4096 4097 4098 5000 10000 100000; do
		path=$(awk -v n="$length" 'BEGIN { for (i = 0; i < n; i += 2) printf "/a" }')
		both "0::$path"
		within -X 1
		case $? in
		0 | 1 | 3) ;;
		*) fail "a path of $length bytes" ;;
		esac
		within
		assertEquals "a path of $length bytes: status" 0 $?
	done
}

test_limit_of_nothing()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/box
	group2 /box 0 300000 50000
	for check in 0 1 80% 0%; do
		within -q -X $check,999999999
		case $? in
		1) ;;
		*) fail "-X $check: $(cat "$out" "$err")" ;;
		esac
	done
	within -q -X 999999999
	assertEquals 'used=250000KB;999999999;;0;0' "$(sed 's/.*| //' "$out")"
	within -H
	assertEquals 'the row' '7 100000 - large' "$(squeeze "$out")"
	within -l
	assertEquals 'status' 0 $?
	assertEquals '-l' 'limit 0' "$(squeeze "$out" | sed -n 's/^\(limit [0-9]*\).*/\1/p')"
	has f || return 0
	within -f json -l
	assertEquals '0 null' "$(jq -r '"\(.mem_limit_kb) \(.rows[0].mem_percent)"' "$out")"
}

test_broken_files()
{
	possible || return 0
	for content in '' abc 12x x12 -1 +5 ' ' 1.5 1e9 9223372036854775808 18446744073709551613 99999999999999999999 \
	    123456789012345678901234567890 '5 5' 0x10 maxx MAX; do
		for file in memory.max memory.current; do
			new_tree
			mounted / "$groups" cgroup2 rw
			both 0::/a/box
			group2 /a 512000 300000 0
			group2 /a/box 300000 200000 50000
			printf '%s' "$content" >"$groups/a/box/$file"
			broken "$file of \"$content\"" 512000 300000
			printf '%s\n' "$content" >"$groups/a/box/$file"
			broken "$file of a line \"$content\"" 512000 300000
		done
	done
	for content in '' abc -1; do
		new_tree
		mounted / "$groups" cgroup2 rw
		both 0::/a/box
		group2 /a 512000 300000 0
		group2 /a/box 300000 200000 50000
		sed -i "s/^inactive_file.*/inactive_file $content/" "$groups/a/box/memory.stat"
		broken "inactive_file of \"$content\"" 512000 300000
		# Where there is no limit, nothing is broken
		echo max >"$groups/a/box/memory.max"
		counts "no limit, inactive_file of \"$content\"" 512000 300000
		new_tree
		mounted / "$groups" cgroup rw,memory
		both 8:memory:/a/box
		group1 /a 512000 512000 300000 0
		group1 /a/box 300000 300000 200000 50000
		printf '%s\n' "$content" >"$groups/a/box/memory.usage_in_bytes"
		broken "memory.usage_in_bytes of \"$content\"" 512000 300000
		group1 /a/box 300000 300000 200000 50000
		for key in hierarchical_memory_limit total_inactive_file; do
			sed -i "s/^$key.*/$key $content/" "$groups/a/box/memory.stat"
			broken "$key of \"$content\"" 512000 300000
			group1 /a/box 300000 300000 200000 50000
		done
	done
}

# What no kernel writes there, but would make all look well
test_impossible_files()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/a/box
	group2 /a 512000 300000 0
	group2 /a/box 300000 200000 50000
	echo max >"$groups/a/box/memory.current"
	broken 'memory.current of max' 512000 300000
	group2 /a/box 300000 200000 99999999999999999999
	broken 'inactive_file of 20 digits' 512000 300000
	group2 /a/box 300000 200000 50000
	rm "$groups/a/box/memory.max"
	mkdir "$groups/a/box/memory.max"
	broken 'memory.max that is a folder' 512000 300000
	new_tree
	mounted / "$groups" cgroup rw,memory
	both 8:memory:/a/box
	group1 /a 512000 512000 300000 0
	group1 /a/box 300000 300000 200000 99999999999999999999
	broken 'total_inactive_file of 20 digits' 512000 300000
	# From 2^63 on no limit but 18446744073709551615, that of Linux 3.12 to 3.18, is known
	group1 /a/box 300000 9223372036854775808 200000 50000
	broken 'hierarchical_memory_limit of 19 digits' 512000 300000
	new_tree
	mounted /a "$groups" cgroup2 rw
	group2 '' 512000 300000 0
	rm -f "$tree/1/cgroup"
	for path in '/a\0000b/c' '/a\0000'; do
		printf '0::%b\n' "$path" >"$tree/self/cgroup"
		counts "the path $path" 512000 300000
	done
	for path in '/\0000a/b' '\0000/a' a/b ''; do
		printf '0::%b\n' "$path" >"$tree/self/cgroup"
		host "the path $path"
	done
}

# A limit without what is used of it says nothing; without a limit nothing is amiss
test_missing_files()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/a/box
	group2 /a 512000 300000 0
	group2 /a/box 300000 200000 50000
	sed -i '/^inactive_file/d' "$groups/a/box/memory.stat"
	broken 'no inactive_file' 512000 300000
	: >"$groups/a/box/memory.stat"
	broken 'an empty memory.stat' 512000 300000
	rm "$groups/a/box/memory.stat"
	broken 'no memory.stat' 512000 300000
	group2 /a/box 300000 200000 50000
	rm "$groups/a/box/memory.current"
	broken 'no memory.current' 512000 300000
	group2 /a/box 300000 200000 50000
	rm "$groups/a/box/memory.max"
	counts 'no memory.max' 512000 300000
	rm "$groups/a/box"/memory.*
	counts 'no files' 512000 300000
}

# items [ARG...]: the lines of -l, as "name kB share"
items()
{
	within -l -H "$@"
	assertEquals "-l $*: status" 0 $?
	assertEquals "-l $*: stderr" '' "$(cat "$err")"
	squeeze "$out" | sed '$d'
}

# Those of -l, in their order
item_names='total limit used available high swap swapped tmpfs anon slab pagetables stacks other'

# json_items WANTED: in the same order, null for what is not known
json_items()
{
	has f || return 0
	within -l -f json
	assertEquals 'JSON' "$1" "$(jq -r '[to_entries[] | select(.key | startswith("mem_")) | .value | tostring] | join(" ")' "$out")"
	assertEquals 'keys' "$(echo "$item_names" | sed 's/[a-z][a-z]*/mem_&_kb/g')" \
		"$(jq -r '[keys_unsorted[] | select(startswith("mem_"))] | join(" ")' "$out")"
	within -f json
	assertEquals 'keys without -l' 'mem_total_kb mem_limit_kb mem_used_kb mem_available_kb' \
		"$(jq -r '[keys_unsorted[] | select(startswith("mem_"))] | join(" ")' "$out")"
}

test_items_of_the_machine()
{
	possible || return 0
	new_tree
	printf '%s: %8s kB\n' MemTotal 1000000 MemFree 100000 MemAvailable 400000 Buffers 20000 Cached 300000 \
		SwapCached 5 Active 7 SwapTotal 500000 SwapFree 400000 AnonPages 250000 Mapped 9 Shmem 30000 KReclaimable 41000 \
		Slab 60000 SReclaimable 40000 SUnreclaim 20000 KernelStack 5000 PageTables 8000 SecPageTables 3 \
		VmallocTotal 34359738367 Percpu 2000 AnonHugePages 2048 ShmemHugePages 2048 Hugetlb 2048 >"$tree/meminfo"
	# 1000000 - 100000 - 20000 - 300000 - 250000 - 60000 - 5000 - 8000 - 2000 - 2048
	assertEquals 'total 1000000
limit 1000000
used 600000 60.0%
available 400000 40.0%
swap 500000 50.0%
swapped 100000 10.0%
tmpfs 30000 3.0%
anon 250000 25.0%
slab 60000 6.0%
pagetables 8000 0.8%
stacks 5000 0.5%
other 252952 25.3%' "$(items)"
	json_items '1000000 1000000 600000 400000 null 500000 100000 30000 250000 60000 8000 5000 252952'
	assertEquals 'total 977M
limit 977M
used 586M 60.0%
available 391M 40.0%
swap 488M 50.0%
swapped 97.7M 10.0%
tmpfs 29.3M 3.0%
anon 244M 25.0%
slab 58.6M 6.0%
pagetables 7.8M 0.8%
stacks 4.9M 0.5%
other 247M 25.3%' "$(items -h)"
	# They stand one below the other, before the header
	within -l -n 2
	assertEquals 'widths' 1 "$(head -n 2 "$out" | awk '{ print length($0) }' | sort -u | wc -l | tr -d ' ')"
	assertEquals 'widths' 1 "$(sed -n '3,12p' "$out" | awk '{ print length($0) }' | sort -u | wc -l | tr -d ' ')"
	assertEquals 'then the header' 'PID RSS %MEM COMMAND' "$(squeeze "$out" | sed -n 13p)"
	assertEquals 'and the rows' '7 1' "$(squeeze "$out" | sed 1,13d | awk '{ printf "%s%s", sep, $1; sep = " " }')"
	# What the kernel does not tell has no line
	printf '%s: %8s kB\n' MemTotal 1000000 MemFree 100000 MemAvailable 400000 Buffers 20000 Cached 300000 SwapTotal 0 \
		SwapFree 0 >"$tree/meminfo"
	assertEquals 'total 1000000
limit 1000000
used 600000 60.0%
available 400000 40.0%
swap 0 0.0%
swapped 0 0.0%
other 580000 58.0%' "$(items)"
	json_items '1000000 1000000 600000 400000 null 0 0 null null null null null 580000'
	# More parts than there is
	printf '%s: %8s kB\n' MemTotal 1000000 MemFree 900000 MemAvailable 900000 Cached 300000 AnonPages 200000 >"$tree/meminfo"
	assertEquals 'other 0 0.0%' "$(items | tail -n 1)"
	# Numbers that no machine has: columns do not run together
	printf '%s: %8s kB\n' MemTotal 999999999999999 MemFree 9 MemAvailable 99999999999999 >"$tree/meminfo"
	assertEquals 'total 999999999999999
limit 999999999999999
used 900000000000000 90.0%
available 99999999999999 10.0%
other 999999999999990 100.0%' "$(items)"
}

test_items_of_a_group()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/box
	group2 /box 512000 300000 50000
	bytes 450000 >"$groups/box/memory.high"
	bytes 102400 >"$groups/box/memory.swap.max"
	bytes 5120 >"$groups/box/memory.swap.current"
	for line in anon:100000 file:120000 kernel:30000 kernel_stack:1000 pagetables:2000 sec_pagetables:7 percpu:500 sock:300 \
	    vmalloc:5 shmem:10240 zswap:0 file_mapped:9 anon_thp:2048 inactive_anon:1 active_anon:2 inactive_file:50000 \
	    active_file:70000 slab_reclaimable:15000 slab_unreclaimable:5000 slab:20480; do
		echo "${line%:*} $(bytes "${line#*:}")"
	done >"$groups/box/memory.stat"
	# 300000 - 100000 - 120000 - 1000 - 2000 - 500 - 20480; buffers of sockets are in no line
	assertEquals 'total 1000000
limit 512000
used 250000 48.8%
available 262000 51.2%
high 450000 87.9%
swap 102400 20.0%
swapped 5120 1.0%
tmpfs 10240 2.0%
anon 100000 19.5%
slab 20480 4.0%
pagetables 2000 0.4%
stacks 1000 0.2%
other 56020 10.9%' "$(items)"
	json_items '1000000 512000 250000 262000 450000 102400 5120 10240 100000 20480 2000 1000 56020'
	echo max >"$groups/box/memory.high"
	assertEquals 'no high' '' "$(items | grep '^high')"
	json_items '1000000 512000 250000 262000 null 102400 5120 10240 100000 20480 2000 1000 56020'

	new_tree
	mounted / "$groups" cgroup rw,memory
	both 4:memory:/box
	group1 /box 512000 512000 300000 50000
	for line in cache:1 rss:2 shmem:3 swap:4 inactive_file:5 hierarchical_memory_limit:512000 \
	    hierarchical_memsw_limit:614400 total_cache:120000 total_rss:100000 total_rss_huge:2048 total_shmem:10240 \
	    total_mapped_file:9 total_swap:5120 total_inactive_file:50000 total_active_file:70000; do
		echo "${line%:*} $(bytes "${line#*:}")"
	done >"$groups/box/memory.stat"
	assertEquals 'version 1' 'total 1000000
limit 512000
used 250000 48.8%
available 262000 51.2%
swap 102400 20.0%
swapped 5120 1.0%
tmpfs 10240 2.0%
anon 100000 19.5%
other 80000 15.6%' "$(items)"
	json_items '1000000 512000 250000 262000 null 102400 5120 10240 100000 null null null 80000'
}

# There no limit is LONG_MAX pages
test_no_limit_of_version_1_on_32_bits()
{
	possible || return 0
	program=${TOPMEM##* }
	standalone || program=${TOPMEM%% *}
	[ "$(od -An -tu1 -j4 -N1 "$(command -v "$program")" | tr -d ' ')" = 1 ] || { skip 'it is not for 32 bits'; return 0; }
	new_tree
	mounted / "$groups" cgroup rw,memory
	both 4:memory:/box
	group1 /box 512000 512000 300000 50000
	sed -i 's/^hierarchical_memsw_limit.*/hierarchical_memsw_limit 8796093018112/' "$groups/box/memory.stat"
	assertEquals 'limit 512000' "$(items | grep -e '^limit' -e '^swap ' | sed 's/ *[0-9.]*%//')"
}

# Swap may be many times the limit: size and share stay apart
test_items_far_above_the_limit()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/box
	group2 /box 16384 8192 0
	bytes 2097152 >"$groups/box/memory.swap.max"
	within -l -H
	assertEquals 'swap 2097152 12800.0%' "$(squeeze "$out" | grep '^swap ')"
	bytes 209715200 >"$groups/box/memory.swap.max"
	within -l -H
	assertEquals 'swap 209715200 1280000.0%' "$(squeeze "$out" | grep '^swap ')"
}

# That kernels do not tell: MemAvailable since 3.14, and others leave out what they have not got
test_no_available()
{
	possible || return 0
	new_tree
	printf '%s: %8s kB\n' MemTotal $total MemFree 100000 Buffers 20000 Cached 300000 SwapCached 7 Active 1 Shmem 50000 \
		SReclaimable 30000 SUnreclaim 10000 >"$tree/meminfo"
	# 100000 + 20000 + 300000 - 50000 + 30000, less watermarks that are not known here
	within -q -X 9999999999
	assertEquals 'status' 0 $?
	available=$(($(sed 's/.*used=\([0-9]*\)KB.*;/\1 /' "$out" | awk -v total=$total '{ print total - $1 }')))
	assertTrue "estimated: $available" "[ $available -le 400000 ] && [ $available -ge 300000 ]"
	counts 'estimated' $total $((total - available))
	mounted / "$groups" cgroup2 rw
	both 0::/box
	group2 /box 512000 300000 50000
	counts 'a group' 512000 250000
	# 2.6.9 has no Shmem and no SReclaimable
	new_tree
	printf '%s: %8s kB\n' MemTotal $total MemFree 100000 Buffers 20000 Cached 280000 >"$tree/meminfo"
	within -q -X 9999999999
	assertEquals 'old: status' 0 $?
	available=$(($(sed 's/.*used=\([0-9]*\)KB.*;/\1 /' "$out" | awk -v total=$total '{ print total - $1 }')))
	assertTrue "old: $available" "[ $available -le 400000 ] && [ $available -ge 300000 ]"
	# More Shmem than Cached
	new_tree
	printf '%s: %8s kB\n' MemTotal $total MemFree 0 Buffers 0 Cached 1000 Shmem 50000 SReclaimable 0 >"$tree/meminfo"
	counts 'nothing available' $total $total
	# More available than there is
	printf '%s: %8s kB\n' MemTotal $total MemAvailable 1200000 >"$tree/meminfo"
	within -q -X 9999999999
	assertEquals 'more available than there is' "used=0KB;9999999999;;0;$total" "$(sed 's/.*| //' "$out")"
}

test_no_meminfo()
{
	possible || return 0
	for content in none empty total available text; do
		new_tree
		case $content in
		none) rm "$tree/meminfo" ;;
		empty) : >"$tree/meminfo" ;;
		total) echo "MemTotal: $total kB" >"$tree/meminfo" ;;
		available) echo "MemAvailable: 400000 kB" >"$tree/meminfo" ;;
		text) echo "MemTotal: x kB" >"$tree/meminfo" ;;
		esac
		for check in 1 1T 80% 100%; do
			within -X $check
			assertEquals "$content: -X $check" 3 $?
			grep -qE '^TOPMEM (OK|WARNING|CRITICAL)' "$out" && fail "$content: -X $check: $(cat "$out")"
			grep -qE '^TOPMEM UNKNOWN' "$out" || grep -q '^topmem: ' "$err" || fail "$content: -X $check: no word"
		done
		within -l
		assertEquals "$content: -l" 0 $?
		assertEquals "$content: used" '' "$(grep '^ *used' "$out")"
		# A size is one of the process alone
		within -q -x 100000
		assertEquals "$content: -x" 1 $?
		within -q -x 100001
		assertEquals "$content: -x" 0 $?
		if has f; then
			within -f json -l
			assertEquals "$content: JSON" 0 $?
			assertEquals "$content: JSON" null "$(jq -r .mem_used_kb "$out")"
		fi
		# Of a group without a limit what is used says nothing of the whole
		mounted / "$groups" cgroup rw,memory
		both 8:memory:/box
		for none in $no_limit 18446744073709551615; do
			group1 /box "$none" "$none" 300000 50000
			within -q -X 1T
			assertEquals "$content: no limit, $none: status" 3 $?
			assertEquals "$content: no limit, $none" 'TOPMEM UNKNOWN' "$(sed 's/ - .*//' "$out")"
			within -l
			assertEquals "$content: no limit, $none: used" '' "$(grep '^ *used' "$out")"
		done
		# A group's is known all the same
		mounted / "$groups" cgroup2 rw
		both 0::/box
		group2 /box 512000 300000 50000
		within -q -X 250000
		assertEquals "$content: a group: status" 1 $?
		assertEquals "$content: a group" 'used=250000KB;250000;;0;512000' "$(sed 's/.*| //' "$out")"
	done
}

# Of -R no cgroup counts, not even if the files are there
test_another_procfs()
{
	possible || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/box
	group2 /box 512000 300000 50000
	counts 'without' 512000 250000
	other=$SHUNIT_TMPDIR/other
	rm -rf "$other"
	cp -r "$tree" "$other"
	host '-R' -R "$other"
	! has p || host '-R -p' -R "$other" -p 7
	echo 'MemTotal: 800000 kB
MemAvailable: 500000 kB' >"$other/meminfo"
	within -q -X 9999999999 -R "$other"
	assertEquals 'its meminfo' 'used=300000KB;9999999999;;0;800000' "$(sed 's/.*| //' "$out")"
	within -H -R "$other"
	assertEquals 'its %MEM' '7 100000 12.5 large' "$(squeeze "$out")"
}

test_shares_follow()
{
	possible && needs s k o || return 0
	new_tree
	mounted / "$groups" cgroup2 rw
	both 0::/box
	group2 /box 200000 150000 0
	within -H -o pid,mem,rss%,uss%,pss%,vsz%,swap% -n 2 -k rss
	assertEquals "7 50.0 50.0 30.0 40.0 50.0 0.0
1 2.0 2.0 1.0 1.5 2.0 0.0" "$(squeeze "$out")"
	# also without any of the options that ask for the limit
	within -H
	assertEquals '7 100000 50.0 large' "$(squeeze "$out")"
	within -q -x 50%
	assertEquals 'a share of the first row: status' 1 $?
	within -q -x 50.1%
	assertEquals 'a share of the first row: status' 0 $?
	within -q -s -x 30%,30.1%
	assertEquals 'uss' 1 $?
	assertEquals 'used=150000KB;;;0;200000 uss=60000KB;60000;60200;0;200000' "$(sed 's/.*| //' "$out")"
	within -q -X 75%
	assertEquals 'reached' 1 $?
	within -q -X 75.1%
	assertEquals 'not reached' 0 $?
}

# shellcheck source=/dev/null
. shunit2
