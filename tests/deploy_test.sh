#!/bin/sh
# The examples in toolchain/deploy/, each given to the program that it is written for, as Debian has it:
# its configuration is checked, and where that is possible without a network it runs.
# They stay as they are but for thresholds that are always reached, and for places.
#
# Nothing of the machine is changed: the programs are unpacked, not installed (bootstrap deploy),
# and run in namespaces of this suite.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"
alone_without_network "$@"

deploy=$top/toolchain/deploy
python=/usr/bin/python3

oneTimeSetUp()
{
	place=$SHUNIT_TMPDIR/place
	mkdir "$place" && chmod 755 "$SHUNIT_TMPDIR" "$place"
	overlaid=
	overlay deploy && overlaid=yes
	[ -n "$overlaid" ] || return 0

	# The examples say /usr/bin/topmem
	if standalone && ! emulated; then
		cp "$TOPMEM" /usr/bin/topmem || return
	else
		printf '#!/bin/sh\nexec %s "$@"\n' "$TOPMEM" >/usr/bin/topmem && chmod 755 /usr/bin/topmem || return
	fi
	# Where any user can start it
	helper memproc && cp "$helpers/memproc" /usr/bin/ || return
	# A name that is not for eyes alone: what is behind | is performance data
	start memproc private=8M 'name=a|b=1' || return
	launch setpriv --reuid=65534 --regid=65534 --clear-groups /usr/bin/memproc private=5M name=nginx
}

# deployed OPTION...: false, with the test skipped, without these or without the programs
deployed()
{
	[ -n "$overlaid" ] || { skip 'not unpacked: toolchain/bootstrap deploy'; return 1; }
	needs "$@"
}

# has_none FILE PATTERN: no line of it has that
has_none()
{
	! grep "$2" "$1" >"$SHUNIT_TMPDIR/found" || fail "$1: $(head -n 3 "$SHUNIT_TMPDIR/found")"
}

# probe_works PROGRAM WORDS: a probe, as a JSON list, is one line of PROGRAM and 0 or 1
probe_works()
{
	assertEquals 'the program' /topmem "$(echo "$2" | jq -r '.[0]')"
	probe=$1
	# shellcheck disable=SC2046 # none of the words has a blank
	set -- $(echo "$2" | jq -r '.[1:][]')
	assertEquals "one threshold: $3" '' "$(echo "$3" | tr -cd ,)"
	for limit in "$3" 1K; do
		# shellcheck disable=SC2086 # chroot is a word more
		$probe "$1" "$2" "$limit" >"$place/said" 2>&1
		status=$?
		assertEquals "$limit: lines" 1 "$(wc -l <"$place/said" | tr -d ' ')"
		case $(cat "$place/said") in
		"TOPMEM OK - used "*) assertEquals "$limit" 0 "$status" ;;
		"TOPMEM WARNING - used "*) assertEquals "$limit" 1 "$status" ;;
		*) fail "$limit: status $status: $(cat "$place/said")" ;;
		esac
	done
	assertEquals "$limit" 1 "$status"
}

# build_image ARG...: buildah, with all that it keeps in the folder of this test
build_image()
{
	HOME=$place CONTAINERS_REGISTRIES_CONF=/dev/null \
		buildah --root "$place/images" --runroot "$place/run" --storage-driver vfs "$@"
}

test_dockerfile()
{
	deployed X || return 0
	standalone || { skip 'it is of the standalone program'; return 0; }
	! emulated || { skip 'the image has no place for an emulator'; return 0; }
	mkdir "$place/context" && cp "$TOPMEM" "$place/context/topmem"
	echo '{"default":[{"type":"insecureAcceptAnything"}]}' >"$place/policy.json"
	build_image bud --isolation chroot --format docker --signature-policy "$place/policy.json" \
		--file "$deploy/Dockerfile" --tag checked "$place/context" >"$place/log" 2>&1 ||
		{ fail "buildah: $(tail -n 5 "$place/log")"; return; }
	build_image inspect --type image checked | jq -c .Docker.config.Healthcheck >"$place/health"
	assertEquals 'seconds' '30 5 3' "$(jq -r '"\(.Interval / 1e9) \(.Timeout / 1e9) \(.Retries)"' "$place/health")"
	assertEquals 'no shell' CMD "$(jq -r '.Test[0]' "$place/health")"

	# The image has nothing but the program
	build_image from --signature-policy "$place/policy.json" --name it checked >"$place/log" 2>&1 ||
		{ fail "buildah: $(tail -n 5 "$place/log")"; return; }
	root=$(build_image mount it)
	assertEquals 'in the image' /topmem "$(cd "$root" && find . -type f | sed 's/^\.//')"
	mkdir -p "$root/proc" && mount --bind /proc "$root/proc"
	probe_works "chroot $root /topmem" "$(jq -c '.Test[1:]' "$place/health")"
	umount "$root/proc"
}

test_compose()
{
	deployed X || return 0
	docker-compose -f "$deploy/compose.yml" config >"$place/compose" 2>"$place/log" ||
		fail "docker-compose: $(tail -n 5 "$place/log")"
	"$python" -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' \
		<"$place/compose" >"$place/compose.json"
	assertEquals CMD "$(jq -r '.services.app.healthcheck.test[0]' "$place/compose.json")"
	probe_works /usr/bin/topmem "$(jq -c '.services.app.healthcheck.test[1:]' "$place/compose.json")"
	assertEquals 'mounted where the check is' /topmem:ro \
		"$(jq -r '.services.app.volumes[0]' "$place/compose.json" | sed 's/[^:]*://')"
}

# kubectl leaves out what a Pod does not have: all of it has to come back
test_kubernetes()
{
	deployed X || return 0
	HOME=$place kubectl set env --local --dry-run=client -o json -f "$deploy/kubernetes.yml" SEEN=yes \
		>"$place/pod.json" 2>"$place/log" || fail "kubectl: $(tail -n 5 "$place/log")"
	"$python" -c 'import json, sys, yaml; json.dump(yaml.safe_load(sys.stdin), sys.stdout)' \
		<"$deploy/kubernetes.yml" | jq -S . >"$place/ours"
	jq -S 'del(.spec.containers[0].env, .metadata.creationTimestamp, .status)' "$place/pod.json" >"$place/theirs"
	cmp -s "$place/ours" "$place/theirs" || fail "$(diff "$place/ours" "$place/theirs")"
	for probe in livenessProbe readinessProbe; do
		probe_works /usr/bin/topmem "$(jq -c ".spec.containers[0].$probe.exec.command" "$place/pod.json")"
	done
}

# What every installation of Nagios has besides, with checks each second
write_nagios()
{
	mkdir "$place/nagios" "$place/nagios/results" && cd "$place/nagios" || return
	cat >main.cfg <<-MAIN
		cfg_file=$deploy/nagios.cfg
		cfg_file=$PWD/objects.cfg
		log_file=$PWD/log
		object_cache_file=$PWD/objects.cache
		precached_object_file=$PWD/objects.precached
		status_file=$PWD/status
		status_update_interval=1
		lock_file=$PWD/lock
		temp_file=$PWD/temp
		temp_path=$PWD
		check_result_path=$PWD/results
		state_retention_file=$PWD/retention
		command_file=$PWD/commands
		query_socket=$PWD/query
		nagios_user=root
		nagios_group=root
		illegal_macro_output_chars=\`~\$&"<>
		interval_length=1
		check_for_updates=0
		use_syslog=0
	MAIN
	cat >objects.cfg <<-'OBJECTS'
		define timeperiod {
			timeperiod_name		always
			alias			always
			sunday			00:00-24:00
			monday			00:00-24:00
			tuesday			00:00-24:00
			wednesday		00:00-24:00
			thursday		00:00-24:00
			friday			00:00-24:00
			saturday		00:00-24:00
		}
		define command {
			command_name		nothing
			command_line		/bin/true
		}
		define contact {
			contact_name			nobody
			service_notification_period	always
			host_notification_period	always
			service_notification_options	n
			host_notification_options	n
			service_notification_commands	nothing
			host_notification_commands	nothing
		}
		define host {
			host_name		localhost
			max_check_attempts	1
			check_period		always
			notification_period	always
			contacts		nobody
			check_command		nothing
		}
		define service {
			name			generic-service
			register		0
			check_period		always
			check_interval		1
			retry_interval		1
			max_check_attempts	1
			notification_period	always
			contacts		nobody
		}
		define service {
			use			generic-service
			host_name		localhost
			service_description	Warned
			check_command		check_memory!1K
		}
		define service {
			use			generic-service
			host_name		localhost
			service_description	Critical
			check_command		check_memory!1K,2K
		}
	OBJECTS
	cd "$top" || return
}

# service NAME KEY: what Nagios knows of a service
service()
{
	awk -v name="$1" -v key="$2" '
		/[{]$/ { split("", known) }
		index($0, "=") {
			sub(/^[ \t]*/, "")
			known[substr($0, 1, index($0, "=") - 1)] = substr($0, index($0, "=") + 1)
		}
		/}$/ && known["service_description"] == name && key in known { print known[key] }' \
		"$place/status"
}

checked()
{
	[ "$(grep -c '^[[:blank:]]plugin_output=TOPMEM' "$place/nagios/status")" -ge "$1" ]
}

test_nagios()
{
	deployed X t || return 0
	write_nagios || { fail 'not written'; return; }
	nagios4 -v "$place/nagios/main.cfg" >"$place/log" 2>&1 || fail "nagios4 -v: $(grep -i error "$place/log")"
	assertContains "$(cat "$place/log")" 'Total Warnings: 0'

	nagios4 "$place/nagios/main.cfg" >"$place/log" 2>&1 &
	started="$started $!" daemon=$!
	wait_until checked 4
	cp "$place/nagios/status" "$place/status"
	kill "$daemon"
	wait "$daemon" 2>/dev/null
	for name in Memory 'Memory of nginx' Warned Critical; do
		said=$(service "$name" plugin_output)
		case $(service "$name" current_state) in
		0) word=OK ;;
		1) word=WARNING ;;
		2) word=CRITICAL ;;
		*) word=UNKNOWN ;;
		esac
		assertContains "$name" "$said" "TOPMEM $word - "
	done
	assertEquals 1 "$(service Warned current_state)"
	assertEquals 2 "$(service Critical current_state)"
	assertEquals "$(service 'Memory of nginx' plugin_output)" 0 "$(service 'Memory of nginx' current_state)"
	# Graphs are made of this: one figure, whatever processes are called
	service Warned performance_data | grep -qx 'used=[0-9]*KB;1;;0;[0-9]*' ||
		fail "performance data: $(service Warned performance_data)"
	assertContains "$(service Warned long_plugin_output)" 'COMMAND'
}

test_icinga()
{
	deployed X || return 0
	mkdir "$place/icinga" && cd "$place/icinga" || return
	mkdir data run cache log spool
	# Soon, and again
	sed 's/check_command = "topmem"/&\n\tcheck_interval = 1s/' "$deploy/icinga2.conf" >ours.conf
	cat >icinga2.conf <<-CONF
		include <itl>
		object Endpoint NodeName { }
		object Zone ZoneName { endpoints = [ NodeName ] }
		object CheckerComponent "checker" { }
		object PerfdataWriter "perfdata" {
			host_temp_path = "$PWD/host"
			host_perfdata_path = "$PWD/hosts"
			service_temp_path = "$PWD/service"
			service_perfdata_path = "$PWD/services"
			rotation_interval = 1s
			service_format_template = "\$service.state\$ \$service.output\$ [\$service.perfdata\$]"
		}
		object Host "here" {
			check_command = "dummy"
			vars.os = "Linux"
		}
		object Host "elsewhere" {
			check_command = "dummy"
		}
		include "$PWD/ours.conf"
	CONF
	export ICINGA2_USER=root ICINGA2_GROUP=root
	set -- -c "$PWD/icinga2.conf" -DNodeName=n -DZoneName=n -DRunAsUser=root -DRunAsGroup=root \
		"-DConfigDir=$PWD" "-DDataDir=$PWD/data" "-DInitRunDir=$PWD/run" "-DCacheDir=$PWD/cache" \
		"-DLogDir=$PWD/log" "-DSpoolDir=$PWD/spool"
	icinga=$(echo /usr/lib/*/icinga2/sbin/icinga2)
	cd "$top" || return
	"$icinga" daemon -C "$@" >"$place/log" 2>&1 || fail "icinga2: $(tail -n 5 "$place/log")"
	assertContains 'for the host that is Linux' "$(cat "$place/log")" 'Instantiated 1 Service.'
	has_none "$place/log" 'warning/'

	# In a PID namespace, for it restarts what ends
	unshare --pid --mount-proc --fork --kill-child "$icinga" daemon "$@" >"$place/log" 2>&1 &
	started="$started $!" daemon=$!
	wait_until sh -c "cat '$place/icinga/'service* | grep -q TOPMEM" || tail -n 5 "$place/log"
	stop "$daemon"
	cat "$place/icinga/"service* >"$place/said"
	word=$(sed -n 's/^\([A-Z]*\) TOPMEM \([A-Z]*\) - used .*\[used=[0-9]*KB;[0-9]*;[0-9]*;0;[0-9]*\]$/\1=\2/p;q' "$place/said")
	case $word in
	OK=OK | WARNING=WARNING | CRITICAL=CRITICAL) ;;
	*) grep TOPMEM "$place/said" >/dev/null || fail "$(head -n 3 "$place/said")" ;;
	esac
}

# As other programs that run plugins do
test_plugin()
{
	deployed X || return 0
	negate=/usr/lib/nagios/plugins/negate
	for wanted in 'OK 0 1000000T' 'WARNING 1 1K' 'CRITICAL 2 1K,1K'; do
		# shellcheck disable=SC2086 # three words
		set -- $wanted
		/usr/bin/topmem -q -X "$3" >"$place/plain"
		assertEquals "$wanted" "$2" $?
		# Another status word is put in the place of ours
		$negate --substitute -o unknown -w unknown -c unknown -- /usr/bin/topmem -q -X "$3" >"$place/said"
		assertEquals "$wanted, by negate" 3 $?
		# The figures may be others meanwhile, and their units
		figures='s/[0-9.]\{1,\}[KMGT]\{0,1\}/N/g'
		assertEquals "$(sed "s/ $1 / UNKNOWN /; $figures" "$place/plain")" "$(sed "$figures" "$place/said")"
	done
}

# A monitor is no root: of others it sees the sums as what nagios.cfg and collectd.conf tell has been done
test_plugin_of_another_user()
{
	deployed X t || return 0
	standalone || { skip 'BusyBox is not to have that capability'; return 0; }
	! emulated || { skip 'nor is an emulator'; return 0; }
	# shellcheck disable=SC2046 # several words
	set -- setpriv --reuid=65533 --regid=65533 --clear-groups $(sed -n 's,.*command_line[[:blank:]]*\(/usr/bin/topmem -t .*\),\1,p' "$deploy/nagios.cfg" |
		sed 's/[$]ARG1[$]/nginx/; s/[$]ARG2[$]/1M,1T/')
	"$@" >"$place/said" 2>&1
	assertEquals 3 $?
	assertEquals 'topmem: 1 processes not readable, the largest with RSS N (needs CAP_SYS_PTRACE)
topmem: /proc: no such process' "$(sed 's/RSS [0-9]*/RSS N/' "$place/said")"
	for file in nagios.cfg icinga2.conf collectd.conf; do
		assertContains "$file" "$(cat "$deploy/$file")" '(setcap cap_sys_ptrace=ep /usr/bin/topmem)'
	done
	setcap cap_sys_ptrace=ep /usr/bin/topmem
	"$@" >"$place/said" 2>&1
	assertEquals "$(cat "$place/said")" 1 $?
	assertContains "$(cat "$place/said")" 'TOPMEM WARNING - '
	setcap -r /usr/bin/topmem
}

# collected NAME: the last value that collectd wrote for it
collected()
{
	cat "$place/collectd/csv/here/$1"-* | tail -n 1 | sed 's/.*,//; s/\..*//'
}

test_collectd()
{
	deployed f g || return 0
	mkdir "$place/collectd" && cp "$deploy/collectd-topmem" /usr/local/lib/ || return
	cat >"$place/collectd/conf" <<-CONF
		BaseDir "$place/collectd"
		PIDFile "$place/collectd/pid"
		PluginDir "/usr/lib/collectd"
		TypesDB "/usr/share/collectd/types.db"
		Hostname "here"
		Interval 1
		LoadPlugin csv
		<Plugin csv>
			DataDir "$place/collectd/csv"
			StoreRates false
		</Plugin>
		Include "$deploy/collectd.conf"
	CONF
	collectd -t -C "$place/collectd/conf" >"$place/log" 2>&1 || fail "collectd -t: $(cat "$place/log")"
	has_none "$place/log" '[Ee]rror\|[Ww]arning'

	collectd -f -C "$place/collectd/conf" >"$place/log" 2>&1 &
	started="$started $!" daemon=$!
	wait_until eval "[ -s '$place/collectd/csv/here/topmem-programs/memory-nginx-'* ]" || cat "$place/log"
	kill "$daemon"
	wait "$daemon" 2>/dev/null
	has_none "$place/log" 'exec plugin:.*\([Ff]ail\|[Ee]rror\|[Uu]nable\|[Cc]annot\|parse\)'
	total=$(($(awk '/^MemTotal:/ { print $2 }' /proc/meminfo) * 1024))
	for kind in used available; do
		value=$(collected "topmem/memory-$kind")
		assertTrue "$kind: $value" "[ '${value:-0}' -gt 0 ] && [ '${value:-0}' -le $total ]"
	done
	value=$(collected topmem-programs/memory-nginx)
	ram=$(/usr/bin/topmem -t -p "$pid")
	# Pages of files are shared with more or fewer processes meanwhile
	assertTrue "$value for $ram kB" "[ '${value:-0}' -ge $(((ram - 600) * 1024)) ] && [ '${value:-0}' -le $(((ram + 600) * 1024)) ]"
}

# The PID that tells some programs apart, those of long names among them, is not in the names of files
test_collectd_names()
{
	mkdir "$place/samples"
	cat >"$place/samples/topmem" <<-'PROGRAM'
		#!/bin/sh
		cat <<-'END'
			topmem_program_ram_bytes{program="nginx: a"} 1
			topmem_program_ram_bytes{pid="412",program="bad?name"} 2
			topmem_program_ram_bytes{program="412\",program=\"x"} 3
		END
	PROGRAM
	chmod 755 "$place/samples/topmem"
	PATH=$place/samples:$PATH COLLECTD_HOSTNAME=here COLLECTD_INTERVAL=no \
		${TEST_SHELL:-sh} "$deploy/collectd-topmem" >"$place/said" 2>/dev/null
	assertEquals 'nginx__a N:1
bad_name N:2
412___program___x N:3' "$(sed 's,^PUTVAL "here/topmem-programs/memory-\(.*\)" interval=no \(N:[0-9]*\)$,\1 \2,' "$place/said")"
}

# It does not stay behind, nor go on without a rest
test_collectd_is_gone()
{
	deployed f g || return 0
	for interval in .1 no; do
		reader='head -n 1'
		[ $interval = .1 ] || reader='cat'
		# shellcheck disable=SC2086 # several words
		{
			COLLECTD_HOSTNAME=here COLLECTD_INTERVAL=$interval \
				timeout 20 ${TEST_SHELL:-sh} "$deploy/collectd-topmem" 2>"$place/log"
			echo $? >"$place/ended"
		} | $reader >"$place/said"
		assertNotEquals "interval $interval" 124 "$(cat "$place/ended")"
		grep -q '^PUTVAL "here/topmem/memory-used" interval=' "$place/said" || fail "$interval: $(cat "$place/said" "$place/log")"
	done
}

# crontab_command NUMBER: what this line of the crontab runs
crontab_command()
{
	sed -n 's/^\([^ #]\{1,\} \)\{5\}//p' "$deploy/crontab" | sed -n "$1p"
}

# minutes_of COUNT: BusyBox's cron has told when so many lines run
minutes_of()
{
	[ "$(grep -c '^[01]\{60\}$' "$place/crond")" = "$1" ]
}

test_crontab()
{
	deployed X || return 0
	# Debian's cron, which wants a folder and a group
	mkdir -p /var/spool/cron/crontabs
	grep -q ^crontab: /etc/group || echo 'crontab:x:65000:' >>/etc/group
	crontab -n "$deploy/crontab" >"$place/log" 2>&1 || fail "crontab -n: $(cat "$place/log")"

	# BusyBox's tells when each line runs, as a table of minutes, and leaves out what it cannot read
	mkdir "$place/crontabs" && cp "$deploy/crontab" "$place/crontabs/root"
	"$unpacked/bin/busybox" crond -f -l 0 -L "$place/crond" -c "$place/crontabs" &
	started="$started $!" daemon=$!
	wait_until minutes_of 2
	stop "$daemon"
	for minutes in '\(10000\)\{12\}' '10\{59\}'; do
		grep -q "^$minutes$" "$place/crond" || fail "no line for $minutes: $(cat "$place/crond")"
	done

	# Here is the system's log; by its path, as a BusyBox shell may take its own logger before any in PATH
	printf '#!/bin/sh\ncat >>%s\n' "$place/syslog" >"$place/logger"
	chmod 755 "$place/logger"
	run_line()
	{
		: >"$place/syslog"
		${TEST_SHELL:-sh} -c "$(echo "$1" | sed "s|/tmp/|$place/|g; s|\\<logger |$place/logger |g")" >"$place/mail" 2>&1
		assertEquals 'a mail each time' '' "$(cat "$place/mail")"
	}
	run_line "$(crontab_command 1 | sed 's/85.*95\\%/1000000T,2000000T/')"
	assertEquals '' "$(cat "$place/syslog")"
	run_line "$(crontab_command 1 | sed 's/85.*95\\%/0\\%,100\\%/')"
	assertContains "$(cat "$place/syslog")" 'TOPMEM WARNING - '
	run_line "$(crontab_command 2)"
	assertEquals 'header and rows' 6 "$(wc -l <"$place/syslog" | tr -d ' ')"
}

# A root for BusyBox's init
make_root()
{
	mkdir -p "$root" && cd "$root" || return
	mkdir bin dev etc proc tmp usr usr/bin
	cp "$unpacked/bin/busybox" bin/busybox && ln bin/busybox bin/sh && cp "$TOPMEM" usr/bin/topmem || return
	sed 's/85%,95%/0%,1%/' "$deploy/inittab" >etc/inittab
	mknod dev/null c 1 3
	mknod dev/console c 1 3
	: >dev/ttyS1
	cd "$top" || return
}

# init as the first process of a PID namespace, with a terminal as its serial line
test_inittab()
{
	deployed X w || return 0
	standalone || { skip 'its root has the standalone program'; return 0; }
	! emulated || { skip 'its root has no place for an emulator'; return 0; }
	root=$place/root
	make_root || { fail 'no root'; return; }
	script -q -f -c "unshare --mount sh -c 'mount --bind \$(tty) $root/dev/ttyS1 &&
		exec unshare --pid --fork --kill-child --mount-proc=$root/proc chroot $root /bin/busybox init'" \
		"$place/serial" >/dev/null 2>&1 </dev/null &
	started="$started $!" daemon=$!
	wait_until grep -q TOPMEM "$root/tmp/oom.log" || cat "$place/serial"
	wait_until grep -q COMMAND "$place/serial"
	grep -q '^ *1 .*[0-9][KM] .* busybox' "$place/serial" || fail "$(cat "$place/serial")"
	stop "$daemon"
	grep -q '^TOPMEM [A-Z]* - used .*| used=' "$root/tmp/oom.log" || fail "$(head -n 3 "$root/tmp/oom.log")"
	# -q: no rows
	has_none "$root/tmp/oom.log" COMMAND
}

# It goes on by itself, so here it ends at the limit of the file
test_black_box()
{
	deployed X w || return 0
	sed "s/85%,95%/0%,100%/; s/ulimit -f 1000/ulimit -f 4/; s|/tmp/|$place/|; s/-w 1 /-w .01 -i 300 /; s/ &$//" \
		"$deploy/rc.local" >"$place/rc"
	${TEST_SHELL:-sh} "$place/rc"
	assertEquals 'could not write, and says so' 3 $?
	size=$(wc -c <"$place/oom.log")
	assertTrue "$size bytes" "[ $size -gt 1000 ] && [ $size -le 2048 ]"
	awk '
		NR == 1 && !/^[0-9-]*T[0-9:]*Z up [0-9]*$/ { print "no time: " $0 }
		NR == 2 && !/^TOPMEM WARNING - used / { print "no status: " $0 }
		NR == 3 && !/PID .* COMMAND$/ { print "no header: " $0 }
		NR >= 4 && NR <= 8 && !/^ *[0-9]/ { print "no row: " $0 }
		NR == 9 && !/ up / { print "no second time: " $0 }' "$place/oom.log" >"$place/wrong"
	assertEquals '' "$(cat "$place/wrong")"

	# While all is well nothing is written
	sed "s/85%,95%/1000000T/; s|/tmp/oom|$place/well|; s/-w 1 /-w .01 -i 5 /; s/ &$//" "$deploy/rc.local" >"$place/rc"
	${TEST_SHELL:-sh} "$place/rc"
	assertEquals '' "$(cat "$place/well.log")"
}

# shellcheck source=/dev/null
. shunit2
