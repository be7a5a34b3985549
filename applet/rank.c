/* SPDX-License-Identifier: 0BSD */
/*
 * The largest of what is seen, kept in order in a fixed array.
 */
#include "topmem.h"

static place_t place_of(const void *element)
{
	return *(const place_t *)element;
}

/*
 * Puts a copy of element where it belongs among the n of list, all of this
 * size and starting with their place; of more than max the last one leaves.
 * Returns what the place of the next must exceed.
 */
place_t rank_insert(void *list, size_t size, unsigned *n, unsigned max, const void *element)
{
	char *first = list;
	char *at = first + *n * size;

	if (*n == max)
		at -= size;
	else
		++*n;
	while (at > first && place_of(at - size) < place_of(element)) {
		memcpy(at, at - size, size);
		at -= size;
	}
	memcpy(at, element, size);
	return *n == max ? place_of(first + (max - 1) * size) : 0;
}
