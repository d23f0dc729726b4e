import { sql } from 'kysely';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Answer, DataRequest, RequestKind } from '../types.ts';

const now = sql<Date>`now()`;

function requests(db: Db | Trx) {
  return db
    .selectFrom('data_request')
    .select(['id', 'account_id as accountId', 'kind', 'wish', 'status', 'requested_at as requestedAt'])
    .select(['due_at as dueAt', 'extended_because as extendedBecause', 'ended_at as endedAt'])
    .select(['refusal_ground as refusalGround', 'note', 'carried_out_at as carriedOutAt']);
}

/** The person's requests, newest first. */
export async function listOwnRequests(db: Db, accountId: string): Promise<DataRequest[]> {
  return requests(db)
    .where('account_id', '=', accountId)
    .orderBy('requested_at', 'desc')
    .limit(100)
    .execute();
}

/** Everybody's requests, the one due first leading; what is granted and not done yet counts as open. */
export async function listRequests(db: Db, onlyOpen: boolean): Promise<DataRequest[]> {
  const all = requests(db).orderBy('due_at').limit(1000);
  if (!onlyOpen) return all.execute();
  const undone = sql<boolean>`status = 'granted' and kind in ('stop', 'delete') and carried_out_at is null`;
  return all.where((request) => request.or([request('status', '=', 'open'), undone])).execute();
}

/** Writes a request due in `days`. @throws a unique violation when one of its kind is open */
export async function insertRequest(
  trx: Trx,
  request: { accountId: string; kind: RequestKind; wish: string; days: number },
): Promise<string> {
  const { accountId, kind, wish, days } = request;
  const { id } = await trx
    .insertInto('data_request')
    .values({
      account_id: accountId,
      kind,
      wish,
      due_at: sql<Date>`now() + make_interval(days => ${days}::integer)`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

/** The request, held until the transaction ends, and the time at which it is. */
export async function lockRequest(
  trx: Trx,
  id: string,
): Promise<{ request: DataRequest | undefined; now: Date }> {
  const request = await requests(trx).where('id', '=', id).forUpdate().executeTakeFirst();
  const time = await trx.selectNoFrom(now.as('now')).executeTakeFirstOrThrow();
  return { request, now: time.now };
}

/** @returns false when the person has no open request of this id */
export async function withdrawRequest(trx: Trx, accountId: string, id: string): Promise<boolean> {
  const result = await trx
    .updateTable('data_request')
    .set({ status: 'withdrawn', ended_at: now })
    .where('id', '=', id)
    .where('account_id', '=', accountId)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function saveAnswer(trx: Trx, id: string, answer: Answer): Promise<void> {
  await trx
    .updateTable('data_request')
    .set({
      status: answer.granted ? 'granted' : 'refused',
      refusal_ground: answer.granted ? null : answer.ground,
      note: answer.note,
      ended_at: now,
    })
    .where('id', '=', id)
    .execute();
}

export async function saveCarriedOut(trx: Trx, id: string): Promise<void> {
  await trx.updateTable('data_request').set({ carried_out_at: now }).where('id', '=', id).execute();
}

/** @returns when it is due now */
export async function saveExtension(trx: Trx, id: string, because: string, days: number): Promise<Date> {
  const { dueAt } = await trx
    .updateTable('data_request')
    .set({
      extended_because: because,
      due_at: sql<Date>`due_at + make_interval(days => ${days}::integer)`,
    })
    .where('id', '=', id)
    .returning('due_at as dueAt')
    .executeTakeFirstOrThrow();
  return dueAt;
}
