import type { Trx } from '#db/idp/tables.ts';
import { DAY, HOUR, after } from '#kit/clock.ts';
import { digest, randomToken } from '#kit/random.ts';
import { recordAudit } from '../../audit/index.ts';
import { normaliseLoginName, voidResetLinks } from '../../authenticators/index.ts';
import type { Account } from '../../accounts/index.ts';
import { queueMail } from '../../notifications/index.ts';
import { LINK_MS, refusalToIssue } from '../policy.ts';
import {
  type SealedRequest,
  countLinksSince,
  deleteOldLinks,
  insertLink,
  lockAccount,
  takeRequest,
} from '../store.ts';
import type { RecoveryDeps, ResetRequest } from '../types.ts';
import { REQUEST_PURPOSE } from './request.ts';

const TOKEN_BYTES = 32;
const FORGOTTEN_AFTER_DAYS = 30;

type IssueDeps = Pick<RecoveryDeps, 'db' | 'clock' | 'keyring' | 'issuer'>;

/** Looks at every request that waits: who is the account's owner is mailed a link (N06), anybody else nothing. */
export async function issueResets(deps: IssueDeps): Promise<void> {
  while (await deps.db.transaction().execute((trx) => issueNext(trx, deps)));
}

/** Links are kept for a while after their end, so that one who follows an old one learns why it is closed. */
export function forgetOldLinks({ db, clock }: IssueDeps): Promise<number> {
  return deleteOldLinks(db, after(clock(), -FORGOTTEN_AFTER_DAYS * DAY));
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
  if (account && !reason) await issue(trx, deps, account, request.locale, now);
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

async function issue(
  trx: Trx,
  deps: IssueDeps,
  account: Account,
  locale: ResetRequest['locale'],
  now: Date,
): Promise<void> {
  const token = randomToken(TOKEN_BYTES);
  const hashed = digest(token);
  await voidResetLinks(trx, account.id, 'superseded');
  const link = { digest: hashed, accountId: account.id, requestedAt: now };
  await insertLink(trx, { ...link, expiresAt: after(now, LINK_MS) });
  await queueMail(trx, deps.keyring, {
    kind: 'N06',
    to: { accountId: account.id, address: account.email, name: account.name },
    locale,
    params: { loginName: account.loginName, url: `${deps.issuer}/password-reset?token=${token}` },
    dedupeKey: `N06:${hashed.toString('hex')}`,
  });
}
