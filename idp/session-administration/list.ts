import type { Db } from '#db/idp/tables.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { ConsoleList } from '../console-lists/index.ts';
import { readDevice } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { countSessions, listSessions } from './store.ts';
import type { SessionFilter, SessionRow, SessionSort } from './types.ts';

export const SESSIONS = '/console/sessions';
const key = (name: string): string => `console-sessions.${name}`;

/** Browsers signed in now. */
export function sessionList(
  db: Db,
  registry: ClientRegistry,
): ConsoleList<SessionFilter, SessionSort, SessionRow> {
  return {
    definition: {
      name: 'sessions',
      filters: {
        person: {},
        unit: { pattern: /^[0-9A-Za-z]{1,10}$/ },
        client: { pattern: /^[a-z][a-z0-9_-]{1,39}$/ },
        ip: { pattern: /^[0-9A-Fa-f:.]{2,45}$/ },
      },
      sorts: ['active', 'signed_in'],
      defaultSort: 'active',
      defaultDescending: true,
    },
    path: SESSIONS,
    area: 'console-sessions',
    deed: 'sessions.read',
    fields: [
      { name: 'person', key: key('person'), kind: 'text' },
      { name: 'unit', key: key('unit-code'), kind: 'text' },
      {
        name: 'client',
        key: key('client'),
        kind: 'select',
        options: (locale) => clientOptions(registry, locale),
      },
      { name: 'ip', key: key('ip'), kind: 'text' },
    ],
    columns: [
      { name: 'login', key: key('login'), cell: ({ loginName }) => ({ text: loginName }) },
      { name: 'name', key: key('name'), cell: ({ name }) => ({ text: name }) },
      {
        name: 'unit',
        key: key('unit'),
        cell: (row, locale) => ({ text: (locale === 'en' && row.unitNameEn) || row.unitName }),
      },
      {
        name: 'where',
        key: key('where'),
        cell: (row, locale) => ({ text: whereOf(registry, row, locale) || '–' }),
      },
      { name: 'ip', key: key('ip'), cell: ({ ip }) => ({ text: ip ?? '–' }) },
      { name: 'device', key: key('device'), cell: ({ userAgent }) => ({ text: deviceOf(userAgent) }) },
      {
        name: 'signed_in',
        key: key('signed-in'),
        sort: 'signed_in',
        cell: ({ signedInAt, activeAt }) => ({ at: signedInAt ?? activeAt }),
      },
      { name: 'active', key: key('active'), sort: 'active', cell: ({ activeAt }) => ({ at: activeAt }) },
    ],
    load: (scope, limit) => listSessions(db, scope, limit),
    count: (scope, upTo) => countSessions(db, scope, upTo),
    rowUrl: ({ id }) => `${SESSIONS}/${encodeURIComponent(id)}`,
    rowLabel: ({ loginName }) => loginName,
    bulk: {
      action: `${SESSIONS}/ending`,
      deeds: [{ name: 'end', key: key('end'), deed: 'sessions.end' }],
      isSelectable: () => true,
    },
  };
}

/** Where a session is used, and as which of the person's accounts. */
export function whereOf(registry: ClientRegistry, { clients }: SessionRow, locale: Locale): string {
  const names = clients.map(({ clientId, subsystemAccountId, binding }) => {
    const name = registry.find(clientId)?.subsystem?.shortName[locale] ?? clientId;
    return subsystemAccountId === null ? name : `${name} (${binding ?? subsystemAccountId})`;
  });
  return names.join(' · ');
}

export function deviceOf(userAgent: string | null): string {
  const { browser, system } = readDevice(userAgent);
  return [browser, system].filter(Boolean).join(' · ') || '–';
}

function clientOptions(registry: ClientRegistry, locale: Locale) {
  return registry
    .list()
    .filter(({ subsystem }) => subsystem !== undefined)
    .map(({ clientId, subsystem }) => ({ value: clientId, label: subsystem?.shortName[locale] ?? clientId }));
}
