import type { Db, Trx } from '#db/mch/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { Fault } from '#kit/errors.ts';
import { type RawDraft, type Typed, typedOf } from '#kit/typed-fields.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { type Draft, fieldsOf, readDraft, rowOf } from '../draft.ts';
import { judge } from '../policy.ts';
import { deleteEntry, findEntry, insertEntry, unknownUnits, updateEntry } from '../store/edit.ts';
import { keepVersion } from '../store/version.ts';
import type { ContentFault, ContentKind, Deed, Editor, Entry } from '../types.ts';
import { assertEditable } from './editable.ts';

export interface ContentDeps {
  db: Db;
  clock: Clock;
}

/** Who does it, and from where. */
export interface By {
  editor: Editor;
  caller: Caller;
}

/** A form as it was sent. */
export interface Sent {
  /** Chosen when the form was first shown: sent twice it is one entry. */
  id: string;
  deed: Extract<Deed, 'save' | 'publish'>;
  typed: Typed;
  /** The version the editor saw; undefined for a new entry. */
  version?: number;
}

export type Saved =
  | { outcome: 'saved' }
  | { outcome: 'faulty'; faults: ContentFault[] }
  /** Somebody else changed it since it was opened. */
  | { outcome: 'conflict'; current: Entry };

const PAST: Record<Deed, string> = {
  save: 'changed',
  publish: 'published',
  withdraw: 'withdrawn',
  remove: 'deleted',
};

/**
 * Writes one entry, new or changed, as a draft or published, with its record, in one transaction. What would change
 * nothing is done already, however often it is sent.
 * @throws Fault not_found, or forbidden when the entry is not the editor's
 */
export async function saveEntry(deps: ContentDeps, kind: ContentKind, by: By, sent: Sent): Promise<Saved> {
  return transact(deps.db, async (trx): Promise<Saved> => {
    const before = await findEntry(trx, sent.id, { lock: true });
    if (!before && sent.version !== undefined) throw new Fault('not_found');
    if (before) assertEditable(by.editor, before, kind);
    const { draft, faults } = readDraft(kind, sent.typed);
    if (!draft) return { outcome: 'faulty', faults };
    if ((await unknownUnits(trx, draft.audience.units)).length > 0) {
      return { outcome: 'faulty', faults: [{ path: 'audience.units', fault: 'unit' }] };
    }
    const verdict = judge(sent.deed, before ?? { type: kind.type, state: 'draft', files: [] });
    if (!verdict.allowed) return { outcome: 'faulty', faults: [{ path: 'file', fault: verdict.reason }] };
    const row = { ...rowOf(draft), state: verdict.state, updated_at: deps.clock() };
    return before
      ? change(trx, kind, by, { sent, before, draft, row })
      : create(trx, kind, by, { sent, draft, row });
  });
}

interface Step {
  sent: Sent;
  draft: Draft;
  row: ReturnType<typeof rowOf> & { state: Entry['state']; updated_at: Date };
}

async function create(trx: Trx, kind: ContentKind, by: By, step: Step): Promise<Saved> {
  const { sent, row } = step;
  const { accountId, personName } = by.editor;
  const author = { author_account: accountId, author_name: personName, created_at: row.updated_at };
  if (await insertEntry(trx, { ...row, ...author, id: sent.id, type: kind.type })) {
    await record(trx, by, row.state === 'released' ? PAST.publish : 'created', { ...sent, type: kind.type });
    return { outcome: 'saved' };
  }
  // the same form came twice at once, and the other one made it
  const before = await findEntry(trx, sent.id, { lock: true });
  if (!before) throw new Fault('not_found');
  assertEditable(by.editor, before, kind);
  return change(trx, kind, by, { ...step, before });
}

async function change(
  trx: Trx,
  kind: ContentKind,
  by: By,
  { sent, draft, row, before }: Step & { before: Entry },
): Promise<Saved> {
  const shown = (of: RawDraft): string => JSON.stringify(typedOf(fieldsOf(kind), of));
  const isDone = row.state === before.state && shown({ ...draft }) === shown(before.draft);
  if (isDone) return { outcome: 'saved' };
  if (before.version !== sent.version) return { outcome: 'conflict', current: before };
  await updateEntry(trx, sent.id, row);
  await record(trx, by, row.state === before.state ? PAST.save : PAST.publish, before);
  return { outcome: 'saved' };
}

/**
 * Takes an entry out of sight, or deletes it for good, as its editor saw it: of another `version` it is left.
 * @returns why not, if not; what is so already is done
 * @throws Fault not_found, or forbidden when the entry is not the editor's
 */
export async function endEntry(
  deps: ContentDeps,
  by: By,
  { id, version }: Pick<Entry, 'id' | 'version'>,
  deed: Extract<Deed, 'withdraw' | 'remove'>,
): Promise<'done' | 'changed' | 'not_published' | 'published'> {
  return transact(deps.db, async (trx) => {
    const entry = await findEntry(trx, id, { lock: true });
    if (!entry && deed === 'remove') return 'done';
    if (!entry) throw new Fault('not_found');
    assertEditable(by.editor, entry);
    if (deed === 'withdraw' && entry.state === 'archived') return 'done';
    if (entry.version !== version) return 'changed';
    const verdict = judge(deed, entry);
    if (!verdict.allowed) return verdict.reason === 'published' ? 'published' : 'not_published';
    if (deed === 'withdraw') await updateEntry(trx, id, { state: verdict.state, updated_at: deps.clock() });
    await record(trx, by, PAST[deed], entry);
    if (deed === 'remove') await deleteEntry(trx, id);
    return 'done';
  });
}

/** One record of what was done, and of the entry as it is now, in the deed's own transaction. */
export async function record(
  trx: Trx,
  { editor, caller }: By,
  word: string,
  { id, type }: Pick<Entry, 'id' | 'type'>,
): Promise<void> {
  const { sub, accountId } = editor;
  await keepVersion(trx, { contentId: id, deed: word, accountId });
  await recordAudit(trx, { type: `content.${word}`, reason: `${type} ${id}`, sub, accountId, caller });
}
