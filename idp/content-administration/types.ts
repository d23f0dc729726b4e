import type { z } from 'zod';
import type { RawDraft, TypedField } from '#kit/typed-fields.ts';
import type { StoredFile } from '#kit/http/attachment.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { ConsoleCaller, Deed } from '../permissions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';

export type { RawDraft };

export interface ContentField extends TypedField {
  required?: boolean;
  max?: number;
  options?: (choices: Choices) => Option[];
  /** Editors of one unit do not choose it. */
  nationalOnly?: true;
}

export interface Option {
  value: string;
  label: string;
}

export interface Choices {
  registry: ClientRegistry;
  locale: Locale;
}

export interface Stored {
  id: string;
  version: number;
  authorAccountId: string | undefined;
  draft: RawDraft;
  files: { id: string; name: string; sizeBytes: number }[];
}

/** One kind of content, told as data. */
export interface ContentKind {
  name: string;
  deed: Deed;
  schema: z.ZodType;
  fields: ContentField[];
  /** What a new one begins with. */
  fresh: (now: Date) => RawDraft;
  table: 'announcement' | 'help_entry' | 'download' | 'notice' | 'maintenance_window';
  files: 'none' | 'one' | 'many';
  find: (db: Db | Trx, id: string) => Promise<Stored | undefined>;
  /** Writes what the schema parsed. @returns its id */
  save: (trx: Trx, parsed: unknown, files: StoredFile[] | undefined, now: Date) => Promise<string>;
}

export type Editing = { allowed: true } | { allowed: false; reason: 'not_author' | 'not_permitted' };

export interface Editor {
  caller: ConsoleCaller;
  isNational: boolean;
}

export interface ContentFault {
  path: string;
  key: string;
}
