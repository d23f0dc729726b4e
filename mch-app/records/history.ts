import type { RecordVersion } from './store/versions.ts';
import type { Actor, Envelope } from './types.ts';

/** How a record is sent for the first time. */
const SENT: readonly string[] = ['submitted', 'imported'];

/**
 * What somebody may see of a record's versions, newest first: its own unit all of them; any other begins with what was
 * sent, without what that changed of the draft before.
 */
export function versionsFor(
  actor: Pick<Actor, 'unit'>,
  record: Pick<Envelope, 'unitCode'>,
  versions: readonly RecordVersion[],
): RecordVersion[] {
  const first = versions.findLast(({ deed }) => SENT.includes(deed))?.version;
  if (actor.unit.code === record.unitCode || first === undefined || first === 1) return [...versions];
  return versions
    .filter(({ version }) => version >= first)
    .map((one) => (one.version === first ? { ...one, changes: [] } : one));
}
