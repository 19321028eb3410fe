/*
 * mail_pictures.js - draws every mail (mail_list.js) at its widths, in the light and in the dark, into the folder SCREENSHOTS; writes
 * the page that shows them all, SCREENSHOTS/MAILS.md. Prints TAP.
 */
'use strict';
const { fs, ok, path, run } = require('./lib');
const { mails, serve } = require('./mail_list');

const folder = process.env.SCREENSHOTS;
/* The Spanish ones differ in their words: a picture of each width that words fill. */
const looks = {
	en: [[1200, 'light'], [600, 'light'], [320, 'light'], [1200, 'dark'], [600, 'dark'], [320, 'dark']],
	es: [[600, 'light'], [320, 'dark']],
};
const shown = { 1200: 400, 600: 240, 320: 140 }; /* pixels on the page */
const what = {
	confirm: 'Asks whoever signed up to confirm',
	already: 'To somebody who signs up again',
	manage: 'The link to one’s settings and data',
	welcome: 'After confirming, with the newest articles',
	digest: 'New articles, with words before them',
	'digest-test': 'The test copy of the same, for staff',
	article: 'One new article',
	promotion: 'A promotion, with everything that Markdown can do',
	'promotion-approve': 'The draft of the same, for its owner to approve',
	paused: 'To the operator: a mailing was paused',
	'paused-held': 'To the operator: one waits for a decision',
	'paused-ended': 'To the operator: too much comes back after its end',
	forward: 'To whoever reads what people write to the newsletter',
	surge: 'To the operator: more sign up than the limit lets through',
};

function row(mail) {
	const picture = ([width, scheme]) => `<img src="pictures/${file(mail, width, scheme)}" ` +
		`alt="${mail.name}, ${width} px, ${scheme}" width="${shown[width]}">`;
	const form = mail.name.split('.')[0];
	const cells = ['light', 'dark'].map((scheme) => looks[mail.language].filter((look) => look[1] === scheme).map(picture).join(' '));
	return `| **${form}**<br>${what[form] || ''}<br>“${mail.subject}” | ${cells.join(' | ')} |`;
}

const file = (mail, width, scheme) => `mail-${mail.name.replace('.', '-')}-${width}${scheme === 'dark' ? '-dark' : ''}.png`;

function write() {
	const rows = (language) => mails.filter((m) => m.language === language).map(row).join('\n');
	const table = (language) => `| mail | light | dark |\n|---|---|---|\n${rows(language)}\n`;
	fs.writeFileSync(path.join(folder, 'MAILS.md'), `# Every mail

Made by the programs from the content in \`tests/data/mails\`, and drawn by Chromium with \`make pictures\`: at 1200, 600 and 320 pixels, in
the light and in the dark. The photographs are stood in for by hills. \`tests/web/mails.t\` looks at the same mails: html-validate, axe-core
and what caniemail.com says of Gmail, Outlook, Apple Mail and Yahoo; without pictures, without \`<style>\`, and in programs that make their
own dark colours. \`tests/daemon/spam.t\` asks SpamAssassin and rspamd.

${table('en')}
## In Spanish

${table('es')}`);
}

run(async (browser) => {
	const page = await browser.newPage();
	await serve(page, [], false);
	for (const mail of mails)
		for (const [width, colorScheme] of looks[mail.language]) {
			const target = path.join(folder, file(mail, width, colorScheme));
			await page.emulateMedia({ colorScheme });
			await page.setViewportSize({ width, height: 300 });
			await page.setContent(mail.html);
			await page.screenshot({ path: target, fullPage: true });
			ok(fs.statSync(target).size > 1000, path.basename(target));
		}
	write();
});
