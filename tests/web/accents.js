/*
 * accents.js - axe on the pages that show the accent colour most: filled buttons, links, marks, ticked boxes, notices. The folder SHEETS has
 * the style sheet of each colour, under its name. Prints TAP.
 */
'use strict';
const { accessible, colours } = require('./axe');
const { fs, is, ok, path, run } = require('./lib');
const { pages } = require('./pages');
const { Window } = require('./window');

const shown = /^(signup-error-address|check-mail|confirmed|preferences-saved|unsubscribe|unsubscribed)$/;

/* What axe does not judge (WCAG 1.4.11): that a filled button, or a ticked box, can be told from the ground that it lies on. */
const contrast = () => {
	const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
	const rgb = (colour) => {
		canvas.clearRect(0, 0, 1, 1);
		canvas.fillStyle = colour;
		canvas.fillRect(0, 0, 1, 1);
		return [...canvas.getImageData(0, 0, 1, 1).data];
	};
	const light = (colour) => {
		const [r, g, b] = rgb(colour).map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ratio = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
	const ground = getComputedStyle(document.querySelector('.card')).backgroundColor;
	return [...document.querySelectorAll('.button, .choice, input, select')].filter((e) => getComputedStyle(e).borderTopStyle === 'solid').map((e) => {
		const s = getComputedStyle(e);
		return { what: e.outerHTML.slice(0, 60), ratio: Math.max(ratio(s.borderTopColor, ground), ratio(s.backgroundColor, ground)) };
	}).filter((x) => x.ratio < 3);
};

const folder = process.env.SHEETS;
const sheets = fs.readdirSync(folder).map((colour) => ({ colour, css: fs.readFileSync(path.join(folder, colour), 'utf8') }));

/* In the page: that style sheet instead of its own; as an object, which the page's Content-Security-Policy lets pass. */
const dress = (css) => {
	const sheet = new CSSStyleSheet();
	sheet.replaceSync(css);
	for (const own of document.styleSheets)
		own.disabled = true;
	document.adoptedStyleSheets = [sheet];
	return sheet.cssRules.length;
};

run(async (browser) => {
	const w = await Window.open(browser, { width: 360, script: true, language: 'en' });
	is(sheets.length, 8, 'eight colours');
	for (const { colour, css } of sheets)
		ok(css.includes(colour), `the style sheet has ${colour}`, css.slice(0, 600));
	for (const page of pages.filter((p) => shown.test(p.name))) {
		await page.come(w);
		const rules = await w.page.evaluate(() => document.styleSheets[0].cssRules.length);
		for (const { colour, css } of sheets) {
			const name = `${page.name}, ${colour}`;
			is(await w.page.evaluate(dress, css), rules, `${name}: all of the style sheet`);
			/* forced colours leave nothing of the site's: every.js looks at them */
			await accessible(w, name, { only: colours, schemes: ['light', 'dark'] });
			for (const colorScheme of ['light', 'dark']) {
				await w.page.emulateMedia({ colorScheme });
				const weak = await w.page.evaluate(contrast);
				ok(!weak.length, `${name}: controls show, ${colorScheme}`, JSON.stringify(weak));
			}
		}
	}
	await w.close();
});
