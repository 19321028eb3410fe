// chunk_relay.js - a relay that offers CHUNKING (RFC 3030) and PIPELINING (RFC 2920), and does them well or in one of many wrong ways.
//
//   node chunk_relay.js MODE     prints "port N" when it listens; ends on SIGTERM, then prints one line of JSON
//
//   good            as it should be; recipients whose number ends in 5 are refused with 550
//   nested          the same, but a failed BDAT leaves its transaction open
//   unknown         BDAT is not known, and its octets are read as commands
//   sequence        BDAT gets 503, its octets are swallowed
//   content         the first message gets 554 5.7.1, for what is in it
//   drop            hangs up at BDAT
//   window          hangs up when more than one message comes at once
//   improper        answers pipelined commands, DATA's too, with 503 and hangs up
//   hangup          hangs up at pipelined commands
//   limit           hangs up without a word after ten messages
//   closing         says 421 to every 20th BDAT and closes
//   drip            replies come byte by byte, over several lines
//   slow            reads late and little
//   size            SIZE 5000
'use strict';
const net = require('net');

const mode = process.argv[2];
const counts = { accepted: 0, distinct: 0, damaged: 0, refused: 0, connections: 0, most: 0, quits: 0, bdats: 0, datas: 0, resets: 0, ahead: 0, wrong_sender: 0 };
const seen = new Set();
let open = 0, told = 0;

const numberOf = s => Number(/(\d+)@/.exec(s)?.[1] ?? -1);

function take(transaction, text) {
	const body = text.slice(text.indexOf('\r\n\r\n') + 4), number = Number(/^X-Tag: (\d+)\r$/m.exec(text)?.[1]);

	if (Number(/^X-Body: (\d+)\r$/m.exec(text)?.[1]) !== body.length || numberOf(transaction.rcpt) !== number)
		counts.damaged++;
	counts.wrong_sender += numberOf(transaction.mail) !== number;
	counts.accepted++;
	counts.distinct += !seen.has(number);
	seen.add(number);
}

class Connection {
	constructor(socket) {
		Object.assign(this, { socket, buffer: '', data: false, chunk: null, transaction: null, failed: false, taken: 0, over: false, left: false, replies: Promise.resolve() });
	}

	// Whoever says QUIT has left, though its socket may be seen to close after its next connection is there.
	leave() {
		open -= !this.left;
		this.left = true;
	}

	reply(text) {
		if (this.over)
			return;
		if (mode !== 'drip')
			return this.socket.write(text + '\r\n');
		const all = text.replace(/^(\d+) (.*)$/, '$1-first line\r\n$1 $2') + '\r\n';
		this.replies = this.replies.then(async () => {
			for (const c of all) {
				this.socket.write(c);
				await new Promise(r => setImmediate(r));
			}
		});
	}

	end() {
		this.over = true;
		this.replies.then(() => this.socket.end());
	}

	// A whole message has come, by DATA or BDAT.
	message(text) {
		const t = this.transaction;

		if (!t?.rcpt) {
			this.reply('554 5.5.1 no valid recipients');
			this.transaction = mode === 'nested' ? t : null;
			return;
		}
		this.transaction = null;
		if (mode === 'content' && ++told === 1)
			return this.reply('554 5.7.1 we do not want it');
		take(t, text);
		this.reply('250 2.0.0 taken');
		if (mode === 'limit' && ++this.taken === 10)
			this.end();
	}

	bdat(line) {
		const n = Number(/^BDAT (\d+) LAST$/.exec(line)?.[1]);

		counts.bdats++;
		if (mode === 'unknown')
			return this.reply('502 5.5.2 command not recognized');
		if (mode === 'drop')
			return this.end();
		if (mode === 'closing' && ++told % 20 === 0) {
			this.reply('421 4.3.2 not now');
			return this.end();
		}
		this.chunk = { n, skip: mode === 'sequence' };
	}

	command(line) {
		const word = line.slice(0, 4).toUpperCase();

		if (word === 'EHLO')
			this.reply(`250-x\r\n250-PIPELINING\r\n250-SIZE ${mode === 'size' ? 5000 : 10000000}\r\n250-DSN\r\n250 CHUNKING`);
		else if (word === 'MAIL') {
			if (this.transaction)
				return this.reply('503 5.5.1 nested MAIL command');
			this.transaction = { mail: line };
			this.reply('250 2.1.0 ok');
		} else if (word === 'RCPT') {
			if (!this.transaction)
				return this.reply('503 5.5.1 need MAIL command');
			if ((mode === 'good' || mode === 'nested') && numberOf(line) % 10 === 5) {
				counts.refused++;
				return this.reply('550 5.1.1 user unknown');
			}
			this.transaction.rcpt = line;
			this.reply('250 2.1.5 ok');
		} else if (word === 'BDAT')
			this.bdat(line);
		else if (word === 'DATA') {
			counts.datas++;
			if (!this.transaction?.rcpt)
				return this.reply('503 5.5.1 need RCPT command');
			this.data = true;
			this.reply('354 go');
		} else if (word === 'RSET') {
			counts.resets++;
			this.transaction = null;
			this.reply('250 ok');
		} else if (word === 'QUIT') {
			counts.quits++;
			this.leave();
			this.reply('221 bye');
			this.end();
		} else
			this.reply('500 5.5.2 what');
	}

	// One command, or one message's content. False: more must come first.
	step() {
		if (this.chunk) {
			const { n, skip } = this.chunk;

			if (this.buffer.length < n)
				return false;
			const text = this.buffer.slice(0, n);
			this.buffer = this.buffer.slice(n);
			this.chunk = null;
			if (this.buffer)
				counts.ahead++;
			if (skip)
				this.reply('503 5.5.1 bad sequence of commands');
			else if (mode === 'window' && this.buffer)
				this.end();
			else
				this.message(text);
			return true;
		}
		const stop = this.data ? '\r\n.\r\n' : '\r\n';
		const at = this.buffer.indexOf(stop);
		if (at < 0)
			return false;
		const part = this.buffer.slice(0, at);
		this.buffer = this.buffer.slice(at + stop.length);
		if (this.data) {
			this.data = false;
			this.message(part + '\r\n');
		} else if (this.buffer && mode === 'hangup')
			this.end();
		else if (this.buffer && mode === 'improper') {
			this.reply('503 5.5.0 improper use of SMTP command pipelining');
			this.end();
		} else
			this.command(part);
		return true;
	}
}

net.createServer(socket => {
	const c = new Connection(socket);

	counts.connections++;
	counts.most = Math.max(counts.most, ++open);
	socket.setNoDelay(true);
	socket.on('error', () => {});
	socket.on('close', () => c.leave());
	socket.on('data', bytes => {
		c.buffer += bytes.toString('latin1');
		while (!c.over && c.step())
			;
		if (mode === 'slow') {
			socket.pause();
			setTimeout(() => socket.resume(), 5);
		}
	});
	c.reply('220 x');
}).listen(0, '127.0.0.1', function () {
	console.log('port ' + this.address().port);
});
// What a client that has ended had sent before is there to be read, its QUIT too: it counts.
process.on('SIGTERM', () => setTimeout(() => {
	console.log(JSON.stringify(counts));
	process.exit(0);
}, 50));
