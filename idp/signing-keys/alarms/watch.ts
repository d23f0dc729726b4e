import type { Db, Trx } from '#db/idp/tables.ts';
import { recordAudit } from '../../audit/index.ts';
import { type MailParams, queueMail } from '../../notifications/index.ts';
import { clientsWaitedFor, stateOf } from '../policy.ts';
import { type SigningKeyDeps, stampOf } from '../service.ts';
import { listKeys } from '../store.ts';
import { closeAlarm, insertAlarm, listAlarms, listReplicas, lockAlarms } from '../store/alarms.ts';
import { listKeyFetches } from '../store/evidence.ts';
import { listNational } from '../store/revocations.ts';
import type { AlarmFacts, KeyAlarm, KeyAlarmKind, KeySchedule } from '../types.ts';
import { KEYS } from '../view.ts';
import { judgeAlarms } from './policy.ts';

type WatchDeps = SigningKeyDeps & { issuer: string };

const KINDS: KeyAlarmKind[] = [
  ...(['rotation_overdue', 'no_successor', 'promotion_waits', 'promoted_unseen', 'replica_behind'] as const),
];

/**
 * Raises an alarm for whatever is overdue or amiss, once each: a record, a mail to whoever is responsible, a line above
 * the console's pages; ends it when it is mended.
 * @returns the alarms raised now
 */
export async function watchKeys(deps: WatchDeps, schedule: KeySchedule): Promise<KeyAlarm[]> {
  return settleAlarms(deps, KINDS, async (trx, now) =>
    judgeAlarms(await gatherFacts(trx, now), schedule, now),
  );
}

/** The same for whoever judges alarms of other `kinds`. */
export async function settleAlarms(
  deps: WatchDeps,
  kinds: readonly KeyAlarmKind[],
  judge: (trx: Trx, now: Date) => Promise<KeyAlarm[]>,
): Promise<KeyAlarm[]> {
  return deps.db.transaction().execute(async (trx) => {
    await lockAlarms(trx);
    const now = deps.clock();
    const due = await judge(trx, now);
    const standing = (await listAlarms(trx)).filter(({ kind }) => kinds.includes(kind));
    const isSame = (a: KeyAlarm) => (b: KeyAlarm) => a.kind === b.kind && a.subject === b.subject;
    const raised = due.filter((alarm) => !standing.some(isSame(alarm)));
    for (const alarm of raised) {
      await insertAlarm(trx, alarm, now);
      await record(trx, 'signing_key.alarm_raised', alarm);
      await tell(trx, deps, alarm, now);
    }
    for (const alarm of standing.filter((old) => !due.some(isSame(old)))) {
      await closeAlarm(trx, alarm, now);
      await record(trx, 'signing_key.alarm_ended', alarm);
    }
    return raised;
  });
}

async function gatherFacts(db: Db, now: Date): Promise<AlarmFacts> {
  const keys = await listKeys(db, now);
  const asked = keys.filter((key) => stateOf(key, now) === 'announced' || key.promotedWithout?.length);
  const unseenBy = new Map<string, string[]>();
  for (const { kid } of asked) unseenBy.set(kid, clientsWaitedFor(await listKeyFetches(db, kid), now));
  return { keys, unseenBy, replicas: await listReplicas(db), stamp: stampOf(keys, now) };
}

async function record(
  trx: Trx,
  type: 'signing_key.alarm_raised' | 'signing_key.alarm_ended',
  { kind, subject, facts }: KeyAlarm,
): Promise<void> {
  await recordAudit(trx, { type, details: { kind, subject, ...facts } });
}

async function tell(trx: Trx, deps: WatchDeps, alarm: KeyAlarm, now: Date): Promise<void> {
  const { kind, subject } = alarm;
  for (const { id, name, email } of await listNational(trx, ['platform_ops'])) {
    await queueMail(trx, deps.keyring, {
      kind: 'key_alarm',
      to: { accountId: id, address: email, name },
      params: paramsOf(alarm, deps.issuer + pageOf(alarm)),
      dedupeKey: `key_alarm:${kind}:${subject}:${now.toISOString()}:${id}`,
    });
  }
}

/** The console's page about it. */
export const pageOf = ({ facts }: KeyAlarm): string => facts['page'] ?? KEYS;

function paramsOf({ kind, subject, facts }: KeyAlarm, url: string): MailParams['key_alarm'] {
  switch (kind) {
    case 'replica_behind':
      return { outcome: kind, replica: subject, url };
    case 'promotion_waits':
    case 'promoted_unseen':
    case 'vouching_waits':
      return { outcome: kind, kid: subject, clients: facts['clients'] ?? '', url };
    default:
      return { outcome: kind, kid: subject, url };
  }
}
