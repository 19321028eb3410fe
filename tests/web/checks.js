/*
 * checks.js - what holds for every page, as it comes and as it is drawn. Each function makes its checks under the name it is given.
 */
'use strict';
const { CspEvaluator } = require('csp_evaluator');
const { CspParser } = require('csp_evaluator/dist/parser');
const { Version } = require('csp_evaluator/dist/csp');
const { Severity } = require('csp_evaluator/dist/finding');
const { HtmlValidate, StaticConfigLoader } = require('html-validate');
const { is, ok } = require('./lib');

const PAGE_MAX = 30 * 1024;
const rules = {
	extends: ['html-validate:recommended', 'html-validate:document', 'html-validate:a11y'],
	rules: {
		/* Titles are a page's heading and the site's name; how long that is, the site says. */
		'long-title': 'off',
		/* Lines that hold nothing but a template's tag end in what the tag left; no reader minds. */
		'no-trailing-whitespace': 'off',
		/* The style sheet comes from here: who could change it could change the page. */
		'require-sri': ['error', { target: 'crossorigin' }],
		/* Check boxes of one name are one choice of several. */
		'form-dup-name': ['error', { shared: ['checkbox', 'radio', 'submit', 'button', 'reset'] }],
	},
};
const validator = new HtmlValidate(new StaticConfigLoader(rules));
/* A mail is HTML for mail programs. What concerns those who read it stays on. */
const mailValidator = new HtmlValidate(new StaticConfigLoader({ ...rules, rules: {
	...rules.rules,
	/* Outlook for Windows takes bgcolor, align, width and border from attributes alone. */
	'no-deprecated-attr': 'off',
	/* Gmail drops <style> for accounts elsewhere: the layout is in style attributes. */
	'no-inline-style': 'off',
	/* width="100%" and border="0" on tables: the same Outlook. */
	'attribute-allowed-values': 'off',
	/* Mail programs turn <article> into <div> and lose what it says; a role on a <div> stays. */
	'prefer-native-element': 'off',
	/* Outlook for Windows needs a table of a fixed width, which only it reads. */
	'no-conditional-comment': 'off',
	/* Layout tables have rows, and nothing to tell apart in them. */
	'prefer-tbody': 'off',
} }));

/* What csp_evaluator says of a policy that is no more than it thinks of one in general, it calls information. */
const grave = [Severity.HIGH, Severity.SYNTAX, Severity.MEDIUM, Severity.HIGH_MAYBE, Severity.MEDIUM_MAYBE];

/* What html-validate finds in a page, or in a mail: lines, none of them when all is well. */
async function wrong(html, mail) {
	const report = await (mail ? mailValidator : validator).validateString(html);
	return report.results.flatMap((r) => r.messages).map((m) => `${m.line}:${m.column} ${m.ruleId}: ${m.message}`).join('\n');
}

/* The answer itself: headers, size, source. page: a row of pages.js. Returns the source. */
async function source(w, page, name) {
	const headers = await w.response.allHeaders();
	const html = (await w.response.body()).toString('utf8');
	const csp = headers['content-security-policy'] || '';
	const parsed = new CspParser(csp).csp;
	const findings = new CspEvaluator(parsed, Version.CSP3).evaluate().filter((f) => grave.includes(f.severity));

	is(w.response.status(), page.status, `${name}: status`);
	ok(csp && !findings.length, `${name}: csp_evaluator finds nothing`, csp + JSON.stringify(findings));
	is(headers['referrer-policy'], 'no-referrer', `${name}: no referrer`);
	is(headers['x-content-type-options'], 'nosniff', `${name}: no sniffing`);
	is(headers['set-cookie'], undefined, `${name}: no cookie`);
	if (!page.open)
		is(headers['cache-control'], 'no-store', `${name}: not stored`);
	if (!page.public)
		ok(/<meta name="robots" content="noindex">/.test(html), `${name}: not to be found by search engines`);
	is(await wrong(html, page.mail), '', `${name}: html-validate finds nothing`);
	ok(html.length < PAGE_MAX, `${name}: ${Buffer.byteLength(html)} bytes, below 30 KB`);
	is(/<script|\son[a-z]+=|javascript:/i.test(html.replace(page.allow || /^$/, '')), false, `${name}: no script in it`);
	is(/[{}]{2}/.test(html), false, `${name}: no mark of the template is left`);
	return html;
}

/* How it is drawn. page.heading: what its one <h1> says, by language. */
async function drawn(w, page, name) {
	const seen = await w.page.evaluate(() => ({
		headings: [...document.querySelectorAll('h1')].map((h) => h.textContent.trim()),
		title: document.title,
		lang: document.documentElement.lang,
		wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		styled: getComputedStyle(document.querySelector('main .card') || document.querySelector('header')).backgroundColor,
		unnamed: [...document.querySelectorAll('input:not([type=hidden]), select, textarea')].filter((i) => !i.labels.length).map((i) => i.name),
		small: [...document.querySelectorAll('button, .button, select, .links a')].filter((b) => b.getBoundingClientRect().height < 44)
			.map((b) => b.textContent),
	}));

	ok(seen.headings.length === 1 && page.heading[w.look.language].test(seen.headings[0]), `${name}: its heading`, seen.headings.join(' | '));
	ok(seen.title, `${name}: a title`);
	is(seen.lang, page.turns ? page.turns[w.look.language] : w.look.language, `${name}: its language`);
	ok(seen.wide <= 0, `${name}: no scrolling sideways`, `${seen.wide} px too wide`);
	ok(/^rgb/.test(seen.styled) && seen.styled !== 'rgba(0, 0, 0, 0)', `${name}: the style sheet is there`, seen.styled);
	is(seen.unnamed.join(), '', `${name}: every field has a label`);
	is(seen.small.join(), '', `${name}: what is pressed is large enough for a finger`);
}

/* Nothing is kept in the browser, nothing was asked of anybody else, nothing was complained about. */
async function quiet(w, name) {
	const kept = w.look.script ? await w.page.evaluate(() => localStorage.length + sessionStorage.length) : 0;

	is(w.troubles.join('\n'), '', `${name}: nothing in the console, no breach of the CSP`);
	is(w.elsewhere.join('\n'), '', `${name}: nothing is fetched from elsewhere`);
	is(kept + (await w.context.cookies()).length, 0, `${name}: nothing is kept in the browser`);
	w.troubles.length = 0;
}

/* Text at twice its size (WCAG 1.4.4), and a window of 320 px (WCAG 1.4.10): nothing is cut and nothing scrolls sideways. */
async function zoomed(w, name) {
	const cut = () => w.page.evaluate(() => ({
		wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		cut: [...document.querySelectorAll('body *')].filter((e) => {
			const style = getComputedStyle(e);
			return !e.closest('.trap, .unseen') && style.overflow !== 'visible' && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 1);
		}).filter((e) => !['INPUT', 'SELECT', 'TEXTAREA'].includes(e.tagName)).map((e) => e.tagName + e.className),
	}));
	const size = w.page.viewportSize();

	await w.page.evaluate(() => document.documentElement.style.setProperty('font-size', '200%'));
	is(JSON.stringify(await cut()), '{"wide":0,"cut":[]}', `${name}: text at 200 %`);
	await w.page.evaluate(() => document.documentElement.style.removeProperty('font-size'));
	await w.page.setViewportSize({ width: 320, height: 640 });
	is(JSON.stringify(await cut()), '{"wide":0,"cut":[]}', `${name}: a window of 320 px`);
	await w.page.setViewportSize(size);
}

/* With the style sheet off: what a control is for stands beside it, and everything comes in the order in which it is read. */
async function unstyled(w, name) {
	const seen = await w.page.evaluate(() => {
		for (const sheet of document.styleSheets)
			sheet.disabled = true;
		const box = (e) => e.getBoundingClientRect();
		const shown = (e) => box(e).width > 0 && box(e).height > 0;
		const controls = [...document.querySelectorAll('input:not([type=hidden]), select, textarea')];
		const parts = [...document.querySelectorAll('h1, h2, p, li, label, legend, button, a, input:not([type=hidden]), select')];
		const out = {
			hidden: parts.filter((e) => !shown(e)).map((e) => e.outerHTML.slice(0, 80)),
			far: controls.filter((c) => c.labels.length && Math.abs(box(c).top - box(c.labels[0]).top) > 60).map((c) => c.name),
			order: parts.filter((e, i) => i && box(e).bottom < box(parts[i - 1]).top - 1).map((e) => e.outerHTML.slice(0, 80)),
			wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
		};
		return out;
	});

	is(seen.hidden.join('\n'), '', `${name}, no CSS: everything shows`);
	is(seen.far.join(), '', `${name}, no CSS: each field is beside its label`);
	is(seen.order.join('\n'), '', `${name}, no CSS: everything is in order`);
	ok(seen.wide <= 0, `${name}, no CSS: no scrolling sideways`, `${seen.wide} px too wide`);
}

async function styledAgain(w) {
	await w.page.evaluate(() => {
		for (const sheet of document.styleSheets)
			sheet.disabled = false;
	});
}

module.exports = { PAGE_MAX, drawn, mailValidator, quiet, source, styledAgain, unstyled, wrong, zoomed };
