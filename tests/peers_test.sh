#!/bin/sh
# topmem against its peers, smem, psutil, ps and top, as Debian has them: all look at the
# same processes of real programs, which are stopped, and have to tell the same figures.
#
# The programs map copies of their files, in a mount namespace of their own: if the peers
# shared libraries with them, to look would change what is seen. They have no network, not
# even loopback, but sockets in the folder of the test. What is not installed is skipped:
# toolchain/bootstrap peers browser.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone "$@"

PATH=$PATH:/usr/sbin:/sbin
# Not one of somebody's own, which knows no psutil
python=/usr/bin/python3
peers=$top/tests/peers.py

# The subjects

# find_programs: sets $nginx, $redis... to what is installed, else to nothing
find_programs()
{
	nginx=$(command -v nginx)
	redis=$(command -v redis-server)
	node=$(command -v node)
	chromium=/usr/lib/chromium/chromium-headless-shell
	[ -x $chromium ] || chromium=
	postgres=
	for file in /usr/lib/postgresql/*/bin/postgres; do
		[ ! -x "$file" ] || postgres=$file
	done
}

# copy_mapped PROGRAM...: what these map, into $copies
copy_mapped()
{
	mkdir "$copies"
	for file; do
		readlink -f "$file"
		ldd "$file" 2>/dev/null | awk '$3 ~ /^\// { print $3 } $1 ~ /^\// { print $1 }' |
			xargs -r readlink -f
	done | sort -u | xargs cp --parents -t "$copies"
}

# begin NAME COMMAND...: starts it, with NAME.log; its PID is in $pid
begin()
{
	log=$place/$1.log
	shift
	"$@" >"$log" 2>&1 </dev/null &
	pid=$!
	started="$started $pid"
}

# await NAME COMMAND...: waits until this succeeds, for 20 seconds
await()
{
	what=$1
	shift
	for try in $(seq 200); do
		"$@" >/dev/null 2>&1 && return
		sleep 0.1
	done
	fail "$what does not get ready: $(cat "$place/$what.log")"
	return 1
}

# A process that holds the namespaces of the subjects. Shared memory that they leave behind
# ends with these
start_holder()
{
	# shellcheck disable=SC2016 # for the inner shell
	begin holder unshare --mount --ipc --net sh -c '
		mount -t tmpfs tmpfs /dev/shm || exit
		cd "$1" && find . -type f | while read -r file; do
			mount --bind "$file" "${file#.}" || exit
		done && cd / && echo ready && exec sleep 1000' - "$copies"
	holder=$pid
	await holder grep -q ready "$log"
}

# apart COMMAND...: becomes that command, in these namespaces
apart()
{
	exec nsenter --root="/proc/$holder/root" --wd="/proc/$holder/cwd" \
		--mount="/proc/$holder/ns/mnt" --ipc="/proc/$holder/ns/ipc" --net="/proc/$holder/ns/net" "$@"
}

# children PID COUNT: it has so many or more
children()
{
	[ "$(ps -o pid= --ppid "$1" | wc -l)" -ge "$2" ]
}

# swap_out KB PID...: where there is swap
swap_out()
{
	[ -z "$zram" ] || ! knows psutil || "$python" "$peers" pageout "$@"
}

start_nginx()
{
	mkdir "$place/nginx"
	cat >"$place/nginx/conf" <<-CONF
		daemon off;
		worker_processes 4;
		error_log stderr;
		pid $place/nginx/pid;
		events { }
		http {
			access_log off;
			client_body_temp_path $place/nginx/body;
			proxy_temp_path $place/nginx/proxy;
			fastcgi_temp_path $place/nginx/fastcgi;
			uwsgi_temp_path $place/nginx/uwsgi;
			scgi_temp_path $place/nginx/scgi;
			proxy_cache_path $place/nginx/cache keys_zone=cache:8m;
			server { listen unix:$place/nginx/socket; }
		}
	CONF
	begin nginx apart "$nginx" -c "$place/nginx/conf"
	nginx_pid=$pid
	await nginx children "$nginx_pid" 4
}

# as_postgres COMMAND...: it refuses to run as root
as_postgres()
{
	apart setpriv --reuid postgres --regid postgres --clear-groups "$@"
}

# sql STATEMENT...
sql()
{
	for statement; do
		set -- "$@" -c "$statement"
		shift
	done
	as_postgres "${postgres%/*}/psql" -h "$place/postgres" -d postgres -Xqt "$@"
}

sleeping_backends()
{
	[ "$(sql "select count(*) from pg_stat_activity where wait_event = 'PgSleep'")" -eq "$1" ]
}

start_postgres()
{
	mkdir "$place/postgres"
	chown postgres "$place/postgres"
	begin initdb as_postgres "${postgres%/*}/initdb" -A trust -N -D "$place/postgres/data"
	wait "$pid" || { fail "initdb: $(cat "$log")"; return 1; }
	begin postgres as_postgres "$postgres" -D "$place/postgres/data" -k "$place/postgres" \
		-c listen_addresses= -c shared_buffers=48MB -c fsync=off -c autovacuum=off
	postgres_pid=$pid
	await postgres "${postgres%/*}/pg_isready" -h "$place/postgres" || return
	begin psql sql "create table list as select i, repeat(i::text, 20) as text
		from generate_series(1, 60000) i"
	wait "$pid" || { fail "psql: $(cat "$log")"; return 1; }
	# Each has seen more of the shared buffers than the one before
	for rows in 5000 30000 60000; do
		begin psql sql "select sum(length(text)) from list where ctid < '($((rows / 60)),0)'" \
			"select count(distinct text) from (select text from list limit $rows) as some" \
			"select pg_sleep(1000)"
	done
	await psql sleeping_backends 3 || return
	# shellcheck disable=SC2046 # a list of PIDs
	swap_out 3000 $(ps -o pid= --ppid "$postgres_pid")
}

# fill_redis COUNT: as many keys with new values
fill_redis()
{
	redis-cli -s "$place/redis/socket" eval "for i = 1, $1 do
		redis.call('set', 'key' .. i, string.rep(i + $1, 80)) end" 0 >/dev/null
}

# While a child writes a snapshot, which it would do for hours, the parent changes what it has.
# What was swapped out before that is in both
start_redis()
{
	mkdir "$place/redis"
	begin redis apart "$redis" --port 0 --unixsocket "$place/redis/socket" --dir "$place/redis" \
		--save '' --rdb-key-save-delay 1000000
	redis_pid=$pid
	await redis redis-cli -s "$place/redis/socket" ping || return
	fill_redis 20000
	swap_out 3000 "$redis_pid"
	redis-cli -s "$place/redis/socket" bgsave >/dev/null
	await redis children "$redis_pid" 1 || return
	fill_redis 5000
}

# Its workers call themselves by another name
start_node()
{
	cat >"$place/node.js" <<-'SCRIPT'
		const cluster = require('cluster')
		const held = []
		for (let i = 0; i < 4; i++)
			held.push(Buffer.alloc(1 << 20, i + 1))
		if (cluster.isPrimary) {
			let ready = 0
			cluster.on('message', () => { if (++ready == 2) console.log('ready', held.length) })
			cluster.fork()
			cluster.fork()
		} else {
			process.title = 'web worker'
			process.send('ready')
		}
	SCRIPT
	begin node apart "$node" "$place/node.js"
	node_pid=$pid
	await node grep -q ready "$log" || return
	swap_out 3000 "$node_pid"
}

# It waits for commands in a pipe: without that it would end after the page
start_chromium()
{
	echo '<script>
		const held = []
		for (let i = 0; i < 100000; i++)
			held.push({ text: "text " + i })
		console.log("ready", held.length)
	</script>' >"$place/page.html"
	mkfifo "$place/debugger"
	begin chromium chromium_apart
	chromium_pid=$pid
	await chromium grep -q 'CONSOLE.*ready' "$log"
}

chromium_apart()
{
	apart "$chromium" --headless --no-sandbox --disable-gpu --enable-logging=stderr \
		--user-data-dir="$place/chromium" --remote-debugging-pipe "file://$place/page.html" \
		3<>"$place/debugger" 4>/dev/null
}

# named NAME SPEC...: memproc under that name, with these specs
named()
{
	program=$place/$1
	cp "$helpers/memproc" "$program"
	shift
	begin named apart "$program" "$@"
	await named grep -q ready "$log"
}

odd_name=$(printf 'a"b\\c\001\303\251\377')

# What no real program does every day
start_named()
{
	named removed private=1M
	rm "$program"
	named replaced private=2M copies=1
	cp "$helpers/memproc" "$program.new"
	mv "$program.new" "$program"
	named longer-than-15-bytes private=3M
	named parent private=4M fork=2 name=child
	named odd private=5M name="$odd_name"
	odd_pid=$pid
	# A shell and a sleep of one multi-call binary
	ln -s "$(command -v busybox)" "$place/sleep"
	begin busybox apart busybox sh -c "'$place/sleep' 1000 & echo ready; wait"
	await busybox grep -q ready "$log"
}

# subjects: their PIDs; that is, all that are in their namespace
subjects()
{
	stat -Lc '%i %n' /proc/[0-9]*/ns/mnt 2>/dev/null | awk -v holder="/proc/$holder/ns/mnt" '
		{ name[$1] = name[$1] " " $2 }
		$2 == holder { inode = $1 }
		END { gsub(/[^0-9 ]/, "", name[inode]); print name[inode] }' | xargs -n 1 | sort -n
}

# stopped: all subjects are, and no more have come
stopped()
{
	# shellcheck disable=SC2046 # a list of PIDs
	kill -STOP $(subjects)
	subjects | sed 's,.*,/proc/&/status,' | xargs cat | awk '
		/^State:/ && !/T/ { exit 1 }'
}

oneTimeSetUp()
{
	place=$SHUNIT_TMPDIR/subjects copies=$SHUNIT_TMPDIR/copies
	# For other users
	mkdir "$place"
	chmod 711 "$SHUNIT_TMPDIR" "$SHUNIT_TMPDIR/.."

	helper memproc || return
	swap_on || echo "no zram to swap to: nothing is swapped"
	find_programs
	# shellcheck disable=SC2086 # some may be missing
	copy_mapped $nginx $postgres ${postgres:+${postgres%/*}/psql} $redis $node $chromium \
		"$(command -v busybox)" "$(command -v sleep)"
	start_holder || return
	[ -z "$nginx" ] || start_nginx || return
	[ -z "$postgres" ] || start_postgres || return
	[ -z "$redis" ] || start_redis || return
	[ -z "$node" ] || start_node || return
	[ -z "$chromium" ] || start_chromium || return
	start_named || return
	await holder stopped || return
	list=$place/list maps=$place/maps
	subjects >"$list"
	while read -r pid; do
		echo "$pid $(wc -l <"/proc/$pid/maps")"
	done <"$list" >"$maps"
}

oneTimeTearDown()
{
	[ -z "$holder" ] || subjects | xargs -r kill -9 2>/dev/null
	holder=
	stop_all
	swap_off
}

# knows psutil|smem|...: this peer is installed
knows()
{
	case $1 in
	psutil) "$python" -c 'import psutil; psutil.Process' 2>/dev/null ;;
	*) command -v "$1" >/dev/null ;;
	esac
}

# needs_peer NAME...: false, with the test skipped, where one is not installed
needs_peer()
{
	for peer; do
		knows "$peer" || { skip "$peer is not installed"; return 1; }
	done
}

# of_subjects: the lines on stdin that begin with the PID of a subject
of_subjects()
{
	awk 'NR == FNR { subject[$1]; next } $1 in subject' "$list" -
}

# differences COLUMNS OURS THEIRS [summed]: what is not the same in two files of lines "PID
# FIGURE...". All processes of the machine share the page of the vDSO, so PSS is a little less
# while more of them run: 1 kB is no difference. If theirs is summed, from smaps, PSS lacks a
# part of 1 kB for each mapping. top has room for so many digits: the rest is 1.5g
differences()
{
	awk -v columns="$1" -v summed="$4" '
		BEGIN { count = split(columns, name, /,/) }
		FILENAME == ARGV[1] { maps[$1] = $2; next }
		FILENAME == ARGV[2] { ours[$1] = $0; next }
		{
			split(ours[$1], our)
			for (i = 1; i <= count; i++) {
				their = $(i + 1)
				less = more = name[i] == "pss"
				if (summed && less)
					more += maps[$1]
				if (power = index("mgtp", substr(their, length(their)))) {
					digits = length(their) - 1 - index(their, ".")
					their *= 1024 ^ power
					less = more = 1024 ^ power / 10 ^ digits
				}
				more -= our[i + 1] - their
				less += our[i + 1] - their
				if (our[i + 1] !~ /^[0-9]+$/ || less < 0 || more < 0)
					print $1, name[i] ": topmem " our[i + 1] ", peer " $(i + 1)
			}
			delete ours[$1]
		}
		END {
			for (pid in ours)
				print pid ": not in what the peer tells"
		}' "$maps" "$2" "$3"
}

# same COLUMNS summed|exact COMMAND...: the command prints these columns, after the PID, and
# they are those of topmem. Looked at again if not: the kernel may have swapped or the like
same()
{
	columns=$1 how=$2
	shift 2
	ours=$SHUNIT_TMPDIR/ours theirs=$SHUNIT_TMPDIR/theirs
	for try in 1 2 3; do
		"$@" >"$theirs.all" 2>"$theirs.err"
		assertEquals "$*: status; $(cat "$theirs.err")" 0 $?
		of_subjects <"$theirs.all" | sort -n >"$theirs"
		topmem -n 0 -H -o "pid,$columns"
		assertEquals "-o $columns: status; $(cat "$err")" 0 $?
		of_subjects <"$out" | sort -n >"$ours"
		unlike=$(differences "$columns" "$ours" "$theirs" "${how#exact}")
		[ -n "$unlike" ] || break
	done
	assertEquals "$*: all subjects, in try $try" \
		"$(cat "$list")" "$(awk '{ print $1 }' "$ours")"
	assertEquals "$*: in try $try" "" "$unlike"
}

# pids: those of the subjects, as words
pids()
{
	xargs <"$list"
}

by_psutil()
{
	# shellcheck disable=SC2046 # a list of PIDs
	"$python" "$peers" "$1" $(pids)
}

by_smem()
{
	smem -H -c "pid uss pss swap rss"
}

# Its figures in kB, and no user's settings
by_top()
{
	HOME=/nowhere XDG_CONFIG_HOME=/nowhere top -b -n 1 -e k -w 512 | awk '
		found { print $1, $6, $5, $7 }
		$1 == "PID" { found = $5 " " $6 " " $7 == "VIRT RES SHR" }'
}

test_smem()
{
	needs s o && needs_peer smem || return 0
	same uss,pss,swap,rss summed by_smem
}

test_psutil()
{
	needs s o && needs_peer psutil || return 0
	same uss,pss,swap,rss exact by_psutil smaps
}

test_psutil_statm()
{
	needs o && needs_peer psutil || return 0
	same rss,vsz,shr exact by_psutil statm
}

# ps_columns COLUMN...: false, with the test skipped, where this ps does not have them
ps_columns()
{
	for column; do
		ps -o "$column" >/dev/null 2>&1 || { skip "this ps has no $column"; return 1; }
	done
}

test_ps()
{
	needs o && ps_columns rss vsz || return 0
	same rss,vsz exact ps -eo pid=,rss=,vsz=
}

test_ps_smaps()
{
	needs s o && ps_columns uss pss || return 0
	same uss,pss exact ps -eo pid=,uss=,pss=
}

test_top()
{
	needs o && needs_peer top || return 0
	same rss,vsz,shr exact by_top
}

# same_order "OPTIONS -k COLUMN" COMMAND...: the command prints "PID FIGURE" sorted by figure,
# the largest first, and so does topmem. Where two have the same figure it is a matter of taste.
# Looked at again if not: a page is private until another process maps it
same_order()
{
	options=$1
	shift
	for try in 1 2 3; do
		theirs=$("$@" | of_subjects | awk '{ print $2 }')
		# shellcheck disable=SC2086 # several words
		topmem -n 1000 -H -o "pid,${options##* }" $options
		ours=$(of_subjects <"$out" | awk '{ print $2 }')
		[ "$ours" != "$theirs" ] || break
	done
	assertEquals "$*: in try $try" "$theirs" "$ours"
}

test_order_of_ps()
{
	needs k o && ps_columns uss || return 0
	same_order '-k rss' ps -eo pid=,rss= --sort=-rss
	same_order '-k vsz' ps -eo pid=,vsz= --sort=-vsz
	needs s || return 0
	same_order '-k uss' ps -eo pid=,uss= --sort=-uss
}

test_order_of_smem()
{
	needs s k o && needs_peer smem || return 0
	same_order '-k uss' smem -H -r -s uss -c "pid uss"
	# It knows what is swapped out of shared memory, too, which only smaps tells
	same_order '-s -k swap' smem -H -r -s swap -c "pid swap"
}

# That there was something to compare

# processes COUNT NAME PROGRAM PID: that program is installed, and is this process, which has
# so many with its children or more, that nobody has continued
processes()
{
	[ -n "$3" ] || { skip "$2 is not installed"; return; }
	found=$(ps -o pid=,stat= --pid "$4" --ppid "$4" | awk '$2 ~ /^T/' | of_subjects | wc -l)
	assertTrue "$2: $found processes" "[ $found -ge $1 ]"
}

test_with_nginx()
{
	processes 5 nginx "$nginx" "$nginx_pid"
}

test_with_postgresql()
{
	processes 8 PostgreSQL "$postgres" "$postgres_pid"
}

test_with_redis()
{
	processes 2 redis "$redis" "$redis_pid"
}

test_with_node()
{
	processes 3 node "$node" "$node_pid"
}

test_with_chromium()
{
	processes 3 chromium-headless-shell "$chromium" "$chromium_pid"
}

test_with_swap()
{
	[ -n "$zram" ] || { skip "no zram to swap to"; return; }
	needs_peer psutil || return 0
	assertNotEquals 0 "$(by_psutil smaps | awk '{ sum += $4 } END { print sum }')"
}

# Programs, the total, JSON: of the subjects alone

# chosen ARG...: topmem on the subjects
chosen()
{
	topmem -p "$(pids | tr ' ' ,)" "$@"
	assertEquals "$*: status; $(cat "$err")" 0 $?
	assertEquals "$*: stderr" "" "$(cat "$err")"
}

# sum_programs: "USS SHARED RAM SWAP NUM" of all lines
sum_programs()
{
	awk '{ for (i = 1; i <= 5; i++) sum[i] += $i } END { print sum[1], sum[2], sum[3], sum[4], sum[5] }'
}

# squeezed: without the spaces that align; a name keeps its own
squeezed()
{
	sed 's/^ *//; s/^\([0-9-]*\)  *\([0-9-]*\)  *\([0-9-]*\)  *\([0-9-]*\)  *\([0-9]*\)  */\1 \2 \3 \4 \5 /'
}

# programs_differ OURS THEIRS: lines "USS SHARED RAM SWAP NUM NAME" in two files, in any order.
# 1 kB of PSS is no difference, for each process
programs_differ()
{
	awk '
		function name_of(line,    i) {
			for (i = 1; i <= 5; i++)
				sub(/^[^ ]* /, "", line)
			return line
		}
		NR == FNR { ours[name_of($0)] = $0; lines++; next }
		{
			name = name_of($0)
			split(name in ours ? ours[name] : "", our)
			for (i = 1; i <= 5; i++) {
				off = i == 2 || i == 3 ? $5 : 0
				if (our[i] !~ /^[0-9]+$/ || our[i] > $i + off || our[i] < $i - off)
					wrong[name]
			}
			if (name in wrong)
				print "topmem: " (name in ours ? ours[name] : "nothing") "; psutil: " $0
			delete ours[name]
		}
		END {
			if (lines != FNR)
				print lines " programs, not " FNR
			for (name in ours)
				print "topmem alone: " ours[name]
		}' "$1" "$2"
}

test_programs()
{
	needs g p && needs_peer psutil || return 0
	ours=$SHUNIT_TMPDIR/ours theirs=$SHUNIT_TMPDIR/theirs
	for try in 1 2 3; do
		by_psutil programs >"$theirs"
		chosen -g -n 0 -H
		squeezed <"$out" | grep -v ' total$' >"$ours"
		unlike=$(programs_differ "$ours" "$theirs")
		[ -n "$unlike" ] || break
	done
	assertEquals "in try $try" "" "$unlike"
	assertEquals "processes" "$(wc -l <"$list")" "$(sum_programs <"$ours" | awk '{ print $5 }')"
}

# Workers that do the same are the same in every figure of smaps, yet each has memory of its
# own: they count each
test_equal_workers()
{
	needs g p && needs_peer psutil || return 0
	[ -n "$nginx" ] || { skip "nginx is not installed"; return; }
	assertTrue "the figures of some workers are equal" \
		"[ $(by_psutil smaps | awk -v workers="$(ps -o pid= --ppid "$nginx_pid" | xargs)" '
			BEGIN { count = split(workers, part); for (i in part) worker[part[i]] }
			$1 in worker { $1 = ""; seen[$0] }
			END { for (one in seen) count--; print count }') -gt 0 ]"
	uss=$(by_psutil programs | awk '$6 == "nginx" { print $1 }')
	chosen -g -n 0 -H
	assertEquals "$uss" "$(awk '$6 == "nginx" { print $1 }' "$out")"
}

test_total()
{
	needs g p t || return 0
	chosen -g -n 1000 -H
	squeezed <"$out" >"$SHUNIT_TMPDIR/all"
	sed '$d' "$SHUNIT_TMPDIR/all" >"$SHUNIT_TMPDIR/programs"
	assertEquals "the last line" "$(sum_programs <"$SHUNIT_TMPDIR/programs") total" \
		"$(tail -n 1 "$SHUNIT_TMPDIR/all")"
	assertEquals "the order" "$(sort -k 3,3nr -s "$SHUNIT_TMPDIR/programs")" \
		"$(cat "$SHUNIT_TMPDIR/programs")"
	ram=$(tail -n 1 "$SHUNIT_TMPDIR/all" | awk '{ print $3 }')
	chosen -t
	assertEquals "one line" 1 "$(wc -l <"$out")"
	total=$(tr -d ' ' <"$out")
	# The page of the vDSO
	assertTrue "-t: $total, total of -g: $ram" \
		"[ $((total > ram ? total - ram : ram - total)) -le $(wc -l <"$list") ]"
}

# parsed PATH KEY...: the JSON in $out as python3 and jq read it are the same; each row of PATH
# (rows or total), with its values at these keys, is in $SHUNIT_TMPDIR/parsed then
parsed()
{
	what=$1
	shift
	assertEquals "one line" 1 "$(wc -l <"$out")"
	"$python" "$peers" "$what" "$@" <"$out" >"$SHUNIT_TMPDIR/parsed"
	assertEquals "python3 reads it" 0 $?
	fields=
	for key; do
		fields="$fields${fields:+, }.$key"
	done
	assertEquals "jq reads the same" "$(cat "$SHUNIT_TMPDIR/parsed")" \
		"$(jq -r ".$what | if type == \"array\" then .[] else . end |
			[$fields] | map(if . == null then \"-\" else tostring end) | join(\" \")" "$out")"
}

# like_text PATH KEYS FILE: the JSON in $out and the text in FILE tell the same
like_text()
{
	# shellcheck disable=SC2086 # a list of keys
	parsed "$1" $2
	assertEquals "$1 as in text" "$(cat "$3")" "$(cat "$SHUNIT_TMPDIR/parsed")"
}

# json_peers: false, with the test skipped, without what reads JSON
json_peers()
{
	needs_peer jq "$python"
}

test_json()
{
	needs "f json" p s o && json_peers || return 0
	text=$SHUNIT_TMPDIR/text
	chosen -n 0 -H -o pid,ppid,user,uss,swap,rss,vsz
	xargs -n 7 <"$out" >"$text"
	chosen -n 0 -f json -o pid,ppid,user,uss,swap,rss,vsz
	like_text rows "pid ppid user uss_kb swap_kb rss_kb vsz_kb" "$text"
	assertEquals "$(awk '/^MemTotal/ { print $2 }' /proc/meminfo)" "$(jq .mem_total_kb "$out")"

	# Ranked, and sizes always in kB
	chosen -n 1000 -H -o pid,rss,mem -k rss
	xargs -n 3 <"$out" >"$text"
	chosen -n 1000 -H -h -f json -o pid,rss,mem -k rss
	parsed rows pid rss_kb mem_percent
	# 1 or 1.0: what JSON says of a number is its value
	assertEquals "" "$(paste -d ' ' "$text" "$SHUNIT_TMPDIR/parsed" |
		awk '$1 != $4 || $2 != $5 || $3 + 0 != $6 + 0')"
}

test_json_of_odd_names()
{
	needs "f json" p o && json_peers || return 0
	topmem -p "$odd_pid" -f json -o pid,comm
	parsed rows pid comm
	printf '%s a"b\\c\001\303\251\357\277\275\n' "$odd_pid" >"$SHUNIT_TMPDIR/want"
	assertEquals "" "$(cmp "$SHUNIT_TMPDIR/want" "$SHUNIT_TMPDIR/parsed" 2>&1)"
}

test_json_of_programs()
{
	needs "f json" g p && json_peers || return 0
	keys="uss_kb shared_kb ram_kb swap_kb num"
	for try in 1 2 3; do
		chosen -g -n 1000 -H
		squeezed <"$out" | cut -d ' ' -f -5 >"$SHUNIT_TMPDIR/all"
		chosen -g -n 1000 -f json
		# The page of the vDSO
		# shellcheck disable=SC2086 # a list of keys
		"$python" "$peers" total $keys <"$out" >"$SHUNIT_TMPDIR/parsed"
		[ "$(tail -n 1 "$SHUNIT_TMPDIR/all")" != "$(cat "$SHUNIT_TMPDIR/parsed")" ] || break
	done
	tail -n 1 "$SHUNIT_TMPDIR/all" >"$SHUNIT_TMPDIR/total"
	sed '$d' "$SHUNIT_TMPDIR/all" >"$SHUNIT_TMPDIR/programs"
	like_text rows "$keys" "$SHUNIT_TMPDIR/programs"
	like_text total "$keys" "$SHUNIT_TMPDIR/total"
	parsed rows program
	cp "$SHUNIT_TMPDIR/parsed" "$SHUNIT_TMPDIR/names"
	assertEquals "names, with the bytes that a terminal does not get" 1 \
		"$(grep -c "$(printf '^a"b\\\\c\001\303\251\357\277\275$')" "$SHUNIT_TMPDIR/names")"

	has t || return 0
	chosen -t -f json
	parsed rows num
	assertEquals "-t: no rows" "" "$(cat "$SHUNIT_TMPDIR/parsed")"
	parsed total num
	assertEquals "-t: processes" "$(wc -l <"$list")" "$(cat "$SHUNIT_TMPDIR/parsed")"
}

# shellcheck source=/dev/null
. shunit2
