import { type Server, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { readForms } from '../test/support/html.ts';
import { treeSeconds } from './cpu.ts';
import { type Counters, between, sum } from './counters.ts';
import { quantiles } from './measure.ts';
import { Party } from './party.ts';
import type { RunningServer } from './servers/types.ts';

export interface LogoutRow {
  clients: number;
  logouts: number;
  /** Milliseconds from confirming to the answer. */
  answer: { p50: number; p95: number; p99: number };
  /** Milliseconds from confirming to each relying party's hearing of it. */
  delivered: { p50: number; p95: number; p99: number };
  lost: number;
  /** CPU microseconds a logout with its deliveries, of each process. */
  cpu: Record<string, number>;
  statements: number;
  walBytes: number;
}

/** Hears logout tokens at the relying parties. */
export class LogoutEar {
  readonly #server: Server;
  readonly origin: string;
  /** When each client heard of it, by client and the session's id there. */
  readonly heard: number[] = [];

  private constructor(server: Server) {
    this.#server = server;
    this.origin = `http://localhost:${(server.address() as AddressInfo).port}`;
    server.on('request', (req, res) => {
      void text(req).then((body) => {
        if (body.startsWith('logout_token=')) this.heard.push(performance.now());
        res.end();
      });
    });
  }

  static async open(): Promise<LogoutEar> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    return new LogoutEar(server);
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

const LONGEST_MS = 10_000;

/** `count` people, from number `first` on, who are at `clients` relying parties sign out, one after the other. */
export async function measureLogout(
  server: RunningServer,
  ear: LogoutEar,
  clients: number,
  { first, count }: { first: number; count: number },
  counters: Counters,
): Promise<LogoutRow> {
  const parties: { party: Party; xsrf: string }[] = [];
  for (let person = first; person < first + count; person += 1) {
    parties.push(await enterAll(server, person, clients));
  }
  const answers: number[] = [];
  const delivered: number[] = [];
  let lost = 0;
  const counted = await counters.read();
  const before = cpuOf(server);
  for (const { party, xsrf } of parties) {
    ear.heard.length = 0;
    const began = performance.now();
    const answer = await party.connection.send(
      '/oidc/logout/confirm',
      { origin: server.face.issuer },
      { xsrf, logout: 'yes' },
    );
    answers.push(performance.now() - began);
    if (answer.status !== 303) throw new Error(`the sign-out answered ${answer.status}`);
    while (ear.heard.length < clients && performance.now() - began < LONGEST_MS) await sleep(5);
    delivered.push(...ear.heard.map((at) => at - began));
    lost += clients - ear.heard.length;
    party.close();
  }
  const after = cpuOf(server);
  const { calls, walBytes } = between(counted, await counters.read());
  return {
    ...{ clients, logouts: count, lost },
    answer: quantiles(answers),
    delivered: quantiles(delivered),
    cpu: Object.fromEntries(
      Object.entries(after).map(([name, used]) => [name, ((used - (before[name] ?? 0)) / count) * 1e6]),
    ),
    ...{ statements: sum(calls.values()) / count, walBytes: walBytes / count },
  };
}

/** Signs a person in, enters every relying party and opens the page that asks whether to sign out. */
async function enterAll(server: RunningServer, person: number, clients: number) {
  const clientOf = (n: number) => ({ ...server.face.clients.public, id: `fan-${n}` });
  const party = new Party(server.face, person, { client: clientOf(1) });
  await party.enter();
  for (let n = 2; n <= clients; n += 1) {
    const { headers } = await party.authorize({ client_id: `fan-${n}`, prompt: 'none' });
    if (!headers.location?.includes('code=')) throw new Error(`fan-${n}: ${headers.location}`);
  }
  const page = await party.connection.send('/oidc/logout?client_id=fan-1');
  const xsrf = readForms(page.body).find(({ fields }) => 'xsrf' in fields)?.fields['xsrf'];
  if (xsrf === undefined) throw new Error(`no question whether to sign out, but ${page.status}`);
  return { party, xsrf };
}

function cpuOf({ processes }: RunningServer): Record<string, number> {
  return Object.fromEntries(Object.entries(processes).map(([name, pid]) => [name, treeSeconds(pid)]));
}
