#include "rules/dns_server.h"

#include "base/mem.h"

#include <check.h>

#define LENGTH(table) (int)(sizeof(table) / sizeof(*(table)))

static const struct {
	struct span in;
	bool fine;
	const char *out;
} cases[] = {
	{ SPAN_INIT(""), true, NULL },
	{ SPAN_INIT("  "), true, NULL },
	{ SPAN_INIT("192.0.2.1"), true, "192.0.2.1" },
	{ SPAN_INIT("192.0.2.1:53"), true, "192.0.2.1:53" },
	{ SPAN_INIT(" 192.0.2.1:5353 ,\t192.0.2.2 "), true, "192.0.2.1:5353,192.0.2.2" },
	{ SPAN_INIT("::1"), true, "::1" },
	{ SPAN_INIT("[::1]"), true, "::1" },
	{ SPAN_INIT("[::1]:5353"), true, "[::1]:5353" },
	{ SPAN_INIT("[2001:db8::53]:53,192.0.2.1"), true, "[2001:db8::53]:53,192.0.2.1" },
	{ SPAN_INIT("127.0.0.1:65535"), true, "127.0.0.1:65535" },
	{ SPAN_INIT("1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8"), true,
	  "1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8" },
	{ SPAN_INIT("1.1.1.1,1.1.1.2,1.1.1.3,1.1.1.4,1.1.1.5,1.1.1.6,1.1.1.7,1.1.1.8,1.1.1.9"), false, NULL },
	{ SPAN_INIT("127.0.0.1:0"), false, NULL },
	{ SPAN_INIT("127.0.0.1:65536"), false, NULL },
	{ SPAN_INIT("127.0.0.1:"), false, NULL },
	{ SPAN_INIT("127.0.0.1:x"), false, NULL },
	{ SPAN_INIT("127.0.0.1:53x"), false, NULL },
	{ SPAN_INIT("127.0.0"), false, NULL },
	{ SPAN_INIT("127.0.0.256"), false, NULL },
	{ SPAN_INIT("localhost"), false, NULL },
	{ SPAN_INIT("[127.0.0.1]:53"), false, NULL },
	{ SPAN_INIT("[::1"), false, NULL },
	{ SPAN_INIT("::1]"), false, NULL },
	{ SPAN_INIT("[]:53"), false, NULL },
	{ SPAN_INIT("[::1]53"), false, NULL },
	{ SPAN_INIT(","), false, NULL },
	{ SPAN_INIT("192.0.2.1,"), false, NULL },
	{ SPAN_INIT("192.0.2.1 192.0.2.2"), false, NULL },
	{ SPAN_INIT("192.0.2.1\0"), false, NULL },
	{ SPAN_INIT("fe80::1%eth0"), false, NULL },
	{ SPAN_INIT("1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc:dddd"), false, NULL },
};

START_TEST(list)
{
	struct err e = { 0 };
	char *out;

	ck_assert_int_eq(dns_server_list(cases[_i].in, &out, &e), cases[_i].fine);
	if (!cases[_i].fine)
		ck_assert_int_eq(e.class, ERR_MISUSE);
	ck_assert_pstr_eq(out, cases[_i].out);
	mem_free(out);
}
END_TEST

Suite *dns_server_suite(void);
Suite *dns_server_suite(void)
{
	Suite *s = suite_create("rules/dns_server");
	TCase *c = tcase_create("dns_server");

	tcase_add_loop_test(c, list, 0, LENGTH(cases));
	suite_add_tcase(s, c);
	return s;
}
