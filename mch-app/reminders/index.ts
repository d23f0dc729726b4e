/**
 * What waits, told to people who are not here: once a day by mail (N15) to whoever ticked a menu role, and as totals to
 * the single entry, whose portal shows them. It sends nothing where nothing waits, and no name of a patient.
 */
export { sendDigests } from './digest.ts';
export { type ReminderDeps, tellTotals } from './totals.ts';
