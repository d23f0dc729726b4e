import type { Editing, Editor, RawDraft } from './types.ts';

/** SM-15: one changes one's own; the national agency everything; what nobody signed is the agency's. */
export function decideEditing(editor: Editor, authorAccountId: string | undefined): Editing {
  if (editor.isNational || authorAccountId === editor.caller.accountId) return { allowed: true };
  return { allowed: false, reason: 'not_author' };
}

/** An editor of one unit speaks to that unit only, whatever was sent. */
export function withinReach(editor: Editor, draft: RawDraft): RawDraft {
  if (editor.isNational) return draft;
  const audience = { signedIn: true, units: [editor.caller.unitCode] };
  return { ...draft, audience };
}
