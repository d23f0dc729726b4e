import {
  ACR_MFA,
  ACR_PASSWORD,
  ACR_PHISHING_RESISTANT,
  acrOf,
  satisfiesAcr,
} from '#idp/authenticators/index.ts';

describe('authentication classes', () => {
  it.each([
    [[], undefined],
    [['otp'], undefined],
    [['pwd'], ACR_PASSWORD],
    [['pwd', 'otp', 'mfa'], ACR_MFA],
    [['hwk'], ACR_PHISHING_RESISTANT],
    // a card adds to a password; alone it signs nobody in
    [['sc'], undefined],
    [['pwd', 'sc', 'mfa'], ACR_MFA],
  ])('%j reaches %s', (amr, acr) => {
    expect(acrOf(amr)).toBe(acr);
  });

  it('are ranked, and an unknown one is reached by nothing', () => {
    expect(satisfiesAcr(ACR_PHISHING_RESISTANT, ACR_MFA)).toBe(true);
    expect(satisfiesAcr(ACR_PASSWORD, ACR_MFA)).toBe(false);
    expect(satisfiesAcr(undefined, ACR_PASSWORD)).toBe(false);
    expect(satisfiesAcr(ACR_PHISHING_RESISTANT, 'urn:other')).toBe(false);
    expect(satisfiesAcr(undefined, 'urn:other')).toBe(false);
  });
});
