/**
 * A subsystem played from the outside, against a running provider: what its team will write, done once by a client
 * library, each step told with what to do when it fails. It holds nothing but the manifest and the client's own secret,
 * and does nothing that any client could not do: no door of the provider is opened for it. It stands in for the
 * subsystem where nothing listens yet at its addresses of this machine, and leaves alone what listens there.
 */
export { TRIAL_USAGE, runTrial } from './commands.ts';
