/*
 * archive.js - each mail beside its page in the archive, in Chromium. Prints TAP.
 *
 * The same look is not a matter of taste here: element by element, every
 * computed property and the size must be the same. What only the mail has (the
 * row with the class mail-only) is hidden in it first, as the page hides it.
 */
'use strict';
const { chromium } = require('playwright-core');
const fs = require('fs');
const path = require('path');

const { URL, MAILS, CHROMIUM } = process.env;
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
	'--disable-sync'];
let count = 0;

function ok(good, name, detail) {
	console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${name}`);
	if (!good && detail !== undefined)
		console.log(`# ${String(detail).slice(0, 1500).replace(/\n/g, '\n# ')}`);
}

/* Every element below `root` with all that makes its look: computed style, size, and where it stands in the first of them; as JSON. */
const looks = (root) => {
	const all = [...document.querySelectorAll(`${root} *`)].filter((n) => !n.closest('.nl-bar') && !['STYLE', 'SCRIPT'].includes(n.tagName) &&
		n.tagName !== 'MAIN');
	const top = all.map((n) => n.getBoundingClientRect()).find((b) => b.height).top;
	return JSON.stringify(all.map((node) => {
		const style = getComputedStyle(node), box = node.getBoundingClientRect();
		const seen = { tag: node.tagName, text: node.childElementCount ? '' : node.textContent.trim(), box: [box.left, box.height ? box.top - top : 0, box.width, box.height].join() };
		for (const property of style)
			seen[property] = style.getPropertyValue(property);
		return seen;
	}));
};

function difference(mail, page) {
	if (mail.length !== page.length)
		return `${mail.length} elements in the mail, ${page.length} in the page`;
	for (let i = 0; i < mail.length; i++)
		for (const key of Object.keys(mail[i]))
			if (mail[i][key] !== page[i][key])
				return `${mail[i].tag} "${mail[i].text}": ${key} is ${mail[i][key]} in the mail, ${page[i][key]} in the page`;
	return '';
}

async function compare(browser, id, walk) {
	const context = await browser.newContext({ viewport: { width: walk.width, height: 800 }, colorScheme: walk.scheme });
	const mail = await context.newPage(), page = await context.newPage();
	const where = `mailing ${id}, ${walk.width} px, ${walk.scheme}`, troubles = [];

	page.on('console', (m) => troubles.push(m.text()));
	page.on('pageerror', (e) => troubles.push(e.message));
	await mail.setContent(fs.readFileSync(path.join(MAILS, `${id}.html`), 'utf8'));
	await mail.addStyleTag({ content: '.mail-only { display: none !important; }' });
	const answer = await page.goto(fs.readFileSync(path.join(MAILS, `${id}.url`), 'utf8').trim());
	ok(answer.status() === 200, `${where}: the page is there`);
	const [a, b] = [await mail.evaluate(looks, 'body'), await page.evaluate(looks, 'main')].map((text) => JSON.parse(text));
	const wrong = difference(a, b);
	ok(a.length > 30 && !wrong, `${where}: it looks as the mail does (${a.length} elements)`, wrong);
	const body = (p) => p.evaluate(() => ['backgroundColor', 'margin', 'padding', 'color'].map((k) => getComputedStyle(document.body)[k]).join());
	ok(await body(mail) === await body(page), `${where}: so does what is around it`, `${await body(mail)} ${await body(page)}`);
	ok(troubles.length === 0, `${where}: nothing in the console, no breach of the policy`, troubles.join('\n'));
	const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
	ok(wide <= 0, `${where}: no scrolling sideways`, wide);
	const bar = await page.evaluate(() => [...document.querySelectorAll('.nl-nav a')].map((n) => n.getBoundingClientRect().height));
	ok(bar.length === 2 && bar.every((h) => h >= 44), `${where}: the bar's links are large enough for a finger`, bar);
	ok(await page.locator('main').getByText('Read in the browser').isVisible() === false, `${where}: what is for the mail's reader is not shown`);
	await context.close();
}

async function list(browser, walk) {
	const context = await browser.newContext({ viewport: { width: walk.width, height: 800 }, colorScheme: walk.scheme });
	const page = await context.newPage(), troubles = [];

	page.on('console', (m) => troubles.push(m.text()));
	await page.goto(`${URL}/archive`);
	ok(await page.locator('h2 a').count() === 2, `the list, ${walk.width} px: both mailings`);
	await page.locator('h2 a').first().click();
	ok(await page.locator('.nl-bar').isVisible(), 'leads to a page');
	await page.locator('.nl-nav a').first().click();
	ok(page.url().split('?')[0] === `${URL}/archive`, 'which leads back');
	ok(troubles.length === 0, `the list, ${walk.width} px: nothing in the console`, troubles.join('\n'));
	await context.close();
}

async function main() {
	const browser = await chromium.launch({ executablePath: CHROMIUM, args });
	try {
		/* no rule depends on both the width and the scheme */
		for (const walk of [{ width: 360, scheme: 'dark' }, { width: 1280, scheme: 'light' }]) {
			await compare(browser, 1, walk);
			await compare(browser, 2, walk);
			await list(browser, walk);
		}
	} finally {
		await browser.close();
	}
	console.log(`1..${count}`);
}

main().catch((e) => {
	console.log(`Bail out! ${e.stack.split('\n').slice(0, 4).join(' ')}`);
	process.exit(1);
});
