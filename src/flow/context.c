/*
 * Opening a site: configuration, paths, and what a command needs of store,
 * secret and resolver. Paths below data-dir; a relative data-dir is below the
 * folder of ladle.conf, so that a site can be moved as a whole.
 */
#include "flow/context.h"

#include "base/file.h"
#include "base/limits.h"
#include "rules/setting.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define SECRET_BYTES 32

static const char *join(struct arena *arena, const char *dir, const char *name)
{
	return arena_printf(arena, "%s/%s", dir, name).p;
}

/* The folder of the file PATH; of the file itself when PATH is a link to it. */
static struct span folder_of(struct arena *arena, const char *path)
{
	char real[PATH_MAX];
	if (realpath(path, real)) {
		path = real;
	}
	size_t slash = span_rchr(span_str(path), '/');
	if (slash == SPAN_NONE) {
		return SPAN(".");
	}
	return slash == 0 ? SPAN("/") : arena_copy(arena, span_sub(span_str(path), 0, slash));
}

/* PATH, relative to the folder of the configuration. */
static const char *below(struct arena *arena, const char *config, struct span path)
{
	if (span_starts(path, SPAN("/"))) {
		return arena_str(arena, path);
	}
	const char *folder = arena_str(arena, folder_of(arena, config));
	return join(arena, folder, arena_str(arena, path));
}

static void fill_paths(struct context *c, const char *config)
{
	struct paths *p = &c->paths;
	p->config = arena_str(c->arena, span_str(config));
	p->data = below(c->arena, config, c->site.data_dir);
	p->templates = below(c->arena, config, c->site.template_dir);
	p->spool_tmp = join(c->arena, p->data, "spool/tmp");
	p->spool_new = join(c->arena, p->data, "spool/new");
	p->spool_stuck = join(c->arena, p->data, "spool/stuck");
	p->msg = join(c->arena, p->data, "msg");
	p->keys = join(c->arena, p->data, "keys");
	p->journal = join(c->arena, p->data, "journal");
	p->secret = join(c->arena, p->data, "secret");
	p->db = join(c->arena, p->data, "ladle.db");
	p->lock = join(c->arena, p->data, "run.lock");
	p->wake = join(c->arena, p->data, "wake");
}

static void fill_site(struct context *c)
{
	if (c->site.hostname.n == 0) {
		char name[256] = "localhost";
		if (gethostname(name, sizeof(name) - 1) != 0) {
			name[0] = '\0';
		}
		c->site.hostname = arena_copy(c->arena, span_str(name[0] ? name : "localhost"));
	}
	if (c->site.authserv_id.n == 0) {
		c->site.authserv_id = c->site.hostname;
	}
}

static bool read_config(struct context *c, const char *config, struct err *e)
{
	struct buf text = BUF_INIT;
	if (!file_read(config, LIMIT_CONFIG, &text, e)) {
		buf_free(&text);
		return err_prefix(
			e,
			"cannot read the configuration (\"ladle init\" makes one, -C names one)");
	}
	setting_defaults(c->arena, SETTING_SITE, &c->site);
	bool ok = setting_read_site(c->arena, buf_move(&text, c->arena), config, &c->site, e);
	if (ok) {
		fill_site(c);
		fill_paths(c, config);
	}
	return ok;
}

bool context_private(const char *file, struct err *e)
{
	struct stat st;
	if (stat(file, &st) != 0) {
		return err_errno(e, "cannot read \"%s\"", file);
	}
	if (st.st_mode & 077) {
		return err_set(e, ERR_TEMPORARY, "4.3.5",
		               "\"%s\" can be read by others (mode %04o): chmod 600 it", file,
		               (unsigned)(st.st_mode & 07777));
	}
	return true;
}

static bool read_secret(struct context *c, struct err *e)
{
	struct buf secret = BUF_INIT;
	if (!context_private(c->paths.secret, e) ||
	    !file_read(c->paths.secret, SECRET_BYTES, &secret, e)) {
		buf_free(&secret);
		return false;
	}
	c->secret = buf_move(&secret, c->arena);
	if (c->secret.n != SECRET_BYTES) {
		return err_set(e, ERR_TEMPORARY, "4.3.5", "\"%s\" does not hold %d octets",
		               c->paths.secret, SECRET_BYTES);
	}
	return true;
}

bool context_need(struct context *c, unsigned needs, struct err *e)
{
	if ((needs & CONTEXT_STORE) && !c->store) {
		c->store = store_open(c->paths.db, false, e);
		if (!c->store) {
			return err_prefix(e, "%s (data-dir)", c->paths.config);
		}
	}
	if ((needs & CONTEXT_SECRET) && c->secret.n == 0 && !read_secret(c, e)) {
		return false;
	}
	if ((needs & CONTEXT_DNS) && !c->dns) {
		c->dns = dns_new(c->site.dns_servers, (unsigned)c->site.dns_timeout, &c->env, e);
		if (!c->dns) {
			return err_prefix(e, "%s: dns-servers", c->paths.config);
		}
		c->keys = dns_source(c->dns);
	}
	return true;
}

/*
 * root in a site of somebody else becomes that user: files that root leaves there
 * would stop the site's own processes.
 */
static bool become_owner(const struct context *c, struct err *e)
{
	struct stat st;
	if (geteuid() != 0 || stat(c->paths.data, &st) != 0 || st.st_uid == 0) {
		return true;
	}
	if (setgroups(0, NULL) != 0 || setgid(st.st_gid) != 0 || setuid(st.st_uid) != 0) {
		return err_errno(e, "cannot become the owner of \"%s\" (user %u)", c->paths.data,
		                 (unsigned)st.st_uid);
	}
	return true;
}

struct context *context_open(const char *config, unsigned needs, const char *station, struct err *e)
{
	struct arena *arena = arena_new();
	struct context *c = ARENA_NEW(arena, struct context);
	c->arena = arena;
	c->env = env_real();
	if (!config) {
		config = file_exists("ladle.conf") ? "ladle.conf" : LADLE_CONFIG;
	}
	if (!read_config(c, config, e) || !become_owner(c, e)) {
		context_close(c);
		return NULL;
	}
	c->log.target = c->site.log == SITE_LOG_SYSLOG ? LOG_TARGET_SYSLOG : LOG_TARGET_STDERR;
	c->log.level = LOG_LEVEL_INFO;
	c->log.station = station;
	if (!context_need(c, needs, e)) {
		context_close(c);
		return NULL;
	}
	return c;
}

void context_close(struct context *c)
{
	if (!c) {
		return;
	}
	store_close(c->store);
	dns_free(c->dns);
	bounce_class_free(c->classes);
	arena_free(c->arena);
}

const struct bounce_classes *context_classes(struct context *c, struct err *e)
{
	struct buf text = BUF_INIT;
	struct span file = c->site.bounce_classes;
	const char *path = arena_str(c->arena, file);
	if (c->classes) {
		return c->classes;
	}
	if (file.n > 0 && !span_starts(file, SPAN("/"))) {
		const char *folder = arena_str(c->arena, folder_of(c->arena, c->paths.config));
		path = join(c->arena, folder, path);
	}
	if (file.n == 0 || file_read(path, LIMIT_CONFIG, &text, e)) {
		c->classes = bounce_class_new(buf_span(&text), e);
	}
	if (!c->classes) {
		err_prefix(e, "bounce-classes \"%s\"", path);
	}
	buf_free(&text);
	return c->classes;
}

/* ladle.conf of a new site: every setting with its help, all commented out but the host name. */
static void write_config(struct buf *out)
{
	buf_str(out, "# Ladle's configuration of this site: ladle.conf(5) explains every key.\n"
	             "# A key that is missing, or commented out as here, has the value shown.\n");
	for (size_t i = 0; i < settings_count; i++) {
		if (settings[i].scope == SETTING_SITE) {
			buf_printf(out, "\n# %s\n#%s = %s\n", settings[i].help, settings[i].name,
			           settings[i].preset);
		}
	}
}

static bool init_folders(const struct paths *p, struct err *e)
{
	const char *const folders[] = {
		p->spool_tmp, p->spool_new, p->spool_stuck, p->msg, p->keys, p->journal,
	};
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		if (!file_mkdirs(folders[i], 0700, e)) {
			return false;
		}
	}
	return true;
}

static bool init_data(struct context *c, struct err *e)
{
	if (!init_folders(&c->paths, e)) {
		return false;
	}
	if (!file_exists(c->paths.secret)) {
		char secret[SECRET_BYTES];
		c->env.random(&c->env, secret, sizeof(secret));
		struct span bytes = { secret, sizeof(secret) };
		if (!file_replace(c->paths.secret, bytes, 0600, e)) {
			return false;
		}
	}
	struct store *s = store_open(c->paths.db, true, e);
	store_close(s);
	return s && file_replace(c->paths.wake, SPAN(""), 0600, e);
}

bool context_init(const char *dir, struct err *e)
{
	struct arena *arena = arena_new();
	struct context *c = ARENA_NEW(arena, struct context);
	struct buf config = BUF_INIT;
	const char *path = join(arena, dir, "ladle.conf");
	c->arena = arena;
	c->env = env_real();
	bool ok = false;
	if (file_exists(path)) {
		err_set(e, ERR_PERMANENT, "", "there is a site already: \"%s\"", path);
		goto done;
	}
	setting_defaults(arena, SETTING_SITE, &c->site);
	fill_paths(c, path);
	write_config(&config);
	/* ladle.conf last: a site without one is not there, and init can be run again. */
	ok = file_mkdirs(dir, 0755, e) && init_data(c, e) &&
	     file_replace(path, buf_span(&config), 0644, e);
done:
	buf_free(&config);
	context_close(c);
	return ok;
}
