import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import { taipeiDay } from '#kit/clock.ts';
import { type Happened, type Move, moveRecords } from '../../../records/index.ts';
import { REFERRAL_BONUS, afterMonth, bonusOpen, feeOpen } from './claimable.ts';

type Deed = Pick<Move, 'from' | 'to' | 'deed'>;
const PUT_IN: Deed = { from: 'submitted', to: 'claimed', deed: 'claimed' };
const TAKEN_OUT: Deed = { from: 'claimed', to: 'submitted', deed: 'released' };
const PAID: Deed = { from: 'claimed', to: 'paid', deed: 'paid' };

/** Puts into a claim whatever its unit may claim with the month; each record once, however many claims are made. */
export async function collect(trx: Trx, happened: Happened): Promise<string | undefined> {
  const { record, values, now } = happened;
  if (happened.before === 'approved') return 'wrong_state'; // what has been paid is never filled anew
  await release(trx, happened);
  const before = afterMonth(String(values['claim_month']));
  const mine = (table: string, open: RawBuilder<unknown>) => sql<{ id: string }>`
    update ${sql.table(table)} x set claim_no = ${String(record.no)} from record r
    where r.id = x.record_id and r.unit_code = ${record.unitCode} and ${open} returning x.record_id as id`;
  const today = taipeiDay(now);
  const bonuses = await mine('child_referral', bonusOpen(today, before)).execute(trx);
  const fees = await mine('child_diagnosis', feeOpen(today, before)).execute(trx);
  const ids = [...bonuses.rows, ...fees.rows].map(({ id }) => id);
  if (ids.length === 0) return 'nothing_to_claim';
  if ((await move(trx, ids, PUT_IN, happened)) !== ids.length) return 'changed_meanwhile';
  const bonusAmount = bonuses.rows.length * REFERRAL_BONUS;
  const feeAmount = fees.rows.length * Number(values['fee_each'] ?? 0);
  if (fees.rows.length > 0 && feeAmount === 0) return 'changed_meanwhile';
  await sql`update child_claim set bonus_count = ${bonuses.rows.length}, bonus_amount = ${bonusAmount},
    fee_count = ${fees.rows.length}, fee_amount = ${feeAmount}, total_amount = ${bonusAmount + feeAmount}
    where record_id = ${record.id}`.execute(trx);
  return undefined;
}

/** Takes everything out of a claim again, to be claimed another time. */
export async function release(trx: Trx, happened: Happened): Promise<undefined> {
  const ids = await idsOf(trx, happened);
  await move(trx, ids, TAKEN_OUT, happened);
  for (const table of ['child_referral', 'child_diagnosis']) {
    await sql`update ${sql.table(table)} set claim_no = null where record_id = any(${ids}::uuid[])`.execute(
      trx,
    );
  }
  await sql`update child_claim set bonus_count = null, bonus_amount = null, fee_count = null, fee_amount = null,
    total_amount = null where record_id = ${happened.record.id}`.execute(trx);
  return undefined;
}

/** What was claimed is paid. */
export async function pay(trx: Trx, happened: Happened): Promise<undefined> {
  await move(trx, await idsOf(trx, happened), PAID, happened);
  return undefined;
}

async function idsOf(trx: Trx, { record }: Happened): Promise<string[]> {
  const no = String(record.no);
  const { rows } = await sql<{ id: string }>`
    select record_id as id from child_referral where claim_no = ${no}
    union all select record_id from child_diagnosis where claim_no = ${no}`.execute(trx);
  return rows.map(({ id }) => id);
}

const move = (trx: Trx, ids: string[], deed: Deed, { record, actor, now }: Happened): Promise<number> =>
  moveRecords(trx, ids, { ...deed, note: `#${record.no}`, actor, now });
