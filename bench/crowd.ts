import { setTimeout as sleep } from 'node:timers/promises';
import { DEMO_PASSWORD } from '#db/idp/seed/world.ts';
import { FIXED_CAPTCHA } from '../test/support/journey.ts';
import { Connection, locationOf } from './connection.ts';
import { quantiles } from './measure.ts';
import { Party, expectOk } from './party.ts';
import { loginNameOf } from './people.ts';
import { median } from './rounds.ts';
import type { RunningServer } from './servers/types.ts';

export interface Crowd {
  people: number;
  /** Seconds until the last one was in. */
  seconds: number;
  /** Answers that told somebody to come back, and those that did so without saying when. */
  refused: number;
  withoutAdvice: number;
  lost: number;
  /** p99 in milliseconds of what others did at a fixed rate: in a calm moment, and meanwhile. */
  others: { name: string; calm: number; meanwhile: number }[];
}

const EVERY_MS = 20;
const CALM_MS = 3000;
const TRIES = 90;

/** The same crowd some times, since a p99 of a few seconds is a matter of luck: sums, and medians of the times. */
export async function measureCrowds(server: RunningServer, people: number, times: number): Promise<Crowd> {
  const rounds: Crowd[] = [];
  for (let n = 0; n < times; n += 1) rounds.push(await measureCrowd(server, people));
  const sum = (of: (round: Crowd) => number): number => rounds.reduce((all, round) => all + of(round), 0);
  const names = rounds[0]?.others.map(({ name }) => name) ?? [];
  const middle = (at: number, when: 'calm' | 'meanwhile'): number =>
    median(rounds.map(({ others }) => others[at]?.[when] ?? Number.NaN));
  return {
    people,
    seconds: median(rounds.map(({ seconds }) => seconds)),
    refused: sum(({ refused }) => refused),
    withoutAdvice: sum(({ withoutAdvice }) => withoutAdvice),
    lost: sum(({ lost }) => lost),
    others: names.map((name, at) => ({ name, calm: middle(at, 'calm'), meanwhile: middle(at, 'meanwhile') })),
  };
}

/** Everybody types a password at once, while others refresh, ask who they are and fetch keys. */
async function measureCrowd(server: RunningServer, people: number): Promise<Crowd> {
  const { face } = server;
  const parties: { party: Party; page: string }[] = [];
  for (let n = 0; n < people; n += 1) {
    const party = new Party(face, n, { localAddress: `127.0.5.${1 + n}`, timeoutMs: 60_000 });
    const page = new URL(
      locationOf(await party.authorize(face.accountOf?.(n, face.clients.confidential) ?? {})),
      face.issuer,
    ).pathname;
    await party.connection.send(page);
    parties.push({ party, page });
  }
  const bystander = new Party(face, people);
  const { access_token, refresh_token } = await bystander.signIn();
  const bearer = { authorization: `Bearer ${access_token}` };
  const open = (): Connection => new Connection(face.issuer);
  const [forKeys, forUserinfo] = [open(), open()];
  const others: [string, () => Promise<unknown>][] = [
    ['JWKS', () => forKeys.send(face.endpoints.jwks)],
    ['userinfo', async () => expectOk(await forUserinfo.send(face.endpoints.userinfo, bearer))],
    ['refresh', () => bystander.token({ grant_type: 'refresh_token', refresh_token })],
  ];
  const calm = await observe(others, sleep(CALM_MS));

  const tally = { refused: 0, withoutAdvice: 0, lost: 0 };
  const began = performance.now();
  const entering = Promise.all(parties.map(({ party, page }, n) => enter(party, page, n, tally)));
  const meanwhile = await observe(others, entering);
  const seconds = (performance.now() - began) / 1000;
  for (const { close } of [bystander, forKeys, forUserinfo, ...parties.map(({ party }) => party)].map(
    (one) => ({
      close: () => one.close(),
    }),
  )) {
    close();
  }
  return {
    ...{ people, seconds, ...tally },
    others: others.map(([name], at) => ({ name, calm: calm[at] ?? 0, meanwhile: meanwhile[at] ?? 0 })),
  };
}

async function enter(
  { connection }: Party,
  page: string,
  n: number,
  tally: { refused: number; withoutAdvice: number; lost: number },
): Promise<void> {
  const form = { account: loginNameOf(n), password: DEMO_PASSWORD, captcha: FIXED_CAPTCHA };
  for (let tries = 0; tries < TRIES; tries += 1) {
    const answer = await connection.send(`${page}/password`, { origin: connection.origin }, form);
    if (answer.status === 303) {
      if (new URL(locationOf(answer), connection.origin).pathname !== page) return;
      await connection.send(page); // the captcha was used up by the try before: the page has a new one
      continue;
    }
    tally.refused += 1;
    const advice = answer.headers['retry-after'];
    if (advice === undefined) tally.withoutAdvice += 1;
    await sleep(1000 * Number(advice ?? 1));
  }
  tally.lost += 1;
}

/** Each of them every 20 ms, timed from when it was due. @returns the p99 of each until `over` */
async function observe(deeds: [string, () => Promise<unknown>][], over: Promise<unknown>): Promise<number[]> {
  const ended = new AbortController();
  const ending = over.finally(() => ended.abort());
  const times = await Promise.all(
    deeds.map(async ([, deed]) => {
      const own: number[] = [];
      const began = performance.now();
      for (let n = 0; !ended.signal.aborted; n += 1) {
        const due = began + n * EVERY_MS;
        const early = due - performance.now();
        if (early > 0) await sleep(early);
        await deed();
        own.push(performance.now() - due);
      }
      return quantiles(own).p99;
    }),
  );
  await ending;
  return times;
}
