import { type Deed, type Reach, type ConsoleCaller, reachOf } from '../../permissions/index.ts';
import type { Caller } from '../../audit/index.ts';
import type { ApiAnswer, ApiCaller } from '../types.ts';

export const NOT_FOUND: ApiAnswer = { status: 404, body: { error: 'not_found' } };
/** The account acted as manages nothing, or the person's role does not do this deed. */
export const NOT_PERMITTED: ApiAnswer = { status: 403, body: { error: 'not_permitted' } };

export interface Administration {
  as: ConsoleCaller;
  reach: Reach;
  doer: { caller: ConsoleCaller; from: Caller };
}

/** The caller at a deed of the console's table, as far as the account acted as reaches; undefined: not theirs. */
export function administering(caller: ApiCaller, from: Caller, deed: Deed): Administration | undefined {
  const as = caller.kind === 'person' ? caller.standing : undefined;
  const reach = as && reachOf(as, deed);
  return as && reach && { as, reach, doer: { caller: as, from } };
}
