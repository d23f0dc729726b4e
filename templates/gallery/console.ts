import type { Locale } from '#kit/http/locale.ts';
import type { Sample } from '../gallery.ts';
import { hourChart } from '../charts/hours.ts';
import { translate } from '../locales.ts';
import type { PageContext, Views } from '../views.ts';
import { invented } from './invented.ts';

const PEOPLE = {
  'zh-TW': {
    names: ['王小明', '林美玲', '陳大文', '張雅婷'],
    unit: '示範醫院',
    roles: ['一般使用者', '單位業務管理者'],
  },
  en: {
    names: ['Wang Hsiao-ming', 'Lin Mei-ling', 'Chen Ta-wen', 'Chang Ya-ting'],
    unit: 'Demo Hospital',
    roles: ['User', 'Unit manager'],
  },
};

/** The page of the console around a sample: its menu, and where one is. */
export function consolePage(locale: Locale, crumb: string): Partial<PageContext> {
  const places = [
    { key: 'console-people.title', url: '#main', current: true },
    { key: 'console.group-units', url: '#main', current: false },
  ];
  return {
    signedIn: { name: invented(locale).person, signOutUrl: '#main' },
    console: {
      menu: [{ key: 'console.group-people', places }],
      crumbs: crumb === '' ? [] : [{ label: crumb }],
      unitLabel: PEOPLE[locale].unit,
    },
  };
}

/** The console's shell: its home, a list, and the page that asks before a deed. */
export function consoleSamples(locale: Locale): Sample[] {
  const { person } = invented(locale);
  const title = translate(locale, 'console-people.title');
  const page = consolePage(locale, title);
  const home: Views['idp/console-home'] = {
    greeting: translate(locale, 'console.greeting', { name: person }),
    work: [
      { key: 'console-people.title', url: '#main', count: 12, overdue: 2 },
      { key: 'console.group-units', url: '#main', count: 0, overdue: 0 },
    ],
    places: [{ key: 'console.group-people', places: [{ key: 'console-people.title', url: '#main' }] }],
  };
  const list = peopleList(locale);
  const none = { ...list, rows: [], chips: [], nextUrl: '', count: { ...list.count, number: 0 } };
  const faulty = list.fields.map((field) => ({ ...field, isFaulty: field.name === 'unit' }));
  return [
    { name: 'console-home', view: 'idp/console-home', page: consolePage(locale, ''), data: home },
    {
      name: 'console-home-idle',
      view: 'idp/console-home',
      page: consolePage(locale, ''),
      data: { ...home, work: [] },
    },
    { name: 'console-list', view: 'idp/console-list', page, data: list },
    { name: 'console-list-chart', view: 'idp/console-list', page, data: { ...list, chart: hourly(locale) } },
    { name: 'console-list-none', view: 'idp/console-list', page, data: none },
    { name: 'console-list-faulty', view: 'idp/console-list', page, data: { ...none, fields: faulty } },
    { name: 'console-confirm', view: 'idp/console-confirm', page, data: disabling(locale) },
  ];
}

function peopleList(locale: Locale): Views['idp/console-list'] {
  const { names, unit, roles } = PEOPLE[locale];
  const columns = ['login', 'name', 'unit', 'role', 'status', 'last'].map((name) => ({
    key: `console-people.${name}`,
    sortUrl: name === 'role' ? '' : '#main',
    direction: name === 'login' ? ('ascending' as const) : ('none' as const),
  }));
  const cellsOf = (name: string, at: number) => [
    { key: 'console-people.login', text: `demo.person${at}` },
    { key: 'console-people.name', text: name },
    { key: 'console-people.unit', text: unit },
    { key: 'console-people.role', text: roles[at % 2] ?? '' },
    at === 2
      ? { key: 'console-people.status', text: '×', tone: 'error' as const }
      : { key: 'console-people.status', text: '○', tone: 'success' as const },
    { key: 'console-people.last', at: new Date(Date.UTC(2026, 10, 20 - at, 1, 30)) },
  ];
  return {
    area: 'console-people',
    name: 'people',
    path: '#main',
    count: { key: 'console-list.count-more', number: 1000 },
    fields: [
      {
        name: 'unit',
        key: 'console-people.unit-code',
        kind: 'text',
        value: '98765',
        isFaulty: false,
        options: [],
      },
      {
        name: 'role',
        key: 'console-people.role',
        kind: 'select',
        value: '',
        isFaulty: false,
        options: roles.map((label) => ({ value: label, label, selected: false })),
      },
      { name: 'since', key: 'console-people.last', kind: 'date', value: '', isFaulty: false, options: [] },
    ],
    chips: [{ key: 'console-people.unit-code', label: '98765', removeUrl: '#main' }],
    sort: 'login',
    columns,
    rows: names.map((name, at) => ({
      id: String(at),
      url: '#main',
      selectable: at !== 1,
      cells: cellsOf(name, at),
    })),
    bulk: { action: '#main', deeds: [{ name: 'disable', key: 'console-people.disable' }] },
    exports: ['csv', 'xlsx', 'ods'].map((format) => ({ format, url: '#main' })),
    tools: [{ key: 'console-people.add', url: '#main' }],
    saved: [{ name: unit, url: '#main' }],
    query: 'unit=98765',
    firstUrl: '',
    nextUrl: '#main',
  };
}

function disabling(locale: Locale): Views['idp/console-confirm'] {
  const { names, roles } = PEOPLE[locale];
  return {
    area: 'console-disable',
    params: { count: 2 },
    action: '#main',
    cancelUrl: '#main',
    fields: [{ name: 'id', value: '1' }],
    lines: names.slice(0, 3).map((label, at) => ({ label, effect: roles[at % 2] ?? '', refused: at === 1 })),
    reason: { value: '', required: true },
    isDangerous: true,
    isPossible: true,
    errors: [{ field: 'reason', key: 'console.reason-missing' }],
  };
}

function hourly(locale: Locale) {
  const hours = Array.from({ length: 24 }, (_, at) => ({
    hour: new Date(Date.UTC(2026, 10, 20, at)),
    succeeded: (at * 7) % 23,
    failed: at % 5,
  }));
  return hourChart(hours, locale);
}
