import type { ListRequest } from '#kit/list.ts';
import type { ReviewBeside } from '#templates/views/records.ts';
import type { RecordSort } from '../lists.ts';
import { mayWithKind } from '../policy.ts';
import { listRecords } from '../store/list.ts';
import type { Actor, FullRecord } from '../types.ts';
import type { KindPages } from './host.ts';

/** The records that wait before and after one, of those within sight; undefined for whoever decides about none. */
export async function besideOf(
  { host, kind }: KindPages,
  actor: Actor,
  record: FullRecord,
): Promise<ReviewBeside | undefined> {
  if (!kind.isReviewed || !mayWithKind(actor, kind, 'approve')) return undefined;
  const no = String(record.no);
  const urlOf = async (descending: boolean): Promise<string> => {
    const request: ListRequest<string, RecordSort> = {
      filters: { state: 'submitted' },
      faults: [],
      sort: 'no',
      descending,
      after: { value: no, id: no },
    };
    const options = { limit: 1, now: host.clock(), columns: [] };
    const [line] = await listRecords(host.db, kind, actor.scope, request, options);
    return line ? `/${kind.path}/${line.no}` : '';
  };
  const [previousUrl, nextUrl] = await Promise.all([urlOf(true), urlOf(false)]);
  return { previousUrl, nextUrl };
}
