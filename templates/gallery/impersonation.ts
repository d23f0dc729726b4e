import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import type { CaseField, ConsoleCaseViews } from '../views/console-case.ts';
import { consolePage } from './console.ts';
import { invented } from './invented.ts';

type Case = ConsoleCaseViews['idp/console-case'];

const AT = new Date('2026-11-22T01:30:00Z');
const UNTIL = new Date('2026-11-22T02:00:00Z');
const key = (name: string): string => `console-impersonations.${name}`;

/** An operator who acts as somebody else: asked for, decided, begun with a code, under way. */
export function impersonationSamples(locale: Locale): Sample[] {
  const { person, systems, accounts } = invented(locale);
  const page = consolePage(locale, translate(locale, key('title')));
  const minutes = (count: number) => translate(locale, key('minutes-value'), { minutes: count });
  const bare = { text: '', changes: [], bars: [], lines: [], history: [], forms: [], links: [], facts: [] };
  const blank: Case = { area: 'console-impersonation-new', params: {}, errors: [], ...bare };
  const field = (name: string, parts: Partial<CaseField> = {}): CaseField => ({
    ...{ name, key: key(name), kind: 'text', value: '', required: true, options: [] },
    hint: { key: key(`${name}-hint`) },
    ...parts,
  });
  const form = { key: 'console-impersonation-new.form', action: '#main', isDangerous: false };
  const durations = [10, 20, 30].map((each) => ({
    ...{ value: String(each), label: minutes(each), selected: each === 30 },
  }));
  const fields = [
    ...[field('account', { value: accounts.mch[0].id }), field('ticket'), field('reason', { kind: 'area' })],
    field('minutes', { kind: 'select', hint: undefined, options: durations }),
  ];
  const one: Case = {
    ...{ ...blank, area: 'console-impersonation', params: { person } },
    text: translate(locale, key('reason-hint')),
    facts: [
      { key: key('state'), textKey: key('state-requested'), tone: 'info' },
      { key: key('operator'), text: `demo.ops ${person}` },
      { key: key('person'), text: `demo.nurse ${person}` },
      { key: key('system'), text: systems.mch.name },
      { key: key('account'), text: accounts.mch[0].id },
      { key: key('minutes'), text: minutes(30) },
    ],
    forms: [
      {
        ...{ key: 'console-impersonation.decide', action: '#main', isDangerous: false },
        fields: [field('comment', { kind: 'area', hint: undefined })],
      },
    ],
    history: [{ at: AT, who: person, key: key('did-request'), note: '' }],
  };
  const running: Case = {
    ...one,
    facts: [
      { key: key('state'), textKey: key('state-running'), tone: 'warning' },
      { key: key('left'), text: minutes(12) },
      ...one.facts.slice(1),
      { key: key('ends'), at: UNTIL },
    ],
    forms: [{ key: 'console-impersonation.end', action: '#main', isDangerous: true, fields: [] }],
  };
  const code: Case = {
    ...{ ...blank, area: 'console-impersonation-code', params: { person } },
    facts: [
      { key: key('entrance'), text: 'https://single-entry.example/impersonation' },
      { key: key('code'), text: 'uq3ZfW0Yt5b7cK1mXo9rLd2sPv8nHj4e' },
      { key: key('code-until'), at: UNTIL },
    ],
    links: [{ key: key('back'), url: '#main' }],
  };
  const faults = ['account', 'ticket', 'reason'].map((name) => ({
    field: name,
    key: key(`${name}-missing`),
  }));
  const asked: Case = { ...blank, forms: [{ ...form, fields }] };
  const samples: [string, Case][] = [
    ['new', asked],
    ['faulty', { ...asked, errors: faults }],
    ['review', one],
    ['running', running],
    ['code', code],
  ];
  return samples.map(([name, data]) => ({
    name: `console-impersonation-${name}`,
    view: 'idp/console-case',
    page,
    data,
  }));
}
