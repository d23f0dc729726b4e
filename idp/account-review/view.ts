import type { Locale } from '#kit/http/locale.ts';
import { caseView } from '../console-case/index.ts';
import { findCounty } from '../units/index.ts';
import type { Round } from './types.ts';

const key = (name: string): string => `console-account-reviews-progress.${name}`;

/** How far the newest round is, county by county. */
export function progressView(
  locale: Locale,
  round: Round | undefined,
  counties: { county: string; done: number; open: number }[],
) {
  const sum = (of: 'done' | 'open'): number => counties.reduce((total, county) => total + county[of], 0);
  return caseView('console-account-reviews-progress', {
    facts: round
      ? [
          { key: key('period'), text: round.period },
          { key: key('opened'), at: round.openedAt },
          { key: key('due'), at: round.dueAt },
          { key: key('done'), text: String(sum('done')) },
          {
            key: key('open'),
            text: String(sum('open')),
            ...(sum('open') > 0 && { tone: 'warning' as const }),
          },
        ]
      : [{ key: key('period'), textKey: key('none') }],
    bars:
      counties.length === 0
        ? []
        : [
            {
              key: key('by-county'),
              head: { key: key('county') },
              columns: [{ key: key('done') }, { key: key('open') }, { key: key('percent') }],
              rows: counties.map(({ county, done, open }) => {
                const percent = Math.floor((done / (done + open)) * 100);
                const found = findCounty(county);
                const label = (locale === 'en' ? found?.nameEn : found?.name) ?? county;
                return { label, url: '', numbers: [done, open, percent], percent };
              }),
            },
          ],
  });
}
