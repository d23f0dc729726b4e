/**
 * The first people of a new installation, whom nobody could have reviewed: the agency as a unit, and its first
 * administrators and operators, from a file an operator writes. Each gets a password that is shown once and must be
 * changed at the first sign-in, where a second factor is set up too. Refused: everything, as soon as somebody can
 * act as a national administrator; from then on people come in by application.
 */
export { FOUNDING_USAGE, runFounding } from './commands.ts';
