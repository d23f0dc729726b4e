import {
  type AuthenticationResponseJSON,
  type AuthenticatorTransport,
  type RegistrationResponseJSON,
  generateAuthenticationOptions,
  generateRegistrationOptions,
  verifyAuthenticationResponse,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import { z } from 'zod';
import type { Db } from '#db/idp/tables.ts';
import { MINUTE, after } from '#kit/clock.ts';
import { digest } from '#kit/random.ts';
import { findPasskey, listPasskeys, recordUse, saveChallenge, takeChallenge } from './store.ts';
import type { ChallengeScope, Passkey } from './types.ts';

const CHALLENGE_MS = 5 * MINUTE;
const NAME = 'Single Entry';
const MAX_RESPONSE = 16 * 1024;

export interface PasskeyDeps {
  db: Db;
  issuer: string;
}

/** What the browser is asked with; JSON for `PublicKeyCredential.parse…OptionsFromJSON`. */
export type PasskeyOptions = object;

/** Asks for a new passkey that knows its owner, by PIN or body, and that signs in without a name. */
export async function askForNewPasskey(
  deps: PasskeyDeps,
  scope: ChallengeScope,
  person: { accountId: string; loginName: string; name: string },
  now: Date,
): Promise<PasskeyOptions> {
  const known = await listPasskeys(deps.db, person.accountId);
  const options = await generateRegistrationOptions({
    rpName: NAME,
    rpID: new URL(deps.issuer).hostname,
    userID: new TextEncoder().encode(person.accountId),
    userName: person.loginName,
    userDisplayName: person.name,
    attestationType: 'none',
    excludeCredentials: known.map(({ id, transports }) => ({
      id,
      transports: transports as AuthenticatorTransport[],
    })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  await keep(deps, scope, options.challenge, now);
  return options;
}

/** The credential in the browser's answer, when it proves itself for this challenge and origin. */
export async function readNewPasskey(
  deps: PasskeyDeps,
  scope: ChallengeScope,
  answer: string,
  now: Date,
): Promise<Pick<Passkey, 'id' | 'publicKey' | 'counter' | 'transports'> | undefined> {
  const challenge = await takeChallenge(deps.db, keyOf(scope), now);
  const response = parse(answer) as RegistrationResponseJSON | undefined;
  if (challenge === undefined || !response) return undefined;
  const result = await trying(() =>
    verifyRegistrationResponse({ response, ...expectations(deps, challenge), requireUserVerification: true }),
  );
  if (!result?.verified) return undefined;
  const { id, publicKey, counter, transports = [] } = result.registrationInfo.credential;
  return { id, publicKey: Buffer.from(publicKey), counter, transports };
}

/** Asks for any passkey of this site; whose it is, its answer says. */
export async function askForPasskey(
  deps: PasskeyDeps,
  scope: ChallengeScope,
  now: Date,
): Promise<PasskeyOptions> {
  const options = await generateAuthenticationOptions({
    rpID: new URL(deps.issuer).hostname,
    userVerification: 'required',
    allowCredentials: [],
  });
  await keep(deps, scope, options.challenge, now);
  return options;
}

/** `unknown`: no such passkey. `failed`: it did not prove itself; `accountId` is whose it claims to be. */
export type PasskeyVerdict =
  { verdict: 'right'; accountId: string } | { verdict: 'failed'; accountId: string } | { verdict: 'unknown' };

/** Whose passkey answered the scope's challenge: signature, origin, user verification and counter must hold. */
export async function redeemPasskey(
  deps: PasskeyDeps,
  scope: ChallengeScope,
  answer: string,
  now: Date,
): Promise<PasskeyVerdict> {
  const challenge = await takeChallenge(deps.db, keyOf(scope), now);
  const response = parse(answer) as AuthenticationResponseJSON | undefined;
  const passkey = response && (await findPasskey(deps.db, response.id));
  if (!response || !passkey) return { verdict: 'unknown' };
  const { id, accountId, publicKey, counter, transports } = passkey;
  const failed: PasskeyVerdict = { verdict: 'failed', accountId };
  if (challenge === undefined) return failed;
  const credential = {
    id,
    publicKey: new Uint8Array(publicKey),
    counter,
    transports: transports as AuthenticatorTransport[],
  };
  const result = await trying(() =>
    verifyAuthenticationResponse({
      response,
      ...expectations(deps, challenge),
      requireUserVerification: true,
      credential,
    }),
  );
  if (!result?.verified) return failed;
  const used = await recordUse(deps.db, id, result.authenticationInfo.newCounter, now);
  return used ? { verdict: 'right', accountId } : failed;
}

function keep({ db }: PasskeyDeps, scope: ChallengeScope, value: string, now: Date): Promise<void> {
  return saveChallenge(db, { scope: keyOf(scope), value, expiresAt: after(now, CHALLENGE_MS) });
}

function keyOf({ purpose, within }: ChallengeScope): Buffer {
  return digest(`${purpose}:${within}`);
}

function expectations({ issuer }: PasskeyDeps, expectedChallenge: string) {
  return { expectedChallenge, expectedOrigin: issuer, expectedRPID: new URL(issuer).hostname };
}

const answerSchema = z.looseObject({
  id: z.string().min(1).max(1400),
  rawId: z.string(),
  type: z.literal('public-key'),
  response: z.looseObject({ clientDataJSON: z.string() }),
});

/** Only the outline is checked here; the library checks the rest and throws at what it cannot read. */
function parse(answer: string): unknown {
  if (answer.length > MAX_RESPONSE) return undefined;
  try {
    const parsed = answerSchema.safeParse(JSON.parse(answer));
    return parsed.success ? { clientExtensionResults: {}, ...parsed.data } : undefined;
  } catch {
    return undefined;
  }
}

/** The library says no by throwing: whatever a browser may send is then simply not proven. */
async function trying<T>(verify: () => Promise<T>): Promise<T | undefined> {
  try {
    return await verify();
  } catch {
    return undefined;
  }
}
