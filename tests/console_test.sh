#!/bin/sh
# topmem where it is needed: on machines of several kinds with Debian's own kernels and
# nothing but BusyBox, at the end of a serial line. Each boots in an emulator; console.exp
# logs in and types, what came over the line is compared here with what procfs said there.
#
# It takes toolchain/bootstrap console. For what came over the lines: KEEP=DIR.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

# Each machine: its name, Debian's name for it, that of toolchain/target, megabytes, the least
# in which its kernel starts and leaves some to processes, how often topmem is to answer while the
# kernel kills, and the suite of another kernel
machines()
{
	cat <<-LIST
		x86_64		amd64	x86_64	320	96	1000
		x86_64_oldest	amd64	x86_64	320	80	100	bullseye
		arm64		arm64	aarch64	320	56	100
		armhf		armhf	armhf	320	56	100
		mipsel		mipsel	mipsel	256	24	1000
	LIST
}

oneTimeSetUp()
{
	missing=
	if [ "$TOPMEM" != "$top/topmem" ]; then
		missing="each machine has a topmem of its own, not $TOPMEM"
	elif ! has l || ! has f || ! has X || ! has w; then
		missing="-l, -f, -X or -w is switched off"
	elif ! command -v apt-get >/dev/null; then
		missing="no apt-get to get Debian's kernels"
	fi
	for tool in expect cpio qemu-system-x86_64 qemu-system-aarch64 qemu-system-arm qemu-system-mipsel \
		aarch64-linux-gnu-gcc arm-linux-gnueabihf-gcc mipsel-linux-gnu-gcc; do
		command -v $tool >/dev/null || missing="no $tool: toolchain/bootstrap console"
	done
	dir=$SHUNIT_TMPDIR
}

oneTimeTearDown()
{
	[ -z "$KEEP" ] || cp -r "$SHUNIT_TMPDIR"/*.* "$KEEP"
}

# built TARGET: topmem and the helpers of that machine are in the folder
built()
{
	folder=$helpers/console-$1
	tools=$("$top/toolchain/target" "$1") && mkdir -p "$folder" &&
		make -s -C "$top" "B=$folder" "OUT=$folder/topmem" \
			"CC=$tools/bin/cc" "STRIP=$tools/bin/strip" "READELF=$tools/bin/readelf" || return
	for name in memproc lag; do
		"$tools/bin/cc" -static -O1 -Wall -Wextra -s -o "$folder/$name" "$top/tests/$name.c" -pthread || return
	done
}

# on MACHINE SESSION: $dir has what came over the line there. The first time it takes place
on()
{
	if [ -n "$missing" ]; then
		skip "$missing"
		return 1
	fi
	dir=$SHUNIT_TMPDIR/$1.$2
	if [ ! -d "$dir" ]; then
		mkdir "$dir"
		# Without memory the kernel may kill the shell at the line, too, and there is another login: then once more
		play "$1" "$2" >"$dir/log" 2>&1 ||
			{ tail -n 1 "$dir/log" | grep -q 'login:' && play "$1" "$2" >"$dir/log" 2>&1; } && : >"$dir/played"
	fi
	if [ ! -e "$dir/played" ]; then
		fail "$1 $2: $(cat "$dir/log")"
		return 1
	fi
}

# play MACHINE SESSION
play()
{
	session=$2
	# shellcheck disable=SC2046 # several words
	set -- $(machines | awk -v name="$1" '$1 == name')
	arch=$2 target=$3 megabytes=$4 answers=$6 suite=$7
	words='' busybox=''
	case $session in
	init) words=rdinit=/test/console_init.sh ;;
	# Without memory that is set aside for devices, and 5 MB of files that trace the kernel
	low)
		megabytes=$5 words="cma=0 initcall_blacklist=tracer_init_tracefs"
		# Debian's is for larger ones
		if [ "$target" = mipsel ]; then
			busybox=$("$top/toolchain/busybox-build" mipsel) || return
		fi
		;;
	esac
	built "$target" &&
		ANSWERS=$answers expect "$top/tests/console.exp" "$session" "$dir" -t 1000 -a "$arch" -m "$megabytes" \
			${suite:+-s "$suite"} ${busybox:+-b "$busybox/busybox"} -c "$words" \
			"$top/tests/console_init.sh" guest.sh="$top/tests/console_guest.sh" \
			"$folder/topmem" "$folder/memproc" "$folder/lag"
}

# text NAME: what a command printed, in lines
text()
{
	tr -d '\r' <"$dir/$1"
}

# processes COLUMN...: of each of ours these columns of a table of topmem, on stdin, in its order
processes()
{
	awk -v columns="$*" '
		BEGIN { n = split(columns, column) }
		$NF == "memproc" || $NF == "lag" {
			for (i = 1; i <= n; i++)
				printf "%s%s", $column[i], i < n ? " " : "\n"
		}'
}

# truth NAME BY COLUMN...: the same of what procfs said, the largest by that column first
truth()
{
	name=$1 by=$2
	shift 2
	text "$name" | sort -k "$by,${by}nr" -k 1,1n | processes "$@"
}

# The columns of guest.sh truth
PID=1 VMRSS=2 RSS=3 USS=4 SWAP=6

# statuses NUMBER NAME...: these commands ended with it
statuses()
{
	number=$1
	shift
	for name; do
		assertEquals "$name: status" "$number" "$(cat "$dir/$name.status")"
	done
}

answers()
{
	statuses 0 one five human exact columns lines unsized memory programs json
	assertEquals 'the speed' 1 "$(text line | grep -c '^speed 9600 baud')"
	assertEquals 'default' "$(truth truth $VMRSS $PID $VMRSS | head -n 1)" "$(text one | processes 1 2)"
	assertEquals '-n 5' "$(truth truth $VMRSS $PID $VMRSS | head -n 5)" "$(text five | processes 1 2)"
	assertEquals '-h' "$(truth truth $VMRSS $PID | head -n 5)" "$(text human | processes 1)"
	assertEquals '-o' "$(truth truth $VMRSS $PID $VMRSS | head -n 5)" "$(text columns | processes 1 5)"
	assertEquals '-s' "$(truth truth $USS $PID $USS $SWAP $RSS | head -n 6)" "$(text exact | processes 1 2 4 5)"
	assertEquals '-f json' "$(truth truth $USS $PID $USS $RSS | head -n 6)" \
		"$(text json | jq -r '.rows[] | "\(.pid) \(.uss_kb) \(.rss_kb) \(.comm)"' | processes 1 2 3)"
	assertEquals '-g' "$(text truth | awk '$NF == "memproc" { n++; uss += $4 } END { print uss, n }')" \
		"$(text programs | processes 1 5)"
	assertEquals '-l: total' "$(text meminfo | awk '/^MemTotal/ { print $2 }')" "$(text memory | awk '/^total/ { print $2 }')"
	near=$(text meminfo | awk '/^MemAvailable/ { print $2 }')
	available=$(text memory | awk '/^available/ { print $2 }')
	assertTrue "-l: available $available, $near" "[ '$available' -gt $((near - 2048)) ] && [ '$available' -lt $((near + 2048)) ]"
	statuses 1 check
	assertEquals '-X' 'TOPMEM WARNING - used' "$(text check | head -n 1 | cut -c 1-21)"
	statuses 3 wrong
	assertEquals 'an error' 'topmem: nothing: no such column; there are' "$(text wrong | head -n 1)"
}

# Each sample at the top of the screen; an interrupt ends it
watched()
{
	statuses 130 watch
	assertTrue 'samples' "[ $(tr '\033' '\n' <"$dir/watch" | grep -c '^\[H20') -ge 3 ]"
	assertEquals 'rows' "$(truth truth $VMRSS $PID $VMRSS | head -n 3)" \
		"$(text watch | sed 's/\x1b\[[HJK]//g' | processes 1 2 | head -n 3)"
}

# No byte comes over the line that is no letter, no line is wider than it
clean()
{
	for name in one five human exact columns lines unsized memory programs check watch late worst ring; do
		assertEquals "$name: lines without their end" 0 "$(sed 's/\^C//' "$dir/$name" | grep -c -v "$(printf '\r')\$")"
		text "$name" | sed 's/\x1b\[[HJK]//g' >"$SHUNIT_TMPDIR/letters"
		assertEquals "$name: other bytes" '' "$(grep '[^ -~]' "$SHUNIT_TMPDIR/letters")"
		assertEquals "$name: wide lines" '' "$(grep '.\{81\}' "$SHUNIT_TMPDIR/letters")"
	done
	# This line did not fit, whether the terminal has a size or not
	assertEquals 'lines that were cut' 2 "$(text lines | cat - "$dir/unsized" | grep -c 'name=memproc name=mem')"
}

# Whether VmRSS is far behind the Rss of smaps, for our processes in that truth
lags()
{
	text "$1" | awk '$NF == "lag" && $2 + 1000 < $3 { n++ } END { print n + 0 }'
}

# late: the order of what VmRSS does not yet tell is right
late()
{
	statuses 0 late late_rss
	assertEquals 'processes that lag' "$1" "$(lags late_truth)"
	assertEquals '-s' "$(truth late_truth $USS $PID $USS $RSS)" "$(text late | processes 1 2 5)"
	assertEquals '-s -k rss' "$(truth late_truth $RSS $PID $USS $RSS)" "$(text late_rss | processes 1 2 5)"
}

# behind NAME: the first of that truth is one that lags as much as can be, the second one would be
# the first if that were not known
behind()
{
	assertEquals "$1: the first" lag "$(truth "$1_truth" $USS 7 | head -n 1)"
	assertEquals "$1: lags" "$2" "$(lags "$1_truth")"
	assertEquals "$1: -s" "$(truth "$1_truth" $USS $PID $USS | head -n 1)" "$(text "$1" | processes 1 2)"
	assertEquals "$1: -s -k rss" "$(truth "$1_truth" $RSS $PID $RSS | head -n 1)" "$(text "$1_rss" | processes 1 5)"
}

# The first program, at a console of unknown size, with no other file system than /proc
first_program()
{
	assertEquals 'mounts' 2 "$(text init | grep -c -e '^[^ ]* / rootfs' -e '^[^ ]* /proc proc')"
	assertEquals 'other mounts' '' "$(text init | grep -v -e '^[^ ]* / rootfs' -e '^[^ ]* /proc proc' | grep ' rw')"
	assertTrue "rows: $(text init)" "[ $(text init | grep -c '^    1 .* topmem') -ge 3 ]"
	assertEquals 'headers' "$(text init | grep -c '^    1 .* topmem')" "$(text init | grep -c '  PID     RSS %MEM COMMAND')"
}

# counted NAME PID: the VmRSS that grep has found of it
counted()
{
	text "$1" | sed -n "s/.proc.$2.status:VmRSS:[^0-9]*\([0-9]*\) kB/\1/p"
}

# kills NAME: how often the kernel has ended a process
kills()
{
	text "$1" | sed -n 's/^oom_kill //p'
}

# Where larger programs are refused memory, cannot fork or are killed, topmem answers
out_of_memory()
{
	statuses 1 no_memory no_fork
	assertEquals 'refused' 'memproc: mmap: Out of memory' "$(text no_memory)"
	assertEquals 'no fork' 'memproc: fork: Out of memory' "$(text no_fork)"
	statuses 137 killed
	assertEquals 'killed' Killed "$(text killed)"
	statuses 0 off off_exact on on_exact storm_once answers
	for name in off on; do
		hog=$(text ${name}_hog)
		assertEquals "$name" "$hog $(counted ${name}_truth "$hog")" "$(text $name | processes 1 2)"
		assertEquals "$name, -s" "$hog" "$(text ${name}_exact | processes 1)"
	done
	assertTrue "killed: $(kills kills), $(kills on_kills)" "[ '$(kills kills)' -lt '$(kills on_kills)' ]"
	# It has seen one that was the largest until it was killed
	statuses 130 storm
	assertTrue "killed: $(kills on_kills), $(kills storm_kills)" "[ '$(kills on_kills)' -lt '$(kills storm_kills)' ]"
	text storm | sed 's/\x1b\[[HJK]//g' >"$SHUNIT_TMPDIR/storm"
	assertTrue 'samples' "[ $(grep -c '^20' "$SHUNIT_TMPDIR/storm") -ge 4 ]"
	assertEquals 'rows' "$(grep -c '^20' "$SHUNIT_TMPDIR/storm")" "$(grep -c '^ *[0-9]* *[0-9]* *[0-9.]* [a-z]*$' "$SHUNIT_TMPDIR/storm")"
	assertTrue 'none of them was seen' "[ $(processes 1 <"$SHUNIT_TMPDIR/storm" | wc -l) -ge 1 ]"
	assertEquals 'answers' "$answers of $answers" "$(text answers)"
	assertTrue "killed: $(kills storm_kills), $(kills last_kills)" "[ $(($(kills last_kills) - $(kills storm_kills))) -gt 5 ]"
	echo "killed $(($(kills last_kills) - $(kills storm_kills))): topmem $(text answers), BusyBox ps $(text ps), top $(text top)"
}

test_x86_64_answers()
{
	on x86_64 ask || return 0
	answers
	watched
	clean
}

test_x86_64_rss_lags()
{
	on x86_64 ask || return 0
	late 5
	behind worst 1
	behind ring 1
}

test_x86_64_first_program()
{
	on x86_64 init || return 0
	first_program
}

test_x86_64_out_of_memory()
{
	on x86_64 low || return 0
	out_of_memory
}

test_x86_64_oldest_answers()
{
	on x86_64_oldest ask || return 0
	answers
	watched
	clean
}

test_x86_64_oldest_rss_lags()
{
	on x86_64_oldest ask || return 0
	late 5
	behind worst 1
	behind ring 1
}

test_x86_64_oldest_first_program()
{
	on x86_64_oldest init || return 0
	first_program
}

test_x86_64_oldest_out_of_memory()
{
	on x86_64_oldest low || return 0
	out_of_memory
}

test_arm64_answers()
{
	on arm64 ask || return 0
	answers
	watched
	clean
}

test_arm64_rss_lags()
{
	on arm64 ask || return 0
	late 5
	behind worst 1
	behind ring 1
}

test_arm64_first_program()
{
	on arm64 init || return 0
	first_program
}

test_arm64_out_of_memory()
{
	on arm64 low || return 0
	out_of_memory
}

test_armhf_answers()
{
	on armhf ask || return 0
	answers
	watched
	clean
}

test_armhf_rss_lags()
{
	on armhf ask || return 0
	late 5
	behind worst 1
	behind ring 1
}

test_armhf_first_program()
{
	on armhf init || return 0
	first_program
}

test_armhf_out_of_memory()
{
	on armhf low || return 0
	out_of_memory
}

test_mipsel_answers()
{
	on mipsel ask || return 0
	answers
	watched
	clean
}

test_mipsel_rss_lags()
{
	on mipsel ask || return 0
	late 0
	behind worst 0
	behind ring 0
}

test_mipsel_first_program()
{
	on mipsel init || return 0
	first_program
}

test_mipsel_out_of_memory()
{
	on mipsel low || return 0
	out_of_memory
}

# shellcheck source=/dev/null
. shunit2
