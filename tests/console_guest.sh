# Runs in the virtual machines of console_test.sh: processes of known memory, and what
# procfs says of all.
#
# usage: sh guest.sh COMMAND
#
# crowd, late, worst, ring: starts such processes, says "ready" and waits for them to end.
# truth: of each process with memory its PID, VmRSS, and of smaps Rss, Private, Pss, Swap; its name
# commit: no more is promised than there is, 2 MB beside one that takes a third: nothing is killed
# fill: all is promised, and one that the kernel shall not kill takes half of it
# storm: one process after the other grows until it is killed: it, not the shell (adj=500)
# answers COUNT COMMAND...: how many runs of it end well and print a number
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=sh

cd /test || exit

# hold COMMAND...: starts it; its PID is in $pid when it is ready
hold()
{
	rm -f /tmp/ready
	mkfifo /tmp/ready
	"$@" >/tmp/ready &
	read -r word pid _ </tmp/ready
	[ "$word" = ready ] || echo "not ready: $*"
}

# private PID: in kB
private()
{
	awk '/^Private_/ { kb += $2 } END { print kb }' "/proc/$1/smaps"
}

# others: the kernel ends one of these, not a shell, where the one it has ended still has its memory
others()
{
	ln memproc other
	for _ in 1 2 3 4 5 6 7 8; do
		hold ./other adj=100
	done
}

# meminfo NAME
meminfo()
{
	while read -r name kb _; do
		[ "$name" != "$1:" ] || echo "$kb"
	done </proc/meminfo
}

# No more is kept free than min_free_kbytes: else up to 8 MB after some fragmentation (Linux 5.0)
keep_no_more()
{
	[ ! -e /proc/sys/vm/watermark_boost_factor ] || echo 0 >/proc/sys/vm/watermark_boost_factor
}

case $1 in
crowd)
	# Of these by far the most is shared
	hold ./memproc shared-anon=6M copies=2
	# Its command line is no line of a terminal
	hold ./memproc private=1500K name=memproc name=memproc name=memproc name=memproc name=memproc name=memproc
	for size in 1 5 3 4 2; do
		hold ./memproc private=${size}M
	done
	;;
late)
	for threads in 3 1 5 2 4; do
		hold ./lag $threads 40
	done
	for size in 9 5 11 7; do
		hold ./memproc private=${size}M
	done
	for size in 100 60 180 20 140; do
		hold ./memproc private=${size}K
	done
	;;
worst)
	hold ./lag 20 worst
	hold ./memproc private=$(($(private "$pid") - 600))K
	;;
ring)
	hold ./lag ring 48
	hold ./memproc private=32M
	;;
truth)
	awk '
		FNR == 1 {
			split(FILENAME, part, "/")
			pid = part[3]
		}
		/^Name:/ { name[pid] = $2 }
		/^VmRSS:/ { counted[pid] = $2 }
		/^Rss:/ { rss[pid] += $2 }
		/^Pss:/ { pss[pid] += $2 }
		/^Private_/ { uss[pid] += $2 }
		/^Swap:/ { swap[pid] += $2 }
		END {
			for (pid in rss)
				print pid, counted[pid], rss[pid], uss[pid], pss[pid], swap[pid] + 0, name[pid]
		}' /proc/[0-9]*/status /proc/[0-9]*/smaps
	exit
	;;
commit)
	size=$(($(meminfo MemFree) / 3))
	echo $(($(meminfo Committed_AS) + size + 2048)) >/proc/sys/vm/overcommit_kbytes
	echo 2 >/proc/sys/vm/overcommit_memory
	hold ./memproc private=${size}K
	;;
fill)
	keep_no_more
	others
	echo 1 >/proc/sys/vm/overcommit_memory
	free=$(meminfo MemFree)
	hold ./memproc adj=-1000 "private=$((free / 2 - $(cat /proc/sys/vm/min_free_kbytes)))K"
	;;
storm)
	keep_no_more
	others
	echo ready
	exec 2>/dev/null
	while :; do
		./memproc adj=500 private=1000M >/dev/null
		if [ "$(pidof other | wc -w)" -lt 8 ]; then
			./other adj=100 >/dev/null &
		fi
	done
	;;
answers)
	runs=$2 left=$2 given=0
	shift 2
	while [ $((left -= 1)) -ge 0 ]; do
		row=$("$@" 2>/dev/null) || continue
		case $row in
		*[0-9]*) given=$((given + 1)) ;;
		esac
	done
	echo "$given of $runs"
	exit
	;;
esac
echo ready
wait
