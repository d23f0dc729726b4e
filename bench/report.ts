import type { Results, Verdict } from './results.ts';

/** The whole of it in Markdown. */
export function toMarkdown(results: Results, verdicts: Verdict[]): string {
  const met = verdicts.filter(({ isMet }) => isMet).length;
  return [
    Object.entries(results.conditions)
      .map(([name, value]) => `${name}: ${value}`)
      .join(' · '),
    `Targets: ${met} of ${verdicts.length} met.`,
    table(
      ['what', 'target', 'measured', ''],
      verdicts.map(({ what, target, measured, isMet }) => [
        what,
        target,
        measured,
        isMet ? 'met' : '**missed**',
      ]),
    ),
    'The machine:',
    table(
      ['limit', '/s'],
      results.limits.map(({ name, rate }) => [name, whole(rate)]),
    ),
    'In a closed loop:',
    table(
      ['scenario', '/s', 'range', 'bare /s', 'of bare', 'p50 ms', 'p95', 'p99', 'errors', 'noisy'],
      results.scenarios.map(({ name, closed: { ours, bare }, ofBare }) => [
        name,
        ...(ours ? [whole(ours.rate), `${whole(ours.lowest)}–${whole(ours.highest)}`] : ['', '']),
        bare ? whole(bare.rate) : '',
        ofBare === undefined ? '' : ofBare.toFixed(2),
        ...(ours
          ? [
              ...[ours.p50, ours.p95, ours.p99].map((ms) => ms.toFixed(1)),
              String(ours.errors),
              percent(ours.noise),
            ]
          : []),
      ]),
    ),
    'What an operation costs, in microseconds of CPU (closed loop) and at the database (fixed rate):',
    table(
      ['scenario', 'server µs', 'PostgreSQL µs', 'bare µs', 'round trips', 'rows', 'WAL bytes', 'buffers'],
      results.scenarios.map(({ name, closed: { ours, bare }, atRate }) => [
        name,
        whole(ours?.cpu['server']),
        whole(ours?.cpu['PostgreSQL']),
        whole(bare?.cpu['server']),
        ...(atRate
          ? [
              atRate.each.statements.toFixed(1),
              atRate.each.rows.toFixed(1),
              whole(atRate.each.walBytes),
              whole(atRate.each.buffers),
            ]
          : ['', '', '', '']),
      ]),
    ),
    'At a fixed rate, from when each operation was due:',
    table(
      ['scenario', 'asked /s', 'done /s', 'p50 ms', 'p95', 'p99', 'errors'],
      results.scenarios.flatMap(({ name, atRate }) =>
        atRate
          ? [
              [
                name,
                whole(atRate.asked),
                whole(atRate.measured.rate),
                ...[atRate.measured.p50, atRate.measured.p95, atRate.measured.p99].map((ms) => ms.toFixed(1)),
                String(atRate.measured.errors),
              ],
            ]
          : [],
      ),
    ),
    'Logout, from confirming it:',
    table(
      [
        'clients',
        'answer p50 ms',
        'p99',
        'told p50 ms',
        'p99',
        'never',
        'server µs',
        'PostgreSQL µs',
        'round trips',
      ],
      results.logouts.map(({ clients, answer, delivered, lost, cpu, statements }) => [
        String(clients),
        ...[answer.p50, answer.p99, delivered.p50, delivered.p99].map((ms) => ms.toFixed(1)),
        ...[String(lost), whole(cpu['server']), whole(cpu['PostgreSQL']), statements.toFixed(1)],
      ]),
    ),
    ...crowdLines(results),
  ].join('\n\n');
}

function crowdLines({ crowd }: Results): string[] {
  if (!crowd) return [];
  const { people, seconds, refused, withoutAdvice, lost, others } = crowd;
  return [
    `${people} passwords at once: all in after ${seconds.toFixed(1)} s, ${refused} times told to come back (${withoutAdvice} without when), ${lost} lost.`,
    table(
      ['meanwhile', 'p99 ms calm', 'p99 ms meanwhile'],
      others.map(({ name, calm, meanwhile }) => [name, calm.toFixed(1), meanwhile.toFixed(1)]),
    ),
  ];
}

/** A Markdown table; numbers stand to the right. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((cell, at) => Math.max(3, cell.length, ...rows.map((row) => row[at]?.length ?? 0)));
  const line = (row: string[]): string =>
    `| ${widths.map((width, at) => (at === 0 ? (row[at] ?? '').padEnd(width) : (row[at] ?? '').padStart(width))).join(' | ')} |`;
  const rule = `| ${widths.map((width, at) => (at === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const percent = (share: number): string => `${Math.round(share * 100)} %`;

function whole(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : Math.round(value).toLocaleString('en');
}
