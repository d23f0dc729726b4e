import { sql } from 'kysely';
import { keysetAfter, keysetOrder } from '#db/keyset.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Sight } from '../policy.ts';

export interface TodoCount {
  key: string;
  label: { 'zh-TW': string; en: string };
  count: number;
  url?: string | undefined;
}

/** Replaces what waits at the account. @returns false when the subsystem has no such account */
export async function replaceTodoCounts(
  trx: Trx,
  subsystemCode: string,
  subsystemAccountId: string,
  counts: TodoCount[],
): Promise<boolean> {
  const account = await trx
    .selectFrom('subsystem_account')
    .select('id')
    .where('id', '=', subsystemAccountId)
    .where('subsystem_code', '=', subsystemCode)
    .forShare()
    .executeTakeFirst();
  if (!account) return false;
  await trx.deleteFrom('todo_count').where('subsystem_account_id', '=', subsystemAccountId).execute();
  const values = counts.map(({ key, label, count, url }) => ({
    subsystem_account_id: subsystemAccountId,
    key,
    label: label['zh-TW'],
    label_en: label.en,
    count,
    url: url ?? null,
  }));
  if (values.length > 0) await trx.insertInto('todo_count').values(values).execute();
  return true;
}

export interface ReportedSignIn {
  subsystem_account: string;
  type: 'signed_in' | 'signed_out' | 'refused';
  at: Date;
  reason: string;
  ip: string;
  dedupe_key: string;
}

/** Adds what is new among the events, of accounts of the subsystem alone. @returns how many were added */
export async function addSignIns(trx: Trx, subsystemCode: string, events: ReportedSignIn[]): Promise<number> {
  const { rows } = await sql<{ id: number }>`
    insert into subsystem_sign_in (subsystem_code, subsystem_account_id, unit_code, type, at, reason, ip, dedupe_key)
    select ${subsystemCode}, sa.id, sa.unit_code, e.type, e.at, e.reason, e.ip, e.dedupe_key
    from jsonb_to_recordset(${JSON.stringify(events)}::jsonb)
      as e(subsystem_account text, type text, at timestamptz, reason text, ip text, dedupe_key text)
    join subsystem_account sa on sa.id = e.subsystem_account and sa.subsystem_code = ${subsystemCode}
    on conflict (subsystem_code, dedupe_key) do nothing returning id`.execute(trx);
  return rows.length;
}

/** Sign-ins at the subsystem within sight, the newest first. */
export async function listSignIns(
  db: Db,
  subsystemCode: string,
  sight: Sight,
  filter: {
    unit?: string | undefined;
    from?: Date | undefined;
    to?: Date | undefined;
    after?: { value: string; id: string } | undefined;
  },
  limit: number,
): Promise<
  {
    id: number;
    position: string;
    subsystem_account: string;
    unit_code: string;
    type: string;
    at: Date;
    reason: string;
    ip: string;
  }[]
> {
  const page = { descending: true, ...(filter.after && { after: filter.after }) };
  const units = sight.unitCodes === undefined ? sql`` : sql`and e.unit_code = any(${sight.unitCodes})`;
  const unit = filter.unit === undefined ? sql`` : sql`and e.unit_code = ${filter.unit}`;
  const from = filter.from === undefined ? sql`` : sql`and e.at >= ${filter.from}`;
  const to = filter.to === undefined ? sql`` : sql`and e.at < ${filter.to}`;
  const { rows } = await sql<{
    id: number;
    position: string;
    subsystem_account: string;
    unit_code: string;
    type: string;
    at: Date;
    reason: string;
    ip: string;
  }>`
    select e.id, e.at::text as position, e.subsystem_account_id as subsystem_account, e.unit_code, e.type, e.at, e.reason, e.ip
    from subsystem_sign_in e
    where e.subsystem_code = ${subsystemCode} ${units} ${unit} ${from} ${to} and ${keysetAfter('e.at', 'e.id', page)}
    order by ${keysetOrder('e.at', 'e.id', page)} limit ${limit}`.execute(db);
  return rows;
}
