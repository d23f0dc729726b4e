import type { Keyring } from '#kit/keyring.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { FieldError, Views } from '#templates/views.ts';
import { openNationalId } from '../accounts/index.ts';
import { type ProfileProblem, maskNationalId } from './policy.ts';
import type { Profile, ProfileChanges } from './types.ts';

export const PROFILE = '/account/profile';

/** What the form calls each field. */
export const FIELDS: Record<keyof ProfileChanges, string> = {
  title: 'title',
  phone: 'phone',
  sparePhone: 'spare_phone',
  unitPhone: 'unit_phone',
  mobile: 'mobile',
  spareEmail: 'spare_email',
};

export function profileErrors(problems: ProfileProblem[]): FieldError[] {
  return problems.map(({ field, reason }) => ({
    field: field === 'email' ? 'email' : FIELDS[field],
    key: `profile.${reason}`,
  }));
}

export function profileView(
  keyring: Keyring,
  locale: Locale,
  profile: Profile,
  form: { typed: ProfileChanges; errors: FieldError[] },
): Views['idp/profile'] {
  const { accountId, nationalIdSealed, unitCode, pendingEmail } = profile;
  const unitName = locale === 'en' ? profile.unitNameEn : profile.unitName;
  const { title, phone, sparePhone, unitPhone, mobile, spareEmail } = form.typed;
  return {
    action: PROFILE,
    loginName: profile.loginName,
    name: profile.name,
    unit: `${unitCode} ${unitName}`,
    nationalId: maskNationalId(openNationalId(keyring, nationalIdSealed, accountId)),
    isDeclared: profile.isDeclared,
    nationalIdUrl: `${PROFILE}/national-id`,
    email: profile.email,
    pendingEmail: pendingEmail ?? '',
    emailUrl: `${PROFILE}/email`,
    typed: { title, phone, sparePhone, unitPhone, mobile, spareEmail },
    errors: form.errors,
  };
}
