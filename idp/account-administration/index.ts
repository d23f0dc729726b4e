/**
 * The accounts of other people, administered at the console (P-44): a unit's manager sees all of the own unit and
 * changes plain users there; the national administration sees all, and changes whom its role allows. Refused: one's
 * own account, roles beyond one's rights, the last manager of a unit, the last of the national administration or of
 * the operators.
 */
export { accountRoutes } from './routes.ts';
