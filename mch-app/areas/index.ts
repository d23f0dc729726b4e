/**
 * The business areas of this system, in the order of the menu. Each is a folder that tells the records engine what it
 * keeps, lists, derives and waits for; none knows another.
 */
export { AREAS } from './all.ts';
