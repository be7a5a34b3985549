#!/usr/bin/python3
# What psutil tells of processes, for peers_test.sh. All sizes are in kB.
#
# usage: peers.py smaps PID...      PID USS PSS SWAP RSS of each, RSS from its mappings
#        peers.py statm PID...      PID RSS VSZ SHR of each
#        peers.py programs PID...   USS SHARED RAM SWAP NUM PROGRAM of each program
#        peers.py rows KEY...       these of each row of the JSON on stdin; "-" is null
#        peers.py total KEY...      these of its total
#        peers.py pageout KB PID... swaps out that much of the anonymous memory of each
#
# SPDX-License-Identifier: 0BSD

import ctypes
import json
import os
import sys

MULTI_CALL = ("busybox", "toybox")


def smaps(process):
    """uss, pss, swap, and the resident size that its mappings add up to"""
    info = process.memory_full_info()
    resident = sum(mapping.rss for mapping in process.memory_maps(grouped=False))
    return [size >> 10 for size in (info.uss, info.pss, info.swap, resident)]


def statm(process):
    info = process.memory_info()
    return [size >> 10 for size in (info.rss, info.vms, info.shared)]


def smaps_line(process, key):
    """A line of smaps that psutil leaves out, summed"""
    with open(f"/proc/{process.pid}/smaps", encoding="utf-8", errors="replace") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith(key + ":"))


def shown(name):
    """Bytes of a name as they are safe on a terminal"""
    text = name.decode("utf-8", "surrogateescape")
    return "".join(c if c.isprintable() else "?" for c in text)


def exe(process):
    return os.readlink(f"/proc/{process.pid}/exe")


def program(process):
    """Under which name a process is added up"""
    path = exe(process)
    parent = process.parent()
    base = os.path.basename(path)
    if parent and exe(parent) == path and not base.startswith(MULTI_CALL):
        return program(parent)

    if path.endswith(" (deleted)"):
        path = path[: -len(" (deleted)")]
        base = os.path.basename(path)
        base += " [updated]" if os.path.exists(path) else " [deleted]"
    with open(f"/proc/{process.pid}/comm", "rb") as comm:
        name = comm.read()[:-1]
    if os.fsencode(base).startswith(name):
        name = os.fsencode(base)
    return shown(name)


def programs(processes):
    sums = {}
    for process in processes:
        uss, pss, _, _ = smaps(process)
        shared = pss - uss + smaps_line(process, "Private_Hugetlb")
        figures = (uss, shared, uss + shared, smaps_line(process, "SwapPss"), 1)
        name = program(process)
        sums[name] = [a + b for a, b in zip(sums.get(name, [0] * 5), figures)]
    for name, figures in sums.items():
        print(*figures, name)


def no_key_twice(pairs):
    keys = [key for key, _ in pairs]
    assert len(keys) == len(set(keys)), keys
    return dict(pairs)


def sample():
    """The one line on stdin, strictly read"""
    lines = sys.stdin.buffer.read().decode("utf-8").splitlines()
    assert len(lines) == 1, lines
    return json.loads(lines[0], object_pairs_hook=no_key_twice)


def print_keys(row, keys):
    """As jq shows them: a number without the decimals that it does not need"""
    values = ("-" if row[key] is None else row[key] for key in keys)
    print(*(f"{value:g}" if isinstance(value, float) else value for value in values))


class IoVec(ctypes.Structure):
    _fields_ = (("start", ctypes.c_void_p), ("size", ctypes.c_size_t))


def pageout(process, size):
    """As a shortage of memory would do it; what the kernel cannot swap out stays"""
    process_madvise, madv_pageout = 440, 21
    call = ctypes.CDLL(None, use_errno=True).syscall
    pidfd = os.pidfd_open(process.pid)
    for mapping in process.memory_maps(grouped=False):
        if mapping.path not in ("[anon]", "[heap]", "/dev/zero (deleted)") or size <= 0:
            continue
        start, end = (int(address, 16) for address in mapping.addr.split("-"))
        part = IoVec(start, min(end - start, size))
        call(process_madvise, pidfd, ctypes.byref(part), 1, madv_pageout, 0)
        size -= min(mapping.rss, part.size)
    os.close(pidfd)


def main(what, *words):
    if what in ("rows", "total"):
        found = sample()[what]
        for row in [found] if what == "total" else found:
            print_keys(row, words)
        return

    import psutil  # To read JSON it is not needed

    if what == "pageout":
        for pid in words[1:]:
            try:
                pageout(psutil.Process(int(pid)), int(words[0]) << 10)
            except psutil.NoSuchProcess:
                pass
        return
    processes = [psutil.Process(int(pid)) for pid in words]
    if what == "programs":
        programs(processes)
        return
    for process in processes:
        print(process.pid, *{"smaps": smaps, "statm": statm}[what](process))


main(*sys.argv[1:])
