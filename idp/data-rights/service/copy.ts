import type { Db } from '#db/idp/tables.ts';
import type { Clock } from '#kit/clock.ts';
import type { Keyring } from '#kit/keyring.ts';
import { maskNationalId, openNationalId } from '../../accounts/index.ts';
import { type Caller, recordAudit } from '../../audit/index.ts';
import { openPersonal } from '../../enrollments/index.ts';
import { mayShowNationalId } from '../policy.ts';
import { readAdministration } from '../store/copy-administration.ts';
import { readApplications, readPerson, readSubsystemAccounts, readTraces } from '../store/copy.ts';
import { listOwnRequests } from '../store/requests.ts';

export interface CopyDeps {
  db: Db;
  keyring: Keyring;
  clock: Clock;
  config: { issuer: string };
}

/**
 * everything the single entry holds about a person, as the JSON text of a file. The national ID number is
 * masked unless the person signed in within the last five minutes. Secrets, and digests of them, are no part of it.
 */
export async function copyOwnData(
  deps: CopyDeps,
  { accountId, loginAt }: { accountId: string; loginAt: Date },
  caller: Caller,
): Promise<string> {
  const { db, keyring } = deps;
  const now = deps.clock();
  const isWhole = mayShowNationalId(loginAt, now);
  const show = (nationalId: string): string => (isWhole ? nationalId : maskNationalId(nationalId));

  const { profile, signIn } = await readPerson(db, accountId);
  const { nationalIdSealed, ...person } = profile;
  const { enrollments, subsystemRequests } = await readApplications(db, accountId);
  const applications = enrollments.map(({ personalSealed, ...application }) => {
    const typed = personalSealed && openPersonal(keyring, application.id, personalSealed);
    return { ...application, typed: typed && { ...typed, nationalId: show(typed.nationalId) } };
  });
  const copy = {
    format: 'single-entry-personal-data/1',
    issuer: deps.config.issuer,
    writtenAt: now,
    profile: {
      ...person,
      nationalId: show(openNationalId(keyring, nationalIdSealed, accountId)),
      nationalIdIsMasked: !isWhole,
    },
    signIn,
    subsystemAccounts: await readSubsystemAccounts(db, accountId),
    ...(await readTraces(db, accountId)),
    ...(await readAdministration(db, accountId)),
    applications,
    subsystemRequests,
    dataRequests: (await listOwnRequests(db, accountId)).map(({ accountId: _own, ...request }) => request),
  };
  await recordAudit(db, {
    type: 'data.copied',
    accountId,
    caller,
    details: { nationalId: isWhole ? 'whole' : 'masked' },
  });
  return JSON.stringify(copy, undefined, 2);
}
