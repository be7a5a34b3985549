# Runs in the virtual machine: limits of cgroup v2. See vm_lib.sh.
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=sh

# shellcheck source=tests/vm_lib.sh
. ./vm_lib.sh

cg=/sys/fs/cgroup
mount -t cgroup2 cgroup2 $cg
echo +memory >$cg/cgroup.subtree_control

# Swap, and a disk whose files are cached
echo 128M >/sys/block/zram0/disksize
mkswap /dev/zram0 >/dev/null
swapon /dev/zram0
cat /sys/class/zram-control/hot_add >/dev/null
echo 32M >/sys/block/zram1/disksize
mke2fs -b 4096 /dev/zram1 >/dev/null
mkdir /disk
mount -t ext4 /dev/zram1 /disk

# group NAME [FILE VALUE...]: makes it, and what is written into its files
group()
{
	mkdir -p "$cg/$1"
	name=$1
	shift
	while [ $# -gt 0 ]; do
		echo "$2" >"$cg/$name/$1"
		shift 2
	done
}

section one
group one memory.max 64M
start inside $cg/one ./memproc private=40M
one=$pid
look $cg/one -- ./topmem -l -p "$one"
section shares
look $cg/one -- ./topmem -o pid,rss,mem,uss%,comm -p "$one"
section health
for thresholds in 41942K 90% 60%,70% 60%,63% 30M,40M 64M 1K,80% 70%,65M; do
	look $cg/one -- ./topmem -q -X $thresholds -p "$one"
done
section first_row
for thresholds in 50% 50%,60% 70% 40M 40M,41M 64M; do
	look $cg/one -- ./topmem -q -x $thresholds -p "$one"
done
section json
look $cg/one -- ./topmem -f json -l -p "$one"
section prom
look $cg/one -- ./topmem -f prom -l -p "$one"
section several
group two memory.max 64M
start inside $cg/two ./memproc private=1M
look -- ./topmem -l -p "$one,$pid"
stop "$pid"
rmdir $cg/two

# PID 1 is in no group
section beside_all
look -- inside $cg/one ./topmem -l
section with_first
group first memory.max 48M
echo 1 >$cg/first/cgroup.procs
look_within $cg/first -- inside $cg/first ./topmem -l
echo 1 >$cg/cgroup.procs
echo +memory >$cg/first/cgroup.subtree_control
group first/in memory.max 32M
group first/both memory.max 40M
echo 1 >$cg/first/both/cgroup.procs
section beside_first
look_within $cg/first -- inside $cg/first/in ./topmem -l
section with_first_below
look_within $cg/first $cg/first/both -- inside $cg/first/both ./topmem -l
echo 1 >$cg/cgroup.procs

section high
echo 48M >$cg/one/memory.high
look $cg/one -- ./topmem -l -p "$one"
section high_json
look $cg/one -- ./topmem -l -f json -p "$one"
stop "$one"

section swap
group swap memory.max 64M memory.swap.max 16M
start inside $cg/swap ./memproc private=10M swapped=4M
look $cg/swap -- ./topmem -l -p "$pid"
of $cg/swap memory.swap.current
section swap_max
echo max >$cg/swap/memory.swap.max
look $cg/swap -- ./topmem -l -p "$pid"
of $cg/swap memory.swap.current
awk '/^Swap/ { print "is", $1, $2 }' /proc/meminfo
section swap_none
stop "$pid"
echo 0 >$cg/swap/memory.swap.max
start inside $cg/swap ./memproc private=1M
look $cg/swap -- ./topmem -l -p "$pid"
stop "$pid"

section parts
group parts memory.max 64M
start inside $cg/parts ./memproc private=8M shared-anon=6M
# The kernel adds these up every two seconds
usleep 2500000
look $cg/parts -- ./topmem -l -p "$pid"
awk '{ print "is", $1, int($2 / 1024) }' $cg/parts/memory.stat
stop "$pid"

section parent
group up memory.max 32M
echo +memory >$cg/up/cgroup.subtree_control
group up/in memory.max 64M
start inside $cg/up/in ./memproc private=12M
look $cg/up $cg/up/in -- ./topmem -l -p "$pid"
section child
echo 24M >$cg/up/in/memory.max
look $cg/up $cg/up/in -- ./topmem -l -p "$pid"
section sibling
# The larger limit, but it has less room
echo 64M >$cg/up/memory.max
group up/beside
up=$pid
start inside $cg/up/beside ./memproc private=50M
echo 40M >$cg/up/in/memory.max
look $cg/up $cg/up/in -- ./topmem -l -p "$up"
stop "$up" "$pid"

section none
group none
start inside $cg/none ./memproc private=10M
look -- ./topmem -l -p "$pid"
section huge
echo 1T >$cg/none/memory.max
look $cg/none -- ./topmem -l -p "$pid"
stop "$pid"
section zero
# What it has was counted elsewhere
start ./memproc private=1M
group zero
echo "$pid" >$cg/zero/cgroup.procs
echo 0 >$cg/zero/memory.max
look $cg/zero -- ./topmem -l -X 80%,90% -p "$pid"
section zero_prom
look $cg/zero -- ./topmem -l -f prom -p "$pid"
stop "$pid"
section not_enabled
group plain memory.max 32M
group plain/deep/deeper
start inside $cg/plain/deep/deeper ./memproc private=10M
look $cg/plain -- ./topmem -l -p "$pid"
stop "$pid"
section deep
path=
n=0
while [ $n -lt 12 ]; do
	path=$path/a-name-as-long-as-those-of-container-tools-which-are-some-sixty-and-four
	group "deep$path"
	n=$((n + 1))
done
for controllers in $(find $cg/deep -name cgroup.subtree_control | awk '{ print length, $0 }' | sort -n | cut -d' ' -f2-) ; do
	[ "$controllers" = "$cg/deep$path/cgroup.subtree_control" ] || echo +memory >"$controllers"
done
echo 32M >"$cg/deep$path/memory.max"
start inside "$cg/deep$path" ./memproc private=10M
look "$cg/deep$path" -- ./topmem -l -p "$pid"
stop "$pid"
section spaces
group 'a b'
echo 32M >"$cg/a b/memory.max"
ln -s "$cg/a b" /tmp/spaces
start inside "$cg/a b" ./memproc private=10M
look /tmp/spaces -- ./topmem -l -p "$pid"
stop "$pid"

section cached
group cached memory.max 64M
dd if=/dev/zero of=/disk/file bs=1M count=16 2>/dev/null
sync
echo 3 >/proc/sys/vm/drop_caches
start inside $cg/cached ./memproc private=10M
inside $cg/cached cat /disk/file >/dev/null
look $cg/cached -- ./topmem -l -p "$pid"
stop "$pid"
umount /disk

section container
group box memory.max 48M
start inside $cg/box ./memproc private=10M
box=$pid
look_within $cg/box -- contained $cg/box ./topmem -l
section container_full
look_within $cg/box -- contained $cg/box ./topmem -q -X 10%,20%
section namespace
# A container as they are: what is above its group is not seen
cat >/tmp/mounted <<'MOUNTED'
umount /sys/fs/cgroup && mount -t cgroup2 cgroup2 /sys/fs/cgroup && exec "$@"
MOUNTED
look_within $cg/box -- contained $cg/box ./cgroupns sh /tmp/mounted ./topmem -l
section namespace_old_mount
# Its root is /..
look_within $cg/box -- contained $cg/box ./cgroupns ./topmem -l
section namespace_alone
# PID 1 is in /..
look -- inside $cg/box ./cgroupns unshare -m sh /tmp/mounted ./topmem -l
section namespace_other
# A process in /../other
group other memory.max 16M
start inside $cg/other ./memproc private=1M
look -- inside $cg/box ./cgroupns unshare -m sh /tmp/mounted ./topmem -l -p "$pid"
stop "$pid"
section namespace_nested
group pod memory.max 32M
echo +memory >$cg/pod/cgroup.subtree_control
group pod/container memory.max 64M
start inside $cg/pod/container ./memproc private=10M
look_within $cg/pod/container -- contained $cg/pod/container ./cgroupns sh /tmp/mounted ./topmem -l
section container_nested
look_within $cg/pod $cg/pod/container -- contained $cg/pod/container ./topmem -l
stop "$pid"
section bound
mkdir /mnt
# As containers that share the cgroup namespace see it: their group alone
cat >/tmp/bound <<'BOUND'
mount --bind /sys/fs/cgroup/box /mnt && umount /sys/fs/cgroup && mount --bind /mnt /sys/fs/cgroup &&
	umount /mnt && exec "$@"
BOUND
look_within $cg/box -- contained $cg/box sh /tmp/bound ./topmem -l
section bound_other
# Their group alone, but another one, whose name begins like ours
group bo memory.max 16M
sed 's/box/bo/' /tmp/bound >/tmp/bound-other
look -- contained $cg/box sh /tmp/bound-other ./topmem -l
section covered
mount -t tmpfs tmpfs $cg
look -- ./topmem -l -p "$box"
umount $cg
section elsewhere
mkdir '/tmp/a b\c'
mount -t cgroup2 cgroup2 '/tmp/a b\c'
umount $cg
ln -s '/tmp/a b\c/box' /tmp/box
look /tmp/box -- ./topmem -l -p "$box"
section no_mount
umount '/tmp/a b\c'
look -- ./topmem -l -p "$box"
section memory_in_v2
# As systemd's hybrid has it the other way round
mkdir /tmp/cpu /tmp/systemd
mount -t cgroup -o cpu cgroup /tmp/cpu
mount -t cgroup -o none,name=systemd cgroup /tmp/systemd
mount -t cgroup2 cgroup2 $cg
mkdir /tmp/cpu/other /tmp/systemd/other
echo "$box" >/tmp/cpu/other/cgroup.procs
echo "$box" >/tmp/systemd/other/cgroup.procs
look $cg/box -- ./topmem -l -p "$box"
section no_sys
umount $cg
umount /sys
look -- ./topmem -l -p "$box"
mount -t sysfs sysfs /sys
mount -t cgroup2 cgroup2 $cg
stop "$box"

# How it fills up: seen from inside, from inside a namespace of cgroups, and from outside
cat >/tmp/fill <<'FILL'
. ./vm_lib.sh
dir=$1
rm -f /tmp/filler
mkfifo /tmp/filler
start ./step /tmp/filler
for amount in +4096 +36864 +12288 -47104; do
	order /tmp/filler $amount
	echo "step $amount"
	look_within "$dir" -- ./topmem -X 60%,80%
done
FILL
section fill
group fill memory.max 64M memory.swap.max 0
contained $cg/fill sh /tmp/fill $cg/fill
section fill_namespace
contained $cg/fill ./cgroupns sh /tmp/mounted sh /tmp/fill $cg
section fill_outside
rm -f /tmp/filler
mkfifo /tmp/filler
start inside $cg/fill ./step /tmp/filler
for amount in +4096 +36864 +12288 -47104; do
	order /tmp/filler $amount
	echo "step $amount"
	look $cg/fill -- ./topmem -X 60%,80% -p "$pid"
done
stop "$pid"

cat >/tmp/watched <<'WATCHED'
. ./vm_lib.sh
rm -f /tmp/filler
mkfifo /tmp/filler
start ./step /tmp/filler
./topmem -w .2 -X 60%,80% -c step >/tmp/watch 2>&1 &
watcher=$!
order /tmp/filler +40960
until_it 'warning' grep -q WARNING /tmp/watch
order /tmp/filler +12288
until_it 'critical' grep -q CRITICAL /tmp/watch
order /tmp/filler -49152
until_it 'fine again' grep -q OK /tmp/watch
# No more is said of that
usleep 1000000
kill $watcher
wait $watcher
sed 's/^/> /' /tmp/watch
WATCHED
section watch
contained $cg/fill sh /tmp/watched

section killed
# The kernel kills what takes too much; the watcher is outside and has it in writing
rm -f /tmp/filler
mkfifo /tmp/filler
start inside $cg/fill ./step /tmp/filler
./topmem -w .2 -X 60%,90% -p "$pid" >/tmp/watch 2>/tmp/err &
watcher=$!
order /tmp/filler +40960
until_it 'warning' grep -q WARNING /tmp/watch
order /tmp/filler +20480
until_it 'critical' grep -q CRITICAL /tmp/watch
tell /tmp/filler +40960
until_it 'kill' grep -q '^oom_kill [1-9]' $cg/fill/memory.events
until_it 'end' eval "[ ! -d /proc/$watcher ]"
wait $watcher
shown /tmp/watch /tmp/err $?
section killed_beside
# Now it is in there, too
cat >/tmp/beside <<'BESIDE'
. ./vm_lib.sh
rm -f /tmp/filler
mkfifo /tmp/filler
start ./step /tmp/filler
./topmem -w .2 -X 60%,90% >/tmp/watch 2>/tmp/err &
watcher=$!
order /tmp/filler +61440
until_it 'critical' grep -q CRITICAL /tmp/watch
tell /tmp/filler +40960
until_it 'fine again' grep -q OK /tmp/watch
kill $watcher
wait $watcher
shown /tmp/watch /tmp/err $?
BESIDE
contained $cg/fill sh /tmp/beside
