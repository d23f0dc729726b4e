/**
 * The readiness check: a real client's behaviour tried against a subsystem before people depend on it. A browser
 * without a person enters at `initiate_login_uri` and is signed in as the subsystem's technical account.
 *
 * Why that opens no door. Nobody can sign in as the technical account: it has no password, no authenticator and
 * an address no mail reaches, it is disabled outside a run, and in a run it expires by itself. The run writes its
 * session straight into the database; no address of ours does so, and the session's id exists only in the memory
 * of the process that runs the check, which holds the database and the master key anyway.
 *
 * Why tokens can be wrong on purpose. What a subsystem does with a bad ID token shows only when it fetches one,
 * so for one moment a run is armed with one variant, and the next token of that session, that client and that
 * technical account is answered so: all of it looked at again in the row itself as the token is issued, once. No
 * person's grant can meet the condition, since no person's account stands in `readiness_account`. And what is
 * issued is worth nothing to anyone: the wrong issuer and audience exist nowhere, the unpublished key signs for
 * nobody, the next key says only what is true of the technical account.
 */
export { runCheckCommand } from './commands.ts';
export { RUN_SESSION } from './policy.ts';
export { startCheck } from './service.ts';
export { readinessRoutes } from './routes.ts';
export { findRun, listNewestRuns, listRuns } from './store/runs.ts';
export { readinessIdToken } from './tokens.ts';
export type { ReadinessDeps, Run, Step } from './types.ts';
