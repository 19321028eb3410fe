// nodemailer.js - a peer: nodemailer's pool, fed as its manual says: a message whenever it is idle.
//
//   node nodemailer.js PORT CONNECTIONS COUNT FILE [CA]
//
// FILE is the whole message, built once; only the envelope differs. With a CA file: STARTTLS, verified. Prints "seconds cpu_us" from the first message to the
// last one's reply; loading node and its modules is not in it.
'use strict';
const fs = require('fs');
const nodemailer = require('nodemailer');

const [port, connections, count, file, ca] = process.argv.slice(2);
const raw = fs.readFileSync(file);
const transport = nodemailer.createTransport({
	pool: true,
	host: '127.0.0.1',
	port: Number(port),
	secure: false,
	ignoreTLS: !ca,
	requireTLS: Boolean(ca),
	tls: ca ? { ca: fs.readFileSync(ca) } : undefined,
	maxConnections: Number(connections),
	maxMessages: Infinity,
});
const start = process.hrtime.bigint();
const cpu = process.cpuUsage();
let sent = 0;
let ended = 0;

function done(err) {
	if (err) {
		console.error(`nodemailer.js: ${err.message}`);
		process.exit(1);
	}
	if (++ended < Number(count))
		return;
	const used = process.cpuUsage(cpu);
	console.log(`${Number(process.hrtime.bigint() - start) / 1e9} ${used.user + used.system}`);
	transport.close();
}

transport.on('idle', () => {
	while (sent < Number(count) && transport.isIdle()) {
		sent++;
		transport.sendMail({ envelope: { from: 'news@quietharbour.example', to: [`person${sent}@example.org`] }, raw }, done);
	}
});
