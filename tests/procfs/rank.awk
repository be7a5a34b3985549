# SPDX-License-Identifier: 0BSD
#
# The rows that topmem should print, out of what facts.awk found, one blank between the cells.
#
#	awk -F '\t' -v show=pid,rss,comm -v key=rss -v n=3 -v exact=1 -v estimated=1 -f rank.awk FACTS
#
# exact: smaps is read. estimated: there is none, so that USS is not exact. n=0: all.

function header(name)
{
	if (name ~ /%$/)
		return "%" header(substr(name, 1, length(name) - 1))
	if (name == "comm")
		return "COMMAND"
	if (name == "mem")
		return "%MEM"
	if (name == "hwm")
		return "PEAK"
	return (name == "uss" && estimated ? "~" : "") toupper(name)
}

function source(name)
{
	return exact && (("smaps_" name) in at) ? at["smaps_" name] : at[name]
}

# row a goes before row b: of known numbers the larger, of equals the lower PID
function before(a, b)
{
	if (rank[a] != rank[b])
		return rank[a] == "-" ? 0 : rank[b] == "-" ? 1 : rank[a] + 0 > rank[b] + 0
	return pid[a] + 0 < pid[b] + 0
}

# shares are ranked by what they are shares of, which tells more of them apart
BEGIN {
	n_shown = split(show, shown, ",")
	by = key
	if (!sub(/%$/, "", by) && key == "mem")
		by = "rss"
}

NR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	line = ""
	for (i = 1; i <= n_shown; i++)
		line = line (i > 1 ? " " : "") header(shown[i])
	print line
	next
}

{
	rank[NR] = $(source(by))
	pid[NR] = $1
	line = ""
	for (i = 1; i <= n_shown; i++)
		line = line (i > 1 ? " " : "") $(source(shown[i]))
	row[NR] = line
	for (i = ++rows; i > 1 && before(NR, order[i - 1]); i--)
		order[i] = order[i - 1]
	order[i] = NR
}

END {
	for (i = 1; i <= rows && (n == 0 || i <= n); i++)
		print row[order[i]]
}
