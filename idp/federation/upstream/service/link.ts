import { randomUUID } from 'node:crypto';
import type { Db, Trx } from '#db/idp/tables.ts';
import { transact } from '#db/transact.ts';
import { Fault } from '#kit/errors.ts';
import { LOCALES } from '#kit/http/locale.ts';
import { translate } from '#templates/locales.ts';
import { type Account, findAccount, lockAccount } from '../../../accounts/index.ts';
import { type Caller, recordAudit } from '../../../audit/index.ts';
import { queueMail } from '../../../notifications/index.ts';
import { type BrowserSession, endSessions } from '../../../sessions/index.ts';
import type { BrowserDigests } from '../browser.ts';
import type { UpstreamDeps } from '../deps.ts';
import { type LinkDecision, decideLink, vouchesFor } from '../policy.ts';
import {
  deleteLink,
  findGeneration,
  findLink,
  insertLink,
  listLinks,
  lockSessionsOfLink,
} from '../store/links.ts';
import type { Link, Subject, UpstreamProvider } from '../types.ts';
import { redeemArrival } from './arrive.ts';
import { type Wishes, depart } from './depart.ts';

/** How lately a person who links must have signed in at the provider, in seconds. */
const LINK_MAX_AGE = 300;

export type LinkRefusal = Extract<LinkDecision, { allowed: false }>['reason'] | 'gone';

/** The account's links, each with its provider, and the providers it could be linked at. */
export async function readLinks(
  { db, keyring, providers }: UpstreamDeps,
  accountId: string,
): Promise<{ links: { link: Link; provider: UpstreamProvider | undefined }[]; offers: UpstreamProvider[] }> {
  const account = await findAccount(db, accountId);
  const links = await listLinks(db, keyring, accountId);
  const all = providers.list();
  const isLinked = (code: string): boolean => links.some((link) => link.providerCode === code);
  return {
    links: links.map((link) => ({ link, provider: all.find(({ code }) => code === link.providerCode) })),
    offers: account ? all.filter((one) => !isLinked(one.code) && vouchesFor(one, account)) : [],
  };
}

/**
 * Sends somebody who is signed in freshly to the provider they want to be linked at, where they sign in anew. What
 * comes back counts for this session alone, and only as long as the account is not parted from the provider.
 * @throws Fault not_found when the provider does not speak for the account; ProviderUnavailable
 */
export async function departToLink(
  deps: UpstreamDeps,
  session: Pick<BrowserSession, 'accountId' | 'uid'>,
  code: string,
  { browser, locale }: { browser: Buffer } & Pick<Wishes, 'locale'>,
): Promise<URL> {
  const { accountId, uid } = session;
  const provider = deps.providers.find(code);
  const account = await findAccount(deps.db, accountId);
  if (!provider || !account || !vouchesFor(provider, account)) throw new Fault('not_found');
  const link = { accountId, generation: await findGeneration(deps.db, accountId, code) };
  const journey = { purpose: 'link' as const, within: uid, browser, link };
  return depart(deps, provider, journey, { locale, anew: true, maxAge: LINK_MAX_AGE });
}

/**
 * Ties the subject that arrived to the account it departed from: proof of both by one browser, taken up once.
 * @returns why not, or undefined
 */
export async function createLink(
  deps: UpstreamDeps,
  session: Pick<BrowserSession, 'accountId' | 'uid'>,
  browser: BrowserDigests,
  caller: Caller,
): Promise<LinkRefusal | undefined> {
  const arrival = await redeemArrival(deps, { browser, purpose: 'link', within: session.uid });
  const begun = arrival?.ok ? arrival.link : undefined;
  if (!arrival?.ok || begun?.accountId !== session.accountId) return 'gone';
  const { subject } = arrival;
  return transact(deps.db, async (trx) => {
    const account = await lockAccount(trx, session.accountId);
    if (!account) throw new Fault('account_unavailable');
    const decision = await decide(deps, trx, account, subject, begun.generation);
    const refused = decision.allowed ? undefined : decision.reason;
    const details = {
      provider: subject.provider,
      ...(refused === undefined && { subject: subject.subject }),
    };
    const event = { accountId: account.id, sessionUid: session.uid, caller, details };
    if (refused !== undefined) {
      await recordAudit(trx, { type: 'upstream_link.refused', reason: refused, ...event });
      return refused;
    }
    const { provider: providerCode, issuer, facts } = subject;
    const id = randomUUID();
    const link = { id, accountId: account.id, providerCode, issuer, subject: subject.subject, facts };
    if (!(await insertLink(trx, deps.keyring, { ...link, linkedAt: deps.clock() }))) {
      await recordAudit(trx, { type: 'upstream_link.refused', reason: 'taken', ...event });
      return 'taken';
    }
    await recordAudit(trx, { type: 'upstream_link.created', ...event });
    await tellOfLink(trx, deps, account, { providerCode, outcome: 'added', deed: caller.requestId });
    return undefined;
  });
}

async function decide(
  { keyring, providers }: UpstreamDeps,
  trx: Trx,
  account: Account,
  subject: Subject,
  begunUnder: number,
): Promise<LinkDecision> {
  const provider = providers.find(subject.provider);
  const own = await listLinks(trx, keyring, account.id);
  const holder = await findLink(trx, keyring, subject);
  return decideLink({
    vouched: provider !== undefined && vouchesFor(provider, account),
    begunUnder,
    generation: await findGeneration(trx, account.id, subject.provider),
    holder: holder?.accountId,
    hasOther: own.some(({ providerCode }) => providerCode === subject.provider),
  });
}

/** @throws Fault not_found when the person has no such link */
export async function getLink(
  deps: Pick<UpstreamDeps, 'keyring'> & { db: Db | Trx },
  accountId: string,
  id: string,
): Promise<Link> {
  const link = (await listLinks(deps.db, deps.keyring, accountId)).find((candidate) => candidate.id === id);
  if (!link) throw new Fault('not_found');
  return link;
}

/**
 * Parts the account from a subject. The sessions that came by it end, but for the one this is done in; whatever was
 * proven or begun before counts for nothing.
 * @throws Fault not_found
 */
export async function removeLink(
  deps: UpstreamDeps,
  session: Pick<BrowserSession, 'accountId' | 'uid'>,
  id: string,
  caller: Caller,
): Promise<void> {
  await transact(deps.db, async (trx) => {
    const account = await lockAccount(trx, session.accountId);
    if (!account) throw new Fault('account_unavailable');
    const link = await getLink({ ...deps, db: trx }, account.id, id);
    const others = (await lockSessionsOfLink(trx, id)).filter((uid) => uid !== session.uid);
    const sessionsEnded = await endSessions(trx, others, 'ended_by_owner');
    await deleteLink(trx, link);
    const details = { provider: link.providerCode, sessionsEnded };
    const event = { accountId: account.id, sessionUid: session.uid, caller, details };
    await recordAudit(trx, { type: 'upstream_link.removed', ...event });
    const { providerCode } = link;
    await tellOfLink(trx, deps, account, { providerCode, outcome: 'removed', deed: caller.requestId });
  });
}

/** Tells the owner that a way to sign in as them was added or removed. */
export async function tellOfLink(
  trx: Trx,
  deps: Pick<UpstreamDeps, 'keyring' | 'clock'> & { providers: Pick<UpstreamDeps['providers'], 'list'> },
  account: Pick<Account, 'id' | 'email' | 'name' | 'loginName'>,
  news: { providerCode: string; outcome: 'added' | 'removed'; deed: string },
): Promise<void> {
  const { providerCode, outcome, deed } = news;
  const manifest = deps.providers.list().find(({ code }) => code === providerCode)?.manifest;
  const texts = LOCALES.map((locale) => [
    locale,
    translate(locale, 'upstream.authenticator', { name: manifest?.name[locale] ?? providerCode }),
  ]);
  const { id: accountId, email: address, name, loginName } = account;
  await queueMail(trx, deps.keyring, {
    kind: 'authenticator_changed',
    to: { accountId, address, name },
    params: {
      outcome,
      loginName,
      authenticator: Object.fromEntries(texts) as { 'zh-TW': string; en: string },
      changedAt: deps.clock(),
    },
    dedupeKey: `upstream:${providerCode}:${deed}:${outcome}:${accountId}`,
  });
}
