import type { Db } from '#db/idp/tables.ts';

export interface Challenge {
  answer: string;
  expiresAt: Date;
}

/** Sets the challenge of an interaction; the one before it is void. */
export async function saveChallenge(db: Db, interaction: Buffer, challenge: Challenge): Promise<void> {
  const changes = { answer: challenge.answer, expires_at: challenge.expiresAt };
  await db
    .insertInto('captcha_challenge')
    .values({ interaction_uid: interaction, ...changes })
    .onConflict((conflict) => conflict.column('interaction_uid').doUpdateSet(changes))
    .execute();
}

/** @param names what the interaction may be stored under, one for each master key */
export async function findChallenge(db: Db, names: Buffer[], now: Date): Promise<Challenge | undefined> {
  return db
    .selectFrom('captcha_challenge')
    .select(['answer', 'expires_at as expiresAt'])
    .where('interaction_uid', 'in', names)
    .where('expires_at', '>', now)
    .orderBy('expires_at', 'desc')
    .executeTakeFirst();
}

/** Removes the challenge and returns it: of several at once, one gets it. */
export async function takeChallenge(db: Db, names: Buffer[]): Promise<Challenge | undefined> {
  const taken = await db
    .deleteFrom('captcha_challenge')
    .where('interaction_uid', 'in', names)
    .returning(['answer', 'expires_at as expiresAt'])
    .execute();
  return taken.toSorted((a, b) => b.expiresAt.getTime() - a.expiresAt.getTime())[0];
}
