import net from 'node:net';
import path from 'node:path';

/** Stands between a program and its database, and can go silent as a lost machine does: no error, no end, no byte. */
export interface TcpProxy {
  /** The database's URL by way of the proxy. */
  url: string;
  /** Connections that listen for notifications forward nothing from now on; new ones do. @returns how many */
  silenceListeners(): number;
  /** Nothing is forwarded on any connection, old or new, until `wake`. */
  silence(): void;
  wake(): void;
  close(): Promise<void>;
}

interface Pair {
  near: net.Socket;
  far: net.Socket;
  listens: boolean;
  silent: boolean;
}

/** @param databaseUrl over a unix socket (`?host=/folder`) or TCP */
export async function startTcpProxy(databaseUrl: string): Promise<TcpProxy> {
  const url = new URL(databaseUrl.replace('@/', '@localhost/'));
  const folder = url.searchParams.get('host');
  const port = Number(url.searchParams.get('port') ?? (url.port || 5432));
  const target: net.NetConnectOpts = folder
    ? { path: path.join(folder, `.s.PGSQL.${port}`) }
    : { host: url.hostname, port };
  const pairs = new Set<Pair>();
  let silent = false;
  const server = net.createServer((near) => {
    const pair: Pair = { near, far: net.connect(target), listens: false, silent: false };
    pairs.add(pair);
    const end = (): void => {
      pairs.delete(pair);
      near.destroy();
      pair.far.destroy();
    };
    near.on('data', (chunk) => {
      if (chunk.includes('listen ')) pair.listens = true;
      if (!silent && !pair.silent) pair.far.write(chunk);
    });
    pair.far.on('data', (chunk) => {
      if (!silent && !pair.silent) near.write(chunk);
    });
    for (const socket of [near, pair.far]) socket.on('error', end).on('close', end);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const at = (server.address() as net.AddressInfo).port;
  const user = url.username === '' ? 'postgres' : url.username;
  return {
    url: `postgres://${user}@127.0.0.1:${at}${url.pathname}`,
    silenceListeners() {
      const listening = [...pairs].filter(({ listens, silent: already }) => listens && !already);
      for (const pair of listening) pair.silent = true;
      return listening.length;
    },
    silence: () => void (silent = true),
    wake: () => void (silent = false),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const { near, far } of pairs) {
        near.destroy();
        far.destroy();
      }
      await closed;
    },
  };
}
