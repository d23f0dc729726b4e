import { isEmailAddress, isLandline, isMobile } from '../accounts/index.ts';
import type { ProfileChanges } from './types.ts';

export type ProfileProblem = { field: keyof ProfileChanges | 'email'; reason: string };

const MAX_TITLE = 40;

/** Text as it is kept: full-width forms unified, no outer blanks. */
export function normaliseText(typed: string): string {
  return typed.normalize('NFKC').trim();
}

/** P-23: everything wrong with what a person wants to change. `email` is the address in force. */
export function profileProblems(changes: ProfileChanges, email: string): ProfileProblem[] {
  const { title, phone, sparePhone, unitPhone, mobile, spareEmail } = changes;
  const length = Array.from(title).length;
  const isOptional = (text: string, good: (text: string) => boolean): boolean => text === '' || good(text);
  const checks: [boolean, ProfileProblem][] = [
    [length === 0, { field: 'title', reason: 'title-required' }],
    [length > MAX_TITLE || /[\p{C}<>]/u.test(title), { field: 'title', reason: 'title-invalid' }],
    [!isLandline(phone), { field: 'phone', reason: 'phone-invalid' }],
    [!isOptional(sparePhone, isLandline), { field: 'sparePhone', reason: 'phone-invalid' }],
    [!isOptional(unitPhone, isLandline), { field: 'unitPhone', reason: 'phone-invalid' }],
    [!isOptional(mobile, isMobile), { field: 'mobile', reason: 'mobile-invalid' }],
    [!isOptional(spareEmail, isEmailAddress), { field: 'spareEmail', reason: 'email-invalid' }],
    [
      spareEmail !== '' && spareEmail.toLowerCase() === email.toLowerCase(),
      { field: 'spareEmail', reason: 'email-same' },
    ],
  ];
  return checks.filter(([fails]) => fails).map(([, problem]) => problem);
}

/** An ID number as a page may show it: the first letter and digit, and the last three. */
export function maskNationalId(nationalId: string): string {
  return `${nationalId.slice(0, 3)}****${nationalId.slice(-3)}`;
}
