import { MINUTE } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { FieldError } from '#templates/views.ts';
import type { CaseForm, ConsoleCaseViews } from '#templates/views/console-case.ts';
import type { HistoryLine } from '#templates/views/console.ts';
import { caseField, caseView, options } from '../../console-case/index.ts';
import { LONGEST_MINUTES, MINUTES, stateOf } from '../policy.ts';
import type { Impersonation, ImpersonationRefusal } from '../types.ts';
import { IMPERSONATIONS } from '../words.ts';
import { TONES } from './list.ts';

type CaseView = ConsoleCaseViews['idp/console-case'];

const AREA = 'console-impersonation';
const key = (name: string): string => `console-impersonations.${name}`;

/** The request as it was typed. */
export interface Typed {
  account: string;
  reason: string;
  ticket: string;
  minutes: string;
}

export const BLANK: Typed = { account: '', reason: '', ticket: '', minutes: String(LONGEST_MINUTES) };

export function requestView(locale: Locale, typed: Typed, errors: FieldError[]): CaseView {
  const minutes = (value: string) => translate(locale, key('minutes-value'), { minutes: Number(value) });
  const hint = (name: string) => ({ hint: { key: key(name) } });
  const area = 'console-impersonation-new';
  return caseView(area, {
    errors,
    forms: [
      {
        ...{ key: `${area}.form`, action: IMPERSONATIONS, isDangerous: false },
        fields: [
          caseField('account', key('account'), { value: typed.account, ...hint('account-hint') }),
          caseField('ticket', key('ticket'), { value: typed.ticket, ...hint('ticket-hint') }),
          caseField('reason', key('reason'), { kind: 'area', value: typed.reason, ...hint('reason-hint') }),
          caseField('minutes', key('minutes'), {
            ...{ kind: 'select', options: options(MINUTES.map(String), typed.minutes, minutes) },
          }),
        ],
      },
    ],
  });
}

interface Shown {
  locale: Locale;
  /** Who looks at it. */
  viewerId: string;
  /** Why the viewer may not approve it; undefined when they may. */
  refusal: ImpersonationRefusal | undefined;
  systemName: string;
  comment: string;
  errors: FieldError[];
  now: Date;
}

/** One request: what is asked, what became of it, and what the viewer may do about it. */
export function impersonationView(of: Impersonation, shown: Shown): CaseView {
  const { locale, now } = shown;
  const state = stateOf(of, now);
  const left = of.endsAt ? Math.max(0, Math.ceil((of.endsAt.getTime() - now.getTime()) / MINUTE)) : 0;
  const isRunning = state === 'running';
  return caseView(AREA, {
    params: { person: of.personName },
    errors: shown.errors,
    text: of.reason,
    facts: [
      { key: key('state'), textKey: key(`state-${state}`), tone: TONES[state] },
      ...(isRunning
        ? [{ key: key('left'), text: translate(locale, key('minutes-value'), { minutes: left }) }]
        : []),
      { key: key('operator'), text: `${of.operatorLoginName} ${of.operatorName}` },
      { key: key('person'), text: `${of.personLoginName} ${of.personName}` },
      { key: key('system'), text: shown.systemName },
      { key: key('account'), text: of.subsystemAccountId },
      { key: key('ticket'), text: of.ticket },
      { key: key('minutes'), text: translate(locale, key('minutes-value'), { minutes: of.minutes }) },
      ...(of.begunAt ? [{ key: key('begun'), at: of.begunAt }] : []),
      ...(of.endsAt ? [{ key: key('ends'), at: of.endsAt }] : []),
    ],
    lines:
      state === 'requested' && shown.refusal !== undefined
        ? [{ label: '', text: translate(locale, key(`refused-${shown.refusal}`)), tone: 'warning' }]
        : [],
    forms: formsFor(of, state, shown),
    history: historyOf(of),
  });
}

function formsFor(of: Impersonation, state: Impersonation['status'], shown: Shown): CaseForm[] {
  const address = `${IMPERSONATIONS}/${of.id}`;
  const isOperator = shown.viewerId === of.operatorAccountId;
  const form = (name: string, path: string, parts: Partial<CaseForm> = {}): CaseForm => ({
    ...{ key: `${AREA}.${name}`, action: `${address}/${path}`, fields: [], isDangerous: false },
    ...parts,
  });
  const forms: CaseForm[] = [];
  if (state === 'requested' && shown.refusal === undefined) {
    const label = (value: string) => translate(shown.locale, key(`decision-${value}`));
    const fields = [
      caseField('decision', key('decision'), {
        ...{ kind: 'select', options: options(['approve', 'refuse'], 'approve', label) },
      }),
      caseField('comment', key('comment'), { kind: 'area', value: shown.comment }),
    ];
    forms.push(form('decide', 'decision', { fields }));
  }
  if (state === 'approved' && isOperator) forms.push(form('begin', 'beginning'));
  if (['requested', 'approved'].includes(state) && isOperator) forms.push(form('withdraw', 'withdrawal'));
  if (state === 'running' && (isOperator || shown.viewerId === of.decidedBy)) {
    forms.push(form('end', 'ending', { isDangerous: true }));
  }
  return forms;
}

/** The one-time code, shown once to the operator. */
export function codeView(
  of: Impersonation,
  issued: { code: string; until: Date; entrance: string },
): CaseView {
  return caseView('console-impersonation-code', {
    params: { person: of.personName },
    facts: [
      { key: key('entrance'), text: issued.entrance },
      { key: key('code'), text: issued.code },
      { key: key('code-until'), at: issued.until },
    ],
    links: [{ key: key('back'), url: `${IMPERSONATIONS}/${of.id}` }],
  });
}

function historyOf(of: Impersonation): HistoryLine[] {
  const line = (at: Date | null, who: string | null, name: string, note = ''): HistoryLine[] =>
    at ? [{ at, who: who ?? '', key: key(name), note }] : [];
  const decided = of.status === 'refused' ? 'did-refuse' : 'did-approve';
  const over =
    { withdrawn: 'did-withdraw', lapsed: 'did-lapse' }[of.status as string] ?? `did-end-${of.endCause}`;
  return [
    ...line(of.endedAt, of.endedByName, over),
    ...line(of.begunAt, of.operatorName, 'did-begin'),
    ...line(of.decidedAt, of.deciderName, decided, of.comment),
    ...line(of.requestedAt, of.operatorName, 'did-request'),
  ];
}
