/*
 * Dates as text, always in UTC. Knows the English names itself, because
 * strftime takes them from the locale.
 */
#include "mail/date.h"

#include <time.h>

static const char days[7][4] = { "Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat" };
static const char months[12][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* The years that both forms can write with four digits: 0001 to 9999. */
#define DATE_FIRST INT64_C(-62135596800)
#define DATE_LAST  INT64_C(253402300799)

static struct tm utc(int64_t t)
{
	struct tm tm = { .tm_mday = 1 };
	time_t clamped = (time_t)(t < DATE_FIRST ? DATE_FIRST : t > DATE_LAST ? DATE_LAST : t);

	gmtime_r(&clamped, &tm);
	return tm;
}

struct span date_format(struct arena *arena, int64_t t)
{
	struct tm tm = utc(t);

	return arena_printf(arena, "%s, %02d %s %04d %02d:%02d:%02d +0000", days[tm.tm_wday],
	                    tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min,
	                    tm.tm_sec);
}

struct span date_iso(struct arena *arena, int64_t t)
{
	struct tm tm = utc(t);

	return arena_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02dZ", tm.tm_year + 1900,
	                    tm.tm_mon + 1, tm.tm_mday, tm.tm_hour, tm.tm_min, tm.tm_sec);
}
