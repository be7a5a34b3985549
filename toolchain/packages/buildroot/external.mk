include $(sort $(wildcard $(BR2_EXTERNAL_TOPMEM_PATH)/package/*/*.mk))
