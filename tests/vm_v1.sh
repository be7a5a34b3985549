# Runs in the virtual machine: limits of cgroup v1, with v2 beside. See vm_lib.sh.
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=sh

# shellcheck source=tests/vm_lib.sh
. ./vm_lib.sh

# Hybrid, as systemd once had it
cg=/sys/fs/cgroup/memory
mount -t tmpfs tmpfs /sys/fs/cgroup
mkdir $cg /sys/fs/cgroup/cpu,cpuacct /sys/fs/cgroup/systemd /sys/fs/cgroup/unified
mount -t cgroup2 cgroup2 /sys/fs/cgroup/unified
mount -t cgroup -o none,name=systemd cgroup /sys/fs/cgroup/systemd
mount -t cgroup -o cpu,cpuacct cgroup /sys/fs/cgroup/cpu,cpuacct
mount -t cgroup -o memory cgroup $cg

echo 128M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
cat /sys/class/zram-control/hot_add >/dev/null
echo 32M >/sys/block/zram1/disksize
mke2fs -b 4096 /dev/zram1 >/dev/null
mkdir /disk /mnt
mount -t ext4 /dev/zram1 /disk

# group NAME [LIMIT]
group()
{
	mkdir -p "$cg/$1"
	[ -z "$2" ] || echo "$2" >"$cg/$1/memory.limit_in_bytes"
}

section one
group one 64M
start inside $cg/one ./memproc private=40M
one=$pid
look $cg/one -- ./topmem -l -p "$one"
section shares
look $cg/one -- ./topmem -o pid,rss,mem,uss%,comm -p "$one"
section health
for thresholds in 41942K 90% 60%,70% 60%,63% 30M,40M 64M 1K,80% 70%,65M; do
	look $cg/one -- ./topmem -q -X $thresholds -p "$one"
done
section unified
# It is in another group there
mkdir /sys/fs/cgroup/unified/two /sys/fs/cgroup/systemd/two
echo "$one" >/sys/fs/cgroup/unified/two/cgroup.procs
echo "$one" >/sys/fs/cgroup/systemd/two/cgroup.procs
look $cg/one -- ./topmem -l -p "$one"
section beside_all
look -- inside $cg/one ./topmem -l
section with_first
group first 48M
group first/in 32M
echo 1 >$cg/first/cgroup.procs
look_within $cg/first -- inside $cg/first ./topmem -l
section beside_first
look_within $cg/first -- inside $cg/first/in ./topmem -l
section with_first_below
group first/both 40M
echo 1 >$cg/first/both/cgroup.procs
look_within $cg/first $cg/first/both -- inside $cg/first/both ./topmem -l
echo 1 >$cg/cgroup.procs
stop "$one"

section swap
group swap 64M
echo 80M >$cg/swap/memory.memsw.limit_in_bytes
start inside $cg/swap ./memproc private=10M swapped=4M
look $cg/swap -- ./topmem -l -p "$pid"
of $cg/swap memory.memsw.usage_in_bytes
of $cg/swap memory.memsw.limit_in_bytes
awk '/^Swap/ { print "is", $1, $2 }' /proc/meminfo
stop "$pid"

section parts
group parts 64M
start inside $cg/parts ./memproc private=8M shared-anon=6M
# The kernel adds these up every two seconds
usleep 2500000
look $cg/parts -- ./topmem -l -p "$pid"
awk '{ print "is", $1, int($2 / 1024) }' $cg/parts/memory.stat
stop "$pid"

section parent
group up 32M
group up/in 64M
start inside $cg/up/in ./memproc private=12M
look $cg/up $cg/up/in -- ./topmem -l -p "$pid"
section child
echo 24M >$cg/up/in/memory.limit_in_bytes
look $cg/up $cg/up/in -- ./topmem -l -p "$pid"
section sibling
# The larger limit, but it has less room
echo 64M >$cg/up/memory.limit_in_bytes
group up/beside
up=$pid
start inside $cg/up/beside ./memproc private=50M
echo 40M >$cg/up/in/memory.limit_in_bytes
look $cg/up $cg/up/in -- ./topmem -l -p "$up"
stop "$up" "$pid"

section none
group none
start inside $cg/none ./memproc private=10M
look $cg/none -- ./topmem -l -p "$pid"
stop "$pid"
section zero
# What it has was counted elsewhere
start ./memproc private=1M
group zero
echo "$pid" >$cg/zero/cgroup.procs
echo 0 >$cg/zero/memory.limit_in_bytes
look $cg/zero -- ./topmem -l -X 80%,90% -p "$pid"
stop "$pid"

section cached
group cached 64M
dd if=/dev/zero of=/disk/file bs=1M count=16 2>/dev/null
sync
echo 3 >/proc/sys/vm/drop_caches
start inside $cg/cached ./memproc private=10M
inside $cg/cached cat /disk/file >/dev/null
look $cg/cached -- ./topmem -l -p "$pid"
stop "$pid"
umount /disk

section container
group box 48M
start inside $cg/box ./memproc private=10M
box=$pid
look_within $cg/box -- contained $cg/box ./topmem -l
section namespace
cat >/tmp/mounted <<'MOUNTED'
umount /sys/fs/cgroup/memory && mount -t cgroup -o memory cgroup /sys/fs/cgroup/memory && exec "$@"
MOUNTED
look_within $cg/box -- contained $cg/box ./cgroupns sh /tmp/mounted ./topmem -l
section namespace_old_mount
look_within $cg/box -- contained $cg/box ./cgroupns ./topmem -l
section bound
cat >/tmp/bound <<'BOUND'
mount --bind /sys/fs/cgroup/memory/box /mnt && umount /sys/fs/cgroup/memory &&
	mount --bind /mnt /sys/fs/cgroup/memory && umount /mnt && exec "$@"
BOUND
look_within $cg/box -- contained $cg/box sh /tmp/bound ./topmem -l
section no_mount
umount $cg
look -- ./topmem -l -p "$box"
section elsewhere
mkdir '/tmp/a b'
mount -t cgroup -o memory cgroup '/tmp/a b'
ln -s '/tmp/a b/box' /tmp/box
look /tmp/box -- ./topmem -l -p "$box"
stop "$box"

cat >/tmp/fill <<'FILL'
. ./vm_lib.sh
mkfifo /tmp/filler
start ./step /tmp/filler
for amount in +4096 +36864 +12288 -47104; do
	order /tmp/filler $amount
	echo "step $amount"
	look_within /sys/fs/cgroup/memory/fill -- ./topmem -X 60%,80%
done
FILL
section fill
umount '/tmp/a b'
mount -t cgroup -o memory cgroup $cg
group fill 64M
contained $cg/fill sh /tmp/fill
