/**
 * The people records are about: mothers and children, each once, found by a number that is kept sealed; a mother's
 * pregnancies, one open at a time; whom a draft names, on a row of its own until it is sent; the register of births; and the log of who looked at whose records. It refuses
 * numbers that cannot be, and decides nothing of who may look: that is the records' affair.
 */
export { readBirth, registerBirth } from './births.ts';
export { dropDraftPerson, forgetDraftPersons, keepDraftPerson } from './drafts.ts';
export { birthIndexes, hintOf, numberIndexes, openNumber, sealMothersNumber, sealNumber } from './number.ts';
export { ageOn, faultsOf, isNumber, judgeMothersAge } from './policy.ts';
export { AnotherPerson, findMeant, keepPatient, keepPregnancy } from './service.ts';
export { findPatient, findSealedNumber, recordAccess } from './store/people.ts';
export { findDraftPersons, findPersonOfDraft } from './store/drafts.ts';
export { unregisterBirth } from './store/births.ts';
export type { IdType, Identity, IdentityFault, Patient, Sex } from './types.ts';
