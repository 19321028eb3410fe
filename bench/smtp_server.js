// smtp_server.js - a relay: npm's smtp-server with STARTTLS, which takes every message and throws it away.
//
//   node smtp_server.js PORT KEY CERT
'use strict';
const fs = require('fs');
const { SMTPServer } = require('smtp-server');

const [port, key, cert] = process.argv.slice(2);
const server = new SMTPServer({
	key: fs.readFileSync(key),
	cert: fs.readFileSync(cert),
	authOptional: true,
	disabledCommands: ['AUTH'],
	disableReverseLookup: true,
	logger: false,
	onData(stream, session, callback) {
		stream.resume();
		stream.on('end', () => callback());
	},
});
server.on('error', () => {});	// a client that hangs up is no reason to stop
server.listen(Number(port), '127.0.0.1', () => console.log('ready'));
process.on('SIGTERM', () => process.exit(0));
