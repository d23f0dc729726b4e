/**
 * Subsystems in the console: the list with its health, onboarding by manifest (checked, compared with what is in
 * force, applied with a reason), its versions and the way back, client secrets that overlap, and whether the
 * client may be used at all. It owns no data; the rules are those of `subsystems`.
 */
export { subsystemRoutes } from './routes.ts';
