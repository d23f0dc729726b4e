import net from 'node:net';

/** Where clamd listens: a port, or a socket in the file system. */
export type ClamdAddress = { host: string; port: number } | { path: string };

/** What was found in a file: nothing, or the signature of what is. */
export type ScanVerdict = { clean: true } | { clean: false; signature: string };

const CHUNK_BYTES = 64 * 1024;
const MOST_ANSWERED = 4096;
const PATIENCE_MS = 20_000;

/** `host:port`, `[address]:port`, or the path of a socket; undefined for anything else. */
export function readClamdAddress(text: string): ClamdAddress | undefined {
  if (text.startsWith('/')) return { path: text };
  const [, host = '', port = ''] = /^(\[[0-9a-f:]+\]|[^:/\s]+):(\d{1,5})$/i.exec(text) ?? [];
  const number = Number(port);
  return host !== '' && number > 0 && number < 65_536
    ? { host: host.replaceAll(/[[\]]/g, ''), port: number }
    : undefined;
}

/**
 * Has clamd look at some bytes, by its INSTREAM command.
 * @throws Error when it cannot be reached, says nothing in time, or did not look: such a file is not clean
 */
export async function scanBytes(
  at: ClamdAddress,
  bytes: Buffer,
  patienceMs = PATIENCE_MS,
): Promise<ScanVerdict> {
  return verdictOf(await ask(at, bytes, patienceMs));
}

function ask(at: ClamdAddress, bytes: Buffer, patienceMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(at);
    let answer = '';
    const end = (error?: Error): void => {
      clearTimeout(timer);
      socket.destroy();
      // one that has seen enough answers and hangs up while it is still being sent to
      if (answer.includes('\0')) resolve(answer.slice(0, answer.indexOf('\0')));
      else reject(error ?? new Error('clamd hung up without an answer'));
    };
    const timer = setTimeout(() => end(new Error('clamd did not answer in time')), patienceMs);
    socket.on('error', end);
    socket.on('close', () => end());
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      answer += chunk;
      if (answer.includes('\0')) end();
      else if (answer.length > MOST_ANSWERED) end(new Error('clamd answers something else'));
    });
    socket.on('connect', () => send(socket, bytes));
  });
}

/** Pieces, each with its length before it, and one of no length at the end. */
function send(socket: net.Socket, bytes: Buffer): void {
  socket.write('zINSTREAM\0');
  for (let from = 0; from < bytes.length; from += CHUNK_BYTES) {
    const piece = bytes.subarray(from, from + CHUNK_BYTES);
    socket.write(lengthOf(piece.length));
    socket.write(piece);
  }
  socket.write(lengthOf(0));
}

function lengthOf(length: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  return head;
}

function verdictOf(answer: string): ScanVerdict {
  const [, signature, word] = /^stream: (?:(.+) )?(OK|FOUND)$/.exec(answer.trim()) ?? [];
  if (word === 'OK' && signature === undefined) return { clean: true };
  if (word === 'FOUND' && signature !== undefined) return { clean: false, signature };
  throw new Error(`clamd did not look at the file: ${answer.slice(0, 200)}`);
}
