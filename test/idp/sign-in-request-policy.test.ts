import {
  refuseBindingMessage,
  refuseNotificationToken,
  waitingSeconds,
} from '#idp/oidc/waiting/ciba-policy.ts';
import { decideApproval } from '#idp/sign-in-requests/policy.ts';
import type { Answerer, SignInRequest } from '#idp/sign-in-requests/types.ts';
import { stepUpUrl } from '#idp/sign-in-requests/view.ts';

const ACR = 'urn:single-entry:acr:';
const NOW = new Date('2026-11-23T02:00:00Z');
const before = (seconds: number): Date => new Date(NOW.getTime() - seconds * 1000);
const REQUEST: SignInRequest = {
  ...{ handle: 'h', clientId: 'c', clientName: { 'zh-TW': '系統', en: 'System' }, state: 'waiting' },
  ...{ scopes: ['openid'], bindingMessage: undefined, requestedAcr: [], maxAge: undefined },
  ...{ wantedAccountId: undefined, askedAt: before(60), endsAt: before(-540) },
};
const BY: Answerer = { uid: 's', accountId: 'p', acr: `${ACR}password`, loginAt: before(30) };
const ONE = [{ id: 'a', requiredAcr: undefined }];
const TWO = [...ONE, { id: 'b', requiredAcr: `${ACR}mfa` }];

describe('who may approve a sign-in request', () => {
  it.each<
    [string, Partial<SignInRequest>, Partial<Answerer>, typeof TWO | undefined, string | undefined, object]
  >([
    ['the only account acts', {}, {}, ONE, undefined, { allowed: true, accountId: 'a' }],
    ['no account is needed where there are none', {}, {}, undefined, undefined, { allowed: true }],
    ['of two one is chosen', {}, {}, TWO, undefined, { reason: 'account_not_chosen' }],
    ['the client’s own is the only one', { wantedAccountId: 'a' }, {}, TWO, undefined, { accountId: 'a' }],
    ['and no other', { wantedAccountId: 'a' }, {}, TWO, 'b', { reason: 'account_not_chosen' }],
    ['nor a stranger’s', {}, {}, ONE, 'z', { reason: 'account_not_chosen' }],
    ['nobody without an account', {}, {}, [], undefined, { reason: 'no_account' }],
    ['nobody when it is over', { endsAt: before(1) }, {}, ONE, undefined, { reason: 'ended' }],
    ['nor a second time', { state: 'denied' }, {}, ONE, undefined, { reason: 'ended' }],
    ['the account wants a factor', {}, {}, TWO, 'b', { stepUp: 'second_factor' }],
    ['and has it', {}, { acr: `${ACR}mfa` }, TWO, 'b', { accountId: 'b' }],
    [
      'the client wants a passkey',
      { requestedAcr: [`${ACR}phishing-resistant`] },
      { acr: `${ACR}mfa` },
      ONE,
      undefined,
      { stepUp: 'phishing_resistant' },
    ],
    [
      'or one of two',
      { requestedAcr: [`${ACR}phishing-resistant`, `${ACR}mfa`] },
      { acr: `${ACR}mfa` },
      ONE,
      undefined,
      { allowed: true },
    ],
    ['an old sign-in', {}, { loginAt: before(301) }, ONE, undefined, { stepUp: 'again' }],
    [
      'max_age, from when the client asked',
      { maxAge: 0 },
      { loginAt: before(61) },
      ONE,
      undefined,
      { stepUp: 'again' },
    ],
    ['and met since', { maxAge: 0 }, { loginAt: before(59) }, ONE, undefined, { allowed: true }],
  ])('CIBA §7.1: %s', (_what, request, by, candidates, chosen, expected) => {
    const decision = decideApproval({ ...REQUEST, ...request }, { ...BY, ...by }, candidates, chosen, NOW);
    expect(decision).toMatchObject(expected);
  });

  it('the way to a stronger sign-in leads back, to the account chosen', () => {
    const query = (stepUp: Parameters<typeof stepUpUrl>[0], request: Partial<SignInRequest> = {}) =>
      Object.fromEntries(
        new URL(stepUpUrl(stepUp, { ...REQUEST, ...request }, NOW, 'P@1@x_01'), 'http://x').searchParams,
      );
    const back = '/account/sign-in-requests/h?account=P%401%40x_01';
    expect(query('again')).toEqual({ fresh: 'yes', return_to: back });
    expect(query('again', { maxAge: 10 })).toMatchObject({ within: '70' });
    expect(query('second_factor')).toMatchObject({ factor: 'yes' });
    expect(query('phishing_resistant')).toMatchObject({ factor: 'passkey' });
  });
});

describe('CIBA §7.1: what a client may say', () => {
  it.each([
    ['W4SCT-7', true],
    ['第 3 診間：張○○ 100%', true],
    ['字'.repeat(64), true],
    ['字'.repeat(65), false],
    ['', false],
    ['a\tb', false],
    ['hidden\u200bspace', false],
    ['turned\u202eround', false],
    ['http://x.test', false],
    ['www.x.test', false],
  ])('the binding message %j: %s', (message, isTaken) => {
    expect(refuseBindingMessage(message) === undefined).toBe(isTaken);
  });

  it('a request waits as long as is wished, within bounds; a notification token has 128 bits', () => {
    const waits = [undefined, '120', 1, 30, 601, 'x', '1e99'].map((wish) => waitingSeconds(wish, 600));
    expect(waits).toEqual([600, 120, 30, 30, 600, 600, 600]);
    expect(waitingSeconds('5', 10)).toBe(10);
    expect(['x'.repeat(21), 'x'.repeat(22)].map((one) => refuseNotificationToken(one) === undefined)).toEqual(
      [false, true],
    );
  });
});
