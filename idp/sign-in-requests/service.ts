import type { Db } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import type { Clock } from '#kit/clock.ts';
import { type Caller, recordAudit } from '../audit/index.ts';
import { type BoundAccount, listBoundAccounts } from '../bindings/index.ts';
import type { BrowserSession } from '../sessions/index.ts';
import type { ClientRegistry } from '../subsystems/index.ts';
import { type ApprovalDecision, decideApproval, eligible } from './policy.ts';
import { markExpired } from './store.ts';
import type { Answered, SignInRequest, SignInRequestPort } from './types.ts';

export interface SignInRequestDeps {
  db: Db;
  clock: Clock;
  registry: ClientRegistry;
  port: SignInRequestPort;
}

/** The accounts it can be approved for; undefined for a client that belongs to no subsystem. */
export async function accountsFor(
  { db, registry }: Pick<SignInRequestDeps, 'db' | 'registry'>,
  accountId: string,
  request: SignInRequest,
): Promise<BoundAccount[] | undefined> {
  const subsystemCode = registry.find(request.clientId)?.subsystem?.code;
  if (subsystemCode === undefined) return undefined;
  return eligible(request, (await listBoundAccounts(db, registry, { accountId, subsystemCode })).accounts);
}

type Refusal = Exclude<ApprovalDecision, { allowed: true }>;

/** Approves a request for the chosen account. @returns why not, or what became of it */
export async function approve(
  deps: SignInRequestDeps,
  session: BrowserSession,
  request: SignInRequest,
  chosen: string | undefined,
  caller: Caller,
): Promise<Refusal | Answered> {
  const { accountId } = session;
  const candidates = await accountsFor(deps, accountId, request);
  const decision = decideApproval(request, session, candidates, chosen, deps.clock());
  if (!decision.allowed) return decision;
  const { handle } = request;
  const subsystemAccountId = decision.accountId;
  return deps.port.approve({ accountId, handle, caller, sessionUid: session.uid, subsystemAccountId });
}

const BATCH = 200;

/** Puts on record which requests nobody answered in time. */
export async function noteExpired(db: Db): Promise<void> {
  for (let noted = BATCH; noted === BATCH;) {
    noted = await transact(db, async (trx) => {
      const expired = await markExpired(trx, BATCH);
      for (const { accountId, clientId } of expired) {
        await recordAudit(trx, { type: 'ciba_request.expired', accountId, clientId });
      }
      return expired.length;
    });
  }
}
