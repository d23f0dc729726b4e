import { protocolBytes } from './judge.ts';
import type { Sample } from './sample.ts';

const [WIDTH, HEIGHT, LEFT, TOP, GAP] = [900, 150, 70, 30, 50];
const COLOURS = ['#1f5fa8', '#b3541e', '#2f7d4f', '#7a4fa3'];

interface Panel {
  title: string;
  lines: { name: string; values: number[] }[];
}

/** Sizes, memory and latency over time, as one SVG without scripts or fonts of its own. */
export function plot(samples: Sample[]): string {
  const p99 = (kind: 'sign-in' | 'refresh' | 'exchange') => ({
    name: kind,
    values: samples.map(({ operations }) => operations[kind].p99),
  });
  const replicas = samples[0]?.memory.length ?? 0;
  const panels: Panel[] = [
    {
      title: 'tables with their indexes, MB',
      lines: [
        { name: 'protocol', values: samples.map((sample) => protocolBytes(sample) / 2 ** 20) },
        { name: 'sessions and grants', values: samples.map((sample) => sessionBytes(sample) / 2 ** 20) },
        {
          name: 'audit trail (kept for years)',
          values: samples.map(({ bytes }) => (bytes['audit_event'] ?? 0) / 2 ** 20),
        },
      ],
    },
    {
      title: 'memory of each replica with its helpers, MB',
      lines: Array.from({ length: replicas }, (_none, at) => ({
        name: `replica ${at + 1}`,
        values: samples.map(({ memory }) => memory[at] ?? Number.NaN),
      })),
    },
    { title: 'p99, ms', lines: [p99('sign-in'), p99('refresh'), p99('exchange')] },
    {
      title: 'the same piece of work, ms: how fast the machine was',
      lines: [{ name: 'calibration', values: samples.map(({ calibration }) => calibration) }],
    },
  ];
  const height = TOP + panels.length * (HEIGHT + GAP);
  const last = samples.at(-1)?.minute ?? 1;
  const minutes = samples.map(({ minute }) => minute);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    ...panels.map((panel, at) => drawPanel(panel, minutes, last, TOP + at * (HEIGHT + GAP))),
    '</svg>',
    '',
  ].join('\n');
}

function sessionBytes({ bytes }: Sample): number {
  return (bytes['oidc_session'] ?? 0) + (bytes['oidc_session_client'] ?? 0) + (bytes['oidc_grant'] ?? 0);
}

function drawPanel({ title, lines }: Panel, minutes: number[], last: number, top: number): string {
  const most =
    Math.max(1, ...lines.flatMap(({ values }) => values.filter((value) => !Number.isNaN(value)))) * 1.05;
  const x = (minute: number): string => (LEFT + (minute / last) * (WIDTH - LEFT - 20)).toFixed(1);
  const y = (value: number): string => (top + HEIGHT - (value / most) * HEIGHT).toFixed(1);
  const grid = [0, 0.5, 1].map((share) => {
    const at = y(most * share);
    return `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${at}" y2="${at}" stroke="#ddd"/><text x="${LEFT - 6}" y="${at}" text-anchor="end" dy="4">${(most * share).toFixed(0)}</text>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<text x="${x(last * share)}" y="${top + HEIGHT + 16}" text-anchor="middle">${(last * share).toFixed(0)} min</text>`,
  );
  const drawn = lines.map(({ name, values }, at) => {
    const points = values.flatMap((value, index) =>
      Number.isNaN(value) ? [] : [`${x(minutes[index] ?? 0)},${y(value)}`],
    );
    const colour = COLOURS[at % COLOURS.length];
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${colour}" stroke-width="1.5"/><text x="${LEFT + 260 + at * 190}" y="${top - 8}" fill="${colour}">${name}</text>`;
  });
  return [
    `<text x="${LEFT}" y="${top - 8}" font-weight="bold">${title}</text>`,
    ...grid,
    ...ticks,
    ...drawn,
  ].join('\n');
}
