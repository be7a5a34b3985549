# Runs in a virtual machine that has little memory, and no memory controller. See vm_lib.sh.
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=sh

# shellcheck source=tests/vm_lib.sh
. ./vm_lib.sh

# One whose files can be dropped from memory: those of the root cannot
echo 16M >/sys/block/zram0/disksize
mke2fs -b 4096 /dev/zram0 >/dev/null
mkdir /disk
mount -t ext4 /dev/zram0 /disk
cp topmem /disk

section host
look -- ./topmem -l
section no_controller
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mkdir /sys/fs/cgroup/one
echo 1 >/sys/fs/cgroup/one/cgroup.procs
look -- inside /sys/fs/cgroup/one ./topmem -l

# major_faults PID
major_faults()
{
	echo "is major_faults $(sed 's/.*) //' "/proc/$1/stat" | cut -d' ' -f10)"
}

# free: MemAvailable is no measure here, much of the slab that counts in it cannot be reclaimed
free()
{
	awk '/^MemFree:/ { print $2 }' /proc/meminfo
}

# samples COUNT: so many are written
samples()
{
	[ "$(grep -c '^TOPMEM CRITICAL' /tmp/watch)" -ge "$1" ]
}

section exhausted
mkfifo /tmp/filler
start ./step /tmp/filler
echo "step $pid"
used=$(host | awk '{ print $2 - $3 }')
/disk/topmem -w .2 -n 3 -X $((used + 3072)),$((used + 9216)) >/tmp/watch 2>/tmp/err &
watcher=$!
order /tmp/filler +6144
until_it 'warning' grep -q '^TOPMEM WARNING' /tmp/watch
grep -E '^Vm(Lck|RSS)' /proc/$watcher/status | sed 's/^/is /'
major_faults $watcher
order /tmp/filler +$(($(free) - 3072))
echo "is free $(free)"
until_it 'critical' samples 5
# More than there is
tell /tmp/filler +65536
until_it 'fine again' grep -q '^TOPMEM OK' /tmp/watch
until_it 'kill' grep -q '^oom_kill [1-9]' /proc/vmstat
major_faults $watcher
kill $watcher
wait $watcher
shown /tmp/watch /tmp/err $?
