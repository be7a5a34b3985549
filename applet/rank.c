/* SPDX-License-Identifier: 0BSD */
/*
 * The largest of what is seen, kept in order in a fixed array.
 */
#include "topmem.h"

bool outranks(const struct place *a, const struct place *b)
{
	return a->key > b->key || (a->key == b->key && a->pid < b->pid);
}

/* Whether there is a place for this one; false too for what equals the last. */
bool rank_has_place(const struct ranking *ranking, const struct place *place)
{
	return ranking->n < ranking->max
		|| outranks(place, (void *)(ranking->list + (ranking->n - 1) * ranking->size));
}

/* Puts a copy of element where it belongs; if the array is full its last one leaves. */
void rank_insert(struct ranking *ranking, const struct place *element)
{
	size_t size = ranking->size;
	char *at;

	if (!rank_has_place(ranking, element))
		return;
	if (ranking->n < ranking->max)
		ranking->n++;
	at = ranking->list + (ranking->n - 1) * size;
	while (at > ranking->list && outranks(element, (void *)(at - size))) {
		memcpy(at, at - size, size);
		at -= size;
	}
	memcpy(at, element, size);
}
