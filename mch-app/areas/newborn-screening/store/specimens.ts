import { type RawBuilder, sql } from 'kysely';
import type { Trx } from '#db/mch/tables.ts';
import type { About, Happened, Values } from '../../../records/index.ts';

/** Whether the card is another specimen's, the one before is there, and one of the child was subsidised already. */
export function askOfSpecimen(values: Values, { recordId, patientId }: About): RawBuilder<unknown> {
  const other = sql`r.kind = 'nbs-specimen' and r.state <> 'draft' and r.id is distinct from ${recordId ?? null}::uuid`;
  const own = sql`${other} and r.patient_id = ${patientId ?? null}::uuid`;
  const { filter_card_no: card, seq } = values;
  return sql`select
    exists (select 1 from nbs_specimen s join record r on r.id = s.record_id
      where ${other} and s.filter_card_no = ${card ?? null}) as card_taken,
    exists (select 1 from nbs_specimen s join record r on r.id = s.record_id
      where ${own} and s.seq = ${seq ?? null}::int - 1) as has_previous,
    exists (select 1 from nbs_specimen s join record r on r.id = s.record_id
      where ${own} and s.subsidy_type <> 'none') as is_subsidised`;
}

/** A card number is one specimen's in the whole country, however many are submitted at once. */
export async function takeCard(trx: Trx, { record, values }: Happened): Promise<string | undefined> {
  const card = String(values['filter_card_no']);
  await sql`select pg_advisory_xact_lock(hashtextextended(${`nbs-card ${card}`}, 0))`.execute(trx);
  const { rows } = await sql`
    select 1 from nbs_specimen s join record r on r.id = s.record_id
    where s.filter_card_no = ${card} and r.state <> 'draft' and r.id <> ${record.id}`.execute(trx);
  return rows.length > 0 ? 'nbs_card' : undefined;
}

/** Whether the finding has been referred already: who took the specimen and who examined it do not see each other's. */
export function askOfReferral(_values: Values, { recordId, parentId }: About): RawBuilder<unknown> {
  return sql`select exists (select 1 from record r where r.kind = 'nbs-referral' and r.state <> 'draft'
    and r.parent_id = ${parentId ?? null}::uuid and r.id is distinct from ${recordId ?? null}::uuid) as is_referred`;
}

/** Whether the card is of the child's next specimen after the one the finding is of. */
export function askOfRepeat(values: Values, { parentId, patientId }: About): RawBuilder<unknown> {
  return sql`select exists (
    select 1 from record finding join nbs_specimen own on own.record_id = finding.parent_id
      join record r on r.kind = 'nbs-specimen' and r.state <> 'draft' and r.patient_id = ${patientId ?? null}::uuid
      join nbs_specimen next on next.record_id = r.id and next.seq = own.seq + 1
    where finding.id = ${parentId ?? null}::uuid
      and next.filter_card_no = ${values['next_card_no'] ?? null}) as is_next`;
}
