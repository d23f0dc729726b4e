import { randomUUID } from 'node:crypto';
import seed from '#db/mch/seed/content.json' with { type: 'json' };
import type { Db } from '#db/mch/tables.ts';
import { DAY, after, taipeiDay } from '#kit/clock.ts';
import { type TypedField, typedOf } from '#kit/typed-fields.ts';
import { fieldsOf, readDraft, rowOf } from './draft.ts';
import { kindOf } from './kinds.ts';
import { fileOf } from './service/files.ts';
import { hasContent, insertEntry, insertFile } from './store/edit.ts';

interface SeedEntry {
  type: string;
  /** Days before today from which it is shown, and days after today on which an event takes place. */
  daysAgo: number;
  daysAhead?: number;
  isDraft?: boolean;
  files?: { name: string; text: string }[];
  event?: { place: object };
  [field: string]: unknown;
}

/**
 * Enters synthetic content of every type into a system that has none, through the form's own rules; leaves any other
 * as it is.
 * @returns how many entries there are now that were not there before
 */
export async function seedContent(db: Db, now: Date): Promise<number> {
  if (await hasContent(db)) return 0;
  const { author, entries } = seed as { author: { account: string; name: string }; entries: SeedEntry[] };
  await db.transaction().execute(async (trx) => {
    for (const { type, daysAgo, daysAhead, isDraft, files = [], event, ...given } of entries) {
      const kind = kindOf(type);
      if (!kind) throw new Error(`no type of content: ${type}`);
      const day = (days: number, hour: number): Date =>
        new Date(`${taipeiDay(after(now, days * DAY))}T${String(hour).padStart(2, '0')}:00:00+08:00`);
      const held = event && { ...event, startsAt: day(daysAhead ?? 0, 9), endsAt: day(daysAhead ?? 0, 12) };
      const told = { ...given, publishFrom: day(-daysAgo, 0), ...(held && { event: held }) };
      const fields: readonly TypedField[] = fieldsOf(kind);
      const { draft, faults } = readDraft(kind, typedOf(fields, told));
      if (!draft) throw new Error(`faulty content of type ${type}: ${JSON.stringify(faults)}`);
      const id = randomUUID();
      const by = { author_account: author.account, author_name: author.name };
      const state = isDraft ? 'draft' : 'released';
      await insertEntry(trx, {
        ...{ id, type: kind.type, state, created_at: now, updated_at: now },
        ...rowOf(draft),
        ...by,
      });
      for (const { name, text } of files) {
        const file = fileOf({ name, bytes: Buffer.from(`\uFEFF${text}`) });
        if (!file) throw new Error(`${name} is of no kind that is kept`);
        await insertFile(trx, id, file);
      }
    }
  });
  return entries.length;
}
