/* SPDX-License-Identifier: 0BSD */
/*
 * Output through one fixed buffer.
 */
#include "topmem.h"

void die(const char *what, const char *why)
{
	bb_error_msg_and_die("%s: %s", what, why);
}

void flush(struct topmem *t)
{
	unsigned len = t->out_len;

	t->out_len = 0;
	if (full_write(t->out_fd, t->out, len) != (ssize_t)len && t->out_fd == STDOUT_FILENO)
		bb_simple_perror_msg_and_die("standard output");
}

void put_char(struct topmem *t, char c)
{
	if (t->out_len == OUT_SIZE)
		flush(t);
	t->out[t->out_len++] = c;
}

void put_bytes(struct topmem *t, const char *text, const char *end)
{
	while (text < end)
		put_char(t, *text++);
}

void put_text(struct topmem *t, const char *text)
{
	put_bytes(t, text, text + strlen(text));
}

/* Digits, backwards from end.  Returns where they start. */
char *format_number(char *end, kb_t number)
{
	do
		*--end = (char)('0' + number % 10);
	while (number /= 10);
	return end;
}

void put_number(struct topmem *t, kb_t number)
{
	char digits[NUMBER_SIZE];
	char *end = digits + NUMBER_SIZE;

	put_bytes(t, format_number(end, number), end);
}

/*
 * One character of text, or a question mark for a byte that must not reach a
 * terminal.  Returns how many bytes it was.
 */
unsigned put_safe_char(struct topmem *t, const char *text, const char *end)
{
	unsigned length = utf8_length(text, end);

	if (!length) {
		put_char(t, '?');
		return 1;
	}
	put_bytes(t, text, text + length);
	return length;
}

/* From here to end_message() to standard error, after what standard output has got. */
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
