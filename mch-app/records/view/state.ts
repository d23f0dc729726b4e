import type { RecordHead } from '#templates/views/records.ts';
import { isUnlocked } from '../policy.ts';
import type { Envelope, RecordKind, RecordState } from '../types.ts';

type Tone = RecordHead['state']['tone'];

const TONES: Record<RecordState, Tone> = {
  draft: 'neutral',
  submitted: 'info',
  approved: 'success',
  returned: 'warning',
  claimed: 'info',
  paid: 'success',
  rejected: 'error',
  closed: 'neutral',
};

/** The state as a tag: `key` is a text of all records. What nobody types was never sent by anybody. */
export function stateTag(
  record: Pick<Envelope, 'state' | 'unlockedUntil'>,
  { isMade }: Pick<RecordKind, 'isMade'>,
  now: Date,
): { key: string; tone: Tone } {
  if (isUnlocked(record, now)) return { key: 'records.state-unlocked', tone: 'warning' };
  if (isMade && record.state === 'submitted') return { key: 'records.state-made', tone: 'neutral' };
  return { key: `records.state-${record.state}`, tone: TONES[record.state] };
}
