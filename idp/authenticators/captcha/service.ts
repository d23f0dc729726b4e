import type { Db } from '#db/idp/tables.ts';
import { MINUTE, after } from '#kit/clock.ts';
import type { Locale } from '#kit/http/locale.ts';
import type { Keyring } from '#kit/keyring.ts';
import { keyedDigest, sameSecret } from '#kit/random.ts';
import { type Chance, seededChance } from './chance.ts';
import { drawDigits } from './image.ts';
import { speakDigits } from './speech.ts';
import { type Challenge, findChallenge, saveChallenge, takeChallenge } from './store.ts';
import type { Voices } from './voices.ts';

const VALID_MS = 5 * MINUTE;

export interface CaptchaDeps {
  db: Db;
  keyring: Keyring;
  newAnswer: () => string;
  voices: Voices;
}

/** Sets a new challenge for the interaction; the answer never leaves the server. */
export async function issueCaptcha(deps: CaptchaDeps, uid: string, now: Date): Promise<void> {
  const challenge = { answer: deps.newAnswer(), expiresAt: after(now, VALID_MS) };
  await saveChallenge(deps.db, namesOf(deps, uid)[0], challenge);
}

/** Whether `typed` answers the interaction's challenge. Right or wrong, the challenge is used up by asking. */
export async function redeemCaptcha(
  deps: CaptchaDeps,
  uid: string,
  typed: string,
  now: Date,
): Promise<boolean> {
  const challenge = await takeChallenge(deps.db, namesOf(deps, uid));
  if (!challenge || challenge.expiresAt <= now) return false;
  return sameSecret(typed.normalize('NFKC').replaceAll(/\s/g, ''), challenge.answer);
}

/** The interaction's challenge as a PNG, or undefined when none is open. */
export async function captchaImage(deps: CaptchaDeps, uid: string, now: Date): Promise<Buffer | undefined> {
  const challenge = await findChallenge(deps.db, namesOf(deps, uid), now);
  return challenge && drawDigits(challenge.answer, chanceOf(deps, uid, challenge, 'image'));
}

/** The interaction's challenge spoken, as a WAV, or undefined when none is open. */
export async function captchaSpeech(
  deps: CaptchaDeps,
  uid: string,
  locale: Locale,
  now: Date,
): Promise<Buffer | undefined> {
  const challenge = await findChallenge(deps.db, namesOf(deps, uid), now);
  return (
    challenge &&
    speakDigits(challenge.answer, locale, deps.voices, chanceOf(deps, uid, challenge, `speech ${locale}`))
  );
}

/** What the interaction is stored under, newest key first: a replica with a newer ring may have written it. */
function namesOf(deps: CaptchaDeps, uid: string): [Buffer, ...Buffer[]] {
  return deps.keyring.derive('captcha').map((key) => keyedDigest(key, uid)) as [Buffer, ...Buffer[]];
}

function chanceOf(deps: CaptchaDeps, uid: string, challenge: Challenge, form: string): Chance {
  const name = `${form} ${uid} ${challenge.expiresAt.getTime()} ${challenge.answer}`;
  return seededChance(keyedDigest(deps.keyring.derive('captcha')[0], name));
}
