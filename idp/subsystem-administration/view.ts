import type { Locale } from '#kit/http/locale.ts';
import type { Views } from '#templates/views.ts';
import type { Fact } from '#templates/views/console.ts';
import type { SheetSection } from '#templates/views/console-sheets.ts';
import type { ClientHealth } from '../logout-health/index.ts';
import type { Run } from '../readiness/index.ts';
import type { ClientSecrets, ListedSubsystem, Manifest, SubsystemVersion } from '../subsystems/index.ts';

export const SUBSYSTEMS = '/console/subsystems';
export const MANIFEST = `${SUBSYSTEMS}/manifest`;

type Sheet = Views['idp/console-sheet'];

/** A section of a sheet with only what it has. */
export function section(id: string, parts: Partial<Omit<SheetSection, 'id' | 'heading'>>): SheetSection {
  return {
    id,
    heading: { key: `console-subsystems.${id}` },
    note: { key: '' },
    facts: [],
    table: { columns: [], rows: [] },
    none: { key: '' },
    links: [],
    posts: [],
    text: '',
    ...parts,
  };
}

export const runTag = (outcome: Run['outcome'] | undefined) =>
  ({
    passed: { textKey: 'console-readiness.passed', tone: 'success' },
    failed: { textKey: 'console-readiness.failed', tone: 'error' },
    interrupted: { textKey: 'console-readiness.interrupted', tone: 'warning' },
    none: { textKey: 'console-readiness.never', tone: 'neutral' },
    running: { textKey: 'console-readiness.is-running', tone: 'info' },
  })[outcome === undefined ? 'none' : (outcome ?? 'running')] as { textKey: string; tone: 'success' };

const statusTag = (active: boolean) =>
  active
    ? ({ textKey: 'console-subsystems.active', tone: 'success' } as const)
    : ({ textKey: 'console-subsystems.disabled', tone: 'error' } as const);

/** Every subsystem with how it stands. */
export function listView(
  locale: Locale,
  title: string,
  lead: string,
  rows: { listed: ListedSubsystem; run: Run | undefined; health: ClientHealth | undefined }[],
): Sheet {
  const columns = ['name', 'code', 'client', 'status', 'version', 'readiness', 'logouts'];
  const cells = rows.map(({ listed, run, health }) => {
    const { subsystem, clientId, active, version } = listed;
    const values = [
      { text: subsystem.name[locale], url: `${SUBSYSTEMS}/${subsystem.code}` },
      { text: subsystem.code },
      { text: clientId },
      statusTag(active),
      { text: String(version), numeric: true },
      runTag(run?.outcome),
      logoutCell(health),
    ];
    return { cells: values.map((cell, at) => ({ key: `console-subsystems.${columns[at]}`, ...cell })) };
  });
  return {
    ...{ title, lead, isReport: false },
    links: [{ key: 'console-subsystems.onboard', url: MANIFEST, tone: 'main' }],
    sections: [
      section('all', {
        table: { columns: columns.map((name) => ({ key: `console-subsystems.${name}` })), rows: cells },
        none: { key: 'console-subsystems.none' },
      }),
    ],
  };
}

function logoutCell(health: ClientHealth | undefined) {
  if (!health) return { textKey: 'console-subsystems.logouts-none', tone: 'neutral' as const };
  const { dead, failing, p95 } = health;
  if (dead > 0) return { text: `${dead} ✕`, tone: 'error' as const, url: '/console/logouts' };
  if (failing > 0) return { text: `${failing} …`, tone: 'warning' as const, url: '/console/logouts' };
  return { text: p95 === null ? '–' : `p95 ${p95} ms`, tone: 'success' as const, url: '/console/logouts' };
}

/** One subsystem: what it is, its client, secrets, readiness and history, and what can be done. */
export function subsystemView(
  locale: Locale,
  title: string,
  of: {
    listed: ListedSubsystem;
    secrets: ClientSecrets;
    runs: Run[];
    versions: SubsystemVersion[];
  },
): Sheet {
  const { listed, secrets, runs, versions } = of;
  const { manifest } = listed.subsystem;
  const here = `${SUBSYSTEMS}/${manifest.code}`;
  return {
    title,
    lead: '',
    isReport: false,
    links: [
      { key: 'console-subsystems.change', url: `${MANIFEST}?from=${manifest.code}`, tone: 'main' },
      listed.active
        ? { key: 'console-subsystems.disable', url: `${here}/disabling`, tone: 'danger' }
        : { key: 'console-subsystems.enable', url: `${here}/enabling`, tone: 'plain' },
    ],
    sections: [
      section('facts', { facts: factsOf(locale, listed, manifest) }),
      section('client-data', { facts: clientFacts(manifest) }),
      section('secrets', secretParts(manifest, secrets, here)),
      section('readiness', readinessParts(runs, here)),
      section('history', historyParts(versions, here)),
    ],
  };
}

function factsOf(locale: Locale, { active, version }: ListedSubsystem, manifest: Manifest): Fact[] {
  const key = (name: string): string => `console-subsystems.${name}`;
  return [
    { key: key('code'), text: manifest.code },
    { key: key('suffix'), text: manifest.suffix },
    { key: key('status'), ...statusTag(active) },
    { key: key('version'), text: String(version) },
    { key: key('roles'), text: manifest.roles.map(({ label }) => label[locale]).join(' · ') },
    { key: key('duties'), text: manifest.duties.map(({ label }) => label[locale]).join(' · ') },
    { key: key('menu-roles'), text: String(manifest.menuRoles.length) },
    { key: key('quota'), text: String(manifest.managerQuota) },
  ];
}

function clientFacts({ client }: Manifest): Fact[] {
  const key = (name: string): string => `console-subsystems.${name}`;
  const facts: [string, string][] = [
    ['client', client.client_id],
    ['redirect-uris', client.redirect_uris.join('\n')],
    ['initiate-uri', client.initiate_login_uri ?? ''],
    ['logout-uri', client.backchannel_logout_uri ?? ''],
    ['method', client.token_endpoint_auth_method],
    ['grants', client.grant_types.join('\n')],
    ['scope', client.scope],
    ['jwks-uri', client.jwks_uri ?? ''],
    [
      'jwks',
      client.jwks?.keys
        .map((jwk) => `${jwk.kty} ${typeof jwk['kid'] === 'string' ? jwk['kid'] : ''}`)
        .join('\n') ?? '',
    ],
  ];
  return facts.filter(([, text]) => text !== '').map(([name, text]) => ({ key: key(name), text }));
}

function secretParts(manifest: Manifest, secrets: ClientSecrets, here: string) {
  if (!manifest.client.token_endpoint_auth_method.startsWith('client_secret_')) {
    return { note: { key: 'console-subsystems.no-secret' } };
  }
  const { setAt, previousUntil, hasSecret } = secrets;
  const facts: Fact[] = [
    hasSecret && setAt
      ? { key: 'console-subsystems.secret-set', at: setAt }
      : {
          key: 'console-subsystems.secret-set',
          textKey: `console-subsystems.secret-${hasSecret ? 'earlier' : 'none'}`,
        },
    ...(previousUntil ? [{ key: 'console-subsystems.secret-previous', at: previousUntil }] : []),
  ];
  return {
    note: { key: 'console-subsystems.secret-what' },
    facts,
    links: [
      { key: 'console-subsystems.secret-rotate', url: `${here}/secret`, tone: 'plain' as const },
      ...(previousUntil
        ? [
            {
              key: 'console-subsystems.secret-revoke',
              url: `${here}/secret/revocation`,
              tone: 'danger' as const,
            },
          ]
        : []),
    ],
  };
}

function readinessParts(runs: Run[], here: string) {
  const key = (name: string): string => `console-subsystems.run-${name}`;
  return {
    note: { key: 'console-subsystems.readiness-what' },
    posts: [
      { key: 'console-subsystems.readiness-run', action: `${here}/readiness`, tone: 'main', fields: [] },
    ],
    none: { key: 'console-subsystems.readiness-none' },
    table: {
      columns: ['at', 'outcome', 'by'].map((name) => ({ key: key(name) })),
      rows: runs.map((run) => ({
        cells: [
          { key: key('at'), at: run.startedAt, url: `${here}/readiness/${run.id}` },
          { key: key('outcome'), ...runTag(run.outcome) },
          { key: key('by'), text: run.by ?? '–' },
        ],
      })),
    },
  };
}

function historyParts(versions: SubsystemVersion[], here: string) {
  const key = (name: string): string => `console-subsystems.version-${name}`;
  return {
    table: {
      columns: ['number', 'at', 'by', 'reason', 'restores'].map((name) => ({ key: key(name) })),
      rows: versions.map(({ version, appliedAt, by, reason, restores }) => ({
        cells: [
          { key: key('number'), text: String(version), url: `${here}/versions/${version}` },
          { key: key('at'), at: appliedAt },
          by === null
            ? { key: key('by'), textKey: 'console-subsystems.by-command' }
            : { key: key('by'), text: by },
          { key: key('reason'), text: reason === '' ? '–' : reason },
          { key: key('restores'), text: restores === null ? '–' : String(restores) },
        ],
      })),
    },
  };
}
