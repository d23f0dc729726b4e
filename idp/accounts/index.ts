/**
 * The person's account at the single entry: profile, status, expiry, last sign-in. An account is active, or
 * disabled by somebody, or expired by its date; only an active one signs in. How a person proves to own it is
 * `authenticators`' affair.
 */
export { isEmailAddress, isLoginName } from './identifiers.ts';
export {
  type NationalIdKind,
  isLandline,
  isMobile,
  maskNationalId,
  nationalIdKind,
  normaliseNationalId,
} from '#kit/taiwan/identifiers.ts';
export { type Holder, findHolder } from './holder.ts';
export { nationalIdIndex, nationalIdIndexes, openNationalId, sealNationalId } from './national-id.ts';
export { accountStanding, maskName, needsSecondFactor } from './policy.ts';
export { disableAccount, disableAccountWithin, enableAccount, settleNationalIdIndex } from './service.ts';
export { ACCOUNT_COLUMNS, findAccount, findAccountByLoginName, lockAccount } from './store.ts';
export { countHolders, countOtherHolders, lockHolders } from './store/holders.ts';
export type { Account, AccountRole, AccountStanding } from './types.ts';
