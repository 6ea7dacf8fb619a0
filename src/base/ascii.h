#ifndef LADLE_BASE_ASCII_H
#define LADLE_BASE_ASCII_H

/* Character classes of mail, independent of the locale; 8-bit bytes are in no class. */

#include <stdbool.h>

static inline bool ascii_wsp(char c)
{
	return c == ' ' || c == '\t';
}
/* WSP, CR or LF: what folding white space is made of. */
static inline bool ascii_fws(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
static inline bool ascii_digit(char c)
{
	return c >= '0' && c <= '9';
}
static inline bool ascii_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}
static inline bool ascii_alpha(char c)
{
	return ascii_upper(c) || (c >= 'a' && c <= 'z');
}
static inline bool ascii_alnum(char c)
{
	return ascii_alpha(c) || ascii_digit(c);
}
static inline char ascii_lower(char c)
{
	return ascii_upper(c) ? (char)(c | 0x20) : c;
}
/* Printable ASCII without the space: 0x21 to 0x7e. */
static inline bool ascii_graph(char c)
{
	return c > ' ' && c < 0x7f;
}
static inline bool ascii_8bit(char c)
{
	return (unsigned char)c >= 0x80;
}
/* Control character: 0x00 to 0x1f, 0x7f. */
static inline bool ascii_cntrl(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

#endif
