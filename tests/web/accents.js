/*
 * accents.js - axe on the pages that show the accent colour most: filled buttons, links, marks, ticked boxes, notices. COLOUR is the site's. Prints
 * TAP.
 */
'use strict';
const { accessible } = require('./axe');
const { base, ok, run } = require('./lib');
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

run(async (browser) => {
	const w = await Window.open(browser, { width: 360, script: true, language: 'en' });
	const css = await (await w.context.request.get(`${base}/style.css`)).text();
	ok(css.includes(process.env.COLOUR), 'the style sheet has the colour', css.slice(0, 600));
	for (const page of pages.filter((p) => shown.test(p.name))) {
		await page.come(w);
		await accessible(w, page.name);
		for (const colorScheme of ['light', 'dark']) {
			await w.page.emulateMedia({ colorScheme });
			const weak = await w.page.evaluate(contrast);
			ok(!weak.length, `${page.name}: controls show, ${colorScheme}`, JSON.stringify(weak));
		}
		await w.page.emulateMedia({ colorScheme: 'light' });
	}
	await w.close();
});
