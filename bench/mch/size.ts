import { parseArgs } from 'node:util';

/** How large a county is. */
export interface MchSize {
  mothers: number;
  /** A year. */
  births: number;
  years: number;
  seed: number;
}

/** The county the command line asks for; 30,000 mothers and 20,000 births a year over five years where it says nothing. */
export function askedSize(): MchSize {
  const number = (value: number) => ({ type: 'string', default: String(value) }) as const;
  const { values } = parseArgs({
    args: process.argv.slice(3),
    options: { mothers: number(30_000), births: number(20_000), years: number(5), seed: number(1) },
    strict: false,
  });
  return {
    mothers: Number(values['mothers']),
    births: Number(values['births']),
    years: Number(values['years']),
    seed: Number(values['seed']),
  };
}
