/**
 * Imports of the institution register: a file of hundreds of thousands of rows becomes what the single entry knows of
 * units. receiving → checking → previewed → applying → applied; cancelled until it is being applied; failed when the
 * file cannot be read. One at a time. Rows are kept beside the register until somebody has seen what they would change
 * and said yes; then they are applied in batches, each in one transaction with its marker, by whichever replica comes.
 * A unit somebody changed after the preview, or that people still have accounts at, is passed over and reported.
 */
export { REGISTER_COMMANDS, REGISTER_USAGE } from './commands.ts';
export { unitImportRoutes } from './console-routes.ts';
export { advanceUnitImports } from './jobs.ts';
