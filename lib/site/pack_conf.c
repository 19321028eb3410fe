/* pack_conf.c - see pack_private.h: newsletter.conf as it is in the archive. Lines that name nothing outside stay as they are. */
#include <string.h>

#include "base/conf.h"
#include "base/err.h"
#include "base/file.h"
#include "base/text.h"
#include "site/pack_private.h"

#define CONF_MOST 1048576 /* octets */

/* "[relay  backup ]" as "relay backup". */
static void
section_of(const char *line, size_t n, char out[64])
{
	size_t i, len = 0;

	for (i = 1; i < n && line[i] != ']' && len < 63; i++)
		if (line[i] != ' ' && line[i] != '\t')
			out[len++] = line[i];
		else if (len && out[len - 1] != ' ')
			out[len++] = ' ';
	if (len && out[len - 1] == ' ')
		len--;
	out[len] = '\0';
}

/* The move that a line "key = value" of a section is about, or NULL. */
static const struct pack_move *
find_move(const struct pack *p, const char *section, const char *line, size_t n)
{
	size_t i, key = 0;

	while (key < n && line[key] != '=' && line[key] != ':')
		key++;
	if (key == n)
		return NULL;
	while (key && (line[key - 1] == ' ' || line[key - 1] == '\t'))
		key--;
	for (i = 0; i < p->moves; i++)
		if (strcmp(p->move[i].section, section) == 0 && strlen(p->move[i].key) == key && memcmp(p->move[i].key, line, key) == 0)
			return &p->move[i];
	return NULL;
}

static void
rewrite(struct pack *p, const char *text)
{
	const struct pack_move *move;
	char section[64] = "";
	const char *line;
	size_t n;

	for (; *text; text += n + (text[n] == '\n')) {
		n = strcspn(text, "\n");
		line = text + strspn(text, " \t");
		move = NULL;
		if (*line == '[')
			section_of(line, (size_t)(text + n - line), section);
		else if (line < text + n)
			move = find_move(p, section, line, (size_t)(text + n - line));
		if (move)
			buf_addf(&p->conf_text, "%s = %s", move->key, move->to);
		else
			buf_add(&p->conf_text, text, n);
		buf_addch(&p->conf_text, '\n');
	}
}

/* Read as it will be: nothing that the archive holds is looked for elsewhere. */
static int
check(const struct pack *p, struct err *e)
{
	struct buf store = BUF_INIT;
	struct conf conf = { 0 };
	int rc = conf_read(&conf, "/site/newsletter.conf", p->conf_text.data, p->conf_text.len, e);

	buf_addf(&store, "/site/%s", p->store);
	if (rc == 0 && strcmp(store.data, conf.store_path) != 0)
		rc = err_set(e, ERR_INPUT, "%s: cannot put %s into the site's folder; write its lines as `key = value`", p->conf->path,
		    p->conf->store_path);
	buf_release(&store);
	conf_release(&conf);
	return rc;
}

int
pack_conf(struct pack *p, struct err *e)
{
	const char *text;

	if (file_read(p->conf->path, CONF_MOST, &p->conf_original, e) == -1)
		return -1;
	text = p->conf_original.data;
	if (strncmp(text, "\xef\xbb\xbf", 3) == 0)
		text += 3;
	rewrite(p, text);
	return check(p, e);
}
