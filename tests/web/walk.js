/*
 * walk.js - one person's way, by pointer or by keyboard alone: sign up with a slip in the address, correct it, open the mail in the outbox folder,
 * press its button, change the settings, leave, come back, leave everything. What the store holds is compared at each step. Prints TAP.
 */
'use strict';
const { tabTo } = require('./keyboard');
const { is, link, mailed, ok, run, sql } = require('./lib');
const { leave } = require('./pages');
const { Window } = require('./window');

const looks = [
	{ width: 360, script: false, language: 'en', person: 'ann', keyboard: false },
	{ width: 1280, script: true, language: 'en', person: 'ben', keyboard: true },
	{ width: 360, script: false, language: 'es', person: 'cyd', keyboard: true },
];
const NAME = 'Ann “Zoë” O’Hara';
const save = 'main form button:not([name])';

/* The two hands: each writes into a field, ticks or unticks a box, presses a button or follows a link. */
const pointer = {
	write: (w, field, text) => w.page.fill(field, text),
	tick: (w, box) => w.page.locator(box).click(),
	press: (w, what) => w.press(what),
};
const keyboard = {
	async write(w, field, text) {
		await tabTo(w, field);
		await w.page.keyboard.press('Control+A');
		await w.page.keyboard.type(text);
	},
	async tick(w, box) {
		await tabTo(w, box);
		await w.page.keyboard.press('Space');
	},
	async press(w, what) {
		await tabTo(w, what);
		await w.turn(() => w.page.keyboard.press(/button/.test(what) ? 'Space' : 'Enter'));
	},
};

const topic = (slug) => `input[value=${slug}]`;
const status = (w, want, name) => is(w.response.status(), want, `${name}: ${want}`);

async function signUp(w, hand, address) {
	await w.go('/');
	is(await w.checked(), '--', 'no topic is chosen beforehand');
	await hand.write(w, '#email', `${w.look.person}@example`);
	await hand.write(w, '#name', 'Ann “Zoë” <O’Hara>');
	await hand.tick(w, topic('articles'));
	await hand.press(w, save);
	status(w, 400, 'a slip in the address');
	is(await w.page.inputValue('#email'), `${w.look.person}@example`, 'the address as typed is in the form');
	is(await w.checked(), 'x-', 'and the choice');
	ok(await w.page.locator('[role=alert]').isVisible(), 'and what is wrong is said');
	is(await w.page.evaluate(() => document.activeElement.id), 'email', 'the field that is wrong has the focus');
	await hand.write(w, '#email', address);
	/* Tab goes on from the field that is wrong to the name */
	await hand.write(w, '#name', NAME);
	await (hand === keyboard ? w.turn(() => w.page.keyboard.press('Enter')) : hand.press(w, save));
	status(w, 200, 'corrected');
}

async function confirm(w, hand, address) {
	const state = () => sql(`SELECT state FROM subscription JOIN subscriber ON id = subscriber_id WHERE address = '${address}'`);
	const url = await mailed('confirm', address, /\/confirm\/[0-9a-f-]{36}/);
	await w.go(url);
	is(state(), '0', 'looking at the confirmation confirms nothing');
	await hand.press(w, save);
	is(state(), '1', 'the button does');
	is(sql(`SELECT language FROM subscriber WHERE address = '${address}'`), w.look.language, 'the language of the page is the one of mails');
	await hand.press(w, 'a[href*="/preferences/"]');
	const settings = w.page.url();
	await w.go(url);
	ok(await w.page.locator('main form').count() === 0, 'the second time there is no button');
	return settings;
}

async function settings(w, hand, url) {
	await w.go(url);
	is(await w.checked(), 'x-', 'what was asked for is on');
	is(await w.page.inputValue('#name'), NAME, 'the name is there');
	is(await w.page.inputValue('#language'), w.look.language, 'the language too');
	await hand.tick(w, topic('articles'));
	await hand.tick(w, topic('promotions'));
	/* Enter in a field saves; it does not press the second button, which leaves everything */
	await hand.write(w, '#name', 'Zoë');
	await (hand === keyboard ? w.turn(() => w.page.keyboard.press('Enter')) : hand.press(w, save));
	ok(await w.page.locator('[role=status]').isVisible(), 'it says that it is saved');
	await w.go(url);
	is(await w.checked(), '-x', 'and it is');
	is(await w.page.inputValue('#name'), 'Zoë', 'the name too');
}

async function leaving(w, hand, address) {
	const id = sql(`SELECT id FROM subscriber WHERE address = '${address}'`);
	const states = () => sql(`SELECT group_concat(state) FROM (SELECT state FROM subscription WHERE subscriber_id = ${id} ORDER BY topic_id)`);
	await w.go(leave(id, 2));
	is(states(), '2,1', 'looking at the page of leaving changes nothing');
	await hand.press(w, save);
	is(states(), '2,2', 'the button unsubscribes');
	await hand.press(w, 'main form button');
	is(states(), '2,1', 'the next takes it back');
	await w.go(`/preferences/${link('preferences', id, 0, 0, Math.floor(Date.now() / 1000) + 86400)}`);
	await hand.tick(w, topic('articles'));
	await hand.press(w, save);
	is(states(), '1,1', 'one comes back to a topic in the settings');
	await w.go(leave(id, 2));
	await hand.press(w, 'main form button[name=everything]');
	is(states(), '2,2', 'the quiet button leaves everything');
}

/* The choice of language lasts through a form, though nothing is kept in the browser. */
async function languages(w, hand) {
	const other = w.look.language === 'en' ? 'es' : 'en';
	await w.go('/');
	await hand.press(w, `a[hreflang=${other}]`);
	is(await w.page.evaluate(() => document.documentElement.lang), other, 'the other language is a link away');
	await hand.write(w, '#email', `${w.look.person}@example`);
	await hand.tick(w, topic('articles'));
	await hand.press(w, save);
	is(await w.page.evaluate(() => document.documentElement.lang), other, 'and stays when the form comes again');
	const id = sql(`SELECT id FROM subscriber WHERE address = '${w.look.person}@example.org'`);
	await w.go(`${leave(id, 1)}?lang=${other}`);
	await hand.press(w, save);
	is(await w.page.evaluate(() => document.documentElement.lang), other, 'also when one leaves');
}

run(async (browser) => {
	for (const look of looks) {
		const w = await Window.open(browser, look);
		const hand = look.keyboard ? keyboard : pointer;
		const address = `${look.person}@example.org`;
		console.log(`# ${w.name}, ${look.keyboard ? 'keyboard' : 'pointer'}`);
		await signUp(w, hand, address);
		await settings(w, hand, await confirm(w, hand, address));
		await leaving(w, hand, address);
		await languages(w, hand);
		is(w.troubles.join('\n'), '', 'nothing in the console');
		is((await w.context.cookies()).length, 0, 'no cookie');
		await w.close();
	}
});
