/*
 * mail_list.js - the mails that make_mails has left in the folder MAILS, and the pictures in them. For mails.js and pictures.js.
 */
'use strict';
const fs = require('fs');
const path = require('path');

const folder = process.env.MAILS;
const templates = path.join(__dirname, '../../templates/mail');
const read = (file) => fs.readFileSync(path.join(folder, file), 'utf8');

/* { name: "digest.en", template: "digest", language, html, text, subject } */
const mails = fs.readdirSync(folder).filter((file) => file.endsWith('.html')).sort().map((file) => {
	const [, name, template, language] = file.match(/^((.+?)(?:-[^.]*)?\.(.+))\.html$/);
	return { name, template, language, html: read(file), text: read(`${name}.txt`), subject: read(`${name}.subject`).trim() };
});

/* The templates that are whole mails, in each language, of which there is none; and the parts that are in no other template. */
function forgotten() {
	const files = fs.readdirSync(templates).filter((file) => file.endsWith('.html.mustache'));
	const text = Object.fromEntries(files.map((file) => [file.replace('.html.mustache', ''), fs.readFileSync(path.join(templates, file), 'utf8')]));
	const whole = Object.keys(text).filter((name) => text[name].includes('{{> head}}'));
	const missing = whole.flatMap((name) => ['en', 'es'].map((language) => `${name}.${language}`))
		.filter((want) => !mails.some((mail) => `${mail.template}.${mail.language}` === want));
	const unused = Object.keys(text).filter((name) => !whole.includes(name) && !Object.values(text).some((t) => t.includes(`{{> ${name}}}`)));
	return [...missing, ...unused];
}

/* What stands for the photographs: hills of a colour that the file's name chooses, 1200 x 675; for a logo its name, on nothing. */
function picture(url) {
	const name = path.basename(new URL(url).pathname, path.extname(url));
	if (name === 'logo')
		return `<svg xmlns="http://www.w3.org/2000/svg" width="320" height="88" viewBox="0 0 320 88"><path d="M12 60q16 -16 32 0t32 0" fill="none"
			stroke="#2f6f64" stroke-width="7"/><circle cx="44" cy="30" r="14" fill="#2f6f64"/><text x="92" y="54" font-family="Georgia, serif"
			font-size="29" fill="#24221f">Quiet Harbour</text></svg>`;
	const hue = [...name].reduce((sum, c) => (sum * 31 + c.charCodeAt(0)) % 360, 7);
	const colour = (light) => `hsl(${hue} 30% ${light}%)`;
	return `<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="675" viewBox="0 0 1200 675"><rect width="1200" height="675" fill="${colour(82)}"/>
		<circle cx="${300 + hue * 1.6}" cy="190" r="90" fill="${colour(92)}"/><path d="M0 430q300 -190 620 20t580 -60v285h-1200z" fill="${colour(60)}"/>
		<path d="M0 560q360 -150 700 -10t500 -40v165h-1200z" fill="${colour(40)}"/></svg>`;
}

/* Let a page load the site's pictures, or none; what else it asks for is noted. */
async function serve(page, elsewhere, blocked) {
	await page.route('**/*', (route) => {
		const url = route.request().url();
		if (!/^https:\/\/www\.quietharbour\.example\/images\//.test(url)) {
			elsewhere.push(url);
			return route.abort();
		}
		return blocked ? route.abort() : route.fulfill({ contentType: 'image/svg+xml', body: picture(url) });
	});
}

module.exports = { forgotten, mails, serve };
