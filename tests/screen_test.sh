#!/bin/sh
# On a terminal: -w redraws the screen in place and fits its size; lines are cut to its width. In tmux, at
# several sizes, and byte by byte.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone "$@"

# forty processes, 140 the largest
oneTimeSetUp()
{
	forty=$SHUNIT_TMPDIR/forty
	number=101
	while [ $number -le 140 ]; do
		process "$forty" $number $((number * 1000)) "p$number"
		printf 'p%s\000a rather long command line, of more than a hundred bytes\000%0150d' $number 7 \
			>"$forty/$number/cmdline"
		number=$((number + 1))
	done
	echo '12345.67 23456.78' >"$forty/uptime"
	printf 'MemTotal:  1000000 kB\nMemAvailable:  400000 kB\n' >"$forty/meminfo"
	shown=$SHUNIT_TMPDIR/shown
	socket=$SHUNIT_TMPDIR/tmux
	# A session that stays, so that the server does
	tmux -S "$socket" -f /dev/null new-session -d -s keeper cat \; set -g status off \; set -g history-limit 1000
}

oneTimeTearDown()
{
	[ ! -S "$socket" ] || tmux -S "$socket" kill-server 2>/dev/null
	stop_all
}

# screen COLUMNS ROWS ARG...: topmem in a terminal of this size. What it tells on standard error is
# in $err
screen()
{
	columns=$1 rows=$2
	shift 2
	command="exec $TOPMEM"
	for word; do
		command="$command '$word'"
	done
	tmux -S "$socket" new-session -d -s test -x "$columns" -y "$rows" "stty cols $columns rows $rows; $command"
}

# shown: the screen is in that file, its lines without the blanks at their ends
shown()
{
	tmux -S "$socket" capture-pane -t test -p | sed 's/ *$//' >"$shown"
}

# becomes COMMAND...: the screen comes to be so that this succeeds, within 30 seconds
becomes()
{
	tries=0
	until shown && "$@" >/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 600 ] || { fail "$*: $(cat "$shown")"; close_screen; return 1; }
		sleep 0.05
	done
}

# shows PATTERN: the screen comes to do so
shows()
{
	becomes grep -e "$1" "$shown"
}

# without_end: but for empty lines at its end. Digits of the first line, the time, are all 9
without_end()
{
	sed '1s/[0-9]/9/g' | sed -e :more -e '/^\n*$/{$d; N; b more' -e '}'
}

# as_wanted: the screen is what was put down for it
as_wanted()
{
	without_end <"$shown" | diff "$SHUNIT_TMPDIR/wanted" -
}

# nothing_scrolled MESSAGE: no line has left the screen at its top
nothing_scrolled()
{
	assertEquals "$1: lines above the screen" 0 "$(tmux -S "$socket" display-message -t test -p '#{history_size}')"
}

close_screen()
{
	tmux -S "$socket" kill-session -t test
}

# fits COLUMNS ROWS ARG...: the time, and what there is without -w, cut to the size; still so after some
# samples
fits()
{
	columns=$1 rows=$2
	shift 2
	topmem -R "$forty" "$@"
	{
		case "$* " in
		*'-H '*) ;;
		*) echo '9999-99-99T99:99:99Z up 99999' ;;
		esac
		cat "$out"
	} | cut -c "-$columns" | sed 's/ *$//' | head -n $((rows - 1)) | without_end >"$SHUNIT_TMPDIR/wanted"
	screen "$columns" "$rows" -R "$forty" -w .05 "$@"
	becomes as_wanted || return
	sleep 0.3
	shown
	differs=$(as_wanted) || fail "$columns x $rows, $*: $differs"
	nothing_scrolled "$columns x $rows, $*"
	close_screen
}

test_sizes()
{
	needs w a || return 0
	fits 80 24 -n 100
	fits 80 24 -n 0 -a
	fits 40 10 -n 30 -a
	fits 20 5 -n 30
	fits 10 3 -n 30
	fits 200 50 -n 100 -a
	fits 80 24
	# Lines as wide as the screen: of its 34 columns, COMMAND has 15
	process "$forty" 150 150000 123456789012345
	fits 34 8 -n 4
	fits 33 8 -n 4
	rm -r "${forty:?}/150"
	! has g || fits 80 24 -g -n 3
	! has g || fits 80 24 -t
	fits 80 24 -q -n 100
	fits 40 10 -H -k pid -o pid,comm -n 100
}

# all_short: the rows are those of command lines "x"
all_short()
{
	! sed 1,2d "$shown" | grep -v ' x$' | grep .
}

# has_lines COUNT
has_lines()
{
	[ "$(grep -c . "$shown")" = "$1" ]
}

# The names of all rows become shorter, then rows fewer: nothing old stays
test_old_content_is_cleared()
{
	needs w || return 0
	tree=$SHUNIT_TMPDIR/old
	cp -r "$forty" "$tree"
	screen 60 20 -R "$tree" -w .05 -n 100 -a
	shows 'a rather long' || return
	for folder in "$tree"/1*; do
		printf 'x' >"$folder/cmdline"
	done
	becomes all_short || return
	rm -rf "$tree"/11* "$tree"/12* "$tree"/13* "$tree"/14*
	becomes has_lines 11 || return
	nothing_scrolled 'after that'
	close_screen
}

test_resized_while_it_runs()
{
	needs w || return 0
	screen 80 24 -R "$forty" -w .05 -n 100 -a
	shows 'p120 a rather' || return
	for size in "40 10" "20 5" "100 30" "200 50" "80 24"; do
		columns=${size% *} rows=${size#* }
		tmux -S "$socket" resize-window -t test -x "$columns" -y "$rows"
		{
			echo '9999-99-99T99:99:99Z up 99999'
			$TOPMEM -R "$forty" -n 100 -a
		} | cut -c "-$columns" | sed 's/ *$//' | head -n $((rows - 1)) | without_end >"$SHUNIT_TMPDIR/wanted"
		becomes as_wanted || return
	done
	close_screen
}

# The largest come last, and those are what is looked for: they are on the screen
test_largest_last()
{
	needs w r || return 0
	screen 80 10 -R "$forty" -w .05 -n 40 -r
	shows p140 || return
	nothing_scrolled '-r'
	close_screen
	if has l; then
		screen 80 30 -R "$forty" -w .05 -n 40 -rl
		shows p140 || return
		assertTrue "below memory: $(cat "$shown")" "grep -q '^used' '$shown'"
		close_screen
	fi
	has g || return 0
	screen 80 10 -R "$forty" -w .05 -n 40 -g
	shows ' total$' || return
	close_screen
}

# has_each_row: from 101 to 115, each in its line
has_each_row()
{
	[ "$(seq 101 115 | tr '\n' ' ')" = "$(sed 1,2d "$shown" | awk 'NF { printf "%s ", $1 }')" ]
}

# Names of characters two columns wide, of bytes that are none, of combining ones
test_wide_characters()
{
	needs w a || return 0
	tree=$SHUNIT_TMPDIR/characters
	number=101
	while read -r bytes; do
		# shellcheck disable=SC2059 # escapes
		process "$tree" $number 4000 "$(printf "$bytes")"
		# shellcheck disable=SC2059 # escapes
		awk -v text="$(printf "$bytes")" 'BEGIN { for (i = 0; i < 100; i++) printf "%s", text }' \
			>"$tree/$number/cmdline"
		number=$((number + 1))
	done <<-'END'
		\343\203\241
		\360\237\220\247
		a\343\203\241
		\352\260\200b
		\303\251
		e\314\201
		\357\274\241
		\303
		\342\202
		\360\237\220x
		\033[31mred
		\t
		\r\b
		\302\233
		\342\200\256x
	END
	for columns in 20 21 40 41 80; do
		screen $columns 20 -R "$tree" -w .05 -n 100 -k pid -r -a -o pid,args
		becomes has_each_row || return
		nothing_scrolled "$columns"
		close_screen
	done
	screen 24 20 -R "$tree" -w .05 -n 100 -k pid -r
	becomes has_each_row || return
	close_screen
}

# has_next_sample FIRST: the first line is that of a later one than FIRST, and all is there
has_next_sample()
{
	next=$(sed -n 1p "$shown")
	[ "$next" != "$1" ] && [ "${next#*Z up}" != "$next" ] && has_lines 9 && ! grep 'not readable' "$shown"
}

# A message comes between and is gone with the next sample, the screen is as before
test_messages()
{
	needs w || return 0
	has s || return 0
	tree=$SHUNIT_TMPDIR/messages
	cp -r "$forty" "$tree"
	printf 'Rss: 4 kB\nPss: 4 kB\nPrivate_Dirty: 4 kB\nSwap: 0 kB\n' >"$tree/140/smaps_rollup"
	screen 80 10 -R "$tree" -w 1 -s -n 100
	shows 'Z up' || return
	first=$(sed -n 1p "$shown")
	becomes has_next_sample "$first" || return
	close_screen
}

# pty COLUMNS ROWS COMMAND: what it writes to a terminal of this size is in $out, with the carriage
# returns. Its status is returned
pty()
{
	out=$SHUNIT_TMPDIR/out
	script -qec "stty cols $1 rows $2 && { $3; }" /dev/null </dev/null >"$out" 2>"$SHUNIT_TMPDIR/err"
}

# emulated COLUMNS ROWS: what a terminal shows of $out. Like xterm and the console it stays in the last
# column until a further character comes, and what is cleared from there on is that column's, too.
# Below it "wraps N, scrolls N"
emulated()
{
	awk -v columns="$1" -v rows="$2" '
		function newline() {
			if (row < rows) {
				row++
				return
			}
			scrolls++
			for (i = 1; i < rows; i++)
				line[i] = line[i + 1]
			line[rows] = ""
		}
		function pad(text, n) {
			return substr(text sprintf("%" n "s", ""), 1, n)
		}
		BEGIN { row = column = 1; RS = "\001" }
		{
			for (at = 1; at <= length($0); at++) {
				c = substr($0, at, 1)
				if (c == "\033") {
					what = substr($0, at + 1, 2)
					at += 2
					if (what == "[H") {
						row = column = 1
					} else if (what == "[K" || what == "[J") {
						line[row] = pad(line[row], (column > columns ? columns : column) - 1)
						for (i = row + 1; i <= rows && what == "[J"; i++)
							line[i] = ""
					} else {
						print "unknown " what
					}
				} else if (c == "\r") {
					column = 1
				} else if (c == "\n") {
					newline()
				} else {
					if (column > columns) {
						wraps++
						newline()
						column = 1
					}
					line[row] = pad(line[row], column - 1) c substr(line[row], column + 1)
					column++
				}
			}
		}
		END {
			for (i = 1; i <= rows; i++) {
				sub(/ *$/, "", line[i])
				print line[i]
			}
			print "wraps " wraps + 0 ", scrolls " scrolls + 0
		}' "$out"
}

test_bytes_of_a_screen()
{
	needs w i a || return 0
	for size in "80 24" "40 10" "34 8" "20 5" "10 2" "0 0" "0 10" "50 0"; do
		columns=${size% *} rows=${size#* }
		# shellcheck disable=SC2086 # two numbers
		pty $size "$TOPMEM -R '$forty' -w .05 -i 3 -n 100 -a"
		assertEquals "$size: status" 0 $?
		[ "$columns" != 0 ] || columns=80
		[ "$rows" != 0 ] || rows=24
		{
			grep -m 1 -o '....-..-..T[0-9:]*Z\( up 12345\)*' "$out"
			$TOPMEM -R "$forty" -n 100 -a
		} >"$SHUNIT_TMPDIR/whole"
		# The last column, too: a figure may end there
		{
			cut -c "-$columns" "$SHUNIT_TMPDIR/whole" | sed 's/ *$//' | head -n $((rows - 1))
			echo
			echo 'wraps 0, scrolls 0'
		} >"$SHUNIT_TMPDIR/wanted"
		emulated "$columns" "$rows" >"$SHUNIT_TMPDIR/seen"
		sed -i 1d "$SHUNIT_TMPDIR/seen" "$SHUNIT_TMPDIR/wanted"
		cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/seen" ||
			fail "$size: $(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/seen" | head -n 20)"
		assertEquals "$size: homes" 3 "$(tr '\033' '\n' <"$out" | grep -c '^\[H')"
		assertEquals "$size: never the whole screen at once" 0 "$(tr '\033' '\n' <"$out" | grep -c '^\[2J')"
	done
}

# A line that leaves one column free is there to its last letter; wider ones are cut there or one later
test_last_column()
{
	needs w i || return 0
	tree=$SHUNIT_TMPDIR/last
	process "$tree" 7 400 123456789012345
	for columns in 33 34 35 36; do
		pty $columns 6 "$TOPMEM -R '$tree' -w .05 -i 2"
		emulated $columns 6 >"$SHUNIT_TMPDIR/seen"
		columns=$columns awk 'NR == 3 && !/123456789012(3(4(5)?)?)?$/ || NR > 3 && NR < 7 && NF' "$SHUNIT_TMPDIR/seen" \
			>"$SHUNIT_TMPDIR/bad"
		assertEquals "$columns" '' "$(cat "$SHUNIT_TMPDIR/bad")"
	done
	pty 35 6 "$TOPMEM -R '$tree' -w .05 -i 2"
	emulated 35 6 | grep -q '123456789012345$' || fail "of 35 columns: $(emulated 35 6)"
}

# Without -w lines are cut, too, but there are as many as are wanted and no commands to the terminal
test_once()
{
	needs a || return 0
	topmem -R "$forty" -n 40 -a
	cp "$out" "$SHUNIT_TMPDIR/whole"
	assertTrue 'whole in a file' "[ $(awk '{ print length($0) }' "$SHUNIT_TMPDIR/whole" | sort -n | tail -n 1) -gt 200 ]"
	$TOPMEM -R "$forty" -n 40 -a | cmp - "$SHUNIT_TMPDIR/whole" || fail 'not whole through a pipe'
	for size in "80 24" "40 10" "20 5" "200 50" "0 0"; do
		columns=${size% *}
		[ "$columns" != 0 ] || columns=80
		# shellcheck disable=SC2086 # two numbers
		pty $size "$TOPMEM -R '$forty' -n 40 -a"
		tr -d '\r' <"$out" >"$SHUNIT_TMPDIR/seen"
		cut -c "-$columns" "$SHUNIT_TMPDIR/whole" >"$SHUNIT_TMPDIR/wanted.0"
		cut -c "-$((columns - 1))" "$SHUNIT_TMPDIR/whole" >"$SHUNIT_TMPDIR/wanted.1"
		cmp -s "$SHUNIT_TMPDIR/wanted.0" "$SHUNIT_TMPDIR/seen" || cmp -s "$SHUNIT_TMPDIR/wanted.1" "$SHUNIT_TMPDIR/seen" ||
			fail "$size: $(diff "$SHUNIT_TMPDIR/wanted.0" "$SHUNIT_TMPDIR/seen" | head -n 10)"
	done
}

test_very_long_command_lines()
{
	needs a || return 0
	tree=$SHUNIT_TMPDIR/long
	process "$tree" 7 400 x
	awk 'BEGIN { for (i = 0; i < 200000; i++) printf "0123456789" }' >"$tree/7/cmdline"
	assertEquals 'through a pipe' 2000000 "$($TOPMEM -R "$tree" -a -H -o args | tr -d '\n' | wc -c | tr -d ' ')"
	pty 80 24 "$TOPMEM -R '$tree' -a -H -o args"
	assertTrue 'on a terminal' "tr -d '\r' <'$out' | grep -qx '[0-9]\{79,80\}'"
	assertEquals 'on a terminal' 1 "$(wc -l <"$out" | tr -d ' ')"
	# JSON is for programs: never cut
	! has "f json" || {
		pty 20 5 "$TOPMEM -R '$tree' -a -f json"
		assertTrue 'JSON' "[ $(wc -c <"$out") -gt 2000000 ]"
	}
}

# shellcheck source=/dev/null
. shunit2
