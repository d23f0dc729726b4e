import type { Keyring } from '#kit/keyring.ts';
import type { Session, Tokens } from './types.ts';

const PURPOSE = 'rp-session-tokens';

/** The tokens as they lie in the database: readable only for the session with this id. */
export function sealTokens(keyring: Keyring, tokens: Tokens, digest: Buffer): Buffer {
  return keyring.seal(PURPOSE, Buffer.from(JSON.stringify(tokens)), digest.toString('hex'));
}

/** @throws Error when they were altered or belong to another session */
export function openTokens(keyring: Keyring, session: Session): Tokens {
  const text = keyring.open(PURPOSE, session.tokensSealed, session.digest.toString('hex')).toString();
  return JSON.parse(text) as Tokens;
}
