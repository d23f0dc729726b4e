import type { FieldError } from '#templates/views.ts';
import {
  isEmailAddress,
  isLandline,
  isLoginName,
  isMobile,
  nationalIdKind,
  normaliseNationalId,
} from '../accounts/index.ts';
import {
  type PasswordProblem,
  type PasswordRules,
  passwordProblems,
  passwordStrength,
} from '../authenticators/index.ts';
import type { Personal } from './types.ts';

/** The form's fields, in order; their names on the page and in the sealed record. */
export const PERSONAL_FIELDS = {
  login_name: 'loginName',
  national_id: 'nationalId',
  name: 'name',
  title: 'title',
  phone: 'phone',
  spare_phone: 'sparePhone',
  unit_phone: 'unitPhone',
  mobile: 'mobile',
  email: 'email',
  spare_email: 'spareEmail',
} as const satisfies Record<string, keyof Personal>;

const MAX_TYPED = 300;
const NAME = /^[\p{L}\p{M}][\p{L}\p{M} .·‧・'’-]{0,49}$/u;
const TITLE = /^[\p{L}\p{M}\p{N}][\p{L}\p{M}\p{N} .,·‧・'’()（）、/&-]{0,49}$/u;

/** What was typed, as it is kept: outer blanks and control characters gone, forms of numbers unified. */
export function readPersonal(typed: (field: string) => string): Personal {
  const tidy = (field: string): string =>
    typed(field).normalize('NFC').replaceAll(/\p{C}/gu, '').trim().slice(0, MAX_TYPED);
  const narrow = (field: string): string => tidy(field).normalize('NFKC');
  return {
    loginName: narrow('login_name'),
    nationalId: normaliseNationalId(tidy('national_id')),
    name: tidy('name'),
    title: tidy('title'),
    phone: narrow('phone'),
    sparePhone: narrow('spare_phone'),
    unitPhone: narrow('unit_phone'),
    mobile: narrow('mobile'),
    email: tidy('email'),
    spareEmail: tidy('spare_email'),
  };
}

/** P-16: everything wrong with what was typed about the person, in the order of the form. */
export function personalErrors(personal: Personal, now: Date): FieldError[] {
  const { loginName, nationalId, name, title, email, spareEmail } = personal;
  const isOptional = (value: string, check: (text: string) => boolean): boolean =>
    value === '' || check(value);
  const isSame = spareEmail !== '' && spareEmail.toLowerCase() === email.toLowerCase();
  const checks: [keyof typeof PERSONAL_FIELDS, boolean, string][] = [
    ['login_name', isLoginName(loginName), 'login-name-invalid'],
    ['national_id', nationalIdKind(nationalId, now) !== undefined, 'national-id-invalid'],
    ['name', NAME.test(name), 'name-invalid'],
    ['title', TITLE.test(title), 'title-invalid'],
    ['phone', isLandline(personal.phone), 'phone-invalid'],
    ['spare_phone', isOptional(personal.sparePhone, isLandline), 'phone-invalid'],
    ['unit_phone', isOptional(personal.unitPhone, isLandline), 'phone-invalid'],
    ['mobile', isOptional(personal.mobile, isMobile), 'mobile-invalid'],
    ['email', isEmailAddress(email), 'email-invalid'],
    ['spare_email', isOptional(spareEmail, isEmailAddress), 'email-invalid'],
    ['spare_email', !isSame, 'email-same'],
  ];
  return checks.filter(([, good]) => !good).map(([field, , key]) => ({ field, key: `enrollment.${key}` }));
}

const PASSWORD_MESSAGES: Partial<Record<PasswordProblem, string>> = {
  too_long: 'change-password.too-long',
  contains_name: 'change-password.contains-name',
  common: 'change-password.common',
};

/**
 * P-16: everything wrong with a password typed twice. None is needed again when one was accepted before (`kept`) and
 * the name it must not contain has stayed.
 */
export function passwordErrors(
  typed: { password: string; repeat: string },
  personal: Personal,
  rules: PasswordRules,
  kept: boolean,
): FieldError[] {
  const { password, repeat } = typed;
  if (password === '' && repeat === '' && kept) return [];
  if (password === '') return [{ field: 'new_password', key: 'enrollment.password-required' }];
  const owner = { loginName: personal.loginName, name: personal.name };
  const keys = new Set(
    passwordProblems(password, owner, rules).map(
      (problem) => PASSWORD_MESSAGES[problem] ?? 'change-password.too-weak',
    ),
  );
  const folded = password.toUpperCase();
  if (personal.nationalId.length >= 8 && folded.includes(personal.nationalId)) {
    keys.add('enrollment.password-has-id');
  }
  if (keys.size === 0 && rules === 'deck' && passwordStrength(password, owner) === 'weak') {
    keys.add('enrollment.password-runs');
  }
  const errors = Array.from(keys, (key) => ({ field: 'new_password', key }));
  if (errors.length === 0 && password !== repeat) {
    errors.push({ field: 'repeat_password', key: 'change-password.not-same' });
  }
  return errors;
}
