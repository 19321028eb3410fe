/*
 * mail_dark.js - mails in programs that make their own dark colours out of light ones, as Outlook.com and Gmail do: Chromium does the same to
 * pages that know no dark mode. What came out is looked at in the picture, for no style sheet says it.
 */
'use strict';
const { is } = require('./lib');

const READABLE = 4.5; /* contrast of letters to what is behind them (WCAG 1.4.3) */
const LARGE = 3;      /* of those of 24 px, or 19 px and bold */

/* In the page: the words, each as its box and the contrast that it needs. */
function words([readable, large]) {
	const out = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const e = walk.currentNode.parentElement;
		if (!/\S/.test(walk.currentNode.data) || e.closest('.unseen') || e.getClientRects().length === 0)
			continue;
		const style = getComputedStyle(e);
		const size = parseFloat(style.fontSize);
		const range = document.createRange();
		for (const word of walk.currentNode.data.matchAll(/\S+/g)) {
			range.setStart(walk.currentNode, word.index);
			range.setEnd(walk.currentNode, word.index + word[0].length);
			for (const box of range.getClientRects())
				out.push({ x: box.left + scrollX, y: box.top + scrollY, width: box.width, height: box.height, text: word[0].slice(0, 40),
					need: size >= 24 || (size >= 18.6 && style.fontWeight >= 700) ? large : readable });
		}
	}
	return out;
}

/* In an empty page: of those boxes of a picture, the ones whose letters do not stand out. */
async function faint([png, boxes]) {
	const image = await createImageBitmap(await (await fetch(`data:image/png;base64,${png}`)).blob());
	const canvas = new OffscreenCanvas(image.width, image.height);
	const context = canvas.getContext('2d', { willReadFrequently: true });
	const part = (v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4);
	const luminance = (c) => 0.2126 * part(c >> 16) + 0.7152 * part((c >> 8) & 255) + 0.0722 * part(c & 255);
	const out = [];
	context.drawImage(image, 0, 0);
	for (const box of boxes) {
		const { data } = context.getImageData(Math.floor(box.x), Math.floor(box.y), Math.ceil(box.width), Math.ceil(box.height));
		const count = new Map();
		for (let i = 0; i < data.length; i += 4) {
			const c = (data[i] << 16) | (data[i + 1] << 8) | data[i + 2];
			count.set(c, (count.get(c) || 0) + 1);
		}
		/* what there is most of is behind the letters; the letters are what differs from it most */
		const behind = luminance([...count].sort((a, b) => b[1] - a[1])[0][0]);
		const best = Math.max(...[...count.keys()].map((c) => {
			const l = luminance(c);
			return (Math.max(l, behind) + 0.05) / (Math.min(l, behind) + 0.05);
		}));
		if (best < box.need)
			out.push(`${best.toFixed(1)}: "${box.text}"`);
	}
	return out;
}

/* Without what tells the program that the mail has dark colours of its own. */
const ignorant = (html) => html.replace(/<meta name="(supported-)?color-schemes?"[^>]*>/g, '').replace(/:root\s*\{[^}]*\}/g, '')
	.replace(/@media \(prefers-color-scheme: dark\)/g, '@media not all');

/* pages: { drawn, empty }, both open; drawn loads the mail's pictures. Returns the picture. */
async function inverted(pages, mail) {
	const debug = await pages.drawn.context().newCDPSession(pages.drawn);
	await debug.send('Emulation.setAutoDarkModeOverride', { enabled: true });
	await pages.drawn.setViewportSize({ width: 600, height: 800 });
	await pages.drawn.setContent(ignorant(mail.html));
	const png = await pages.drawn.screenshot({ fullPage: true });
	const boxes = await pages.drawn.evaluate(words, [READABLE, LARGE]);
	const found = await pages.empty.evaluate(faint, [png.toString('base64'), boxes]);
	await debug.send('Emulation.setAutoDarkModeOverride', { enabled: false });
	await debug.detach();
	is(found.join('\n'), '', `${mail.name}, made dark by the program: ${boxes.length} words stand out`);
	return png;
}

module.exports = { inverted };
