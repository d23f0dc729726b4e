import type { Form } from '#kit/http/form.ts';
import type { Db, Trx } from '#db/mch/tables.ts';
import { type Patient, findPatient } from '../../patients/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { type ReadIdentity, judgeAge, readIdentity } from '../identity.ts';
import { parseFields } from '../parse.ts';
import { taipeiDay } from '#kit/clock.ts';
import { askRow } from '../store/ask.ts';
import { findRecord } from '../store/envelope.ts';
import { givenFields } from '../fields.ts';
import { unknownUnits } from './units.ts';
import type { Actor, Facts, Finding, FullRecord, RecordKind, Values } from '../types.ts';

/** A form as it was read and judged. */
export interface Judged {
  values: Values;
  /** Absent where the record is about its parent's person. */
  identity: ReadIdentity['identity'] | undefined;
  findings: Finding[];
  typed: Record<string, string | string[]>;
  parent: FullRecord | undefined;
  person: Patient | undefined;
}

/**
 * Reads a form of a kind and judges it by everything known: its fields, who it is about, the record it belongs to,
 * and the area's own rules.
 * @param complete whether it must be fit to be submitted
 */
export async function judgeForm(
  deps: RecordsDeps,
  db: Db | Trx,
  kind: RecordKind,
  actor: Actor,
  form: Form,
  of: { record: FullRecord | undefined; parent: FullRecord | undefined; complete: boolean },
): Promise<Judged> {
  const now = deps.clock();
  const today = taipeiDay(now);
  const parent = of.parent ?? (await parentOf(deps, db, kind, actor, of.record));
  const asksWho = kind.subject !== 'parent';
  const who = asksWho ? readIdentity(kind, form, { today, now }, deps.childName) : undefined;
  const patientId = of.record?.patientId ?? parent?.patientId ?? undefined;
  const person = !asksWho && patientId ? await findPatient(db, { id: patientId }) : undefined;
  const subject = who
    ? { birthDate: who.identity.birthDate, birthAt: who.identity.birthAt, sex: who.identity.sex ?? 'unknown' }
    : person && {
        birthDate: person.birthDate,
        birthAt: person.birthAt ?? undefined,
        sex: person.sex ?? 'unknown',
      };
  const { values, findings, typed } = parseFields(kind, form, of.complete, subject);
  for (const name of givenFields(kind)) values[name] = of.record?.values[name] ?? null;
  const about = { actor, recordId: of.record?.id, parentId: parent?.id, patientId, today };
  const known = of.complete && kind.asks ? await askRow(db, kind.asks(values, about)) : {};
  const facts: Facts = { today, now, subject, parent: parent?.values, known };
  const all = [
    ...(who?.findings ?? []),
    ...findings,
    ...(await unknownUnits(db, kind, values)),
    ...ageFindings(kind, who, values),
    ...(of.complete ? kind.rules(values, facts) : []),
  ];
  return {
    values,
    identity: who?.identity,
    findings: firstOfEach(all),
    typed: { ...typed, ...countsOf(kind, form), ...who?.typed },
    parent,
    person,
  };
}

/** How many rows of each group the form showed. */
function countsOf(kind: RecordKind, form: Form): Record<string, string> {
  return Object.fromEntries(kind.groups.map(({ name }) => [`rows.${name}`, form.get(`rows.${name}`)]));
}

function ageFindings(kind: RecordKind, who: ReadIdentity | undefined, values: Values): Finding[] {
  return who ? judgeAge(kind, who.identity.birthDate, values[kind.serviceDay] ?? null) : [];
}

/** The record a record belongs to. */
export async function parentOf(
  deps: RecordsDeps,
  db: Db | Trx,
  kind: RecordKind,
  actor: Actor,
  record: FullRecord | undefined,
): Promise<FullRecord | undefined> {
  if (!record?.parentId) return undefined;
  return findParent(deps, db, kind, actor, { id: record.parentId });
}

/** A record of whichever kind this one may belong to. */
export async function findParent(
  deps: RecordsDeps,
  db: Db | Trx,
  kind: RecordKind,
  actor: Actor,
  by: { no: number } | { id: string },
): Promise<FullRecord | undefined> {
  for (const key of parentsOf(kind)) {
    const found = await findRecord(db, deps.kindOf(key), actor.scope, by);
    if (found) return found;
  }
  return undefined;
}

/** The kinds a record may belong to. */
export function parentsOf({ parent, otherParents }: RecordKind): string[] {
  return parent === undefined ? [] : [parent, ...otherParents];
}

/** One fault a field is enough, the first; warnings only where there is none. */
function firstOfEach(findings: Finding[]): Finding[] {
  const errors = findings.filter(({ level }) => level === 'error');
  const warnings = findings.filter(({ level }) => level === 'warning');
  const seen = new Set<string>();
  return [...errors, ...warnings].filter(({ field, level }) => {
    const isNew = !seen.has(field) || (level === 'warning' && field === '');
    seen.add(field);
    return isNew;
  });
}
