// nodemailer.js - a peer: nodemailer's pool, fed as its manual says: a message whenever it is idle.
//
//   node nodemailer.js PORT CONNECTIONS COUNT FILE [CA]
//
// FILE is the whole message, built once; only the envelope differs. With a CA file: STARTTLS, verified. Prints "messages seconds cpu_us": how many were
// accepted after as many as there are connections had been (so that their opening is not in it), in which time, with how much CPU.
'use strict';
const fs = require('fs');
const net = require('net');
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
	// At its best: left alone it keeps Nagle's algorithm, which costs up to 40 ms a message against a receiver that delays its acknowledgements.
	getSocket(options, callback) {
		const connection = net.connect({ host: '127.0.0.1', port: Number(port), noDelay: true });
		connection.once('error', callback);
		connection.once('connect', () => {
			connection.removeListener('error', callback);
			callback(null, { connection });
		});
	},
});
let start;
let cpu;
let sent = 0;
let ended = 0;

function done(err) {
	if (err) {
		console.error(`nodemailer.js: ${err.message}`);
		process.exit(1);
	}
	if (++ended === Number(connections)) {
		start = process.hrtime.bigint();
		cpu = process.cpuUsage();
	}
	if (ended < Number(count))
		return;
	const used = process.cpuUsage(cpu);
	console.log(`${count - connections} ${Number(process.hrtime.bigint() - start) / 1e9} ${used.user + used.system}`);
	transport.close();
}

transport.on('idle', () => {
	while (sent < Number(count) && transport.isIdle()) {
		sent++;
		transport.sendMail({ envelope: { from: 'news@quietharbour.example', to: [`person${sent}@example.org`] }, raw }, done);
	}
});
