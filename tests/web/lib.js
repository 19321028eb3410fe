/*
 * lib.js - what the walks through the pages share: TAP, the site's store, its links and its outbox folder. The site comes in the environment:
 * URL, SITE (its folder), MAKE_LINK (the program), SCREENSHOTS (folder) and CHROMIUM.
 */
'use strict';
const { chromium } = require('playwright-core');
const { execFileSync, spawn } = require('child_process');
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');

const { URL: base, SITE, MAKE_LINK, CHROMIUM } = process.env;
const args = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
	'--disable-sync'];
let count = 0;
let failed = 0;

function ok(good, name, detail) {
	console.log(`${good ? 'ok' : 'not ok'} ${++count} - ${name}`);
	if (good)
		return true;
	failed++;
	if (detail !== undefined)
		console.log(`# ${String(detail).slice(0, 1500).replace(/\n/g, '\n# ')}`);
	return false;
}

function is(got, want, name) {
	return ok(got === want, name, `got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`);
}

/* Run main(browser) and end the TAP. */
async function run(main) {
	const browser = await chromium.launch({ executablePath: CHROMIUM, args });
	try {
		await main(browser);
	} catch (e) {
		console.log(`Bail out! ${e.stack.split('\n').slice(0, 8).join(' ')}`);
		process.exitCode = 1;
		return;
	} finally {
		await browser.close();
	}
	console.log(`1..${count}`);
	process.exitCode = failed ? 1 : 0;
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const store = path.join(SITE, 'store/newsletter.db');
const sql = (text) => execFileSync('sqlite3', ['-cmd', '.timeout 60000', store, text], { encoding: 'utf8' }).trim();
const link = (...words) => execFileSync(MAKE_LINK, [path.join(SITE, 'keys'), ...words.map(String)], { encoding: 'utf8' }).trim();
const now = () => Math.floor(Date.now() / 1000);
const tomorrow = () => now() + 86400;

/*
 * Somebody on the list, by name; states are those of topic 1 and topic 2 as schema.sql numbers them, with the evidence they rest on. Returns
 * the id.
 */
function person(name, states, language) {
	const action = ['requested', 'confirmed', 'left'];
	const rows = states.map((state, i) => `INSERT INTO subscription SELECT ${i + 1}, max(id), ${state}, 1700000000 FROM subscriber;
		INSERT INTO consent (subscriber_id, topic_id, action, at, source)
			SELECT max(id), ${i + 1}, '${action[state]}', 1700000000, 'web' FROM subscriber;`);
	return Number(sql(`BEGIN IMMEDIATE; INSERT INTO subscriber (address, address_key, address_hmac, name, language, created_at)
		VALUES ('${name}-' || lower(hex(randomblob(6))) || '@example.org', lower(hex(randomblob(16))), randomblob(16), '${name}', '${language || ''}',
			1700000000);
		UPDATE subscriber SET address_key = address WHERE id = (SELECT max(id) FROM subscriber);
		${rows.join('\n')} SELECT max(id) FROM subscriber; COMMIT;`));
}

/* Whom web_mailings has written to. */
const reader = () => Number(sql("SELECT id FROM subscriber WHERE address = 'reader@example.org'"));
const states = (id) => sql(`SELECT group_concat(state) FROM (SELECT state FROM subscription WHERE subscriber_id = ${id} ORDER BY topic_id)`);

/* A single-use token of somebody's, in the store as if it had been mailed. */
function token(purpose, id, expires, used) {
	const text = crypto.randomUUID();
	const hash = crypto.createHash('sha256').update(text).digest('hex');
	sql(`INSERT INTO token VALUES (x'${hash}', '${purpose}', ${id}, '1 2', 1700000000, ${expires}, ${used || 'NULL'})`);
	return text;
}

/*
 * The token of a mailing that somebody was asked about, with the mail of the first campaign: in that state, decided ('expired' …) or not, and
 * other columns of the campaign's.
 */
function asked(state, decision, columns) {
	const text = crypto.randomUUID();
	const hash = crypto.createHash('sha256').update(text).digest('hex');
	const more = Object.entries(columns || {}).map(([name, value]) => `, ${name} = ${value}`).join('');
	sql(`BEGIN IMMEDIATE; INSERT INTO campaign (uuid, kind, topic_id, subject, state, created_at, created_by, start_at, planned, high_id, alarms)
			SELECT lower(hex(randomblob(4))) || '-0000-4000-8000-000000000000', kind, topic_id, subject, '${state}', 1700000000, 'test', ${tomorrow()},
				1, 0, 4 FROM campaign WHERE id = 1;
		UPDATE campaign SET hidden = 1${more} WHERE id = (SELECT max(id) FROM campaign);
		INSERT INTO campaign_message SELECT (SELECT max(id) FROM campaign), language, compiled FROM campaign_message WHERE campaign_id = 1;
		INSERT INTO approval SELECT max(id), x'${hash}', 1700000000, ${now() + 7 * 86400}, ${decision ? `1700000001, '${decision}'` : 'NULL, NULL'}
			FROM campaign;
		/* one that is being sent has somebody to try again, or it would be over */
		INSERT INTO delivery (campaign_id, subscriber_id, state, attempts, at, next_at)
			SELECT id, 1, 2, 1, 1700000000, ${tomorrow()} FROM campaign WHERE id = (SELECT max(id) FROM campaign) AND state = 'sending'; COMMIT;`);
	return text;
}

/* The first link that matches in the mail of that kind that the outbox folder holds for an address; waits for it. */
async function mailed(kind, address, pattern) {
	const outbox = path.join(SITE, 'outbox');
	for (let i = 0; i < 600; i++, await pause(100)) {
		for (const file of fs.existsSync(outbox) ? fs.readdirSync(outbox).filter((f) => f.startsWith(`${kind}-`) && f.endsWith('.eml')) : []) {
			const text = fs.readFileSync(path.join(outbox, file), 'latin1').replace(/=\r?\n/g, '').replace(/=3D/g, '=');
			const found = text.match(pattern);
			if (found && new RegExp(`^To:.*${address}`, 'm').test(text))
				return base + found[0];
		}
	}
	throw new Error(`no ${kind} for ${address} in ${outbox}`);
}

/* Keep the store locked, as a program that hangs would, until the function that comes back is called. */
async function lockStore() {
	const held = path.join(SITE, 'held');
	const holder = spawn('sqlite3', ['-bail', '-cmd', '.timeout 60000', store], { stdio: ['pipe', 'ignore', 'inherit'] });
	holder.stdin.write(`BEGIN IMMEDIATE;\nCREATE TABLE held (x);\n.shell touch ${held}\n`);
	for (let i = 0; i < 600 && !fs.existsSync(held); i++)
		await pause(50);
	return async () => {
		holder.stdin.end('ROLLBACK;\n');
		await new Promise((done) => holder.on('close', done));
		fs.rmSync(held, { force: true });
	};
}

module.exports = { asked, base, fs, is, link, lockStore, mailed, now, ok, path, pause, person, reader, run, sql, states, token, tomorrow };
