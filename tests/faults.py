#!/usr/bin/python3
# What topmem may say after one of its system calls has failed, for faults_test.sh.
#
# usage: faults.py tree DIR               makes a small procfs tree
#        faults.py judge DIR ARG... <RUNS of what faults.c prints about "topmem -R DIR ARG..." tells
#                                         each run with a wrong outcome; then how many runs there were
#
# A process I of the tree has 2048 << I kB of its own and 64 << I kB shared, so a sum tells which
# processes are in it, and whether a figure is one of its columns is known.
#
# SPDX-License-Identifier: 0BSD

import json
import os
import re
import sys

TOTAL, AVAILABLE = 1 << 20, 400000
# What is said when a process has ended, and is no news then
GONE = ("ENOENT", "ESRCH")
UNKNOWN = ("-", "null")


class Process:
    def __init__(self, index, pid, parent, name, exe, uid, dead=False):
        self.index, self.pid, self.name, self.exe, self.uid, self.dead = index, pid, name, exe, uid, dead
        self.args = "/usr/bin/%s -x %d" % (exe, pid)
        uss, shared = 2048 << index, 64 << index
        rss = 4096 << index
        self.column = {
            "PID": pid, "PPID": parent, "THR": 1 + dead, "VSZ": 2 * rss, "RSS": rss, "SHR": 512 << index,
            "ANON": rss - (512 << index), "PEAK": rss + (16 << index), "DATA": 24 << index, "STK": 128 << index,
            "TEXT": 12 << index, "LIB": 20 << index, "PTE": 4 << index, "LCK": 0, "SWAP": 8 << index,
            "HUGE": 0, "FOOT": rss + (8 << index), "USS": uss, "PSS": uss + shared, "DIRTY": 3 * (256 << index),
            "EPSS": uss + shared + (4 << index), "SHARED": shared, "RAM": uss + shared, "NUM": None,
            "OOM": 100 + index, "ADJ": index - 3, "GROWTH": 0, "CGROUP": "group%d" % (index % 2),
        }


# The last has a main thread that has ended
PROCESSES = [
    Process(0, 1, 0, "init", "init", 0),
    Process(1, 101, 1, "web", "web", 65534),
    Process(2, 102, 101, "worker", "web", 65534),
    Process(3, 103, 1, "sh", "busybox", 0),
    Process(4, 104, 1, "database-main", "database-main-15", 0),
    Process(5, 105, 1, "threads", "threads", 0, dead=True),
]
BY_PID = {process.pid: process for process in PROCESSES}


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)


def status(process, column):
    lines = [
        ("Name", process.name), ("Pid", process.pid), ("PPid", process.column["PPID"]),
        ("Uid", "\t".join([str(process.uid)] * 4)),
    ]
    lines += [
        (key, "%8d kB" % column[name])
        for key, name in (
            ("VmSize", "VSZ"), ("VmLck", "LCK"), ("VmHWM", "PEAK"), ("VmRSS", "RSS"), ("RssAnon", "ANON"),
            ("RssFile", "SHR"), ("VmData", "DATA"), ("VmStk", "STK"), ("VmExe", "TEXT"), ("VmLib", "LIB"),
            ("VmPTE", "PTE"), ("VmSwap", "SWAP"), ("HugetlbPages", "HUGE"),
        )
        if column
    ]
    lines += [("Threads", process.column["THR"]), ("Cpus_allowed", "f")]
    return "".join("%s:\t%s\n" % line for line in lines)


def make_process(process, folder, alive):
    column = process.column if alive else None
    write(folder + "/status", status(process, column))
    pages = [column[name] // 4 for name in ("VSZ", "RSS", "SHR")] if alive else [0, 0, 0]
    write(folder + "/statm", "%d %d %d 0 0 0 0\n" % tuple(pages))
    write(
        folder + "/stat",
        "%d (%s) S %d 1 1 0 -1 4194560 155 0 0 0 0 0 0 0 20 0 1 0 %d %d 0 0\n"
        % (process.pid, process.name, process.column["PPID"], process.pid, column["VSZ"] * 1024 if alive else 0),
    )
    if alive:
        smaps = [
            ("Rss", column["RSS"]), ("Pss", column["PSS"]), ("Shared_Dirty", column["DIRTY"] // 3),
            ("Private_Clean", column["USS"] - column["DIRTY"] // 3 * 2),
            ("Private_Dirty", column["DIRTY"] // 3 * 2), ("Private_Hugetlb", 0), ("Swap", column["SWAP"]),
            ("SwapPss", column["EPSS"] - column["PSS"]),
        ]
        write(
            folder + "/smaps_rollup",
            "%08x-ffffffff ---p 00000000 00:00 0    [rollup]\n" % process.pid
            + "".join("%s: %8d kB\n" % line for line in smaps),
        )
        write(folder + "/cmdline", process.args.replace(" ", "\0") + "\0")
        write(folder + "/environ", "A=1\0HOME=/%d\0" % process.pid)
    else:
        write(folder + "/smaps_rollup", "")
        write(folder + "/cmdline", "")
        write(folder + "/environ", "")
    write(folder + "/cgroup", "0::/all/%s\n" % process.column["CGROUP"])
    write(folder + "/oom_score", "%d\n" % process.column["OOM"])
    write(folder + "/oom_score_adj", "%d\n" % process.column["ADJ"])
    if alive:
        os.symlink("/usr/bin/" + process.exe, folder + "/exe")


def make_tree(root):
    for process in PROCESSES:
        folder = "%s/%d" % (root, process.pid)
        make_process(process, folder, not process.dead)
        make_process(process, "%s/task/%d" % (folder, process.pid), not process.dead)
        if process.dead:
            make_process(process, "%s/task/%d" % (folder, process.pid + 1), True)
    # A thread of the kernel
    kernel = root + "/50"
    write(kernel + "/statm", "0 0 0 0 0 0 0\n")
    write(kernel + "/stat", "50 (kthreadd) S 0 0 0 0 -1 2129984 0 0 0 0 0 0 0 0 20 0 1 0 4 0 0 0\n")
    write(kernel + "/status", "Name:\tkthreadd\nPid:\t50\nPPid:\t0\nUid:\t0\t0\t0\t0\nThreads:\t1\n")
    write(kernel + "/task/50/statm", "0 0 0 0 0 0 0\n")
    write(root + "/meminfo", "MemTotal: %d kB\nMemAvailable: %d kB\nHugetlb: 0 kB\n" % (TOTAL, AVAILABLE))
    write(root + "/uptime", "12345.67 23456.78\n")
    write(root + "/self/mounts", "proc /proc proc rw,relatime 0 0\n")


def arguments(words):
    """{letter: value, or True}"""
    found = {}
    words = list(words)
    while words:
        word = words.pop(0)[1:]
        while word:
            letter, word = word[0], word[1:]
            if letter in "nRkopuceb" "wixXf":
                found[letter] = word or words.pop(0)
                break
            found[letter] = True
    return found


class Wrong(Exception):
    pass


def demand(condition, *words):
    if not condition:
        raise Wrong(" ".join(str(word) for word in words))


class Run:
    def __init__(self, head):
        self.head = head
        _, self.call, self.name, self.fault, self.end, self.number, self.file = (head.split(" ", 6) + ["-"])[:7]
        if self.end == "hang":
            self.file = self.number
        self.out = self.err = ""

    def add(self, line):
        text = line[2:] + ("\n" if line[0] in ">!" else "")
        if line[0] in ">{":
            self.out += text
        else:
            self.err += text

    def timeless(self):
        self.out = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "9999-12-31T23:59:59Z", self.out)
        return self


def runs(lines):
    run = None
    for line in lines:
        line = line.rstrip("\n")
        demand(not line.startswith("== unknown"), "a system call that is not known:", line)
        if line.startswith("== "):
            if run:
                yield run.timeless()
            run = Run(line)
        else:
            run.add(line)
    if run:
        yield run.timeless()


class Judge:
    def __init__(self, words):
        self.words, self.options = words, arguments(words)
        self.reference, self.sample = None, 0

    def excused(self, run):
        """Whether what is missing is told, or need not be"""
        # The kernel hands these out whole: that a file is cut is not seen, but nothing wrong is made of it
        if run.fault in ("ONE", "HALF"):
            return True
        # With -w this is told once, after the first sample
        if self.sample > 1:
            return True
        gone = run.fault in GONE and (run.name != "getdents64" or "/task" in run.file) and run.file != self.root
        return gone or "not readable" in run.err or "are hidden" in run.err

    def run(self, run):
        self.sample = 0
        demand(run.end == "exit", "it crashed, or hangs")
        end = int(run.number)
        demand(end <= 3, "status")
        ok = self.reference
        if run.name == "write" and "stdout" in run.file:
            if run.fault in ("EINTR", "ONE", "HALF"):
                demand((run.out, run.err, end) == (ok.out, ok.err, int(ok.number)), "not as without that")
                return
            demand(end == 3, "cut short with status", end)
            demand(ok.out.startswith(run.out), "not the beginning")
            demand(re.fullmatch("topmem: standard output: .+\n", run.err), "message")
            return
        if run.name == "write" and "stderr" in run.file:
            demand((run.out, end) == (ok.out, int(ok.number)), "output")
            return
        # In what comes in pieces, and is no single line, a short read changes nothing
        if run.fault in ("ONE", "HALF") and re.search("/(cmdline|environ|passwd|mounts|smaps)$", run.file):
            demand((run.out, run.err, end) == (ok.out, ok.err, int(ok.number)), "not as without that")
            return
        for line in run.err.splitlines(True):
            demand(re.fullmatch("topmem: .+\n", line), "message")
        if end == 3:
            if not run.out.startswith("TOPMEM UNKNOWN") and '"check":"UNKNOWN"' not in run.out:
                demand(re.fullmatch("topmem: .+: .+\n", run.err.splitlines(True)[-1] if run.err else ""), "message")
                if run.out and "w" not in self.options:
                    demand(ok.out.startswith(run.out) or self.options.get("n") == "0", "a part of an answer, and an error")
                    return
        elif int(ok.number) != end:
            demand("x" in self.options or "X" in self.options, "status")
            demand(self.excused(run), "the check says", end)
        if not run.out:
            demand(end == 3 or "i" in self.options, "nothing")
            return
        demand(run.out.endswith("\n"), "the last line is cut")
        if "f" not in self.options:
            self.text(run)
        elif self.options["f"] == "json":
            self.json(run)
        else:
            self.metrics(run)

    # What may stand in a cell

    def share(self, kb):
        tenths = (kb * 2000 + TOTAL) // (2 * TOTAL)
        return "%d.%d" % (tenths // 10, tenths % 10)

    def cell(self, process, header, text, run):
        if text in UNKNOWN:
            return
        if header == "COMMAND":
            wanted = [process.name]
            if "a" in self.options or "args" in self.options.get("o", ""):
                wanted = [process.args, process.name, "[%s]" % process.name]
        elif header == "USER":
            wanted = [str(process.uid), {0: "root", 65534: "nobody"}[process.uid]]
        elif header.startswith("%"):
            wanted = [self.share(process.column[header[1:].replace("~", "").replace("MEM", "RSS")])]
        elif header == "~USS":
            wanted = [str(process.column["RSS"] - process.column["SHR"])]
        else:
            wanted = [str(process.column[header])]
        if "h" in self.options and header not in ("PID", "PPID", "COMMAND", "THR") and header[0] != "%":
            wanted = [self.people(int(kb)) for kb in wanted]
        demand(text in wanted, process.pid, header, text, "is wrong, not", wanted)

    def people(self, kb):
        """As -h has it; all sizes of this tree are whole numbers of their units, or below a MB"""
        if kb < 1024:
            return "%dK" % kb
        return "%.1fM" % (kb / 1024) if kb < 100 * 1024 else "%dM" % (kb / 1024)

    def rank(self):
        column = self.options.get("k", "uss" if "s" in self.options else "rss")
        return {"mem": "RSS", "hwm": "PEAK", "grow": "GROWTH"}.get(column, column.upper())

    def chosen(self):
        for process in PROCESSES:
            if "p" in self.options and str(process.pid) not in self.options["p"].split(","):
                continue
            if "u" in self.options:
                if not {str(process.uid), {0: "root", 65534: "nobody"}[process.uid]} & set(
                    self.options["u"].split(",")
                ):
                    continue
            if "c" in self.options and process.name not in self.options["c"].split(","):
                continue
            if "e" in self.options and self.options["e"] not in ("A", "A=1", "HOME", "HOME=/%d" % process.pid):
                continue
            yield process

    def order(self, pids, run, unknown=()):
        """These were shown; those of unknown with - in the column ranked by"""
        n = int(self.options.get("n", 1))
        chosen = sorted(self.chosen(), key=lambda process: (-self.value(process), process.pid))
        demand(len(set(pids)) == len(pids), "twice:", pids)
        demand(set(pids) <= {process.pid for process in chosen}, "not chosen:", pids)
        demand(pids or run.fault in GONE or run.err or "i" in self.options, "no row")
        known = [pid for pid in pids if pid not in unknown]
        if n:
            wanted = [process.pid for process in chosen]
            rows = known[::-1] if "r" in self.options else known
            demand(rows == [pid for pid in wanted if pid in rows], "out of order:", pids)
            demand(pids[len(known) :] == list(unknown) or "r" in self.options, "- is not the last:", pids)
            full = [process.pid for process in chosen[:n]]
        else:
            full = [process.pid for process in chosen]
        missing = [pid for pid in full if pid not in (pids if n >= len(chosen) else known)]
        demand(not missing or self.excused(run), "missing and not told:", missing)

    def value(self, process):
        return process.column[self.rank()]

    # The forms of output

    def subset(self, cells, run):
        """The processes in a sum, by its figures"""
        uss, shared = (int(cells[key]) for key in ("USS", "SHARED"))
        bits = shared // 64
        demand(shared % 64 == 0 and uss == 2048 * bits, "not a sum of processes:", cells)
        demand(int(cells["RAM"]) == uss + shared, "RAM", cells)
        demand(int(cells["SWAP"]) == 4 * bits, "SWAP", cells)
        demand(int(cells["NUM"]) == bin(bits).count("1"), "NUM", cells)
        return bits

    def by(self):
        return self.options.get("b", "prog")

    def names(self, process):
        """What it may go by"""
        return {
            "prog": {process.exe, process.name, "web" if process.exe == "web" else process.exe}
            if process.exe != "busybox"
            else {process.name},
            "user": {str(process.uid), {0: "root", 65534: "nobody"}[process.uid]},
            "cgroup": {process.column["CGROUP"], "-"},
            "args": {process.args, process.name, "[%s]" % process.name, "/usr/bin/" + process.exe},
        }[self.by()]

    def sums(self, rows, total, run):
        everything = sum(1 << process.index for process in self.chosen())
        seen = 0
        for cells, name in rows:
            bits = self.subset(cells, run)
            demand(bits and not bits & seen, "counted twice:", cells)
            seen |= bits
            for process in PROCESSES:
                if bits >> process.index & 1:
                    demand(name in self.names(process), process.pid, "is not", name)
        if total is not None:
            bits = self.subset(total, run) if isinstance(total, dict) else total
            demand(not seen & ~bits, "more than in all")
            n = int(self.options.get("n", 1))
            demand(seen == bits or 0 < n <= len(rows) or "t" in self.options, "less than in all")
            demand(bits == everything or self.excused(run), "missing and not told: %x of %x" % (bits, everything))

    def text(self, run):
        lines = run.out.splitlines()
        header = None
        pids, unknown, rows, total = [], [], [], None
        seen = False
        checked = "x" in self.options or "X" in self.options

        def end_of_sample():
            if not seen:
                return
            self.sample += 1
            if "g" in self.options or "b" in self.options or "t" in self.options:
                if "q" not in self.options:
                    self.sums(rows, total, run)
            elif "q" not in self.options or not checked:
                self.order(pids, run, unknown)

        for line in lines:
            if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ up (12345|-)", line):
                end_of_sample()
                pids, unknown, rows, total, header, seen = [], [], [], None, None, True
                continue
            seen = True
            cells = line.split()
            if line.startswith("TOPMEM "):
                word = cells[1]
                state = ("OK", "WARNING", "CRITICAL", "UNKNOWN").index(word)
                demand("w" in self.options or state == int(run.number), "not", word)
                if "UNKNOWN" == word or line in self.reference.out.splitlines():
                    continue
                demand(word in self.reference.out or self.excused(run), "the check says", line)
                continue
            if re.fullmatch("[a-z]+ +([0-9]+|-)( +([0-9.]+|-)%)?", line) and "l" in self.options:
                demand(line in self.reference.out.splitlines() or "-" in cells[1:] + ["".join(cells[2:]).rstrip("%")], line)
                continue
            if "t" in self.options:
                bits = int(line) // (2048 + 64)
                demand(bits * (2048 + 64) == int(line), "not a sum:", line)
                total = bits
                continue
            if "q" in self.options:
                if line.isdigit():
                    pids.append(int(line))
                else:
                    demand(any(line in self.names(process) for process in PROCESSES), "no such program:", line)
                continue
            if header is None and re.fullmatch("[A-Z%~ ]+", line):
                header = cells
                continue
            if header is None and "H" not in self.options:
                raise Wrong("no header: " + line)
            names = header or self.reference_header()
            values = cells[: len(names) - 1] + [" ".join(cells[len(names) - 1 :])]
            row = dict(zip(names, values))
            if "NUM" in names and "PROGRAM" in names or "g" in self.options or "b" in self.options:
                if values[-1] == "total":
                    total = row
                else:
                    rows.append((row, values[-1]))
                continue
            process = BY_PID.get(int(row["PID"]))
            demand(process, "no such process:", line)
            for name, value in row.items():
                self.cell(process, name, value, run)
            pids.append(process.pid)
            if row.get(self.rank(), row.get("~" + self.rank(), "")) == "-":
                unknown.append(process.pid)
        end_of_sample()

    def reference_header(self):
        return ["PID", "RSS", "%MEM", "COMMAND"]

    HEADERS = {"mem_percent": "%MEM", "comm": "COMMAND", "args": "COMMAND", "user": "USER", "program": "PROGRAM"}

    def json(self, run):
        for line in run.out.splitlines():
            sample = json.loads(line)
            for key, value in json.loads(self.reference.out.splitlines()[0]).items():
                if key.startswith("mem_"):
                    demand(sample[key] in (None, value), key, sample[key])
            if "g" in self.options or "b" in self.options:
                rows = [
                    (self.json_cells(row), [value for value in row.values() if isinstance(value, str)][-1])
                    for row in sample["rows"]
                ]
                self.sums(rows, self.json_cells(sample["total"]), run)
                continue
            pids, unknown = [], []
            for row in sample["rows"]:
                process = BY_PID.get(row["pid"])
                demand(process, "no such process:", row)
                for key, value in row.items():
                    header = key[:-3].upper() if key.endswith("_kb") else self.HEADERS.get(key, key.upper())
                    header = {"GROW": "GROWTH"}.get(header, header)
                    if header == "USS" and sample.get("estimated"):
                        header = "~USS"
                    self.cell(process, header, "null" if value is None else str(value), run)
                    if header == self.rank() and value is None:
                        unknown.append(row["pid"])
                pids.append(row["pid"])
            self.order(pids, run, unknown)

    def json_cells(self, row):
        return {key.replace("_kb", "").upper(): value for key, value in row.items()}

    def metrics(self, run):
        good = self.reference.out.splitlines()
        rows, unreadable = {}, 0
        for line in run.out.splitlines():
            if line.startswith("#"):
                continue
            match = re.fullmatch(r'topmem_(process|program|total)_(\w+?)(_bytes|_ratio)?(\{(.*)\})? (\S+)', line)
            if line.startswith("topmem_processes_unreadable "):
                unreadable = int(line.split()[1])
            elif match:
                labels = dict(re.findall('([a-z]+)="([^"]*)"', match[5] or ""))
                value = int(match[6]) // 1024 if match[3] == "_bytes" else match[6]
                name = "total" if match[1] == "total" else labels.get("pid") or labels["program"]
                header = {"resident": "RSS"}.get(match[2], match[2].upper())
                rows.setdefault(name, {"COMMAND": labels.get("comm")})[header] = value
            elif not line.startswith("topmem_processes_seen "):
                demand(line in good, "wrong:", line)
        if unreadable:
            run.err += "not readable"
        if "g" in self.options:
            total, rest = divmod(rows.pop("total")["RAM"], 2048 + 64)
            demand(not rest, "total")
            self.sums([(row, name) for name, row in rows.items()], total, run)
            return
        pids, unknown = [], []
        for name, row in rows.items():
            process = BY_PID.get(int(name))
            demand(process, "no such process:", name)
            for header, value in row.items():
                if header == "MEM":
                    demand(abs(float(value) - process.column["RSS"] / TOTAL) < 0.001, name, header, value)
                else:
                    self.cell(process, header, str(value), run)
            pids.append(process.pid)
            if self.rank() not in row:
                unknown.append(process.pid)
        self.order(pids, run, unknown)


def main():
    if sys.argv[1] == "tree":
        make_tree(sys.argv[2])
        return 0
    judge = Judge(sys.argv[3:])
    judge.root = sys.argv[2]
    wrong = count = 0
    for run in runs(sys.stdin):
        if judge.reference is None:
            judge.reference = run
        else:
            count += 1
        try:
            judge.run(run)
        except (Wrong, ValueError, KeyError, IndexError) as error:
            wrong += 1
            if wrong <= 20:
                print("%s: %s: %s" % (" ".join(judge.words), run.head, error or type(error)))
                print("".join("\t%s\n" % line for line in (run.out + run.err).splitlines()), end="")
    if wrong > 20:
        print("and %d more" % (wrong - 20))
    print(count)
    return wrong > 0


sys.exit(main())
