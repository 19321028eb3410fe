/*
 * pictures.js - draws every page of pages.js at both widths into the folder SCREENSHOTS, and what staff see before they send, the file PREVIEW; writes
 * the page that shows them all, SCREENSHOTS/PAGES.md. Prints TAP.
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

/* What staff see before they send: the file PREVIEW; as much of it as a window shows, for its frames draw no more. */
async function preview(browser) {
	const w = await Window.open(browser, { width: 1280, script: false, language: 'en' });
	await w.page.goto(`file://${process.env.PREVIEW}`);
	await w.page.screenshot({ path: path.join(folder, 'preview-1280.png') });
	ok(fs.statSync(path.join(folder, 'preview-1280.png')).size > 1000, 'preview');
	await w.close();
}

const picture = (file, width, text) => (fs.existsSync(path.join(folder, `${file}.png`)) ?
	`<img src="pictures/${file}.png" alt="${text}" width="${width}">` : '');

function write() {
	const rows = pages.map((p) => [`**${p.name}** ${p.status === 200 ? '' : `(${p.status})`}<br>${p.what}`,
		picture(`${p.name}-1280`, 480, `${p.name}, on a desk`),
		picture(`${p.name}-360`, 180, `${p.name}, on a phone`) + picture(`${p.name}-360-es`, 180, `${p.name}, in Spanish`) +
			picture(`${p.name}-360-dark`, 180, `${p.name}, in the dark`)]);
	const table = (lines) => lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
	const text = `# Every page

Drawn by Chromium from a real site with \`make pictures\`, at 1280 and 360 pixels, some in Spanish and in the dark. \`tests/web/\` walks through
the same pages, with script and without, by pointer and by keyboard: axe-core, html-validate and csp_evaluator find nothing on any of them.

| page | 1280 px | 360 px |
|---|---|---|
${table(rows)}
`;
	fs.writeFileSync(path.join(folder, 'PAGES.md'), text);
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
	await preview(browser);
	write();
});
