#ifndef LADLE_NET_CURL_H
#define LADLE_NET_CURL_H

/*
 * libcurl, loaded when it is needed and not when the program starts: it brings some
 * thirty libraries along (TLS, LDAP, Kerberos, SSH…), whose loading costs more than
 * most commands, and all of `receive`.
 */

#include "base/err.h"

#define CURL_DISABLE_TYPECHECK /* it wants calls by name */
#include <curl/curl.h>

/* Every function that is called: X(NAME) for curl_NAME. */
#define CURL_FUNCTIONS(X)                                                                          \
	X(easy_cleanup)                                                                            \
	X(easy_getinfo)                                                                            \
	X(easy_init)                                                                               \
	X(easy_recv)                                                                               \
	X(easy_send)                                                                               \
	X(easy_setopt)                                                                             \
	X(easy_strerror)                                                                           \
	X(free)                                                                                    \
	X(global_cleanup)                                                                          \
	X(global_init)                                                                             \
	X(multi_add_handle)                                                                        \
	X(multi_cleanup)                                                                           \
	X(multi_fdset)                                                                             \
	X(multi_info_read)                                                                         \
	X(multi_init)                                                                              \
	X(multi_perform)                                                                           \
	X(multi_remove_handle)                                                                     \
	X(multi_timeout)                                                                           \
	X(url)                                                                                     \
	X(url_cleanup)                                                                             \
	X(url_get)                                                                                 \
	X(url_set)

struct curl {
#define CURL_MEMBER(name) __typeof__(curl_##name) *name;
	CURL_FUNCTIONS(CURL_MEMBER)
#undef CURL_MEMBER
};

/*
 * Load libcurl, or find it loaded, and fill *OUT. It stays until the process ends.
 * Temporary error when it is missing or lacks a function.
 */
bool curl_load(struct curl *out, struct err *e);

#endif
