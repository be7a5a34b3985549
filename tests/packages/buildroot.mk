# SPDX-License-Identifier: 0BSD
# In Buildroot's place: what it defines for such a package, and its external tree.
include $(TOPDIR)/.config
INSTALL := install
TARGET_DIR := $(TOPDIR)/root
TARGET_MAKE_ENV = PATH="$(PATH)"
TARGET_CONFIGURE_OPTS = CC="$(COMPILER)" CFLAGS="-O2 -g0" LDFLAGS="" STRIP=no-strip

define generic-package
all: @D := $$(TOPDIR)/build_dir/topmem
all:
	mkdir -p $$(@D)
	cd $$(TOPMEM_SITE) && cp -r Makefile Kconfig applet toolchain $$(@D)
	$$(TOPMEM_CONFIGURE_CMDS)
	$$(TOPMEM_BUILD_CMDS)
	$$(TOPMEM_INSTALL_TARGET_CMDS)
value:
	@printf '%s\n' $$($$(NAME))
endef

include $(BR2_EXTERNAL_TOPMEM_PATH)/external.mk
