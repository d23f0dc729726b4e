import type { Locale } from '#kit/http/locale.ts';
import { formatMinute } from '#templates/dates.ts';
import { textIn, translate } from '#templates/locales.ts';
import type { PageNotices } from '#templates/views.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import type { StatusBoard } from './board.ts';
import type { Occurrence } from './types.ts';

type Names = Pick<ClientRegistry, 'subsystem'>;

/** What stands above a page: notices where they are wanted, maintenance everywhere. */
export function pageNotices(
  board: StatusBoard,
  names: Names,
  locale: Locale,
  withLines: boolean,
): PageNotices {
  const lines = withLines ? board.notices() : [];
  return {
    lines: lines.map(({ text, textEn, url }) => ({ ...textIn(locale, text, textEn), url: url ?? '' })),
    windows: board.occurrences().map((occurrence) => windowView(occurrence, names, locale)),
  };
}

function windowView(occurrence: Occurrence, names: Names, locale: Locale): PageNotices['windows'][number] {
  const { window, startsAt, endsAt, isRunning } = occurrence;
  const { subsystemCode: code, mode } = window;
  const system = code === undefined ? undefined : (names.subsystem(code)?.name[locale] ?? code);
  const params = {
    system: system ?? translate(locale, 'maintenance.portal'),
    from: formatMinute(locale, startsAt),
    to: formatMinute(locale, endsAt),
  };
  return {
    isRunning,
    text: translate(locale, `maintenance.${isRunning ? 'running' : 'upcoming'}`, params),
    effect: translate(locale, `maintenance.effect-${mode}`),
    reason: textIn(locale, window.reason, window.reasonEn),
  };
}

/** Why a closed system cannot be entered, and until when. */
export function closedText(occurrence: Occurrence, locale: Locale): string {
  const { window, endsAt } = occurrence;
  const until = translate(locale, 'maintenance.closed-until', { to: formatMinute(locale, endsAt) });
  return [until, textIn(locale, window.reason, window.reasonEn).text].filter((part) => part !== '').join(' ');
}
