import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { translate } from '../locales.ts';
import type { CaseField, ConsoleCaseViews } from '../views/console-case.ts';
import { consolePage } from './console.ts';
import { invented } from './invented.ts';

const AT = new Date('2026-11-22T01:30:00Z');

/** One thing with what can be done about it: facts, chart, form and history together. */
export function consoleCaseSamples(locale: Locale): Sample[] {
  const { person } = invented(locale);
  const data: ConsoleCaseViews['idp/console-case'] = {
    area: 'console-allow-list',
    params: {},
    facts: [
      { key: 'console-allow-list.network', text: '192.0.2.0/24' },
      { key: 'console-allow-list.added-at', at: AT },
    ],
    text: '',
    changes: [
      { label: 'role', before: 'user', after: 'unit_manager', isHidden: false },
      { label: 'email', before: '', after: '', isHidden: true },
    ],
    bars: [
      {
        key: 'console-allow-list.title',
        head: { key: 'console-allow-list.role' },
        columns: [{ key: 'console-allow-list.note' }],
        rows: [
          { label: 'A', url: '#main', numbers: [12], percent: 100 },
          { label: 'B', url: '', numbers: [3], percent: 25 },
        ],
      },
    ],
    lines: [{ label: '1', text: '2', tone: 'success' }],
    history: [{ at: AT, who: person, key: 'console-allow-list.title', note: '' }],
    forms: [
      {
        key: 'console-allow-list.add-form',
        action: '#main',
        isDangerous: false,
        fields: sampleFields(locale),
      },
    ],
    errors: [],
    links: [{ key: 'console.to-portal', url: '#main' }],
  };
  const faulty = {
    ...data,
    ...{ changes: [], bars: [], lines: [], history: [] },
    errors: [{ field: 'network', key: 'console-allow-list.fault-network' }],
  };
  const page = consolePage(locale, translate(locale, 'console-allow-list.title'));
  return [
    { name: 'console-case', view: 'idp/console-case', page, data },
    { name: 'console-case-faulty', view: 'idp/console-case', page, data: faulty },
  ];
}

function sampleFields(locale: Locale): CaseField[] {
  const field = { value: '', required: true, hint: undefined, options: [] };
  const label = translate(locale, 'console-allow-list.role-hpa_admin');
  return [
    {
      ...field,
      name: 'role',
      key: 'console-allow-list.role',
      kind: 'select',
      options: [{ value: 'hpa_admin', label, selected: true }],
    },
    {
      ...field,
      name: 'network',
      key: 'console-allow-list.network',
      kind: 'text',
      hint: { key: 'console-allow-list.network-hint' },
    },
    { ...field, name: 'note', key: 'console-allow-list.note', kind: 'area', required: false },
  ];
}
