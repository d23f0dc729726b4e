import { Fault } from '#kit/errors.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { Reach } from '../permissions/index.ts';
import { deviceOf, whereOf } from './list.ts';
import { countGrants, countSessions, findPersonWithin, findSessions } from './store.ts';
import type { SessionAdministrationDeps } from './types.ts';

/** What a page that asks before an end says. */
export interface Ending {
  area: string;
  params: Record<string, string | number>;
  lines: { label: string; effect: string; refused: boolean }[];
  fields: { name: string; value: string }[];
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_COUNTED = 100_000;

/** @throws Fault not_found when none of them is within reach */
export async function endingOfSessions(
  { db, registry }: SessionAdministrationDeps,
  uids: string[],
  reach: Reach,
  locale: Locale,
): Promise<Ending> {
  const rows = await findSessions(db, uids, reach);
  if (rows.length === 0) throw new Fault('not_found');
  return {
    area: 'console-session-ending',
    params: { count: rows.length },
    lines: rows.map((row) => ({
      label: `${row.loginName} ${row.name}`,
      effect: [row.ip ?? '', deviceOf(row.userAgent), whereOf(registry, row, locale)]
        .filter(Boolean)
        .join(' · '),
      refused: false,
    })),
    fields: rows.map(({ id }) => ({ name: 'id', value: id })),
  };
}

/** @throws Fault not_found when the person is not within reach */
export async function endingOfPerson(
  { db }: SessionAdministrationDeps,
  accountId: string,
  reach: Reach,
  locale: Locale,
): Promise<Ending> {
  const person = UUID.test(accountId) ? await findPersonWithin(db, accountId, reach) : undefined;
  if (!person) throw new Fault('not_found');
  const filters = { person: person.loginName };
  const request = { filters, faults: [], sort: 'active' as const, descending: true };
  const [sessions, { browserless }] = await Promise.all([
    countSessions(db, { request, reach }, MOST_COUNTED),
    countGrants(db, { accountId }),
  ]);
  const effect = translate(locale, 'console-person-ending.line', { sessions, browserless });
  return {
    area: 'console-person-ending',
    params: { name: person.loginName },
    lines: [{ label: `${person.loginName} ${person.name}`, effect, refused: false }],
    fields: [],
  };
}

/** @throws Fault not_found */
export async function endingOfClient(
  { db, registry }: SessionAdministrationDeps,
  clientId: string,
  locale: Locale,
): Promise<Ending> {
  const client = registry.find(clientId);
  if (!client?.subsystem) throw new Fault('not_found');
  const counts = await countGrants(db, { clientId });
  return {
    area: 'console-client-ending',
    params: { name: client.subsystem.name[locale] },
    lines: [
      {
        label: clientId,
        effect: translate(locale, 'console-client-ending.line', { ...counts }),
        refused: false,
      },
    ],
    fields: [],
  };
}
