/**
 * The single entry's directory API, as this system calls it: in its own name with tokens of its own, or in a person's
 * with theirs; within five seconds, and with every refusal of a rule given back instead of thrown. It decides nothing.
 */
export { type ApiAnswer, type IdpApi, createIdpApi } from './client.ts';
export { GrantOver, type PersonAnswer, type PersonApi, type PersonCall, createPersonApi } from './person.ts';
