import type { Locale } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import type { Cell } from '#templates/views/console.ts';
import { caseField, caseView } from '../console-case/index.ts';
import { describeFinding } from './report.ts';
import type { newestSeals, sealsByDay } from './store/overview.ts';
import type { findTrailRecord } from './store/search.ts';
import type { VerificationRun } from './store/verifications.ts';
import { eventName } from './words.ts';

type TrailRecordRow = NonNullable<Awaited<ReturnType<typeof findTrailRecord>>>;

const key = (name: string): string => `console-audit.${name}`;
/** Shown among the facts or as changes, not once more as a detail. */
const SHOWN = new Set(['fields', 'before', 'after', 'reason']);

/** One record with everything it says. */
export function recordView(locale: Locale, record: TrailRecordRow, seal: number | undefined) {
  const details = record.details;
  const texts: [string, string | number | null | undefined][] = [
    ['number', record.id],
    ['type', record.type],
    ['reason', record.reason ?? (typeof details['reason'] === 'string' ? details['reason'] : undefined)],
    ['actor', record.actor ?? record.person],
    ['person', record.person],
    ['unit', record.unit_code],
    ['client', record.client_id],
    ['from-account', record.from_subsystem_account_id],
    ['to-account', record.to_subsystem_account_id],
    ['ip', record.ip],
    ['user-agent', record.user_agent],
    ['request', record.request_id],
  ];
  return caseView('console-audit-record', {
    params: { event: eventName(record.type, locale), number: record.id },
    facts: [
      { key: key('at'), at: record.at },
      {
        key: key('outcome'),
        textKey: key(`outcome-${record.outcome}`),
        tone: record.outcome === 'success' ? 'success' : 'warning',
      },
      ...texts.flatMap(([name, value]) =>
        value === null || value === undefined || value === ''
          ? []
          : [{ key: key(name), text: String(value) }],
      ),
      seal === undefined
        ? { key: key('seal'), textKey: key('not-sealed'), tone: 'info' as const }
        : { key: key('seal'), text: String(seal) },
    ],
    changes: changesOf(details),
    lines: Object.entries(details)
      .filter(([name]) => !SHOWN.has(name))
      .map(([label, value]) => ({ label, text: plain(value), tone: 'success' as const })),
  });
}

function changesOf(details: Record<string, unknown>) {
  const fields = Array.isArray(details['fields']) ? details['fields'] : [];
  const values = (name: string) => (details[name] ?? {}) as Record<string, unknown>;
  const [before, after] = [values('before'), values('after')];
  return fields.map(String).map((label) => ({
    label,
    before: plain(before[label]),
    after: plain(after[label]),
    isHidden: !(label in before),
  }));
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** How far the chain has come, and how much of each day it holds. */
export function sealsView(
  days: Awaited<ReturnType<typeof sealsByDay>>,
  seals: Awaited<ReturnType<typeof newestSeals>>,
  unsealed: number,
) {
  const most = Math.max(1, ...days.map(({ records }) => records));
  const [newest] = seals;
  const name = (part: string): string => `console-audit-seals.${part}`;
  const at = (moment: Date | null | undefined): Cell =>
    moment ? { at: moment } : { textKey: name('never') };
  return caseView('console-audit-seals', {
    facts: [
      { key: name('number'), text: String(newest?.number ?? 0) },
      { key: name('sealed-at'), ...at(newest?.sealedAt) },
      { key: name('waiting'), text: String(unsealed), ...(unsealed > 1000 && { tone: 'warning' as const }) },
      { key: name('signed-at'), ...at(seals.find(({ signedAt }) => signedAt)?.signedAt) },
    ],
    bars: [
      {
        key: name('by-day'),
        head: { key: name('day') },
        columns: [{ key: name('records') }, { key: name('seals') }],
        rows: days.map(({ day, records, seals: count }) => ({
          label: day,
          url: `/console/audit?from=${day}&to=${day}`,
          numbers: [records, count],
          percent: Math.round((records / most) * 100),
        })),
      },
    ],
    lines: seals.map(({ number, records, firstId, lastId, hash }) => ({
      label: String(number),
      text: `${records} · ${firstId}–${lastId} · ${hash.slice(0, 16)}…`,
      tone: 'success' as const,
    })),
    links: [{ key: 'console-audit-verifications.title', url: '/console/audit-verifications' }],
  });
}

const verify = (name: string): string => `console-audit-verifications.${name}`;

/** The verifications so far, and the form that asks for one. */
export function verificationsView(
  locale: Locale,
  runs: VerificationRun[],
  filled: { from: string; to: string },
  fault?: 'span',
) {
  return caseView('console-audit-verifications', {
    forms: [
      {
        key: verify('ask'),
        action: '/console/audit-verifications',
        isDangerous: false,
        fields: [
          caseField('from', key('from'), {
            kind: 'date',
            value: filled.from,
            required: false,
            hint: { key: verify('span-hint') },
          }),
          caseField('to', key('to'), { kind: 'date', value: filled.to, required: false }),
        ],
      },
    ],
    errors: fault ? [{ field: 'from', key: verify(`fault-${fault}`) }] : [],
    history: runs.map((run) => ({
      at: run.requestedAt,
      who: run.requestedBy,
      key: verify(stateOf(run)),
      note: run.report ? translate(locale, verify('counts'), countsOf(run)) : '',
    })),
    links: runs
      .slice(0, 1)
      .map(({ id }) => ({ key: verify('newest'), url: `/console/audit-verifications/${id}` })),
  });
}

/** One verification: how far it is, or what it found. */
export function verificationView(locale: Locale, run: VerificationRun) {
  const { report, sealsDone, sealsTotal } = run;
  const tone = { running: 'info', whole: 'success', altered: 'error' } as const;
  const state = stateOf(run);
  return caseView('console-audit-verification', {
    facts: [
      { key: verify('state'), textKey: verify(state), tone: tone[state] },
      { key: verify('progress'), text: `${sealsDone} / ${sealsTotal ?? (report ? report.seals : '…')}` },
      ...(report
        ? [{ key: verify('result'), text: translate(locale, verify('counts'), countsOf(run)) }]
        : []),
      { key: verify('by'), text: run.requestedBy },
      { key: verify('at'), at: run.requestedAt },
      ...(run.from ? [{ key: key('from'), at: run.from }] : []),
      ...(run.to ? [{ key: key('to'), at: run.to }] : []),
      ...(run.endedAt ? [{ key: verify('ended'), at: run.endedAt }] : []),
    ],
    lines: (report?.findings ?? []).map((finding) => ({
      label: translate(locale, verify(`finding-${finding.kind}`)),
      text: describeFinding(finding),
      tone: 'error' as const,
    })),
    links: [{ key: verify('again'), url: '/console/audit-verifications' }],
  });
}

function stateOf({ report }: VerificationRun): 'running' | 'whole' | 'altered' {
  if (!report) return 'running';
  return report.findings.length === 0 ? 'whole' : 'altered';
}

function countsOf({ report }: VerificationRun): Record<string, number> {
  const { seals = 0, records = 0, checkpoints = 0, unsealed = 0, retired = 0 } = report ?? {};
  return { seals, records, checkpoints, unsealed, retired, findings: report?.findings.length ?? 0 };
}
