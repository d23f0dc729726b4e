import { Form } from '#kit/http/form.ts';
import { taipeiMinute } from '#kit/clock.ts';
import { RIGHTS } from '../../access/index.ts';
import type { RecordsDeps } from '../deps.ts';
import { mergeFields } from '../fields.ts';
import { rowField } from '../groups.ts';
import { writeValue } from '../parse.ts';
import type { SeedCourse, SeedRecord, SeedUnit } from '../seed.ts';
import { findRecord, listChildren } from '../store/envelope.ts';
import type { Actor, FullRecord, Group, RecordKind, Values } from '../types.ts';
import { decideRecord } from './decide.ts';
import { judgeForm, parentsOf } from './read.ts';
import { saveRecord } from './save.ts';

export interface SeedAccount {
  id: string;
  personName: string;
}

/**
 * Enters a synthetic record as somebody would: typed into the kind's form, judged by its rules, kept by the engine with
 * all that follows from it.
 * @throws Error for a record that its own form would not take
 */
export async function enterSeed(
  deps: RecordsDeps,
  course: SeedCourse,
  record: SeedRecord,
  of: { parent: FullRecord | undefined; account: SeedAccount; reviewer: SeedAccount },
): Promise<FullRecord> {
  const { kind, by, state = 'submitted' } = record;
  const actor = actorOf(by, of.account);
  const at = { ...deps, clock: () => record.at };
  const form = new Form(new URLSearchParams(typedOf(course, record)));
  const submit = state !== 'draft';
  const parent = of.parent && (await belongsTo(deps, kind, actor, of.parent));
  const judged = await judgeForm(at, deps.db, kind, actor, form, {
    record: undefined,
    parent,
    complete: submit,
  });
  const fault = judged.findings.find(({ level }) => level === 'error');
  if (fault) throw new Error(`a synthetic ${kind.key} is refused: ${fault.field} ${fault.key}`);
  const saved = await saveRecord(at, { kind, actor, judged, of: undefined, submit });
  if (!saved.done) throw new Error(`a synthetic ${kind.key} is refused: ${saved.reason}`);
  if (state === 'approved') {
    const reviewer = actorOf(course.places.bureau, of.reviewer);
    const decided = await decideRecord(
      { ...deps, clock: () => new Date(Math.min(record.at.getTime() + 86_400_000, course.now.getTime())) },
      kind,
      reviewer,
      { no: saved.no, version: 1 },
      'approve',
      course.texts.note,
    );
    if (!decided.done) throw new Error(`a synthetic ${kind.key} is not approved: ${decided.reason}`);
  }
  const kept = await findRecord(deps.db, kind, actor.scope, { no: saved.no });
  if (!kept) throw new Error(`a synthetic ${kind.key} is not where it was put`);
  return kept;
}

/** The record itself, or the one that was made of it. */
async function belongsTo(
  deps: RecordsDeps,
  kind: RecordKind,
  actor: Actor,
  known: FullRecord,
): Promise<FullRecord | undefined> {
  const [wanted = ''] = parentsOf(kind);
  if (parentsOf(kind).includes(known.kind)) return known;
  return (await listChildren(deps.db, deps.kindOf(wanted), actor.scope, known.id))[0];
}

/** Somebody of a unit who may do everything there. */
function actorOf({ code, name, county, town }: SeedUnit, account: SeedAccount): Actor {
  return {
    sub: account.id,
    accountId: account.id,
    personName: account.personName,
    unit: { code, name, county, town },
    scope: { kind: 'nation', unitCode: code },
    rights: () => RIGHTS,
  };
}

/** The form as it would be sent. */
function typedOf(course: SeedCourse, { kind, values, rows = {} }: SeedRecord): [string, string][] {
  const said = { ...course.facts, ...values };
  const fields = Object.entries(mergeFields(kind.parts.map((part) => part.fields)));
  for (const name of Object.keys(values)) {
    if (!fields.some(([field]) => field === name)) throw new Error(`${kind.key} has no field ${name}`);
  }
  return [
    ...Object.entries(whoIs(course, kind)),
    ...fields
      .filter(([, field]) => !field.derived && !field.given)
      .flatMap(([name, field]) =>
        [writeValue(field, said[name] ?? null)].flat().map((text): [string, string] => [name, text]),
      ),
    ...kind.groups.flatMap((group) =>
      (rows[group.name] ?? []).flatMap((row, at) => typedRow(group, at, row)),
    ),
  ];
}

const typedRow = ({ name: group, fields }: Group, at: number, row: Values): [string, string][] =>
  Object.entries(fields).flatMap(([name, field]) =>
    [writeValue(field, row[name] ?? null)]
      .flat()
      .map((text): [string, string] => [rowField(group, at, name), text]),
  );

function whoIs({ mother, child }: SeedCourse, kind: RecordKind): Record<string, string> {
  if (kind.subject === 'parent') return {};
  if (kind.subject === 'mother') {
    return { id_type: 'national_id', id_no: mother.idNo, name: mother.name, birth_date: mother.birthDate };
  }
  if (!child) throw new Error(`${kind.key} is about a child that is not born`);
  return {
    id_type: child.idNo === '' ? 'none' : 'national_id',
    id_no: child.idNo,
    name: child.name,
    sex: child.sex,
    birth_at: taipeiMinute(child.bornAt),
    birth_order: '1',
    mother_id_no: mother.idNo,
    mother_name: mother.name,
  };
}
