/*
 * whole.js - whole.js FILE…: each file holds cleaned HTML, documents with a NUL between. A browser reads each in the cell of a table, as it
 * stands in a mail: it must find the tags that are written and no others, in the order they are written, and the table whole. Prints TAP.
 */
'use strict';
const { chromium } = require('playwright-core');
const fs = require('fs');

/* In the page: what is wrong with each document, or ''. */
function judge(documents) {
	/* tbody and colgroup are put in by the parser where they are left out */
	const tags = (s) => (s.match(/<\/?[a-z][a-z0-9]*/g) || []).filter((t) => !/^<\/?(tbody|colgroup)$/.test(t)).join(' ');

	return documents.map((html) => {
		const page = new DOMParser().parseFromString(`<!DOCTYPE html><body><table><tbody><tr><td>${html}</td></tr></tbody></table><p>after</p>`,
			'text/html');
		const [table, after, more] = page.body.children;
		const cell = table && table.tagName === 'TABLE' && table.rows.length && table.rows[0].cells[0];

		if (!cell || more || after.outerHTML !== '<p>after</p>' || table.rows.length !== 1 || table.rows[0].cells.length !== 1)
			return 'the cell does not hold it';
		return tags(cell.innerHTML) === tags(html) ? '' : `read as ${cell.innerHTML}`;
	});
}

(async () => {
	const documents = process.argv.slice(2).flatMap((file) => fs.readFileSync(file, 'utf8').split('\0'));
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
	let number = 0;
	const ok = (good, name) => console.log(`${good ? 'ok' : 'not ok'} ${++number} - ${name}`);

	try {
		const page = await browser.newPage();
		await page.route('**/*', (route) => route.abort());
		const controls = await page.evaluate(judge, ['<p>a</p>', 'a</td><td>b', '<table><table></table></table>', '<p><div></div></p>', '<a>b<a>c</a></a>']);
		ok(controls.map((c) => (c ? 1 : 0)).join('') === '01111', `the browser tells what is broken: ${JSON.stringify(controls)}`);
		const verdicts = await page.evaluate(judge, documents);
		const bad = verdicts.flatMap((v, i) => (v ? [`${JSON.stringify(documents[i]).slice(0, 600)}: ${v.slice(0, 600)}`] : []));
		ok(documents.length > 700 && !bad.length, `${documents.length} documents are read as they are written`);
		bad.slice(0, 10).forEach((b) => console.log(`# ${b}`));
	} finally {
		await browser.close();
	}
	console.log(`1..${number}`);
})();
