import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { CaseField } from '#templates/views/console-case.ts';
import { caseField, caseView, options } from '../console-case/index.ts';
import type { FilledBreach, FormFault } from './form.ts';
import { KINDS, LEVELS, isOverdue } from './policy.ts';
import type { Breach, BreachRefusal, BreachStep } from './types.ts';

const key = (name: string): string => `console-breaches.${name}`;

/** The form to record a breach. */
export function newBreachView(locale: Locale, filled: FilledBreach, fault?: FormFault) {
  const text = (name: keyof FilledBreach, parts: Partial<CaseField> = {}) =>
    caseField(name, key(name), { value: filled[name], ...parts });
  const label = (prefix: string) => (value: string) => translate(locale, key(`${prefix}-${value}`));
  return caseView('console-breach-new', {
    errors: fault ? [{ field: fault, key: key(`fault-${fault}`) }] : [],
    forms: [
      {
        key: key('record'),
        action: '/console/breaches',
        isDangerous: false,
        fields: [
          text('name'),
          text('kind', { kind: 'select', options: options(KINDS, filled.kind, label('kind')) }),
          text('level', {
            kind: 'select',
            options: options(LEVELS.map(String), filled.level, label('level')),
          }),
          text('known', { kind: 'moment', hint: { key: key('known-hint') } }),
          text('occurred', { kind: 'moment', required: false }),
          text('unit', { required: false }),
          text('persons', { kind: 'number', required: false }),
          text('description', { kind: 'area' }),
        ],
      },
    ],
  });
}

/** One breach with its steps, notes, and what can be done about it. */
export function breachView(
  locale: Locale,
  found: { breach: Breach; steps: BreachStep[]; notes: { at: Date; who: string; note: string }[] },
  {
    now,
    mayWrite,
    filled,
    fault,
  }: { now: Date; mayWrite: boolean; filled: Record<string, string>; fault?: BreachRefusal },
) {
  const { breach, steps, notes } = found;
  const open = steps.filter(({ doneAt }) => doneAt === null);
  const stepName = (kind: string) => translate(locale, key(`step-${kind}`));
  const base = `/console/breaches/${breach.id}`;
  const area = (name: string, text: string) =>
    caseField(name, key(text), { kind: 'area', value: filled[name] ?? '' });
  const faulty = ['step_note', 'remark', 'report'].find((name) => name in filled) ?? '';
  const [first] = open;
  return caseView('console-breach', {
    params: { number: breach.id, name: breach.title },
    facts: [
      {
        key: key('state'),
        textKey: key(`state-${breach.state}`),
        tone: breach.state === 'open' ? 'warning' : 'success',
      },
      { key: key('kind'), textKey: key(`kind-${breach.kind}`) },
      { key: key('level'), text: String(breach.level) },
      { key: key('unit'), text: breach.unitCode ?? '–' },
      { key: key('persons'), text: String(breach.personsAffected ?? '–') },
      ...(breach.occurredAt ? [{ key: key('occurred'), at: breach.occurredAt }] : []),
      { key: key('known'), at: breach.knownAt },
      { key: key('recorded-by'), text: breach.recordedBy },
      ...steps.map(({ kind, dueAt, doneAt }) => ({
        key: key(`due-${kind}`),
        at: dueAt,
        ...(doneAt === null && isOverdue({ dueAt, doneAt }, now) && { tone: 'error' as const }),
      })),
    ],
    text:
      breach.report === ''
        ? breach.description
        : `${breach.description}\n\n${translate(locale, key('report'))}\n${breach.report}`,
    lines: steps.map((step) => ({
      label: stepName(step.kind),
      text:
        step.doneAt !== null
          ? `${translate(locale, key('done'))} · ${step.doneBy ?? ''} · ${step.note}`
          : translate(locale, key(isOverdue(step, now) ? 'overdue' : 'waiting')),
      tone: step.doneAt === null ? ('warning' as const) : ('success' as const),
    })),
    errors: fault ? [{ field: fault === 'text_missing' ? faulty : '', key: key(`refused-${fault}`) }] : [],
    forms:
      !mayWrite || breach.state === 'closed'
        ? []
        : [
            ...(first
              ? [
                  {
                    key: key('take-step'),
                    action: `${base}/step`,
                    isDangerous: false,
                    fields: [
                      caseField('step', key('step'), {
                        kind: 'select' as const,
                        options: options(
                          open.map(({ kind }) => kind),
                          filled['step'] ?? first.kind,
                          stepName,
                        ),
                      }),
                      area('step_note', 'step-note'),
                    ],
                  },
                ]
              : [
                  {
                    key: key('close'),
                    action: `${base}/closing`,
                    isDangerous: false,
                    fields: [area('report', 'report')],
                  },
                ]),
            {
              key: key('add-note'),
              action: `${base}/note`,
              isDangerous: false,
              fields: [area('remark', 'remark')],
            },
          ],
    history: notes.map((note) => ({ ...note, key: key('noted') })),
  });
}
