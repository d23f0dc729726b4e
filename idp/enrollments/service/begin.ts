import { transact } from '#db/transact.ts';
import type { Locale } from '#kit/http/locale.ts';
import { type BrowserDigests, beginWithProof } from '../../federation/index.ts';
import { findUnit } from '../../units/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { personalFrom } from '../provided.ts';
import { sealPersonal } from '../sealed.ts';
import { insertDraft } from '../store/enrollments.ts';

/**
 * Begins an application with the sign-in at an institution that this browser just came from, its facts filled in.
 * @returns the draft's id and whether its unit is filled in; undefined when there is no such sign-in (any more)
 */
export async function beginFromInstitution(
  services: EnrollmentServices,
  browser: BrowserDigests,
  locale: Locale,
): Promise<{ id: string; hasUnit: boolean } | undefined> {
  const { db, keyring, clock } = services;
  return transact(db, async (trx) => {
    const id = crypto.randomUUID();
    let unitCode: string | undefined;
    const isBegun = await beginWithProof(trx, services, browser, async (facts) => {
      const unit = facts.unit === undefined ? undefined : await findUnit(trx, facts.unit);
      if (unit?.status === 'active') unitCode = unit.code;
      const personalSealed = sealPersonal(keyring, id, personalFrom(facts));
      await insertDraft(trx, { id, unitCode, locale, at: clock(), personalSealed });
      return id;
    });
    return isBegun ? { id, hasUnit: unitCode !== undefined } : undefined;
  });
}
