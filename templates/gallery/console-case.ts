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
  const federationPage = consolePage(locale, translate(locale, 'console-federation.title'));
  return [
    { name: 'console-case', view: 'idp/console-case', page, data },
    { name: 'console-registration-token', view: 'idp/console-case', page, data: registrationToken(locale) },
    {
      ...{ name: 'console-upstream', view: 'idp/console-case', data: upstreamProvider(locale) },
      page: consolePage(locale, translate(locale, 'console-upstreams.title')),
    },
    { name: 'console-federation', view: 'idp/console-case', page: federationPage, data: federation(locale) },
    {
      name: 'console-federation-tried',
      view: 'idp/console-case',
      page: federationPage,
      data: triedChain(locale),
    },
    {
      ...{ name: 'console-federation-keys', view: 'idp/console-case', data: federationKeys(locale) },
      page: consolePage(locale, translate(locale, 'console-federation-keys.title')),
    },
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

/** A token for dynamic registration, with what was registered with it. */
function registrationToken(locale: Locale): ConsoleCaseViews['idp/console-case'] {
  const area = 'console-registration';
  const active = translate(locale, `${area}.client-active`);
  const disabled = translate(locale, `${area}.client-disabled`);
  const label = locale === 'en' ? 'Test environment of a hospital' : '某醫院測試環境';
  return {
    area: 'console-registration-one',
    params: { label, count: 2 },
    facts: [
      { key: `${area}.state`, textKey: `${area}.state-used_up` },
      { key: `${area}.left`, text: '0' },
      { key: `${area}.created`, at: AT },
    ],
    lines: [
      { label, text: `dyn_vF3tq8Zk1nQxY0aB · ${active}`, tone: 'success' },
      { label: 'B', text: `dyn_9sLw2RmPz7cHd4eK · ${disabled}`, tone: 'warning' },
    ],
    forms: [
      {
        key: `${area}.revoke-form`,
        action: '#main',
        isDangerous: true,
        fields: [
          {
            ...{
              name: 'reason',
              key: 'console.reason',
              kind: 'area',
              value: '',
              required: true,
              options: [],
            },
            hint: { key: 'console.reason-hint' },
          },
        ],
      },
    ],
    ...{ text: '', changes: [], bars: [], history: [], errors: [], links: [] },
  };
}

/** An institution's provider: its bounds, how it answers, what became of sign-ins. */
function upstreamProvider(locale: Locale): ConsoleCaseViews['idp/console-case'] {
  const key = (name: string): string => `console-upstream.${name}`;
  const columns = [{ key: key('succeeded') }, { key: key('failed') }];
  const row = { url: '', percent: 100 };
  return {
    area: 'console-upstream',
    params: { name: locale === 'en' ? 'Demonstration Hospital Group' : '示範醫院體系' },
    facts: [
      { key: 'console-upstreams.state', textKey: 'console-upstreams.state-active', tone: 'success' },
      { key: 'console-upstreams.answer', textKey: 'console-upstreams.answer-none', tone: 'error' },
      { key: key('metadata-read'), at: AT },
      { key: 'console-upstreams.links', text: '128' },
      { key: key('issuer'), text: 'https://login.hospital-group.example.test/realms/staff-of-all-sites' },
      { key: key('ceiling'), textKey: key('ceiling-mfa') },
    ],
    bars: [
      {
        ...{ key: key('by-day'), head: { key: key('day') }, columns },
        rows: [
          { ...row, label: '2026-11-22', numbers: [42, 3] },
          { ...row, label: '2026-11-21', numbers: [21, 0], percent: 50 },
        ],
      },
    ],
    links: [
      { key: key('its-links'), url: '#main' },
      { key: key('disable'), url: '#main' },
    ],
    ...{ text: '', changes: [], lines: [], history: [], errors: [], forms: [] },
  };
}

/** The federation: who we are in it, and each system that came by a chain. */
function federation(locale: Locale): ConsoleCaseViews['idp/console-case'] {
  const key = (name: string): string => `console-federation.${name}`;
  const anchor = 'https://anchor.example.gov.tw';
  const line = (word: string, label: string, until: string) => ({
    label,
    text: translate(locale, key(word), { policy: 'subsystem', anchor, until }),
    tone: word === 'party-good' ? ('success' as const) : ('warning' as const),
  });
  return {
    area: 'console-federation',
    params: {},
    facts: [
      { key: key('state'), textKey: key('state-in'), tone: 'success' },
      { key: key('own'), text: 'https://login.example.gov.tw' },
      { key: key('organization'), text: locale === 'en' ? 'Demonstration Ministry' : '示範部會' },
      { key: key('superiors'), text: anchor },
      { key: key('anchors'), text: anchor },
    ],
    lines: [
      line('party-good', 'https://subsystem-of-a-county.example.gov.tw', '2026/11/24 09:30:00'),
      line('party-ended', 'https://clinic.example.tw', '2026/11/20 09:30:00'),
    ],
    forms: [
      {
        ...{ key: 'console-federation-try', action: '#main', isDangerous: false },
        fields: [
          {
            ...{ name: 'entity', key: key('entity'), kind: 'text', value: '', required: true, options: [] },
            hint: { key: key('entity-hint') },
          },
        ],
      },
    ],
    ...{ text: '', changes: [], bars: [], history: [], errors: [], links: [] },
  };
}

/** The federation's keys in each of their states, and what the superiors say of them. */
function federationKeys(locale: Locale): ConsoleCaseViews['idp/console-case'] {
  const key = (name: string): string => `console-federation-keys.${name}`;
  const [kid, next] = [
    'd5MftdLBF09Z07r_VfMaNZP24brZklRV07bac-smt-A',
    'Qm3nW8yXo0fJ1rT6vK2hZs9LcPbU4gEaDiNx7RtYqMw',
  ];
  const reason = locale === 'en' ? 'yearly change' : '每年更換';
  const times = { from: '2026/01/05 09:00:00', until: '2026/11/24 09:30:00', end: '2026/12/02', reason };
  const link = { key: key('revoke'), url: '#main' };
  const line = (word: string, label: string, further: object = {}) => ({
    ...{ label, text: translate(locale, key(word), { ...times, kids: next }) },
    tone: /revoked|lacks/.test(word) ? ('warning' as const) : ('success' as const),
    ...further,
  });
  return {
    area: 'console-federation-keys',
    params: {},
    facts: [
      { key: 'console-federation.own', text: 'https://login.example.gov.tw' },
      { key: key('hours'), text: '24' },
    ],
    lines: [
      line('key-active', kid, { link }),
      line('key-awaits', next, { link }),
      line('key-revoked', kid.slice(2)),
      line('lacks', 'https://anchor.example.gov.tw'),
    ],
    links: [{ key: key('rotate'), url: '#main' }],
    forms: [],
    ...{ text: '', changes: [], bars: [], history: [], errors: [] },
  };
}

/** What the try of a chain came to. */
function triedChain(locale: Locale): ConsoleCaseViews['idp/console-case'] {
  const key = (name: string): string => `console-federation.${name}`;
  const [subsystem, county, anchor] = [
    'https://subsystem-of-a-county.example.gov.tw',
    'https://county.example.gov.tw',
    'https://anchor.example.gov.tw',
  ];
  return {
    ...federation(locale),
    facts: [
      { key: key('entity'), text: subsystem },
      { key: key('outcome'), textKey: key('holds'), tone: 'success' },
      { key: key('path'), text: [subsystem, county, anchor].join(' ← ') },
      { key: key('until'), at: AT },
      { key: key('marks'), text: `${anchor}/marks/subsystem (${anchor})` },
    ],
    lines: [],
    text: [
      'openid_relying_party',
      `redirect_uris: ["${subsystem}/callback-after-signing-in-at-the-single-entry"]`,
      'scope: openid profile',
      'jwks: NzbLsXh8uDCcd6MNwXF4W7noWXFZAfHkxZsRGC9Xs',
    ].join('\n'),
    links: [{ key: key('all'), url: '#main' }],
  };
}
