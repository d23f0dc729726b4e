/**
 * High-risk pregnancies and newborns (maternal/high-risk): somebody is looked at, and taken in with her consent; that
 * opens a case with a number. A case is managed by one unit, which assesses, plans, visits, refers, and enters the
 * delivery and the time after it; given to another unit it moves once that unit takes it. open → transferring → open,
 * open → closed, and open again as the health bureau says. What a unit has done in a month it claims in a batch. It
 * refuses to write in a case that is closed or managed elsewhere, and to claim anything twice.
 */
export { highRisk } from './area.ts';
