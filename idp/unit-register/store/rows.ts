import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { JudgedRow, Judgement, RegisterRow, Verdict } from '../types.ts';

const COLUMNS = [
  'row_no as rowNo',
  'line',
  'code',
  'name',
  'name_en as nameEn',
  'kind',
  'county',
  'town',
  'address',
  'phone',
  'email',
  'level',
  'status',
  'faults',
] as const;

/** Puts rows of a file aside to be judged. */
export async function insertRows(trx: Trx, importId: string, rows: RegisterRow[]): Promise<void> {
  const of = (pick: (row: RegisterRow) => string) => sql`${rows.map(pick)}::text[]`;
  await sql`
    insert into unit_import_row (import_id, row_no, line, code, name, name_en, kind, county, town, address, phone,
      email, level, status, faults)
    select ${importId}, r.row_no, r.line, r.code, r.name, r.name_en, r.kind, r.county, r.town, r.address, r.phone,
      r.email, r.level, r.status, string_to_array(r.faults, ' ')
    from unnest(${rows.map(({ rowNo }) => rowNo)}::int[], ${rows.map(({ line }) => line)}::int[],
      ${of((row) => row.code)}, ${of((row) => row.name)}, ${of((row) => row.nameEn)}, ${of((row) => row.kind)},
      ${of((row) => row.county)}, ${of((row) => row.town)}, ${of((row) => row.address)},
      ${of((row) => row.phone)}, ${of((row) => row.email)}, ${of((row) => row.level)},
      ${of((row) => row.status)}, ${of((row) => row.faults.join(' '))})
      as r (row_no, line, code, name, name_en, kind, county, town, address, phone, email, level, status, faults)
  `.execute(trx);
}

/** The next rows to be judged; `isRepeated`: the file has the code more than once. */
export async function listUnjudged(
  trx: Trx,
  importId: string,
  after: number,
  limit: number,
): Promise<(RegisterRow & { isRepeated: boolean })[]> {
  return trx
    .selectFrom('unit_import_row as r')
    .select(COLUMNS)
    .select(
      sql<boolean>`r.code <> '' and exists (select from unit_import_row d
        where d.import_id = r.import_id and d.code = r.code and d.row_no <> r.row_no)`.as('isRepeated'),
    )
    .where('import_id', '=', importId)
    .where('row_no', '>', after)
    .orderBy('row_no')
    .limit(limit)
    .execute();
}

export async function recordVerdicts(
  trx: Trx,
  importId: string,
  judged: { rowNo: number; judgement: Judgement }[],
): Promise<void> {
  const of = (pick: (judgement: Judgement) => string) =>
    sql`${judged.map(({ judgement }) => pick(judgement))}::text[]`;
  await sql`
    update unit_import_row r
    set verdict = j.verdict, faults = string_to_array(j.faults, ' '), changes = nullif(j.changes, '{}')::jsonb,
      unit_version = j.unit_version
    from unnest(${judged.map(({ rowNo }) => rowNo)}::int[], ${of(({ verdict }) => verdict)},
      ${of(({ faults }) => faults.join(' '))}, ${of(({ changes }) => JSON.stringify(changes))},
      ${judged.map(({ judgement }) => judgement.unitVersion)}::int[])
      as j (row_no, verdict, faults, changes, unit_version)
    where r.import_id = ${importId} and r.row_no = j.row_no`.execute(trx);
}

/** The next rows that change the register. */
export async function listApplicable(
  trx: Trx,
  importId: string,
  after: number,
  limit: number,
): Promise<JudgedRow[]> {
  const rows = await selectJudged(trx, importId)
    .where('verdict', 'in', ['new', 'changed', 'closed'])
    .where('row_no', '>', after)
    .orderBy('row_no')
    .limit(limit)
    .execute();
  return rows as JudgedRow[];
}

export async function recordOutcomes(
  trx: Trx,
  importId: string,
  outcomes: { rowNo: number; outcome: string }[],
): Promise<void> {
  await sql`
    update unit_import_row r set outcome = o.outcome
    from unnest(${outcomes.map(({ rowNo }) => rowNo)}::int[], ${outcomes.map(({ outcome }) => outcome)}::text[])
      as o (row_no, outcome)
    where r.import_id = ${importId} and r.row_no = o.row_no`.execute(trx);
}

/** Rows of one verdict, or those passed over, from `after` on. */
export async function listRows(
  db: Db,
  importId: string,
  only: Verdict | 'skipped',
  after: number,
  limit: number,
): Promise<JudgedRow[]> {
  let query = selectJudged(db, importId).where('row_no', '>', after);
  query =
    only === 'skipped' ? query.where(sql<boolean>`outcome <> 'done'`) : query.where('verdict', '=', only);
  const rows = await query.orderBy('row_no').limit(limit).execute();
  return rows as JudgedRow[];
}

/** All that is worth reporting: every row but the unchanged ones. */
export async function listReported(
  db: Db,
  importId: string,
  after: number,
  limit: number,
): Promise<JudgedRow[]> {
  const rows = await selectJudged(db, importId)
    .where('verdict', '<>', 'unchanged')
    .where('row_no', '>', after)
    .orderBy('row_no')
    .limit(limit)
    .execute();
  return rows as JudgedRow[];
}

/**
 * Forgets rows nobody needs: all of an import that came to nothing, the unchanged ones of one that was applied.
 * @returns how many went, at most `limit`
 */
export async function forgetRows(db: Db, limit: number): Promise<number> {
  const { numAffectedRows } = await sql`
    delete from unit_import_row where ctid = any(array(
      select r.ctid from unit_import i join unit_import_row r on r.import_id = i.id
      where (i.status in ('cancelled', 'failed')) or (i.status = 'applied' and r.verdict = 'unchanged')
      limit ${limit}))`.execute(db);
  return Number(numAffectedRows ?? 0);
}

function selectJudged(db: Db | Trx, importId: string) {
  return db
    .selectFrom('unit_import_row')
    .select(COLUMNS)
    .select(['verdict', 'changes', 'unit_version as unitVersion', 'outcome'])
    .where('import_id', '=', importId)
    .where('verdict', 'is not', null);
}
