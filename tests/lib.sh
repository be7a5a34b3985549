# Shared by the suites: running topmem, helper processes, features, figures.
# A suite says at its top
#
#	. "$(dirname "$0")/lib.sh"
#
# and, if it has a oneTimeTearDown of its own, calls stop_all there.
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=sh

top=$(cd "$(dirname "$0")/.." && pwd)
helpers=$top/build/tests
: "${TOPMEM:=$top/topmem}"
started=

export LC_ALL=C

# Nothing would be proven by suites that skip everything because of this
if ! $TOPMEM --help >/dev/null 2>&1; then
	echo "$0: $TOPMEM does not run: make it first, or set TOPMEM; its path has no blanks" >&2
	exit 2
fi

# topmem ARG...: runs it. What it prints is in $out and $err, its status is returned
topmem()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	$TOPMEM "$@" >"$out" 2>"$err"
}

# has LETTER: topmem knows this option
has()
{
	$TOPMEM --help 2>&1 | grep -q "^[[:space:]]*-$1\([[:space:]]\|\$\)"
}

# standalone: it is the program of its own, not the applet in BusyBox
standalone()
{
	case "/$TOPMEM" in
	*[/\ ]busybox\ topmem) return 1 ;;
	esac
}

# smallest: the build has no switch on. Such a one leaves out more than options, see the manual.
# (With FEATURE_TOPMEM_STATM alone it looks the same and is not: test that with -h.)
smallest()
{
	! has h && ! has s && ! has k
}

# as_shown: names, on stdin, as this build shows them
as_shown()
{
	if smallest; then
		tr '\200-\377' '?'
	else
		cat
	fi
}

# skip REASON: the rest of this test counts for nothing, it is reported as skipped
skip()
{
	echo "SKIP: $*"
	startSkipping
}

# emulated: it is a program of another machine, and runs in an emulator of that one's user mode
emulated()
{
	case $TOPMEM in
	qemu-* | */qemu-*) return 0 ;;
	esac
	return 1
}

# ignored NUMBER: whoever runs this has that signal ignored
ignored()
{
	[ $((0x$(sed -n 's/^SigIgn:[[:space:]]*//p' "/proc/$$/status") >> ($1 - 1) & 1)) -eq 1 ]
}

# skip_suite REASON: this suite has nothing to say of this program. To be called by the suite, not
# by a test
# shellcheck disable=SC2317 # shunit2 calls what is defined here
skip_suite()
{
	why_no_suite=$*
	suite()
	{
		suite_addTest test_of_another_program
	}
	test_of_another_program()
	{
		skip "$why_no_suite"
	}
}

# not_emulated REASON: this suite has nothing to say of a program in an emulator
not_emulated()
{
	! emulated || skip_suite "in an emulator $*"
}

# needs LETTER...: false, with the test skipped, where one of these options is switched off
needs()
{
	for letter; do
		has "$letter" || { skip "-$letter is switched off"; return 1; }
	done
}

# alone: goes on as the only process of a PID namespace with a /proc of its own. What is
# started there ends with the suite. To be called first, as alone "$@": it begins anew
alone()
{
	[ -z "$ALONE" ] || return 0
	export ALONE=yes
	# When the terminal goes away it still puts back what it has changed
	trap '' HUP
	# shellcheck disable=SC2086 # "busybox ash" is two words
	exec unshare --pid --mount --fork --mount-proc --kill-child ${TEST_SHELL:-sh} "$0" "$@"
}

# groups EXPRESSION: what find finds among the cgroups of this suite, the deepest first
groups()
{
	find /sys/fs/cgroup -depth -type d -path "*/$GROUP*" "$@"
}

# alone_with_groups: the same as alone. Names of the suite's cgroups begin with $GROUP. They are the
# machine's: the outermost shell stays and removes them, however the suite has ended. The last
# processes may need a moment
alone_with_groups()
{
	[ -z "$ALONE" ] || return 0
	GROUP=${0##*/}
	export GROUP="topmem-${GROUP%_test.sh}.$$"
	trap : INT TERM
	(alone "$@")
	status=$?
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		[ -n "$(groups)" ] || exit $status
		groups -exec rmdir {} + 2>/dev/null || sleep 1
	done
	echo "$0: these cgroups are left: $(groups)" >&2
	exit 1
}

# alone_without_network: the same, and with no network but a loopback of its own
alone_without_network()
{
	if [ -z "$NETWORK" ]; then
		export NETWORK=own
		# shellcheck disable=SC2086 # "busybox ash" is two words
		exec unshare --net ${TEST_SHELL:-sh} "$0" "$@"
	fi
	busybox ip link set lo up
	alone "$@"
}

# overlay SET: what toolchain/unpacked has is in /usr and /etc as if it were installed. What is
# written there and to /var is gone when the suite ends. False if bootstrap did not unpack it;
# only for a suite that is alone
overlay()
{
	unpacked=$("$top/toolchain/unpacked" -n "$1") && mount -t tmpfs overlay /mnt || return
	for system in usr etc var; do
		lower=/$system
		[ ! -d "$unpacked/$system" ] || lower=$unpacked/$system:$lower
		mkdir -p "/mnt/$system/upper" "/mnt/$system/work" &&
			mount -t overlay -o "lowerdir=$lower,upperdir=/mnt/$system/upper,workdir=/mnt/$system/work" \
				overlay "/$system" || return
	done
}

# wait_until COMMAND...: waits until it succeeds, for 30 seconds
wait_until()
{
	for try in $(seq 300); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	fail "not within $try tenths of a second: $*"
	return 1
}

# refused CULPRIT ARG...: status 3, nothing on stdout, and a message that names the culprit
refused()
{
	culprit=$1
	shift
	topmem "$@"
	assertEquals "$*: status" 3 $?
	assertEquals "$*: stdout" '' "$(cat "$out")"
	case $(head -n 1 "$err") in
	'topmem: '*) ;;
	*) fail "$*: $(cat "$err")" ;;
	esac
	grep -qiF -e "$culprit" "$err" || fail "$*: $culprit is not named: $(cat "$err")"
}

# for_others: $program is TOPMEM where any user can start it, also if the checkout is in a folder of root's
for_others()
{
	chmod 711 "$SHUNIT_TMPDIR" "$SHUNIT_TMPDIR/.."
	cp "$(command -v "${TOPMEM%% *}")" "$SHUNIT_TMPDIR" &&
		program=$(echo "$TOPMEM" | sed "s,^[^ ]*/,,; s,^,$SHUNIT_TMPDIR/,")
}

# helper NAME...: compiles helper programs of this folder
helper()
{
	mkdir -p "$helpers"
	for name; do
		# Not in place: another suite may be running the old one.
		# Synced, so that no write-back turns its dirty pages clean later
		${CC:-cc} -static -O1 -Wall -Wextra -o "$helpers/$name.$$" \
			"$top/tests/$name.c" -pthread &&
			sync "$helpers/$name.$$" &&
			mv "$helpers/$name.$$" "$helpers/$name" || return
	done
}

# launch COMMAND...: starts it and waits until it says "ready PID...". Its PIDs are in $pids,
# the first of them, which is its own, in $pid
launch()
{
	fifo=$SHUNIT_TMPDIR/ready
	rm -f "$fifo"
	mkfifo "$fifo"
	# Opened for both, so that opening never waits: the end of a child would interrupt that
	exec 9<>"$fifo"
	exec 8<"$fifo"
	"$@" >&9 8<&- 9>&- &
	started="$started $!"
	exec 9>&-
	read -r word pids <&8
	exec 8<&-
	# shellcheck disable=SC2034 # used by suites
	pid=${pids%% *}
	[ "$word" = ready ] || { fail "$* did not get ready"; return 1; }
}

# start PROGRAM ARG...: launches a helper
start()
{
	program=$1
	shift
	launch "$helpers/$program" "$@"
}

# step_to COMMAND: the helper step has done it. The end of a child may interrupt an open
step_to()
{
	until echo "$1" >"$SHUNIT_TMPDIR/step"; do :; done 2>/dev/null
	until read -r _ <"$SHUNIT_TMPDIR/step"; do :; done 2>/dev/null
}

# start_step: starts that helper, in $pid; $rss is what it needs itself
start_step()
{
	rm -f "$SHUNIT_TMPDIR/step"
	mkfifo "$SHUNIT_TMPDIR/step"
	start step "$SHUNIT_TMPDIR/step" || return
	# that it has after the first time
	step_to +64
	step_to -64
	# shellcheck disable=SC2034 # used by suites
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$pid/status")
}

# stop PID...: ends helpers that were started
stop()
{
	for one; do
		kill -9 "$one" 2>/dev/null && wait "$one" 2>/dev/null
		# Never again: the number may be another's soon
		started=$(echo "$started " | sed "s/ $one / /; s/ *\$//")
	done
	return 0
}

stop_all()
{
	# shellcheck disable=SC2086 # a list of PIDs
	stop $started
}

oneTimeTearDown()
{
	stop_all
}

# All numeric columns, in the order of figures. What stands after uss is from smaps, and
# with one of those rss, swap and what is made of them are from there too
# shellcheck disable=SC2034 # used by suites
status_columns=pid,ppid,thr,vsz,shr,anon,hwm,data,stk,text,lib,pte,lck,huge,oom,adj,rss,swap,foot,mem,vsz%
# shellcheck disable=SC2034 # used by suites
smaps_columns=uss,pss,dirty,epss,uss%,pss%

# figures status|smaps DIR...: what the kernel says of the processes in these folders
# (/proc/PID, or /proc/PID/task/TID where the main thread has ended), one line each: the
# columns above from status alone or with those from smaps. Shares are of what limits us, in
# a container not the machine: that is for other suites to check
figures()
{
	from=$1
	shift
	limit=
	! has l || limit=$($TOPMEM -l | awk '$1 == "limit" { print $2 }')
	for dir; do
		echo "$dir"
	done | awk -v from="$from" -v limit="$limit" '
		# Sums the lines "Key:  NUMBER kB" of a file in value[Key]
		function add(file,    line, part) {
			while ((getline line < file) > 0) {
				split(line, part, /[: \t]+/)
				value[part[1]] += part[2]
			}
			close(file)
		}
		function first(file,    line, part) {
			getline line < file
			close(file)
			split(line, part)
			return part[1]
		}
		# In percent with one decimal, rounded half up
		function share(kb,    tenths) {
			tenths = int((kb * 2000 + total) / (2 * total))
			return int(tenths / 10) "." tenths % 10
		}
		BEGIN {
			add("/proc/meminfo")
			total = limit ? limit : value["MemTotal"]
		}
		{
			split("", value)
			add($0 "/status")
			pid = $0
			sub(/.*\/proc\//, "", pid)
			sub(/\/.*/, "", pid)
			rss = value["VmRSS"]
			swap = value["VmSwap"]
			if (from == "smaps") {
				add($0 "/smaps_rollup")
				rss = value["Rss"]
				swap = value["Swap"]
			}
			line = pid " " value["PPid"] " " value["Threads"] " " value["VmSize"]
			line = line " " value["RssFile"] + value["RssShmem"] " " value["RssAnon"]
			line = line " " value["VmHWM"] " " value["VmData"] " " value["VmStk"]
			line = line " " value["VmExe"] " " value["VmLib"] " " value["VmPTE"]
			line = line " " value["VmLck"] " " value["HugetlbPages"]
			line = line " " first($0 "/oom_score") " " first($0 "/oom_score_adj")
			line = line " " rss " " swap " " rss + swap " " share(rss)
			line = line " " share(value["VmSize"])
			if (from == "smaps") {
				uss = value["Private_Clean"] + value["Private_Dirty"] + value["Private_Hugetlb"]
				line = line " " uss " " value["Pss"]
				line = line " " value["Private_Dirty"] + value["Shared_Dirty"]
				line = line " " value["Pss"] + value["SwapPss"]
				line = line " " share(uss) " " share(value["Pss"])
			}
			print line
		}'
}

# swap_on: half a GB of swap in memory, on a device of its own; swap_off: away with it
swap_on()
{
	zram=
	[ -r /sys/class/zram-control/hot_add ] || return
	zram=$(cat /sys/class/zram-control/hot_add) || return
	echo 512M >"/sys/block/zram$zram/disksize" &&
		mkswap "/dev/zram$zram" >/dev/null &&
		swapon "/dev/zram$zram"
}

swap_off()
{
	[ -n "$zram" ] || return 0
	swapoff "/dev/zram$zram"
	echo 1 >"/sys/block/zram$zram/reset"
	echo "$zram" >/sys/class/zram-control/hot_remove
	zram=
}

# huge_pages COUNT: so many more in the kernel's pool, or with - before it so many fewer
huge_pages()
{
	pool=/proc/sys/vm/nr_hugepages
	[ -w $pool ] || return
	pool_size=$(($(cat $pool) + $1))
	echo $pool_size >$pool && [ "$(cat $pool)" = $pool_size ]
}

# line PID: the line of a process, whose PID is in the first column of $out
line()
{
	awk -v pid="$1" '$1 == pid' "$out"
}
