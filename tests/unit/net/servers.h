#ifndef LADLE_TESTS_NET_SERVERS_H
#define LADLE_TESTS_NET_SERVERS_H

/*
 * Servers for the tests of net/: the programs of tests/tools, each with a folder
 * of its own, and servers that say exactly what a test tells them. All end with
 * the test.
 */

#include "base/mem.h"

#include <sys/types.h>

struct server {
	pid_t pid;
	unsigned port;
	char folder[200]; /* holds port, log, out/ and what server_write put there */
};

/* Remove the folder and all in it. */
void server_forget(const struct server *s);
/* A fresh folder in S, for files that the server needs when it starts. */
void server_folder(struct server *s);
/* The path of NAME in the folder; in ARENA. */
const char *server_path(struct arena *arena, const struct server *s, const char *name);
void server_write(const struct server *s, const char *name, struct span bytes);
/* The file NAME of the folder; empty when it is not there. */
struct span server_file(struct arena *arena, const struct server *s, const char *name);

/*
 * Run the tool NAME in its folder with "-f port -l log" and ARGUMENTS (separated by
 * blanks), and wait until it listens. The tool lies in $TOOLS, else in tools/ beside
 * the test program; the test fails when it is not there.
 */
void server_start(struct server *s, const char *name, const char *arguments);
/* End it and wait. The test fails when it had ended by itself. */
void server_stop(struct server *s);
/* Kill it. */
void server_kill(struct server *s);
/* The number behind "KEY=" in the last line of the log. */
unsigned long server_count(const struct server *s, const char *key);
/* How often TEXT is in the log. */
size_t server_logged(const struct server *s, const char *text);

/*
 * A TCP server for one connection after the other, each of which goes through the
 * steps of SCRIPT, a string each: "<TEXT" waits for input that holds TEXT behind
 * what was waited for before, "=TEXT" the same but TEXT must come next, ">TEXT"
 * sends TEXT, "*" takes a message after a moment in which nothing is read and puts
 * it into the file "content", "$" waits for the client's end of the connection with
 * nothing before it, "." ends it, "!" ends it by a reset, NULL ends the script. After the last
 * connection it listens no more. It exits with 0 when all went like this.
 */
void server_script(struct server *s, const char *const *script);
/* The same within TLS from the first byte on, by tlspump, with the files "cert" and "key" of the folder. */
void server_tls_script(struct server *s, const char *const *script);
/* Wait for its end: true when the script was played to its end. */
bool server_played(struct server *s);

/* A port that nobody listens at. */
unsigned server_no_port(void);

#endif
