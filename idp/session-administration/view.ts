import type { Locale } from '#kit/http/locale.ts';
import type { Views } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { SESSIONS, deviceOf } from './list.ts';
import type { SessionRow } from './types.ts';

const key = (name: string): string => `console-sessions.${name}`;

/** One browser that is signed in: who, from where, and as which account at which system. */
export function sessionView(
  registry: ClientRegistry,
  locale: Locale,
  row: SessionRow,
  { title, mayEndClient }: { title: string; mayEndClient: boolean },
): Views['idp/console-sheet'] {
  const unit = (locale === 'en' && row.unitNameEn) || row.unitName;
  const nameOf = (clientId: string): string => registry.find(clientId)?.subsystem?.name[locale] ?? clientId;
  const columns = ['client', 'account', ...(mayEndClient ? ['all-of-client'] : [])];
  const bare = { note: { key: '' }, none: { key: '' }, text: '' };
  return {
    ...{ title, lead: '', isReport: false, links: [] },
    sections: [
      {
        ...bare,
        id: 'browser',
        heading: { key: key('browser') },
        facts: [
          { key: key('login'), text: `${row.loginName} ${row.name}` },
          { key: key('unit'), text: `${row.unitCode} ${unit}` },
          { key: key('ip'), text: row.ip ?? '–' },
          { key: key('device'), text: deviceOf(row.userAgent) },
          { key: key('signed-in'), at: row.signedInAt ?? row.activeAt },
          { key: key('active'), at: row.activeAt },
        ],
        table: { columns: [], rows: [] },
        links: [
          {
            key: key('end-person'),
            url: `${SESSIONS}/persons/${row.accountId ?? ''}/ending`,
            tone: 'danger',
          },
        ],
        posts: [
          {
            key: key('end-one'),
            action: `${SESSIONS}/ending`,
            tone: 'plain',
            fields: [
              { name: 'id', value: row.id },
              { name: 'deed', value: 'end' },
            ],
          },
        ],
      },
      {
        ...bare,
        id: 'systems',
        heading: { key: key('where') },
        none: { key: key('nowhere') },
        facts: [],
        table: {
          columns: columns.map((name) => ({ key: key(name) })),
          rows: row.clients.map(({ clientId, subsystemAccountId, binding }) => ({
            cells: [
              { key: key('client'), text: nameOf(clientId) },
              { key: key('account'), text: [subsystemAccountId, binding].filter(Boolean).join(' · ') || '–' },
              ...(mayEndClient
                ? [
                    {
                      key: key('all-of-client'),
                      textKey: key('end-client'),
                      url: `${SESSIONS}/clients/${clientId}/ending`,
                    },
                  ]
                : []),
            ],
          })),
        },
        links: [],
        posts: [],
      },
    ],
  };
}
