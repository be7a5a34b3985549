/* SPDX-License-Identifier: 0BSD */
/*
 * Metrics in the Prometheus text format, version 0.0.4: all samples of one
 * stand together.
 */
#include "topmem.h"

#if ENABLE_FEATURE_TOPMEM_PROM
static void put_name(struct topmem *t, const char *before, const char *group, const char *name, const char *unit)
{
	put_text(t, before);
	put_text(t, "topmem_");
	put_text(t, group);
	put_char(t, '_');
	put_text(t, name);
	put_text(t, unit);
}

/* The head of a metric, and the name of its first sample. */
static void put_head(struct topmem *t, const char *group, const char *name, const char *unit, const char *help)
{
	put_name(t, "# HELP ", group, name, unit);
	put_char(t, ' ');
	put_text(t, help);
	put_name(t, "\n# TYPE ", group, name, unit);
	put_name(t, " gauge\n", group, name, unit);
}

/* A metric that has no labels. */
void put_metric(struct topmem *t, const char *group, const char *name, const char *unit, const char *help, kb_t value)
{
	put_head(t, group, name, unit, help);
	put_char(t, ' ');
	put_value(t, NUMBER, value);
	put_char(t, '\n');
}

/* With -f prom: goes on to the next column that is a metric; false behind the last. */
bool next_metric(struct topmem *t)
{
	t->metric_told = false;
	while ((t->opt & OPT_PROM) && t->shown[t->metric].kind) {
		const struct shown *shown = &t->shown[t->metric++];

		if (shown->kind < OWNER && shown->column != PID)
			return true;
	}
	t->metric = 0;
	return false;
}

/* {pid="412",comm="AdGuardHome"}: what tells the row from others. */
static void put_labels(struct topmem *t, const struct row *row)
{
	const struct shown *shown = t->shown;
	char separator = '{';

	/* the name of a cgroup is not its whole path */
	if (!(t->opt & OPT_g) IF_FEATURE_TOPMEM_PROGRAMS(|| t->by == BY_CGROUP)) {
		put_text(t, "{pid=\"");
		put_value(t, NUMBER, row->pid);
		put_char(t, '"');
		separator = ',';
	}
	for (; shown->kind; shown++) {
		if (shown->kind < OWNER)
			continue;
		put_char(t, separator);
		put_text(t, column_name(t, shown->column));
		put_char(t, '=');
		put_cell(t, row, shown);
		separator = ',';
	}
	put_text(t, "} ");
}

/* topmem_process_resident_bytes{pid="412",comm="AdGuardHome"} 85200896 */
void print_metric(struct topmem *t, const struct row *row)
{
	static const char units[][8] ALIGN1 = { [NUMBER] = "", [SIGNED] = "", [SIZE] = "_bytes", [SHARE] = "_ratio", [GROWTH] = "_bytes" };
	const struct shown *shown = t->shown + t->metric - 1;
	const char *group = t->opt & OPT_g ? column_name(t, COMM) : "process";
	const char *name, *help;
	unsigned kind;
	kb_t value;

	if (!t->metric)
		return;
	kind = shown->kind;
	value = row->value[shown->column];
	if (value == KB_UNKNOWN || (kind == SHARE && !known_above_0(t->memory[M_LIMIT])))
		return;
	name = column_name(t, shown->column);
	help = next_text(name);
	if (shown->column == RSS)
		name = help;		/* resident */
	if (t->metric_told)
		put_name(t, "", group, name, units[kind]);
	else
		put_head(t, group, name, units[kind], help);
	t->metric_told = true;
	put_labels(t, row);
	if (kind == SIZE)
		value = times_kb(value, 1024);
	if (kind == GROWTH)
		value = SIGNED_BIAS + (value - SIGNED_BIAS) * 1024;
	put_value(t, kind == SIZE ? NUMBER : kind, value);
	put_text(t, kind == SHARE ? "e-2\n" : "\n");	/* percent */
}
#endif
