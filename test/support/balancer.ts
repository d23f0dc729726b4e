import { Agent, type IncomingMessage, type ServerResponse, createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A server behind the balancer, as the balancer sees it. */
export interface Behind {
  url: string;
  isUp: boolean;
  /** Requests it was given. */
  requests: number;
}

/** A load balancer on loopback. */
export interface Balancer {
  url: string;
  behind: readonly Behind[];
  /** Resolves once this server is (not) given requests. @throws Error after `deadlineMs` */
  waitFor(index: number, isUp: boolean, deadlineMs?: number): Promise<void>;
  stop(): Promise<void>;
}

export interface BalancerOptions {
  /** Where it listens; a free port unless given. */
  port?: number;
  /** How often each server is asked whether it is ready. */
  checkEveryMs?: number;
  /** Where it asks. */
  checkPath?: string;
  /** How long a server may take to answer a check, or to begin its answer to a request. */
  checkTimeoutMs?: number;
  requestTimeoutMs?: number;
}

const LARGEST_BODY = 16 << 20;
const REPEATABLE = new Set(['GET', 'HEAD', 'OPTIONS']);
const UNSENT = new Set(['ECONNREFUSED', 'EHOSTUNREACH', 'ENOTFOUND']);
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'proxy-connection', 'te'];

/**
 * A load balancer as an operator would put in front: asks each server's readiness, leaves out those that are not, tells
 * them the caller's address, and tries a request once more elsewhere when it cannot have had an effect: it was never
 * sent, or its method is one that may be repeated.
 * @param servers base URLs; they need not run yet
 */
export async function startBalancer(servers: string[], options: BalancerOptions = {}): Promise<Balancer> {
  const {
    checkEveryMs = 250,
    checkPath = '/readyz',
    checkTimeoutMs = 1000,
    requestTimeoutMs = 60_000,
  } = options;
  const behind: Behind[] = servers.map((url) => ({ url, isUp: false, requests: 0 }));
  const agents = servers.map(() => new Agent({ keepAlive: true, maxFreeSockets: 64, scheduling: 'fifo' }));
  const stopping = new AbortController();
  let turn = 0;

  const choose = (not?: number): number | undefined => {
    turn += 1;
    const order = behind.map((_server, at) => (at + turn) % behind.length).filter((at) => at !== not);
    // when none is ready, one that lives can still say so itself, and serve keys and discovery
    return order.find((at) => behind[at]?.isUp) ?? order[0];
  };

  const forward = (incoming: IncomingMessage, body: Buffer, at: number): Promise<IncomingMessage> => {
    const server = behind[at];
    if (!server) return Promise.reject(new Error('no such server'));
    server.requests += 1;
    const headers = { ...incoming.headers };
    for (const name of HOP_BY_HOP) delete headers[name];
    const callers = [incoming.headers['x-forwarded-for'], incoming.socket.remoteAddress];
    headers['x-forwarded-for'] = callers.flat().filter(Boolean).join(', ');
    headers['x-forwarded-proto'] ??= 'http';
    const { hostname, port } = new URL(server.url);
    return new Promise((resolve, reject) => {
      const outgoing = request(
        {
          ...{ hostname, port, headers },
          ...{ method: incoming.method, path: incoming.url, agent: agents[at], timeout: requestTimeoutMs },
        },
        resolve,
      );
      outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in time')));
      outgoing.once('error', reject);
      outgoing.end(body);
    });
  };

  const answer = async (incoming: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(incoming);
    if (body === undefined) return refuse(response, 413);
    const first = choose();
    if (first === undefined) return refuse(response, 503);
    let reply: IncomingMessage;
    try {
      reply = await forward(incoming, body, first);
    } catch (error) {
      const isUnsent = UNSENT.has((error as NodeJS.ErrnoException).code ?? '');
      const server = behind[first];
      if (isUnsent && server) server.isUp = false;
      const second = choose(first);
      if (second === undefined || (!isUnsent && !REPEATABLE.has(incoming.method ?? '')))
        return refuse(response, 502);
      reply = await forward(incoming, body, second);
    }
    const headers = { ...reply.headers, 'x-served-by': String(reply.socket.remotePort) };
    for (const name of HOP_BY_HOP) delete (headers as Record<string, unknown>)[name];
    response.writeHead(reply.statusCode ?? 502, headers);
    reply.once('error', () => response.destroy());
    reply.once('aborted', () => response.destroy());
    reply.pipe(response);
    return undefined;
  };

  const check = async (server: Behind): Promise<void> => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      server.isUp = await isReady(server.url + checkPath, checkTimeoutMs);
      await sleep(Math.max(20, checkEveryMs - (performance.now() - began)), undefined, { ref: false });
    }
  };

  const front = createServer({ keepAliveTimeout: 60_000, requestTimeout: 0 }, (incoming, response) => {
    answer(incoming, response).catch(() => refuse(response, 502));
  });
  await new Promise<void>((resolve, reject) => {
    front.once('error', reject);
    front.listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  for (const server of behind) void check(server);

  return {
    url: `http://localhost:${(front.address() as AddressInfo).port}`,
    behind,
    async waitFor(index, isUp, deadlineMs = 30_000) {
      const until = performance.now() + deadlineMs;
      while (behind[index]?.isUp !== isUp) {
        if (performance.now() > until)
          throw new Error(`server ${index} is not ${isUp ? 'up' : 'down'} in time`);
        await sleep(10);
      }
    },
    stop: () =>
      new Promise((resolve) => {
        stopping.abort();
        agents.forEach((agent) => agent.destroy());
        front.close(() => resolve());
        front.closeAllConnections();
      }),
  };
}

async function readBody(incoming: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(status, {
    'content-type': 'text/plain',
    'x-refused-by': 'balancer',
    'retry-after': '1',
  });
  response.end('balancer\n');
}

/** Whether a server says so, on a connection of its own. */
function isReady(url: string, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const asking = request(url, { agent: false, timeout: timeoutMs }, (reply) => {
      reply.resume();
      resolve(reply.statusCode === 200);
    });
    const deadline = setTimeout(() => asking.destroy(), timeoutMs);
    asking.once('close', () => clearTimeout(deadline));
    asking.once('timeout', () => asking.destroy());
    asking.once('error', () => resolve(false));
    asking.once('close', () => resolve(false));
    asking.end();
  });
}
