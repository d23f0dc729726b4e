/** A column that the keyring seals, and what it takes to open it. */
export interface SealedColumn {
  table: string;
  column: string;
  /** The column that names a row, and its type. */
  key: string;
  keyType: 'uuid' | 'bigint' | 'text';
  purpose: string;
  /** The column whose text the value is bound to. */
  context: string;
  /** How many rows are held in memory at a time. */
  batch: number;
}

export interface SealedRow {
  key: string;
  context: string;
  sealed: Buffer;
}

export interface ResealedRow {
  key: string;
  before: Buffer;
  after: Buffer;
}
