/*
 * preview.js - walks through the pages that preview.t has made, which stand in the folder PAGES. Prints TAP.
 */
'use strict';
const { fs, is, ok, path, pause, run } = require('./lib');
const { accessible } = require('./axe');
const { wrong } = require('./checks');

const { PAGES } = process.env;
const LIGHT = '244,243,240';
const DARK = '21,23,26';
const url = (name) => `file://${path.join(PAGES, `${name}.html`)}`;

/* One page in a window of its own; what it complains about, asks for and pops up is collected. */
async function open(browser, name, look) {
	const context = await browser.newContext({ viewport: { width: look.width, height: 900 }, colorScheme: look.scheme, javaScriptEnabled: look.script });
	const w = { look, context, page: await context.newPage(), troubles: [], asked: [] };
	await context.route(/^https?:/, (route) => {
		w.asked.push(`${route.request().resourceType()} ${route.request().url()}`);
		return route.abort();
	});
	w.page.on('console', (m) => /net::ERR_(FAILED|NAME_NOT_RESOLVED)/.test(m.text()) || w.troubles.push(m.text()));
	w.page.on('pageerror', (e) => w.troubles.push(e.message));
	w.page.on('dialog', (d) => { w.troubles.push(`dialog ${d.message()}`); d.dismiss(); });
	await w.page.goto(url(name));
	return w;
}

const choose = (w, id) => w.page.locator(`label:has(#${id})`).click();
const shown = (w, selector) => w.page.locator(`${selector}:visible`).count();

/* The colour of a point of the window, as it is drawn. */
async function pixel(w, reader, x, y) {
	const png = await w.page.screenshot({ clip: { x, y, width: 1, height: 1 } });
	return reader.evaluate(async (data) => {
		const image = await createImageBitmap(await (await fetch(data)).blob());
		const canvas = new OffscreenCanvas(1, 1).getContext('2d');
		canvas.drawImage(image, 0, 0);
		return [...canvas.getImageData(0, 0, 1, 1).data.slice(0, 3)].join();
	}, `data:image/png;base64,${png.toString('base64')}`);
}

/* The colour beside the mail's card, where its own page colour is, once it is the one wanted: a frame is drawn some time after the page. */
async function frameColour(w, reader, want) {
	const frame = w.page.locator('iframe:visible').first();
	await frame.evaluate((e) => e.scrollIntoView({ block: 'start' }));
	const box = await frame.boundingBox();
	const end = Date.now() + 20000;
	for (;;) {
		const colour = await pixel(w, reader, Math.round(box.x + 8), Math.round(box.y + 60));
		if (colour === want || Date.now() > end)
			return colour;
		await pause(50);
	}
}

async function looks(browser, reader, name, look) {
	const w = await open(browser, name, look);
	const where = `${name}, ${look.width} px, ${look.scheme}`;
	const wide = () => w.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	const small = () => w.page.evaluate(() => [...document.querySelectorAll('.pick')].filter((p) => p.getClientRects().length &&
		p.getBoundingClientRect().height < 44).length);

	is(`${await shown(w, '.screen')} ${await shown(w, '.text')} ${await shown(w, '.source')}`, '1 0 0', `${where}: one mail is shown`);
	is(await small(), 0, `${where}: what is pressed is large enough for a finger`);
	is(await frameColour(w, reader, LIGHT), LIGHT, `${where}: it is light`);
	await choose(w, 'c-dark');
	is(await frameColour(w, reader, DARK), DARK, `${where}: the dark frame is dark`);
	ok((await w.page.locator('iframe:visible').boundingBox()).width >= 600, `${where}: a desktop's width`);
	is(await wide(), 0, `${where}: no scrolling sideways`);
	await choose(w, 'w-phone');
	is(await w.page.evaluate(() => document.querySelector('.screen.dark iframe').clientWidth), 375, `${where}: a phone's width`);
	is(await wide(), 0, `${where}: no scrolling sideways with it`);
	await choose(w, 'v-text');
	is(`${await shown(w, '.screen')} ${await shown(w, '.text')} ${await shown(w, '.widths')}`, '0 1 0', `${where}: the text`);
	is(await wide(), 0, `${where}: no scrolling sideways with the text`);
	await choose(w, 'v-source');
	ok(/Subject: .*\nMIME-Version|multipart\/alternative/.test(await w.page.locator('.source:visible').innerText()), `${where}: the source`);
	is(await wide(), 0, `${where}: no scrolling sideways with the source`);
	is(w.troubles.join('\n'), '', `${where}: no complaints`);
	is(w.asked.filter((a) => !a.startsWith('image ')).join('\n'), '', `${where}: nothing is asked for but images`);
	await w.context.close();
}

/* The mail that is shown has been laid out and drawn: before that it takes no focus. */
async function drawn(w) {
	const frame = await (await w.page.locator('iframe:visible').first().elementHandle()).contentFrame();
	await frame.waitForLoadState('load');
	await w.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
}

/* Whether it becomes true in a while: focus moves into a frame of another process only some time after the key. */
const reached = (w, what) => w.page.waitForFunction(what, null, { timeout: 60000 }).then(() => true, () => false);

/* By the keyboard alone: Tab from group to group, arrows within. */
async function keyboard(browser) {
	const w = await open(browser, 'digest', { width: 1280, scheme: 'light', script: true });
	const at = () => w.page.evaluate(() => document.activeElement.id);
	const ring = () => w.page.evaluate(() => {
		const style = getComputedStyle(document.activeElement.nextElementSibling);
		return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
	});
	const stops = [];
	for (let i = 0; i < 4; i++) {
		await w.page.keyboard.press('Tab');
		stops.push(`${await at()} ${await ring()}`);
	}
	is(stops.join(), 'l-en true,v-html true,w-desk true,c-light true', 'keyboard: Tab goes from choice to choice, and shows where it is');
	await w.page.keyboard.press('ArrowRight');
	is(`${await at()} ${await shown(w, '.screen.dark')}`, 'c-dark 1', 'keyboard: an arrow chooses the dark');
	await drawn(w);
	await w.page.keyboard.press('Tab');
	is(await reached(w, () => document.activeElement.tagName === 'IFRAME'), true, 'keyboard: Tab goes on into the mail');
	await w.page.focus('#v-html');
	await w.page.keyboard.press('ArrowRight');
	is(await shown(w, '.text'), 1, 'keyboard: an arrow chooses the text');
	await w.page.focus('#l-en');
	await w.page.keyboard.press('ArrowRight');
	ok(/Darse de baja/.test(await w.page.locator('.text:visible').innerText()), 'keyboard: an arrow chooses the other language');
	await w.context.close();
}

async function whole(browser, name) {
	const html = fs.readFileSync(path.join(PAGES, `${name}.html`), 'utf8');
	const w = await open(browser, name, { width: 1280, scheme: 'light', script: true });

	is(await wrong(html), '', `${name}: html-validate finds nothing`);
	/* the others have no colour that the long one has not */
	const which = name === 'long' ? {} : { schemes: ['light'] };
	await accessible(w, name, which);
	await choose(w, 'v-text');
	await accessible(w, `${name}, the text`, which);
	is(w.troubles.join('\n'), '', `${name}: no complaints`);
	await w.context.close();
}

/* Whatever a mail holds: the page has the elements that the template has, no script runs, and frames stay as they are. */
async function hostile(browser, name) {
	const w = await open(browser, name, { width: 1280, scheme: 'light', script: true });
	const seen = await w.page.evaluate(() => ({
		scripts: document.querySelectorAll('script, object, embed, form, base, link').length,
		handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))).length,
		frames: [...document.querySelectorAll('iframe')].map((f) => `${f.getAttribute('sandbox')}|${[...f.attributes].map((a) => a.name).join()}`),
		images: document.images.length,
		policy: document.querySelector('meta[http-equiv]').content,
		title: document.querySelector('h1').textContent,
	}));
	const inside = await Promise.all(w.page.frames().slice(1).map((f) => f.evaluate(() =>
		document.querySelectorAll('script, iframe, [onerror], [onload], [href^="javascript"]').length).catch((e) => e.message)));

	is(`${seen.scripts} ${seen.handlers} ${seen.images}`, '0 0 0', `${name}: nothing broke out`);
	is([...new Set(seen.frames)].join(), '|sandbox,title,srcdoc', `${name}: frames are sandboxed, and nothing else`);
	is(seen.frames.length, 4, `${name}: as many as there are mails`);
	is(w.page.frames().length, 5, `${name}: none within a mail`);
	ok(inside.every((n) => n === 0), `${name}: no script in a mail either`, inside);
	ok(/^default-src 'none'/.test(seen.policy), `${name}: the policy`);
	ok(seen.title.includes("<script>alert('subject')</script>"), `${name}: the subject is text`, seen.title);
	is(w.troubles.join('\n'), '', `${name}: no script was even tried`);
	is(w.asked.filter((a) => !a.startsWith('image ')).join('\n'), '', `${name}: nothing is asked for but images`);
	await w.context.close();
}

run(async (browser) => {
	const reader = await browser.newPage();
	for (const width of [1280, 800, 360])
		for (const scheme of ['light', 'dark'])
			await looks(browser, reader, width === 800 ? 'long' : 'digest', { width, scheme, script: width !== 800 });
	await looks(browser, reader, 'long', { width: 360, scheme: 'light', script: false });
	await keyboard(browser);
	for (const name of ['digest', 'digest-es', 'long', 'hostile'])
		await whole(browser, name);
	for (const name of ['hostile', 'hostile-raw'])
		await hostile(browser, name);
	const w = await open(browser, 'long', { width: 1280, scheme: 'light', script: false });
	ok(/^Error: link .*https/.test(await w.page.locator('.checks:visible').innerText()), 'long: what lint finds is told, errors first');
	is(await w.page.locator('.checks:visible li').count(), 8, 'long: the first of it');
	await w.page.locator('summary:visible').click();
	ok(/96 characters/.test(await w.page.locator('details:visible').innerText()), 'long: and the rest when it is asked for');
	await w.context.close();
});
