import { type Server, type Socket, createServer } from 'node:net';

const MAX_MAILS = 500;
const MAX_BYTES = 1 << 20;

export interface SunkMail {
  from: string;
  to: string[];
  /** Headers and body as they came, line ends as LF. */
  raw: string;
  at: number;
}

export interface MailSink {
  /** For MAIL_URL. */
  url: string;
  mails: SunkMail[];
  /**
   * Answers to commands, by the command's first word, instead of taking them; CONNECT and TAKEN stand for the greeting
   * and for the whole letter. `hang up` ends the connection, `silence` answers nothing.
   */
  refuse: Map<string, string>;
  /** Told of each command before it is answered; what it waits for, the answer waits for. */
  watch: ((word: string) => void | Promise<void>) | undefined;
  stop(): Promise<void>;
  /** Listens again, on the same port. */
  start(): Promise<void>;
}

/** A mail server on loopback that keeps what it is given, and refuses what it is told to. */
export async function openMailSink(): Promise<MailSink> {
  const mails: SunkMail[] = [];
  const refuse = new Map<string, string>();
  const sockets = new Set<Socket>();
  const watching: Pick<MailSink, 'watch'> = { watch: undefined };
  let server: Server;
  let port = 0;

  const start = (): Promise<void> =>
    new Promise((resolve, reject) => {
      server = createServer((socket) => {
        sockets.add(socket);
        socket.on('close', () => sockets.delete(socket));
        socket.on('error', () => {});
        converse(socket, mails, refuse, async (word) => watching.watch?.(word));
      });
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        port = (server.address() as { port: number }).port;
        resolve();
      });
    });
  await start();
  return {
    get url() {
      return `smtp://127.0.0.1:${port}`;
    },
    mails,
    refuse,
    get watch() {
      return watching.watch;
    },
    set watch(watch) {
      watching.watch = watch;
    },
    start,
    stop: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}

function converse(
  socket: Socket,
  mails: SunkMail[],
  refuse: Map<string, string>,
  watch: (word: string) => Promise<void>,
): void {
  let pending = '';
  let inData = false;
  let mail = { from: '', to: [] as string[], raw: '' };
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  /** @returns whether that was the answer */
  const isRefused = (word: string): boolean => {
    const refusal = refuse.get(word);
    if (refusal === 'hang up') socket.destroy();
    else if (refusal !== undefined && refusal !== 'silence') say(refusal);
    return refusal !== undefined;
  };

  const command = async (line: string): Promise<void> => {
    const word = line.split(/[ :]/)[0]?.toUpperCase() ?? '';
    await watch(word);
    if (isRefused(word)) return undefined;
    if (word === 'EHLO') return say('250 sink');
    if (word === 'MAIL') mail = { from: /<(.*)>/.exec(line)?.[1] ?? '', to: [], raw: '' };
    if (word === 'RCPT') mail.to.push(/<(.*)>/.exec(line)?.[1] ?? '');
    if (word === 'DATA') {
      inData = true;
      return say('354 go on');
    }
    if (word === 'QUIT') return void socket.end('221 bye\r\n');
    return say('250 ok');
  };
  const take = async (): Promise<void> => {
    inData = false;
    if (mails.length < MAX_MAILS) mails.push({ ...mail, at: Date.now() });
    await watch('TAKEN');
    if (!isRefused('TAKEN')) say('250 taken');
  };

  void watch('CONNECT').then(() => isRefused('CONNECT') || say('220 sink'));
  socket.setEncoding('utf8');
  let turn = Promise.resolve();
  socket.on('data', (chunk: string) => {
    pending += chunk;
    if (pending.length + mail.raw.length > MAX_BYTES) return void socket.destroy();
    turn = turn.then(readLines);
    return undefined;
  });
  const readLines = async (): Promise<void> => {
    for (let end = pending.indexOf('\r\n'); end >= 0; end = pending.indexOf('\r\n')) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 2);
      if (!inData) await command(line);
      else if (line === '.') await take();
      else mail.raw += `${line.replace(/^\.\./, '.')}\n`;
    }
  };
}

/** The headers of a mail, folded lines joined; several of one name stay apart. */
export function headersOf(raw: string): [name: string, value: string][] {
  const head = raw.slice(0, raw.indexOf('\n\n')).replaceAll(/\n[ \t]+/g, ' ');
  return head.split('\n').map((line) => {
    const at = line.indexOf(':');
    return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
  });
}

/** The plain-text part, decoded. */
export function plainTextOf(raw: string): string {
  const part = /Content-Type: text\/plain[^]*?\n\n([^]*?)\n--/i.exec(raw);
  const encoding = /Content-Transfer-Encoding: (\S+)/i.exec(part?.[0] ?? '')?.[1]?.toLowerCase();
  const body = part?.[1] ?? '';
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString('utf8');
  if (encoding !== 'quoted-printable') return body;
  const bytes = body
    .replaceAll(/=\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
