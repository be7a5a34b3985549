################################################################################
#
# topmem
#
################################################################################

# There are no releases: what is packed is the tree that this file is in.
TOPMEM_VERSION = 0
TOPMEM_SITE = $(BR2_EXTERNAL_TOPMEM_PATH)/../../..
TOPMEM_SITE_METHOD = local
TOPMEM_OVERRIDE_SRCDIR_RSYNC_EXCLUSIONS = \
	--exclude /build --exclude /topmem --exclude /.config
TOPMEM_LICENSE = 0BSD
TOPMEM_LICENSE_FILES = LICENSE

TOPMEM_SWITCHES = STATM FAST HUMAN SMAPS COLUMNS SELECT PROGRAMS WATCH JSON LIMITS PROM

# Without a .config, where it is built and not selected, everything is on.
define TOPMEM_CONFIGURE_CMDS
	$(if $(BR2_PACKAGE_TOPMEM),printf 'CONFIG_%s\n' $(foreach switch,$(TOPMEM_SWITCHES), \
		$(if $(BR2_PACKAGE_TOPMEM_$(switch)),FEATURE_TOPMEM_$(switch)=y)) \
		TOPMEM_ROWS=$(BR2_PACKAGE_TOPMEM_ROWS) >$(@D)/.config)
endef

define TOPMEM_BUILD_CMDS
	$(TARGET_MAKE_ENV) $(MAKE) -C $(@D) $(TARGET_CONFIGURE_OPTS) STRIP=
endef

define TOPMEM_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 0755 $(@D)/topmem $(TARGET_DIR)/usr/bin/topmem
endef

$(eval $(generic-package))
