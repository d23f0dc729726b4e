import { Fault } from '#kit/errors.ts';
import { kindOf } from '../kinds.ts';
import { mayEdit } from '../policy.ts';
import type { Editor, Entry } from '../types.ts';

/** @throws Fault not_found for an entry of another type, forbidden for somebody else's */
export function assertEditable(editor: Editor, entry: Entry, kind = kindOf(entry.type)): void {
  if (entry.type !== kind?.type) throw new Fault('not_found');
  if (!mayEdit(editor, entry.authorAccount)) throw new Fault('forbidden');
}
