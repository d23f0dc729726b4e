/** Authentication context classes, weakest first. */
const CLASSES = [
  'urn:single-entry:acr:password',
  'urn:single-entry:acr:mfa',
  'urn:single-entry:acr:phishing-resistant',
] as const;

export type Acr = (typeof CLASSES)[number];

export const ACR_PASSWORD: Acr = CLASSES[0];
export const ACR_MFA: Acr = CLASSES[1];
export const ACR_PHISHING_RESISTANT: Acr = CLASSES[2];
export const ACR_VALUES: readonly Acr[] = CLASSES;

/**
 * The class that authentication by `amr` (RFC 8176 values) reaches, or undefined when nothing is proven. A card's
 * component signs for any page that asks and binds nothing to ours: no more than a second factor (SP 800-63B, 5.2.5).
 * `fed` is the word of an institution's provider, with `mfa` where two factors were proven there.
 */
export function acrOf(amr: readonly string[]): Acr | undefined {
  if (amr.includes('hwk')) return ACR_PHISHING_RESISTANT;
  const federated = amr.includes('fed');
  if (!amr.includes('pwd') && !federated) return undefined;
  const hasSecond = amr.includes('otp') || amr.includes('sc') || (federated && amr.includes('mfa'));
  return hasSecond ? ACR_MFA : ACR_PASSWORD;
}

/** Whether `have` is as strong as `want`; a class we do not know is reached by nothing. */
export function satisfiesAcr(have: string | undefined, want: string): boolean {
  const wanted = strength(want);
  return wanted >= 0 && strength(have) >= wanted;
}

/** `amr` with `method` added, and `mfa` when the methods are now of two kinds (RFC 8176 §2). */
export function withMethod(amr: readonly string[], method: string): string[] {
  const methods = new Set([...amr, method]);
  const hasFirst = methods.has('pwd') || methods.has('fed');
  if (hasFirst && ['otp', 'hwk', 'sc'].some((second) => methods.has(second))) methods.add('mfa');
  return [...methods];
}

function strength(acr: string | undefined): number {
  return (CLASSES as readonly (string | undefined)[]).indexOf(acr);
}
