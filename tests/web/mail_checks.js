/*
 * mail_checks.js - what holds for every mail as it is drawn. A mail is { name, language, html, text } (mails.js).
 */
'use strict';
const { is } = require('./lib');

const widths = [320, 600, 1200];
const SMALLEST = 13; /* pixels of a letter */
const TARGET = 24;   /* pixels of what is pressed (WCAG 2.5.8); a link inside a sentence is as high as its line */

/* In the page: everything that is wrong with the layout, as lines. */
function faults([smallest, target]) {
	const out = [];
	const root = document.documentElement;
	const told = (e) => `<${e.tagName.toLowerCase()} ${e.className}> "${e.textContent.trim().slice(0, 40)}"`;
	/* out of sight on purpose: the line for inboxes, words for screen readers */
	const hidden = (e) => e.closest('.unseen') || e.getClientRects().length === 0;

	if (root.scrollWidth > root.clientWidth)
		out.push(`scrolls sideways by ${root.scrollWidth - root.clientWidth} px`);
	for (const e of document.body.querySelectorAll('*')) {
		const box = e.getBoundingClientRect();
		if (hidden(e))
			continue;
		if (getComputedStyle(e).overflow !== 'visible' && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1))
			out.push(`cut: ${told(e)}`);
		if (box.width > 0 && (box.left < -0.5 || box.right > root.clientWidth + 0.5))
			out.push(`beyond the edge: ${told(e)}`);
	}
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (/\S/.test(walk.currentNode.data) && !hidden(e) && parseFloat(getComputedStyle(e).fontSize) < smallest &&
			walk.currentNode.data.trim())
			out.push(`small letters: ${told(e)}`);
	}
	for (const a of document.querySelectorAll('a')) {
		const box = a.getBoundingClientRect();
		const around = a.closest('p, li, blockquote');
		const sentence = getComputedStyle(a).display === 'inline' && around && around.textContent.trim() !== a.textContent.trim();
		if (!sentence && (box.height < target || box.width < target))
			out.push(`${Math.round(box.width)} x ${Math.round(box.height)} px to press: ${told(a)}`);
	}
	for (const img of document.querySelectorAll('img'))
		if (!img.alt)
			out.push(`no alt: ${img.src}`);
	return out;
}

async function layout(page, mail, name, at) {
	const found = [];
	for (const width of at) {
		await page.setViewportSize({ width, height: 800 });
		for (const fault of await page.evaluate(faults, [SMALLEST, TARGET]))
			found.push(`${width} px: ${fault}`);
	}
	is(found.join('\n'), '', `${mail.name}, ${name}: nothing scrolls sideways, is cut or too small`);
}

/* Gmail shows mail of accounts elsewhere without its <style>, and Outlook for Windows knows little of what is in there. */
async function unstyled(page, mail) {
	await page.evaluate(() => document.querySelectorAll('style').forEach((s) => s.remove()));
	await layout(page, mail, 'without <style>', [320, 600]);
	const column = await page.evaluate(() => Math.max(...[...document.querySelectorAll('table')].slice(1).map((t) => t.offsetWidth)));
	is(column <= 600, true, `${mail.name}, without <style>: a column of 600 px (${column})`);
}

/*
 * Words that people see, in order: letters and digits, in lower case. What stands between them differs on purpose.
 */
const words = (text) => text.toLowerCase().normalize('NFC').match(/[\p{L}\p{N}]+/gu) || [];

/* Everything that the HTML says the text part says too. page: as loaded. unsaid: phrases that a text has no use for. */
async function said(page, mail, unsaid) {
	let seen = await page.evaluate(() => {
		for (const e of document.querySelectorAll('.unseen'))
			e.remove();
		return document.body.innerText;
	});
	for (const phrase of unsaid)
		seen = seen.replace(phrase, ' ');
	const has = new Set(words(mail.text));
	is([...new Set(words(seen))].filter((word) => !has.has(word)).join(' '), '', `${mail.name}: the text part says every word of the HTML`);
}

/* The text part: 72 columns, but for an address, which stands alone so that it can be pressed. */
function narrow(mail) {
	const long = mail.text.split('\n').filter((line) => [...line].length > 72 && !/^\S*https?:\/\/\S+$/.test(line.trim()));
	is(long.join('\n'), '', `${mail.name}: the text part has 72 columns`);
	is(/\n\n\n\n|[ \t]+\n/.test(mail.text), false, `${mail.name}: no gaps, nothing at the ends of lines`);
}

module.exports = { layout, narrow, said, unstyled, widths };
