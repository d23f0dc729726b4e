import { readFileSync } from 'node:fs';
import { type Socket, createServer } from 'node:net';
import { TLSSocket, createSecureContext } from 'node:tls';

/**
 * Stands for the container of the mail catcher: takes mails on HOST:1025 only after STARTTLS, with the certificate and
 * key that MP_SMTP_TLS_CERT and MP_SMTP_TLS_KEY name, and writes one line for each.
 */
const secureContext = createSecureContext({
  cert: readFileSync(process.env['MP_SMTP_TLS_CERT'] ?? ''),
  key: readFileSync(process.env['MP_SMTP_TLS_KEY'] ?? ''),
});

function converse(socket: Socket, isSecure: boolean): void {
  let pending = '';
  let inData = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const answer = (line: string): void => {
    const word = line.split(/[ :]/)[0]?.toUpperCase();
    if (inData) {
      if (line !== '.') return;
      inData = false;
      process.stdout.write(`taken, encrypted: ${isSecure}\n`);
      return say('250 taken');
    }
    if (word === 'EHLO') return say(isSecure ? '250 catcher' : '250-catcher\r\n250 STARTTLS');
    if (word === 'STARTTLS') {
      socket.removeAllListeners('data');
      say('220 go on');
      return converse(new TLSSocket(socket, { isServer: true, secureContext }), true);
    }
    if (word === 'QUIT') return void socket.end('221 bye\r\n');
    if (!isSecure) return say('530 STARTTLS first');
    inData = word === 'DATA';
    return say(inData ? '354 go on' : '250 ok');
  };
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    pending += chunk.toString();
    for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      answer(line);
    }
  });
}

createServer((socket) => {
  socket.write('220 catcher\r\n');
  converse(socket, false);
}).listen(1025, process.argv[2], () => process.stdout.write('listening\n'));
