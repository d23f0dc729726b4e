import type { Db } from '#db/idp/tables.ts';
import type { SignInEvent } from '../types.ts';

const TYPES = [
  'sign_in.succeeded',
  'sign_in.refused',
  'second_factor.refused',
  'session.ended',
  'password.changed',
  'impersonation.begun',
  'impersonation.ended',
];

/**
 * What happened at the person's sign-ins, newest first.
 * @param before only events older than this one
 */
export async function listSignInEvents(
  db: Db,
  accountId: string,
  before: number | undefined,
  limit: number,
): Promise<SignInEvent[]> {
  let query = db
    .selectFrom('audit_event')
    .select(['id', 'at', 'type', 'outcome', 'reason', 'client_id as clientId', 'ip'])
    .select('user_agent as userAgent')
    .where('account_id', '=', accountId)
    .where('type', 'in', TYPES);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(limit).execute();
}
