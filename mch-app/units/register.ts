import { z } from 'zod';
import type { Db } from '#db/mch/tables.ts';
import { MINUTE } from '#kit/clock.ts';
import type { IdpApi } from '../idp-api/index.ts';
import { keepRegister, lastChange } from './store.ts';

/** A change is dated when its transaction began: what began earlier may be seen later. */
const OVERLAP_MS = 10 * MINUTE;

const answerSchema = z.object({
  units: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      kind: z.string(),
      county: z.string(),
      town: z.string(),
      status: z.enum(['active', 'closed']),
      changed_at: z.iso.datetime().transform((at) => new Date(at)),
    }),
  ),
  next: z.string().optional(),
});

/**
 * Brings the copy of the single entry's register of units up to date: all of it the first time, then what changed.
 * @returns how many units were told
 * @throws Error when the single entry gives no answer or none of this shape: it is asked again at the next turn
 */
export async function followRegister({ db, api }: { db: Db; api: Pick<IdpApi, 'get'> }): Promise<number> {
  const known = await lastChange(db);
  const since = known && new Date(known.getTime() - OVERLAP_MS).toISOString();
  let cursor: string | undefined;
  let told = 0;
  do {
    const query = new URLSearchParams({
      ...(since !== undefined && { changed_since: since }),
      ...(cursor !== undefined && { cursor }),
    });
    const answer = await api.get(`/unit-register?${query.toString()}`, 'unit_register:read');
    if (answer.status !== 200) throw new Error(`the register of units was answered with ${answer.status}`);
    const { units, next } = answerSchema.parse(answer.body);
    await keepRegister(
      db,
      units.map(({ changed_at: changedAt, ...unit }) => ({ ...unit, changedAt })),
    );
    told += units.length;
    cursor = next;
  } while (cursor !== undefined);
  return told;
}
