# SPDX-License-Identifier: 0BSD
PKG_BUILD_DIR := $(TOPDIR)/build_dir/$(PKG_NAME)-$(PKG_VERSION)
MAKE_VARS = CFLAGS="-Os -pipe -fno-caller-saves"
MAKE_FLAGS = $(TARGET_CONFIGURE_OPTS) ARCH="mips"
Build/Compile = +$(MAKE_VARS) $(MAKE) -C $(PKG_BUILD_DIR) $(MAKE_FLAGS)

define BuildPackage
$$(eval $$(Package/$(1)))
$$(if $$(and $$(SECTION),$$(CATEGORY),$$(TITLE)),,$$(error no section, category or title))
all:
	mkdir -p $$(PKG_BUILD_DIR)
	$$(Build/Prepare)
	$$(Build/Configure)
	$$(Build/Compile)
	$$(call Package/$(1)/install,$$(TOPDIR)/root)
menu:
	@echo $$(Package/$(1)/config)
value:
	@printf '%s\n' $$($$(NAME))
endef
