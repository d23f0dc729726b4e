import { randomUUID } from 'node:crypto';
import { isUniqueViolation } from '#db/failures.ts';
import type { RecordState } from '#db/mch/record-tables.ts';
import type { Trx } from '#db/mch/tables.ts';
import { taipeiDay } from '#kit/clock.ts';
import { findCounty } from '#kit/taiwan/divisions.ts';
import { insertRecord } from '../store/envelope.ts';
import { writeParts } from '../store/values.ts';
import { insertVersion } from '../store/versions.ts';
import type { Actor, Envelope, Happened, RecordKind, Values } from '../types.ts';

/** What an area refuses once it looks at other records behind their locks: its transaction is undone. */
export class Refused extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(reason);
    this.reason = reason;
  }
}

/** Lets a kind draw its conclusions. @throws Refused */
export async function follow(trx: Trx, kind: RecordKind, happened: Happened): Promise<void> {
  const reason = await kind.follows?.(trx, happened);
  if (reason !== undefined) throw new Refused(reason);
}

/** The answer of a transaction, or its refusal once it has been undone. */
export async function orRefused<T>(work: Promise<T>): Promise<T | { done: false; reason: string }> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Refused) return { done: false, reason: error.reason };
    if (isUniqueViolation(error, 'record_unique')) return { done: false, reason: 'exists' };
    throw error;
  }
}

export interface MadeRecord {
  unit: { code: string; county: string; town: string };
  /** What it follows from. */
  of: Pick<Envelope, 'id' | 'patientId' | 'pregnancyId' | 'residenceTown'>;
  serviceOn: string;
  values: Values;
  state?: RecordState;
  actor: Actor;
  now: Date;
}

/** Makes a record that nobody types, of another one and in its transaction. */
export async function makeRecord(
  trx: Trx,
  kind: RecordKind,
  made: MadeRecord,
): Promise<{ id: string; no: number }> {
  const { unit, of, actor, now } = made;
  const id = randomUUID();
  const by = { updated_by: actor.accountId, updated_by_name: actor.personName, updated_at: now };
  const no = await insertRecord(trx, {
    id,
    kind: kind.key,
    unit_code: unit.code,
    assigned_unit_code: null,
    county: unit.county,
    town: unit.town,
    residence_town: of.residenceTown,
    residence_county: findCounty(of.residenceTown.slice(0, 5))?.code ?? '',
    patient_id: of.patientId,
    pregnancy_id: of.pregnancyId,
    parent_id: of.id,
    unique_key: kind.onePerParent ? of.id : (kind.uniqueBy?.(made.values) ?? null),
    state: made.state ?? 'submitted',
    service_on: made.serviceOn || taipeiDay(now),
    unlocked_until: null,
    created_by: actor.accountId,
    created_by_name: actor.personName,
    created_at: now,
    ...by,
    submitted_by_name: actor.personName,
    submitted_at: now,
    reviewed_by_name: null,
    reviewed_at: null,
  });
  if (no === undefined) throw new Refused('exists');
  await writeParts(trx, kind, id, made.values);
  await insertVersion(trx, {
    recordId: id,
    version: 1,
    at: now,
    deed: 'created',
    byAccount: actor.accountId,
    byName: actor.personName,
    unitCode: actor.unit.code,
    note: '',
    changes: [],
  });
  return { id, no };
}

/** What one record's deed has made of another: its new version, and what its history calls that. */
export interface Moved {
  id: string;
  version: number;
  deed: string;
}

/** Writes into the histories of records that another one's deed has moved on, within its transaction. */
export async function rememberMoved(
  trx: Trx,
  moved: readonly Moved[],
  { actor, now }: Pick<Happened, 'actor' | 'now'>,
): Promise<void> {
  for (const { id, version, deed } of moved) {
    await insertVersion(trx, {
      recordId: id,
      version,
      at: now,
      deed,
      byAccount: actor.accountId,
      byName: actor.personName,
      unitCode: actor.unit.code,
      note: '',
      changes: [],
    });
  }
}
