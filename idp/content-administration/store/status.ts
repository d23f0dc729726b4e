import type { Db, Trx } from '#db/idp/tables.ts';
import { WEEKDAYS } from '../../service-status/index.ts';
import type { Stored } from '../types.ts';

/** A line above the pages as its editor wrote it. */
export async function findNoticeEntry(db: Db | Trx, id: string): Promise<Stored | undefined> {
  const row = await db.selectFrom('notice').selectAll().where('id', '=', id).executeTakeFirst();
  return (
    row && {
      id: row.id,
      version: row.version,
      authorAccountId: row.author_account_id ?? undefined,
      files: [],
      draft: {
        slug: row.slug,
        text: { 'zh-TW': row.text, en: row.text_en },
        url: row.url ?? undefined,
        startsAt: row.starts_at,
        endsAt: row.ends_at ?? undefined,
        order: row.sort_order,
      },
    }
  );
}

/** A maintenance window as its editor wrote it. */
export async function findWindowEntry(db: Db | Trx, id: string): Promise<Stored | undefined> {
  const row = await db.selectFrom('maintenance_window').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) return undefined;
  const weekly = row.weekday === null ? undefined : { weekday: WEEKDAYS[row.weekday], start: row.start_time };
  return {
    id: row.id,
    version: row.version,
    authorAccountId: row.author_account_id ?? undefined,
    files: [],
    draft: {
      slug: row.slug,
      system: row.subsystem_code ?? undefined,
      mode: row.mode,
      ...(row.reason && { reason: { 'zh-TW': row.reason, en: row.reason_en } }),
      startsAt: row.starts_at ?? undefined,
      ...(weekly && { weekly }),
      durationMinutes: row.duration_minutes,
      announceMinutes: row.announce_minutes,
      validFrom: row.valid_from ?? undefined,
      validUntil: row.valid_until ?? undefined,
      cancelled: row.cancelled,
    },
  };
}
