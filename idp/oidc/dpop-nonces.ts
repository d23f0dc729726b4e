import type Provider from 'oidc-provider';
import ServerChallenge from 'oidc-provider/lib/helpers/challenge.js';
import instance from 'oidc-provider/lib/helpers/weak_cache.js';
import type { Keyring } from '#kit/keyring.ts';

const PURPOSE = 'dpop-nonce';

/** The secret that new nonces (RFC 9449 §8) are made from. */
export function nonceSecret(keyring: Keyring): Buffer {
  return keyring.derive(PURPOSE)[0];
}

/**
 * Takes nonces made under any master key of the ring. The library knows one secret; without the others a client
 * whose proofs reach replicas with different rings in turn would be refused again and again.
 */
export function acceptEveryNonce(provider: Provider, keyring: Keyring): void {
  const nonces = instance(provider).DPoPNonces;
  const others = keyring
    .derive(PURPOSE)
    .slice(1)
    .map((secret) => new ServerChallenge(secret, 'DPoP'));
  const isOwn = nonces.checkChallenge.bind(nonces);
  nonces.checkChallenge = (nonce) => isOwn(nonce) || others.some((other) => other.checkChallenge(nonce));
}

/** The same nonces for resources of our own: made under the newest master key, taken under any. */
export function createNonces(keyring: Keyring): { next: () => string; isOwn: (nonce: string) => boolean } {
  const [first, ...others] = keyring.derive(PURPOSE);
  const newest = new ServerChallenge(first, 'DPoP');
  const all = [newest, ...others.map((secret) => new ServerChallenge(secret, 'DPoP'))];
  return {
    next: () => newest.nextChallenge(),
    isOwn: (nonce) => all.some((challenge) => challenge.checkChallenge(nonce)),
  };
}
