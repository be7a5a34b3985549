#!/bin/sh
# Checks: -x and -X. When a threshold is reached, the line for monitoring plugins, the exit status, and the
# black box that -w makes of them.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone "$@"

user=65534
size='[0-9]+(\.[0-9])?[KMGTPE]'
form="^TOPMEM (OK|WARNING|CRITICAL|UNKNOWN) - used $size of $size \\([0-9]+\\.[0-9]%\\)"
form="$form, (top [^|]+|total) ($size|-?[0-9]+)"
form="$form \\| used=[0-9]+KB;[0-9]*;[0-9]*;0;[0-9]+( [a-z]+=(-?[0-9]+(KB)?|U);[0-9]*;[0-9]*(;0;[0-9]+)?)?\$"
time_line='^[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z up [0-9]+$'

# Nine processes, 19 the largest; used is 600000 kB of 1000000
oneTimeSetUp()
{
	helper memproc step || return
	nine=$SHUNIT_TMPDIR/nine
	number=11
	while [ $number -le 19 ]; do
		process "$nine" $number $((number * 4000)) "p$((number % 3))"
		printf '%s: %s kB\n' Rss $((number * 4000)) Pss $((number * 3000)) Private_Dirty $((number * 2000)) \
			Swap 0 SwapPss 0 >"$nine/$number/smaps_rollup"
		echo "0::/group$((number % 2))" >"$nine/$number/cgroup"
		sed -i "s/^Threads:.*/Threads:	$number/" "$nine/$number/status"
		sed -i "s/(x)/(p$((number % 3)))/" "$nine/$number/stat"
		echo $((number * 10)) >"$nine/$number/oom_score"
		echo $((number - 20)) >"$nine/$number/oom_score_adj"
		number=$((number + 1))
	done
	echo '12345.67 23456.78' >"$nine/uptime"
	memory "$nine" 1000000 600000
	start memproc private=20M threads=4 name=stopped || return
	stopped=$pid
	start memproc private=2M || return
	start memproc private=8M uid=$user name=foreign || return
	foreign=$pid
}

# possible [LETTER...]: false, with the test skipped, where this build has no checks, or not these options
possible()
{
	needs x X "$@"
}

# memory TREE TOTAL USED: its meminfo
memory()
{
	printf '%s: %8s kB\n' MemTotal "$2" MemFree 1000 MemAvailable $(($2 - $3)) >"$1/meminfo.new"
	mv "$1/meminfo.new" "$1/meminfo"
}

# in_form TITLE [FILE]: its first line is as plugins have it, in at most 4 kB, and there is no other such line
in_form()
{
	head -n 1 "${2:-$out}" >"$SHUNIT_TMPDIR/first"
	grep -qE "$form" "$SHUNIT_TMPDIR/first" || fail "$1: $(cat "$SHUNIT_TMPDIR/first")"
	assertEquals "$1: bars" '|' "$(tr -cd '|' <"$SHUNIT_TMPDIR/first")"
	assertEquals "$1: unprintable" 0 "$(tr -d '\n -~' <"$SHUNIT_TMPDIR/first" | wc -c | tr -d ' ')"
	assertEquals "$1: lines of a check" 1 "$(grep -c '^TOPMEM' "${2:-$out}")"
}

# says STATUS WORD PERFDATA ARG...: of $tree
says()
{
	status=$1 word=$2 data=$3
	shift 3
	topmem -q -R "$tree" "$@"
	assertEquals "$*: status" "$status" $?
	in_form "$*"
	assertEquals "$*: stderr" '' "$(cat "$err")"
	assertEquals "$*: lines" 1 "$(wc -l <"$out" | tr -d ' ')"
	assertEquals "$*" "TOPMEM $word" "$(sed 's/ - .*//' "$out")"
	[ -z "$data" ] || assertEquals "$*" "$data" "$(perfdata)"
}

# around OPTION VALUE BEFORE BEHIND [ARG...]: VALUE kB is reached by itself and less, not by more
around()
{
	option=$1 value=$2 before=$3 behind=$4
	less=$(($2 - 1)) more=$(($2 + 1))
	shift 4
	units=
	[ "$option" = -x ] || units=K
	for unit in '' $units; do
		spec=$value$unit
		says 0 OK "$before;$more;;$behind" "$option" "$more$unit" "$@"
		says 1 WARNING "$before;$value;;$behind" "$option" "$spec" "$@"
		says 1 WARNING "$before;$less;;$behind" "$option" "$less$unit" "$@"
		says 0 OK "$before;$more;$more;$behind" "$option" "$more$unit,$more$unit" "$@"
		says 1 WARNING "$before;$value;$more;$behind" "$option" "$spec,$more$unit" "$@"
		says 2 CRITICAL "$before;$value;$value;$behind" "$option" "$spec,$spec" "$@"
		says 2 CRITICAL "$before;$less;$value;$behind" "$option" "$less$unit,$spec" "$@"
		says 2 CRITICAL "$before;$less;$less;$behind" "$option" "$less$unit,$less$unit" "$@"
		says 2 CRITICAL "$before;0;1;$behind" "$option" 0,1 "$@"
	done
}

test_bad_thresholds()
{
	possible || return 0
	for letter in x X; do
		refused $letter -$letter
		refused $letter -q$letter
		for spec in '' ',' '1,' ,1 '1,,' 1,2,3 '1,2,' % 1%% %1 % -5 -0 +5 ' 5' '5 ' 5Q 5k 5m 5KB 5KiB 0x10 1e3 x 1x . .K \
		    .% 1..5 1.5.5 1.K5 K M1 5MM 5M% 5%M 200% 100.1% 100.001% 101% 1000000% 99999999999T 18446744073709551616 \
		    99999999999999999999 18446744073709551616K 16777216P 2,1 2K,1K 1M,1K 90%,80% 80.1%,80% '1 ,2' '1, 2' '1;2' \
		    1:2 '1	' '5,x' x,5 '1
2' 1,% '50%,'; do
			refused "$(echo "$spec" | head -n 1)" -$letter "$spec"
			refused "$(echo "$spec" | head -n 1)" "-q$letter" "$spec" -R "$nine"
		done
		topmem -$letter 1 -$letter 5Q
		assertEquals "-$letter: the last counts" 3 $?
	done
	refused '%: invalid number' -x %
	refused '200%: over 100%' -x 200%
	refused '10%,100.1%: over 100%' -X 10%,100.1%
	# What is no size has no share of memory
	for column in pid thr oom adj user; do
		for spec in 80% 1,80% 80%,1; do
			refused "$spec: no share of memory" -k $column -x $spec
		done
	done
}

test_used_around_a_size()
{
	possible || return 0
	tree=$SHUNIT_TMPDIR/sizes
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	for kb in 1000 600000 999999; do
		memory "$tree" 1000000 $kb
		around -X $kb "used=${kb}KB" '0;1000000'
	done
	memory "$tree" 1000000 0
	says 0 OK 'used=0KB;1;;0;1000000' -X 1
	says 1 WARNING 'used=0KB;0;;0;1000000' -X 0
	says 2 CRITICAL 'used=0KB;0;0;0;1000000' -X 0,0
	says 1 WARNING 'used=0KB;0;1;0;1000000' -X 0,1
	memory "$tree" 1000000 1000000
	says 2 CRITICAL 'used=1000000KB;1;1000000;0;1000000' -X 1,1000000
	says 2 CRITICAL 'used=1000000KB;1000000;1000000;0;1000000' -X 100%,100%
}

test_units_and_fractions()
{
	possible || return 0
	tree=$SHUNIT_TMPDIR/sizes
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	# kB, what stands for it, kB again
	while read -r kb spec threshold; do
		memory "$tree" 99663676416 "$kb"
		says 1 WARNING "used=${kb}KB;$threshold;;0;99663676416" -X "$spec"
		says 2 CRITICAL "used=${kb}KB;0;$threshold;0;99663676416" -X "0,$spec"
		memory "$tree" 99663676416 $((kb - 1))
		says 0 OK "used=$((kb - 1))KB;$threshold;;0;99663676416" -X "$spec"
		memory "$tree" 99663676416 $((kb + 1))
		says 1 WARNING "used=$((kb + 1))KB;$threshold;;0;99663676416" -X "$spec"
	done <<-END
		1 1 1
		1 1K 1
		1 001.0K 1
		1024 1M 1024
		1536 1.5M 1536
		512 .5M 512
		512 0.500M 512
		128 .125M 128
		614400 600M 614400
		1048576 1G 1048576
		1048576 1.G 1048576
		1048576 1024M 1048576
		1835008 1.75G 1835008
		393216 .375G 393216
		1073741824 1T 1073741824
		1610612736 1.5T 1610612736
		9663676416 9T 9663676416
		9663676416 9216G 9663676416
		9663676416 9663676416 9663676416
	END
	# Not whole kB: reached by the next one at the latest, not by the one before
	memory "$tree" 9663676416 1
	says 0 OK '' -X 2.001
	says 0 OK '' -X 1.999K
	memory "$tree" 9663676416 2
	says 1 WARNING '' -X 1.5
	says 1 WARNING '' -X 1.999K
	memory "$tree" 9663676416 3
	says 1 WARNING '' -X 2.001
	# So much no machine has
	memory "$tree" 9663676416 9663676416
	says 0 OK '' -X 9007199254740991
	says 0 OK '' -X 1000000T
	says 0 OK '' -X 9663676416.001
}

test_more_digits_of_a_fraction()
{
	possible || return 0
	tree=$SHUNIT_TMPDIR/sizes
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	# 0.0009 of a GB are 943.7 kB; a build may refuse so many digits, but not take it for 0
	memory "$tree" 1000000 500
	topmem -q -R "$tree" -X 0.0009G
	case $?:$(cat "$out") in
	0:'TOPMEM OK '* | 3:) ;;
	*) fail "$(cat "$out" "$err")" ;;
	esac
	memory "$tree" 1000000 1000
	topmem -q -R "$tree" -X 0.0009G
	case $?:$(cat "$out") in
	1:'TOPMEM WARNING '* | 3:) ;;
	*) fail "$(cat "$out" "$err")" ;;
	esac
	memory "$tree" 1000000 1
	topmem -q -R "$tree" -X 0.0001%
	case $?:$(cat "$out") in
	1:'TOPMEM WARNING '* | 3:) ;;
	*) fail "$(cat "$out" "$err")" ;;
	esac
	memory "$tree" 1000000 0
	topmem -q -R "$tree" -X 0.0001%
	case $?:$(cat "$out") in
	0:'TOPMEM OK '* | 3:) ;;
	*) fail "$(cat "$out" "$err")" ;;
	esac
}

test_shares()
{
	possible || return 0
	tree=$SHUNIT_TMPDIR/shares
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	while read -r total spec threshold; do
		memory "$tree" "$total" "$threshold"
		says 1 WARNING "used=${threshold}KB;$threshold;;0;$total" -X "$spec"
		says 2 CRITICAL "used=${threshold}KB;$threshold;$threshold;0;$total" -X "$spec,$spec"
		[ "$threshold" -gt 0 ] || continue
		memory "$tree" "$total" $((threshold - 1))
		says 0 OK "used=$((threshold - 1))KB;$threshold;;0;$total" -X "$spec"
		memory "$tree" "$total" $((threshold + 1))
		[ "$threshold" -eq "$total" ] ||
			says 1 WARNING "used=$((threshold + 1))KB;$threshold;;0;$total" -X "$spec"
	done <<-END
		1000000 80% 800000
		1000000 80.0% 800000
		1000000 080% 800000
		1000000 80.5% 805000
		1000000 .5% 5000
		1000000 0.1% 1000
		1000000 33.333% 333330
		1000000 1% 10000
		1000000 100% 1000000
		1000000 100.000% 1000000
		1000000 0% 0
		1000 99.9% 999
		25273917440 12.5% 3159239680
		1099511627776 50% 549755813888
		1099511627776 100% 1099511627776
	END
	# 60 % of a GB are 629145.6 kB: not reached before
	memory "$tree" 1048576 629145
	says 0 OK '' -X 60%
	says 1 WARNING '' -X 0%,60%
	memory "$tree" 1048576 629146
	says 1 WARNING '' -X 60%
	says 2 CRITICAL '' -X 0%,60%
	# A size and a share
	memory "$tree" 1000000 500000
	says 1 WARNING 'used=500000KB;400000;800000;0;1000000' -X 400000,80%
	says 2 CRITICAL 'used=500000KB;400000;500000;0;1000000' -X 40%,500000
}

test_first_row_around_a_size()
{
	possible || return 0
	tree=$nine
	around -x 76000 'used=600000KB;;;0;1000000 rss=76000KB' '0;1000000'
	if has s; then
		around -x 38000 'used=600000KB;;;0;1000000 uss=38000KB' '0;1000000' -s
		around -x 57000 'used=600000KB;;;0;1000000 pss=57000KB' '0;1000000' -s -k pss
	fi
	around -x 76000 'used=600000KB;;;0;1000000 vsz=76000KB' '0;1000000' -k vsz
	around -x 76000 'used=600000KB;;;0;1000000 rss=76000KB' '0;1000000' -r
	for n in 0 3 9 40; do
		says 1 WARNING 'used=600000KB;;;0;1000000 rss=76000KB;76000;;0;1000000' -x 76000 -n $n
		says 0 OK 'used=600000KB;;;0;1000000 rss=76000KB;76001;;0;1000000' -x 76001 -n $n
		says 2 CRITICAL 'used=600000KB;;;0;1000000 rss=76000KB;7;76000;0;1000000' -x 7,76000 -n $n -r
		! has s ||
			says 1 WARNING 'used=600000KB;;;0;1000000 uss=38000KB;38000;;0;1000000' -x 38000 -n $n -s
		! has s ||
			says 0 OK 'used=600000KB;;;0;1000000 uss=38000KB;38001;;0;1000000' -x 38001 -n $n -s
	done
	# Shares of the same limit
	says 1 WARNING 'used=600000KB;;;0;1000000 rss=76000KB;76000;;0;1000000' -x 7.6%
	says 0 OK 'used=600000KB;;;0;1000000 rss=76000KB;77000;;0;1000000' -x 7.7%
	says 2 CRITICAL 'used=600000KB;;;0;1000000 rss=76000KB;10000;70000;0;1000000' -x 1%,70000
	# By a share: it is that of RSS
	topmem -q -R "$nine" -k mem -x 7.6%
	assertEquals '-k mem' '1 used=600000KB;;;0;1000000 mem=76000KB;76000;;0;1000000' "$? $(perfdata)"
	topmem -q -R "$nine" -k mem -x 76001
	assertEquals '-k mem' '0 used=600000KB;;;0;1000000 mem=76000KB;76001;;0;1000000' "$? $(perfdata)"
}

# What is no size has no unit
test_first_row_by_numbers()
{
	possible || return 0
	tree=$nine
	around_number 19 thr
	around_number 190 oom
	for spec in 0 1 5; do
		says 0 OK '' -x $spec -k adj
		assertEquals "adj -1" 'adj=-1;' "$(grep -o 'adj=-1;' "$out")"
	done
	tree=$SHUNIT_TMPDIR/adj
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	echo 300 >"$tree/13/oom_score_adj"
	around_number 300 adj
}

# Performance data are figures: a number, not the name of a user, and U alone where there is none
test_performance_data()
{
	possible || return 0
	tree=$SHUNIT_TMPDIR/figures
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	topmem -q -R "$tree" -x 0 -k user
	assertEquals 1 $?
	assertContains "$(cat "$out")" ', top 11 p2 root | used=600000KB;;;0;1000000 user=0;0;'
	rm "$tree/meminfo"
	sed -i '/^VmHWM/d' "$tree"/*/status
	topmem -q -R "$tree" -X 1 -x 2 -k hwm
	assertEquals 3 $?
	assertEquals 'used=U;1;;0; hwm=U;2;;0;' "$(perfdata)"
}

# around_number VALUE COLUMN
around_number()
{
	for n in 1 3 0; do
		for spec in $1 $(($1 - 1)) 0; do
			says 1 WARNING '' -x "$spec" -k "$2" -n $n
			assertEquals "$2 $spec" "used=600000KB;;;0;1000000 $2=$1;$spec;" "$(perfdata)"
			says 2 CRITICAL '' -x "0,$spec" -k "$2" -n $n
			assertEquals "$2 $spec" "used=600000KB;;;0;1000000 $2=$1;0;$spec" "$(perfdata)"
		done
		says 0 OK '' -x "$(($1 + 1))" -k "$2" -n $n
		assertEquals "$2" "used=600000KB;;;0;1000000 $2=$1;$(($1 + 1));" "$(perfdata)"
	done
}

# perfdata: what is behind the bar
perfdata()
{
	sed 's/.* | //' "$out"
}

test_sums()
{
	possible g b t || return 0
	tree=$nine
	# p1: 13 16 19; p2: 11 14 17; p0: 12 15 18
	around -x 144000 'used=600000KB;;;0;1000000 ram=144000KB' '0;1000000' -g
	around -x 405000 'used=600000KB;;;0;1000000 ram=405000KB' '0;1000000' -t
	around -x 405000 'used=600000KB;;;0;1000000 ram=405000KB' '0;1000000' -b user
	around -x 225000 'used=600000KB;;;0;1000000 ram=225000KB' '0;1000000' -b cgroup
	around -x 96000 'used=600000KB;;;0;1000000 uss=96000KB' '0;1000000' -g -k uss
	for n in 0 2 40; do
		says 1 WARNING 'used=600000KB;;;0;1000000 ram=144000KB;144000;;0;1000000' -g -x 144000 -n $n
		says 0 OK 'used=600000KB;;;0;1000000 ram=144000KB;144001;;0;1000000' -g -x 144001 -n $n
		says 0 OK 'used=600000KB;;;0;1000000 ram=144000KB;144001;;0;1000000' -g -x 144001 -n $n -r
	done
	says 1 WARNING '' -g -k num -x 3
	assertEquals 'used=600000KB;;;0;1000000 num=3;3;' "$(perfdata)"
	says 0 OK '' -g -k num -x 4
	says 1 WARNING '' -t -X 60%
	assertEquals 'used=600000KB;600000;;0;1000000' "$(perfdata)"
	# What is in words
	says 0 OK '' -g -x 1T
	assertEquals 'TOPMEM OK - used 586M of 977M (60.0%), top p1 141M' "$(sed 's/ | .*//' "$out")"
	says 0 OK '' -t -x 1T
	assertEquals 'TOPMEM OK - used 586M of 977M (60.0%), total 396M' "$(sed 's/ | .*//' "$out")"
	says 0 OK '' -b user -x 1T
	assertEquals 'TOPMEM OK - used 586M of 977M (60.0%), top root 396M' "$(sed 's/ | .*//' "$out")"
	says 0 OK '' -b cgroup -x 1T
	assertEquals 'TOPMEM OK - used 586M of 977M (60.0%), top group1 220M' "$(sed 's/ | .*//' "$out")"
}

test_the_words()
{
	possible || return 0
	tree=$nine
	says 0 OK '' -X 99%
	assertEquals 'TOPMEM OK - used 586M of 977M (60.0%), top 19 p1 74.2M' "$(sed 's/ | .*//' "$out")"
	assertEquals 'used=600000KB;990000;;0;1000000' "$(perfdata)"
	says 1 WARNING '' -x 1
	assertEquals 'TOPMEM WARNING - used 586M of 977M (60.0%), top 19 p1 74.2M' "$(sed 's/ | .*//' "$out")"
	says 2 CRITICAL '' -k thr -x 1,2
	assertEquals 'TOPMEM CRITICAL - used 586M of 977M (60.0%), top 19 p1 19' "$(sed 's/ | .*//' "$out")"
	tree=$SHUNIT_TMPDIR/words
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	memory "$tree" 524288 482304
	says 0 OK 'used=482304KB;;;0;524288 rss=76000KB;419431;;0;524288' -x 419431
	assertEquals 'TOPMEM OK - used 471M of 512M (92.0%), top 19 p1 74.2M' "$(sed 's/ | .*//' "$out")"
	# One without a name
	process "$tree" 9 80000 ''
	says 0 OK '' -x 1T
	assertEquals 'TOPMEM OK - used 471M of 512M (92.0%), top 9 - 78.1M' "$(sed 's/ | .*//' "$out")"
}

# Both at once: the worse of them
test_both()
{
	possible || return 0
	tree=$nine
	for used in 0:1T 1:600000 2:0,600000; do
		for row in 0:1T 1:76000 2:0,76000; do
			worse=${used%%:*}
			[ "$worse" -ge "${row%%:*}" ] || worse=${row%%:*}
			topmem -q -R "$tree" -X "${used#*:}" -x "${row#*:}"
			status=$?
			in_form "-X $used -x $row"
			assertEquals "-X $used -x $row" "$worse" $status
			case $worse in
			0) assertContains "$(cat "$out")" 'TOPMEM OK ' ;;
			1) assertContains "$(cat "$out")" 'TOPMEM WARNING ' ;;
			2) assertContains "$(cat "$out")" 'TOPMEM CRITICAL ' ;;
			esac
		done
	done
	says 1 WARNING 'used=600000KB;600000;700000;0;1000000 rss=76000KB;100000;200000;0;1000000' \
		-X 60%,70% -x 100000,200000
	# What is not known hides nothing that is
	while read -r status word threshold; do
		topmem -q -R "$tree" -k lck -x 1 -X "$threshold"
		assertEquals "$threshold: status" "$status" $?
		assertContains "$threshold: $(cat "$out")" "$(cat "$out")" "TOPMEM $word "
		assertContains "$threshold" "$(cat "$out")" ' lck=U;1;'
	done <<-END
		3 UNKNOWN 99%
		1 WARNING 60%,70%
		2 CRITICAL 50%,60%
	END
}

# The rows behind the line are those that there are without a check
test_rows()
{
	possible || return 0
	for args in '' -H '-n 3' '-n 40' '-n 3 -r' '-n 40 -r' '-n 0' '-n 0 -H' -h '-n 5 -h' '-o pid,user,rss%,comm -n 4' \
	    '-k vsz' '-k thr -n 9' -s '-s -n 3' '-s -n 0' -g '-g -n 0' '-g -n 2 -r' '-b user' '-t' '-t -h' -l '-l -h' \
	    '-l -n 3 -r' '-l -g' '-l -t' '-l -H' '-l -s -n 9' '-p 13,15 -n 5' '-a -n 2' '-c p1 -n 4'; do
		known=yes
		for word in $args; do
			case $word in
			-?) has "${word#-}" || known= ;;
			esac
		done
		[ -n "$known" ] || continue
		# shellcheck disable=SC2086 # several words
		topmem -R "$nine" $args
		assertEquals "$args: without" 0 $?
		cp "$out" "$SHUNIT_TMPDIR/wanted"
		for check in '0:-x 1T' '1:-x 1' '2:-X 1,2' '0:-X 100% -x 2T'; do
			# shellcheck disable=SC2086 # several words
			topmem -R "$nine" $args ${check#*:}
			assertEquals "$args ${check#*:}: status" "${check%%:*}" $?
			in_form "$args ${check#*:}"
			sed 1d "$out" | cmp -s - "$SHUNIT_TMPDIR/wanted" ||
				fail "$args ${check#*:}: $(sed 1d "$out" | diff - "$SHUNIT_TMPDIR/wanted" | head -n 10)"
			# shellcheck disable=SC2086 # several words
			topmem -q -R "$nine" $args ${check#*:}
			assertEquals "-q $args ${check#*:}: status" "${check%%:*}" $?
			assertEquals "-q $args ${check#*:}: lines" 1 "$(wc -l <"$out" | tr -d ' ')"
			in_form "-q $args ${check#*:}"
		done
	done
}

# Of real processes, whose figures the kernel tells
test_stopped_processes()
{
	! emulated || { skip "the emulator has the most address space"; return 0; }
	possible p || return 0
	rss=$(awk '/^VmRSS/ { print $2 }' "/proc/$stopped/status")
	vsz=$(awk '/^VmSize/ { print $2 }' "/proc/$stopped/status")
	thr=$(awk '/^Threads/ { print $2 }' "/proc/$stopped/status")
	uss=$(awk '/^Private_/ { n += $2 } END { print n + 0 }' "/proc/$stopped/smaps_rollup")
	assertEquals 5 "$thr"
	for choice in "-p $stopped" '-c stopped' ''; do
		while read -r value by; do
			case $by in
			-s) has s || continue ;;
			esac
			for case in "0 OK $((value + 1))" "1 WARNING $value" "1 WARNING $((value - 1))" \
			    "2 CRITICAL $((value - 1)),$value" "1 WARNING $value,$((value + 1))" \
			    "0 OK $((value + 1)),$((value + 1))"; do
				# shellcheck disable=SC2086 # several words
				set -- $case
				# shellcheck disable=SC2086 # several words
				topmem -q $choice $by -x "$3"
				assertEquals "$choice $by -x $3" "$1" $?
				in_form "$choice $by -x $3"
				assertEquals "$choice $by -x $3" "$2 $value" \
					"$(sed 's/^TOPMEM \([A-Z]*\) .*=\([0-9]*\).*/\1 \2/' "$out")"
			done
		done <<-END
			$rss
			$vsz -k vsz
			$thr -k thr
			$uss -s
		END
	done
	topmem -q -x 1
	assertContains "$(cat "$out")" ", top $stopped stopped "
}

# Of this machine: the line is in form, and the limit that which the other forms tell
test_this_machine()
{
	possible || return 0
	for args in '-X 100%' '-X 0' '-X 80%,90%' '-X 1T' '-x 100%' '-x 1' '-x 1M,1T' '-x 1% -X 99%' '-s -x 1G' '-g -x 1G' \
	    '-t -x 1T' '-b user -X 100%' '-k foot -x 1T' '-k thr -x 1000000' '-k num -g -x 1000000'; do
		case $args in
		*-g* | *-t* | *-b*) has g || continue ;;
		*-s*) has s || continue ;;
		esac
		# shellcheck disable=SC2086 # several words
		topmem -q $args
		status=$?
		in_form "$args"
		case $status:$(cat "$out") in
		'0:TOPMEM OK '* | '1:TOPMEM WARNING '* | '2:TOPMEM CRITICAL '*) ;;
		*) fail "$args: $status: $(cat "$out")" ;;
		esac
	done
	topmem -q -X 0
	limit=$(sed 's/.*;//' "$out")
	topmem -l -H
	assertEquals "$limit" "$(squeeze "$out" | awk '$1 == "limit" { print $2 }')"
}

test_nothing_matched()
{
	possible || return 0
	empty=$SHUNIT_TMPDIR/empty
	mkdir -p "$empty"
	cp "$nine/meminfo" "$empty"
	for check in '-x 1' '-x 1T' '-X 1T -x 1T'; do
		# shellcheck disable=SC2086 # several words
		topmem -R "$empty" $check
		assertEquals "$check" 3 $?
		grep -q '^TOPMEM [OWC]' "$out" && fail "$check: $(cat "$out")"
		has p || continue
		# shellcheck disable=SC2086 # several words
		topmem -p 4000000 $check
		assertEquals "-p, $check" 3 $?
		grep -q '^TOPMEM [OWC]' "$out" && fail "$check: $(cat "$out")"
		# shellcheck disable=SC2086 # several words
		topmem -c 'no such name' $check
		assertEquals "-c, $check" 3 $?
		grep -q '^TOPMEM [OWC]' "$out" && fail "$check: $(cat "$out")"
		assertContains "$check" "$(cat "$err" "$out")" 'no such process'
		has g || continue
		for letter in -g -t; do
			# shellcheck disable=SC2086 # several words
			topmem -c 'no such name' $check $letter
			assertEquals "-c, $check $letter" 3 $?
			grep -q '^TOPMEM [OWC]' "$out" && fail "$check $letter: $(cat "$out")"
		done
	done
	return 0
}

# as_user ARG...: topmem run without privileges
as_user()
{
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	# shellcheck disable=SC2086 # may be several words
	setpriv --reuid $user --regid $user --clear-groups $program "$@" >"$out" 2>"$err"
}

# What may not be read may be the largest
test_unreadable()
{
	! emulated || { skip "the emulator is larger than what is looked for"; return 0; }
	possible s || return 0
	[ "$(id -u)" = 0 ] || { skip 'only root can become another user'; return 0; }
	for_others || return
	uss=$(awk '/^Private_/ { n += $2 } END { print n + 0 }' "/proc/$foreign/smaps_rollup")
	while read -r status word args; do
		# shellcheck disable=SC2086 # several words
		as_user -q $args
		assertEquals "$args: status" "$status" $?
		in_form "$args"
		assertContains "$args: $(cat "$out")" "$(cat "$out")" "TOPMEM $word "
	done <<-END
		3 UNKNOWN -s -x 1T
		3 UNKNOWN -s -x 1T -n 0
		3 UNKNOWN -s -x 1T -n 40
		3 UNKNOWN -s -x $((uss + 1))
		1 WARNING -s -x $uss
		1 WARNING -s -x $uss,$((uss + 1))
		2 CRITICAL -s -x 1,$uss
		1 WARNING -s -x 1T -X 1
		0 OK -x 1T
		0 OK -x 100% -X 100%
		0 OK -s -x 1T -p $foreign
		0 OK -s -X 1T
		3 UNKNOWN -k pss -x 1T
	END
	as_user -s -x 1T
	assertContains "$(cat "$out")" "top $foreign foreign "
	assertContains 'the message' "$(cat "$err")" 'not readable'
	if has g; then
		for letter in -g -t '-b user'; do
			# shellcheck disable=SC2086 # several words
			as_user -q $letter -x 1T
			assertEquals "$letter: status" 3 $?
			in_form "$letter"
			assertContains "$letter" "$(cat "$out")" 'TOPMEM UNKNOWN '
		done
	fi
	if has f; then
		as_user -s -x 1T -f json
		assertEquals 'JSON: status' 3 $?
		assertEquals UNKNOWN "$(jq -r .check "$out")"
	fi
}

# Whoever chooses the name chooses no figures
test_hostile_names()
{
	possible c || return 0
	printf '%s\n' '|' 'a|b' ' | used=0KB' '| used=0KB;1;' "it's" '"' '\x' '<b>' 'a;b' \
		"$(printf 'a\033[2J')" "$(printf 'tab\tx')" "$(printf '\377\376')" "$(printf 'ctl\001\177')" \
		"$(printf '\302\233x')" "$(printf '\342\200\250x')" "G$(printf '\303\266')" '=' ' ' "$(printf 'a\rb')" \
		>"$SHUNIT_TMPDIR/names"
	while read -r name; do
		start memproc private=30M name="$name" || return
		topmem -p "$pid" -x 1
		assertEquals "$name: status" 1 $?
		head -n 1 "$out" >"$SHUNIT_TMPDIR/first"
		assertEquals "$name: bars" '|' "$(tr -cd '|' <"$SHUNIT_TMPDIR/first")"
		assertEquals "$name: unprintable" 0 "$(tr -d '\n\200-\377 -~' <"$SHUNIT_TMPDIR/first" | wc -c | tr -d ' ')"
		assertEquals "$name: UTF-8" 0 "$(iconv -f UTF-8 -t UTF-8 <"$SHUNIT_TMPDIR/first" 2>&1 >/dev/null | wc -l | tr -d ' ')"
		assertEquals "$name: one line" "TOPMEM PID $pid" "$(awk '{ printf "%s%s", sep, $1; sep = " " }' "$out")"
		assertContains "$name" "$(cat "$SHUNIT_TMPDIR/first")" ", top $pid "
		grep -qE ' \| used=[0-9]+KB;;;0;[0-9]+ rss=[0-9]+KB;1;;0;[0-9]+$' "$SHUNIT_TMPDIR/first" ||
			fail "$name: $(cat "$SHUNIT_TMPDIR/first")"
		if has g; then
			topmem -p "$pid" -q -g -x 1
			assertEquals "$name, -g: bars" '|' "$(tr -cd '|' <"$out")"
		fi
		stop "$pid"
	done <"$SHUNIT_TMPDIR/names"
	start memproc name='a|b' || return
	topmem -p "$pid" -x 1
	assertContains "$(head -n 1 "$out")" " top $pid a?b "
	# A monitor takes for performance data what follows one in any line
	assertEquals 'a?b' "$(sed -n 3p "$out" | awk '{ print $4 }')"
	if has f; then
		topmem -p "$pid" -x 1 -f json
		assertContains 'as it is in JSON' "$(cat "$out")" '"comm":"a|b"'
	fi
	stop "$pid"
}

test_hostile_groups()
{
	possible g b || return 0
	tree=$SHUNIT_TMPDIR/hostile
	rm -rf "$tree"
	process "$tree" 7 4000 'n|me\n\\x'
	printf 'Rss: 4000 kB\nPss: 4000 kB\nPrivate_Dirty: 4000 kB\n' >"$tree/7/smaps_rollup"
	printf 'a|b\000\n|\033\000' >"$tree/7/cmdline"
	echo '0::/x|y' >"$tree/7/cgroup"
	memory "$tree" 1000000 600000
	for by in prog args cgroup user; do
		topmem -q -R "$tree" -b $by -x 1
		assertEquals "$by" 1 $?
		assertEquals "$by: bars" '|' "$(tr -cd '|' <"$out")"
		assertEquals "$by: lines" 1 "$(wc -l <"$out" | tr -d ' ')"
		in_form "$by"
	done
	topmem -q -R "$tree" -x 1
	assertContains "$(cat "$out")" ' top 7 n?me?'
	in_form 'a newline'
}

test_json()
{
	possible f || return 0
	for case in '0 OK -x 1T' '1 WARNING -x 1' '2 CRITICAL -x 1,2' '0 OK -X 100%' '1 WARNING -X 60%' '2 CRITICAL -X 1,60%' \
	    '1 WARNING -X 60% -n 0' '1 WARNING -X 60% -q' '2 CRITICAL -x 1,2 -l' '0 OK -x 1T -n 9 -r'; do
		status=${case%% *} word=${case#* }
		args=${word#* } word=${word%% *}
		# shellcheck disable=SC2086 # several words
		topmem -f json -R "$nine" $args
		assertEquals "$args: status" "$status" $?
		assertEquals "$args: lines" 1 "$(wc -l <"$out" | tr -d ' ')"
		assertEquals "$args" "$word" "$(jq -r .check "$out")"
		assertEquals "$args" check "$(jq -r 'keys_unsorted | last' "$out")"
		grep -q "\"check\":\"$word\"}\$" "$out" || fail "$args: $(cat "$out")"
	done
	topmem -f json -R "$nine"
	assertEquals 'without a check' false "$(jq 'has("check")' "$out")"
	if has g; then
		for letter in -g -t '-b user'; do
			# shellcheck disable=SC2086 # several words
			topmem -f json -R "$nine" $letter -x 1
			assertEquals "$letter: status" 1 $?
			assertEquals "$letter" 'WARNING check' "$(jq -r '"\(.check) \(keys_unsorted | last)"' "$out")"
		done
	fi
	has w || return 0
	topmem -f json -R "$nine" -w .01 -i 3 -x 1
	assertEquals '-w: status' 1 $?
	assertEquals 'WARNING WARNING WARNING' "$(jq -r .check "$out" | tr '\n' ' ' | sed 's/ $//')"
}

# A status that says all is well is never that of a line that could not be written
test_output_that_cannot_be_written()
{
	possible || return 0
	for args in '-x 1T' '-x 1' '-x 1,2' '-q -X 100%' '-X 1,2 -n 0'; do
		# shellcheck disable=SC2086 # several words
		$TOPMEM -R "$nine" $args >/dev/full 2>"$SHUNIT_TMPDIR/err"
		assertEquals "$args" 3 $?
		# shellcheck disable=SC2086 # several words
		$TOPMEM -R "$nine" $args >&- 2>"$SHUNIT_TMPDIR/err"
		assertEquals "$args, closed" 3 $?
	done
}

# blocks MORE: what is in $boxed, as words: a block is its time, its status line and so many lines more
blocks()
{
	awk -v more="$1" -v time_line="$time_line" '
		{ at = (NR - 1) % (more + 2) }
		at == 0 && $0 !~ time_line { print "no time: " $0 }
		at == 1 { print $1 == "TOPMEM" ? $2 : "no status: " $0 }
		at > 1 && $1 == "TOPMEM" { print "a status: " $0 }
		END { if (NR % (more + 2)) print "cut off" }' "$boxed"
}

test_static_black_box()
{
	possible w i || return 0
	boxed=$SHUNIT_TMPDIR/out
	for args in '-x 1T' '-X 100%' '-X 100% -l -n 3' '-q -x 1T' '-X 1T -s -n 0'; do
		# shellcheck disable=SC2086 # several words
		topmem -R "$nine" -w .01 -i 5 $args
		assertEquals "$args: status" 0 $?
		assertEquals "$args" '' "$(cat "$out" "$err")"
	done
	while read -r status word more args; do
		# shellcheck disable=SC2086 # several words
		topmem -R "$nine" -w .01 -i 3 $args
		assertEquals "$args: status" "$status" $?
		assertEquals "$args: stderr" '' "$(cat "$err")"
		assertEquals "$args" "$word $word $word" "$(blocks "$more" | tr '\n' ' ' | sed 's/ $//')"
		sed -n 2p "$out" >"$SHUNIT_TMPDIR/line"
		in_form "$args" "$SHUNIT_TMPDIR/line"
	done <<-END
		1 WARNING 2 -x 1
		2 CRITICAL 2 -x 1,2
		1 WARNING 10 -X 60% -n 40
		2 CRITICAL 4 -X 1,60% -n 3
		1 WARNING 0 -X 60% -q
		1 WARNING 4 -x 76000 -n 3 -r
		1 WARNING 10 -x 76000 -n 0
	END
	# -H leaves out the time, as always
	topmem -R "$nine" -w .01 -i 3 -X 1,60% -n 2 -H
	assertEquals '-H: status' 2 $?
	assertEquals 'TOPMEM 19 18 TOPMEM 19 18 TOPMEM 19 18' "$(awk '{ printf "%s%s", sep, $1; sep = " " }' "$out")"
}

# started_samples: how many were begun so far. A sample reads meminfo first
started_samples()
{
	grep -c '"meminfo"' "$trace"
}

# pass: further samples have been begun and ended since this was called
pass()
{
	wanted_samples=$(($(started_samples) + 4))
	while [ "$(started_samples)" -lt $wanted_samples ]; do
		kill -0 "$tracer" 2>/dev/null || return 0
		sleep 0.02
	done
}

# box ARG...: starts topmem, whose blocks go to $boxed. Its PID is in $watcher
box()
{
	boxed=$SHUNIT_TMPDIR/boxed trace=$SHUNIT_TMPDIR/trace err=$SHUNIT_TMPDIR/err
	: >"$boxed"
	: >"$trace"
	# shellcheck disable=SC2086 # TOPMEM may be several words
	strace -f --seccomp-bpf -e trace=open,openat -o "$trace" $TOPMEM "$@" >"$boxed" 2>"$err" &
	tracer=$!
	started="$started $tracer"
	until [ "$(started_samples)" -ge 1 ]; do
		kill -0 "$tracer" 2>/dev/null || { fail "$*: $(cat "$err")"; return 1; }
		sleep 0.02
	done
	watcher=$(awk '{ print $1; exit }' "$trace")
	pass
}

unbox()
{
	kill "$watcher" 2>/dev/null
	wait "$tracer" 2>/dev/null
	started=$(echo "$started " | sed "s/ $tracer / /; s/ *\$//")
}

# course MORE: the states that the blocks went through, each once
course()
{
	blocks "$1" | uniq | tr '\n' ' ' | sed 's/ $//'
}

test_black_box_of_what_is_used()
{
	possible w i || return 0
	tree=$SHUNIT_TMPDIR/box
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	memory "$tree" 1000000 500000
	box -R "$tree" -w .02 -X 60%,80% || return
	assertEquals 'all is well: nothing' '' "$(cat "$boxed")"
	memory "$tree" 1000000 600000
	pass
	assertEquals WARNING "$(course 2)"
	memory "$tree" 1000000 800000
	pass
	assertEquals 'WARNING CRITICAL' "$(course 2)"
	memory "$tree" 1000000 700000
	pass
	memory "$tree" 1000000 599999
	pass
	assertEquals 'WARNING CRITICAL WARNING OK' "$(course 2)"
	assertEquals 'well again, once' 1 "$(blocks 2 | grep -c OK)"
	wc -l <"$boxed" >"$SHUNIT_TMPDIR/lines"
	memory "$tree" 1000000 100
	pass
	assertEquals 'and then nothing' "$(cat "$SHUNIT_TMPDIR/lines")" "$(wc -l <"$boxed")"
	memory "$tree" 1000000 900000
	pass
	memory "$tree" 1000000 100
	pass
	assertEquals 'WARNING CRITICAL WARNING OK CRITICAL OK' "$(course 2)"
	assertEquals 'stderr' '' "$(cat "$err")"
	assertTrue 'goes on' "kill -0 $watcher"
	unbox
}

test_black_box_of_a_process()
{
	possible w i p || return 0
	start_step || return
	box -p "$pid" -w .02 -x "$((rss + 1000)),$((rss + 20000))" || return
	assertEquals 'all is well: nothing' '' "$(cat "$boxed")"
	step_to +996
	pass
	assertEquals 'not yet' '' "$(cat "$boxed")"
	step_to +4
	pass
	assertEquals WARNING "$(course 2)"
	assertContains "$(cat "$boxed")" " rss=$((rss + 1000))KB;$((rss + 1000));$((rss + 20000));0;"
	step_to +18996
	pass
	assertEquals WARNING "$(course 2)"
	step_to +4
	pass
	assertEquals 'WARNING CRITICAL' "$(course 2)"
	step_to -4
	pass
	assertEquals 'WARNING CRITICAL WARNING' "$(course 2)"
	step_to -19000
	pass
	assertEquals 'WARNING CRITICAL WARNING OK' "$(course 2)"
	assertEquals 'well again, once' 1 "$(blocks 2 | grep -c OK)"
	step_to +1000
	pass
	assertEquals 'WARNING CRITICAL WARNING OK WARNING' "$(course 2)"
	grep '^TOPMEM' "$boxed" | while read -r line; do
		echo "$line" >"$SHUNIT_TMPDIR/line"
		in_form 'of the box' "$SHUNIT_TMPDIR/line"
	done
	# What is looked at ends: that is told, and no alarm any more
	stop "$pid"
	wait "$tracer" 2>/dev/null
	assertContains "$(cat "$err")" 'no such process'
}

# What it has stays in memory, if it may; if not, it goes on without a word
test_locked_memory()
{
	! emulated || { skip "its memory is that of the emulator"; return 0; }
	possible w i || return 0
	standalone || { skip 'only the program of its own asks for that'; return 0; }
	trace=$SHUNIT_TMPDIR/trace
	strace -o "$trace" -e trace=mlockall "$TOPMEM" -R "$nine" -w .01 -i 2 -X 1 >"$SHUNIT_TMPDIR/out"
	# Linux before 4.4 is asked twice
	assertContains 'once, or twice' '1 2' "$(grep -c '^mlockall' "$trace")"
	strace -o "$trace" -e trace=mlockall "$TOPMEM" -R "$nine" -X 1 >"$SHUNIT_TMPDIR/out"
	assertEquals 'only with -w' 0 "$(grep -c '^mlockall' "$trace")"
	[ "$(id -u)" = 0 ] || { skip 'only root can become another user'; return 0; }
	for_others || return
	chmod 755 "$nine"
	for kb in 0 4 16 40 64 100 132 136 140 144 148 152 160 180 8192; do
		# shellcheck disable=SC2016 # those of another shell
		setpriv --reuid $user --regid $user --clear-groups sh -c 'ulimit -l "$0" && exec "$@"' $kb \
			"$program" -R "$nine" -w .01 -i 2 -s -n 20 -X 1 >"$SHUNIT_TMPDIR/out" 2>"$SHUNIT_TMPDIR/err"
		assertEquals "$kb kB may be locked: status" 1 $?
		assertEquals "$kb kB may be locked: stderr" '' "$(cat "$SHUNIT_TMPDIR/err")"
	done
}

# The screen is not redrawn: a black box is read later
test_black_box_on_a_terminal()
{
	possible w i || return 0
	script -qec "$TOPMEM -R $nine -w .01 -i 3 -X 60% -n 2" /dev/null </dev/null >"$SHUNIT_TMPDIR/typed"
	assertEquals 'status' 1 $?
	assertEquals 'escapes' 0 "$(tr -cd '\033' <"$SHUNIT_TMPDIR/typed" | wc -c | tr -d ' ')"
	tr -d '\r' <"$SHUNIT_TMPDIR/typed" >"$SHUNIT_TMPDIR/out"
	boxed=$SHUNIT_TMPDIR/out
	assertEquals 'WARNING WARNING WARNING' "$(blocks 3 | tr '\n' ' ' | sed 's/ $//')"
}

# Of three samples strace stops the second when it has opened meminfo: the third is what comes then
test_status_of_the_last_sample()
{
	possible w i || return 0
	tree=$SHUNIT_TMPDIR/last trace=$SHUNIT_TMPDIR/trace boxed=$SHUNIT_TMPDIR/boxed err=$SHUNIT_TMPDIR/err
	rm -rf "$tree"
	cp -r "$nine" "$tree"
	set -- -R "$tree" -w .01 -i 3 -X 60%,80%
	for before in 100 600000 800000; do
		memory "$tree" 1000000 $before
		# Which of its calls that is: open("meminfo" or openat(AT_FDCWD, "meminfo"
		# shellcheck disable=SC2086 # TOPMEM may be several words
		which=$(strace -e trace=open,openat $TOPMEM "$@" 2>&1 >/dev/null |
			awk '{ sub(/\(/, " "); n[$1]++ } /"meminfo"/ && ++samples == 2 { print $1 ":signal=STOP:when=" n[$1] }')
		for case in '100 0 OK' '600000 1 WARNING' '800000 2 CRITICAL'; do
			: >"$trace"
			memory "$tree" 1000000 $before
			# shellcheck disable=SC2086 # TOPMEM may be several words
			strace -f -o "$trace" -e trace=open,openat -e inject="$which" $TOPMEM "$@" >"$boxed" 2>"$err" &
			tracer=$!
			wait_until grep -q 'stopped by SIGSTOP' "$trace" || return
			memory "$tree" 1000000 "${case%% *}"
			kill -CONT "$(awk '{ print $1; exit }' "$trace")"
			wait $tracer
			assertEquals "$before, then $case" "${case% *}" "${case%% *} $?"
			case $before:$case in
			100:100*) assertEquals '' "$(cat "$boxed")" ;;
			*) assertEquals "${case##* }" "$(blocks 2 | tail -n 1)" ;;
			esac
		done
	done
}

test_growth()
{
	possible w i p || return 0
	start_step || return
	step_to +8000
	box -p "$pid" -w .02 -k grow -o pid,grow,comm -x 1000,2000 || return
	assertEquals 'not grown' '' "$(cat "$boxed")"
	step_to -4000
	pass
	assertEquals 'less is no growth' '' "$(cat "$boxed")"
	step_to +4996
	pass
	assertEquals 'not yet' '' "$(cat "$boxed")"
	step_to +4
	pass
	assertEquals WARNING "$(course 2)"
	step_to +1000
	pass
	assertEquals 'WARNING CRITICAL' "$(course 2)"
	# not past a state: memory goes bit by bit
	step_to -500
	pass
	step_to -5500
	pass
	assertEquals 'WARNING CRITICAL WARNING OK' "$(course 2)"
	unbox
	stop "$pid"
}

# shellcheck source=/dev/null
. shunit2
