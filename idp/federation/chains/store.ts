import type { Db } from '#db/idp/tables.ts';

/** A relying party that came by a chain of trust. */
export interface Party {
  entityId: string;
  policy: string;
  anchor: string;
  registeredAt: Date;
  expiresAt: Date;
  /** When what it was granted ended with its chain. */
  endedAt: Date | undefined;
  isActive: boolean;
  /** Whether we renew it before its end; else it has to register again. */
  renews: boolean;
  /** When its chain failed last, the rule that was broken and by what; undefined when it did not since. */
  failed: { at: Date; rule: string; about: string } | undefined;
}

/** More than these are found by their id. */
export const MOST_SHOWN = 100;

/** The relying parties that came by a chain, those whose chain lasts longest first. */
export async function listParties(db: Db): Promise<Party[]> {
  const rows = await db
    .selectFrom('federation_client as f')
    .innerJoin('client as c', 'c.client_id', 'f.client_id')
    .select([
      'f.client_id',
      'f.policy',
      'f.anchor',
      'f.registered_at',
      'f.expires_at',
      'f.ended_at',
      'f.failure',
      'f.failed_at',
      'f.renews',
      'c.status',
    ])
    .orderBy('f.expires_at', 'desc')
    .orderBy('f.client_id')
    .limit(MOST_SHOWN)
    .execute();
  return rows.map((row) => ({
    entityId: row.client_id,
    policy: row.policy,
    anchor: row.anchor,
    registeredAt: row.registered_at,
    expiresAt: row.expires_at,
    endedAt: row.ended_at ?? undefined,
    isActive: row.status === 'active',
    renews: row.renews,
    failed:
      row.failure === null || row.failed_at === null
        ? undefined
        : { at: row.failed_at, ...readStory(row.failure) },
  }));
}

/** As `storyOf` writes it. */
function readStory(story: string): { rule: string; about: string } {
  const [rule = '', ...about] = story.split(' ');
  return { rule, about: about.join(' ') };
}
