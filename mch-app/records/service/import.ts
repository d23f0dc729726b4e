import type { Trx } from '#db/mch/tables.ts';
import { Fault } from '#kit/errors.ts';
import { keyedDigest } from '#kit/random.ts';
import type { RecordsDeps } from '../deps.ts';
import { type ImportColumn, formOfRow, importColumns } from '../import-columns.ts';
import type { Labels } from '../labels.ts';
import { type StoredImport, markTaken, wasTaken } from '../store/imports.ts';
import type { Right } from '../../access/index.ts';
import type { Actor, Finding, RecordKind, Scope } from '../types.ts';
import { mayBelongTo, mayWithKind } from '../policy.ts';
import { findParent, judgeForm, parentsOf } from './read.ts';
import { createRecord } from './save.ts';

const SEAL = 'record-import';
const DIGEST = 'record-import-row';

export interface ImportDeps extends RecordsDeps {
  labelsOf(kind: RecordKind): Labels;
}

/** Who brought a file. What was allowed at that moment is for the release before this one, which asks nobody again. */
interface KeptActor {
  sub: string;
  accountId: string;
  personName: string;
  unit: Actor['unit'];
  scope: Scope;
  rights: readonly Right[];
  /** The places of the kinds whose records they may read, of those a row may belong to. */
  reads: readonly string[];
}

export const keepActor = (deps: RecordsDeps, actor: Actor, kind: RecordKind): KeptActor => ({
  ...{ sub: actor.sub, accountId: actor.accountId, personName: actor.personName },
  ...{ unit: actor.unit, scope: actor.scope, rights: actor.rights(kind.path) },
  reads: parentsOf(kind)
    .map((key) => deps.kindOf(key))
    .filter((parent) => mayWithKind(actor, parent, 'read'))
    .map(({ path }) => path),
});

export const sealCells = (
  { keyring }: Pick<RecordsDeps, 'keyring'>,
  importId: number,
  cells: string[],
): Buffer => keyring.seal(SEAL, Buffer.from(JSON.stringify(cells)), String(importId));

export const openCells = (
  { keyring }: Pick<RecordsDeps, 'keyring'>,
  importId: number,
  cells: Buffer,
): string[] => JSON.parse(keyring.open(SEAL, cells, String(importId)).toString('utf8')) as string[];

export type RowOutcome =
  | { outcome: 'taken'; recordNo: number; findings: Finding[] }
  | { outcome: 'repeated' | 'faulty'; findings: Finding[] };

interface RowTold {
  kind: RecordKind;
  actor: Actor;
  one: Pick<StoredImport, 'unitCode' | 'columns' | 'takesWarnings'>;
  cells: string[];
}

/** What is wrong with a row by the very rules of the form; a draft is never made of it. */
export async function judgeRow(deps: ImportDeps, db: Trx | ImportDeps['db'], told: RowTold) {
  const { kind, actor, one, cells } = told;
  const all = new Map(importColumns(kind).map((column): [string, ImportColumn] => [column.name, column]));
  const form = formOfRow(
    one.columns.map((name) => all.get(name)),
    cells,
    deps.labelsOf(kind),
  );
  const no = form.get('parent');
  const parent =
    kind.subject === 'parent' && /^\d{1,15}$/.test(no)
      ? await findParent(deps, db, kind, actor, { no: Number(no) })
      : undefined;
  if (kind.subject === 'parent' && (!parent || !mayBelongTo(deps.kindOf(parent.kind), parent, actor))) {
    return {
      judged: undefined,
      findings: [{ field: 'parent', level: 'error' as const, key: 'import_parent' }],
    };
  }
  const judged = await judgeForm(deps, db, kind, actor, form, { record: undefined, parent, complete: true });
  const counted = judged.findings.filter(({ level }) => level === 'error' || !one.takesWarnings);
  return { judged, findings: counted };
}

/**
 * Makes a record of a row, once: a row like one that brought a record before, in this file or another, brings none.
 * @throws Refused by the area: the transaction is to be undone
 */
export async function takeRow(deps: ImportDeps, trx: Trx, told: RowTold): Promise<RowOutcome> {
  const { kind, actor, one, cells } = told;
  const digests = digestsOf(deps, told, cells);
  const of = { kind: kind.key, unitCode: one.unitCode };
  if (await wasTaken(trx, { ...of, digests })) return { outcome: 'repeated', findings: [] };
  const { judged, findings } = await judgeRow(deps, trx, told);
  if (!judged || findings.length > 0) return { outcome: 'faulty', findings };
  const request = { kind, actor, judged, of: undefined, submit: true, deed: 'imported' };
  const saved = await createRecord(trx, deps, request);
  if (!saved.done) return { outcome: 'faulty', findings: [refusal(saved.reason)] };
  const [digest] = digests;
  if (!digest || !(await markTaken(trx, { ...of, digest, recordId: saved.id }))) throw new Fault('conflict');
  return { outcome: 'taken', recordNo: saved.no, findings: [] };
}

export const refusal = (reason: string): Finding => ({ field: '', level: 'error', key: `refused.${reason}` });

function digestsOf(deps: ImportDeps, { kind, one }: RowTold, cells: string[]): Buffer[] {
  const said = one.columns
    .map((column, at) => [column, cells[at] ?? ''])
    .filter(([column, cell]) => column !== '' && cell !== '')
    .sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  const text = JSON.stringify([kind.key, one.unitCode, said]);
  return deps.keyring.derive(DIGEST).map((key) => keyedDigest(key, text));
}
