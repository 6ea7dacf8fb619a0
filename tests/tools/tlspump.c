/*
 * tlspump - speaks TLS for the sink after STARTTLS.
 *
 *	tlspump CERT KEY OUTER INNER
 *
 * CERT and KEY are PEM files, OUTER and INNER numbers of inherited sockets: ciphertext of the
 * client outside, plain text of the sink inside. Ends when either side does. One process a
 * connection, so it may block. What goes wrong is a line on stderr, which is the sink's log.
 */
#include "tool.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

static _Noreturn void tls_failed(const char *what)
{
	char reason[256];

	ERR_error_string_n(ERR_get_error(), reason, sizeof(reason));
	die(TOOL_FAILED, "error: %s: %s", what, reason);
}

static SSL *shake_hands(const char *certificate, const char *key, int outer)
{
	SSL_CTX *context = SSL_CTX_new(TLS_server_method());
	SSL *tls;

	if (!context || SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
		tls_failed(certificate);
	}
	if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
		tls_failed(key);
	}
	/* a ticket sent to a client that has left would reset what it has not read yet */
	SSL_CTX_set_num_tickets(context, 0);
	tls = SSL_new(context);
	SSL_CTX_free(context);
	if (!tls || SSL_set_fd(tls, outer) != 1) {
		tls_failed("TLS");
	}
	if (SSL_accept(tls) != 1) {
		tls_failed("TLS handshake");
	}
	return tls;
}

/* Both return false when that side has ended. */

static bool pump_in(SSL *tls, int inner)
{
	char bytes[16384];
	int n = SSL_read(tls, bytes, sizeof(bytes));

	return n > 0 && write_all(inner, bytes, (size_t)n);
}

static bool pump_out(SSL *tls, int inner)
{
	char bytes[16384];
	ssize_t n = read(inner, bytes, sizeof(bytes));

	return n > 0 && SSL_write(tls, bytes, (int)n) > 0;
}

int main(int argc, char **argv)
{
	int outer, inner;
	bool running = true;
	SSL *tls;

	if (argc != 5) {
		fputs("usage: tlspump CERT KEY OUTER INNER\n", stderr);
		return TOOL_MISUSE;
	}
	outer = (int)option_number("OUTER", argv[3], 65535);
	inner = (int)option_number("INNER", argv[4], 65535);
	signal(SIGPIPE, SIG_IGN);
	fcntl(outer, F_SETFL, 0);
	tls = shake_hands(argv[1], argv[2], outer);
	while (running) {
		struct pollfd ends[2] = {
			{ .fd = outer, .events = POLLIN },
			{ .fd = inner, .events = POLLIN },
		};

		if (SSL_pending(tls)) {
			running = pump_in(tls, inner);
			continue;
		}
		if (poll(ends, 2, -1) < 0) {
			break;
		}
		if (ends[1].revents) {
			running = pump_out(tls, inner);
		}
		if (running && ends[0].revents) {
			running = pump_in(tls, inner);
		}
	}
	SSL_shutdown(tls);
	SSL_free(tls);
	return 0;
}
