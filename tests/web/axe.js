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

/* The rules that look at colours. Nothing else differs between the schemes: in the light all rules are asked, in others these. */
const colours = ['color-contrast', 'link-in-text-block'];

/*
 * without: { off: [rule…], only: [rule…], schemes: [name…] }: rules that do not hold here, the only rules and schemes to look at. What is in
 * a frame has a page of its own in the tests: axe would wait there for itself.
 */
async function accessible(w, name, without = {}) {
	const rules = Object.fromEntries((without.off || []).map((rule) => [rule, { enabled: false }]));
	for (const scheme of schemes.filter((s) => !without.schemes || without.schemes.includes(s.name))) {
		const which = scheme.name === 'light' && !without.only ? { type: 'tag', values: tags } : { type: 'rule', values: without.only || colours };
		await w.page.emulateMedia(scheme.media);
		if (!(await w.page.evaluate(() => 'axe' in window)))
			await w.page.evaluate(axe);
		const found = await w.page.evaluate(async ([runOnly, off]) => {
			const report = await window.axe.run(document, { runOnly, rules: off, resultTypes: ['violations'], iframes: false });
			const told = (n) => `${n.html.slice(0, 120)} ${n.any.map((a) => a.message).join(' ')}`;
			return report.violations.map((v) => `${v.id}: ${v.nodes.map(told).join('\n  ')}`);
		}, [which, rules]);
		is(found.join('\n'), '', `${name}: axe finds nothing, ${scheme.name}`);
	}
	await w.page.emulateMedia({ colorScheme: w.look.scheme || 'light', forcedColors: 'none' });
}

module.exports = { accessible, colours };
