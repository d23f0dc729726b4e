import type { Db } from '#db/idp/tables.ts';
import type { ConsoleAlarm } from '#templates/views.ts';
import { type ConsoleCaller, reachOf } from '../permissions/index.ts';
import { pageOf } from './alarms/watch.ts';
import { listAlarms } from './store/alarms.ts';
import { listUnconfirmed } from './store/revocations.ts';
import { KEYS } from './view.ts';

/**
 * What stands above every page of the console for those who may confirm a revocation; what is amiss with the keys only
 * for those who may see them.
 */
export async function listConsoleAlarms(db: Db, caller: ConsoleCaller): Promise<ConsoleAlarm[]> {
  const mayRead = reachOf(caller, 'signing_keys.read') !== undefined;
  const [unconfirmed, alarms] = await Promise.all([listUnconfirmed(db), mayRead ? listAlarms(db) : []]);
  const pages = new Map(alarms.map((alarm) => [alarm.kind, pageOf(alarm)]));
  return [
    ...unconfirmed.map(({ kid, alarmedAt }) => ({
      key: alarmedAt ? 'console-signing-keys.alarm-overdue' : 'console-signing-keys.alarm',
      isOverdue: alarmedAt !== null,
      url: `${KEYS}/${kid}/confirmation`,
    })),
    ...[...pages].map(([kind, url]) => ({
      key: `console-signing-keys.alarm-${kind.replaceAll('_', '-')}`,
      isOverdue: kind !== 'promotion_waits' && kind !== 'vouching_waits',
      url,
    })),
  ];
}
