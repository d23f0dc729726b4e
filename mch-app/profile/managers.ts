import { z } from 'zod';
import { type Clock, MINUTE } from '#kit/clock.ts';
import type { Log } from '#kit/log.ts';
import type { IdpApi } from '../idp-api/index.ts';

const answerSchema = z.object({
  managers: z.array(z.object({ name: z.string(), phone: z.string().nullable() })),
});

export interface Manager {
  name: string;
  phone: string;
}

/** Who manages a unit; undefined while the single entry cannot be asked. */
export type Managers = (unitCode: string) => Promise<Manager[] | undefined>;

const KEPT_MS = 5 * MINUTE;
const MOST_KEPT = 500;

/** Asks the single entry who manages a unit, and keeps the answer for five minutes. */
export function createManagers(deps: { api: Pick<IdpApi, 'get'>; clock: Clock; log: Log }): Managers {
  const kept = new Map<string, { managers: Manager[]; until: number }>();
  return async (unitCode) => {
    const known = kept.get(unitCode);
    const now = deps.clock().getTime();
    if (known && known.until > now) return known.managers;
    try {
      const answer = await deps.api.get(`/units/${encodeURIComponent(unitCode)}/managers`, 'managers:read');
      if (answer.status === 404) return [];
      if (answer.status !== 200) return undefined;
      const managers = answerSchema
        .parse(answer.body)
        .managers.map(({ name, phone }) => ({ name, phone: phone ?? '' }));
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(unitCode, { managers, until: now + KEPT_MS });
      return managers;
    } catch (error) {
      deps.log.warn({ err: error }, 'the managers of a unit could not be asked for');
      return undefined;
    }
  };
}
