/*
 * keyboard.js - a page by its keyboard alone: Tab reaches everything that can be used, in the order in which it stands, shows where it is, and comes
 * out at the end; Shift and Tab lead back.
 *
 * The one link before a page's own words is the site's name, so there is nothing to skip and no link for that.
 */
'use strict';
const { is, ok } = require('./lib');

/* In the page: what can be used, marked with its place. Check boxes are stops of their own, of radio buttons the one that is chosen. */
const mark = () => {
	const parts = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex]')]
		.filter((e) => !e.disabled && e.tabIndex >= 0 && e.getClientRects().length && (e.type !== 'radio' || e.checked));
	parts.forEach((e, i) => e.setAttribute('data-place', i));
	return parts.length;
};

/* In the page: where the focus is, and whether that can be seen. */
const focus = () => {
	const e = document.activeElement;
	if (!e || e === document.body || e === document.documentElement)
		return null;
	const ring = (x) => {
		const s = getComputedStyle(x);
		/* auto: the browser's own */
		return s.outlineStyle === 'auto' || (s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2);
	};
	const choice = e.closest('.choice');
	const box = e.getBoundingClientRect();
	return {
		place: Number(e.getAttribute('data-place')),
		what: e.outerHTML.slice(0, 100),
		/* of a frame: what is inside shows it */
		ring: ring(e) || e.tagName === 'IFRAME' || (choice !== null && ring(choice)),
		frame: e.tagName === 'IFRAME',
		inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth,
	};
};

/* Where the focus is, once it is somewhere: between a page and a frame, which are two processes, it is nowhere for a moment. */
async function settled(page) {
	let now = await page.evaluate(focus);
	for (let i = 0; !now && i < 600; i++) {
		await page.waitForTimeout(30);
		now = await page.evaluate(focus);
	}
	return now;
}

/* One stop on; all that is in a frame is one. */
async function step(page, key) {
	const before = await page.evaluate(focus);
	for (let i = 0; i < 60; i++) {
		await page.keyboard.press(key);
		if (before && before.frame)
			await page.waitForTimeout(50);
		const now = await settled(page);
		if (!before || !before.frame || !now || now.place !== before.place)
			return now;
	}
	throw new Error(`${key} does not leave the frame on ${page.url()}`);
}

/* In the page: where the focus is after each key, as it is let go. */
const watch = () => {
	window.stops = [];
	addEventListener('keyup', (e) => e.key === 'Tab' && window.stops.push(window.focusNow()), true);
};

/* The stops of that many presses; one at a time where a frame is among them, whose keys the page does not hear of. */
async function stopsOf(page, key, times, framed) {
	const stops = [];
	if (framed) {
		for (let i = 0; i < times; i++)
			stops.push(await step(page, key));
		return stops;
	}
	await page.evaluate(() => { window.stops.length = 0; });
	for (let i = 0; i < times; i++)
		await page.keyboard.press(key);
	return page.evaluate(() => window.stops);
}

/* Scripts run in the window, but none is the page's own. */
async function reachable(w, name) {
	const { page } = w;
	const all = await page.evaluate(mark);
	const framed = page.frames().length > 1;
	const order = [...Array(all).keys()];

	await page.evaluate(`window.focusNow = ${focus}; (${watch})()`);
	/* a page that puts the focus into the field that is wrong begins there: begin before everything */
	await page.evaluate(() => {
		if (document.activeElement)
			document.activeElement.blur();
		getSelection().removeAllRanges();
		document.body.tabIndex = -1;
		document.body.focus();
		document.body.removeAttribute('tabindex');
		scrollTo(0, 0);
	});
	const stops = await stopsOf(page, 'Tab', all, framed);
	is(stops.map((s) => s && s.place).join(), order.join(), `${name}: Tab goes through everything in order`);
	is(stops.filter((s) => s && !s.ring).map((s) => s.what).join('\n'), '', `${name}: and shows where it is`);
	is(stops.filter((s) => s && !s.inside).map((s) => s.what).join('\n'), '', `${name}: which is in sight`);
	await page.keyboard.press('Tab');
	const out = await page.evaluate(focus);
	/* out into the browser's own bars; where there are none, it begins anew */
	ok(!out || out.place === 0, `${name}: and comes out at the end`, JSON.stringify(out));
	if (all > 1) {
		await page.evaluate((n) => document.querySelector(`[data-place="${n}"]`).focus(), all - 1);
		const back = await stopsOf(page, 'Shift+Tab', all - 1, framed);
		is(back.map((s) => s && s.place).join(), order.reverse().slice(1).join(), `${name}: Shift and Tab lead back`);
	}
}

/* Tab on until the focus is on what the selector means. */
async function tabTo(w, selector) {
	for (let i = 0; i < 60; i++) {
		if (await w.page.evaluate((s) => document.activeElement.matches(s), selector))
			return;
		await w.page.keyboard.press('Tab');
	}
	throw new Error(`Tab does not reach ${selector} on ${w.page.url()}`);
}

module.exports = { reachable, tabTo };
