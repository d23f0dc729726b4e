/**
 * Working days in Taiwan: weekends and a table of days that are not as their weekday says, which operators bring up
 * to date each year from the government's calendar. Tells when something that waits is overdue. Decides nothing.
 */
export { HOLIDAY_USAGE, runHolidayImport } from './commands.ts';
export { type WorkingCalendar, beganBefore, dueAfter } from './policy.ts';
export { loadCalendar } from './store.ts';
