/*
 * window.js - one browser window: what it looks like, whether scripts run in it, the language it asks for; and what it complains about.
 */
'use strict';
const { base } = require('./lib');

const height = (width) => (width < 700 ? 740 : 900);

class Window {
	/* look: { width, script, language, scheme }; the name says which it is. */
	static async open(browser, look) {
		const w = new Window();
		w.look = { scheme: 'light', ...look };
		w.name = `${look.width} px, ${look.script ? 'script' : 'no script'}, ${look.language}`;
		w.context = await browser.newContext({
			viewport: { width: look.width, height: height(look.width) },
			javaScriptEnabled: look.script,
			locale: look.language === 'es' ? 'es-ES' : 'en-GB',
			colorScheme: w.look.scheme,
		});
		w.page = await w.context.newPage();
		w.page.setDefaultTimeout(60000);
		w.listen();
		return w;
	}

	listen() {
		this.troubles = [];
		this.elsewhere = [];
		this.page.on('console', (m) => {
			/* an error page is asked for: that its own status is one is no trouble */
			const own = /status of [45]\d\d/.test(m.text()) && m.location().url.split('#')[0] === this.page.url().split('#')[0];
			if (['error', 'warning'].includes(m.type()) && !own)
				this.troubles.push(m.text());
		});
		this.page.on('pageerror', (e) => this.troubles.push(e.message));
		this.page.on('request', (r) => {
			if (!r.url().startsWith(`${base}/`))
				this.elsewhere.push(r.url());
		});
		this.page.on('requestfailed', (r) => this.troubles.push(`${r.url()} ${r.failure().errorText}`));
		this.page.on('response', (r) => {
			if (r.request().isNavigationRequest() && r.frame() === this.page.mainFrame())
				this.response = r;
			else if (r.status() >= 400)
				this.troubles.push(`${r.url()} ${r.status()}`);
		});
	}

	go(path) {
		return this.page.goto(path.startsWith('http') ? path : base + path);
	}

	resize(width) {
		return this.page.setViewportSize({ width, height: height(width) });
	}

	/* Whether scripts run, in a window that was opened with them: from now on, in the page that is open too. */
	async scripts(on) {
		this.debug ||= await this.context.newCDPSession(this.page);
		await this.debug.send('Emulation.setScriptExecutionDisabled', { value: !on });
	}

	/* Do what leads to another page, and wait for that. */
	async turn(act) {
		await Promise.all([this.page.waitForNavigation(), act()]);
	}

	press(selector) {
		return this.turn(() => this.page.locator(selector).first().click());
	}

	/* Which topics are chosen, as x and -. */
	checked() {
		return this.page.evaluate(() => [...document.querySelectorAll('input[name=topic]')].map((i) => (i.checked ? 'x' : '-')).join(''));
	}

	close() {
		return this.context.close();
	}
}

module.exports = { Window };
