/*
 * pages.js - the visitor pages in Chromium: with script at 1280 px, without at 360 px. Prints TAP.
 *
 * The way is a person's: sign up with a slip in the address, correct it, open the
 * mail in the outbox folder, press its button, change the settings, leave.
 */
'use strict';
const { chromium } = require('playwright-core');
const { execFileSync } = require('child_process');
const fs = require('fs');
const path = require('path');

const { URL, SITE, MAKE_LINK, SCREENSHOTS, CHROMIUM } = process.env;
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
	'--disable-sync'];
const walks = [
	{ name: '360 px, no script', width: 360, height: 740, script: false, person: 'ann' },
	{ name: '1280 px', width: 1280, height: 900, script: true, person: 'ben' },
];
let count = 0;

function ok(good, name, detail) {
	console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${name}`);
	if (!good && detail !== undefined)
		console.log(`# ${String(detail).slice(0, 1000).replace(/\n/g, '\n# ')}`);
}

function is(got, want, name) {
	ok(got === want, name, `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 5000', path.join(SITE, 'store/newsletter.db'), text], { encoding: 'utf8' }).trim();
const link = (...words) => execFileSync(MAKE_LINK, [path.join(SITE, 'keys'), ...words.map(String)], { encoding: 'utf8' }).trim();

/* The link of the confirmation that the outbox folder holds for an address. */
async function confirmLink(address) {
	const outbox = path.join(SITE, 'outbox');
	for (let i = 0; i < 200; i++, await pause(100)) {
		for (const file of fs.existsSync(outbox) ? fs.readdirSync(outbox).filter((f) => f.endsWith('.eml')) : []) {
			const text = fs.readFileSync(path.join(outbox, file), 'latin1').replace(/=\r?\n/g, '').replace(/=3D/g, '=');
			const found = text.match(/\/confirm\/[0-9a-f-]{36}/);
			if (found && new RegExp(`^To:.*${address}`, 'm').test(text))
				return URL + found[0];
		}
	}
	throw new Error(`no confirmation for ${address} in ${outbox}`);
}

/* One browser window and what it complains about. */
class Walk {
	constructor(walk, context, page) {
		Object.assign(this, { walk, context, page, troubles: [], status: 0 });
		page.on('console', (m) => {
			/* the error pages below are asked for; that their own status is 4xx is no trouble */
			const own = /status of 4\d\d/.test(m.text()) && m.location().url === page.url();
			if (['error', 'warning'].includes(m.type()) && !own)
				this.troubles.push(m.text());
		});
		page.on('pageerror', (e) => this.troubles.push(e.message));
		page.on('requestfailed', (r) => this.troubles.push(`${r.url()} ${r.failure().errorText}`));
		page.on('response', (r) => {
			if (r.request().isNavigationRequest())
				this.status = r.status();
			else if (r.status() >= 400)
				this.troubles.push(`${r.url()} ${r.status()}`);
		});
	}

	/* Look at the page that is open: its state, its heading, and all that holds for every page. */
	async look(name, status, heading) {
		const { page, walk } = this;
		await page.waitForLoadState('load');
		const seen = await page.evaluate(() => ({
			headings: [...document.querySelectorAll('h1')].map((h) => h.textContent.trim()),
			title: document.title,
			lang: document.documentElement.lang,
			wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
			styled: getComputedStyle(document.querySelector('main .card')).backgroundColor,
			unnamed: [...document.querySelectorAll('input:not([type=hidden])')].filter((i) => !i.labels.length).map((i) => i.name),
			small: [...document.querySelectorAll('button, .button')].filter((b) => b.getBoundingClientRect().height < 44).length,
		}));
		const where = `${name}, ${walk.name}`;
		is(this.status, status, `${where}: ${status}`);
		ok(seen.headings.length === 1 && heading.test(seen.headings[0]), `${where}: its heading`, seen.headings.join(' | '));
		ok(seen.title && seen.lang, `${where}: title and language`, JSON.stringify(seen));
		ok(seen.wide <= 0, `${where}: no scrolling sideways`, `${seen.wide} px too wide`);
		ok(/^rgb/.test(seen.styled) && seen.styled !== 'rgba(0, 0, 0, 0)', `${where}: the style sheet is there`, seen.styled);
		is(seen.unnamed.join(), '', `${where}: every field has a label`);
		is(seen.small, 0, `${where}: buttons are large enough for a finger`);
		is(this.troubles.join('\n'), '', `${where}: nothing in the console, no breach of the CSP`);
		this.troubles = [];
		await page.screenshot({ path: path.join(SCREENSHOTS, `${name.replace(/\W+/g, '-')}-${walk.width}.png`), fullPage: true });
	}

	async press(name) {
		await Promise.all([this.page.waitForNavigation(), this.page.getByRole('button', { name }).click()]);
	}

	checked() {
		return this.page.evaluate(() => [...document.querySelectorAll('input[name=topic]')].map((i) => (i.checked ? 'x' : '-')).join(''));
	}
}

async function signUp(w, address) {
	const { page } = w;
	await page.goto(`${URL}/`);
	await w.look('signup', 200, /newsletter/i);
	is(await w.checked(), '--', 'no topic is chosen beforehand');
	await page.fill('#email', `${w.walk.person}@example`);
	await page.fill('#name', 'Ann “Zoë” <O’Hara>');
	await page.locator('input[name=topic]').nth(0).check();
	await w.press(/subscribe/i);
	await w.look('signup with an error', 400, /newsletter/i);
	is(await page.inputValue('#email'), `${w.walk.person}@example`, 'the address as typed is in the form');
	is(await w.checked(), 'x-', 'and the choice');
	ok(await page.locator('[role=alert]').isVisible(), 'and what is wrong is said');
	await page.fill('#email', address);
	await page.fill('#name', 'Ann “Zoë” O’Hara');
	await w.press(/subscribe/i);
	await w.look('check your mail', 200, /mail/i);
}

async function confirm(w, address) {
	const { page } = w;
	const url = await confirmLink(address);
	await page.goto(url);
	await w.look('confirm', 200, /./);
	is(sql(`SELECT state FROM subscription JOIN subscriber ON id = subscriber_id WHERE address = '${address}'`), '0', 'looking at it confirms nothing');
	await w.press(/./);
	await w.look('confirmed', 200, /subscribed|welcome|thank/i);
	is(sql(`SELECT state FROM subscription JOIN subscriber ON id = subscriber_id WHERE address = '${address}'`), '1', 'the button does');
	const settings = await page.locator('a[href*="/preferences/"]').first().getAttribute('href');
	await page.goto(url);
	await w.look('already confirmed', 200, /./);
	return `${URL}${settings}`;
}

async function settings(w, url) {
	const { page } = w;
	await page.goto(url);
	await w.look('preferences', 200, /./);
	is(await w.checked(), 'x-', 'what was asked for is on');
	is(await page.inputValue('#name'), 'Ann “Zoë” O’Hara', 'the name is there');
	await page.locator('input[name=topic]').nth(1).check();
	await page.locator('input[name=topic]').nth(0).uncheck();
	await w.press(/^save/i);
	await w.look('preferences saved', 200, /./);
	ok(await page.locator('[role=status]').isVisible(), 'it says that it is saved');
	await page.goto(url);
	is(await w.checked(), '-x', 'and it is');
}

async function leave(w, address) {
	const { page } = w;
	const id = sql(`SELECT id FROM subscriber WHERE address = '${address}'`);
	const states = () => sql(`SELECT group_concat(state) FROM (SELECT state FROM subscription WHERE subscriber_id = ${id} ORDER BY topic_id)`);
	await page.goto(`${URL}/u/${link('unsubscribe', id, 2, 0, 0)}`);
	await w.look('unsubscribe', 200, /./);
	is(states(), '2,1', 'looking at it changes nothing');
	await w.press(/unsubscribe/i);
	await w.look('unsubscribed', 200, /unsubscribed/i);
	is(states(), '2,2', 'the button unsubscribes');
	await page.goto(`${URL}/u/${link('unsubscribe', id, 0, 0, 0)}`);
	await w.look('unsubscribe from everything', 200, /./);
}

async function errors(w) {
	const { page } = w;
	await page.goto(`${URL}/preferences/${link('preferences', 1, 0, 0, 1600000000)}`);
	await w.look('settings link too old', 410, /./);
	await page.goto(`${URL}/confirm/01234567-89ab-4def-8123-456789abcdef`);
	await w.look('confirm link of nobody', 404, /./);
	await page.goto(`${URL}/nowhere`);
	await w.look('no such page', 404, /no such page/i);
}

async function main() {
	const browser = await chromium.launch({ executablePath: CHROMIUM, args });
	try {
		for (const walk of walks) {
			const context = await browser.newContext({ viewport: { width: walk.width, height: walk.height }, javaScriptEnabled: walk.script });
			const w = new Walk(walk, context, await context.newPage());
			const address = `${walk.person}@example.org`;
			w.page.setDefaultTimeout(20000);
			await signUp(w, address);
			const url = await confirm(w, address);
			await settings(w, url);
			await leave(w, address);
			await errors(w);
			is((await context.cookies()).length, 0, `${walk.name}: no cookie was set`);
			await context.close();
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
