/*
 * Ladle, the mailing-list manager that leaves the recipe.
 *
 * A map of the source. Each folder may include itself and those above it here;
 * store and net never see each other.
 *
 *   base/   bytes, memory, errors, files, limits: knows nothing of mail
 *   mail/   messages: fields, addresses, MIME as spans; edit lists; reports; our own
 *   auth/   DKIM2 and its recipes, DKIM1, ARC, DMARC, keys: pure, given a key source
 *   rules/  what a list is and decides: settings, policy, commands, filter, revisers, egress
 *   store/  SQLite: lists, members, posts, fan-out, outbox
 *   net/    the resolver and the SMTP client
 *   flow/   the stations, which join all of the above:
 *
 *   MTA pipe                                                        MTA
 *      |                                                             ^
 *   receive -> [spool/new] -> process -> [post | held | reason]      |
 *                                           |                        |
 *                                           +-> deliver -> [sent | deferred | failed]
 *
 *           Reports that come back, and what failed, become [events] about members
 *           (process again). Mail of our own, which any station may write, waits in
 *           [outbox] and goes out by deliver, before posts. Every pair of brackets is a
 *           committed state: a station may be killed between any two and be run again.
 *   cli/    the command line over it
 */
#include "cli/cli.h"

int main(int argc, char **argv)
{
	return cli_main(argc, argv);
}
