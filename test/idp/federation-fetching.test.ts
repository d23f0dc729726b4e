import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import {
  type Ask,
  LIMITS,
  TrustFault,
  askWorld,
  configurationUrl,
} from '#idp/federation/trust-chain/index.ts';
import { createFetcher } from '#idp/federation/trust-chain/fetching.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { ANCHOR, CLINIC, COUNTY, NOW, brokenRule, federationWorld } from './federation-world.ts';

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const type = 'application/entity-statement+jwt';

describe('OpenID Federation §18.1: what others can cost whoever asks them', () => {
  it('lets one slow host have four places of sixteen: who asks elsewhere does not notice', async () => {
    const world = await federationWorld();
    let [held, most] = [0, 0];
    const ask: Ask = async (url, limits, form) => {
      if (url.hostname !== 'slow.example') return world.ask(url, limits, form);
      held += 1;
      most = Math.max(most, held);
      await pause(400);
      held -= 1;
      throw new Error('late');
    };
    world.anchors.set(ANCHOR, world.jwksOf(world.keys.anchorKey));
    const fetcher = createFetcher({ ask, clock: () => NOW, limits: LIMITS });
    const slow = Array.from({ length: 40 }, (_, at) =>
      brokenRule(() => fetcher.fetch(new URL(`https://slow.example/${at}`), fetcher.newBudget())),
    );
    const begun = performance.now();
    for (const id of [CLINIC, COUNTY, ANCHOR]) await fetcher.fetch(configurationUrl(id), fetcher.newBudget());
    expect(performance.now() - begun).toBeLessThan(200);
    expect(held).toBe(4);
    expect(new Set(await Promise.all(slow))).toEqual(new Set(['unreachable']));
    expect(most).toBe(4);
  });

  it('keeps four places for hosts that have answered: silent strangers, however many, take the others alone', async () => {
    const world = await federationWorld();
    const silent = new Set<string>();
    const held = new Map<string, number>();
    const ask: Ask = async (url, limits, form) => {
      if (!url.hostname.endsWith('.stranger.example') && !silent.has(url.hostname))
        return world.ask(url, limits, form);
      held.set(url.hostname, (held.get(url.hostname) ?? 0) + 1);
      await pause(300);
      held.delete(url.hostname);
      throw new Error('late');
    };
    world.anchors.set(ANCHOR, world.jwksOf(world.keys.anchorKey));
    let now = NOW;
    const fetcher = createFetcher({ ask, clock: () => now, limits: LIMITS });
    const known = [CLINIC, COUNTY, ANCHOR];
    const askKnown = async (): Promise<number> => {
      now = after(now, 11 * MINUTE); // nothing is remembered of what they said
      const begun = performance.now();
      await Promise.all(known.map((id) => fetcher.fetch(configurationUrl(id), fetcher.newBudget())));
      return performance.now() - begun;
    };
    const strangers = () =>
      Array.from({ length: 600 }, (_, at) =>
        brokenRule(() => fetcher.fetch(new URL(`https://${at}.stranger.example`), fetcher.newBudget())),
      );
    await askKnown();
    const many = strangers();
    await pause(5);
    expect(held.size).toBe(12);
    expect(await askKnown()).toBeLessThan(150);
    expect(held.size).toBe(12);
    // 412 of them are under way or wait, the others were told at once
    const told = await Promise.all(many.slice(412));
    expect(new Set(told)).toEqual(new Set(['limits']));

    // one that goes silent is a stranger from then on
    const { hostname } = new URL(COUNTY);
    silent.add(hostname);
    now = after(now, 11 * MINUTE);
    expect(await brokenRule(() => fetcher.fetch(configurationUrl(COUNTY), fetcher.newBudget()))).toBe(
      'unreachable',
    );
    now = after(now, 2 * MINUTE);
    const again = brokenRule(() => fetcher.fetch(configurationUrl(COUNTY), fetcher.newBudget()));
    await pause(20);
    expect(held.has(hostname)).toBe(false); // it waits for its turn among them
    known.splice(known.indexOf(COUNTY), 1);
    expect(await askKnown()).toBeLessThan(150);
    await Promise.all([again, ...many]);
  });

  it('gives places to hosts in turn, takes back the place in the queue of whoever has no more time, and lets only so many wait', async () => {
    const order: string[] = [];
    const ask: Ask = async (url) => {
      order.push(url.hostname);
      await pause(60);
      return { status: 404, type, body: '' };
    };
    const limits = { ...LIMITS, atOnce: 2, atOnceAtHost: 2, waiting: 6 };
    const fetcher = createFetcher({ ask, clock: () => NOW, limits });
    const short = createFetcher({ ask, clock: () => NOW, limits: { ...limits, totalMs: 30 } });
    const outcomeOf = (from: typeof fetcher, url: string) =>
      brokenRule(() => from.fetch(new URL(url), from.newBudget()));
    const many = Array.from({ length: 6 }, (_, at) => outcomeOf(fetcher, `https://a.example/${at}`));
    const few = [outcomeOf(fetcher, 'https://b.example'), outcomeOf(fetcher, 'https://c.example')];
    expect(await outcomeOf(fetcher, 'https://d.example')).toBe('limits'); // six wait already
    expect(await Promise.all([...many, ...few])).toEqual(Array.from({ length: 8 }, () => 'unreachable'));
    expect(order.slice(2, 5).toSorted()).toEqual(['a.example', 'b.example', 'c.example']);

    const hold = [outcomeOf(short, 'https://a.example/x'), outcomeOf(short, 'https://a.example/y')];
    const begun = performance.now();
    expect(await outcomeOf(short, 'https://b.example/late')).toBe('limits');
    expect(performance.now() - begun).toBeLessThan(58);
    await Promise.all(hold);
    expect(order.filter((host) => host === 'b.example')).toHaveLength(1); // nobody was asked in vain
  });

  it('asks again for whoever has more time than the one who asked first, and waits no longer than their own', async () => {
    const world = await federationWorld();
    const asked: number[] = [];
    const ask: Ask = async (url, limits) => {
      asked.push(limits.timeoutMs);
      await pause(Math.min(limits.timeoutMs, 100));
      if (limits.timeoutMs < 100) throw new Error('late');
      return world.answerAt(url);
    };
    const fetcher = createFetcher({ ask, clock: () => NOW, limits: LIMITS });
    const url = configurationUrl(COUNTY);
    const ending = (ms: number) => ({ fetches: 24, endsAt: performance.now() + ms });
    const first = brokenRule(() => fetcher.fetch(url, ending(40)));
    const second = fetcher.fetch(url, ending(3000));
    expect([await first, (await second).claims.sub]).toEqual(['limits', COUNTY]);
    expect(asked).toHaveLength(2);

    const other = createFetcher({ ask, clock: () => NOW, limits: LIMITS });
    const long = other.fetch(url, ending(3000));
    expect(await brokenRule(() => other.fetch(url, ending(30)))).toBe('limits');
    expect((await long).claims.sub).toBe(COUNTY);
    expect(asked).toHaveLength(3);
  });

  it('keeps a thousand answers at most, and eight million characters of them', async () => {
    const world = await federationWorld();
    const { body } = await world.answerAt(configurationUrl(COUNTY));
    let now = NOW;
    let asked = 0;
    const padded = `${body.split('.').slice(0, 2).join('.')}.${'A'.repeat(60_000)}`;
    const ask: Ask = () => {
      asked += 1;
      return Promise.resolve({ status: 200, type, body: padded });
    };
    const fetcher = createFetcher({ ask, clock: () => now, limits: LIMITS });
    const visit = (at: number) => fetcher.fetch(new URL(`https://h${at}.example`), fetcher.newBudget());
    for (let at = 0; at < 200; at += 1) await visit(at);
    asked = 0;
    await visit(199);
    expect(asked).toBe(0);
    await visit(1); // 200 of them are twelve million
    expect(asked).toBe(1);
    now = after(NOW, 11 * MINUTE);
    await visit(199);
    expect(asked).toBe(2);
  });
});

describe('OpenID Federation §9, §8.1: answers over sockets', () => {
  const answers: Record<string, Parameters<typeof createServer>[1]> = {
    '/redirect': (_req, res) => res.writeHead(302, { location: '/inside' }).end(),
    '/huge': (_req, res) => res.writeHead(200, { 'content-type': type }).end('x'.repeat(80_000)),
    '/bomb': (_req, res) =>
      res
        .writeHead(200, { 'content-type': type, 'content-encoding': 'gzip' })
        .end(gzipSync(Buffer.alloc(50_000_000))),
    '/drip': (_req, res) => {
      res.writeHead(200, { 'content-type': type });
      const drops = setInterval(() => res.write('x'), 20);
      res.once('close', () => clearInterval(drops));
    },
    '/cut': (_req, res) => {
      res.writeHead(200, { 'content-type': type, 'content-length': 100 });
      res.write('x');
      setTimeout(() => res.destroy(), 10);
    },
  };
  const seen: string[] = [];
  const server = createServer((req, res) => {
    seen.push(req.url ?? '');
    const answer = answers[req.url ?? ''];
    if (answer) answer(req, res);
    else res.writeHead(404).end();
  });
  let origin = '';
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('follows no redirect, inflates nothing, reads no more than 64 KiB, and no slower than its time', async () => {
    const limits = { ...LIMITS, fetchMs: 300 };
    const outcome = async (path: string) => {
      const fetcher = createFetcher({ ask: askWorld(true), clock: () => NOW, limits });
      const begun = performance.now();
      const rule = await brokenRule(() => fetcher.fetch(new URL(path, origin), fetcher.newBudget()));
      expect(performance.now() - begun).toBeLessThan(1500);
      return rule;
    };
    const outcomes: Record<string, string | undefined> = {};
    for (const path of Object.keys(answers)) outcomes[path] = await outcome(path);
    expect(outcomes).toEqual({
      ...{ '/redirect': 'unreachable', '/huge': 'unreachable', '/bomb': 'malformed' },
      ...{ '/drip': 'unreachable', '/cut': 'unreachable' },
    });
    expect(seen).not.toContain('/inside');
  });

  it('I1: asks nobody inside our network by whatever name, also where a fetch endpoint leads there', async () => {
    const world = await federationWorld();
    const outside = askWorld(false);
    const before = seen.length;
    const ask: Ask = async (url, limits, form) =>
      url.origin === origin ? outside(url, limits, form) : world.ask(url, limits, form);
    const fetcher = createFetcher({ ask, clock: () => NOW, limits: LIMITS });
    const named = [origin, origin.replace('localhost', '127.0.0.1'), origin.replace('localhost', '0x7f.1')];
    for (const address of [...named, 'http://[::ffff:127.0.0.1]:9', 'file:///etc/passwd', 'gopher://h']) {
      const refused = await outside(new URL(address), { timeoutMs: 500, maxBytes: 100 }).catch(
        (error: unknown) => error,
      );
      expect(refused).toBeInstanceOf(Error);
    }
    const rule = await brokenRule(() => fetcher.fetch(new URL(`${origin}/redirect`), fetcher.newBudget()));
    expect([rule, seen.length]).toEqual(['unreachable', before]);
    expect(new TrustFault('unreachable').isTransient).toBe(true);
  });
});
