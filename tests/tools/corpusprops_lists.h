#ifndef LADLE_CORPUSPROPS_LISTS_H
#define LADLE_CORPUSPROPS_LISTS_H

/*
 * The lists of corpusprops. With from=auto there are two variants of a post without DKIM2.
 * What a reader sees of their texts is in tests/props/reader.py.
 */

#define FOOT "footer = --------\\nThe list, https://lists.example/\n"
#define UMLAUTS "footer = --\\nGr\xc3\xbc\xc3\x9f" "e aus K\xc3\xb6ln \xe2\x82\xac\n"

struct config {
	const char *name, *settings; /* lines "name = value" */
};

static const struct config configs[] = {
	{ "usual", "subject-tag = [dev]\nfrom = munge\nprotected-parts = wrap\n" FOOT },
	{ "tag-first", "subject-tag = [dev %d]\nsubject-tag-place = first\nfrom = auto\n" UMLAUTS },
	{ "tag-after", "subject-tag = [dev]\nsubject-tag-place = after-reply\nfrom = auto\n"
	               "header-text = Above all: {list}\\n\n" },
	{ "both-texts", "from = munge\nheader-text = Oben: \xc3\xa4\xc3\xb6\xc3\xbc\\n\n" UMLAUTS },
	{ "in-place", "from = auto\nhtml-in-place = yes\nheader-text = Above\\n\n" FOOT },
	{ "html-forms", "from = auto\nhtml-in-place = yes\nfooter-html = <p>The <b>list</b></p>\n"
	                FOOT },
	{ "leave", "from = auto\nother-parts = leave\nprotected-parts = leave\n" FOOT },
	{ "reply-list", "from = auto\nreply-to = list\nsender = list\n" FOOT },
	{ "reply-author", "from = munge\nreply-to = author\nfrom-name = {name} (dev)\n" },
	{ "reply-address", "from = auto\nreply-to = address\nreply-to-address = a@b.example\n" },
	{ "per-author", "from = munge\nfrom-address = author\nsubject-tag = [dev]\n" FOOT },
	{ "headers", "from = auto\nmodify = headers\nsubject-tag = [dev]\n" FOOT },
	{ "none", "from = auto\nmodify = none\nsubject-tag = [dev]\n" FOOT },
	{ "fields", "from = auto\nheader-add = X-Dev: {list}\\nOrganization: Dev\n"
	            "header-remove = X-* Organization User-Agent References\n" },
	{ "drop-html", "from = munge\ndrop-html = yes\n" FOOT },
	{ "no-images", "from = munge\ncontent-filter = strip type image/*\n" FOOT },
	{ "anonymous", "anonymous = yes\nfrom = munge\nsubject-tag = [dev]\n" FOOT },
	{ "seal", "from = munge\narc-seal = yes\nsubject-tag = [dev]\nprotected-parts = wrap\n"
	          "other-parts = wrap\n" UMLAUTS },
};

#define CONFIGS (sizeof(configs) / sizeof(configs[0]))

#endif
