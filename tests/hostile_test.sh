#!/bin/sh
# Processes that would deceive: with names and command lines that are commands to a terminal or
# imitate fields, with files mapped that are called like figures, or that change while they are read.
#
# terminal_test.sh has every byte, and UTF-8 that is none, in made trees; here they are real.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone "$@"
not_emulated "the emulator has names and mappings of its own"

oneTimeSetUp()
{
	helper hostile || return
	socket=$SHUNIT_TMPDIR/tmux
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
}

oneTimeTearDown()
{
	[ ! -S "$socket" ] || tmux -S "$socket" kill-server 2>/dev/null
	stop_all
}

# bytes TEXT: what printf makes of it
bytes()
{
	printf '%b' "$1"
}

# be NAME [VAR=VALUE]... [-- WORD...]: such a process, its PID is in $pid
be()
{
	name=$1
	shift
	set_words=
	for word; do
		[ "$word" != -- ] || break
		set_words="$set_words $word"
		shift
	done
	[ "$1" != -- ] || shift
	# shellcheck disable=SC2086 # several words
	launch env -i A=1 NAME="$name" $set_words "$helpers/hostile" "$@"
}

# no_controls FILE
no_controls()
{
	assertEquals "$1: control bytes" '' "$(tr -d '\012\040-\176' <"$1" | od -An -c | head -n 2)"
}

# Titles, colours, the alternate screen, other character sets, keys, answers typed for the user
# shellcheck disable=SC2016 # no expressions
commands='\033]0;owned\007 \033]2;owned\033\\ \033[2J \033[31m \033[?1049h \033(0 \033[6n \033c \016 \0233A
\033P$q\042p\033\\ \033[21t \033]52;c;b3duZWQ=\007 \033#8 \r\b\177 \033[4l \033[>c'

test_terminal_is_not_commanded()
{
	processes=
	for command in $commands; do
		be "$(bytes "$command")" -- "$(bytes "$command")" "$(bytes 'line\nline')" || return
		processes="$processes $pid"
	done
	tmux -S "$socket" -f /dev/null new-session -d -s test -x 100 -y 50 "cat"
	sleep 0.5
	for args in '-n 0' '-n 40 -a' '-n 40 -w .1 -i 3' '-f json -n 40 -a' '-g -n 40' '-b args -n 40'; do
		for word in $args; do
			case $word in
			-[!n]) has "${word#-}" || continue 2 ;;
			esac
		done
		# tmux has what the terminal is told: title, screen, cursor, colours
		tmux -S "$socket" respawn-pane -k -t test \
			"printf '\\033]2;mine\\007'; stty -echo; $TOPMEM $args; echo status \$?; sleep 60"
		tries=0
		until tmux -S "$socket" capture-pane -t test -p | grep -q '^status'; do
			tries=$((tries + 1))
			[ $tries -lt 100 ] || { fail "$args: no end"; return; }
			sleep 0.1
		done
		tmux -S "$socket" capture-pane -t test -p >"$SHUNIT_TMPDIR/screen"
		tmux -S "$socket" capture-pane -t test -p -e >"$SHUNIT_TMPDIR/coloured"
		assertEquals "$args: title" mine "$(tmux -S "$socket" display-message -t test -p '#{pane_title}')"
		assertEquals "$args: screen" 0 "$(tmux -S "$socket" display-message -t test -p '#{alternate_on}')"
		assertEquals "$args: modes" '1 0 0' \
			"$(tmux -S "$socket" display-message -t test -p '#{cursor_flag} #{insert_flag} #{keypad_flag}')"
		assertEquals "$args: clipboard" '' "$(tmux -S "$socket" show-buffer 2>/dev/null)"
		cmp -s "$SHUNIT_TMPDIR/screen" "$SHUNIT_TMPDIR/coloured" || fail "$args: colours"
		grep -q '^status 0' "$SHUNIT_TMPDIR/screen" || fail "$args: $(cat "$SHUNIT_TMPDIR/screen")"
		# Line drawing, in place of letters
		grep -q 'PID\|"pid"\|PROGRAM\|COMMAND\|ARGS' "$SHUNIT_TMPDIR/screen" || fail "$args: $(cat "$SHUNIT_TMPDIR/screen")"
	done
	# shellcheck disable=SC2086 # a list
	topmem -n 0
	no_controls "$out"
	for pid in $processes; do
		assertEquals "$pid has one line" 1 "$(line "$pid" | grep -c .)"
	done
	# shellcheck disable=SC2086 # a list
	stop $processes
}

# The figures of all are their own, and those of the others, too
test_names_that_are_fields()
{
	processes=
	for name in 'VmRSS: 1' ') R 1 0 0 0 0' 'x) Z 1 1 1 1' '\nVmRSS:\t9 kB' '\nThreads:\t9' 'Uid:\t7\t7\t7\t7' \
		'a\\nVmSize: 0 kB' '0 0 0 0 0 0' '(((((((((((((((' ')))))))))))))))' ' ' '-' '"],{"pid":1' '{a="b"} 1'; do
		be "$(bytes "$name")" || return
		processes="$processes $pid"
	done
	options='pid,rss'
	! has o || options=pid,ppid,thr,vsz,rss
	for args in '' -s; do
		[ -z "$args" ] || has s || continue
		if has o; then
			# shellcheck disable=SC2086 # one word or none
			topmem $args -n 0 -H -o "$options"
		else
			topmem -n 0 -H
		fi
		for pid in $processes; do
			set -- "/proc/$pid/status"
			wanted=$(awk -v pid="$pid" '/^PPid:/ { ppid = $2 } /^Threads:/ { thr = $2 } /^VmSize:/ { vsz = $2 }
				/^VmRSS:/ { rss = $2 } END { print pid, ppid, thr, vsz, rss }' "$1")
			has o || continue
			assertEquals "$pid" "$wanted" "$(line "$pid" | awk '{ print $1, $2, $3, $4, $5 }')"
		done
	done
	# As every reader of stat must, topmem looks for the last parenthesis
	if has g; then
		topmem -g -n 40
		assertEquals '-g: status' 0 $?
		no_controls "$out"
	fi
	if has f; then
		topmem -f json -n 40
		jq -e --arg pids "$processes" '[.rows[].pid] as $all | ($pids | split(" ")[1:] | map(tonumber)) - $all == []' \
			"$out" >"$SHUNIT_TMPDIR/jq" || fail "JSON: $(cat "$out")"
	fi
	# shellcheck disable=SC2086 # a list
	stop $processes
}

# The line of a mapping has its file's name, which may be that of a figure
test_mappings_that_are_fields()
{
	needs s k o || return 0
	mkdir "$SHUNIT_TMPDIR/maps"
	number=0
	for name in 'Private_Dirty:       4096 kB' 'x\nPrivate_Dirty:    999999 kB\nRss:    999999 kB' 'Pss: 1 kB' 'Swap: 9 kB' \
		'x\n00400000-00500000 r-xp 00000000 00:00 0\nPrivate_Clean: 7 kB'; do
		number=$((number + 1))
		launch env -i A=1 NAME="map$number" "MAP=$SHUNIT_TMPDIR/maps/$(bytes "$name")" "$helpers/hostile" || return
		# As an old kernel tells of it: without smaps_rollup
		copy=$SHUNIT_TMPDIR/maps/tree$number/$pid
		mkdir -p "$copy"
		for file in status statm stat smaps; do
			cat "/proc/$pid/$file" >"$copy/$file"
		done
		grep -q 'maps/.*kB' "$copy/smaps" || fail "$name: is not mapped"
		wanted=$(awk '/^Private_(Clean|Dirty|Hugetlb):/ { uss += $2 } /^Pss:/ { pss += $2 } /^Rss:/ { rss += $2 }
			/^Swap:/ { swap += $2 } END { print uss, pss, swap, rss }' "/proc/$pid/smaps_rollup")
		topmem -sH -p "$pid"
		assertEquals "$name: rollup" "$wanted" "$(awk '{ print $2, $3, $4, $5 }' "$out")"
		topmem -sH -R "$SHUNIT_TMPDIR/maps/tree$number"
		# Of each mapping the kernel cuts the part of a kB from Pss
		assertEquals "$name: smaps" "$(echo "$wanted" | awk '{ print $1, $3, $4 }')" "$(awk '{ print $2, $4, $5 }' "$out")"
		stop "$pid"
	done
}

test_name_that_changes()
{
	be 'aaaaaaaaaaaaaaa' RENAME= || return
	renamed=$pid
	seen=
	for _ in $(seq 200); do
		topmem -H -n 0
		assertEquals 'status' 0 $?
		row=$(line "$renamed")
		# The kernel itself may give a part of the one and a part of the other
		expr "$row" : '.* [ab]\{15\}$' >"$SHUNIT_TMPDIR/expr" || fail "$row"
		case $row in
		*a) seen=${seen}a ;;
		*b) seen=${seen}b ;;
		esac
	done
	case $seen in
	*a*b* | *b*a*) ;;
	*) fail "it did not change: $seen" ;;
	esac
	if has c; then
		for _ in $(seq 50); do
			topmem -qc aaaaaaaaaaaaaaa,bbbbbbbbbbbbbbb
			status=$?
			[ $status = 0 ] || [ $status = 3 ] || fail "-c: status $status"
		done
	fi
	stop "$renamed"
}

test_environment_that_changes()
{
	needs e || return 0
	be changing REWRITE= || return
	changing=$pid
	both=
	for _ in $(seq 100); do
		for variable in A=1 B=2; do
			topmem -H -n 0 -e $variable
			status=$?
			case $status:$(cat "$err") in
			0: | 3:*'no such process') ;;
			*) fail "$variable: status $status: $(cat "$err")" ;;
			esac
			[ -z "$(line "$changing")" ] || both="$both $variable"
		done
		topmem -qn 0 -e NAME
		grep -qx "$changing" "$out" || fail 'what stays in the environment'
	done
	case $both in
	*A=1*B=2* | *B=2*A=1*) ;;
	*) fail "one only: $both" ;;
	esac
	stop "$changing"
}

# As long as the kernel takes it: a quarter of the stack's limit
test_very_long_command_line()
{
	needs a || return 0
	word=$(head -c 131000 /dev/zero | tr '\0' 'w')
	set --
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		set -- "$@" "$word"
	done
	be long -- "$@" || return
	topmem -aH -p "$pid" 2>/dev/null || topmem -aH -n 0
	{
		printf '%s' "$helpers/hostile"
		printf ' %s' "$@"
	} >"$SHUNIT_TMPDIR/wanted"
	line "$pid" | sed 's/^ *[0-9]* *[0-9]* *[0-9.]* //' | tr -d '\n' >"$SHUNIT_TMPDIR/seen"
	cmp "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/seen" || fail "$(wc -c <"$SHUNIT_TMPDIR/seen") bytes"
	assertTrue 'too short' "[ $(wc -c <"$SHUNIT_TMPDIR/seen") -gt 1900000 ]"
	stop "$pid"
}

# shellcheck source=/dev/null
. shunit2
