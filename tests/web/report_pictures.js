/*
 * report_pictures.js - draws the page REPORT (the file that `newsletter stats --html` has made) into the folder SCREENSHOTS, and writes REPORT.md, which
 * shows it; TERMINAL is a file with what `newsletter stats` says.
 */
'use strict';
const { fs, ok, path, run } = require('./lib');

const { REPORT, SCREENSHOTS: folder, TERMINAL } = process.env;
const looks = [
	{ name: 'report-1200', width: 1200, colorScheme: 'light', shown: 640, what: 'on a desk' },
	{ name: 'report-1200-dark', width: 1200, colorScheme: 'dark', shown: 420, what: 'on a desk, in the dark' },
	{ name: 'report-320', width: 320, colorScheme: 'light', shown: 200, what: 'on a phone' },
	{ name: 'report-320-dark', width: 320, colorScheme: 'dark', shown: 200, what: 'on a phone, in the dark' },
	/* what 14 mm at each side leave of A4 */
	{ name: 'report-print', width: 688, colorScheme: 'light', media: 'print', shown: 420, what: 'as it is printed, page after page' },
];

const picture = (look) => `<img src="pictures/${look.name}.png" alt="The report ${look.what}" width="${look.shown}">`;

function write() {
	const [desk, dark, phone, phoneDark, print] = looks.map(picture);
	fs.writeFileSync(path.join(folder, 'REPORT.md'), `# The report

\`newsletter stats --html report.html\` makes one page for those who run a site: it stands alone (no script, nothing is loaded), prints on A4, and may be
passed on, since nobody's address is in it and no mail domain of fewer than five people. It shows this month and the eleven before it; \`--since\` says
otherwise. No figure needs tracking: nobody's opening or clicking is recorded.

Every chart is an image with a title and a description, and has its numbers as a table beside it or below it; what is told apart is told apart by pattern,
not by colour alone. \`tests/web/report.t\` looks at it with axe-core and html-validate, in the light, in the dark and with forced colours, from 320 pixels on,
and as PDF. The site's colour is the accent; \`templates/web/report.html.mustache\` is the page.

Drawn by Chromium with \`make pictures\`, from a made practice with eighteen months behind it (\`tests/practice.py\`).

${desk}

| in the dark | on a phone | on a phone, in the dark | on paper |
|---|---|---|---|
| ${dark} | ${phone} | ${phoneDark} | ${print} |

## On the terminal

\`newsletter stats --since 365\`, at 120 columns:

\`\`\`
${fs.readFileSync(TERMINAL, 'utf8').trimEnd()}
\`\`\`

## What the figures are

- **On the list** is somebody for whom one topic at least is active. Joining is the step from none to one, leaving the step back: whoever leaves one topic
  of two is still there, but counts among those who unsubscribed.
- **Growth** is counted from the evidence of consent, by days of the site's time zone. Whoever is erased is gone from it: figures of the past shrink with
  erasures, and the last one is always the list as it is.
- **Delivered** is what the relay took and what did not come back as a bounce. A mail that a filter drops without a word counts as delivered.
- **Took** is the time from the relay's first reply to when everybody had been tried once, pauses with it; the ledger keeps whole seconds.
`);
}

run(async (browser) => {
	for (const look of looks) {
		const page = await browser.newPage({ viewport: { width: look.width, height: 900 }, colorScheme: look.colorScheme });
		await page.emulateMedia({ media: look.media || null });
		await page.goto(`file://${REPORT}`);
		const target = path.join(folder, `${look.name}.png`);
		await page.screenshot({ path: target, fullPage: true });
		ok(fs.statSync(target).size > 1000, look.name);
		await page.close();
	}
	write();
});
