import net from 'node:net';

/** The way between a program and its database, where a reply can get lost. */
export interface DatabaseWire {
  url: string;
  /** The next statement with this in it is carried out, and its connection is gone before the answer comes. */
  cutAfter(words: string): void;
  /** The same, but the connection stays and no answer ever comes. */
  muteAfter(words: string): void;
  close(): Promise<void>;
}

/** @param url of a database on the tests' own server, over its unix socket */
export async function openDatabaseWire(url: string): Promise<DatabaseWire> {
  const socketDir = new URL(url.replace('@/', '@localhost/')).searchParams.get('host') ?? '';
  let cut: string | undefined;
  let mute: string | undefined;
  const sockets = new Set<net.Socket>();
  const server = net.createServer((program) => {
    const database = net.connect(`${socketDir}/.s.PGSQL.5432`);
    let isCut = false;
    let isMute = false;
    for (const socket of [program, database]) {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('close', () => {
        program.destroy();
        database.destroy();
      });
    }
    program.on('data', (sent) => {
      if (cut !== undefined && sent.includes(cut)) {
        isCut = true;
        cut = undefined;
      }
      if (mute !== undefined && sent.includes(mute)) {
        isMute = true;
        mute = undefined;
      }
      database.write(sent);
    });
    database.on('data', (answer) => {
      if (isCut) program.destroy();
      else if (!isMute) program.write(answer);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  return {
    url: url.replace('@/', `@127.0.0.1:${port}/`).replace(/\?.*/, ''),
    cutAfter(words) {
      cut = words;
    },
    muteAfter(words) {
      mute = words;
    },
    close() {
      sockets.forEach((socket) => socket.destroy());
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
