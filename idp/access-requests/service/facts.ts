import type { Db, Trx } from '#db/idp/tables.ts';
import {
  listEntitled,
  lockManagerQuota,
  narrowManifest,
  readManagerQuota,
} from '../../entitlements/index.ts';
import { lockHeld } from '../../subsystem-accounts/index.ts';
import { findUnit } from '../../units/index.ts';
import { makesManager, wishRefusal } from '../policy.ts';
import { type Applicant, isSubsystemActive, listHeld } from '../store/wishes.ts';
import type { AccessRequest, AccessRequestDeps, ApprovalRefusal, Wish } from '../types.ts';

/** A wish, and for a change of which account, from what. */
export type WholeWish = Wish & Pick<AccessRequest, 'subsystemAccountId' | 'before'>;

/**
 * What speaks against a wish at this moment, by the rules of SM-04 and SM-06.
 * @param last inside the transaction that grants it: the account to be changed and the number of managers stay as
 *   they were counted until its end
 */
export async function readRefusal(
  db: Db | Trx,
  deps: Pick<AccessRequestDeps, 'registry' | 'clock'>,
  wish: WholeWish,
  applicant: Applicant,
  { last, proven }: { last: boolean; proven: boolean },
): Promise<ApprovalRefusal | undefined> {
  const { subsystemCode, unitCode, before, kind } = wish;
  const whole = deps.registry.subsystem(subsystemCode)?.manifest;
  const unit = await findUnit(db, unitCode);
  const entitled = await listEntitled(db, unitCode, deps.clock());
  const manifest = whole && narrowManifest(whole, entitled.get(subsystemCode));
  const held = await listHeld(db, applicant.accountId, subsystemCode);
  const asksForManager = manifest !== undefined && makesManager(manifest, wish, before);
  const of = manifest && { unitCode, manifest };
  const quota =
    asksForManager && of
      ? await (last ? lockManagerQuota(db as Trx, of) : readManagerQuota(db, of))
      : { used: 0, limit: 1 };
  return wishRefusal(
    wish,
    {
      applicantIsActive: applicant.isActive,
      applicantIsProven: !proven || applicant.isProven,
      subsystemIsActive: await isSubsystemActive(db, subsystemCode),
      unitIsOpen: unit?.status === 'active',
      unitKind: unit?.kind ?? '',
      manifest,
      held: held.filter(({ id }) => kind === 'account' || id !== wish.subsystemAccountId),
      quota,
      isUnchanged: kind === 'account' || (await isUnchanged(db, wish, applicant.accountId, last)),
    },
    asksForManager,
  );
}

async function isUnchanged(
  db: Db | Trx,
  { subsystemAccountId, before }: WholeWish,
  accountId: string,
  last: boolean,
): Promise<boolean> {
  const held = last
    ? await lockHeld(db as Trx, subsystemAccountId ?? '')
    : (await listHeld(db, accountId)).find(({ id }) => id === subsystemAccountId);
  if (!held || !before) return false;
  if ('status' in held && (held.status !== 'active' || held.accountId !== accountId)) return false;
  return (
    held.unitCode === before.unitCode &&
    held.role === before.role &&
    held.duty === before.duty &&
    held.menuRoles.length === before.menuRoles.length &&
    held.menuRoles.every((role) => before.menuRoles.includes(role))
  );
}
