import { kindByForm } from '#kit/taiwan/identifiers.ts';

const MAX_ADDRESS = 254;

/**
 * An e-mail address that can be written to (RFC 5321, without quotes or comments): plain ASCII, so that nothing
 * looks like what it is not and nothing can slip into a header.
 */
export function isEmailAddress(text: string): boolean {
  const [local = '', domain = '', ...rest] = text.split('@');
  return (
    rest.length === 0 &&
    text.length <= MAX_ADDRESS &&
    local.length <= 64 &&
    /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/.test(local) &&
    /^([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$/.test(domain)
  );
}

/** The rule for account names: a letter first, 6 to 30 letters, digits and `_.-`, and not a national ID. */
export function isLoginName(text: string): boolean {
  return /^[A-Za-z][A-Za-z0-9_.-]{5,29}$/.test(text) && kindByForm(text.toUpperCase()) === undefined;
}
