# SPDX-License-Identifier: 0BSD
#
# Unpacks NAME.tree into a procfs tree below the folder DIR, which exists.
#
#	awk -v mode=folders -f unpack.awk NAME.tree	lists the folders to make
#	awk -v dir=DIR -f unpack.awk NAME.tree		writes the files into them
#
# A .tree file has sections. Lines that start with # before the first of them are remarks.
#
#	[page KB]	kB a page of statm (4 without this section)
#	[width N]	column of the file's name in a mapping's first line (73; 49 on 32 bits)
#	[FILE]		FILE, as it stands: meminfo, 412/task/413/statm
#	[PID/FILE]	FILE of every process, with %column replaced by that column of its row, %8column
#			to the right in 8 places, %column_pages in pages, %column_bytes in bytes. A line
#			that starts with ? is only for processes with memory of their own, one with !
#			only for the others: kernel threads and zombies.
#	[MAP/smaps]	what smaps says of one mapping, %column out of the table of mappings
#	[SUM/smaps_rollup]	the same columns, summed over the process
#	[processes]	the table, a row a process; the first line names the columns, the last column
#			takes the rest of the line; - is "none". dir is PID or PID/task/TID.
#	[mappings]	likewise, a row a mapping; dir says whose; a column that is not there is 0
#	[cmdline]	dir, then the command line, | for NUL
#
# Kernels write every mapping at a new address; here each just gets the next megabyte.

function folder(path)
{
	return sub("/[^/]*$", "", path) ? path : "."
}

function add(path, text)
{
	if (mode == "folders")
		print folder(path)
	else
		print text >(dir "/" path)
}

# template with every %column replaced, out of value[]
function fill(template,    out, word, width, pages, bytes, text)
{
	out = ""
	while (match(template, /%(%|[0-9]*[a-z_]+)/)) {
		word = substr(template, RSTART + 1, RLENGTH - 1)
		out = out substr(template, 1, RSTART - 1)
		template = substr(template, RSTART + RLENGTH)
		if (word == "%") {
			out = out "%"
			continue
		}
		width = word + 0
		sub(/^[0-9]+/, "", word)
		pages = sub(/_pages$/, "", word)
		bytes = sub(/_bytes$/, "", word)
		if (!(word in value) || value[word] == "-")
			text = 0
		else
			text = value[word]
		if (pages)
			text = whole(text / page)
		if (bytes)
			text = whole(text * 1024)
		while (length(text) < width)
			text = " " text
		out = out text
	}
	return out template
}

function whole(number)
{
	return sprintf("%.0f", number)
}

# splits a row into value[], as columns[] says; the last column takes what is left of the line
function row(line, columns, count,    i)
{
	split("", value)
	for (i = 1; i < count; i++) {
		sub(/^ +/, "", line)
		match(line, /^[^ ]+/)
		value[columns[i]] = substr(line, 1, RLENGTH)
		line = substr(line, RLENGTH + 1)
	}
	sub(/^ +/, "", line)
	value[columns[count]] = line
}

function process(line,    name, i, text, parts, has_memory)
{
	row(line, process_column, process_columns)
	count = split(value["dir"], parts, "/")
	value["tgid"] = parts[1]
	value["pid"] = parts[count]
	value["start"] = value["pid"] * 7
	value["anon"] = value["rss"] - value["shr"]
	value["comm"] = value["name"]
	gsub(/\\n/, "\n", value["comm"])
	gsub(/\\\\/, "\\", value["comm"])
	has_memory = value["size"] != "-"
	if (("st" in value) && (value["st"] in state))
		value["state"] = state[value["st"]]
	else
		value["state"] = state["S"]
	for (name in lines) {
		text = ""
		for (i = 1; i <= lines[name]; i++)
			if (each[name, i] !~ /^[?!]/)
				text = text fill(each[name, i]) "\n"
			else if (has_memory == (each[name, i] ~ /^[?]/))
				text = text fill(substr(each[name, i], 2)) "\n"
		sub(/\n$/, "", text)
		add(value["dir"] "/" name, text)
	}
	if (map_lines && !has_memory)
		empty(value["dir"] "/smaps")
	if (sum_lines && !has_memory)
		empty(value["dir"] "/smaps_rollup")
	close_all(dir "/" value["dir"])
}

function empty(path)
{
	if (mode == "folders")
		print folder(path)
	else
		printf "" >(dir "/" path)
}

function close_all(at,    name)
{
	for (name in lines)
		close(at "/" name)
	close(at "/smaps")
	close(at "/smaps_rollup")
}

function mapping(line,    i, first, name, path)
{
	if (owner(line) != mapped) {
		rollup()
		mapped = owner(line)
	}
	row(line, mapping_column, mapping_columns)
	first = sprintf("%s%05x000-%s%05x000 %s 00000000 %s ", prefix, address, prefix, address + 256,
	    value["perm"], value["inode"] > 0 ? "fd:00 " value["inode"] : "00:00 0")
	address += 256
	if (value["file"] != "-")
		do
			first = first " "
		while (length(first) < width)
	path = value["dir"] "/smaps"
	add(path, first (value["file"] == "-" ? "" : value["file"]))
	for (i = 1; i <= map_lines; i++)
		add(path, fill(map[i]))
	for (name in value)
		sum[name] += value[name]
}

# The kernel rounds a process's Pss once, a mapping's each: 3 kB is what the sum lost here.
function rollup(    i, name, path, first)
{
	if (mapped != "" && sum_lines) {
		split("", value)
		for (name in sum)
			value[name] = whole(sum[name])
		value["pss"] = whole(sum["pss"] + 3)
		path = mapped "/smaps_rollup"
		first = sprintf("%s%05x000-%s%05x000 ---p 00000000 00:00 0 ", prefix, 256, prefix, address)
		while (length(first) < width)
			first = first " "
		add(path, first "[rollup]")
		for (i = 1; i <= sum_lines; i++)
			add(path, fill(total[i]))
	}
	close_all(dir "/" mapped)
	split("", sum)
	address = 256
}

# the first column of a row
function owner(line)
{
	sub(/ .*/, "", line)
	return line
}

function cmdline(line,    command)
{
	if (mode == "folders") {
		print owner(line)
		return
	}
	command = "tr -d '\\n' | tr '|' '\\000' >'" dir "/" owner(line) "/cmdline'"
	sub(/^[^ ]+ /, "", line)
	print line | command
	close(command)
}

BEGIN {
	page = 4
	width = 73
	prefix = "7f10"
	state["R"] = "R (running)"
	state["S"] = "S (sleeping)"
	state["D"] = "D (disk sleep)"
	state["T"] = "T (stopped)"
	state["Z"] = "Z (zombie)"
	state["I"] = "I (idle)"
}

/^\[.*\]$/ {
	section = substr($0, 2, length($0) - 2)
	if (section ~ /^page /)
		page = substr(section, 6)
	else if (section ~ /^width /) {
		width = substr(section, 7)
		prefix = ""
	}
	names = 0
	next
}

section == "" { next }

section == "processes" {
	if (!process_columns)
		process_columns = split($0, process_column, / +/)
	else
		process($0)
	next
}

section == "mappings" {
	if (!mapping_columns)
		mapping_columns = split($0, mapping_column, / +/)
	else
		mapping($0)
	next
}

section == "cmdline" {
	cmdline($0)
	next
}

section == "MAP/smaps" {
	map[++map_lines] = $0
	next
}

section == "SUM/smaps_rollup" {
	total[++sum_lines] = $0
	next
}

section ~ /^PID\// {
	name = substr(section, 5)
	each[name, ++lines[name]] = $0
	next
}

{ add(section, $0) }

END { rollup() }
