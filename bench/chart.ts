import type { Results } from './results.ts';
import { GOALS } from './targets.ts';

const LEFT = 270;
const WIDTH = 360;
const ROW = 30;
const TOP = 56;

/** Bars of what each scenario reaches of the bare library's rate, a mark where its target is. */
export function toChart({ scenarios, conditions }: Results): string {
  const rows = scenarios.flatMap(({ key, name, ofBare }) => {
    const target = GOALS[key]?.target;
    return ofBare === undefined
      ? []
      : [{ name, ofBare, target: target?.of === 'bare' ? target.least : undefined }];
  });
  const most = Math.max(1, ...rows.map(({ ofBare }) => ofBare)) * 1.05;
  const x = (share: number): string => (LEFT + (share / most) * WIDTH).toFixed(1);
  const height = TOP + rows.length * ROW + 40;
  const told = rows.map(({ name, ofBare }) => `${name} ${ofBare.toFixed(2)}`).join('; ');
  const bars = rows.map(({ name, ofBare, target }, at) => {
    const y = TOP + at * ROW;
    const isMet = target === undefined || ofBare >= target;
    const mark =
      target === undefined
        ? ''
        : `<line x1="${x(target)}" x2="${x(target)}" y1="${y - 3}" y2="${y + 21}" stroke="#111" stroke-width="2"/>`;
    return [
      `<text x="${LEFT - 10}" y="${y + 14}" text-anchor="end">${name}</text>`,
      `<rect x="${LEFT}" y="${y}" width="${((ofBare / most) * WIDTH).toFixed(1)}" height="18" fill="${isMet ? '#1f6f5c' : '#b45309'}"/>`,
      mark,
      `<text x="${Number(x(Math.max(ofBare, target ?? 0))) + 8}" y="${y + 14}">${ofBare.toFixed(2)}${target === undefined ? '' : isMet ? ', met' : ', missed'}</text>`,
    ].join('');
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 760 ${height}" role="img" aria-labelledby="title told" font-family="system-ui, sans-serif" font-size="13">`,
    '<title id="title">Rate of each scenario as a share of the bare library’s in the same run</title>',
    `<desc id="told">${told}</desc>`,
    `<rect width="760" height="${height}" fill="#fff"/>`,
    '<g fill="#111">',
    '<text x="16" y="24" font-size="15" font-weight="600">Share of the bare library’s rate, in the same run; the line is the target</text>',
    `<line x1="${LEFT}" x2="${LEFT}" y1="${TOP - 10}" y2="${height - 36}" stroke="#777"/>`,
    ...bars,
    `<text x="16" y="${height - 12}" fill="#555">${String(conditions['at'] ?? '').slice(0, 10)}, ${String(conditions['node'] ?? '')}, fsync on, ES256</text>`,
    '</g></svg>',
  ].join('\n');
}
