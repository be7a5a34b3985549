/* SPDX-License-Identifier: 0BSD */
/*
 * Output through one fixed buffer.
 */
#include "topmem.h"

void give_up(const char *what, const char *why)
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

static void put_byte(struct topmem *t, char c)
{
	if (t->out_len == OUT_SIZE)
		flush(t);
	t->out[t->out_len++] = c;
}

/* What no terminal shows: a command to it. */
void put_escape(struct topmem *t, char command)
{
	put_byte(t, '\033');
	put_byte(t, '[');
	put_byte(t, command);
}

/*
 * On a terminal lines are cut to its width, and screens to its height.  Most of
 * what is three or four bytes of UTF-8 is two columns wide.
 */
void put_char(struct topmem *t, char c)
{
	if (ENABLE_FEATURE_TOPMEM_COLUMNS && t->width) {
		if (!t->height)
			return;
		if (c == '\n') {
			if ((t->opt & OPT_w) && t->at < t->width)
				put_escape(t, 'K');
			t->at = 0;
			t->height--;
		} else if ((signed char)c >= -0x40) {	/* the first byte of a character */
			t->at += 1U + ((unsigned char)c > 0xe0);
		}
		if (t->at > t->width)
			return;
	}
	put_byte(t, c);
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

/*
 * One character of text, or a question mark for a byte that must not reach a
 * terminal and, in a check, for the bar that performance data follow; in JSON
 * (RFC 8259) and metrics as those have it.  Returns how many bytes it was.
 */
unsigned put_safe_char(struct topmem *t, const char *text, const char *end)
{
	unsigned length = utf8_length(text, end);
	unsigned c = (unsigned char)*text;
	bool json = t->opt & OPT_JSON;
	bool quoted = t->opt & (OPT_JSON | OPT_PROM);

	if (length && (c != '|' || !(t->opt & OPT_CHECK) || quoted)) {
		if (quoted && (c == '"' || c == '\\'))
			put_char(t, '\\');
		put_bytes(t, text, text + length);
		return length;
	}
	if ((t->opt & OPT_PROM) && c == '\n') {
		put_text(t, "\\n");
	} else if (!json) {
		put_char(t, '?');
	} else if (c < 0x80) {
		unsigned low = c % 16;

		put_text(t, "\\u00");
		put_char(t, (char)('0' + c / 16));
		put_char(t, (char)(low + (low < 10 ? '0' : 'a' - 10)));
	} else {
		put_text(t, "\357\277\275");	/* U+FFFD */
	}
	return 1;
}

void put_safe(struct topmem *t, const char *text, const char *end)
{
	while (text < end)
		text += put_safe_char(t, text, end);
}

/* From here to end_message() to standard error, after what standard output has got. */
void begin_message(struct topmem *t)
{
	flush(t);
	t->out_fd = STDERR_FILENO;
	t->width = 0;
	put_text(t, "topmem: ");
}

void end_message(struct topmem *t)
{
	put_char(t, '\n');
	flush(t);
	t->out_fd = STDOUT_FILENO;
}
