/**
 * The means by which a person proves who they are: password, one-time code (TOTP), and the captcha before them.
 * Owns their credentials and the count of failed tries; refuses weak, used and guessed secrets. It knows neither
 * pages nor journeys: sign-in asks it, and decides what comes next.
 */
export * from './acr.ts';
export { type CaptchaConfig, CAPTCHA_DIGITS, captchaAnswerSource } from './captcha/answer-source.ts';
export {
  type CaptchaDeps,
  captchaImage,
  captchaSpeech,
  issueCaptcha,
  redeemCaptcha,
} from './captcha/service.ts';
export { type Voices, loadVoices } from './captcha/voices.ts';
export { runBreachedImport } from './breached/commands.ts';
export { isBreachedPassword } from './breached/service.ts';
export { CARD_USAGE, registerCard } from './hca-card/commands.ts';
export { readCardAnswer } from './hca-card/answer.ts';
export { openCardVerifier } from './hca-card/anchors.ts';
export {
  type CardChallenge,
  type CardDeps,
  type CardScope,
  askForCard,
  redeemCard,
} from './hca-card/challenge.ts';
export { CARD_TRIES, countsAsTry, provesPerson, provesUnit } from './hca-card/policy.ts';
export { findRegisteredUnit } from './hca-card/store.ts';
export type { CardAnswer, CardFailure, CardVerifier, VerifiedCard } from './hca-card/types.ts';
export { type CardDialog, cardDialog, openCardPage } from './hca-card/view.ts';
export {
  type PasskeyDeps,
  type PasskeyOptions,
  askForNewPasskey,
  askForPasskey,
  readNewPasskey,
  redeemPasskey,
} from './passkeys/service.ts';
export { deletePasskey, insertPasskey, listPasskeys, renamePasskey } from './passkeys/store.ts';
export type { ChallengeScope } from './passkeys/types.ts';
export { type PersonCardFailure, redeemOwnCard, redeemRegisteredCard } from './person-cards/service.ts';
export {
  deletePersonCard,
  insertPersonCard,
  listPersonCards,
  renamePersonCard,
} from './person-cards/store.ts';
export { type PasswordHasher, createPasswordHasher } from './password/hasher.ts';
export {
  type PasswordOwner,
  type PasswordProblem,
  type PasswordRules,
  REMEMBERED_PASSWORDS,
  isPasswordExpired,
  passwordExpiresAt,
  passwordProblems,
} from './password/policy.ts';
export { type PasswordHolder, changePassword } from './password/change.ts';
export { type NewPasswordForm, newPasswordErrors } from './password/form.ts';
export { queueLockNotice } from './password/lock-notice.ts';
export { reviewNewPassword, setPassword } from './password/service.ts';
export { type PasswordStrength, passwordStrength } from './password/strength.ts';
export { replacePassword, requirePasswordChange, upgradeHash, voidResetLinks } from './password/store.ts';
export {
  BACKCHANNEL_HINT_THROTTLE,
  BACKCHANNEL_PERSON_THROTTLE,
  BINDING_THROTTLE,
  ENROLLMENT_THROTTLE,
  PASSWORD_THROTTLE,
  RECOVERY_THROTTLE,
  TOTP_THROTTLE,
  USER_CODE_ADDRESS_THROTTLE,
  USER_CODE_THROTTLE,
  type ThrottleRule,
  normaliseLoginName,
} from './throttle/policy.ts';
export { redeemTypedFactor } from './second-factor.ts';
export { lockedNames, throttleSubject, throttled } from './throttle/service.ts';
export { clearAttempts, releaseAttempt, reserveAttempt } from './throttle/store.ts';
export {
  countRecoveryCodes,
  deleteRecoveryCodes,
  issueRecoveryCodes,
  readsAsRecoveryCode,
  redeemRecoveryCode,
} from './recovery-codes/service.ts';
export { type EnrolmentScope, type TotpOffer, acceptTotp, offerTotp } from './totp/enrolment.ts';
export { type DemoCode, enrolTotp, listDemoCodes, redeemTotp } from './totp/service.ts';
export { deleteTotp, findTotp, renameTotp } from './totp/store.ts';
