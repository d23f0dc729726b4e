import type { Db, Trx } from '#db/idp/tables.ts';
import { type Caller, recordAudit } from '../../../audit/index.ts';
import { findAccount } from '../../../accounts/index.ts';
import type { BrowserDigests } from '../browser.ts';
import type { UpstreamDeps } from '../deps.ts';
import { changedFacts, methodsOf, newlyTold, vouchesFor } from '../policy.ts';
import { addFacts, findLink, findSubjectOfLink } from '../store/links.ts';
import { isOver } from '../store/logouts.ts';
import type { ArrivalFailure, Facts, SignInThere, Subject, UpstreamProvider, Vouched } from '../types.ts';
import { redeemArrival } from './arrive.ts';
import { keepProof } from './proof.ts';

export const TOKEN_PURPOSE = 'upstream-id-token';

/** What ties a sign-in, and then its session, to the link it came by. */
export interface UpstreamTie extends Pick<SignInThere, 'sid' | 'signedInAt' | 'leftAt'> {
  linkId: string;
  provider: string;
  /** The ID token, for the end of the session there; base64. */
  idTokenSealed: string;
}

export type UpstreamProof =
  | { kind: 'proven'; accountId: string; amr: string[]; authTime: number; tie: UpstreamTie }
  | { kind: 'unlinked'; provider: UpstreamProvider; facts: Facts }
  | { kind: 'failed'; failure: ArrivalFailure | 'changed' | 'not_vouched' };

/**
 * Whose sign-in it is that a provider vouched for in this interaction: of the account its subject is linked to, and
 * of no other, whatever name or address it goes by. Taken up once.
 * @returns undefined when nothing arrived in this browser
 */
export async function proveByProvider(
  deps: UpstreamDeps,
  where: { within: string; browser: BrowserDigests },
  event: { clientId: string; caller: Caller },
): Promise<UpstreamProof | undefined> {
  const arrival = await redeemArrival(deps, { ...where, purpose: 'sign_in' });
  if (!arrival) return undefined;
  if (!arrival.ok) {
    const { provider: code, failure } = arrival;
    // the others were recorded as they arrived
    const refusal = {
      type: 'sign_in.refused',
      reason: 'upstream_ended',
      details: { provider: code },
    } as const;
    if (failure === 'ended') await recordAudit(deps.db, { ...refusal, ...event });
    return { kind: 'failed', failure };
  }
  const { subject } = arrival;
  const provider = deps.providers.find(subject.provider);
  if (!provider) return { kind: 'failed', failure: 'unavailable' };

  const link = await findLink(deps.db, deps.keyring, subject);
  const refuse = async (reason: string): Promise<void> => {
    const details = { provider: provider.code };
    const account = link && { accountId: link.accountId };
    await recordAudit(deps.db, { type: 'sign_in.refused', reason, ...account, ...event, details });
  };
  if (!link) {
    await refuse('upstream_unlinked');
    await keepProof(deps, subject, where.browser);
    return { kind: 'unlinked', provider, facts: subject.facts };
  }
  if (changedFacts(provider.manifest, link.facts, subject.facts).length > 0) {
    await refuse('upstream_changed');
    return { kind: 'failed', failure: 'changed' };
  }
  const account = await findAccount(deps.db, link.accountId);
  if (!account || !vouchesFor(provider, account)) {
    await refuse('upstream_not_vouched');
    return { kind: 'failed', failure: 'not_vouched' };
  }
  const told = newlyTold(provider.manifest, link.facts, subject.facts);
  if (Object.keys(told).length > 0) await addFacts(deps.db, deps.keyring, link, told);
  const { authTime } = subject;
  const amr = methodsOf(subject.acr);
  return { kind: 'proven', accountId: link.accountId, amr, authTime, tie: tieOf(deps, link.id, subject) };
}

function tieOf({ keyring }: UpstreamDeps, linkId: string, subject: Subject): UpstreamTie {
  const { provider, sid, idToken, signedInAt, leftAt } = subject;
  const idTokenSealed = keyring.seal(TOKEN_PURPOSE, Buffer.from(idToken), linkId).toString('base64');
  return { linkId, provider, signedInAt, leftAt, ...(sid !== undefined && { sid }), idTokenSealed };
}

/** Whether the link is still this account's, its provider still speaks for it and has not said that it is over. */
export async function stillVouched(
  { db, providers }: { db: Db | Trx; providers: UpstreamDeps['providers'] },
  tie: UpstreamTie,
  account: Vouched & { id: string },
): Promise<boolean> {
  const link = await findSubjectOfLink(db, tie.linkId, account.id);
  const provider = link && providers.find(link.provider);
  if (!provider || !vouchesFor(provider, account)) return false;
  return !(await isOver(db, { ...tie, ...link }));
}
