export interface Timed {
  name: string;
  status: number;
  /** Milliseconds. */
  median: number;
  slowest: number;
  rows: number;
}

/** Whether every page was shown, and soon enough. */
export function passes(results: Timed[], limitMs: number): boolean {
  return results.every(({ status, median }) => status === 200 && median <= limitMs);
}

/** A Markdown table, the slowest first. */
export function toTimesTable(results: Timed[], limitMs: number): string {
  const rows = results
    .toSorted((a, b) => b.median - a.median)
    .map(({ name, status, median, slowest, rows: lines }) => {
      const verdict = status === 200 && median <= limitMs ? '' : 'above';
      const asked = decodeURIComponent(name).replace(/([?&]after=)[^& ]+/, '$1…');
      return `| ${asked} | ${lines} | ${median.toFixed(1)} | ${slowest.toFixed(1)} | ${status === 200 ? '' : status} ${verdict} |`;
    });
  return ['| page | lines | median ms | slowest ms | |', '| --- | ---: | ---: | ---: | --- |', ...rows].join(
    '\n',
  );
}
