import type { Views } from '#templates/views.ts';
import { DEAD_LETTERS, LOGOUTS } from './list.ts';
import type { ClientHealth } from './store.ts';

const COLUMNS = ['client', 'delivered', 'waiting', 'failing', 'dead', 'p50', 'p95', 'error'];

/** Each client's logouts of the last days. */
export function healthView(
  health: ClientHealth[],
  { title, lead }: { title: string; lead: string },
): Views['idp/console-sheet'] {
  const key = (name: string): string => `console-logouts.${name}`;
  const ms = (value: number | null): string => (value === null ? '–' : `${value} ms`);
  const dead = health.reduce((sum, client) => sum + client.dead, 0);
  const rows = health.map((client) => {
    const values = [
      { text: client.clientId },
      { text: String(client.delivered), numeric: true },
      { text: String(client.waiting), numeric: true },
      { text: String(client.failing), ...(client.failing > 0 && { tone: 'warning' as const }) },
      {
        text: String(client.dead),
        ...(client.dead > 0 && { tone: 'error' as const, url: `${DEAD_LETTERS}?client=${client.clientId}` }),
      },
      { text: ms(client.p50), numeric: true },
      { text: ms(client.p95), numeric: true },
      { text: client.lastError ?? '–' },
    ];
    return { cells: values.map((cell, at) => ({ key: key(COLUMNS[at] ?? ''), ...cell })) };
  });
  const all = [{ name: 'all', value: 'yes' }];
  return {
    ...{ title, lead, isReport: false },
    links: [{ key: key('dead-letters'), url: DEAD_LETTERS, tone: 'plain' }],
    sections: [
      {
        id: 'health',
        heading: { key: key('health') },
        note: { key: key('health-what') },
        facts: [],
        table: { columns: COLUMNS.map((name) => ({ key: key(name) })), rows },
        none: { key: key('none') },
        links: [],
        posts:
          dead > 0
            ? [{ key: key('redeliver-all'), action: `${LOGOUTS}/redelivery`, tone: 'main', fields: all }]
            : [],
        text: '',
      },
    ],
  };
}
