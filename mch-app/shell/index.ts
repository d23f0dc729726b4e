/** The frame around every page, the pages about the session itself, and the page of every failure. */
export { type TakeUpload, actingForm, actingUpload } from './acting.ts';
export { type ExportLimit, limitExports } from './export-limit.ts';
export { showFailure } from './failure.ts';
export { recordInfected } from './infected.ts';
export { type DeskFacts, type ShellDeps, type ShowPage, createShell } from './page.ts';
export { askSignOut } from './sign-out.ts';
export { signedOut } from './signed-out.ts';
