import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { Views } from '#templates/views.ts';
import type { SheetSection } from '#templates/views/console-sheets.ts';
import type { EmergencyStop } from './types.ts';

export const EMERGENCY = '/console/emergency';

type Sheet = Views['idp/console-sheet'];
const key = (name: string): string => `console-emergency.${name}`;

function section(id: string, parts: Partial<SheetSection>): SheetSection {
  const bare = { note: { key: '' }, none: { key: '' }, facts: [], links: [], posts: [], text: '' };
  return { ...bare, table: { columns: [], rows: [] }, ...parts, id, heading: { key: key(id) } };
}

/** What was stopped, newest first. */
export function listView(locale: Locale, stops: EmergencyStop[], size: number): Sheet {
  const columns = ['person', 'at', 'who', 'reason', 'state'];
  const shown = stops.slice(0, size);
  const last = stops.length > size ? shown.at(-1) : undefined;
  const rows = shown.map((stop) => ({
    cells: [
      { key: key('person'), text: `${stop.loginName} ${stop.personName}`, url: `${EMERGENCY}/${stop.id}` },
      { key: key('at'), at: stop.stoppedAt },
      { key: key('who'), text: stop.stoppedByName ?? '–' },
      { key: key('reason'), text: stop.reason },
      stop.enabledAt
        ? { key: key('state'), textKey: key('state-enabled'), tone: 'success' as const }
        : { key: key('state'), textKey: key('state-stopped'), tone: 'error' as const },
    ],
  }));
  return {
    title: translate(locale, key('title')),
    lead: translate(locale, key('lead')),
    isReport: false,
    links: [{ key: key('stop'), url: `${EMERGENCY}/stop`, tone: 'danger' }],
    sections: [
      section('reports', {
        table: { columns: columns.map((name) => ({ key: key(name) })), rows },
        none: { key: key('none') },
        links: last ? [{ key: key('older'), url: `${EMERGENCY}?before=${last.id}`, tone: 'plain' }] : [],
      }),
    ],
  };
}

/** One report: who was stopped, by whom and why, and everything that ended. */
export function reportView(locale: Locale, stop: EmergencyStop): Sheet {
  const { ended } = stop;
  const account = (id: string | null): string => id ?? '–';
  const sessions = ended.sessions.map((session) => ({
    cells: [
      { key: key('address'), text: session.ip ?? '–' },
      session.signedInAt === null
        ? { key: key('signed-in'), text: '–' }
        : { key: key('signed-in'), at: new Date(session.signedInAt) },
      {
        key: key('used-at'),
        text:
          session.clients
            .map(({ clientId, subsystemAccountId }) => `${clientId} ${account(subsystemAccountId)}`)
            .join(' · ') || '–',
      },
    ],
  }));
  const grants = ended.browserless.map(({ clientId, subsystemAccountId }) => ({
    cells: [
      { key: key('client'), text: clientId },
      { key: key('account'), text: account(subsystemAccountId) },
    ],
  }));
  return {
    title: translate(locale, key('report-title'), { name: `${stop.loginName} ${stop.personName}` }),
    lead: stop.reason,
    isReport: true,
    links: stop.enabledAt
      ? []
      : [{ key: key('enable'), url: `${EMERGENCY}/${stop.id}/enabling`, tone: 'plain' }],
    sections: [
      section('facts', { facts: factsOf(stop) }),
      section('sessions', {
        table: {
          columns: ['address', 'signed-in', 'used-at'].map((name) => ({ key: key(name) })),
          rows: sessions,
        },
        none: { key: key('no-sessions') },
      }),
      section('browserless', {
        table: { columns: ['client', 'account'].map((name) => ({ key: key(name) })), rows: grants },
        none: { key: key('no-browserless') },
      }),
    ],
  };
}

function factsOf(stop: EmergencyStop) {
  const { ended } = stop;
  return [
    { key: key('at'), at: stop.stoppedAt },
    { key: key('who'), text: stop.stoppedByName ?? '–' },
    { key: key('unit'), text: stop.unitCode },
    { key: key('state'), textKey: key(stop.enabledAt ? 'state-enabled' : 'state-stopped') },
    { key: key('told'), text: ended.clientsTold.join(' · ') || '–' },
    { key: key('links'), text: String(ended.links) },
    ...(stop.enabledAt
      ? [
          { key: key('enabled-at'), at: stop.enabledAt },
          { key: key('enabled-by'), text: stop.enabledByName ?? '–' },
          { key: key('enabled-because'), text: stop.enabledBecause ?? '–' },
        ]
      : []),
  ];
}
