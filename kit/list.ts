import { Fault } from './errors.ts';
import type { Keyring } from './keyring.ts';

/** What one list can be asked: by its name cursors of different lists are told apart. */
export interface ListDefinition<Filter extends string = string, Sort extends string = string> {
  name: string;
  filters: Record<Filter, FilterRule>;
  sorts: readonly Sort[];
  defaultSort: Sort;
  /** Newest or largest first unless asked otherwise. */
  defaultDescending?: boolean;
}

export interface FilterRule {
  /** At most so many UTF-16 units; 100 unless told. */
  max?: number;
  pattern?: RegExp;
  /** A day of the calendar, as a date field sends it. */
  isDay?: true;
}

export interface ListRequest<Filter extends string = string, Sort extends string = string> {
  filters: Partial<Record<Filter, string>>;
  /** Filters whose value cannot be right: they are shown as faulty and find nothing. */
  faults: Filter[];
  sort: Sort;
  descending: boolean;
  /** The last row of the page before: its sort value as PostgreSQL wrote it, and its id. */
  after?: Position;
}

export interface Position {
  value: string;
  id: string;
}

const PURPOSE = 'list-cursor';
const RESERVED = ['sort', 'after', 'lang', 'done', 'format'];

/**
 * Reads a list's address. Unknown parameters are passed over.
 * @throws Fault bad_request for a sort that is not offered, a repeated parameter, or a cursor that is not ours
 */
export function parseList<F extends string, S extends string>(
  definition: ListDefinition<F, S>,
  querystring: string,
  keyring: Keyring,
): ListRequest<F, S> {
  const query = new URLSearchParams(querystring);
  const request: ListRequest<F, S> = {
    filters: {},
    faults: [],
    sort: definition.defaultSort,
    descending: definition.defaultDescending ?? false,
  };
  for (const name of Object.keys(definition.filters) as F[]) {
    if (RESERVED.includes(name)) throw new Error(`a filter cannot be called ${name}`);
    const value = single(query, name)?.normalize('NFC').trim();
    if (value === undefined || value === '') continue;
    request.filters[name] = value;
    const { max = 100, pattern, isDay = false } = definition.filters[name];
    const isWrong = (pattern && !pattern.test(value)) || (isDay && !isCalendarDay(value));
    if (value.length > max || value.includes('\0') || isWrong) request.faults.push(name);
  }
  const sort = single(query, 'sort');
  if (sort !== undefined) {
    const found = definition.sorts.find((name) => name === sort.replace(/^-/, ''));
    if (found === undefined) throw new Fault('bad_request');
    request.sort = found;
    request.descending = sort.startsWith('-');
  }
  const cursor = single(query, 'after');
  if (cursor !== undefined) request.after = openCursor(definition.name, request, cursor, keyring);
  return request;
}

/** The cursor of the page after `position`: sealed, and of use only with the same list, filters and order. */
export function sealCursor(name: string, request: ListRequest, position: Position, keyring: Keyring): string {
  const text = Buffer.from(JSON.stringify([position.value, position.id]));
  return keyring.seal(PURPOSE, text, contextOf(name, request)).toString('base64url');
}

/** @throws Fault bad_request for a cursor that is not ours, or of another list or other filters */
export function openCursor(name: string, request: ListRequest, cursor: string, keyring: Keyring): Position {
  try {
    const text = keyring.open(PURPOSE, Buffer.from(cursor, 'base64url'), contextOf(name, request)).toString();
    const [value, id] = JSON.parse(text) as [string, string];
    return { value, id };
  } catch (error) {
    throw new Fault('bad_request', {}, error);
  }
}

function contextOf(name: string, { filters, sort, descending }: ListRequest): string {
  const set = Object.keys(filters).sort((a, b) => (a < b ? -1 : 1));
  return JSON.stringify([name, set.map((key) => [key, filters[key]]), sort, descending]);
}

/** The address of this list with `changes` made; a change to '' takes the parameter away. */
export function listAddress(
  path: string,
  request: ListRequest,
  changes: Record<string, string> = {},
): string {
  const query = new URLSearchParams(request.filters as Record<string, string>);
  query.set('sort', `${request.descending ? '-' : ''}${request.sort}`);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** Of the years 1900 to 2999; PostgreSQL fails at days that are none. */
export function isCalendarDay(text: string): boolean {
  if (!/^(19|2\d)\d\d-\d\d-\d\d$/.test(text)) return false;
  const day = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(text);
}

function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  if (values.length > 1) throw new Fault('bad_request');
  return values[0];
}
