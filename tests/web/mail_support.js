/*
 * mail_support.js - what Gmail, Outlook, Apple Mail and Yahoo lack of what a mail uses, as caniemail.com has it (npm caniemail), and which of it
 * a reader there does not miss.
 */
'use strict';
const path = require('path');
const { pathToFileURL } = require('url');

const clients = ['gmail.*', 'outlook.*', 'apple-mail.*', 'yahoo.*'];

/*
 * What may be unsupported, or in part: by caniemail's title, why the mail reads well all the same. `only`: the values that the reason holds for,
 * of the CSS property of that name; another value is a finding. Everything else that caniemail names is one.
 */
const harmless = {
	/* Without <style>: inline styles make the whole layout; mails.js draws each mail without its <style> too. */
	'<style> element': 'narrower padding on telephones and the dark colours are lost, no more',
	'@media': 'the same: nothing but these two depends on it',
	'Class selector': 'the same: it goes with <style>',
	'Descendant combinator': 'the same',
	'Type selector': 'the same',
	'color-scheme CSS property': 'such programs keep the light colours, or make dark ones of them by themselves',
	'color-scheme meta tag': 'the same',
	'<body> element': 'becomes a <div>: what body is given is on the table inside it as well',
	/* Outlook for Windows draws with Word: square, of a fixed width, and with tables. */
	'border-radius': 'corners are square',
	'max-width': 'Outlook has a table of 600 px of its own, in comments that only it reads; images have a width attribute',
	'max-height property': 'the logo has a width; the line for inboxes is hidden by mso-hide',
	'overflow': 'hides the line for inboxes and words for screen readers, both of which mso-hide hides as well',
	'padding': 'it is on table cells; buttons have mso-padding-alt, and links at the foot their line height',
	'margin': 'paragraphs and headings, downward; a centred table is centred by its cell',
	'line-height': 'lines are a little tighter or wider',
	'width property': 'tables and images have the attribute too',
	'width attribute': 'images are no wider than they are drawn',
	'height attribute': 'empty rows have the style too',
	'height property': 'becomes min-height, which is the same for an empty row',
	'table-layout': 'keeps long lines of code in their frame; Outlook has room for them',
	'white-space': 'the postal address is on one line, or code is wrapped otherwise',
	'border': 'borders are of 5 px at the most, and on table cells; a quote has its indentation too',
	/* Long addresses: word-break, overflow-wrap and word-wrap stand together, and each program knows one of them. */
	'word-break': 'one of three ways to break a long address',
	'overflow-wrap': 'one of three ways to break a long address',
	/* For screen readers. */
	'aria-label attribute': 'the same words are in the link, out of sight, or are the title of the window',
	'role attribute': 'Windows Mail reads layout tables as tables',
	'lang attribute': 'it is on no cell',
	'<ul>, <ol> and <dl>': 'lists are neither reversed nor have items a number of their own',
	/* In part only, of which nothing is used. */
	'display': 'Gmail and Yahoo know these values; to Outlook they say nothing that tables have not said',
	'display:none': 'hides the line for inboxes, which has no height either',
	'background': 'no more than a colour',
	'font-size': 'in pixels; code inside a sentence, which is a little smaller, is not in Windows Mail',
	'font-weight': 'bold or normal',
	'text-align': 'to the left, or in the middle',
	'text-decoration': 'underlined or not',
	'align attribute': 'on cells',
	'mailto: links': 'an address alone',
};
const only = {
	'display': /^(block|inline-block|none)$/,
	'background': /^#[0-9a-f]{6}$/i,
	'font-size': /^(\d+px|90%)$/,
	'font-weight': /^(bold|normal|600)$/,
	'text-align': /^(left|center|right)$/,
	'text-decoration': /^(none|underline)$/,
	'overflow': /^hidden$/,
	'margin': /^[^-]*$/,
	'white-space': /^(pre-line|pre-wrap|nowrap)$/,
};

let caniemail;

/* Its reader gives up on "word-wrap", about which caniemail.com says nothing of some programs: overflow-wrap, which means the same, is judged. */
const judged = (html) => html.replace(/word-wrap:\s*break-word;?/g, '');

/* The findings of one mail's HTML, as lines. Into `seen` goes everything unsupported: by title, in which programs. */
async function unsupported(html, seen) {
	/* an ECMAScript module, which require() does not find */
	caniemail ||= (await import(pathToFileURL(path.join(process.env.NODE_PATH, 'caniemail/dist/index.js')))).caniemail;
	const { issues } = caniemail({ clients, html: judged(html) });
	const found = [];
	for (const kind of ['errors', 'warnings'])
		for (const [client, list] of issues[kind])
			for (const { title } of list) {
				seen[title] = (seen[title] || new Set()).add(client);
				if (!harmless[title])
					found.push(`${title}: not in ${client}`);
			}
	for (const [name, values] of Object.entries(only))
		for (const [, value] of html.matchAll(new RegExp(`[;"{ \\t]${name}:\\s*([^;"}!]*)`, 'g')))
			if (!values.test(value.trim()))
				found.push(`${name}: ${value}`);
	return [...new Set(found)];
}

/* What is allowed for and never came up, as lines: such a row has no reason to stay. */
const needless = (seen) => Object.keys(harmless).filter((title) => !seen[title]);

module.exports = { needless, unsupported };
