import { parseArgs } from 'node:util';
import type { Population } from './world.ts';

/** How often each page is asked for, and which ones. */
export function askedRounds(): { rounds: number; only: string } {
  const { rounds, only } = asked();
  return { rounds: Math.min(200, Number(rounds)), only: only ?? '' };
}

/** The population that the command line asks for; the usual one where it says nothing. */
export function askedPopulation(): Population {
  const values = asked();
  return {
    units: Number(values.units),
    accounts: Number(values.accounts),
    subsystemAccounts: Number(values['subsystem-accounts']),
    events: Number(values.events),
    waiting: Number(values.waiting),
    seed: Number(values.seed),
  };
}

function asked() {
  const number = (value: number) => ({ type: 'string', default: String(value) }) as const;
  const { values } = parseArgs({
    options: {
      units: number(300_000),
      accounts: number(1_000_000),
      'subsystem-accounts': number(3_000_000),
      events: number(1_000_000),
      waiting: number(50_000),
      seed: number(1),
      rounds: number(15),
      only: { type: 'string', default: '' },
    },
    allowPositionals: true,
  });
  return values;
}
