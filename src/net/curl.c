/* The one place that knows libcurl by its file name. */
#include "net/curl.h"

#include <dlfcn.h>
#include <stddef.h>
#include <string.h>

/* The name of the ABI; it has been this one since 2006. */
#define LIBRARY "libcurl.so.4"

static const struct {
	const char *name;
	size_t at; /* in struct curl */
} functions[] = {
#define CURL_ROW(name) { "curl_" #name, offsetof(struct curl, name) },
	CURL_FUNCTIONS(CURL_ROW)
#undef CURL_ROW
};

bool curl_load(struct curl *out, struct err *e)
{
	void *library = dlopen(LIBRARY, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);

	if (!library) {
		return err_set(e, ERR_TEMPORARY, "", "cannot load libcurl: %s", dlerror());
	}
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		void *function = dlsym(library, functions[i].name);

		if (!function) {
			return err_set(e, ERR_TEMPORARY, "", "cannot use libcurl: %s", dlerror());
		}
		/* ISO C has no cast from an object's address to a function's. */
		memcpy((char *)out + functions[i].at, &function, sizeof(function));
	}
	return true;
}
