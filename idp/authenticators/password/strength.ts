import { type PasswordOwner, passwordProblems } from './policy.ts';

export type PasswordStrength = 'weak' | 'fair' | 'strong';

/**
 * The meter's three steps. Fair: the rules are kept and nothing runs on for three characters (`aaa`, `123`); strong:
 * 14 characters or more with two signs or three digits among them.
 */
export function passwordStrength(password: string, owner: PasswordOwner): PasswordStrength {
  const text = password.normalize('NFC');
  if (passwordProblems(text, owner, 'deck').length > 0 || hasRun(text)) return 'weak';
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const isLong = Array.from(text).length >= 14;
  return isLong && (count(/[*~!#^]/g) >= 2 || count(/\d/g) >= 3) ? 'strong' : 'fair';
}

/** Three equal characters in a row, or three digits that count up or down by one. */
function hasRun(text: string): boolean {
  return Array.from(text).some((character, at, all) => {
    const [first = '', second = ''] = [all[at - 2], all[at - 1]];
    if (first === character && second === character) return true;
    if (!/^\d{3}$/.test(first + second + character)) return false;
    const step = Number(second) - Number(first);
    return Math.abs(step) === 1 && Number(character) - Number(second) === step;
  });
}
