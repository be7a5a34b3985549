# Shared by the scripts that run in the virtual machine: groups, processes in them, and
# topmem between two readings of the same groups. Everything is printed, with the name of
# the test before it; vm_test.sh, outside, compares.
#
#	== NAME				a test begins
#	level DIR LIMIT BYTES INACTIVE	a group: its limit, use, and files not in use
#	about DIR LIMIT BYTES INACTIVE	the same, but topmem was in it, too
#	host TOTAL AVAILABLE		of meminfo, in kB
#	is NAME VALUE			another figure of the kernel, in kB
#	> LINE, ! LINE			what topmem printed, and on standard error
#	status N
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=sh

# What is measured has pages of one size
echo never >/sys/kernel/mm/transparent_hugepage/enabled

# section NAME
section()
{
	echo "== $1"
}

# inside DIR COMMAND...: runs it in this group
inside()
{
	# shellcheck disable=SC2016 # expanded there
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$@"
}

# contained DIR COMMAND...: the same, in a PID namespace with a /proc of its own
contained()
{
	dir=$1
	shift
	inside "$dir" unshare -p -m -f --mount-proc "$@"
}

# start COMMAND...: starts it in the background and waits until it says "ready PID"; $pid
start()
{
	rm -f /tmp/ready
	mkfifo /tmp/ready
	"$@" >/tmp/ready &
	read -r word pids </tmp/ready
	[ "$word" = ready ] || echo "not ready: $*"
	# shellcheck disable=SC2034 # used by the scripts
	pid=${pids%% *}
}

# stop PID...: ends it
stop()
{
	kill -9 "$@"
	while [ -n "$1" ]; do
		until_it "$1 is gone" eval "[ ! -d /proc/$1 ] || grep -q '^State:.Z' /proc/$1/status"
		shift
	done
}

# until_it WHAT COMMAND...: waits until this succeeds, for 20 seconds
until_it()
{
	what=$1
	shift
	tries=200
	until "$@" 2>/dev/null; do
		tries=$((tries - 1))
		if [ $tries -eq 0 ]; then
			echo "never: $what"
			return 1
		fi
		usleep 100000
	done
}

# order FIFO COMMAND: what step.c shall do, and waits until it has
order()
{
	tell "$1" "$2"
	timeout 20 cat "$1" >/dev/null || echo "not done: $2"
}

# tell FIFO COMMAND: the same without waiting, it may not live to do it
tell()
{
	# shellcheck disable=SC2016 # expanded there
	timeout 20 sh -c 'echo "$1" >"$0"' "$1" "$2" || echo "not told: $2"
}

# shown OUT ERR STATUS: what a run has left
shown()
{
	sed 's/^/> /' "$1"
	sed 's/^/! /' "$2"
	echo "status $3"
}

# run COMMAND...
run()
{
	"$@" >/tmp/out 2>/tmp/err
	shown /tmp/out /tmp/err $?
}

# level DIR
level()
{
	if [ -f "$1/memory.limit_in_bytes" ]; then
		echo "level $1 $(cat "$1/memory.limit_in_bytes") $(cat "$1/memory.usage_in_bytes")" \
			"$(awk '$1 == "total_inactive_file" { print $2 }' "$1/memory.stat")"
	else
		echo "level $1 $(cat "$1/memory.max") $(cat "$1/memory.current")" \
			"$(awk '$1 == "inactive_file" { print $2 }' "$1/memory.stat")"
	fi
}

host()
{
	awk '/^MemTotal:/ { total = $2 } /^MemAvailable:/ { print "host", total, $2 }' /proc/meminfo
}

# of DIR FILE: a file of bytes, in kB
of()
{
	echo "is $2 $(($(cat "$1/$2") / 1024))"
}

# readings DIR...: what the kernel says of these
readings()
{
	for dir; do
		level "$dir"
	done
}

# look DIR... -- COMMAND...: runs it. These groups are the same before and after
look()
{
	tries=20
	while [ $tries -gt 0 ]; do
		try "$@"
		cmp -s /tmp/before /tmp/after && break
		tries=$((tries - 1))
	done
	[ $tries -gt 0 ] || echo "never the same: $*"
	cat /tmp/before /tmp/host
	shown /tmp/out /tmp/err "$status"
}

# look_within DIR... -- COMMAND...: the command is in there itself, so that they change
look_within()
{
	try "$@"
	sed 's/^level/about/' /tmp/before
	cat /tmp/host
	shown /tmp/out /tmp/err "$status"
}

# try DIR... -- COMMAND...: runs it between two readings; $status
try()
{
	dirs=
	while [ "$1" != -- ]; do
		dirs="$dirs $1"
		shift
	done
	shift
	# shellcheck disable=SC2086 # a list of folders
	readings $dirs >/tmp/before
	host >/tmp/host
	"$@" >/tmp/out 2>/tmp/err
	status=$?
	host >>/tmp/host
	# shellcheck disable=SC2086 # a list of folders
	readings $dirs >/tmp/after
}
