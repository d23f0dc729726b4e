/**
 * This system as an entity of a federation (OpenID Federation 1.0): it says of itself who its superiors are, which keys
 * it signs in with, and shows the trust marks it was given, signed by a federation key that does nothing else. Marks are
 * fetched from their issuers and renewed behind the requests; one that has ended, or is another's, is not shown. With
 * anchors of its own it believes a provider only as far as one of them vouches for it.
 */
export { CONFIGURATION_PATH, type Entity, createEntity, publishEntity } from './entity.ts';
export { type TrustAnchors, trustAnchors } from './anchors.ts';
export { federatedManifest } from './metadata.ts';
export { type TrustedProvider, resolveProvider } from './provider.ts';
export { makePrivateKeys, privateKeys, publicKeys, sharesKey } from './keys.ts';
