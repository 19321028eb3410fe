// dkim_mailauth.js KEYS FILE…: what mailauth says of each message's signatures, a line "FILE VERDICT…"; KEYS as for dkim_verify.py.
'use strict';
const fs = require('fs');
const { dkimVerify } = require('mailauth/lib/dkim/verify');

const [keysFile, ...files] = process.argv.slice(2);
const records = new Map();
for (const line of fs.readFileSync(keysFile, 'ascii').split('\n')) {
	const space = line.indexOf(' ');
	if (space > 0)
		records.set(line.slice(0, space), line.slice(space + 1));
}

// In the place of DNS, with its error for a name that is not there.
async function resolver(name, type) {
	if (type !== 'TXT' || !records.has(name))
		throw Object.assign(new Error('no such record'), { code: 'ENOTFOUND' });
	return [[records.get(name)]];
}

(async () => {
	for (const file of files) {
		const { results } = await dkimVerify(fs.readFileSync(file), { resolver });
		const verdicts = results.filter(r => r.status.result !== 'none').map(r => (r.status.result === 'pass' ? 'pass' : 'fail'));
		console.log(file, ...verdicts);
	}
})();
