/*
 * pages.js - every page that a visitor can come to, one a row. Prints nothing; every.js walks through it, and pictures.js draws it.
 *
 *   name      of the page and of its picture
 *   template  of templates/web that it is made from
 *   words     a key of words/en.txt that it says; without the template, or the words, there is no such page
 *   what      it is, for docs/PAGES.md
 *   status    of the answer
 *   heading   what its <h1> says: one pattern, or one for each language
 *   come      (w) => …: bring the window w there, with people and links of its own
 *   public    it may be found by search engines
 *   open      it may be kept by a browser, for nothing in it is anybody's own
 *   turns     the language in which it answers, by the one that the browser asks for
 *   mail      it shows a mail as it was sent: its HTML is written for mail programs
 *   few       it takes long: not in every window
 */
'use strict';
const fs = require('fs');
const path = require('path');
const { asked, link, lockStore, now, person, reader, token, tomorrow } = require('./lib');

const NOBODY = '01234567-89ab-4def-8123-456789abcdef';
const settings = (id) => `/preferences/${link('preferences', id, 0, 0, tomorrow())}`;
const leave = (id, topic) => `/u/${link('unsubscribe', id, topic, 0, 0)}`;

/* The form filled in, but for what fields says; sent. */
async function signUp(w, fields) {
	await w.go('/');
	const all = { email: 'ann@example.org', name: 'Ann Zoë', topic: 0, ...fields };
	await w.page.fill('#email', all.email);
	await w.page.fill('#name', all.name);
	if (all.topic !== null)
		await w.page.locator('input[name=topic]').nth(all.topic).check();
	if (all.form_token)
		await w.page.evaluate((text) => { document.querySelector('[name=form_token]').value = text; }, all.form_token);
	/* what the server says is looked at, not what the browser says before it */
	await w.page.evaluate(() => { document.querySelector('main form').noValidate = true; });
	await w.press('main form button');
}

/* Send the form with a value that no browser would let through. */
async function stuff(w, bytes) {
	await w.go('/');
	await w.page.evaluate((n) => {
		const name = document.querySelector('#name');
		name.removeAttribute('maxlength');
		name.value = 'x'.repeat(n);
		document.querySelector('main form').noValidate = true;
	}, bytes);
	await w.press('main form button');
}

async function busy(w) {
	const release = await lockStore();
	try {
		await signUp(w, {});
	} finally {
		await release();
	}
}

async function saved(w, change, language) {
	await w.go(settings(person('Ann Zoë', [1, 2], language)));
	await change(w.page);
	await w.press('main form button:not([name])');
}

async function left(w, topic, states) {
	await w.go(leave(person('ann', states || [1, 1]), topic));
	await w.press('main form button:not([name])');
}

async function manage(w, address) {
	await w.go('/manage');
	await w.page.fill('#email', address);
	await w.page.evaluate(() => { document.querySelector('main form').noValidate = true; });
	await w.press('main form button');
}

const myData = (id) => `/my-data/${token('my-data', id, now() + 3000)}`;

async function erase(w, confirmed) {
	await w.go(myData(person('ann', [1, 2])));
	await w.page.evaluate(() => { document.querySelector('main form').noValidate = true; });
	if (confirmed)
		await w.page.locator('input[name=confirm]').check();
	await w.press('main form button');
}

async function archived(w) {
	await w.go('/archive');
	await w.press('main .entry a');
}

/* By the keyboard: the browser may give a click that follows a scroll to the frame that stood there. */
async function decide(w, what) {
	await w.go(`/approve/${asked('held')}`);
	await w.turn(() => w.page.locator(`main form button[value=${what}]`).press('Enter'));
}

const all = [
	{ name: 'signup', template: 'signup', what: 'The form, as it comes',
		status: 200, heading: /newsletter|bolet/i, public: true, come: (w) => w.go('/') },
	{ name: 'signup-topic', template: 'signup', what: 'The same from a link that names a topic (`/?topic=articles`)',
		status: 200, heading: /newsletter|bolet/i, public: true, come: (w) => w.go('/?topic=articles') },
	{ name: 'signup-error-address', template: 'signup', what: 'Something is wrong: it is said above, and the field has the focus',
		status: 400, heading: /newsletter|bolet/i, public: true, come: (w) => signUp(w, { email: 'ann@example' }) },
	{ name: 'signup-error-name', template: 'signup', what: 'The name holds a link',
		status: 400, heading: /newsletter|bolet/i, public: true, come: (w) => signUp(w, { name: 'win at https://spam.example' }) },
	{ name: 'signup-error-topic', template: 'signup', what: 'No topic is chosen',
		status: 400, heading: /newsletter|bolet/i, public: true, come: (w) => signUp(w, { topic: null }) },
	{ name: 'signup-out-of-date', template: 'signup', what: 'The wording of consent has changed since the form was opened',
		status: 400, heading: /newsletter|bolet/i, public: true, come: (w) => signUp(w, { form_token: 'A'.repeat(32) }) },
	{ name: 'signup-suggestion', template: 'signup', words: 'signup.did-you-mean', what: 'The address may hold a slip: a hint, and a button for it',
		status: 400, heading: /newsletter|bolet/i, public: true, come: (w) => signUp(w, { email: 'ann@gmial.com' }) },
	{ name: 'check-mail', template: 'check-mail', what: 'The answer to every signup, whoever asked',
		status: 200, heading: { en: /check your mail/i, es: /correo/i }, come: (w) => signUp(w, {}) },
	{ name: 'confirm', template: 'confirm', what: 'What the link in the confirmation opens; only the button subscribes',
		status: 200, heading: { en: /confirm/i, es: /confirm/i },
		come: (w) => w.go(`/confirm/${token('confirm', person('ann', [0, 0]), tomorrow())}`) },
	{ name: 'confirmed', template: 'confirmed', what: 'The button was pressed',
		status: 200, heading: { en: /you are subscribed/i, es: /ya está en la lista/i }, come: async (w) => {
		await w.go(`/confirm/${token('confirm', person('ann', [0, 0]), tomorrow())}`);
		await w.press('main form button');
	} },
	{ name: 'already-confirmed', template: 'already-confirmed', what: 'The link is opened again',
		status: 200, heading: { en: /already/i, es: /ya/i },
		come: (w) => w.go(`/confirm/${token('confirm', person('ann', [1, 1]), tomorrow(), 1700000001)}`) },
	{ name: 'confirm-too-old', template: 'link-expired', what: 'The link is older than its days',
		status: 410, heading: { en: /no longer works/i, es: /enlace/i },
		come: (w) => w.go(`/confirm/${token('confirm', person('ann', [0, 0]), now() - 10)}`) },
	{ name: 'preferences', template: 'preferences', what: 'One’s topics, name and language, from the link in every mail',
		status: 200, heading: { en: /your settings/i, es: /sus ajustes/i }, come: (w) => w.go(settings(person('Ann Zoë', [1, 2]))) },
	{ name: 'preferences-saved', template: 'preferences', what: 'Saved',
		status: 200, heading: { en: /your settings/i, es: /sus ajustes/i },
		come: (w) => saved(w, (page) => page.locator('input[name=topic]').nth(1).check()) },
	{ name: 'preferences-nothing', template: 'preferences', what: 'Saved with no topic left',
		status: 200, heading: { en: /your settings/i, es: /sus ajustes/i },
		come: (w) => saved(w, (page) => page.locator('input[name=topic]').nth(0).uncheck()) },
	{ name: 'preferences-language', template: 'preferences', what: 'Another language was chosen: the answer is in it',
		status: 200, heading: { en: /sus ajustes/i, es: /your settings/i }, turns: { en: 'es', es: 'en' },
		come: (w) => saved(w, (page) => page.selectOption('#language', w.look.language === 'es' ? 'en' : 'es'), w.look.language) },
	{ name: 'preferences-too-old', template: 'link-expired', what: 'The link is older than 30 days',
		status: 410, heading: { en: /no longer works/i, es: /enlace/i },
		come: (w) => w.go(`/preferences/${link('preferences', 1, 0, 0, 1600000000)}`) },
	{ name: 'unsubscribe', template: 'unsubscribe', what: 'What “unsubscribe” in a mail opens',
		status: 200, heading: { en: /unsubscribe/i, es: /baja/i }, come: (w) => w.go(leave(person('ann', [1, 1]), 1)) },
	{ name: 'unsubscribe-everything', template: 'unsubscribe', what: 'The same for every topic at once',
		status: 200, heading: { en: /unsubscribe/i, es: /baja/i }, come: (w) => w.go(leave(person('ann', [1, 1]), 0)) },
	{ name: 'unsubscribed', template: 'unsubscribed', what: 'Left one topic; a button takes it back for an hour',
		status: 200, heading: { en: /you are unsubscribed/i, es: /baja/i }, come: (w) => left(w, 1) },
	{ name: 'unsubscribed-everything', template: 'unsubscribed', what: 'Left all',
		status: 200, heading: { en: /you are unsubscribed/i, es: /baja/i }, come: async (w) => {
		await w.go(leave(person('ann', [1, 1]), 1));
		await w.press('main form button[name=everything]');
	} },
	{ name: 'undone', template: 'undone', what: 'It was a slip, and is taken back',
		status: 200, heading: { en: /as it was/i, es: /como antes|como estaba/i }, come: async (w) => {
		await left(w, 0);
		await w.press('main form button');
	} },
	{ name: 'undo-too-late', template: 'link-expired', what: 'The hour is over',
		status: 410, heading: { en: /no longer works/i, es: /enlace/i }, come: async (w) => {
		await left(w, 0);
		await w.page.evaluate((text) => { document.querySelector('[name=undo]').value = text; }, 'A'.repeat(32));
		await w.press('main form button');
	} },
	{ name: 'manage', template: 'manage', what: 'Whoever has no mail at hand asks for a link to their settings and data', status: 200,
		heading: { en: /your link/i, es: /su enlace/i }, come: (w) => w.go('/manage') },
	{ name: 'manage-error', template: 'manage', what: 'The address is none', status: 400, heading: { en: /your link/i, es: /su enlace/i },
		come: (w) => manage(w, 'ann@example') },
	{ name: 'manage-sent', template: 'manage-sent', what: 'The answer to everybody, on the list or not', status: 200,
		heading: { en: /check your mail/i, es: /correo/i }, come: (w) => manage(w, 'ann@example.org') },
	{ name: 'my-data', template: 'my-data', what: 'All that is stored about one person, to save or to erase', status: 200,
		heading: { en: /your data/i, es: /sus datos/i }, come: (w) => w.go(myData(reader())) },
	{ name: 'my-data-unconfirmed', template: 'my-data', what: 'Erasing without having ticked the box', status: 400,
		heading: { en: /your data/i, es: /sus datos/i }, come: (w) => erase(w, false) },
	{ name: 'erased', template: 'erased', what: 'Erased', status: 200, heading: { en: /erased/i, es: /borrado/i }, come: (w) => erase(w, true) },
	{ name: 'my-data-too-old', template: 'link-expired', words: 'link-expired.mydata', what: 'The link is older than an hour', status: 410,
		heading: { en: /no longer works/i, es: /enlace/i },
		come: (w) => w.go(`/my-data/${token('my-data', person('ann', [1, 1]), now() - 10)}`) },
	{ name: 'archive', template: 'archive', what: 'Past mailings', status: 200, heading: { en: /past newsletters/i, es: /boletines/i }, public: true,
		open: true, come: (w) => w.go('/archive') },
	{ name: 'archive-page', template: 'archive-page', what: 'One of them, as it looked', status: 200, heading: /./, public: true, open: true,
		mail: true, come: archived },
	{ name: 'view', template: 'archive-page', what: 'A reader’s own link to the mail in the browser, for what stands in no archive', status: 200,
		heading: /./, mail: true, turns: { en: 'en', es: 'en' }, come: (w) => w.go(`/view/${link('view', reader(), 0, 1, tomorrow())}`) },
	{ name: 'view-too-old', template: 'link-expired', words: 'link-expired.view', what: 'The link is older than 30 days', status: 410,
		heading: { en: /no longer works/i, es: /enlace/i }, come: (w) => w.go(`/view/${link('view', 1, 0, 1, 1600000000)}`) },
	{ name: 'approve', template: 'approve', what: 'What the mail to whoever approves a mailing opens', status: 200,
		heading: { en: /shall this/i, es: /enviamos/i }, come: (w) => w.go(`/approve/${asked('held')}`) },
	{ name: 'approve-scheduled', template: 'approve-state', what: '“Send it” was pressed: until it starts it can be stopped', status: 200,
		heading: { en: /will be sent/i, es: /va a enviar/i }, come: (w) => decide(w, 'approve') },
	{ name: 'approve-rejected', template: 'approve-state', what: '“Do not send it” was pressed', status: 200,
		heading: { en: /not sent/i, es: /no se envía/i }, come: (w) => decide(w, 'reject') },
	{ name: 'approve-sending', template: 'approve-state', what: 'It is being sent', status: 200, heading: { en: /being sent/i, es: /enviando/i },
		come: (w) => w.go(`/approve/${asked('sending', 'approved', { started_at: now(), deadline: tomorrow() })}`) },
	{ name: 'approve-done', template: 'approve-state', what: 'It was sent', status: 200, heading: { en: /was sent/i, es: /ha enviado/i },
		come: (w) => w.go(`/approve/${asked('done', 'approved', { started_at: now(), finished_at: now() })}`) },
	{ name: 'approve-waits', template: 'approve-state', what: 'A rule or staff stopped it afterwards', status: 200,
		heading: { en: /on hold/i, es: /detenido/i }, come: (w) => w.go(`/approve/${asked('held', 'approved')}`) },
	{ name: 'approve-expired', template: 'approve-state', what: 'Nobody decided in time', status: 410, heading: { en: /not sent/i, es: /no se envía/i },
		come: (w) => w.go(`/approve/${asked('cancelled', 'expired', { finished_at: now() })}`) },
	{ name: 'approve-over', template: 'approve-state', what: 'The offer ended meanwhile', status: 200, heading: { en: /not sent/i, es: /no se envía/i },
		come: (w) => w.go(`/approve/${asked('cancelled', 'rejected', { valid_until: now() - 60, finished_at: now() })}`) },
	{ name: 'draft', template: 'archive-page', what: 'The mail that is to be approved, as it stands in that page', status: 200, heading: /./, mail: true,
		turns: { en: 'en', es: 'en' }, come: (w) => w.go(`/draft/${asked('held')}`) },
	{ name: 'link-broken', template: 'link-expired', what: 'A link that was not copied completely',
		status: 404, heading: { en: /no longer works/i, es: /enlace/i }, come: (w) => w.go(`/confirm/${NOBODY}`) },
	{ name: 'error-400', template: 'error', what: 'An address that cannot be read',
		status: 400, heading: { en: /cannot read/i, es: /./ }, come: (w) => w.go('/?topic=%ff') },
	{ name: 'error-404', template: 'error', what: 'No such page',
		status: 404, heading: { en: /no such page/i, es: /página/i }, come: (w) => w.go('/nowhere') },
	{ name: 'error-405', template: 'error', what: 'A page opened that only takes forms',
		status: 405, heading: { en: /does not work/i, es: /./ }, come: (w) => w.go('/subscribe') },
	{ name: 'error-413', template: 'error', what: 'More than a request may hold',
		status: 413, heading: { en: /too much/i, es: /demasiado/i }, come: (w) => stuff(w, 70000) },
	{ name: 'error-414', template: 'error', what: 'An address that is too long',
		status: 414, heading: { en: /too long/i, es: /larg/i }, come: (w) => w.go(`/?x=${'x'.repeat(3000)}`) },
	{ name: 'error-503', template: 'error', what: 'The store is locked: nothing was recorded',
		status: 503, heading: { en: /busy/i, es: /./ }, few: true, come: busy },
];

const templates = path.join(__dirname, '../../templates/web');
const words = fs.readFileSync(path.join(templates, '../words/en.txt'), 'utf8');
const pages = all.filter((page) => fs.existsSync(path.join(templates, `${page.template}.html.mustache`)) &&
	(!page.words || words.includes(`\n${page.words} =`)));
for (const page of pages)
	if (page.heading instanceof RegExp)
		page.heading = { en: page.heading, es: page.heading };

/* Templates that are whole pages, of which there is no row here. The preview is staff's own page: preview.t looks at it. */
function forgotten() {
	return fs.readdirSync(templates).filter((file) => /<\/title>/.test(fs.readFileSync(path.join(templates, file), 'utf8')))
		.map((file) => file.replace('.html.mustache', '')).filter((name) => !['preview', 'report'].includes(name) && !pages.some((page) => page.template === name));
}

module.exports = { forgotten, leave, pages, settings, signUp };
