/*
 * every.js - every page of pages.js, in both languages. PAGE=REGEX: only those. Prints TAP.
 *
 * In English everything is looked at, in a window where scripts may run. In Spanish, in one where none runs until axe does, what words can
 * change: the source, that the way leads there, the room that they need, names and languages; not colours, nor the order of the keyboard.
 * No page has a script (checks.js makes sure of it), so that a page is the same document in both, and at every width.
 */
'use strict';
const { accessible } = require('./axe');
const { PAGE_MAX, drawn, quiet, source, styledAgain, unstyled, zoomed } = require('./checks');
const { reachable } = require('./keyboard');
const { base, fs, is, ok, path, run } = require('./lib');
const { forgotten, pages } = require('./pages');
const { Window } = require('./window');

const desk = 1280;
const phone = 360;
const chosen = pages.filter((page) => !process.env.PAGE || new RegExp(process.env.PAGE).test(page.name));

/* The style sheet is fetched once for all pages; with it, the largest page is below the limit too. */
async function weigh(browser) {
	const w = await Window.open(browser, { width: desk, script: true, language: 'en' });
	await w.go('/');
	const page = (await w.response.body()).length;
	const href = await w.page.getAttribute('link[rel=stylesheet]', 'href');
	const sheet = (await (await w.context.request.get(base + href)).body()).length;
	ok(page + sheet < PAGE_MAX, `the form has ${page} bytes, the style sheet ${sheet}: together below 30 KB`);
	await w.close();
}

/* At the width of the window and at the other one. */
async function laidOut(w, page, name, other) {
	await drawn(w, page, `${name}, ${w.look.width} px`);
	await w.resize(other);
	await drawn(w, page, `${name}, ${other} px`);
}

async function english(browser) {
	const w = await Window.open(browser, { width: desk, script: true, language: 'en' });
	for (const page of chosen) {
		const name = `${page.name}, en`;
		await page.come(w);
		await source(w, page, name);
		await accessible(w, name, { schemes: ['light'] });
		await reachable(w, `${name}, ${desk} px`);
		await laidOut(w, page, name, phone);
		await accessible(w, name, { schemes: ['dark', 'forced colours'] });
		await zoomed(w, name);
		await unstyled(w, name);
		await styledAgain(w);
		await quiet(w, name);
		await w.resize(desk);
	}
	await w.close();
}

async function spanish(browser) {
	const w = await Window.open(browser, { width: phone, script: true, language: 'es' });
	await w.scripts(false);
	await w.page.setContent('<title>off</title><script>document.title = "on"</script>');
	is(await w.page.title(), 'off', 'scripts are off');
	for (const page of chosen) {
		const name = `${page.name}, es`;
		await page.come(w);
		await source(w, page, name);
		await laidOut(w, page, name, desk);
		await w.resize(phone);
		await zoomed(w, name);
		await unstyled(w, name);
		await styledAgain(w);
		await w.scripts(true); /* axe is one itself */
		await accessible(w, name, { off: ['color-contrast'], schemes: ['light'] });
		await quiet(w, name);
		await w.scripts(false);
	}
	await w.close();
}

/* The pictures that docs/PAGES.md should show and does not (make pictures). */
function unpictured() {
	const docs = path.join(__dirname, '../../docs');
	const text = fs.readFileSync(path.join(docs, 'PAGES.md'), 'utf8');
	return pages.flatMap((page) => [phone, desk].map((width) => `pictures/${page.name}-${width}.png`))
		.filter((picture) => !fs.existsSync(path.join(docs, picture)) || !text.includes(picture));
}

run(async (browser) => {
	is(unpictured().join(), '', 'docs/PAGES.md shows every page (make pictures)');
	is(forgotten().join(), '', 'every page of templates/web is looked at');
	await weigh(browser);
	await english(browser);
	await spanish(browser);
});
