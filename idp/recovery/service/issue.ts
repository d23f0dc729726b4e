import type { Db, Trx } from '#db/idp/tables.ts';
import { HOUR, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { recordAudit } from '../../audit/index.ts';
import { normaliseLoginName, voidResetLinks } from '../../authenticators/index.ts';
import type { Account } from '../../accounts/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { LINKS_PER_HOUR, LINK_MS, refusalToIssue } from '../policy.ts';
import { type SealedRequest, countLinksSince, insertLink, lockAccount, takeRequest } from '../store.ts';
import type { RecoveryDeps, ResetRequest } from '../types.ts';
import { REQUEST_PURPOSE } from './request.ts';

const TOKEN_BYTES = 32;

type IssueDeps = Pick<RecoveryDeps, 'db' | 'clock' | 'keyring' | 'issuer'>;

/** Looks at every request that waits: who is the account's owner is mailed a link (N06), anybody else nothing. */
export async function issueResets(deps: IssueDeps): Promise<void> {
  while (await deps.db.transaction().execute((trx) => issueNext(trx, deps)));
}

/** @returns false when none waits */
async function issueNext(trx: Trx, deps: IssueDeps): Promise<boolean> {
  const sealed = await takeRequest(trx);
  if (!sealed) return false;
  const request = openRequest(deps, sealed);
  if (!request) return true;
  const now = deps.clock();
  const account = await lockAccount(trx, normaliseLoginName(request.account));
  const recentLinks = account ? await countLinksSince(trx, account.id, after(now, -HOUR)) : 0;
  const { requestedAt, email: typedEmail, caller } = request;
  const reason = refusalToIssue({ requestedAt, typedEmail, account, recentLinks }, now);
  if (account && !reason) await mailResetLink(trx, deps, account, { locale: request.locale, now });
  await recordAudit(trx, {
    type: reason ? 'password_reset.refused' : 'password_reset.requested',
    ...(reason && { reason }),
    ...(account && { accountId: account.id }),
    caller,
  });
  return true;
}

/** One whose key is gone is dropped: nobody can answer it. */
function openRequest({ keyring }: IssueDeps, sealed: SealedRequest): ResetRequest | undefined {
  const { contentSealed, ...request } = sealed;
  try {
    const content = keyring.open(REQUEST_PURPOSE, contentSealed, request.caller.requestId).toString('utf8');
    return { ...request, ...(JSON.parse(content) as Pick<ResetRequest, 'account' | 'email'>) };
  } catch {
    return undefined;
  }
}

/** What the mail with the link says it is for. */
export interface LinkOccasion {
  now: Date;
  /** The language that comes first; zh-TW when left out. */
  locale?: ResetRequest['locale'];
  /** N06, somebody forgot the password, when left out. */
  kind?: 'N06' | 'account_created' | 'password_reset_by_manager';
  /** An hour when left out. */
  lastsMs?: number;
}

/** Mails the owner a link to choose a password; every link from before is closed. Nobody else ever sees it. */
export async function mailResetLink(
  trx: Trx,
  deps: Pick<IssueDeps, 'keyring' | 'issuer'>,
  account: Pick<Account, 'id' | 'email' | 'name' | 'loginName'>,
  { now, locale = 'zh-TW', kind = 'N06', lastsMs = LINK_MS }: LinkOccasion,
): Promise<void> {
  const token = randomToken(TOKEN_BYTES);
  const hashed = digest(token);
  await voidResetLinks(trx, account.id, 'superseded');
  const link = { digest: hashed, accountId: account.id, requestedAt: now };
  const expiresAt = after(now, lastsMs);
  await insertLink(trx, { ...link, expiresAt });
  await queueMail(trx, deps.keyring, {
    kind,
    to: { accountId: account.id, address: account.email, name: account.name },
    locale,
    params: { loginName: account.loginName, url: `${deps.issuer}/password-reset?token=${token}` },
    goodUntil: expiresAt,
    dedupeKey: `${kind}:${hashed.toString('hex')}`,
  });
}

/** Whether the account was mailed as many links within the hour as it may be. */
export async function hasLinksEnough(db: Db | Trx, accountId: string, now: Date): Promise<boolean> {
  return (await countLinksSince(db, accountId, after(now, -HOUR))) >= LINKS_PER_HOUR;
}
