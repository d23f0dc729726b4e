import type { Db, Trx } from '#db/idp/tables.ts';
import type { NoticeDraft, WindowDraft } from './draft.ts';
import type { MaintenanceWindow, Notice } from './types.ts';

/** Notices that are not over at `now`, in the order they are shown. */
export async function listNotices(db: Db, now: Date): Promise<Notice[]> {
  const rows = await db
    .selectFrom('notice')
    .selectAll()
    .where((eb) => eb.or([eb('ends_at', 'is', null), eb('ends_at', '>', now)]))
    .orderBy('sort_order', 'desc')
    .orderBy('starts_at', 'desc')
    .orderBy('slug')
    .execute();
  return rows.map((row) => ({
    slug: row.slug,
    text: row.text,
    textEn: row.text_en,
    url: row.url ?? undefined,
    startsAt: row.starts_at,
    endsAt: row.ends_at ?? undefined,
  }));
}

export async function listWindows(db: Db): Promise<MaintenanceWindow[]> {
  const rows = await db
    .selectFrom('maintenance_window')
    .selectAll()
    .where('cancelled', '=', false)
    .orderBy('slug')
    .execute();
  return rows.flatMap((row) => {
    const [hours = 0, minutes = 0] = (row.start_time ?? '').split(':').map(Number);
    const weekly =
      row.weekday === null ? undefined : { weekday: row.weekday, minuteOfDay: hours * 60 + minutes };
    const when = row.starts_at ? { startsAt: row.starts_at } : weekly;
    if (!when) return [];
    return {
      slug: row.slug,
      subsystemCode: row.subsystem_code ?? undefined,
      mode: row.mode,
      reason: row.reason,
      reasonEn: row.reason_en,
      when,
      durationMinutes: row.duration_minutes,
      announceMinutes: row.announce_minutes,
      validFrom: row.valid_from ?? undefined,
      validUntil: row.valid_until ?? undefined,
    };
  });
}

/** Writes the notice of this slug, new or in place of what it was. @returns its id */
export async function saveNotice(trx: Trx, draft: NoticeDraft): Promise<string> {
  const values = {
    slug: draft.slug,
    text: draft.text['zh-TW'],
    text_en: draft.text.en,
    url: draft.url ?? null,
    starts_at: draft.startsAt,
    ends_at: draft.endsAt ?? null,
    sort_order: draft.order,
  };
  const { id } = await trx
    .insertInto('notice')
    .values(values)
    .onConflict((on) => on.column('slug').doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** Writes the window of this slug, new or in place of what it was. @returns its id */
export async function saveWindow(trx: Trx, draft: WindowDraft): Promise<string> {
  const values = {
    slug: draft.slug,
    subsystem_code: draft.system ?? null,
    mode: draft.mode,
    reason: draft.reason?.['zh-TW'] ?? '',
    reason_en: draft.reason?.en ?? '',
    starts_at: draft.startsAt ?? null,
    weekday: draft.weekly?.weekday ?? null,
    start_time: draft.weekly?.start ?? null,
    duration_minutes: draft.durationMinutes,
    announce_minutes: draft.announceMinutes,
    valid_from: draft.validFrom ?? null,
    valid_until: draft.validUntil ?? null,
    cancelled: draft.cancelled,
  };
  const { id } = await trx
    .insertInto('maintenance_window')
    .values(values)
    .onConflict((on) => on.column('slug').doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}
