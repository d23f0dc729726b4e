import { randomUUID } from 'node:crypto';
import type { Db, Trx } from '#db/idp/tables.ts';
import { type Clock, MINUTE, after } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import type { Account } from '../../../accounts/index.ts';
import { type Caller, recordAudit } from '../../../audit/index.ts';
import type { BrowserDigests } from '../browser.ts';
import { decideLink, vouchesFor } from '../policy.ts';
import { findLink, insertLink } from '../store/links.ts';
import {
  type Proven,
  attachProof,
  insertProof,
  lockFreeProof,
  readProof,
  takeProof,
} from '../store/proofs.ts';
import { listProviders } from '../store/providers.ts';
import type { Facts, Subject, UpstreamProvider, Vouched } from '../types.ts';
import { tellOfLink } from './link.ts';

/** How long an application may be filled in with a proof before it has to be sent. */
const PROOF_MS = 30 * MINUTE;

interface ProofDeps {
  db: Db;
  clock: Clock;
  keyring: Keyring;
}

/** Keeps whom a provider just vouched for in this browser, so that they may ask for an account with it. */
export async function keepProof(deps: ProofDeps, subject: Subject, browser: BrowserDigests): Promise<void> {
  const { provider, issuer, facts } = subject;
  await insertProof(deps.db, deps.keyring, {
    id: randomUUID(),
    browser,
    proven: { provider, issuer, subject: subject.subject, facts },
    expiresAt: after(deps.clock(), PROOF_MS),
  });
}

/**
 * Gives this browser's proof to an application, once; `begin` writes the application with the provider's facts.
 * @returns false when there is none: expired, taken up, of another browser, of a provider that is disabled or a
 * subject that is linked by now
 */
export async function beginWithProof(
  trx: Trx,
  { keyring, clock }: Pick<ProofDeps, 'keyring' | 'clock'>,
  browser: BrowserDigests,
  begin: (facts: Facts) => Promise<string>,
): Promise<boolean> {
  const proof = await lockFreeProof(trx, keyring, { browser, now: clock() });
  if (!proof || !(await activeProvider(trx, proof)) || (await findLink(trx, keyring, proof))) return false;
  await attachProof(trx, proof.id, await begin(proof.facts));
  return true;
}

/** What an application rests on besides what was typed. */
export interface ApplicationProof {
  provider: UpstreamProvider;
  facts: Facts;
  /** Until when it has to be sent; undefined once it was. */
  expiresAt: Date | undefined;
  /** Whether approving it links the subject, as things stand. */
  standing: 'good' | 'over' | 'disabled' | 'not_vouched' | 'taken';
}

/** The proof of an application, if it was begun with one. */
export async function findApplicationProof(
  { db, keyring, clock }: ProofDeps,
  enrollmentId: string,
  applicant: Vouched,
): Promise<ApplicationProof | undefined> {
  const proof = await readProof(db, keyring, enrollmentId);
  const provider = proof && (await listProviders(db)).find(({ code }) => code === proof.provider);
  if (!provider) return undefined;
  const { facts, expiresAt } = proof;
  const standing = async (): Promise<ApplicationProof['standing']> => {
    if (expiresAt && expiresAt <= clock()) return 'over';
    if (!provider.active) return 'disabled';
    if (!vouchesFor(provider, applicant)) return 'not_vouched';
    return (await findLink(db, keyring, proof)) ? 'taken' : 'good';
  };
  return { provider, facts, expiresAt, standing: await standing() };
}

/**
 * Links the subject that an approved application was begun with to the account it became, in the transaction that
 * opens it: the review covered both. What speaks against the link leaves the account as it is, without one.
 */
export async function linkByProof(
  trx: Trx,
  { keyring, clock }: Pick<ProofDeps, 'keyring' | 'clock'>,
  enrollmentId: string,
  account: Pick<Account, 'id' | 'role' | 'unitCode' | 'email' | 'name' | 'loginName'>,
  by: { actorAccountId?: string; caller?: Caller },
): Promise<void> {
  const proof = await takeProof(trx, keyring, enrollmentId);
  if (!proof) return;
  const all = await listProviders(trx);
  const provider = all.find(({ code }) => code === proof.provider);
  const decision = decideLink({
    vouched: provider !== undefined && vouchesFor(provider, account),
    begunUnder: 0,
    generation: 0,
    holder: (await findLink(trx, keyring, proof))?.accountId,
    hasOther: false,
  });
  const { provider: providerCode, issuer, subject, facts } = proof;
  const link = { id: randomUUID(), accountId: account.id, providerCode, issuer, subject, facts };
  const isMade = decision.allowed && (await insertLink(trx, keyring, { ...link, linkedAt: clock() }));
  const details = { provider: providerCode, enrollment: enrollmentId, ...(isMade && { subject }) };
  const event = { accountId: account.id, ...by, details };
  if (!isMade) {
    const reason = decision.allowed ? 'taken' : decision.reason;
    return recordAudit(trx, { type: 'upstream_link.refused', reason, ...event });
  }
  await recordAudit(trx, { type: 'upstream_link.created', ...event });
  const deps = { keyring, clock, providers: { list: () => all } };
  await tellOfLink(trx, deps, account, { providerCode, outcome: 'added', deed: enrollmentId });
}

async function activeProvider(trx: Trx, { provider }: Proven): Promise<boolean> {
  return (await listProviders(trx)).some(({ code, active }) => code === provider && active);
}
