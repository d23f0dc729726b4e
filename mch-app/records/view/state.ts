import type { RecordHead } from '#templates/views/records.ts';
import { isUnlocked } from '../policy.ts';
import type { Envelope, RecordState } from '../types.ts';

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

/** The state as a tag: `key` is a text of all records. */
export function stateTag(
  record: Pick<Envelope, 'state' | 'unlockedUntil'>,
  now: Date,
): { key: string; tone: Tone } {
  if (isUnlocked(record, now)) return { key: 'records.state-unlocked', tone: 'warning' };
  return { key: `records.state-${record.state}`, tone: TONES[record.state] };
}
