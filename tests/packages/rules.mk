# SPDX-License-Identifier: 0BSD
# In OpenWrt's place: what its rules.mk and package.mk define for such a package.
# Its flags for make have ARCH, which means another thing to topmem.
include $(TOPDIR)/.config
INCLUDE_DIR := $(STANDIN)/include
CP := cp -fpR
INSTALL_DIR := install -d -m0755
INSTALL_BIN := install -m0755
TARGET_CONFIGURE_OPTS = CC="$(COMPILER)" STRIP=no-strip
