/* SPDX-License-Identifier: 0BSD */
/*
 * Output through one fixed buffer, and the two kinds of messages.
 */
#include "topmem.h"

/* Writes what is held; the lowest place that can fail, so it ends the run. */
void flush(struct topmem *t)
{
	unsigned len = t->out_len;

	t->out_len = 0;
	if (full_write(t->out_fd, t->out, len) != (ssize_t)len && t->out_fd != STDERR_FILENO)
		die(t, "standard output", strerror(errno));
}

void put_char(struct topmem *t, char c)
{
	if (t->out_len == OUT_SIZE)
		flush(t);
	t->out[t->out_len++] = c;
}

void put_text(struct topmem *t, const char *text)
{
	while (*text)
		put_char(t, *text++);
}

/* Digits, backwards from end.  Returns where they start. */
char *format_number(char *end, kb_t number)
{
	do
		*--end = '0' + number % 10;
	while (number /= 10);
	return end;
}

void put_number(struct topmem *t, kb_t number)
{
	char digits[NUMBER_SIZE];
	char *end = digits + NUMBER_SIZE;
	char *p = format_number(end, number);

	while (p < end)
		put_char(t, *p++);
}

/*
 * One character of text, or a question mark for a byte that must not reach a
 * terminal.  Returns how many bytes it was.
 */
unsigned put_safe_char(struct topmem *t, const char *text, const char *end)
{
	unsigned length = utf8_length(text, end);
	unsigned i;

	if (!length) {
		put_char(t, '?');
		return 1;
	}
	for (i = 0; i < length; i++)
		put_char(t, text[i]);
	return length;
}

void put_safe(struct topmem *t, const char *text)
{
	const char *end = text + strlen(text);

	while (text < end)
		text += put_safe_char(t, text, end);
}

/* From here on to standard error, behind what has gone to standard output. */
void begin_message(struct topmem *t)
{
	flush(t);
	t->out_fd = STDERR_FILENO;
	put_text(t, "topmem: ");
}

void end_message(struct topmem *t)
{
	put_char(t, '\n');
	flush(t);
	t->out_fd = STDOUT_FILENO;
}

/* topmem: what: why */
void die(struct topmem *t, const char *what, const char *why)
{
	t->out_len = 0;
	begin_message(t);
	put_safe(t, what);
	put_text(t, ": ");
	put_text(t, why);
	end_message(t);
	exit(EXIT_TROUBLE);
}
