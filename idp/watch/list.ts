import type { Db } from '#db/idp/tables.ts';
import { translate } from '#templates/locales.ts';
import type { ConsoleList, ListRow } from '../console-lists/index.ts';
import { countAlerts, listAlerts } from './store/alerts.ts';
import { listRules } from './store/rules.ts';
import type { Alert, AlertRule } from './types.ts';

type AlertRow = Omit<Alert, 'id'> & ListRow;
type RuleRow = AlertRule & ListRow;

export const STATES = ['open', 'explained', 'escalated'] as const;
export const RULES = [
  ...['new_address', 'new_device', 'many_exports', 'night_queries', 'many_refusals', 'many_refusals_account'],
] as const;
export const TONES = { open: 'error', escalated: 'warning', explained: 'success' } as const;

const key = (name: string): string => `console-alerts.${name}`;

/** What stood out, newest first. */
export function alertList(
  db: Db,
  path: string,
): ConsoleList<'state' | 'rule' | 'person', 'raised', AlertRow> {
  return {
    definition: {
      name: 'alerts',
      filters: {
        state: { pattern: /^[a-z]+$/ },
        rule: { pattern: /^[a-z_]+$/ },
        person: { pattern: /^[\w.@-]+$/ },
      },
      sorts: ['raised'],
      defaultSort: 'raised',
      defaultDescending: true,
    },
    path,
    area: 'console-alerts',
    deed: 'alerts.read',
    fields: [
      {
        name: 'state',
        key: key('state'),
        kind: 'select',
        options: (locale) =>
          STATES.map((value) => ({ value, label: translate(locale, key(`state-${value}`)) })),
      },
      {
        name: 'rule',
        key: key('rule'),
        kind: 'select',
        options: (locale) =>
          RULES.map((value) => ({ value, label: translate(locale, key(`rule-${value}`)) })),
      },
      { name: 'person', key: key('person'), kind: 'text' },
    ],
    columns: [
      { name: 'rule', key: key('rule'), cell: ({ rule }) => ({ textKey: key(`rule-${rule}`) }) },
      {
        name: 'state',
        key: key('state'),
        cell: ({ state }) => ({ textKey: key(`state-${state}`), tone: TONES[state] }),
      },
      { name: 'person', key: key('person'), cell: ({ loginName }) => ({ text: loginName ?? '' }) },
      { name: 'ip', key: key('ip'), cell: ({ facts }) => ({ text: String(facts['ip'] ?? '') }) },
      {
        name: 'count',
        key: key('count'),
        cell: ({ facts }) => ({ text: String(facts['count'] ?? ''), numeric: true }),
      },
      { name: 'at', key: key('at'), cell: ({ eventAt }) => ({ at: eventAt }) },
      { name: 'raised', key: key('raised'), sort: 'raised', cell: ({ raisedAt }) => ({ at: raisedAt }) },
    ],
    load: async ({ request }, limit) => {
      const { descending, after, filters } = request;
      const rows = await listAlerts(db, filters, {
        descending,
        limit,
        ...(after && { after }),
      });
      return rows.map((row) => ({ ...row, id: String(row.id) }));
    },
    count: ({ request }, upTo) => countAlerts(db, request.filters, upTo),
    rowUrl: ({ id }) => `${path}/${id}`,
    tools: [{ key: 'console-alert-rules.title', url: '/console/alert-rules', deed: 'alerts.read' }],
  };
}

const ruleKey = (name: string): string => `console-alert-rules.${name}`;

/** The rules, few enough to be read whole. */
export function ruleList(db: Db, path: string): ConsoleList<never, 'code', RuleRow> {
  const rows = async () =>
    (await listRules(db)).map((rule) => ({ ...rule, id: rule.code, position: rule.code }));
  return {
    definition: { name: 'alert-rules', filters: {}, sorts: ['code'], defaultSort: 'code' },
    path,
    area: 'console-alert-rules',
    deed: 'alerts.read',
    fields: [],
    columns: [
      { name: 'rule', key: key('rule'), cell: ({ code }) => ({ textKey: key(`rule-${code}`) }) },
      {
        name: 'enabled',
        key: ruleKey('enabled'),
        cell: ({ enabled }) => ({
          textKey: ruleKey(enabled ? 'on' : 'off'),
          tone: enabled ? 'success' : 'neutral',
        }),
      },
      {
        name: 'threshold',
        key: ruleKey('threshold'),
        cell: ({ threshold }) => ({ text: String(threshold), numeric: true }),
      },
      {
        name: 'window',
        key: ruleKey('window'),
        cell: ({ windowMinutes }) => ({ text: String(windowMinutes), numeric: true }),
      },
      {
        name: 'hours',
        key: ruleKey('hours'),
        cell: ({ hours }) => (hours ? { text: `${hours.from}–${hours.to}` } : { textKey: ruleKey('always') }),
      },
    ],
    load: async ({ request: { after } }, limit) => {
      const all = await rows();
      return all.slice(after ? all.findIndex(({ id }) => id === after.id) + 1 : 0).slice(0, limit);
    },
    count: async () => (await rows()).length,
    rowUrl: ({ code }) => `${path}/${code}`,
  };
}
