import type { ContentState, ContentType, Deed, Editor, Entry, Publication, Refusal } from './types.ts';

/** SM-15: what an entry is at this moment. Its last moment no longer belongs to it. */
export function publicationOf(
  { state, publishFrom, publishUntil }: Pick<Entry, 'state' | 'publishFrom' | 'publishUntil'>,
  now: Date,
): Publication {
  if (state !== 'released') return state;
  if (now < publishFrom) return 'scheduled';
  return publishUntil && now >= publishUntil ? 'expired' : 'published';
}

/** SM-15: one edits one's own; the national administration everything. */
export function mayEdit(
  editor: Pick<Editor, 'accountId' | 'isNational'>,
  authorAccount: string | undefined,
): boolean {
  return editor.isNational || authorAccount === editor.accountId;
}

export type Verdict = { allowed: true; state: ContentState } | { allowed: false; reason: Refusal };

/**
 * What a deed makes of an entry. What people have been shown is withdrawn before it is removed; a download without
 * a file is never published.
 */
export function judge(
  deed: Deed,
  { type, state, files }: { type: ContentType; state: ContentState; files: readonly unknown[] },
): Verdict {
  switch (deed) {
    case 'save':
      return { allowed: true, state };
    case 'publish':
      return type === 'download' && files.length === 0
        ? { allowed: false, reason: 'no_file' }
        : { allowed: true, state: 'released' };
    case 'withdraw':
      return state === 'released'
        ? { allowed: true, state: 'archived' }
        : { allowed: false, reason: 'not_published' };
    case 'remove':
      return state === 'released' ? { allowed: false, reason: 'published' } : { allowed: true, state };
  }
}

/** Whether the file may go: a published download keeps its last. */
export function mayRemoveFile({ type, state, files }: Pick<Entry, 'type' | 'state' | 'files'>): boolean {
  return !(type === 'download' && state === 'released' && files.length <= 1);
}

export const MOST_FILES = 20;
export const MOST_BYTES = 20 * 1024 * 1024;
