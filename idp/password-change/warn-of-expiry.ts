import type { Trx } from '#db/idp/tables.ts';
import { DAY, after } from '#kit/clock.ts';
import { listWrittenKeys, queueMail } from '../notifications/index.ts';
import { type ExpiryWarning, NEAR_END_DAYS, warningDue } from './policy.ts';
import type { PasswordChangeDeps } from './service.ts';
import { type Owner, listAgedPasswords } from './store.ts';

type WarnDeps = Pick<PasswordChangeDeps, 'db' | 'clock' | 'keyring' | 'rules' | 'issuer'>;

const BATCH = 500;
const FIRST_ID = '00000000-0000-0000-0000-000000000000';

interface Warned {
  owner: Owner;
  due: ExpiryWarning;
  key: string;
}

/** Tells people by mail that their password is about to expire (N09), once for each warning and password. */
export async function warnOfExpiry(deps: WarnDeps): Promise<void> {
  for (let afterId: string | undefined = FIRST_ID; afterId !== undefined;) {
    const from: string = afterId;
    afterId = await deps.db.transaction().execute((trx) => warnBatch(trx, deps, from));
  }
}

/** @returns the last id looked at, while there may be more */
async function warnBatch(trx: Trx, deps: WarnDeps, afterId: string): Promise<string | undefined> {
  const now = deps.clock();
  const span = {
    since: after(now, -NEAR_END_DAYS.to * DAY),
    before: after(now, -NEAR_END_DAYS.from * DAY),
  };
  const owners = await listAgedPasswords(trx, span, { afterId, limit: BATCH });
  const warned = owners.flatMap((owner): Warned[] => {
    const due = warningDue(owner.changedAt, deps.rules, now);
    if (!due) return [];
    return [{ owner, due, key: `N09:${owner.id}:${owner.changedAt.toISOString()}:${due.warning}` }];
  });
  const written = await listWrittenKeys(
    trx,
    warned.map(({ key }) => key),
  );
  for (const each of warned) if (!written.has(each.key)) await warn(trx, deps, each);
  return owners.length < BATCH ? undefined : owners.at(-1)?.id;
}

async function warn(trx: Trx, deps: WarnDeps, { owner, due, key }: Warned): Promise<void> {
  await queueMail(trx, deps.keyring, {
    kind: 'N09',
    to: { accountId: owner.id, address: owner.email, name: owner.name },
    params: {
      loginName: owner.loginName,
      days: due.daysLeft,
      url: `${deps.issuer}/account/password`,
    },
    dedupeKey: key,
  });
}
