/*
 * mails.js - every mail (mail_list.js): its source by html-validate and by what mail programs support; drawn at three widths, in the light
 * and in the dark, without pictures, without <style>, and as programs draw it that make their own dark colours; its text part beside it.
 * What colours do is looked at in English alone, for words cannot change it. MAIL=REGEX: only those. Prints TAP.
 */
'use strict';
const { accessible } = require('./axe');
const { mailValidator } = require('./checks');
const { fs, is, ok, path, run } = require('./lib');
const { layout, narrow, said, unstyled, widths } = require('./mail_checks');
const { inverted } = require('./mail_dark');
const { forgotten, mails, serve } = require('./mail_list');
const { needless, unsupported } = require('./mail_support');

const LARGEST = 80 * 1024; /* bytes of HTML; Gmail cuts at 102 KB */
const words = (language) => fs.readFileSync(path.join(__dirname, `../../templates/words/${language}.txt`), 'utf8');
const spoken = { en: words('en'), es: words('es') };
const phrase = (key, language) => spoken[language].split('\n').find((line) => line.startsWith(`${key} = `)).slice(key.length + 3);

/* What the HTML says of itself, which is another thing in the text part; by template. */
const unsaid = {
	/* a text has no buttons: the address is there at once */
	confirm: ['mail-confirm.button', 'mail-confirm.copy'],
	already: ['mail-already.button', 'mail-already.well'],
};

async function source(mail, seen) {
	const report = await mailValidator.validateString(mail.html);
	const wrong = report.results.flatMap((r) => r.messages).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`);
	is(wrong.join('\n'), '', `${mail.name}: html-validate finds nothing`);
	is((await unsupported(mail.html, seen)).join('\n'), '', `${mail.name}: Gmail, Outlook, Apple Mail and Yahoo know all that matters`);
	is(/\{\{|\}\}|[\x01\x02]/.test(mail.html + mail.text + mail.subject), false, `${mail.name}: no mark of the template is left`);
	ok(Buffer.byteLength(mail.html) < LARGEST, `${mail.name}: ${Buffer.byteLength(mail.html)} bytes, below 80 KB`);
	is(mail.html.match(/<html lang="([^"]*)"/)[1], mail.language, `${mail.name}: its language`);
	narrow(mail);
}

async function drawn(w, mail) {
	const first = mail.language === 'en';
	for (const colorScheme of first ? ['light', 'dark'] : ['light']) {
		await w.page.emulateMedia({ colorScheme });
		await w.page.setContent(mail.html);
		await layout(w.page, mail, colorScheme, widths);
	}
	await w.page.setViewportSize({ width: 600, height: 800 });
	/* a mail is shown inside its program's own landmarks, and has none */
	const off = ['region', 'landmark-one-main'];
	await accessible(w, mail.name, first ? { off, schemes: ['light', 'dark'] } : { off: [...off, 'color-contrast'], schemes: ['light'] });
	await said(w.page, mail, (unsaid[mail.template] || []).map((key) => phrase(key, mail.language)));
	await w.page.setContent(mail.html);
	await unstyled(w.page, mail);
}

/* Words stand for each picture, where it would be. */
async function blocked(page, mail) {
	await page.setContent(mail.html);
	await layout(page, mail, 'without pictures', [320, 600]);
	const missing = await page.evaluate(() => [...document.images].filter((i) => i.naturalWidth || i.offsetHeight < 12 || i.offsetHeight > 120)
		.map((i) => `${i.alt}: ${i.offsetHeight} px`));
	is(missing.join('\n'), '', `${mail.name}, without pictures: words stand for each`);
}

run(async (browser) => {
	const seen = {};
	const elsewhere = [];
	const open = async (without) => {
		const page = await browser.newPage();
		if (without !== undefined)
			await serve(page, elsewhere, without);
		return page;
	};
	const w = { page: await open(false), look: {} };
	const bare = await open(true);
	const pages = { drawn: await open(false), empty: await open() };

	is(forgotten().join(' '), '', 'every template of templates/mail is looked at, in each language');
	for (const mail of mails) {
		if (process.env.MAIL && !new RegExp(process.env.MAIL).test(mail.name))
			continue;
		await source(mail, seen);
		await drawn(w, mail);
		await blocked(bare, mail);
		if (mail.language === 'en')
			await inverted(pages, mail);
	}
	is(elsewhere.join('\n'), '', 'nothing but the site’s own pictures is fetched');
	if (!process.env.MAIL)
		is(needless(seen).join(', '), '', 'whatever is allowed to be unsupported is used');
	for (const title of Object.keys(seen).sort())
		console.log(`# not everywhere: ${title} (${[...seen[title]].sort().join(' ')})`);
});
