#!/bin/sh
# -f json: every line is one object in UTF-8 that strict parsers take, whatever names, command lines and
# files hold, and it says the same as the text.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
# shellcheck source=tests/procfs/trees.sh
. "$top/tests/procfs/trees.sh"
alone "$@"

oneTimeSetUp()
{
	limits=
	! has l || limits='mem_limit_kb mem_used_kb '
	helper memproc || return
	start memproc fork=5 private=~3M threads=~3 || return
	start memproc private=4M name=names || return
	stopped=$pid
	# Python's own parser takes lone surrogates and NaN
	cat >"$SHUNIT_TMPDIR/parse.py" <<-'PYTHON'
		import json, sys

		def refuse(text):
		    raise ValueError(text)

		def pairs(found):
		    if len({key for key, value in found}) < len(found):
		        raise ValueError("the same key again: %s" % found)
		    return dict(found)

		data = open(sys.argv[1], "rb").read()
		if data and not data.endswith(b"\n"):
		    sys.exit("the last line is not whole")
		for line in data.split(b"\n")[:-1]:
		    if any(byte < 0x20 or byte == 0x7f for byte in line):
		        sys.exit("control bytes: %r" % line)
		    text = line.decode("utf-8", "strict")
		    if any(0x80 <= ord(char) < 0xa0 for char in text):
		        sys.exit("C1 controls: %r" % line)
		    try:
		        sample = json.loads(text, parse_constant=refuse, object_pairs_hook=pairs)
		    except ValueError as why:
		        sys.exit("%s: %s" % (why, text))
		    if not isinstance(sample, dict):
		        sys.exit("no object: %s" % text)
	PYTHON
}

# json ARG...: topmem -f json ARG... succeeds. All that it prints is looked at in the end
json()
{
	topmem -f json "$@"
	assertEquals "$*: status" 0 $?
	cat "$out" >>"$SHUNIT_TMPDIR/all"
}

# parsed: all since the last time is JSON, as Python and jq read it
parsed()
{
	[ -s "$SHUNIT_TMPDIR/all" ] || fail 'nothing to parse'
	python3 "$SHUNIT_TMPDIR/parse.py" "$SHUNIT_TMPDIR/all" >"$SHUNIT_TMPDIR/why" 2>&1 ||
		fail "$(tail -n 1 "$SHUNIT_TMPDIR/why" | head -c 1000)"
	jq -n 'reduce inputs as $sample (0; . + 1)' "$SHUNIT_TMPDIR/all" >"$SHUNIT_TMPDIR/why" 2>&1 ||
		fail "jq: $(cat "$SHUNIT_TMPDIR/why")"
	assertEquals 'objects' "$(wc -l <"$SHUNIT_TMPDIR/all" | tr -d ' ')" "$(cat "$SHUNIT_TMPDIR/why")"
	: >"$SHUNIT_TMPDIR/all"
}

tearDown()
{
	[ ! -s "$SHUNIT_TMPDIR/all" ] || parsed
}

# query FILTER: what jq makes of the output
query()
{
	jq -r "$1" "$out"
}

test_form()
{
	needs "f json" || return 0
	json
	assertEquals 'lines' 1 "$(wc -l <"$out" | tr -d ' ')"
	assertEquals 'in this order' "time uptime_s mem_total_kb ${limits}mem_available_kb rows" "$(query 'keys_unsorted | join(" ")')"
	assertEquals 'of a row' 'pid rss_kb mem_percent comm' "$(query '.rows[0] | keys_unsorted | join(" ")')"
	assertEquals 1 "$(query '.rows | length')"
	assertEquals 'number number number string' "$(query '.rows[0] | map(type) | join(" ")')"
	query .time | grep -qx '[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9][0-9]:[0-9][0-9]:[0-9][0-9]Z' || fail "$(query .time)"
	assertEquals 'nothing between' '' "$(tr -d '[:alnum:]{}[]":,._\n-' <"$out")"
}

test_times_and_memory()
{
	needs "f json" || return 0
	before="$(date -u +%Y-%m-%dT%H:%M:%SZ)" up_before=$(cut -d. -f1 /proc/uptime)
	json
	after="$(date -u +%Y-%m-%dT%H:%M:%SZ)" up_after=$(cut -d. -f1 /proc/uptime)
	time=$(query .time) up=$(query '.uptime_s | floor')
	assertEquals "$before <= $time <= $after" "$time" \
		"$(printf '%s\n' "$before" "$time" "$after" | sort | sed -n 2p)"
	assertTrue "$up_before <= $up <= $up_after" "[ $up -ge $up_before ] && [ $up -le $up_after ]"
	assertEquals "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" "$(query .mem_total_kb)"
	# This one changes
	assertTrue "$(query .mem_available_kb) is near to that of meminfo" "[ $(awk -v was="$(query .mem_available_kb)" \
		'/^MemAvailable:/ { print int((was - $2) / 1024) }' /proc/meminfo | tr -d -) -lt 500 ]"
}

# like_text ARG...: the values are those of the text, in the same order; pid first
like_text()
{
	json "$@"
	# null is -, and shares have one decimal there
	jq -r '.rows[] | to_entries | map(if .value == null then "-"
			elif .key | endswith("_percent") then .value * 10 | round | "\(. / 10 | floor).\(. % 10)"
			else .value | tostring end) | join(" ")' "$out" | squeeze >"$SHUNIT_TMPDIR/values"
	topmem -H "$@"
	squeeze "$out" >"$SHUNIT_TMPDIR/cells"
	assertTrue "$*: no rows" "[ -s '$SHUNIT_TMPDIR/cells' ]"
	cmp -s "$SHUNIT_TMPDIR/cells" "$SHUNIT_TMPDIR/values" ||
		fail "$*: $(diff "$SHUNIT_TMPDIR/cells" "$SHUNIT_TMPDIR/values" | head -n 5)"
}

# Processes that are stopped, and a tree
test_every_column()
{
	needs "f json" || return 0
	tree=$SHUNIT_TMPDIR/some
	for number in 1 2 3 4 5; do
		process "$tree" $((number * 10)) $((number * 1004)) "p$number"
		printf '%s: %s kB\n' Rss $((number * 1004)) Pss $((number * 700)) Private_Dirty $((number * 500)) \
			Shared_Dirty 16 Swap $number SwapPss 1 >"$tree/$((number * 10))/smaps_rollup"
		echo "0::/group$number" >"$tree/$((number * 10))/cgroup"
		printf 'p%s\000-x\000' $number >"$tree/$((number * 10))/cmdline"
		echo $number >"$tree/$((number * 10))/oom_score"
		echo -$number >"$tree/$((number * 10))/oom_score_adj"
	done
	printf 'MemTotal:  1000000 kB\nMemAvailable:  400000 kB\n' >"$tree/meminfo"
	# One of whom hardly anything is known
	mkdir "$tree/60"
	printf 'Name:\tless\nVmSize:\t4000 kB\n' >"$tree/60/status"
	columns=pid sizes='' keys=pid shares=pid
	for column in $($TOPMEM -o help | awk '$1 != "grow" && $1 != "pid" { print $1 }'); do
		columns=$columns,$column
		case $column in
		rss | vsz | shr | anon | hwm | data | stk | text | lib | pte | lck | swap | huge | foot | uss | pss | dirty | \
			epss | shared | ram)
			sizes="$sizes,$column%"
			shares="$shares ${column}_percent"
			keys="$keys ${column}_kb"
			;;
		mem) keys="$keys mem_percent" ;;
		comm | args) ;;
		*) keys="$keys $column" ;;
		esac
	done
	for set in "$columns" "pid$sizes"; do
		like_text -R "$tree" -n 10 -k pid -o "$set"
		like_text -R "$tree" -n 0 -o "$set"
		! has p || like_text -p "$stopped" -n 5 -o "$set"
	done
	json -R "$tree" -n 10 -o "pid$sizes"
	assertEquals 'keys of shares' "$shares" "$(query '.rows[0] | keys_unsorted | join(" ")')"
	json -R "$tree" -n 10 -o "$columns"
	assertEquals 'keys' "$keys comm args" "$(query '.rows[0] | keys_unsorted | join(" ")')"
	assertEquals 'strings' '' "$(query '.rows[] | .comm, .args, .user, .cgroup | select(type != "string" and . != null)')"
	assertEquals 'numbers' '' "$(query '.rows[] | del(.comm, .args, .user, .cgroup) | .[] | select(type != "number" and . != null)')"
	assertEquals 'known' '' "$(query '.rows[] | select(.pid != 60) | del(.num, .huge_kb, .data_kb, .stk_kb, .text_kb, .lib_kb,
		.pte_kb, .lck_kb) | .[] | select(. == null)')"
	like_text -R "$tree" -n 0
	like_text -n 0 -o pid,rss,comm -R "$tree"
	like_text -R "$tree" -n 4 -r
	! has s || like_text -R "$tree" -n 3 -s
	# Any order, names last
	json -R "$tree" -n 2 -o comm,rss,args,pid
	assertEquals 'rss_kb pid comm args' "$(query '.rows[1] | keys_unsorted | join(" ")')"
}

test_unknown_is_null()
{
	needs "f json" || return 0
	tree=$SHUNIT_TMPDIR/unknown
	mkdir -p "$tree/7"
	printf 'Name:\tx\nVmSize:\t4000 kB\n' >"$tree/7/status"
	json -R "$tree" -o rss,hwm,thr,oom,adj,mem,swap,foot,rss%,comm
	assertEquals '' "$(query '.rows[0] | del(.comm) | .[] | select(. != null)')"
	assertEquals 9 "$(query '.rows[0] | del(.comm) | length')"
	assertEquals 'null null null' "$(query '"\(.uptime_s) \(.mem_total_kb) \(.mem_available_kb)"')"
	! has s || json -R "$tree" -s
	! has g || json -R "$tree" -o cgroup,user
	# 0 is known
	printf 'Name:\tx\nVmSize:\t4000 kB\nVmRSS:\t0 kB\nVmSwap:\t0 kB\n' >"$tree/7/status"
	json -R "$tree" -o rss,swap
	assertEquals '{"rss_kb":0,"swap_kb":0}' "$(jq -c '.rows[0]' "$out")"
}

test_hostile_uptime_and_meminfo()
{
	needs "f json" || return 0
	tree=$SHUNIT_TMPDIR/hostile
	process "$tree" 7 400 x
	for text in '' '\n' x ' -5' ' -' '"' '}' '1e5' .5 '1.2.3' '0x10 1' 99999999999999999999999999 '5"}' '\033' '\200' ' 5' '5 kB' \
	    '\000\000'; do
		# shellcheck disable=SC2059 # escapes
		printf -- "$text" >"$tree/uptime"
		json -R "$tree"
		# shellcheck disable=SC2059 # escapes
		printf -- "$text\n$text" >"$tree/uptime"
		json -R "$tree"
		# shellcheck disable=SC2059 # escapes
		printf "MemTotal: $text\nMemAvailable: $text" >"$tree/meminfo"
		json -R "$tree" -o pid,mem,rss%
		# shellcheck disable=SC2059 # escapes
		printf "MemTotal: $text kB\nMemAvailable:$text kB\n" >"$tree/meminfo"
		json -R "$tree" -o pid,mem,rss%
	done
	rm "$tree/uptime" "$tree/meminfo"
	mkdir "$tree/uptime" "$tree/meminfo"
	json -R "$tree"
	assertEquals 'null null null' "$(query '"\(.uptime_s) \(.mem_total_kb) \(.mem_available_kb)"')"
}

# Numbers that no machine has are numbers still
test_hostile_processes()
{
	needs "f json" || return 0
	tree=$SHUNIT_TMPDIR/numbers
	for number in 18446744073709551615 18446744073709551616 99999999999999999999999999999 -1 x '' 00012 1e3 '5"'; do
		rm -rf "$tree"
		process "$tree" 7 400 x
		sed -i "s/^\(Vm[RSH].*\|Threads\|PPid\|Uid\):.*/\1: $number kB/; s/^VmSize.*/VmSize: 400 kB/" "$tree/7/status"
		echo "$number" >"$tree/7/oom_score"
		echo "$number" >"$tree/7/oom_score_adj"
		echo "0::/$number" >"$tree/7/cgroup"
		json -R "$tree" -o rss,hwm,thr,ppid,user,oom,adj,foot,mem,rss%
		! has s || json -R "$tree" -s -o rss,uss,foot
		! has g || json -R "$tree" -o cgroup
	done
}

# Processes and what JSON should have of their names. RFC 3629 says what UTF-8 is
make_names()
{
	mkdir "$1"
	python3 - "$1" >"$SHUNIT_TMPDIR/wanted" <<-'PYTHON'
		import json, os, sys

		def wanted(data):
		    text = ""
		    while data:
		        for length in 4, 3, 2, 1:
		            try:
		                char = data[:length].decode("utf-8", "strict")
		            except UnicodeDecodeError:
		                continue
		            if len(char) == 1 and not 0x80 <= ord(char) < 0xa0:
		                text += char
		                data = data[length:]
		                break
		        else:
		            text += "\ufffd"
		            data = data[1:]
		    return json.dumps(text)

		names = [b"a" + bytes([byte]) + b"z" for byte in range(1, 256)] + [
		    b'"', b"\\", b'"\\"', b'\\"', b"\\u0041", b"\\u00", b"\\n", b'"},{"pid":1',
		    "G\u00f6\u00dfe".encode(), "\u20ac".encode(), "\U0001f427\U0001f427".encode(),
		    b"\xef\xbf\xbd", b"\xef\xbf\xbf", b"\xed\x9f\xbf", b"\xf4\x8f\xbf\xbf", b"\xf0\x90\x80\x80",
		    b"over\xc0\xafx", b"over\xc1\xafx", b"over\xe0\x80\xafx", b"over\xf0\x80\x80\xaf",
		    b"sur\xed\xa0\x80x", b"sur\xed\xbf\xbfx", b"big\xf4\x90\x80\x80x", b"fe\xfe\xffx",
		    b"lone\x80x", b"cut\xc3", b"cut\xe2\x82", b"cut\xf0\x9f\x90", b"cut\xe2\xc3\xa9", b"cut\xc3\"",
		    b"cut\xe2\x82\\", b"cut\xf0\x9f\x90\"", b"cut\xf0\x9f\n", b"c1\xc2\x80x", b"c1\xc2\x9fx",
		    b"nbsp\xc2\xa0", b"\x1b[31m", b"\x7f", "\u2028\u2029".encode(), b"\n", b"\n\n\n",
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
		    write("stat", b"%d (x) S 1 1 1 0 -1 0 155 0 0 0 0 0 0 0 20 0 1 0 %d 409600 100 0\n" % (number, number))
		    write("cmdline", name + b"\0")
		    write("cgroup", b"0::/x/" + name.replace(b"\n", b"") + b"\n")
		    print(number, wanted(name))
	PYTHON
}

test_names_and_command_lines()
{
	needs "f json" || return 0
	tree=$SHUNIT_TMPDIR/names
	make_names "$tree"
	for options in "-n 1000" "-n 1000 -a" "-n 0" "-n 0 -a" "-r -n 1000"; do
		# shellcheck disable=SC2086 # several words
		json -R "$tree" $options -o pid,comm
		python3 -c '
import json, sys
for row in sorted(json.load(open(sys.argv[1], encoding="utf-8"))["rows"], key=lambda row: row["pid"]):
    print(row["pid"], json.dumps(row.get("comm", row.get("args"))))' "$out" >"$SHUNIT_TMPDIR/shown"
		cmp -s "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/shown" ||
			fail "$options: $(diff "$SHUNIT_TMPDIR/wanted" "$SHUNIT_TMPDIR/shown" | head -n 6)"
	done
	has g || return 0
	json -R "$tree" -n 1000 -o pid,cgroup
	for by in prog args cgroup user; do
		json -R "$tree" -b $by -n 1000
	done
}

# A text that does not fit is cut
test_cut_within_a_character()
{
	needs "f json" || return 0
	tree=$SHUNIT_TMPDIR/cut
	for before in '' a ab abc; do
		name=$before$(awk 'BEGIN { for (i = 0; i < 40; i++) printf "\360\237\220\247" }')
		process "$tree" 7 400 "$name"
		json -R "$tree"
		has g || continue
		echo "0::/$name" >"$tree/7/cgroup"
		json -R "$tree" -o cgroup
		json -R "$tree" -b cgroup
	done
}

test_long_command_lines()
{
	needs "f json" a || return 0
	tree=$SHUNIT_TMPDIR/long
	process "$tree" 7 400 x
	python3 -c '
import sys
text = b"".join(b"a\"b\\c\n\033\xc3\xa9\xe2\x82\xac\xf0\x9f\x90\xa7\xff-" + b"%d" % i for i in range(100000))
open(sys.argv[1], "wb").write(text.replace(b"9", b"\0"))' "$tree/7/cmdline"
	json -R "$tree" -a
	python3 - "$tree/7/cmdline" "$out" <<-'PYTHON' || fail 'not the same'
		import json, sys
		line = open(sys.argv[1], "rb").read().rstrip(b"\0").replace(b"\0", b" ")
		args = json.load(open(sys.argv[2], encoding="utf-8"))["rows"][0]["args"]
		sys.exit(line.decode("utf-8", "replace") != args)
	PYTHON
	# At the end of buffers
	length=490
	: >"$SHUNIT_TMPDIR/wanted"
	while [ $length -le 520 ]; do
		printf "%${length}s" '' | tr ' ' '"' >"$tree/7/cmdline"
		printf '\303\251\342\202' >>"$tree/7/cmdline"
		json -R "$tree" -a
		echo $((length + 3)) >>"$SHUNIT_TMPDIR/wanted"
		length=$((length + 1))
	done
	assertEquals "$(cat "$SHUNIT_TMPDIR/wanted")" \
		"$(tail -n 31 "$SHUNIT_TMPDIR/all" | jq -r '.rows[0].args | length')"
}

test_other_options()
{
	needs "f json" || return 0
	json -H
	assertEquals 'rows' "$(query 'keys_unsorted[-1]')"
	json -q -n 3
	assertEquals pid "$(query '.rows | map(keys[]) | unique | join(" ")')"
	assertEquals 3 "$(query '.rows | length')"
	if has o; then
		json -o rss,pid,rss,rss%,comm,pid,comm,rss%
		assertEquals 'rss_kb pid rss_percent comm' "$(query '.rows[0] | keys_unsorted | join(" ")')"
	fi
	if has h; then
		json -h -n 3
		assertEquals number "$(query '.rows | map(.rss_kb | type) | unique | join(" ")')"
		assertEquals "$(awk '/^MemTotal:/ { print $2 }' /proc/meminfo)" "$(query .mem_total_kb)"
	fi
	topmem -f json -f json
	assertEquals 'twice' 0 $?
	for format in xml '' JSON jso jsonx prometheus; do
		topmem -f "$format"
		assertEquals "-f $format" 3 $?
		assertEquals '' "$(cat "$out")"
	done
}

test_samples()
{
	needs "f json" w i || return 0
	tree=$SHUNIT_TMPDIR/samples
	process "$tree" 7 400 x
	process "$tree" 8 800 x
	json -R "$tree" -w .01 -i 4 -n 2
	assertEquals 4 "$(wc -l <"$out" | tr -d ' ')"
	assertEquals '8 7' "$(query '.rows | map(.pid) | join(" ")' | sort -u)"
	json -R "$tree" -w .01 -i 2 -k grow -o pid,grow -n 2
	assertEquals 'pid grow_kb' "$(query '.rows[1] | keys_unsorted | join(" ")' | sort -u)"
	assertEquals 0 "$(query '.rows[].grow_kb' | sort -u)"
	topmem -f json -R "$tree" -o grow
	assertEquals 3 $?
	assertEquals '' "$(cat "$out")"
	! has p || for letter in '' -g -t; do
		[ -z "$letter" ] || has g || continue
		start memproc || return
		: >"$SHUNIT_TMPDIR/out"
		# shellcheck disable=SC2086 # nothing or one word
		$TOPMEM -f json -p "$pid" -w .05 -i 400 $letter >"$SHUNIT_TMPDIR/out" 2>"$SHUNIT_TMPDIR/err" &
		watcher=$!
		tries=50
		while [ ! -s "$SHUNIT_TMPDIR/out" ] && [ $((tries -= 1)) -gt 0 ]; do
			sleep 0.2
		done
		stop "$pid"
		wait $watcher
		assertEquals "$letter: status" 0 $?
		out=$SHUNIT_TMPDIR/out
		cat "$out" >>"$SHUNIT_TMPDIR/all"
		assertTrue "$letter: no samples" "[ -s '$out' ]"
		assertEquals "$letter: samples of nothing" '' "$(query 'select(.rows == [] and (.total.num // 0) == 0)')"
	done
}

test_groups()
{
	needs "f json" g || return 0
	json -g -n 3
	assertEquals "time uptime_s mem_total_kb ${limits}mem_available_kb rows total" "$(query 'keys_unsorted | join(" ")')"
	assertEquals 'uss_kb shared_kb ram_kb swap_kb num program' "$(query '.rows[0] | keys_unsorted | join(" ")')"
	assertEquals 'uss_kb shared_kb ram_kb swap_kb num' "$(query '.total | keys_unsorted | join(" ")')"
	assertEquals 'string' "$(query '.rows | map(.program | type) | unique | join(" ")')"
	for by in user cgroup args; do
		json -b $by -n 3
		assertEquals "$by" "$by" "$(query '.rows[0] | keys_unsorted | last')"
		assertEquals "$by: total" 5 "$(query '.total | length')"
		assertEquals "$by: types" number "$(query '.total | map(type) | unique | join(" ")')"
	done
	for by in prog user cgroup args; do
		json -b $by -n 3 -o ram,args
		assertEquals "$by: args" "ram_kb args" "$(query '.rows[0] | keys_unsorted | join(" ")')"
	done
	json -g -n 3 -o args,comm,ram
	assertEquals 'ram_kb args program' "$(query '.rows[0] | keys_unsorted | join(" ")')"
	json -t
	assertEquals 'no rows' '[]' "$(jq -c .rows "$out")"
	assertEquals 'uss_kb shared_kb ram_kb swap_kb num' "$(query '.total | keys_unsorted | join(" ")')"
	json -g -q -n 50
	assertEquals program "$(query '.rows | map(keys[]) | unique | join(" ")')"
	# All of them make up the total; what is said as text is the same
	tree=$SHUNIT_TMPDIR/groups
	for number in 1 2 3 4 5 6 7 8 9; do
		process "$tree" $number $((number * 1004)) "p$((number % 4))"
		printf '%s: %s kB\n' Rss $((number * 1004)) Pss $((number * 700)) Private_Dirty $((number * 500)) \
			Swap $number SwapPss $number >"$tree/$number/smaps_rollup"
	done
	json -R "$tree" -g -n 0
	for key in uss_kb shared_kb ram_kb swap_kb num; do
		assertEquals "$key" "$(query ".rows | map(.$key) | add")" "$(query ".total.$key")"
	done
	assertEquals 'uss + shared' true "$(query '[.rows[], .total] | map(.ram_kb == .uss_kb + .shared_kb) | all')"
	for args in "-n 2" "-n 10 -r" "-n 0" "-n 10 -k num"; do
		# shellcheck disable=SC2086 # several words
		json -R "$tree" -g $args
		jq -r '.rows[], (.total | .program = "total") | map(tostring) | join(" ")' "$out" >"$SHUNIT_TMPDIR/values"
		# shellcheck disable=SC2086 # several words
		topmem -R "$tree" -g -H $args
		assertEquals "$args" "$(squeeze "$out")" "$(cat "$SHUNIT_TMPDIR/values")"
	done
	topmem -R "$tree" -t
	total=$(cat "$out")
	json -R "$tree" -t
	assertEquals "$total" "$(query .total.ram_kb)"
}

test_no_match()
{
	needs "f json" || return 0
	mkdir -p "$SHUNIT_TMPDIR/empty"
	topmem -f json -R "$SHUNIT_TMPDIR/empty"
	assertEquals 3 $?
	assertEquals 'nothing, or a whole line' '' "$(cat "$out")"
	has p || return 0
	topmem -f json -p 4000000
	assertEquals 3 $?
	assertEquals '' "$(cat "$out")"
	has g || return 0
	for letter in -g -t; do
		topmem -f json $letter -p 4000000
		assertEquals "$letter" 3 $?
		assertEquals "$letter" '' "$(cat "$out")"
	done
}

# Lines that could not be written whole never have status 0
test_output_that_cannot_be_written()
{
	needs "f json" a || return 0
	$TOPMEM -f json -n 5 >/dev/full 2>"$SHUNIT_TMPDIR/err"
	assertEquals 3 $?
	tree=$SHUNIT_TMPDIR/long
	mkdir -p "$tree"
	process "$tree" 7 400 x
	awk 'BEGIN { for (i = 0; i < 9999; i++) printf "x" }' >"$tree/7/cmdline"
	(
		ulimit -f 1
		trap '' XFSZ
		$TOPMEM -f json -R "$tree" -a >"$SHUNIT_TMPDIR/part" 2>"$SHUNIT_TMPDIR/err"
		echo $? >"$SHUNIT_TMPDIR/status"
	)
	assertTrue 'cut off' "[ $(wc -c <"$SHUNIT_TMPDIR/part") -lt 9000 ]"
	assertEquals 'a file may not be larger' 3 "$(cat "$SHUNIT_TMPDIR/status")"
}

# shellcheck source=/dev/null
. shunit2
