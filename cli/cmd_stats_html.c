#include "cmd_stats.h"
int
stats_html(const struct cli *cli, const struct stats_view *v, struct buf *out, struct err *e)
{
	(void)cli, (void)v, (void)out, (void)e;
	return 0;
}
