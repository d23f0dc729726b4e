/**
 * The provider in a federation (OpenID Federation 1.0): one reviewed file says who vouches for it; a key of its own,
 * announced → active → retiring → retired, signs what it says of itself. Without the file it is in no federation, and
 * nothing of this is there.
 */
export { FEDERATION_USAGE, runFederationCommand } from './commands.ts';
export { type Federation, openFederation } from './federation.ts';
