/**
 * The provider in a federation (OpenID Federation 1.0): one reviewed file says who vouches for it; a key of its own,
 * announced → active → retiring → retired, signs what it says of itself. A client it does not know is registered at its
 * first request when a chain leads from it to an anchor of the file and it has a mark that a policy there asks for:
 * unknown → good until its chain ends → renewed or ended with all that it was granted. It may also register by itself;
 * then it is renewed without its asking only if it says so. Refused: whatever is more than the policy allows. Without
 * the file there is no federation, and nothing of this is there.
 */
export { FEDERATION_USAGE, runFederationCommand } from './commands.ts';
export { type Federation, openFederation } from './federation.ts';
export { RegistrationRefused } from './refusal.ts';
export { federationRegistrationRoutes } from './routes.ts';
export { endExpired, renewAhead } from './service/tend.ts';
export { CHAIN_ENDS_AT } from '../../subsystems/index.ts';
