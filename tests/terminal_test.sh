#!/bin/sh
# What reaches the terminal: names and command lines may hold any byte. Controls, C1 controls and what is
# not UTF-8 come out as ?, one a byte; everything else as it is.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"

# Bytes, and how they should be shown, both as printf takes them.
# RFC 3629 says what UTF-8 is; section 10 warns of what is not.
oneTimeSetUp()
{
	cat >"$SHUNIT_TMPDIR/bytes" <<-'END'
		plain plain
		G\303\266\303\237e G\303\266\303\237e
		\316\251\316\274\316\265\316\263\316\261 \316\251\316\274\316\265\316\263\316\261
		\342\202\254uro \342\202\254uro
		\343\203\241\343\203\242\343\203\252 \343\203\241\343\203\242\343\203\252
		\360\237\220\247 \360\237\220\247
		nbsp\302\240x nbsp\302\240x
		c1\302\200x c1??x
		csi\302\23331m csi??31m
		last\302\237x last??x
		\303\277\337\277x \303\277\337\277x
		\340\240\200x \340\240\200x
		\355\237\277\356\200\200x \355\237\277\356\200\200x
		\357\277\275\357\277\277x \357\277\275\357\277\277x
		\360\220\200\200x \360\220\200\200x
		\364\217\277\277x \364\217\277\277x
		over\300\257x over??x
		over\301\277x over??x
		over\340\200\257x over???x
		over\340\237\277x over???x
		over\360\200\200\257 over????
		over\360\217\277\277 over????
		sur\355\240\200x sur???x
		sur\355\277\277x sur???x
		big\364\220\200\200x big????x
		big\365\200\200\200x big????x
		big\370\210\200\200\200 big?????
		fe\376\377x fe??x
		lone\200x lone?x
		lone\277\277x lone??x
		cut\303 cut?
		cut\342\202 cut??
		cut\360\237\220 cut???
		cut\342 cut?
		cut\303x cut?x
		cut\342\202x cut??x
		cut\360\237\220x cut???x
		cut\342\303\251x cut?\303\251x
		cut\360\237\303\251 cut??\303\251
		bad\303(x bad?(x
		bad\342(\241x bad?(?x
		bad\360(\214\274x bad?(??x
		\033[31mred\033[m ?[31mred?[m
		\033]0;title\007 ?]0;title?
		\033c\016\017 ?c??
		\b\b\b\rover ????over
		tab\tx tab?x
		del\177x del?x
	END
}

# no_controls FILE: nothing there but lines of printable bytes, or bytes of UTF-8
no_controls()
{
	assertEquals 'control bytes' 0 "$(tr -d '\n\040-\176\200-\377' <"$1" | wc -c | tr -d ' ')"
}

test_every_byte()
{
	tree=$SHUNIT_TMPDIR/every
	number=1
	: >"$tree.wanted"
	while [ "$number" -le 255 ]; do
		byte=\\$(printf '%03o' "$number")
		shown='?'
		[ "$number" -lt 32 ] || [ "$number" -gt 126 ] || shown=$byte
		case $number in
		10) byte='\\n' ;;
		92) byte="\\\\\\\\" shown="\\\\" ;;
		esac
		# shellcheck disable=SC2059 # escapes
		process "$tree" "$((1000 + number))" 400 "$(printf "a${byte}z")"
		# shellcheck disable=SC2059 # escapes
		printf "$((1000 + number)) 400 - a${shown}z\n" >>"$tree.wanted"
		number=$((number + 1))
	done
	topmem -R "$tree" -H -n 1000
	no_controls "$out"
	squeeze "$out" >"$tree.shown"
	cmp -s "$tree.wanted" "$tree.shown" || fail "$(diff "$tree.wanted" "$tree.shown" | cat -v)"
	topmem -R "$tree" -H -n 0
	no_controls "$out"
	squeeze "$out" | sort >"$tree.shown"
	squeeze "$tree.wanted" | sort >"$tree.sorted"
	cmp -s "$tree.sorted" "$tree.shown" || fail "-n 0: $(diff "$tree.sorted" "$tree.shown" | cat -v)"
}

test_utf8_in_names()
{
	tree=$SHUNIT_TMPDIR/names
	number=100
	: >"$tree.wanted"
	while read -r bytes shown; do
		# shellcheck disable=SC2059 # escapes
		process "$tree" "$number" 400 "$(printf "$bytes")"
		# shellcheck disable=SC2059 # escapes
		printf "$number 400 - $shown\n" | as_shown >>"$tree.wanted"
		number=$((number + 1))
	done <"$SHUNIT_TMPDIR/bytes"
	topmem -R "$tree" -H -n 1000
	no_controls "$out"
	squeeze "$out" >"$tree.shown"
	cmp -s "$tree.wanted" "$tree.shown" || fail "$(diff "$tree.wanted" "$tree.shown" | cat -v)"
}

test_utf8_in_command_lines()
{
	needs a || return 0
	tree=$SHUNIT_TMPDIR/lines
	number=100
	: >"$tree.wanted"
	while read -r bytes shown; do
		process "$tree" "$number" 400 name
		# shellcheck disable=SC2059 # escapes
		printf "/bin/x\000$bytes\000end\000" >"$tree/$number/cmdline"
		# shellcheck disable=SC2059 # escapes
		printf "$number 400 - /bin/x $shown end\n" >>"$tree.wanted"
		number=$((number + 1))
	done <"$SHUNIT_TMPDIR/bytes"
	topmem -R "$tree" -a -H -n 1000
	no_controls "$out"
	squeeze "$out" >"$tree.shown"
	cmp -s "$tree.wanted" "$tree.shown" || fail "$(diff "$tree.wanted" "$tree.shown" | cat -v)"
}

# name_shown WANTED NAME: the Name as it stands in status
name_shown()
{
	rm -rf "$SHUNIT_TMPDIR/one"
	process "$SHUNIT_TMPDIR/one" 7 400 "$2"
	topmem -R "$SHUNIT_TMPDIR/one" -H
	assertEquals "$2: status" 0 $?
	assertEquals "$2" "7 400 - $1" "$(squeeze "$out")"
	no_controls "$out"
}

test_escapes_of_status()
{
	name_shown 'a?b' 'a\nb'
	name_shown '?' '\n'
	name_shown '???????????????' '\n\n\n\n\n\n\n\n\n\n\n\n\n\n\n'
	name_shown 'a\b' 'a\\b'
	name_shown 'a\nb' 'a\\nb'
	name_shown 'a\?b' 'a\\\nb'
	fifteen=$(printf %15s '' | tr ' ' '\134')
	name_shown "$fifteen" "$fifteen$fifteen"
}

test_names_that_imitate_fields()
{
	name_shown 'VmRSS: 1' 'VmRSS: 1'
	name_shown '?VmRSS: 9 kB' '\nVmRSS: 9 kB'
	name_shown ') R 1 1' ') R 1 1'
	name_shown 'x) Z 1 1 1 (' 'x) Z 1 1 1 ('
	name_shown 'Name: x' 'Name: x'
	name_shown '7 400 - x' '7 400 - x'
	name_shown '%s%n%d%5x' '%s%n%d%5x'
	name_shown '-' '-'
}

test_empty_and_blank_names()
{
	name_shown - ''
	process "$SHUNIT_TMPDIR/one" 7 400 ' '
	topmem -R "$SHUNIT_TMPDIR/one" -H
	assertEquals '7 400 -' "$(squeeze "$out")"
	process "$SHUNIT_TMPDIR/one" 7 400 ' a  b '
	topmem -R "$SHUNIT_TMPDIR/one" -H
	case $(cat "$out") in
	*'-  a  b '*) ;;
	*) fail "blanks of the name: $(cat "$out")" ;;
	esac
}

# Names of kernel threads are longer, and captures may hold anything, lines too that are longer
# than the buffer: of those as much as fits is shown
test_very_long_names()
{
	for length in 15 16 31 32 33 63 64 65 255 256 1023 1024 1025 4095 4096 4097 10000; do
		rm -rf "$SHUNIT_TMPDIR/one"
		name=$(awk -v n="$length" 'BEGIN { for (i = 0; i < n; i++) printf "n" }')
		process "$SHUNIT_TMPDIR/one" 7 400 "$name"
		topmem -R "$SHUNIT_TMPDIR/one" -H
		assertEquals "$length: status" 0 $?
		case $(squeeze "$out") in
		'7 400 - nnnnnnnnnnnnnnn'*) ;;
		*) fail "$length: $(cat "$out")" ;;
		esac
	done
}

# command_line_shown MESSAGE: out of $tree/7/cmdline topmem makes the file $tree.wanted
command_line_shown()
{
	topmem -R "$tree" -a -H || fail "$1: status $?"
	sed 's/^ *7 *400 *- //; s/ *$//' "$out" >"$tree.shown"
	cmp "$tree.wanted" "$tree.shown" || fail "$1"
	no_controls "$out"
}

# 7 and 2 MB / 7 have no divisor in common with the size of any buffer: each byte of the pattern is
# somewhere the last in a buffer
test_long_command_lines()
{
	needs a || return 0
	tree=$SHUNIT_TMPDIR/long
	process "$tree" 7 400 name
	while read -r pattern shown; do
		# shellcheck disable=SC2059 # escapes
		text=$(printf "$pattern") awk 'BEGIN {
			for (i = 0; i < 300000; i++)
				printf "%s", ENVIRON["text"]
		}' | tr '\001' '\000' >"$tree/7/cmdline"
		# shellcheck disable=SC2059 # escapes
		text=$(printf "$shown") awk 'BEGIN {
			for (i = 0; i < 300000; i++)
				printf "%s", ENVIRON["text"]
			print ""
		}' | sed 's/ *$//' >"$tree.wanted"
		command_line_shown "$pattern"
	done <<-'END'
		abcdefg abcdefg
		ab\342\202\254cd ab\342\202\254cd
		\303\251\360\237\220\247x \303\251\360\237\220\247x
		abc\342\202de abc??de
		ab\360\237\220de ab???de
		a\360\342\360\303b\302 a????b?
		abc\001def abc\040def
		a\nb\rc\033d a?b?c?d
	END
}

test_command_lines_at_the_end_of_buffers()
{
	needs a || return 0
	tree=$SHUNIT_TMPDIR/ends
	number=1000
	for length in 0 1 2 3 250 251 252 253 254 255 256 257 508 509 510 511 512 513 1021 1022 1023 1024 1025 \
	    2045 2046 2047 2048 4093 4094 4095 4096 4097 8190 8191 8192 8193; do
		filled=$(printf "%${length}s" '' | tr ' ' x)
		while read -r tail shown; do
			process "$tree" "$number" 400 name
			# shellcheck disable=SC2059 # escapes
			printf "%s$tail" "$filled" >"$tree/$number/cmdline"
			# shellcheck disable=SC2059 # escapes
			printf "$number 400 - %s$shown\n" "$filled"
			number=$((number + 1))
		done <<-'END'
			\303\251 \303\251
			\342\202\254 \342\202\254
			\360\237\220\247 \360\237\220\247
			\303 ?
			\342\202 ??
			\360\237\220 ???
		END
	done >"$tree.wanted"
	topmem -R "$tree" -a -H -n 1000
	squeeze "$out" >"$tree.shown"
	cmp "$tree.wanted" "$tree.shown" || fail 'ends of command lines'
	no_controls "$out"
}

test_odd_command_lines()
{
	needs a || return 0
	tree=$SHUNIT_TMPDIR/odd
	while read -r bytes shown; do
		rm -rf "$tree"
		process "$tree" 7 400 name
		# shellcheck disable=SC2059 # escapes
		printf -- "$bytes" >"$tree/7/cmdline"
		echo "$shown" >"$tree.wanted"
		command_line_shown "$bytes"
	done <<-'END'
		-sh\000 -sh
		nginx:\040worker\000\000\000\000\000\000\000\000\000\000 nginx: worker
		one\040string\040without\040end one string without end
		a\000\000b\000 a  b
		a\000\040\000b\000 a   b
		[kthread]\000 [kthread]
	END
	rm "$tree/7/cmdline"
	echo '[name]' >"$tree.wanted"
	command_line_shown 'no command line'
	: >"$tree/7/cmdline"
	command_line_shown 'an empty command line'
	# setproctitle and prctl clear it in place
	printf '\000\000\000' >"$tree/7/cmdline"
	topmem -R "$tree" -a -H
	assertEquals 0 $?
	no_controls "$out"
	rm -rf "$tree"
	process "$tree" 7 400 "$(printf 'a\033[1m\303b')"
	echo '[a?[1m?b]' >"$tree.wanted"
	command_line_shown 'name in place of it'
}

. shunit2
