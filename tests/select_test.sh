#!/bin/sh
# Selections: -p, -u, -c and -e, alone and in any mix, on processes that were made for it, on
# procfs trees, and what is no selection.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone "$@"

# Owners that /etc/passwd does and does not know
first=1234
second=4321
nameless=5432

oneTimeSetUp()
{
	# Otherwise this is no suite: each test says so
	has p || return 0
	helper memproc || return
	cat >"$SHUNIT_TMPDIR/passwd" <<-END
		root:x:0:0:root:/root:/bin/sh
		firstly:x:77:77::/:/bin/false
		first:x:$first:$first::/:/bin/false
		fir:x:78:78::/:/bin/false
		second:x:$second:$second::/:/bin/false
		setuid:x:8765:8765::/:/bin/false
		idle:x:79:79::/:/bin/false
	END
	# In this namespace alone
	mount --bind "$SHUNIT_TMPDIR/passwd" /etc/passwd || return

	export WHO=alpha
	start memproc private=8M name=alpha || return
	alpha=$pid
	start memproc private=6M name=alpha uid=$first || return
	alpha_first=$pid
	WHO=beta
	start memproc private=4M name=beta uid=$first || return
	beta_first=$pid
	start memproc private=5M name=beta uid=$nameless || return
	beta_nameless=$pid
	start memproc private=3M name=fifteen-bytes-x || return
	fifteen=$pid
	unset WHO
	start memproc private=2M name=with,comma euid=8765 || return
	setuid=$pid
	export GONE='it is'
	start memproc private=7M uid=$second name=gone dead-leader || return
	gone=$pid
	unset GONE
	# More than are held at once. The first PID is that of the parent
	export MANY=1
	start memproc fork=40 private=~900K shared-anon=~900K adj=~500 uid=$second name=many || return
	unset MANY
	many=$(children "$pid")
	start memproc uid=$second fork=2 private=50K name=few || return
	few_parent=$pid
	few=$(children "$pid")
}

# children PID: theirs
children()
{
	cat "/proc/$1/task/$1/children"
}

# picks "PID..." ARG...: these processes and no others
picks()
{
	# shellcheck disable=SC2086 # a list of PIDs
	wanted=$(printf '%s\n' $1 | sort -n)
	shift
	topmem "$@" -q -n 1000
	assertEquals "$*: status; $(cat "$err")" 0 $?
	assertEquals "$*" "$wanted" "$(sort -n "$out")"
	assertEquals "$*: stderr" "" "$(cat "$err")"
}

# nothing ARG...: no process matches
nothing()
{
	topmem "$@"
	assertEquals "$*: status" 3 $?
	assertEquals "$*: stdout" "" "$(cat "$out")"
	assertEquals "$*" "topmem: /proc: no such process" "$(cat "$err")"
}

test_pids()
{
	needs p || return 0
	picks "$alpha" -p "$alpha"
	picks "$alpha $beta_first $gone" -p "$gone,$alpha,$beta_first"
	picks "$alpha" -p "$alpha,$alpha"
	picks "$alpha" -p "4194304,$alpha"
	picks "$alpha" -p "$alpha,99999999999999999999999"
	# Not that of 32 bits
	nothing -p "$((alpha + 4294967296))"
	nothing -p "$(awk -v pid="$alpha" 'BEGIN { printf "1844674407370955%d", 1616 + pid }')"
	# Nor the digits of one
	for one in $many; do
		picks "$one" -p "$one"
	done
	# Only processes
	nothing -p "$(echo /proc/"$gone"/task/* | sed 's,.*/,,')"
}

test_names()
{
	needs c || return 0
	picks "$alpha $alpha_first" -c alpha
	picks "$alpha $alpha_first $beta_first $beta_nameless" -c beta,alpha
	picks "$alpha $alpha_first" -c nosuch,alpha,other
	picks "$many" -c many
	nothing -c alph
	nothing -c alphas
	nothing -c lpha
	nothing -c alpha:beta
	nothing -c ALPHA
	nothing -c 'alpha '
}

test_names_of_fifteen_bytes()
{
	needs c || return 0
	picks "$fifteen" -c fifteen-bytes-x
	# What the kernel has cut the command, too, is found by its whole name
	picks "$fifteen" -c fifteen-bytes-xy
	picks "$fifteen" -c fifteen-bytes-x-and-more
	picks "$fifteen $alpha $alpha_first" -c fifteen-bytes-xyz,alpha
	picks "$fifteen $alpha $alpha_first" -c alpha,fifteen-bytes-xyz
	nothing -c fifteen-bytes-
	nothing -c fifteen-bytes-y
	nothing -c fifteen-bytes-,x
}

test_owners()
{
	needs u || return 0
	picks "$alpha_first $beta_first" -u first
	picks "$alpha_first $beta_first" -u $first
	picks "$alpha_first $beta_first" -u first,$first,first
	picks "$beta_nameless" -u $nameless
	picks "$alpha_first $beta_first $beta_nameless" -u first,$nameless
	picks "$alpha_first $beta_first $beta_nameless" -u $nameless,first
	picks "$gone $many $few $few_parent" -u second
	picks "$alpha_first $beta_first $gone $many $few $few_parent" -u second,first,idle
	nothing -u idle
	nothing -u fir,firstly
	nothing -u 12340,123
	# Whose rights it has
	picks "$setuid" -u setuid
	picks "$setuid" -u 8765
}

# What else there is of root are the shell and topmem itself
test_owner_root()
{
	needs u || return 0
	topmem -q -n 1000 -u root
	cp "$out" "$SHUNIT_TMPDIR/root"
	for one in $alpha $fifteen; do
		assertEquals "$one is of root" "$one" "$(grep -x "$one" "$SHUNIT_TMPDIR/root")"
	done
	for one in $alpha_first $beta_first $beta_nameless $setuid $gone $many $few $few_parent; do
		assertEquals "$one is not" "" "$(grep -x "$one" "$SHUNIT_TMPDIR/root")"
	done
	topmem -q -n 1000 -u 0
	# topmem has another PID each time, the largest
	assertEquals "$(sort -n "$SHUNIT_TMPDIR/root" | sed '$d')" "$(sort -n "$out" | sed '$d')"
}

# Of a number and of a name the first line counts; some have neither, and the last may have no end
test_odd_passwd()
{
	needs o u || return 0
	cat >"$SHUNIT_TMPDIR/odd" <<-END

		:x:$first
		broken:x
		$first:x:77:77::/:/bin/false
		one:x:$first:$first::/:/bin/false
		other:x:$first:$first::/:/bin/false
		one:x:$nameless:$nameless::/:/bin/false
		+::::::
	END
	printf 'last:x:%s' "$second" >>"$SHUNIT_TMPDIR/odd"
	mount --bind "$SHUNIT_TMPDIR/odd" /etc/passwd
	topmem -H -n 9 -k pid -r -o user -p "$alpha_first,$beta_nameless,$gone"
	assertEquals "one one last" "$(squeeze "$out" | xargs)"
	picks "$alpha_first $beta_first" -u one
	picks "$alpha_first $beta_first" -u other
	picks "$gone $many $few $few_parent" -u last
	refuses -u broken
	refuses -u +
	umount /etc/passwd
}

test_many_owners()
{
	needs u || return 0
	picks "$alpha_first $beta_first" -u "$(seq -s , 100001 100015),first"
	refuses -u "$(seq -s , 100001 100016),first"
	assertEquals 'topmem: -u: too many' "$(cat "$err")"
}

test_owners_without_passwd()
{
	needs u || return 0
	mount --bind /dev/null /etc/passwd
	picks "$alpha_first $beta_first" -u $first
	refuses -u first
	refuses -u root
	topmem -q -u 0,$first -p "$alpha_first"
	assertEquals "$alpha_first" "$(cat "$out")"
	umount /etc/passwd
	picks "$alpha_first $beta_first" -u first
}

test_options_narrow()
{
	needs p u c e || return 0
	picks "$alpha_first" -u first -c alpha
	picks "$beta_first" -u first -c beta
	picks "$beta_first $beta_nameless" -u first,$nameless -c beta
	picks "$alpha_first $beta_first" -u first -c beta,alpha
	picks "$alpha" -p "$alpha,$beta_first" -c alpha
	picks "$beta_first" -p "$alpha,$beta_first" -u $first
	picks "$alpha $alpha_first" -e WHO -c alpha
	picks "$alpha $alpha_first" -e WHO=alpha
	picks "$beta_first" -e WHO=beta -u first
	picks "$beta_first" -e WHO -u first -c beta
	picks "$beta_first" -p "$beta_first,$beta_nameless,$alpha" -u first,root -c beta,alpha -e WHO=beta
	picks "$few" -u second -c few
	nothing -p "$alpha" -c beta
	nothing -p "$alpha" -u first
	nothing -u first -e MANY
	nothing -c alpha -e WHO=beta
	nothing -p "$beta_first" -u first -c beta -e WHO=alpha
}

# The main thread's files are empty, or nearly so; what it is tells another thread
test_main_thread_ended()
{
	needs p u c || return 0
	assertEquals "the main thread of $gone" "Z" "$(awk '/^State/ { print $2 }' "/proc/$gone/status")"
	picks "$gone" -p "$gone"
	picks "$gone" -c gone
	picks "$gone" -c gone -u second
	for options in "" "-k pid" "-n 0"; do
		# shellcheck disable=SC2086 # a list of options
		topmem $options -c gone -H
		assertEquals "its size; $options" \
			"$gone $(awk '/^VmRSS/ { print $2 }' /proc/"$gone"/task/*[!"$gone"]/status 2>/dev/null | tail -n 1) gone" \
			"$(awk '{ print $1, $2, $4 }' "$out")"
	done
}

test_environment_of_process_whose_main_thread_ended()
{
	needs e || return 0
	picks "$gone" -e 'GONE=it is'
	picks "$gone" -e GONE -c gone
}

# Of those chosen, topmem tells what it tells of them among all
test_rankings_are_those_of_all()
{
	needs p u c e k o r s || return 0
	# shellcheck disable=SC2086 # a list of PIDs
	printf '%s\n' $many >"$SHUNIT_TMPDIR/many"
	pids=$(xargs <"$SHUNIT_TMPDIR/many" | tr ' ' ,)
	for options in "" "-s" "-k pid" "-k vsz" "-k swap" "-k oom" "-s -k shr" "-k pss -o pid,pss" \
	    "-h -a -k anon -o pid,anon,user,comm"; do
		# shellcheck disable=SC2086 # a list of options
		topmem $options -H -n 1000
		awk 'NR == FNR { wanted[$1]; next } $1 in wanted' "$SHUNIT_TMPDIR/many" "$out" >"$SHUNIT_TMPDIR/all"
		assertEquals "$options" 40 "$(wc -l <"$SHUNIT_TMPDIR/all")"
		for selection in "-c many" "-p $pids" "-u second -c many" "-e MANY -u $second -c many,other"; do
			for n in 1 16 17 40 1000; do
				# shellcheck disable=SC2086 # lists of options
				topmem $selection $options -H -n $n
				assertEquals "$options $selection -n $n" "" \
					"$(head -n $n "$SHUNIT_TMPDIR/all" | differ)"
			done
			for n in 1 17 100; do
				# shellcheck disable=SC2086 # lists of options
				topmem $selection $options -H -r -n $n
				assertEquals "$options $selection -r -n $n" "" \
					"$(head -n $n "$SHUNIT_TMPDIR/all" | upside_down | differ)"
			done
			# shellcheck disable=SC2086 # lists of options
			topmem $selection $options -H -n 0
			sort "$out" >"$out.sorted"
			mv "$out.sorted" "$out"
			assertEquals "$options $selection -n 0" "" "$(sort "$SHUNIT_TMPDIR/all" | differ)"
		done
	done
}

# differ: how $out does from stdin, but for blanks
differ()
{
	squeeze >"$SHUNIT_TMPDIR/wanted"
	squeeze "$out" | diff "$SHUNIT_TMPDIR/wanted" - | head -n 10
}

upside_down()
{
	awk '{ line[NR] = $0 } END { for (i = NR; i; i--) print line[i] }'
}

test_header()
{
	needs p || return 0
	topmem -p "$alpha,$gone"
	assertEquals "PID RSS %MEM COMMAND" "$(squeeze "$out" | sed -n 1p)"
	assertEquals "$alpha alpha" "$(awk 'NR == 2 { print $1, $4 }' "$out")"
	assertEquals 2 "$(wc -l <"$out")"
}

# The environment

# with_environment "WORDS" ARG...: starts memproc with these variables alone
with_environment()
{
	cat >"$SHUNIT_TMPDIR/with" <<-'END'
		#!/bin/sh
		exec env -i "$@"
	END
	chmod +x "$SHUNIT_TMPDIR/with"
	mkdir -p "$helpers"
	cp "$SHUNIT_TMPDIR/with" "$helpers/with.$$"
	start "with.$$" "$@" "$helpers/memproc" private=100K
	status=$?
	rm "$helpers/with.$$"
	return $status
}

test_variables()
{
	needs e || return 0
	newline='one
two=2'
	with_environment NAME=value EQUAL=a=b=c EMPTY= "LINES=$newline" LAST= NAMES=others XNAME=x || return
	picks "$pid" -p "$pid" -e NAME
	picks "$pid" -p "$pid" -e NAME=value
	picks "$pid" -p "$pid" -e EQUAL
	picks "$pid" -p "$pid" -e EQUAL=a=b=c
	picks "$pid" -p "$pid" -e EMPTY
	picks "$pid" -p "$pid" -e EMPTY=
	picks "$pid" -p "$pid" -e LINES
	picks "$pid" -p "$pid" -e "LINES=$newline"
	picks "$pid" -p "$pid" -e LAST=
	picks "$pid" -e NAMES=others
	picks "$pid" -e XNAME
	# No beginning, no end, no part
	for variable in NAM NAME= NAME=valu NAME=values NAME=VALUE AME AME=value name value \
	    EQUAL=a EQUAL=a=b EQUAL=a=b= EQUAL=a=b=c= EQUAL=a=b=cd EQUAL=b=c a=b=c \
	    EMPT EMPTY=x LINES=one LINES=one=2 two two=2 one "$newline" NAMES=other NAMES=value XNAME= LAS 'NAME=value
' ' NAME' 'NAME '; do
		nothing -p "$pid" -e "$variable"
	done
	stop "$pid"
}

# 110 kB of variables, none longer than a few dozen bytes: where one buffer ends and the next
# begins is in each part of one of them, and each is found, with its value, as is no other
test_each_of_very_many_variables()
{
	needs e || return 0
	# shellcheck disable=SC2046 # words
	with_environment $(awk 'BEGIN {
		text = "abcdefghijklmnopqrstuvwxyz"
		for (i = 1; i <= 4300; i++) {
			printf "V%d=%s%d ", i, substr(text, 1, i * 7 % 26), i
		}
	}') || return
	assertTrue "100 kB" "[ $(wc -c <"/proc/$pid/environ") -gt 80000 ]"
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	tr '\000' '\n' <"/proc/$pid/environ" >"$SHUNIT_TMPDIR/variables"
	missed=
	while read -r variable; do
		# shellcheck disable=SC2086 # TOPMEM may be several words
		[ "$($TOPMEM -p "$pid" -q -e "$variable" 2>&1)" = "$pid" ] || missed="$missed $variable"
	done <"$SHUNIT_TMPDIR/variables"
	assertEquals "$(wc -l <"$SHUNIT_TMPDIR/variables") variables" "" "$missed"
	nothing -p "$pid" -e V4301
	nothing -p "$pid" -e V43000
	nothing -p "$pid" -e V0
	stop "$pid"
}

# environ_tree: a tree of a process 7 and another one, whose environ is to be written
environ_tree()
{
	tree=$SHUNIT_TMPDIR/environ
	[ ! -d "$tree" ] || return 0
	process "$tree" 5 90000 other
	process "$tree" 7 4000 haystack
	: >"$tree/5/environ"
}

# found ARG: process 7 of that tree, by -e ARG; or not_found
found()
{
	[ "$($TOPMEM -R "$tree" -q -n 9 -e "$1" 2>&1)" = 7 ]
}

not_found()
{
	[ "$($TOPMEM -R "$tree" -q -n 9 -e "$1" 2>&1)" = "topmem: $tree: no such process" ]
}

# letters COUNT: as many
letters()
{
	awk -v count="$1" 'BEGIN {
		for (text = "a"; length(text) < count;)
			text = text text
		printf "%s", substr(text, 1, count)
	}'
}

# check_needle WHAT: the environ of process 7 has the variable, but for this it has not
check_needle()
{
	{ found NEEDLE && found NEEDLE=straw && found NEXT=x && found LAST=one; } ||
		fail "not found: $1"
	{ not_found NEEDL && not_found EEDLE && not_found NEEDLE=stra && not_found NEEDLE= &&
		not_found NEEDLE=straws && not_found EXT=x; } || fail "found: a part; $1"
}

# One buffer full, where the second one begins, the third: a variable is there, at each offset.
# Before it are a long one, or many small ones
test_variable_where_a_buffer_ends()
{
	needs e || return 0
	environ_tree
	for piece in 4096 8192 102400; do
		many_small=$(awk -v size="$piece" 'BEGIN {
			while (size > 200) {
				printf "S%d=%d\\000", size, size
				size -= length(size) * 2 + 3
			}
		}')
		# shellcheck disable=SC2059 # with its zeros
		small=$(printf "$many_small" | wc -c)
		at=-14
		while [ $at -le 3 ]; do
			padding=$(letters $((piece + at - 3)))
			printf 'P=%s\000NEEDLE=straw\000NEXT=x\000LAST=one\000' "$padding" >"$tree/7/environ"
			check_needle "a long one before, at $piece + $at"
			padding=$(letters $((piece + at - small - 3)))
			# shellcheck disable=SC2059 # with its zeros
			printf "${many_small}P=%s\\000NEEDLE=straw\\000NEXT=x\\000LAST=one\\000" "$padding" >"$tree/7/environ"
			check_needle "small ones before, at $piece + $at"
			# The end of a long one is no variable
			printf 'P=%sNEEDLE=straw\000NEXT=x\000LAST=one' "$(letters $((piece + at - 2)))" >"$tree/7/environ"
			{ not_found NEEDLE && not_found NEEDLE=straw; } ||
				fail "found: the end of a long one, at $piece + $at"
			{ found P && found NEXT && found LAST=one; } ||
				fail "not found: what follows a long one, at $piece + $at"
			printf 'P=%sNEEDLE=straw' "$(letters $((piece + at - 2)))" >"$tree/7/environ"
			{ not_found NEEDLE && not_found NEEDLE=straw; } ||
				fail "found: the end of a long one that no zero ends, at $piece + $at"
			at=$((at + 1))
		done
	done
}

test_variable_longer_than_a_buffer()
{
	needs e || return 0
	environ_tree
	for size in 4000 4093 4094 4095 4096 4097 4098 8000 8191 8192 8193 12288 100000; do
		long=$(letters $((size - 5)))
		printf 'A=1\000LONG=%s\000Z=2\000' "$long" >"$tree/7/environ"
		found LONG || fail "$size bytes: LONG"
		found Z=2 || fail "$size bytes: the next one"
		found A=1 || fail "$size bytes: the one before"
		[ "$size" -gt 4095 ] || found "LONG=$long" || fail "$size bytes: by value"
		printf 'LONG=%s\000' "$long" >"$tree/7/environ"
		found LONG || fail "$size bytes, alone: LONG"
		printf 'LONG=%s' "$long" >"$tree/7/environ"
		found LONG || fail "$size bytes, without a zero: LONG"
		not_found LONG=aaa || fail "$size bytes: its beginning"
		not_found LON || fail "$size bytes: LON"
	done
}

# However much of it is the same
test_beginning_of_a_variable_longer_than_a_buffer()
{
	needs e || return 0
	environ_tree
	for size in 4095 4096 4097 5000 8192 20000; do
		printf 'LONG=%s\000Z=2\000' "$(letters $((size - 5)))" >"$tree/7/environ"
		for part in 4085 4089 4090 4091 4092 8187; do
			[ $((part + 5)) -lt $size ] || continue
			not_found "LONG=$(letters $part)" || fail "$size bytes, the first $part letters are taken for all"
		done
	done
}

test_environ_missing_and_empty()
{
	needs e || return 0
	environ_tree
	: >"$tree/7/environ"
	not_found NAME || fail "in nothing"
	rm "$tree/7/environ"
	not_found NAME || fail "in no file"
	mkdir "$tree/7/environ"
	topmem -R "$tree" -e NAME
	assertEquals "in a folder" "3 topmem: 1 processes not readable (needs CAP_SYS_PTRACE)
topmem: $tree: no such process" "$? $(cat "$out" "$err")"
	rmdir "$tree/7/environ"
	printf '\000\000=x\000NAME\000=NAME=x' >"$tree/7/environ"
	found NAME || fail "without a value"
	not_found NAME=x || fail "with one"
}

# Trees

test_trees()
{
	needs p u c || return 0
	for name in linux-2.6.9 linux-2.6.22 linux-3.10 linux-4.9-64k linux-5.10 linux-6.12 openwrt-6.6 gvisor routeros; do
		unpack "$name"
		(cd "$tree" && awk -F '\t' '
			FNR == 1 { pid = FILENAME; sub("/.*", "", pid); print "PID", pid, pid }
			$1 == "Name:" && $2 ~ /^[A-Za-z0-9_.:-]+$/ { print "Name", $2, pid }
			$1 == "Uid:" && $2 == $3 { print "Uid", $2, pid }' [0-9]*/status) >"$SHUNIT_TMPDIR/known"
		for options in "" -s "-s -k vsz" "-k swap"; do
			case $options in
			*-s*) has s || continue ;;
			esac
			case $options in
			*-k*) has k || continue ;;
			esac
			# shellcheck disable=SC2086 # a list of options
			topmem -R "$tree" $options -H -n 100
			cp "$out" "$SHUNIT_TMPDIR/all"
			# Every second PID; each name, each owner
			for one in $(cut -d ' ' -f 1,2 "$SHUNIT_TMPDIR/known" | sort -u | tr ' ' = | grep -v ^PID) \
			    "PID=$(awk '$1 == "PID" && ++n % 2 { printf "%s%s", comma, $2; comma = "," }' "$SHUNIT_TMPDIR/known")"; do
				in_tree "$options" "${one%%=*}" "${one#*=}"
			done
		done
	done
}

# in_tree OPTIONS PID|Name|Uid LIST: those of which status has this are chosen
in_tree()
{
	case $2 in
	PID) selection="-p $3" ;;
	Name) selection="-c $3" ;;
	Uid) selection="-u $3" ;;
	esac
	# shellcheck disable=SC2086 # lists of options
	topmem -R "$tree" $1 -H -n 100 $selection
	status=$?
	awk -v key="$2" -v list=",$3," '
		FILENAME == ARGV[1] && $1 == key && index(list, "," $2 ",") { wanted[$3] }
		FILENAME == ARGV[2] && $1 in wanted' "$SHUNIT_TMPDIR/known" "$SHUNIT_TMPDIR/all" >"$SHUNIT_TMPDIR/rows"
	# Kernel threads have names, too
	if [ -s "$SHUNIT_TMPDIR/rows" ]; then
		assertEquals "$(basename "$tree") $1 $selection: status; $(cat "$err")" 0 $status
	else
		assertEquals "$(basename "$tree") $1 $selection: status" 3 $status
	fi
	assertEquals "$(basename "$tree") $1 $selection" "" "$(differ <"$SHUNIT_TMPDIR/rows")"
}

# What is no selection

# refuses ARG...: a message, status 3, and nothing else
refuses()
{
	topmem "$@"
	assertEquals "$*: status" 3 $?
	assertEquals "$*: stdout" "" "$(cat "$out")"
	assertEquals "$*: $(cat "$err")" 1 "$(grep -c '^topmem: .*: ..*' "$err")"
	assertEquals "$*: not that nothing matches" "" "$(grep 'no such process' "$err")"
}

test_bad_pids()
{
	needs p || return 0
	for list in 0 x 1,,2 "$alpha,x" '1,' ',1' ',' '' -1 +1 1.5 1x 0x1 "1 2" "$alpha,0" '1;2'; do
		refuses -p "$list"
		assertEquals "-p $list" 1 "$(grep -c 'invalid number$' "$err")"
		refuses -n 0 -q -c alpha -p "$list"
	done
}

test_bad_owners()
{
	needs u || return 0
	for list in nosuch root,nosuch nosuch,root firs firstt first:x 1234x -1 '' ',' 'root,' ',root' root,,first; do
		refuses -u "$list"
		refuses -n 0 -q -p "$alpha" -u "$list"
	done
}

test_bad_variables()
{
	needs e || return 0
	for variable in =x = '' ==; do
		refuses -e "$variable"
		refuses -n 0 -q -p "$alpha" -e "$variable"
	done
}

test_nothing_matched()
{
	needs p u c e || return 0
	ended=$(sh -c 'echo $$')
	for options in "" "-n 0" "-n 100" -q -H "-n 0 -q"; do
		# shellcheck disable=SC2086 # a list of options
		nothing $options -p "$ended"
		# shellcheck disable=SC2086 # a list of options
		nothing $options -c nosuch
		# shellcheck disable=SC2086 # a list of options
		nothing $options -u idle
		# shellcheck disable=SC2086 # a list of options
		nothing $options -e NOSUCH=variable
	done
	! has s || nothing -s -c nosuch
	! has r || nothing -r -n 100 -c nosuch
	! has k || nothing -k swap -c nosuch
	if has g; then
		nothing -g -c nosuch
		nothing -g -n 0 -c nosuch
		nothing -t -c nosuch
	fi
	! has "f json" || nothing -f json -c nosuch
	unpack linux-6.12
	topmem -R "$tree" -c nosuch
	assertEquals 3 $?
	assertEquals "" "$(cat "$out")"
	assertEquals "topmem: $tree: no such process" "$(cat "$err")"
}

# shellcheck source=/dev/null
. shunit2
