#!/bin/busybox sh
# The first program of a machine: topmem on its console, in which nothing is mounted but /proc.
#
# SPDX-License-Identifier: 0BSD
# shellcheck shell=dash

/bin/busybox mount -t proc proc /proc
/bin/busybox cat /proc/mounts
exec /test/topmem -w 1 -n 3
