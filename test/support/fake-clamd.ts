import { once } from 'node:events';
import net from 'node:net';

/** A virus scanner on loopback: speaks INSTREAM as clamd does, and finds one mark. */
export interface FakeClamd {
  port: number;
  /** What it was sent, whole, in order. */
  readonly seen: readonly Buffer[];
  stop(): Promise<void>;
}

export const MARK = 'a-mark-that-stands-for-malware';
export const SIGNATURE = 'Eicar-Test-Signature';

/** @param answer what it says of a file, in pieces; by itself what clamd says, in two */
export async function startFakeClamd(
  answer: (file: Buffer) => string[] = (file) =>
    file.includes(MARK) ? ['stream: Eicar-Te', `st-Signature FO`, 'UND\0'] : ['stream: ', 'OK\0'],
): Promise<FakeClamd> {
  const seen: Buffer[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
    let sent = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      sent = Buffer.concat([sent, chunk]);
      const file = fileOf(sent);
      if (!file) return;
      seen.push(file);
      const pieces = answer(file);
      const say = (): void => {
        const piece = pieces.shift();
        if (piece === undefined) socket.end();
        else socket.write(piece, () => setImmediate(say));
      };
      if (pieces.length > 0) say();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as net.AddressInfo).port,
    seen,
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The file of a whole INSTREAM command; undefined until its end has come. @throws Error for another command */
function fileOf(sent: Buffer): Buffer | undefined {
  const head = 'zINSTREAM\0';
  if (sent.length < head.length) return undefined;
  if (sent.subarray(0, head.length).toString() !== head) throw new Error('another command');
  const pieces: Buffer[] = [];
  for (let at = head.length; at + 4 <= sent.length;) {
    const length = sent.readUInt32BE(at);
    if (length === 0) return Buffer.concat(pieces);
    pieces.push(sent.subarray(at + 4, at + 4 + length));
    at += 4 + length;
  }
  return undefined;
}
