#!/bin/sh
# What make ARCH=... says where it cannot build, and that nothing half made is left then: an unknown machine, no
# compiler, no space, an interruption. (toolchain/cross-test runs what it does build.)
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

{ standalone && ! emulated; } || skip_suite "nothing is built"

# A mount of its own
if [ -z "$MOUNTS" ]; then
	export MOUNTS=own
	# shellcheck disable=SC2086 # "busybox ash" is two words
	exec unshare --mount ${TEST_SHELL:-sh} "$0" "$@"
fi

oneTimeSetUp()
{
	cd "$top" || return
	work=$SHUNIT_TMPDIR
	cache=$work/cache
	mkdir "$cache" "$work/bin" || return
	# Not part of the build that called for the tests
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
	# That of this machine is always there
	here=$(awk -v triplet="$(cc -dumpmachine)" '$2 == triplet { print $1 }' toolchain/targets)
	[ -n "$here" ] && source=$(toolchain/source musl 2>"$work/err") && [ -n "$source" ] || source=
}

oneTimeTearDown()
{
	umount "$cache" 2>/dev/null
	stop_all
}

# with_source: an empty cache of SIZE but for musl's source; false, with the test skipped, without that
with_source() # SIZE
{
	[ -n "$source" ] || { skip "no source of musl, or no target for this machine: $(head -n 1 "$work/err")"; return 1; }
	mount -t tmpfs -o "size=$1" cache "$cache" && mkdir "$cache/${source##*/}" &&
		mount --bind "$source" "$cache/${source##*/}" && return
	fail "no cache of $1"
	return 1
}

without_source()
{
	umount "$cache/${source##*/}" "$cache"
}

# try_make ARCH: what make says of it is in $err
try_make()
{
	err=$work/err
	PATH=$path TOPMEM_CACHE=$cache ${MAKE:-make} "ARCH=$1" >"$work/out" 2>"$err"
	assertNotEquals "make ARCH=$1" 0 $?
	assertEquals "$1: nothing is made of it" '' "$(cat "$work/out")"
}

# only_without COMMAND...: in $path, all that is in PATH but for these
only_without()
{
	rm -f "$work"/bin/*
	echo "$PATH" | tr : '\n' | while read -r folder; do
		[ ! -d "$folder" ] || find "$folder/" -maxdepth 1 ! -type d -exec ln -s -t "$work/bin" {} + 2>/dev/null
	done
	for command; do
		rm -f "$work/bin/$command"
	done
	path=$work/bin
}

test_unknown()
{
	path=$PATH
	for name in vax '' 'mips mipsel' '.*' '#'; do
		try_make "$name"
		grep -q "^target: $name: none of x86_64 .* mips .*riscv64$" "$err" || fail "$name: $(cat "$err")"
		assertTrue "$name: no folder" "[ ! -e 'build/$name' ] || [ -z '$name' ]"
	done
	assertEquals 'nothing in the cache' '' "$(ls "$cache")"
}

test_no_compiler()
{
	only_without mips-linux-gnu-gcc id apt-get apk
	printf '#!/bin/sh\necho 1000\n' >"$work/bin/id"
	printf '#!/bin/sh\nexit 1\n' >"$work/bin/apt-get"
	chmod +x "$work/bin/id" "$work/bin/apt-get"
	try_make mips
	grep -q '^	apt-get install .* gcc-mips-linux-gnu$' "$err" || fail "Debian: $(cat "$err")"
	rm "$work/bin/apt-get"
	try_make mips
	grep -q '^target: no mips-linux-gnu-gcc; on Debian toolchain/bootstrap cross installs it$' "$err" ||
		fail "elsewhere: $(cat "$err")"
	assertEquals 'nothing in the cache' '' "$(ls "$cache")"
}

test_no_source()
{
	[ -n "$source" ] || { skip 'no target for this machine'; return 0; }
	only_without apt-get
	# It gets a part of it
	cat >"$work/bin/apt-get" <<-'END'
		#!/bin/sh
		case "$*" in
		*source*) echo half >musl_1.orig.tar.gz ;;
		esac
		exit "$(cat "$APT_STATUS")"
	END
	chmod +x "$work/bin/apt-get"
	export APT_STATUS="$work/status"
	echo 100 >"$APT_STATUS"
	try_make "$here"
	grep -q "^source: apt-get update failed; $cache has [0-9]* MB free (TOPMEM_CACHE=DIR " "$err" || fail "no apt: $(cat "$err")"
	echo 0 >"$APT_STATUS"
	try_make "$here"
	grep -q '^source: tar failed; ' "$err" || fail "no archive: $(cat "$err")"
	assertEquals 'nothing in the cache' '' "$(ls "$cache")"
}

test_no_space()
{
	with_source 1M || return 0
	path=$PATH
	try_make "$here"
	grep -q 'No space left on device' "$err" || fail "$(cat "$err")"
	grep -q "^target: musl was not built for $here: $cache has 0 MB free of .* (TOPMEM_CACHE=DIR " "$err" || fail "$(cat "$err")"
	assertEquals 'in the cache' "${source##*/}" "$(ls "$cache")"
	without_source
}

test_interrupted()
{
	with_source 100M || return 0
	# In a group of its own, which all gets it, as from a terminal
	TOPMEM_CACHE=$cache setsid toolchain/target "$here" >"$work/out" 2>&1 &
	builder=$!
	started="$started $builder"
	wait_until sh -c "ls $cache/fetch.*/obj"
	kill -TERM "-$builder"
	wait $builder
	assertNotEquals 0 $?
	assertEquals 'in the cache' "${source##*/}" "$(ls "$cache")"
	without_source
}

# shellcheck source=/dev/null
. shunit2
