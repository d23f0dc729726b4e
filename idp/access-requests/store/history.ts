import type { SubsystemRequestEventTable } from '#db/idp/access-tables.ts';
import type { Db, Trx } from '#db/idp/tables.ts';
import type { Identity } from '../policy.ts';
import type { AccessRequest, Level, RequestEvent } from '../types.ts';

/** Remembers one turn of a request, at the step where it is. */
export async function recordEvent(
  trx: Trx,
  request: Pick<AccessRequest, 'id' | 'round' | 'step' | 'chain' | 'level'>,
  event: {
    at: Date;
    deed: SubsystemRequestEventTable['deed'];
    actorAccountId?: string;
    onBehalfOf?: string;
    comment?: string;
  },
): Promise<void> {
  await trx
    .insertInto('subsystem_request_event')
    .values({
      request_id: request.id,
      round: request.round,
      step: request.step,
      waits_for: request.chain[request.step] ?? null,
      level: request.level,
      at: event.at,
      deed: event.deed,
      actor_account_id: event.actorAccountId ?? null,
      on_behalf_of_account_id: event.onBehalfOf ?? null,
      comment: event.comment ?? '',
    })
    .execute();
}

/** All its turns, oldest first. */
export async function listEvents(db: Db | Trx, requestId: string): Promise<RequestEvent[]> {
  const rows = await db
    .selectFrom('subsystem_request_event as e')
    .leftJoin('account as a', 'a.id', 'e.actor_account_id')
    .leftJoin('account as b', 'b.id', 'e.on_behalf_of_account_id')
    .select(['e.at', 'e.round', 'e.deed', 'e.waits_for as waitsFor', 'e.level', 'e.comment'])
    .select(['e.actor_account_id as actorAccountId', 'a.name as actorName', 'b.name as onBehalfOfName'])
    .where('e.request_id', '=', requestId)
    .orderBy('e.id')
    .execute();
  return rows.map((row) => ({ ...row, level: row.level as Level | null }));
}

/** Who decided the steps of this round, and in whose place. */
export async function listDeciders(trx: Db | Trx, requestId: string, round: number): Promise<Identity[]> {
  return trx
    .selectFrom('subsystem_request_event as e')
    .innerJoin('account as a', (join) =>
      join.on((on) =>
        on.or([
          on('a.id', '=', on.ref('e.actor_account_id')),
          on('a.id', '=', on.ref('e.on_behalf_of_account_id')),
        ]),
      ),
    )
    .select(['a.id as accountId', 'a.national_id_index as nationalIdIndex'])
    .where('e.request_id', '=', requestId)
    .where('e.round', '=', round)
    .where('e.deed', '=', 'approved')
    .execute();
}
