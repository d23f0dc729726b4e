import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '../../bench/connection.ts';
import { createJourney, signIn } from '../support/journey.ts';
import { Ledger, type Operation } from './ledger.ts';
import { type LoadTarget, LoadUser } from './load-user.ts';

export interface LoadOptions {
  /** Virtual users; each does its next operation when the one before is answered. At most the world's people. */
  users: number;
  /** Operations a second, all users together. */
  perSecond: number;
  /** It ends by itself after this; a minute unless told. */
  seconds?: number;
  /** Shares of the operations, in per cent. */
  mix?: Partial<Record<Operation, number>>;
  /** Signed in before the clock starts, so that the figures are of steady work. */
  warm?: boolean;
}

export interface Load extends Pick<Ledger, 'now'> {
  ledger: Ledger;
  /** Lets every user finish what it does. @returns what happened */
  stop(): Promise<Ledger>;
  /** Resolves when the time is over. */
  ended: Promise<Ledger>;
}

/** What a day's work looks like, by §2 of the fault plan. */
export const USUAL_MIX: Record<Operation, number> = {
  refresh: 60,
  read: 20,
  'sign-in': 10,
  exchange: 5,
  console: 5,
};

/** Starts people at work, in a closed loop and at most so fast. */
export async function startLoad(target: LoadTarget, options: LoadOptions): Promise<Load> {
  const { users, perSecond, seconds = 60, mix = USUAL_MIX, warm = true } = options;
  const stopping = new AbortController();
  const ledger = new Ledger();
  const crew: LoadUser[] = [];
  const console =
    (mix.console ?? 0) > 0
      ? await signInAdministrator(target.issuer, (...request) => crew[0]?.note(...request))
      : undefined;
  for (let n = 0; n < users; n += 1)
    crew.push(new LoadUser(target, n, ledger, () => stopping.signal.aborted, console));
  if (warm) await Promise.all(crew.map((user) => user.signIn()));

  const began = performance.now();
  const draw = chooser(mix);
  const gap = (users / perSecond) * 1000;
  const work = async (user: LoadUser, at: number): Promise<void> => {
    await sleep((gap * at) / users);
    while (!stopping.signal.aborted && performance.now() - began < seconds * 1000) {
      const from = performance.now();
      await user.do(draw());
      const rest = gap * (0.5 + Math.random()) - (performance.now() - from);
      if (rest > 0) await sleep(rest);
    }
  };
  const ended = Promise.all(crew.map(work)).then(() => {
    for (const user of crew) user.close();
    console?.close();
    return ledger;
  });
  return {
    ledger,
    ended,
    now: () => ledger.now(),
    stop() {
      stopping.abort();
      return ended;
    },
  };
}

function chooser(mix: Partial<Record<Operation, number>>): () => Operation {
  const shares = Object.entries(mix) as [Operation, number][];
  const whole = shares.reduce((sum, [, share]) => sum + share, 0);
  return () => {
    let at = Math.random() * whole;
    return shares.find(([, share]) => (at -= share) < 0)?.[0] ?? 'refresh';
  };
}

/** One administrator, whose browser everybody's console reads share. */
async function signInAdministrator(
  issuer: string,
  onEnd: (...request: Parameters<LoadUser['note']>) => void,
): Promise<Connection> {
  const journey = createJourney();
  await journey.open(`${issuer}/sign-in`);
  await signIn(journey, 'demo.hpa');
  return new Connection(issuer, { jar: journey.jar, timeoutMs: 15_000, onEnd });
}
