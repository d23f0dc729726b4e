/**
 * The back office (M-30 to M-43): what a manager sees and does about the accounts of their unit, as the
 * single entry knows them. It asks there in the person's own name and judges nothing itself; what it owns is how it is
 * shown. The menu says who comes in at all.
 */
export { OFFICE_PAGES } from './places.ts';
export { officeRoutes } from './routes.ts';
export { type OfficeWork, createOfficeWork } from './summary.ts';
export type { OfficeApi, OfficeHost, OfficeRoute } from './types.ts';
