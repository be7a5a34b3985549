#!/bin/sh
# The command line: what is taken, what is refused and how, and outputs that cannot be written.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"

# twenty processes, 1 the smallest
oneTimeSetUp()
{
	tree=$SHUNIT_TMPDIR/twenty
	for number in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		process "$tree" "$number" "$((number * 1000))" "p$number"
	done
}

# refused_operand CULPRIT ARG...: the same, but BusyBox answers operands with the usage alone
refused_operand()
{
	if standalone; then
		refused "$@"
		return
	fi
	shift
	topmem "$@"
	assertEquals "$*: status" 3 $?
	assertEquals "$*: stdout" '' "$(cat "$out")"
	assertEquals "$*: stderr" "$($TOPMEM --help 2>&1)" "$(cat "$err")"
}

# pids WANTED ARG...: topmem ARG... prints these PIDs, one a line, here with blanks between
pids()
{
	wanted=$1
	shift
	topmem -R "$tree" "$@"
	assertEquals "$*: status" 0 $?
	assertEquals "$*" "$wanted" "$(tr '\n' ' ' <"$out" | sed 's/ $//')"
	assertEquals "$*: stderr" '' "$(cat "$err")"
}

test_unknown_options()
{
	refused z -z
	refused z -qz
	refused Z -n 1 -Z
	refused - --bogus
	refused - --helpful
	refused - --hel
	refused - --n=3
	refused '?' '-?'
	refused : -:
}

test_missing_values()
{
	refused n -n
	refused n -qn
	refused R -R
	for letter in k o p u c e b w i f; do
		! has $letter || refused $letter -$letter
	done
}

test_bad_numbers()
{
	for number in x -1 99999999999999999999 18446744073709551617 5x x5 0x10 1.5 1e3 2K +5 ' 5' '5 ' -0 --; do
		refused "$number" -n "$number"
		refused "$number" "-n$number"
	done
	refused n -n ''
	refused '	7' -n '	7'
	refused 2q -n2q
}

test_bad_columns()
{
	needs k o || return 0
	for column in bogus pi pidd 'rss ' grow%; do
		refused "$column" -k "$column"
		refused "$column" -o "$column"
		refused "$column" -o "pid,$column"
		refused "$column" -o "$column,pid"
	done
	# the known ones are told
	topmem -o bogus
	for column in pid ppid user thr rss vsz shr anon hwm data stk text lib pte lck swap huge foot oom adj mem \
	    comm args; do
		grep -qw "$column" "$err" || fail "$column is not listed: $(cat "$err")"
	done
	refused column -k ''
	refused column -o ''
	refused column -o ,
	refused column -o pid,
	refused column -o ,pid
	refused column -o pid,,rss
	refused pid,rss -k pid,rss
}

test_operands()
{
	refused_operand foo foo
	refused_operand foo -q foo
	refused_operand foo -- foo
	refused_operand foo -n 1 -- foo
	refused_operand -z -- -z
	refused_operand - -
}

test_bad_folders()
{
	refused "$SHUNIT_TMPDIR/missing" -R "$SHUNIT_TMPDIR/missing"
	grep -qi 'no such file or directory' "$err" || fail "$(cat "$err")"
	echo 1 >"$SHUNIT_TMPDIR/file"
	refused "$SHUNIT_TMPDIR/file" -R "$SHUNIT_TMPDIR/file"
	grep -qi 'not a directory' "$err" || fail "$(cat "$err")"
	refused 'no such file' -R ''
	mkdir "$SHUNIT_TMPDIR/empty"
	refused "$SHUNIT_TMPDIR/empty" -R "$SHUNIT_TMPDIR/empty"
	refused "$SHUNIT_TMPDIR/empty" -q -n 0 -R "$SHUNIT_TMPDIR/empty"
	name=$(awk 'BEGIN { for (i = 0; i < 5000; i++) printf "n" }')
	refused nnnnn -R "$name"
	refused nnnnn -R "/$name/$name"
	# nothing but kernel threads
	mkdir -p "$SHUNIT_TMPDIR/kernel/2"
	printf 'Name:\tkthreadd\nState:\tS (sleeping)\nPid:\t2\nPPid:\t0\nThreads:\t1\n' \
		>"$SHUNIT_TMPDIR/kernel/2/status"
	echo '0 0 0 0 0 0 0' >"$SHUNIT_TMPDIR/kernel/2/statm"
	refused "$SHUNIT_TMPDIR/kernel" -R "$SHUNIT_TMPDIR/kernel"
	mkdir -m 000 "$SHUNIT_TMPDIR/locked"
	if [ "$(id -u)" -ne 0 ]; then
		refused "$SHUNIT_TMPDIR/locked" -R "$SHUNIT_TMPDIR/locked"
	fi
	rmdir "$SHUNIT_TMPDIR/locked"
}

test_names_of_folders()
{
	pids 20 -q
	(cd "$tree" && $TOPMEM -q -R .) >"$SHUNIT_TMPDIR/here"
	assertEquals 20 "$(cat "$SHUNIT_TMPDIR/here")"
	(cd "$tree/3" && $TOPMEM -q -R ..) >"$SHUNIT_TMPDIR/here"
	assertEquals 20 "$(cat "$SHUNIT_TMPDIR/here")"
	ln -s "$tree" "$SHUNIT_TMPDIR/link"
	for folder in "$tree/" "$tree//" "$tree/./3/.." "$SHUNIT_TMPDIR/link" "$SHUNIT_TMPDIR/link/"; do
		topmem -q -R "$folder"
		assertEquals "$folder" 20 "$(cat "$out")"
	done
	topmem "-R$tree" -q
	assertEquals 20 "$(cat "$out")"
	topmem "-qR$tree"
	assertEquals 20 "$(cat "$out")"
	topmem -q -R "$SHUNIT_TMPDIR/missing" -R "$tree"
	assertEquals 'the last counts' 20 "$(cat "$out")"
	name="$SHUNIT_TMPDIR/a b'c"
	ln -s "$tree" "$name"
	topmem -q -R "$name"
	assertEquals 20 "$(cat "$out")"
}

test_numbers()
{
	pids '20 19 18' -qn3
	pids '20 19 18' -q -n 3
	pids '20 19 18' -n3 -q
	pids '20 19' -q -n 3 -n 2
	pids '20 19' -q -n 0 -n 2
	pids '20 19 18 17 16 15 14' -q -n 007
	pids '20 19 18' -q -n 000000003
	all=$(for number in 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1; do printf '%s ' "$number"; done)
	for number in 20 21 255 256 257 1000 65536 65537 1000000; do
		pids "${all% }" -q -n "$number"
	done
	# A number that no int holds is refused or right, not another number
	for number in 2147483647 2147483648 4294967295 4294967296 4294967297; do
		if topmem -R "$tree" -q -n "$number"; then
			assertEquals "-n $number" 20 "$(wc -l <"$out" | tr -d ' ')"
		else
			refused "$number" -R "$tree" -q -n "$number"
		fi
	done
}

test_flags_combine()
{
	pids 20 -qH
	pids 20 -Hq
	pids 20 -qqHH
	pids '20 19' -qHn2
	pids 20 -q --
	! has h || pids 20 -qh
	! has s || pids '20 19 18' -sqn3
	! has a || pids 20 -qa
	! has r || pids '18 19 20' -rqn3
	! has r || pids '18 19 20' -rrqn3
}

test_options_that_are_switched_off_are_refused()
{
	for letter in h s a r; do
		if has "$letter"; then
			topmem "-$letter" -R "$tree" || fail "-$letter: status $?"
		else
			refused "$letter" "-$letter" -R "$tree"
		fi
	done
	while read -r letter value; do
		# shellcheck disable=SC2086 # nothing or several words
		if has "$letter"; then
			topmem "-$letter" $value -R "$tree" || fail "-$letter: status $?"
		else
			refused "$letter" "-$letter" $value -R "$tree"
		fi
	done <<-'END'
		k rss
		o rss
		p 7
		u 0
		c p7
		g
		b user
		t
		w 1 -i 1
		f json
	END
}

test_help()
{
	topmem --help
	assertEquals 0 $?
	# BusyBox prints the help of all its applets to standard error
	standalone || { help=$out out=$err err=$help; }
	assertEquals '' "$(cat "$err")"
	grep -q 'topmem' "$out" || fail "$(cat "$out")"
	for letter in n q H R; do
		has "$letter" || fail "-$letter is not explained: $(cat "$out")"
	done
	# a tab is up to 8 columns of the 80 that a terminal has
	assertEquals '' "$(awk '{ gsub(/\t/, "        ") } length($0) > 79' "$out")"
}

test_list_of_columns()
{
	needs o || return 0
	topmem -o help
	assertEquals 0 $?
	assertEquals '' "$(cat "$err")"
	listed="pid ppid user thr rss vsz shr anon hwm data stk text lib pte lck swap huge foot oom adj mem comm args"
	! has s || listed="$listed uss pss dirty epss"
	for column in $listed; do
		awk -v column="$column" '$1 == column && NF > 1 { found = 1 } END { exit !found }' "$out" ||
			fail "$column is not explained: $(cat "$out")"
	done
	# and what is listed is known
	listed=$(awk '$1 ~ /^[a-z]+$/ { print $1 }' "$out")
	for column in $listed; do
		again=
		[ "$column" != grow ] || again='-w 1 -i 1'
		# shellcheck disable=SC2086 # nothing or several words
		$TOPMEM -R "$tree" -o "$column" $again >/dev/null || fail "-o $column: status $?"
		case $column in
		comm | args | user | cgroup) ;;
		*)
			# shellcheck disable=SC2086 # nothing or several words
			$TOPMEM -R "$tree" -k "$column" $again >/dev/null || fail "-k $column: status $?"
			;;
		esac
	done
}

test_bad_selections()
{
	needs p u c e || return 0
	for list in 0 x -1 '' ',' '1,' ',1' '1,,2' '1,x' 'x,1' 1.5 0x1 '1 ' '1,0' 00 '1,-1'; do
		refused "$list" -p "$list"
		refused 'invalid number' -R "$tree" -p "$list"
	done
	refused nosuch -u nosuch
	refused nosuch -u root,nosuch
	refused nosuch -R "$tree" -u nosuch,0
	refused 'no such' -u ''
	refused 'no such' -u ','
	refused 'no such' -u 'root,'
	refused '=' -e '='
	refused '=x' -e '=x'
	refused variable -e ''
	# Nobody is not an error of the command line, but one all the same
	for choice in "-p 4000000" "-c nosuchname" "-e NO_SUCH_VARIABLE_ANYWHERE=1" "-u 4000000000" "-p 1 -c nosuchname"; do
		# shellcheck disable=SC2086 # several words
		refused 'no such process' -R "$tree" $choice
		assertEquals "$choice" "topmem: $tree: no such process" "$(cat "$err")"
	done
}

test_bad_groups()
{
	needs g b t || return 0
	for by in '' x pid programs 'prog,' 'user,prog' USER 'user ' argsx; do
		refused "$by" -b "$by"
	done
	refused 'no such column' -g -k nosuch
	refused 'number' -g -k comm
}

test_bad_intervals()
{
	needs w i || return 0
	for interval in 0 x '' -1 +1 0.0 .0 . 0. .0001 1x x1 1.x 1.5x 1..5 1.5.5 1,5 1e3 1s ' 1' '1 ' 0x1 \
	    99999999999999999999 18446744073709551617 2147484 inf nan; do
		refused "$interval" -w "$interval"
		refused 'invalid number' -R "$tree" -w "$interval" -i 1
	done
	for count in 0 x '' -1 1.5 1x ' 1' 99999999999999999999 2147483648; do
		refused "$count" -w 1 -i "$count"
	done
	refused 'needs -w' -i 3
	assertEquals 'topmem: -i: needs -w' "$(cat "$err")"
	refused 'needs -w' -R "$tree" -i 3
	refused 'needs -w' -k grow
	assertEquals 'topmem: grow: needs -w' "$(cat "$err")"
	refused 'needs -w' -o pid,grow
	refused 'no such column' -w 1 -i 1 -k grow%
}

test_bad_formats()
{
	needs f || return 0
	for format in '' xml JSON jso jsonx ' json' json,json; do
		refused "$format" -f "$format"
		refused 'no such format' -R "$tree" -f "$format"
	done
}

test_new_options_combine()
{
	! has p || pids '19 7' -q -n 5 -p 7,19
	! has p || pids '19 7' -qn5 -p7,19,7
	! has p || ! has c || pids 7 -q -n 5 -p 7,19 -c p7,p8
	! has u || pids '20 19' -q -n 2 -u 0
	! has u || pids '20 19' -q -n 2 -u 5,root,0
	! has w || pids '20 20' -Hq -w.001 -i2
	! has w || pids '20 19 20 19' -Hqn2 -i2 -w0.001
	! has g || pids p20 -gq
	! has b || pids p20 -qb prog
	! has b || pids p20 -qbprog
	! has t || pids 210000 -t
}

# However long the list, nothing breaks
test_very_many_columns()
{
	needs o || return 0
	list=pid
	number=0
	while [ "$number" -lt 300 ]; do
		list="$list,rss%"
		number=$((number + 1))
	done
	topmem -R "$tree" -o "$list"
	case $? in
	0) assertEquals 301 "$(awk 'NR == 2 { print NF }' "$out")" ;;
	3) assertEquals '' "$(cat "$out")" ;;
	*) fail "many columns: $(cat "$err")" ;;
	esac
	# As many as the manual says
	most=$(sed -n 's/.* \([0-9]*\) at most\.$/\1/p' "$top/applet/topmem.1")
	list=$(awk -v most="$most" 'BEGIN { for (i = 1; i < most; i++) printf "rss," }')
	topmem -H -R "$tree" -o "${list}rss"
	assertEquals "$most" "$most" "$(wc -w <"$out" | tr -d ' ')"
	refused 'too many' -R "$tree" -o "${list}rss,rss"
	list=$(awk 'BEGIN { for (i = 0; i < 100000; i++) printf "x" }')
	topmem -R "$tree" -o "$list"
	assertEquals 3 $?
	topmem -R "$tree" -k "$list"
	assertEquals 3 $?
}

# unwritable ARG...: with an output that takes nothing
unwritable()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	$TOPMEM "$@" >&- 2>"$err"
	assertEquals "closed: $*" 3 $?
	grep -q '^topmem: ' "$err" || fail "closed: $*: $(cat "$err")"
	$TOPMEM "$@" >/dev/full 2>"$err"
	assertEquals "full: $*" 3 $?
	grep -qi '^topmem: .*no space left on device' "$err" || fail "full: $*: $(cat "$err")"
	$TOPMEM "$@" 1</dev/null 2>"$err"
	assertEquals "read only: $*" 3 $?
	grep -q '^topmem: ' "$err" || fail "read only: $*: $(cat "$err")"
}

test_output_that_cannot_be_written()
{
	unwritable -R "$tree"
	unwritable -R "$tree" -q
	unwritable -R "$tree" -n 0
	unwritable -R "$tree" -n 100
	# BusyBox itself prints its applets' help, and does not look
	! standalone || unwritable --help
	! has s || unwritable -R "$tree" -s
	! has o || unwritable -o help
}

# piped ARG...: into a pipe that nobody reads; its status is in $status
piped()
{
	err=$SHUNIT_TMPDIR/err
	{
		# until the reader has gone
		while (trap '' PIPE; echo) 2>/dev/null; do
			sleep 0.02
		done
		$TOPMEM "$@" 2>"$err"
		echo $? >"$SHUNIT_TMPDIR/status"
	} | :
	status=$(cat "$SHUNIT_TMPDIR/status")
}

test_closed_pipe()
{
	# a shell cannot undo what it was started with
	if ! ignored 13; then
		piped -R "$tree"
		assertEquals 'by SIGPIPE' 141 "$status"
		assertEquals 'silently' '' "$(cat "$err")"
		piped -R "$tree" -n 0
		assertEquals 141 "$status"
	fi
	# where the signal is ignored it is an error like others
	trap '' PIPE
	piped -R "$tree"
	trap - PIPE
	assertEquals 3 "$status"
	grep -qi '^topmem: .*broken pipe' "$err" || fail "$(cat "$err")"
}

test_closed_stderr()
{
	out=$SHUNIT_TMPDIR/out
	$TOPMEM -R "$tree" -q >"$out" 2>&-
	assertEquals 0 $?
	assertEquals 20 "$(cat "$out")"
	$TOPMEM -z >"$out" 2>&-
	assertEquals 3 $?
	assertEquals '' "$(cat "$out")"
	$TOPMEM -R "$tree" >/dev/full 2>&-
	assertEquals 3 $?
	$TOPMEM -R "$tree" -q <&- >"$out"
	assertEquals 0 $?
	assertEquals 20 "$(cat "$out")"
	# A warning that nobody can read is no reason to fail: all smaps of the tree are
	# missing but one
	needs s || return 0
	cp -r "$tree" "$tree.warns"
	echo 'Rss: 4 kB' >"$tree.warns/20/smaps"
	topmem -R "$tree.warns" -s -n 100
	assertContains "$(cat "$err")" "not readable"
	$TOPMEM -R "$tree.warns" -s -n 100 >"$out.closed" 2>&-
	assertEquals 0 $?
	assertEquals "$(cat "$out")" "$(cat "$out.closed")"
}

# Descriptors 0 to 2 are then those of files that topmem opens: it must not write into them
test_all_standard_descriptors_closed()
{
	find "$tree" -type f -exec cksum {} + | sort >"$SHUNIT_TMPDIR/before"
	$TOPMEM -R "$tree" -n 100 <&- >&- 2>&-
	assertEquals 3 $?
	$TOPMEM -z <&- >&- 2>&-
	assertEquals 3 $?
	$TOPMEM --help <&- >&- 2>&-
	status=$?
	# as above
	! standalone || assertEquals 3 $status
	$TOPMEM -R "$tree" -q <&- 2>&- >"$SHUNIT_TMPDIR/out"
	assertEquals 0 $?
	assertEquals 20 "$(cat "$SHUNIT_TMPDIR/out")"
	! has s || $TOPMEM -R "$tree" -s -n 100 <&- >&- 2>&-
	find "$tree" -type f -exec cksum {} + | sort >"$SHUNIT_TMPDIR/after"
	assertTrue 'the tree is as before' "cmp -s '$SHUNIT_TMPDIR/before' '$SHUNIT_TMPDIR/after'"
}

. shunit2
