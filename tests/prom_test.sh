#!/bin/sh
# -f prom: Prometheus's own tools take all of it, whatever names hold, and it says the same as the kernel.
# The lines for cron and the alerting rule of the manual work as they stand there: node exporter and
# Prometheus run with them, on a loopback that only this suite has.
#
# They are unpacked, not installed (bootstrap prom).
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone_without_network "$@"

oneTimeSetUp()
{
	place=$SHUNIT_TMPDIR/place
	mkdir "$place"
	overlaid=
	overlay prom && overlaid=yes
	helper memproc step || return
	start memproc fork=40 private=~3M threads=~3 || return
	forked="$pid $(pgrep -P "$pid" | tr '\n' ' ')"
	# Its own memory for USS, and shared for what is not
	start memproc private=9M shared-anon=2M name=largest || return
	largest=$pid
}

# knows_prom: false, with the test skipped, in a build without it or without Prometheus
knows_prom()
{
	[ -n "$overlaid" ] || { skip 'not unpacked: toolchain/bootstrap prom'; return 1; }
	$TOPMEM --help 2>&1 | grep -q -e '-f prom' || { skip '-f prom is switched off'; return 1; }
}

# prom ARG...: topmem -f prom ARG... prints what promtool and our own reader take. Its samples
# are in $samples, one line each: NAME VALUE LABEL="TEXT"...
prom()
{
	samples=$place/samples
	topmem -f prom "$@"
	assertEquals "$*: status" 0 $?
	promtool check metrics <"$out" >"$place/why" 2>&1 || fail "$*: promtool: $(head -n 5 "$place/why")"
	assertEquals "$*: promtool" '' "$(cat "$place/why")"
	python3 "$top/tests/metrics.py" "$out" >"$samples" 2>"$place/why" || fail "$*: $(cat "$place/why")"
}

# sample NAME [LABEL=\"TEXT\"]...: its value
sample()
{
	line=$1
	shift
	awk -v name="$line" -v labels="$*" '
		{
			rest = $0
			sub(/^[^ ]* [^ ]* ?/, "", rest)
		}
		$1 == name && rest == labels { print $2 }' "$samples"
}

# Of all processes as many as one pass finds, and in the order they come. More of those that are
# stopped: one that changes between two passes may come twice, says the manual
test_every_option()
{
	knows_prom || return 0
	for options in '' '-n 0' '-n 3' '-q' '-H' '-h' '-qHhn9' '-w 1 -i 1' '-rn 9' '-n 0 -r' \
			'-k pss' '-o user,cgroup,mem' '-o mem' '-o comm' '-o pid' '-o thr,thr,rss,rss' '-a' '-an 0' \
			'-s' '-sn 0' '-l' '-ln 9' '-g' '-gn 9' '-gn 0' '-gq' '-gh' '-t' '-th' '-lt' \
			'-b user -n 0' '-b cgroup -n 0' '-b args -n 0' '-g -o mem,args,cgroup,rss' '-u root -n 0' \
			'-X 100%' '-ln 9 -x 1T'; do
		# shellcheck disable=SC2086 # several words
		prom $options
	done
	for options in '-n 40' '-n 1000' '-rn 40' '-qHhn40' '-k pss -n 40' '-sn 40' '-srn 40' '-ln 40' \
			'-an 40' '-gn 40' '-grn 40' '-b user -n 40' '-b cgroup -n 40' '-b args -n 40' '-o mem,thr -n 40' \
			'-g -o mem,args,cgroup,rss -n 40'; do
		# shellcheck disable=SC2086 # several words
		prom $options -c memproc,largest
	done
}

# kernel_says status|smaps: PID METRIC VALUE of each process, as the kernel says
kernel_says()
{
	columns=$status_columns
	[ "$1" = status ] || columns=$columns,$smaps_columns
	# shellcheck disable=SC2046 # a list of folders
	figures "$1" $(for one in $forked $largest; do echo "/proc/$one"; done) | awk -v columns="$columns" '
		BEGIN {
			split(columns, column, ",")
			number["ppid"] = number["thr"] = number["oom"] = number["adj"] = 1
		}
		{
			for (i = 2; i <= NF; i++) {
				name = column[i] == "rss" ? "resident" : column[i]
				if (column[i] in number)
					print $1, "topmem_process_" name, $i
				else if (column[i] == "mem" || sub(/%$/, "", name))
					print $1, "topmem_process_" name "_ratio", $i / 100
				else
					printf "%s topmem_process_%s_bytes %.0f\n", $1, name, $i * 1024
			}
		}' | sort
}

# All columns of processes that are stopped, and in the right row
test_values()
{
	knows_prom || return 0
	has k || { skip '-k is switched off'; return 0; }
	for from in status smaps; do
		columns=$status_columns
		if [ $from = smaps ]; then
			has s || continue
			columns=$columns,$smaps_columns
		fi
		for options in '-n 0' '-n 100' '-n 5 -r'; do
			kernel_says $from >"$place/wanted"
			# shellcheck disable=SC2086,SC2116 # several words
			prom $options -p "$(echo $forked $largest | tr ' ' ,)" -o "$columns"
			sed -n 's/^\(topmem_process_[^ ]*\) \([^ ]*\) pid="\([0-9]*\)".*/\3 \1 \2/p' "$samples" |
				awk '/_ratio / { $3 = $3 + 0 } { print }' | sort >"$place/said"
			case $options in
			*5*)	assertEquals 'rows' 5 "$(cut -d' ' -f1 "$place/said" | sort -u | wc -l)"
				comm -13 "$place/wanted" "$place/said" >"$place/differs" ;;
			*)	assertEquals 'rows' 42 "$(cut -d' ' -f1 "$place/said" | sort -u | wc -l)"
				diff "$place/wanted" "$place/said" >"$place/differs" ;;
			esac
			assertEquals "$from, $options" '' "$(head -n 5 "$place/differs")"
		done
	done
}

test_names_of_metrics()
{
	knows_prom || return 0
	prom -p "$largest"
	assertEquals "topmem_memory_total_bytes topmem_memory_limit_bytes topmem_memory_used_bytes\
 topmem_memory_available_bytes topmem_process_resident_bytes topmem_process_mem_ratio topmem_processes_seen\
 topmem_processes_unreadable" "$(cut -d' ' -f1 "$samples" | tr '\n' ' ' | sed 's/ $//')"
	assertEquals $(($(awk '/^VmRSS:/ { print $2 }' "/proc/$largest/status") * 1024)) \
		"$(sample topmem_process_resident_bytes "pid=\"$largest\" comm=\"largest\"")"
	total=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 1024))
	assertEquals $total "$(sample topmem_memory_total_bytes)"
	limit=$(sample topmem_memory_limit_bytes)
	assertTrue "$limit" "[ $limit -gt 0 ] && [ $limit -le $total ]"
	assertEquals 'the rest is available' "$limit" \
		$(($(sample topmem_memory_used_bytes) + $(sample topmem_memory_available_bytes)))
	assertEquals '1 of 1' '1 0' "$(sample topmem_processes_seen) $(sample topmem_processes_unreadable)"
}

# -q has no meaning here: what -o says is shown all the same
test_not_only_pids()
{
	knows_prom || return 0
	has o || { skip '-o is switched off'; return 0; }
	prom -p "$largest" -o ppid,thr,user
	grep _process_ "$samples" >"$place/wanted"
	prom -p "$largest" -o ppid,thr,user -q
	assertEquals "$(cat "$place/wanted")" "$(grep _process_ "$samples")"
	grep -q '^topmem_process_ppid ' "$samples" || fail "$(cat "$samples")"
}

# Labels: owner and cgroup, and what they are called in sums
test_labels()
{
	knows_prom || return 0
	has b || { skip '-b is switched off'; return 0; }
	prom -p "$largest" -o user,cgroup,rss
	topmem -H -p "$largest" -o cgroup
	group=$(sed 's/^ *//; s/ *$//' "$out")
	grep -q "^topmem_process_resident_bytes [0-9]* pid=\"$largest\" user=\"root\" cgroup=\"$group\"" "$samples" ||
		fail "$(grep resident "$samples")"

	for by in prog user args; do
		prom -b $by -p "$largest"
		case $by in
		prog) group=program label='program="largest"' ;;
		user) group=user label='user="root"' ;;
		*) group=args label="pid=\"$largest\" args=\"$(tr '\0' ' ' <"/proc/$largest/cmdline" | sed 's/ $//')\"" ;;
		esac
		topmem -H -b $by -p "$largest" -o uss,shared,ram,num,comm
		read -r uss shared ram num _ <"$out"
		assertEquals "-b $by" "$((uss * 1024)) $((shared * 1024)) $((ram * 1024)) $num" \
			"$(for name in uss_bytes shared_bytes ram_bytes num; do
				sample "topmem_${group}_$name" "$label"
			done | tr '\n' ' ' | sed 's/ $//')"
		assertEquals $((ram * 1024)) "$(sample topmem_total_ram_bytes)"
	done
}

# new_sums NAME NAME: in $tree two processes, 11 and 22, that can be added up
new_sums()
{
	tree=$place/sums.$1
	mkdir "$tree"
	printf 'MemTotal:  1000000 kB\nMemAvailable:  400000 kB\n' >"$tree/meminfo"
	for number in 11 22; do
		process "$tree" $number 1000 "$1"
		sed -i "s/(x)/($1)/" "$tree/$number/stat"
		printf 'Rss: 1000 kB\nPss: 900 kB\nPrivate_Dirty: 500 kB\n' >"$tree/$number/smaps_rollup"
		shift
	done
}

# What is added up by is the only label, whatever is shown, and it is another for each sum: two programs may
# have the same command line
test_labels_of_sums()
{
	knows_prom || return 0
	has b || { skip '-b is switched off'; return 0; }
	new_sums one two
	printf 'same\0line\0' | tee "$tree/11/cmdline" >"$tree/22/cmdline"
	echo 0::/one >"$tree/11/cgroup"
	echo 0::/two >"$tree/22/cgroup"
	while read -r columns; do
		prom -R "$tree" -g -n 9 -o "$columns"
		assertEquals "-g -o $columns" 'program="one" program="two"' \
			"$(sed -n 's/^topmem_program_ram_bytes [0-9]* //p' "$samples" | sort | xargs -d '\n')"
		prom -R "$tree" -b user -n 9 -o "$columns"
		assertEquals "-b user -o $columns" 'user="root"' "$(sed -n 's/^topmem_user_ram_bytes [0-9]* //p' "$samples")"
		prom -R "$tree" -b cgroup -n 9 -o "$columns"
		assertEquals "-b cgroup -o $columns" 'pid="11" cgroup="one" pid="22" cgroup="two"' \
			"$(sed -n 's/^topmem_cgroup_ram_bytes [0-9]* //p' "$samples" | sort | xargs -d '\n')"
		prom -R "$tree" -b args -n 9 -o "$columns"
		assertEquals "-b args -o $columns" 'pid="11" args="same line"' \
			"$(sed -n 's/^topmem_args_ram_bytes [0-9]* //p' "$samples")"
	done <<-END
		ram
		ram,comm
		args,ram
		comm,args,ram,cgroup,user
		user,ram
		cgroup,user,ram,args
	END
	# One without a name looks like one of this name
	new_sums '' -
	prom -R "$tree" -gn 9
	assertEquals 'pid="11" program="-" program="-"' \
		"$(sed -n 's/^topmem_program_ram_bytes [0-9]* //p' "$samples" | sort | xargs -d '\n')"
}

# A tree of processes with hostile names; wanted has PID and what their labels should be as JSON
make_names()
{
	mkdir "$1"
	python3 - "$1" >"$place/wanted" <<-'PYTHON'
		import json, os, sys

		def shown(data):
		    text = ""
		    while data:
		        for length in 4, 3, 2, 1:
		            try:
		                char = data[:length].decode("utf-8", "strict")
		            except UnicodeDecodeError:
		                continue
		            if len(char) == 1 and (char == "\n" or char >= " " and not "\x7f" <= char < "\xa0"):
		                text += char
		                data = data[length:]
		                break
		        else:
		            text += "?"
		            data = data[1:]
		    return json.dumps(text)

		names = [b"a" + bytes([byte]) + b"z" for byte in range(1, 256)] + [
		    b'"', b"\\", b'"\\"', b'\\"', b"\\n", b'"} 1', b'",pid="1', b"{}", b"# HELP x", b"\n# TYPE x", b"\n", b"\\\n",
		    "G\u00f6\u00dfe".encode(), "\u20ac".encode(), "\U0001f427\U0001f427".encode(), b"over\xc0\xafx",
		    b"sur\xed\xa0\x80x", b"big\xf4\x90\x80\x80x", b"cut\xc3\"", b"cut\xe2\x82\\", b"cut\xf0\x9f\n",
		    b"c1\xc2\x80x", b"c1\xc2\x9fx", b"nbsp\xc2\xa0", b"\x1b[31m", b"\x7f", "\u2028\u2029".encode(),
		]
		for number, name in enumerate(names, 1000):
		    folder = "%s/%d/" % (sys.argv[1], number)
		    os.mkdir(folder)
		    def write(file, data):
		        with open(folder + file, "wb") as into:
		            into.write(data)
		    write("status", b"Name:\t" + name.replace(b"\\", b"\\\\").replace(b"\n", b"\\n") +
		        b"\nPPid:\t1\nUid:\t0\t0\t0\t0\nVmSize:\t400 kB\nVmRSS:\t400 kB\nRssFile:\t0 kB\nThreads:\t1\n")
		    write("statm", b"100 100 0 0 0 0 0\n")
		    write("stat", b"%d (%s) S 1 1 1 0 -1 0 155 0 0 0 0 0 0 0 20 0 1 0 %d 409600 100 0\n" % (number, name, number))
		    write("cmdline", name + b"\0")
		    write("cgroup", b"0::/x/" + name.replace(b"\n", b"") + b"\n")
		    write("smaps_rollup", b"Rss: 400 kB\nPss: 400 kB\nPrivate_Dirty: 400 kB\n")
		    print(number, shown(name))
	PYTHON
	printf 'MemTotal:  1000000 kB\nMemAvailable:  400000 kB\n' >"$1/meminfo"
}

test_hostile_names()
{
	knows_prom || return 0
	tree=$place/names
	make_names "$tree"
	for options in '-n 1000' '-n 0' '-rn 1000' '-an 1000' '-an 0'; do
		# shellcheck disable=SC2086 # several words
		prom -R "$tree" $options -o rss,comm
		sed -n 's/^topmem_process_resident_bytes [0-9]* pid="\([0-9]*\)" [a-z]*=/\1 /p' "$samples" | sort -n >"$place/said"
		cmp -s "$place/wanted" "$place/said" || fail "$options: $(diff "$place/wanted" "$place/said" | head -n 6)"
	done
	prom -R "$tree" -n 1000 -o cgroup,rss
	# Different names may look the same, and a sample that comes twice spoils all others for a collector
	for by in prog args cgroup user; do
		for number in 1000 0; do
			prom -R "$tree" -b $by -n $number
		done
	done
}

# Names that are the same in all that is shown
test_long_names()
{
	knows_prom || return 0
	has g || { skip '-g is switched off'; return 0; }
	tree=$place/long
	mkdir "$tree"
	printf 'MemTotal:  1000000 kB\nMemAvailable:  400000 kB\n' >"$tree/meminfo"
	long=a12345678901234567890123456789012345678901234567890123456789
	for number in 1 2 3; do
		process "$tree" $number$number 1000 a12345678901234
		sed -i 's/(x)/(a12345678901234)/' "$tree/$pid/stat"
		printf 'Rss: 1000 kB\nPss: %s kB\nPrivate_Dirty: 500 kB\n' 90$number >"$tree/$pid/smaps_rollup"
		ln -s "/usr/bin/$long$number" "$tree/$pid/exe"
		printf '%s%s\0' $long $number >"$tree/$pid/cmdline"
		echo "0::/$number/x" >"$tree/$pid/cgroup"
	done
	for by in prog args cgroup; do
		prom -R "$tree" -b $by -n 10
		assertEquals "-b $by: sums" 3 "$(grep -c '_ram_bytes [0-9]* [a-z]' "$samples")"
	done
}

# A check has no line here that a bar would cut
test_bars_beside_a_check()
{
	knows_prom || return 0
	needs g X || return 0
	new_sums 'a|b' 'a?b'
	for check in '' '-X 100%' '-x 1T'; do
		# shellcheck disable=SC2086 # several words
		prom -R "$tree" -g -n 9 $check
		assertEquals "$check" 'program="a?b" program="a|b"' \
			"$(sed -n 's/^topmem_program_ram_bytes [0-9]* //p' "$samples" | sort | xargs -d '\n')"
	done
}

test_unknown_is_left_out()
{
	knows_prom || return 0
	has k || { skip '-k is switched off'; return 0; }
	tree=$place/unknown
	process "$tree" 10 1000 known
	echo 17 >"$tree/10/oom_score"
	process "$tree" 20 2000 unknown
	sed -i '/^VmSwap/d; /^RssAnon/d; /^VmHWM/d' "$tree/20/status"
	# Without a limit no share of it is known
	for number in 0 5; do
		prom -R "$tree" -n $number -o pid,rss,swap,hwm,oom,pss,mem
		assertEquals '2048000 ' "$(sample topmem_process_resident_bytes 'pid="20" comm="unknown"') $(
			)$(sample topmem_process_swap_bytes 'pid="20" comm="unknown"')"
		assertEquals '0 1024000 17' "$(for name in swap_bytes hwm_bytes oom; do
			sample topmem_process_$name 'pid="10" comm="known"'
		done | tr '\n' ' ' | sed 's/ $//')"
		has_no 'unknown.*\(hwm\|oom\)\|\(hwm\|oom\).*unknown'
		has_no 'pss\|mem_ratio\|topmem_memory_[a-z]*_bytes'
	done
	# Not a head without samples, either
	assertEquals '' "$(grep pss "$out")"
	has g || return 0
	# With what cannot be told of one process there is no total
	new_sums known unknown
	sed -i /Pss/d "$tree/22/smaps_rollup"
	prom -R "$tree" -gn 9
	assertEquals 'program="known"' "$(sed -n 's/^topmem_program_ram_bytes [0-9]* //p' "$samples")"
	assertEquals '' "$(grep topmem_total "$out")"
}

# has_no PATTERN: no sample is like that
has_no()
{
	grep "$1" "$samples" >"$place/found" && fail "$(cat "$place/found")"
	return 0
}

# In bytes, and with its sign
test_growth()
{
	knows_prom || return 0
	has w || { skip '-w is switched off'; return 0; }
	start_step || return
	out=$SHUNIT_TMPDIR/out
	: >"$out"
	$TOPMEM -f prom -w .05 -i 600 -o grow -p "$pid" >"$out" &
	watcher=$!
	started="$started $watcher"
	wait_until grep -q "^topmem_process_grow_bytes{pid=\"$pid\",comm=\"step\"} 0\$" "$out"
	step_to +3000
	wait_until grep -q '^topmem_process_grow_bytes{.*} 3072000$' "$out"
	stop $watcher
	: >"$out"
	$TOPMEM -f prom -w .05 -i 600 -o grow -p "$pid" >"$out" &
	watcher=$!
	started="$started $watcher"
	wait_until grep -q '^topmem_process_grow_bytes{.*} 0$' "$out"
	step_to -1000
	wait_until grep -q '^topmem_process_grow_bytes{.*} -1024000$' "$out"
	stop $watcher "$pid"
}

test_processes_are_counted()
{
	knows_prom || return 0
	count=$(($(echo "$forked" | wc -w) + 1))
	for number in 0 1 5 40; do
		# shellcheck disable=SC2086,SC2116 # one blank between them
		prom -n $number -p "$(echo $forked $largest | tr ' ' ,)"
		assertEquals "-n $number" "$count 0" "$(sample topmem_processes_seen) $(sample topmem_processes_unreadable)"
		rows=$(cut -d' ' -f1 "$samples" | grep -c resident)
		wanted=$number
		[ "$number" -gt 0 ] || wanted=$count
		assertEquals "-n $number" "$wanted" "$rows"
	done
}

# Half a file is none that a collector should find
test_no_process()
{
	knows_prom || return 0
	for options in '' -l '-ln 0' '-ln 40' '-X 100%' '-lX 100%'; do
		# shellcheck disable=SC2086 # several words
		topmem -f prom -c 'no such name' $options
		assertEquals "$options: status" 3 $?
		assertEquals "$options" ' topmem: /proc: no such process' "$(cat "$out") $(cat "$err")"
	done
	has w || return 0
	start memproc || return
	out=$SHUNIT_TMPDIR/out err=$SHUNIT_TMPDIR/err
	: >"$out"
	$TOPMEM -f prom -l -w .05 -p "$pid" >"$out" 2>"$err" &
	watcher=$!
	started="$started $watcher"
	wait_until grep -q '^topmem_processes_unreadable' "$out"
	stop "$pid"
	wait "$watcher"
	assertEquals 'it has ended: status' 0 $?
	assertEquals 'topmem: /proc: no such process' "$(cat "$err")"
	assertContains 'the last sample is whole' "$(tail -n 1 "$out")" 'topmem_processes_unreadable 0'

	# Others may come again
	has t || return 0
	for options in '' '-x 1' '-X 0'; do
		start memproc name=gone || return
		: >"$out"
		# shellcheck disable=SC2086 # several words
		$TOPMEM -f prom -t -w .05 -c gone $options >"$out" 2>"$err" &
		watcher=$!
		started="$started $watcher"
		wait_until grep -q '^topmem_processes_seen 1' "$out"
		stop "$pid"
		wait_until grep -q '^topmem_processes_seen 0' "$out"
		stop $watcher
		assertEquals "$options: no sum of none" '' "$(grep '^topmem_total_ram_bytes [^0-9]' "$out" | head -n 1)"
	done
}

# The manual

# manual START END: the lines of a literal display from one that begins with START to .Ed
manual()
{
	awk -v start="$1" '
		/^\.Bd -literal/ { inside = 1; next }
		/^\.Ed/ { inside = told = 0 }
		inside && index($0, start) == 1 { told = 1 }
		told' "$top/applet/topmem.1" | sed 's/\\e/\\/g'
}

# cron: runs the command of the manual's crontab, the folder of its D replaced by $place/textfile
cron()
{
	${TEST_SHELL:-sh} -c "cd '$place/textfile' && D=. && $(manual D= | sed -n 's/^\* \* \* \* \* //p')" >"$place/mail" 2>&1
}

test_cron_lines_of_manual()
{
	knows_prom || return 0
	has g || { skip '-g is switched off'; return 0; }
	assertEquals 'lines' 2 "$(manual D= | wc -l)"
	assertEquals "the folder is that of Debian's node exporter" D=/var/lib/prometheus/node-exporter "$(manual D= | head -n 1)"
	prometheus-node-exporter --help 2>&1 | grep -A1 'textfile.directory' | grep -qF /var/lib/prometheus/node-exporter ||
		fail 'not its folder any more'
	# % ends the command there
	assertEquals '' "$(manual D= | tr -cd %)"
	mkdir -p "$place/textfile"
	topmem_in_path
	cron || fail "$(cat "$place/mail")"
	assertEquals 'no mail' '' "$(cat "$place/mail")"
	assertEquals 'nothing but the file' topmem.prom "$(ls "$place/textfile")"
	promtool check metrics <"$place/textfile/topmem.prom" || fail 'not taken'

	# What cannot be written whole is not put in the place of what was
	cp "$place/textfile/topmem.prom" "$place/before"
	(ulimit -f 1 && trap '' XFSZ && cron) && fail 'half a file'
	cmp "$place/before" "$place/textfile/topmem.prom"
	rm -f "$place/textfile/"*
}

# As it would be installed
topmem_in_path()
{
	[ ! -e /usr/bin/topmem ] || return 0
	printf '#!/bin/sh\nexec %s "$@"\n' "$TOPMEM" >/usr/bin/topmem && chmod 755 /usr/bin/topmem
}

# What the rules make of memory that fills up, and of a file that is not written any more
test_rules_of_manual()
{
	knows_prom || return 0
	manual groups: >"$place/rules.yml"
	promtool check rules "$place/rules.yml" >"$place/why" 2>&1 || fail "$(cat "$place/why")"
	assertContains "$(cat "$place/why")" 'SUCCESS: 2 rules found'
	cat >"$place/rules_test.yml" <<-'YAML'
		rule_files: [rules.yml]
		evaluation_interval: 1m
		tests:
		- interval: 1m
		  input_series:
		  - {series: 'topmem_memory_limit_bytes{instance="a:9100"}', values: '1000x30'}
		  - {series: 'topmem_memory_used_bytes{instance="a:9100"}', values: '900x4 901x25'}
		  - {series: 'topmem_memory_limit_bytes{instance="b:9100"}', values: '1000x30'}
		  - {series: 'topmem_memory_used_bytes{instance="b:9100"}', values: '950x4 900x25'}
		  - {series: 'topmem_program_ram_bytes{instance="a:9100",program="nginx"}', values: '500x30'}
		  - {series: 'topmem_program_ram_bytes{instance="a:9100",program="sh"}', values: '400x30'}
		  - {series: 'topmem_program_ram_bytes{instance="b:9100",program="redis"}', values: '800x30'}
		  - {series: 'node_textfile_mtime_seconds{instance="a:9100",file="topmem.prom"}', values: '0+60x10 600x20'}
		  alert_rule_test:
		  - {eval_time: 9m, alertname: MemoryAlmostUsedUp, exp_alerts: []}
		  - eval_time: 11m
		    alertname: MemoryAlmostUsedUp
		    exp_alerts:
		    - exp_labels: {instance: 'a:9100'}
		      exp_annotations: {summary: '90.1% of memory is used, the most by nginx'}
		  - {eval_time: 19m, alertname: MetricsAreOld, exp_alerts: []}
		  - eval_time: 21m
		    alertname: MetricsAreOld
		    exp_alerts:
		    - exp_labels: {instance: 'a:9100', file: topmem.prom}
	YAML
	promtool test rules "$place/rules_test.yml" >"$place/why" 2>&1 || fail "$(cat "$place/why")"
}

# fetch URL: over the suite's own loopback
fetch()
{
	busybox wget -q -O - "http://127.0.0.1:$1"
}

# query EXPRESSION: NUMBER that Prometheus has for it now
query()
{
	fetch "9090/api/v1/query?query=$(printf %s "$1" | jq -sRr @uri)" | jq -r '.data.result[].value[1]'
}

firing()
{
	[ "$(fetch 9090/api/v1/alerts | jq -r '.data.alerts[] | select(.state == "firing") | .labels.alertname')" = "$1" ]
}

test_prometheus()
{
	knows_prom || return 0
	has g || { skip '-g is switched off'; return 0; }
	topmem_in_path
	mkdir -p "$place/textfile"
	cron || fail "$(cat "$place/mail")"

	# The alert at once, if any memory is used
	manual groups: | sed 's/ > 0\.9$/ > 0/; s/for: 5m/for: 0s/' >"$place/now.yml"
	cat >"$place/prometheus.yml" <<-YAML
		global: {scrape_interval: 500ms, evaluation_interval: 500ms}
		rule_files: [$place/now.yml]
		scrape_configs:
		- job_name: node
		  static_configs: [{targets: ['127.0.0.1:9100']}]
	YAML
	promtool check config "$place/prometheus.yml" >"$place/why" 2>&1 || fail "$(cat "$place/why")"
	prometheus-node-exporter --web.listen-address=127.0.0.1:9100 --web.disable-exporter-metrics \
		--collector.disable-defaults --collector.textfile --collector.textfile.directory="$place/textfile" \
		>"$place/exporter.log" 2>&1 &
	started="$started $!"
	prometheus --web.listen-address=127.0.0.1:9090 --config.file="$place/prometheus.yml" \
		--storage.tsdb.path="$place/tsdb" >"$place/prometheus.log" 2>&1 &
	started="$started $!"
	wait_until firing MemoryAlmostUsedUp || tail -n 5 "$place/exporter.log" "$place/prometheus.log"

	assertEquals 'read without errors' 0 "$(query node_textfile_scrape_error)"
	python3 "$top/tests/metrics.py" "$place/textfile/topmem.prom" >"$place/samples"
	for name in memory_limit_bytes memory_used_bytes processes_seen; do
		assertEquals "$name" "$(sample topmem_$name)" "$(query topmem_$name)"
	done
	program=$(sed -n 's/^topmem_program_ram_bytes [0-9]* //p' "$place/samples" | head -n 1)
	value=$(sample topmem_program_ram_bytes "$program")
	assertTrue "$program has $value bytes" "[ '$value' -gt 0 ]"
	assertEquals "$program" "$value" "$(query "topmem_program_ram_bytes{$program}")"
	assertEquals 'told' "by $(echo "$program" | cut -d'"' -f2)" \
		"$(fetch 9090/api/v1/alerts | jq -r '.data.alerts[0].annotations.summary' | sed 's/.* \(by .*\)/\1/')"

	# Hostile names reach it as they are
	tree=$place/names
	[ -d "$tree" ] || make_names "$tree"
	topmem -f prom -R "$tree" -n 1000 -o rss,comm
	cp "$out" "$place/textfile/new" && mv "$place/textfile/new" "$place/textfile/topmem.prom"
	wait_until hostile_are_there
	for which in 1033 1091 1255 1258 1261 1264 1265; do
		name=$(sed -n "s/^$which //p" "$place/wanted")
		assertEquals "$name" "$name" "$(fetch "9090/api/v1/series?match%5B%5D=topmem_process_resident_bytes%7Bpid%3D%22$which%22%7D" |
			jq -c '.data[0].comm')"
	done
	assertEquals 'read without errors' 0 "$(query node_textfile_scrape_error)"
}

hostile_are_there()
{
	[ "$(query 'count(topmem_process_resident_bytes)')" = "$(wc -l <"$place/wanted")" ]
}

# shellcheck source=/dev/null
. shunit2
