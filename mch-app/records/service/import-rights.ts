import { mayWithKind } from '../policy.ts';
import type { Actor, RecordKind } from '../types.ts';

/** Who brought a file. */
export type Bringer = Pick<Actor, 'sub' | 'accountId' | 'personName' | 'unit'>;

/**
 * What whoever brought a file may do by now; undefined when they may act here no more.
 * @throws RightsUnknown while nobody can say
 */
export type ImportRights = (who: Bringer) => Promise<Actor | undefined>;

/** Nobody can say what the account may do: the file waits. */
export class RightsUnknown extends Error {
  override readonly name = 'RightsUnknown';

  constructor(cause: unknown) {
    super('nobody can say what the account may do', { cause });
  }
}

/** Whether the account brings files of this kind, and writes what they say. */
export const mayImport = (actor: Actor, kind: RecordKind): boolean =>
  kind.importAt !== undefined &&
  actor.rights(kind.importAt).includes('I') &&
  mayWithKind(actor, kind, 'create') &&
  mayWithKind(actor, kind, 'submit');

/** What is kept of whoever brought a file, as it was told. */
export const bringerOf = (kept: unknown): Bringer => kept as Bringer;
