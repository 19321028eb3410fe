/*
 * report.js - looks at the pages that report.t has made, which stand in the folder PAGES. Prints TAP.
 */
'use strict';
const { fs, is, ok, path, run } = require('./lib');
const { accessible } = require('./axe');
const { wrong } = require('./checks');

const { PAGES } = process.env;
const names = ['practice', 'year', 'days', 'decade', 'empty', 'hostile'];

async function open(browser, name, look) {
	const context = await browser.newContext({ viewport: { width: look.width, height: 900 }, colorScheme: look.scheme });
	const w = { look, context, page: await context.newPage(), troubles: [], asked: [] };
	w.page.on('request', (r) => r.url().startsWith('file:') || w.asked.push(r.url()));
	w.page.on('console', (m) => w.troubles.push(m.text()));
	w.page.on('pageerror', (e) => w.troubles.push(e.message));
	w.page.on('dialog', (d) => { w.troubles.push(`dialog ${d.message()}`); d.dismiss(); });
	await w.page.goto(`file://${path.join(PAGES, `${name}.html`)}`);
	return w;
}

/* What each chart is to those who do not see it: a named image, and near it a table with rows. */
const charts = (w) => w.page.evaluate(() => [...document.querySelectorAll('svg')].map((svg) => {
	const [title, text] = (svg.getAttribute('aria-labelledby') || '').split(' ').map((id) => document.getElementById(id));
	const near = svg.closest('.card > .two > div, .card > .three > div, .card');
	/* the columns of who joined and who has gone stand in the table of the section before */
	const table = near.querySelector('table') || near.previousElementSibling.querySelector('table');
	return {
		id: title && title.id,
		role: svg.getAttribute('role'),
		titled: title && title.parentNode === svg && title.localName === 'title' && title.textContent.length > 10,
		told: text && text.parentNode === svg && text.localName === 'desc' && text.textContent.length > 10,
		rows: table ? table.querySelectorAll('tbody tr').length : 0,
	};
}));

/* Letters that leave their chart, or lie over each other. */
const collisions = (w) => w.page.evaluate(() => [...document.querySelectorAll('svg')].flatMap((svg) => {
	const room = svg.closest('.card').getBoundingClientRect();
	const all = [...svg.querySelectorAll('text')].filter((t) => t.getClientRects().length).map((t) => ({ text: t.textContent, box: t.getBoundingClientRect() }));
	const out = all.filter((t) => t.box.left < room.left || t.box.right > room.right).map((t) => `out: ${t.text}`);
	const over = all.flatMap((a, i) => all.slice(i + 1).filter((b) => a.box.left < b.box.right - 1 && b.box.left < a.box.right - 1 &&
		a.box.top < b.box.bottom - 4 && b.box.top < a.box.bottom - 4).map((b) => `over: ${a.text} / ${b.text}`));
	return [...out, ...over];
}));

async function looks(browser, name, look) {
	const w = await open(browser, name, look);
	const where = `${name}, ${look.width} px, ${look.scheme}`;

	is(await w.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, `${where}: no scrolling sideways`);
	is((await collisions(w)).join('\n'), '', `${where}: letters have their room`);
	is(w.troubles.join('\n'), '', `${where}: no complaints`);
	is(w.asked.join('\n'), '', `${where}: nothing is asked for`);
	await w.context.close();
}

async function whole(browser, name) {
	const html = fs.readFileSync(path.join(PAGES, `${name}.html`), 'utf8');
	const w = await open(browser, name, { width: 1200, scheme: 'light' });
	const list = await charts(w);

	is(await wrong(html), '', `${name}: html-validate finds nothing`);
	ok(html.length < 300000, `${name}: it is small`, html.length);
	ok(!/[a-z0-9]@[a-z]/i.test(html), `${name}: no address is in it`);
	is(list.filter((c) => c.role !== 'img' || !c.titled || !c.told || !c.rows).map((c) => JSON.stringify(c)).join(), '', `${name}: every chart is told in words`);
	is(new Set(list.map((c) => c.id)).size, list.length, `${name}: by names of their own`);
	is(list.length, name === 'empty' ? 1 : 8, `${name}: the charts there are`);
	await w.page.evaluate(() => document.querySelectorAll('details').forEach((d) => { d.open = true; }));
	/* colours come by class, and these two have every class */
	await accessible(w, name, ['practice', 'empty'].includes(name) ? {} : { off: ['color-contrast'], schemes: ['light'] });
	await w.page.emulateMedia({ media: 'print', colorScheme: 'dark', forcedColors: 'none' });
	is(await w.page.evaluate(() => [getComputedStyle(document.body).backgroundColor, getComputedStyle(document.querySelector('section.card')).backgroundColor].join(' ')),
		'rgb(255, 255, 255) rgb(255, 255, 255)', `${name}: on paper it is white, whatever the screen is`);
	await w.page.emulateMedia({ media: null, colorScheme: 'light' });
	const pdf = (await w.page.pdf({ preferCSSPageSize: true })).toString('latin1');
	const sheets = (pdf.match(/\/Type\s*\/Page\b/g) || []).length;
	ok(sheets >= 1 && sheets <= (name === 'empty' ? 1 : 5), `${name}: it prints on a few sheets`, sheets);
	ok(/\/MediaBox\s*\[0 0 59[45][.\d]* 84[12]/.test(pdf), `${name}: of A4`);
	await w.context.close();
}

/* Names are text wherever they stand. */
async function hostile(browser) {
	const w = await open(browser, 'hostile', { width: 1200, scheme: 'light' });
	const seen = await w.page.evaluate(() => ({
		elements: document.querySelectorAll('script, img, iframe, object, embed, form, base, link, b, i').length,
		handlers: [...document.querySelectorAll('*')].filter((e) => [...e.attributes].some((a) => a.name.startsWith('on'))).length,
		subject: document.querySelector('.mailings tbody th').textContent,
		topic: document.querySelector('#topics-title').parentNode.textContent,
	}));

	is(`${seen.elements} ${seen.handlers}`, '0 0', 'hostile: nothing broke out');
	ok(seen.subject.includes('<script>alert(1)</script>'), 'hostile: the subject is text', seen.subject);
	ok(seen.topic.includes('</title></style><script>'), 'hostile: so is a topic in a chart', seen.topic);
	is(w.troubles.join('\n'), '', 'hostile: no script was even tried');
	await w.context.close();
}

/* What is told of the practice, against its store: the sums agree with each other. */
async function figures(browser) {
	const w = await open(browser, 'practice', { width: 1200, scheme: 'light' });
	const page = await w.page.evaluate(() => {
		const number = (s) => Number(s.replace('−', '-').replace(/[,+]/g, ''));
		const rows = [...document.querySelectorAll('details table')][0].querySelectorAll('tbody tr');
		const cells = [...rows].map((r) => [...r.querySelectorAll('td')].map((c) => number(c.textContent)));
		return {
			now: number(document.querySelector('.figure-now').textContent),
			last: cells[cells.length - 1][3],
			sums: [0, 1, 2].map((i) => cells.reduce((sum, c) => sum + c[i], 0)),
			summary: document.querySelector('.card .lead').textContent,
			months: rows.length,
			columns: document.querySelectorAll('#moves-title ~ rect.plain').length,
		};
	});

	is(page.now, page.last, 'practice: the last number of the table is the headline');
	is(page.sums[0] - page.sums[1], page.sums[2], 'practice: who joined less who has gone is the change');
	is(page.summary, `The list grew by ${page.sums[2]}: ${page.sums[0]} joined, and ${page.sums[1]} have gone.`, 'practice: the sentence says the same');
	is(page.months, 18, 'practice: eighteen months');
	is(page.columns, 18, 'practice: a column each');
	await w.context.close();
}

run(async (browser) => {
	for (const width of [1200, 800, 320])
		for (const scheme of ['light', 'dark'])
			await looks(browser, 'practice', { width, scheme });
	for (const name of names.slice(1))
		for (const width of [1200, 320])
			await looks(browser, name, { width, scheme: 'light' });
	for (const name of names)
		await whole(browser, name);
	await hostile(browser);
	await figures(browser);
});
