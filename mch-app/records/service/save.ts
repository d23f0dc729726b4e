import { randomUUID } from 'node:crypto';
import type { Trx } from '#db/mch/tables.ts';
import { transact } from '#db/transact.ts';
import { taipeiDay } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { dropDraftPerson, keepPregnancy, recordAccess } from '../../patients/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { countyOf } from '../place.ts';
import { type RefusalReason, decide, isUnlocked, mayBelongTo, mayWithKind } from '../policy.ts';
import { moveBelow } from '../store/below.ts';
import { findRecord, insertRecord, updateEnvelope } from '../store/envelope.ts';
import { writeParts } from '../store/values.ts';
import { insertVersion } from '../store/versions.ts';
import type { Actor, FullRecord, RecordKind, Value, Values } from '../types.ts';
import { changesBetween } from './changes.ts';
import { Refused, follow, orRefused } from './follow.ts';
import { personOf } from './person.ts';
import type { Judged } from './read.ts';
import { keepRegister } from './register.ts';

export interface SaveRequest {
  kind: RecordKind;
  actor: Actor;
  judged: Judged;
  /** The record that is changed, as the form was rendered from it; absent for a new one. */
  of: { id: string; version: number } | undefined;
  submit: boolean;
  /** What its first version is called when it did not come by the form. */
  deed?: string;
}

export type Saved =
  | { done: true; id: string; no: number; state: 'draft' | 'submitted'; isRelocked: boolean }
  | {
      done: false;
      reason: RefusalReason | 'changed_meanwhile' | 'exists' | 'one_per_parent' | (string & {});
    };

/**
 * Keeps a form as a record, a draft or submitted, in one transaction: the person, the pregnancy, the parts, the
 * version with what it changed. Rights, lock and version are looked at again behind the row's lock.
 */
export async function saveRecord(deps: RecordsDeps, request: SaveRequest): Promise<Saved> {
  return orRefused(
    transact(deps.db, (trx) => (request.of ? change(trx, deps, request) : createRecord(trx, deps, request))),
  );
}

/** A new record, inside somebody's transaction. @throws Refused by its area: the transaction is to be undone */
export async function createRecord(trx: Trx, deps: RecordsDeps, request: SaveRequest): Promise<Saved> {
  const { kind, actor, judged, submit } = request;
  if (!mayWithKind(actor, kind, submit ? 'submit' : 'create') || !mayWithKind(actor, kind, 'create')) {
    return { done: false, reason: 'no_right' };
  }
  const now = deps.clock();
  const id = randomUUID();
  if (judged.parent) await holdParent(trx, deps, actor, judged.parent);
  const links = await linksOf(trx, deps, request, { id, before: undefined, isSent: submit });
  const state = submit ? ('submitted' as const) : ('draft' as const);
  const no = await insertRecord(trx, {
    ...links,
    id,
    kind: kind.key,
    unit_code: actor.unit.code,
    ...placeOf(kind, actor, judged),
    parent_id: judged.parent?.id ?? null,
    state,
    unlocked_until: null,
    created_by: actor.accountId,
    created_by_name: actor.personName,
    created_at: now,
    ...updatedBy(actor, now),
    submitted_by_name: submit ? actor.personName : null,
    submitted_at: submit ? now : null,
    reviewed_by_name: null,
    reviewed_at: null,
  });
  // what the form said of the person is undone with it
  if (no === undefined) throw new Refused(kind.onePerParent ? 'one_per_parent' : 'exists');
  await writeParts(trx, kind, id, judged.values);
  if (submit) await keepRegister(trx, request, links.patient_id, undefined, now);
  await remember(trx, request, {
    id,
    version: 1,
    deed: request.deed ?? (submit ? 'submitted' : 'created'),
    now,
    before: undefined,
  });
  if (submit) {
    const record = {
      id,
      no,
      unitCode: actor.unit.code,
      ...namesOf(links),
      parentId: judged.parent?.id ?? null,
    };
    await follow(trx, kind, {
      deed: 'submitted',
      record,
      values: judged.values,
      before: undefined,
      was: undefined,
      actor,
      now,
    });
  }
  return { done: true, id, no, state, isRelocked: false };
}

/** What a new record belongs to stays open, and in sight, until the transaction ends. @throws Refused */
async function holdParent(
  trx: Trx,
  deps: RecordsDeps,
  actor: Actor,
  { id, kind }: FullRecord,
): Promise<void> {
  const parentKind = deps.kindOf(kind);
  const parent = await findRecord(trx, parentKind, actor.scope, { id }, { lock: true });
  const isOpen = parent && parent.state !== 'closed' && mayBelongTo(parentKind, parent, actor);
  if (!isOpen) throw new Refused('parent_closed');
}

async function change(trx: Trx, deps: RecordsDeps, request: SaveRequest): Promise<Saved> {
  const { kind, actor, judged, submit, of } = request;
  const now = deps.clock();
  const record = of && (await findRecord(trx, kind, actor.scope, { id: of.id }, { lock: true }));
  if (!of || !record) throw new Fault('not_found');
  const verdict = decide(submit ? 'submit' : 'edit', record, kind, actor, now, judged.values);
  if (!verdict.allowed) return { done: false, reason: verdict.reason };
  const isRelocked = isUnlocked(record, now);
  // it was opened after the form was shown: what was judged as a draft is no correction
  if (isRelocked && !submit) return { done: false, reason: 'changed_meanwhile' };
  if (record.version !== of.version) return { done: false, reason: 'changed_meanwhile' };
  // a record that was held open is corrected once and locked again: it is never a draft any more
  const isSent = submit || isRelocked;
  const links = await linksOf(trx, deps, request, { id: record.id, before: record, isSent });
  const version = await updateEnvelope(
    trx,
    { id: record.id, version: of.version },
    {
      ...links,
      ...(isSent && { state: 'submitted' as const, unlocked_until: null }),
      ...(isSent && { submitted_by_name: actor.personName, submitted_at: now }),
      ...(isSent && { reviewed_by_name: null, reviewed_at: null }),
      ...updatedBy(actor, now),
    },
  );
  if (version === undefined) return { done: false, reason: 'changed_meanwhile' };
  await writeParts(trx, kind, record.id, judged.values);
  const wasDraft = record.state === 'draft';
  if (isSent) await dropDraftPerson(trx, record.id, links.patient_id, now);
  if (!wasDraft && record.patientId !== null && record.patientId !== links.patient_id) {
    await moveBelow(trx, record, namesOf(links), { actor, now });
  }
  if (isSent) await keepRegister(trx, request, links.patient_id, record, now);
  const deed = isRelocked ? 'corrected' : submit ? 'submitted' : 'edited';
  await remember(trx, request, { id: record.id, version, deed, now, before: record });
  if (isSent) {
    const { values } = judged;
    const after = { ...record, ...namesOf(links) };
    const { state: before, values: was } = record;
    await follow(trx, kind, { deed: 'submitted', record: after, values, before, was, actor, now });
  }
  return { done: true, id: record.id, no: record.no, state: isSent ? 'submitted' : 'draft', isRelocked };
}

/** The links of an envelope as its readers name them. */
const namesOf = (links: Awaited<ReturnType<typeof linksOf>>) => ({
  patientId: links.patient_id,
  pregnancyId: links.pregnancy_id,
  assignedUnitCode: links.assigned_unit_code,
  residenceTown: links.residence_town,
});

const updatedBy = (actor: Actor, now: Date) => ({
  updated_by: actor.accountId,
  updated_by_name: actor.personName,
  updated_at: now,
});

/** Where a record lies, whatever becomes of it. */
function placeOf(kind: RecordKind, actor: Actor, { parent }: Judged): { county: string; town: string } {
  const { county, town } = kind.liesWithParent && parent ? parent : actor.unit;
  return { county, town };
}

/** What the envelope holds of the form: whom it is about, where she lives, whom it leads to. */
async function linksOf(
  trx: Trx,
  deps: RecordsDeps,
  { kind, actor, judged }: SaveRequest,
  { id, before, isSent }: { id: string; before: FullRecord | undefined; isSent: boolean },
) {
  const now = deps.clock();
  const { values, identity, parent, person } = judged;
  const patientId = identity
    ? await personOf(trx, deps, identity, { actor, recordId: id, before, isSent })
    : (person?.id ?? parent?.patientId ?? null);
  const edc = values['edc'];
  const isOfPregnancy = kind.hasPregnancy && patientId !== null && typeof edc === 'string';
  // whose draft it is keeps its due date to itself: only what is sent moves a pregnancy
  const pregnancyId =
    isOfPregnancy && isSent
      ? await keepPregnancy(trx, patientId, edc, taipeiDay(now))
      : isOfPregnancy && before?.patientId !== patientId
        ? null
        : ((parent ?? before)?.pregnancyId ?? null);
  // what belongs to a record is where its person lives, as that record says
  const lives = values['residence_town'];
  const town = lives === undefined ? ((parent ?? before)?.residenceTown ?? '') : textOf(lives);
  const parentId = parent?.id ?? before?.parentId;
  return {
    patient_id: patientId,
    pregnancy_id: pregnancyId,
    assigned_unit_code: leadsTo(kind, values, parent, before),
    residence_town: town,
    residence_county: countyOf(town),
    // a draft takes nobody's place: the unit whose work it is would be shut out by what nobody else sees
    unique_key:
      isSent || (before !== undefined && before.state !== 'draft') ? placeIn(kind, values, parentId) : null,
    service_on:
      (kind.serviceDay === 'birth_at' ? identity?.birthDate : textOf(values[kind.serviceDay])) ||
      taipeiDay(now),
  };
}

/** What there is once of it. */
const placeIn = (kind: RecordKind, values: Values, parentId: string | null | undefined): string | null =>
  kind.onePerParent && parentId ? parentId : (kind.uniqueBy?.(values) ?? null);

/** The unit that works on it next. */
function leadsTo(
  kind: RecordKind,
  values: Values,
  parent: FullRecord | undefined,
  before: FullRecord | undefined,
): string | null {
  if (kind.assignedTo === 'parent') return parent?.unitCode ?? before?.assignedUnitCode ?? null;
  return kind.assignedTo === undefined ? null : textOf(values[kind.assignedTo]) || null;
}

/** The version with what it changed, and that somebody wrote about this person. */
async function remember(
  trx: Trx,
  { kind, actor, judged }: SaveRequest,
  of: { id: string; version: number; deed: string; now: Date; before: FullRecord | undefined },
): Promise<void> {
  await insertVersion(trx, {
    recordId: of.id,
    version: of.version,
    at: of.now,
    deed: of.deed,
    byAccount: actor.accountId,
    byName: actor.personName,
    unitCode: actor.unit.code,
    note: '',
    changes: changesBetween(kind, of.before?.values ?? {}, judged.values),
  });
  // whom a draft names stands with it alone: nobody on record was looked at
  const isNobodys = of.before?.state === 'draft' && judged.identity !== undefined;
  const patientId = of.before?.patientId ?? judged.parent?.patientId;
  if (!patientId || isNobodys) return;
  await recordAccess(trx, {
    patientId,
    recordId: of.id,
    accountId: actor.accountId,
    personName: actor.personName,
    unitCode: actor.unit.code,
    deed: 'edit',
    at: of.now,
  });
}

const textOf = (value: Value | undefined): string =>
  typeof value === 'string' ? value : value instanceof Date ? taipeiDay(value) : '';
