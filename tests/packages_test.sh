#!/bin/sh
# The packages of toolchain/packages/. Debian's is built, looked at by lintian, unpacked and run. Of OpenWrt
# and Buildroot there is no tree here: make reads their files with those in tests/packages/ in the place of
# what they include, the kconfig tools read their Config.in, and what comes of both is built, installed and run.
#
# SPDX-License-Identifier: 0BSD

# shellcheck source=tests/lib.sh
. "$(dirname "$0")/lib.sh"

{ standalone && ! emulated; } || skip_suite "there is nothing of that program to pack"

packages=$top/toolchain/packages
openwrt=$packages/openwrt/topmem
buildroot=$packages/buildroot

oneTimeSetUp()
{
	cd "$top" || return
	work=$SHUNIT_TMPDIR
	make=${MAKE:-make}
	# Not part of the build that called for the tests
	unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES CONFIG_
	compiler=$(command -v musl-gcc || echo cc)
	ln -s "$top/tests/packages/rules.mk" "$work/rules.mk"
}

# make_openwrt, make_buildroot ARG...: make as that system calls it, in the folder $work
make_openwrt()
{
	$make -C "$openwrt" --no-print-directory TOPDIR="$work" STANDIN="$top/tests/packages" COMPILER="$compiler" "$@"
}

make_buildroot()
{
	$make --no-print-directory -f "$top/tests/packages/buildroot.mk" TOPDIR="$work" COMPILER="$compiler" \
		BR2_EXTERNAL_TOPMEM_PATH="$buildroot" "$@"
}

# configure SYSTEM MODE [SYMBOL=VALUE...]: $work/.config by that system's menu
configure()
{
	system=$1 mode=$2
	shift 2
	if [ "$system" = openwrt ]; then
		prefix=CONFIG_TOPMEM_
		set -- CONFIG_PACKAGE_topmem=y "$@"
		printf 'config PACKAGE_topmem\n\tbool "topmem"\nsource "%s/Config.in"\n' "$openwrt"
	else
		prefix=BR2_PACKAGE_TOPMEM_
		set -- BR2_PACKAGE_TOPMEM=y "$@"
		printf 'config BR2_EXTERNAL_TOPMEM_PATH\n\tstring\n\toption env="BR2_EXTERNAL_TOPMEM_PATH"\n'
		printf 'source "%s/Config.in"\n' "$buildroot"
	fi >"$work/Config.in"
	printf '%s\n' "$@" >"$work/fixed"
	config_=CONFIG_
	[ "$system" = openwrt ] || config_=
	rm -f "$work/.config"
	CONFIG_=$config_ BR2_EXTERNAL_TOPMEM_PATH=$buildroot KCONFIG_ALLCONFIG=$work/fixed KCONFIG_CONFIG=$work/.config \
		kconfig-conf "--$mode" "$work/Config.in" >"$work/log" 2>&1 || echo warning >>"$work/log"
	grep -q warning "$work/log" || return 0
	fail "$system, $mode: $(cat "$work/log")"
	return 1
}

# as_ours: the switches in $work/.config under the names they have here
as_ours()
{
	sed -n "s/^${prefix}ROWS=/TOPMEM_ROWS=/p; s/^${prefix}\(.*\)=y/FEATURE_TOPMEM_\1=y/p" "$work/.config" | sort
}

# symbols: of ./Kconfig, those that one can choose
symbols()
{
	sed -n 's/^config \(FEATURE_TOPMEM_.*\|TOPMEM_ROWS\)$/\1/p' Kconfig
}

# builds SYSTEM MODE [SYMBOL=VALUE...]: what the menu says is what is built and installed
builds()
{
	what=$*
	configure "$@" || return
	rm -rf "$work/root" "$work/build_dir"
	mkdir -p "$work/root"
	"make_$system" >"$work/log" 2>&1 || { fail "$what: $(tail "$work/log")"; return; }
	set -- "$work"/build_dir/*/.config
	assertEquals "$what" "$(as_ours)" "$(sed -n 's/^CONFIG_//p' "$1" | sort)"
	assertEquals "$what: installed" usr/bin/topmem "$(cd "$work/root" && find . ! -type d | sed 's,./,,')"
	program=$work/root/usr/bin/topmem
	# The systems strip as they are told to
	nm "$program" 2>&1 | grep -q ' _start$' || fail "$what: no symbols"
	toolchain/smoke "$program" "$1" || fail "$what: does not run"
}

with_kconfig()
{
	command -v kconfig-conf >/dev/null || { skip 'no kconfig-conf: toolchain/bootstrap packages'; return 1; }
}

test_menus_are_those_of_Kconfig()
{
	for file in "openwrt $openwrt/Config.in" "buildroot $buildroot/package/topmem/Config.in"; do
		assertEquals "$file: make it anew" '' "$(toolchain/packages/config "${file%% *}" | diff "${file#* }" -)"
	done
	with_kconfig || return 0
	for system in openwrt buildroot; do
		# A menu of no switches would be one, too
		configure "$system" alldefconfig || return
		assertEquals "$system" "$(toolchain/kconfig defconfig | sed -n 's/^CONFIG_\(FEATURE_\|TOPMEM_R\)/\1/p' | sort)" "$(as_ours)"
		configure "$system" allnoconfig || return
		assertEquals "$system" TOPMEM_ROWS=16 "$(as_ours)"
	done
}

test_all_switches_are_packed()
{
	: >"$work/.config"
	short=$(symbols | sed 's/^FEATURE_TOPMEM_//')
	assertEquals 'OpenWrt builds anew when one changes' "$(echo "$short" | sed 's/^\(TOPMEM_\)*/CONFIG_TOPMEM_/')" \
		"$(make_openwrt value NAME=PKG_CONFIG_DEPENDS)"
	for system in openwrt buildroot; do
		assertEquals "$system" "$(echo "$short" | grep -v TOPMEM_ROWS | xargs)" "$("make_$system" value NAME=TOPMEM_SWITCHES | xargs)"
	done
}

test_openwrt()
{
	with_kconfig || return 0
	builds openwrt allnoconfig
	builds openwrt alldefconfig CONFIG_TOPMEM_ROWS=40 CONFIG_TOPMEM_SMAPS=n CONFIG_TOPMEM_PROM=n
}

test_openwrt_files()
{
	: >"$work/.config"
	make_openwrt value NAME=PKG_FILE_DEPENDS >"$work/files"
	make_openwrt value NAME=PKG_LICENSE_FILES | sed "s,^,$top/," >>"$work/files"
	assertEquals 'enough' 6 "$(wc -l <"$work/files")"
	while read -r file; do
		[ -e "$file" ] || fail "there is no $file"
	done <"$work/files"
	assertEquals "source $openwrt/Config.in" "$(make_openwrt menu SOURCE="$openwrt")"
}

test_buildroot()
{
	with_kconfig || return 0
	builds buildroot allnoconfig
	builds buildroot alldefconfig BR2_PACKAGE_TOPMEM_ROWS=40 BR2_PACKAGE_TOPMEM_HUMAN=n BR2_PACKAGE_TOPMEM_JSON=n
}

# Built, though it is not selected: there is no switch to see then
test_not_selected()
{
	for system in openwrt buildroot; do
		: >"$work/.config"
		rm -rf "$work/root" "$work/build_dir"
		mkdir -p "$work/root"
		"make_$system" >"$work/log" 2>&1 || fail "$system: $(tail "$work/log")"
		assertTrue "$system: everything" "[ ! -e '$(echo "$work"/build_dir/*)/.config' ]"
		"$work/root/usr/bin/topmem" --help 2>&1 | grep -q -e '-f prom' || fail "$system: not everything"
	done
}

test_external_tree()
{
	assertEquals name "$(sed -n 's/^name: //p' "$buildroot/external.desc")" TOPMEM
	assertEquals 'lines of other kinds' '' "$(grep -v -e '^name: [A-Z0-9_]*$' -e '^desc: .\{1,40\}$' "$buildroot/external.desc")"
	: >"$work/.config"
	site=$(make_buildroot value NAME=TOPMEM_SITE)
	assertEquals 'the site' "$top" "$(cd "$site" && pwd)"
	licence=$(make_buildroot value NAME=TOPMEM_LICENSE_FILES)
	assertEquals 'the hash is of the licence' "$licence" "$(awk '!/^#/ { print $3 }' "$buildroot/package/topmem/topmem.hash")"
	(cd "$site" && sha256sum --strict -c) >"$work/log" 2>&1 <<-HASH
		$(sed -n 's/^sha256 *//p' "$buildroot/package/topmem/topmem.hash")
	HASH
	assertEquals "$(cat "$work/log")" 0 $?
}

test_licences_and_versions()
{
	: >"$work/.config"
	assertEquals openwrt 0BSD "$(make_openwrt value NAME=PKG_LICENSE)"
	assertEquals buildroot 0BSD "$(make_buildroot value NAME=TOPMEM_LICENSE)"
	assertEquals debian "$(sed '1,/^Copyright/d' LICENSE | grep .)" \
		"$(sed '1,/^License: 0BSD$/d' "$packages/debian/copyright" | sed '1,/^License: 0BSD$/d; s/^ //; /^\.$/d')"
	version=$(make_openwrt value NAME=PKG_VERSION)
	assertEquals buildroot "$version" "$(make_buildroot value NAME=TOPMEM_VERSION)"
	assertEquals debian "topmem ($version-1)" "$(sed '1s/) .*/)/; q' "$packages/debian/changelog")"
}

# state: of every file of the checkout, but for build/
state()
{
	find . -path ./build -prune -o -path ./.git -prune -o ! -type d -exec ls -ln --full-time {} + | sort
}

test_debian()
{
	for tool in dpkg-buildpackage dh lintian; do
		command -v $tool >/dev/null || { skip "no $tool: toolchain/bootstrap packages"; return 0; }
	done
	state >"$work/before"
	toolchain/deb "$work/deb" >"$work/log" 2>&1 || { fail "$(tail -n 30 "$work/log")"; return; }
	state >"$work/after"
	assertEquals 'the checkout is as it was' '' "$(diff "$work/before" "$work/after")"
	# dh tells of what it did not understand in the program
	assertEquals '' "$(grep -i 'warning' "$work/log")"
	grep -q '^[1-9][0-9]* passed, 0 failed$' "$work/log" ||
		fail "no tests: $(grep passed "$work/log")"

	# There is no bug that asks for this package
	lintian --no-cfg --allow-root --fail-on error,warning --suppress-tags initial-upload-closes-no-bugs \
		"$work/deb/"*.changes >"$work/log" 2>&1
	assertEquals "$(cat "$work/log")" 0 $?

	set -- "$work/deb/topmem_"*.deb
	dpkg-deb -x "$1" "$work/debian" || { fail "$1"; return; }
	(cd "$work/debian" && find . ! -type d | sed 's,^\.,,' | sort) >"$work/files"
	assertEquals '/usr/bin/topmem /usr/share/doc/topmem/changelog.Debian.gz /usr/share/doc/topmem/copyright /usr/share/man/man1/topmem.1.gz' \
		"$(xargs <"$work/files")"
	program=$work/debian/usr/bin/topmem
	toolchain/kconfig defconfig >"$work/everything"
	toolchain/smoke "$program" "$work/everything" || fail 'does not run'
	assertEquals 'the man page' '' "$(gunzip -c "$work/debian/usr/share/man/man1/topmem.1.gz" | diff applet/topmem.1 -)"
	case $(dpkg-deb -f "$1" Depends) in
	'libc6 (>= '*) ;;
	*) fail "depends on $(dpkg-deb -f "$1" Depends)" ;;
	esac
	readelf -hld "$program" >"$work/elf"
	for hardened in 'Type: *DYN ' GNU_RELRO 'NOW'; do
		grep -q "$hardened" "$work/elf" || fail "not $hardened"
	done
}

# shellcheck source=/dev/null
. shunit2
