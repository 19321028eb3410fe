/* every.js - every page of pages.js in every window: two widths, with script and without; LANGUAGES: en, es or both. Prints TAP. */
'use strict';
const { accessible } = require('./axe');
const { PAGE_MAX, drawn, quiet, source, styledAgain, unstyled, zoomed } = require('./checks');
const { reachable } = require('./keyboard');
const { base, is, ok, run } = require('./lib');
const { forgotten, pages } = require('./pages');
const { Window } = require('./window');

const looks = [];
for (const language of (process.env.LANGUAGES || 'en').split(' '))
	for (const script of [true, false])
		for (const width of [360, 1280])
			looks.push({ language, script, width });

/* The style sheet is fetched once for all pages; with it, the largest page is below the limit too. */
async function weigh(browser) {
	const w = await Window.open(browser, looks[0]);
	await w.go('/');
	const page = (await w.response.body()).length;
	const href = await w.page.getAttribute('link[rel=stylesheet]', 'href');
	const sheet = (await (await w.context.request.get(base + href)).body()).length;
	ok(page + sheet < PAGE_MAX, `the form has ${page} bytes, the style sheet ${sheet}: together below 30 KB`);
	await w.close();
}

async function walk(browser, look, first) {
	const w = await Window.open(browser, look);
	for (const page of pages) {
		if ((page.few && !first) || (process.env.PAGE && !new RegExp(process.env.PAGE).test(page.name)))
			continue;
		const name = `${page.name}, ${w.name}`;
		await page.come(w);
		await source(w, page, name);
		await drawn(w, page, name);
		await reachable(w, name);
		if (look.script) {
			await accessible(w, name); /* which is a script itself */
		} else {
			await zoomed(w, name);
			await unstyled(w, name);
			await styledAgain(w);
		}
		await quiet(w, name);
	}
	await w.close();
}

run(async (browser) => {
	is(forgotten().join(), '', 'every page of templates/web is looked at');
	await weigh(browser);
	for (const [i, look] of looks.entries())
		await walk(browser, look, i === 0 || i === looks.length - 1);
});
