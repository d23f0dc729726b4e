import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { listEntitled } from '../../entitlements/index.ts';
import { endGrantsOfAll } from '../../subsystem-accounts/index.ts';
import { type Deed, type UpkeepDeps, kindsOfDuty } from '../deps.ts';
import { coversHeld, livingAccounts, mergerRefusal, strayDuties } from '../policy.ts';
import { countAppliedAtBoth, moveAll } from '../store/move.ts';
import { listHeldMenuRoles, moveRights } from '../store/rights.ts';
import { countUse, findWholeUnit, lockUnits, updateStatus } from '../store/unit.ts';
import type { Outcome, Refusal, UnitUse, WholeUnit } from '../types.ts';
import type { Expected } from './close.ts';

export interface Merger {
  from: string;
  into: string;
}

export interface MergerPreview {
  from: WholeUnit;
  into: WholeUnit | undefined;
  use: UnitUse;
  refusal: Refusal | undefined;
}

/** What would happen, for the page that asks. */
export async function previewMerger(
  { db, registry }: UpkeepDeps,
  actor: { unitCode: string },
  merger: Merger,
  now: Date,
): Promise<MergerPreview | undefined> {
  const from = await findWholeUnit(db, merger.from);
  const into = await findWholeUnit(db, merger.into);
  return from && judge({ db, registry, actor, now }, from, into);
}

interface Judging {
  db: Db | Trx;
  registry: UpkeepDeps['registry'];
  actor: { unitCode: string };
  now: Date;
}

async function judge(
  { db, registry, actor, now }: Judging,
  from: WholeUnit,
  into: WholeUnit | undefined,
): Promise<MergerPreview> {
  const use = await countUse(db, from.code);
  const stray = into
    ? strayDuties(use.subsystems, into.kind, (subsystem, duty) => kindsOfDuty(registry, subsystem, duty))
    : [];
  const refusal = mergerRefusal(from, into, {
    actorUnit: actor.unitCode,
    privileged: use.privileged,
    strayDuties: stray.length,
    isEntitled: into === undefined || (await keepsMenuRoles(db, from.code, into.code, now)),
    appliedAtBoth: into ? await countAppliedAtBoth(db, from.code, into.code) : 0,
  });
  return { from, into, use, refusal };
}

async function keepsMenuRoles(db: Db | Trx, from: string, into: string, now: Date): Promise<boolean> {
  const held = await listHeldMenuRoles(db, from);
  return coversHeld(held, await listEntitled(db, into, now), await listEntitled(db, from, now));
}

/**
 * Makes one unit part of another: its people, their subsystem accounts, what waits for a decision. What subsystems
 * were told of those accounts is no longer so, hence their grants and tokens end and the clients are told.
 */
export async function mergeUnits(
  { db, registry }: UpkeepDeps,
  deed: Deed,
  { from: fromCode, into: intoCode }: Merger,
  expected: Expected,
  now: Date,
): Promise<Outcome> {
  if (deed.reason === '') return { done: false, reason: 'reason_missing' };
  return transact(db, async (trx): Promise<Outcome> => {
    const units = await lockUnits(trx, [fromCode, intoCode]);
    const from = units.get(fromCode);
    if (!from) return { done: false, reason: 'not_found' };
    const { use, refusal } = await judge(
      { db: trx, registry, actor: deed.actor, now },
      from,
      units.get(intoCode),
    );
    if (refusal) return { done: false, reason: refusal };
    if (use.activeAccounts !== expected.accounts || livingAccounts(use) !== expected.subsystemAccounts) {
      return { done: false, reason: 'use_changed' };
    }
    await moveRights(trx, fromCode, intoCode);
    const moved = await moveAll(trx, fromCode, intoCode);
    const grantsEnded = await endGrantsOfAll(trx, moved.subsystemAccounts, 'unit_changed');
    await updateStatus(trx, fromCode, 'closed', intoCode);
    const facts = {
      accounts: moved.accounts,
      subsystemAccounts: moved.subsystemAccounts.length,
      applications: moved.enrollments + moved.requests,
      grantsEnded,
    };
    for (const [code, type] of [
      [fromCode, 'unit.merged'],
      [intoCode, 'unit.enlarged'],
    ] as const) {
      await recordConsoleDeed(trx, deed.actor, {
        type,
        target: { kind: 'unit', id: code },
        unitCode: code,
        reason: deed.reason,
        details: { ...facts, from: fromCode, into: intoCode },
        from: deed.from,
      });
    }
    return { done: true };
  });
}
