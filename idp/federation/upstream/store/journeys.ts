import type { Db } from '#db/idp/tables.ts';
import type { BrowserDigests } from '../browser.ts';
import type { Purpose } from '../types.ts';

interface OnTheWay {
  id: string;
  browserDigest: Buffer;
  provider: string;
  purpose: Purpose;
  within: string;
  contentSealed: Buffer;
  expiresAt: Date;
}

export async function insertDeparture(db: Db, row: OnTheWay & { stateDigest: Buffer }): Promise<void> {
  await db
    .insertInto('upstream_departure')
    .values({ ...columns(row), state_digest: row.stateDigest })
    .execute();
}

/** Takes what a browser left with, once: by its state, from this browser, at the address of this provider. */
export async function takeDeparture(
  db: Db,
  by: { stateDigest: Buffer; browser: BrowserDigests; provider: string; now: Date },
): Promise<{ id: string; purpose: Purpose; within: string; contentSealed: Buffer } | undefined> {
  return db
    .deleteFrom('upstream_departure')
    .where('state_digest', '=', by.stateDigest)
    .where((eb) => eb('browser_digest', '=', eb.fn.any(eb.val([...by.browser]))))
    .where('provider_code', '=', by.provider)
    .where('expires_at', '>', by.now)
    .returning(['id', 'purpose', 'within', 'content_sealed as contentSealed'])
    .executeTakeFirst();
}

/** What came back last is what counts. */
export async function insertArrival(db: Db, row: OnTheWay): Promise<void> {
  const values = columns(row);
  await db
    .insertInto('upstream_arrival')
    .values(values)
    .onConflict((on) => on.columns(['purpose', 'within']).doUpdateSet(values))
    .execute();
}

type Awaiting = { browser: BrowserDigests; purpose: Purpose; within: string; now: Date };

export async function findArrival(db: Db, by: Awaiting) {
  return db
    .selectFrom('upstream_arrival')
    .select(['id', 'content_sealed as contentSealed'])
    .where((eb) => eb('browser_digest', '=', eb.fn.any(eb.val([...by.browser]))))
    .where('purpose', '=', by.purpose)
    .where('within', '=', by.within)
    .where('expires_at', '>', by.now)
    .executeTakeFirst();
}

/** Takes what a browser came back with, once. */
export async function takeArrival(db: Db, by: Awaiting) {
  return db
    .deleteFrom('upstream_arrival')
    .where((eb) => eb('browser_digest', '=', eb.fn.any(eb.val([...by.browser]))))
    .where('purpose', '=', by.purpose)
    .where('within', '=', by.within)
    .where('expires_at', '>', by.now)
    .returning(['id', 'content_sealed as contentSealed'])
    .executeTakeFirst();
}

function columns(row: OnTheWay) {
  return {
    id: row.id,
    browser_digest: row.browserDigest,
    provider_code: row.provider,
    purpose: row.purpose,
    within: row.within,
    content_sealed: row.contentSealed,
    expires_at: row.expiresAt,
  };
}
