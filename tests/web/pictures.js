/*
 * pictures.js - draws every page of pages.js at both widths into the folder SCREENSHOTS, and the mails whose HTML is given as files. Prints TAP.
 *
 *   pictures.js [NAME=FILE.html]…
 */
'use strict';
const { fs, ok, path, run } = require('./lib');
const { pages } = require('./pages');
const { Window } = require('./window');

const folder = process.env.SCREENSHOTS;
const looks = [
	{ width: 1280, script: false, language: 'en', suffix: '-1280' },
	{ width: 360, script: false, language: 'en', suffix: '-360' },
	{ width: 360, script: false, language: 'es', suffix: '-360-es', only: /^(signup|check-mail|preferences|unsubscribed)$/ },
	{ width: 360, script: false, language: 'en', scheme: 'dark', suffix: '-360-dark', only: /^(signup|preferences-saved|unsubscribed)$/ },
];

async function draw(w, name) {
	await w.page.mouse.move(0, 0);
	const file = path.join(folder, `${name}.png`);
	await w.page.screenshot({ path: file, fullPage: true, caret: 'hide' });
	ok(fs.statSync(file).size > 1000, name);
}

async function mails(browser) {
	for (const word of process.argv.slice(2)) {
		const [name, file] = word.split('=');
		for (const width of [640, 360]) {
			const w = await Window.open(browser, { width, script: false, language: 'en' });
			await w.page.setContent(fs.readFileSync(file, 'utf8'));
			await draw(w, `${name}-${width}`);
			await w.close();
		}
	}
}

run(async (browser) => {
	for (const look of looks) {
		const w = await Window.open(browser, look);
		for (const page of pages.filter((p) => !look.only || look.only.test(p.name))) {
			await page.come(w);
			await draw(w, page.name + look.suffix);
		}
		await w.close();
	}
	await mails(browser);
});
