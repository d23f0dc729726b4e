import type { ListDefinition, ListRequest } from '#kit/list.ts';
import type { RecordKind, Report, ReportFilters } from './types.ts';

export const SORTS = ['service_on', 'no', 'updated_at'] as const;
export type RecordSort = (typeof SORTS)[number];

/**
 * How far a list is counted before it says that there are more. Letters of a name are looked for person by person, as
 * far as nobody reads.
 */
export const countedOf = ({ person }: Readonly<Partial<Record<string, string>>>): number =>
  person === undefined ? 1000 : 100;

const STATES = 'draft|submitted|approved|returned|claimed|paid|rejected|closed|unlocked';

/** What a kind's list can be asked: what every list has, and the kind's own choices as `f_<field>`. */
export function listDefinition(kind: RecordKind): ListDefinition<string, RecordSort> {
  return {
    name: kind.key,
    filters: {
      from: { isDay: true },
      to: { isDay: true },
      by: { pattern: /^(service|residence)$/ },
      county: { pattern: /^\d{5}$/ },
      town: { pattern: /^\d{8}$/ },
      unit: { max: 40 },
      person: { max: 50 },
      patient: { pattern: /^([0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|none)$/ },
      ...(Object.keys(kind.conditions).length > 0 && {
        only: { pattern: new RegExp(`^(${Object.keys(kind.conditions).join('|')})$`) },
      }),
      state: { pattern: new RegExp(`^(${STATES})$`) },
      ...(kind.asksSubmitted && { sent_from: { isDay: true as const }, sent_to: { isDay: true as const } }),
      ...Object.fromEntries(kind.filters.map((name) => [`f_${name}`, { pattern: patternOf(kind, name) }])),
    },
    sorts: SORTS,
    defaultSort: 'service_on',
    defaultDescending: true,
  };
}

/** A township of another county than the one chosen beside it is told as what cannot be. */
export function fittingPlaces<Request extends Pick<ListRequest, 'filters' | 'faults'>>(
  request: Request,
): Request {
  const { county, town } = request.filters;
  const fits = county === undefined || town === undefined || town.startsWith(county);
  return fits ? request : { ...request, faults: [...request.faults, 'town'] };
}

/** What a report is asked, with what holds where nothing is. */
export function withFallbacks(report: Report, asked: ReportFilters, today: string): ReportFilters {
  const fallbacks = report.fields.flatMap(({ name, fallback }) =>
    fallback ? [[name, fallback(today)]] : [],
  );
  return { ...Object.fromEntries(fallbacks), ...asked };
}

/** What a field can be narrowed to: a number, a unit's code, or one of its own codes. */
function patternOf(kind: RecordKind, name: string): RegExp {
  const field = kind.parts.map(({ fields }) => fields[name]).find((found) => found !== undefined);
  if (field?.kind === 'unit') return /^[0-9A-Z]{8,10}$/;
  return field?.kind === 'whole' ? /^\d{1,4}$/ : /^[a-z0-9_]{1,40}$/;
}
