import { menuRoleLabel } from '../access/index.ts';
import { type Handler, sessionOf } from '../sessions/index.ts';
import { countPerHour } from '../sign-in-log/index.ts';
import { signInChart } from '#templates/charts/sign-ins.ts';
import { translate } from '#templates/locales.ts';
import { ACCOUNTS, HOME } from './places.ts';
import { type SummaryReading, readSummary } from './summary.ts';
import type { OfficeHost } from './types.ts';

/** GET admin/dashboard (M-31 to M-33): counters, sign-ins of the last 24 hours, what the unit may give. */
export function showHome(host: OfficeHost): Handler {
  return async (ctx) => {
    const { locale } = ctx.state;
    const [reading, hours] = await Promise.all([
      readSummary(host.api, sessionOf(ctx)),
      countPerHour(host.db, host.clock()),
    ]);
    host.show(ctx, 'mch-app/office-home', {
      ...host.frameOf(ctx, HOME),
      missingKey: reading.state === 'read' ? '' : `office.summary-${reading.state}`,
      tiles: tilesOf(reading, (key) => translate(locale, key)),
      menuRoles:
        reading.state === 'read' ? reading.summary.menuRoles.map((code) => menuRoleLabel(code, locale)) : [],
      chart: signInChart(hours, locale),
    });
  };
}

function tilesOf(reading: SummaryReading, text: (key: string) => string) {
  if (reading.state !== 'read') return [];
  const { accounts, reviews, suspended, permissionRequests } = reading.summary;
  const tile = (key: string, place: string, shown: string) => ({
    key: `office.${key}`,
    url: `/${ACCOUNTS}/${place}`,
    text: shown,
  });
  return [
    tile('tile-accounts', 'staff', `${accounts.total} / ${accounts.managers} / ${accounts.users}`),
    tile('tile-reviews', 'review', String(reviews)),
    tile('tile-suspended', 'reinstatement', String(suspended)),
    tile(
      'tile-permission-requests',
      'permission-requests',
      permissionRequests === 0 ? text('office.nothing') : String(permissionRequests),
    ),
  ];
}
