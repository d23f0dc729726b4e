export type UnreadableReason =
  | 'type'
  | 'empty'
  | 'encoding'
  | 'not_csv'
  | 'broken'
  | 'encrypted'
  | 'bomb'
  | 'macros'
  | 'formulas'
  | 'rows'
  | 'columns'
  | 'cell';

/** A file that is not taken as a table, and where. */
export class UnreadableTable extends Error {
  override readonly name = 'UnreadableTable';
  readonly reason: UnreadableReason;
  readonly details: Readonly<Record<string, number>>;

  constructor(reason: UnreadableReason, details: Record<string, number> = {}, cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
    this.details = details;
  }
}
