#!/bin/sh
# topmem in containers, which runc makes of the image that toolchain/image makes of it, and in
# memory cgroups of version 1: the limit that counts, checks while memory fills until
# the kernel kills, and what it needs itself. toolchain/bootstrap image installs what it takes.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

PATH=$PATH:/usr/sbin:/sbin

alone_with_groups "$@"

# Limits, in kB
limit=131072
tight=65536

total=$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)
why_not=

oneTimeSetUp()
{
	image=$SHUNIT_TMPDIR/image
	bundle=$SHUNIT_TMPDIR/bundle
	memory=$(awk '$3 == "cgroup" && "," $4 "," ~ /,memory,/ { print $2; exit }' /proc/mounts)
	for tool in runc umoci jq git; do
		command -v $tool >/dev/null || why_not="no $tool (toolchain/bootstrap image)"
	done
	[ -n "$memory" ] || why_not="no memory controller of cgroup version 1"
	[ "$(id -u)" = 0 ] || why_not="only root can make cgroups"
	standalone || why_not="the image is of the standalone program"
	! emulated || why_not="the image has no place for an emulator"
	[ -z "$why_not" ] || return 0

	program=$(readlink -f "$(command -v "$TOPMEM")")
	helper memproc &&
		(cd "$top" && toolchain/image "$program" "$image") &&
		umoci unpack --image "$image:latest" "$bundle" &&
		find "$bundle/rootfs" ! -type d >"$SHUNIT_TMPDIR/files" &&
		rm "$bundle/config.json" &&
		(cd "$bundle" && runc spec && mv config.json spec.json)
}

oneTimeTearDown()
{
	stop_all
	for container in "$SHUNIT_TMPDIR"/runc/*; do
		[ ! -d "$container" ] || runc --root "$SHUNIT_TMPDIR/runc" delete -f "${container##*/}"
	done
}

tearDown()
{
	oneTimeTearDown
}

# can_contain: false, with the test skipped, where no container can be
can_contain()
{
	[ -z "$why_not" ] || { skip "$why_not"; return 1; }
}

# contain NAME FILTER SPEC...: starts a container whose first process is memproc, with what
# jq's FILTER makes of its configuration. That process is $first to us, its cgroup is $group
contain()
{
	name=$1 filter=$2
	shift 2
	# Where that is counted: what is beyond the limit is not to be swapped out
	swap=null
	[ ! -e "$memory/memory.memsw.limit_in_bytes" ] || swap=$((limit * 1024))
	jq --arg group "/$GROUP/$name" --arg helpers "$helpers" --argjson limit "$limit" --argjson swap $swap '
		.process.terminal = false |
		.process.args = ["/tests/memproc", $ARGS.positional[]] |
		.linux.cgroupsPath = $group |
		.linux.resources.memory = { limit: ($limit * 1024), swap: $swap } |
		.mounts += [{destination: "/tests", type: "bind", source: $helpers, options: ["bind", "ro"]}] |
		'"$filter" "$bundle/spec.json" --args "$@" >"$bundle/config.json" &&
		launch runc --root "$SHUNIT_TMPDIR/runc" run --bundle "$bundle" "$name" || return
	group=$memory$(jq -r .linux.cgroupsPath "$bundle/config.json")
	first=$(runc --root "$SHUNIT_TMPDIR/runc" state "$name" | jq .pid)
	fillers=
}

# inside COMMAND...: in the container that was started last
inside()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	runc --root "$SHUNIT_TMPDIR/runc" exec "$name" "$@" >"$out" 2>"$err"
}

# fill SPEC...: one process more in it
fill()
{
	launch runc --root "$SHUNIT_TMPDIR/runc" exec "$name" /tests/memproc "$@" || return
	# $pid is its number there
	while read -r one; do
		[ "$(awk '/^NSpid:/ { print $NF }' "/proc/$one/status")" != "$pid" ] || fillers="$one $! $fillers"
	done <"$group/cgroup.procs"
}

# drain: the last of these ends
drain()
{
	kill -9 "${fillers%% *}"
	fillers=${fillers#* }
	wait "${fillers%% *}"
	stop "${fillers%% *}"
	fillers=${fillers#* }
}

# new_group NAME KB: makes a group with this limit
new_group()
{
	mkdir -p "$memory/$GROUP/$1" && echo "$2K" >"$memory/$GROUP/$1/memory.limit_in_bytes"
}

# in_group DIR COMMAND...
in_group()
{
	# shellcheck disable=SC2016 # expanded there
	sh -c 'echo $$ >"$0/cgroup.procs" && exec "$@"' "$@"
}

# working_set DIR: of this group, in kB
working_set()
{
	awk 'FILENAME ~ /stat$/ { if ($1 == "total_inactive_file") file = $2; next }
		{ print int(($1 - file) / 1024) }' "$1/memory.stat" "$1/memory.usage_in_bytes"
}

# near WHAT ONE OTHER: these are the same but for what is on its way, in each CPU's stock or of
# topmem itself
near()
{
	assertTrue "$1: $2 and $3" "[ $(($2 - $3)) -lt 4096 ] && [ $(($3 - $2)) -lt 4096 ]"
}

# says WHAT FILTER VALUE: the JSON in $out does
says()
{
	assertEquals "$1" "$3" "$(jq -r "$2" "$out")"
}

# await FILE PATTERN: waits, for 20 seconds, until a line of it matches
await()
{
	tries=0
	until grep -q "$2" "$1"; do
		tries=$((tries + 1))
		[ $tries -lt 400 ] || { fail "no $2 in $1: $(tail -n 3 "$1")"; return 1; }
		sleep .05
	done
}

# parts DIR: sets $index, $manifest, $config and $layer to these files of an image
parts()
{
	index=$1/index.json
	manifest=$1/blobs/sha256/$(jq -r '.manifests[0].digest | ltrimstr("sha256:")' "$index")
	config=$1/blobs/sha256/$(jq -r '.config.digest | ltrimstr("sha256:")' "$manifest")
	layer=$1/blobs/sha256/$(jq -r '.layers[0].digest | ltrimstr("sha256:")' "$manifest")
}

# size FILE
size()
{
	wc -c <"$1" | tr -d ' '
}

test_image()
{
	can_contain || return 0
	assertEquals "files" "$bundle/rootfs/topmem" "$(cat "$SHUNIT_TMPDIR/files")"
	cmp "$program" "$bundle/rootfs/topmem" || fail "not the program"
	assertEquals "owner, mode" "0:0 755" "$(stat -c '%u:%g %a' "$bundle/rootfs/topmem")"
	parts "$image"
	assertEquals "/topmem" "$(jq -r '.config.Entrypoint | join(" ")' "$config")"
	assertEquals "description licenses=0BSD title=topmem" "$(jq -r '.config.Labels | to_entries |
		map(.key |= ltrimstr("org.opencontainers.image.") | .key + if .key == "description" then ""
			else "=" + .value end) | join(" ")' "$config")"
	assertEquals "CMD /topmem -q -X 90%" "$(jq -r '.config.Healthcheck.Test | join(" ")' "$config")"
	assertEquals "layer" topmem "$(gzip -dc "$layer" | tar -t)"
	assertEquals "size of the layer" "$(size "$layer")" "$(jq '.layers[0].size' "$manifest")"
	assertEquals "size of the configuration" "$(size "$config")" "$(jq .config.size "$manifest")"
	assertEquals "size of the manifest" "$(size "$manifest")" "$(jq '.manifests[0].size' "$index")"
	assertEquals "blobs" 3 "$(find "$image/blobs" -type f | wc -l | tr -d ' ')"
	for blob in "$image"/blobs/sha256/*; do
		assertEquals "digest" "${blob##*/}" "$(sha256sum <"$blob" | cut -d ' ' -f 1)"
	done
}

test_image_is_reproducible()
{
	can_contain || return 0
	again=$SHUNIT_TMPDIR/again
	mkdir "$again"
	cp "$program" "$again/elsewhere"
	touch -d @1 "$again/elsewhere"
	(cd "$top" && umask 077 && toolchain/image "$again/elsewhere" "$again/image") || fail "toolchain/image"
	diff -r "$image" "$again/image" || fail "another time"
	(cd "$top" && SOURCE_DATE_EPOCH=86400 toolchain/image "$again/elsewhere" "$again/image") || fail "with a time"
	parts "$again/image"
	assertEquals 1970-01-02T00:00:00Z "$(jq -r .created "$config")"
}

test_entry_point()
{
	can_contain || return 0
	contain entry .
	parts "$image"
	args=$(jq -r '.config.Entrypoint | join(" ")' "$config")
	inside "$args" || fail "$args: $(cat "$err")"
	assertEquals "rows" 2 "$(wc -l <"$out" | tr -d ' ')"
}

test_limit()
{
	can_contain && needs l f || return 0
	contain limit . private=80M
	inside /topmem -f json -o pid,rss,mem,comm
	assertEquals "$(cat "$err")" 0 $?
	says "limit" .mem_limit_kb $limit
	says "total" .mem_total_kb "$total"
	near "used" "$(jq .mem_used_kb "$out")" "$(working_set "$group")"
	says "available" '.mem_limit_kb - .mem_used_kb - .mem_available_kb' 0
	says "row" '.rows[0] | "\(.pid) \(.comm)"' "1 memproc"
	says "share" ".rows[0] | .mem_percent == (.rss_kb * 1000 / $limit + .5 | floor) / 10" true
	assertTrue "share: $(cat "$out")" "[ $(jq '.rows[0].mem_percent | floor' "$out") -ge 62 ]"
}

# The kernel can take that back at once
test_file_cache_is_not_used()
{
	can_contain && needs l f || return 0
	contain cache . private=10M
	inside /topmem -f json
	used=$(jq .mem_used_kb "$out") usage=$(cat "$group/memory.usage_in_bytes")
	in_group "$group" dd if=/dev/zero of="$helpers/cache" bs=1M count=40 conv=fsync 2>"$SHUNIT_TMPDIR/err" ||
		fail "$(cat "$SHUNIT_TMPDIR/err")"
	assertTrue "cached" "[ $(($(cat "$group/memory.usage_in_bytes") - usage)) -gt $((36 << 20)) ]"
	inside /topmem -f json
	near "used" "$(jq .mem_used_kb "$out")" "$used"
	topmem -p "$first" -f json
	near "used from outside" "$(jq .mem_used_kb "$out")" "$used"
	rm "$helpers/cache"
}

test_limit_in_other_forms()
{
	can_contain && needs l || return 0
	contain forms . private=80M
	inside /topmem -l
	assertEquals "$(cat "$err")" 0 $?
	assertEquals "total" "$total" "$(awk '$1 == "total" { print $2 }' "$out")"
	assertEquals "limit" "$limit" "$(awk '$1 == "limit" { print $2 }' "$out")"
	near "used" "$(awk '$1 == "used" { print $2 }' "$out")" "$(working_set "$group")"
	$TOPMEM --help 2>&1 | grep -q -e '-f prom' || { skip "-f prom is switched off"; return; }
	inside /topmem -f prom
	assertEquals "metric" $((limit * 1024)) "$(awk '$1 == "topmem_memory_limit_bytes" { print $2 }' "$out")"
}

test_from_outside()
{
	can_contain && needs l f p || return 0
	contain outside . private=80M
	topmem -f json -p "$first" -o pid,rss,mem,comm
	assertEquals "$(cat "$err")" 0 $?
	says "limit" .mem_limit_kb $limit
	near "used" "$(jq .mem_used_kb "$out")" "$(working_set "$group")"
	says "share" ".rows[0] | .mem_percent == (.rss_kb * 1000 / $limit + .5 | floor) / 10" true
	# Of more than one process it is that of the machine
	topmem -f json -p "$first,$$"
	says "limit of two" .mem_limit_kb "$total"
	topmem -f json
	says "limit of all" .mem_limit_kb "$total"
}

# What docker's containers see: their own group alone, or by its full name, or none
test_views()
{
	can_contain && needs l f || return 0
	contain namespace '.linux.namespaces += [{"type": "cgroup"}]' private=10M
	inside /topmem -f json
	says "in a cgroup namespace" .mem_limit_kb $limit
	near "used" "$(jq .mem_used_kb "$out")" "$(working_set "$group")"
	! has p || topmem -f json -p "$first"
	says "from outside of it" .mem_limit_kb $limit
	contain all '.mounts |= map(select(.type != "cgroup")) | .mounts += [{destination: "/sys/fs/cgroup",
		type: "bind", source: "/sys/fs/cgroup", options: ["rbind", "ro"]}]' private=10M
	inside /topmem -f json
	says "with the machine's groups" .mem_limit_kb $limit
	contain user '.process.user = {uid: 65534, gid: 65534}' private=10M
	inside /topmem -f json -o pid,user
	says "as somebody else" .mem_limit_kb $limit
	says "as somebody else" '.rows[0] | "\(.pid) \(.user)"' "1 65534"
	contain none '.mounts |= map(select(.type != "cgroup"))' private=10M
	inside /topmem -f json
	assertEquals "$(cat "$err")" 0 $?
	says "without groups" .mem_limit_kb "$total"
	[ -z "$(cat "$err")" ] || fail "$(cat "$err")"
}

test_nested()
{
	can_contain && needs l f p || return 0
	new_group tight $tight
	mkdir "$memory/$GROUP/tight/beside"
	launch in_group "$memory/$GROUP/tight/beside" "$helpers/memproc" private=30M
	contain inner '.linux.cgroupsPath |= sub("inner"; "tight/inner")' private=10M
	inside /topmem -f json
	says "limit" .mem_limit_kb $tight
	# No more can be seen from there
	near "used inside" "$(jq .mem_used_kb "$out")" "$(working_set "$group")"
	topmem -f json -p "$first"
	says "limit from outside" .mem_limit_kb $tight
	near "used of the group above" "$(jq .mem_used_kb "$out")" "$(working_set "$memory/$GROUP/tight")"
}

# The limit of a group without the process that all others are under is somebody else's
test_groups_that_do_not_bind()
{
	can_contain && needs l f || return 0
	new_group narrow $tight
	in_group "$memory/$GROUP/narrow" "$TOPMEM" -f json >"$SHUNIT_TMPDIR/out"
	out=$SHUNIT_TMPDIR/out
	says "of our own" .mem_limit_kb "$total"
	contain wide . private=10M
	mkdir "$group/narrow"
	echo ${tight}K >"$group/narrow/memory.limit_in_bytes"
	in_group "$group/narrow" nsenter -t "$first" -p -m /topmem -f json >"$out"
	says "below that of the container" .mem_limit_kb $limit
	needs p || return 0
	in_group "$group/narrow" nsenter -t "$first" -p -m /topmem -f json -p 1 >"$out"
	says "of its first process" .mem_limit_kb $limit
}

# check STATUS WORD ARG...: /topmem ARG... in the container ends with it and says so
check()
{
	wanted=$1 word=$2
	shift 2
	inside /topmem "$@"
	assertEquals "$*: status; $(cat "$out" "$err")" "$wanted" $?
	assertEquals "$*" "TOPMEM $word -" "$(sed 's/ -.*/ -/; q' "$out")"
}

test_health_while_memory_fills()
{
	can_contain && needs X || return 0
	contain health .
	check 0 OK -X 60%,80%
	check 0 OK -qX 60%
	fill private=80M
	check 1 WARNING -X 60%,80%
	check 1 WARNING -q -X 60%,80%
	assertEquals "lines" 1 "$(wc -l <"$out" | tr -d ' ')"
	grep -q ' of 128M ([0-9.]*%), top [0-9]* memproc [0-9.]*M | used=[0-9]*KB;78644;104858;0;131072$' "$out" ||
		fail "$(cat "$out")"
	check 0 OK -q -X 80%,90%
	check 1 WARNING -q -X 70M,120M
	check 1 WARNING -q -x 60%,70%
	grep -q 'top [0-9]* memproc [0-9.]*M | used=[0-9]*KB;;;0;131072 rss=[0-9]*KB;78644;91751;0;131072$' "$out" ||
		fail "$(cat "$out")"
	fill private=28M
	check 2 CRITICAL -X 60%,80%
	check 2 CRITICAL -qX 60M,100M
	check 1 WARNING -qX 80%
	check 1 WARNING -qX 80%,99%
	check 1 WARNING -q -x 60%,70%
	# The image's own
	parts "$image"
	health=$(jq -r '.config.Healthcheck.Test[1:] | join(" ")' "$config")
	# shellcheck disable=SC2086 # several words
	check 0 OK ${health#/topmem }
	fill private=10M
	# shellcheck disable=SC2086 # several words
	check 1 WARNING ${health#/topmem }
	drain
	check 2 CRITICAL -X 60%,80%
	drain
	check 1 WARNING -X 60%,80%
	drain
	check 0 OK -X 60%,80%
}

# killed_for_memory: how many in this container
killed_for_memory()
{
	awk '$1 == "oom_kill" { print $2 }' "$group/memory.oom_control"
}

test_watchers_survive()
{
	can_contain && needs X w || return 0
	contain survive . private=80M
	runc --root "$SHUNIT_TMPDIR/runc" exec "$name" /topmem -w .05 -q -X 80% >"$SHUNIT_TMPDIR/inner" 2>&1 &
	inner=$!
	"$TOPMEM" -w .05 -q -X 80% -p "$first" >"$SHUNIT_TMPDIR/outer" 2>&1 &
	outer=$!
	started="$started $inner $outer"
	fill private=28M
	for file in inner outer; do
		await "$SHUNIT_TMPDIR/$file" '^TOPMEM WARNING'
	done
	timeout 60 runc --root "$SHUNIT_TMPDIR/runc" exec "$name" /tests/memproc adj=1000 private=100M >"$SHUNIT_TMPDIR/out"
	assertEquals "status of what the kernel killed" 137 $?
	assertEquals "killed" 1 "$(killed_for_memory)"
	assertTrue "the watchers are there" "kill -0 $inner && kill -0 $outer"
	drain
	for file in inner outer; do
		await "$SHUNIT_TMPDIR/$file" '^TOPMEM OK'
		assertEquals "$file: once" 1 "$(grep -c '^TOPMEM OK' "$SHUNIT_TMPDIR/$file")"
	done
	assertTrue "the watchers are there" "kill -0 $inner && kill -0 $outer"
	# The container ends
	kill -9 "$first"
	wait $outer
	assertTrue "the watcher says so: $(tail -n 1 "$SHUNIT_TMPDIR/outer")" "grep -q '^topmem: ' '$SHUNIT_TMPDIR/outer'"
}

test_system_calls()
{
	can_contain && needs X || return 0
	contain calls . fork=49 private=100K
	trace=$SHUNIT_TMPDIR/trace
	for args in '-q -X 90%' '-X 90%' '-q -x 90%'; do
		# shellcheck disable=SC2086 # several words
		strace -f -o "$trace" nsenter -t "$first" -p -m /topmem $args >"$SHUNIT_TMPDIR/out"
		assertEquals "$args: status" 0 $?
		calls=$(awk '$1 == own && /\(/ && !/resumed>/ { calls++ } /execve\("\/topmem"/ { own = $1 }
			END { print calls + 0 }' "$trace")
		# With itself 51
		assertTrue "$args: $calls" "[ $calls -gt 51 ] && [ $calls -le $((3 * 51 + 40)) ]"
	done
}

test_least_memory()
{
	can_contain || return 0
	new_group small 512
	for args in "" "-s" "-n 0" "-g" "-X 90%" "-w .01 -i 3" "-f json"; do
		case $args in
		-[sgXwf]*) has "$(echo "$args" | cut -c 2)" || continue ;;
		esac
		# shellcheck disable=SC2086 # several words
		in_group "$memory/$GROUP/small" "$TOPMEM" $args >"$SHUNIT_TMPDIR/out" 2>"$SHUNIT_TMPDIR/err"
		assertEquals "topmem $args: $(cat "$SHUNIT_TMPDIR/err")" 0 $?
	done
	assertEquals "killed" 0 "$(awk '$1 == "oom_kill" { print $2 }' "$memory/$GROUP/small/memory.oom_control")"
}

# shellcheck source=/dev/null
. shunit2
