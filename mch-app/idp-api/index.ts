/**
 * The single entry's directory API, as this system calls it: with tokens of its own, within five seconds, and with
 * every answer that is no success given back instead of thrown. It decides nothing.
 */
export { type ApiAnswer, type IdpApi, createIdpApi } from './client.ts';
