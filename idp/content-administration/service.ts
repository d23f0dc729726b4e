import { randomUUID } from 'node:crypto';
import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import type { StoredFile } from '#kit/http/attachment.ts';
import { type Caller, recordConsoleDeed } from '../audit/index.ts';
import { decideEditing, withinReach } from './policy.ts';
import {
  addAttachment,
  deleteEntry,
  lockVersion,
  raiseVersion,
  removeAttachment,
  signEntry,
  unknownUnits,
} from './store/entry.ts';
import { type RawDraft, type Typed, draftOf, faultsOf, typedOf } from '#kit/typed-fields.ts';
import type { ContentFault, ContentKind, Editor, Stored } from './types.ts';

export interface ContentDeps {
  db: Db;
  clock: Clock;
}

export type Saved =
  | { outcome: 'saved'; id: string }
  | { outcome: 'faulty'; faults: ContentFault[] }
  /** Somebody else changed it since it was opened. */
  | { outcome: 'conflict'; current: Stored };

interface Deed {
  editor: Editor;
  from: Caller;
}

/** What was typed as the schema takes it, without writing anything. */
export function judge(
  kind: ContentKind,
  editor: Editor,
  typed: Typed,
  slug: string,
): { draft: RawDraft; parsed: unknown; faults: ContentFault[] } {
  const fields = kind.fields.filter(({ nationalOnly }) => editor.isNational || !nationalOnly);
  const own = kind.table === 'announcement' ? { kind: kind.name } : {};
  const typedDraft = { ...draftOf(fields, typed), ...own, slug };
  const draft = kind.table === 'announcement' ? withinReach(editor, typedDraft) : typedDraft;
  const result = kind.schema.safeParse(draft);
  const found = result.success ? [] : faultsOf(kind.fields, result.error);
  const faults = found.map(({ path, fault }) => ({ path, key: `console-content.fault-${fault}` }));
  return { draft, parsed: result.data, faults };
}

/**
 * Writes one entry, new or changed, with its record, in one transaction.
 * @param opened the entry and the version the editor saw; undefined for a new one
 * @throws Fault not_found, or forbidden when it is not the editor's
 */
export async function saveEntry(
  deps: ContentDeps,
  kind: ContentKind,
  { editor, from }: Deed,
  given: { typed: Typed; file?: StoredFile; opened?: { id: string; version: number } },
): Promise<Saved> {
  const { opened, typed } = given;
  return transact(deps.db, async (trx): Promise<Saved> => {
    const version = opened && (await lockVersion(trx, kind.table, opened.id));
    const before = opened && (await kind.find(trx, opened.id));
    if (opened && !before) throw new Fault('not_found');
    if (before && !decideEditing(editor, before.authorAccountId).allowed) throw new Fault('forbidden');
    const slug = (before?.draft['slug'] as string | undefined) ?? `${kind.name}-${randomUUID()}`;
    const { draft, parsed, faults } = judge(kind, editor, typed, slug);
    const units = (draft['audience'] as { units?: string[] } | undefined)?.units ?? [];
    if ((await unknownUnits(trx, units)).length > 0) {
      faults.push({ path: 'audience.units', key: 'console-content.fault-unit' });
    }
    if (kind.files === 'one' && !before && !given.file) {
      faults.push({ path: 'file', key: 'console-content.fault-file' });
    }
    if (faults.length > 0) return { outcome: 'faulty', faults };
    if (before && version !== opened.version) return { outcome: 'conflict', current: before };

    const now = deps.clock();
    const id = await kind.save(trx, parsed, given.file && [given.file], now);
    if (before) await raiseVersion(trx, kind.table, id, now);
    else await signEntry(trx, kind.table, id, editor.caller.accountId);
    await recordConsoleDeed(trx, editor.caller, {
      type: before ? 'content.changed' : 'content.created',
      target: { kind: kind.name, id },
      changes: changesOf(kind, before, typed),
      from,
    });
    return { outcome: 'saved', id };
  });
}

/** Deletes an entry for good; what was published is better archived, which its form offers. */
export async function removeEntry(
  deps: ContentDeps,
  kind: ContentKind,
  { editor, from }: Deed,
  id: string,
  reason: string,
): Promise<void> {
  await transact(deps.db, async (trx) => {
    await lockVersion(trx, kind.table, id);
    const entry = await kind.find(trx, id);
    if (!entry) throw new Fault('not_found');
    if (!decideEditing(editor, entry.authorAccountId).allowed) throw new Fault('forbidden');
    await deleteEntry(trx, kind.table, id);
    const target = { kind: kind.name, id };
    await recordConsoleDeed(trx, editor.caller, { type: 'content.deleted', target, reason, from });
  });
}

/** Attaches a file to an announcement, or takes one away. @returns false when nothing could be done */
export async function changeAttachments(
  deps: ContentDeps,
  kind: ContentKind,
  { editor, from }: Deed,
  id: string,
  change: { add: StoredFile } | { remove: string },
): Promise<boolean> {
  return transact(deps.db, async (trx) => {
    await lockVersion(trx, kind.table, id);
    const entry = await kind.find(trx, id);
    if (!entry || kind.files !== 'many') throw new Fault('not_found');
    if (!decideEditing(editor, entry.authorAccountId).allowed) throw new Fault('forbidden');
    const name = 'add' in change ? change.add.name : await removeAttachment(trx, id, change.remove);
    if (name === undefined) throw new Fault('not_found');
    if ('add' in change && !(await addAttachment(trx, id, change.add))) return false;
    await recordConsoleDeed(trx, editor.caller, {
      type: 'add' in change ? 'content.file_added' : 'content.file_removed',
      target: { kind: kind.name, id },
      details: { file: name },
      from,
    });
    return true;
  });
}

function changesOf(kind: ContentKind, before: Stored | undefined, typed: Typed) {
  const was = before ? typedOf(kind.fields, before.draft) : {};
  return Object.fromEntries(
    kind.fields.map(
      ({ path }) => [path, [was[path]?.join(' ') ?? '', typed[path]?.join(' ') ?? '']] as const,
    ),
  );
}
