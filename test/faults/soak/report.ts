import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import path from 'node:path';
import { type Verdict, countOf, mb, protocolBytes } from './judge.ts';
import { plot } from './plot.ts';
import type { Sample } from './sample.ts';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const ROWS = 24;

/** Writes the samples to `.data/soak`, and with WRITE_DOCS=1 `docs/soak.md` with its plot. @returns the file of samples */
export function writeReport(
  samples: Sample[],
  verdicts: Verdict[],
  settings: Record<string, string>,
): string {
  const conditions = {
    at: new Date().toISOString(),
    machine: `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}`,
    node: process.version,
    settings,
  };
  const folder = path.join(ROOT, '.data/soak');
  mkdirSync(folder, { recursive: true });
  const file = path.join(folder, `${conditions.at.replaceAll(':', '-')}.json`);
  writeFileSync(file, `${JSON.stringify({ conditions, verdicts, samples }, undefined, 1)}\n`);
  if (process.env['WRITE_DOCS'] === '1') {
    writeFileSync(path.join(ROOT, 'docs/soak.svg'), plot(samples));
    writeFileSync(path.join(ROOT, 'docs/soak.md'), document(samples, verdicts, conditions));
  }
  return file;
}

function document(
  samples: Sample[],
  verdicts: Verdict[],
  {
    at,
    machine,
    node,
    settings,
  }: { at: string; machine: string; node: string; settings: Record<string, string> },
): string {
  const minutes = samples.at(-1)?.minute ?? 0;
  const operations = samples.reduce((sum, sample) => sum + countOf(sample), 0);
  const every = Math.max(1, Math.ceil(samples.length / ROWS));
  const rows = samples.filter(
    (_sample, index) => index % every === every - 1 || index === samples.length - 1,
  );
  const number = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(0));
  return [
    '# An hour at full speed',
    '',
    'Written by `WRITE_DOCS=1 npm run test:faults soak`: two replicas behind HAProxy on a PostgreSQL that syncs every',
    'commit; people sign in, refresh, switch accounts, ask who they are and sign in silently without a pause, and leave',
    'their sessions to expire. The load, the replicas and PostgreSQL share the machine, with whatever else runs on it.',
    '',
    `${at.slice(0, 10)}, ${machine}, Node ${node}: ${minutes.toFixed(0)} minutes, ${operations.toLocaleString('en')} operations.`,
    `Lifetimes scaled: ${Object.entries(settings)
      .map(([name, value]) => `\`${name}=${value}\``)
      .join(', ')}.`,
    '',
    '![sizes, memory and latency over time](soak.svg)',
    '',
    '| what | measured | holds |',
    '| --- | --- | --- |',
    ...verdicts.map(({ what, figures, holds }) => `| ${what} | ${figures} | ${holds ? 'yes' : 'NO'} |`),
    '',
    '| minute | operations | errors | sign-in p50 · p99 ms | refresh p50 · p99 | exchange p50 · p99 | protocol tables | artefacts | audit trail | dead rows | memory of each replica MB | CPU replicas · PostgreSQL | calibration ms |',
    '| --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: | --: |',
    ...rows.map((sample) => {
      const pair = (kind: 'sign-in' | 'refresh' | 'exchange'): string =>
        `${number(sample.operations[kind].p50)} · ${number(sample.operations[kind].p99)}`;
      const {
        artefact_minutes = 0,
        artefact_hours = 0,
        artefact_weeks = 0,
        audit_event = 0,
        audit_seal = 0,
      } = sample.bytes;
      const cells = [
        ...[number(sample.minute), countOf(sample).toLocaleString('en'), sample.errors],
        ...[pair('sign-in'), pair('refresh'), pair('exchange'), mb(protocolBytes(sample))],
        ...[
          mb(artefact_minutes + artefact_hours + artefact_weeks),
          mb(audit_event + audit_seal),
          sample.dead,
        ],
        ...[
          sample.memory.map(number).join(' · '),
          `${sample.cpu.replicas.toFixed(2)} · ${sample.cpu.postgres.toFixed(2)}`,
        ],
        sample.calibration.toFixed(1),
      ];
      return `| ${cells.join(' | ')} |`;
    }),
    '',
  ].join('\n');
}
