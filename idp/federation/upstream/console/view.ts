import type { Locale } from '#kit/http/locale.ts';
import { hasText, translate } from '#templates/locales.ts';
import type { Fact } from '#templates/views/console.ts';
import type { Bars } from '#templates/views/console-case.ts';
import { type Unit, unitLabel } from '../../../units/index.ts';
import type { ProviderClients } from '../client.ts';
import type { DayCount, ProviderUse } from '../store/usage.ts';
import type { UpstreamProvider } from '../types.ts';
import { answerCell, stateCell } from './words.ts';

/** So many units are named; of the others the number is told. */
export const NAMED_UNITS = 5;
const key = (name: string): string => `console-upstream.${name}`;

/** What a manifest says, in plain words, and how its provider answers. */
export function providerFacts(
  locale: Locale,
  provider: UpstreamProvider,
  {
    clients,
    units,
    use,
  }: { clients: ProviderClients; units: Unit[]; use: ProviderUse & { sessions: number } },
): Fact[] {
  const { code, issuer, manifest, version } = provider;
  const { client, acr, vouchesFor, claims, stable, maxAge, shown } = manifest;
  const t = (name: string, params: Record<string, string | number> = {}) =>
    translate(locale, key(name), params);
  const list = (values: readonly string[]): string =>
    values.length === 0 ? t('none') : values.join(locale === 'en' ? ', ' : '、');
  const health = clients.healthOf(code);
  const keysReadAt = clients.keysReadAt(code);
  const more = vouchesFor.units.length - units.length;
  return [
    { key: 'console-upstreams.state', ...stateCell(provider) },
    { key: 'console-upstreams.answer', ...answerCell(clients, provider) },
    ...(health ? [{ key: key('metadata-read'), at: health.at }] : []),
    ...(health?.fault === undefined ? [] : [{ key: key('fault'), text: health.fault }]),
    ...(keysReadAt ? [{ key: key('keys-read'), at: keysReadAt }] : []),
    { key: 'console-upstreams.links', text: String(use.links) },
    { key: 'console-upstreams.people', text: String(use.people) },
    { key: key('sessions'), text: String(use.sessions) },
    { key: key('issuer'), text: issuer },
    { key: key('client'), text: `${client.id} · ${client.authentication} · ${client.idTokenAlg}` },
    { key: key('scopes'), text: list(client.scopes) },
    {
      key: key('units'),
      text: [
        list(units.map((unit) => unitLabel(unit, locale))),
        ...(more > 0 ? [t('units-more', { more })] : []),
      ].join(' '),
    },
    { key: key('domains'), text: list(vouchesFor.emailDomains) },
    { key: key('roles'), text: list(vouchesFor.roles.map((role) => t(`role-${role}`))) },
    { key: key('ceiling'), textKey: key(`ceiling-${acr.ceiling}`) },
    {
      key: key('two-factors'),
      text: list([
        ...Object.entries(acr.values).flatMap(([name, value]) => (value === 'mfa' ? [`acr ${name}`] : [])),
        ...acr.secondFactors.map((method) => `amr ${method}`),
      ]),
    },
    { key: key('age'), text: t('minutes', { minutes: Math.floor(maxAge / 60) }) },
    {
      key: key('facts'),
      text: list(
        Object.entries(claims).flatMap(([fact, claim]) =>
          claim === undefined ? [] : [`${t(`fact-${fact}`)} ← ${claim}`],
        ),
      ),
    },
    { key: key('stable'), text: list(stable.map((fact) => t(`fact-${fact}`))) },
    { key: key('shown'), textKey: key(`shown-${shown}`) },
    { key: key('version'), text: String(version) },
  ];
}

/** Sign-ins of each day, newest first, and what became of those that failed. */
export function useBars(locale: Locale, counts: DayCount[]): Bars[] {
  const sum = (of: DayCount[]): number => of.reduce((total, { count }) => total + count, 0);
  const days = [...new Set(counts.map(({ day }) => day))].toReversed().map((day) => {
    const own = counts.filter((count) => count.day === day);
    const failed = sum(own.filter(({ reason }) => reason !== ''));
    return { label: day, numbers: [sum(own) - failed, failed] };
  });
  const reasons = [...new Set(counts.map(({ reason }) => reason))]
    .filter((reason) => reason !== '')
    .map((reason) => ({ reason, count: sum(counts.filter((each) => each.reason === reason)) }))
    .toSorted((a, b) => b.count - a.count);
  return [
    ...bars('by-day', 'day', ['succeeded', 'failed'], days),
    ...bars(
      'by-reason',
      'reason',
      ['times'],
      reasons.map(({ reason, count }) => ({ label: reasonText(locale, reason), numbers: [count] })),
    ),
  ];
}

function bars(
  name: string,
  head: string,
  columns: string[],
  rows: { label: string; numbers: number[] }[],
): Bars[] {
  const most = Math.max(1, ...rows.map(({ numbers: [first = 0] }) => first));
  if (rows.length === 0) return [];
  return [
    {
      key: key(name),
      head: { key: key(head) },
      columns: columns.map((column) => ({ key: key(column) })),
      rows: rows.map((row) => {
        const [first = 0] = row.numbers;
        return { ...row, url: '', percent: Math.round((first / most) * 100) };
      }),
    },
  ];
}

function reasonText(locale: Locale, reason: string): string {
  const name = key(`reason-${reason}`);
  return hasText(locale, name) ? translate(locale, name) : reason;
}
