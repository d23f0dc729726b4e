/**
 * What becomes of every row in the end: told for each table, and done here for what grows old. Audit records are
 * kept `MCH_AUDIT_RETENTION_MONTHS`; the database itself refuses to give up any younger than half a year.
 */
export { TABLES, ofAreas } from './declaration.ts';
export { forgetOld } from './jobs.ts';
