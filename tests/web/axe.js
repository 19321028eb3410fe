/*
 * axe.js - axe-core in a page that is open, in the light, in the dark and with forced colours. It is brought in by the debugger, which the page's
 * Content-Security-Policy does not bind, and needs a window in which scripts run.
 */
'use strict';
const fs = require('fs');
const { is } = require('./lib');

const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
const schemes = [
	{ name: 'light', media: { colorScheme: 'light', forcedColors: 'none' } },
	{ name: 'dark', media: { colorScheme: 'dark', forcedColors: 'none' } },
	{ name: 'forced colours', media: { colorScheme: 'dark', forcedColors: 'active' } },
];

/* without: { off: [rule…], schemes: [name…] }: rules that do not hold here, the only schemes to look at */
async function accessible(w, name, without = {}) {
	const rules = Object.fromEntries((without.off || []).map((rule) => [rule, { enabled: false }]));
	for (const scheme of schemes.filter((s) => !without.schemes || without.schemes.includes(s.name))) {
		await w.page.emulateMedia(scheme.media);
		if (!(await w.page.evaluate(() => 'axe' in window)))
			await w.page.evaluate(axe);
		const found = await w.page.evaluate(async ([only, off]) => {
			const report = await window.axe.run(document, { runOnly: { type: 'tag', values: only }, rules: off, resultTypes: ['violations'] });
			const told = (n) => `${n.html.slice(0, 120)} ${n.any.map((a) => a.message).join(' ')}`;
			return report.violations.map((v) => `${v.id}: ${v.nodes.map(told).join('\n  ')}`);
		}, [tags, rules]);
		is(found.join('\n'), '', `${name}: axe finds nothing, ${scheme.name}`);
	}
	await w.page.emulateMedia({ colorScheme: w.look.scheme || 'light', forcedColors: 'none' });
}

module.exports = { accessible };
