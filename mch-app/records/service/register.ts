import type { Trx } from '#db/mch/tables.ts';
import { registerBirth, unregisterBirth } from '../../patients/index.ts';
import { CHILD } from '../blocks.ts';
import { countyOf } from '../place.ts';
import { isSpokenOf } from '../store/envelope.ts';
import type { Actor, FullRecord, RecordKind, Value } from '../types.ts';
import type { Judged } from './read.ts';

/**
 * What a submitted record says of a child's birth goes on the register. A correction that makes it another child takes
 * the one before off, unless another submitted record speaks of it.
 */
export async function keepRegister(
  trx: Trx,
  { kind, actor, judged }: { kind: RecordKind; actor: Actor; judged: Judged },
  childId: string | null,
  before: FullRecord | undefined,
  at: Date,
): Promise<void> {
  if (kind.subject !== 'child' || childId === null) return;
  if (before?.patientId && before.patientId !== childId && !(await isSpokenOf(trx, before.patientId))) {
    await unregisterBirth(trx, before.patientId);
  }
  const { values } = judged;
  const notice = kind.birthNotice?.(values);
  const { code, county, town } = actor.unit;
  const told = textOf(values['birth_unit']);
  const isHere = told === code || (told === null && notice !== undefined);
  const residence = textOf(values['residence_town']);
  await registerBirth(
    trx,
    childId,
    {
      birthUnit: isHere ? { code, county, town } : (told ?? undefined),
      gestationDays: numberOf(values['gestation_days']),
      birthWeight: numberOf(values['birth_weight']),
      guardianName: textOf(values['guardian_name']),
      guardianPhone: textOf(values['guardian_phone']),
      residence: residence === null ? undefined : { county: countyOf(residence), town: residence },
      isAlive: notice?.isAlive,
    },
    at,
  );
}

/** Whether a kind asks of the birth, so that the register knows what to fill in. */
export const asksOfBirth = (kind: RecordKind): boolean =>
  kind.parts.some(({ table }) => table === CHILD.table);

const textOf = (value: Value | undefined): string | null =>
  typeof value === 'string' && value !== '' ? value : null;
const numberOf = (value: Value | undefined): number | null => (typeof value === 'number' ? value : null);
