# SPDX-License-Identifier: 0BSD
#
# make           ./topmem, static and stripped; build/topmem_unstripped beside it
# make help      the other targets
#
# CC, CPPFLAGS, CFLAGS and LDFLAGS are yours: what you give is added to our flags,
# behind them. FLAGS= leaves ours out, STRIP= does not strip: distributions do both
# their own way. V=1 shows the commands. ARCH is one of toolchain/targets:
# build/ARCH/topmem.

PREFIX ?= /usr/local
# A second configuration beside the first: make OUT=x/topmem B=x CONFIG=x/.config
OUT = topmem
B = build
CONFIG = .config

# Given to make: others have it in their environment.
ifeq ($(origin ARCH),command line)
B = build/$(ARCH)
OUT = $(B)/topmem
tools := $(shell toolchain/target '$(ARCH)')
ifeq ($(tools),)
$(error no compiler for ARCH=$(ARCH))
endif
CC := $(tools)/bin/cc
STRIP := $(tools)/bin/strip
READELF := $(tools)/bin/readelf
endif

ifeq ($(origin CC),default)
CC := $(shell command -v musl-gcc || echo cc)
endif
STRIP ?= strip
READELF ?= readelf
Q := $(if $(V),,@)

sources := $(wildcard applet/*.c applet/standalone/*.c)
headers := $(wildcard applet/*.h applet/standalone/*.h)
FLAGS = @$(B)/flags
yours = $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)
compile = $(CC) -std=gnu99 -Wall -Wextra -Iapplet/standalone -I$(B) $(FLAGS) $(yours)

.DELETE_ON_ERROR:
.PHONY: all run test bench fuzz eva coverage size check install image dist cross-test cross-suites deb busybox busybox-patch busybox-test clean help FORCE

all: $(OUT) ## ./topmem (the default)

run: ## build topmem and run it
	@toolchain/bootstrap make
	@$(MAKE) --no-print-directory all
	@./$(OUT)

test: ## run the test suites on ./topmem, or on what TOPMEM= names
	@toolchain/bootstrap make test
	@$(MAKE) --no-print-directory all
	@tests/run

bench: ## measure against bare loops and other tools; COUNTS="10 1000" processes
	@toolchain/bootstrap make test bench
	@$(MAKE) --no-print-directory all
	@tests/bench $(COUNTS)

check: ## compilers' warnings, linters, configurations, budgets
	@toolchain/bootstrap make test check
	@$(MAKE) --no-print-directory all
	+@toolchain/check

fuzz: ## every fuzzing target for SECONDS_EACH=60
	@toolchain/bootstrap make fuzz
	@toolchain/fuzz

eva: ## prove the parsers, the ranking and the output free of undefined behaviour
	@toolchain/bootstrap make eva
	@toolchain/eva

coverage: ## lines and branches that the suites reach
	@toolchain/bootstrap make test fuzz prom
	@toolchain/coverage

size: ## sizes of the tiny and the full binary against toolchain/budgets
	+@toolchain/size

install: all ## into $(DESTDIR)$(PREFIX)
	install -D -m 755 $(OUT) "$(DESTDIR)$(PREFIX)/bin/topmem"
	install -D -m 644 applet/topmem.1 "$(DESTDIR)$(PREFIX)/share/man/man1/topmem.1"

image: ## an OCI image of the full build in build/image
	@toolchain/bootstrap make image
	+@toolchain/variant build/full defconfig
	@toolchain/image build/full/topmem build/image
	@echo "  IMAGE   build/image"

dist: ## for every machine in toolchain/targets into build/dist, with checksums
	@toolchain/bootstrap make cross
	+@toolchain/dist

cross-test: dist ## these in emulators of their machines
	+@toolchain/cross-test

cross-suites: dist ## the suites there; of machines in ON, of suites in SUITES, or of all, which takes hours
	@toolchain/bootstrap test
	@$(MAKE) --no-print-directory all
	+@SUITES="$(SUITES)" toolchain/cross-suites $(ON)

deb: ## Debian's package of it, in build/deb
	@toolchain/bootstrap make test packages
	@toolchain/deb $(B)/deb

# BUSYBOX is the folder of a BusyBox source tree.
busybox: ## make topmem an applet of the BusyBox source in BUSYBOX=DIR
	@toolchain/busybox "$(BUSYBOX)"

busybox-patch: ## the same as a patch for git am, build/busybox.patch
	@toolchain/bootstrap busybox
	@mkdir -p $(B)
	@toolchain/busybox-patch "$(BUSYBOX)" >$(B)/busybox.patch.new
	@mv $(B)/busybox.patch.new $(B)/busybox.patch
	@echo "  PATCH   $(B)/busybox.patch"

busybox-test: ## build Debian's BusyBox with it four ways and run all tests on that
	@toolchain/bootstrap make test busybox
	@$(MAKE) --no-print-directory all
	@toolchain/busybox-test

clean: ## remove what was built (.config stays)
	rm -rf $(B) $(OUT)

help: ## this list
	@awk -F ':.*## ' '/^[a-z -]+:.*## / { printf "make %-22s %s\n", $$1, $$2 }' Makefile

ifeq ($(STRIP),)
$(OUT): $(B)/topmem_unstripped
	$(Q)cp $< $@
else
$(OUT): $(B)/topmem_unstripped toolchain/strip-sections
	@echo "  STRIP   $@"
	$(Q)$(STRIP) -o $@.new $<
	$(Q)READELF="$(READELF)" toolchain/strip-sections $@.new
	@mv $@.new $@
endif

$(B)/topmem_unstripped: $(sources) $(headers) $(B)/autoconf.h $(B)/flags $(B)/cc
	@echo "  CC      $@"
	$(Q)$(compile) -o $@ $(sources)

# Written anew each time, touched only when something changed.
keep_if_same = @if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

$(B)/autoconf.h: FORCE
	@mkdir -p $(B)
	@toolchain/kconfig header $(if $(filter file,$(origin CONFIG)),$(wildcard $(CONFIG)),$(CONFIG)) >$@.new
	$(keep_if_same)

$(B)/cc: FORCE
	@mkdir -p $(B)
	@echo '$(CC) $(FLAGS) $(yours) $(STRIP)' >$@.new
	$(keep_if_same)

$(B)/flags: $(B)/cc toolchain/flags
	@toolchain/flags $(CC) $(yours) >$@

# Configuration. The first two need no tools; the others are those of the
# kconfig-frontends, or of kconfiglib.
.PHONY: defconfig tinyconfig menuconfig oldconfig allnoconfig randconfig

defconfig tinyconfig: ## .config with everything; with the least
	@toolchain/kconfig $@ >$(CONFIG)

menuconfig: ## .config by the kconfig tools; also oldconfig, allnoconfig, randconfig
menuconfig oldconfig allnoconfig randconfig:
	@KCONFIG_CONFIG=$(CONFIG) toolchain/kconfig $@
