import type { HashCost } from './hash-job.ts';

const ARGON2ID = /^\$argon2id\$v=19\$([^$]+)\$/;

/** Whether `hash` is of another algorithm or filled less memory over all its passes than `cost` does. */
export function isWeaker(hash: string, cost: HashCost): boolean {
  const parameters = new URLSearchParams(ARGON2ID.exec(hash)?.[1]?.replaceAll(',', '&') ?? '');
  return Number(parameters.get('m')) * Number(parameters.get('t')) < cost.memoryKib * cost.time;
}
