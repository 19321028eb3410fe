/*
 * embed.js - a page of the practice's own, on another origin, with the printed form in it; Chromium fills it in. Prints TAP.
 *
 * The page has a Content-Security-Policy as newsletter(1) says it needs one, and nothing more.
 */
'use strict';
const { chromium } = require('playwright-core');
const { HtmlValidate, StaticConfigLoader } = require('html-validate');
const { execFileSync } = require('child_process');
const fs = require('fs');
const http = require('http');
const path = require('path');

const { URL, SITE, FORMS, PORT, CHROMIUM } = process.env;
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
	'--disable-sync'];
const POLICY = `default-src 'none'; script-src ${URL}; connect-src ${URL}; form-action ${URL}; base-uri 'none'`;
const LISTED = `http://localhost:${PORT}`;
const UNLISTED = `http://127.0.0.1:${PORT}`;
let count = 0;

function ok(good, name, detail) {
	console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${name}`);
	if (!good && detail !== undefined)
		console.log(`# ${String(detail).slice(0, 1000).replace(/\n/g, '\n# ')}`);
}

function is(got, want, name) {
	ok(got === want, name, `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 60000', path.join(SITE, 'store/newsletter.db'), text], { encoding: 'utf8' }).trim();
/* How often an address has been asked for; the clerk may have taken the row already. */
const asked = (who) => Number(sql(`SELECT (SELECT count(*) FROM signup_request WHERE address = '${who}') +
	(SELECT count(*) FROM consent c JOIN subscriber s ON s.id = c.subscriber_id WHERE s.address = '${who}' AND c.action = 'requested'
	 AND c.topic_id = 1)`));
/* The wording that the evidence says was shown to them. */
const wording = (who) => sql(`SELECT text FROM form_text WHERE hash = (SELECT form_hash FROM signup_request WHERE address = '${who}'
	UNION SELECT form_hash FROM consent c JOIN subscriber s ON s.id = c.subscriber_id WHERE s.address = '${who}' AND c.action = 'requested')`);

function serve() {
	const server = http.createServer((request, response) => {
		const file = { '/script': 'script.html', '/plain': 'plain.html' }[request.url];
		response.writeHead(file ? 200 : 404, { 'Content-Type': 'text/html; charset=utf-8', 'Content-Security-Policy': POLICY });
		response.end(file ? `<!DOCTYPE html><html lang="en"><title>Articles</title><h1>Articles</h1>${fs.readFileSync(path.join(FORMS, file))}</html>` : '');
	});
	return new Promise((done) => server.listen(Number(PORT), () => done(server)));
}

/* A page of its own for each case, and what its console complains about. */
async function open(browser, url, options) {
	const context = await browser.newContext(options);
	const page = await context.newPage();
	page.troubles = [];
	page.on('console', (m) => {
		if (['error', 'warning'].includes(m.type()) && !/status of 4\d\d/.test(m.text()))
			page.troubles.push(m.text());
	});
	page.on('pageerror', (e) => page.troubles.push(e.message));
	await page.goto(url);
	return page;
}

const answer = (page, role) => page.locator(`form [role=${role}]:not(:empty)`);
const focus = (page) => page.evaluate(() => document.activeElement.name || document.activeElement.type);

async function byKeyboard(browser) {
	const page = await open(browser, `${LISTED}/script`);
	await page.keyboard.press('Tab');
	is(await focus(page), 'email', 'the first Tab reaches the address');
	await page.keyboard.type('ann@example.org');
	await page.keyboard.press('Tab');
	await page.keyboard.type('Ann');
	await page.keyboard.press('Tab');
	await page.keyboard.press('Space');
	while (await focus(page) !== 'submit')
		await page.keyboard.press('Tab');
	await page.keyboard.press('Enter');
	await answer(page, 'status').waitFor();
	ok(/mail is on its way/.test(await answer(page, 'status').textContent()), 'with the keyboard alone: the answer is on the page');
	is(page.url(), `${LISTED}/script`, 'the page is still the practice\'s');
	is(asked('ann@example.org'), 1, 'the signup is in the store');
	const shown = await page.locator('form > p:has(+ p > button)').textContent();
	is(wording('ann@example.org'), shown.trim(), 'the evidence has the words that stood there');
	is(await page.inputValue('[name=email]'), '', 'the form is empty again');
	is(await page.locator('[name=website]').isVisible(), false, 'the trap is not to be seen');
	is(page.troubles.join('; '), '', 'nothing to complain about');
	await page.context().close();
}

async function problems(browser) {
	const page = await open(browser, `${LISTED}/script`);
	await page.fill('[name=email]', 'ben@example.org');
	await page.click('[type=submit]');
	await answer(page, 'alert').waitFor();
	ok(/at least one topic/.test(await answer(page, 'alert').textContent()), 'no topic: an alert says so');
	is(await focus(page), 'topic', 'the topics have the focus');
	await page.check('[value=articles]');
	await page.fill('[name=email]', 'ben@[');
	await page.evaluate(() => document.querySelector('form').noValidate = true);
	await page.click('[type=submit]');
	await page.locator('[name=email][aria-invalid=true]').waitFor();
	is(await focus(page), 'email', 'a wrong address: it has the focus');
	is(await page.locator('[aria-invalid]').count(), 1, 'and is the only one marked');
	is(await page.inputValue('[name=email]'), 'ben@[', 'what was typed is still there');
	is(await page.isChecked('[value=articles]'), true, 'and what was chosen');
	/* as visitors have it: when the answer is faster than the second click, the browser keeps the empty form */
	await page.evaluate(() => document.querySelector('form').noValidate = false);
	await page.fill('[name=email]', 'ben@example.org');
	await page.dblclick('[type=submit]');
	await answer(page, 'status').waitFor();
	is(await page.locator('[aria-invalid]').count(), 0, 'corrected: nothing is marked');
	is(asked('ben@example.org'), 1, 'a double click asks once');
	is(page.troubles.join('; '), '', 'nothing to complain about');
	await page.context().close();
}

async function suggestion(browser) {
	for (const take of [true, false]) {
		const page = await open(browser, `${LISTED}/script`);
		const typed = take ? 'dan@gmial.com' : 'dora@gmial.com', meant = typed.replace('gmial', 'gmail');
		await page.fill('[name=email]', typed);
		await page.check('[value=promotions]');
		await page.check('[value=articles]');
		await page.click('[type=submit]');
		const button = answer(page, 'alert').locator('button');
		await button.waitFor();
		is(await button.textContent(), meant, 'a slip of the pen: the address that may have been meant is a button');
		is(asked(typed), 0, 'nothing is asked for yet');
		if (take) {
			await button.press('Enter');
			is(await page.inputValue('[name=email]'), meant, 'it fills the field in');
			is(await focus(page), 'email', 'which has the focus');
		}
		await page.click('[type=submit]');
		await answer(page, 'status').waitFor();
		is(`${asked(typed)} ${asked(meant)}`, take ? '0 1' : '1 0', take ? 'and is asked for' : 'sent once more it is taken as typed');
		is(page.troubles.join('; '), '', 'nothing to complain about');
		await page.context().close();
	}
}

async function withoutScript(browser) {
	for (const file of ['script', 'plain']) {
		const page = await open(browser, `${LISTED}/${file}`, { javaScriptEnabled: false });
		await page.fill('[name=email]', `no-script-${file}@example.org`);
		await page.check('[value=articles]');
		await Promise.all([page.waitForNavigation(), page.click('[type=submit]')]);
		is(page.url(), `${URL}/subscribe`, `${file}, without script: the newsletter's page answers`);
		is(await page.getAttribute('html', 'lang'), file === 'plain' ? 'es' : 'en', 'in the language of the form');
		is(asked(`no-script-${file}@example.org`), 1, 'the signup is in the store');
		ok((file === 'plain' ? /^Al pulsar/ : /^By pressing/).test(wording(`no-script-${file}@example.org`)), 'the evidence has its words');
		await page.context().close();
	}
}

async function unlisted(browser) {
	const page = await open(browser, `${UNLISTED}/script`);
	await page.fill('[name=email]', 'unlisted@example.org');
	await page.check('[value=articles]');
	await Promise.all([page.waitForURL(`${URL}/subscribe`), page.click('[type=submit]')]);
	is(await page.locator('h1').count(), 1, 'an origin that is not listed: the newsletter\'s page answers');
	is(asked('unlisted@example.org'), 1, 'the signup is in the store, once');
	await page.context().close();
}

/* The forms are fragments: what is asked of whole documents is not asked here. */
async function valid() {
	const validator = new HtmlValidate(new StaticConfigLoader({
		extends: ['html-validate:recommended', 'html-validate:a11y'],
		rules: {
			/* The script comes from where the form goes to: who could change it has the addresses anyway. */
			'require-sri': 'off',
			'form-dup-name': ['error', { shared: ['checkbox'] }],
		},
	}));
	for (const file of ['script', 'plain']) {
		const report = await validator.validateString(fs.readFileSync(path.join(FORMS, `${file}.html`), 'utf8'));
		is(report.results.flatMap((r) => r.messages).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`).join('\n'), '',
			`${file}: html-validate finds nothing`);
	}
}

async function main() {
	await valid();
	const server = await serve();
	const browser = await chromium.launch({ executablePath: CHROMIUM, args });
	try {
		await byKeyboard(browser);
		await problems(browser);
		await suggestion(browser);
		await withoutScript(browser);
		await unlisted(browser);
	} finally {
		await browser.close();
		server.close();
	}
	console.log(`1..${count}`);
}

main().catch((e) => {
	console.log(`Bail out! ${e.stack}`);
	process.exit(1);
});
