import type { Locale } from '#kit/http/locale.ts';
import type { RequestRow } from '#templates/views/access-requests.ts';
import type { Views } from '#templates/views.ts';
import { findUnit } from '../../units/index.ts';
import { listEvents } from '../store/history.ts';
import { findRequest, listOwn } from '../store/requests.ts';
import type { AccessRequestDeps, OwnRequest } from '../types.ts';
import { requestRow, requestView } from '../view.ts';
import { listContacts } from './read.ts';

type Reading = Pick<AccessRequestDeps, 'db' | 'clock' | 'registry'>;

const ENDED_SHOWN = 10;

/** P-29: the person's requests as lines: those under way, then the last that ended. */
export async function listOwnRows(
  { db, registry }: Pick<Reading, 'db' | 'registry'>,
  accountId: string,
  locale: Locale,
): Promise<{ open: RequestRow[]; ended: RequestRow[] }> {
  const requests = await listOwn(db, accountId, ENDED_SHOWN);
  const isOpen = ({ status }: OwnRequest): boolean => status === 'submitted' || status === 'returned';
  const row = (request: OwnRequest): RequestRow => requestRow(registry, locale, request);
  return {
    open: requests.filter(isOpen).map(row),
    ended: requests.filter((request) => !isOpen(request)).map(row),
  };
}

/** P-28: what the person has asked for and is not decided. */
export async function listOpenRows(
  deps: Pick<Reading, 'db' | 'registry'>,
  accountId: string,
  locale: Locale,
): Promise<RequestRow[]> {
  return (await listOwnRows(deps, accountId, locale)).open;
}

/** One of the person's own requests. @returns undefined when it is not theirs */
export async function findOwn(
  { db }: Pick<Reading, 'db'>,
  accountId: string,
  id: string,
): Promise<OwnRequest | undefined> {
  const request = await findRequest(db, id);
  if (request?.accountId !== accountId) return undefined;
  const unit = await findUnit(db, request.unitCode);
  return { ...request, unitName: unit?.name ?? '', unitNameEn: unit?.nameEn ?? '' };
}

/** The page of one request: what is asked, where it stands, who decides, what happened. */
export async function ownRequestView(
  deps: Reading,
  request: OwnRequest,
  locale: Locale,
): Promise<Views['idp/access-request']> {
  const { unitCode, before } = request;
  const unitNames = new Map<string, string>();
  for (const code of [unitCode, before?.unitCode ?? unitCode]) {
    const unit = await findUnit(deps.db, code);
    if (unit) unitNames.set(code, locale === 'en' ? unit.nameEn : unit.name);
  }
  return requestView(deps.registry, locale, request, {
    events: await listEvents(deps.db, request.id),
    reviewers: await listContacts(deps, request),
    unitNames,
  });
}
