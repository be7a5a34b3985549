# SPDX-License-Identifier: 0BSD
#
# What topmem should know about each process of an unpacked tree, read the plain way: everything.
#
#	find . -type f | awk -v page=KB -f facts.awk	page=0 where statm is not to be trusted
#
# The first line names the columns, then there is a line a process, its fields divided by tabs; "-" is
# "not known". smaps_X is what column X says where smaps is read: with -s, or next to a column of smaps.

function set(of, name, number)
{
	if (!((of, name) in fact))
		fact[of, name] = number
}

function get(of, name)
{
	return (of, name) in fact ? fact[of, name] : "-"
}

function plus(a, b)
{
	return a == "-" || b == "-" ? "-" : whole(a + b)
}

function whole(number)
{
	return sprintf("%.0f", number)
}

# 8 of 100 is 8.0
function share(part)
{
	return part == "-" || total == "" ? "-" : sprintf("%.1f", int(part * 1000 / total + 0.5) / 10)
}

function status(of, path,    line, word)
{
	while ((getline line <path) > 0) {
		split(line, word, /[ \t]+/)
		if (line ~ /^Name:\t/) {
			sub(/^Name:\t/, "", line)
			gsub(/\\n/, "?", line)
			gsub(/\\\\/, "\\", line)
			set(of, "comm", line)
		} else if (line ~ /^Uid:/)
			set(of, "user", word[3] in user ? user[word[3]] : word[3])
		else if (word[1] in status_column)
			set(of, status_column[word[1]], word[2])
	}
	close(path)
}

function statm(of, path,    line, word)
{
	if ((getline line <path) > 0 && split(line, word, " ") >= 3) {
		if (page) {
			set(of, "vsz", whole(word[1] * page))
			set(of, "rss", whole(word[2] * page))
			set(of, "shr", whole(word[3] * page))
		}
	}
	close(path)
}

function smaps(of, path,    line, word)
{
	while ((getline line <path) > 0) {
		split(line, word, /[ \t]+/)
		if (word[1] in smaps_column)
			sum[of, smaps_column[word[1]]] += word[2]
	}
	close(path)
}

function number(of, name, path,    line)
{
	if ((getline line <path) > 0)
		set(of, name, line)
	close(path)
}

{
	sub(/^\.\//, "")
	there[$0] = 1
	if ($0 ~ /^[0-9]+\/(task\/[0-9]+\/)?status$/) {
		sub(/\/status$/, "")
		folders[++n_folders] = $0
	}
}

BEGIN {
	split("PPid ppid Threads thr VmSize vsz VmRSS rss RssAnon anon RssFile file RssShmem shmem" \
	    " VmHWM hwm VmData data VmStk stk VmExe text VmLib lib VmPTE pte VmLck lck VmSwap swap" \
	    " HugetlbPages huge", list, " ")
	for (i = 1; i in list; i += 2)
		status_column[list[i] ":"] = list[i + 1]
	split("Rss rss Pss pss Private_Clean pc Private_Dirty pd Private_Hugetlb ph Shared_Dirty sd" \
	    " Swap swap SwapPss sp", list, " ")
	for (i = 1; i in list; i += 2)
		smaps_column[list[i] ":"] = list[i + 1]
	columns = "pid ppid user thr rss vsz shr anon hwm data stk text lib pte lck swap huge foot mem" \
	    " uss pss dirty epss oom adj smaps_rss smaps_swap smaps_foot smaps_mem" \
	    " rss% vsz% swap% uss% pss% smaps_rss% smaps_swap% comm"
	while ((getline line <"/etc/passwd") > 0) {
		split(line, word, ":")
		if (!(word[3] in user))
			user[word[3]] = word[1]
	}
	while ((getline line <"meminfo") > 0)
		if (line ~ /^MemTotal:/) {
			split(line, word, / +/)
			total = word[2]
		}
	n_columns = split(columns, column, " ")
	for (i = 1; i <= n_columns; i++)
		printf "%s%s", column[i], i < n_columns ? "\t" : "\n"
}

END {
	for (i = 1; i <= n_folders; i++) {
		at = folders[i]
		split(at, word, "/")
		of = word[1]
		pids[of] = 1
		task = at ~ /task/
		# a process whose main thread has ended has its memory in those of other threads
		status(task ? at : of, at "/status")
		statm(task ? at : of, at "/statm")
		smaps(task ? at : of, ((at "/smaps_rollup") in there) ? at "/smaps_rollup" : at "/smaps")
		if (task)
			tasks[of] = tasks[of] " " at
		else {
			number(of, "oom", of "/oom_score")
			number(of, "adj", of "/oom_score_adj")
		}
	}
	for (of in pids) {
		if (get(of, "vsz") + 0 == 0) {
			n = split(tasks[of], word, " ")
			for (i = 1; i <= n; i++)
				if (get(word[i], "vsz") > 0)
					break
			if (i > n)
				continue
			for (c = 5; c < n_columns; c++)
				fact[of, column[c]] = get(column[c] ~ /^(oom|adj)$/ ? of : word[i], column[c])
			split("rss pss pc pd ph sd swap sp", list, " ")
			for (c = 1; c in list; c++)
				if ((word[i], list[c]) in sum)
					sum[of, list[c]] = sum[word[i], list[c]]
		}
		process()
	}
}

function process(    smaps_seen, i, p)
{
	fact[of, "pid"] = of
	set(of, "shr", plus(get(of, "file"), get(of, "shmem")))
	if (get(of, "rss") != "-" && get(of, "shr") != "-")
		set(of, "anon", whole(get(of, "rss") - get(of, "shr")))
	fact[of, "foot"] = plus(get(of, "rss"), get(of, "swap"))
	fact[of, "mem"] = share(get(of, "rss"))
	smaps_seen = (of, "rss") in sum
	if (smaps_seen) {
		fact[of, "smaps_rss"] = whole(sum[of, "rss"])
		fact[of, "uss"] = whole(sum[of, "pc"] + sum[of, "pd"] + sum[of, "ph"])
		fact[of, "dirty"] = whole(sum[of, "pd"] + sum[of, "sd"])
		if ((of, "pss") in sum)
			fact[of, "pss"] = whole(sum[of, "pss"])
		if ((of, "swap") in sum)
			fact[of, "smaps_swap"] = whole(sum[of, "swap"])
		if ((of, "sp") in sum)
			fact[of, "epss"] = whole(sum[of, "pss"] + sum[of, "sp"])
	} else {
		fact[of, "smaps_rss"] = get(of, "rss")
		fact[of, "smaps_swap"] = get(of, "swap")
		if (get(of, "shr") != "-")
			fact[of, "uss"] = whole(get(of, "rss") - get(of, "shr"))
	}
	fact[of, "smaps_foot"] = plus(get(of, "smaps_rss"), get(of, "smaps_swap"))
	fact[of, "smaps_mem"] = share(get(of, "smaps_rss"))
	for (i = 1; i <= n_columns; i++)
		if (column[i] ~ /%$/) {
			p = column[i]
			sub(/%$/, "", p)
			fact[of, column[i]] = share(get(of, p))
		}
	for (i = 1; i <= n_columns; i++)
		printf "%s%s", get(of, column[i]), i < n_columns ? "\t" : "\n"
}
