import type { Db } from '#db/mch/tables.ts';

/** Who took which list away: the names of its filters, never what was looked for. */
export async function recordExport(
  db: Db,
  taken: {
    accountId: string;
    personName: string;
    unitCode: string;
    kind: string;
    format: string;
    filters: string[];
    rows: number;
    at: Date;
  },
): Promise<void> {
  await db
    .insertInto('record_export')
    .values({
      at: taken.at,
      account_id: taken.accountId,
      person_name: taken.personName,
      unit_code: taken.unitCode,
      kind: taken.kind,
      format: taken.format,
      filters: taken.filters,
      row_count: taken.rows,
    })
    .execute();
}
