import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { caseField, caseView, options } from '../console-case/index.ts';
import { TONES } from './list.ts';
import type { listAnswers } from './store/alerts.ts';
import type { Alert, AlertRule, AnswerRefusal } from './types.ts';

const key = (name: string): string => `console-alerts.${name}`;
const ruleKey = (name: string): string => `console-alert-rules.${name}`;
const ANSWERS = ['explained', 'escalated'] as const;

/** One alert, what was said about it, and the form to answer it. */
export function alertView(
  locale: Locale,
  alert: Alert,
  answers: Awaited<ReturnType<typeof listAnswers>>,
  filled: { state: string; note: string },
  fault?: AnswerRefusal,
) {
  const { facts, state } = alert;
  const trail = new URLSearchParams(alert.loginName === null ? {} : { actor: alert.loginName }).toString();
  return caseView('console-alert', {
    params: { rule: translate(locale, key(`rule-${alert.rule}`)), number: alert.id },
    facts: [
      { key: key('state'), textKey: key(`state-${state}`), tone: TONES[state] },
      { key: key('person'), text: alert.loginName ?? '–' },
      { key: key('unit'), text: alert.unitCode ?? '–' },
      { key: key('ip'), text: String(facts['ip'] ?? '–') },
      { key: key('count'), text: String(facts['count'] ?? '') },
      { key: key('at'), at: alert.eventAt },
      { key: key('raised'), at: alert.raisedAt },
    ],
    errors: fault ? [{ field: fault === 'note_missing' ? 'note' : '', key: key(`fault-${fault}`) }] : [],
    forms:
      state === 'explained'
        ? []
        : [
            {
              key: key('answer'),
              action: `/console/alerts/${alert.id}/answer`,
              isDangerous: false,
              fields: [
                caseField('state', key('answer-as'), {
                  kind: 'select',
                  options: options(
                    ANSWERS.filter((answer) => answer !== state),
                    filled.state,
                    (value) => translate(locale, key(`answer-${value}`)),
                  ),
                }),
                caseField('note', key('note'), {
                  kind: 'area',
                  value: filled.note,
                  hint: { key: key('note-hint') },
                }),
              ],
            },
          ],
    history: answers.map(({ at, who, note, state: said }) => ({ at, who, note, key: key(`state-${said}`) })),
    links: trail === '' ? [] : [{ key: key('trail'), url: `/console/audit?${trail}` }],
  });
}

/** What the form of a rule was filled with. */
export interface FilledRule {
  enabled: string;
  threshold: string;
  window: string;
  from: string;
  to: string;
}

export function filledOf(rule: AlertRule): FilledRule {
  return {
    enabled: rule.enabled ? 'yes' : '',
    threshold: String(rule.threshold),
    window: String(rule.windowMinutes),
    from: rule.hours ? String(rule.hours.from) : '',
    to: rule.hours ? String(rule.hours.to) : '',
  };
}

/** One rule, and the form to change it. */
export function ruleView(
  locale: Locale,
  rule: AlertRule,
  filled: FilledRule,
  mayChange: boolean,
  fault?: keyof FilledRule,
) {
  const number = (name: keyof FilledRule, required = true) =>
    caseField(name, ruleKey(name), { kind: 'number', value: filled[name], required });
  return caseView('console-alert-rule', {
    params: { rule: translate(locale, key(`rule-${rule.code}`)) },
    facts: [
      {
        key: ruleKey('types'),
        text: rule.types.length > 0 ? rule.types.join(', ') : translate(locale, ruleKey('all-types')),
      },
      { key: ruleKey('subject'), textKey: ruleKey(`subject-${rule.subject}`) },
      ...(rule.evaluatedAt ? [{ key: ruleKey('evaluated'), at: rule.evaluatedAt }] : []),
    ],
    errors: fault ? [{ field: fault, key: ruleKey(`fault-${fault}`) }] : [],
    forms: mayChange
      ? [
          {
            key: ruleKey('change'),
            action: `/console/alert-rules/${rule.code}`,
            isDangerous: false,
            fields: [
              caseField('enabled', ruleKey('enabled'), {
                kind: 'tick',
                value: filled.enabled,
                required: false,
              }),
              ...(rule.kind === 'count'
                ? [number('threshold'), number('window'), number('from', false), number('to', false)]
                : []),
            ],
          },
        ]
      : [],
  });
}
