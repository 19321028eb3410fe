// relay.js - a relay that does what it is told: npm smtp-server with faults, or a server of single sockets that lies.
//
//   node relay.js [options]      prints "port N" when it listens; ends on SIGTERM, then prints one line of JSON
//
//   --port N                     listen there (default: on a free one)
//   --key F --cert F             STARTTLS with these (without: none is offered)
//   --implicit                   TLS from the first byte
//   --user U --password P        AUTH; nothing else is taken before it
//   --user U --bearer TOKEN      the same, by XOAUTH2 alone
//   --no-pipelining --no-utf8
//   --refuse COMMAND:CODE:N      mail, rcpt or body: refuse every Nth message by the number in its address, with this code
//   --code421 COMMAND:N          mail, rcpt or body: 421 and the end of the connection, at every Nth such command over all
//   --drop COMMAND:N             the same without a word; also "data" (while the body comes) and "reply" (body taken, not answered)
//   --limit N                    close without a word after N messages on a connection
//   --slow MS                    wait before each answer to RCPT and to a body
//   --halt FILE                  while FILE holds a number that so many messages have been taken, RCPT and bodies wait for their answer
//   --record DIR                 keep each accepted message as DIR/<number>.<count>.eml
//   --hostile MODE               no smtp-server: see `hostile` below
'use strict';
const fs = require('fs');
const net = require('net');
const path = require('path');

const value = name => {
	const i = process.argv.indexOf('--' + name);
	return i < 0 ? undefined : process.argv[i + 1];
};
const has = name => process.argv.includes('--' + name);
const rule = name => {
	const [command, a, b] = (value(name) || '').split(':');
	return { command, code: b ? Number(a) : 0, every: Number(b || a || 0) };
};

const counts = { accepted: 0, distinct: 0, damaged: 0, refused: 0, connections: 0, quits: 0, most: 0, secure: 0, logins: 0 };
const seen = new Map();		// number of a message -> how often it was accepted
const refuse = rule('refuse'), code421 = rule('code421'), drop = rule('drop');
const at = Number(value('port') || 0);
const limit = Number(value('limit') || 0), slow = Number(value('slow') || 0);
const told = { mail: 0, rcpt: 0, data: 0, body: 0, reply: 0 };
let open = 0;

const numberOf = address => Number(/(\d+)@/.exec(address)?.[1] ?? -1);
const error = code => Object.assign(new Error(code === 550 ? '5.1.1 <someone@example.org> user unknown' : 'not now'), { responseCode: code });
const hit = (r, command) => r.command === command && r.every > 0 && (told[command] += 1) % r.every === 0;

// Take, refuse or end the connection at this command, by the rules above.
function decide(socket, command, number, callback) {
	if (hit(drop, command))
		return socket.destroy();
	if (hit(code421, command))
		return callback(error(421));	// smtp-server closes after it
	if (refuse.command === command && number % refuse.every === 0) {
		counts.refused++;
		return callback(error(refuse.code));
	}
	callback();
}

function take(session, number, text) {
	const body = text.slice(text.indexOf('\r\n\r\n') + 4);
	const times = (seen.get(number) || 0) + 1;

	if (Number(/^X-Body: (\d+)\r$/m.exec(text)?.[1]) !== body.length || Number(/^X-Tag: (\d+)\r$/m.exec(text)?.[1]) !== number)
		counts.damaged++;
	counts.accepted++;
	counts.distinct += times === 1;
	seen.set(number, times);
	session.taken = (session.taken || 0) + 1;
	if (value('record'))
		fs.writeFileSync(path.join(value('record'), `${number}.${times}.eml`), text);
}

function server() {
	const { SMTPServer } = require('smtp-server');
	const { SMTPConnection } = require('smtp-server/lib/smtp-connection');
	const tls = value('key') ? { key: fs.readFileSync(value('key')), cert: fs.readFileSync(value('cert')) } : {};
	const off = ['AUTH'].filter(() => !value('user')).concat(value('key') ? [] : ['STARTTLS']);
	const halted = () => counts.accepted >= Number(fs.readFileSync(value('halt'), { flag: 'a+' }).toString().trim() || Infinity);
	const later = f => {
		if (value('halt') && halted())
			setTimeout(later, 20, f);
		else if (slow)
			setTimeout(f, slow);
		else
			f();
	};
	const connectionOf = session => [...s.connections].find(c => c.id === session.id);
	const socketOf = session => connectionOf(session)?._socket || new net.Socket();
	const closeAfterReply = session => {	// and say nothing more: a reset would overtake that reply
		const c = connectionOf(session), send = c.send;

		c.send = (...args) => {
			send.apply(c, args);
			c._socket.end();
			c.send = () => {};
		};
	};
	const s = new SMTPServer({
		...tls,
		secure: has('implicit'),
		disabledCommands: off,
		authOptional: !value('user'),
		authMethods: value('bearer') ? ['XOAUTH2'] : ['PLAIN', 'LOGIN'],
		hidePIPELINING: has('no-pipelining'),
		hideSMTPUTF8: has('no-utf8'),
		size: 10000000,
		disableReverseLookup: true,
		logger: false,
		onAuth(auth, session, callback) {
			const good = auth.username === value('user') &&
				(value('bearer') ? auth.accessToken === value('bearer') : auth.password === value('password'));

			counts.logins += good;
			callback(good ? null : Object.assign(new Error('no'), { responseCode: 535 }), good ? { user: auth.username } : undefined);
		},
		onConnect(session, callback) {
			counts.connections++;
			counts.most = Math.max(counts.most, ++open);
			callback();
		},
		onClose() {
			open--;
		},
		onMailFrom(address, session, callback) {
			counts.secure += session.secure ? 1 : 0;
			decide(socketOf(session), 'mail', numberOf(address.address), callback);
		},
		onRcptTo(address, session, callback) {
			session.number = numberOf(address.address);
			later(() => decide(socketOf(session), 'rcpt', session.number, callback));
		},
		onData(stream, session, callback) {
			const socket = socketOf(session), chunks = [];
			const dropped = hit(drop, 'data');

			stream.on('data', chunk => dropped ? socket.destroy() : chunks.push(chunk));
			stream.on('end', () => later(() => decide(socket, 'body', session.number, e => {
				if (e)
					return callback(e);
				if (dropped)
					return;
				take(session, session.number, Buffer.concat(chunks).toString('latin1'));
				if (hit(drop, 'reply'))
					return socket.destroy();
				if (limit && session.taken >= limit)
					closeAfterReply(session);
				callback(null, 'taken');
			})));
		},
	});

	const quit = SMTPConnection.prototype.handler_QUIT;	// there is no hook for it
	SMTPConnection.prototype.handler_QUIT = function (...args) {
		counts.quits++;
		return quit.apply(this, args);
	};
	s.on('error', () => {});
	return { listen: done => s.listen(at, '127.0.0.1', () => done(s.server.address().port)) };
}

// How many connections to this port a client holds now, as the kernel knows: of those that ended while we were kept waiting we hear later.
const held = port => fs.readFileSync('/proc/net/tcp', 'latin1').split('\n').filter(line => {
	const [, local, , state] = line.trim().split(/\s+/);

	return local?.endsWith(':' + port.toString(16).toUpperCase().padStart(4, '0')) && ['01', '04', '05'].includes(state);
}).length;

// A relay that keeps no rule; each mode is one lie. What is not mentioned it does as it should.
function hostile(mode) {
	const ehlo = { noauth: '250-x\r\n250 PIPELINING\r\n', ok: '250 Ok\r\n', empty: '250 \r\n', mailmax: '250-x\r\n250-PIPELINING\r\n250 LIMITS MAILMAX=3\r\n' };

	return net.createServer(socket => {
		let buffer = '', data = false, messages = 0, replies = Promise.resolve();
		const reply = text => {
			if (mode !== 'drip')
				return socket.write(text);
			// One byte a packet, and each reply over several lines.
			text = text.replace(/^(\d+) (.*)\r\n$/, '$1-first line\r\n$1 $2\r\n');
			replies = replies.then(async () => {
				for (const c of text) {
					socket.write(c);
					await new Promise(r => setTimeout(r, 1));
				}
			});
		};
		const command = line => {
			const word = line.slice(0, 4).toUpperCase();

			if (word === 'EHLO')
				reply(ehlo[mode] || '250-x\r\n250 PIPELINING\r\n');
			else if (word === 'MAIL' && mode === 'extra')
				reply('250 one\r\n250 two\r\n');
			else if (word === 'MAIL' && mode === 'stray354')
				reply('354 go ahead\r\n');
			else if (word === 'MAIL' && mode === 'garbage')
				reply('what do you want\r\n');
			else if (word === 'MAIL' && mode === 'endless')
				socket.write('250-' + 'x'.repeat(1000000));
			else if (word === 'MAIL' && mode === 'silent')
				return;
			else if (word === 'RCPT' && mode === 'accept-all')
				reply('250 r\r\n354 go\r\n250 accepted, whatever you may send\r\n');
			else if (word === 'DATA') {
				if (mode !== 'accept-all')
					reply('354 go\r\n');
				data = true;
			} else if (word === 'QUIT') {
				counts.quits++;
				reply('221 bye\r\n');
				replies.then(() => socket.end());
			} else
				reply('250 ok\r\n');
		};

		counts.connections++;
		counts.most = Math.max(counts.most, held(socket.localPort));
		socket.setNoDelay(true);
		socket.on('error', () => {});
		if (mode === 'mute')
			return;
		if (mode === 'closing')
			return socket.end();
		if (mode === 'busy')
			return socket.end('421 4.7.0 too many connections from ann@example.org\r\n');
		reply(mode === 'babble' ? '220-' + 'x'.repeat(500000) + '\r\n220 x\r\n' : '220 x\r\n');
		socket.on('data', chunk => {
			buffer += chunk.toString('latin1');
			for (;;) {
				const end = buffer.indexOf(data ? '\r\n.\r\n' : '\r\n');

				if (end < 0)
					return;
				const part = buffer.slice(0, end);
				buffer = buffer.slice(end + (data ? 5 : 2));
				if (data) {
					data = false;
					take(socket, Number(/^X-Tag: (\d+)/m.exec(part)?.[1]), part + '\r\n');
					reply('250 taken\r\n');
					if (mode === 'idle421' && ++messages === 1)
						setTimeout(() => socket.end('421 4.4.2 idle for too long\r\n'), 100);
					if (mode === 'reader')	// reads nothing for a while, and then goes on
						socket.pause(), setTimeout(() => socket.resume(), 200);
				} else
					command(part);
			}
		});
	});
}

const relay = value('hostile') ? hostile(value('hostile')) : server();
if (relay instanceof net.Server)
	relay.listen(at, '127.0.0.1', () => console.log('port ' + relay.address().port));
else
	relay.listen(port => console.log('port ' + port));
// What a client that has ended had sent before is there to be read, its QUIT too: it counts.
process.on('SIGTERM', () => setTimeout(() => {
	console.log(JSON.stringify(counts));
	process.exit(0);
}, 50));
