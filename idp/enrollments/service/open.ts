import type { Trx } from '#db/idp/tables.ts';
import { openRequests } from '../../access-requests/index.ts';
import { sealNationalId } from '../../accounts/index.ts';
import type { Caller } from '../../audit/index.ts';
import { REMEMBERED_PASSWORDS, replacePassword } from '../../authenticators/index.ts';
import { linkByProof } from '../../federation/index.ts';
import { queueMail } from '../../notifications/index.ts';
import type { EnrollmentServices } from '../deps.ts';
import { insertAccount } from '../store/accounts.ts';
import type { Enrollment, Personal } from '../types.ts';

/** An application that was sent, so that all of it is there. */
export interface Whole extends Enrollment {
  personal: Personal;
  loginName: string;
  unitCode: string;
  nationalIdIndex: Buffer;
  passwordHash: string;
  role: NonNullable<Enrollment['role']>;
}

export function isWhole(enrollment: Enrollment): enrollment is Whole {
  const { personal, loginName, unitCode, nationalIdIndex, passwordHash, role } = enrollment;
  return [personal, loginName, unitCode, nationalIdIndex, passwordHash, role].every(
    (part) => part !== undefined,
  );
}

/**
 * The account of an application, with its password, the subsystem accounts asked for, and the link to the provider
 * it was begun with. @returns its id
 */
export async function openAccount(
  services: EnrollmentServices,
  trx: Trx,
  enrollment: Whole,
  by: { actorAccountId?: string; caller?: Caller },
): Promise<string> {
  const { personal, loginName, unitCode, nationalIdIndex, passwordHash, role } = enrollment;
  const accountId = crypto.randomUUID();
  const at = services.clock();
  await insertAccount(trx, {
    id: accountId,
    loginName,
    name: personal.name,
    title: personal.title,
    email: personal.email,
    phone: personal.phone,
    sparePhone: personal.sparePhone,
    unitPhone: personal.unitPhone,
    mobile: personal.mobile,
    spareEmail: personal.spareEmail,
    unitCode,
    role,
    nationalIdSealed: sealNationalId(services.keyring, personal.nationalId, accountId),
    nationalIdIndex,
    createdAt: at,
  });
  const credential = { accountId, hash: passwordHash, mustChange: false, at };
  await replacePassword(trx, credential, REMEMBERED_PASSWORDS - 1);
  const { email, name } = personal;
  const account = { id: accountId, role, unitCode, email, name, loginName };
  await linkByProof(trx, services, enrollment.id, account, by);
  const requests = { ...services, config: { issuer: services.issuer } };
  await openRequests(trx, requests, { accountId, unitCode }, enrollment.subsystems);
  return accountId;
}

/** N03: the account is open. */
export async function tellOfOpening(
  { keyring, clock, issuer }: Pick<EnrollmentServices, 'keyring' | 'clock' | 'issuer'>,
  trx: Trx,
  { id, personal, loginName, locale }: Whole,
  accountId: string,
): Promise<void> {
  await queueMail(trx, keyring, {
    kind: 'N03',
    to: { accountId, address: personal.email, name: personal.name },
    locale,
    params: { outcome: 'approved', loginName, url: `${issuer}/sign-in` },
    dedupeKey: `enrollment ${id} N03 approve ${clock().getTime()}`,
  });
}
