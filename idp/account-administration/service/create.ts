import { UNIQUE_VIOLATION, isSqlState } from '#db/handle.ts';
import { transact } from '#db/transact.ts';
import { DAY } from '#kit/clock.ts';
import type { FieldError } from '#templates/views.ts';
import { sealNationalId, settleNationalIdIndex } from '../../accounts/index.ts';
import { recordConsoleDeed } from '../../audit/index.ts';
import { findUniqueness, insertAccount, personalErrors } from '../../enrollments/index.ts';
import { reachesUnit } from '../../permissions/index.ts';
import { mailResetLink } from '../../recovery/index.ts';
import { findUnit, lockUnit } from '../../units/index.ts';
import { type Typed, changesOf, typedErrors } from '../fields.ts';
import { updateSubject } from '../store/subject.ts';
import type { AccountAdministrationDeps, Doer } from '../types.ts';
import { getReach } from './reach.ts';

export interface NewAccountForm {
  loginName: string;
  nationalId: string;
  unitCode: string;
  typed: Typed;
}

/** How long the link opens that chooses a new account's first password. */
const FIRST_LINK_MS = DAY;

/**
 * P-44: opens an account for somebody, as a plain user; a role is given afterwards, with a fresh sign-in. Its owner is
 * mailed a link to choose the password, which nobody else ever knows.
 * @returns the new account's id, or everything that is wrong
 */
export async function createAccount(
  deps: AccountAdministrationDeps,
  { caller, from }: Doer,
  form: NewAccountForm,
): Promise<{ id: string } | { errors: FieldError[] }> {
  const reach = getReach(caller, 'accounts.create');
  const { loginName, nationalId, unitCode, typed } = form;
  const at = deps.clock();
  const personal = { ...changesOf(typed), loginName, nationalId };
  const given = [...personalErrors(personal, at), ...typedErrors(typed, { ...typed, expires: '' }, at)];
  if (!reachesUnit(reach, unitCode))
    given.push({ field: 'unit', key: 'console-person.refused-unit_unknown' });
  if (given.length > 0) return { errors: given };
  const name = loginName.toLowerCase();
  return transact(deps.db, async (trx): Promise<{ id: string } | { errors: FieldError[] }> => {
    const errors: FieldError[] = [];
    await lockUnit(trx, unitCode); // the same person twice at once is the same person once
    const unit = await findUnit(trx, unitCode);
    const { index } = await settleNationalIdIndex(trx, deps.keyring, nationalId);
    const id = crypto.randomUUID();
    const of = { enrollmentId: id, loginName: name, nationalIdIndex: index, unitCode };
    const unique = await findUniqueness(trx, of);
    if (!unit) errors.push({ field: 'unit', key: 'console-person.refused-unit_unknown' });
    else if (unit.status !== 'active')
      errors.push({ field: 'unit', key: 'console-person.refused-unit_closed' });
    if (unique.loginNameTaken) errors.push(NAME_TAKEN);
    if (unique.activeInUnit)
      errors.push({ field: 'national_id', key: 'console-person.refused-already_in_unit' });
    if (errors.length > 0) return { errors };
    const nationalIdSealed = sealNationalId(deps.keyring, nationalId, id);
    const identity = { id, loginName: name, unitCode, nationalIdSealed, nationalIdIndex: index };
    await insertAccount(trx, { ...changesOf(typed), ...identity, role: 'user', createdAt: at });
    await updateSubject(trx, id, changesOf(typed));
    await mailResetLink(
      trx,
      { keyring: deps.keyring, issuer: deps.config.issuer },
      { id, email: typed.email, name: typed.name, loginName: name },
      { now: at, kind: 'account_created', lastsMs: FIRST_LINK_MS },
    );
    const filled = Object.entries(typed).filter(([, value]) => value !== '');
    await recordConsoleDeed(trx, caller, {
      type: 'account.created',
      target: { kind: 'account', id },
      accountId: id,
      unitCode,
      changes: {
        loginName: [null, name],
        nationalId: [null, nationalId],
        unit: [null, unitCode],
        ...Object.fromEntries(filled.map(([field, value]) => [field, [null, value] as const])),
      },
      from,
    });
    return { id };
  }).catch((error: unknown) => {
    if (isSqlState(error, UNIQUE_VIOLATION)) return { errors: [NAME_TAKEN] };
    throw error;
  });
}

const NAME_TAKEN: FieldError = { field: 'login_name', key: 'console-person.login-taken' };
