import { transact } from '#db/transact.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { endGrantsOfUnits } from '../../subsystem-accounts/index.ts';
import { type Deed, type UpkeepDeps, kindsOfDuty } from '../deps.ts';
import { type ValueFault, changesClaims, readValue, strayDuties, valueFaults, valuesOf } from '../policy.ts';
import { countUse, lockUnits, updateUnit } from '../store/unit.ts';
import type { UnitField, UnitValues, WholeUnit } from '../types.ts';

export interface Edit {
  code: string;
  /** Of the unit as the form showed it. */
  version: number;
  values: UnitValues;
  /** The fields the caller may change; what else was sent is not looked at. */
  fields: readonly UnitField[];
}

export type EditOutcome =
  | { done: true }
  | { done: false; reason: 'not_found' | 'kind_in_use' }
  | { done: false; reason: 'faulty'; faults: ValueFault[] }
  | { done: false; reason: 'changed_meanwhile'; now: WholeUnit };

/** Changes what is known of a unit, unless somebody else has since the form was opened. */
export async function editUnit({ db, registry }: UpkeepDeps, deed: Deed, edit: Edit): Promise<EditOutcome> {
  return transact(db, async (trx): Promise<EditOutcome> => {
    const unit = (await lockUnits(trx, [edit.code])).get(edit.code);
    if (!unit) return { done: false, reason: 'not_found' };
    const before = valuesOf(unit);
    const after = { ...before };
    for (const field of edit.fields) after[field] = readValue(edit.values[field]);
    const faults = valueFaults(unit.code, after, edit.fields);
    if (faults.length > 0) return { done: false, reason: 'faulty', faults };
    if (unit.version !== edit.version) return { done: false, reason: 'changed_meanwhile', now: unit };
    const changed = edit.fields.filter((field) => before[field] !== after[field]);
    if (changed.length === 0) return { done: true };
    if (changed.includes('kind')) {
      const { subsystems } = await countUse(trx, unit.code);
      const stray = strayDuties(subsystems, after.kind, (subsystem, duty) =>
        kindsOfDuty(registry, subsystem, duty),
      );
      if (stray.length > 0) return { done: false, reason: 'kind_in_use' };
    }
    await updateUnit(trx, unit.code, after);
    const grantsEnded = changesClaims(changed) ? await endGrantsOfUnits(trx, [unit.code], 'unit_changed') : 0;
    await recordConsoleDeed(trx, deed.actor, {
      type: 'unit.changed',
      target: { kind: 'unit', id: unit.code },
      unitCode: unit.code,
      changes: Object.fromEntries(changed.map((field) => [field, [before[field], after[field]]])),
      open: ['name', 'nameEn', 'address', 'phone'], // an institution's, not a person's
      reason: deed.reason,
      details: { grantsEnded },
      from: deed.from,
    });
    return { done: true };
  });
}
